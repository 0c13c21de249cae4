//! Postal addresses: a place, and the many ways in which people write it.

use crate::country::Country;
use crate::random::Rng;
use crate::tables::{Tables, Town};

/// What follows the house number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// A house of its own.
    None,
    /// Floor (0 is the ground floor) and door.
    Flat(u8, &'static str),
    /// A numbered apartment.
    Apartment(u16),
}

/// One address.
#[derive(Clone, Debug)]
pub struct Address {
    /// Its country.
    pub country: Country,
    /// Its town.
    pub town: Town,
    /// Type of street.
    kind: &'static str,
    /// Name of the street.
    name: &'static str,
    number: u64,
    unit: Unit,
    neighbourhood: &'static str,
    /// Its postcode.
    pub postcode: String,
}

/// The street sections of Spain that depend on the province, by its code.
fn section_of_spain(province_code: &str, rng: &mut Rng) -> &'static str {
    let (section, share) = match province_code {
        "B" | "GI" | "L" | "T" => ("ES-CT", 0.85),
        "PM" => ("ES-CT", 0.4),
        "C" | "LU" | "OR" | "PO" => ("ES-GA", 0.8),
        "BI" | "SS" | "VI" => ("ES-EU", 0.7),
        _ => ("ES", 1.0),
    };
    if rng.chance(share) { section } else { "ES" }
}

const DOORS: [(&str, u32); 11] = [
    ("A", 22),
    ("B", 20),
    ("C", 12),
    ("D", 8),
    ("Izq.", 12),
    ("Dcha.", 12),
    ("Ctro.", 2),
    ("1", 4),
    ("2", 4),
    ("3", 2),
    ("4", 2),
];

const WAYS_OF_SPAIN: [(&str, &[(&str, u32)]); 12] = [
    ("Calle", &[("C/ ", 38), ("Calle ", 34), ("C/", 8), ("CL ", 6), ("C. ", 5), ("", 9)]),
    ("Avenida", &[("Avda. ", 40), ("Avenida ", 35), ("Av. ", 20), ("Avda ", 5)]),
    ("Plaza", &[("Plaza ", 60), ("Pza. ", 20), ("Pl. ", 15), ("Plza. ", 5)]),
    ("Paseo", &[("Paseo ", 60), ("Pº ", 30), ("P.º ", 10)]),
    ("Carretera", &[("Ctra. ", 65), ("Carretera ", 35)]),
    ("Camino", &[("Camino ", 70), ("Cno. ", 30)]),
    ("Carrer", &[("Carrer ", 50), ("C/ ", 45), ("C. ", 5)]),
    ("Avinguda", &[("Avinguda ", 50), ("Av. ", 35), ("Avda. ", 15)]),
    ("Passeig", &[("Passeig ", 70), ("Pg. ", 30)]),
    ("Plaça", &[("Plaça ", 80), ("Pl. ", 20)]),
    ("Rúa", &[("Rúa ", 75), ("R/ ", 20), ("C/ ", 5)]),
    ("Polígono Industrial", &[("Pol. Ind. ", 60), ("Polígono Industrial ", 40)]),
];

impl Address {
    /// An address in a country; `near`, where given, is the town.
    pub fn draw(tables: &Tables, country: Country, near: Option<&Town>, rng: &mut Rng) -> Self {
        let town = *near.unwrap_or_else(|| tables.town(country, rng));
        let section = if country == Country::Es {
            section_of_spain(town.province_code, rng)
        } else {
            country.section()
        };
        let street = rng.pick(tables.streets(section));
        let (most, flats) = match country {
            Country::Es => (90, 0.8),
            Country::It | Country::Pt => (120, 0.5),
            Country::Us => (4000, 0.35),
            Country::Gb => (160, 0.25),
            Country::De | Country::Fr => (120, 0.12),
            _ => (3000, 0.35),
        };
        // Low numbers are commoner, as short streets are.
        let number = 1 + (rng.unit() * rng.unit() * most as f64) as u64;
        let unit = match country {
            _ if !rng.chance(flats) => Unit::None,
            Country::Us | Country::Gb | Country::Mx | Country::Co | Country::Cl => {
                Unit::Apartment(rng.range(1, 48) as u16)
            }
            _ => Unit::Flat(rng.geometric(2.2, 9) as u8, rng.weighted(&DOORS)),
        };
        let neighbourhood = if country == Country::Mx { rng.pick(&tables.neighbourhoods) } else { "" };
        let postcode = postcode(country, town.postcodes, rng);
        Self { country, town, kind: street.kind, name: street.name, number, unit, neighbourhood, postcode }
    }

