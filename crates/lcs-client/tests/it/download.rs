//! Downloads: whole or not at all, resumed where they broke off, verified.

use std::{
    fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::Mutex,
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_client::{
    DownloadError, DownloadRequest, Downloaded, Existing, FixedLink, LinkSource, download,
};
use lcs_types::{NoProgress, Progress, SignedUrl};
use md5::Digest as _;

use crate::server::{Reaction, TestServer, answer, answer_with, cut_after, http, quick};

const ETAG: &str = "\"0x8D1\"";

/// 100,000 bytes that do not repeat soon.
fn content() -> Vec<u8> {
    (0..25_000_u32)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_le_bytes())
        .collect()
}

fn md5_of(bytes: &[u8]) -> String {
    STANDARD.encode(md5::Md5::digest(bytes))
}

fn sha256_of(bytes: &[u8]) -> String {
    let digest: [u8; 32] = sha2::Sha256::digest(bytes).into();
    digest.map(|byte| format!("{byte:02x}")).concat()
}

/// The headers of bytes of a blob.
fn headers(range: &Range<usize>, content: &[u8]) -> Vec<(&'static str, String)> {
    let (last, total) = (range.end - 1, content.len());
    vec![
        ("etag", ETAG.to_owned()),
        (
            "content-range",
            format!("bytes {}-{last}/{total}", range.start),
        ),
        ("content-md5", md5_of(&content[range.clone()])),
        ("x-ms-blob-content-md5", md5_of(content)),
        ("x-ms-meta-sha256", sha256_of(content)),
    ]
}

fn borrowed<'a>(headers: &'a [(&'static str, String)]) -> Vec<(&'static str, &'a str)> {
    headers
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect()
}

fn part(range: Range<usize>, content: &[u8]) -> Reaction {
    answer_with(206, &borrowed(&headers(&range, content)), &content[range])
}

fn whole(content: &[u8]) -> Reaction {
    part(0..content.len(), content)
}

fn rest(start: usize, content: &[u8]) -> Reaction {
    part(start..content.len(), content)
}

fn cut_at(sent: usize, content: &[u8]) -> Reaction {
    let headers = headers(&(0..content.len()), content);
    cut_after(sent, 206, &borrowed(&headers), content)
}

/// The headers of a server that knows no ranges.
fn headers_of_whole(content: &[u8]) -> Vec<(&'static str, String)> {
    vec![
        ("etag", ETAG.to_owned()),
        ("content-md5", md5_of(content)),
        ("x-ms-meta-sha256", sha256_of(content)),
    ]
}

struct Scene {
    folder: tempfile::TempDir,
    server: TestServer,
}

impl Scene {
    async fn new(reactions: Vec<Reaction>) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            server: TestServer::start(reactions).await,
        }
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("uat.bacpac")
    }

    fn request(&self) -> DownloadRequest {
        let url = format!("{}blob/uat.bacpac?sv=1&sig=CANARY", self.server.base);
        DownloadRequest {
            policy: quick(),
            ..DownloadRequest::new(url.parse().unwrap(), self.target())
        }
    }

    async fn download(&self) -> Result<Downloaded, DownloadError> {
        download(&http(), &self.request(), &FixedLink, &NoProgress).await
    }

    fn files(&self) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(self.folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// How many bytes of the unfinished file are there.
    fn arrived(&self) -> usize {
        fs::read(self.folder.path().join("uat.bacpac.part"))
            .unwrap()
            .len()
    }
}

#[tokio::test]
async fn a_download_is_verified_and_sends_no_token() {
    let content = content();
    let scene = Scene::new(vec![whole(&content)]).await;
    let done = scene.download().await.unwrap();
    assert_eq!(fs::read(scene.target()).unwrap(), content);
    assert_eq!(done.size_bytes, 100_000);
    assert_eq!(done.sha256, sha256_of(&content));
    assert_eq!(done.verified_by, ["sha256", "md5"]);
    assert_eq!(done.resumed_from_bytes, 0);
    assert_eq!(scene.files(), ["uat.bacpac"]);
    let request = &scene.server.asked()[0];
    assert_eq!(request.line, "GET /blob/uat.bacpac?sv=1&sig=CANARY");
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.header("range"), Some("bytes=0-8388607"));
    assert_eq!(request.header("if-match"), None);
}

#[tokio::test]
async fn a_cut_in_the_middle_is_resumed_at_once() {
    let content = content();
    let scene = Scene::new(vec![cut_at(40_000, &content), rest(40_000, &content)]).await;
    let done = scene.download().await.unwrap();
    assert_eq!(fs::read(scene.target()).unwrap(), content);
    assert_eq!(done.verified_by, ["sha256", "md5"]);
    let second = &scene.server.asked()[1];
    assert_eq!(second.header("range"), Some("bytes=40000-99999"));
    assert_eq!(second.header("if-match"), Some(ETAG));
}

