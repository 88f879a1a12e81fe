//! Reads rows from their native form, one at a time.

use std::io::{self, BufRead, BufReader, Read};

use jiff::civil::DateTime;
use uuid::Uuid;

use crate::moment::{day_of_number, time_of_units};
use crate::rows::layout::{Layout, Prefix, Width, layout};
use crate::rows::{CharForm, RowError, RowLocation, RowProblem};
use crate::{
    Column, ColumnType, DateTimeOffset, DateTimeTicks, Decimal, SmallDateTime, Table, TableName,
    Value,
};

/// A declared length is believed only this far when memory is set aside.
const TRUSTED_CAPACITY: usize = 64 * 1024;

/// Which part is being decoded, for errors.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) table: TableName,
    pub(crate) part: String,
}

/// An iterator over the rows of one part.
///
/// It holds one row at a time. After an error, or after the last row, it yields nothing more.
/// The bytes may come from anywhere: whatever they are, the outcome is rows or a [`RowError`].
#[derive(Debug)]
pub struct RowDecoder<'t, R: Read> {
    columns: &'t [Column],
    place: Place,
    form: CharForm,
    source: Source<R>,
    row: u64,
    is_done: bool,
}

impl<'t, R: Read> RowDecoder<'t, R> {
    /// Decodes the rows of `table` from `reader`; `part` names the source in errors.
    pub fn new(table: &'t Table, part: impl Into<String>, reader: R) -> Self {
        let place = Place {
            table: table.name.clone(),
            part: part.into(),
        };
        Self::with_form(&table.columns, place, CharForm::Raw, reader)
    }

    pub(crate) fn with_form(
        columns: &'t [Column],
        place: Place,
        form: CharForm,
        reader: R,
    ) -> Self {
        Self {
            columns,
            place,
            form,
            source: Source {
                reader: BufReader::new(reader),
                offset: 0,
            },
            row: 0,
            is_done: false,
        }
    }

    /// Bytes decoded so far.
    pub fn offset(&self) -> u64 {
        self.source.offset
    }

    fn next_row(&mut self) -> Result<Option<Vec<Value>>, RowError> {
        self.row += 1;
        let start = self.source.offset;
        let is_at_end = self
            .source
            .is_at_end()
            .map_err(|problem| self.error(start, None, problem))?;
        if is_at_end {
            return Ok(None);
        }
        if self.columns.is_empty() {
            return Err(self.error(start, None, RowProblem::NoColumns));
        }
        let mut row = Vec::with_capacity(self.columns.len());
        for column in self.columns {
            let start = self.source.offset;
            let value = self
                .source
                .value(column, self.form)
                .map_err(|problem| self.error(start, Some(column), problem))?;
            row.push(value);
        }
        Ok(Some(row))
    }

    fn error(&self, offset: u64, column: Option<&Column>, problem: RowProblem) -> RowError {
        RowError {
            location: Box::new(RowLocation {
                table: self.place.table.clone(),
                part: self.place.part.clone(),
                row: self.row,
                offset,
                column: column.map(|column| column.name.clone()),
            }),
            problem,
        }
    }
}

impl<R: Read> Iterator for RowDecoder<'_, R> {
    type Item = Result<Vec<Value>, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_done {
            return None;
        }
        let row = self.next_row();
        self.is_done = !matches!(row, Ok(Some(_)));
        row.transpose()
    }
}

/// The bytes, and how many were taken.
#[derive(Debug)]
struct Source<R: Read> {
    reader: BufReader<R>,
    offset: u64,
}

