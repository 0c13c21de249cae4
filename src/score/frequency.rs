//! How frequent each value is: agreeing on Urdangarin says more than agreeing on García.

use std::collections::BTreeMap;

use super::closeness::one_slip_apart;
use super::model::{ComparisonModel, Model};
use super::rarity::Rarity;
use crate::cluster::Entities;
use crate::compare::{Comparisons, TermFrequency};
use crate::ids::RecordId;
use crate::par;
use crate::table::{AttributeKind, Column};

/// Value frequencies of one comparison's column.
#[derive(Clone, Debug)]
pub struct Frequencies {
    /// log2 of the frequency of each distinct value among non-null carriers, without the carrier itself.
    pub log2: Vec<f32>,
    /// The same as the chance that strangers are equal in it, which for values that hardly anybody has is less than what
    /// was counted; empty where it is not.
    pub log2_equal: Vec<f32>,
    /// log2 of the chance that two random carriers agree.
    pub log2_agreement: f64,
    /// log2 of the frequency of all values one slip away from each distinct value, without one carrier; empty where no
    /// level asks for it ([`TermFrequency::Near`]) or nothing was counted.
    pub log2_near: Vec<f32>,
}

/// A value that one record has alone still could turn up again by chance: it counts as half an occurrence.
const SINGLETON: f64 = 0.5;

/// Carriers of values as diverse as is usual ([`expected_agreement`]) that each column starts with: in a list of ten
/// records a surname that two share is no proof that a fifth of mankind bears it.
const PRIOR_CARRIERS: f64 = 50.0;

impl Frequencies {
    /// Counted over records.
    pub fn of_records(comparisons: &Comparisons<'_>) -> Vec<Self> {
        Self::of_records_by(comparisons, &vec![Rarity::COUNTED; comparisons.items().len()])
    }

    /// The same, with what is known of rare values.
    pub(crate) fn of_records_by(comparisons: &Comparisons<'_>, rarity: &[Rarity]) -> Vec<Self> {
        Self::of_columns(comparisons, rarity, |column| {
            (column.counts().into_iter().map(f64::from).collect(), column.non_null() as f64)
        })
    }

    /// Counted over entities: each spreads one unit over its values, so that a customer with twenty records does not
    /// make its own surname frequent.
    pub fn of_entities(comparisons: &Comparisons<'_>, entities: &Entities) -> Vec<Self> {
        Self::of_entities_by(comparisons, entities, &vec![Rarity::COUNTED; comparisons.items().len()])
    }

    /// The same, with what is known of rare values.
    pub(crate) fn of_entities_by(
        comparisons: &Comparisons<'_>,
        entities: &Entities,
        rarity: &[Rarity],
    ) -> Vec<Self> {
        Self::of_columns(comparisons, rarity, |column| {
            let mut counts = vec![0f64; column.dictionary().len()];
            let mut carriers = 0.0;
            for (_, members) in entities.iter() {
                let codes = |record: &RecordId| column.codes(record.index()).iter().copied();
                let total = members.iter().flat_map(codes).count();
                if total > 0 {
                    carriers += 1.0;
                    members
                        .iter()
                        .flat_map(codes)
                        .for_each(|code| counts[code as usize] += 1.0 / total as f64);
                }
            }
            (counts, carriers)
        })
    }

