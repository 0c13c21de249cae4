//! Fillers that stand for a missing value: `n/a`, `sin email`, `asdf`, `cliente contado`, `666666666`, `test@test.com`.
//!
//! A placeholder *is* missing: it must never link two records, and two different ones must never separate them. The
//! fixed values are a table (`resources/placeholders`), looked up in two spellings: folded without spaces (`N / A`), and
//! as written in lower case where punctuation carries the meaning (`#N/A`, `info@info.com`). What is a pattern is code:
//! repeated characters, punctuation alone, a field's name negated, the reserved domains of RFC 2606.
//!
//! A value shared by very many records is a filler too, whatever it says; that needs frequencies and is decided by the
//! blocking stage.
//!
//! # Complexity
//! Linear in the length of the value; values longer than the longest filler are left after one look.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;
use serde::Serialize;

use super::resources::{fields, lines};
use super::text::{LetterCase, clean, fold_into, letter_case};
use crate::table::AttributeKind;

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

/// Fillers of the table by field and spelling. `squashed` drops everything but letters and digits, so `N / A`, `n.a.` and
/// `NA` are one entry; `verbatim` holds the lower-case text.
struct Table {
    squashed: [HashMap<String, PlaceholderKind, FixedState>; Field::ALL.len()],
    verbatim: [HashMap<&'static str, PlaceholderKind, FixedState>; Field::ALL.len()],
    longest: usize,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let text = include_str!("../../resources/placeholders/placeholders.tsv");
    let mut table = Table { squashed: Default::default(), verbatim: Default::default(), longest: 0 };
    for line in lines(text) {
        let [field, kind, _, value] = fields(line);
        let Some(&(field, _)) = Field::ALL.iter().find(|(_, name)| *name == field) else { continue };
        let Some(kind) = PlaceholderKind::from_table(field, kind) else { continue };
        table.longest = table.longest.max(value.len());
        table.verbatim[field as usize].entry(value).or_insert(kind);
        // A mail address squashed is another address, and a date squashed another number.
        let squashed = squash(value);
        // What is left of `\\N` is a letter like any other.
        let shrunk = squashed.len() < 2 && value.len() > 1;
        if !squashed.is_empty() && !shrunk && !matches!(field, Field::Email | Field::Date) {
            table.squashed[field as usize].entry(squashed).or_insert(kind);
        }
    }
    table
});

fn squash(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    fold_into(text, &mut out);
    out.retain(|c| c != ' ');
    out
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
    pattern(kind, field, cleaned, folded).or_else(|| listed(kind, field, cleaned, folded))
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
    let table = &*TABLE;
    // Spaces between the letters may double the length of a filler; beyond that nothing in the table can match.
    if cleaned.len() > 2 * table.longest {
        return None;
    }
    let squashed: Cow<'_, str> = if folded.contains(' ') {
        Cow::Owned(folded.chars().filter(|&c| c != ' ').collect())
    } else {
        Cow::Borrowed(folded)
    };
    let own =
        if field == Field::Any { None } else { table.squashed[field as usize].get(&*squashed).copied() };
    let any = || {
        // Numbers and codes are markers only where neither belongs; identifiers and postcodes have lists of their own.
        let is_number = squashed.bytes().all(|byte| byte.is_ascii_digit());
        let is_value = match kind {
            _ if is_number => !matches!(field, Field::Name | Field::Address | Field::Email | Field::Phone),
            _ => !takes_short_codes(kind) && squashed.len() <= 2,
        };
        let is_name = is_part_of_name(kind)
            && ALSO_NAMES.contains(&&*squashed)
            && cleaned.chars().all(char::is_alphabetic)
            && letter_case(cleaned) == LetterCase::Mixed;
        if is_value || is_name { None } else { table.squashed[Field::Any as usize].get(&*squashed).copied() }
    };
    let verbatim = || {
        let lower = cleaned.to_lowercase();
        let own = if field == Field::Any { None } else { table.verbatim[field as usize].get(lower.as_str()) };
        // Only the spellings that squashing cannot tell apart are left for this look-up: the ones with symbols.
        let any = || table.verbatim[Field::Any as usize].get(lower.as_str());
        let symbols = cleaned.bytes().any(|byte| byte.is_ascii_punctuation());
        own.or_else(|| if symbols { any() } else { None }).copied()
    };
    own.or_else(any).or_else(verbatim)
}

