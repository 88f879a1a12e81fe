//! The password grant: what its answers and tokens say, at both endpoints.

use jiff::SignedDuration;
use lcs_directory::{AccessTokenLifetime, DirectoryStore as _, model::SignInOutcome};
use lcs_wire::{
    entra::{Aadsts, Endpoint},
    graph::ApplicationPatch,
    well_known::USER_IMPERSONATION,
};
use serde_json::json;

use crate::world::{
    ADMIN, ARTICLE_SCOPE, CONTOSO, MEGAN, ORIGIN, PASSWORD, PASSWORDLESS, SERVICE, SERVICE_ID,
    World, claims, refused, text,
};

#[tokio::test]
async fn an_access_token_says_what_one_of_lcs_says() {
    let world = World::new().await;
    let tool = world.tool().await;
    let answer = world.sign_in(tool.client, &[]).await.unwrap();
    let mut claims = claims(&answer, "access_token");
    assert_eq!(claims.remove("uti").unwrap().as_str().unwrap().len(), 22);
    assert_eq!(claims.remove("sub").unwrap().as_str().unwrap().len(), 43);
    assert_eq!(
        serde_json::Value::Object(claims),
        json!({
            "aud": "https://lcsapi.lcs.dynamics.com/", "iss": format!("{ORIGIN}/{CONTOSO}/"),
            "iat": 1_775_203_200, "nbf": 1_775_203_200, "exp": 1_775_207_729, "acr": "1",
            "amr": ["pwd"], "appid": tool.client, "appidacr": "0", "family_name": "Family",
            "given_name": "Given", "ipaddr": "203.0.113.7", "name": "svc-lcs",
            "oid": SERVICE_ID, "puid": "1003000000000000", "scp": "user_impersonation",
            "tid": CONTOSO, "unique_name": SERVICE, "upn": SERVICE, "ver": "1.0",
            "wids": ["b79fbf4d-3ef9-4689-8143-76b194e85509"],
        })
    );
}

#[tokio::test]
async fn open_id_scopes_add_tokens_and_are_not_echoed_for_lcs() {
    let world = World::new().await;
    let tool = world.tool().await;
    let scope = format!("openid profile offline_access {ARTICLE_SCOPE}");
    let changes = [
        ("scope", scope.as_str()),
        ("client_info", "1"),
        ("x-client-SKU", "any"),
    ];
    let answer = world.sign_in(tool.client, &changes).await.unwrap();
    assert!(!text(&answer, "scope").contains("openid"));
    assert!(answer.contains_key("refresh_token"));
    let id = claims(&answer, "id_token");
    assert_eq!(id["aud"], tool.client.to_string());
    assert_eq!(id["iss"], format!("{ORIGIN}/{CONTOSO}/v2.0"));
    assert_eq!(id["preferred_username"], SERVICE);
    assert_eq!((&id["ver"], &id["tid"]), (&json!("2.0"), &json!(CONTOSO)));
    assert!(!id.contains_key("upn"));
    // {"uid":"…","utid":"…"}
    assert!(text(&answer, "client_info").starts_with("eyJ1aWQiOi"));
}

#[tokio::test]
async fn the_answer_of_v2_has_the_order_of_the_service() {
    let world = World::new().await;
    let tool = world.tool().await;
    let client = tool.client.to_string();
    let scope = format!("openid offline_access {ARTICLE_SCOPE}");
    let form = lcs_directory::Form::new([
        ("grant_type", "password"),
        ("client_id", &client),
        ("username", SERVICE),
        ("password", PASSWORD),
        ("scope", &scope),
        ("client_info", "1"),
    ])
    .unwrap();
    let context = World::context(Endpoint::V2, "contoso.com");
    let answer = world
        .directory
        .request_token(&form, &context)
        .await
        .unwrap();
    let text = serde_json::to_string(&answer).unwrap();
    let at = |field: &str| text.find(&format!("\"{field}\":")).unwrap();
    let order = [
        "token_type",
        "scope",
        "expires_in",
        "ext_expires_in",
        "access_token",
        "refresh_token",
        "id_token",
        "client_info",
    ];
    assert!(order.is_sorted_by_key(|field| at(field)), "{order:?}");
    assert_eq!(format!("{answer:?}"), "TokenResponse(…)");
}

