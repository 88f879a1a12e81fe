//! Foreign bytes end in rows or an error, never in a panic.

use std::io::Cursor;

use lcs_bacpac::{Package, RowDecoder, Table, TableName, verify};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;

use crate::archives::{OFFICE_BOOKING, entries, sample, with_entry};
use crate::strategies::columns;

proptest! {
    #[test]
    fn any_bytes_decode_to_rows_or_an_error(
        columns in columns(),
        bytes in vec(any::<u8>(), 0..400),
    ) {
        let table = Table::new(TableName::new("dbo", "T"), columns);
        let mut rows = RowDecoder::new(&table, "part", &bytes[..]);
        let decoded = rows.by_ref().flatten().count();
        // Every row takes at least a byte.
        prop_assert!(decoded <= bytes.len());
        prop_assert!(rows.next().is_none());
        prop_assert!(rows.offset() <= bytes.len() as u64);
    }

    #[test]
    fn any_bytes_open_or_are_refused(bytes in vec(any::<u8>(), 0..600)) {
        prop_assert!(Package::from_reader(Cursor::new(bytes)).is_err());
    }

    #[test]
    fn a_damaged_archive_opens_or_is_refused(
        damage in vec((any::<Index>(), any::<u8>()), 1..20),
        cut in proptest::option::weighted(0.2, any::<Index>()),
    ) {
        let mut bytes = sample(OFFICE_BOOKING);
        damaged(&mut bytes, &damage);
        if let Some(cut) = cut {
            bytes.truncate(cut.index(bytes.len()));
        }
        let _ = verify(Cursor::new(bytes));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    // Damage inside an entry of a sound archive gets past the archive's own checks.
    #[test]
    fn a_damaged_part_is_read_or_refused(
        entry in any::<Index>(),
        damage in vec((any::<Index>(), any::<u8>()), 1..8),
    ) {
        let original = sample(OFFICE_BOOKING);
        let all = entries(&original);
        let name = &entry.get(&all).0;
        let bytes = with_entry(&original, name, |part| damaged(part, &damage));
        let _ = verify(Cursor::new(bytes));
    }
}

fn damaged(bytes: &mut [u8], damage: &[(Index, u8)]) {
    for (position, byte) in damage {
        let position = position.index(bytes.len());
        bytes[position] = *byte;
    }
}
