//! What a request asks for: parsing `scope` and `resource`, and finding the resource.
//!
//! A scope is `<resource>/<value>` ("Scopes and permissions"). No name of LCS's API hosts stands
//! among the names of its service principal, yet they work; so a first-party resource is also
//! found by the parent of the requested host. That rule is inferred, not documented, and has a switch
//! in [`crate::Inferences`].

use lcs_tokens::validate::same_resource;
use lcs_types::ClientId;
use lcs_wire::{
    entra::{
        Aadsts,
        aadsts::Refusal,
        scope::{OpenIdScope, Scope},
    },
    well_known::{GRAPH_CLIENT_ID, LCS_CLIENT_ID},
};
use url::Url;

use crate::model::ServicePrincipal;

/// The scopes of OpenID Connect in a request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "four independent words of the request"
)]
pub struct OpenIdScopes {
    /// An id token is wanted.
    pub openid: bool,
    /// Name and the like are wanted.
    pub profile: bool,
    /// The e-mail address is wanted.
    pub email: bool,
    /// A refresh token is wanted.
    pub offline_access: bool,
}

impl OpenIdScopes {
    /// The scopes that are wanted, as words.
    pub fn words(self) -> impl Iterator<Item = &'static str> {
        [
            (self.openid, OpenIdScope::OpenId),
            (self.profile, OpenIdScope::Profile),
            (self.email, OpenIdScope::Email),
            (self.offline_access, OpenIdScope::OfflineAccess),
        ]
        .into_iter()
        .filter(|(is_wanted, _)| *is_wanted)
        .map(|(_, scope)| scope.as_str())
    }
}

/// What is asked of the resource.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestedValues {
    /// `.default`: everything that was granted.
    Default,
    /// These values.
    These(Vec<String>),
}

/// What a request asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourceRequest {
    /// The resource as requested, slash at the end included; empty means Microsoft Graph.
    pub resource: String,
    /// What is asked of it.
    pub values: RequestedValues,
    /// The scopes of OpenID Connect beside it.
    pub open_id: OpenIdScopes,
}

impl ResourceRequest {
    /// Reads `scope` of the v2 endpoint, which must name one resource.
    ///
    /// # Errors
    ///
    /// AADSTS70011 for a word that is no scope and for `.default` beside other values, 700022 for
    /// several resources, 700023 when no resource is named.
    pub fn from_scope(scope: &str) -> Result<Self, Refusal> {
        let (mut requests, _) = read(scope)?;
        let refuse = |aadsts| Refusal::new(aadsts).with("scope", scope);
        match (requests.pop(), requests.is_empty()) {
            (None, _) => Err(refuse(Aadsts::NoResourceInScope)),
            (Some(request), true) => Ok(request),
            (Some(_), false) => Err(refuse(Aadsts::SeveralResources)),
        }
    }

    /// Reads `scope` where a person is there to consent: it may name several resources, and none,
    /// which asks Microsoft Graph for who the person is. Never empty.
    ///
    /// # Errors
    ///
    /// AADSTS70011 for a word that is no scope and for `.default` beside other values.
    pub fn all_from_scope(scope: &str) -> Result<Vec<Self>, Refusal> {
        let (mut requests, open_id) = read(scope)?;
        if requests.is_empty() {
            let identity = open_id.words().filter(|word| *word != "offline_access");
            requests.push(Self {
                resource: String::new(),
                values: RequestedValues::These(identity.map(str::to_owned).collect()),
                open_id,
            });
        }
        Ok(requests)
    }

    /// Reads `resource` and `scope` of the v1 endpoint, where naming a resource asks for
    /// everything that was granted and every user grant gives a refresh token.
    pub fn from_resource(resource: &str, scope: Option<&str>) -> Self {
        let has = |word| {
            scope
                .unwrap_or_default()
                .split_whitespace()
                .any(|other| other == word)
        };
        Self {
            resource: resource.to_owned(),
            values: RequestedValues::Default,
            open_id: OpenIdScopes {
                openid: has("openid"),
                profile: has("profile"),
                email: has("email"),
                offline_access: true,
            },
        }
    }

    /// A value as it is spelled for this resource.
    pub fn spell(&self, value: &str) -> String {
        if self.resource.is_empty() {
            value.to_owned()
        } else {
            format!("{}/{value}", self.resource)
        }
    }

    /// The request in the form of the v2 endpoint, which [`ResourceRequest::from_scope`] reads.
    pub fn to_scope(&self) -> String {
        let mut words = match &self.values {
            RequestedValues::Default => vec![self.spell(".default")],
            RequestedValues::These(values) => {
                values.iter().map(|value| self.spell(value)).collect()
            }
        };
        for word in self.open_id.words() {
            if !words.iter().any(|known| known == word) {
                words.push(word.to_owned());
            }
        }
        words.join(" ")
    }

    /// Whether it asks Graph for nothing but who the person is.
    pub fn is_identity_only(&self) -> bool {
        let RequestedValues::These(values) = &self.values else {
            return false;
        };
        self.resource.is_empty()
            && values
                .iter()
                .all(|value| self.open_id.words().any(|word| word == value))
    }

