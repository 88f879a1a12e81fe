//! Which blocks a file has, and what they are called.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::FileState;

const MEBIBYTE: u64 = 1024 * 1024;
/// Large enough to be rare, small enough to be sent again.
const USUAL_BLOCK: u64 = 8 * MEBIBYTE;
/// What a blob has at most ("Scalability and performance targets for Blob storage").
const MOST_BLOCKS: u64 = 50_000;

/// A block of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    /// Its id, base64; all of a blob have one length.
    pub(super) id: String,
    /// Where it begins.
    pub(super) start: u64,
    /// How long it is.
    pub(super) length: u64,
}

/// The blocks of a file.
#[derive(Debug)]
pub(super) struct BlockPlan {
    length: u64,
    block: u64,
    /// What tells this content from another.
    mark: [u8; 12],
}

impl BlockPlan {
    pub(super) fn of(file: &FileState) -> Self {
        let least = file.length.div_ceil(MOST_BLOCKS);
        let block = USUAL_BLOCK.max(least.div_ceil(MEBIBYTE) * MEBIBYTE);
        let age = file
            .modified
            .and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok())
            .unwrap_or_default();
        let mut hash = Sha256::new();
        for number in [u128::from(file.length), age.as_nanos(), u128::from(block)] {
            hash.update(number.to_be_bytes());
        }
        let mut mark = [0; 12];
        mark.copy_from_slice(&hash.finalize()[..12]);
        Self {
            length: file.length,
            block,
            mark,
        }
    }

    /// In the order of the file.
    pub(super) fn blocks(&self) -> impl Iterator<Item = Block> {
        (0..self.length.div_ceil(self.block)).map(|index| {
            let start = index * self.block;
            let mut id = [0; 20];
            id[..8].copy_from_slice(&index.to_be_bytes());
            id[8..].copy_from_slice(&self.mark);
            Block {
                id: STANDARD.encode(id),
                start,
                length: self.block.min(self.length - start),
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn file(length: u64, age: u64) -> FileState {
        let modified = std::time::UNIX_EPOCH + std::time::Duration::from_secs(age);
        FileState {
            length,
            modified: Some(modified),
        }
    }

    #[test]
    fn blocks_cover_the_file_once_and_are_never_too_many() {
        for length in [
            USUAL_BLOCK + 1,
            3 * USUAL_BLOCK,
            1 << 40,
            MOST_BLOCKS * USUAL_BLOCK + 1,
        ] {
            let plan = BlockPlan::of(&file(length, 1));
            let mut end = 0;
            let mut count = 0;
            for block in plan.blocks() {
                assert_eq!(block.start, end);
                assert!(block.length > 0);
                end += block.length;
                count += 1;
            }
            assert_eq!(end, length);
            assert!(count <= MOST_BLOCKS, "{count}");
        }
    }

    #[test]
    fn blocks_of_another_content_have_other_names_of_the_same_length() {
        let ids = |length, age| -> HashSet<String> {
            BlockPlan::of(&file(length, age))
                .blocks()
                .map(|block| block.id)
                .collect()
        };
        let usual = ids(3 * USUAL_BLOCK, 1);
        assert_eq!(usual.len(), 3);
        for other in [ids(3 * USUAL_BLOCK, 2), ids(3 * USUAL_BLOCK - 1, 1)] {
            assert!(usual.is_disjoint(&other));
        }
        assert!(usual.iter().all(|id| id.len() == 28));
    }
}
