//! The acceptance tables of person and company names, when they lie beside the checkout. Every row must agree in every
//! column, through the very code that the example `normalize` writes its cells with.
#![cfg(feature = "csv")]

#[path = "../examples/normalize/columns.rs"]
#[allow(dead_code)]
mod columns;
#[path = "acceptance/tables.rs"]
mod tables;

use columns::{Hints, Kind};
use quilate::normalize::text;
use tables::{cell, every_row_passes};

#[test]
fn person_names() {
    every_row_passes("names.csv", Kind::Name, |row| Hints {
        locale: cell(row, "locale"),
        ..Hints::default()
    });
}

#[test]
fn companies() {
    every_row_passes("companies.csv", Kind::Company, |row| Hints {
        region: cell(row, "country"),
        ..Hints::default()
    });
}

#[test]
fn fold_is_the_one_of_the_tables() {
    for (input, folded) in [("Gonçalves-Ærø", "goncalves aero"), ("O’Brien", "obrien"), ("ИВАН", "иван")]
    {
        assert_eq!(text::fold(input), folded);
    }
}
