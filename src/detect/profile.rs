//! What the values of one column look like together: counts of their traits over a sample of distinct values.
//!
//! The sample is chosen by the hash of the text, so that it is the same for any order of the records. A value weighs
//! as much as it is frequent, up to a cap, so that neither one filler value nor a tail of typing errors decides.
//!
//! # Complexity
//! One pass over the codes, one hash per distinct value, at most about [`SAMPLE`] values read.

use std::collections::BTreeMap;

use xxhash_rust::xxh3::xxh3_64;

use super::shapes::{Shape, TRAITS, Trait, shape, unwrap};
use super::vocabulary::{Vocabulary, Word, fold_into};
use crate::table::Column;

/// Distinct values read per column: fractions are then known to about one or two percent, and no threshold is finer.
pub(super) const SAMPLE: usize = 2_000;

/// Among a sampled part of the values no one counts more than this.
const CAP: u64 = 20;

/// Votes of values for something, by its code.
pub(super) type Votes = BTreeMap<&'static str, u64>;

/// The summary of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Profile {
    /// Records of the source.
    pub records: usize,
    /// Records with a value.
    pub non_null: usize,
    /// Distinct values.
    pub distinct: usize,
    /// Weight of the values read, without fillers.
    pub weight: u64,
    counts: Vec<u64>,
    words: u64,
    /// Runs of text between blanks.
    runs: u64,
    /// Years of full dates and of bare years, ascending.
    years: Vec<i32>,
    /// Length in characters that most values have, and the weight of those that have it.
    lengths: BTreeMap<usize, u64>,
    /// Dates whose first number is above 12, and whose second is; dates that could be either.
    pub day_first: u64,
    pub month_first: u64,
    pub either: u64,
    /// Countries named, and countries that have such regions, towns or telephone numbers.
    pub countries: Votes,
    pub regions: Votes,
    pub cities: Votes,
    pub dialling: Votes,
    /// Weight of given names and surnames by language.
    pub names: [u64; 8],
    /// Distinct values among small integers.
    pub distinct_read: usize,
}

impl Profile {
    /// Reads a column.
    pub fn new(column: &Column, vocabulary: &Vocabulary) -> Self {
        let counts = column.counts();
        let dictionary = column.dictionary();
        let distinct = counts.iter().filter(|count| **count > 0).count();
        // Single values need no second pass over the records.
        let total: usize = counts.iter().map(|count| *count as usize).sum();
        let non_null = if column.is_list() { column.non_null() } else { total };
        let mut profile = Self { records: column.len(), non_null, distinct, ..Self::default() };
        profile.counts = vec![0; TRAITS];
        let cap = if distinct <= SAMPLE { (profile.non_null as u64 / 20).max(1) } else { CAP };
        let mut folded = String::new();
        for code in sample_codes(column, SAMPLE) {
            let weight = u64::from(counts[code as usize]).min(cap);
            if weight > 0 {
                let text = dictionary.text(code);
                profile.add(text.split(" ::: ").next().unwrap_or(text), weight, vocabulary, &mut folded);
            }
        }
        profile.years.sort_unstable();
        profile
    }

    fn add(&mut self, text: &str, weight: u64, vocabulary: &Vocabulary, folded: &mut String) {
        let shape = shape(text, vocabulary, folded);
        if is_filler(text, folded, vocabulary) {
            return;
        }
        self.weight += weight;
        self.distinct_read += 1;
        self.words += weight * u64::from(shape.words);
        self.runs += weight * text.split_whitespace().count() as u64;
        for (bit, count) in self.counts.iter_mut().enumerate() {
            *count += weight * u64::from(shape.bit(bit));
        }
        *self.lengths.entry(unwrap(text).chars().count()).or_default() += weight;
        self.add_date(text, &shape, weight);
        self.add_places(text, folded, &shape, weight, vocabulary);
        let languages =
            folded.split(' ').fold(0, |all, word| all | vocabulary.given(word) | vocabulary.surname(word));
        // A name that is common in several languages says little about any of them.
        if languages.count_ones() == 1 {
            self.names[languages.trailing_zeros() as usize] += weight;
        }
    }

    fn add_date(&mut self, text: &str, shape: &Shape, weight: u64) {
        if shape.has(Trait::Date) || shape.has(Trait::MonthDay) {
            let (first, second) = shape.date.ends;
            match (first > 12, second > 12) {
                (true, false) => self.day_first += weight,
                (false, true) => self.month_first += weight,
                (false, false) if first > 0 && first != second => self.either += weight,
                _ => {}
            }
        }
        let year = if shape.has(Trait::Year) {
            unwrap(text).get(..4).and_then(|year| year.parse().ok()).unwrap_or(0)
        } else {
            shape.date.year
        };
        if year > 0 {
            self.years.push(year);
        }
    }

