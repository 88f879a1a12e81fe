//! The examples of the API documentation, with the values that its pages and public clients show, and ids
//! in place of those that it leaves out: each is read, and written again with every field as it was.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use lcs_wire::lcs::{
    CreateFileAsset, DatabaseList, Envelope, EnvironmentPage, FetchStatus, FileAsset, HistoryPage,
    RsatCertificateAnswer,
};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;

/// Asserts that everything in `published` stands in `written` too; answers may have more.
fn assert_kept(published: &Value, written: &Value, place: &str) {
    match (published, written) {
        (Value::Object(published), Value::Object(written)) => {
            for (name, value) in published {
                let found = written.get(name).unwrap_or(&Value::Null);
                assert_kept(value, found, &format!("{place}.{name}"));
            }
        }
        (Value::Array(published), Value::Array(written)) => {
            assert_eq!(published.len(), written.len(), "{place}");
            for (one, other) in published.iter().zip(written) {
                assert_kept(one, other, place);
            }
        }
        _ => assert_eq!(published, written, "{place}"),
    }
}

fn round_trip<T: DeserializeOwned + Serialize>(text: &str, what: &str) {
    let read: T = serde_json::from_str(text).unwrap();
    let written = serde_json::to_value(&read).unwrap();
    assert_kept(&serde_json::from_str(text).unwrap(), &written, what);
}

#[test]
fn every_published_example_is_read_and_written_again() {
    round_trip::<Envelope>(include_str!("fixtures/envelope.json"), "envelope");
    round_trip::<Envelope>(include_str!("fixtures/limit_reached.json"), "limit");
    round_trip::<DatabaseList>(include_str!("fixtures/backups.json"), "backups");
    round_trip::<FetchStatus>(include_str!("fixtures/status.json"), "status");
    round_trip::<EnvironmentPage>(include_str!("fixtures/environments.json"), "environments");
    round_trip::<HistoryPage>(include_str!("fixtures/history.json"), "history");
    let certificate = include_str!("fixtures/rsat_certificate.json");
    round_trip::<RsatCertificateAnswer>(certificate, "certificate");
    round_trip::<CreateFileAsset>(include_str!("fixtures/create_file_asset.json"), "new asset");
    round_trip::<FileAsset>(include_str!("fixtures/file_asset.json"), "asset");
}
