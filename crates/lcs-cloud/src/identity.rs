//! The names that a cloud answers under, and the certificates that prove them.

use std::sync::Arc;

use lcs_server::{AllowedOrigins, origin::instance_host};
use lcs_types::Region;
use lcs_wire::clouds::microsoft_hosts;

use crate::{
    aliases::AliasCertificates,
    certificates::{self, CertificateError},
    data_directory::DataDirectory,
    start::StartOptions,
};

pub(crate) struct Identity {
    pub(crate) origins: AllowedOrigins,
    pub(crate) tls: Arc<rustls::ServerConfig>,
    /// The certificate, PEM, of the authority behind Microsoft's names; only in a sandbox.
    pub(crate) sandbox_authority: Option<String>,
}

impl Identity {
    /// Names and certificates of the cloud that listens on this port.
    ///
    /// # Errors
    ///
    /// [`CertificateError`] when the certificates cannot be made, or may not.
    pub(crate) fn of(
        directory: &DataDirectory,
        port: u16,
        options: &StartOptions,
        instances: &[Region],
    ) -> Result<Self, CertificateError> {
        let clock = &*options.clock;
        let origins =
            AllowedOrigins::https(port, &options.host_names).with_instances(port, instances);
        let instances = instances.iter().copied().map(instance_host);
        let hosts: Vec<String> = options
            .host_names
            .iter()
            .cloned()
            .chain(instances)
            .collect();
        let hosts = hosts.as_slice();
        if !options.in_sandbox {
            refuse_microsoft_names(hosts)?;
            return Ok(Self {
                origins,
                tls: certificates::server_config(directory, hosts, clock)?,
                sandbox_authority: None,
            });
        }
        let names: Vec<&str> = microsoft_hosts().collect();
        let aliases = AliasCertificates::make(&names, clock)?;
        Ok(Self {
            origins: origins.in_sandbox(),
            tls: certificates::sandbox_config(directory, hosts, &aliases, clock)?,
            sandbox_authority: Some(aliases.authority().to_owned()),
        })
    }
}

/// Tokens that are issued under these names claim to be Microsoft's.
fn refuse_microsoft_names(hosts: &[String]) -> Result<(), CertificateError> {
    let is_microsoft =
        |host: &&String| microsoft_hosts().any(|each| host.eq_ignore_ascii_case(each));
    match hosts.iter().find(is_microsoft) {
        Some(host) => Err(CertificateError::MicrosoftName(host.clone())),
        None => Ok(()),
    }
}
