//! Lists of blocks: what is read as a list is one that any client can write, and means the same then.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::BlockReference;
use lcs_server::testing::read_block_list;

/// Takes the bytes as the body of a `Put Block List`.
///
/// # Panics
///
/// When a list that was read is another one after it was written and read again.
pub fn run(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let Some(list) = read_block_list(text) else {
        return;
    };
    assert!(list.len() <= 50_000);
    assert_eq!(read_block_list(&written(&list)), Some(list));
}

fn written(list: &[BlockReference]) -> String {
    let elements = list.iter().map(|reference| {
        let (name, id) = match reference {
            BlockReference::Latest(id) => ("Latest", id),
            BlockReference::Uncommitted(id) => ("Uncommitted", id),
            BlockReference::Committed(id) => ("Committed", id),
        };
        let id = STANDARD.encode(id.as_bytes());
        format!("<{name}>{id}</{name}>")
    });
    format!("<BlockList>{}</BlockList>", elements.collect::<String>())
}
