//! From a normalised value to the cells of a table: the one place that says which component stands in which column.
//! The program and the acceptance tests share it, so that what is tested is what is written.

use quilate::normalize::address::full_address;
use quilate::normalize::company::company;
use quilate::normalize::date::{Date, DateContext, DateHint, Precision, date};
use quilate::normalize::email::{EmailFlags, email};
use quilate::normalize::identifier::identifier;
use quilate::normalize::person_name::full_name;
use quilate::normalize::phone::phone;
use quilate::normalize::{Hint, Normalized, Quality};

/// What a column of values holds.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
pub enum Kind {
    Name,
    Address,
    Phone,
    Email,
    Id,
    Date,
    Company,
}

/// What is known about a value besides itself; empty where nothing is.
#[derive(Clone, Copy, Default, Debug)]
pub struct Hints<'a> {
    /// BCP 47 tag.
    pub locale: &'a str,
    /// ISO 3166-1 alpha-2 code.
    pub region: &'a str,
    /// `birth`, `birth_adult`, `expiry` or `event`.
    pub context: &'a str,
    /// The day against which dates are in the future.
    pub today: Option<(i16, u8, u8)>,
}

/// The cells of a value in the order of [`Kind::columns`], and the form that reads as itself.
pub struct Cells {
    pub cells: Vec<String>,
    #[allow(dead_code)]
    pub canonical: String,
}