    /// The street line and the line below it, in one of the ways in which people write them.
    pub fn lines(&self, rng: &mut Rng) -> (String, String) {
        let Self { kind, name, number, .. } = self;
        match self.country {
            Country::Es => {
                let ways =
                    WAYS_OF_SPAIN.iter().find(|(way, _)| way == kind).map_or(&[][..], |(_, ways)| ways);
                let start = if ways.is_empty() { format!("{kind} ") } else { rng.weighted(ways).to_string() };
                let mark = rng.weighted(&[(", ", 45), (" ", 38), (" nº ", 9), (", nº ", 8)]);
                (format!("{start}{name}{mark}{number}"), self.flat(rng))
            }
            Country::Us => {
                let kind = if rng.chance(0.5) { short_english(kind) } else { kind };
                (
                    format!("{} {name} {kind}", number + 10),
                    self.apartment(&["Apt ", "Apt. ", "#", "Unit "], rng),
                )
            }
            Country::Gb => {
                let short = if rng.chance(0.25) { short_english(kind) } else { kind };
                let street = if *name == "The" { format!("The {short}") } else { format!("{name} {short}") };
                (format!("{number} {street}"), self.apartment(&["Flat ", "Apartment "], rng))
            }
            Country::De => {
                let kind = match *kind {
                    "straße" => rng.weighted(&[("straße", 60), ("str.", 30), ("strasse", 10)]),
                    other => other,
                };
                // "Schöneberger Ufer" is two words, "Hauptstraße" one.
                let space = if name.ends_with("er") && kind == "ufer" { " " } else { "" };
                (format!("{name}{space}{kind} {number}"), String::new())
            }
            Country::Fr => {
                let mark = if rng.chance(0.4) { "," } else { "" };
                let kind = match *kind {
                    "avenue" if rng.chance(0.35) => "av.",
                    "boulevard" if rng.chance(0.4) => "bd",
                    other => other,
                };
                (format!("{number}{mark} {kind} {name}"), String::new())
            }
            Country::It => {
                let mark = if rng.chance(0.6) { ", " } else { " " };
                (format!("{kind} {name}{mark}{number}"), String::new())
            }
            Country::Pt => {
                let kind = match *kind {
                    "Rua" if rng.chance(0.3) => "R.",
                    "Avenida" if rng.chance(0.5) => "Av.",
                    other => other,
                };
                (format!("{kind} {name}, {number}"), self.flat(rng))
            }
            _ => {
                let kind = match *kind {
                    "Avenida" => rng.weighted(&[("Av. ", 60), ("Avenida ", 40)]),
                    "Calle" => rng.weighted(&[("Calle ", 50), ("", 50)]),
                    other => other,
                };
                let space = if kind.is_empty() || kind.ends_with(' ') { "" } else { " " };
                let street = format!("{kind}{space}{name} {number}");
                let second = match (self.neighbourhood, self.country) {
                    ("", Country::Ar | Country::Pe) => self.flat(rng),
                    ("", _) => self.apartment(&["Depto. ", "Apto. ", "Dpto "], rng),
                    (place, _) => format!("Col. {place}"),
                };
                (street, second)
            }
        }
    }

