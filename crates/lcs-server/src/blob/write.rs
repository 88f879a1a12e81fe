//! `Put Blob`, `Put Block`, `Put Block List`. Bodies go to the disk as they come.

use std::path::PathBuf;

use axum::{
    body::Body,
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::{ArtifactKey, ArtifactStore, BlobProperties, Description, Md5Sum, Permission};
use lcs_types::TraceId;
use tokio::io::AsyncWriteExt as _;
use tokio_stream::StreamExt as _;

use super::{
    answered, block_list, blocking, conditions::check_write, error::BlobError, metadata, opened,
    parameter, read::http_date, version::Version,
};
use crate::{context::RequestContext, state::Services};

/// A list of 50,000 ids of 64 bytes, with its tags.
const LARGEST_BLOCK_LIST: u64 = 8 * 1024 * 1024;

/// `PUT /blob/{key}`.
pub(crate) async fn write(
    State(services): State<Services>,
    context: RequestContext,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let call = Call {
        path,
        query,
        version: Version::of(&headers),
        headers,
        id: context.trace_id,
    };
    let response = match answer(&services, &call, body).await {
        Ok(response) => response,
        Err(error) => error.answer(&context),
    };
    answered(call.version, response)
}

struct Call {
    path: String,
    query: Option<String>,
    headers: HeaderMap,
    version: Version,
    /// So that requests for one blob do not write to one file.
    id: TraceId,
}

async fn answer(services: &Services, call: &Call, body: Body) -> Result<Response, BlobError> {
    let query = call.query.as_deref();
    let key = opened(services, &call.path, query, Permission::Write)?;
    match parameter(query, "comp").as_deref() {
        None => put_blob(services, call, key, body).await,
        Some("block") => put_block(services, call, key, body).await,
        Some("blocklist") => put_block_list(services, call, key, body).await,
        Some(_) => Err(BlobError::InvalidQuery("comp")),
    }
}

async fn put_blob(
    services: &Services,
    call: &Call,
    key: ArtifactKey,
    body: Body,
) -> Result<Response, BlobError> {
    match call.header("x-ms-blob-type") {
        Some("BlockBlob") => {}
        Some(_) => return Err(BlobError::InvalidHeader("x-ms-blob-type")),
        None => return Err(BlobError::MissingHeader("x-ms-blob-type")),
    }
    let description = Description {
        content_type: call
            .text("x-ms-blob-content-type")
            .or_else(|| call.text("content-type")),
        metadata: metadata::read(&call.headers)?,
        committed_at: services.clock.now(),
    };
    check_early(services, call, &key).await?;
    let received = receive(services, call, &key, body, call.version.largest_blob()).await?;
    let headers = call.headers.clone();
    let blob = blocking(services, move |artifacts| {
        let check = |there: Option<&BlobProperties>| check_write(&headers, there);
        artifacts.commit_whole(&key, &received.incoming, description, check)
    })
    .await?;
    Ok(created(Some(&blob), &blob.checksums.md5))
}

async fn put_block(
    services: &Services,
    call: &Call,
    key: ArtifactKey,
    body: Body,
) -> Result<Response, BlobError> {
    let id = parameter(call.query.as_deref(), "blockid")
        .and_then(|id| block_list::id(&id))
        .ok_or(BlobError::InvalidQuery("blockid"))?;
    if call.header("content-length") == Some("0") {
        return Err(BlobError::InvalidHeader("Content-Length"));
    }
    let received = receive(services, call, &key, body, call.version.largest_block()).await?;
    let md5 = received.md5;
    blocking(services, move |artifacts| {
        Ok(artifacts.put_block(&key, &id, &received.incoming)?)
    })
    .await?;
    Ok(created(None, &md5))
}

async fn put_block_list(
    services: &Services,
    call: &Call,
    key: ArtifactKey,
    body: Body,
) -> Result<Response, BlobError> {
    let description = Description {
        // `Content-Type` is that of the list.
        content_type: call.text("x-ms-blob-content-type"),
        metadata: metadata::read(&call.headers)?,
        committed_at: services.clock.now(),
    };
    let announced = match call.header("x-ms-blob-content-md5") {
        Some(text) => Some(decoded(text)?),
        None => None,
    };
    check_early(services, call, &key).await?;
    let received = receive(services, call, &key, body, LARGEST_BLOCK_LIST).await?;
    let md5 = received.md5;
    let headers = call.headers.clone();
    let blob = blocking(services, move |artifacts| {
        let incoming = &received.incoming;
        let text = std::fs::read_to_string(incoming).map_err(|_| BlobError::InvalidXml)?;
        let blocks = block_list::read(&text)?;
        let check = |there: Option<&BlobProperties>| check_write(&headers, there);
        artifacts.commit_blocks(&key, &blocks, incoming, description, check)
    })
    .await?;
    // Azure keeps what is announced here without looking. Ours is that of the bytes.
    if announced.is_some_and(|announced| announced != blob.checksums.md5) {
        tracing::warn!("a committed blob does not have the MD5 that its uploader announced");
    }
    Ok(created(Some(&blob), &md5))
}

/// Whether it makes sense to send the bytes at all. What counts is decided when they have arrived.
async fn check_early(services: &Services, call: &Call, key: &ArtifactKey) -> Result<(), BlobError> {
    let key = key.clone();
    let there = blocking(services, move |artifacts| Ok(artifacts.properties(&key)?)).await?;
    if there.as_ref().is_some_and(|there| there.is_sealed) {
        return Err(BlobError::Sealed);
    }
    check_write(&call.headers, there.as_ref())
}

/// Bytes that have arrived whole. Their file is removed with this value unless it was moved away.
struct Received {
    incoming: PathBuf,
    md5: [u8; 16],
}

impl Drop for Received {
    fn drop(&mut self) {
        // It was moved away, or is of no use.
        let _ = std::fs::remove_file(&self.incoming);
    }
}

async fn receive(
    services: &Services,
    call: &Call,
    key: &ArtifactKey,
    body: Body,
    most: u64,
) -> Result<Received, BlobError> {
    let announced = call
        .header("content-length")
        .ok_or(BlobError::LengthMissing)?;
    let announced: u64 = announced
        .parse()
        .map_err(|_| BlobError::InvalidHeader("Content-Length"))?;
    if announced > most {
        return Err(BlobError::TooLarge);
    }
    let wanted = match call.header("content-md5") {
        Some(text) => Some(decoded(text)?),
        None => None,
    };
    if call.header("x-ms-content-crc64").is_some() {
        return Err(BlobError::InvalidHeader("x-ms-content-crc64"));
    }
    let (key, unique) = (key.clone(), call.id.to_string());
    let incoming = blocking(services, move |artifacts| {
        Ok(artifacts.incoming(&key, &unique)?)
    })
    .await?;
    let mut received = Received {
        incoming,
        md5: [0; 16],
    };
    let failed = |source| ArtifactStore::failure("write", &received.incoming, source);
    let mut file = tokio::fs::File::create(&received.incoming)
        .await
        .map_err(failed)?;
    let (mut sum, mut length) = (Md5Sum::default(), 0);
    let mut body = body.into_data_stream();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| BlobError::BrokenOff)?;
        length += chunk.len() as u64;
        if length > announced {
            return Err(BlobError::TooLarge);
        }
        sum.update(&chunk);
        file.write_all(&chunk).await.map_err(failed)?;
    }
    file.flush().await.map_err(failed)?;
    if length != announced {
        return Err(BlobError::BrokenOff);
    }
    let md5 = sum.finish();
    if wanted.is_some_and(|wanted| wanted != md5) {
        return Err(BlobError::Md5Mismatch);
    }
    received.md5 = md5;
    Ok(received)
}

fn decoded(md5: &str) -> Result<[u8; 16], BlobError> {
    let bytes = STANDARD.decode(md5).map_err(|_| BlobError::InvalidMd5)?;
    bytes.try_into().map_err(|_| BlobError::InvalidMd5)
}

/// 201; `Content-MD5` is that of the request's body.
fn created(blob: Option<&BlobProperties>, md5: &[u8; 16]) -> Response {
    let mut response = StatusCode::CREATED.into_response();
    let mut set = |name: header::HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(
        header::HeaderName::from_static("content-md5"),
        &STANDARD.encode(md5),
    );
    if let Some(blob) = blob {
        set(header::ETAG, &blob.etag());
        set(header::LAST_MODIFIED, &http_date(blob));
    }
    response
}

impl Call {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn text(&self, name: &str) -> Option<String> {
        self.header(name).map(str::to_owned)
    }
}
