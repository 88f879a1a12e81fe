//! Several instances of LCS in one cloud, and one that stands behind another identity provider.

use jiff::SignedDuration;
use lcs_cloud::config::{ProjectRoleName, TrustedMemberConfig, TrustedTenantConfig};
use lcs_signin::TokenSource as _;
use lcs_testkit::TestCloud;
use reqwest::{Client, StatusCode};

use crate::raw;

const LIST: &str = "/environmentinfo/v1/detail/project/1234567/?page=1";

async fn token(cloud: &TestCloud, resource: &str) -> String {
    let client = cloud.register().await.unwrap().client_id;
    let session = cloud.session(client, resource.parse().unwrap(), cloud.service_user());
    let token = session.await.unwrap().token().await.unwrap();
    token.secret.expose().to_owned()
}

async fn status(client: &Client, origin: &str, token: &str) -> StatusCode {
    let call = client.get(format!("{origin}{LIST}")).bearer_auth(token);
    call.send().await.unwrap().status()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_for_one_instance_is_refused_by_another() {
    let cloud = TestCloud::start_with(|options| {
        let config = options.config.as_mut().unwrap();
        config.lcs.instances = vec!["eu".to_owned(), "cn".to_owned()];
    })
    .await
    .unwrap();
    let own = cloud.facts().origin.clone();
    let port = own.rsplit(':').next().unwrap();
    let at = |region: &str| format!("https://{region}.localhost:{port}");
    let pem = std::fs::read(&cloud.facts().ca_certificate).unwrap();
    let mut client =
        Client::builder().tls_certs_merge([reqwest::Certificate::from_pem(&pem).unwrap()]);
    // Not every machine's resolver knows names below `localhost`.
    for host in ["eu.localhost", "cn.localhost"] {
        client = client.resolve(host, ([127, 0, 0, 1], port.parse().unwrap()).into());
    }
    let client = client.build().unwrap();
    let instances = [
        (own.clone(), "https://lcsapi.lcs.dynamics.com"),
        (at("eu"), "https://lcsapi.eu.lcs.dynamics.com"),
        (at("cn"), "https://lcsapi.lcs.dynamics.cn"),
    ];
    for (_, resource) in &instances {
        let token = token(&cloud, resource).await;
        for (origin, audience) in &instances {
            let wanted = if audience == resource {
                StatusCode::OK
            } else {
                StatusCode::UNAUTHORIZED
            };
            assert_eq!(
                status(&client, origin, &token).await,
                wanted,
                "{resource} at {origin}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cloud_behind_another_identity_provider_takes_its_tokens_and_offers_none() {
    let entra = TestCloud::start().await.unwrap();
    let user = entra.user_id(entra.service_user()).await.unwrap();
    let facts = entra.facts().clone();
    let cloud = TestCloud::start_with(|options| {
        let config = options.config.as_mut().unwrap();
        config.tenant.id = "9a1b6f3e-0c52-4d7a-8f1e-64c2d0b79e15".parse().unwrap();
        config.lcs.identity_provider = false;
        config.lcs.trusted_tenants = vec![TrustedTenantConfig {
            id: facts.tenant_id,
            authority: facts.origin.clone(),
            ca_certificate: Some(facts.ca_certificate.clone()),
            members: vec![TrustedMemberConfig {
                user,
                role: ProjectRoleName::EnvironmentManager,
            }],
        }];
    })
    .await
    .unwrap();
    let client = raw::plain(&cloud);
    let origin = &cloud.facts().origin;
    let good = token(&entra, "https://lcsapi.lcs.dynamics.com").await;
    assert_eq!(status(&client, origin, &good).await, StatusCode::OK);
    let forged = format!("{}x", &good[..good.len() - 1]);
    assert_eq!(
        status(&client, origin, &forged).await,
        StatusCode::UNAUTHORIZED
    );
    let elsewhere = token(&entra, "https://lcsapi.eu.lcs.dynamics.com").await;
    assert_eq!(
        status(&client, origin, &elsewhere).await,
        StatusCode::UNAUTHORIZED
    );

    // Somebody of the tenant who is no member.
    let administrator = entra.administrator();
    let registered = entra.register().await.unwrap().client_id;
    let resource = facts.lcs_resource.parse().unwrap();
    let session = entra
        .session(registered, resource, administrator)
        .await
        .unwrap();
    let stranger = session.token().await.unwrap();
    let stranger = stranger.secret.expose();
    assert_eq!(
        status(&client, origin, stranger).await,
        StatusCode::UNAUTHORIZED
    );

    for path in [
        format!("/{}/v2.0/.well-known/openid-configuration", facts.tenant_id),
        "/v1.0/users".to_owned(),
        "/common/oauth2/authorize".to_owned(),
    ] {
        let answer = client.get(format!("{origin}{path}")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::NOT_FOUND, "{path}");
    }

    // The keys are kept: the other side may be gone for a while, and the token is good until it ends.
    let folder = entra.stop().await.unwrap();
    cloud.clock.advance(SignedDuration::from_mins(30));
    assert_eq!(status(&client, origin, &good).await, StatusCode::OK);
    cloud.clock.advance(SignedDuration::from_hours(3));
    assert_eq!(
        status(&client, origin, &good).await,
        StatusCode::UNAUTHORIZED
    );
    drop(folder);
}
