//! What an application may expose as a resource: its names, permissions and roles.

use lcs_types::{ClientId, Domain, PermissionId, TenantId};
use lcs_wire::graph::{AppRole, ApplicationPatch, PermissionScope};
use url::Url;

use super::GraphRefusal;
use crate::model::{AccessTokenVersion, ExposedApi};

const LONGEST_URI: usize = 255;
const LONGEST_VALUE: usize = 120;

/// What an application's names may be built from.
#[derive(Debug, Clone, Copy)]
pub(super) struct Owner<'tenant> {
    pub(super) tenant: TenantId,
    pub(super) client: ClientId,
    /// The verified domains of the tenant.
    pub(super) domains: &'tenant [Domain],
}

/// Applies what a patch holds; collections are replaced as a whole.
pub(super) fn apply(
    exposed: &mut ExposedApi,
    patch: &ApplicationPatch,
    owner: Owner<'_>,
) -> Result<(), GraphRefusal> {
    if let Some(uris) = &patch.identifier_uris {
        if let Some(wrong) = uris.iter().find(|uri| !is_identifier_uri(uri, owner)) {
            return Err(GraphRefusal::bad_request(format!(
                "Values of identifierUris property must use a verified domain of the organization or its subdomain, the application's or the tenant's id: '{wrong}'"
            )));
        }
        exposed.identifier_uris.clone_from(uris);
    }
    if let Some(api) = &patch.api {
        match api.requested_access_token_version {
            None => {}
            Some(1) => exposed.access_token_version = AccessTokenVersion::V1,
            Some(2) => exposed.access_token_version = AccessTokenVersion::V2,
            Some(_) => return Err(invalid("api.requestedAccessTokenVersion")),
        }
        if let Some(scopes) = &api.oauth2_permission_scopes {
            exposed.scopes.clone_from(scopes);
        }
    }
    if let Some(roles) = &patch.app_roles {
        exposed.app_roles.clone_from(roles);
    }
    check_permissions(exposed)
}

/// "Restrictions on identifier URIs of applications": nobody may take the name of somebody else's
/// resource.
fn is_identifier_uri(text: &str, owner: Owner<'_>) -> bool {
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    let Some(host) = url.host_str() else {
        return false;
    };
    if text.len() > LONGEST_URI || url.fragment().is_some() || url.query().is_some() {
        return false;
    }
    let is_verified = owner.domains.iter().any(|domain| {
        let domain = domain.to_string();
        host.strip_suffix(&domain)
            .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    });
    let client = owner.client.to_string();
    match url.scheme() {
        "https" => is_verified,
        "api" => {
            is_verified
                || host == client
                || host == owner.tenant.to_string()
                || url.path().trim_start_matches('/') == client
        }
        _ => false,
    }
}

fn check_permissions(exposed: &ExposedApi) -> Result<(), GraphRefusal> {
    let is_scope_legal = |scope: &PermissionScope| {
        is_value(&scope.value) && matches!(scope.consent_by.as_str(), "User" | "Admin")
    };
    if !exposed.scopes.iter().all(is_scope_legal) {
        return Err(invalid("api.oauth2PermissionScopes"));
    }
    let is_role_legal = |role: &AppRole| {
        role.value.as_deref().is_none_or(is_value)
            && !role.display_name.trim().is_empty()
            && !role.allowed_member_types.is_empty()
            && role
                .allowed_member_types
                .iter()
                .all(|kind| matches!(kind.as_str(), "User" | "Application"))
    };
    if !exposed.app_roles.iter().all(is_role_legal) {
        return Err(invalid("appRoles"));
    }
    let scopes = exposed.scopes.iter();
    let roles = exposed.app_roles.iter();
    let mut ids: Vec<PermissionId> = scopes
        .map(|scope| scope.id)
        .chain(roles.map(|role| role.id))
        .collect();
    let count = ids.len();
    ids.sort_unstable();
    ids.dedup();
    let mut values: Vec<&str> = exposed.scopes.iter().map(|it| it.value.as_str()).collect();
    values.sort_unstable();
    values.dedup();
    if ids.len() == count && values.len() == exposed.scopes.len() {
        Ok(())
    } else {
        Err(GraphRefusal::bad_request(
            "It contains duplicate value. Please Provide unique value.",
        ))
    }
}

/// Blanks would split `scp` and `roles`; a point at the start is `.default`'s.
fn is_value(value: &str) -> bool {
    !value.is_empty()
        && value.len() <= LONGEST_VALUE
        && !value.starts_with('.')
        && value
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\')
}

fn invalid(property: &str) -> GraphRefusal {
    GraphRefusal::bad_request(format!(
        "Invalid value specified for property '{property}' of resource 'Application'."
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_of_a_verified_domain_or_has_an_id_of_ones_own() {
        let domains = ["contoso.com".parse().unwrap()];
        let owner = Owner {
            tenant: TenantId::from_u128(1),
            client: ClientId::from_u128(2),
            domains: &domains,
        };
        let (tenant, client) = (owner.tenant, owner.client);
        for uri in [
            format!("api://{client}"),
            format!("api://{client}/movement"),
            format!("api://{tenant}/movement"),
            format!("api://movement/{client}"),
            "https://contoso.com/movement".to_owned(),
            "https://api.contoso.com".to_owned(),
            "api://api.contoso.com/movement".to_owned(),
        ] {
            assert!(is_identifier_uri(&uri, owner), "{uri}");
        }
        for uri in [
            "https://lcsapi.lcs.dynamics.com",
            "https://graph.microsoft.com",
            "https://evilcontoso.com",
            "http://contoso.com",
            "api://movement",
            "api://00000000-0000-0000-0000-000000000009",
            "https://contoso.com/#x",
            "contoso",
            "",
        ] {
            assert!(!is_identifier_uri(uri, owner), "{uri}");
        }
    }

    #[test]
    fn values_do_not_split_or_look_like_default() {
        for (value, is_legal) in [
            ("Movement.Read", true),
            ("a b", false),
            (".default", false),
            ("", false),
        ] {
            assert_eq!(is_value(value), is_legal, "{value}");
        }
    }
}
