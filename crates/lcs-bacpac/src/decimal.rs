//! Exact decimals: `decimal` and `numeric` values, and the fixed-point text of money.

use std::fmt;

/// A `decimal(precision, scale)` value: sign and magnitude, as the row data holds it.
///
/// Negative zero is kept apart from zero, because the bytes are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Decimal {
    magnitude: u128,
    negative: bool,
    precision: u8,
    scale: u8,
}

/// Why a decimal cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecimalError {
    /// Precision and scale that no column can have.
    #[error("decimal({precision},{scale}) does not exist")]
    Declaration {
        /// The precision asked for.
        precision: u8,
        /// The scale asked for.
        scale: u8,
    },
    /// More digits than the precision leaves room for.
    #[error("the number has more digits than decimal({precision},{scale}) holds")]
    TooManyDigits {
        /// The precision asked for.
        precision: u8,
        /// The scale asked for.
        scale: u8,
    },
    /// Text that is not a plain decimal number.
    #[error("`{text}` is not a plain decimal number")]
    NotANumber {
        /// The text.
        text: String,
    },
}

impl Decimal {
    /// Makes a decimal of `magnitude × 10^-scale` with a sign.
    ///
    /// # Errors
    /// When the precision is not 1 to 38, the scale exceeds it, or the magnitude has more digits
    /// than the precision.
    pub fn new(
        negative: bool,
        magnitude: u128,
        precision: u8,
        scale: u8,
    ) -> Result<Self, DecimalError> {
        if !(1..=38).contains(&precision) || scale > precision {
            return Err(DecimalError::Declaration { precision, scale });
        }
        // 10^38 still fits in 128 bits.
        if magnitude >= 10_u128.pow(u32::from(precision)) {
            return Err(DecimalError::TooManyDigits { precision, scale });
        }
        Ok(Self {
            magnitude,
            negative,
            precision,
            scale,
        })
    }

    /// Reads plain decimal text such as `-12.50`. Digits beyond the scale must be zeros: nothing
    /// is rounded.
    ///
    /// # Errors
    /// When the text is not a plain decimal number, or does not fit precision and scale.
    pub fn parse(text: &str, precision: u8, scale: u8) -> Result<Self, DecimalError> {
        let not_a_number = || DecimalError::NotANumber {
            text: text.to_owned(),
        };
        let too_many = DecimalError::TooManyDigits { precision, scale };
        let (negative, digits) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix('+').unwrap_or(text)),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let is_number = !(whole.is_empty() && fraction.is_empty())
            && whole
                .bytes()
                .chain(fraction.bytes())
                .all(|byte| byte.is_ascii_digit());
        if !is_number {
            return Err(not_a_number());
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > usize::from(scale) {
            return Err(too_many);
        }
        let padding = usize::from(scale) - fraction.len();
        let all = whole
            .bytes()
            .chain(fraction.bytes())
            .chain(std::iter::repeat_n(b'0', padding));
        let mut magnitude = 0_u128;
        for digit in all {
            magnitude = magnitude
                .checked_mul(10)
                .and_then(|shifted| shifted.checked_add(u128::from(digit - b'0')))
                .ok_or_else(|| too_many.clone())?;
        }
        Self::new(negative && magnitude != 0, magnitude, precision, scale)
    }

    /// The digits as a whole number, without sign and point.
    pub fn magnitude(self) -> u128 {
        self.magnitude
    }

    /// Whether the sign is minus.
    pub fn is_negative(self) -> bool {
        self.negative
    }

    /// Digits in all.
    pub fn precision(self) -> u8 {
        self.precision
    }

    /// Digits after the point.
    pub fn scale(self) -> u8 {
        self.scale
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&fixed_point(self.negative, self.magnitude, self.scale))
    }
}

/// Writes a magnitude with `scale` digits after the point.
pub(crate) fn fixed_point(negative: bool, magnitude: u128, scale: u8) -> String {
    let scale = usize::from(scale);
    let digits = format!("{magnitude:0>width$}", width = scale + 1);
    let sign = if negative { "-" } else { "" };
    let (whole, fraction) = digits.split_at(digits.len() - scale);
    if fraction.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{fraction}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_numbers_are_read_exactly() {
        for (text, shown) in [
            ("0.25", "0.25"),
            ("-1", "-1.00"),
            ("+7.5", "7.50"),
            (".5", "0.50"),
            ("-0", "0.00"),
            ("1.2300", "1.23"),
            ("9999999.99", "9999999.99"),
        ] {
            let decimal = Decimal::parse(text, 9, 2).unwrap();
            assert_eq!(decimal.to_string(), shown, "{text}");
        }
    }

    #[test]
    fn what_does_not_fit_is_refused_and_never_rounded() {
        for text in [
            "0.001",
            "10000000",
            "99999999999999999999999999999999999999999",
        ] {
            let refused = Decimal::parse(text, 9, 2);
            assert_eq!(
                refused,
                Err(DecimalError::TooManyDigits {
                    precision: 9,
                    scale: 2
                }),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_not_a_plain_number_is_refused() {
        for text in [
            "", ".", "-", "1e3", "1,5", " 1", "0x1", "--1", "1.2.3", "NaN",
        ] {
            assert!(
                matches!(
                    Decimal::parse(text, 9, 2),
                    Err(DecimalError::NotANumber { .. })
                ),
                "{text}"
            );
        }
    }

    #[test]
    fn the_largest_precision_holds_thirty_eight_nines() {
        let nines = "9".repeat(38);
        let largest = Decimal::parse(&nines, 38, 0).unwrap();
        assert_eq!(largest.to_string(), nines);
    }
}
