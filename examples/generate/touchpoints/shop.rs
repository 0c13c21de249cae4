//! The web shop: customers as Shopify exports them. Ids, postcodes and phones carry an apostrophe so that spreadsheets
//! leave them alone; flags are yes and no.

use super::{Context, Touchpoint};
use crate::contact::PhoneStyle::{DoubleZero, International, National, Pairs, Spaced};
use crate::events;
use crate::output::{PLAIN, Row};
use crate::population::{Location, Population};
use crate::random::Rng;
use crate::record::{Profile, Record};

pub const SHOP: Touchpoint = Touchpoint {
    stem: "shop",
    header: &[
        "Customer ID",
        "First Name",
        "Last Name",
        "Email",
        "Accepts Email Marketing",
        "Default Address Company",
        "Default Address Address1",
        "Default Address Address2",
        "Default Address City",
        "Default Address Province Code",
        "Default Address Country Code",
        "Default Address Zip",
        "Default Address Phone",
        "Phone",
        "Accepts SMS Marketing",
        "Total Spent",
        "Total Orders",
        "Note",
        "Tax Exempt",
        "Tags",
    ],
    dialect: PLAIN,
    profile: Profile {
        email: 0.985,
        mobile: 0.9,
        landline: 0.0,
        address: 0.92,
        born: 0.0,
        national_id: 0.0,
        given: 0.985,
        surname2: 0.65,
        nickname: 0.05,
        abbreviation: 0.02,
        typo: 0.012,
        no_accents: 0.16,
        upper: 0.04,
        lower: 0.08,
        placeholder: 0.05,
        lost_zero: 0.0,
        excel: 0.0,
        phones: &[(International, 50), (National, 25), (Spaced, 15), (Pairs, 7), (DoubleZero, 3)],
    },
    id,
    write,
};

fn id(population: &Population, at: &Location) -> String {
    (5_500_000_000_000 + population.growing(at, 32_768)).to_string()
}

fn write(context: &Context<'_>, record: &Record, rng: &mut Rng, row: &mut Row) {
    let (orders, spent) = events::totals(context.events);
    let yes = |flag: bool| if flag { "yes" } else { "no" };
    // Some people put the whole name into the box of the first name.
    let whole = rng.chance(0.012);
    let (given, surnames) =
        if whole { (record.full_name(), String::new()) } else { (record.given.clone(), record.surnames()) };
    let (given, surnames) =
        if record.company_itself { (String::new(), record.company.clone()) } else { (given, surnames) };
    let apart = rng.chance(0.7);
    let street = if apart { record.street.clone() } else { record.street_and_unit() };
    let unit = if apart { record.unit.as_str() } else { "" };
    let phone = record.any_phone();
    let quoted = |text: &str| if text.is_empty() { String::new() } else { format!("'{text}") };
    let sms = !phone.is_empty() && rng.chance(0.2);
    let note = rng.weighted(&[
        ("", 93),
        ("Entregar por la tarde", 2),
        ("Cliente habitual", 2),
        ("Pide factura", 2),
        ("Dejar en portería.\nLlamar antes", 1),
    ]);
    let tags = match (orders, rng.below(4)) {
        (5.., _) => "VIP, newsletter",
        (2.., 0) => "repite",
        (_, 1) => "newsletter",
        _ => "",
    };
    row.cell(&format!("'{}", id(context.population, context.at)))
        .cell(&given)
        .cell(&surnames)
        .cell(&record.email)
        .cell(yes(rng.chance(0.55)))
        .cell(if record.company_itself { "" } else { &record.company })
        .cell(&street)
        .cell(unit)
        .cell(&record.town)
        .cell(record.province_code)
        .cell(record.country_code)
        .cell(&quoted(&record.postcode))
        .cell(&quoted(phone))
        .cell(&if sms { quoted(phone) } else { String::new() })
        .cell(yes(sms))
        .cell(&events::decimal(spent, '.'))
        .cell(&orders.to_string())
        .cell(note)
        .cell("no")
        .cell(tags);
}
