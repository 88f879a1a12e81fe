//! One request for the bytes that are still missing, and the sense of its answer.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_signin::{HttpClient, HttpError};
use lcs_types::SignedUrl;
use reqwest::{
    Response,
    header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, IF_MATCH, RANGE},
};

use super::{DownloadError, partial::Partial};

/// What an answer means for the unfinished file.
pub(super) enum Reply {
    /// Bytes that follow those that are there.
    Bytes(Box<Stream>),
    /// Nothing is missing.
    Complete,
    /// What is there belongs to something else; begin anew.
    Changed,
}

/// The bytes of an answer, and what it says about the whole file.
pub(super) struct Stream {
    response: Response,
    url: SignedUrl,
    /// Where the first byte belongs.
    pub(super) start: u64,
    /// How many bytes this answer announces.
    pub(super) remaining: Option<u64>,
    /// How large the whole file is.
    pub(super) total: Option<u64>,
    pub(super) etag: Option<String>,
    /// The whole file's, 16 bytes.
    pub(super) md5: Option<Vec<u8>>,
    /// The whole file's, 32 bytes.
    pub(super) sha256: Option<Vec<u8>>,
}

impl Stream {
    /// The next bytes, or `None` at the end of the answer.
    pub(super) async fn next(&mut self) -> Result<Option<impl AsRef<[u8]> + use<>>, DownloadError> {
        self.response.chunk().await.map_err(|error| {
            DownloadError::Network(HttpError::from_exchange(self.url.expose(), error))
        })
    }
}

/// Asks for what is missing. A 206 continues the file only when it is provably the same one:
/// the request names the `ETag` under which the first bytes came (RFC 9110 §13.1.1).
pub(super) async fn request(
    http: &HttpClient,
    url: &SignedUrl,
    partial: &Partial,
) -> Result<Reply, DownloadError> {
    let client = http
        .client_for(url.expose())
        .map_err(DownloadError::Network)?;
    let mut request = client
        .get(url.expose().clone())
        // Compressed bytes would have neither the announced length nor the announced checksum.
        .header(ACCEPT_ENCODING, "identity");
    let resumed = partial.etag().filter(|_| partial.length() > 0);
    if let Some(etag) = resumed {
        if partial.total() == Some(partial.length()) {
            return Ok(Reply::Complete);
        }
        request = request
            .header(RANGE, format!("bytes={}-", partial.length()))
            .header(IF_MATCH, etag);
    }
    let response = request
        .send()
        .await
        .map_err(|error| DownloadError::Network(HttpError::from_exchange(url.expose(), error)))?;
    let headers = response.headers();
    let status = response.status().as_u16();
    match status {
        200 => {
            let total = number(headers, CONTENT_LENGTH.as_str());
            Ok(Reply::Bytes(Box::new(Stream {
                start: 0,
                remaining: total,
                total,
                etag: strong_etag(headers),
                md5: checksum(headers, "x-ms-blob-content-md5")
                    .or_else(|| checksum(headers, "content-md5")),
                sha256: hexadecimal(headers, "x-ms-meta-sha256"),
                url: url.clone(),
                response,
            })))
        }
        206 if resumed.is_some() => {
            let range = text(headers, CONTENT_RANGE.as_str()).and_then(content_range);
            let same_etag = strong_etag(headers).as_deref() == resumed;
            match range {
                Some((start, total))
                    if start == partial.length() && total == partial.total() && same_etag =>
                {
                    Ok(Reply::Bytes(Box::new(Stream {
                        start,
                        remaining: total.map(|total| total.saturating_sub(start)),
                        total,
                        etag: strong_etag(headers),
                        // `Content-MD5` of a part is that of the part (RFC 1864).
                        md5: checksum(headers, "x-ms-blob-content-md5"),
                        sha256: hexadecimal(headers, "x-ms-meta-sha256"),
                        url: url.clone(),
                        response,
                    })))
                }
                _ => Ok(Reply::Changed),
            }
        }
        412 | 416 if resumed.is_some() => Ok(Reply::Changed),
        401 | 403 => Err(DownloadError::LinkRefused {
            url: url.clone(),
            status,
        }),
        404 => Err(DownloadError::NotFound { url: url.clone() }),
        _ => Err(DownloadError::Unexpected {
            url: url.clone(),
            status,
        }),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.parse().ok()
}

/// A weak `ETag` promises too little to put two halves together.
fn strong_etag(headers: &HeaderMap) -> Option<String> {
    text(headers, ETAG.as_str())
        .filter(|etag| !etag.starts_with("W/"))
        .map(str::to_owned)
}

fn checksum(headers: &HeaderMap, name: &str) -> Option<Vec<u8>> {
    STANDARD
        .decode(text(headers, name)?)
        .ok()
        .filter(|bytes| bytes.len() == 16)
}

fn hexadecimal(headers: &HeaderMap, name: &str) -> Option<Vec<u8>> {
    let text = text(headers, name).filter(|text| text.len() == 64 && text.is_ascii())?;
    (0..32)
        .map(|at| u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok())
        .collect()
}

/// `bytes 5-9/10` or `bytes 5-9/*`: the start and the total.
fn content_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, total) = text.strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.parse().ok()?, total.parse().ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_content_range_is_read() {
        assert_eq!(content_range("bytes 5-9/10"), Some((5, Some(10))));
        assert_eq!(content_range("bytes 5-9/*"), Some((5, None)));
        for text in ["", "bytes */10", "bytes 5/10", "items 1-2/3"] {
            assert_eq!(content_range(text), None, "{text:?}");
        }
    }
}