#[tokio::test]
async fn a_later_download_goes_on_where_an_earlier_one_gave_up() {
    let content = content();
    let scene = Scene::new(vec![
        cut_at(40_000, &content),
        Reaction::Cut,
        Reaction::Cut,
        Reaction::Cut,
        rest(40_000, &content),
    ])
    .await;
    let error = scene.download().await.unwrap_err();
    assert!(matches!(error, DownloadError::Network(_)), "{error:?}");
    assert!(
        !scene.target().exists(),
        "no half file under the final name"
    );
    assert_eq!(scene.arrived(), 40_000);
    let done = scene.download().await.unwrap();
    assert_eq!(done.resumed_from_bytes, 40_000);
    assert_eq!(fs::read(scene.target()).unwrap(), content);
    assert_eq!(scene.files(), ["uat.bacpac"]);
}

#[tokio::test]
async fn a_server_may_send_less_or_more_than_it_was_asked_for() {
    let content = content();
    let more = answer_with(
        206,
        &borrowed(&headers(&(30_000..100_000), &content)),
        [&content[30_000..], b"and more"].concat(),
    );
    let scene = Scene::new(vec![part(0..30_000, &content), more]).await;
    scene.download().await.unwrap();
    assert_eq!(fs::read(scene.target()).unwrap(), content);
    let second = &scene.server.asked()[1];
    assert_eq!(second.header("range"), Some("bytes=30000-99999"));
}

#[tokio::test]
async fn a_server_without_ranges_is_asked_for_everything_again() {
    let content = content();
    let all = headers_of_whole(&content);
    let scene = Scene::new(vec![
        cut_after(40_000, 200, &borrowed(&all), content.clone()),
        answer_with(200, &borrowed(&all), content.clone()),
    ])
    .await;
    let done = scene.download().await.unwrap();
    assert_eq!(fs::read(scene.target()).unwrap(), content);
    assert_eq!(done.verified_by, ["sha256", "md5"]);
    let second = &scene.server.asked()[1];
    assert_eq!(second.header("range"), Some("bytes=0-8388607"));
}

#[tokio::test]
async fn an_empty_file_has_no_range_and_is_a_file() {
    let scene = Scene::new(vec![answer(416, ""), answer(200, "")]).await;
    let done = scene.download().await.unwrap();
    assert_eq!(
        (done.size_bytes, scene.files()),
        (0, vec!["uat.bacpac".to_owned()])
    );
    assert_eq!(scene.server.asked()[1].header("range"), None);
}

#[tokio::test]
async fn parts_that_nothing_holds_together_are_not_put_together() {
    let content = content();
    let without_etag = answer_with(
        206,
        &[("content-range", "bytes 0-99999/100000")],
        content.clone(),
    );
    let without_total = answer_with(
        206,
        &[("content-range", "bytes 0-99999/*"), ("etag", ETAG)],
        content.clone(),
    );
    for part in [without_etag, without_total] {
        let scene = Scene::new(vec![part, answer(200, content.clone())]).await;
        scene.download().await.unwrap();
        assert_eq!(scene.server.asked()[1].header("range"), None);
        assert_eq!(fs::read(scene.target()).unwrap(), content);
    }
}

#[tokio::test]
async fn without_a_checksum_only_what_surely_was_on_the_disk_is_built_on() {
    let content = content();
    let bare = |start: usize| {
        let range = format!("bytes {start}-99999/100000");
        answer_with(
            206,
            &[("content-range", &range), ("etag", ETAG)],
            &content[start..],
        )
    };
    let scene = Scene::new(vec![bare(30_000)]).await;
    let part = scene.folder.path().join("uat.bacpac.part");
    // A power failure left the length of a file whose last bytes never came to the disk.
    let mut lost = content[..60_000].to_vec();
    lost[30_000..].fill(0);
    fs::write(&part, lost).unwrap();
    let source = format!("{}blob/uat.bacpac?…", scene.server.base);
    let record = format!(
        r#"{{"source":"{source}","etag":"\"0x8D1\"","total":100000,"md5":null,"sha256":null,"synced":30000}}"#
    );
    fs::write(scene.folder.path().join("uat.bacpac.part.json"), record).unwrap();
    let done = scene.download().await.unwrap();
    assert_eq!(
        (done.resumed_from_bytes, done.verified_by.len()),
        (30_000, 0)
    );
    assert_eq!(fs::read(scene.target()).unwrap(), content);
}

