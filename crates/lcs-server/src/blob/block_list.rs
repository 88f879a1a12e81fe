//! The XML of block lists ("Put Block List", "Get Block List").

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::{BlockId, BlockReference};
use quick_xml::{Reader, events::Event};

use super::error::BlobError;

/// The most blocks of a blob.
const MOST_BLOCKS: usize = 50_000;

/// Reads the list of a `Put Block List`.
///
/// # Errors
///
/// [`BlobError`] for what is no list, names that are none, and too many of them.
pub(super) fn read(text: &str) -> Result<Vec<BlockReference>, BlobError> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut blocks = Vec::new();
    // How the element that is open makes a reference of an id, and its text so far.
    let mut open: Option<(ReferenceOf, String)> = None;
    let mut list = List::Before;
    loop {
        let event = reader.read_event().map_err(|_| BlobError::InvalidXml)?;
        match (&list, event) {
            (List::Before, Event::Start(start)) if is_list(start.local_name().as_ref()) => {
                list = List::Open;
            }
            (List::Before, Event::Empty(empty)) if is_list(empty.local_name().as_ref()) => {
                list = List::After;
            }
            (List::Open, Event::Start(start)) if open.is_none() => {
                let reference: ReferenceOf = match start.local_name().as_ref() {
                    b"Latest" => BlockReference::Latest,
                    b"Uncommitted" => BlockReference::Uncommitted,
                    b"Committed" => BlockReference::Committed,
                    _ => return Err(BlobError::InvalidXml),
                };
                open = Some((reference, String::new()));
            }
            (_, Event::Text(text)) => {
                let text = text.decode().map_err(|_| BlobError::InvalidXml)?;
                match &mut open {
                    Some((_, id)) => id.push_str(&text),
                    None if text.trim().is_empty() => {}
                    None => return Err(BlobError::InvalidXml),
                }
            }
            (_, Event::End(_)) => match open.take() {
                Some((reference, id)) => {
                    let id = self::id(id.trim()).ok_or(BlobError::InvalidBlockList)?;
                    blocks.push(reference(id));
                }
                None => list = List::After,
            },
            (List::After, Event::Eof) => return Ok(blocks),
            (_, Event::Decl(_) | Event::Comment(_) | Event::PI(_)) => {}
            _ => return Err(BlobError::InvalidXml),
        }
        if blocks.len() > MOST_BLOCKS {
            return Err(BlobError::BlockListTooLong);
        }
    }
}

type ReferenceOf = fn(BlockId) -> BlockReference;

/// Where a reader is.
enum List {
    Before,
    Open,
    After,
}

fn is_list(name: &[u8]) -> bool {
    name == b"BlockList"
}

/// A block id as requests carry it.
pub(super) fn id(base64: &str) -> Option<BlockId> {
    BlockId::new(STANDARD.decode(base64).ok()?)
}

/// Names and sizes.
pub(super) type Blocks = Vec<(BlockId, u64)>;

/// Writes the lists that were asked for.
pub(super) fn write(committed: Option<Blocks>, uncommitted: Option<Blocks>) -> String {
    let mut text = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList>".to_owned();
    for (name, blocks) in [
        ("CommittedBlocks", committed),
        ("UncommittedBlocks", uncommitted),
    ] {
        let Some(blocks) = blocks else { continue };
        let _ = write!(text, "<{name}>");
        for (id, size) in blocks {
            let id = STANDARD.encode(id.as_bytes());
            let _ = write!(text, "<Block><Name>{id}</Name><Size>{size}</Size></Block>");
        }
        let _ = write!(text, "</{name}>");
    }
    text.push_str("</BlockList>");
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn ids_are_read_in_their_order() {
        let text = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList><Latest>Yg==</Latest><Uncommitted> YQ== </Uncommitted></BlockList>";
        let ids = read(text).unwrap();
        let id = |text| id(text).unwrap();
        let wanted = [
            BlockReference::Latest(id("Yg==")),
            BlockReference::Uncommitted(id("YQ==")),
        ];
        assert_eq!(ids, wanted);
        let committed =
            read("<BlockList><!-- x --><Committed>Y<!-- x -->g==</Committed></BlockList>");
        assert_eq!(committed.unwrap(), [BlockReference::Committed(id("Yg=="))]);
        assert!(read("<BlockList/>").unwrap().is_empty());
        assert!(read("<BlockList></BlockList>").unwrap().is_empty());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        for text in [
            "",
            "x",
            "<a/>",
            "<BlockList>",
            "<BlockList><Latest>Yg==</BlockList>",
            "<BlockList><Latest>!</Latest></BlockList>",
            "<BlockList><Latest></Latest></BlockList>",
            "<BlockList><Other>Yg==</Other></BlockList>",
            "<BlockList><Latest/></BlockList>",
            "<BlockList><Latest><Latest>Yg==</Latest></Latest></BlockList>",
            "<BlockList><Latest>Y&#103;==</Latest></BlockList>",
            "<BlockList><Latest><![CDATA[Yg==]]></Latest></BlockList>",
            "<BlockList>Yg==</BlockList>",
            "<BlockList/>x",
            "<BlockList/><BlockList/>",
            "<!DOCTYPE x [<!ENTITY a \"Yg==\">]><BlockList><Latest>&a;</Latest></BlockList>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_blob_has_fifty_thousand_blocks_at_most() {
        let list = |count: usize| {
            let ids = "<Latest>YQ==</Latest>".repeat(count);
            read(&format!("<BlockList>{ids}</BlockList>"))
        };
        assert_eq!(list(MOST_BLOCKS).unwrap().len(), MOST_BLOCKS);
        assert!(matches!(
            list(MOST_BLOCKS + 1),
            Err(BlobError::BlockListTooLong)
        ));
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[<>/a-zA-Z =\"&;?!-]{0,60}") {
            let _ = read(&text);
        }
    }
}
