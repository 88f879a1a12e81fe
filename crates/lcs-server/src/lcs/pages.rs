//! Lists page by page.

/// The service's page size is not documented; ten environments were seen to take two pages.
const PAGE_SIZE: usize = 5;

/// One page of a list.
pub(super) struct Page<T> {
    /// Its number, from 1.
    pub(super) number: u32,
    /// Whether another one follows.
    pub(super) has_more: bool,
    /// What is on it.
    pub(super) items: Vec<T>,
}

/// The page that is asked for, the first when none is.
///
/// # Errors
///
/// The text of the refusal when it is no number from 1.
pub(super) fn number(asked: Option<&str>) -> Result<u32, &'static str> {
    match asked.map(str::parse) {
        None => Ok(1),
        Some(Ok(number)) if number >= 1 => Ok(number),
        Some(_) => Err("The page must be a number from 1."),
    }
}

/// Cuts a page out of a list. One past the end is empty.
pub(super) fn cut<T>(list: Vec<T>, number: u32) -> Page<T> {
    let first = usize::try_from(number - 1)
        .unwrap_or(usize::MAX)
        .saturating_mul(PAGE_SIZE);
    let has_more = list.len() > first.saturating_add(PAGE_SIZE);
    Page {
        number,
        has_more,
        items: list.into_iter().skip(first).take(PAGE_SIZE).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_stands_on_one_page() {
        for length in [0, 1, 5, 6, 11] {
            let list: Vec<usize> = (0..length).collect();
            let (mut seen, mut page) = (Vec::new(), 1);
            loop {
                let cut = cut(list.clone(), page);
                seen.extend(cut.items);
                if !cut.has_more {
                    break;
                }
                page += 1;
            }
            assert_eq!(seen, list);
        }
        assert!(cut(vec![1], u32::MAX).items.is_empty());
    }

    #[test]
    fn a_page_is_a_number_from_one() {
        assert_eq!((number(None), number(Some("7"))), (Ok(1), Ok(7)));
        for asked in ["0", "-1", "x", ""] {
            assert!(number(Some(asked)).is_err(), "{asked}");
        }
    }
}
