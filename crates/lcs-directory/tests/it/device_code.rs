//! The device flow: a machine asks, a person answers elsewhere.

use jiff::SignedDuration;
use lcs_directory::{
    DirectoryError, Form, PageSignIn, SignedInUser, TenantTarget,
    errand::{AcceptFor, Step},
    graph::ServicePrincipalKey,
};
use lcs_types::{ClientId, Secret};
use lcs_wire::{
    entra::{Aadsts, Endpoint, aadsts::Refusal},
    graph::ConsentType,
    well_known::{LCS_CLIENT_ID, USER_IMPERSONATION},
};
use serde_json::{Map, Value};

use crate::world::{
    ADDRESS, ARTICLE_SCOPE, CONTOSO, MEGAN, ORIGIN, PASSWORD, SERVICE, SERVICE_ID, World, claims,
    refusal, refused, text,
};

pub(crate) async fn start(
    world: &World,
    client: ClientId,
    scope: &str,
) -> Result<Map<String, Value>, Refusal> {
    let client = client.to_string();
    let form = Form::new([("client_id", client.as_str()), ("scope", scope)])?;
    let context = World::context(Endpoint::V2, &CONTOSO.to_string());
    match world.directory.start_device_code(&form, &context).await {
        Ok(answer) => Ok(serde_json::to_value(answer)
            .unwrap()
            .as_object()
            .unwrap()
            .clone()),
        Err(error) => Err(refusal(error)),
    }
}

pub(crate) async fn poll(
    world: &World,
    client: ClientId,
    device_code: &str,
) -> Result<Map<String, Value>, Refusal> {
    let client = client.to_string();
    world
        .v2(&[
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("client_id", &client),
            ("device_code", device_code),
        ])
        .await
}

pub(crate) async fn signed_in(
    world: &World,
    user_name: &str,
) -> Result<SignedInUser, DirectoryError> {
    let target = TenantTarget::Tenant(CONTOSO);
    let signed_in = world
        .directory
        .sign_in(target, user_name, &Secret::new(PASSWORD))
        .await?;
    match signed_in {
        PageSignIn::SignedIn(person) => Ok(*person),
        PageSignIn::MustChangePassword(_) => panic!("the password is current"),
    }
}

/// What the page does: accepts what is asked, then approves.
pub(crate) async fn approve(
    world: &World,
    user_code: &str,
    person: &SignedInUser,
) -> Result<(), Aadsts> {
    let directory = &world.directory;
    let aadsts = |error| refusal(error).aadsts;
    let request = directory
        .find_device_request(user_code)
        .await
        .map_err(aadsts)?
        .ok_or(Aadsts::BadVerificationCode)?;
    let errand = &request.errand;
    if let Step::Consent(_) = directory
        .next_step(errand, person, false, ADDRESS)
        .await
        .map_err(aadsts)?
    {
        let context = World::context(Endpoint::V2, "common");
        directory
            .accept(errand, person, AcceptFor::Myself, &context)
            .await
            .map_err(aadsts)?;
    }
    directory
        .approve_device_code(user_code, person, ADDRESS)
        .await
        .map_err(aadsts)
}