#[tokio::test]
async fn a_blob_that_changed_meanwhile_is_fetched_anew() {
    let (old, new) = (vec![1; 50_000], content());
    let changed_etag = rest_with_other_etag(&new);
    for answer in [answer(412, ""), answer(416, ""), changed_etag, whole(&new)] {
        let scene = Scene::new(vec![cut_at(20_000, &old), answer, whole(&new)]).await;
        scene.download().await.unwrap();
        assert_eq!(fs::read(scene.target()).unwrap(), new);
    }
}

fn rest_with_other_etag(content: &[u8]) -> Reaction {
    answer_with(
        206,
        &[
            ("etag", "\"other\""),
            ("content-range", "bytes 20000-49999/50000"),
        ],
        &content[20_000..50_000],
    )
}

#[tokio::test]
async fn wrong_bytes_are_fetched_again_and_then_refused() {
    let content = content();
    let mut wrong = content.clone();
    wrong[5] ^= 1;
    let all = headers(&(0..content.len()), &content);
    let lie = answer_with(206, &borrowed(&all), wrong.clone());
    let scene = Scene::new(vec![lie.clone(), whole(&content)]).await;
    scene.download().await.unwrap();
    assert_eq!(fs::read(scene.target()).unwrap(), content);

    let scene = Scene::new(vec![lie.clone(), lie]).await;
    let error = scene.download().await.unwrap_err();
    assert!(
        matches!(error, DownloadError::Corrupt { checksum: "sha256" }),
        "{error:?}"
    );
    assert!(scene.files().is_empty(), "wrong bytes are deleted");
}

