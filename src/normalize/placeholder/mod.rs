//! Fillers that stand for a missing value: `n/a`, `sin email`, `asdf`, `cliente contado`, `666666666`, `test@test.com`.
//!
//! A placeholder *is* missing: it must never link two records, and two different ones must never separate them. The
//! fixed values are a table (`resources/placeholders`), looked up in two spellings: folded without spaces (`N / A`), and
//! as written in lower case where punctuation carries the meaning (`#N/A`, `info@info.com`). What is a pattern is code:
//! repeated characters, punctuation alone, a field's name negated, the reserved domains of RFC 2606.
//!
//! A value shared by far too many records or people is a filler too, whatever it says: that is [`learned`] from the data.
//!
//! # Complexity
//! Linear in the length of the value; values longer than the longest filler are left after one look.

mod learned;
mod patterns;
mod table;

use serde::Serialize;

use super::text::{LetterCase, clean, fold_into, letter_case};
use crate::table::AttributeKind;
pub use learned::{Excess, Usage, learned};
use patterns::pattern;
use table::TABLE;

/// Why a value is a placeholder.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum PlaceholderKind {
    /// `N/A`, `NULL`, `no consta`, `#REF!`.
    NullMarker,
    /// `test`, `asdf`, `12345`.
    Test,
    /// One character three times or more.
    RepeatedChar,
    /// No letter and no digit.
    PunctuationOnly,
    /// `sin email`, `no tiene teléfono`.
    NegatedField,
    /// `cliente contado`, `consumidor final`: a till's customer for everybody.
    GenericCustomer,
    /// `John Doe`, `Mario Rossi`: perhaps somebody's real name; see [`is_missing`](Self::is_missing).
    GenericPerson,
    /// `nt@nt.es`, `a@a.com`, anything at `example.com`.
    FakeEmail,
    /// `noemail@...` at a domain that may be real; see [`is_missing`](Self::is_missing).
    SuspiciousEmail,
    /// `666666666`, `123456789`, numbers reserved for films.
    FillerPhone,
    /// `00000000T`, `XAXX010101000`.
    FillerId,
    /// `1900-01-01`, `9999-12-31`: what systems write for "no date".
    EpochDate,
    /// `00/00/0000`, `dd/mm/aaaa`.
    DateMask,
    /// `calle falsa 123`, `recogida en tienda`, a street type alone.
    FillerAddress,
    /// `00000`, `99999`; may be real, see [`is_missing`](Self::is_missing).
    FillerPostcode,
}

impl PlaceholderKind {
    /// The stable reason code.
    pub fn name(self) -> &'static str {
        match self {
            Self::NullMarker => "null_marker",
            Self::Test => "test_or_keyboard",
            Self::RepeatedChar => "repeated_char",
            Self::PunctuationOnly => "punctuation_only",
            Self::NegatedField => "negated_field_name",
            Self::GenericCustomer => "generic_customer",
            Self::GenericPerson => "generic_person",
            Self::FakeEmail => "fake_email",
            Self::SuspiciousEmail => "suspicious_email",
            Self::FillerPhone => "filler_phone",
            Self::FillerId => "filler_id",
            Self::EpochDate => "epoch_date",
            Self::DateMask => "date_mask",
            Self::FillerAddress => "filler_address",
            Self::FillerPostcode => "filler_postcode",
        }
    }

    /// True when the value is to be treated as missing; false when it may be real and deserves only low trust.
    pub fn is_missing(self) -> bool {
        !matches!(self, Self::GenericPerson | Self::SuspiciousEmail | Self::FillerPostcode)
    }

    fn from_table(field: Field, kind: &str) -> Option<Self> {
        Some(match kind {
            "null_marker" => Self::NullMarker,
            "test_or_keyboard" => Self::Test,
            "generic_customer" => Self::GenericCustomer,
            "generic_person" => Self::GenericPerson,
            "known_fake" => Self::FakeEmail,
            "sequence_or_filler" => Self::FillerPhone,
            "known_filler" => Self::FillerId,
            "epoch_or_filler" => Self::EpochDate,
            "mask_or_zero" => Self::DateMask,
            "placeholder" => Self::FillerAddress,
            "filler" if field == Field::Postcode => Self::FillerPostcode,
            _ => return None,
        })
    }
}

/// Groups of attribute kinds that share their fillers; the names are those of the table.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Field {
    Any,
    Name,
    Email,
    Phone,
    Id,
    Date,
    Address,
    Postcode,
}

