//! What properties of an application may hold.

use lcs_wire::graph::{ApplicationPatch, RequiredResourceAccess};
use url::{Host, Url};

use super::GraphRefusal;
use crate::model::{ApplicationSettings, ImplicitGrant, SignInAudience};

/// "Redirect URI (reply URL) outline, restrictions, and limitations".
const MOST_REDIRECT_URIS: usize = 256;
const LONGEST_REDIRECT_URI: usize = 256;
const FORBIDDEN_IN_REDIRECT_URI: &[char] = &['!', '$', '\'', '(', ')', ',', ';', '*'];

/// Applies what a patch holds; collections are replaced as a whole.
pub(super) fn apply(
    settings: &mut ApplicationSettings,
    patch: &ApplicationPatch,
) -> Result<(), GraphRefusal> {
    if let Some(name) = &patch.display_name {
        name.clone_into(&mut settings.display_name);
    }
    if settings.display_name.trim().is_empty() || settings.display_name.chars().count() > 256 {
        return Err(invalid("displayName"));
    }
    if let Some(audience) = &patch.sign_in_audience {
        settings.sign_in_audience = audience
            .parse::<SignInAudience>()
            .map_err(|_| invalid("signInAudience"))?;
    }
    if let Some(is_public) = patch.is_fallback_public_client {
        settings.is_fallback_public_client = Some(is_public);
    }
    if let Some(uris) = &patch.public_client {
        settings.public_client_redirect_uris =
            redirect_uris(&uris.redirect_uris, ClientType::Public)?;
    }
    if let Some(web) = &patch.web {
        if let Some(uris) = &web.redirect_uris {
            settings.web_redirect_uris = redirect_uris(uris, ClientType::Browser)?;
        }
        if let Some(implicit) = &web.implicit_grant_settings {
            settings.implicit_grant = ImplicitGrant {
                id_token: implicit.enable_id_token_issuance,
                access_token: implicit.enable_access_token_issuance,
            };
        }
    }
    if let Some(uris) = &patch.spa {
        settings.spa_redirect_uris = redirect_uris(&uris.redirect_uris, ClientType::Browser)?;
    }
    if let Some(access) = &patch.required_resource_access {
        check_access(access)?;
        settings.required_resource_access.clone_from(access);
    }
    if let Some(tags) = &patch.tags {
        settings.tags.clone_from(tags);
    }
    if let Some(notes) = &patch.notes {
        settings.notes = Some(notes.clone());
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ClientType {
    /// Own schemes are allowed.
    Public,
    /// HTTPS, or HTTP on loopback.
    Browser,
}

fn redirect_uris(uris: &[String], client_type: ClientType) -> Result<Vec<String>, GraphRefusal> {
    if uris.len() > MOST_REDIRECT_URIS {
        return Err(invalid("redirectUris"));
    }
    let is_legal = |uri: &String| is_redirect_uri(uri, client_type);
    if uris.iter().all(is_legal) {
        Ok(uris.to_vec())
    } else {
        Err(invalid("redirectUris"))
    }
}

fn is_redirect_uri(text: &str, client_type: ClientType) -> bool {
    let has_legal_letters = text.len() <= LONGEST_REDIRECT_URI
        && !text
            .chars()
            .any(|c| c.is_control() || c == ' ' || FORBIDDEN_IN_REDIRECT_URI.contains(&c));
    let Ok(url) = Url::parse(text) else {
        return false;
    };
    if !has_legal_letters || url.fragment().is_some() {
        return false;
    }
    let is_loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        // The service does not support it.
        Some(Host::Ipv6(_)) | None => false,
    };
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback,
        "javascript" | "data" | "file" | "vbscript" => false,
        _ => client_type == ClientType::Public,
    }
}

fn check_access(access: &[RequiredResourceAccess]) -> Result<(), GraphRefusal> {
    let is_repeated = |(index, entry): (usize, &RequiredResourceAccess)| {
        access[..index]
            .iter()
            .any(|other| other.resource_app_id == entry.resource_app_id)
    };
    let is_legal = |entry: &RequiredResourceAccess| {
        !entry.resource_access.is_empty()
            && entry
                .resource_access
                .iter()
                .all(|wanted| matches!(wanted.access_type.as_str(), "Scope" | "Role"))
    };
    if access.iter().enumerate().any(is_repeated) || !access.iter().all(is_legal) {
        return Err(invalid("requiredResourceAccess"));
    }
    Ok(())
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
    fn redirect_uris_are_https_loopback_or_of_an_own_scheme() {
        let cases = [
            ("http://localhost", true, true),
            ("http://127.0.0.1:8400/callback", true, true),
            ("https://contoso.com/signin", true, true),
            (
                "https://login.microsoftonline.com/common/oauth2/nativeclient",
                true,
                true,
            ),
            ("urn:ietf:wg:oauth:2.0:oob", true, false),
            ("msal0d2b6a0e://auth", true, false),
            ("http://contoso.com", false, false),
            ("http://[::1]", false, false),
            ("https://contoso.com/*", false, false),
            ("https://contoso.com/a b", false, false),
            ("https://contoso.com/#x", false, false),
            ("javascript:alert", false, false),
            ("/relative", false, false),
            ("", false, false),
        ];
        for (uri, public, browser) in cases {
            assert_eq!(is_redirect_uri(uri, ClientType::Public), public, "{uri}");
            assert_eq!(is_redirect_uri(uri, ClientType::Browser), browser, "{uri}");
        }
        assert!(!is_redirect_uri(
            &format!("https://a.example/{}", "x".repeat(256)),
            ClientType::Public
        ));
    }
}
