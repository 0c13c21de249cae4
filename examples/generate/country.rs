//! The countries and the naming customs of the people in the files.

use crate::random::Rng;

/// Where a household lives.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Country {
    /// Spain.
    Es,
    /// Mexico.
    Mx,
    /// Argentina.
    Ar,
    /// Colombia.
    Co,
    /// Chile.
    Cl,
    /// Peru.
    Pe,
    /// United States.
    Us,
    /// United Kingdom.
    Gb,
    /// Germany.
    De,
    /// France.
    Fr,
    /// Italy.
    It,
    /// Portugal.
    Pt,
}

/// Where a family has its names from: who lives in Spain may be called Schmidt.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Culture {
    /// Spain: two surnames, the father's first.
    Es,
    /// Spanish America: as Spain.
    Latam,
    /// United States.
    Us,
    /// United Kingdom.
    Gb,
    /// Germany.
    De,
    /// France.
    Fr,
    /// Italy.
    It,
    /// Portugal: two surnames, the father's last.
    Pt,
}

/// The countries with their share of the households, in thousandths.
const SHARES: [(Country, u32); 12] = [
    (Country::Es, 600),
    (Country::Mx, 55),
    (Country::Ar, 30),
    (Country::Co, 25),
    (Country::Cl, 10),
    (Country::Pe, 10),
    (Country::Us, 80),
    (Country::Gb, 60),
    (Country::De, 40),
    (Country::Fr, 35),
    (Country::It, 30),
    (Country::Pt, 25),
];

/// Whose names are heard in Spain.
const CULTURES_OF_SPAIN: [(Culture, u32); 8] = [
    (Culture::Es, 895),
    (Culture::Latam, 55),
    (Culture::Gb, 15),
    (Culture::De, 10),
    (Culture::It, 9),
    (Culture::Fr, 7),
    (Culture::Pt, 6),
    (Culture::Us, 3),
];

impl Country {
    /// All countries, by their discriminant.
    pub const ALL: [Self; 12] = [
        Self::Es,
        Self::Mx,
        Self::Ar,
        Self::Co,
        Self::Cl,
        Self::Pe,
        Self::Us,
        Self::Gb,
        Self::De,
        Self::Fr,
        Self::It,
        Self::Pt,
    ];

    /// A country by the share of its households.
    pub fn draw(rng: &mut Rng) -> Self {
        rng.weighted(&SHARES)
    }

    /// The naming custom of a household that lives here.
    pub fn culture(self, rng: &mut Rng) -> Culture {
        match self {
            Self::Es => rng.weighted(&CULTURES_OF_SPAIN),
            Self::Mx | Self::Ar | Self::Co | Self::Cl | Self::Pe => Culture::Latam,
            Self::Us if rng.chance(0.08) => Culture::Latam,
            Self::Us => Culture::Us,
            Self::Gb => Culture::Gb,
            Self::De => Culture::De,
            Self::Fr => Culture::Fr,
            Self::It => Culture::It,
            Self::Pt => Culture::Pt,
        }
    }

    /// The two letters of ISO 3166.
    pub fn code(self) -> &'static str {
        ["ES", "MX", "AR", "CO", "CL", "PE", "US", "GB", "DE", "FR", "IT", "PT"][self as usize]
    }

    /// The ways in which people write the country, commonest first.
    pub fn names(self) -> &'static [&'static str] {
        match self {
            Self::Es => &["España", "Spain", "ES"],
            Self::Mx => &["México", "Mexico", "MX"],
            Self::Ar => &["Argentina", "AR"],
            Self::Co => &["Colombia", "CO"],
            Self::Cl => &["Chile", "CL"],
            Self::Pe => &["Perú", "Peru", "PE"],
            Self::Us => &["United States", "USA", "US", "Estados Unidos"],
            Self::Gb => &["United Kingdom", "UK", "GB", "Reino Unido"],
            Self::De => &["Germany", "Deutschland", "DE", "Alemania"],
            Self::Fr => &["France", "FR", "Francia"],
            Self::It => &["Italy", "Italia", "IT"],
            Self::Pt => &["Portugal", "PT"],
        }
    }

    /// The country's calling code.
    pub fn calling_code(self) -> &'static str {
        ["34", "52", "54", "57", "56", "51", "1", "44", "49", "33", "39", "351"][self as usize]
    }

    /// The currency in which its customers pay, and how many of it are worth about one euro.
    pub fn currency(self) -> (&'static str, f64) {
        match self {
            Self::Mx => ("MXN", 20.0),
            Self::Ar => ("ARS", 1200.0),
            Self::Co => ("COP", 4500.0),
            Self::Cl => ("CLP", 1000.0),
            Self::Pe => ("PEN", 4.0),
            Self::Us => ("USD", 1.1),
            Self::Gb => ("GBP", 0.85),
            _ => ("EUR", 1.0),
        }
    }

    /// The section of the street and company tables.
    pub fn section(self) -> &'static str {
        match self {
            Self::Mx | Self::Ar | Self::Co | Self::Cl | Self::Pe => "LATAM",
            other => other.code(),
        }
    }
}

impl Culture {
    /// All cultures, by their discriminant.
    pub const ALL: [Self; 8] =
        [Self::Es, Self::Latam, Self::Us, Self::Gb, Self::De, Self::Fr, Self::It, Self::Pt];

    /// Whether people carry the surnames of both parents.
    pub fn two_surnames(self) -> bool {
        matches!(self, Self::Es | Self::Latam | Self::Pt)
    }

    /// How often a wife takes her husband's surname.
    pub fn takes_husbands_name(self) -> f64 {
        match self {
            Self::Us | Self::Gb | Self::De => 0.7,
            Self::Fr => 0.6,
            _ => 0.0,
        }
    }
}
