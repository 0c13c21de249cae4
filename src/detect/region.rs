//! Where the records come from: default country, language and the order of day and month, each voted for by the
//! columns together. What is not clear stays `None`.

use std::collections::BTreeMap;

use super::headers::Reading;
use super::profile::{Profile, ratio};
use super::shapes::Trait;
use super::vocabulary::LANGUAGES;
use crate::table::{AttributeKind, Role};

/// Country calling codes that mean one country; +1 is left out, because it is many.
const DIALLING: [(&str, &str); 44] = [
    ("34", "ES"),
    ("351", "PT"),
    ("33", "FR"),
    ("49", "DE"),
    ("39", "IT"),
    ("44", "GB"),
    ("353", "IE"),
    ("52", "MX"),
    ("54", "AR"),
    ("57", "CO"),
    ("56", "CL"),
    ("51", "PE"),
    ("55", "BR"),
    ("58", "VE"),
    ("593", "EC"),
    ("598", "UY"),
    ("595", "PY"),
    ("591", "BO"),
    ("506", "CR"),
    ("507", "PA"),
    ("502", "GT"),
    ("504", "HN"),
    ("503", "SV"),
    ("505", "NI"),
    ("53", "CU"),
    ("31", "NL"),
    ("32", "BE"),
    ("352", "LU"),
    ("41", "CH"),
    ("43", "AT"),
    ("45", "DK"),
    ("46", "SE"),
    ("47", "NO"),
    ("358", "FI"),
    ("48", "PL"),
    ("420", "CZ"),
    ("36", "HU"),
    ("40", "RO"),
    ("30", "GR"),
    ("90", "TR"),
    ("380", "UA"),
    ("61", "AU"),
    ("64", "NZ"),
    ("376", "AD"),
];

/// Official languages of countries, for the languages of the vocabularies.
const SPOKEN: [(&str, &str); 6] = [
    ("es", "ES MX AR CO CL PE VE EC UY PY BO CR PA GT HN SV NI DO CU PR"),
    ("en", "GB IE US CA AU NZ ZA NG IN SG"),
    ("pt", "PT BR"),
    ("fr", "FR LU"),
    ("de", "DE AT"),
    ("it", "IT"),
];

/// Votes needed to name a country: one clear kind of evidence, or two weak ones that agree.
const ENOUGH: f64 = 2.0;

/// Votes by which it must lead: `WA` is in the United States and in Australia.
const MARGIN: f64 = 0.3;

/// The country of digits that start with a country calling code.
pub(super) fn dialling_country(digits: &str) -> Option<&'static str> {
    (2..=3).rev().find_map(|len| {
        let code = digits.get(..len)?;
        DIALLING.iter().find(|(known, _)| *known == code).map(|(_, country)| *country)
    })
}

/// A column with its role.
pub(super) struct Judged<'a> {
    pub role: Role,
    pub profile: &'a Profile,
    pub reading: &'a Reading,
}

impl Judged<'_> {
    fn is(&self, kind: AttributeKind) -> bool {
        matches!(self.role, Role::Attribute(found, _) if found == kind)
    }
}

