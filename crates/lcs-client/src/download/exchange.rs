//! One request for some of the bytes, and the sense of its answer.

use std::ops::Range;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use data_encoding::HEXLOWER_PERMISSIVE;
use lcs_signin::{HttpClient, HttpError};
use lcs_types::SignedUrl;
use reqwest::{
    Response,
    header::{ACCEPT_ENCODING, CONTENT_LENGTH, CONTENT_RANGE, ETAG, HeaderMap, IF_MATCH, RANGE},
};

use super::DownloadError;

/// What an answer to a request for a range means.
pub(super) enum Reply {
    /// Bytes from where they were asked for.
    Range(Box<Stream>),
    /// The whole file from its first byte, although only a part was asked for.
    Whole(Box<Stream>),
    /// The file cannot be fetched in parts that belong together.
    NoRanges,
    /// What was asked for belongs to something else; begin anew.
    Changed,
}

/// The bytes of an answer, and what it says about the whole file.
pub(super) struct Stream {
    response: Response,
    url: SignedUrl,
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
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, DownloadError> {
        self.response.chunk().await.map_err(|error| {
            DownloadError::Network(HttpError::from_exchange(self.url.expose(), error))
        })
    }
}

/// Asks for a range, of the file with this `ETag` if one is known: a part continues others only when
/// it is provably of the same file (RFC 9110 §13.1.1).
pub(super) async fn request_range(
    http: &HttpClient,
    url: &SignedUrl,
    range: &Range<u64>,
    etag: Option<&str>,
) -> Result<Reply, DownloadError> {
    let last = range.end.saturating_sub(1);
    let mut request = get(http, url)?.header(RANGE, format!("bytes={}-{last}", range.start));
    if let Some(etag) = etag {
        request = request.header(IF_MATCH, etag);
    }
    let response = send(request, url).await?;
    let headers = response.headers();
    match response.status().as_u16() {
        200 => Ok(Reply::Whole(Box::new(whole(response, url)))),
        206 => {
            let found = strong_etag(headers);
            let place = text(headers, CONTENT_RANGE.as_str()).and_then(content_range);
            let is_known = etag.is_some();
            match (place, found) {
                (Some((start, Some(total))), Some(found))
                    if start == range.start && etag.is_none_or(|etag| etag == found) =>
                {
                    Ok(Reply::Range(Box::new(Stream {
                        total: Some(total),
                        etag: Some(found),
                        // `Content-MD5` of a part is that of the part (RFC 1864).
                        md5: checksum(headers, "x-ms-blob-content-md5"),
                        sha256: hexadecimal(headers, "x-ms-meta-sha256"),
                        url: url.clone(),
                        response,
                    })))
                }
                _ if is_known => Ok(Reply::Changed),
                _ => Ok(Reply::NoRanges),
            }
        }
        412 | 416 if etag.is_some() => Ok(Reply::Changed),
        // There is no first byte of an empty file.
        416 => Ok(Reply::NoRanges),
        status => Err(refusal(status, url)),
    }
}

/// Asks for the whole file.
pub(super) async fn request_whole(
    http: &HttpClient,
    url: &SignedUrl,
) -> Result<Stream, DownloadError> {
    let response = send(get(http, url)?, url).await?;
    match response.status().as_u16() {
        200 => Ok(whole(response, url)),
        status => Err(refusal(status, url)),
    }
}

fn get(http: &HttpClient, url: &SignedUrl) -> Result<reqwest::RequestBuilder, DownloadError> {
    let client = http
        .client_for(url.expose())
        .map_err(DownloadError::Network)?;
    // Compressed bytes would have neither the announced length nor the announced checksum.
    Ok(client
        .get(url.expose().clone())
        .header(ACCEPT_ENCODING, "identity"))
}

async fn send(
    request: reqwest::RequestBuilder,
    url: &SignedUrl,
) -> Result<Response, DownloadError> {
    request
        .send()
        .await
        .map_err(|error| DownloadError::Network(HttpError::from_exchange(url.expose(), error)))
}

fn whole(response: Response, url: &SignedUrl) -> Stream {
    let headers = response.headers();
    Stream {
        total: number(headers, CONTENT_LENGTH.as_str()),
        etag: strong_etag(headers),
        md5: checksum(headers, "x-ms-blob-content-md5")
            .or_else(|| checksum(headers, "content-md5")),
        sha256: hexadecimal(headers, "x-ms-meta-sha256"),
        url: url.clone(),
        response,
    }
}

fn refusal(status: u16, url: &SignedUrl) -> DownloadError {
    let url = url.clone();
    match status {
        401 | 403 => DownloadError::LinkRefused { url, status },
        404 => DownloadError::NotFound { url },
        _ => DownloadError::Unexpected { url, status },
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
    HEXLOWER_PERMISSIVE
        .decode(text(headers, name)?.as_bytes())
        .ok()
        .filter(|bytes| bytes.len() == 32)
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
