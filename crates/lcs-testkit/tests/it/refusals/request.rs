//! Step 4: scope, parameters, tenant, endpoint.

use lcs_wire::entra::{Aadsts, Endpoint};
use reqwest::Method;
use uuid::Uuid;

use super::{
    authority::{ARTICLE_SCOPE, Authority},
    credentials::secret,
    person::Person,
};

const LCS_RESOURCE: &str = "https://lcsapi.lcs.dynamics.com";

#[tokio::test]
async fn aadsts_70011_a_scope_without_value() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mixed = format!("{ARTICLE_SCOPE} {LCS_RESOURCE}//user_impersonation");
    for scope in [LCS_RESOURCE, &mixed] {
        let answer = authority.sign_in(&tool, &[("scope", scope)]).await;
        answer.refused_as(Aadsts::InvalidScope);
    }
}

#[tokio::test]
async fn aadsts_700022_scopes_of_two_resources() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let token = authority.session(&tool).await;
    let scope = format!("{ARTICLE_SCOPE} https://graph.microsoft.com/User.Read");
    let both = [("scope", scope.as_str())];
    let answers = [
        authority.sign_in(&tool, &both).await,
        authority.renew(&tool, &token, &both).await,
    ];
    for answer in answers {
        answer.refused_as(Aadsts::SeveralResources);
    }
}

#[tokio::test]
async fn aadsts_700023_a_scope_without_resource() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let words = [("scope", "openid profile")];
    let answer = authority.sign_in(&tool, &words).await;
    answer.refused_as(Aadsts::NoResourceInScope);
}

#[tokio::test]
async fn aadsts_1002012_client_credentials_for_a_named_permission() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let scope = format!("{LCS_RESOURCE}/user_impersonation");
    let secret = secret(&authority, &tool).await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &tool.client_id),
        ("client_secret", &secret),
        ("scope", &scope),
    ];
    let answer = authority.token(&form).await;
    answer.refused_as(Aadsts::ClientCredentialsScope);
}

#[tokio::test]
async fn aadsts_901002_a_v1_body_at_the_v2_endpoint() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let v1 = [("resource", LCS_RESOURCE), ("scope", "")];
    let answer = authority.sign_in(&tool, &v1).await;
    answer.refused_as(Aadsts::ResourceParameter);
}

#[tokio::test]
async fn aadsts_900144_a_parameter_is_missing() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for name in ["grant_type", "client_id", "username", "password", "scope"] {
        let answer = authority.sign_in(&tool, &[(name, "")]).await;
        answer.refused_as(Aadsts::MissingParameter);
        let text = answer.body["error_description"].as_str().unwrap();
        assert!(text.contains(&format!("'{name}'")), "{text}");
    }
    let path = format!("/{}/oauth2/v2.0/token", authority.segment());
    let json = serde_json::json!({ "grant_type": "password" });
    let answer = authority
        .send(authority.request(Method::POST, &path).json(&json))
        .await;
    answer.refused_as(Aadsts::MissingParameter);
}

#[tokio::test]
async fn aadsts_9002313_a_body_that_cannot_be_decoded() {
    let authority = Authority::start().await;
    let path = format!("/{}/oauth2/v2.0/token", authority.segment());
    let request = authority.request(Method::POST, &path).body("scope=%zz");
    let answer = authority.send(request).await;
    answer.refused_as(Aadsts::MalformedRequest);
}

#[tokio::test]
async fn aadsts_90013_a_parameter_stands_twice() {
    let authority = Authority::start().await;
    let answer = authority
        .token(&[("grant_type", "password"), ("grant_type", "password")])
        .await;
    answer.refused_as(Aadsts::InvalidInput);
}

#[tokio::test]
async fn aadsts_70003_a_grant_type_with_a_typing_error() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let typo = [("grant_type", "passwort")];
    let answer = authority.sign_in(&tool, &typo).await;
    answer.refused_as(Aadsts::UnsupportedGrant);
}

#[tokio::test]
async fn aadsts_900561_the_token_endpoint_is_read() {
    let authority = Authority::start().await;
    let path = format!("/{}/oauth2/v2.0/token", authority.segment());
    let answer = authority.send(authority.request(Method::GET, &path)).await;
    answer.refused_as(Aadsts::OnlyPost);
}

#[tokio::test]
async fn aadsts_900023_a_placeholder_is_left_in_the_url() {
    let authority = Authority::start().await;
    for segment in ["YOUR_TENANT", "contoso"] {
        let answer = authority.token_at(segment, Endpoint::V2, &[]).await;
        answer.refused_as(Aadsts::TenantMalformed);
    }
}

