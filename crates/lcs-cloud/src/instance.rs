//! The facts about a running instance, as a file: written when connections are accepted, removed
//! at the end. It holds passwords, so only its owner can read it.

use std::{fs, io, path::Path};

use lcs_projects::EnvironmentType;
use lcs_server::Origin;
use lcs_wire::{
    local::{ReadyEnvironment, ReadyFile, ReadyUser},
    well_known::LCS_RESOURCE,
};

use crate::{
    config::CloudConfig,
    credentials::Credentials,
    data_directory::{DataDirectory, DataDirectoryError, io_error, write_private},
};

pub(crate) fn facts(
    directory: &DataDirectory,
    config: &CloudConfig,
    credentials: &Credentials,
    origin: &Origin,
) -> ReadyFile {
    let ca_certificate = directory.ca_certificate();
    ReadyFile {
        origin: origin.to_string(),
        ca_certificate: std::path::absolute(&ca_certificate).unwrap_or(ca_certificate),
        tenant_id: config.tenant.id,
        tenant_domain: config.tenant.domain.to_string(),
        authority: format!("{origin}/{}", config.tenant.id),
        graph: format!("{origin}/v1.0"),
        lcs_api: origin.to_string(),
        lcs_resource: LCS_RESOURCE.to_owned(),
        project_id: config.project.id,
        environments: config
            .environments
            .iter()
            .map(|environment| ReadyEnvironment {
                id: environment.id,
                name: environment.name.clone(),
                environment_type: EnvironmentType::from(environment.kind).to_string(),
            })
            .collect(),
        users: config
            .users
            .iter()
            .filter_map(|user| {
                Some(ReadyUser {
                    user_principal_name: user.user_principal_name.clone(),
                    password: credentials
                        .password_of(&user.user_principal_name)?
                        .to_owned(),
                    roles: user.roles.clone(),
                    mfa: user.mfa,
                    totp_secret: credentials
                        .totp_secret_of(&user.user_principal_name)
                        .map(str::to_owned),
                })
            })
            .collect(),
    }
}

/// In one step: whoever waits for the file finds all of it.
pub(crate) fn write(path: &Path, facts: &ReadyFile) -> Result<(), DataDirectoryError> {
    let text =
        serde_json::to_string_pretty(facts).map_err(|source| DataDirectoryError::Damaged {
            path: path.to_owned(),
            source,
        })?;
    write_private(path, text.as_bytes())
}

pub(crate) fn read(path: &Path) -> Result<Option<ReadyFile>, DataDirectoryError> {
    match fs::read(path) {
        Ok(bytes) => {
            serde_json::from_slice(&bytes)
                .map(Some)
                .map_err(|source| DataDirectoryError::Damaged {
                    path: path.to_owned(),
                    source,
                })
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(io_error("read", path)(source)),
    }
}

/// A file that cannot be removed must not keep the cloud from stopping.
pub(crate) fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path)
        && error.kind() != io::ErrorKind::NotFound
    {
        tracing::warn!(path = %path.display(), %error, "could not remove the ready file");
    }
}
