//! Every route of the server, with every token that must not open it.

use lcs_server::routes::{Authorisation, ROUTES, Route};
use lcs_signin::{Resource, TokenSource as _};
use lcs_testkit::TestCloud;
use lcs_wire::well_known::GRAPH_COMMAND_LINE_CLIENT_ID;
use reqwest::{Client, Method, StatusCode};

fn client(cloud: &TestCloud) -> Client {
    let pem = std::fs::read(&cloud.facts().ca_certificate).unwrap();
    let authority = reqwest::Certificate::from_pem(&pem).unwrap();
    Client::builder()
        .tls_certs_merge([authority])
        .build()
        .unwrap()
}

/// A path of the route with values that look right.
fn path(cloud: &TestCloud, route: &Route) -> String {
    let facts = cloud.facts();
    let environment = facts.environments[1].id.to_string();
    let id = "11111111-1111-4111-8111-111111111111";
    route
        .path
        .replace("{tenant}", &facts.tenant_id.to_string())
        .replace("{project}", &facts.project_id.to_string())
        .replace("{source}", &facts.environments[0].id.to_string())
        .replace("{target}", &environment)
        .replace("{environment}", &environment)
        .replace("{operation}", id)
        .replace("{asset}", id)
        .replace("{name}", "backup")
        .replace("{user}", "anna@contoso.onmicrosoft.com")
        .replace("{*key}", "product-ax7productname/x/y")
        .replace("{key}", id)
        .replace("{id}", id)
}

async fn call(cloud: &TestCloud, route: &Route, token: Option<&str>) -> reqwest::Response {
    let url = format!("{}{}", cloud.facts().origin, path(cloud, route));
    let method: Method = route.method.to_uppercase().parse().unwrap();
    let mut request = client(cloud).request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    request.send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_answers_and_those_with_a_token_refuse_every_wrong_one() {
    let cloud = TestCloud::start().await.unwrap();
    let registered = cloud.register().await.unwrap().client_id;
    let lcs: Resource = cloud.facts().lcs_resource.parse().unwrap();
    let service = cloud.service_user();
    let lcs_session = cloud.session(registered, lcs, service).await.unwrap();
    let lcs_token = lcs_session.token().await.unwrap();
    let graph_session = cloud
        .session(GRAPH_COMMAND_LINE_CLIENT_ID, Resource::graph(), service)
        .await
        .unwrap();
    let graph_token = graph_session.token().await.unwrap();
    let (lcs_token, graph_token) = (lcs_token.secret.expose(), graph_token.secret.expose());
    let forged = format!("{}x", &lcs_token[..lcs_token.len() - 1]);

    for route in ROUTES {
        let anonymous = call(&cloud, route, None).await;
        let label = format!("{} {}", route.method, route.path);
        match route.authorisation {
            Authorisation::Public | Authorisation::Grant | Authorisation::BrowserSession => {
                let status = anonymous.status();
                assert!(status != StatusCode::NOT_FOUND, "{label}: {status}");
                assert!(
                    status != StatusCode::METHOD_NOT_ALLOWED,
                    "{label}: {status}"
                );
                assert!(!status.is_server_error(), "{label}: {status}");
            }
            Authorisation::SignedUrl => {
                assert_eq!(anonymous.status(), StatusCode::FORBIDDEN, "{label}");
            }
            Authorisation::Graph | Authorisation::Lcs(_) | Authorisation::LcsUser => {
                assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED, "{label}");
                assert!(
                    anonymous.headers().contains_key("www-authenticate"),
                    "{label}"
                );
                let foreign = match route.authorisation {
                    Authorisation::Graph => lcs_token,
                    _ => graph_token,
                };
                for (name, token) in [
                    ("nonsense", "x.y.z"),
                    ("forged", &forged),
                    ("foreign", foreign),
                ] {
                    let status = call(&cloud, route, Some(token)).await.status();
                    assert_eq!(
                        status,
                        StatusCode::UNAUTHORIZED,
                        "{label} with a {name} token"
                    );
                }
            }
        }
    }

    // Long after the token has expired.
    cloud.clock.advance(jiff::SignedDuration::from_hours(3));
    for route in ROUTES {
        let token = match route.authorisation {
            Authorisation::Graph => graph_token,
            Authorisation::Lcs(_) | Authorisation::LcsUser => lcs_token,
            _ => continue,
        };
        let status = call(&cloud, route, Some(token)).await.status();
        assert_eq!(
            status,
            StatusCode::UNAUTHORIZED,
            "{} with an expired token",
            route.path
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_without_a_directory_role_changes_nothing_in_the_directory() {
    let cloud = TestCloud::start().await.unwrap();
    let session = cloud
        .session(
            GRAPH_COMMAND_LINE_CLIENT_ID,
            Resource::graph(),
            cloud.service_user(),
        )
        .await
        .unwrap();
    let token = session.token().await.unwrap();
    let url = format!("{}/applications", cloud.facts().graph);
    let body = serde_json::json!({ "displayName": "No" });
    let answer = client(&cloud)
        .post(url)
        .bearer_auth(token.secret.expose())
        .json(&body)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::FORBIDDEN);
    let error: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(error["error"]["code"], "Authorization_RequestDenied");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_host_is_not_answered() {
    let cloud = TestCloud::start().await.unwrap();
    let url = format!("{}/health", cloud.facts().origin);
    let mut builder = Client::builder().http1_only();
    let pem = std::fs::read(&cloud.facts().ca_certificate).unwrap();
    builder = builder.tls_certs_merge([reqwest::Certificate::from_pem(&pem).unwrap()]);
    let client = builder.build().unwrap();
    let answer = client
        .get(&url)
        .header("host", "evil.example")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::MISDIRECTED_REQUEST);
    assert_eq!(
        client.get(&url).send().await.unwrap().status(),
        StatusCode::OK
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn malformed_bodies_and_ids_are_refused_in_the_surfaces_own_shape() {
    let cloud = TestCloud::start().await.unwrap();
    let (facts, client) = (cloud.facts(), client(&cloud));
    let token_url = format!("{}/oauth2/v2.0/token", facts.authority);
    for (body, code) in [
        ("grant_type=%zz", 9_002_313),
        ("grant_type=password&grant_type=password", 90_013),
        ("{\"grant_type\":\"password\"}", 900_144),
        ("", 900_144),
    ] {
        let answer = client.post(&token_url).body(body).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{body}");
        let error: serde_json::Value = answer.json().await.unwrap();
        assert_eq!(error["error_codes"][0], code, "{body}");
        assert_eq!(error["error"], "invalid_request", "{body}");
    }
    let answer = client.get(&token_url).send().await.unwrap();
    let error: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(error["error_codes"][0], 900_561);

    let session = cloud
        .session(
            GRAPH_COMMAND_LINE_CLIENT_ID,
            Resource::graph(),
            cloud.administrator(),
        )
        .await
        .unwrap();
    let token = session.token().await.unwrap();
    let token = token.secret.expose();
    let applications = format!("{}/applications", facts.graph);
    let answer = client
        .post(&applications)
        .bearer_auth(token)
        .body("{")
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
    let error: serde_json::Value = answer.json().await.unwrap();
    assert_eq!(error["error"]["code"], "Request_BadRequest");
    let url = format!("{applications}/not-a-guid");
    let answer = client.get(url).bearer_auth(token).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}
