//! Where the header is, whether there is one, and how the columns are called.

use std::borrow::Cow;

use super::decode::{cell_text, undouble};
use super::sniff::{MAX_TITLE_ROWS, Row, Sheet};
use crate::io::names::{Names, unique};

/// In a table this wide a full-width row of two cells (`Period;2024;;;`) is a title; in a narrower one it may be a
/// header with gaps.
const PADDED_PAIR_WIDTH: usize = 5;

/// Records under the header that are compared with it.
const COMPARED_ROWS: usize = 200;

/// Share of a column's values that must be of one class for the column to have a say.
const TYPED_SHARE: (usize, usize) = (4, 5);

/// Words that columns of customer exports are called by, and values hardly are; lower case.
const WORDS: &[&str] = &[
    "id",
    "uid",
    "uuid",
    "rec_id",
    "record id",
    "record_id",
    "customer id",
    "customer_id",
    "external_id",
    "guid",
    "name",
    "full name",
    "full_name",
    "fullname",
    "first name",
    "first_name",
    "firstname",
    "given name",
    "given_name",
    "last name",
    "last_name",
    "lastname",
    "surname",
    "family name",
    "middle name",
    "middlename",
    "suburb",
    "dob",
    "e-mail",
    "email address",
    "e-mail address",
    "email_address",
    "correo",
    "correo electrónico",
    "phone number",
    "phone",
    "telephone",
    "telefono",
    "teléfono",
    "móvil",
    "movil",
    "celular",
    "telefone",
    "téléphone",
    "telefon",
    "nombre",
    "nombres",
    "nombre completo",
    "apellido",
    "apellidos",
    "primer apellido",
    "segundo apellido",
    "nome",
    "sobrenome",
    "cognome",
    "nom",
    "prénom",
    "prenom",
    "vorname",
    "nachname",
    "address",
    "address1",
    "street",
    "dirección",
    "direccion",
    "domicilio",
    "endereço",
    "adresse",
    "indirizzo",
    "straße",
    "strasse",
    "city",
    "ciudad",
    "población",
    "poblacion",
    "localidad",
    "cidade",
    "ville",
    "ort",
    "stadt",
    "zip",
    "zip code",
    "zipcode",
    "postcode",
    "postal code",
    "postal_code",
    "cp",
    "código postal",
    "codigo postal",
    "cep",
    "cap",
    "plz",
    "state",
    "province",
    "provincia",
    "region",
    "country",
    "país",
    "pais",
    "pays",
    "land",
    "birthday",
    "birthdate",
    "date of birth",
    "birth_date",
    "fecha de nacimiento",
    "fecha nacimiento",
    "fecha nac",
    "geburtsdatum",
    "dni",
    "nif",
    "cif",
    "nie",
    "cedula",
    "cédula",
    "rfc",
    "curp",
    "cpf",
    "cnpj",
    "vat",
    "tax id",
    "gender",
    "sex",
    "sexo",
    "género",
    "company",
    "company name",
    "razón social",
    "razon social",
    "created_at",
    "updated_at",
    "created",
    "updated",
    "fecha",
];

/// What the first records say.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Header {
    /// The header's record, if there is one; records begin after it, else with the first.
    pub row: Option<usize>,
    /// Whether something spoke for the decision, or it is only the custom.
    pub proven: bool,
}

/// Finds the header. Records are only skipped above a header that is one: when the first full row is data, the
/// narrow rows above it are data too.
pub(super) fn find(sheet: &Sheet, sample: &[u8], has_header: Option<bool>) -> Header {
    if has_header == Some(false) || sheet.rows.is_empty() {
        return Header { row: None, proven: true };
    }
    let first =
        sheet.rows.iter().take(MAX_TITLE_ROWS).position(|row| !is_title(sheet, sample, row)).unwrap_or(0);
    let own = votes(sheet, sample, first);
    // A header may name fewer columns than there are, and look like a title.
    let above = first.checked_sub(1).filter(|&above| own < 0 && votes(sheet, sample, above) > 0);
    if let Some(above) = above {
        return Header { row: Some(above), proven: true };
    }
    let is_header = has_header.unwrap_or(own >= 0);
    Header { row: is_header.then_some(first), proven: own != 0 || has_header.is_some() }
}

/// Whether a record is a line of a report's head: one or two cells, be they alone or filled up with blank ones. Three
/// are never a title, lest a record with gaps be taken for one.
fn is_title(sheet: &Sheet, sample: &[u8], row: &Row) -> bool {
    let cells = sheet.cells(row);
    let filled = cells.iter().filter(|cell| !text(sample, cell.range()).trim().is_empty()).count();
    let most = if cells.len() != sheet.usual {
        sheet.usual.saturating_sub(1)
    } else if sheet.usual >= PADDED_PAIR_WIDTH {
        2
    } else {
        usize::from(sheet.usual > 1)
    };
    filled <= most.min(2)
}

/// What kind of text a cell holds, as far as it tells headers from values.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Class {
    Blank,
    Email,
    /// Mostly digits: numbers, amounts, dates, phones, tax numbers.
    Digits,
    Text,
}

fn class(text: &str) -> Class {
    let text = text.trim();
    if text.is_empty() {
        return Class::Blank;
    }
    if let Some((local, domain)) = text.split_once('@')
        && !local.is_empty()
        && domain.contains('.')
        && !local.trim().contains(' ')
    {
        return Class::Email;
    }
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let all = text.chars().filter(|c| !c.is_whitespace()).count();
    if digits * 2 > all { Class::Digits } else { Class::Text }
}