impl<R: Read> Source<R> {
    fn is_at_end(&mut self) -> Result<bool, RowProblem> {
        loop {
            match self.reader.fill_buf() {
                Ok(bytes) => return Ok(bytes.is_empty()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(RowProblem::Read { source }),
            }
        }
    }

    fn value(&mut self, column: &Column, form: CharForm) -> Result<Value, RowProblem> {
        let Some(layout) = layout(column, form) else {
            return Err(RowProblem::UnsupportedType {
                column_type: column.column_type.to_string(),
            });
        };
        match self.length(layout)? {
            None if column.nullable => Ok(Value::Null),
            None => Err(RowProblem::UnexpectedNull),
            Some(length) => self.payload(&column.column_type, length),
        }
    }

    /// The payload's length in bytes, checked against the layout; `None` for NULL.
    fn length(&mut self, layout: Layout) -> Result<Option<u64>, RowProblem> {
        let (length, null) = match layout.prefix {
            Prefix::None => (None, 0),
            Prefix::One => (Some(u64::from(u8::from_le_bytes(self.array()?))), 0xff),
            Prefix::Two => (Some(u64::from(u16::from_le_bytes(self.array()?))), 0xffff),
            Prefix::Four => (
                Some(u64::from(u32::from_le_bytes(self.array()?))),
                0xffff_ffff,
            ),
            Prefix::Eight => (Some(u64::from_le_bytes(self.array()?)), u64::MAX),
        };
        match (length, layout.width) {
            (Some(length), _) if length == null => Ok(None),
            (None, Width::Fixed(width)) => Ok(Some(width as u64)),
            (Some(found), Width::Fixed(width)) if found == width as u64 => Ok(Some(found)),
            (Some(found), Width::Fixed(width)) => Err(RowProblem::WrongLength {
                expected: width as u64,
                found,
            }),
            (Some(found), Width::AtMost(limit)) if found > limit => {
                Err(RowProblem::TooLong { limit, found })
            }
            (Some(found), Width::AtMost(_)) => Ok(Some(found)),
            // No layout has neither prefix nor width; an empty value is the harmless reading.
            (None, Width::AtMost(_)) => Ok(Some(0)),
        }
    }

    fn payload(&mut self, column_type: &ColumnType, length: u64) -> Result<Value, RowProblem> {
        Ok(match column_type {
            ColumnType::TinyInt => Value::TinyInt(u8::from_le_bytes(self.array()?)),
            ColumnType::SmallInt => Value::SmallInt(i16::from_le_bytes(self.array()?)),
            ColumnType::Int => Value::Int(i32::from_le_bytes(self.array()?)),
            ColumnType::BigInt => Value::BigInt(i64::from_le_bytes(self.array()?)),
            ColumnType::Bit => match self.array()? {
                [0] => Value::Bit(false),
                [1] => Value::Bit(true),
                [found] => return Err(RowProblem::InvalidBit { found }),
            },
            ColumnType::Real => Value::Real(f32::from_le_bytes(self.array()?)),
            ColumnType::Float => Value::Float(f64::from_le_bytes(self.array()?)),
            ColumnType::Money => {
                // The high half comes first.
                let high = i32::from_le_bytes(self.array()?);
                let low = u32::from_le_bytes(self.array()?);
                Value::Money((i64::from(high) << 32) | i64::from(low))
            }
            ColumnType::SmallMoney => Value::SmallMoney(i32::from_le_bytes(self.array()?)),
            ColumnType::Decimal { precision, scale } | ColumnType::Numeric { precision, scale } => {
                Value::Decimal(self.decimal(*precision, *scale)?)
            }
            ColumnType::UniqueIdentifier => {
                Value::UniqueIdentifier(Uuid::from_bytes_le(self.array()?))
            }
            ColumnType::Date
            | ColumnType::Time { .. }
            | ColumnType::DateTime2 { .. }
            | ColumnType::DateTimeOffset { .. }
            | ColumnType::DateTime
            | ColumnType::SmallDateTime => self
                .moment(column_type)?
                .ok_or(RowProblem::OutOfRangeTime)?,
            ColumnType::Char(_)
            | ColumnType::NChar(_)
            | ColumnType::VarChar(_)
            | ColumnType::NVarChar(_)
            | ColumnType::SysName
            | ColumnType::Text
            | ColumnType::NText
            | ColumnType::Xml => self.text(length)?,
            ColumnType::Image
            | ColumnType::Binary(_)
            | ColumnType::VarBinary(_)
            | ColumnType::Geography
            | ColumnType::Geometry
            | ColumnType::HierarchyId
            | ColumnType::SqlVariant => Value::Binary(self.bytes(length)?),
            ColumnType::RowVersion => Value::RowVersion(self.array()?),
            ColumnType::Unsupported(name) => {
                return Err(RowProblem::UnsupportedType {
                    column_type: name.clone(),
                });
            }
        })
    }

    fn decimal(&mut self, precision: u8, scale: u8) -> Result<Decimal, RowProblem> {
        let [found_precision, found_scale, sign] = self.array()?;
        let magnitude = u128::from_le_bytes(self.array()?);
        let fits = found_precision == precision && found_scale == scale && sign <= 1;
        Some(magnitude)
            .filter(|_| fits)
            .and_then(|magnitude| Decimal::new(sign == 0, magnitude, precision, scale).ok())
            .ok_or(RowProblem::InvalidDecimal {
                precision: found_precision,
                scale: found_scale,
                sign,
            })
    }

    /// A value of a date or time type; `None` when it is out of range.
    fn moment(&mut self, column_type: &ColumnType) -> Result<Option<Value>, RowProblem> {
        Ok(match column_type {
            ColumnType::Date => {
                let days = self.day_bytes()?;
                day_of_number(days).map(Value::Date)
            }
            ColumnType::Time { .. } => {
                let units = self.time_bytes()?;
                time_of_units(units).map(Value::Time)
            }
            ColumnType::DateTime2 { .. } => self.date_time()?.map(Value::DateTime2),
            ColumnType::DateTimeOffset { .. } => {
                let utc = self.date_time()?;
                let offset_minutes = i16::from_le_bytes(self.array()?);
                utc.and_then(|utc| DateTimeOffset::new(utc, offset_minutes))
                    .map(Value::DateTimeOffset)
            }
            ColumnType::DateTime => {
                let days = i32::from_le_bytes(self.array()?);
                let ticks = u32::from_le_bytes(self.array()?);
                DateTimeTicks::new(days, ticks).map(Value::DateTime)
            }
            ColumnType::SmallDateTime => {
                let days = u16::from_le_bytes(self.array()?);
                let minutes = u16::from_le_bytes(self.array()?);
                SmallDateTime::new(days, minutes).map(Value::SmallDateTime)
            }
            _ => None,
        })
    }

    fn date_time(&mut self) -> Result<Option<DateTime>, RowProblem> {
        let units = self.time_bytes()?;
        let days = self.day_bytes()?;
        Ok(day_of_number(days)
            .zip(time_of_units(units))
            .map(|(day, time)| DateTime::from_parts(day, time)))
    }

    fn day_bytes(&mut self) -> Result<u32, RowProblem> {
        let [low, middle, high] = self.array()?;
        Ok(u32::from_le_bytes([low, middle, high, 0]))
    }

    fn time_bytes(&mut self) -> Result<u64, RowProblem> {
        let mut wide = [0; 8];
        let narrow: [u8; 5] = self.array()?;
        wide[..5].copy_from_slice(&narrow);
        Ok(u64::from_le_bytes(wide))
    }

    fn text(&mut self, length: u64) -> Result<Value, RowProblem> {
        if !length.is_multiple_of(2) {
            return Err(RowProblem::OddTextLength { found: length });
        }
        let bytes = self.bytes(length)?;
        let units: Vec<u16> = bytes
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        Ok(String::from_utf16(&units).map_or(Value::Utf16(units), Value::Text))
    }

    fn bytes(&mut self, length: u64) -> Result<Vec<u8>, RowProblem> {
        let trusted =
            usize::try_from(length).map_or(TRUSTED_CAPACITY, |length| length.min(TRUSTED_CAPACITY));
        let mut bytes = Vec::with_capacity(trusted);
        let found = self
            .reader
            .by_ref()
            .take(length)
            .read_to_end(&mut bytes)
            .map_err(|source| RowProblem::Read { source })? as u64;
        self.offset += found;
        if found < length {
            return Err(RowProblem::Truncated {
                wanted: length,
                found,
            });
        }
        Ok(bytes)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], RowProblem> {
        let mut array = [0; N];
        let mut filled = 0;
        while filled < N {
            match self.reader.read(&mut array[filled..]) {
                Ok(0) => {
                    return Err(RowProblem::Truncated {
                        wanted: N as u64,
                        found: filled as u64,
                    });
                }
                Ok(read) => filled += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(source) => return Err(RowProblem::Read { source }),
            }
        }
        self.offset += N as u64;
        Ok(array)
    }
}
