//! The fields of golden records: their values over all records, built one by one or carried along.
//!
//! # Shape
//! A [`GoldenField`] has one column over all records in canonical order, and for each code of it a class, a quality and a
//! label. Columns of several files with one name are one field.
//!
//! # Null
//! A blank value is no value: it has no code. A field that no record has is left out.
//!
//! # Complexity
//! O(values) with one look-up in a hash table each; fields are independent of each other and built side by side.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::clearing::Cleared;
use super::records::Ordered;
use crate::detect::Mapping;
use crate::merge::Verification;
use crate::normalize::{Quality, text};
use crate::par;
use crate::table::{AttributeKind, Column, ColumnBuilder, Interner, NULL, Role};

/// A field of the golden record, over all records.
#[derive(Clone, Debug)]
pub struct GoldenField {
    /// Name of its column.
    pub name: String,
    /// The fields that it survives with: `name`, `address`, `address_2` ...
    pub group: Option<String>,
    /// Whether the golden record keeps all different values.
    pub keep_all: bool,
    /// What to show.
    pub values: Column,
    /// Per code of `values`: class after normalisation.
    pub key: Vec<u32>,
    /// Per code of `values`: how far it can be trusted.
    pub quality: Vec<Quality>,
    /// Per code of `values`: the column that had it first, as a place in `labels`.
    pub label: Vec<u16>,
    /// Names of columns, such as `Mobile Phone`.
    pub labels: Vec<String>,
    /// Per record: whether its source has checked its values; empty when no source says.
    pub verified: Vec<Verification>,
    /// Records that have cleared the field, ascending.
    pub cleared: Vec<u32>,
}

/// A golden field under construction.
#[derive(Default)]
pub(super) struct GoldenBuilder {
    values: ColumnBuilder,
    classes: Interner,
    key: Vec<u32>,
    quality: Vec<Quality>,
    label: Vec<u16>,
    labels: Vec<String>,
    codes: Vec<u32>,
}

impl GoldenBuilder {
    /// A value of the present record.
    pub(super) fn add(&mut self, display: &str, matching: &str, quality: Quality, label: &str) {
        let code = self.code(display, matching, quality, label);
        self.add_code(code);
    }

    /// A value of the present record by its code; [`NULL`] is none.
    pub(super) fn add_code(&mut self, code: u32) {
        if code != NULL && !self.codes.contains(&code) {
            self.codes.push(code);
        }
    }

    /// The code of a value; [`NULL`] for a blank one. What else is known of it counts the first time.
    pub(super) fn code(&mut self, display: &str, matching: &str, quality: Quality, label: &str) -> u32 {
        let code = self.values.code(display);
        if code == NULL {
            return NULL;
        }
        if code as usize == self.key.len() {
            let class = if matching.is_empty() { text::key(display) } else { matching.to_owned() };
            self.key.push(self.classes.intern(&class));
            self.quality.push(quality);
            let known = self.labels.iter().position(|known| known == label);
            let at = known.unwrap_or_else(|| {
                self.labels.push(label.to_owned());
                self.labels.len() - 1
            });
            // Beyond 65,535 columns labels repeat the last one.
            self.label.push(u16::try_from(at).unwrap_or(u16::MAX));
        }
        code
    }

    /// The values since the record before are those of one record.
    pub(super) fn end_record(&mut self) {
        self.values.push_codes(&self.codes);
        self.codes.clear();
    }

    pub(super) fn finish(self, name: &str, group: Option<String>, keep_all: bool) -> Option<GoldenField> {
        (!self.key.is_empty()).then(|| GoldenField {
            name: name.to_owned(),
            group,
            keep_all,
            values: self.values.finish(),
            key: self.key,
            quality: self.quality,
            label: self.label,
            labels: self.labels,
            verified: Vec::new(),
            cleared: Vec::new(),
        })
    }
}

