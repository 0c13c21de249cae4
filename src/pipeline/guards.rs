//! What keeps crowds from becoming one customer: values that too many different people share are no evidence, and a
//! customer has no more records and identifiers than one can have.
//!
//! # Shape
//! [`Guards`] is the configuration. `shared_values` takes values out of the evidence, never out of the golden records, and
//! says which, and with them the dates of birth and identifiers that their use gives away as fillers
//! ([`learned`]); the limits are kept by the clustering. Each counts what it did in the issues, with lines.
//!
//! # Complexity
//! O(records) to count values; only values that more records have than the limit allows names are looked at closely.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::matching::Matching;
use super::records::Ordered;
use crate::cluster::ReviewReason;
use crate::error::{Error, ErrorKind, Issues, Result};
use crate::ids::RecordId;
use crate::normalize::attributes::Attributes;
use crate::normalize::placeholder::{Usage, learned};
use crate::table::{AttributeKind, Column, Interner};

/// Limits of what one customer, or one value, may hold together.
///
/// # Example
/// ```
/// let config: quilate::Config = serde_json::from_str(
///     r#"{ "guards": { "shared_email": 5, "identifiers": { "identifier": 1, "email": 8 } } }"#).unwrap();
/// assert!(config.validate().is_ok());
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Guards {
    /// An e-mail address with more different given names than this is no evidence: info@, or the address of the till.
    pub shared_email: u32,
    /// The same for a phone number.
    pub shared_phone: u32,
    /// The same for a street with number and town: an office, a hotel, a home for the elderly.
    pub shared_address: u32,
    /// The most different identifiers of one customer, by kind; left out: any number.
    pub identifiers: IdentifierLimits,
}

/// How many different values of a kind one customer may have. The order is that of what they say: when a merge would pass a
/// limit, phone numbers are given up as evidence first, then e-mail addresses.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct IdentifierLimits {
    /// Customer, national and tax numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<usize>,
    /// E-mail addresses.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<usize>,
    /// Phone numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<usize>,
}

impl Default for Guards {
    fn default() -> Self {
        // The largest families and their spellings stay well below; a shop's own number passes it in a week.
        Self {
            shared_email: 20,
            shared_phone: 20,
            shared_address: 40,
            identifiers: IdentifierLimits::default(),
        }
    }
}

impl Guards {
    /// Limits by kind, the kind that says most first; none when no limit is set.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] for limits that nothing could keep.
    pub(super) fn limits(&self) -> Result<Vec<(AttributeKind, usize)>> {
        let of = &self.identifiers;
        let kinds = [
            ("identifier", AttributeKind::Identifier, of.identifier),
            ("email", AttributeKind::Email, of.email),
            ("phone", AttributeKind::Phone, of.phone),
        ];
        if let Some((name, ..)) = kinds.iter().find(|(.., most)| *most == Some(0)) {
            return Err(Error::new(ErrorKind::Config, "the limit leaves no customer")
                .at(format!("guards.identifiers.{name}"))
                .cure("use 1 or more, or leave it out"));
        }
        if kinds.iter().all(|(.., most)| most.is_none()) {
            return Ok(Vec::new());
        }
        Ok(kinds.into_iter().map(|(_, kind, most)| (kind, most.unwrap_or(usize::MAX))).collect())
    }
}

/// Records of one value that need no look at whose they are.
const MOST_OF_A_FAMILY: u32 = 20;

/// A value that too many different people share.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SharedValue {
    /// Name of the attribute; `address` for a street with number and town.
    pub attribute: String,
    /// The value as it is compared. For the terminal; reports hold no values.
    pub value: String,
    /// Different given names with it.
    pub names: u32,
    /// Records with it.
    pub records: u32,
}

/// The first word of each given name, numbered. An initial is no name: it would count with each of its names.
struct GivenNames<'a> {
    column: &'a Column,
    word_of: Vec<Option<u32>>,
}

impl<'a> GivenNames<'a> {
    fn new(column: &'a Column) -> Self {
        let mut words = Interner::new();
        let mut word = |text: &str| {
            let first = text.split(' ').next().filter(|word| word.chars().nth(1).is_some())?;
            Some(words.intern(first))
        };
        Self { word_of: column.dictionary().iter().map(&mut word).collect(), column }
    }

    fn of(&self, record: usize) -> impl Iterator<Item = u32> + '_ {
        self.column.codes(record).iter().filter_map(|&code| self.word_of[code as usize])
    }
}

