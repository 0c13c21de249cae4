//! The committed tables (`data/*.txt`) in memory: names by rank, towns by weight, streets, words for companies.
//!
//! A table is lines of text: `#` comments, `[section]` heads, and entries. They are compiled into the program, so that
//! a broken table is found by the tests and not by a user.

use std::collections::BTreeMap;

use crate::country::{Country, Culture};
use crate::random::Rng;

/// The exponent and the offset of the Zipf-Mandelbrot law `1 / (rank + offset)^exponent` that fits the surnames of Spain:
/// García (rank 1) 3.1 %, rank 10 1 %, rank 100 0.13 %.
const SURNAME_LAW: (f64, f64) = (1.0, 2.7);

/// The law of given names, which have a flatter head.
const GIVEN_LAW: (f64, f64) = (0.95, 4.0);

/// Items by rank, drawn with weights that fall with the rank.
#[derive(Debug)]
pub struct Ranked<T> {
    items: Vec<T>,
    cumulative: Vec<f64>,
}

impl<T> Ranked<T> {
    fn new(items: Vec<T>, weight: impl Fn(usize, &T) -> f64) -> Self {
        let mut sum = 0.0;
        let cumulative = items
            .iter()
            .enumerate()
            .map(|(rank, item)| {
                sum += weight(rank, item);
                sum
            })
            .collect();
        Self { items, cumulative }
    }

    /// Items that are drawn by the Zipf-Mandelbrot law of an exponent and an offset.
    pub fn zipf(items: Vec<T>, (exponent, offset): (f64, f64)) -> Self {
        Self::new(items, |rank, _| (rank as f64 + 1.0 + offset).powf(-exponent))
    }

    /// One item by its weight.
    pub fn draw(&self, rng: &mut Rng) -> &T {
        &self.items[self.draw_index(rng)]
    }

    /// The index of an item by its weight.
    pub fn draw_index(&self, rng: &mut Rng) -> usize {
        let at = rng.unit() * self.cumulative.last().copied().unwrap_or(0.0);
        let index = self.cumulative.partition_point(|&sum| sum <= at);
        index.min(self.items.len() - 1)
    }

    /// All items, commonest first.
    pub fn items(&self) -> &[T] {
        &self.items
    }
}

/// When a given name was in fashion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fashion {
    /// Always.
    Any,
    /// Mostly before 1970.
    Old,
    /// Mostly after 1985.
    New,
}

/// A given name.
#[derive(Clone, Copy, Debug)]
pub struct Given {
    /// The name as its bearer writes it.
    pub name: &'static str,
    /// When it was in fashion.
    pub fashion: Fashion,
    /// The everyday forms, commonest first.
    pub nicknames: &'static str,
}

