//! Several tenants: isolated, but for guests, applications that take every tenant's users, and the
//! words `common` and `organizations`.

use lcs_cloud::CloudConfig;
use lcs_testkit::TestCloud;
use lcs_wire::{entra::Aadsts, local::ReadyUser};
use serde_json::json;

use super::{authorize_url, claims, code_of, redeem};
use crate::{browser::Browser, refusals::authority::Authority};

pub(crate) const FABRIKAM: &str = "fabrikam.onmicrosoft.com";

/// Contoso, and Fabrikam beside it; Anna of Fabrikam is a guest of Contoso, Ben is not.
pub(crate) async fn two_tenants() -> Authority {
    Authority::start_with(|config: &mut CloudConfig| {
        let user = |id: u128, name: &str, guest_from: Option<&str>| {
            json!({
                "id": uuid::Uuid::from_u128(id), "user_principal_name": name,
                "display_name": name, "guest_from": guest_from,
            })
        };
        config.other_tenants = serde_json::from_value(json!([{
            "id": uuid::Uuid::from_u128(0xfab), "display_name": "Fabrikam", "domain": FABRIKAM,
            "settings": { "federations": [{
                "domain": "corp.fabrikam.com",
                "passive_sign_in_url": "https://adfs.fabrikam.com/adfs/ls/",
                "active_sign_in_url": "https://adfs.fabrikam.com/usernamemixed",
                "metadata_url": "https://adfs.fabrikam.com/mex",
            }] },
            "users": [
                user(1, "anna@fabrikam.onmicrosoft.com", None),
                user(2, "ben@fabrikam.onmicrosoft.com", None),
                user(3, "carl@corp.fabrikam.com", None),
            ],
        }]))
        .unwrap();
        let guest = user(
            4,
            "anna_fabrikam@contoso.onmicrosoft.com",
            Some("anna@fabrikam.onmicrosoft.com"),
        );
        config.users.push(serde_json::from_value(guest).unwrap());
    })
    .await
}

/// Somebody whom the ready file does not list.
pub(crate) fn user(cloud: &TestCloud, name: &str) -> ReadyUser {
    let password = cloud.password_of(name).unwrap();
    ReadyUser {
        user_principal_name: name.parse().unwrap(),
        password,
        ..cloud.service_user().clone()
    }
}

#[tokio::test]
async fn a_guest_signs_in_with_the_account_at_home_and_a_stranger_does_not() {
    let authority = two_tenants().await;
    let tool = authority.tool().await;
    let url = authorize_url(&authority, &tool, &[]);
    let anna = user(&authority.cloud, "anna@fabrikam.onmicrosoft.com");
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&url).await;
    let page = browser.sign_in(&page, &anna).await;
    let answer = redeem(&authority, &tool, &code_of(&page), &[]).await;
    let token = claims(&answer, "access_token");
    assert_eq!(token["tid"], authority.segment());
    assert_eq!(token["oid"], uuid::Uuid::from_u128(4).to_string());
    let home = uuid::Uuid::from_u128(0xfab);
    assert!(token["idp"].as_str().unwrap().contains(&home.to_string()));
    assert_eq!(token["unique_name"], "anna@fabrikam.onmicrosoft.com");
    assert!(token["upn"].is_null());

    let ben = user(&authority.cloud, "ben@fabrikam.onmicrosoft.com");
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&url).await;
    browser.sign_in(&page, &ben).await.says("AADSTS50020");
    // Without a page neither gets in.
    for stranger in [&anna, &ben] {
        let answer = authority.sign_in_as(&tool.client_id, stranger, &[]).await;
        answer.refused_as(Aadsts::UserNotFound);
    }
}

#[tokio::test]
async fn an_application_for_every_tenant_becomes_present_where_somebody_consents() {
    let authority = two_tenants().await;
    let shared = authority
        .register(json!({ "signInAudience": "AzureADMultipleOrgs" }))
        .await;
    let segment = authority.segment();
    let url = authorize_url(&authority, &shared, &[]).replace(&segment, "organizations");
    let ben = user(&authority.cloud, "ben@fabrikam.onmicrosoft.com");
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&url).await;
    let page = browser.sign_in(&page, &ben).await;
    page.says("Contoso (unverified)");
    let page = browser.submit(&page, &[], "accept").await;
    let code = code_of(&page);
    let wrong = redeem(&authority, &shared, &code, &[]).await;
    wrong.refused_as(Aadsts::CodeOfOtherTenant);
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", shared.client_id.as_str()),
        ("code", &code),
        ("redirect_uri", super::LOOPBACK),
        ("code_verifier", super::VERIFIER),
    ];
    let endpoint = lcs_wire::entra::Endpoint::V2;
    let answer = authority.token_at("organizations", endpoint, &form).await;
    let home = uuid::Uuid::from_u128(0xfab).to_string();
    assert_eq!(claims(&answer, "access_token")["tid"], home);
    // Its refresh token is worth nothing at the other tenant.
    let refresh = answer.text("refresh_token");
    let foreign = authority.renew(&shared, &refresh, &[]).await;
    foreign.refused_as(Aadsts::OtherTenant);
}

#[tokio::test]
async fn a_single_tenant_application_is_refused_where_no_tenant_is_named() {
    let authority = two_tenants().await;
    let tool = authority.tool().await;
    let segment = authority.segment();
    for word in ["common", "organizations"] {
        let url = authorize_url(&authority, &tool, &[]).replace(&segment, word);
        let mut browser = Browser::new(&authority.cloud);
        browser.open(&url).await.says("AADSTS50194");
    }
}

#[tokio::test]
async fn a_federated_account_is_sent_home_and_its_password_is_always_wrong_here() {
    let authority = two_tenants().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let page = browser.open(&authorize_url(&authority, &tool, &[])).await;
    let page = browser
        .submit(&page, &[("loginfmt", "carl@corp.fabrikam.com")], "next")
        .await;
    page.says("https://adfs.fabrikam.com/adfs/ls/");
    let origin = &authority.cloud.facts().origin;
    let url = format!("{origin}/common/UserRealm/carl@corp.fabrikam.com?api-version=1.0");
    let realm: serde_json::Value = authority
        .http
        .get(url)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(realm["account_type"], "Federated");
    assert_eq!(
        realm["federation_metadata_url"],
        "https://adfs.fabrikam.com/mex"
    );
    let carl = user(&authority.cloud, "carl@corp.fabrikam.com");
    let form = [
        ("grant_type", "password"),
        ("client_id", "14d82eec-204b-4c2f-b7e8-296a70dab67e"),
        ("username", "carl@corp.fabrikam.com"),
        ("password", &carl.password),
        ("scope", "https://graph.microsoft.com/User.Read"),
    ];
    let endpoint = lcs_wire::entra::Endpoint::V2;
    let answer = authority.token_at("organizations", endpoint, &form).await;
    answer.refused_as(Aadsts::WrongPassword);
}