/// The fillers that are rules, not values.
fn pattern(kind: AttributeKind, field: Field, cleaned: &str, folded: &str) -> Option<PlaceholderKind> {
    if !folded.chars().any(char::is_alphanumeric) {
        return Some(PlaceholderKind::PunctuationOnly);
    }
    match field {
        Field::Email => return email_pattern(cleaned),
        Field::Phone => return phone_pattern(folded),
        Field::Id => {
            let digits = folded.bytes().filter(|&byte| byte != b' ');
            return (repeats(digits) >= 5).then_some(PlaceholderKind::FillerId);
        }
        Field::Postcode | Field::Date => return None,
        Field::Any | Field::Name | Field::Address => {}
    }
    // Companies are called AAA and 3333; a person or a street is not.
    let enough = if kind == AttributeKind::Company { 4 } else { 3 };
    if takes_short_codes(kind) && repeats(folded.bytes().filter(|&byte| byte != b' ')) >= enough {
        return Some(PlaceholderKind::RepeatedChar);
    }
    if field == Field::Name && kind != AttributeKind::Company && is_numbered_stranger(folded) {
        return Some(PlaceholderKind::GenericCustomer);
    }
    is_negated_field(folded).then_some(PlaceholderKind::NegatedField)
}

/// What help desks and chats write for the name of somebody of whom they know the number only: `Caller +34 684 847 234`,
/// `Visitor 48213377`.
fn is_numbered_stranger(folded: &str) -> bool {
    const STRANGERS: [&str; 9] = [
        "caller",
        "visitor",
        "guest",
        "anonymous",
        "llamante",
        "visitante",
        "invitado",
        "anonimo",
        "convidado",
    ];
    folded.split_once(' ').is_some_and(|(word, number)| {
        STRANGERS.contains(&word) && number.bytes().all(|byte| byte.is_ascii_digit() || byte == b' ')
    })
}

/// How often the one byte of the sequence occurs, or 0 when there is more than one kind. Only ASCII bytes count: the bytes
/// of other characters never repeat alone.
fn repeats(mut bytes: impl Iterator<Item = u8>) -> usize {
    let Some(first) = bytes.next().filter(u8::is_ascii) else { return 0 };
    let mut count = 1;
    for byte in bytes {
        if byte != first {
            return 0;
        }
        count += 1;
    }
    count
}

const NEGATIONS: [&str; 10] = ["no", "sin", "s", "sem", "nao", "without", "sans", "senza", "ohne", "kein"];
const FILLING: [&str; 9] = ["tiene", "tengo", "hay", "tem", "possui", "de", "e", "valido", "consta"];
const FIELD_WORDS: [&str; 34] = [
    "email",
    "mail",
    "correo",
    "electronico",
    "emails",
    "telefono",
    "telefone",
    "telephone",
    "phone",
    "tel",
    "tfno",
    "telf",
    "movil",
    "celular",
    "fijo",
    "direccion",
    "domicilio",
    "endereco",
    "address",
    "adresse",
    "dni",
    "nif",
    "cif",
    "fecha",
    "nombre",
    "nome",
    "name",
    "apellido",
    "apellidos",
    "dato",
    "datos",
    "dados",
    "numero",
    "cp",
];

/// `sin email`, `no tiene teléfono`, `s/ datos`, `sinemail`.
fn is_negated_field(folded: &str) -> bool {
    let mut words = folded.split(' ');
    let Some(first) = words.next() else { return false };
    if NEGATIONS.contains(&first) {
        let mut rest = words.skip_while(|word| FILLING.contains(word)).peekable();
        return rest.peek().is_some()
            && rest.all(|word| FIELD_WORDS.contains(&word) || FILLING.contains(&word));
    }
    words.next().is_none()
        && NEGATIONS.iter().filter(|negation| negation.len() > 1).any(|negation| {
            let rest = first.strip_prefix(negation);
            let rest = rest.map(|rest| rest.strip_prefix("tiene").unwrap_or(rest));
            rest.is_some_and(|rest| rest.len() > 2 && FIELD_WORDS.contains(&rest))
        })
}

