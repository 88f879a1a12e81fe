//! The certificates for the Regression suite automation tool: one an environment, made when it is
//! first asked for, kept with its key in the data directory, and packed anew for each download.

use std::{
    io::{Cursor, Write as _},
    sync::Arc,
};

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp, civil::Date, tz::TimeZone};
use lcs_projects::Environment;
use lcs_server::{CertificateIssuer, IssuedCertificate};
use lcs_types::{Randomness, Secret};
use p12_keystore::{
    Certificate, KeyStore, KeyStoreEntry, Pkcs12Writer, PrivateKey, PrivateKeyChain,
};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use serde::{Deserialize, Serialize};
use sha1::{Digest as _, Sha1};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    certificates::CertificateError,
    credentials::password,
    data_directory::{DataDirectory, DataDirectoryError, io_error, write_private},
};

/// How long a certificate lasts.
const LIFETIME: SignedDuration = SignedDuration::from_hours(365 * 24);
/// One that ends sooner is replaced, so that nobody downloads what is about to run out.
const SHORTEST_REST: SignedDuration = SignedDuration::from_hours(30 * 24);

type BoxedError = Box<dyn std::error::Error + Send + Sync>;

/// Issues from one data directory.
#[derive(Debug)]
pub(crate) struct RsatCertificates {
    directory: DataDirectory,
    randomness: Arc<dyn Randomness>,
    /// Two downloads at once must not make two certificates.
    making: tokio::sync::Mutex<()>,
}

/// A certificate as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    key_der: Vec<u8>,
    certificate_der: Vec<u8>,
    expires_at: Timestamp,
}

impl RsatCertificates {
    pub(crate) fn new(directory: DataDirectory, randomness: Arc<dyn Randomness>) -> Self {
        Self {
            directory,
            randomness,
            making: tokio::sync::Mutex::default(),
        }
    }
}

#[async_trait]
impl CertificateIssuer for RsatCertificates {
    async fn rsat_certificate(
        &self,
        environment: &Environment,
        now: Timestamp,
    ) -> Result<IssuedCertificate, BoxedError> {
        let _only_one = self.making.lock().await;
        let (directory, environment) = (self.directory.clone(), environment.clone());
        let password = Secret::new(password(&*self.randomness));
        // Making an RSA key takes a second.
        tokio::task::spawn_blocking(move || {
            let kept = kept(&directory, &environment, now)?;
            pack(&kept, &environment.name, password)
        })
        .await?
    }
}

fn kept(
    directory: &DataDirectory,
    environment: &Environment,
    now: Timestamp,
) -> Result<Kept, BoxedError> {
    let path = directory.rsat_certificate(environment.id);
    match std::fs::read(&path) {
        Ok(bytes) => {
            let kept: Kept =
                serde_json::from_slice(&bytes).map_err(|source| DataDirectoryError::Damaged {
                    path: path.clone(),
                    source,
                })?;
            if kept.expires_at.duration_since(now) > SHORTEST_REST {
                return Ok(kept);
            }
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(source) => return Err(io_error("read", &path)(source).into()),
    }
    let made = make(&environment.name, now)?;
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(io_error("create", folder))?;
    }
    write_private(&path, &serde_json::to_vec(&made)?)?;
    Ok(made)
}

fn make(environment: &str, now: Timestamp) -> Result<Kept, CertificateError> {
    // Windows' certificate store and the tool expect RSA.
    let key = KeyPair::generate_for(&rcgen::PKCS_RSA_SHA256)?;
    let mut parameters = CertificateParams::default();
    parameters
        .distinguished_name
        .push(DnType::CommonName, format!("RSAT {environment}"));
    parameters.key_usages = vec![
        KeyUsagePurpose::DigitalSignature,
        KeyUsagePurpose::KeyEncipherment,
    ];
    parameters.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
    let last_day = (now + LIFETIME).to_zoned(TimeZone::UTC).date();
    let first_day = now.to_zoned(TimeZone::UTC).date();
    let at_midnight = |date: Date| {
        let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
        rcgen::date_time_ymd(i32::from(date.year()), month, day)
    };
    parameters.not_before = at_midnight(first_day);
    parameters.not_after = at_midnight(last_day);
    let certificate = parameters.self_signed(&key)?;
    Ok(Kept {
        key_der: key.serialize_der(),
        certificate_der: certificate.der().to_vec(),
        expires_at: last_day
            .to_zoned(TimeZone::UTC)
            .map_or(now + LIFETIME, |midnight| midnight.timestamp()),
    })
}

fn pack(kept: &Kept, environment: &str, password: Secret) -> Result<IssuedCertificate, BoxedError> {
    let thumbprint: [u8; 20] = Sha1::digest(&kept.certificate_der).into();
    let mut store = KeyStore::new();
    let chain = PrivateKeyChain::new(
        thumbprint.to_vec(),
        PrivateKey::from_der(&kept.key_der)?,
        [Certificate::from_der(&kept.certificate_der)?],
    );
    let name = format!("RSATCertificate_{environment}");
    store.add_entry(&name, KeyStoreEntry::PrivateKeyChain(chain));
    let writer: Pkcs12Writer<'_, '_> = store.writer(password.expose());
    let pfx = writer.write()?;
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (extension, content) in [("pfx", &pfx), ("cer", &kept.certificate_der)] {
        zip.start_file(format!("{name}.{extension}"), SimpleFileOptions::default())?;
        zip.write_all(content)?;
    }
    Ok(IssuedCertificate {
        zip: zip.finish()?.into_inner(),
        password,
        thumbprint,
        expires_at: kept.expires_at,
    })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use p12_keystore::Pkcs12ImportPolicy;

    use super::*;

    #[test]
    fn the_password_of_the_download_opens_the_key_and_no_other_does() {
        let kept = make("UAT", "2026-03-01T10:00:00Z".parse().unwrap()).unwrap();
        let issued = pack(&kept, "UAT", Secret::new("right".to_owned())).unwrap();
        let mut archive = zip::ZipArchive::new(Cursor::new(issued.zip)).unwrap();
        let mut read = |name: &str| {
            let mut bytes = Vec::new();
            archive
                .by_name(name)
                .unwrap()
                .read_to_end(&mut bytes)
                .unwrap();
            bytes
        };
        let (pfx, cer) = (
            read("RSATCertificate_UAT.pfx"),
            read("RSATCertificate_UAT.cer"),
        );
        let open = |password| KeyStore::from_pkcs12(&pfx, password, Pkcs12ImportPolicy::Strict);
        let store = open("right").unwrap();
        let (_, chain) = store.private_key_chain().unwrap();
        assert_eq!(chain.certs()[0].as_der(), cer);
        assert_eq!(chain.key().as_der(), kept.key_der);
        assert!(open("wrong").is_err());
        assert_eq!(issued.expires_at.to_string(), "2027-03-01T00:00:00Z");
    }
}
