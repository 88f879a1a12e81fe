//! Errors of `lcs-bacpac` as the user sees them.

use lcs_bacpac::{OpenError, RowsError, VerifyError};

use super::{Code, Diagnostic};

impl From<OpenError> for Diagnostic {
    fn from(error: OpenError) -> Self {
        let code = match &error {
            OpenError::File { .. } => Code::File,
            OpenError::NotAnArchive { .. } | OpenError::MissingPart { .. } => Code::NotAPackage,
            // The rest says how a package is damaged.
            _ => Code::PackageDamaged,
        };
        Self::of(code, &error)
    }
}

impl From<RowsError> for Diagnostic {
    fn from(error: RowsError) -> Self {
        Self::of(Code::PackageDamaged, &error)
    }
}

impl From<VerifyError> for Diagnostic {
    fn from(error: VerifyError) -> Self {
        match error {
            VerifyError::Open(error) => error.into(),
            VerifyError::Rows(error) => error.into(),
            // An enumeration of another crate that may grow.
            error => Self::of(Code::PackageDamaged, &error),
        }
    }
}