impl Field {
    const ALL: [(Field, &'static str); 8] = [
        (Field::Any, "any"),
        (Field::Name, "name"),
        (Field::Email, "email"),
        (Field::Phone, "phone"),
        (Field::Id, "id"),
        (Field::Date, "date"),
        (Field::Address, "address"),
        (Field::Postcode, "postcode"),
    ];

    /// A mail address squashed is another address, and a date squashed another number.
    fn is_verbatim(self) -> bool {
        matches!(self, Field::Email | Field::Date)
    }

    fn of(kind: AttributeKind) -> Field {
        use AttributeKind as K;
        match kind {
            K::FullName
            | K::GivenName
            | K::MiddleName
            | K::Surname
            | K::SecondSurname
            | K::Nickname
            | K::Company => Field::Name,
            K::Email => Field::Email,
            K::Phone => Field::Phone,
            K::Identifier => Field::Id,
            K::BirthDate => Field::Date,
            K::FullAddress | K::Street | K::AddressLine2 => Field::Address,
            K::Postcode => Field::Postcode,
            _ => Field::Any,
        }
    }
}

/// Numbers and one-letter codes are fillers where a name or an address is due, and plain values in a house number, an age
/// or a category.
fn takes_short_codes(kind: AttributeKind) -> bool {
    use AttributeKind as K;
    !matches!(
        kind,
        K::HouseNumber
            | K::Unit
            | K::Age
            | K::BirthDay
            | K::BirthMonth
            | K::BirthYear
            | K::Category
            | K::Gender
            | K::PoBox
            | K::NamePrefix
            | K::NameSuffix
            | K::Region
            | K::Country
    )
}

/// Says whether a whole value is a filler for its kind of column, and which.
///
/// Real surnames that read like markers (Nil, None, Null, Na, No) are fillers only alone in the cell: `Ana None` is a
/// person.
///
/// # Example
/// ```
/// # use quilate::normalize::placeholder::{placeholder, PlaceholderKind};
/// # use quilate::AttributeKind;
/// assert_eq!(placeholder(AttributeKind::Email, "nt@nt.es"), Some(PlaceholderKind::FakeEmail));
/// assert_eq!(placeholder(AttributeKind::FullName, "Cliente Mostrador"), Some(PlaceholderKind::GenericCustomer));
/// assert_eq!(placeholder(AttributeKind::Surname, "Nulles"), None);
/// ```
pub fn placeholder(kind: AttributeKind, raw: &str) -> Option<PlaceholderKind> {
    let cleaned = clean(raw);
    let mut folded = String::with_capacity(cleaned.len());
    fold_into(&cleaned, &mut folded);
    placeholder_folded(kind, &cleaned, &folded)
}

/// [`placeholder`] for callers that have the clean text and its folded form at hand.
pub(crate) fn placeholder_folded(
    kind: AttributeKind,
    cleaned: &str,
    folded: &str,
) -> Option<PlaceholderKind> {
    if cleaned.is_empty() {
        return None;
    }
    let field = Field::of(kind);
    // "asdf asdf" is what "asdf" is.
    let twice = || {
        let middle = folded.len() / 2;
        if folded.len().is_multiple_of(2) || folded.as_bytes()[middle] != b' ' {
            return None;
        }
        let (word, again) = folded.split_once(' ')?;
        if word == again && word.len() > 2 { listed(kind, field, word, word) } else { None }
    };
    pattern(kind, field, cleaned, folded).or_else(|| listed(kind, field, cleaned, folded)).or_else(twice)
}

/// Markers that are also somebody's name. In a column that holds part of a name they count only when they are written
/// as a program writes them (`NULL`, `none`), not as a name (`Null`).
const ALSO_NAMES: [&str; 16] = [
    "na", "nil", "no", "none", "null", "nada", "blank", "guest", "sample", "foo", "bar", "old", "fake",
    "void", "demo", "baja",
];

fn is_part_of_name(kind: AttributeKind) -> bool {
    use AttributeKind as K;
    matches!(kind, K::GivenName | K::MiddleName | K::Surname | K::SecondSurname | K::Nickname)
}

fn listed(kind: AttributeKind, field: Field, cleaned: &str, folded: &str) -> Option<PlaceholderKind> {
    let squashed = TABLE.squashed(folded);
    if let Some((squashed, row)) = &squashed {
        if let Some(own) = row[field as usize].filter(|_| field != Field::Any) {
            return Some(own);
        }
        // Numbers and codes are markers only where neither belongs; identifiers and postcodes have lists of their own.
        let is_number = squashed.bytes().all(|byte| byte.is_ascii_digit());
        let is_value = match kind {
            _ if is_number => !matches!(field, Field::Name | Field::Address | Field::Email | Field::Phone),
            _ => !takes_short_codes(kind) && squashed.len() <= 2,
        };
        let is_name = is_part_of_name(kind)
            && ALSO_NAMES.contains(&&**squashed)
            && cleaned.chars().all(char::is_alphabetic)
            && letter_case(cleaned) == LetterCase::Mixed;
        let any = row[Field::Any as usize].filter(|_| !is_value && !is_name);
        if any.is_some() {
            return any;
        }
    }
    // Only the spellings that squashing cannot tell apart are left: the ones with symbols, and what is never squashed.
    if !TABLE.may_hold(cleaned) {
        return None;
    }
    let symbols = cleaned.bytes().any(|byte| byte.is_ascii_punctuation());
    if !symbols && !field.is_verbatim() {
        return None;
    }
    let row = TABLE.verbatim(cleaned)?;
    let own = row[field as usize].filter(|_| field != Field::Any);
    own.or(row[Field::Any as usize].filter(|_| symbols))
}

#[cfg(test)]
mod tests {
    use super::*;
    use PlaceholderKind as P;
    use proptest::prelude::*;