#[tokio::test]
async fn a_person_consents_and_the_machine_gets_tokens_once() {
    let world = World::new().await;
    let tool = world.tool_without_consent().await;
    let scope = format!("openid profile offline_access {ARTICLE_SCOPE}");
    let started = start(&world, tool.client, &scope).await.unwrap();
    let (user_code, device_code) = (text(&started, "user_code"), text(&started, "device_code"));
    assert_eq!(user_code.len(), 9);
    assert!(
        user_code
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    );
    assert_eq!(
        (&started["expires_in"], &started["interval"]),
        (&900.into(), &5.into())
    );
    assert!(text(&started, "verification_uri").starts_with(ORIGIN));
    assert!(text(&started, "message").contains(&user_code));
    assert_eq!(
        refused(poll(&world, tool.client, &device_code).await),
        Aadsts::AuthorizationPending
    );

    // The person, on another machine, types the code as people do.
    let typed = format!(" {}-{}", &user_code[..4].to_lowercase(), &user_code[4..]);
    let view = world
        .directory
        .find_device_request(&typed)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(view.client.name, "LCS toolkit");
    assert_eq!(view.client.publisher, "Contoso");
    assert_eq!(view.errand.target, TenantTarget::Tenant(CONTOSO));
    let person = signed_in(&world, SERVICE).await.unwrap();
    let step = world
        .directory
        .next_step(&view.errand, &person, false, ADDRESS)
        .await
        .unwrap();
    let Step::Consent(consent) = step else {
        panic!("nothing asked")
    };
    assert!(!consent.may_accept_for_organization);
    let titles: Vec<_> = consent
        .permissions
        .iter()
        .map(|permission| permission.title.as_str())
        .collect();
    assert_eq!(
        titles,
        [
            "Access Dynamics Lifecycle Services",
            "Sign users in",
            "View users' basic profile",
            "Maintain access to data you have given it access to",
        ]
    );
    approve(&world, &typed, &person).await.unwrap();

    // The consent of one user is recorded as theirs.
    let grants = world
        .directory
        .list_grants(&world.admin().await)
        .await
        .unwrap();
    let grant = grants
        .iter()
        .find(|grant| grant.client_id == tool.presence && grant.scope == USER_IMPERSONATION)
        .unwrap();
    assert_eq!(grant.consent_type, ConsentType::Principal);
    assert_eq!(grant.principal_id, Some(SERVICE_ID.as_object_id()));

    // The machine.
    let answer = poll(&world, tool.client, &device_code).await.unwrap();
    assert_eq!(claims(&answer, "access_token")["scp"], USER_IMPERSONATION);
    assert!(answer.contains_key("refresh_token") && answer.contains_key("id_token"));
    let again = poll(&world, tool.client, &device_code).await;
    assert_eq!(refused(again), Aadsts::BadVerificationCode);
    let answered = world.directory.find_device_request(&user_code).await;
    assert_eq!(
        refusal(answered.unwrap_err()).aadsts,
        Aadsts::AlreadyAnswered
    );

    the_next_request_asks_for_nothing(&world, tool.client, &person).await;
}

async fn the_next_request_asks_for_nothing(world: &World, client: ClientId, person: &SignedInUser) {
    let started = start(world, client, ARTICLE_SCOPE).await.unwrap();
    let request = world
        .directory
        .find_device_request(&text(&started, "user_code"))
        .await
        .unwrap()
        .unwrap();
    let step = world
        .directory
        .next_step(&request.errand, person, false, ADDRESS)
        .await;
    assert_eq!(step.unwrap(), Step::Done);
}

#[tokio::test]
async fn nothing_is_approved_without_consent() {
    let world = World::new().await;
    let tool = world.tool_without_consent().await;
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    let person = signed_in(&world, SERVICE).await.unwrap();
    let early = world
        .directory
        .approve_device_code(&text(&started, "user_code"), &person, ADDRESS)
        .await;
    assert_eq!(refusal(early.unwrap_err()).aadsts, Aadsts::NoConsent);
}

#[tokio::test]
async fn clients_poll_in_three_spellings() {
    let world = World::new().await;
    let tool = world.tool().await;
    let client = tool.client.to_string();
    let person = signed_in(&world, SERVICE).await.unwrap();
    for (grant_type, names) in [
        (
            "urn:ietf:params:oauth:grant-type:device_code",
            vec!["device_code"],
        ),
        ("device_code", vec!["device_code", "scope"]),
        (
            "urn:ietf:params:oauth:grant-type:device_code",
            vec!["code", "device_code"],
        ),
        ("urn:ietf:params:oauth:grant-type:device_code", vec!["code"]),
    ] {
        let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
        let code = text(&started, "device_code");
        world
            .directory
            .approve_device_code(&text(&started, "user_code"), &person, ADDRESS)
            .await
            .unwrap();
        let mut pairs = vec![("grant_type", grant_type), ("client_id", client.as_str())];
        pairs.extend(names.iter().map(|name| {
            (
                *name,
                if *name == "scope" {
                    ARTICLE_SCOPE
                } else {
                    code.as_str()
                },
            )
        }));
        assert!(world.v2(&pairs).await.is_ok(), "{grant_type} {names:?}");
    }
}

