//! Errors of `lcs-cloud` as the user sees them.

use std::io;

use lcs_cloud::{
    CertificateError, ConfigError, DataDirectoryError, KeyEncryptionError, StartError,
};

use super::{Code, Diagnostic};

impl From<StartError> for Diagnostic {
    fn from(error: StartError) -> Self {
        match error {
            StartError::DataDirectory(error) => error.into(),
            StartError::KeyEncryption(error) => error.into(),
            StartError::Listen { ref source, .. } if source.kind() == io::ErrorKind::AddrInUse => {
                Self::of(Code::AddressInUse, &error)
                    .help("another program listens there; choose a free port: lcs serve --listen 127.0.0.1:0")
            }
            StartError::Certificates(CertificateError::MicrosoftName(_)) => {
                Self::of(Code::LocalCloud, &error)
                    .help("run the program that asks for it in one: lcs sandbox -- PROGRAM")
            }
            StartError::OtherConfiguration { .. } => Self::of(Code::LocalCloud, &error)
                .help("use another folder with --data-dir, or start over: lcs local reset"),
            StartError::Seed(_) => Self::of(Code::LocalCloud, &error)
                .help("mend the cause and start again: what was made is kept"),
            error => Self::of(Code::LocalCloud, &error),
        }
    }
}

impl From<DataDirectoryError> for Diagnostic {
    fn from(error: DataDirectoryError) -> Self {
        match &error {
            DataDirectoryError::InUse { .. } => Self::of(Code::DataDirectoryInUse, &error).help(
                "a local cloud runs there already (lcs local status); stop it, or use another \
                 folder with --data-dir",
            ),
            DataDirectoryError::NewerVersion { .. } => Self::of(Code::DataDirectoryNewer, &error)
                .help("use the newer version of lcs, or another folder with --data-dir"),
            DataDirectoryError::Foreign { .. } => Self::of(Code::LocalCloud, &error)
                .help("choose an empty or new folder with --data-dir"),
            DataDirectoryError::Damaged { .. } => Self::of(Code::LocalCloud, &error)
                .help("start over: lcs local reset, or use another folder with --data-dir"),
            _ => Self::of(Code::File, &error),
        }
    }
}

impl From<KeyEncryptionError> for Diagnostic {
    fn from(error: KeyEncryptionError) -> Self {
        let help = match &error {
            KeyEncryptionError::Missing { .. } | KeyEncryptionError::WrongKey { .. } => {
                "bring back the file that they were sealed with, or name it with \
                 LCS_KEY_ENCRYPTION_KEY_FILE; without it, start over: lcs local reset"
            }
            KeyEncryptionError::InsideDataDirectory { .. } => {
                "move the file elsewhere; without --new-key, a key is made in the data directory"
            }
            KeyEncryptionError::OpenToOthers { .. } => "close it to others: chmod 600 FILE",
            KeyEncryptionError::NotAKey { .. } | KeyEncryptionError::Read { .. } => {
                "LCS_KEY_ENCRYPTION_KEY_FILE names a file with 32 random bytes, which only you can \
                 read: umask 077; openssl rand -base64 32 > FILE"
            }
            KeyEncryptionError::Write(_) | KeyEncryptionError::Store(_) => {
                return Self::of(Code::File, &error);
            }
            _ => return Self::of(Code::LocalCloud, &error),
        };
        Self::of(Code::LocalCloud, &error).help(help)
    }
}

impl From<ConfigError> for Diagnostic {
    fn from(error: ConfigError) -> Self {
        Self::of(Code::ConfigFile, &error)
            .help("compare with the sample: docs/reference/local-cloud.toml")
    }
}