    fn flat(&self, rng: &mut Rng) -> String {
        let Unit::Flat(floor, door) = self.unit else { return String::new() };
        if floor == 0 {
            return format!("{} {door}", rng.weighted(&[("Bajo", 70), ("Bj", 15), ("B", 15)]));
        }
        let plain = door.trim_end_matches('.');
        match rng.below(10) {
            0..=4 => format!("{floor}º {door}"),
            5 | 6 => format!("{floor}º{plain}"),
            7 => format!("{floor} {plain}"),
            8 => format!("{floor}-{plain}"),
            _ => format!("piso {floor} puerta {plain}"),
        }
    }

    fn apartment(&self, words: &[&str], rng: &mut Rng) -> String {
        match self.unit {
            Unit::Apartment(number) => format!("{}{number}", rng.pick(words)),
            _ => String::new(),
        }
    }
}

fn short_english(kind: &str) -> &str {
    match kind {
        "Street" => "St",
        "Avenue" => "Ave",
        "Road" => "Rd",
        "Drive" => "Dr",
        "Lane" => "Ln",
        "Court" => "Ct",
        "Boulevard" => "Blvd",
        "Place" => "Pl",
        "Close" => "Cl",
        "Gardens" => "Gdns",
        "Crescent" => "Cres",
        other => other,
    }
}

/// A postcode of a town's range, in the form of the country.
fn postcode(country: Country, range: &str, rng: &mut Rng) -> String {
    let (first, last) = range.split_once('-').unwrap_or((range, range));
    // In the United Kingdom the range is of districts: the letters of the area, then a number.
    let letters = first.len() - first.trim_start_matches(|c: char| c.is_ascii_alphabetic()).len();
    let bounds = (first[letters..].parse::<i64>().unwrap_or(0), last[letters..].parse::<i64>().unwrap_or(0));
    let number = rng.range(bounds.0, bounds.1);
    match country {
        Country::Gb => {
            const INWARD: &[u8] = b"ABDEFGHJLNPQRSTUWXYZ";
            let (a, b) = (rng.pick(INWARD) as char, rng.pick(INWARD) as char);
            format!("{}{number} {}{a}{b}", &first[..letters], rng.below(10))
        }
        Country::Pt => format!("{number:04}-{:03}", rng.range(1, 599)),
        // France numbers the post offices of a big town in hundreds: 31000, 31100, 31200.
        Country::Fr if bounds.1 - bounds.0 > 60 => format!("{:05}", number / 100 * 100),
        _ => format!("{number:0width$}", width = first.len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn postcodes_have_the_form_of_their_country() {
        let mut rng = Rng::stream(3, &[]);
        for _ in 0..200 {
            let es = postcode(Country::Es, "08001-08042", &mut rng);
            assert!(("08001"..="08042").contains(&es.as_str()) && es.len() == 5, "{es}");
            let gb = postcode(Country::Gb, "SW1-SW20", &mut rng);
            let (out, inward) = gb.split_once(' ').expect("two parts");
            assert!(out.starts_with("SW") && inward.len() == 3, "{gb}");
            let pt = postcode(Country::Pt, "1000-1990", &mut rng);
            assert!(pt.len() == 8 && &pt[4..5] == "-", "{pt}");
            assert_eq!(postcode(Country::Fr, "31000-31500", &mut rng)[3..], *"00");
            assert_eq!(postcode(Country::Es, "46980", &mut rng), "46980");
        }
    }

    #[test]
    fn every_country_writes_its_number_and_street() {
        let tables = Tables::new();
        let mut rng = Rng::stream(4, &[]);
        for country in Country::ALL {
            for _ in 0..300 {
                let address = Address::draw(&tables, country, None, &mut rng);
                let (first, second) = address.lines(&mut rng);
                let name = if address.name == "The" { "The" } else { address.name };
                assert!(first.contains(name), "{first}");
                assert!(first.chars().any(|c| c.is_ascii_digit()), "{first}");
                assert!(!first.contains("  ") && !second.contains("  "), "{first} / {second}");
            }
        }
    }
}
