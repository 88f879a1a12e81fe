//! An authority behind HTTPS with a certificate authority of its own.

use std::{path::Path, sync::Arc};

use axum::{Json, Router, routing::post};
use axum_server::tls_rustls::RustlsConfig;
use lcs_signin::{
    Authority, HttpClient, HttpError, HttpSettings, PlainHttp, SignInClient, SignInError,
};
use lcs_types::{Clock, Secret, SeededRandomness};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::{ServerConfig, crypto::aws_lc_rs, pki_types::PrivateKeyDer};

use crate::authority::{APPLICATION, clock, lcs, tokens};

/// Starts an authority for the name `localhost`; its certificate authority is in the file.
fn start(ca_file: &Path) -> String {
    let ca_key = KeyPair::generate().unwrap();
    let mut ca = CertificateParams::default();
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    let ca_certificate = ca.self_signed(&ca_key).unwrap();
    std::fs::write(ca_file, ca_certificate.pem()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])
        .unwrap()
        .signed_by(&key, &Issuer::new(ca, ca_key))
        .unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(
            vec![certificate.der().clone()],
            PrivateKeyDer::try_from(key.serialize_der()).unwrap(),
        )
        .unwrap();
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let router = Router::new().route(
        "/contoso.com/oauth2/v2.0/token",
        post(async || Json(tokens(1, 3600))),
    );
    let server =
        axum_server::from_tcp_rustls(listener, RustlsConfig::from_config(Arc::new(config)))
            .unwrap();
    tokio::spawn(server.serve(router.into_make_service()));
    format!("https://localhost:{port}")
}

async fn sign_in(origin: &str, ca_file: Option<&Path>) -> Result<(), SignInError> {
    let http = HttpClient::new(HttpSettings {
        extra_certificates: ca_file.map(Path::to_owned),
        ..HttpSettings::default()
    })?;
    let authority = Authority::new(origin, "contoso.com", PlainHttp::Refused).unwrap();
    let clock = clock() as Arc<dyn Clock>;
    let randomness = Arc::new(SeededRandomness::new(1));
    SignInClient::new(http, authority, APPLICATION, clock, randomness)
        .renew(&lcs(), &Secret::new("r"))
        .await
        .map(|_| ())
}

#[tokio::test]
async fn an_own_certificate_authority_is_trusted_by_file_and_not_otherwise() {
    let folder = tempfile::tempdir().unwrap();
    let (own, foreign) = (
        folder.path().join("own.pem"),
        folder.path().join("other.pem"),
    );
    let origin = start(&own);
    start(&foreign);
    sign_in(&origin, Some(&own)).await.unwrap();
    let by_address = origin.replace("localhost", "127.0.0.1");
    let cases = [
        (origin.as_str(), None),
        (origin.as_str(), Some(foreign.as_path())),
        // The certificate is for the name, not for the address.
        (by_address.as_str(), Some(own.as_path())),
    ];
    for (origin, ca_file) in cases {
        let error = sign_in(origin, ca_file).await.unwrap_err();
        assert!(
            matches!(error, SignInError::Network(HttpError::Untrusted { .. })),
            "{error:?}"
        );
        assert!(!error.is_transient());
    }
}
