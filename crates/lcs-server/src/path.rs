//! Paths as clients really write them, brought to the one form that the routes know.
//!
//! - repeated slashes count once: an early client called `…/project//{id}/…`
//! - fixed words match in any case, as ASP.NET routes do; MSAL for Go asks for `UserRealm`
//! - Graph's key form `/applications(appId='…')` becomes `/applications/appId=…`
//! - `/v1.0/v1.0/…` counts once, so that the base of Graph may be given with or without version

use axum::http::{Request, Uri, uri::PathAndQuery};
use percent_encoding::percent_decode_str;

/// The fixed words of LCS's and Entra's paths, as the routes spell them.
const WORDS: &[&str] = &[
    "databasemovement",
    "databases",
    "refresh",
    "export",
    "fetchstatus",
    "operationactivity",
    "project",
    "source",
    "target",
    "environment",
    "backupName",
    "environmentinfo",
    "detail",
    "history",
    "rsatdownload",
    "start",
    "stop",
    "servicing",
    "applyupdate",
    "monitorupdate",
    "finalizeupdate",
    "preparationactivityid",
    "onprem",
    "asset",
    "commercescaleunit",
    "ecommerce",
    "deploymentactivity",
    "box",
    "fileasset",
    "CreateFileAsset",
    "CommitFileAsset",
    "GetFileAssetValidationStatus",
    "GetAssets",
    "GetFileAsset",
    "GetSharedAssets",
    "DeleteFileAsset",
    "oauth2",
    "token",
    "devicecode",
    "deviceauth",
    "authorize",
    "adminconsent",
    "logout",
    "discovery",
    "instance",
    "keys",
    "userrealm",
];

/// What follows these is the user's own word.
const USERS_OWN: &[&str] = &["backupName", "commercescaleunit", "ecommerce"];

/// Rewrites the path of a request.
pub(crate) fn normalise<B>(mut request: Request<B>) -> Request<B> {
    let uri = request.uri();
    let normal = normal_path(uri.path());
    if normal == uri.path() {
        return request;
    }
    let path_and_query = match uri.query() {
        Some(query) => format!("{normal}?{query}"),
        None => normal,
    };
    // A path that cannot be rewritten stays as it is and meets no route.
    if let Ok(path_and_query) = path_and_query.parse::<PathAndQuery>() {
        let mut parts = uri.clone().into_parts();
        parts.path_and_query = Some(path_and_query);
        if let Ok(rewritten) = Uri::from_parts(parts) {
            *request.uri_mut() = rewritten;
        }
    }
    request
}

fn normal_path(path: &str) -> String {
    let mut normal = String::with_capacity(path.len());
    let mut previous = "";
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        let is_repeated_version = segment == "v1.0" && previous == "v1.0";
        if !is_repeated_version {
            normal.push('/');
            if USERS_OWN
                .iter()
                .any(|word| previous.eq_ignore_ascii_case(word))
            {
                normal.push_str(segment);
            } else {
                push_segment(&mut normal, segment);
            }
        }
        previous = segment;
    }
    if normal.is_empty() || path.ends_with('/') {
        normal.push('/');
    }
    normal
}

fn push_segment(normal: &mut String, segment: &str) {
    if let Some(word) = WORDS.iter().find(|word| word.eq_ignore_ascii_case(segment)) {
        normal.push_str(word);
        return;
    }
    if let Some((collection, key, value)) = key_form(segment) {
        normal.extend([collection.as_str(), "/", &key, "=", &value]);
        return;
    }
    normal.push_str(segment);
}

/// `applications(appId='…')` as its three parts, the value percent-encoded as it came.
fn key_form(segment: &str) -> Option<(String, String, String)> {
    let decoded = percent_decode_str(segment).decode_utf8().ok()?;
    let (collection, rest) = decoded.split_once('(')?;
    let (key, value) = rest.strip_suffix(')')?.split_once('=')?;
    let value = value.strip_prefix('\'')?.strip_suffix('\'')?;
    let is_word = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric());
    let is_plain = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
    };
    (is_word(collection) && is_word(key) && is_plain(value))
        .then(|| (collection.to_owned(), key.to_owned(), value.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_real_clients_meet_the_routes() {
        let cases = [
            (
                "/databasemovement/v1/databases/project//7",
                "/databasemovement/v1/databases/project/7",
            ),
            (
                "/DatabaseMovement/v1/Databases/Project/7",
                "/databasemovement/v1/databases/project/7",
            ),
            (
                "/common/UserRealm/Anna@Contoso.com",
                "/common/userrealm/Anna@Contoso.com",
            ),
            (
                "/v1.0/applications(appId='a-b')",
                "/v1.0/applications/appId=a-b",
            ),
            (
                "/v1.0/applications(appId=%27a-b%27)",
                "/v1.0/applications/appId=a-b",
            ),
            ("/v1.0/v1.0/me", "/v1.0/me"),
            (
                "/environmentinfo/v1/detail/project/7/",
                "/environmentinfo/v1/detail/project/7/",
            ),
            ("/", "/"),
            ("//", "/"),
        ];
        for (given, wanted) in cases {
            assert_eq!(normal_path(given), wanted);
        }
    }

    #[test]
    fn the_name_of_a_backup_keeps_its_case() {
        let path = "/databasemovement/v1/export/project/7/environment/e/backupName/Refresh";
        assert_eq!(normal_path(path), path);
    }

    #[test]
    fn a_key_form_with_anything_but_a_plain_value_is_left_alone() {
        for path in [
            "/v1.0/applications(appId='a/../b')",
            "/v1.0/applications(appId=)",
            "/v1.0/x(",
        ] {
            assert_eq!(normal_path(path), path);
        }
    }
}
