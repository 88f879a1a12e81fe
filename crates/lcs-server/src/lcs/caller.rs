//! Who calls the LCS API, and whether they may: a valid delegated token for this resource, and a
//! role in the project that suffices for what the list of routes says of the call. See ADR 0008 for the choice of status codes.

use std::collections::HashMap;

use axum::{
    extract::{FromRequestParts, Path},
    http::{HeaderMap, StatusCode, request::Parts},
};
use lcs_projects::{
    AccessRefused, Project, TokenFacts, UserKey,
    authorise::{authorise, require_delegated},
    request_limits::CallSubject,
};
use lcs_types::{EnvironmentId, ProjectId};
use lcs_wire::{clouds::lcs_api_hosts, well_known::LCS_RESOURCE};

use super::answer::Call;
use crate::{
    answered::Answered,
    bearer::{self, BearerError, LcsTokenError, forbidden, unauthorized},
    context::RequestContext,
    origin::Origin,
    routes::Authorisation,
    state::Services,
};

/// A caller who may do what the call does.
#[derive(Debug)]
pub(crate) struct Caller {
    /// The user.
    pub(super) user: UserKey,
    /// The project of the call.
    pub(super) project: Project,
    /// What every answer carries.
    pub(super) call: Call,
}

/// A caller of a call that names no project: any user with a delegated token.
#[derive(Debug)]
pub(crate) struct SignedInCaller {
    /// What every answer carries.
    pub(super) call: Call,
}

impl FromRequestParts<Services> for SignedInCaller {
    type Rejection = Answered;

    async fn from_request_parts(
        parts: &mut Parts,
        services: &Services,
    ) -> Result<Self, Self::Rejection> {
        let context = RequestContext::from_request_parts(parts, services).await?;
        let call = Call::new(services, parts.uri.path(), &parts.headers);
        user(services, &context, &parts.headers, &call).await?;
        Ok(Self { call })
    }
}

impl FromRequestParts<Services> for Caller {
    /// 401, 403, 429, or the family's failure for a project that does not exist.
    type Rejection = Answered;

    async fn from_request_parts(
        parts: &mut Parts,
        services: &Services,
    ) -> Result<Self, Self::Rejection> {
        // Only a route that the list does not give to the LCS API could lack it.
        let Some(&Authorisation::Lcs(capability)) = parts.extensions.get() else {
            return Err(StatusCode::INTERNAL_SERVER_ERROR.into());
        };
        let context = RequestContext::from_request_parts(parts, services).await?;
        let call = Call::new(services, parts.uri.path(), &parts.headers);
        let user = user(services, &context, &parts.headers, &call).await?;
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, services)
            .await
            .map_err(|_| call.refused("The path is not valid."))?;
        let named = path.get("project").map_or("", String::as_str);
        let project = project(services, &context, named, &call).await?;
        let member = services
            .projects
            .member(project.id, user.tenant, user.user)
            .await
            .map_err(|error| call.failed(&context, &error))?;
        authorise(member.as_ref(), capability).map_err(|refused| match refused {
            AccessRefused::NotAMember | AccessRefused::InvitationNotAccepted => {
                // The word before the colon tells this 401 from one about the token.
                unauthorized(&format!("insufficient_user: {refused}"))
            }
            AccessRefused::RoleTooWeak { .. } => forbidden(&refused.to_string()),
        })?;
        let subject = CallSubject {
            project: project.id,
            environment: environment(path.get("environment")),
            user,
        };
        services
            .admit(capability, subject)
            .map_err(|wait| call.too_many(wait))?;
        Ok(Self {
            user,
            project,
            call,
        })
    }
}

async fn project(
    services: &Services,
    context: &RequestContext,
    named: &str,
    call: &Call,
) -> Result<Project, Answered> {
    let unknown = || call.unknown(format!("The project {named} does not exist."));
    let id: ProjectId = named.parse().map_err(|_| unknown())?;
    let project = services
        .projects
        .project(id)
        .await
        .map_err(|error| call.failed(context, &error))?;
    Ok(project.ok_or_else(unknown)?)
}

fn environment(named: Option<&String>) -> Option<EnvironmentId> {
    named?.parse().ok()
}

/// The resources whose tokens are accepted at an origin. A host of LCS takes those for itself
/// alone, as each geography does; a local instance is also requested by its own origin.
fn audiences(services: &Services, asked: &Origin) -> Vec<String> {
    let host = asked.as_str().trim_start_matches("https://");
    if lcs_api_hosts().any(|each| each == host) {
        return vec![asked.to_string()];
    }
    if let Some(region) = services.origins.instance(asked) {
        return vec![format!("https://{}", region.api_host()), asked.to_string()];
    }
    let own = services.origins.own().map(ToString::to_string);
    std::iter::once(LCS_RESOURCE.to_owned())
        .chain(own)
        .collect()
}

async fn user(
    services: &Services,
    context: &RequestContext,
    headers: &HeaderMap,
    call: &Call,
) -> Result<UserKey, Answered> {
    let audiences = audiences(services, &context.origin);
    let token = bearer::lcs_token(services, headers, audiences)
        .await
        .map_err(|error| match error {
            LcsTokenError::Bearer(BearerError::Failed(error)) => call.failed(context, &error),
            LcsTokenError::Bearer(error) => {
                tracing::info!(correlation_id = %context.correlation_id, %error, "call refused");
                unauthorized(&error.to_string())
            }
            LcsTokenError::Unreachable(error) => call.failed(context, &*error),
        })?;
    let scopes: Vec<&str> = token.scopes().collect();
    let facts = TokenFacts {
        scopes: &scopes,
        user: token.text("oid").and_then(|oid| oid.parse().ok()),
        identity_type: token.text("idtyp"),
    };
    let user =
        require_delegated(facts).map_err(|insufficient| forbidden(&insufficient.to_string()))?;
    Ok(UserKey {
        tenant: token.tenant,
        user,
    })
}
