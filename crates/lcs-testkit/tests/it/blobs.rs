//! Backups behind signed URLs, as clients of Azure Blob Storage read them.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::SignedDuration;
use lcs_testkit::TestCloud;
use reqwest::{Client, StatusCode};
use sha2::{Digest as _, Sha256};

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
    assert_eq!(
        status(written).await,
        (405, "UnsupportedHttpVerb".to_owned())
    );
    assert_eq!(status(client.get(&url)).await.0, 200);
    cloud.clock.advance(SignedDuration::from_hours(24));
    assert_eq!(status(client.get(&url)).await, refused);
}
