//! Names, connections, certificates, clocks, tenants, and addresses that are something else.

use std::io::Write as _;

use jiff::SignedDuration;
use lcs_diagnosis::{Check, Step};

use super::{Patient, blamed, passed, refused};
use crate::refusals::authority::Authority;

const BEFORE: Step = Step::Prerequisites;

#[tokio::test]
async fn the_authoritys_name_does_not_resolve() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.authority = "https://login.does-not-exist.invalid/contoso.com".to_owned();
    let words = blamed(&patient.examined().await, Check::Authority, BEFORE);
    assert!(words.contains("does not resolve"), "{words}");
}

#[tokio::test]
async fn the_apis_name_does_not_resolve() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.api = "https://lcsapi.does-not-exist.invalid".to_owned();
    let found = patient.examined().await;
    blamed(&found, Check::Api, BEFORE);
    passed(&found, &[Check::Authority, Check::SignIn, Check::Consent]);
}

#[tokio::test]
async fn nobody_takes_the_connection() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let port = {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap().port()
    };
    let mut patient = Patient::with(&authority, &tool);
    patient.authority = format!("https://localhost:{port}/contoso.com");
    let words = blamed(&patient.examined().await, Check::Authority, BEFORE);
    assert!(words.contains("takes no connection"), "{words}");
}

#[tokio::test]
async fn the_certificates_authority_is_not_trusted() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.certificates = None;
    let found = patient.examined().await;
    // Authority and API are one machine here, and neither is trusted.
    let failed: Vec<Check> = found.failed().map(|result| result.check).collect();
    assert_eq!(failed, [Check::Authority, Check::Api], "{found:#?}");
    let message = &found.of(Check::Authority).unwrap().message;
    assert!(message.contains("is not trusted"), "{message}");
    let evidence = &found.of(Check::Authority).unwrap().evidence;
    let issuer = evidence.iter().find(|it| it.text.contains("issued by"));
    assert!(issuer.unwrap().text.contains("lcs"), "{evidence:?}");
}

#[tokio::test]
async fn the_certificate_is_for_another_name() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let gateway = authority.cloud.gateway().unwrap();
    let mut patient = Patient::with(&authority, &tool);
    patient.certificates = Some(gateway.certificates.clone());
    // Its certificate is for `localhost` alone.
    patient.api = gateway.origin.replace("localhost", "127.0.0.1");
    let words = blamed(&patient.examined().await, Check::Api, BEFORE);
    assert!(words.contains("for another name"), "{words}");
}

#[tokio::test]
async fn the_certificate_has_run_out() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let gateway = authority.cloud.gateway_until(Some((2020, 1, 1))).unwrap();
    let mut patient = Patient::with(&authority, &tool);
    patient.certificates = Some(gateway.certificates.clone());
    patient.api.clone_from(&gateway.origin);
    let words = blamed(&patient.examined().await, Check::Api, BEFORE);
    assert!(
        words.contains("not valid at this machine's time"),
        "{words}"
    );
}

#[tokio::test]
async fn the_clocks_differ() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    // The patient's clock is the cloud's; the authority dates its answers by the machine's.
    authority.cloud.clock.advance(SignedDuration::from_mins(20));
    let found = Patient::with(&authority, &tool).examined().await;
    let words = blamed(&found, Check::Clock, BEFORE);
    assert!(words.contains("ahead of the authority's"), "{words}");
}

#[tokio::test]
async fn the_tenant_is_unknown_or_no_tenant_at_all() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let origin = &authority.cloud.facts().origin;
    for (tenant, code) in [
        ("11111111-1111-4111-8111-111111111111", 90002),
        ("your-tenant", 900_023),
    ] {
        let mut patient = Patient::with(&authority, &tool);
        patient.authority = format!("{origin}/{tenant}");
        let found = patient.examined().await;
        refused(&found, Check::Tenant, Step::TokenRequest, code);
        passed(&found, &[Check::Authority, Check::Api]);
    }
}

#[tokio::test]
async fn the_api_url_is_something_else() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let mut patient = Patient::with(&authority, &tool);
    patient.api = format!("{}/portal", authority.cloud.facts().origin);
    let found = patient.examined().await;
    let words = blamed(&found, Check::Api, BEFORE);
    assert!(words.contains("not as the LCS API does"), "{words}");
}

#[tokio::test]
async fn the_authority_speaks_no_tls() {
    let authority = Authority::start().await;
    let tool = authority.tool().await;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut stream = stream;
            let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
        }
    });
    let mut patient = Patient::with(&authority, &tool);
    patient.authority = format!("https://localhost:{port}/contoso.com");
    blamed(&patient.examined().await, Check::Authority, BEFORE);
}
