//! The HTTP client: what it refuses, and how failures are told apart.

use lcs_signin::{HttpClient, HttpError, HttpSettings, SignInError};
use lcs_types::Secret;
use tokio::{io::AsyncReadExt as _, net::TcpListener};

use crate::authority::{client, clock, lcs};

#[tokio::test]
async fn a_closed_port_means_that_nothing_was_sent() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let error = client(&origin, &clock())
        .renew(&lcs(), &Secret::new("r"))
        .await
        .unwrap_err();
    let SignInError::Network(error) = error else {
        panic!("{error:?}");
    };
    assert!(matches!(error, HttpError::Connect { .. }), "{error:?}");
    assert!(error.is_before_sending() && error.is_transient());
}

#[tokio::test]
async fn a_cut_connection_leaves_the_outcome_open() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 64];
        stream.read_exact(&mut request).await.unwrap();
    });
    let error = client(&origin, &clock())
        .renew(&lcs(), &Secret::new("r"))
        .await
        .unwrap_err();
    let SignInError::Network(error) = error else {
        panic!("{error:?}");
    };
    assert!(!error.is_before_sending(), "{error:?}");
    assert!(error.is_transient());
}

#[test]
fn plain_http_is_refused_before_anything_is_sent() {
    let client = HttpClient::new(HttpSettings::default()).unwrap();
    for url in [
        "http://127.0.0.1:1/",
        "http://login.example/",
        "ftp://localhost/",
    ] {
        let error = client.client_for(&url.parse().unwrap()).unwrap_err();
        assert!(matches!(error, HttpError::NotHttps { .. }), "{url}");
    }
    assert!(
        client
            .client_for(&"https://localhost/".parse().unwrap())
            .is_ok()
    );
}

#[test]
fn a_certificate_file_must_hold_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let settings = |path: &std::path::Path| HttpSettings {
        extra_certificates: Some(path.to_owned()),
        ..HttpSettings::default()
    };
    let missing = HttpClient::new(settings(&folder.path().join("none.pem"))).unwrap_err();
    assert!(matches!(missing, HttpError::CertificateFile { .. }));
    let text = folder.path().join("text.pem");
    std::fs::write(&text, "not a certificate").unwrap();
    let wrong = HttpClient::new(settings(&text)).unwrap_err();
    assert!(matches!(wrong, HttpError::NotCertificates { .. }));
}
