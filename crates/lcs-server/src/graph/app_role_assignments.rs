//! `/v1.0/servicePrincipals/{id}/appRoleAssignments`, `/appRoleAssignedTo`, and
//! `/v1.0/users/{id}/appRoleAssignments`.

use axum::{body::Bytes, extract::Path, response::Response};
use lcs_directory::graph::AssignmentsOf;

use super::collections::APP_ROLE_ASSIGNMENTS;
use super::{call::Call, service_principals, users};
use crate::answered::Answered;

/// Who the key of a path names.
type Name = fn(&str) -> Option<AssignmentsOf>;

fn user(text: &str) -> Option<AssignmentsOf> {
    users::key(text).map(AssignmentsOf::User)
}

fn service_principal(text: &str) -> Option<AssignmentsOf> {
    service_principals::key(text).map(AssignmentsOf::ServicePrincipal)
}

fn resource(text: &str) -> Option<AssignmentsOf> {
    service_principals::key(text).map(AssignmentsOf::Resource)
}

async fn list(call: Call, name: Name, key: &str) -> Result<Response, Answered> {
    let of = name(key).ok_or_else(|| call.not_found(key))?;
    let directory = &call.services.directory;
    let result = directory.list_app_role_assignments(&call.caller, &of).await;
    call.list(APP_ROLE_ASSIGNMENTS, result)
}

async fn assign(call: Call, name: Name, key: &str, body: &Bytes) -> Result<Response, Answered> {
    let of = name(key).ok_or_else(|| call.not_found(key))?;
    let new = call.body(body)?;
    let directory = &call.services.directory;
    let result = directory.assign_app_role(&call.caller, &of, &new).await;
    call.created(APP_ROLE_ASSIGNMENTS, result)
}

async fn remove(call: Call, name: Name, key: &str, id: &str) -> Result<Response, Answered> {
    let of = name(key).ok_or_else(|| call.not_found(key))?;
    let directory = &call.services.directory;
    let result = directory
        .remove_app_role_assignment(&call.caller, &of, id)
        .await;
    call.no_content(result)
}

macro_rules! routes {
    ($($name:ident: $list:ident, $assign:ident, $remove:ident;)*) => {$(
        /// `GET` of the collection.
        pub(crate) async fn $list(call: Call, Path(key): Path<String>) -> Result<Response, Answered> {
            list(call, $name, &key).await
        }

        /// `POST` to the collection.
        pub(crate) async fn $assign(
            call: Call,
            Path(key): Path<String>,
            body: Bytes,
        ) -> Result<Response, Answered> {
            assign(call, $name, &key, &body).await
        }

        /// `DELETE` of an entry.
        pub(crate) async fn $remove(
            call: Call,
            Path((key, id)): Path<(String, String)>,
        ) -> Result<Response, Answered> {
            remove(call, $name, &key, &id).await
        }
    )*};
}

routes! {
    user: list_of_user, assign_to_user, remove_of_user;
    service_principal: list_of_service_principal, assign_to_service_principal,
        remove_of_service_principal;
    resource: list_on_resource, assign_on_resource, remove_on_resource;
}
