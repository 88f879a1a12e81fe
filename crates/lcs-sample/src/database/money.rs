//! Amounts and quantities as whole hundredths, so that sums are exact.

use std::{iter::Sum, ops};

use rusqlite::ToSql;
use rusqlite::types::ToSqlOutput;

/// A number with two decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(super) struct Money(pub(super) i64);

impl Money {
    /// This many whole units.
    pub(super) fn whole(units: u32) -> Self {
        Self(i64::from(units) * 100)
    }

    /// The amount this many times.
    pub(super) fn times(self, count: u32) -> Self {
        Self(self.0 * i64::from(count))
    }

    /// This many hundredths of the amount, rounded half away from zero.
    pub(super) fn percent(self, percent: i64) -> Self {
        let product = self.0 * percent;
        Self((product + product.signum() * 50) / 100)
    }
}

impl ops::Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl ops::Neg for Money {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), ops::Add::add)
    }
}

impl ToSql for Money {
    /// As decimal text, which a `NUMERIC` column turns into its own form without a detour through
    /// binary fractions of ours.
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        let sign = if self.0 < 0 { "-" } else { "" };
        let hundredths = self.0.unsigned_abs();
        let text = format!("{sign}{}.{:02}", hundredths / 100, hundredths % 100);
        Ok(ToSqlOutput::from(text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentages_round_half_away_from_zero() {
        assert_eq!(Money(150).percent(19), Money(29));
        assert_eq!(Money(-150).percent(19), Money(-29));
        assert_eq!(Money(50).percent(1), Money(1));
    }

    #[test]
    fn amounts_below_one_keep_their_sign() {
        let text = |money: Money| match money.to_sql().unwrap() {
            ToSqlOutput::Owned(rusqlite::types::Value::Text(text)) => text,
            other => panic!("expected text, got {other:?}"),
        };
        assert_eq!(text(Money(-5)), "-0.05");
        assert_eq!(text(Money(123_456)), "1234.56");
    }
}
