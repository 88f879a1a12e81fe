//! Blobs behind signed URLs, as clients of Azure Blob Storage read and write them.

use std::io;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use lcs_testkit::TestCloud;
use reqwest::{Client, Method, RequestBuilder, StatusCode};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::raw::{Raw, plain};

/// A cloud with one backup, its URL, and a client that sends no token.
async fn exported() -> (TestCloud, String, Client) {
    let cloud = TestCloud::start().await.unwrap();
    let client_id = cloud.register().await.unwrap().client_id;
    let api = cloud.lcs(client_id, cloud.service_user()).await.unwrap();
    let project = cloud.facts().project_id;
    let uat = cloud.environment("Contoso-UAT").id;
    api.export(project, uat, &"blob".parse().unwrap())
        .await
        .unwrap();
    cloud.wait_until_idle().await;
    let url = api.databases(project).await.unwrap()[0]
        .file_location
        .clone();
    let pem = std::fs::read(&cloud.facts().ca_certificate).unwrap();
    let authority = reqwest::Certificate::from_pem(&pem).unwrap();
    let client = Client::builder()
        .tls_certs_merge([authority])
        .build()
        .unwrap();
    (cloud, url, client)
}

fn hexadecimal(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blob_is_described_and_served_whole_or_in_parts() {
    let (_cloud, url, client) = exported().await;
    let whole = client.get(&url).send().await.unwrap();
    let header = |name: &str| whole.headers()[name].to_str().unwrap().to_owned();
    let (etag, md5, sha256) = (
        header("etag"),
        header("content-md5"),
        header("x-ms-meta-sha256"),
    );
    assert_eq!(header("x-ms-blob-type"), "BlockBlob");
    let bytes = whole.bytes().await.unwrap();
    let digest = Sha256::digest(&bytes);
    assert_eq!(hexadecimal(&digest), sha256);
    assert_eq!(STANDARD.decode(md5).unwrap().len(), 16);

    let head = client.head(&url).send().await.unwrap();
    assert_eq!(
        head.headers()["content-length"],
        bytes.len().to_string().as_str()
    );
    assert_eq!(head.headers()["etag"], etag.as_str());

    let range = format!("bytes=10-{}", bytes.len() + 100);
    let part = client
        .get(&url)
        .header("range", range)
        .header("if-match", &etag);
    let part = part.send().await.unwrap();
    assert_eq!(part.status(), StatusCode::PARTIAL_CONTENT);
    let wanted = format!("bytes 10-{}/{}", bytes.len() - 1, bytes.len());
    assert_eq!(part.headers()["content-range"], wanted.as_str());
    assert_eq!(part.bytes().await.unwrap(), bytes.slice(10..));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_opens_only_what_it_names_unchanged_until_it_expires() {
    let (cloud, url, client) = exported().await;
    let status = async |request: reqwest::RequestBuilder| {
        let answer = request.send().await.unwrap();
        let code = answer
            .headers()
            .get("x-ms-error-code")
            .map(|code| code.to_str().unwrap().to_owned());
        (answer.status().as_u16(), code.unwrap_or_default())
    };
    let past_the_end = client.get(&url).header("range", "bytes=999999999-");
    assert_eq!(status(past_the_end).await, (416, "InvalidRange".to_owned()));
    let changed = client.get(&url).header("if-match", "\"0x0\"");
    assert_eq!(status(changed).await, (412, "ConditionNotMet".to_owned()));
    let refused = (403, "AuthenticationFailed".to_owned());
    assert_eq!(
        status(client.get(url.replace("sig=", "sig=A"))).await,
        refused
    );
    let other = url.replacen("product-ax7productname/", "product-ax7productname/0", 1);
    assert_eq!(status(client.get(other)).await, refused);
    let path = url.split('?').next().unwrap();
    assert_eq!(status(client.get(path)).await, refused);
    let written = client.put(&url).body("x");
    let only_to_read = (403, "AuthorizationPermissionMismatch".to_owned());
    assert_eq!(status(written).await, only_to_read);
    let unsupported = (405, "UnsupportedHttpVerb".to_owned());
    assert_eq!(status(client.delete(&url)).await, unsupported);
    assert_eq!(status(client.get(&url)).await.0, 200);
    cloud.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(status(client.get(&url)).await, refused);
}

/// A cloud, a URL to upload to, and a client that sends no token.
async fn to_upload() -> (TestCloud, String, String, Raw) {
    let cloud = TestCloud::start().await.unwrap();
    let raw = Raw::signed_in(&cloud).await;
    let new = json!({ "Name": "x", "FileName": "x.zip", "FileType": 29 });
    let create = raw.request(Method::POST, "/box/fileasset/CreateFileAsset/{project}");
    let asset: Value = create
        .json(&new)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let text = |name: &str| asset[name].as_str().unwrap().to_owned();
    (cloud, text("FileLocation"), text("Id"), raw)
}

async fn outcome(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    let code = answer.headers().get("x-ms-error-code");
    let code = code.map(|code| code.to_str().unwrap().to_owned());
    (answer.status().as_u16(), code.unwrap_or_default())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_blob_does_not_take_is_refused_as_azure_words_it() {
    let (cloud, url, _, _) = to_upload().await;
    let client = plain(&cloud);
    let put = |url: &str| client.put(url).header("x-ms-blob-type", "BlockBlob");
    let block = |id: &str| client.put(format!("{url}&comp=block&blockid={id}"));
    let list = |ids: &str| {
        let list = client.put(format!("{url}&comp=blocklist"));
        list.body(format!("<BlockList>{ids}</BlockList>"))
    };
    let large = "x".repeat(4 * 1024 * 1024 + 1);
    let unannounced = reqwest::Body::wrap_stream(tokio_stream::iter([Ok::<_, io::Error>("x")]));
    for (request, status, code) in [
        (client.get(&url), 404, "BlobNotFound"),
        (client.put(&url).body("x"), 400, "MissingRequiredHeader"),
        (
            client
                .put(&url)
                .header("x-ms-blob-type", "PageBlob")
                .body("x"),
            400,
            "InvalidHeaderValue",
        ),
        (
            put(&url).body(unannounced),
            411,
            "MissingContentLengthHeader",
        ),
        (
            put(&url).header("content-md5", "x").body("x"),
            400,
            "InvalidMd5",
        ),
        (
            put(&url)
                .header("content-md5", STANDARD.encode([0; 16]))
                .body("x"),
            400,
            "Md5Mismatch",
        ),
        (
            put(&url).header("if-match", "*").body("x"),
            412,
            "ConditionNotMet",
        ),
        (
            put(&format!("{url}&comp=page")).body("x"),
            400,
            "InvalidQueryParameterValue",
        ),
        (block("").body("x"), 400, "InvalidQueryParameterValue"),
        (
            block("YQ%3D%3D").body(large.clone()),
            413,
            "RequestBodyTooLarge",
        ),
        (
            block("YQ%3D%3D")
                .header("x-ms-version", "2019-12-12")
                .body(large),
            201,
            "",
        ),
        (block("YWE%3D").body("x"), 400, "InvalidBlobOrBlock"),
        (list("<Latest>Yg==</Latest>"), 400, "InvalidBlockList"),
        (list("<Latest>Yg=="), 400, "InvalidXmlDocument"),
        (client.get(&url), 404, "BlobNotFound"),
        (list("<Latest>YQ==</Latest><Latest>YQ==</Latest>"), 201, ""),
        (
            put(&url).header("if-none-match", "*").body("x"),
            409,
            "BlobAlreadyExists",
        ),
        (client.get(&url), 200, ""),
    ] {
        assert_eq!(outcome(request).await, (status, code.to_owned()));
    }
    let twice = client.head(&url).send().await.unwrap();
    assert_eq!(twice.headers()["content-length"], "8388610");
    cloud.clock.advance(SignedDuration::from_hours(24));
    let expired = (403, "AuthenticationFailed".to_owned());
    assert_eq!(outcome(put(&url).body("x")).await, expired);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_deleted_from_the_library_is_not_written_again_by_a_url_that_is_still_good() {
    let (cloud, url, id, raw) = to_upload().await;
    let put = || {
        let put = plain(&cloud).put(&url);
        put.header("x-ms-blob-type", "BlockBlob").body("x")
    };
    assert_eq!(outcome(put()).await.0, 201);
    let delete = format!("/box/fileasset/DeleteFileAsset/{{project}}?assetId={id}");
    assert_eq!(raw.send(Method::POST, &delete).await.status(), 200);
    let refused = (409, "BlobImmutableDueToPolicy".to_owned());
    assert_eq!(outcome(put()).await, refused);
    let block = plain(&cloud).put(format!("{url}&comp=block&blockid=YQ%3D%3D"));
    assert_eq!(outcome(block.body("x")).await, refused);
    let gone = (404, "BlobNotFound".to_owned());
    assert_eq!(outcome(plain(&cloud).get(&url)).await, gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_committed_to_the_library_is_not_changed_by_a_url_that_is_still_good() {
    let (cloud, url, id, raw) = to_upload().await;
    let put = || {
        let put = plain(&cloud).put(&url);
        put.header("x-ms-blob-type", "BlockBlob").body("x")
    };
    assert_eq!(outcome(put()).await.0, 201);
    assert_eq!(outcome(put()).await.0, 201);
    let commit = format!("/box/fileasset/CommitFileAsset/{{project}}?assetId={id}");
    assert_eq!(raw.send(Method::POST, &commit).await.status(), 204);
    let sealed = (409, "BlobImmutableDueToPolicy".to_owned());
    assert_eq!(outcome(put()).await, sealed);
    let block = plain(&cloud).put(format!("{url}&comp=block&blockid=YQ%3D%3D"));
    assert_eq!(outcome(block.body("x")).await, sealed);
}
