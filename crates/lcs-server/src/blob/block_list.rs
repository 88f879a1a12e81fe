//! The XML of block lists ("Put Block List", "Get Block List").

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lcs_artifacts::{BlockId, UncommittedBlock};
use quick_xml::{Reader, events::Event};

use super::error::BlobError;

/// The most blocks of a blob.
const MOST_BLOCKS: usize = 50_000;

/// Reads a list. Blocks are looked for among the uncommitted ones alone, so `Committed` is refused.
///
/// # Errors
///
/// [`BlobError`] for what is no list.
pub(crate) fn read(text: &str) -> Result<Vec<BlockId>, BlobError> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut blocks = Vec::new();
    let mut open: Vec<Vec<u8>> = Vec::new();
    let mut id = String::new();
    let mut has_root = false;
    loop {
        match reader.read_event().map_err(|_| BlobError::InvalidXml)? {
            Event::Start(start) => {
                let name = start.local_name().as_ref().to_vec();
                match (open.len(), name.as_slice()) {
                    (0, b"BlockList") if !has_root => has_root = true,
                    (1, b"Latest" | b"Uncommitted") => id.clear(),
                    (1, b"Committed") => return Err(BlobError::InvalidBlockList),
                    _ => return Err(BlobError::InvalidXml),
                }
                open.push(name);
            }
            Event::Text(text) if open.len() == 2 => {
                id.push_str(&text.decode().map_err(|_| BlobError::InvalidXml)?);
            }
            Event::End(_) => {
                if open.len() == 2 {
                    blocks.push(self::id(id.trim()).ok_or(BlobError::InvalidBlockList)?);
                }
                open.pop();
            }
            Event::Empty(empty) if open.is_empty() && !has_root => {
                if empty.local_name().as_ref() != b"BlockList" {
                    return Err(BlobError::InvalidXml);
                }
                has_root = true;
            }
            Event::Eof if has_root && open.is_empty() => break,
            Event::Eof | Event::Empty(_) => return Err(BlobError::InvalidXml),
            _ => {}
        }
        if blocks.len() > MOST_BLOCKS {
            return Err(BlobError::InvalidBlockList);
        }
    }
    Ok(blocks)
}

/// A block id as requests carry it.
pub(super) fn id(base64: &str) -> Option<BlockId> {
    BlockId::new(STANDARD.decode(base64).ok()?)
}

/// Writes the blocks that wait for their commit.
pub(super) fn write(blocks: &[UncommittedBlock]) -> String {
    let mut text = "\u{feff}<?xml version=\"1.0\" encoding=\"utf-8\"?><BlockList><CommittedBlocks /><UncommittedBlocks>".to_owned();
    for block in blocks {
        let id = STANDARD.encode(block.id.as_bytes());
        let size = block.size_bytes;
        let _ = write!(text, "<Block><Name>{id}</Name><Size>{size}</Size></Block>");
    }
    text.push_str("</UncommittedBlocks></BlockList>");
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
        assert_eq!(ids, [id("Yg==").unwrap(), id("YQ==").unwrap()]);
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
            "<BlockList><Committed>Yg==</Committed></BlockList>",
            "<BlockList/><BlockList/>",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[<>/a-zA-Z =\"&;?!-]{0,60}") {
            let _ = read(&text);
        }
    }
}
