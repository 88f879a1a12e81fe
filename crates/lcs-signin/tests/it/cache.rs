//! The cache file: modes, damage, foreign keys, keys of users.

use std::{collections::HashMap, fs, path::Path, sync::Arc};

use axum::{Form, Json, Router, routing::post};
use jiff::SignedDuration;
use lcs_signin::{CacheError, CacheKey, CacheNotice, Session, TokenCache, TokenSource as _};
use lcs_types::{Secret, SystemRandomness};
use tokio::net::TcpListener;

use crate::authority::{TestAuthority, cache_in, client, clock, lcs, tokens};

async fn sign_in(folder: &Path) {
    let authority = TestAuthority::start(vec![]).await;
    let session = authority.session(&clock(), cache_in(folder));
    let user = "anna@contoso.com".parse().unwrap();
    session
        .sign_in_with_password(&user, &Secret::new("p"))
        .await
        .unwrap();
}

#[cfg(unix)]
#[tokio::test]
async fn files_and_folder_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    sign_in(folder.path()).await;
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let state = folder.path().join("state");
    assert_eq!(mode(&state), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&state).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{path:?}");
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    names.sort();
    assert_eq!(
        names,
        ["tokens", "tokens.lock"],
        "nothing temporary is left"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_cache_that_others_can_read_is_closed_to_them() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    sign_in(folder.path()).await;
    let path = folder.path().join("state").join("tokens");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
    let cache = cache_in(folder.path());
    assert_eq!(cache.clear().await.unwrap(), 1);
    assert!(matches!(
        cache.take_notices().as_slice(),
        [CacheNotice::PermissionsTightened { .. }]
    ));
}

#[tokio::test]
async fn a_cache_that_cannot_be_read_is_kept_aside_and_reported() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state").join("tokens");
    for (number, damage) in [
        (1, b"not a cache".as_slice()),
        (2, b""),
        (3, b"LCSTOKEN\x02"),
    ] {
        sign_in(folder.path()).await;
        fs::write(&path, damage).unwrap();
        let cache = cache_in(folder.path());
        assert_eq!(cache.sign_ins().await.unwrap(), []);
        let notices = cache.take_notices();
        let [CacheNotice::MovedAside { to, .. }] = notices.as_slice() else {
            panic!("{notices:?}");
        };
        assert_eq!(
            to,
            &folder
                .path()
                .join("state")
                .join(format!("tokens.unreadable-{number}"))
        );
        assert_eq!(fs::read(to).unwrap(), damage);
        assert!(cache.take_notices().is_empty(), "told once");
    }
    sign_in(folder.path()).await;
    let foreign = TokenCache::open(
        &path,
        CacheKey::from_bytes([8; 32]),
        Arc::new(SystemRandomness),
    )
    .unwrap();
    assert_eq!(foreign.sign_ins().await.unwrap(), []);
    assert_eq!(foreign.take_notices().len(), 1);
}

#[tokio::test]
async fn what_is_on_the_disk_shows_neither_tokens_nor_names() {
    let folder = tempfile::tempdir().unwrap();
    sign_in(folder.path()).await;
    let bytes = fs::read(folder.path().join("state").join("tokens")).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    for secret in ["access-", "refresh-", "anna", "contoso"] {
        assert!(!text.contains(secret), "{secret}");
    }
    let listed = cache_in(folder.path()).sign_ins().await.unwrap();
    assert_eq!(listed[0].account, "anna@contoso.com");
    assert!(listed[0].is_renewable);
}

#[tokio::test]
async fn a_key_file_is_made_once_and_lies_elsewhere() {
    let folder = tempfile::tempdir().unwrap();
    let cache_path = folder.path().join("state").join("tokens");
    let key_path = folder.path().join("config").join("cache.key");
    let open =
        |key: &Path| TokenCache::open_with_key_file(&cache_path, key, Arc::new(SystemRandomness));
    open(&key_path).unwrap();
    let made = fs::read(&key_path).unwrap();
    open(&key_path).unwrap();
    assert_eq!(fs::read(&key_path).unwrap(), made);
    let beside = open(&folder.path().join("state").join("cache.key")).unwrap_err();
    assert!(matches!(beside, CacheError::KeyBesideCache { .. }));
}

#[test]
fn processes_that_make_the_key_at_once_get_the_same_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("config").join("cache.key");
    let keys: Vec<String> = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    CacheKey::load_or_create(&path, &SystemRandomness).unwrap();
                    fs::read_to_string(&path).unwrap()
                })
            })
            .collect();
        makers
            .into_iter()
            .map(|maker| maker.join().unwrap())
            .collect()
    });
    assert!(keys.iter().all(|key| key == &keys[0]));
}

#[cfg(unix)]
#[test]
fn a_key_that_others_can_read_is_refused() {
    use std::os::unix::fs::PermissionsExt as _;

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("cache.key");
    fs::write(&path, [1; 32]).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let error = CacheKey::read(&path).unwrap_err();
    assert!(matches!(error, CacheError::OpenKeyFile { mode: 0o640, .. }));
    fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(CacheKey::read(&path).is_ok());
}

#[tokio::test]
async fn a_renewed_token_that_cannot_be_kept_is_used_all_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("state").join("tokens");
    // While the authority renews, a folder takes the place of the file; not even the system's
    // administrator can replace that by a file.
    let blocked = path.clone();
    let router = Router::new().route(
        "/contoso.com/oauth2/v2.0/token",
        post(async move |Form(form): Form<HashMap<String, String>>| {
            if form["grant_type"] == "password" {
                return Json(tokens(1, 3600));
            }
            fs::remove_file(&blocked).unwrap();
            fs::create_dir_all(blocked.join("in the way")).unwrap();
            Json(tokens(2, 3600))
        }),
    );
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let clock = clock();
    let cache = Arc::new(cache_in(folder.path()));
    let session = Session::new(client(&origin, &clock), lcs(), None, Arc::clone(&cache));
    let user = "anna@contoso.com".parse().unwrap();
    session
        .sign_in_with_password(&user, &Secret::new("p"))
        .await
        .unwrap();
    clock.advance(SignedDuration::from_hours(2));
    assert_eq!(session.token().await.unwrap().secret.expose(), "access-2");
    assert!(matches!(
        cache.take_notices().as_slice(),
        [CacheNotice::NotSaved { .. }]
    ));
}