/// The names of one culture.
#[derive(Debug)]
pub struct Names {
    /// Given names of men and of women.
    pub given: [Ranked<Given>; 2],
    /// Surnames.
    pub surnames: Ranked<&'static str>,
    /// First and second halves of rare surnames.
    pub halves: [Vec<&'static str>; 2],
    /// Places that a surname can be extended by ("Ruiz de Peñaranda"); empty where that is not a custom.
    pub places: Vec<&'static str>,
}

/// A town, or a part of a big one.
#[derive(Clone, Copy, Debug)]
pub struct Town {
    /// Its name.
    pub name: &'static str,
    /// Province or state.
    pub province: &'static str,
    /// The code of the province as shop systems write it.
    pub province_code: &'static str,
    /// Its postcodes, "first-last" or one.
    pub postcodes: &'static str,
    /// The prefix of fixed lines.
    pub area: &'static str,
    weight: f64,
}

/// A street: its type and the rest of its name.
#[derive(Clone, Copy, Debug)]
pub struct Street {
    /// "Calle", "Street", "straße".
    pub kind: &'static str,
    /// "Mayor", "High", "Haupt".
    pub name: &'static str,
}

/// Words for the companies of one country or of several.
#[derive(Debug)]
pub struct Trade {
    /// Lines of business.
    pub trades: Vec<&'static str>,
    /// Legal forms.
    pub forms: Vec<&'static str>,
    /// Job titles.
    pub jobs: Vec<&'static str>,
}

/// Everything that is drawn from.
#[derive(Debug)]
pub struct Tables {
    names: Vec<Names>,
    towns: Vec<Ranked<Town>>,
    streets: BTreeMap<&'static str, Vec<Street>>,
    trades: BTreeMap<&'static str, Trade>,
    /// Words in company names.
    pub words: Vec<&'static str>,
    /// Local parts of shared mailboxes.
    pub roles: Vec<&'static str>,
    /// Neighbourhoods ("colonias") of Mexican towns.
    pub neighbourhoods: Vec<&'static str>,
}

type Sections = BTreeMap<&'static str, Vec<&'static str>>;

impl Tables {
    /// Reads the tables that are compiled into the program.
    pub fn new() -> Self {
        let nicknames = sections(include_str!("data/nicknames.txt"), false);
        let places = sections(include_str!("data/places.txt"), false);
        let mut streets = sections(include_str!("data/streets.txt"), false);
        let neighbourhoods = streets.remove("neighbourhoods MX").unwrap_or_default();
        let mut words = sections(include_str!("data/companies.txt"), true);
        let trades = ["ES", "LATAM", "US", "GB", "DE", "FR", "IT", "PT"]
            .map(|code| {
                let mut take = |what| words.remove(format!("{what} {code}").as_str()).unwrap_or_default();
                (code, Trade { trades: take("trades"), forms: take("forms"), jobs: take("jobs") })
            })
            .into();
        Self {
            names: Culture::ALL.iter().map(|&culture| names_of(culture, &nicknames)).collect(),
            towns: Country::ALL.iter().map(|country| towns(&places[country.code()])).collect(),
            streets: streets
                .into_iter()
                .map(|(section, lines)| (section, lines.into_iter().filter_map(street).collect()))
                .collect(),
            trades,
            words: words.remove("words").unwrap_or_default(),
            roles: words.remove("roles").unwrap_or_default(),
            neighbourhoods,
        }
    }

    /// The names of a culture.
    pub fn names(&self, culture: Culture) -> &Names {
        &self.names[culture as usize]
    }

    /// A town of a country, by its size.
    pub fn town(&self, country: Country, rng: &mut Rng) -> &Town {
        self.towns[country as usize].draw(rng)
    }

    /// The streets of a section.
    pub fn streets(&self, section: &str) -> &[Street] {
        &self.streets[section]
    }

    /// The companies' words of a country.
    pub fn trade(&self, country: Country) -> &Trade {
        &self.trades[country.section()]
    }
}

/// Splits a table into its sections; with `commas`, a line holds several entries.
fn sections(text: &'static str, commas: bool) -> Sections {
    let mut all = Sections::new();
    let mut section = "";
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(head) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            section = head;
        } else if commas {
            let entries = line.split(',').map(str::trim).filter(|entry| !entry.is_empty());
            all.entry(section).or_default().extend(entries);
        } else {
            all.entry(section).or_default().push(line);
        }
    }
    all
}

fn names_of(culture: Culture, nicknames: &Sections) -> Names {
    let (text, language) = match culture {
        Culture::Es => (include_str!("data/names_es.txt"), "es"),
        Culture::Latam => (include_str!("data/names_latam.txt"), "es"),
        Culture::Us => (include_str!("data/names_us.txt"), "en"),
        Culture::Gb => (include_str!("data/names_gb.txt"), "en"),
        Culture::De => (include_str!("data/names_de.txt"), "de"),
        Culture::Fr => (include_str!("data/names_fr.txt"), "fr"),
        Culture::It => (include_str!("data/names_it.txt"), "it"),
        Culture::Pt => (include_str!("data/names_pt.txt"), "pt"),
    };
    let mut table = sections(text, true);
    let mut take = |section| table.remove(section).unwrap_or_default();
    let forms: BTreeMap<&str, &'static str> =
        nicknames[language].iter().filter_map(|line| line.split_once(": ")).collect();
    let given = |entries: Vec<&'static str>| {
        let names = entries.into_iter().map(|entry| {
            let (name, fashion) = match entry.rsplit_once(' ') {
                Some((name, "-")) => (name, Fashion::Old),
                Some((name, "+")) => (name, Fashion::New),
                _ => (entry, Fashion::Any),
            };
            Given { name, fashion, nicknames: forms.get(name).copied().unwrap_or("") }
        });
        Ranked::zipf(names.collect(), GIVEN_LAW)
    };
    Names {
        given: [given(take("male")), given(take("female"))],
        surnames: Ranked::zipf(take("surnames"), SURNAME_LAW),
        halves: [take("rare heads"), take("rare tails")],
        places: take("rare places"),
    }
}

