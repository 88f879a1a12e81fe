//! What client libraries read of an authority, as each of them needs it; by raw HTTP, so that no
//! library's own forbearance hides a fault.

use lcs_wire::entra::Endpoint;
use reqwest::{Method, StatusCode, header};
use serde_json::{Value, json};

use crate::{
    browser::Browser,
    pages::{authorize_url, claims, code_of, redeem},
    refusals::authority::{ARTICLE_SCOPE, Authority, CORRELATION_ID},
};

const SCOPE: &str = "https://lcsapi.lcs.dynamics.com//.default openid profile offline_access";

async fn json_at(authority: &Authority, path: &str) -> (StatusCode, Value) {
    let answer = authority.request(Method::GET, path).send().await.unwrap();
    let status = answer.status();
    (status, answer.json().await.unwrap_or_default())
}

#[tokio::test]
async fn discovery_names_every_endpoint_at_the_origin_that_was_asked() {
    let authority = Authority::start().await;
    let facts = authority.cloud.facts();
    let (tenant, domain) = (facts.tenant_id.to_string(), &facts.tenant_domain);
    for segment in [tenant.as_str(), domain, "common", "organizations"] {
        for version in ["/v2.0", ""] {
            let path = format!("/{segment}{version}/.well-known/openid-configuration");
            let (status, document) = json_at(&authority, &path).await;
            assert_eq!(status, StatusCode::OK, "{path}");
            for endpoint in [
                "authorization_endpoint",
                "token_endpoint",
                "device_authorization_endpoint",
                "jwks_uri",
                "end_session_endpoint",
            ] {
                let url = document[endpoint].as_str().unwrap();
                assert!(url.starts_with(&facts.origin), "{endpoint}: {url}");
            }
            let issuer = document["issuer"].as_str().unwrap();
            let of = if segment == "common" || segment == "organizations" {
                "{tenantid}"
            } else {
                &tenant
            };
            assert!(issuer.contains(of), "{path}: {issuer}");
        }
    }
    let unknown = "/unknown.example/v2.0/.well-known/openid-configuration";
    let (status, refused) = json_at(&authority, unknown).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(refused["error"], "invalid_tenant");
}

#[tokio::test]
async fn the_user_realm_is_found_in_any_case_and_has_five_fields() {
    let authority = Authority::start().await;
    let domain = &authority.cloud.facts().tenant_domain;
    for word in ["userrealm", "UserRealm", "USERREALM"] {
        let path = format!("/common/{word}/anna@{domain}?api-version=1.0");
        let (status, realm) = json_at(&authority, &path).await;
        assert_eq!(status, StatusCode::OK);
        for field in [
            "ver",
            "account_type",
            "domain_name",
            "cloud_instance_name",
            "cloud_audience_urn",
        ] {
            assert_ne!(realm[field].as_str().unwrap_or_default(), "", "{realm}");
        }
        assert_eq!(realm["account_type"], "Managed");
    }
    let unknown = "/common/userrealm/anna@unknown.example?api-version=1.0";
    let (status, realm) = json_at(&authority, unknown).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(realm["account_type"], "Unknown");
}

#[tokio::test]
async fn instance_discovery_lists_the_local_cloud_as_its_own_metadata() {
    let authority = Authority::start().await;
    let origin = &authority.cloud.facts().origin;
    let host = origin.trim_start_matches("https://");
    let path = format!(
        "/common/discovery/instance?api-version=1.1&authorization_endpoint={origin}/common/oauth2/v2.0/authorize"
    );
    let (status, instance) = json_at(&authority, &path).await;
    assert_eq!(status, StatusCode::OK);
    let metadata = &instance["metadata"][0];
    for field in ["preferred_network", "preferred_cache"] {
        assert_eq!(metadata[field], host);
    }
    assert_eq!(metadata["aliases"], json!([host]));
    let document = instance["tenant_discovery_endpoint"].as_str().unwrap();
    assert!(document.starts_with(origin), "{document}");
}

#[tokio::test]
async fn the_token_endpoint_takes_both_device_grants_unknown_fields_and_ids_in_the_query() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    for grant in [
        "device_code",
        "urn:ietf:params:oauth:grant-type:device_code",
    ] {
        for field in ["code", "device_code"] {
            let started = authority.device_code(&tool).await;
            let code = started.text("device_code");
            let form = [
                ("grant_type", grant),
                ("client_id", tool.client_id.as_str()),
                (field, code.as_str()),
                ("x-client-SKU", "some library"),
            ];
            let path = format!(
                "/{}/oauth2/v2.0/token?client-request-id={CORRELATION_ID}",
                authority.segment()
            );
            let url = format!("{}{path}", authority.cloud.facts().origin);
            let answer = authority.http.post(url).form(&form).send().await.unwrap();
            assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
            let body: Value = answer.json().await.unwrap();
            assert_eq!(body["error"], "authorization_pending", "{grant} {field}");
            assert_eq!(body["correlation_id"], CORRELATION_ID);
        }
    }
}

