//! Who calls the LCS API, and whether they may: a valid delegated token for this resource, and a
//! role in the project. See ADR 0008 for the choice of status codes.

use axum::{http::HeaderMap, response::Response};
use lcs_operations::StartedBy;
use lcs_projects::{
    AccessRefused, Capability, Project, TokenFacts,
    authorise::{authorise, require_delegated},
};
use lcs_types::{OperationActivityId, ProjectId};
use lcs_wire::well_known::{LCS_CLIENT_ID, LCS_RESOURCE};

use super::answer;
use crate::{
    bearer::{self, BearerError, forbidden, unauthorized},
    context::RequestContext,
    state::Services,
};

/// A caller who may do what the call does.
#[derive(Debug)]
pub(super) struct Caller {
    /// The user.
    pub(super) user: StartedBy,
    /// The project of the call.
    pub(super) project: Project,
    /// The id of this call.
    pub(super) activity: OperationActivityId,
}

/// Authenticates and authorises a call.
///
/// # Errors
///
/// The answer to send: 401, 403, or 200 with `IsSuccess: false` for a project that does not exist.
pub(super) async fn caller(
    services: &Services,
    context: &RequestContext,
    headers: &HeaderMap,
    project: &str,
    capability: Capability,
) -> Result<Caller, Box<Response>> {
    let activity = OperationActivityId::random(&*services.randomness);
    let failed = |error: &dyn std::error::Error| Box::new(answer::failed(context, activity, error));
    let user = user(services, context, headers, activity).await?;
    let unknown = || {
        Box::new(answer::refused(
            activity,
            format!("The project {project} does not exist."),
        ))
    };
    let id: ProjectId = project.parse().map_err(|_| unknown())?;
    let project = services
        .projects
        .project(id)
        .await
        .map_err(|error| failed(&error))?;
    let project = project.ok_or_else(unknown)?;
    let member = services.projects.member(id, user.tenant, user.user).await;
    let member = member.map_err(|error| failed(&error))?;
    match authorise(member.as_ref(), capability) {
        Ok(()) => Ok(Caller {
            user,
            project,
            activity,
        }),
        Err(refused @ (AccessRefused::NotAMember | AccessRefused::InvitationNotAccepted)) => {
            // The word before the colon tells this 401 from one about the token.
            Err(Box::new(unauthorized(&format!(
                "insufficient_user: {refused}"
            ))))
        }
        Err(refused @ AccessRefused::RoleTooWeak { .. }) => {
            Err(Box::new(forbidden(&refused.to_string())))
        }
    }
}

async fn user(
    services: &Services,
    context: &RequestContext,
    headers: &HeaderMap,
    activity: OperationActivityId,
) -> Result<StartedBy, Box<Response>> {
    // A local instance is also requested by its own origin.
    let own = services.origins.all().map(ToString::to_string);
    let audiences = std::iter::once(LCS_RESOURCE.to_owned())
        .chain(own)
        .collect();
    let token = bearer::token(services, headers, LCS_CLIENT_ID, audiences)
        .await
        .map_err(|error| match error {
            BearerError::Missing | BearerError::Rejected(_) => {
                tracing::info!(correlation_id = %context.correlation_id, %error, "call refused");
                Box::new(unauthorized(&error.to_string()))
            }
            BearerError::Failed(error) => Box::new(answer::failed(context, activity, &error)),
        })?;
    let scopes: Vec<&str> = token.scopes().collect();
    let facts = TokenFacts {
        scopes: &scopes,
        user: token.text("oid").and_then(|oid| oid.parse().ok()),
        identity_type: token.text("idtyp"),
    };
    let user = require_delegated(facts)
        .map_err(|insufficient| Box::new(forbidden(&insufficient.to_string())))?;
    Ok(StartedBy {
        tenant: token.tenant,
        user,
    })
}
