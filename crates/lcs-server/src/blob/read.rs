//! `Get Blob` and `HEAD`: one range, conditions, checksums. The SHA-256 comes as metadata,
//! `x-ms-meta-sha256`.

use std::io::SeekFrom;

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::{ArtifactKey, BlobProperties, Permission};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use super::{
    SIGNED_VERSION, block_list,
    conditions::check_read,
    error::BlobError,
    opened, parameter,
    range::{self, RequestedRange},
};
use crate::{context::RequestContext, state::Services};

/// Large enough that copying is bound by the disk, small enough for many downloads at once.
const CHUNK: usize = 256 * 1024;
/// The largest range whose own MD5 is computed ("Get Blob": `x-ms-range-get-content-md5`).
const LARGEST_HASHED_RANGE: u64 = 4 * 1024 * 1024;

/// `GET` and `HEAD /blob/{key}`.
pub(crate) async fn read(
    State(services): State<Services>,
    context: RequestContext,
    method: Method,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let call = Call {
        method,
        path,
        query,
        headers,
    };
    match answer(&services, &call).await {
        Ok(response) => response,
        Err(error) => error.answer(&context),
    }
}

struct Call {
    method: Method,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
}

async fn answer(services: &Services, call: &Call) -> Result<Response, BlobError> {
    let query = call.query.as_deref();
    match parameter(query, "comp").as_deref() {
        None => {}
        Some("blocklist") => return list_blocks(services, call).await,
        Some(_) => return Err(BlobError::InvalidQuery("comp")),
    }
    let key = opened(services, &call.path, query, Permission::Read)?;
    let properties = properties(services, &key)
        .await?
        .ok_or(BlobError::NotFound)?;
    check_read(&call.headers, &properties)?;
    let length = properties.checksums.size_bytes;
    let header = |name: &str| call.headers.get(name).and_then(|value| value.to_str().ok());
    let (status, start, size) =
        match range::requested(header("x-ms-range").or_else(|| header("range")), length) {
            RequestedRange::Whole => (StatusCode::OK, 0, length),
            RequestedRange::Part { start, end } => {
                (StatusCode::PARTIAL_CONTENT, start, end - start + 1)
            }
            RequestedRange::Unsatisfiable => return Err(BlobError::InvalidRange { length }),
        };
    if call.method == Method::HEAD {
        let response = (status, Body::empty()).into_response();
        return Ok(describe(response, &properties, start, size));
    }
    let wants_md5 = header("x-ms-range-get-content-md5") == Some("true");
    if wants_md5 && status == StatusCode::PARTIAL_CONTENT {
        if size > LARGEST_HASHED_RANGE {
            return Err(BlobError::InvalidHeader("x-ms-range-get-content-md5"));
        }
        let mut bytes = Vec::new();
        let mut part = part(services, &key, start, size).await?;
        part.read_to_end(&mut bytes)
            .await
            .map_err(|_| BlobError::NotFound)?;
        let md5 = STANDARD.encode(lcs_artifacts::md5_of(&bytes));
        let mut response = describe((status, bytes).into_response(), &properties, start, size);
        if let Ok(value) = HeaderValue::from_str(&md5) {
            response.headers_mut().insert("content-md5", value);
        }
        return Ok(response);
    }
    let part = part(services, &key, start, size).await?;
    let body = Body::from_stream(ReaderStream::with_capacity(part, CHUNK));
    let response = (status, body).into_response();
    Ok(describe(response, &properties, start, size))
}

/// What is known of a blob, without blocking.
pub(super) async fn properties(
    services: &Services,
    key: &ArtifactKey,
) -> Result<Option<BlobProperties>, BlobError> {
    let (artifacts, key) = (services.artifacts.clone(), key.clone());
    let found = tokio::task::spawn_blocking(move || artifacts.properties(&key)).await;
    Ok(found.map_err(|_| BlobError::NotFound)??)
}

async fn part(
    services: &Services,
    key: &ArtifactKey,
    start: u64,
    size: u64,
) -> Result<tokio::io::Take<tokio::fs::File>, BlobError> {
    // It may have been removed a moment ago.
    let gone = |_| BlobError::NotFound;
    let mut file = tokio::fs::File::open(services.artifacts.path_of(key))
        .await
        .map_err(gone)?;
    file.seek(SeekFrom::Start(start)).await.map_err(gone)?;
    Ok(file.take(size))
}

async fn list_blocks(services: &Services, call: &Call) -> Result<Response, BlobError> {
    let query = call.query.as_deref();
    let key = opened(services, &call.path, query, Permission::Write)?;
    let artifacts = services.artifacts.clone();
    let blocks = tokio::task::spawn_blocking(move || artifacts.uncommitted_blocks(&key)).await;
    let blocks = blocks.map_err(|_| BlobError::NotFound)??;
    let mut response = block_list::write(&blocks).into_response();
    let xml = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(header::CONTENT_TYPE, xml);
    Ok(response)
}

/// Adds the headers to an answer with `size` bytes from `start` on.
fn describe(mut response: Response, blob: &BlobProperties, start: u64, size: u64) -> Response {
    let is_part = response.status() == StatusCode::PARTIAL_CONTENT;
    let (length, md5) = (
        blob.checksums.size_bytes,
        STANDARD.encode(blob.checksums.md5),
    );
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    let content_type = blob.content_type.as_deref();
    set(
        "content-type",
        content_type.unwrap_or("application/octet-stream"),
    );
    set("content-length", &size.to_string());
    set("accept-ranges", "bytes");
    set("etag", &blob.etag());
    set("last-modified", &http_date(blob));
    set("x-ms-blob-type", "BlockBlob");
    set("x-ms-version", SIGNED_VERSION);
    set("x-ms-meta-sha256", &hexadecimal(&blob.checksums.sha256));
    set("cache-control", "private, no-store");
    if is_part {
        let last = start + size - 1;
        set("content-range", &format!("bytes {start}-{last}/{length}"));
        // `Content-MD5` would be that of the range; the blob's own has another name there.
        set("x-ms-blob-content-md5", &md5);
    } else {
        set("content-md5", &md5);
    }
    response
}

pub(super) fn http_date(blob: &BlobProperties) -> String {
    blob.modified_at
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string()
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}