    #[test]
    fn fillers() {
        use AttributeKind as K;
        let rows: &[(K, &str, P)] = &[
            (K::FullName, "N/A|n.a.|N / A|NULL|(null)|\\N|#N/D|desconocido|No consta|ns/nc", P::NullMarker),
            (K::Surname, "NULL|null|none|N/A|-1.#IND", P::NullMarker),
            (K::FullName, "-|...|???|¿?|__", P::PunctuationOnly),
            (K::FullName, "xxx|AAAAA|111|z z z", P::RepeatedChar),
            (K::FullName, "test|PRUEBA|asdf|12345|Lorem ipsum", P::Test),
            (K::FullName, "Cliente mostrador|CONSUMIDOR FINAL|Público en General", P::GenericCustomer),
            (
                K::FullName,
                "Caller 34684847234|Caller +34 684 84 72 34|CALLER (+34)684847234|Visitor 48213377",
                P::GenericCustomer,
            ),
            (K::FullName, "John Doe|Max Mustermann|Mario Rossi", P::GenericPerson),
            (
                K::Email,
                "nt@nt.es|a@a.com|juan@example.com|x@y.z|info@info.com|pepe@foo.invalid",
                P::FakeEmail,
            ),
            (K::Email, "notiene@movistar.es|no-email@ono.com|garcia@garcia.es", P::SuspiciousEmail),
            (K::Email, "sin email|notieneemail|s/correo|no tiene correo electrónico", P::NegatedField),
            (
                K::Phone,
                "666666666|+34 666 666 666|123456789|0034 600000000|+1 212 555 0123|07700 900123",
                P::FillerPhone,
            ),
            (K::Phone, "sin teléfono|no tiene movil", P::NegatedField),
            (K::FullName, "sin nombre|sin datos de e-mail|sin apellidos", P::NegatedField),
            (K::Identifier, "00000000T|00.000.000-T|XAXX010101000|111.111.111-11|078-05-1120", P::FillerId),
            (K::BirthDate, "1900-01-01|9999-12-31", P::EpochDate),
            (K::BirthDate, "00/00/0000|dd/mm/aaaa", P::DateMask),
            (K::Street, "Calle Falsa 123|recogida en tienda|C/|domicilio desconocido", P::FillerAddress),
            (K::Postcode, "00000|99999", P::FillerPostcode),
            (K::Category, "desconocido|unknown|N/A ", P::NullMarker),
            (K::Email, "NO TIENE|null", P::NullMarker),
        ];
        for &(kind, values, expected) in rows {
            for value in values.split('|') {
                let found = placeholder(kind, value);
                assert_eq!(found, Some(expected), "{kind} {value:?}");
            }
        }
    }

    #[test]
    fn values() {
        use AttributeKind as K;
        let rows: &[(K, &str)] = &[
            (
                K::FullName,
                "Ana None|Christopher Null|Juan García|Prueba García|José|Nadal|Caller|John Caller|Visitor 2 Go",
            ),
            (K::Surname, "Null|Nil|None|Na|No|Blank|García|Nulles"),
            (K::GivenName, "Nada|Bar"),
            (K::Company, "AAA|3M|Test & Co"),
            (K::Email, "juan.garcia@gmail.com|aaron@aa.com|test.garcia@gmail.com|j@x.com.mx"),
            (K::Phone, "612 345 670|+34 915 551 212|+1 212 736 5000"),
            (K::Identifier, "54362315K|B64717838|123455"),
            (K::BirthDate, "1980-05-01|1900-02-03"),
            (K::HouseNumber, "111|0|1234"),
            (K::Region, "NC|SD|ND|NA"),
            (K::Category, "x|no|1"),
            (K::Postcode, "28001|22222"),
            (K::FullName, ""),
        ];
        for &(kind, values) in rows {
            for value in values.split('|') {
                assert_eq!(placeholder(kind, value), None, "{kind} {value:?}");
            }
        }
    }

    #[test]
    fn the_table_is_read_whole() {
        let rows = TABLE.rows_read;
        assert!(rows.0 >= 500 && rows.0 == rows.1, "{} of {}", rows.0, rows.1);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,24}|.{0,24}|[0-9 +@.a-z]{0,14}") {
            for &kind in AttributeKind::ALL {
                placeholder(kind, &text);
            }
        }
    }
}