#[tokio::test]
async fn a_wrong_md5_alone_is_noticed_too() {
    let lie = answer_with(200, &[("content-md5", &md5_of(b"other"))], b"content");
    let scene = Scene::new(vec![lie.clone(), lie]).await;
    let error = scene.download().await.unwrap_err();
    assert!(
        matches!(error, DownloadError::Corrupt { checksum: "md5" }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_damaged_unfinished_file_does_not_spoil_the_result() {
    let content = content();
    let scene = Scene::new(vec![
        cut_at(40_000, &content),
        Reaction::Cut,
        Reaction::Cut,
        Reaction::Cut,
        rest(40_000, &content),
        whole(&content),
    ])
    .await;
    scene.download().await.unwrap_err();
    let part = scene.folder.path().join("uat.bacpac.part");
    let mut damaged = fs::read(&part).unwrap();
    damaged[100] ^= 1;
    fs::write(&part, damaged).unwrap();
    let done = scene.download().await.unwrap();
    assert_eq!(done.resumed_from_bytes, 0);
    assert_eq!(fs::read(scene.target()).unwrap(), content);
}

#[tokio::test]
async fn leftovers_of_another_source_are_not_continued() {
    let content = content();
    let scene = Scene::new(vec![whole(&content)]).await;
    let part = scene.folder.path().join("uat.bacpac.part");
    fs::write(&part, "something else").unwrap();
    let record = r#"{"source":"https://a.example/other?…","etag":"\"x\"","total":90}"#;
    fs::write(scene.folder.path().join("uat.bacpac.part.json"), record).unwrap();
    scene.download().await.unwrap();
    let first = &scene.server.asked()[0];
    assert_eq!(first.header("range"), Some("bytes=0-8388607"));
    assert_eq!(first.header("if-match"), None);
    assert_eq!(fs::read(scene.target()).unwrap(), content);
}

#[tokio::test]
async fn an_existing_file_is_replaced_only_on_request_and_only_in_the_end() {
    let content = content();
    let scene = Scene::new(vec![answer(404, ""), whole(&content)]).await;
    fs::write(scene.target(), "precious").unwrap();
    let error = scene.download().await.unwrap_err();
    assert!(matches!(error, DownloadError::Exists { .. }), "{error:?}");
    assert!(scene.server.asked().is_empty());

    let request = DownloadRequest {
        existing: Existing::Replace,
        ..scene.request()
    };
    let error = download(&http(), &request, &FixedLink, &NoProgress)
        .await
        .unwrap_err();
    assert!(matches!(error, DownloadError::NotFound { .. }), "{error:?}");
    assert_eq!(fs::read(scene.target()).unwrap(), b"precious");
    download(&http(), &request, &FixedLink, &NoProgress)
        .await
        .unwrap();
    assert_eq!(fs::read(scene.target()).unwrap(), content);
}

#[tokio::test]
async fn an_expired_link_is_named_without_its_signature_and_not_tried_again() {
    let scene = Scene::new(vec![answer(403, "<?xml …")]).await;
    let error = scene.download().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        format!(
            "the link {}blob/uat.bacpac?… has expired or is not valid (403)",
            scene.server.base
        )
    );
    assert_eq!(scene.server.lines().len(), 1);
}

#[tokio::test]
async fn a_file_larger_than_the_disk_is_refused_before_its_bytes() {
    let scene = Scene::new(vec![]).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/huge?sig=CANARY", listener.local_addr().unwrap());
    tokio::spawn(async move {
        use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = [0; 16];
        stream.read_exact(&mut request).await.unwrap();
        let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", 1_u64 << 60);
        stream.write_all(head.as_bytes()).await.unwrap();
        // Keeps the connection open until the client leaves.
        stream.read_to_end(&mut Vec::new()).await.ok();
    });
    let request = DownloadRequest::new(url.parse().unwrap(), scene.target());
    let error = download(&http(), &request, &FixedLink, &NoProgress)
        .await
        .unwrap_err();
    assert!(
        matches!(error, DownloadError::NoSpace { needed_bytes, .. } if needed_bytes == 1 << 60),
        "{error:?}"
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_disk_that_turns_out_to_be_full_is_why_it_failed() {
    let content = content().repeat(40);
    let scene = Scene::new(vec![whole(&content)]).await;
    let part = scene.folder.path().join("uat.bacpac.part");
    std::os::unix::fs::symlink("/dev/full", part).unwrap();
    let error = scene.download().await.unwrap_err();
    let DownloadError::File { source, .. } = error else {
        panic!("{error:?}");
    };
    assert_eq!(source.kind(), std::io::ErrorKind::StorageFull, "{source}");
    assert!(!scene.target().exists());
}

#[tokio::test]
async fn two_downloads_to_one_name_do_not_mix() {
    let scene = Scene::new(vec![]).await;
    let part = scene.folder.path().join("uat.bacpac.part");
    let held = fs::File::create(&part).unwrap();
    held.lock().unwrap();
    let error = scene.download().await.unwrap_err();
    assert!(matches!(error, DownloadError::Busy { .. }), "{error:?}");
}

#[tokio::test]
async fn a_missing_folder_is_named() {
    let scene = Scene::new(vec![]).await;
    let to = scene.folder.path().join("none").join("x.bacpac");
    let request = DownloadRequest {
        to: to.clone(),
        ..scene.request()
    };
    let error = download(&http(), &request, &FixedLink, &NoProgress)
        .await
        .unwrap_err();
    let DownloadError::File { path, .. } = error else {
        panic!("{error:?}");
    };
    assert!(path.starts_with(to.parent().unwrap_or(Path::new(""))));
}

#[tokio::test]
async fn progress_grows_to_the_total() {
    #[derive(Default)]
    struct Heard(Mutex<Vec<(u64, u64)>>);
    impl Progress for Heard {
        fn advanced(&self, what: &str, done: u64, total: u64) {
            assert_eq!(what, "bytes");
            self.0.lock().unwrap().push((done, total));
        }
    }
    let scene = Scene::new(vec![whole(&content())]).await;
    let heard = Heard::default();
    download(&http(), &scene.request(), &FixedLink, &heard)
        .await
        .unwrap();
    let heard = heard.0.into_inner().unwrap();
    assert!(heard.is_sorted());
    assert!(heard.iter().all(|(_, total)| *total == 100_000));
    assert_eq!(heard.last(), Some(&(100_000, 100_000)));
}

/// Hands out one fresh link and counts how often it is asked.
struct Fresh {
    url: SignedUrl,
    asked: Mutex<u32>,
}

#[async_trait::async_trait]
impl LinkSource for Fresh {
    async fn link(&self) -> Option<SignedUrl> {
        *self.asked.lock().unwrap() += 1;
        Some(self.url.clone())
    }
}

#[tokio::test]
async fn an_expired_link_is_renewed_in_the_middle_and_not_for_ever() {
    let content = content();
    let scene = Scene::new(vec![
        cut_at(50_000, &content),
        answer(403, ""),
        answer(403, ""),
        answer(403, ""),
    ])
    .await;
    let fresh = Fresh {
        url: format!("{}blob/uat.bacpac?sv=1&sig=FRESH", scene.server.base)
            .parse()
            .unwrap(),
        asked: Mutex::new(0),
    };
    let refused = download(&http(), &scene.request(), &fresh, &NoProgress).await;
    assert!(
        matches!(refused, Err(DownloadError::LinkRefused { .. })),
        "{refused:?}"
    );
    assert_eq!(*fresh.asked.lock().unwrap(), 2);

    let arrived = scene.arrived();
    scene.server.then(answer(403, ""));
    scene.server.then(rest(arrived, &content));
    let done = download(&http(), &scene.request(), &fresh, &NoProgress)
        .await
        .unwrap();
    assert_eq!(done.size_bytes, content.len() as u64);
    let last = scene.server.lines().pop().unwrap();
    assert!(last.contains("sig=FRESH"), "{last}");
}