#[tokio::test]
async fn v1_starts_with_a_resource_and_answers_in_strings() {
    let world = World::new().await;
    let tool = world.tool().await;
    let client = tool.client.to_string();
    let resource = ("resource", "https://lcsapi.lcs.dynamics.com");
    let form = Form::new([("client_id", client.as_str()), resource]).unwrap();
    let context = World::context(Endpoint::V1, "common");
    let started = world
        .directory
        .start_device_code(&form, &context)
        .await
        .unwrap();
    let started = serde_json::to_value(started)
        .unwrap()
        .as_object()
        .unwrap()
        .clone();
    assert_eq!(text(&started, "expires_in"), "900");
    assert_eq!(text(&started, "interval"), "5");
    assert!(text(&started, "verification_url").starts_with(ORIGIN));
    let person = signed_in(&world, SERVICE).await.unwrap();
    world
        .directory
        .approve_device_code(&text(&started, "user_code"), &person, ADDRESS)
        .await
        .unwrap();
    let code = text(&started, "device_code");
    let pairs = [
        ("grant_type", "device_code"),
        ("client_id", &client),
        ("code", &code),
    ];
    let answer = world.token(Endpoint::V1, "common", &pairs).await.unwrap();
    assert_eq!(text(&answer, "resource"), "https://lcsapi.lcs.dynamics.com");
    assert!(answer.contains_key("refresh_token"));
}

#[tokio::test]
async fn a_declined_request_ends_the_poll_and_cannot_be_approved() {
    let world = World::new().await;
    let tool = world.tool().await;
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    let user_code = text(&started, "user_code");
    world
        .directory
        .decline_device_code(&user_code)
        .await
        .unwrap();
    let declined = poll(&world, tool.client, &text(&started, "device_code")).await;
    assert_eq!(refused(declined), Aadsts::AuthorizationDeclined);
    let person = signed_in(&world, SERVICE).await.unwrap();
    let late = world
        .directory
        .approve_device_code(&user_code, &person, ADDRESS)
        .await
        .unwrap_err();
    assert_eq!(refusal(late).aadsts, Aadsts::AlreadyAnswered);
}

#[tokio::test]
async fn a_request_ends_after_a_quarter_of_an_hour_for_both_sides() {
    let world = World::new().await;
    let tool = world.tool().await;
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    world.advance(SignedDuration::from_secs(899));
    let pending = poll(&world, tool.client, &text(&started, "device_code")).await;
    assert_eq!(refused(pending), Aadsts::AuthorizationPending);
    world.advance(SignedDuration::from_secs(1));
    let expired = poll(&world, tool.client, &text(&started, "device_code")).await;
    assert_eq!(refused(expired), Aadsts::DeviceCodeExpired);
    let view = world
        .directory
        .find_device_request(&text(&started, "user_code"))
        .await
        .unwrap();
    assert!(view.is_none());
}

#[tokio::test]
async fn starting_succeeds_with_the_switch_off_and_the_poll_is_refused() {
    let world = World::new().await;
    let tool = world.tool().await;
    world.switch(&tool, false).await;
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    let polled = poll(&world, tool.client, &text(&started, "device_code")).await;
    assert_eq!(refused(polled), Aadsts::NotAPublicClient);
}

