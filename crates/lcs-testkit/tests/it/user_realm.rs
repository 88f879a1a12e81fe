//! Who checks a domain's passwords, as the client half asks the local cloud.

use lcs_cloud::CloudConfig;
use lcs_signin::{Authority, PlainHttp, Resource, SignInClient, SignInError, UserRealm};
use lcs_testkit::TestCloud;
use lcs_types::{Secret, SystemRandomness, UserPrincipalName};
use lcs_wire::well_known::GRAPH_COMMAND_LINE_CLIENT_ID;
use serde_json::json;

#[tokio::test]
async fn the_password_of_a_federated_account_is_not_tried() {
    let cloud = TestCloud::start_with(|options| {
        let config: &mut CloudConfig = options.config.as_mut().unwrap();
        let federation = json!([{
            "domain": "corp.contoso.com",
            "passive_sign_in_url": "https://adfs.contoso.com/adfs/ls/",
            "active_sign_in_url": "https://adfs.contoso.com/usernamemixed",
            "metadata_url": "https://adfs.contoso.com/mex",
        }]);
        config.tenant.settings.federations = serde_json::from_value(federation).unwrap();
    })
    .await
    .unwrap();
    let client = SignInClient::new(
        cloud.http().unwrap(),
        Authority::parse(&cloud.facts().authority, PlainHttp::Refused).unwrap(),
        GRAPH_COMMAND_LINE_CLIENT_ID,
        cloud.clock.clone(),
        std::sync::Arc::new(SystemRandomness),
    );
    let domain = |domain: &str| domain.to_owned();
    let managed = cloud.service_user().user_principal_name.clone();
    let federated: UserPrincipalName = "anna@corp.contoso.com".parse().unwrap();
    for (user, realm) in [
        (managed, UserRealm::Managed),
        (
            federated.clone(),
            UserRealm::Federated {
                domain: domain("corp.contoso.com"),
            },
        ),
        (
            "anna@nowhere.example".parse().unwrap(),
            UserRealm::Unknown {
                domain: domain("nowhere.example"),
            },
        ),
    ] {
        assert_eq!(client.user_realm(&user).await.unwrap(), realm, "{user:?}");
    }
    let refused = client
        .with_password(&Resource::graph(), &federated, &Secret::new("right"))
        .await;
    assert!(matches!(refused, Err(SignInError::FederatedDomain { .. })));
}
