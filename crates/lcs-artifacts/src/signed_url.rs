//! Shared access signatures: URLs that open what they name until they expire.
//!
//! The shape is the service's: `?sv=2015-12-11&sr=b&sig=…&se=…&sp=r`, with an HMAC-SHA256 over
//! version, kind, permission, expiry and path. The string that is signed is ours, since nobody
//! but this server checks it.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::{SignedDuration, Timestamp};
use lcs_types::SignedUrl;
use sha2::Sha256;
use url::Url;

use crate::key::ArtifactKey;

/// How long a URL of a listing opens what it names; a published sample has 24 hours.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(24);

const VERSION: &str = "2015-12-11";
/// Where the server serves artifacts.
pub const PATH_PREFIX: &str = "/blob/";

/// What a signature allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// To read the file.
    Read,
    /// To create the file, in blocks or whole.
    Write,
}

impl Permission {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "r",
            Self::Write => "rcw",
        }
    }
}

/// Why a URL opens nothing. The caller is told less.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureRefusal {
    /// A part is missing, doubled or unreadable.
    #[error("the signature is missing or malformed")]
    Malformed,
    /// It was right once.
    #[error("the signature has expired")]
    Expired,
    /// It does not belong to this path, expiry and permission.
    #[error("the signature is wrong")]
    Wrong,
}

/// Signs and checks URLs with one key.
#[derive(Clone)]
pub struct UrlSigner {
    key: [u8; 64],
}

impl std::fmt::Debug for UrlSigner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("UrlSigner(…)")
    }
}

impl UrlSigner {
    /// A signer with this key, which must be random.
    pub const fn new(key: [u8; 64]) -> Self {
        Self { key }
    }

    /// A URL below `origin` that opens the file for [`LIFETIME`].
    pub fn sign(
        &self,
        origin: &Url,
        key: &ArtifactKey,
        permission: Permission,
        now: Timestamp,
    ) -> SignedUrl {
        let expiry = (now + LIFETIME).strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
        let signature = STANDARD.encode(self.mac(key, &expiry, permission).finalize().into_bytes());
        let mut url = origin.clone();
        url.set_path(&format!("{PATH_PREFIX}{key}"));
        url.query_pairs_mut()
            .clear()
            .append_pair("sv", VERSION)
            .append_pair("sr", "b")
            .append_pair("sig", &signature)
            .append_pair("se", &expiry)
            .append_pair("sp", permission.as_str());
        SignedUrl::new(url)
    }

    /// What a URL allows now.
    ///
    /// # Errors
    ///
    /// [`SignatureRefusal`] when it allows nothing.
    pub fn verify(
        &self,
        key: &ArtifactKey,
        query: &str,
        now: Timestamp,
    ) -> Result<Permission, SignatureRefusal> {
        let mut parts: [Option<String>; 5] = Default::default();
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let names = ["sv", "sr", "sig", "se", "sp"];
            // Azure's clients add parameters such as `comp` and `timeout`.
            let Some(index) = names.iter().position(|known| *known == name) else {
                continue;
            };
            if parts[index].replace(value.into_owned()).is_some() {
                return Err(SignatureRefusal::Malformed);
            }
        }
        let [
            Some(version),
            Some(kind),
            Some(signature),
            Some(expiry),
            Some(permission),
        ] = parts
        else {
            return Err(SignatureRefusal::Malformed);
        };
        let permission = [Permission::Read, Permission::Write]
            .into_iter()
            .find(|known| known.as_str() == permission);
        let (Some(permission), VERSION, "b") = (permission, version.as_str(), kind.as_str()) else {
            return Err(SignatureRefusal::Wrong);
        };
        let signature = STANDARD
            .decode(signature)
            .map_err(|_| SignatureRefusal::Malformed)?;
        // Constant time; and before the expiry is believed, since it is part of what is signed.
        self.mac(key, &expiry, permission)
            .verify_slice(&signature)
            .map_err(|_| SignatureRefusal::Wrong)?;
        let expiry: Timestamp = expiry.parse().map_err(|_| SignatureRefusal::Malformed)?;
        if now >= expiry {
            return Err(SignatureRefusal::Expired);
        }
        Ok(permission)
    }

    fn mac(&self, key: &ArtifactKey, expiry: &str, permission: Permission) -> Hmac<Sha256> {
        let mut mac = Hmac::new(&self.key.into());
        let signed = [VERSION, "b", permission.as_str(), expiry, key.as_str()].join("\n");
        mac.update(signed.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use lcs_types::AssetId;
    use proptest::prelude::*;

    use super::*;

    fn signed() -> (UrlSigner, ArtifactKey, SignedUrl, Timestamp) {
        let signer = UrlSigner::new([7; 64]);
        let key = ArtifactKey::database_backup(AssetId::from_u128(42));
        let now: Timestamp = "2026-03-01T10:00:00Z".parse().unwrap();
        let origin = Url::parse("https://localhost:8443").unwrap();
        (
            signer.clone(),
            key.clone(),
            signer.sign(&origin, &key, Permission::Read, now),
            now,
        )
    }

    #[test]
    fn a_url_has_the_services_shape_and_opens_for_a_day() {
        let (signer, key, url, now) = signed();
        let names: Vec<_> = url
            .expose()
            .query_pairs()
            .map(|(name, _)| name.into_owned())
            .collect();
        assert_eq!(names, ["sv", "sr", "sig", "se", "sp"]);
        let query = url.expose().query().unwrap();
        assert!(query.contains("se=2026-03-02T10%3A00%3A00Z"), "{query}");
        let last_second = now + LIFETIME - SignedDuration::from_secs(1);
        assert_eq!(
            signer.verify(&key, query, last_second),
            Ok(Permission::Read)
        );
        assert_eq!(
            signer.verify(&key, query, now + LIFETIME),
            Err(SignatureRefusal::Expired)
        );
    }

    #[test]
    fn it_opens_nothing_else_and_not_for_another_key() {
        let (signer, key, url, now) = signed();
        let query = url.expose().query().unwrap();
        let other = ArtifactKey::database_backup(AssetId::from_u128(43));
        assert_eq!(
            signer.verify(&other, query, now),
            Err(SignatureRefusal::Wrong)
        );
        let stranger = UrlSigner::new([8; 64]);
        assert_eq!(
            stranger.verify(&key, query, now),
            Err(SignatureRefusal::Wrong)
        );
    }

    #[test]
    fn missing_and_doubled_parts_are_malformed() {
        let (signer, key, url, now) = signed();
        let query = url.expose().query().unwrap();
        for bad in [
            String::new(),
            "sig=x".to_owned(),
            format!("{query}&se=2099-01-01T00%3A00%3A00Z"),
        ] {
            assert_eq!(
                signer.verify(&key, &bad, now),
                Err(SignatureRefusal::Malformed),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_changed_byte_closes_it(index in 0usize..110, byte in 33u8..127) {
            let (signer, key, url, now) = signed();
            let query = url.expose().query().unwrap();
            let mut bytes = query.as_bytes().to_vec();
            let index = index % bytes.len();
            prop_assume!(bytes[index] != byte);
            bytes[index] = byte;
            let changed = String::from_utf8(bytes).unwrap();
            let pairs = |text: &str| url::form_urlencoded::parse(text.as_bytes()).into_owned().collect::<Vec<_>>();
            // `%3a` and `%3A` are the same URL.
            prop_assume!(pairs(&changed) != pairs(query));
            prop_assert!(signer.verify(&key, &changed, now).is_err());
        }
    }
}
