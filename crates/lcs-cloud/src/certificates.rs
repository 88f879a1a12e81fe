//! The local certificate authority and the server's certificate.
//!
//! The authority is made at first start and kept, so that it is trusted once; it is never
//! installed anywhere. The server's key and certificate are made at every start and live in
//! memory only.

use std::{
    fs,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    path::Path,
    sync::Arc,
};

use jiff::{SignedDuration, Timestamp};
use lcs_types::Clock;
use rcgen::{
    BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    KeyUsagePurpose, SanType,
};
use rustls::{
    ConfigBuilder, ServerConfig,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, PrivateKeyDer},
    server::WantsServerCert,
    sign::CertifiedKey,
};

use crate::{
    aliases::AliasCertificates,
    data_directory::{DataDirectory, DataDirectoryError, io_error, write_private},
};

const AUTHORITY: &str = "lcs local cloud certificate authority";
const AUTHORITY_LIFETIME: SignedDuration = SignedDuration::from_hours(10 * 365 * 24);
/// As long as browsers accept.
const SERVER_LIFETIME: SignedDuration = SignedDuration::from_hours(397 * 24);
const BACKDATED: SignedDuration = SignedDuration::from_hours(1);

/// A certificate cannot be made or used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// A file cannot be read or written.
    #[error(transparent)]
    DataDirectory(#[from] DataDirectoryError),
    /// A key or certificate cannot be made.
    #[error("could not make a certificate")]
    Make(#[from] rcgen::Error),
    /// The TLS library refuses it.
    #[error("could not use the certificate for TLS")]
    Tls(#[from] rustls::Error),
    /// A host name cannot stand in a certificate.
    #[error("`{0}` is not a host name")]
    HostName(String),
    /// A host name of Microsoft's outside a sandbox.
    #[error("`{0}` is a name of Microsoft's, which only a sandbox answers under")]
    MicrosoftName(String),
}

/// Makes the authority when it is missing, and a server certificate for loopback and `hosts`.
///
/// # Errors
///
/// [`CertificateError`] when the authority's files cannot be read or written.
pub(crate) fn server_config(
    directory: &DataDirectory,
    hosts: &[String],
    clock: &dyn Clock,
) -> Result<Arc<ServerConfig>, CertificateError> {
    let now = clock.now();
    let (chain, private_key) = server_certificate(directory, hosts, now)?;
    let config = tls_settings()?.with_single_cert(chain, private_key)?;
    Ok(with_protocols(config))
}

/// The same for a sandbox, which also answers under `aliases`, each with a certificate of its own.
///
/// # Errors
///
/// As [`server_config`].
pub(crate) fn sandbox_config(
    directory: &DataDirectory,
    hosts: &[String],
    aliases: &AliasCertificates,
    clock: &dyn Clock,
) -> Result<Arc<ServerConfig>, CertificateError> {
    let (chain, private_key) = server_certificate(directory, hosts, clock.now())?;
    let own = CertifiedKey::from_der(chain, private_key, &aws_lc_rs::default_provider())?;
    let config = tls_settings()?.with_cert_resolver(Arc::new(aliases.resolver(own)));
    Ok(with_protocols(config))
}

fn tls_settings() -> Result<ConfigBuilder<ServerConfig, WantsServerCert>, CertificateError> {
    Ok(
        ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth(),
    )
}

fn with_protocols(mut config: ServerConfig) -> Arc<ServerConfig> {
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Arc::new(config)
}

fn server_certificate(
    directory: &DataDirectory,
    hosts: &[String],
    now: Timestamp,
) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), CertificateError> {
    let authority_key = authority_key(directory, now)?;
    let authority = Issuer::new(authority_parameters(AUTHORITY, now), authority_key);

    let key = KeyPair::generate()?;
    let parameters = server_parameters("lcs local cloud", subject_names(hosts)?, now);
    let certificate = parameters.signed_by(&key, &authority)?;
    Ok((vec![certificate.der().clone()], private_key(&key)?))
}

/// What a server's certificate says.
pub(crate) fn server_parameters(
    name: &str,
    subject_names: Vec<SanType>,
    now: Timestamp,
) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.subject_alt_names = subject_names;
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    parameters.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    parameters.use_authority_key_identifier_extension = true;
    set_lifetime(&mut parameters, now, SERVER_LIFETIME);
    parameters
}

/// A key in the form of the TLS library.
pub(crate) fn private_key(key: &KeyPair) -> Result<PrivateKeyDer<'static>, CertificateError> {
    PrivateKeyDer::try_from(key.serialize_der())
        .map_err(|reason| CertificateError::Tls(rustls::Error::General(reason.to_owned())))
}