#[tokio::test]
async fn v1_answers_in_strings_with_a_refresh_token_and_bare_scopes() {
    let world = World::new().await;
    let tool = world.tool().await;
    let client = tool.client.to_string();
    let pairs = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("username", SERVICE),
        ("password", PASSWORD),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
        ("scope", "openid"),
    ];
    // The tenant comes from the user's name.
    let answer = world.token(Endpoint::V1, "common", &pairs).await.unwrap();
    for (field, wanted) in [
        ("scope", USER_IMPERSONATION),
        ("expires_in", "4228"),
        ("ext_expires_in", "4228"),
        ("expires_on", "1775207729"),
        ("not_before", "1775203200"),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
    ] {
        assert_eq!(text(&answer, field), wanted, "{field}");
    }
    assert!(answer.contains_key("refresh_token"));
    assert_eq!(
        claims(&answer, "access_token")["aud"],
        "https://lcsapi.lcs.dynamics.com"
    );
    let id = claims(&answer, "id_token");
    assert_eq!((&id["ver"], &id["upn"]), (&json!("1.0"), &json!(SERVICE)));
    assert_eq!(id["iss"], format!("{ORIGIN}/{CONTOSO}/"));
}

#[tokio::test]
async fn common_works_at_v1_only_and_organizations_at_both() {
    let world = World::new().await;
    let tool = world.tool().await;
    let client = tool.client.to_string();
    let v1 = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("username", SERVICE),
        ("password", PASSWORD),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
    ];
    let v2 = [
        ("grant_type", "password"),
        ("client_id", client.as_str()),
        ("username", SERVICE),
        ("password", PASSWORD),
        ("scope", ARTICLE_SCOPE),
    ];
    for segment in [
        "common",
        "organizations",
        "contoso.com",
        "CONTOSO.onmicrosoft.com",
    ] {
        assert!(
            world.token(Endpoint::V1, segment, &v1).await.is_ok(),
            "{segment}"
        );
    }
    for segment in ["organizations", "contoso.com"] {
        assert!(
            world.token(Endpoint::V2, segment, &v2).await.is_ok(),
            "{segment}"
        );
    }
    let refusal = world.token(Endpoint::V2, "common", &v2).await;
    assert_eq!(refused(refusal), Aadsts::GrantNotForCommon);
}

#[tokio::test]
async fn a_resource_is_named_in_many_ways_and_the_audience_is_as_requested() {
    let world = World::new().await;
    let tool = world.tool().await;
    for (scope, audience) in [
        (
            "https://lcsapi.lcs.dynamics.com/.default",
            "https://lcsapi.lcs.dynamics.com",
        ),
        (
            "https://lcsapi.lcs.dynamics.com/user_impersonation",
            "https://lcsapi.lcs.dynamics.com",
        ),
        (
            "https://lcsapi.eu.lcs.dynamics.com//.default",
            "https://lcsapi.eu.lcs.dynamics.com/",
        ),
        (
            "https://localhost:8443//.default",
            "https://localhost:8443/",
        ),
        (
            "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0/.default",
            "913c6de4-2a4a-4a61-a9ce-945d2b2ce2e0",
        ),
    ] {
        let answer = world
            .sign_in(tool.client, &[("scope", scope)])
            .await
            .unwrap();
        assert_eq!(claims(&answer, "access_token")["aud"], audience, "{scope}");
        assert!(
            text(&answer, "scope")
                .split(' ')
                .any(|echoed| echoed == scope),
            "{scope}"
        );
    }
}

#[tokio::test]
async fn the_order_of_the_checks_is_client_then_resource_then_password_then_consent() {
    let world = World::new().await;
    let tool = world.tool_without_consent().await;
    let wrong = ("password", "wrong");
    let bad_host = ("scope", "https://lcsapi.lcs.example//.default");
    // Each line mends one thing more.
    let result = world
        .sign_in(lcs_types::ClientId::from_u128(5), &[wrong, bad_host])
        .await;
    assert_eq!(refused(result), Aadsts::ApplicationNotFound);
    world.switch(&tool, false).await;
    let result = world.sign_in(tool.client, &[wrong, bad_host]).await;
    assert_eq!(refused(result), Aadsts::NotAPublicClient);
    world.switch(&tool, true).await;
    let result = world.sign_in(tool.client, &[wrong, bad_host]).await;
    assert_eq!(refused(result), Aadsts::ResourceNotFound);
    assert_eq!(
        refused(world.sign_in(tool.client, &[wrong]).await),
        Aadsts::WrongPassword
    );
    assert_eq!(
        refused(world.sign_in(tool.client, &[]).await),
        Aadsts::NoConsent
    );
}