/// Local parts that nobody's mailbox has.
const FAKE_LOCALS: [&str; 46] = [
    "no",
    "sin",
    "nt",
    "nn",
    "na",
    "n",
    "s",
    "sn",
    "nc",
    "none",
    "null",
    "test",
    "tests",
    "prueba",
    "pruebas",
    "noemail",
    "nomail",
    "notiene",
    "notienemail",
    "notieneemail",
    "sinemail",
    "sincorreo",
    "nocorreo",
    "sinmail",
    "noaplica",
    "nana",
    "asdf",
    "asd",
    "qwe",
    "qwerty",
    "abc",
    "example",
    "ejemplo",
    "correo",
    "email",
    "mail",
    "user",
    "usuario",
    "cliente",
    "desconocido",
    "unknown",
    "anonymous",
    "anonimo",
    "fake",
    "dummy",
    "noreply",
];

fn email_pattern(cleaned: &str) -> Option<PlaceholderKind> {
    let lower = cleaned.to_lowercase();
    let Some((local, domain)) = lower.rsplit_once('@') else {
        let mut folded = String::new();
        fold_into(&lower, &mut folded);
        if repeats(folded.bytes()) >= 3 {
            return Some(PlaceholderKind::RepeatedChar);
        }
        return is_negated_field(&folded).then_some(PlaceholderKind::NegatedField);
    };
    let (host, top) = domain.rsplit_once('.').unwrap_or(("", domain));
    let owner = host.rsplit('.').next().unwrap_or(host);
    let reserved = matches!(top, "test" | "example" | "invalid" | "localhost" | "local")
        || (owner == "example" && matches!(top, "com" | "org" | "net" | "edu"))
        || (host == "test" && matches!(top, "com" | "es"));
    if reserved || (repeats(local.bytes()) > 0 && repeats(host.bytes()) > 0) {
        return Some(PlaceholderKind::FakeEmail);
    }
    let known = || TABLE.verbatim[Field::Email as usize].contains_key(lower.as_str());
    let plain: String = local.chars().filter(|c| !matches!(c, '-' | '_' | '.')).collect();
    let suspicious = plain == host || repeats(plain.bytes()) >= 2 || FAKE_LOCALS.contains(&plain.as_str());
    (suspicious && !known()).then_some(PlaceholderKind::SuspiciousEmail)
}

/// Numbers that regulators keep for fiction: Ofcom's drama ranges, national form without the leading zero.
const OFCOM_DRAMA: [&str; 9] =
    ["7700900", "207946", "1632960", "113496", "161496", "131496", "117496", "292018", "114496"];

fn phone_pattern(folded: &str) -> Option<PlaceholderKind> {
    let digits: String = folded.chars().filter(char::is_ascii_digit).collect();
    if digits.is_empty() || folded.chars().any(char::is_alphabetic) {
        return is_negated_field(folded).then_some(PlaceholderKind::NegatedField);
    }
    let bare = digits.strip_prefix("00").unwrap_or(&digits);
    let spanish = bare.strip_prefix("34").filter(|rest| rest.len() == 9);
    let candidates = [Some(digits.as_str()), Some(bare), spanish];
    let filler = candidates.into_iter().flatten().any(|number| {
        repeats(number.bytes()) >= 6 || TABLE.squashed[Field::Phone as usize].contains_key(number)
    });
    let american = bare.strip_prefix('1').filter(|rest| rest.len() == 10).unwrap_or(bare);
    let fiction = match american.len() {
        10 => american.get(3..8) == Some("55501"),
        7 => american.starts_with("55501"),
        _ => false,
    };
    let british = bare.strip_prefix("44").or_else(|| digits.strip_prefix('0')).unwrap_or("");
    let british = british.strip_prefix('0').unwrap_or(british);
    let drama = british.len() == 10 && OFCOM_DRAMA.iter().any(|range| british.starts_with(range));
    (filler || fiction || drama).then_some(PlaceholderKind::FillerPhone)
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
        let rows = lines(include_str!("../../resources/placeholders/placeholders.tsv")).count();
        let read: usize = TABLE.verbatim.iter().map(HashMap::len).sum();
        assert!(rows >= 500 && read == rows, "{read} of {rows}");
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