fn towns(lines: &[&'static str]) -> Ranked<Town> {
    let towns = lines.iter().filter_map(|line| {
        let mut cells = line.split(';');
        Some(Town {
            name: cells.next()?,
            province: cells.next()?,
            province_code: cells.next()?,
            postcodes: cells.next()?,
            area: cells.next()?,
            weight: cells.next()?.parse().ok()?,
        })
    });
    Ranked::new(towns.collect(), |_, town| town.weight)
}

fn street(line: &'static str) -> Option<Street> {
    line.split_once('|').map(|(kind, name)| Street { kind, name })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn tables_are_complete() {
        let tables = Tables::new();
        for culture in Culture::ALL {
            let names = tables.names(culture);
            let given: usize = names.given.iter().map(|sex| sex.items().len()).sum();
            let (least_given, least_surnames) = if culture == Culture::Es { (250, 500) } else { (120, 200) };
            assert!(given >= least_given, "{culture:?} has {given} given names");
            assert!(names.surnames.items().len() >= least_surnames, "{culture:?}");
            assert!(names.halves.iter().all(|half| half.len() >= 20), "{culture:?}");
        }
        for country in Country::ALL {
            let trade = tables.trade(country);
            assert!(
                !trade.trades.is_empty() && !trade.forms.is_empty() && !trade.jobs.is_empty(),
                "{country:?}"
            );
            assert!(tables.streets(country.section()).len() >= 40, "{country:?}");
        }
        assert!(!tables.words.is_empty() && !tables.roles.is_empty() && !tables.neighbourhoods.is_empty());
    }

    #[test]
    fn every_line_of_the_place_table_is_a_town() {
        let places = sections(include_str!("data/places.txt"), false);
        for country in Country::ALL {
            assert_eq!(
                towns(&places[country.code()]).items().len(),
                places[country.code()].len(),
                "{country:?}"
            );
        }
        let streets = sections(include_str!("data/streets.txt"), false);
        let broken: Vec<_> = streets
            .iter()
            .filter(|(section, _)| !section.starts_with("neighbourhoods"))
            .flat_map(|(_, lines)| lines.iter().filter(|line| street(line).is_none()))
            .collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    #[test]
    fn names_are_listed_once() {
        for culture in Culture::ALL {
            let tables = Tables::new();
            let names = tables.names(culture);
            for sex in &names.given {
                let distinct: BTreeSet<_> = sex.items().iter().map(|given| given.name).collect();
                assert_eq!(distinct.len(), sex.items().len(), "{culture:?}");
            }
            let distinct: BTreeSet<_> = names.surnames.items().iter().collect();
            assert_eq!(distinct.len(), names.surnames.items().len(), "{culture:?}");
        }
    }

    #[test]
    fn all_provinces_of_spain_have_a_town_with_their_postcode() {
        let places = sections(include_str!("data/places.txt"), false);
        let prefixes: BTreeSet<&str> =
            towns(&places["ES"]).items().iter().map(|town| &town.postcodes[..2]).collect();
        let expected: Vec<String> = (1..=52).map(|n| format!("{n:02}")).collect();
        assert_eq!(prefixes.into_iter().collect::<Vec<_>>(), expected);
        let by_province: BTreeSet<(&str, &str)> =
            towns(&places["ES"]).items().iter().map(|town| (&town.postcodes[..2], town.province)).collect();
        assert_eq!(by_province.len(), 52, "one name a province");
    }

    #[test]
    fn surnames_fall_off_like_those_of_spain() {
        let tables = Tables::new();
        let mut rng = Rng::stream(1, &[]);
        let n = 100_000;
        let garcia =
            (0..n).filter(|_| *tables.names(Culture::Es).surnames.draw(&mut rng) == "García").count();
        assert!((0.02..0.06).contains(&(garcia as f64 / n as f64)), "{garcia}");
    }

    #[test]
    fn fashions_and_nicknames_are_read() {
        let tables = Tables::new();
        let men = tables.names(Culture::Es).given[0].items();
        let find = |name| men.iter().find(|given| given.name == name).expect("in the table");
        assert_eq!(find("Francisco").nicknames.split(", ").next(), Some("Paco"));
        assert_eq!((find("Hugo").fashion, find("Vicente").fashion), (Fashion::New, Fashion::Old));
        assert_eq!(find("Antonio").fashion, Fashion::Any);
    }
}
