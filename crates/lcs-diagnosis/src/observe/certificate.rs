//! Who issued the certificate that a host shows: asked when it is not trusted, since the name tells a
//! local instance from a proxy that looks into the traffic.
//!
//! The connection is for looking only: every certificate is refused, so nothing is ever sent over it.

use std::{
    io::{Read as _, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rustls::{
    CertificateError, ClientConfig, ClientConnection, DigitallySignedStruct, Error,
    SignatureScheme, Stream,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, aws_lc_rs},
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use url::Url;
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// Nobody waits longer for an answer that only helps.
const PATIENCE: Duration = Duration::from_secs(5);

/// The issuer's name, if the host shows a certificate at all. Proxies are not asked the way, so what
/// stands behind one is not seen.
pub(super) async fn issuer(url: &Url) -> Option<String> {
    let host = url.host_str()?.to_owned();
    let port = url.port_or_known_default()?;
    let shown = tokio::task::spawn_blocking(move || shown(&host, port)).await;
    let certificate = shown.ok().flatten()?;
    let (_, certificate) = X509Certificate::from_der(&certificate).ok()?;
    Some(certificate.issuer().to_string())
}

fn shown(host: &str, port: u16) -> Option<CertificateDer<'static>> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let looking = Arc::new(Looking {
        provider: Arc::clone(&provider),
        shown: Mutex::default(),
    });
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .ok()?
        .dangerous()
        .with_custom_certificate_verifier(looking.clone())
        .with_no_client_auth();
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).ok()?;
    let mut connection = ClientConnection::new(Arc::new(config), name).ok()?;
    let address = (host.trim_matches(['[', ']']), port)
        .to_socket_addrs()
        .ok()?
        .next()?;
    let mut socket = TcpStream::connect_timeout(&address, PATIENCE).ok()?;
    socket.set_read_timeout(Some(PATIENCE)).ok()?;
    socket.set_write_timeout(Some(PATIENCE)).ok()?;
    let mut stream = Stream::new(&mut connection, &mut socket);
    // The handshake ends in the refusal; what was shown is known by then.
    let _ = stream.flush().and_then(|()| stream.read(&mut [0]));
    let mut shown = looking.shown.lock().unwrap_or_else(PoisonError::into_inner);
    shown.take()
}

/// Remembers the certificate and refuses it.
#[derive(Debug)]
struct Looking {
    provider: Arc<CryptoProvider>,
    shown: Mutex<Option<CertificateDer<'static>>>,
}

impl ServerCertVerifier for Looking {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        *shown = Some(end_entity.clone().into_owned());
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _certificate: &CertificateDer<'_>,
        _signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(CertificateError::ApplicationVerificationFailure.into())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