/// Columns that are no evidence but belong to the golden record, and categories, which are both: one field a name.
pub(super) fn carried(
    ordered: &Ordered,
    mappings: &[Mapping],
    places: &[(u16, u32)],
    golden: &[GoldenField],
    cleared: &Cleared,
) -> Vec<GoldenField> {
    let mut by_name: BTreeMap<String, Vec<Option<usize>>> = BTreeMap::new();
    for (file, mapping) in mappings.iter().enumerate() {
        for (column, guess) in mapping.fields.iter().enumerate() {
            if matches!(guess.role, Role::Carry | Role::Attribute(AttributeKind::Category, _)) {
                let mut name = guess.field.clone();
                while is_taken(&name, golden)
                    || by_name.get(&name).is_some_and(|columns| columns[file].is_some())
                {
                    name.push_str(" (carried)");
                }
                by_name.entry(name).or_insert_with(|| vec![None; mappings.len()])[file] = Some(column);
            }
        }
    }
    let jobs: Vec<(String, Vec<Option<usize>>)> = by_name.into_iter().collect();
    let build = |(name, columns): &(String, Vec<Option<usize>>)| {
        let mut builder = GoldenBuilder::default();
        for &(file, row) in places {
            if let Some(column) = columns[file as usize] {
                for value in ordered.files[file as usize].columns()[column].values(row as usize) {
                    let value = value.trim();
                    if !is_blank_mark(value) {
                        builder.add(&without_quotes(value), "", Quality::Ok, name);
                    }
                }
            }
            builder.end_record();
        }
        let mut field = builder.finish(name, None, false)?;
        let columns = columns.iter().enumerate().filter_map(|(file, column)| Some((file, (*column)?)));
        field.cleared = cleared_records(columns, ordered, cleared);
        Some(field)
    };
    par::map(&jobs, build).into_iter().flatten().collect()
}

/// Whether a cell says in a system's words that it is empty. Words of people (`no`, `ninguno`) are values here: the column may be
/// a question.
fn is_blank_mark(value: &str) -> bool {
    const MARKS: [&str; 4] = ["null", "n/a", "#n/a", "\\n"];
    value.chars().all(|c| matches!(c, '-' | '–' | '—')) || MARKS.contains(&value.to_lowercase().as_str())
}

/// `VIP, Evento 2023` for the cell `"VIP","Evento 2023"`: newsletter services export lists of tags as quoted words, whose
/// quotes nobody wants to see. Anything else stays as it is.
fn without_quotes(value: &str) -> Cow<'_, str> {
    let inner = value.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    match inner {
        Some(inner) if inner.split("\",\"").all(|word| !word.is_empty() && !word.contains('"')) => {
            Cow::Owned(inner.replace("\",\"", ", "))
        }
        _ => Cow::Borrowed(value),
    }
}

/// Columns that `golden.csv` has beside its fields.
const OWN_COLUMNS: [&str; 5] = ["entity_id", "members", "sources", "quality", "quality_reasons"];

/// Whether a column of the golden record has this name already.
fn is_taken(name: &str, golden: &[GoldenField]) -> bool {
    OWN_COLUMNS.contains(&name)
        || golden
            .iter()
            .any(|field| field.name == name || (field.keep_all && format!("other_{}s", field.name) == name))
}

/// Records of which some of the columns were cleared, ascending.
pub(super) fn cleared_records(
    columns: impl Iterator<Item = (usize, usize)>,
    ordered: &Ordered,
    cleared: &Cleared,
) -> Vec<u32> {
    if cleared.is_empty() {
        return Vec::new();
    }
    let rows = columns.filter_map(|(file, column)| Some((file, cleared.get(&(file, column))?)));
    let mut records: Vec<u32> = rows
        .flat_map(|(file, rows)| rows.iter().map(move |&row| ordered.place[file][row as usize]))
        .collect();
    records.sort_unstable();
    records.dedup();
    records
}