/// Takes values that too many different people share out of the evidence, and tells which.
pub(super) fn shared_values(
    attributes: &mut Attributes,
    guards: &Guards,
    ordered: &Ordered,
    issues: &mut Issues,
) -> Vec<SharedValue> {
    let Some(names) = attributes.position(AttributeKind::GivenName) else { return Vec::new() };
    let mut shared = fillers(attributes, names, ordered, issues);
    for (kind, most) in
        [(AttributeKind::Email, guards.shared_email), (AttributeKind::Phone, guards.shared_phone)]
    {
        let Some(at) = attributes.position(kind) else { continue };
        let column = &attributes.columns[at].column;
        let counts = column.counts();
        let names = GivenNames::new(&attributes.columns[names].column);
        let suspects = (0..column.len()).flat_map(|record| {
            let codes = column.codes(record).iter().filter(|&&code| counts[code as usize] > most);
            codes.map(move |&code| (code, record as u32))
        });
        let crowded = crowds(suspects, &names, most);
        if crowded.is_empty() {
            continue;
        }
        let name = attributes.columns[at].name.clone();
        shared.extend(crowded.iter().map(|(&code, &people)| SharedValue {
            attribute: name.clone(),
            value: column.dictionary().text(code).to_owned(),
            names: people,
            records: counts[code as usize],
        }));
        let is_crowded = |code: &u32| crowded.contains_key(code);
        let touched = (0..column.len()).filter(|&record| column.codes(record).iter().any(is_crowded));
        count(&touched.map(|record| record as u32).collect(), &name, ordered, issues);
        let column = column.without(|_, code| is_crowded(&code));
        attributes.columns[at].column = column;
    }
    shared.extend(shared_addresses(attributes, names, guards.shared_address, ordered, issues));
    attributes.columns.retain(|attribute| !attribute.column.dictionary().is_empty());
    shared
}

/// Takes out dates of birth and identifiers that their use gives away as fillers: the day that a form starts with, the
/// number typed for customers without one. Contact points have limits of their own.
fn fillers(
    attributes: &mut Attributes,
    names: usize,
    ordered: &Ordered,
    issues: &mut Issues,
) -> Vec<SharedValue> {
    let mut out = Vec::new();
    // A file may hold several kinds of identifiers, each with the filler of its form.
    for at in 0..attributes.columns.len() {
        let kind = attributes.columns[at].kind;
        if !matches!(kind, AttributeKind::BirthDate | AttributeKind::Identifier) {
            continue;
        }
        let (name, column) = (attributes.columns[at].name.clone(), &attributes.columns[at].column);
        let counts = column.counts();
        // People matter where there are many records only.
        let records = (0..column.len()).flat_map(|record| {
            let codes = column.codes(record).iter().filter(|&&code| counts[code as usize] > MOST_OF_A_FAMILY);
            codes.map(move |&code| (code, record as u32))
        });
        let people = crowds(records, &GivenNames::new(&attributes.columns[names].column), 0);
        let usage: Vec<Usage> = (0u32..)
            .zip(&counts)
            .map(|(code, &records)| Usage { records, people: people.get(&code).copied().unwrap_or(1) })
            .collect();
        let found: BTreeSet<u32> = learned(kind, &usage).into_iter().map(|(code, _)| code as u32).collect();
        if found.is_empty() {
            continue;
        }
        out.extend(found.iter().map(|&code| SharedValue {
            attribute: name.clone(),
            value: column.dictionary().text(code).to_owned(),
            names: usage[code as usize].people,
            records: counts[code as usize],
        }));
        let is_filler = |code: &u32| found.contains(code);
        let touched = (0..column.len()).filter(|&record| column.codes(record).iter().any(is_filler));
        count(&touched.map(|record| record as u32).collect(), &name, ordered, issues);
        attributes.columns[at].column = column.without(|_, code| is_filler(&code));
    }
    out
}

/// Values with more than `most` different given names, each with how many.
fn crowds<K: Ord + Copy>(
    values: impl Iterator<Item = (K, u32)>,
    names: &GivenNames<'_>,
    most: u32,
) -> BTreeMap<K, u32> {
    let mut people: BTreeMap<K, BTreeSet<u32>> = BTreeMap::new();
    for (value, record) in values {
        people.entry(value).or_default().extend(names.of(record as usize));
    }
    let count = |(value, names): (K, BTreeSet<u32>)| (value, names.len() as u32);
    people.into_iter().map(count).filter(|(_, people)| *people > most).collect()
}

