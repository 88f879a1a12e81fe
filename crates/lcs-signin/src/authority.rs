//! Who signs users in: scheme, host and port of an Entra cloud (or a local one), and a tenant.

use std::fmt;

use lcs_types::UserPrincipalName;
use url::Url;

use crate::http::{PlainHttp, check_scheme};

/// A text is no authority.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorityError {
    /// It is no URL, or one without a host.
    #[error("`{0}` is not a URL with a host")]
    NotAUrl(String),
    /// It is neither HTTPS nor permitted plain HTTP on this machine.
    #[error("the authority `{0}` is not HTTPS")]
    NotHttps(String),
    /// It names no tenant, or something that cannot be one.
    #[error("`{0}` is neither a tenant id nor a domain")]
    Tenant(String),
}

/// A tenant at an Entra cloud: all endpoints hang below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authority {
    origin: Url,
    tenant: String,
}

impl Authority {
    /// An authority from its origin (`https://login.microsoftonline.com`) and the tenant's GUID,
    /// one of its domains, or `organizations`.
    ///
    /// # Errors
    ///
    /// [`AuthorityError`] when the origin is no HTTPS URL, or the tenant cannot be one.
    pub fn new(origin: &str, tenant: &str, plain_http: PlainHttp) -> Result<Self, AuthorityError> {
        let mut url = Url::parse(origin).map_err(|_| AuthorityError::NotAUrl(origin.to_owned()))?;
        if url.host().is_none() {
            return Err(AuthorityError::NotAUrl(origin.to_owned()));
        }
        // Userinfo, path and query have no meaning here and could carry a secret into a message.
        let _ = url.set_username("");
        let _ = url.set_password(None);
        url.set_path("/");
        url.set_query(None);
        url.set_fragment(None);
        if !check_scheme(&url, plain_http) {
            return Err(AuthorityError::NotHttps(url.origin().ascii_serialization()));
        }
        let tenant = tenant.to_lowercase();
        let legal = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '.';
        if tenant.is_empty() || !tenant.chars().all(legal) || tenant.starts_with('.') {
            return Err(AuthorityError::Tenant(tenant));
        }
        Ok(Self {
            origin: url,
            tenant,
        })
    }

    /// An authority from one URL whose path is the tenant: `https://localhost:8443/contoso.com`.
    ///
    /// # Errors
    ///
    /// As [`Authority::new`].
    pub fn parse(url: &str, plain_http: PlainHttp) -> Result<Self, AuthorityError> {
        let parsed = Url::parse(url).map_err(|_| AuthorityError::NotAUrl(url.to_owned()))?;
        let tenant = parsed.path().trim_matches('/');
        Self::new(&parsed.origin().ascii_serialization(), tenant, plain_http)
    }

    /// The tenant segment, lower-case.
    pub fn tenant(&self) -> &str {
        &self.tenant
    }

    /// Host and port, for the cache and for messages; two local clouds differ by the port.
    pub fn host_and_port(&self) -> String {
        crate::http::host_and_port(&self.origin)
    }

    /// The host without port.
    pub(crate) fn host(&self) -> &str {
        self.origin.host_str().unwrap_or_default()
    }

    /// Scheme, host and port.
    pub(crate) fn origin(&self) -> Url {
        self.origin.clone()
    }

    /// Where a browser signs a person in (v2).
    pub fn authorize_endpoint(&self) -> Url {
        self.endpoint("oauth2/v2.0/authorize")
    }

    /// The OpenID Connect metadata of the tenant (v2).
    pub fn metadata_endpoint(&self) -> Url {
        self.endpoint("v2.0/.well-known/openid-configuration")
    }

    /// Where it is told who checks the passwords of a user's domain.
    pub fn user_realm_endpoint(&self, user: &UserPrincipalName) -> Url {
        let mut url = self.origin.clone();
        url.set_path("/common/userrealm/");
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().push(user.as_str());
        }
        url.set_query(Some("api-version=1.0"));
        url
    }

    /// Where tokens are requested (v2).
    pub fn token_endpoint(&self) -> Url {
        self.endpoint("oauth2/v2.0/token")
    }

    /// Where a device code is requested (v2).
    pub fn device_code_endpoint(&self) -> Url {
        self.endpoint("oauth2/v2.0/devicecode")
    }

    fn endpoint(&self, path: &str) -> Url {
        let mut url = self.origin.clone();
        url.set_path(&format!("/{}/{path}", self.tenant));
        url
    }
}

impl fmt::Display for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.tenant)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endpoints_hang_below_the_tenant() {
        let authority = Authority::new(
            "https://login.microsoftonline.com",
            "Contoso.com",
            PlainHttp::Refused,
        )
        .unwrap();
        assert_eq!(
            authority.token_endpoint().as_str(),
            "https://login.microsoftonline.com/contoso.com/oauth2/v2.0/token"
        );
        assert_eq!(authority.host_and_port(), "login.microsoftonline.com:443");
        let user = "anna+lcs@contoso.com".parse().unwrap();
        assert_eq!(
            authority.user_realm_endpoint(&user).as_str(),
            "https://login.microsoftonline.com/common/userrealm/anna+lcs@contoso.com?api-version=1.0"
        );
    }

    #[test]
    fn one_url_names_origin_and_tenant() {
        let authority =
            Authority::parse("https://localhost:8443/contoso.com/", PlainHttp::Refused).unwrap();
        assert_eq!(authority.to_string(), "https://localhost:8443/contoso.com");
        assert_eq!(authority.host_and_port(), "localhost:8443");
    }

    #[test]
    fn plain_http_is_for_this_machine_and_only_when_allowed() {
        let cases = [
            ("http://localhost:8080", PlainHttp::Refused, false),
            ("http://localhost:8080", PlainHttp::AllowedOnLoopback, true),
            ("http://127.0.0.1:8080", PlainHttp::AllowedOnLoopback, true),
            ("http://[::1]:8080", PlainHttp::AllowedOnLoopback, true),
            ("http://login.example", PlainHttp::AllowedOnLoopback, false),
            (
                "http://127.0.0.1.example",
                PlainHttp::AllowedOnLoopback,
                false,
            ),
            ("ftp://localhost", PlainHttp::AllowedOnLoopback, false),
        ];
        for (origin, plain_http, accepted) in cases {
            let authority = Authority::new(origin, "contoso.com", plain_http);
            assert_eq!(authority.is_ok(), accepted, "{origin}");
        }
    }

    #[test]
    fn a_tenant_is_one_plain_segment() {
        for tenant in ["", "a/b", "..", "a b", "a?b", "a%2fb"] {
            let authority = Authority::new("https://localhost", tenant, PlainHttp::Refused);
            assert!(authority.is_err(), "{tenant:?}");
        }
    }
}
