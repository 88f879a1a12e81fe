//! Backups behind signed URLs, as a client of Azure Blob Storage expects to read a block blob.
//!
//! GET and HEAD with one range; `ETag`, `Content-MD5`, `Last-Modified`, `If-Match`; errors as
//! Azure Storage's XML. The SHA-256 comes as metadata, `x-ms-meta-sha256`. Uploading is not
//! served yet, and says so.

mod range;

use std::io::SeekFrom;

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::{ArtifactKey, SignatureRefusal};
use lcs_projects::Backup;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::ReaderStream;

use self::range::RequestedRange;
use crate::{context::RequestContext, failure, state::Services};

/// Large enough that copying is bound by the disk, small enough for many downloads at once.
const CHUNK: usize = 256 * 1024;

/// `GET` and `HEAD /blob/{key}`.
pub(crate) async fn read(
    State(services): State<Services>,
    context: RequestContext,
    method: Method,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
) -> Response {
    let Ok(key) = path.parse::<ArtifactKey>() else {
        return not_found(&context);
    };
    let query = query.unwrap_or_default();
    if let Err(refusal) = services
        .url_signer
        .verify(&key, &query, services.clock.now())
    {
        return not_authorised(&context, refusal);
    }
    let backup = match services.projects.backup_by_artifact(key.as_str()).await {
        Ok(Some(backup)) => backup,
        Ok(None) => return not_found(&context),
        Err(error) => {
            failure::log(&context, &error);
            return internal_error(&context);
        }
    };
    let properties = BlobProperties::of(&backup);
    let matches = |wanted: &HeaderValue| wanted == "*" || wanted == properties.etag.as_str();
    if headers
        .get(header::IF_MATCH)
        .is_some_and(|wanted| !matches(wanted))
    {
        return changed(&context);
    }
    let wanted = headers
        .get(header::RANGE)
        .or_else(|| headers.get("x-ms-range"));
    let wanted = wanted.and_then(|value| value.to_str().ok());
    let (status, start, size) = match range::requested(wanted, properties.length) {
        RequestedRange::Whole => (StatusCode::OK, 0, properties.length),
        RequestedRange::Part { start, end } => {
            (StatusCode::PARTIAL_CONTENT, start, end - start + 1)
        }
        RequestedRange::Unsatisfiable => return unsatisfiable(&context, properties.length),
    };
    if method == Method::HEAD {
        return properties.describe((status, Body::empty()).into_response(), start, size);
    }
    match stream(&services, &key, start, size).await {
        Ok(body) => properties.describe((status, body).into_response(), start, size),
        Err(error) => {
            failure::log(&context, &error);
            not_found(&context)
        }
    }
}

/// What the headers of a blob say.
struct BlobProperties {
    length: u64,
    etag: String,
    md5: String,
    sha256: String,
    modified: String,
}

impl BlobProperties {
    fn of(backup: &Backup) -> Self {
        Self {
            length: backup.size_bytes,
            etag: format!("\"0x{}\"", hex(&backup.sha256[..8])),
            md5: STANDARD.encode(backup.md5),
            sha256: hex(&backup.sha256),
            modified: backup
                .created_at
                .strftime("%a, %d %b %Y %H:%M:%S GMT")
                .to_string(),
        }
    }

    /// Adds the headers to an answer with `size` bytes from `start` on.
    fn describe(&self, mut response: Response, start: u64, size: u64) -> Response {
        let is_part = response.status() == StatusCode::PARTIAL_CONTENT;
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                response.headers_mut().insert(name, value);
            }
        };
        set("content-type", "application/octet-stream");
        set("content-length", &size.to_string());
        set("accept-ranges", "bytes");
        set("etag", &self.etag);
        set("last-modified", &self.modified);
        set("x-ms-blob-type", "BlockBlob");
        set("x-ms-version", "2015-12-11");
        set("x-ms-meta-sha256", &self.sha256);
        set("cache-control", "private, no-store");
        if is_part {
            set(
                "content-range",
                &format!("bytes {start}-{}/{}", start + size - 1, self.length),
            );
            // `Content-MD5` would be that of the range; the blob's own has another name there.
            set("x-ms-blob-content-md5", &self.md5);
        } else {
            set("content-md5", &self.md5);
        }
        response
    }
}

async fn stream(
    services: &Services,
    key: &ArtifactKey,
    start: u64,
    size: u64,
) -> std::io::Result<Body> {
    let mut file = tokio::fs::File::open(services.artifacts.path_of(key)).await?;
    file.seek(SeekFrom::Start(start)).await?;
    Ok(Body::from_stream(ReaderStream::with_capacity(
        file.take(size),
        CHUNK,
    )))
}

fn not_authorised(context: &RequestContext, refusal: SignatureRefusal) -> Response {
    let detail = match refusal {
        SignatureRefusal::Expired => "Signature not valid in the specified time frame.",
        SignatureRefusal::Malformed | SignatureRefusal::Wrong => "Signature did not match.",
    };
    let message = format!(
        "Server failed to authenticate the request. Make sure the value of Authorization header is formed correctly including the signature. {detail}"
    );
    storage_error(
        context,
        StatusCode::FORBIDDEN,
        "AuthenticationFailed",
        &message,
    )
}

fn internal_error(context: &RequestContext) -> Response {
    let message = "The server encountered an internal error. Please retry the request.";
    storage_error(
        context,
        StatusCode::INTERNAL_SERVER_ERROR,
        "InternalError",
        message,
    )
}

fn changed(context: &RequestContext) -> Response {
    let message = "The condition specified using HTTP conditional header(s) is not met.";
    storage_error(
        context,
        StatusCode::PRECONDITION_FAILED,
        "ConditionNotMet",
        message,
    )
}

fn not_found(context: &RequestContext) -> Response {
    storage_error(
        context,
        StatusCode::NOT_FOUND,
        "BlobNotFound",
        "The specified blob does not exist.",
    )
}

fn unsatisfiable(context: &RequestContext, length: u64) -> Response {
    let mut response = storage_error(
        context,
        StatusCode::RANGE_NOT_SATISFIABLE,
        "InvalidRange",
        "The range specified is invalid for the current size of the resource.",
    );
    if let Ok(value) = HeaderValue::from_str(&format!("bytes */{length}")) {
        response.headers_mut().insert(header::CONTENT_RANGE, value);
    }
    response
}

/// Azure Storage's error body; no value in it comes from the request.
pub(crate) fn storage_error(
    context: &RequestContext,
    status: StatusCode,
    code: &'static str,
    message: &str,
) -> Response {
    let body = format!(
        "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code><Message>{message}\nRequestId:{}</Message></Error>",
        context.trace_id
    );
    let mut response = (status, body).into_response();
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/xml"),
    );
    response
        .headers_mut()
        .insert("x-ms-error-code", HeaderValue::from_static(code));
    response
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// Writing to a blob.
pub(crate) fn unsupported(context: &RequestContext) -> Response {
    storage_error(
        context,
        StatusCode::METHOD_NOT_ALLOWED,
        "UnsupportedHttpVerb",
        "The local cloud serves backups for reading only.",
    )
}