/// Addresses are shared as a whole: a street by its name alone is in every town, and many live in it.
fn shared_addresses(
    attributes: &mut Attributes,
    names: usize,
    most: u32,
    ordered: &Ordered,
    issues: &mut Issues,
) -> Vec<SharedValue> {
    use AttributeKind as K;
    let column = |kind: K| attributes.position(kind).map(|at| &attributes.columns[at].column);
    let Some(street) = column(K::Street) else { return Vec::new() };
    let (house, postcode, city) = (column(K::HouseNumber), column(K::Postcode), column(K::City));
    let counts = street.counts();
    let with_digit: Vec<bool> =
        street.dictionary().iter().map(|text| text.bytes().any(|byte| byte.is_ascii_digit())).collect();
    let first = |column: Option<&Column>, record: usize| {
        column.and_then(|column| column.codes(record).first().copied())
    };
    let key = |record: usize| {
        let code = street.codes(record).first().copied().filter(|&code| counts[code as usize] > most)?;
        let house = first(house, record);
        let town =
            first(postcode, record).map(|code| (0, code)).or(first(city, record).map(|code| (1, code)))?;
        (house.is_some() || with_digit[code as usize]).then_some((code, house, town))
    };
    let given = GivenNames::new(&attributes.columns[names].column);
    let suspects = (0..street.len()).filter_map(|record| Some((key(record)?, record as u32)));
    let crowded = crowds(suspects, &given, most);
    if crowded.is_empty() {
        return Vec::new();
    }
    let mut rows: BTreeMap<_, u32> = BTreeMap::new();
    let mut touched = BTreeSet::new();
    for record in 0..street.len() {
        if let Some(key) = key(record).filter(|key| crowded.contains_key(key)) {
            *rows.entry(key).or_default() += 1;
            touched.insert(record as u32);
        }
    }
    let text = |column: Option<&Column>, code: Option<u32>| match (column, code) {
        (Some(column), Some(code)) => format!(" {}", column.dictionary().text(code)),
        _ => String::new(),
    };
    let shared = crowded.iter().map(|(key, &people)| {
        let (code, number, (town, town_code)) = *key;
        let town = text(if town == 0 { postcode } else { city }, Some(town_code));
        SharedValue {
            attribute: "address".to_owned(),
            value: format!("{}{}{town}", street.dictionary().text(code), text(house, number)),
            names: people,
            records: rows.get(key).copied().unwrap_or(0),
        }
    });
    let shared: Vec<SharedValue> = shared.collect();
    count(&touched, "address", ordered, issues);
    for attribute in &mut attributes.columns {
        if matches!(attribute.kind, K::Street | K::HouseNumber | K::AddressLine2 | K::FullAddress) {
            attribute.column = attribute.column.without(|record, _| touched.contains(&record));
        }
    }
    shared
}

/// Counts the rows that a guard touched, by source, with their lines.
fn count(touched: &BTreeSet<u32>, field: &str, ordered: &Ordered, issues: &mut Issues) {
    for (file, places) in ordered.place.iter().enumerate() {
        for (row, place) in places.iter().enumerate().filter(|(_, place)| touched.contains(place)) {
            let source = ordered.records.source_name(RecordId(*place));
            let message = "values that too many different people share are no evidence";
            issues.add("shared_value", source, field, Some(ordered.files[file].line(row)), message);
        }
    }
}

/// Counts what the limits of the clustering did.
pub(super) fn report(matching: &Matching, issues: &mut Issues) {
    let limited = matching.refused.iter().filter(|item| item.reason == ReviewReason::IdentifierLimit).count();
    if limited > 0 {
        let message = "merges that would have given a customer too many identifiers";
        issues.add_many("identifier_limit", "", "", limited as u64, None, message);
    }
    if let Some(split) = &matching.split {
        let message = "records of customers that were too large and were split at their weakest edges";
        if split.split > 0 {
            issues.add_many("size_limit", "", "", split.records, None, message);
        }
    }
    let mut ambiguous: Vec<RecordId> = matching
        .refused
        .iter()
        .filter(|item| item.reason == ReviewReason::Ambiguous)
        .map(|item| item.a)
        .collect();
    ambiguous.sort_unstable();
    ambiguous.dedup();
    if !ambiguous.is_empty() {
        let message = "records that fit two customers about equally, and joined neither";
        issues.add_many("ambiguous_record", "", "", ambiguous.len() as u64, None, message);
    }
    if !matching.demoted.is_empty() {
        let message = "identifiers that became a relation between two customers";
        issues.add_many("demoted_identifier", "", "", matching.demoted.len() as u64, None, message);
    }
}