    fn add_places(&mut self, text: &str, folded: &str, shape: &Shape, weight: u64, vocabulary: &Vocabulary) {
        if (shape.has(Trait::Country) || folded.len() == 3)
            && let Some(code) = vocabulary.country(folded)
        {
            *self.countries.entry(code).or_default() += weight;
        }
        if let Some(place) = vocabulary.place(folded) {
            for code in &place.regions {
                *self.regions.entry(code).or_default() += weight;
            }
            for code in &place.cities {
                *self.cities.entry(code).or_default() += weight;
            }
        }
        let digits: String = unwrap(text).chars().filter(char::is_ascii_digit).collect();
        let abroad = unwrap(text).starts_with('+') || digits.starts_with("00");
        if shape.has(Trait::PhoneLoose)
            && abroad
            && let Some(code) = super::region::dialling_country(digits.trim_start_matches('0'))
        {
            *self.dialling.entry(code).or_default() += weight;
        }
    }

    /// Share of the values read that have a trait.
    pub fn share(&self, what: Trait) -> f64 {
        ratio(self.counts.get(what as usize).copied().unwrap_or(0), self.weight)
    }

    /// Mean number of words; punctuation ends them.
    pub fn mean_words(&self) -> f64 {
        ratio(self.words, self.weight)
    }

    /// Mean number of runs of text between blanks: a UUID and `__export__.res_partner_7` are one.
    pub fn mean_runs(&self) -> f64 {
        ratio(self.runs, self.weight)
    }

    /// Distinct values per record that has one.
    pub fn unique_share(&self) -> f64 {
        ratio(self.distinct as u64, self.non_null as u64)
    }

    /// Share of the most frequent length.
    pub fn one_length(&self) -> f64 {
        ratio(self.lengths.values().copied().max().unwrap_or(0), self.weight)
    }

    /// Years between the 2nd and the 98th percentile of the dates, 0 without dates.
    pub fn year_spread(&self) -> i32 {
        match self.years.len() {
            0 => 0,
            count => self.years[(count - 1) * 98 / 100] - self.years[(count - 1) * 2 / 100],
        }
    }

    /// The middle one of the years, if there are any.
    pub fn median_year(&self) -> Option<i32> {
        self.years.get(self.years.len() / 2).copied()
    }

    /// Whether there is no value to judge by.
    pub fn is_empty(&self) -> bool {
        self.weight == 0
    }
}

/// `part / whole`, 0 when there is no whole.
pub(super) fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// A value that stands for none: `n/a`, `-`, `0000`.
fn is_filler(text: &str, folded: &str, vocabulary: &Vocabulary) -> bool {
    folded.is_empty() && !text.contains(|ch: char| ch.is_alphanumeric())
        || vocabulary.is(folded, Word::Placeholder)
}

/// Codes of about `size` distinct values with the smallest hashes, in the order of (hash, text).
pub(super) fn sample_codes(column: &Column, size: usize) -> Vec<u32> {
    let dictionary = column.dictionary();
    let bound = match dictionary.len() {
        len if len <= size => u64::MAX,
        len => (u64::MAX / len as u64).saturating_mul(size as u64),
    };
    let hashed = dictionary.iter().enumerate().map(|(code, text)| (xxh3_64(text.as_bytes()), code as u32));
    let mut kept: Vec<(u64, u32)> = hashed.filter(|(hash, _)| *hash <= bound).collect();
    kept.sort_unstable_by(|a, b| a.0.cmp(&b.0).then_with(|| dictionary.text(a.1).cmp(dictionary.text(b.1))));
    kept.into_iter().map(|(_, code)| code).collect()
}

/// A few records, the same for any order of them: those whose value in the most varied column has a small hash.
pub(super) fn sample_rows(columns: &[Column], size: usize) -> Vec<u32> {
    let Some(anchor) = columns.iter().rev().max_by_key(|column| column.dictionary().len()) else {
        return Vec::new();
    };
    let mut wanted = vec![false; anchor.dictionary().len()];
    for code in sample_codes(anchor, size) {
        wanted[code as usize] = true;
    }
    let hit = |row: &u32| anchor.codes(*row as usize).first().is_some_and(|code| wanted[*code as usize]);
    let rows: Vec<u32> = (0..anchor.len() as u32).filter(hit).collect();
    if rows.len() <= 2 * size {
        return rows;
    }
    let mut text = String::new();
    let mut hashed: Vec<(u64, u32)> = rows
        .into_iter()
        .map(|row| {
            text.clear();
            for column in columns {
                column.values(row as usize).for_each(|value| text.push_str(value));
                text.push('\u{1f}');
            }
            (xxh3_64(text.as_bytes()), row)
        })
        .collect();
    hashed.sort_unstable();
    hashed.truncate(2 * size);
    hashed.into_iter().map(|(_, row)| row).collect()
}

/// Of the sampled records that have both: the share in which a word of `column` (3 letters or more) is part of the
/// e-mail address before its `@`. High for names, near zero for everything else.
pub(super) fn share_in_email(column: &Column, email: &Column, rows: &[u32]) -> f64 {
    let (mut both, mut found) = (0u64, 0u64);
    let (mut name, mut local) = (String::new(), String::new());
    for &row in rows {
        let (Some(value), Some(address)) = (column.get(row as usize), email.get(row as usize)) else {
            continue;
        };
        fold_into(value, &mut name);
        fold_into(address.split('@').next().unwrap_or(""), &mut local);
        both += 1;
        found += u64::from(name.split(' ').any(|word| word.len() >= 3 && local.contains(word)));
    }
    if both < 5 { 0.0 } else { ratio(found, both) }
}