/// What the sources know of the values of an attribute; empty when no source says anything.
pub(super) fn verified(
    ordered: &Ordered,
    mappings: &[Mapping],
    kind: AttributeKind,
    slot: u8,
) -> Vec<Verification> {
    let role = Role::Verified(kind, slot);
    if mappings.iter().all(|mapping| mapping.position(role).is_none()) {
        return Vec::new();
    }
    let mut verified = vec![Verification::Unknown; ordered.records.len()];
    for (file, mapping) in mappings.iter().enumerate() {
        let Some(at) = mapping.position(role) else { continue };
        let column = &ordered.files[file].columns()[at];
        let read: Vec<Verification> = column.dictionary().iter().map(verification).collect();
        for (row, &record) in ordered.place[file].iter().enumerate() {
            let known = column.codes(row).iter().map(|&code| read[code as usize]);
            verified[record as usize] = known.max().unwrap_or_default();
        }
    }
    verified
}

/// `yes`, `verificado`, `1`, or the time of the check; `no`, `pendiente`, `0`.
fn verification(text: &str) -> Verification {
    match text::key(text).as_str() {
        "" | "unknown" | "desconocido" => Verification::Unknown,
        "0" | "no" | "n" | "false" | "f" | "falso" | "unverified" | "not verified" | "no verificado"
        | "pending" | "pendiente" | "failed" | "bounced" | "rebotado" => Verification::Unverified,
        "1" | "yes" | "y" | "si" | "s" | "true" | "t" | "verdadero" | "verified" | "verificado"
        | "verificada" | "confirmed" | "confirmado" | "ok" => Verification::Verified,
        other if other.starts_with(|c: char| c.is_ascii_digit()) => Verification::Verified,
        _ => Verification::Unknown,
    }
}

/// The fields that survive together with a kind. A salutation is no part of the name: `Sra.` beside `MUNOZ` is no reason to
/// prefer this record to the one with `Muñoz`.
pub(super) fn group(kind: AttributeKind, slot: u8) -> Option<String> {
    use AttributeKind as K;
    let name = match kind {
        K::FullName | K::GivenName | K::MiddleName | K::Surname | K::SecondSurname | K::NameSuffix => "name",
        K::Street
        | K::FullAddress
        | K::HouseNumber
        | K::Unit
        | K::AddressLine2
        | K::PoBox
        | K::Locality
        | K::City
        | K::County
        | K::Region
        | K::Postcode
        | K::Country => "address",
        _ => return None,
    };
    Some(if slot == 0 { name.to_owned() } else { format!("{name}_{}", slot + 1) })
}

/// Contact points: a customer has several, and all of them are worth keeping.
pub(super) fn keeps_all(kind: AttributeKind) -> bool {
    matches!(kind, AttributeKind::Email | AttributeKind::Phone)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_of_systems_for_nothing() {
        for (value, is_blank) in [
            ("-", true),
            ("--", true),
            ("—", true),
            ("NULL", true),
            ("n/a", true),
            ("\\N", true),
            ("no", false),
            ("0", false),
            ("-5", false),
            ("✓", false),
            ("?", false),
        ] {
            assert_eq!(is_blank_mark(value), is_blank, "{value}");
        }
    }

    #[test]
    fn quotes_around_the_words_of_a_list() {
        for (value, shown) in [
            ("\"VIP\"", "VIP"),
            ("\"VIP\",\"Evento 2023\"", "VIP, Evento 2023"),
            ("VIP, Evento 2023", "VIP, Evento 2023"),
            ("Bar \"La Paz\"", "Bar \"La Paz\""),
            ("\"La Paz\" SL, \"Sol\"", "\"La Paz\" SL, \"Sol\""),
            ("\"\"", "\"\""),
            ("\"", "\""),
            ("", ""),
        ] {
            assert_eq!(without_quotes(value), shown, "{value}");
        }
    }
}
