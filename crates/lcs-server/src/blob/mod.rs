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
    let key: ArtifactKey = match path.parse() {
        Ok(key) => key,
        Err(_) => return not_found(&context),
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
            return storage_error(
                &context,
                StatusCode::INTERNAL_SERVER_ERROR,
                "InternalError",
                "The server encountered an internal error. Please retry the request.",
            );
        }
    };
    let etag = format!("\"0x{}\"", hex(&backup.sha256[..8]));
    if headers
        .get(header::IF_MATCH)
        .is_some_and(|wanted| wanted != "*" && wanted != etag.as_str())
    {
        return storage_error(
            &context,
            StatusCode::PRECONDITION_FAILED,
            "ConditionNotMet",
            "The condition specified using HTTP conditional header(s) is not met.",
        );
    }
    let length = backup.size_bytes;
    let wanted = headers
        .get(header::RANGE)
        .or_else(|| headers.get("x-ms-range"));
    let range = range::requested(wanted.and_then(|value| value.to_str().ok()), length);
    let (status, start, size) = match range {
        RequestedRange::Whole => (StatusCode::OK, 0, length),
        RequestedRange::Part { start, end } => {
            (StatusCode::PARTIAL_CONTENT, start, end - start + 1)
        }
        RequestedRange::Unsatisfiable => return unsatisfiable(&context, length),
    };
    let body = if method == Method::HEAD {
        Body::empty()
    } else {
        match stream(&services, &key, start, size).await {
            Ok(body) => body,
            Err(error) => {
                failure::log(&context, &error);
                return not_found(&context);
            }
        }
    };
    let mut response = (status, body).into_response();
    let md5 = STANDARD.encode(backup.md5);
    let modified = backup
        .created_at
        .strftime("%a, %d %b %Y %H:%M:%S GMT")
        .to_string();
    let mut set = |name: &'static str, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set("content-type", "application/octet-stream");
    set("content-length", &size.to_string());
    set("accept-ranges", "bytes");
    set("etag", &etag);
    set("last-modified", &modified);
    set("x-ms-blob-type", "BlockBlob");
    set("x-ms-version", "2015-12-11");
    set("x-ms-meta-sha256", &hex(&backup.sha256));
    set("cache-control", "private, no-store");
    if status == StatusCode::PARTIAL_CONTENT {
        set(
            "content-range",
            &format!("bytes {start}-{}/{length}", start + size - 1),
        );
        // `Content-MD5` would be that of the range; the blob's own has another name there.
        set("x-ms-blob-content-md5", &md5);
    } else {
        set("content-md5", &md5);
    }
    response
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
