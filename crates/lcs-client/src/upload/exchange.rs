//! The requests of an upload ("Put Blob", "Put Block", "Put Block List", "Get Block List"), each
//! repeated by the policy: every one of them twice is as good as once.

use std::{collections::HashMap, fmt::Write as _, time::Duration};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use bytes::Bytes;
use lcs_signin::{HttpClient, HttpError, http::read_bounded};
use lcs_types::SignedUrl;
use quick_xml::{Reader, events::Event};
use reqwest::{Client, Method, RequestBuilder, Response, header::RETRY_AFTER};
use tokio::time::sleep;

use super::{UploadError, blocks::BlockPlan};
use crate::retry::{Failure, Repeatable, RetryPolicy, Verdict};

/// From this version on a block may have 4000 MiB.
const VERSION: &str = "2019-12-12";
/// A block of 8 MiB over the slowest line that makes sense.
const LONGEST: Duration = Duration::from_hours(1);
/// 50,000 names and sizes.
const LARGEST_LIST: usize = 16 * 1024 * 1024;

/// Requests to one URL.
#[derive(Debug)]
pub(super) struct Exchange {
    client: Client,
    url: SignedUrl,
    policy: RetryPolicy,
}

impl Exchange {
    pub(super) fn new(
        http: &HttpClient,
        url: &SignedUrl,
        policy: RetryPolicy,
    ) -> Result<Self, UploadError> {
        let client = http
            .client_for(url.expose())
            .map_err(UploadError::Network)?;
        Ok(Self {
            client: client.clone(),
            url: url.clone(),
            policy,
        })
    }

    pub(super) async fn put_blob(&self, bytes: Vec<u8>, md5: [u8; 16]) -> Result<(), UploadError> {
        let bytes = Bytes::from(bytes);
        self.send(|| {
            self.request(Method::PUT, &[])
                .header("x-ms-blob-type", "BlockBlob")
                .header("content-md5", STANDARD.encode(md5))
                .body(bytes.clone())
        })
        .await
        .map(drop)
    }

    pub(super) async fn put_block(
        &self,
        id: &str,
        bytes: Vec<u8>,
        md5: [u8; 16],
    ) -> Result<(), UploadError> {
        let bytes = Bytes::from(bytes);
        self.send(|| {
            self.request(Method::PUT, &[("comp", "block"), ("blockid", id)])
                .header("content-md5", STANDARD.encode(md5))
                .body(bytes.clone())
        })
        .await
        .map(drop)
    }

    pub(super) async fn put_block_list(
        &self,
        plan: &BlockPlan,
        md5: [u8; 16],
    ) -> Result<(), UploadError> {
        let mut list = "<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>".to_owned();
        for block in plan.blocks() {
            let _ = write!(list, "<Latest>{}</Latest>", block.id);
        }
        list.push_str("</BlockList>");
        self.send(|| {
            self.request(Method::PUT, &[("comp", "blocklist")])
                .header("x-ms-blob-content-md5", STANDARD.encode(md5))
                .body(list.clone())
        })
        .await
        .map(drop)
    }

    /// The blocks that the server has, with their lengths.
    pub(super) async fn uncommitted(&self) -> Result<HashMap<String, u64>, UploadError> {
        let query = [("comp", "blocklist"), ("blocklisttype", "uncommitted")];
        let answer = match self.send(|| self.request(Method::GET, &query)).await {
            Ok(answer) => answer,
            // Nothing was put yet, or the link does not allow to ask: then everything is sent.
            Err(UploadError::Refused { status: 404, .. } | UploadError::LinkRefused { .. }) => {
                return Ok(HashMap::new());
            }
            Err(error) => return Err(error),
        };
        let body = read_bounded(answer, LARGEST_LIST)
            .await
            .map_err(UploadError::Network)?;
        Ok(blocks_of(&String::from_utf8_lossy(&body)))
    }

    /// Compares what the server says of the blob with the file; answers whether it told enough to prove
    /// that they are the same.
    pub(super) async fn check(&self, length: u64, md5: [u8; 16]) -> Result<bool, UploadError> {
        let answer = match self.send(|| self.request(Method::HEAD, &[])).await {
            Ok(answer) => answer,
            // Some links allow writing alone.
            Err(UploadError::LinkRefused { .. }) => return Ok(false),
            Err(error) => return Err(error),
        };
        let header = |name: &str| answer.headers().get(name)?.to_str().ok();
        let has_length = header("content-length").and_then(|text| text.parse::<u64>().ok());
        if has_length.is_some_and(|has| has != length) {
            return Err(UploadError::Corrupt { what: "length" });
        }
        let has_md5 = header("content-md5").and_then(|text| STANDARD.decode(text).ok());
        if has_md5.as_ref().is_some_and(|has| *has != md5) {
            return Err(UploadError::Corrupt { what: "MD5" });
        }
        Ok(has_length.is_some() && has_md5.is_some())
    }