    /// From the counts of each column's values and its carriers.
    fn of_columns(
        comparisons: &Comparisons<'_>,
        rarity: &[Rarity],
        count: impl Fn(&Column) -> (Vec<f64>, f64) + Sync + Send,
    ) -> Vec<Self> {
        let indices: Vec<usize> = (0..comparisons.items().len()).collect();
        par::map(&indices, |&at| {
            let column = comparisons.column(at);
            let (counts, carriers) = count(column);
            let expected = expected_agreement(comparisons.items()[at].kind);
            let mut frequencies = Self::from_counts(&counts, carriers, expected);
            if comparisons.items()[at].levels.iter().any(|level| level.tf == TermFrequency::Near) {
                let mut near = vec![0f64; counts.len()];
                for (a, b) in one_slip_apart(column.dictionary()) {
                    near[a as usize] += counts[b as usize];
                    near[b as usize] += counts[a as usize];
                }
                frequencies.log2_near = log2_shares(&near, carriers, expected, Rarity::COUNTED);
            }
            if rarity[at] != Rarity::COUNTED {
                frequencies.log2_equal = log2_shares(&counts, carriers, expected, rarity[at]);
            }
            frequencies
        })
    }

    /// As if every value were as frequent as the model expects of any: for records that are no sample of anything, such as
    /// a batch of pairs.
    pub fn average(comparisons: &Comparisons<'_>, model: &Model) -> Vec<Self> {
        let average = |(at, comparison): (usize, &ComparisonModel)| {
            let agreement = comparison.u.first().and_then(|row| row.first()).copied().unwrap_or(1.0).log2();
            let values = comparisons.column(at).dictionary().len();
            Self {
                log2: vec![agreement as f32; values],
                log2_equal: Vec::new(),
                log2_agreement: agreement,
                log2_near: Vec::new(),
            }
        };
        model.comparisons.iter().enumerate().map(average).collect()
    }

    fn from_counts(counts: &[f64], carriers: f64, expected: f64) -> Self {
        let counted: f64 = counts.iter().map(|count| (count / carriers.max(1.0)).powi(2)).sum();
        let agreement = (carriers * counted + PRIOR_CARRIERS * expected) / (carriers + PRIOR_CARRIERS);
        Self {
            log2: log2_shares(counts, carriers, expected, Rarity::COUNTED),
            log2_equal: Vec::new(),
            log2_agreement: agreement.clamp(1e-12, 1.0).log2(),
            log2_near: Vec::new(),
        }
    }
}

/// log2 of each count's share of the carriers, without the record that is looked at itself, and with
/// [`PRIOR_CARRIERS`] of the `expected` share added.
fn log2_shares(counts: &[f64], carriers: f64, expected: f64, rarity: Rarity) -> Vec<f32> {
    let share = |count: &f64| {
        let others =
            (count - 2.0 + rarity.others).max(SINGLETON.min(rarity.others)) + PRIOR_CARRIERS * expected;
        (others / (carriers + PRIOR_CARRIERS)).log2() as f32
    };
    counts.iter().map(share).collect()
}

/// The chance that two strangers agree, as far as one can say before a value is seen; orders of magnitude, which a list
/// of some hundred records outweighs.
fn expected_agreement(kind: AttributeKind) -> f64 {
    use AttributeKind as K;
    match kind {
        K::Email | K::Phone | K::Identifier | K::Website => 1e-6,
        K::BirthDate => 5e-5,
        K::Company | K::FullName | K::FullAddress => 2e-4,
        K::Surname | K::SecondSurname | K::Street | K::Postcode | K::PoBox => 1e-3,
        K::GivenName | K::Nickname => 5e-3,
        K::MiddleName | K::City | K::Locality | K::BirthPlace | K::HouseNumber | K::Age | K::BirthYear => {
            1e-2
        }
        K::County | K::BirthDay | K::Unit | K::AddressLine2 => 3e-2,
        K::Region | K::BirthMonth | K::NamePrefix | K::NameSuffix | K::Category => 0.1,
        K::Gender | K::Country => 0.5,
    }
}

/// Value frequencies by text, for records other than those that were counted. Holds customers' values: it is for memory, not
/// for files.
#[derive(Clone, Debug)]
pub struct FrequencyTable {
    attributes: BTreeMap<String, KnownValues>,
}

/// log2 of the frequency of a value, of being equal in it and of all values one slip away, where those were counted.
type KnownShares = (f32, Option<f32>, Option<f32>);