/// Of the sampled records with a value in `column`: the share whose words all occur in the other columns.
pub(super) fn share_contained(column: &Column, others: &[&Column], rows: &[u32]) -> f64 {
    let (mut all, mut contained) = (0u64, 0u64);
    let (mut text, mut folded, mut joined) = (String::new(), String::new(), String::new());
    for &row in rows {
        let Some(value) = column.get(row as usize) else { continue };
        joined.clear();
        for other in others.iter().filter_map(|other| other.get(row as usize)) {
            fold_into(other, &mut folded);
            joined.push(' ');
            joined.push_str(&folded);
        }
        joined.push(' ');
        fold_into(value, &mut text);
        all += 1;
        let part = |word: &str| {
            let found = joined.find(word);
            found.is_some() && joined.match_indices(word).any(|(at, _)| is_word(&joined, at, word.len()))
        };
        contained += u64::from(text.split(' ').all(part));
    }
    ratio(contained, all)
}

fn is_word(text: &str, at: usize, len: usize) -> bool {
    let bytes = text.as_bytes();
    at > 0 && bytes[at - 1] == b' ' && bytes.get(at + len) == Some(&b' ')
}

/// How far `child` follows from `parent`: among records of parents that occur more than once, the share that has the
/// child most frequent with its parent. 0 when no parent repeats.
pub(super) fn share_determined(child: &Column, parent: &Column) -> f64 {
    let mut wanted = vec![false; parent.dictionary().len()];
    for code in sample_codes(parent, 500) {
        wanted[code as usize] = true;
    }
    let mut groups: BTreeMap<(u32, u32), u64> = BTreeMap::new();
    for row in 0..parent.len() {
        let (Some(&up), Some(&down)) = (parent.codes(row).first(), child.codes(row).first()) else {
            continue;
        };
        if wanted[up as usize] {
            *groups.entry((up, down)).or_default() += 1;
        }
    }
    let mut parents: BTreeMap<u32, (u64, u64)> = BTreeMap::new();
    for ((up, _), count) in groups {
        let group = parents.entry(up).or_default();
        *group = (group.0 + count, group.1.max(count));
    }
    let repeated = parents.values().filter(|group| group.0 > 1);
    let (all, best) = repeated.fold((0, 0), |(all, best), group| (all + group.0, best + group.1));
    if all < 10 { 0.0 } else { ratio(best, all) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[&str]) -> Column {
        values.iter().map(|value| Some(*value)).collect()
    }

    #[test]
    fn the_profile_does_not_depend_on_the_order_of_records() {
        let texts: Vec<String> =
            (0..12_000).map(|i| format!("{}-{:02}-11", 1930 + i % 80, i % 12 + 1)).collect();
        let forward = column(&texts.iter().map(String::as_str).collect::<Vec<_>>());
        let order: Vec<u32> = (0..12_000).map(|i| (i * 7_919) % 12_000).collect();
        let shuffled = forward.gather(&order);
        let vocabulary = Vocabulary::new();
        let (a, b) = (Profile::new(&forward, &vocabulary), Profile::new(&shuffled, &vocabulary));
        assert_eq!(format!("{a:?}"), format!("{b:?}"));
        assert!(a.year_spread() >= 70 && a.share(Trait::Date) == 1.0);
    }

    #[test]
    fn shares_between_columns() {
        let names = column(&["Ana", "Luis", "Eva", "Iker", "Nerea"]);
        let emails = column(&["ana.r@x.es", "luis@x.es", "evita@x.es", "iker1@x.es", "z@x.es"]);
        let full = column(&["Ana Ruiz", "Luis Vega", "Eva Sol", "Iker Gil", "N. Paz"]);
        let rows: Vec<u32> = (0..5).collect();
        assert_eq!(share_in_email(&names, &emails, &rows), 0.6);
        assert_eq!(share_contained(&names, &[&full], &rows), 0.8);
        assert_eq!(share_contained(&full, &[&names], &rows), 0.0);
    }

    #[test]
    fn a_city_follows_from_its_postcode_but_not_a_name() {
        let post: Vec<String> = (0..60).map(|i| format!("{}", 28_000 + i % 12)).collect();
        let city: Vec<String> = (0..60).map(|i| format!("town{}", i % 6)).collect();
        let name: Vec<String> = (0..60).map(|i| format!("name{}", i % 7)).collect();
        let make = |texts: &[String]| texts.iter().map(|text| Some(text.as_str())).collect::<Column>();
        assert_eq!(share_determined(&make(&city), &make(&post)), 1.0);
        assert!(share_determined(&make(&name), &make(&post)) < 0.5);
    }
}