impl Kind {
    /// The names of the result columns.
    pub fn columns(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "kind",
                "title",
                "given",
                "middle",
                "surname1",
                "surname2",
                "suffix",
                "gender",
                "given_variants",
                "match_key",
                "quality",
                "reason",
            ],
            Self::Address => &[
                "street_type",
                "street_name",
                "house_number",
                "unit",
                "postcode",
                "city",
                "region",
                "country",
                "match_key",
                "quality",
                "reason",
            ],
            Self::Phone => {
                &["e164", "national_number", "country", "type", "valid", "extension", "quality", "reason"]
            }
            Self::Email => &[
                "canonical",
                "dedup_key",
                "valid",
                "tag",
                "domain",
                "provider",
                "flags",
                "suggestion",
                "quality",
                "reason",
            ],
            Self::Id => &["type", "canonical", "valid", "entity", "quality", "reason", "formatted"],
            Self::Date => &["iso", "precision", "alternatives", "quality", "reason"],
            Self::Company => &["core_name", "legal_form", "form_class", "match_key", "quality", "reason"],
        }
    }

    /// Normalises one value.
    pub fn read(self, input: &str, hints: &Hints<'_>) -> Cells {
        let hint = Hint { locale: some(hints.locale), region: some(hints.region) };
        match self {
            Self::Name => name(input, &hint),
            Self::Address => address(input, &hint),
            Self::Phone => telephone(input, &hint),
            Self::Email => mail(input, &hint),
            Self::Id => id(input, &hint),
            Self::Date => civil(input, hints),
            Self::Company => firm(input, &hint),
        }
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

/// Quality and the first reason, which is the one that decided.
fn judgement<P>(value: &Normalized<'_, P>) -> [String; 2] {
    [value.quality.name().to_owned(), value.reasons.first().copied().unwrap_or_default().to_owned()]
}

fn first_key<P>(value: &Normalized<'_, P>) -> String {
    value.keys.first().cloned().unwrap_or_default()
}

fn name(input: &str, hint: &Hint<'_>) -> Cells {
    let value = full_name(input, hint);
    let parts = &value.parts;
    let [quality, reason] = judgement(&value);
    let cells = vec![
        parts.kind.name().to_owned(),
        parts.prefix.clone(),
        parts.given.clone(),
        parts.middle.clone(),
        parts.surname1.clone(),
        parts.surname2.clone(),
        parts.suffix.clone(),
        parts.gender.map_or(String::new(), |gender| gender.name()[..1].to_owned()),
        parts.given_variants.join("|"),
        first_key(&value),
        quality,
        reason,
    ];
    Cells { cells, canonical: value.canonical }
}

fn address(input: &str, hint: &Hint<'_>) -> Cells {
    let value = full_address(input, hint);
    let parts = &value.parts;
    let [quality, reason] = judgement(&value);
    let mut units: Vec<String> = parts.unit.iter().map(|(key, value)| format!("{key}={value}")).collect();
    units.extend(some(&parts.po_box).map(|number| format!("po_box={number}")));
    let cells = vec![
        parts.street_type.clone(),
        parts.street_name.clone(),
        parts.house_number.clone(),
        units.join(";"),
        parts.postcode.clone(),
        parts.city.clone(),
        parts.region.clone(),
        parts.country.clone(),
        first_key(&value),
        quality,
        reason,
    ];
    Cells { cells, canonical: value.canonical }
}

fn telephone(input: &str, hint: &Hint<'_>) -> Cells {
    let value = phone(input, hint);
    let parts = &value.parts;
    let [quality, reason] = judgement(&value);
    let cells = vec![
        parts.e164.clone().unwrap_or_default(),
        parts.national.clone(),
        parts.country.unwrap_or_default().to_owned(),
        parts.kind.name().to_owned(),
        parts.valid.to_string(),
        parts.extension.clone().unwrap_or_default(),
        quality,
        reason,
    ];
    Cells { cells, canonical: value.canonical }
}

fn mail(input: &str, hint: &Hint<'_>) -> Cells {
    let value = email(input, hint);
    let parts = &value.parts;
    let [quality, reason] = judgement(&value);
    let valid = value.quality != Quality::Invalid && !parts.address().is_empty();
    let cells = vec![
        if valid { parts.address() } else { value.canonical.clone() },
        parts.dedup_key.clone(),
        valid.to_string(),
        parts.tag.clone().filter(|_| valid).unwrap_or_default(),
        if valid { parts.domain.clone() } else { String::new() },
        parts.provider.filter(|_| valid).unwrap_or_default().to_owned(),
        flags(parts.flags),
        parts.suggestion.clone().unwrap_or_default(),
        quality,
        reason,
    ];
    Cells { cells, canonical: value.canonical }
}

fn flags(flags: EmailFlags) -> String {
    let named = [
        (flags.role, "role"),
        (flags.disposable, "disposable"),
        (flags.free, "free"),
        (flags.domain_typo, "domain_typo"),
        (flags.relay, "relay"),
    ];
    let set: Vec<&str> = named.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
    set.join(";")
}

fn id(input: &str, hint: &Hint<'_>) -> Cells {
    let value = identifier(input, hint);
    let parts = &value.parts;
    let [quality, reason] = judgement(&value);
    let cells = vec![
        parts.scheme.unwrap_or_default().to_owned(),
        parts.compact.clone(),
        parts.valid.unwrap_or_default().to_string(),
        parts.entity.map_or("", |entity| entity.name()).to_owned(),
        quality,
        reason,
        parts.formatted(),
    ];
    Cells { cells, canonical: value.canonical }
}

fn civil(input: &str, hints: &Hints<'_>) -> Cells {
    let context = match hints.context {
        "birth" => DateContext::Birth,
        "birth_adult" => DateContext::BirthAdult,
        "expiry" => DateContext::Expiry,
        _ => DateContext::Event,
    };
    let hint = DateHint {
        locale: some(hints.locale),
        region: some(hints.region),
        context,
        reference: hints.today,
        ..DateHint::default()
    };
    let value = date(input, &hint);
    let [quality, reason] = judgement(&value);
    let precision = |d: &Date| d.precision.map_or("", Precision::name).to_owned();
    let alternatives: Vec<String> =
        value.parts.alternatives.iter().map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}")).collect();
    let cells = vec![
        value.canonical.clone(),
        if value.canonical.is_empty() { String::new() } else { precision(&value.parts) },
        alternatives.join("|"),
        quality,
        reason,
    ];
    Cells { cells, canonical: value.canonical }
}

fn firm(input: &str, hint: &Hint<'_>) -> Cells {
    let value = company(input, hint);
    let parts = &value.parts;
    let [quality, reason] = judgement(&value);
    let cells = vec![
        parts.core_name.clone(),
        parts.legal_form.unwrap_or_default().to_owned(),
        parts.form_class.unwrap_or_default().to_owned(),
        first_key(&value),
        quality,
        reason,
    ];
    Cells { cells, canonical: value.canonical }
}
