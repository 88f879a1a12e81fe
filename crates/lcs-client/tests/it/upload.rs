//! Uploads against servers that an upload must not believe too early.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_client::{UploadError, UploadRequest, Uploaded, upload};
use lcs_types::NoProgress;
use md5::Digest as _;

use crate::server::{Reaction, TestServer, answer, answer_with, cut_after, http, quick};

/// A byte more than what is put whole: two blocks.
const LENGTH: usize = 8 * 1024 * 1024 + 1;

/// Nothing was put before, both blocks arrive, and the list of them is answered so; then the blob is
/// looked at.
async fn after_both_blocks(list: Reaction, look: Reaction) -> Result<Uploaded, UploadError> {
    let server = TestServer::start(vec![
        answer(404, ""),
        answer(201, ""),
        answer(201, ""),
        list,
        look,
    ])
    .await;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("package.zip");
    std::fs::write(&file, vec![7; LENGTH]).unwrap();
    let url = format!("{}blob/x?sig=CANARY", server.base);
    let request = UploadRequest {
        parallel: 1,
        policy: quick(),
        ..UploadRequest::new(url.parse().unwrap(), file)
    };
    upload(&http(), &request, &NoProgress).await
}

fn no_such_block() -> Reaction {
    answer_with(400, &[("x-ms-error-code", "InvalidBlockList")], "")
}

/// What HEAD says of a blob with this content: everything but the content.
fn described(content: Vec<u8>) -> Reaction {
    let md5 = STANDARD.encode(md5::Md5::digest(&content));
    cut_after(0, 200, &[("content-md5", &md5)], content)
}

#[tokio::test]
async fn a_refused_list_is_a_failure_unless_the_blob_is_provably_there() {
    for look in [
        answer(403, ""),
        answer(404, ""),
        answer(200, ""),
        described(vec![8; LENGTH]),
        described(vec![7; LENGTH - 1]),
    ] {
        let outcome = after_both_blocks(no_such_block(), look).await;
        assert!(outcome.is_err(), "{outcome:?}");
    }
    // The answer to the list got lost, and it was sent again.
    let outcome = after_both_blocks(no_such_block(), described(vec![7; LENGTH])).await;
    assert_eq!(outcome.unwrap().size_bytes, LENGTH as u64);
}

#[tokio::test]
async fn a_link_that_only_writes_needs_no_look() {
    let outcome = after_both_blocks(answer(201, ""), answer(403, "")).await;
    assert_eq!(outcome.unwrap().size_bytes, LENGTH as u64);
}
