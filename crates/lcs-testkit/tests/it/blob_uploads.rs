//! Uploads by signed URL, as clients of Azure Blob Storage see them: what stays beside the bytes, lists
//! of blocks, and several uploaders at a time.

use std::{convert::Infallible, path::Path, time::Duration};

use jiff::SignedDuration;
use lcs_testkit::TestCloud;
use reqwest::{Body, Client, Method, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;

use crate::raw::{Raw, plain};

/// An asset that waits for its upload.
struct Upload {
    cloud: TestCloud,
    raw: Raw,
    client: Client,
    url: String,
    id: String,
}

impl Upload {
    async fn begin() -> Self {
        let cloud = TestCloud::start().await.unwrap();
        let raw = Raw::signed_in(&cloud).await;
        let new = json!({ "Name": "x", "FileName": "x.zip", "FileType": 29 });
        let create = raw.request(Method::POST, "/box/fileasset/CreateFileAsset/{project}");
        let asset = create.json(&new).send().await.unwrap();
        let asset: Value = asset.json().await.unwrap();
        let text = |name: &str| asset[name].as_str().unwrap().to_owned();
        Self {
            client: plain(&cloud),
            url: text("FileLocation"),
            id: text("Id"),
            cloud,
            raw,
        }
    }

    fn put(&self, body: impl Into<Body>) -> RequestBuilder {
        let put = self.client.put(&self.url);
        put.header("x-ms-blob-type", "BlockBlob").body(body)
    }

    async fn put_block(&self, id: &str, content: &'static str) {
        let block = self
            .client
            .put(format!("{}&comp=block&blockid={id}%3D%3D", self.url));
        assert_eq!(outcome(block.body(content)).await.0, 201);
    }

    fn put_list(&self, list: &str) -> RequestBuilder {
        let put = self.client.put(format!("{}&comp=blocklist", self.url));
        put.body(format!("<BlockList>{list}</BlockList>"))
    }

    async fn get(&self) -> Response {
        self.client.get(&self.url).send().await.unwrap()
    }

    async fn content(&self) -> String {
        self.get().await.text().await.unwrap()
    }

    async fn commit(&self) -> StatusCode {
        let path = format!(
            "/box/fileasset/CommitFileAsset/{{project}}?assetId={}",
            self.id
        );
        self.raw.send(Method::POST, &path).await.status()
    }

    /// Waits until the server has begun to write the bytes of an upload down.
    async fn until_bytes_arrive(&self) {
        let uploads = self.cloud.folder().join("data/artifacts/.uploads");
        while !has_incoming(&uploads) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

fn has_incoming(folder: &Path) -> bool {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return false;
    };
    entries.flatten().any(|entry| {
        let path = entry.path();
        path.extension().is_some_and(|it| it == "incoming") || has_incoming(&path)
    })
}

async fn outcome(request: RequestBuilder) -> (u16, String) {
    let answer = request.send().await.unwrap();
    let code = answer.headers().get("x-ms-error-code");
    let code = code.map(|code| code.to_str().unwrap().to_owned());
    (answer.status().as_u16(), code.unwrap_or_default())
}

/// A body that ends when the test says so.
fn held_back() -> (
    mpsc::UnboundedSender<Result<&'static str, Infallible>>,
    Body,
) {
    let (sender, receiver) = mpsc::unbounded_channel();
    let body = Body::wrap_stream(UnboundedReceiverStream::new(receiver));
    (sender, body)
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_uploaders_who_want_to_be_first_one_is() {
    let upload = Upload::begin().await;
    let (rest, body) = held_back();
    let slow = upload.put(body).header("content-length", "4");
    let slow = tokio::spawn(outcome(slow.header("if-none-match", "*")));
    rest.send(Ok("sl")).unwrap();
    upload.until_bytes_arrive().await;
    let quick = upload.put("quick").header("if-none-match", "*");
    assert_eq!(outcome(quick).await.0, 201);
    rest.send(Ok("ow")).unwrap();
    drop(rest);
    let refused = (409, "BlobAlreadyExists".to_owned());
    assert_eq!(slow.await.unwrap(), refused);
    assert_eq!(upload.content().await, "quick");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_began_before_the_commit_does_not_change_the_asset_after_it() {
    let upload = Upload::begin().await;
    assert_eq!(outcome(upload.put("good")).await.0, 201);
    let (rest, body) = held_back();
    let slow = upload.put(body).header("content-length", "4");
    let slow = tokio::spawn(outcome(slow));
    rest.send(Ok("ev")).unwrap();
    upload.until_bytes_arrive().await;
    assert_eq!(upload.commit().await, StatusCode::NO_CONTENT);
    rest.send(Ok("il")).unwrap();
    drop(rest);
    let refused = (409, "BlobImmutableDueToPolicy".to_owned());
    assert_eq!(slow.await.unwrap(), refused);
    assert_eq!(upload.content().await, "good");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_is_on_its_way_outlives_the_commit_of_others() {
    let upload = Upload::begin().await;
    let (rest, body) = held_back();
    let slow = upload
        .client
        .put(format!("{}&comp=block&blockid=Yg%3D%3D", upload.url));
    let slow = tokio::spawn(outcome(slow.header("content-length", "4").body(body)));
    rest.send(Ok("sl")).unwrap();
    upload.until_bytes_arrive().await;
    upload.put_block("YQ", "quick ").await;
    assert_eq!(
        outcome(upload.put_list("<Latest>YQ==</Latest>")).await.0,
        201
    );
    rest.send(Ok("ow")).unwrap();
    drop(rest);
    assert_eq!(slow.await.unwrap(), (201, String::new()));
    let both = upload.put_list("<Committed>YQ==</Committed><Uncommitted>Yg==</Uncommitted>");
    assert_eq!(outcome(both).await.0, 201);
    assert_eq!(upload.content().await, "quick slow");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_the_blob_as_it_was() {
    let upload = Upload::begin().await;
    assert_eq!(outcome(upload.put("whole")).await.0, 201);
    let (rest, body) = held_back();
    let broken = upload.put(body).header("content-length", "9");
    let broken = tokio::spawn(broken.send());
    rest.send(Ok("half")).unwrap();
    upload.until_bytes_arrive().await;
    broken.abort();
    assert!(broken.await.unwrap_err().is_cancelled());
    drop(rest);
    assert_eq!(upload.content().await, "whole");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_of_blocks_name_what_the_blob_is_made_of_and_what_waits() {
    let upload = Upload::begin().await;
    let listed = async |kind: &str| {
        let url = format!("{}&comp=blocklist{kind}", upload.url);
        let answer = upload.client.get(url).send().await.unwrap();
        let status = answer.status().as_u16();
        (status, answer.text().await.unwrap())
    };
    assert_eq!(listed("").await.0, 404);
    upload.put_block("Yg", "two").await;
    upload.put_block("YQ", "o").await;
    let block =
        |id: &str, size: usize| format!("<Block><Name>{id}==</Name><Size>{size}</Size></Block>");
    let (a, b) = (block("YQ", 1), block("Yg", 3));
    let waiting = format!("<UncommittedBlocks>{a}{b}</UncommittedBlocks>");
    let (status, list) = listed("&blocklisttype=all").await;
    assert_eq!(status, 200);
    assert!(list.contains(&format!("<CommittedBlocks></CommittedBlocks>{waiting}")));
    assert!(!listed("").await.1.contains("UncommittedBlocks"));

    let list = "<Latest>Yg==</Latest><Latest>YQ==</Latest>";
    assert_eq!(outcome(upload.put_list(list)).await.0, 201);
    // Whose answer got lost sends it again.
    assert_eq!(outcome(upload.put_list(list)).await.0, 201);
    assert_eq!(upload.content().await, "twoo");
    let made_of = format!("<CommittedBlocks>{b}{a}</CommittedBlocks>");
    assert!(
        listed("&blocklisttype=committed")
            .await
            .1
            .contains(&made_of)
    );
    let none = "<UncommittedBlocks></UncommittedBlocks>";
    assert!(listed("&blocklisttype=uncommitted").await.1.contains(none));
    let waits_no_more = upload.put_list("<Uncommitted>Yg==</Uncommitted>");
    let refused = (400, "InvalidBlockList".to_owned());
    assert_eq!(outcome(waits_no_more).await, refused);
    assert_eq!(listed("&blocklisttype=some").await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_uploader_says_of_a_blob_is_kept_with_it() {
    let upload = Upload::begin().await;
    upload.put_block("YQ", "<script>").await;
    let list = upload
        .put_list("<Latest>YQ==</Latest>")
        .header("content-type", "application/xml")
        .header("x-ms-blob-content-type", "text/html")
        .header("x-ms-meta-release", "42")
        .header("x-ms-meta-sha256", "of something else")
        .header("x-ms-version", "2019-12-12");
    let answer = list.send().await.unwrap();
    assert_eq!(answer.headers()["x-ms-version"], "2019-12-12");
    let etag = answer.headers()["etag"].clone();
    let blob = upload.get().await;
    for (name, value) in [
        ("content-type", "text/html"),
        ("x-ms-meta-release", "42"),
        ("etag", etag.to_str().unwrap()),
        ("x-ms-version", "2015-12-11"),
        // It comes from the origin of the sign-in pages.
        ("content-security-policy", "sandbox; default-src 'none'"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(blob.headers()[name], value, "{name}");
    }
    assert!(blob.headers().contains_key("x-ms-request-id"));
    assert!(blob.headers().contains_key("date"));
    assert_eq!(blob.headers()["x-ms-meta-sha256"].len(), 64);

    // A blob is written with all that belongs to it.
    assert_eq!(outcome(upload.put("plain")).await.0, 201);
    let blob = upload.get().await;
    assert!(!blob.headers().contains_key("x-ms-meta-release"));
    assert_ne!(blob.headers()["etag"], etag);
    let invalid = upload.put("x").header("x-ms-meta-a-b", "x");
    let refused = (400, "InvalidMetadata".to_owned());
    assert_eq!(outcome(invalid).await, refused);
    let large = upload.put("x").header("x-ms-meta-a", "x".repeat(8 * 1024));
    let refused = (400, "MetadataTooLarge".to_owned());
    assert_eq!(outcome(large).await, refused);
    assert_eq!(upload.content().await, "plain");
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_are_answered_as_their_conditions_say() {
    let upload = Upload::begin().await;
    assert_eq!(outcome(upload.put("0123456789")).await.0, 201);
    let now = upload.get().await;
    let header = |name: &str| now.headers()[name].to_str().unwrap().to_owned();
    let (etag, modified) = (header("etag"), header("last-modified"));
    let get = |name: &str, value: &str| upload.client.get(&upload.url).header(name, value);
    for (name, value, status) in [
        ("if-none-match", etag.as_str(), 304),
        ("if-none-match", "*", 304),
        ("if-none-match", "\"0x0\"", 200),
        ("if-match", "*", 200),
        ("if-match", "\"0x0\"", 412),
        ("if-modified-since", &modified, 304),
        ("if-unmodified-since", &modified, 200),
        ("x-ms-range", "bytes=2-4", 206),
        ("range", "bytes=10-", 416),
        ("x-ms-range-get-content-md5", "true", 400),
    ] {
        let answer = get(name, value).send().await.unwrap();
        assert_eq!(answer.status().as_u16(), status, "{name}: {value}");
        if status == 304 {
            assert_eq!(answer.headers()["etag"], etag.as_str());
        }
    }
    let part = get("range", "bytes=2-4").header("x-ms-range-get-content-md5", "true");
    let part = part.send().await.unwrap();
    // RFC 1321 of `234`, not of the blob.
    assert_eq!(part.headers()["content-md5"], "KJ3/B2adeiPeDviNL3Ep5w==");
    assert_eq!(
        part.headers()["x-ms-blob-content-md5"],
        header("content-md5").as_str()
    );
    assert_eq!(part.text().await.unwrap(), "234");
    upload.cloud.clock.advance(SignedDuration::from_hours(1));
    assert_eq!(outcome(upload.put("new")).await.0, 201);
    let old = get("if-unmodified-since", &modified).send().await.unwrap();
    assert_eq!(old.status().as_u16(), 412);
}
