//! The till: customer cards of a Spanish shop, typed at the counter. Semicolons, Windows-1252, CR LF, capitals, both
//! surnames in one cell, decimal commas, postcodes that went through a spreadsheet.

use super::{Context, Touchpoint};
use crate::contact::PhoneStyle::{Dashes, International, National, Pairs, Spaced};
use crate::events;
use crate::output::{Dialect, Row};
use crate::population::{Location, Population};
use crate::random::Rng;
use crate::record::{Profile, Record};

pub const TILL: Touchpoint = Touchpoint {
    stem: "till",
    header: &[
        "Cliente",
        "Nombre",
        "Apellidos",
        "DNI",
        "Teléfono",
        "Móvil",
        "E-mail",
        "Dirección",
        "CP",
        "Población",
        "Provincia",
        "Fecha nac.",
        "Alta",
        "Modificado",
        "Total compras",
    ],
    dialect: Dialect { delimiter: ';', quote_all: false, crlf: true, windows_1252: true, mark: false },
    profile: Profile {
        email: 0.64,
        mobile: 0.92,
        landline: 0.45,
        address: 0.9,
        born: 0.72,
        national_id: 0.68,
        given: 0.99,
        surname2: 0.92,
        nickname: 0.03,
        abbreviation: 0.14,
        typo: 0.025,
        no_accents: 0.5,
        upper: 0.72,
        lower: 0.0,
        placeholder: 0.12,
        lost_zero: 0.45,
        excel: 0.012,
        phones: &[(National, 68), (Pairs, 18), (Spaced, 4), (Dashes, 8), (International, 2)],
    },
    id,
    write,
};

fn id(population: &Population, at: &Location) -> String {
    (10_000 + population.growing(at, 1)).to_string()
}

fn write(context: &Context<'_>, record: &Record, _rng: &mut Rng, row: &mut Row) {
    let (_, spent) = events::totals(context.events);
    let company = record.company_itself;
    row.cell(&id(context.population, context.at))
        .cell(if company { &record.company } else { &record.given })
        .cell(&record.surnames())
        .cell(&record.national_id)
        .cell(&record.landline)
        .cell(&record.mobile)
        .cell(&record.email)
        .cell(&record.street_and_unit())
        .cell(&record.postcode)
        .cell(&record.town)
        .cell(&record.province)
        .cell(&record.born.map(|day| day.spanish()).unwrap_or_default())
        .cell(&record.created.day.spanish())
        .cell(&record.updated.day.spanish())
        .cell(&events::decimal(spent, ','));
}