/// The default country, ISO 3166-1 alpha-2.
pub(super) fn region(columns: &[Judged<'_>]) -> Option<String> {
    use AttributeKind::*;
    let mut votes: BTreeMap<&'static str, f64> = BTreeMap::new();
    let mut vote = |code: &'static str, weight: f64| *votes.entry(code).or_default() += weight;
    for column in columns {
        let profile = column.profile;
        let all = profile.weight;
        if column.is(BirthDate) && profile.month_first > 10 * profile.day_first {
            // Only there is the month written first.
            vote("US", 1.0);
        }
        if column.is(Country) {
            profile.countries.iter().for_each(|(code, count)| vote(code, 6.0 * ratio(*count, all)));
        }
        if column.is(Phone) {
            vote("US", 2.4 * profile.share(Trait::PhoneNorth));
            vote("ES", 1.5 * profile.share(Trait::PhoneSpain));
            profile.dialling.iter().for_each(|(code, count)| vote(code, 4.0 * ratio(*count, all)));
        }
        if column.is(Region) || column.is(County) {
            profile.regions.iter().for_each(|(code, count)| vote(code, 4.0 * ratio(*count, all)));
        }
        if column.is(City) || column.is(Locality) {
            profile.cities.iter().for_each(|(code, count)| vote(code, 3.0 * ratio(*count, all)));
        }
    }
    for (language, weight) in LANGUAGES.iter().zip(header_languages(columns)) {
        let home = match *language {
            "es" => "ES",
            "pt" => "PT",
            "fr" => "FR",
            "de" => "DE",
            "it" => "IT",
            _ => continue,
        };
        vote(home, 1.5 * weight);
        if columns.iter().any(|column| column.is(Postcode) && column.profile.share(Trait::Post5) > 0.8)
            && home != "PT"
        {
            vote(home, 0.6 * weight);
        }
    }
    let (best, points) = votes.iter().max_by(|a, b| a.1.total_cmp(b.1).then_with(|| b.0.cmp(a.0)))?;
    let second =
        votes.iter().filter(|(code, _)| *code != best).map(|(_, points)| *points).fold(0.0, f64::max);
    (*points >= ENOUGH && points - second >= MARGIN).then(|| (*best).to_owned())
}

/// Share of the known header words that each language alone knows.
fn header_languages(columns: &[Judged<'_>]) -> [f64; 6] {
    let mut counts = [0u64; 6];
    let mut all = 0;
    for bits in columns.iter().flat_map(|column| &column.reading.languages).filter(|bits| **bits != 0) {
        all += 1;
        if bits.count_ones() == 1 {
            counts[bits.trailing_zeros() as usize] += 1;
        }
    }
    counts.map(|count| ratio(count, all))
}

/// The language of the values, with the country when it is known: `es-MX`, `pt`.
pub(super) fn locale(columns: &[Judged<'_>], region: Option<&str>) -> Option<String> {
    let mut votes = header_languages(columns);
    // Export formats are English everywhere: English headers say little about the people.
    votes[1] *= 0.25;
    let mut names = [0u64; 8];
    for column in columns {
        let person = |kind| column.is(kind);
        if [AttributeKind::GivenName, AttributeKind::Surname, AttributeKind::FullName].into_iter().any(person)
        {
            names.iter_mut().zip(column.profile.names).for_each(|(all, more)| *all += more);
        }
    }
    let known: u64 = names.iter().sum();
    for (at, vote) in votes.iter_mut().enumerate() {
        *vote += 1.5 * ratio(names[at], known);
        let spoken = region.is_some_and(|region| SPOKEN[spoken(at)].1.split(' ').any(|code| code == region));
        *vote += if spoken { 1.5 } else { 0.0 };
    }
    let best = (0..6).max_by(|&a, &b| votes[a].total_cmp(&votes[b]).then(b.cmp(&a)))?;
    (votes[best] >= 0.6).then(|| match region {
        Some(region) => format!("{}-{region}", LANGUAGES[best]),
        None => LANGUAGES[best].to_owned(),
    })
}

/// Where a language of the vocabularies is in [`SPOKEN`].
fn spoken(language: usize) -> usize {
    SPOKEN.iter().position(|(code, _)| *code == LANGUAGES[language]).unwrap_or(0)
}

/// Whether the day comes before the month: by dates that can only be read one way, else by the country; `None` when
/// no date depends on it, or nothing tells.
pub(super) fn day_first(columns: &[Judged<'_>], region: Option<&str>, locale: Option<&str>) -> Option<bool> {
    // Only columns of dates are heard (a wage can look like one), birth dates before others: a log column written by
    // another program must not outvote them.
    let dated = |column: &&Judged<'_>| {
        column.profile.share(Trait::Date) + column.profile.share(Trait::MonthDay) > 0.5
    };
    let votes = |birth: bool| {
        let heard =
            columns.iter().filter(dated).filter(|column| !birth || column.is(AttributeKind::BirthDate));
        heard.fold((0, 0, 0, 0), |(day, month, either, all), column| {
            let profile = column.profile;
            (
                day + profile.day_first,
                month + profile.month_first,
                either + profile.either,
                all + profile.weight,
            )
        })
    };
    // Typing errors turn a few dates round in a column that is written the other way, or in none of the two.
    let clear = |(day, month, _, all): &(u64, u64, u64, u64)| {
        day.max(month) > &0 && *day.max(month) * 50 >= *all && *day.max(month) >= 3 * *day.min(month)
    };
    let (day, month, either, all) = Some(votes(true)).filter(clear).unwrap_or_else(|| votes(false));
    if clear(&(day, month, either, all)) {
        return Some(day > month);
    }
    if either == 0 || either * 50 < all || day + month > 0 {
        return None;
    }
    match (region, locale) {
        (Some(region), _) => Some(!matches!(region, "US" | "PH")),
        (None, Some(locale)) => (!locale.starts_with("en")).then_some(true),
        _ => None,
    }
}
