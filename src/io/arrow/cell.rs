//! One cell of an Arrow array as text.

use std::fmt::Write as _;

use arrow_array::cast::AsArray;
use arrow_array::temporal_conversions::{as_date, as_datetime, as_time};
use arrow_array::types::*;
use arrow_array::{Array, ArrowPrimitiveType};
use arrow_schema::{DataType, TimeUnit};

/// Floats below this without a fraction are whole numbers that became floats because others of their column were
/// missing: `34612345678.0` is a telephone number.
const MAX_WHOLE: f64 = 1e15;

/// Whether cells of a type can be read as one text.
pub(super) fn is_readable(data_type: &DataType) -> bool {
    use DataType as T;
    match data_type {
        T::Dictionary(_, values) => !matches!(**values, T::Dictionary(..)) && is_readable(values),
        T::Null | T::Boolean | T::Utf8 | T::LargeUtf8 | T::Utf8View => true,
        T::Date32 | T::Date64 | T::Timestamp(..) | T::Time32(_) | T::Time64(_) => true,
        T::Decimal32(..) | T::Decimal64(..) | T::Decimal128(..) | T::Decimal256(..) => true,
        number => number.is_integer() || number.is_floating(),
    }
}

/// The text of a cell, written to `buffer` where the array does not hold it; `None` for null, for what is no number, and
/// for types that [`is_readable`] refuses.
pub(super) fn text<'a>(array: &'a dyn Array, row: usize, buffer: &'a mut String) -> Option<&'a str> {
    use DataType as T;
    if array.is_null(row) {
        return None;
    }
    buffer.clear();
    let written = match array.data_type() {
        T::Utf8 => return Some(array.as_string::<i32>().value(row)),
        T::LargeUtf8 => return Some(array.as_string::<i64>().value(row)),
        T::Utf8View => return Some(array.as_string_view().value(row)),
        T::Dictionary(..) => {
            let dictionary = array.as_any_dictionary();
            if dictionary.values().is_empty() {
                return None;
            }
            let entry = dictionary.normalized_keys().get(row).copied()?;
            return text(dictionary.values().as_ref(), entry, buffer);
        }
        T::Boolean => write!(buffer, "{}", array.as_boolean().value(row)),
        T::Int8 => write!(buffer, "{}", value::<Int8Type>(array, row)),
        T::Int16 => write!(buffer, "{}", value::<Int16Type>(array, row)),
        T::Int32 => write!(buffer, "{}", value::<Int32Type>(array, row)),
        T::Int64 => write!(buffer, "{}", value::<Int64Type>(array, row)),
        T::UInt8 => write!(buffer, "{}", value::<UInt8Type>(array, row)),
        T::UInt16 => write!(buffer, "{}", value::<UInt16Type>(array, row)),
        T::UInt32 => write!(buffer, "{}", value::<UInt32Type>(array, row)),
        T::UInt64 => write!(buffer, "{}", value::<UInt64Type>(array, row)),
        T::Float16 => return float(f64::from(value::<Float16Type>(array, row)), buffer),
        // By its own shortest text: the nearest f64 of 0.1 is another number.
        T::Float32 => match value::<Float32Type>(array, row) {
            number if number.fract() == 0.0 => return float(f64::from(number), buffer),
            number if number.is_finite() => write!(buffer, "{number}"),
            _ => return None,
        },
        T::Float64 => return float(value::<Float64Type>(array, row), buffer),
        T::Decimal32(..) => write!(buffer, "{}", array.as_primitive::<Decimal32Type>().value_as_string(row)),
        T::Decimal64(..) => write!(buffer, "{}", array.as_primitive::<Decimal64Type>().value_as_string(row)),
        T::Decimal128(..) => {
            write!(buffer, "{}", array.as_primitive::<Decimal128Type>().value_as_string(row))
        }
        T::Decimal256(..) => {
            write!(buffer, "{}", array.as_primitive::<Decimal256Type>().value_as_string(row))
        }
        T::Date32 => {
            write!(buffer, "{}", as_date::<Date32Type>(value::<Date32Type>(array, row).into())?)
        }
        T::Date64 => write!(buffer, "{}", as_date::<Date64Type>(value::<Date64Type>(array, row))?),
        T::Timestamp(unit, zone) => return timestamp(array, row, *unit, zone.is_some(), buffer),
        T::Time32(TimeUnit::Second) => {
            write!(buffer, "{}", as_time::<Time32SecondType>(value::<Time32SecondType>(array, row).into())?)
        }
        T::Time32(_) => write!(
            buffer,
            "{}",
            as_time::<Time32MillisecondType>(value::<Time32MillisecondType>(array, row).into())?
        ),
        T::Time64(TimeUnit::Microsecond) => {
            write!(
                buffer,
                "{}",
                as_time::<Time64MicrosecondType>(value::<Time64MicrosecondType>(array, row))?
            )
        }
        T::Time64(_) => {
            write!(buffer, "{}", as_time::<Time64NanosecondType>(value::<Time64NanosecondType>(array, row))?)
        }
        _ => return None,
    };
    // Writing to a string cannot fail.
    written.ok().map(|()| buffer.as_str())
}

fn value<T: ArrowPrimitiveType>(array: &dyn Array, row: usize) -> T::Native {
    array.as_primitive::<T>().value(row)
}

fn float(number: f64, buffer: &mut String) -> Option<&str> {
    let written = match number {
        _ if !number.is_finite() => return None,
        _ if number.fract() == 0.0 && number.abs() < MAX_WHOLE => write!(buffer, "{}", number as i64),
        _ => write!(buffer, "{number}"),
    };
    written.ok().map(|()| buffer.as_str())
}

/// ISO 8601, with `Z` where the instant is known; a day alone where the time is midnight without zone, as data frames
/// hold dates.
fn timestamp<'a>(
    array: &dyn Array,
    row: usize,
    unit: TimeUnit,
    is_instant: bool,
    buffer: &'a mut String,
) -> Option<&'a str> {
    let moment = match unit {
        TimeUnit::Second => as_datetime::<TimestampSecondType>(value::<TimestampSecondType>(array, row)),
        TimeUnit::Millisecond => {
            as_datetime::<TimestampMillisecondType>(value::<TimestampMillisecondType>(array, row))
        }
        TimeUnit::Microsecond => {
            as_datetime::<TimestampMicrosecondType>(value::<TimestampMicrosecondType>(array, row))
        }
        TimeUnit::Nanosecond => {
            as_datetime::<TimestampNanosecondType>(value::<TimestampNanosecondType>(array, row))
        }
    }?;
    write!(buffer, "{moment}").ok()?;
    match buffer.strip_suffix(" 00:00:00").map(str::len) {
        Some(day) if !is_instant => buffer.truncate(day),
        _ if is_instant => buffer.push('Z'),
        _ => {}
    }
    Some(buffer)
}