fn subject_names(hosts: &[String]) -> Result<Vec<SanType>, CertificateError> {
    let mut names = vec![
        SanType::IpAddress(IpAddr::V4(Ipv4Addr::LOCALHOST)),
        SanType::IpAddress(IpAddr::V6(Ipv6Addr::LOCALHOST)),
    ];
    for host in std::iter::once("localhost").chain(hosts.iter().map(String::as_str)) {
        let name = match host.parse::<IpAddr>() {
            Ok(address) => SanType::IpAddress(address),
            Err(_) => SanType::DnsName(
                host.try_into()
                    .map_err(|_| CertificateError::HostName(host.to_owned()))?,
            ),
        };
        if !names.contains(&name) {
            names.push(name);
        }
    }
    Ok(names)
}

/// Reads the authority's key, or makes authority and key.
fn authority_key(directory: &DataDirectory, now: Timestamp) -> Result<KeyPair, CertificateError> {
    let (key_path, certificate_path) = (directory.ca_key(), directory.ca_certificate());
    if key_path.is_file() && certificate_path.is_file() {
        return Ok(KeyPair::from_pem(&read(&key_path)?)?);
    }
    let key = KeyPair::generate()?;
    let certificate = authority_parameters(AUTHORITY, now).self_signed(&key)?;
    write_private(&key_path, key.serialize_pem().as_bytes())?;
    write_private(&certificate_path, certificate.pem().as_bytes())?;
    Ok(key)
}

/// What an authority's certificate says.
pub(crate) fn authority_parameters(name: &str, now: Timestamp) -> CertificateParams {
    let mut parameters = CertificateParams::default();
    parameters.distinguished_name.push(DnType::CommonName, name);
    parameters.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    set_lifetime(&mut parameters, now, AUTHORITY_LIFETIME);
    parameters
}

fn set_lifetime(parameters: &mut CertificateParams, now: Timestamp, lifetime: SignedDuration) {
    let date = |at: Timestamp| {
        let date = at.to_zoned(jiff::tz::TimeZone::UTC).date();
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        rcgen::date_time_ymd(i32::from(date.year()), month, day)
    };
    parameters.not_before = date(now - BACKDATED);
    parameters.not_after = date(now + lifetime);
}

fn read(path: &Path) -> Result<String, DataDirectoryError> {
    fs::read_to_string(path).map_err(io_error("read", path))
}

#[cfg(test)]
mod tests {
    use lcs_types::SystemClock;
    use rustls::{
        ClientConfig, ClientConnection, RootCertStore, ServerConnection,
        pki_types::{ServerName, pem::PemObject as _},
    };

    use super::*;

    /// Whether a client that trusts the authority believes that the server is this one.
    fn is_believed(server: &Arc<ServerConfig>, authority: &Path, name: &str) -> bool {
        let mut roots = RootCertStore::empty();
        let certificate = CertificateDer::from_pem_file(authority).unwrap();
        roots.add(certificate).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(config), name).unwrap();
        let mut server = ServerConnection::new(server.clone()).unwrap();
        while client.is_handshaking() {
            let mut sent = Vec::new();
            client.write_tls(&mut sent).unwrap();
            server.read_tls(&mut sent.as_slice()).unwrap();
            server.process_new_packets().unwrap();
            let mut answered = Vec::new();
            while server.wants_write() {
                server.write_tls(&mut answered).unwrap();
            }
            let mut answered = answered.as_slice();
            while !answered.is_empty() {
                client.read_tls(&mut answered).unwrap();
            }
            if client.process_new_packets().is_err() {
                return false;
            }
        }
        true
    }

    #[test]
    fn the_certificate_is_valid_for_every_advertised_name_and_for_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let directory = DataDirectory::new(folder.path().join("data"));
        let _lock = directory.open().unwrap();
        let own = "lcs.example.test".to_owned();
        let server = server_config(&directory, &[own], &SystemClock).unwrap();
        let authority = directory.ca_certificate();
        for (name, is_advertised) in [
            ("localhost", true),
            ("127.0.0.1", true),
            ("::1", true),
            ("lcs.example.test", true),
            ("127.0.0.2", false),
            ("example.test", false),
            ("login.microsoftonline.com", false),
        ] {
            assert_eq!(
                is_believed(&server, &authority, name),
                is_advertised,
                "{name}"
            );
        }
    }

    #[test]
    fn the_authority_is_made_once_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        let directory = DataDirectory::new(folder.path().join("data"));
        let _lock = directory.open().unwrap();
        server_config(&directory, &[], &SystemClock).unwrap();
        let first = fs::read(directory.ca_certificate()).unwrap();
        server_config(&directory, &["lcs.example.test".to_owned()], &SystemClock).unwrap();
        assert_eq!(fs::read(directory.ca_certificate()).unwrap(), first);
    }
}
