//! The blocks that a blob was made of, in their order. They lie in a file of their own, since a blob may
//! have 50,000 and nobody who reads the blob asks for them.

use std::{fmt, fs::File};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    key::ArtifactKey,
    naming::read_json,
    store::{ArtifactError, ArtifactStore, error},
};

/// The name of a block: up to 64 bytes of the client's choice.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(Vec<u8>);

impl BlockId {
    /// The most bytes that an id has.
    pub const MOST_BYTES: usize = 64;

    /// An id of these bytes, as they are behind their base64.
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        (1..=Self::MOST_BYTES)
            .contains(&bytes.len())
            .then_some(Self(bytes))
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The id as the name of a file, on file systems without case too.
    pub(crate) fn to_hexadecimal(&self) -> String {
        HEXLOWER.encode(&self.0)
    }

    pub(crate) fn from_hexadecimal(text: &str) -> Option<Self> {
        Self::new(HEXLOWER.decode(text.as_bytes()).ok()?)
    }
}

impl fmt::Debug for BlockId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockId({})", self.0.escape_ascii())
    }
}

impl Serialize for BlockId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_hexadecimal())
    }
}

impl<'de> Deserialize<'de> for BlockId {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::from_hexadecimal(&text).ok_or_else(|| de::Error::custom("no block id"))
    }
}

/// A block of a blob.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommittedBlock {
    /// Its name.
    pub id: BlockId,
    /// Its length.
    pub size_bytes: u64,
}

impl ArtifactStore {
    /// The blocks that the blob was made of, in their order; none if it was put whole.
    ///
    /// # Errors
    ///
    /// [`ArtifactError`] when what is known of the blob cannot be read.
    pub fn committed_blocks(
        &self,
        key: &ArtifactKey,
    ) -> Result<Vec<CommittedBlock>, ArtifactError> {
        let settled = self.settled(key)?;
        let count = settled.properties.as_ref().map(|it| it.committed_blocks);
        Ok(self.read_blocks(key, count.unwrap_or_default()))
    }

    /// A blob with the blocks that it was made of.
    pub(crate) fn open_with_blocks(
        &self,
        key: &ArtifactKey,
    ) -> Result<Option<(File, Vec<CommittedBlock>)>, ArtifactError> {
        let settled = self.settled(key)?;
        let Some(properties) = &settled.properties else {
            return Ok(None);
        };
        let path = self.path_of(key);
        let file = File::open(&path).map_err(error("open", &path))?;
        Ok(Some((
            file,
            self.read_blocks(key, properties.committed_blocks),
        )))
    }

    /// To be called with the lock.
    fn read_blocks(&self, key: &ArtifactKey, count: usize) -> Vec<CommittedBlock> {
        let read = || read_json::<Vec<_>>(&self.blocks_path(key));
        let blocks = (count > 0).then(read).flatten().unwrap_or_default();
        // A list that is not the blob's own would cut it at the wrong places.
        if blocks.len() == count {
            blocks
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_to_sixty_four_bytes() {
        assert!(BlockId::new(Vec::new()).is_none());
        assert!(BlockId::new(vec![0; 64]).is_some());
        assert!(BlockId::new(vec![0; 65]).is_none());
    }
}
