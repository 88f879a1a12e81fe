//! `Get Blob` and `HEAD`: one range, conditions, checksums. The SHA-256 comes as metadata,
//! `x-ms-meta-sha256`. `Get Block List`.

use std::{
    fs::File,
    io::{self, Read as _, Seek as _, SeekFrom},
};

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::{ArtifactKey, ArtifactStore, BlobProperties, Permission};
use tokio::io::AsyncReadExt as _;
use tokio_util::io::ReaderStream;

use super::{
    answered, block_list, blocking,
    conditions::check_read,
    error::BlobError,
    opened, parameter,
    range::{self, RequestedRange},
    version::Version,
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
    let version = Version::of(&headers);
    let call = Call {
        method,
        path,
        query,
        headers,
    };
    let response = match answer(&services, &call).await {
        Ok(response) => response,
        Err(error) => error.answer(&context),
    };
    answered(version, response)
}

struct Call {
    method: Method,
    path: String,
    query: Option<String>,
    headers: HeaderMap,
}

impl Call {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

async fn answer(services: &Services, call: &Call) -> Result<Response, BlobError> {
    let query = call.query.as_deref();
    let key = opened(services, &call.path, query, Permission::Read)?;
    match parameter(query, "comp").as_deref() {
        None => get_blob(services, call, key).await,
        Some("blocklist") if call.method == Method::GET => list_blocks(services, query, key).await,
        Some(_) => Err(BlobError::InvalidQuery("comp")),
    }
}

async fn get_blob(
    services: &Services,
    call: &Call,
    key: ArtifactKey,
) -> Result<Response, BlobError> {
    // From here on these bytes are read, even if others get the name.
    let (file, blob) = blocking(services, move |artifacts| Ok(artifacts.open_blob(&key)?))
        .await?
        .ok_or(BlobError::NotFound)?;
    check_read(&call.headers, &blob)?;
    let part = Part::of(call, &blob)?;
    if call.method == Method::HEAD {
        return Ok(part.describe(Body::empty(), &blob));
    }
    let wants_md5 = call.header("x-ms-range-get-content-md5") == Some("true");
    if !wants_md5 {
        let file = blocking(services, move |_| part.sought(file)).await?;
        let file = tokio::fs::File::from_std(file).take(part.size);
        let body = Body::from_stream(ReaderStream::with_capacity(file, CHUNK));
        return Ok(part.describe(body, &blob));
    }
    if part.status != StatusCode::PARTIAL_CONTENT || part.size > LARGEST_HASHED_RANGE {
        return Err(BlobError::InvalidHeader("x-ms-range-get-content-md5"));
    }
    let bytes = blocking(services, move |_| {
        let mut bytes = Vec::new();
        let read = part.sought(file)?.take(part.size).read_to_end(&mut bytes);
        read.map_err(unreadable)?;
        Ok(bytes)
    })
    .await?;
    let md5 = STANDARD.encode(lcs_artifacts::md5_of(&bytes));
    let mut response = part.describe(Body::from(bytes), &blob);
    set(&mut response, "content-md5", &md5);
    Ok(response)
}

/// What part of a blob is answered.
#[derive(Debug, Clone, Copy)]
struct Part {
    status: StatusCode,
    start: u64,
    size: u64,
}

impl Part {
    fn of(call: &Call, blob: &BlobProperties) -> Result<Self, BlobError> {
        let length = blob.checksums.size_bytes;
        let wanted = call.header("x-ms-range").or_else(|| call.header("range"));
        match range::requested(wanted, length) {
            RequestedRange::Whole => Ok(Self {
                status: StatusCode::OK,
                start: 0,
                size: length,
            }),
            RequestedRange::Part { start, end } => Ok(Self {
                status: StatusCode::PARTIAL_CONTENT,
                start,
                size: end - start + 1,
            }),
            RequestedRange::Unsatisfiable => Err(BlobError::InvalidRange { length }),
        }
    }

    fn sought(self, mut file: File) -> Result<File, BlobError> {
        file.seek(SeekFrom::Start(self.start)).map_err(unreadable)?;
        Ok(file)
    }

    fn describe(self, body: Body, blob: &BlobProperties) -> Response {
        let mut response = (self.status, body).into_response();
        for (name, value) in &blob.metadata {
            let name = HeaderName::try_from(format!("x-ms-meta-{name}"));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        let length = blob.checksums.size_bytes;
        let md5 = STANDARD.encode(blob.checksums.md5);
        let content_type = blob.content_type.as_deref();
        for (name, value) in [
            (
                "content-type",
                content_type.unwrap_or("application/octet-stream"),
            ),
            ("content-length", &self.size.to_string()),
            ("accept-ranges", "bytes"),
            ("etag", &blob.etag()),
            ("last-modified", &http_date(blob)),
            ("x-ms-blob-type", "BlockBlob"),
            ("x-ms-meta-sha256", &hexadecimal(&blob.checksums.sha256)),
            ("cache-control", "private, no-store"),
        ] {
            set(&mut response, name, value);
        }
        if self.status == StatusCode::PARTIAL_CONTENT {
            let (start, last) = (self.start, self.start + self.size - 1);
            let range = format!("bytes {start}-{last}/{length}");
            set(&mut response, "content-range", &range);
            // `Content-MD5` would be that of the range; the blob's own has another name there.
            set(&mut response, "x-ms-blob-content-md5", &md5);
        } else {
            set(&mut response, "content-md5", &md5);
        }
        response
    }
}

fn unreadable(source: io::Error) -> BlobError {
    ArtifactStore::failure("read", std::path::Path::new("blob"), source).into()
}

/// Without a type that is asked for, the committed ones, as Azure has it.
async fn list_blocks(
    services: &Services,
    query: Option<&str>,
    key: ArtifactKey,
) -> Result<Response, BlobError> {
    let (committed, uncommitted) = match parameter(query, "blocklisttype").as_deref() {
        None | Some("committed") => (true, false),
        Some("uncommitted") => (false, true),
        Some("all") => (true, true),
        Some(_) => return Err(BlobError::InvalidQuery("blocklisttype")),
    };
    let (blob, made_of, waiting) = blocking(services, move |artifacts| {
        let blob = artifacts.properties(&key)?;
        let made_of = artifacts.committed_blocks(&key)?;
        Ok((blob, made_of, artifacts.uncommitted_blocks(&key)?))
    })
    .await?;
    if blob.is_none() && waiting.is_empty() {
        return Err(BlobError::NotFound);
    }
    let made_of = made_of.into_iter().map(|it| (it.id, it.size_bytes));
    let waiting = waiting.into_iter().map(|it| (it.id, it.size_bytes));
    let list = block_list::write(
        committed.then(|| made_of.collect()),
        uncommitted.then(|| waiting.collect()),
    );
    let mut response = list.into_response();
    set(&mut response, "content-type", "application/xml");
    if let Some(blob) = blob {
        let length = blob.checksums.size_bytes.to_string();
        set(&mut response, "x-ms-blob-content-length", &length);
        set(&mut response, "etag", &blob.etag());
        set(&mut response, "last-modified", &http_date(&blob));
    }
    Ok(response)
}

/// A value that no header can hold is left out.
fn set(response: &mut Response, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
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
