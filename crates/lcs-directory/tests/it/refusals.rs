//! Refusals of the token requests, one test a row of the AADSTS catalogue. That every row is
//! provoked over HTTP is checked in `lcs-testkit`.

use jiff::SignedDuration;
use lcs_directory::{
    Form,
    graph::{ApplicationKey, ServicePrincipalKey, ServicePrincipalPatch},
};
use lcs_types::{ClientId, PermissionId};
use lcs_wire::{
    entra::{Aadsts, Endpoint, aadsts::Refusal},
    graph::{
        AddPassword, ApplicationPatch, NewServicePrincipal, RequiredResourceAccess, ResourceAccess,
    },
    well_known::{GRAPH_CLIENT_ID, GRAPH_COMMAND_LINE_CLIENT_ID, LCS_CLIENT_ID},
};

use crate::{
    device_code::{poll, signed_in, start},
    world::{
        ARTICLE_SCOPE, CONTOSO, FABRIKAM, MEGAN, NEW_HIRE, PASSWORD, PASSWORDLESS, SERVICE,
        SERVICE_ID, World, refusal, registration, text,
    },
};

macro_rules! provoke {
    ($($rule:ident => $row:ident: $scenario:expr;)*) => {
        $(
            #[tokio::test]
            async fn $rule() {
                let world = World::new().await;
                let scenario = $scenario;
                let refusal: Refusal = scenario(world).await;
                assert_eq!(refusal.aadsts, Aadsts::$row, "{}", refusal.text());
                let text = refusal.text();
                assert!(!text.contains('{') || text.contains("{EUII Hidden}"), "{text}");
                assert!(!text.contains("''"), "a placeholder has no value: {text}");
            }
        )*
    };
}

async fn at(world: &World, segment: &str, pairs: &[(&str, &str)]) -> Refusal {
    world.token(Endpoint::V2, segment, pairs).await.unwrap_err()
}

async fn article(world: &World, changes: &[(&str, &str)]) -> Refusal {
    let tool = world.tool().await;
    world.sign_in(tool.client, changes).await.unwrap_err()
}

async fn credentials(world: &World, changes: &[(&str, &str)]) -> Refusal {
    let client = world.tool().await.client.to_string();
    let mut pairs = vec![
        ("grant_type", "client_credentials"),
        ("client_id", client.as_str()),
    ];
    pairs.extend(changes);
    world.v2(&pairs).await.unwrap_err()
}

async fn disable(world: &World, client: ClientId) {
    let key = ServicePrincipalKey::AppId(client);
    let off = ServicePrincipalPatch {
        account_enabled: Some(false),
        ..Default::default()
    };
    world
        .directory
        .update_service_principal(&world.admin().await, key, &off)
        .await
        .unwrap();
}

/// Signs in and gives the refresh token.
async fn session(world: &World, client: ClientId) -> String {
    let scope = format!("offline_access {ARTICLE_SCOPE}");
    text(
        &world.sign_in(client, &[("scope", &scope)]).await.unwrap(),
        "refresh_token",
    )
}

/// A registration that lists these permissions.
fn listing(resource: ClientId, permission: PermissionId) -> ApplicationPatch {
    ApplicationPatch {
        required_resource_access: Some(vec![RequiredResourceAccess {
            resource_app_id: resource,
            resource_access: vec![ResourceAccess {
                id: permission,
                access_type: "Scope".to_owned(),
            }],
        }]),
        ..ApplicationPatch::default()
    }
}