/// The values of one attribute.
#[derive(Clone, Debug)]
struct KnownValues {
    /// In order.
    values: Vec<(Box<str>, KnownShares)>,
    /// log2 of the frequency of a value that nobody had, and of being equal in it.
    unseen: f32,
    unseen_equal: f32,
    log2_agreement: f64,
}

impl FrequencyTable {
    /// The frequencies of a run.
    pub fn new(comparisons: &Comparisons<'_>, frequencies: &[Frequencies]) -> Self {
        let known = comparisons.items().iter().zip(frequencies).enumerate().map(|(at, (item, counted))| {
            let texts = comparisons.column(at).dictionary().iter();
            let equal = |code: usize| counted.log2_equal.get(code).copied();
            let near = |code: usize| counted.log2_near.get(code).copied();
            let mut values: Vec<(Box<str>, KnownShares)> = texts
                .zip(&counted.log2)
                .enumerate()
                .map(|(code, (text, &log2))| (text.into(), (log2, equal(code), near(code))))
                .collect();
            values.sort_unstable_by(|a, b| a.0.cmp(&b.0));
            let unseen = counted.log2.iter().copied().fold(0.0, f32::min);
            let unseen_equal = counted.log2_equal.iter().copied().fold(unseen, f32::min);
            let log2_agreement = counted.log2_agreement;
            (item.name.clone(), KnownValues { values, unseen, unseen_equal, log2_agreement })
        });
        Self { attributes: known.collect() }
    }

    /// The frequencies of the values of other records; those of an attribute that was not counted are the model's average.
    pub fn fit(&self, comparisons: &Comparisons<'_>, model: &Model) -> Vec<Frequencies> {
        let mut fitted = Frequencies::average(comparisons, model);
        for (at, (item, frequencies)) in comparisons.items().iter().zip(&mut fitted).enumerate() {
            let Some(known) = self.attributes.get(&item.name) else { continue };
            let find = |text: &str| match known.values.binary_search_by(|(value, ..)| (**value).cmp(text)) {
                Ok(found) => known.values[found].1,
                Err(_) => (known.unseen, Some(known.unseen_equal), Some(known.unseen)),
            };
            let found = || comparisons.column(at).dictionary().iter().map(find);
            frequencies.log2 = found().map(|(log2, ..)| log2).collect();
            if known.values.iter().any(|(_, (_, equal, _))| equal.is_some()) {
                frequencies.log2_equal =
                    found().map(|(_, equal, _)| equal.unwrap_or(known.unseen_equal)).collect();
            }
            if known.values.iter().any(|(_, (.., near))| near.is_some()) {
                frequencies.log2_near = found().map(|(.., near)| near.unwrap_or(known.unseen)).collect();
            }
            frequencies.log2_agreement = known.log2_agreement;
        }
        fitted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SourceId;
    use crate::normalize::attributes::{Attribute, Attributes};

    /// What prior carriers make of `share` of `carriers` for a kind of which strangers share `expected`.
    fn shrunk(share: f64, carriers: f64, expected: f64) -> f64 {
        (share * carriers + 50.0 * expected) / (carriers + 50.0)
    }

    /// Surnames of eight records, one of them unknown.
    fn attributes() -> Attributes {
        let names = ["garcia", "garcia", "garcia", "garcia", "ruiz", "ruiz", "urdangarin"];
        let column = names.into_iter().map(Some).chain([None]).collect();
        let attribute = Attribute { name: "surname".to_owned(), kind: AttributeKind::Surname, column };
        Attributes { source: vec![SourceId(0); 8], columns: vec![attribute] }
    }

    fn close(found: &[f32], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((f64::from(*found) - expected.log2()).abs() < 1e-6, "{found} is not log2 {expected}");
        }
    }