#[tokio::test]
async fn an_answer_has_integers_at_v2_strings_at_v1_and_the_scope_in_the_spelling_asked() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let wanted = [("scope", SCOPE), ("client_info", "1")];
    let answer = authority.sign_in(&tool, &wanted).await;
    assert!(answer.body["expires_in"].is_u64() && answer.body["ext_expires_in"].is_u64());
    for field in ["id_token", "refresh_token", "client_info"] {
        assert!(answer.body[field].is_string(), "{field}");
    }
    let scope = answer.text("scope");
    let words: Vec<&str> = scope.split(' ').collect();
    for word in [
        "https://lcsapi.lcs.dynamics.com//.default",
        "https://lcsapi.lcs.dynamics.com//user_impersonation",
    ] {
        assert!(words.contains(&word), "{scope}");
    }
    let bare = authority.sign_in(&tool, &[]).await;
    assert!(bare.body.get("id_token").is_none() && bare.body.get("refresh_token").is_none());

    let user = authority.cloud.service_user();
    let name = user.user_principal_name.to_string();
    let form = [
        ("grant_type", "password"),
        ("client_id", tool.client_id.as_str()),
        ("username", &name),
        ("password", &user.password),
        ("resource", "https://lcsapi.lcs.dynamics.com"),
        ("scope", "openid"),
    ];
    let segment = authority.segment();
    let v1 = authority.token_at(&segment, Endpoint::V1, &form).await;
    for field in ["expires_in", "ext_expires_in", "expires_on", "not_before"] {
        let text = v1.body[field].as_str().unwrap();
        assert!(text.parse::<u64>().is_ok(), "{field}: {text}");
    }
}

#[tokio::test]
async fn an_id_token_says_who_where_for_whom_and_repeats_the_nonce() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let nonce = "n-0S6_WzA2Mj &%é";
    let mut browser = Browser::new(&authority.cloud);
    let changes = [("nonce", nonce), ("scope", SCOPE)];
    let page = browser
        .open(&authorize_url(&authority, &tool, &changes))
        .await;
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    let answer = redeem(&authority, &tool, &code_of(&page), &[("scope", SCOPE)]).await;
    let token = claims(&answer, "id_token");
    let tenant = authority.segment();
    let path = format!("/{tenant}/v2.0/.well-known/openid-configuration");
    let (_, document) = json_at(&authority, &path).await;
    assert_eq!(token["iss"], document["issuer"]);
    assert_eq!(token["aud"], json!(tool.client_id));
    assert_eq!(token["tid"], json!(tenant));
    assert_eq!(token["nonce"], nonce);
    assert_eq!(token["ver"], "2.0");
    assert_eq!(
        token["preferred_username"],
        json!(user.user_principal_name.to_string())
    );
    for claim in ["oid", "sub", "name"] {
        assert!(token[claim].is_string(), "{claim}");
    }
    for claim in ["exp", "iat", "nbf"] {
        assert!(token[claim].is_u64(), "{claim}");
    }
}

#[tokio::test]
async fn a_reply_by_form_is_let_through_by_the_pages_own_policy_and_has_a_button() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut browser = Browser::new(&authority.cloud);
    let changes = [("response_mode", "form_post")];
    let page = browser
        .open(&authorize_url(&authority, &tool, &changes))
        .await;
    let policy = |page: &crate::browser::Page| {
        let policy = page.headers[header::CONTENT_SECURITY_POLICY].to_str();
        policy.unwrap().to_owned()
    };
    // Browsers apply the policy of the sign-in form to the redirect that follows it.
    let of_sign_in = policy(&page);
    let user = authority.cloud.service_user().clone();
    let page = browser.sign_in(&page, &user).await;
    let of_reply = policy(&page);
    for policy in [of_sign_in, of_reply.clone()] {
        let actions = policy.split(';').map(str::trim);
        let actions: Vec<&str> = actions.filter(|it| it.starts_with("form-action")).collect();
        assert_eq!(actions.len(), 1, "{policy}");
        assert!(actions[0].contains("http://localhost:"), "{policy}");
    }
    assert!(of_reply.contains("script-src 'nonce-"), "{of_reply}");
    assert!(page.body.contains("<script nonce=") && page.body.contains("<button"));
}