provoke! {
    a_tenant_that_is_no_name_is_refused => TenantMalformed: async |world: World| {
        at(&world, "YOUR_TENANT.COM", &[]).await
    };
    an_unknown_tenant_is_refused => TenantNotFound: async |world: World| {
        at(&world, "unknown.example", &[]).await
    };
    a_password_at_common_is_refused => GrantNotForCommon: async |world: World| {
        at(&world, "common", &[("grant_type", "password"), ("client_id", "x")]).await
    };
    a_user_name_without_known_domain_at_organizations_is_refused => NoTenantInformation: async |world: World| {
        let pairs = [
            ("grant_type", "password"), ("client_id", "x"), ("username", "a@unknown.example"),
            ("password", "x"), ("scope", ARTICLE_SCOPE),
        ];
        at(&world, "organizations", &pairs).await
    };
    a_missing_parameter_is_named => MissingParameter: async |world: World| {
        let refusal = article(&world, &[("scope", "")]).await;
        assert!(refusal.text().contains("'scope'"));
        refusal
    };
    a_parameter_given_twice_is_refused => InvalidInput: async |_: World| {
        Form::new([("scope", "a"), ("scope", "b")]).unwrap_err()
    };
    a_v1_parameter_at_the_v2_endpoint_is_refused => ResourceParameter: async |world: World| {
        article(&world, &[("scope", ""), ("resource", "https://lcsapi.lcs.dynamics.com")]).await
    };
    a_grant_type_with_a_typing_error_is_refused => UnsupportedGrant: async |world: World| {
        article(&world, &[("grant_type", "passwort")]).await
    };
    an_unknown_application_is_refused => ApplicationNotFound: async |world: World| {
        world.sign_in(ClientId::from_u128(0xdead), &[]).await.unwrap_err()
    };
    an_application_id_of_zeros_is_refused => InvalidApplicationId: async |world: World| {
        article(&world, &[("client_id", "00000000-0000-0000-0000-000000000000")]).await
    };
    a_disabled_application_is_refused => ApplicationDisabled: async |world: World| {
        let tool = world.tool().await;
        disable(&world, tool.client).await;
        world.sign_in(tool.client, &[]).await.unwrap_err()
    };
    an_application_without_service_principal_is_refused => MissingServicePrincipal: async |world: World| {
        let admin = world.admin().await;
        let made = world.directory.create_application(&admin, &registration()).await.unwrap();
        world.sign_in(made.app_id, &[]).await.unwrap_err()
    };
    an_application_with_the_switch_off_is_refused => NotAPublicClient: async |world: World| {
        let tool = world.tool().await;
        world.switch(&tool, false).await;
        world.sign_in(tool.client, &[]).await.unwrap_err()
    };
    a_secret_that_the_application_does_not_have_is_refused => InvalidClientSecret: async |world: World| {
        article(&world, &[("client_secret", "x")]).await
    };
    client_credentials_without_any_are_refused => ClientCredentialsMissing: async |world: World| {
        credentials(&world, &[("scope", ARTICLE_SCOPE)]).await
    };
    client_credentials_without_default_scope_are_refused => ClientCredentialsScope: async |world: World| {
        let tool = world.tool().await;
        let key = ApplicationKey::Id(tool.id);
        let admin = world.admin().await;
        let made = world.directory.add_password(&admin, &key, &AddPassword::default()).await;
        let secret = made.unwrap().secret_text.unwrap();
        let client = tool.client.to_string();
        world.v2(&[
            ("grant_type", "client_credentials"), ("client_id", client.as_str()),
            ("client_secret", &secret),
            ("scope", "https://lcsapi.lcs.dynamics.com/user_impersonation"),
        ]).await.unwrap_err()
    };
    client_credentials_with_a_wrong_secret_are_refused_too => InvalidClientSecret: async |world: World| {
        credentials(&world, &[("client_secret", "x"), ("scope", ARTICLE_SCOPE)]).await
    };
    an_application_without_consent_is_refused => NoConsent: async |world: World| {
        let tool = world.tool_without_consent().await;
        world.sign_in(tool.client, &[]).await.unwrap_err()
    };
    an_application_that_lists_a_lookalike_is_refused => ResourceNotListed: async |world: World| {
        let tool = world.tool_without_consent().await;
        let lookalike = "b96b7e94-b82e-4e71-99a0-cf7fb188acea".parse().unwrap();
        world.change(&tool, &listing(lookalike, PermissionId::from_u128(1))).await;
        let refusal = world.sign_in(tool.client, &[]).await.unwrap_err();
        assert!(refusal.text().contains("b96b7e94-b82e-4e71-99a0-cf7fb188acea"));
        refusal
    };
    an_application_that_lists_an_unknown_permission_is_refused => PermissionUnknown: async |world: World| {
        let tool = world.tool_without_consent().await;
        world.change(&tool, &listing(LCS_CLIENT_ID, PermissionId::from_u128(1))).await;
        world.sign_in(tool.client, &[]).await.unwrap_err()
    };
    a_bare_scope_is_one_of_graph_and_refused => ScopeUnknown: async |world: World| {
        let refusal = article(&world, &[("scope", "user_impersonation")]).await;
        assert!(refusal.text().contains(&GRAPH_CLIENT_ID.to_string()));
        refusal
    };
    a_client_of_microsofts_cannot_get_a_token_for_lcs => FirstPartyNotPreauthorised: async |world: World| {
        world.sign_in(GRAPH_COMMAND_LINE_CLIENT_ID, &[]).await.unwrap_err()
    };
    a_permission_for_administrators_cannot_be_consented_to_by_a_user => AdminConsentNeeded: async |world: World| {
        let tool = world.tool().await;
        let scope = "https://graph.microsoft.com/Application.ReadWrite.All";
        let code = text(&start(&world, tool.client, scope).await.unwrap(), "user_code");
        let person = signed_in(&world, SERVICE).await.unwrap();
        refusal(world.directory.approve_device_code(&code, &person, crate::world::ADDRESS).await.unwrap_err())
    };
    a_resource_with_a_wrong_host_is_refused => ResourceNotFound: async |world: World| {
        article(&world, &[("scope", "https://lcsapi.lcs.dynamics.example//.default")]).await
    };
    a_disabled_resource_is_refused => ResourceDisabled: async |world: World| {
        let tool = world.tool().await;
        disable(&world, LCS_CLIENT_ID).await;
        world.sign_in(tool.client, &[]).await.unwrap_err()
    };
    a_scope_without_value_is_refused => InvalidScope: async |world: World| {
        article(&world, &[("scope", "https://lcsapi.lcs.dynamics.com")]).await
    };
    scopes_of_two_resources_are_refused => SeveralResources: async |world: World| {
        let scope = format!("{ARTICLE_SCOPE} https://graph.microsoft.com/User.Read");
        article(&world, &[("scope", &scope)]).await
    };
    scopes_without_resource_are_refused => NoResourceInScope: async |world: World| {
        article(&world, &[("scope", "openid profile")]).await
    };
    a_wrong_password_is_refused => WrongPassword: async |world: World| {
        article(&world, &[("password", "correct horse")]).await
    };
    an_unknown_user_is_refused => UserNotFound: async |world: World| {
        article(&world, &[("username", "nobody@contoso.com")]).await
    };
    a_user_of_another_tenant_is_unknown => UserNotFound: async |world: World| {
        article(&world, &[("username", "admin@fabrikam.com")]).await
    };
    a_disabled_user_is_refused => UserDisabled: async |world: World| {
        world.directory.set_user_enabled(CONTOSO, SERVICE_ID, false).await.unwrap();
        article(&world, &[]).await
    };
    an_account_without_password_is_refused => NoPassword: async |world: World| {
        article(&world, &[("username", PASSWORDLESS)]).await
    };
    an_account_with_a_second_factor_is_refused => MfaRequired: async |world: World| {
        let refusal = article(&world, &[("username", MEGAN)]).await;
        assert!(refusal.text().contains(&LCS_CLIENT_ID.to_string()));
        refusal
    };
    an_account_that_must_set_up_a_second_factor_is_refused => MfaEnrolment: async |world: World| {
        article(&world, &[("username", NEW_HIRE)]).await
    };
    a_refresh_token_that_is_garbage_is_refused => InvalidGrantMaterial: async |world: World| {
        let tool = world.tool().await;
        world.renew(tool.client, "garbage", &[]).await.unwrap_err()
    };
    a_refresh_token_left_alone_for_91_days_is_refused => RefreshTokenInactive: async |world: World| {
        let tool = world.tool().await;
        let token = session(&world, tool.client).await;
        world.advance(SignedDuration::from_hours(91 * 24));
        world.renew(tool.client, &token, &[]).await.unwrap_err()
    };
    a_revoked_refresh_token_is_refused => GrantRevoked: async |world: World| {
        let tool = world.tool().await;
        let token = session(&world, tool.client).await;
        world.advance(SignedDuration::from_secs(1));
        world.directory.revoke_sign_in_sessions(CONTOSO, SERVICE_ID).await.unwrap();
        world.renew(tool.client, &token, &[]).await.unwrap_err()
    };
    a_refresh_token_of_another_tenant_is_refused => OtherTenant: async |world: World| {
        let client = GRAPH_COMMAND_LINE_CLIENT_ID;
        let scope = "https://graph.microsoft.com/.default offline_access";
        let token = text(&world.sign_in(client, &[("scope", scope)]).await.unwrap(), "refresh_token");
        let client = client.to_string();
        let pairs = [("grant_type", "refresh_token"), ("client_id", &client), ("refresh_token", &token)];
        at(&world, &FABRIKAM.to_string(), &pairs).await
    };
    a_device_that_waits_is_told_to_wait => AuthorizationPending: async |world: World| {
        let tool = world.tool().await;
        let code = text(&start(&world, tool.client, ARTICLE_SCOPE).await.unwrap(), "device_code");
        poll(&world, tool.client, &code).await.unwrap_err()
    };
    an_unknown_device_code_is_refused => BadVerificationCode: async |world: World| {
        let tool = world.tool().await;
        poll(&world, tool.client, "garbage").await.unwrap_err()
    };
    a_declined_device_is_told_so => AuthorizationDeclined: async |world: World| {
        let tool = world.tool().await;
        let started = start(&world, tool.client, ARTICLE_SCOPE).await.unwrap();
        world.directory.decline_device_code(&text(&started, "user_code")).await.unwrap();
        poll(&world, tool.client, &text(&started, "device_code")).await.unwrap_err()
    };
    an_expired_device_code_is_refused => DeviceCodeExpired: async |world: World| {
        let tool = world.tool().await;
        let code = text(&start(&world, tool.client, ARTICLE_SCOPE).await.unwrap(), "device_code");
        world.advance(SignedDuration::from_mins(15));
        poll(&world, tool.client, &code).await.unwrap_err()
    };
}

