//! What the disk of a local cloud says about the secrets of authenticator apps.

use std::{fs, path::Path};

use lcs_directory::{
    DirectoryError, PageSignIn, SignedInUser, TenantTarget,
    totp::{TimeStep, TotpSecret},
};
use lcs_testkit::TestCloud;
use lcs_types::{Clock as _, Secret};
use lcs_wire::{entra::Aadsts, local::ReadyUser};

/// Whether the store holds a text, in the file or in its log.
fn store_holds(data: &Path, text: &str) -> bool {
    ["store.sqlite", "store.sqlite-wal"].iter().any(|name| {
        let content = fs::read(data.join(name)).unwrap_or_default();
        content
            .windows(text.len())
            .any(|part| part == text.as_bytes())
    })
}

/// Signs in by password and then with the code of this step.
pub(crate) async fn second_factor(
    cloud: &TestCloud,
    user: &ReadyUser,
    step: TimeStep,
) -> Result<SignedInUser, DirectoryError> {
    let tenant = TenantTarget::Tenant(cloud.facts().tenant_id);
    let password = Secret::new(user.password.clone());
    let name = user.user_principal_name.as_str();
    let signed_in = cloud.directory().sign_in(tenant, name, &password).await;
    let PageSignIn::SignedIn(person) = signed_in.unwrap() else {
        panic!("the password is current")
    };
    let secret = TotpSecret::from_base32(user.totp_secret.as_deref().unwrap()).unwrap();
    let code = secret.code(step);
    cloud.directory().give_one_time_code(&person, &code).await
}

/// The user's row as the version before wrote it; the code of this step is used up.
fn unseal(data: &Path, user: &ReadyUser, step: TimeStep) {
    let store = rusqlite::Connection::open(data.join("store.sqlite")).unwrap();
    let changed = store
        .execute(
            "UPDATE users SET totp_last_step = ?1, totp = json_object('secret', ?2, \
             'last_used_step', NULL, 'enrolled_at', '2026-05-04T09:00:00Z') \
             WHERE user_principal_name = ?3",
            (
                i64::try_from(step.0).unwrap(),
                user.totp_secret.as_deref().unwrap(),
                user.user_principal_name.as_str(),
            ),
        )
        .unwrap();
    assert_eq!(changed, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_store_holds_no_secret_of_an_authenticator_app() {
    let cloud = TestCloud::start().await.unwrap();
    let user = cloud.mfa_user().clone();
    let step = TimeStep::at(cloud.clock.now());
    second_factor(&cloud, &user, step).await.unwrap();
    let folder = cloud.stop().await.unwrap();
    let data = folder.path().join("data");
    let secret = user.totp_secret.as_deref().unwrap();
    assert!(!store_holds(&data, secret));
    // The search finds what is there.
    unseal(&data, &user, step);
    assert!(store_holds(&data, secret));
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_of_the_version_before_are_sealed_and_used_codes_stay_used() {
    let cloud = TestCloud::start().await.unwrap();
    let user = cloud.mfa_user().clone();
    let folder = cloud.stop().await.unwrap();
    let data = folder.path().join("data");
    let spent = TimeStep::at(lcs_types::SystemClock.now());
    unseal(&data, &user, spent);

    let cloud = TestCloud::start_with(|options| {
        options.data_directory.clone_from(&data);
        options.config = None;
    })
    .await
    .unwrap();
    assert!(!store_holds(&data, user.totp_secret.as_deref().unwrap()));
    let refused = second_factor(&cloud, &user, spent).await.unwrap_err();
    assert_eq!(
        refused.refusal().unwrap().aadsts,
        Aadsts::StrongAuthenticationFailed
    );
    cloud.clock.advance(jiff::SignedDuration::from_secs(90));
    let next = TimeStep::at(cloud.clock.now());
    second_factor(&cloud, &user, next).await.unwrap();
}