#[tokio::test]
async fn another_client_cannot_poll_for_a_code() {
    let world = World::new().await;
    let (mine, theirs) = (world.tool().await, world.tool().await);
    let started = start(&world, mine.client, ARTICLE_SCOPE).await.unwrap();
    let polled = poll(&world, theirs.client, &text(&started, "device_code")).await;
    assert_eq!(refused(polled), Aadsts::BadVerificationCode);
}

#[tokio::test]
async fn a_person_of_another_tenant_cannot_approve() {
    let world = World::new().await;
    let tool = world.tool().await;
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    let mut person = signed_in(&world, SERVICE).await.unwrap();
    person.tenant = crate::world::FABRIKAM;
    let refused = world
        .directory
        .approve_device_code(&text(&started, "user_code"), &person, ADDRESS)
        .await;
    assert_eq!(refusal(refused.unwrap_err()).aadsts, Aadsts::OtherTenant);
}

#[tokio::test]
async fn a_person_who_needs_a_second_factor_gives_it_once() {
    let world = World::new().await;
    let tool = world.tool().await;
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    let user_code = text(&started, "user_code");
    let person = signed_in(&world, MEGAN).await.unwrap();
    let directory = &world.directory;
    let request = directory.find_device_request(&user_code).await.unwrap();
    let errand = request.unwrap().errand;
    let step = directory
        .next_step(&errand, &person, false, ADDRESS)
        .await
        .unwrap();
    assert_eq!(step, Step::SecondFactor(LCS_CLIENT_ID));
    let refused = directory
        .approve_device_code(&user_code, &person, ADDRESS)
        .await;
    assert!(refused.is_err());

    let wrong = directory
        .give_one_time_code(&person, &Secret::new("000000"))
        .await;
    assert_eq!(
        refusal(wrong.unwrap_err()).aadsts,
        Aadsts::StrongAuthenticationFailed
    );
    let code = world.megans_code();
    let proven = directory.give_one_time_code(&person, &code).await.unwrap();
    let replayed = directory.give_one_time_code(&person, &code).await;
    assert_eq!(
        refusal(replayed.unwrap_err()).aadsts,
        Aadsts::StrongAuthenticationFailed
    );
    approve(&world, &user_code, &proven).await.unwrap();
    let answer = poll(&world, tool.client, &text(&started, "device_code"))
        .await
        .unwrap();
    let amr = &claims(&answer, "access_token")["amr"];
    assert_eq!(*amr, serde_json::json!(["pwd", "mfa"]));
}

#[tokio::test]
async fn of_eight_polls_at_once_one_gets_tokens() {
    let world = std::sync::Arc::new(World::new().await);
    let tool = world.tool().await;
    let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
    let person = signed_in(&world, SERVICE).await.unwrap();
    world
        .directory
        .approve_device_code(&text(&started, "user_code"), &person, ADDRESS)
        .await
        .unwrap();
    let polls: Vec<_> = (0..8)
        .map(|_| {
            let (world, code) = (world.clone(), text(&started, "device_code"));
            tokio::spawn(
                async move { poll(&world, tool.client, &code).await.map_err(|r| r.aadsts) },
            )
        })
        .collect();
    let mut won = 0;
    for poll in polls {
        match poll.await.unwrap() {
            Ok(_) => won += 1,
            Err(aadsts) => assert_eq!(aadsts, Aadsts::BadVerificationCode),
        }
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn a_disabled_resource_is_noticed_before_the_person_is_asked() {
    let world = World::new().await;
    let tool = world.tool().await;
    let key = ServicePrincipalKey::AppId(LCS_CLIENT_ID);
    let off = lcs_directory::graph::ServicePrincipalPatch {
        account_enabled: Some(false),
        ..Default::default()
    };
    world
        .directory
        .update_service_principal(&world.admin().await, key, &off)
        .await
        .unwrap();
    assert_eq!(
        refused(start(&world, tool.client, ARTICLE_SCOPE).await),
        Aadsts::ResourceDisabled
    );
}
