//! Steps 1 and 3: the application and its switch.

use lcs_diagnosis::{Check, Outcome, Step};
use reqwest::Method;
use serde_json::{Value, json};

use super::{Patient, blamed, passed, refused};
use crate::refusals::authority::Authority;

const UNKNOWN: &str = "3f1e5b52-8f6b-4c5e-9d0a-1d2c3b4a5f60";

#[tokio::test]
async fn the_client_id_is_of_no_application() {
    let authority = Authority::start().await;
    for patient in [
        Patient::of(&authority.cloud, UNKNOWN),
        Patient::of(&authority.cloud, UNKNOWN).asking_graph(),
    ] {
        let found = patient.examined().await;
        refused(&found, Check::Application, Step::Registration, 700_016);
        passed(&found, &[Check::Authority, Check::Tenant]);
    }
}

#[tokio::test]
async fn the_application_has_no_service_principal() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let path = tool.principal_path();
    authority.graph(Method::DELETE, &path, Value::Null).await;
    for patient in [
        Patient::with(&authority, &tool),
        Patient::with(&authority, &tool).asking_graph(),
    ] {
        let found = patient.examined().await;
        let failed = found.of(Check::Application).unwrap();
        assert_eq!(failed.outcome, Outcome::Failed, "{found:#?}");
        assert!(
            failed
                .evidence
                .iter()
                .any(|it| it.aadsts == Some(7_000_229))
        );
    }
}

#[tokio::test]
async fn the_application_is_disabled() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let off = json!({ "accountEnabled": false });
    authority.change(&tool.principal_path(), off).await;
    for patient in [
        Patient::with(&authority, &tool),
        Patient::with(&authority, &tool).asking_graph(),
    ] {
        let found = patient.examined().await;
        refused(&found, Check::Application, Step::Registration, 7_000_112);
    }
}

#[tokio::test]
async fn the_redirect_uri_is_of_another_platform() {
    let authority = Authority::start().await;
    let spa = json!({
        "publicClient": { "redirectUris": [] },
        "spa": { "redirectUris": ["http://localhost"] },
    });
    let tool = authority.register(spa).await;
    authority.consent(&tool).await;
    let found = Patient::with(&authority, &tool).asking_graph();
    let words = blamed(
        &found.examined().await,
        Check::RedirectUri,
        Step::Registration,
    );
    assert!(words.contains("spa"), "{words}");
}

#[tokio::test]
async fn public_client_flows_are_not_allowed() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let off = json!({ "isFallbackPublicClient": false });
    authority.change(&tool.path(), off).await;
    for patient in [
        Patient::with(&authority, &tool),
        Patient::with(&authority, &tool).asking_graph(),
    ] {
        let found = patient.examined().await;
        refused(&found, Check::PublicClient, Step::PublicClient, 7_000_218);
        passed(&found, &[Check::Application]);
    }
}

#[tokio::test]
async fn a_client_of_microsofts_can_never_get_the_token() {
    let authority = Authority::start().await;
    let graph_tools = lcs_wire::well_known::GRAPH_COMMAND_LINE_CLIENT_ID;
    let patient = Patient::of(&authority.cloud, &graph_tools.to_string());
    let found = patient.examined().await;
    refused(&found, Check::Application, Step::Registration, 65002);
}
