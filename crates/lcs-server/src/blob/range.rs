//! The `Range` header of a blob request (RFC 9110 §14.2): one range of bytes.

/// What part of a blob a request wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestedRange {
    /// All of it: no header, or one that may be ignored.
    Whole,
    /// The bytes from `start` up to and including `end`.
    Part {
        /// First byte.
        start: u64,
        /// Last byte.
        end: u64,
    },
    /// Nothing that the blob has; 416.
    Unsatisfiable,
}

/// Reads the header for a blob of this length.
pub(crate) fn requested(header: Option<&str>, length: u64) -> RequestedRange {
    let Some(text) = header.and_then(|text| text.trim().strip_prefix("bytes=")) else {
        return RequestedRange::Whole;
    };
    // Several ranges would need a multipart answer, which Azure Blob Storage does not give either.
    let Some((first, last)) = text.split_once('-').filter(|_| !text.contains(',')) else {
        return RequestedRange::Whole;
    };
    let (first, last) = (first.trim(), last.trim());
    let number = |text: &str| text.parse::<u64>().ok();
    match (number(first), number(last)) {
        (Some(start), _) if start >= length => RequestedRange::Unsatisfiable,
        (Some(start), None) if last.is_empty() => RequestedRange::Part {
            start,
            end: length - 1,
        },
        (Some(start), Some(end)) if end >= start => RequestedRange::Part {
            start,
            end: end.min(length - 1),
        },
        (None, Some(0)) if first.is_empty() => RequestedRange::Unsatisfiable,
        (None, Some(_)) if first.is_empty() && length == 0 => RequestedRange::Unsatisfiable,
        (None, Some(suffix)) if first.is_empty() => RequestedRange::Part {
            start: length.saturating_sub(suffix),
            end: length - 1,
        },
        _ => RequestedRange::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::{
        RequestedRange::{Part, Unsatisfiable, Whole},
        *,
    };

    #[test]
    fn ranges_are_read_as_the_rfc_says() {
        let cases = [
            (None, Whole),
            (Some("bytes=0-9"), Part { start: 0, end: 9 }),
            (Some("bytes=90-"), Part { start: 90, end: 99 }),
            (Some("bytes=-10"), Part { start: 90, end: 99 }),
            (Some("bytes=-1000"), Part { start: 0, end: 99 }),
            (Some("bytes=0-1000"), Part { start: 0, end: 99 }),
            (Some("bytes=100-"), Unsatisfiable),
            (Some("bytes=-0"), Unsatisfiable),
            (Some("bytes=9-0"), Whole),
            (Some("bytes=0-1,5-6"), Whole),
            (Some("items=0-1"), Whole),
            (Some("bytes=x-y"), Whole),
        ];
        for (header, wanted) in cases {
            assert_eq!(requested(header, 100), wanted, "{header:?}");
        }
    }

    #[test]
    fn an_empty_blob_has_no_ranges() {
        assert_eq!(requested(Some("bytes=0-0"), 0), Unsatisfiable);
        assert_eq!(requested(Some("bytes=-5"), 0), Unsatisfiable);
        assert_eq!(requested(None, 0), Whole);
    }
}