    #[test]
    fn of_records_without_the_carrier_itself() {
        let attributes = attributes();
        let found = &Frequencies::of_records(&Comparisons::new(&attributes))[0];
        close(&found.log2, &[3.0, 1.0, 0.5].map(|others| shrunk(others / 7.0, 7.0, 1e-3)));
        assert!((found.log2_agreement - shrunk(21.0 / 49.0, 7.0, 1e-3).log2()).abs() < 1e-12);
    }

    #[test]
    fn names_near_each_other_are_counted_together() {
        let names = ["kim", "kim", "kim", "lim", "lim", "urdangarin"];
        let attribute = Attribute {
            name: "surname".to_owned(),
            kind: AttributeKind::Surname,
            column: names.into_iter().map(Some).collect(),
        };
        let attributes = Attributes { source: vec![SourceId(0); 6], columns: vec![attribute] };
        let found = &Frequencies::of_records(&Comparisons::new(&attributes))[0];
        // Two Lim are one slip from Kim, three Kim from Lim; one of them is the record that is looked at.
        close(&found.log2_near, &[1.0, 2.0, 0.5].map(|others| shrunk(others / 6.0, 6.0, 1e-3)));
    }

    #[test]
    fn of_entities_each_counts_once() {
        let attributes = attributes();
        // The four García are one customer, and one of the Ruiz is the one called Urdangarin.
        let entities = Entities::from_labels(&[0, 0, 0, 0, 1, 2, 2, 3]);
        let found = &Frequencies::of_entities(&Comparisons::new(&attributes), &entities)[0];
        close(&found.log2, &[shrunk(0.5 / 3.0, 3.0, 1e-3); 3]);
        let agreement = (1.0f64 / 9.0) + (1.5f64 / 3.0).powi(2) + (0.5f64 / 3.0).powi(2);
        assert!((found.log2_agreement - shrunk(agreement, 3.0, 1e-3).log2()).abs() < 1e-12);
    }

    /// A surname that a third of a small list bears is common there; one that two of six records share need not be.
    #[test]
    fn small_lists_say_little_about_frequencies() {
        let share = |carriers: usize| {
            let names =
                (0..carriers).map(|at| if at % 3 == 0 { "urdangarin" } else { ["ruiz", "sanz"][at % 2] });
            let attribute = Attribute {
                name: "surname".to_owned(),
                kind: AttributeKind::Surname,
                column: names.map(Some).collect(),
            };
            let attributes = Attributes { source: vec![SourceId(0); carriers], columns: vec![attribute] };
            Frequencies::of_records(&Comparisons::new(&attributes))[0].log2[0].exp2()
        };
        assert!(share(6) < 0.02, "two of six: {}", share(6));
        assert!(share(6000) > 0.32, "two thousand of six: {}", share(6000));
    }

    /// What nobody shares with a stranger is worth more than the count of two, and less counts stay in their order.
    #[test]
    fn values_made_for_one_person_are_discounted() {
        let attributes = attributes();
        let comparisons = Comparisons::new(&attributes);
        let rarity = Rarity { others: 0.1, strangers: 0.0 };
        let found = &Frequencies::of_records_by(&comparisons, &[rarity])[0];
        close(&found.log2, &[3.0, 1.0, 0.5].map(|others| shrunk(others / 7.0, 7.0, 1e-3)));
        close(&found.log2_equal, &[2.1, 0.1, 0.1].map(|others| shrunk(others / 7.0, 7.0, 1e-3)));
        let model = Model::neutral(&comparisons);
        let again =
            &FrequencyTable::new(&comparisons, std::slice::from_ref(found)).fit(&comparisons, &model)[0];
        assert_eq!((&again.log2, &again.log2_equal), (&found.log2, &found.log2_equal));
        assert!(again.log2_near.is_empty() == found.log2_near.is_empty());
    }

    #[test]
    fn a_column_without_values_has_no_frequencies() {
        let found = Frequencies::from_counts(&[], 0.0, 1e-3);
        assert!(found.log2.is_empty() && found.log2_agreement.is_finite());
    }
}