#[tokio::test]
async fn a_second_factor_is_asked_for_only_after_the_right_password() {
    let world = World::new().await;
    let tool = world.tool().await;
    let megan = ("username", crate::world::MEGAN);
    let wrong = world
        .sign_in(tool.client, &[megan, ("password", "wrong")])
        .await;
    assert_eq!(refused(wrong), Aadsts::WrongPassword);
    assert_eq!(
        refused(world.sign_in(tool.client, &[megan]).await),
        Aadsts::MfaRequired
    );
}

#[tokio::test]
async fn a_lifetime_by_chance_stays_between_60_and_90_minutes() {
    let world = World::with(AccessTokenLifetime::Random).await;
    let tool = world.tool().await;
    let mut seen = std::collections::HashSet::new();
    for _ in 0..8 {
        let answer = world.sign_in(tool.client, &[]).await.unwrap();
        let seconds = answer["expires_in"].as_i64().unwrap();
        assert!((3_600..=5_400).contains(&seconds), "{seconds}");
        let claims = claims(&answer, "access_token");
        let exp_less_nbf = claims["exp"].as_i64().unwrap() - claims["nbf"].as_i64().unwrap();
        assert_eq!(exp_less_nbf, seconds + 301);
        seen.insert(seconds);
    }
    assert!(seen.len() > 1);
}

#[tokio::test]
async fn a_fixed_lifetime_is_at_most_a_day() {
    for (configured, wanted) in [(5, 5), (86_400, 86_400), (86_401, 86_400)] {
        let lifetime = SignedDuration::from_secs(configured);
        let world = World::with(AccessTokenLifetime::Fixed(lifetime)).await;
        let tool = world.tool().await;
        let answer = world.sign_in(tool.client, &[]).await.unwrap();
        assert_eq!(answer["expires_in"], wanted);
    }
}

#[tokio::test]
async fn an_administrators_token_names_the_role() {
    let world = World::new().await;
    let tool = world.tool().await;
    let answer = world
        .sign_in(tool.client, &[("username", ADMIN)])
        .await
        .unwrap();
    assert_eq!(
        claims(&answer, "access_token")["wids"][0],
        "62e90394-69f5-4237-9190-012177145e10"
    );
}

#[tokio::test]
async fn every_decided_request_stands_in_the_sign_in_log() {
    let world = World::new().await;
    let tool = world.tool().await;
    world.advance(SignedDuration::from_secs(1));
    world.sign_in(tool.client, &[]).await.unwrap();
    world
        .sign_in(tool.client, &[("password", "wrong")])
        .await
        .unwrap_err();
    let log = world.store.sign_ins(CONTOSO, 2).await.unwrap();
    assert_eq!(log[0].outcome, SignInOutcome::Refused(50_126));
    assert_eq!(
        (log[0].user, log[0].user_name.as_deref()),
        (None, Some(SERVICE))
    );
    assert_eq!(log[1].outcome, SignInOutcome::Granted);
    assert_eq!(log[1].user, Some(SERVICE_ID));
    assert_eq!(log[1].client, Some(tool.client.to_string()));
    assert_eq!(
        log[1].resource.as_deref(),
        Some("https://lcsapi.lcs.dynamics.com/")
    );
    assert_eq!(log[1].grant, "password");
}

#[tokio::test]
async fn a_renamed_application_is_refused_under_its_new_name() {
    let world = World::new().await;
    let tool = world.tool_without_consent().await;
    let patch = ApplicationPatch {
        display_name: Some("Renamed".to_owned()),
        ..ApplicationPatch::default()
    };
    world.change(&tool, &patch).await;
    let refusal = world.sign_in(tool.client, &[]).await.unwrap_err();
    assert!(
        refusal.text().contains("named 'Renamed'"),
        "{}",
        refusal.text()
    );
}

/// Counted, not timed: a clock would be right only most of the time.
#[tokio::test]
async fn every_name_costs_the_comparison_of_one_password_whether_anybody_has_it_or_not() {
    let world = World::new().await;
    let tool = world.tool().await;
    for (name, refusal) in [
        (SERVICE, Aadsts::WrongPassword),
        (MEGAN, Aadsts::WrongPassword),
        ("nobody@contoso.com", Aadsts::UserNotFound),
        ("no name at all", Aadsts::UserNotFound),
        (PASSWORDLESS, Aadsts::NoPassword),
    ] {
        let before = world.directory.passwords_compared();
        let wrong = [("username", name), ("password", "wrong")];
        let answer = world.sign_in(tool.client, &wrong).await;
        assert_eq!(refused(answer), refusal, "{name}");
        assert_eq!(world.directory.passwords_compared() - before, 1, "{name}");
    }
}