#[tokio::test]
async fn a_loopback_redirect_is_taken_on_any_port_and_without_a_path_leads_to_the_root() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let change = json!({
        "publicClient": { "redirectUris": ["http://localhost", "http://127.0.0.1/done"] },
    });
    authority.change(&tool.path(), change).await;
    let mut browser = Browser::new(&authority.cloud);
    let user = authority.cloud.service_user().clone();
    let mut is_signed_in = false;
    for (asked, led_to) in [
        ("http://localhost:4711", "http://localhost:4711/"),
        ("http://localhost:65535", "http://localhost:65535/"),
        ("http://127.0.0.1:4711/done", "http://127.0.0.1:4711/done"),
    ] {
        let changes = [("redirect_uri", asked), ("prompt", "")];
        let url = authorize_url(&authority, &tool, &changes);
        let mut page = browser.open(&url).await;
        if !is_signed_in {
            page = browser.sign_in(&page, &user).await;
            is_signed_in = true;
        }
        let location = page.location.as_ref().unwrap().to_string();
        let (place, query) = location.split_once('?').unwrap();
        assert_eq!(place, led_to);
        assert!(query.contains("code="), "{query}");
    }
}

#[tokio::test]
async fn a_polling_client_never_meets_slow_down() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let started = authority.device_code(&tool).await;
    let code = started.text("device_code");
    for _ in 0..30 {
        let answer = authority.poll(&tool, &code).await;
        assert_eq!(answer.body["error"], "authorization_pending");
    }
}

#[tokio::test]
async fn an_error_has_the_whole_envelope_and_the_suberror_that_decides_its_type() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let user = authority.cloud.mfa_user().clone();
    let answer = authority.sign_in_as(&tool.client_id, &user, &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    for (field, value) in [
        ("error", json!("invalid_grant")),
        ("error_codes", json!([50_076])),
        ("suberror", json!("basic_action")),
        ("correlation_id", json!(CORRELATION_ID)),
    ] {
        assert_eq!(answer.body[field], value, "{field}");
    }
    for field in ["error_description", "timestamp", "trace_id", "error_uri"] {
        assert!(answer.body[field].is_string(), "{field}");
    }
}

#[tokio::test]
async fn metadata_and_keys_are_for_every_page_and_tokens_for_none_that_is_not_registered() {
    let authority = Authority::start().await;
    let tenant = authority.segment();
    let allowed = async |method: Method, path: String| {
        let request = authority.request(method, &path);
        let request = request.header(header::ORIGIN, "https://app.example");
        let answer = request.send().await.unwrap();
        let allowed = answer.headers().get(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        allowed.map(|origin| origin.to_str().unwrap().to_owned())
    };
    for path in [
        format!("/{tenant}/v2.0/.well-known/openid-configuration"),
        format!("/{tenant}/discovery/v2.0/keys"),
        "/common/discovery/keys".to_owned(),
    ] {
        assert_eq!(allowed(Method::GET, path).await.as_deref(), Some("*"));
    }
    let token = format!("/{tenant}/oauth2/v2.0/token");
    assert_eq!(allowed(Method::POST, token).await, None);
}

#[tokio::test]
async fn other_methods_and_unknown_paths_are_answered_and_nobody_is_sent_elsewhere() {
    let authority = Authority::start().await;
    let tenant = authority.segment();
    let document = format!("/{tenant}/v2.0/.well-known/openid-configuration");
    let head = authority.request(Method::HEAD, &document).send().await;
    let head = head.unwrap();
    assert_eq!(head.status(), StatusCode::OK);
    assert_eq!(head.bytes().await.unwrap().len(), 0);
    let (status, body) = json_at(&authority, "/api/nothing/here").await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert!(body["error"].is_string());
    let token = format!("/{tenant}/oauth2/v2.0/token");
    for method in [Method::GET, Method::OPTIONS, Method::HEAD, Method::PUT] {
        let answer = authority.request(method.clone(), &token).send().await;
        let status = answer.unwrap().status();
        assert!(
            !status.is_redirection() && !status.is_server_error(),
            "{method} {status}"
        );
    }
    // A bad request is answered where it came in, not redirected.
    let bad = authority.token(&[("scope", ARTICLE_SCOPE)]).await;
    assert_eq!(bad.status, StatusCode::BAD_REQUEST);
}
