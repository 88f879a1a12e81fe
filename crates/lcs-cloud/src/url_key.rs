//! The key that signs blob URLs: made at first start, so that URLs survive a restart.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::UrlSigner;
use lcs_types::Randomness;

use crate::data_directory::{DataDirectory, DataDirectoryError, io_error, write_private};

/// Reads the key, or makes one. A damaged one is replaced: URLs signed with it close, nothing else
/// is lost.
pub(crate) fn signer(
    directory: &DataDirectory,
    randomness: &dyn Randomness,
) -> Result<UrlSigner, DataDirectoryError> {
    let path = directory.url_key();
    if path.is_file() {
        let text = std::fs::read_to_string(&path).map_err(io_error("read", &path))?;
        if let Some(key) = STANDARD
            .decode(text.trim())
            .ok()
            .and_then(|key| key.try_into().ok())
        {
            return Ok(UrlSigner::new(key));
        }
        tracing::warn!("the key that signs URLs is damaged and is replaced");
    }
    let mut key = [0; 64];
    randomness.fill(&mut key);
    write_private(&path, STANDARD.encode(key).as_bytes())?;
    Ok(UrlSigner::new(key))
}
