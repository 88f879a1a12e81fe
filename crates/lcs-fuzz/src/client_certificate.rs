//! Certificates as administrators register them: what is taken is kept as it came.

use lcs_tokens::ClientCertificate;

/// Reads the bytes as a certificate.
///
/// # Panics
///
/// When a certificate that was taken is not itself any more.
pub fn run(bytes: &[u8]) {
    let Ok(certificate) = ClientCertificate::parse(bytes) else {
        return;
    };
    assert_eq!(certificate.der(), bytes);
    assert_eq!(
        ClientCertificate::parse(certificate.der()),
        Ok(certificate.clone())
    );
    let thumbprint = certificate.thumbprint();
    assert_eq!(thumbprint.len(), 40);
    assert!(thumbprint.bytes().all(|byte| byte.is_ascii_hexdigit()));
}