    /// The audience of a token for it.
    pub fn audience(&self) -> String {
        if self.resource.is_empty() {
            GRAPH_CLIENT_ID.to_string()
        } else {
            self.resource.clone()
        }
    }

    /// The same without a slash at its end.
    pub fn bare_audience(&self) -> String {
        self.audience().trim_end_matches('/').to_owned()
    }
}

/// The requests of a scope, one for each resource, and its scopes of OpenID Connect, which belong to
/// every one of them.
fn read(scope: &str) -> Result<(Vec<ResourceRequest>, OpenIdScopes), Refusal> {
    let refuse = |scope: &str| Refusal::new(Aadsts::InvalidScope).with("scope", scope);
    let mut open_id = OpenIdScopes::default();
    let mut resources: Vec<(String, Vec<String>)> = Vec::new();
    for word in scope.split_whitespace() {
        match Scope::parse(word).map_err(|_| refuse(word))? {
            Scope::OpenId(OpenIdScope::OpenId) => open_id.openid = true,
            Scope::OpenId(OpenIdScope::Profile) => open_id.profile = true,
            Scope::OpenId(OpenIdScope::Email) => open_id.email = true,
            Scope::OpenId(OpenIdScope::OfflineAccess) => open_id.offline_access = true,
            Scope::Resource { resource, value } => {
                let known = resources
                    .iter_mut()
                    .find(|(known, _)| is_same(known, &resource));
                match known {
                    Some((_, values)) if values.contains(&value) => {}
                    Some((_, values)) => values.push(value),
                    None => resources.push((resource, vec![value])),
                }
            }
        }
    }
    let request = |(resource, values): (String, Vec<String>)| {
        let values = match values.as_slice() {
            [value] if value == ".default" => RequestedValues::Default,
            values if values.iter().any(|value| value == ".default") => {
                return Err(refuse(scope));
            }
            _ => RequestedValues::These(values),
        };
        Ok(ResourceRequest {
            resource,
            values,
            open_id,
        })
    };
    let requests = resources
        .into_iter()
        .map(request)
        .collect::<Result<_, _>>()?;
    Ok((requests, open_id))
}

/// Two spellings of one resource in one request; both empty means Graph twice.
fn is_same(one: &str, other: &str) -> bool {
    one == other || same_resource(one, other)
}

/// By which names resources are found, beside those that they list.
#[derive(Debug, Clone, Copy)]
pub struct NameRule<'names> {
    /// Further names of LCS.
    pub lcs_names: &'names [String],
    /// Whether the parent of a host stands for it;
    /// [`crate::Inferences::resources_by_parent_host`].
    pub by_parent_host: bool,
}

/// Finds the service principal of a requested resource: by application id, by exact name, then –
/// for Microsoft's own – by the longest listed name whose host is a parent of the requested one.
pub fn find_resource<'principals>(
    requested: &str,
    principals: &'principals [ServicePrincipal],
    rule: NameRule<'_>,
) -> Option<&'principals ServicePrincipal> {
    let with_id = |id: ClientId| {
        principals
            .iter()
            .find(|principal| principal.client_id == id)
    };
    if requested.is_empty() {
        return with_id(GRAPH_CLIENT_ID);
    }
    if let Ok(id) = requested.parse::<ClientId>() {
        return with_id(id);
    }
    if rule
        .lcs_names
        .iter()
        .any(|name| same_resource(name, requested))
    {
        return with_id(LCS_CLIENT_ID);
    }
    let is_named = |principal: &&ServicePrincipal| {
        principal
            .settings
            .names
            .iter()
            .any(|name| same_resource(name, requested))
    };
    principals.iter().find(is_named).or_else(|| {
        let by_parent = rule.by_parent_host;
        by_parent.then(|| find_by_parent_host(requested, principals))?
    })
}

fn find_by_parent_host<'principals>(
    requested: &str,
    principals: &'principals [ServicePrincipal],
) -> Option<&'principals ServicePrincipal> {
    let host = bare_https_host(requested)?;
    let parent_length = |principal: &ServicePrincipal| {
        let is_parent = |name: &String| {
            let parent = bare_https_host(name)?;
            let is_parent = host.strip_suffix(&parent)?.ends_with('.');
            is_parent.then_some(parent.len())
        };
        principal.settings.names.iter().filter_map(is_parent).max()
    };
    principals
        .iter()
        .filter(|principal| principal.is_first_party())
        .filter_map(|principal| Some((parent_length(principal)?, principal)))
        .max_by_key(|(length, _)| *length)
        .map(|(_, principal)| principal)
}

/// The host of `https://host` or `https://host/`, nothing else around it.
fn bare_https_host(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let is_bare = url.scheme() == "https"
        && url.path() == "/"
        && !text.ends_with("//")
        && url.query().is_none()
        && url.fragment().is_none()
        && url.port().is_none()
        && url.username().is_empty()
        && url.password().is_none();
    if is_bare {
        url.host_str().map(str::to_owned)
    } else {
        None
    }
}

#[cfg(test)]
mod tests;
