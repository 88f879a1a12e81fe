//! The certificates of a sandbox for Microsoft's names.
//!
//! Their authority is made for one run, signs once and forgets its key; it may certify the aliased
//! names only, and nobody but the sandbox's child is told to trust it. The lasting authority of
//! the data directory, which people may trust in a browser, never signs such a name.

use std::{collections::HashMap, sync::Arc};

use lcs_types::Clock;
use rcgen::{GeneralSubtree, Issuer, KeyPair, NameConstraints, SanType};
use rustls::{
    crypto::aws_lc_rs,
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};

use crate::certificates::{CertificateError, authority_parameters, private_key, server_parameters};

/// A certificate for each aliased name, and the certificate of their authority.
#[derive(Debug)]
pub(crate) struct AliasCertificates {
    authority: String,
    by_name: HashMap<String, Arc<CertifiedKey>>,
}

impl AliasCertificates {
    /// Makes them.
    ///
    /// # Errors
    ///
    /// [`CertificateError`] when a name cannot stand in a certificate.
    pub(crate) fn make(names: &[&str], clock: &dyn Clock) -> Result<Self, CertificateError> {
        let now = clock.now();
        let mut parameters = authority_parameters("lcs sandbox certificate authority", now);
        let permitted = names
            .iter()
            .map(|&name| GeneralSubtree::DnsName(name.to_owned()));
        parameters.name_constraints = Some(NameConstraints {
            permitted_subtrees: permitted.collect(),
            excluded_subtrees: Vec::new(),
        });
        let authority_key = KeyPair::generate()?;
        let authority = parameters.self_signed(&authority_key)?.pem();
        let issuer = Issuer::new(parameters, authority_key);
        let provider = aws_lc_rs::default_provider();
        let mut by_name = HashMap::new();
        for &name in names {
            let key = KeyPair::generate()?;
            let subject = name
                .try_into()
                .map_err(|_| CertificateError::HostName(name.to_owned()))?;
            let parameters = server_parameters(name, vec![SanType::DnsName(subject)], now);
            let chain = vec![parameters.signed_by(&key, &issuer)?.der().clone()];
            let certified = CertifiedKey::from_der(chain, private_key(&key)?, &provider)?;
            by_name.insert(name.to_owned(), Arc::new(certified));
        }
        Ok(Self { authority, by_name })
    }

    /// The certificate of their authority, PEM.
    pub(crate) fn authority(&self) -> &str {
        &self.authority
    }

    /// Chooses by the name that a client asks for; `own` is for all others.
    pub(crate) fn resolver(&self, own: CertifiedKey) -> impl ResolvesServerCert + use<> {
        ByName {
            own: Arc::new(own),
            aliases: self.by_name.clone(),
        }
    }
}

#[derive(Debug)]
struct ByName {
    own: Arc<CertifiedKey>,
    aliases: HashMap<String, Arc<CertifiedKey>>,
}

impl ResolvesServerCert for ByName {
    fn resolve(&self, client_hello: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        // A client that asks for an address sends no name.
        let name = client_hello.server_name().unwrap_or_default();
        let alias = self.aliases.get(&name.to_ascii_lowercase());
        Some(alias.unwrap_or(&self.own).clone())
    }
}
