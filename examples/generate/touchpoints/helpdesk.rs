//! The help desk: users as an export of Zendesk lists them, the whole name in one cell, with a byte order mark.

use super::{Context, Touchpoint};
use crate::contact::PhoneStyle::{DoubleZero, International, National, Pairs, Spaced};
use crate::events::source;
use crate::output::{Dialect, PLAIN, Row};
use crate::population::{Location, Population};
use crate::random::Rng;
use crate::record::{Profile, Record, capital};

pub const HELPDESK: Touchpoint = Touchpoint {
    stem: "helpdesk",
    header: &[
        "id",
        "name",
        "email",
        "external_id",
        "details",
        "notes",
        "phone",
        "role",
        "organization",
        "tags",
        "created_at",
        "updated_at",
    ],
    dialect: Dialect { mark: true, ..PLAIN },
    profile: Profile {
        email: 0.96,
        mobile: 0.82,
        landline: 0.1,
        address: 0.0,
        born: 0.0,
        national_id: 0.0,
        given: 0.99,
        surname2: 0.55,
        nickname: 0.07,
        abbreviation: 0.03,
        typo: 0.015,
        no_accents: 0.15,
        upper: 0.03,
        lower: 0.06,
        placeholder: 0.03,
        lost_zero: 0.0,
        excel: 0.0,
        phones: &[(International, 60), (National, 20), (Spaced, 12), (Pairs, 5), (DoubleZero, 3)],
    },
    id,
    write,
};

/// How often the shop's customer number is in the user's external id.
const LINKED: f64 = 0.25;

fn id(population: &Population, at: &Location) -> String {
    (360_000_000_000 + population.growing(at, 1000)).to_string()
}

fn write(context: &Context<'_>, record: &Record, rng: &mut Rng, row: &mut Row) {
    let linked = if rng.chance(LINKED) { context.id_in(source::SHOP) } else { None };
    let full = record.full_name();
    let local = record.email.split_once('@').map_or("", |(local, _)| local);
    let name = match rng.below(100) {
        _ if record.company_itself => record.company.clone(),
        // A user that a message created is called as its address begins, one that a call created by the number.
        0..=2 if !local.is_empty() => capital(local),
        3 if !record.mobile.is_empty() => format!("Caller {}", record.mobile),
        4..=9 if !record.surname1.is_empty() => {
            format!("{}, {}", record.surnames(), record.given)
        }
        _ if full.is_empty() => capital(local),
        _ => full,
    };
    let notes = rng.weighted(&[
        ("", 90),
        ("Prefiere que le llamen por la mañana", 3),
        ("Habla inglés", 2),
        ("Reclamó el envío.\nSe le ofreció un vale de 10 €", 2),
        ("Cliente \"difícil\", tratar con cuidado", 1),
        ("No llamar, solo correo", 2),
    ]);
    let details = if rng.chance(0.03) { "Importado de la centralita" } else { "" };
    let tags =
        rng.weighted(&[("", 60), ("envios", 15), ("factura envios", 10), ("vip", 5), ("devolucion", 10)]);
    row.cell(&id(context.population, context.at))
        .cell(&name)
        .cell(&record.email)
        .cell(linked.as_deref().unwrap_or(""))
        .cell(details)
        .cell(notes)
        .cell(record.any_phone())
        .cell("end-user")
        .cell(if record.company_itself { "" } else { &record.company })
        .cell(tags)
        .cell(&record.created.text('T', "Z"))
        .cell(&record.updated.text('T', "Z"));
}