/// A year, which may well head a column of amounts.
fn is_year(text: &str) -> bool {
    let text = text.trim();
    text.len() == 4
        && (text.starts_with("19") || text.starts_with("20"))
        && text.bytes().all(|b| b.is_ascii_digit())
}

/// Whether a cell and one beside it are a word with consecutive numbers (`q01`, `q02`): mostly digits, and names all the same.
fn is_numbered(heads: &[Cow<'_, str>], at: usize) -> bool {
    let parts = |at: usize| {
        let head = heads.get(at)?.trim();
        let digits = head.trim_start_matches(|c: char| c.is_alphabetic() || matches!(c, '_' | '-' | ' '));
        let word = &head[..head.len() - digits.len()];
        word.starts_with(char::is_alphabetic).then_some((word, digits.parse::<u64>().ok()?))
    };
    let follows = |first: Option<(&str, u64)>, second: Option<(&str, u64)>| match (first, second) {
        (Some((word, number)), Some((other, next))) => word == other && number.checked_add(1) == Some(next),
        _ => false,
    };
    follows(parts(at), parts(at + 1))
        || at.checked_sub(1).is_some_and(|before| follows(parts(before), parts(at)))
}

/// Whether a record is a header (positive) or data (negative), from its words and from how it differs from the
/// records under it.
fn votes(sheet: &Sheet, sample: &[u8], at: usize) -> i64 {
    let below = &sheet.rows[at + 1..sheet.rows.len().min(at + 1 + COMPARED_ROWS)];
    let (of, all) = TYPED_SHARE;
    let mut votes = 0;
    let heads: Vec<_> = sheet.cells(&sheet.rows[at]).iter().map(|cell| text(sample, cell.range())).collect();
    for (column, head) in heads.iter().enumerate() {
        let own = if is_numbered(&heads, column) { Class::Text } else { class(head) };
        if WORDS.contains(&head.trim().trim_matches('"').to_lowercase().as_str()) {
            votes += 2;
        }
        if own == Class::Email {
            votes -= 10;
        }
        let (mut digits, mut emails, mut years, mut filled, mut equal) = (0, 0, 0, 0, false);
        for row in below {
            let Some(cell) = sheet.cells(row).get(column) else { continue };
            let value = text(sample, cell.range());
            let class = class(&value);
            filled += usize::from(class != Class::Blank);
            digits += usize::from(class == Class::Digits);
            emails += usize::from(class == Class::Email);
            years += usize::from(is_year(&value));
            equal |= class == Class::Text && value == *head;
        }
        let typed = |count: usize| filled > 0 && count * all >= filled * of;
        votes += match own {
            Class::Text if equal => -1,
            Class::Text if typed(emails) => 3,
            Class::Text if typed(digits) => 2,
            Class::Digits if is_year(head) && years * 2 <= filled => 0,
            Class::Digits if typed(digits) || below.is_empty() => -2,
            _ => 0,
        };
    }
    votes
}

/// A cell of the sample as text; doubled quotes are left, they do not matter here.
fn text(sample: &[u8], range: std::ops::Range<usize>) -> Cow<'_, str> {
    cell_text(&sample[range], false)
}

/// How many columns there are: as many as the header has cells, or as the usual record, when one of them has something
/// in the cells beyond. A delimiter at the end of each record alone does not make a column.
pub(super) fn columns(sheet: &Sheet, sample: &[u8], header: &Row) -> usize {
    let named = sheet.cells(header).len();
    let wide = sheet.rows.iter().map(|row| sheet.cells(row)).filter(|cells| cells.len() == sheet.usual);
    let mut beyond = wide.flat_map(|cells| cells.iter().skip(named));
    if beyond.any(|cell| !text(sample, cell.range()).trim().is_empty()) { sheet.usual } else { named }
}

/// Names for `columns` columns or more, from the header's cells: spaces and quotes around them are dropped, line
/// breaks inside become spaces, a repeated name gets `_2`, a missing one is `column_3`.
pub(super) fn names(sheet: &Sheet, sample: &[u8], row: &Row, windows_1252: bool, columns: usize) -> Names {
    let mut plain = String::new();
    let clean = |cell: &super::scan::Cell| -> String {
        let text = cell_text(&sample[cell.range()], windows_1252);
        undouble(&text, &mut plain);
        let junk = |c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '\u{feff}' | '\0');
        plain
            .trim_matches(junk)
            .split(['\r', '\n'])
            .map(str::trim)
            .filter(|s| !s.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    };
    let mut raw: Vec<String> = sheet.cells(row).iter().map(clean).collect();
    raw.resize(raw.len().max(columns), String::new());
    unique(raw)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes() {
        let cases = [
            ("", Class::Blank),
            ("ana@vila.cat", Class::Email),
            ("mailto:ana@vila.cat", Class::Email),
            ("@home", Class::Text),
            ("85,00 €", Class::Digits),
            ("01-mar-2024", Class::Digits),
            ("X1234567L", Class::Digits),
            ("+34 600 11 22 33", Class::Digits),
            ("Address 1", Class::Text),
            ("c1", Class::Text),
            ("Calle Mayor 3", Class::Text),
        ];
        for (text, expected) in cases {
            assert_eq!(class(text), expected, "{text}");
        }
    }
}