#[tokio::test]
async fn aadsts_90002_no_tenant_has_this_id() {
    let authority = Authority::start().await;
    let unknown = Uuid::from_u128(0xdead).to_string();
    for segment in [unknown.as_str(), "unknown.example"] {
        let answer = authority.token_at(segment, Endpoint::V2, &[]).await;
        answer.refused_as(Aadsts::TenantNotFound);
        let path = format!("/{segment}/v2.0/.well-known/openid-configuration");
        let discovered = authority.send(authority.request(Method::GET, &path)).await;
        discovered.refused_with(Aadsts::TenantNotFound, "invalid_tenant");
    }
}

#[tokio::test]
async fn aadsts_50049_instance_discovery_of_a_foreign_host() {
    let authority = Authority::start().await;
    let endpoint = "https://login.example.com/common/oauth2/v2.0/authorize";
    let request = authority
        .request(Method::GET, "/common/discovery/instance")
        .query(&[("api-version", "1.1"), ("authorization_endpoint", endpoint)]);
    let answer = authority.send(request).await;
    answer.refused_as(Aadsts::UnknownInstance);
}

#[tokio::test]
async fn aadsts_50059_neither_url_nor_user_name_tells_the_tenant() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let form = [
        ("grant_type", "password"),
        ("client_id", tool.client_id.as_str()),
        ("username", "somebody@unknown.example"),
        ("password", "x"),
        ("scope", ARTICLE_SCOPE),
    ];
    let answer = authority
        .token_at("organizations", Endpoint::V2, &form)
        .await;
    answer.refused_as(Aadsts::NoTenantInformation);
}

#[tokio::test]
async fn aadsts_9001023_a_password_at_common() {
    let authority = Authority::start().await;
    let form = [
        ("grant_type", "password"),
        ("client_id", "x"),
        ("username", "somebody@contoso.onmicrosoft.com"),
        ("password", "x"),
        ("scope", ARTICLE_SCOPE),
    ];
    for segment in ["common", "consumers"] {
        let answer = authority.token_at(segment, Endpoint::V2, &form).await;
        answer.refused_as(Aadsts::GrantNotForCommon);
    }
}

#[tokio::test]
async fn aadsts_28002_a_code_for_a_scope_without_value() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let scope = [("scope", LCS_RESOURCE)];
    let answer = authority.redeem(&tool, &code, &scope).await;
    answer.refused_as(Aadsts::ScopeInvalidForCode);
}

#[tokio::test]
async fn aadsts_28003_a_code_with_an_empty_scope() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let answer = authority.redeem(&tool, &code, &[("scope", " ")]).await;
    answer.refused_as(Aadsts::ScopeEmptyForCode);
}

#[tokio::test]
async fn aadsts_28000_a_code_for_two_resources() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let code = authority.code(&tool, &[]).await;
    let scope = format!("{ARTICLE_SCOPE} https://graph.microsoft.com/User.Read");
    let both = [("scope", scope.as_str())];
    let answer = authority.redeem(&tool, &code, &both).await;
    answer.refused_as(Aadsts::SeveralResourcesForCode);
}

#[tokio::test]
async fn aadsts_90100_a_parameter_that_is_not_valid() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let person = Person::sent_by(&tool, &authority, &[("max_age", "yesterday")]).await;
    person.is_sent_back_with(Aadsts::ParameterNotValid);
}

#[tokio::test]
async fn aadsts_90023_an_unknown_prompt_or_two_at_once() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for prompt in ["unspecified", "select_account consent"] {
        let person = Person::sent_by(&tool, &authority, &[("prompt", prompt)]).await;
        person.is_sent_back_with(Aadsts::UnsupportedPrompt);
    }
}

#[tokio::test]
async fn aadsts_70005_an_unknown_response_type() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let person = Person::sent_by(&tool, &authority, &[("response_type", "magic")]).await;
    person.is_sent_back_with(Aadsts::UnsupportedResponseType);
}

#[tokio::test]
async fn aadsts_9010010_resource_and_scope_differ() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let both = [("resource", "https://graph.microsoft.com")];
    let answer = authority.sign_in(&tool, &both).await;
    answer.refused_as(Aadsts::ResourceMismatch);
}

#[tokio::test]
async fn aadsts_90102_a_redirect_uri_without_scheme() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let bare = [("redirect_uri", "localhost/callback")];
    let person = Person::sent_by(&tool, &authority, &bare).await;
    person.is_shown(Aadsts::NotAnAbsoluteUri);
}

#[tokio::test]
async fn aadsts_9002332_a_sign_in_at_consumers() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let person = Person::sent_to("consumers", &tool, &authority).await;
    person.is_shown(Aadsts::OnlyOrganizations);
}

#[tokio::test]
async fn aadsts_70007_an_unknown_response_mode() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mode = [("response_mode", "web_message")];
    let person = Person::sent_by(&tool, &authority, &mode).await;
    person.is_sent_back_with(Aadsts::UnsupportedResponseMode);
}
