//! `/v1.0/directory/deletedItems`.

use axum::{extract::Path, response::Response};
use lcs_directory::graph::DeletedKind;
use lcs_types::ObjectId;

use super::{call::Call, collections::DELETED_ITEMS};
use crate::answered::Answered;

/// `GET /v1.0/directory/deletedItems/{id}`, and the list of a kind under
/// `/v1.0/directory/deletedItems/microsoft.graph.application`, `…user`, `…servicePrincipal`.
pub(crate) async fn get(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    if let Some(kind) = DeletedKind::from_type_name(&text) {
        let result = directory.list_deleted(&call.caller, kind).await;
        return call.list(DELETED_ITEMS, result);
    }
    let id = key(&call, &text)?;
    let result = directory.deleted_item(&call.caller, id).await;
    call.object(DELETED_ITEMS, result)
}

/// `POST /v1.0/directory/deletedItems/{id}/restore`.
pub(crate) async fn restore(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let id = key(&call, &text)?;
    let directory = &call.services.directory;
    let result = directory.restore_deleted(&call.caller, id).await;
    call.object(DELETED_ITEMS, result)
}

/// `DELETE /v1.0/directory/deletedItems/{id}`: for good.
pub(crate) async fn purge(call: Call, Path(text): Path<String>) -> Result<Response, Answered> {
    let id = key(&call, &text)?;
    let directory = &call.services.directory;
    let result = directory.purge_deleted(&call.caller, id).await;
    call.no_content(result)
}

fn key(call: &Call, text: &str) -> Result<ObjectId, Answered> {
    text.parse().map_err(|_| call.not_found(text))
}
