//! Step 2: the resource, its permissions, consent.

use lcs_directory::model::UserConsent;
use lcs_types::PermissionId;
use lcs_wire::{
    entra::Aadsts,
    well_known::{GRAPH_CLIENT_ID, GRAPH_COMMAND_LINE_CLIENT_ID, LCS_CLIENT_ID},
};
use reqwest::Method;
use serde_json::{Value, json};

use super::{
    authority::{Authority, listing},
    person::Person,
};

/// An entry of the picker with a similar name.
const LOOKALIKE: &str = "b96b7e94-b82e-4e71-99a0-cf7fb188acea";

const UNKNOWN: PermissionId = PermissionId::from_u128(1);

#[tokio::test]
async fn aadsts_65001_nobody_consented() {
    let authority = Authority::start().await;
    let tool = authority.register(Value::Null).await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::NoConsent);

    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.sent_again_by(&tool, &[("prompt", "none")]).await;
    person.is_sent_back_with(Aadsts::NoConsent);
}

#[tokio::test]
async fn aadsts_650057_a_lookalike_was_picked() {
    let authority = Authority::start().await;
    let lookalike = listing(LOOKALIKE.parse().unwrap(), UNKNOWN);
    let picked = json!({ "requiredResourceAccess": [lookalike] });
    let tool = authority.register(picked).await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ResourceNotListed);
    let text = answer.body["error_description"].as_str().unwrap();
    assert!(text.contains(LOOKALIKE), "{text}");
}

#[tokio::test]
async fn aadsts_65005_a_permission_id_that_the_resource_does_not_have() {
    let authority = Authority::start().await;
    let wrong = listing(LCS_CLIENT_ID, UNKNOWN);
    let tool = authority
        .register(json!({ "requiredResourceAccess": [wrong] }))
        .await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::PermissionUnknown);
}

#[tokio::test]
async fn aadsts_650053_a_bare_word_is_a_scope_of_graph() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let bare = [("scope", "user_impersonation")];
    let answer = authority.sign_in(&tool, &bare).await;
    answer.refused_as(Aadsts::ScopeUnknown);
    let text = answer.body["error_description"].as_str().unwrap();
    assert!(text.contains(&GRAPH_CLIENT_ID.to_string()), "{text}");
}

#[tokio::test]
async fn aadsts_500011_a_resource_with_a_wrong_host() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let typo = [("scope", "https://lcsapi.lcs.dynamics.example//.default")];
    let answer = authority.sign_in(&tool, &typo).await;
    answer.refused_as(Aadsts::ResourceNotFound);
}

#[tokio::test]
async fn aadsts_500014_the_resource_is_switched_off() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let principal = authority.service_principal(LCS_CLIENT_ID).await;
    let off = json!({ "accountEnabled": false });
    authority
        .change(&format!("/servicePrincipals/{principal}"), off)
        .await;
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ResourceDisabled);
}

#[tokio::test]
async fn aadsts_65002_a_client_of_microsofts_asks_for_lcs() {
    let authority = Authority::start().await;
    let user = authority.cloud.service_user();
    let answer = authority
        .sign_in_as(&GRAPH_COMMAND_LINE_CLIENT_ID.to_string(), user, &[])
        .await;
    answer.refused_as(Aadsts::FirstPartyNotPreauthorised);
}

#[tokio::test]
async fn aadsts_65004_somebody_presses_cancel() {
    let authority = Authority::start().await;
    let tool = authority.register(Value::Null).await;
    let service_user = authority.cloud.service_user();
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in(service_user).await;
    person.submits(&[], "cancel").await;
    person.is_sent_back_with(Aadsts::AuthorizationDeclined);
    assert_eq!(person.page().reply()["error_subcode"], "cancel");

    let device = authority.device_code(&tool).await;
    person.enters_device_code(&device.text("user_code")).await;
    person.submits(&[], "cancel").await;
    let answer = authority.poll(&tool, &device.text("device_code")).await;
    answer.refused_as(Aadsts::AuthorizationDeclined);
}

#[tokio::test]
async fn aadsts_90094_a_permission_that_only_administrators_may_accept() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let scope = [(
        "scope",
        "https://graph.microsoft.com/Application.ReadWrite.All",
    )];
    let mut person = Person::sent_by(&tool, &authority, &scope).await;
    person.signs_in_as_service_user().await;
    person.page().says("Need admin approval");
    person.page().says("AADSTS90094");
    let silent = [scope[0], ("prompt", "none")];
    person.sent_again_by(&tool, &silent).await;
    person.is_sent_back_with(Aadsts::AdminConsentNeeded);
}

#[tokio::test]
async fn aadsts_650056_admin_consent_to_nothing() {
    let authority = Authority::start().await;
    let nothing = json!({ "requiredResourceAccess": [] });
    let tool = authority.register(nothing).await;
    let person = Person::at(&authority, &authority.admin_consent_url(&tool)).await;
    person.is_shown(Aadsts::MisconfiguredApplication);
}

#[tokio::test]
async fn aadsts_650052_the_tenant_has_no_service_principal_of_lcs() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let lcs = authority.service_principal(LCS_CLIENT_ID).await;
    let path = format!("/servicePrincipals/{lcs}");
    authority.graph(Method::DELETE, &path, Value::Null).await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.is_shown(Aadsts::ResourceServicePrincipalMissing);
    // The token endpoint does not tell it from a typing error.
    let answer = authority.sign_in(&tool, &[]).await;
    answer.refused_as(Aadsts::ResourceNotFound);
}

#[tokio::test]
async fn aadsts_90095_a_user_may_ask_an_administrator_on_the_page() {
    let authority = Authority::start_with(|config| {
        config.tenant.settings.user_consent = UserConsent::Disabled;
        config.tenant.settings.admin_consent_workflow = true;
    })
    .await;
    let tool = authority.register(Value::Null).await;
    let mut person = Person::sent_by(&tool, &authority, &[]).await;
    person.signs_in_as_service_user().await;
    person.page().says("AADSTS90095");
    person
        .sent_again_by(&tool, &[("prompt", "none")])
        .await
        .is_sent_back_with(Aadsts::AdminApprovalWorkflow);
}
