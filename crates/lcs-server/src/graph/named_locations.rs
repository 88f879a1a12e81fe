//! `/v1.0/identity/conditionalAccess/namedLocations`.

use axum::{body::Bytes, extract::Path, response::Response};
use lcs_directory::model::NamedLocation;
use lcs_types::NamedLocationId;
use serde::Serialize;

use super::{call::Call, collections::NAMED_LOCATIONS};
use crate::answered::Answered;

/// A location with its type: there are others at the service.
#[derive(Serialize)]
struct Shown {
    #[serde(rename = "@odata.type")]
    kind: &'static str,
    #[serde(flatten)]
    location: NamedLocation,
}

const fn shown(location: NamedLocation) -> Shown {
    Shown {
        kind: "#microsoft.graph.ipNamedLocation",
        location,
    }
}

/// `GET /v1.0/identity/conditionalAccess/namedLocations`.
pub(crate) async fn list(call: Call) -> Result<Response, Answered> {
    let directory = &call.services.directory;
    let result = directory.list_named_locations(&call.caller).await;
    let result = result.map(|locations| locations.into_iter().map(shown).collect::<Vec<_>>());
    call.list(NAMED_LOCATIONS, result)
}

/// `POST /v1.0/identity/conditionalAccess/namedLocations`.
pub(crate) async fn create(call: Call, body: Bytes) -> Result<Response, Answered> {
    let new = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory.create_named_location(&call.caller, new).await;
    call.created(NAMED_LOCATIONS, result.map(shown))
}

/// `GET /v1.0/identity/conditionalAccess/namedLocations/{id}`.
pub(crate) async fn get(call: Call, Path(id): Path<String>) -> Result<Response, Answered> {
    let key = key(&call, &id)?;
    let directory = &call.services.directory;
    let result = directory.named_location(&call.caller, key).await;
    call.object(NAMED_LOCATIONS, result.map(shown))
}

/// `PATCH /v1.0/identity/conditionalAccess/namedLocations/{id}`.
pub(crate) async fn update(
    call: Call,
    Path(id): Path<String>,
    body: Bytes,
) -> Result<Response, Answered> {
    let key = key(&call, &id)?;
    let patch = call.body(&body)?;
    let directory = &call.services.directory;
    let result = directory.update_named_location(&call.caller, key, patch);
    call.no_content(result.await)
}

/// `DELETE /v1.0/identity/conditionalAccess/namedLocations/{id}`.
pub(crate) async fn remove(call: Call, Path(id): Path<String>) -> Result<Response, Answered> {
    let key = key(&call, &id)?;
    let directory = &call.services.directory;
    let result = directory.delete_named_location(&call.caller, key).await;
    call.no_content(result)
}

fn key(call: &Call, text: &str) -> Result<NamedLocationId, Answered> {
    text.parse().map_err(|_| call.not_found(text))
}
