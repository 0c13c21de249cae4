//! The newsletter: an audience as Mailchimp exports it. Everyone has an e-mail, the address is one cell with two blanks
//! between its parts, the birthday has no year, tags are a list in quotes.

use super::{Context, Touchpoint};
use crate::contact::PhoneStyle::{DoubleZero, International, National, Pairs, Spaced};
use crate::output::{PLAIN, Row};
use crate::population::{Location, Population};
use crate::random::Rng;
use crate::record::{Profile, Record, joined};

pub const NEWSLETTER: Touchpoint = Touchpoint {
    stem: "newsletter",
    header: &[
        "Email Address",
        "First Name",
        "Last Name",
        "Address",
        "Phone Number",
        "Birthday",
        "MEMBER_RATING",
        "OPTIN_TIME",
        "OPTIN_IP",
        "CONFIRM_TIME",
        "CONFIRM_IP",
        "LAST_CHANGED",
        "LEID",
        "EUID",
        "NOTES",
        "TAGS",
    ],
    dialect: PLAIN,
    profile: Profile {
        email: 1.0,
        mobile: 0.66,
        landline: 0.0,
        address: 0.55,
        born: 0.66,
        national_id: 0.0,
        given: 0.94,
        surname2: 0.42,
        nickname: 0.1,
        abbreviation: 0.02,
        typo: 0.012,
        no_accents: 0.15,
        upper: 0.03,
        lower: 0.12,
        placeholder: 0.01,
        lost_zero: 0.04,
        excel: 0.003,
        phones: &[(National, 50), (International, 20), (Spaced, 10), (Pairs, 15), (DoubleZero, 5)],
    },
    id,
    write,
};

fn id(population: &Population, at: &Location) -> String {
    (312_000_000 + population.growing(at, 4)).to_string()
}

fn write(context: &Context<'_>, record: &Record, rng: &mut Rng, row: &mut Row) {
    let address = joined(
        &[
            &record.street,
            &record.unit,
            &record.town,
            &record.province,
            &record.postcode,
            record.country_code,
        ],
        "  ",
    );
    let created = record.created.text(' ', "");
    let rating = rng.range(1, 5).to_string();
    // The list of an old program was imported without addresses of machines.
    let ip = if rng.chance(0.7) {
        format!(
            "{}.{}.{}.{}",
            rng.pick(&[79, 80, 83, 88, 90, 95]),
            rng.below(256),
            rng.below(256),
            rng.range(1, 254)
        )
    } else {
        String::new()
    };
    let (confirmed, confirmed_ip) = if ip.is_empty() { ("", "") } else { (created.as_str(), ip.as_str()) };
    let tags = rng.weighted(&[
        ("", 55),
        ("\"Cliente\"", 20),
        ("\"Cliente\",\"Web\"", 12),
        ("\"Tienda\"", 8),
        ("\"VIP\",\"Evento 2023\"", 5),
    ]);
    let surnames = record.surnames();
    let (given, surnames) = match (record.company_itself, rng.below(40)) {
        (true, _) => (record.company.clone(), String::new()),
        (_, 0) => (record.full_name(), String::new()),
        _ => (record.given.clone(), surnames),
    };
    row.cell(&record.email)
        .cell(&given)
        .cell(&surnames)
        .cell(&address)
        .cell(record.any_phone())
        .cell(&record.born.map(|day| day.birthday()).unwrap_or_default())
        .cell(&rating)
        .cell(&created)
        .cell(&ip)
        .cell(confirmed)
        .cell(confirmed_ip)
        .cell(&record.updated.text(' ', ""))
        .cell(&id(context.population, context.at))
        .cell(&format!("{:010x}", rng.below(1 << 40)))
        .cell(if rng.chance(0.02) { "Alta en feria, formulario de papel" } else { "" })
        .cell(tags);
}
