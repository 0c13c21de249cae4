//! The value normalisers against tables of expected readings, when those lie beside the checkout.
//!
//! Each table is a CSV file in `../shared/acceptance`; without it the test passes after saying so. Every row must agree in
//! every column, through the very code that the example `normalize` writes its cells with.
#![cfg(feature = "csv")]

#[path = "../examples/normalize/columns.rs"]
#[allow(dead_code)]
mod columns;
#[path = "acceptance/tables.rs"]
mod tables;

use columns::{Hints, Kind};
use quilate::normalize::Hint;
use quilate::normalize::identifier::identifier;
use tables::{Row, cell, every_row_passes, rows};

#[test]
fn emails() {
    every_row_passes("emails.csv", Kind::Email, |_| Hints::default());
}

#[test]
fn phones() {
    every_row_passes("phones.csv", Kind::Phone, |row| Hints {
        region: cell(row, "region"),
        ..Hints::default()
    });
}

#[test]
fn addresses() {
    every_row_passes("addresses.csv", Kind::Address, |row| Hints {
        locale: cell(row, "locale"),
        ..Hints::default()
    });
}

#[test]
fn dates() {
    every_row_passes("dates.csv", Kind::Date, |row| Hints {
        locale: cell(row, "locale"),
        context: cell(row, "context"),
        today: Some((2026, 11, 22)),
        ..Hints::default()
    });
}

#[test]
fn identifiers() {
    every_row_passes("ids.csv", Kind::Id, |row| Hints { region: cell(row, "country"), ..Hints::default() });
}

/// Examples of many schemes, each valid in its country.
#[test]
fn identifier_examples() {
    let Some(rows) = rows("reference/ids/id_table.csv") else { return };
    let country = |row: &Row| Some(cell(row, "country").to_owned()).filter(|c| c.len() == 2 && c != "EU");
    let mut passed = 0;
    for row in &rows {
        let region = country(row);
        let got = identifier(cell(row, "example"), &Hint { region: region.as_deref(), locale: None });
        if got.parts.valid == Some(true) {
            passed += 1;
        } else {
            println!("{} {}: {:?} {:?}", row["country"], row["id"], row["example"], got.parts);
        }
    }
    assert!(passed >= 60, "examples recognised as valid: {passed} of {}", rows.len());
}
