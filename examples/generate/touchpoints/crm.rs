//! The CRM: contacts as the Data Loader of Salesforce exports them, every cell in quotes, times in UTC.

use super::{Context, Touchpoint};
use crate::contact::PhoneStyle::{Dashes, DoubleZero, International, National, Pairs, Spaced};
use crate::events::source;
use crate::output::{Dialect, PLAIN, Row};
use crate::population::{Location, Population};
use crate::random::Rng;
use crate::record::{Profile, Record};

pub const CRM: Touchpoint = Touchpoint {
    stem: "crm",
    header: &[
        "Id",
        "IsDeleted",
        "MasterRecordId",
        "AccountId",
        "Account.Name",
        "Salutation",
        "FirstName",
        "LastName",
        "Name",
        "MailingStreet",
        "MailingCity",
        "MailingState",
        "MailingPostalCode",
        "MailingCountry",
        "Phone",
        "MobilePhone",
        "Email",
        "Title",
        "LeadSource",
        "Birthdate",
        "OwnerId",
        "HasOptedOutOfEmail",
        "DoNotCall",
        "EmailBouncedReason",
        "EmailBouncedDate",
        "CreatedDate",
        "LastModifiedDate",
    ],
    dialect: Dialect { quote_all: true, ..PLAIN },
    profile: Profile {
        email: 0.92,
        mobile: 0.88,
        landline: 0.5,
        address: 0.86,
        born: 0.55,
        national_id: 0.0,
        given: 0.995,
        surname2: 0.85,
        nickname: 0.03,
        abbreviation: 0.04,
        typo: 0.015,
        no_accents: 0.06,
        upper: 0.04,
        lower: 0.01,
        placeholder: 0.06,
        lost_zero: 0.08,
        excel: 0.002,
        phones: &[
            (International, 30),
            (Spaced, 25),
            (National, 20),
            (Pairs, 15),
            (DoubleZero, 6),
            (Dashes, 4),
        ],
    },
    id,
    write,
};

/// How often a second record of a person was merged into the first by hand and stays as deleted.
const MERGED: f64 = 0.15;

/// A Salesforce id: the prefix of the object, ten characters of the number, and three that make it safe to ignore case.
fn salesforce_id(prefix: &str, number: u64) -> String {
    const DIGITS: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut id = prefix.as_bytes().to_vec();
    id.extend((0..10).rev().map(|place| DIGITS[(number / 62u64.pow(place) % 62) as usize]));
    let suffix: Vec<u8> = id
        .chunks(5)
        .map(|chunk| {
            let bits = chunk
                .iter()
                .enumerate()
                .map(|(at, b)| usize::from(b.is_ascii_uppercase()) << at)
                .sum::<usize>();
            b"ABCDEFGHIJKLMNOPQRSTUVWXYZ012345"[bits]
        })
        .collect();
    id.extend(suffix);
    id.into_iter().map(char::from).collect()
}

fn id(population: &Population, at: &Location) -> String {
    salesforce_id("00309", 40_000_000_000 + population.growing(at, 37))
}

fn write(context: &Context<'_>, record: &Record, rng: &mut Rng, row: &mut Row) {
    let Context { population, at, household, events } = *context;
    let master = (at.copy > 0 && rng.chance(MERGED)).then(|| context.id_in(source::CRM)).flatten();
    // Salesforce has no contact without a last name.
    let surnames = record.surnames();
    let last = match (record.company_itself, surnames.is_empty()) {
        (true, _) => record.company.as_str(),
        (false, true) => "[desconocido]",
        (false, false) => surnames.as_str(),
    };
    let account = household.company.as_ref().map(|_| salesforce_id("00109", 900_000_000 + at.household * 13));
    let name = if record.given.is_empty() { last.to_string() } else { format!("{} {last}", record.given) };
    let street = if rng.chance(0.1) && !record.unit.is_empty() {
        format!("{}\n{}", record.street, record.unit)
    } else {
        record.street_and_unit()
    };
    let salutation = if rng.chance(0.35) { record.salutation } else { "" };
    let lead = rng.weighted(&[("Web", 40), ("Tienda", 20), ("Feria", 12), ("Recomendación", 14), ("", 14)]);
    let owner = salesforce_id("00509", 7_000_000 + rng.below(9) * 17);
    let opted_out = events.iter().any(|event| event.kind == "optout") || rng.chance(0.06);
    let bounced = !record.email.is_empty() && rng.chance(0.02);
    row.cell(&id(population, at))
        .cell(if master.is_some() { "true" } else { "false" })
        .cell(master.as_deref().unwrap_or(""))
        .cell(account.as_deref().unwrap_or(""))
        .cell(&record.company)
        .cell(salutation)
        .cell(&record.given)
        .cell(last)
        .cell(&name)
        .cell(&street)
        .cell(&record.town)
        .cell(&record.province)
        .cell(&record.postcode)
        .cell(&record.country)
        .cell(&record.landline)
        .cell(&record.mobile)
        .cell(&record.email)
        .cell(&record.job)
        .cell(lead)
        .cell(&record.born.map(|day| day.iso()).unwrap_or_default())
        .cell(&owner)
        .cell(if opted_out { "true" } else { "false" })
        .cell(if rng.chance(0.04) { "true" } else { "false" })
        .cell(if bounced { "550 5.1.1 user unknown" } else { "" })
        .cell(&if bounced { record.updated.text('T', ".000+0000") } else { String::new() })
        .cell(&record.created.text('T', ".000+0000"))
        .cell(&record.updated.text('T', ".000+0000"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_the_suffix_for_their_capitals() {
        // Five lower-case letters or digits give A, five capitals 5; the first character counts least.
        assert_eq!(salesforce_id("00309", 0), "00309AAAAAAAAAAA55");
        let all = salesforce_id("00309", 62u64.pow(9) * 26);
        assert_eq!(&all[..15], "00309aAAAAAAAAA");
        // `aAAAA` lacks the lowest bit: 30, which is written 4.
        assert_eq!(&all[15..], "A45");
    }
}
