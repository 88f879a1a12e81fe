//! Redirect URIs: which registered one a request means, and of what type it is.
//!
//! Strings are compared as they are, but for the port of loopback URIs ("Redirect URI (reply URL)
//! outline", RFC 8252 §7.3, RFC 9700 §2.1). No wildcard, no prefix, no normalisation.

use lcs_wire::entra::{Aadsts, aadsts::Refusal, unverified};
use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::{
    Directory,
    error::{DirectoryError, DirectoryFailure},
    form::Form,
    model::{ApplicationSettings, RedirectType},
    token::TokenContext,
};

/// Where an answer goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redirect {
    /// The URI as it was sent; the token request must repeat it.
    pub uri: String,
    /// What kind of client it belongs to.
    pub redirect_type: RedirectType,
}

impl Redirect {
    /// Scheme, host and port, for a content policy that lets a form lead there; only the scheme
    /// where there is no host.
    pub fn origin(&self) -> String {
        match Url::parse(&self.uri) {
            Ok(url) if url.has_host() => url.origin().ascii_serialization(),
            Ok(url) => format!("{}:", url.scheme()),
            Err(_) => String::new(),
        }
    }
}

/// Redirect URIs with their types.
pub(crate) fn registered(settings: &ApplicationSettings) -> Vec<(&str, RedirectType)> {
    [
        (&settings.public_client_redirect_uris, RedirectType::Public),
        (&settings.spa_redirect_uris, RedirectType::Spa),
        (&settings.web_redirect_uris, RedirectType::Web),
    ]
    .into_iter()
    .flat_map(|(uris, redirect_type)| uris.iter().map(move |uri| (uri.as_str(), redirect_type)))
    .collect()
}

/// Finds where the answer goes; without a URI in the request it is the first registered one.
///
/// # Errors
///
/// AADSTS90102 when the URI is none, 50011 when it is none of the registered ones, 500113 when none is registered, 900971
/// when there is none in the request either.
pub(crate) fn find(
    requested: Option<&str>,
    registered: &[(&str, RedirectType)],
    client: &str,
) -> Result<Redirect, Refusal> {
    let redirect = |uri: &str, redirect_type| Redirect {
        uri: uri.to_owned(),
        redirect_type,
    };
    match (requested, registered) {
        (None, []) => Err(Aadsts::RedirectUriMissing.into()),
        (Some(_), []) => Err(Aadsts::NoRedirectUri.into()),
        (None, [(uri, redirect_type), ..]) => Ok(redirect(uri, *redirect_type)),
        (Some(requested), _) if Url::parse(requested).is_err() => {
            Err(Refusal::new(Aadsts::NotAnAbsoluteUri).with("parameter", "redirect_uri"))
        }
        (Some(requested), registered) => registered
            .iter()
            .find(|(uri, _)| is_same(uri, requested))
            .map(|(_, redirect_type)| redirect(requested, *redirect_type))
            .ok_or_else(|| {
                Refusal::new(Aadsts::RedirectUriMismatch)
                    .with("uri", requested)
                    .with("client", client)
            }),
    }
}

impl Directory {
    /// Whether a page of this origin may redeem codes of the client by script: it is that of one of
    /// its redirect URIs of type single-page application. Browsers let the page read the answer only
    /// then (CORS).
    ///
    /// # Errors
    ///
    /// A failure of ours.
    pub async fn is_spa_origin(
        &self,
        client_id: &str,
        origin: &str,
    ) -> Result<bool, DirectoryFailure> {
        let Ok(client) = client_id.parse() else {
            return Ok(false);
        };
        let application = self.store.application_of_client(client).await?;
        Ok(application.is_some_and(|application| {
            let uris = &application.settings.spa_redirect_uris;
            uris.iter().any(|uri| has_origin(uri, origin))
        }))
    }

    /// Where a browser goes after signing out: to a redirect URI that is registered for the client
    /// that asks, or nowhere.
    ///
    /// # Errors
    ///
    /// What is refused of tenant and client, when there is somewhere to go at all; a failure of ours.
    pub async fn post_logout_redirect(
        &self,
        form: &Form,
        context: &TokenContext,
    ) -> Result<Option<String>, DirectoryError> {
        let Some(uri) = form.text("post_logout_redirect_uri") else {
            return Ok(None);
        };
        let from_hint = form.text("id_token_hint").and_then(|token| {
            // Only a hint: whoever forges one is sent where that client is registered to send people.
            let claims = unverified::read(token).ok()?.claims;
            claims.get("aud")?.as_str().map(str::to_owned)
        });
        let Some(client_id) = form.text("client_id").map(str::to_owned).or(from_hint) else {
            return Ok(None);
        };
        let target = self.resolve_tenant(&context.tenant_segment).await?;
        let client = self.client_for(target, &client_id).await?;
        let is_registered = client
            .redirect_uris()
            .iter()
            .any(|(registered, _)| is_same(registered, uri));
        Ok(is_registered.then(|| uri.to_owned()))
    }
}

/// Whether a requested URI is a registered one.
fn is_same(registered: &str, requested: &str) -> bool {
    registered == requested
        || loopback(registered).is_some_and(|without_port| {
            loopback(requested).is_some_and(|other| other == without_port)
        })
}