#[tokio::test]
async fn lcs_that_was_removed_is_not_found_until_an_administrator_makes_it_again() {
    let world = World::new().await;
    let tool = world.tool().await;
    let (admin, directory) = (world.admin().await, &world.directory);
    let lcs = ServicePrincipalKey::AppId(LCS_CLIENT_ID);
    directory
        .delete_service_principal(&admin, lcs)
        .await
        .unwrap();
    let refusal = world.sign_in(tool.client, &[]).await.unwrap_err();
    assert_eq!(refusal.aadsts, Aadsts::ResourceNotFound);
    let new = NewServicePrincipal {
        app_id: LCS_CLIENT_ID,
        tags: vec![],
    };
    directory
        .create_service_principal(&admin, &new)
        .await
        .unwrap();
    // Its grants went with it.
    let refusal = world.sign_in(tool.client, &[]).await.unwrap_err();
    assert_eq!(refusal.aadsts, Aadsts::NoConsent);
}

#[tokio::test]
async fn required_fields_are_asked_for_one_after_the_other() {
    let world = World::new().await;
    let all = [
        ("grant_type", "password"),
        ("client_id", "x"),
        ("username", SERVICE),
        ("password", PASSWORD),
        ("scope", ARTICLE_SCOPE),
    ];
    for (index, (name, _)) in all.iter().enumerate() {
        let refusal = at(&world, "contoso.com", &all[..index]).await;
        assert_eq!(refusal.aadsts, Aadsts::MissingParameter);
        assert!(
            refusal.text().contains(&format!("'{name}'")),
            "{}",
            refusal.text()
        );
    }
}