    fn request(&self, method: Method, query: &[(&str, &str)]) -> RequestBuilder {
        let mut url = self.url.expose().clone();
        for (name, value) in query {
            url.query_pairs_mut().append_pair(name, value);
        }
        self.client
            .request(method, url)
            .header("x-ms-version", VERSION)
            .timeout(LONGEST)
    }

    async fn send(&self, request: impl Fn() -> RequestBuilder) -> Result<Response, UploadError> {
        let mut attempt = 1;
        loop {
            let (error, failure) = match request().send().await {
                Ok(answer) if answer.status().is_success() => return Ok(answer),
                Ok(answer) => {
                    let failure = failure_of(&answer);
                    (self.refused(&answer), failure)
                }
                Err(error) => {
                    let error = HttpError::from_exchange(self.url.expose(), error);
                    let failure = error
                        .is_transient()
                        .then_some(Failure::OutcomeUnknown { retry_after: None });
                    (UploadError::Network(error), failure)
                }
            };
            let Some(failure) = failure else {
                return Err(error);
            };
            match self.policy.decide(attempt, Repeatable::Yes, failure) {
                Verdict::RepeatAfter(pause) => {
                    tracing::debug!(%error, attempt, "repeating a part of the upload");
                    sleep(pause).await;
                    attempt += 1;
                }
                Verdict::GiveUp => return Err(error),
            }
        }
    }

    fn refused(&self, answer: &Response) -> UploadError {
        let (url, status) = (self.url.clone(), answer.status().as_u16());
        if matches!(status, 401 | 403) {
            return UploadError::LinkRefused { url, status };
        }
        UploadError::Refused {
            url,
            status,
            code: code_of(answer),
        }
    }
}

fn code_of(answer: &Response) -> String {
    answer
        .headers()
        .get("x-ms-error-code")
        .and_then(|code| code.to_str().ok())
        .unwrap_or("no code")
        .chars()
        .take(100)
        .collect()
}

fn failure_of(answer: &Response) -> Option<Failure> {
    let retry_after = answer
        .headers()
        .get(RETRY_AFTER)
        .and_then(|seconds| seconds.to_str().ok()?.parse().ok())
        .map(Duration::from_secs);
    match answer.status().as_u16() {
        429 => Some(Failure::Throttled { retry_after }),
        500.. => Some(Failure::OutcomeUnknown { retry_after }),
        // Bytes that changed on their way.
        400 if code_of(answer) == "Md5Mismatch" => Some(Failure::NotSent),
        _ => None,
    }
}

/// The uncommitted blocks of a list. What cannot be read counts as not there: it is sent again.
fn blocks_of(xml: &str) -> HashMap<String, u64> {
    let mut reader = Reader::from_str(xml.trim_start_matches('\u{feff}'));
    let (mut blocks, mut name, mut open) = (HashMap::new(), None, Vec::new());
    let mut is_uncommitted = false;
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                let element = start.local_name().as_ref().to_vec();
                is_uncommitted |= element == b"UncommittedBlocks";
                open.push(element);
            }
            Ok(Event::Text(text)) if is_uncommitted => {
                let Ok(text) = text.decode() else { continue };
                match open.last().map(Vec::as_slice) {
                    Some(b"Name") => name = Some(text.into_owned()),
                    Some(b"Size") => {
                        if let (Some(name), Ok(size)) = (name.take(), text.parse()) {
                            blocks.insert(name, size);
                        }
                    }
                    _ => {}
                }
            }
            Ok(Event::End(_)) => {
                is_uncommitted &= open.pop().as_deref() != Some(b"UncommittedBlocks");
            }
            Ok(Event::Eof) | Err(_) => return blocks,
            Ok(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_uncommitted_blocks_are_read() {
        let xml = "\u{feff}<?xml version=\"1.0\"?><BlockList><CommittedBlocks><Block><Name>YQ==</Name><Size>1</Size></Block></CommittedBlocks><UncommittedBlocks><Block><Name>Yg==</Name><Size>8388608</Size></Block></UncommittedBlocks></BlockList>";
        assert_eq!(
            blocks_of(xml),
            HashMap::from([("Yg==".to_owned(), 8_388_608)])
        );
        for nothing in ["", "<a>", "<BlockList><UncommittedBlocks />", "no xml"] {
            assert!(blocks_of(nothing).is_empty(), "{nothing}");
        }
    }
}