/// A loopback URI without its port, or nothing when it is no plain one. Somebody may hide another
/// host in user name or fragment, so those are no loopback URIs.
fn loopback(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    let host = match url.host()? {
        Host::Domain("localhost") => "localhost",
        Host::Ipv4(address) if address.octets() == [127, 0, 0, 1] => "127.0.0.1",
        _ => return None,
    };
    let is_plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.fragment().is_none()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
    // The path is compared as it was written: the parser would resolve `..` in it.
    let after_scheme = text.split_once("://")?.1;
    let path = after_scheme
        .find(['/', '?'])
        .map_or("", |start| &after_scheme[start..]);
    is_plain.then(|| format!("{}://{host}{}", url.scheme(), with_root(path)))
}

/// Whether a URI is of this origin; the port of a loopback URI does not count.
pub(crate) fn has_origin(uri: &str, origin: &str) -> bool {
    let (Ok(url), Ok(asked)) = (Url::parse(uri), Url::parse(origin)) else {
        return false;
    };
    if asked.origin().ascii_serialization() != origin {
        return false;
    }
    let is_loopback = loopback(uri).is_some();
    url.origin() == asked.origin()
        || is_loopback && url.scheme() == asked.scheme() && url.host() == asked.host()
}

/// Without a path it is the root.
fn with_root(path: &str) -> String {
    if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(registered: &[&str], requested: Option<&str>) -> Result<String, Aadsts> {
        let registered: Vec<_> = registered
            .iter()
            .map(|uri| (*uri, RedirectType::Public))
            .collect();
        find(requested, &registered, "c")
            .map(|redirect| redirect.uri)
            .map_err(|refusal| refusal.aadsts)
    }

    #[test]
    fn the_port_of_a_loopback_uri_does_not_count_and_everything_else_does() {
        let cases = [
            ("http://localhost", "http://localhost:53123", true),
            ("http://localhost", "http://localhost:53123/", true),
            ("http://localhost", "http://localhost/", true),
            ("http://localhost:1", "http://localhost:2", true),
            ("http://127.0.0.1/cb", "http://127.0.0.1:9/cb", true),
            ("http://localhost/cb", "http://localhost:9/cb", true),
            ("http://localhost/cb", "http://localhost:9/CB", false),
            ("http://localhost/cb", "http://localhost:9/cb/", false),
            ("http://localhost/cb", "http://localhost:9/x/../cb", false),
            ("http://localhost", "https://localhost:9", false),
            ("http://localhost", "http://127.0.0.1:9", false),
            ("http://localhost", "http://localhost:9/?a=b", false),
            ("http://localhost", "http://localhost:9/#x", false),
            ("http://localhost", "http://localhost.evil.example", false),
            ("http://localhost", "http://localhost:9@evil.example", false),
            ("http://localhost", "http://evil.example@localhost:9", false),
            (
                "http://localhost",
                "http://localhost:9\\@evil.example",
                false,
            ),
            ("http://localhost", "http://[::1]:9", false),
            ("https://contoso.com/cb", "https://contoso.com/cb", true),
            (
                "https://contoso.com/cb",
                "https://contoso.com:444/cb",
                false,
            ),
            ("https://contoso.com/cb", "https://contoso.com/cb/", false),
            (
                "https://contoso.com/cb",
                "https://contoso.com/cb?x=1",
                false,
            ),
            ("https://contoso.com/cb", "https://CONTOSO.com/cb", false),
            ("msal1://auth", "msal1://auth", true),
            ("msal1://auth", "msal1://auth/x", false),
        ];
        for (registered, requested, is_found) in cases {
            let wanted = if is_found {
                Ok(requested.to_owned())
            } else {
                Err(Aadsts::RedirectUriMismatch)
            };
            assert_eq!(
                found(&[registered], Some(requested)),
                wanted,
                "{registered} {requested}"
            );
        }
    }

    #[test]
    fn an_origin_is_compared_whole_but_for_the_port_of_loopback() {
        let cases = [
            (
                "https://app.contoso.com/cb",
                "https://app.contoso.com",
                true,
            ),
            (
                "https://app.contoso.com/cb",
                "https://app.contoso.com/",
                false,
            ),
            (
                "https://app.contoso.com/cb",
                "https://app.contoso.com:444",
                false,
            ),
            ("https://app.contoso.com/cb", "https://evil.example", false),
            ("https://app.contoso.com/cb", "null", false),
            ("http://localhost/cb", "http://localhost:3000", true),
            ("http://localhost/cb", "https://localhost:3000", false),
        ];
        for (uri, origin, is_of) in cases {
            assert_eq!(has_origin(uri, origin), is_of, "{uri} {origin}");
        }
    }

    #[test]
    fn without_a_uri_the_first_registered_one_is_used() {
        assert_eq!(
            found(&["https://a.example", "https://b.example"], None).unwrap(),
            "https://a.example"
        );
        assert_eq!(found(&[], None), Err(Aadsts::RedirectUriMissing));
        assert_eq!(
            found(&[], Some("http://localhost")),
            Err(Aadsts::NoRedirectUri)
        );
        assert_eq!(
            found(&["https://a.example"], Some("a.example/cb")),
            Err(Aadsts::NotAnAbsoluteUri)
        );
    }

    #[test]
    fn the_origin_of_a_uri_is_what_a_content_policy_names() {
        let origin = |uri: &str| {
            Redirect {
                uri: uri.to_owned(),
                redirect_type: RedirectType::Public,
            }
            .origin()
        };
        assert_eq!(
            origin("http://localhost:53123/cb?x"),
            "http://localhost:53123"
        );
        assert_eq!(origin("urn:ietf:wg:oauth:2.0:oob"), "urn:");
    }
}
