//! The article, steps 1 to 4, as an administrator and a client go through it.

use lcs_directory::graph::{ApplicationKey, ServicePrincipalKey};
use lcs_types::{ClientId, Secret};
use lcs_wire::{
    entra::Aadsts,
    graph::{ApplicationPatch, ConsentType, NewGrant, NewServicePrincipal},
    well_known::{LCS_CLIENT_ID, LCS_DISPLAY_NAME, LCS_USER_IMPERSONATION_ID, USER_IMPERSONATION},
};

use crate::world::{ORIGIN, World, claims, refused, registration, text};

#[tokio::test]
#[expect(
    clippy::too_many_lines,
    reason = "the article is one story from its start to its end"
)]
async fn each_step_of_the_article_changes_the_answer_until_a_token_comes() {
    let world = World::new().await;
    let directory = &world.directory;
    let admin = world.admin().await;

    // Before step 1 the client id means nothing.
    let unknown = ClientId::from_u128(0xdead);
    assert_eq!(
        refused(world.sign_in(unknown, &[]).await),
        Aadsts::ApplicationNotFound
    );

    // Step 1: an application registration, as the portal makes it, with its service principal.
    let new = ApplicationPatch {
        display_name: Some("LCS toolkit".to_owned()),
        sign_in_audience: Some("AzureADMyOrg".to_owned()),
        ..ApplicationPatch::default()
    };
    let application = directory.create_application(&admin, &new).await.unwrap();
    assert_eq!(
        refused(world.sign_in(application.app_id, &[]).await),
        Aadsts::MissingServicePrincipal
    );
    let new = NewServicePrincipal {
        app_id: application.app_id,
        tags: vec![],
    };
    let presence = directory
        .create_service_principal(&admin, &new)
        .await
        .unwrap();
    assert_eq!(
        refused(world.sign_in(application.app_id, &[]).await),
        Aadsts::NotAPublicClient
    );

    // Step 3, early, to see that step 2 is missing.
    let key = ApplicationKey::Id(application.id);
    let switch = ApplicationPatch {
        is_fallback_public_client: Some(true),
        ..ApplicationPatch::default()
    };
    directory
        .update_application(&admin, &key, &switch)
        .await
        .unwrap();
    assert_eq!(
        refused(world.sign_in(application.app_id, &[]).await),
        Aadsts::ResourceNotListed
    );

    // Step 2: LCS among its lookalikes, found by its GUID; the permission; consent.
    let principals = directory.list_service_principals(&admin).await.unwrap();
    let similar = principals.iter().filter(|found| {
        found.display_name.contains("Dynamics") || found.display_name.contains("Lifecycle")
    });
    assert!(similar.count() >= 4, "there are lookalikes");
    let lcs = ServicePrincipalKey::AppId(LCS_CLIENT_ID);
    let lcs = directory.service_principal(&admin, lcs).await.unwrap();
    assert_eq!(lcs.display_name, LCS_DISPLAY_NAME);
    assert_eq!(
        lcs.oauth2_permission_scopes[0].id,
        LCS_USER_IMPERSONATION_ID
    );
    directory
        .update_application(&admin, &key, &registration())
        .await
        .unwrap();
    assert_eq!(
        refused(world.sign_in(application.app_id, &[]).await),
        Aadsts::NoConsent
    );
    let consent = NewGrant {
        client_id: presence.id,
        consent_type: ConsentType::AllPrincipals,
        principal_id: None,
        resource_id: lcs.id,
        scope: USER_IMPERSONATION.to_owned(),
    };
    directory.create_grant(&admin, &consent).await.unwrap();

    // Step 4: the token.
    let answer = world.sign_in(application.app_id, &[]).await.unwrap();
    let fields: Vec<&str> = answer.keys().map(String::as_str).collect();
    assert_eq!(
        fields.iter().collect::<std::collections::BTreeSet<_>>(),
        [
            "token_type",
            "scope",
            "expires_in",
            "ext_expires_in",
            "access_token"
        ]
        .iter()
        .collect()
    );
    assert_eq!(
        text(&answer, "scope"),
        "https://lcsapi.lcs.dynamics.com//user_impersonation https://lcsapi.lcs.dynamics.com//.default"
    );
    assert_eq!(answer["expires_in"], 4_228);
    assert_eq!(answer["token_type"], "Bearer");
    let claims = claims(&answer, "access_token");
    assert_eq!(claims["aud"], "https://lcsapi.lcs.dynamics.com/");
    assert_eq!(claims["scp"], USER_IMPERSONATION);
    assert_eq!(claims["appid"], application.app_id.to_string());

    // What LCS does with it.
    let policy = lcs_tokens::Policy {
        issuers: directory.issuers(&[ORIGIN]).await.unwrap(),
        audiences: vec!["https://lcsapi.lcs.dynamics.com".to_owned()],
        client_id: LCS_CLIENT_ID,
    };
    let keys = directory.published_keys().await.unwrap();
    let token = Secret::new(text(&answer, "access_token"));
    let now = lcs_types::Clock::now(&*world.clock);
    let valid = lcs_tokens::validate(token.expose(), &keys, &policy, now).unwrap();
    assert_eq!(valid.text("upn"), Some("svc-lcs@contoso.com"));
}
