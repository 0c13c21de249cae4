//! The value normalisers against tables of expected readings, when those lie beside the checkout.
//!
//! Each table is a CSV file in `../shared/acceptance`; without it the test passes after saying so. The number of rows
//! that agree is pinned: a row more or less is a change of behaviour to be looked at.
#![cfg(feature = "csv")]

use std::collections::HashMap;
use std::path::PathBuf;

use quilate::normalize::address::full_address;
use quilate::normalize::date::{Date, DateContext, DateHint, Precision, date};
use quilate::normalize::email::email;
use quilate::normalize::identifier::identifier;
use quilate::normalize::phone::{PhoneKind, phone};
use quilate::normalize::{Hint, Quality};

type Row = HashMap<String, String>;

/// The rows of a table; `None` when it is not there.
fn rows(table: &str) -> Option<Vec<Row>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/acceptance").join(table);
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        eprintln!("{table}: not found, skipped");
        return None;
    };
    Some(reader.deserialize().map(|row| row.expect("a CSV table with a header")).collect())
}

/// Runs `check` over a table, prints the rows that differ, and compares the number of those that agree.
fn pinned(table: &str, agreeing: usize, check: impl Fn(&Row) -> Vec<String>) {
    let Some(rows) = rows(table) else { return };
    let mut passed = 0;
    for row in &rows {
        let differences = check(row);
        if differences.is_empty() {
            passed += 1;
        } else {
            println!("{table}: {:?}\n    {}", row["input"], differences.join("\n    "));
        }
    }
    println!("{table}: {passed} of {}", rows.len());
    assert_eq!(passed, agreeing, "{table}: rows that agree");
}

#[derive(Default)]
struct Differences(Vec<String>);

impl Differences {
    fn field(&mut self, name: &str, expected: &str, got: &str) {
        if expected != got {
            self.0.push(format!("{name}: expected {expected:?}, got {got:?}"));
        }
    }

    fn judgement(&mut self, row: &Row, quality: Quality, reasons: &[&str]) {
        self.field("quality", &row["quality"], quality.name());
        let reason = row["reason"].as_str();
        if !reason.is_empty() && quality != Quality::Placeholder && !reasons.contains(&reason) {
            self.0.push(format!("reason: expected {reason:?} among {reasons:?}"));
        }
    }
}

fn some(text: &str) -> Option<&str> {
    (!text.is_empty()).then_some(text)
}

#[test]
fn emails() {
    pinned("emails.csv", 27, |row| {
        let got = email(&row["input"], &Hint::default());
        let mut diff = Differences::default();
        let valid = !matches!(got.quality, Quality::Invalid) && !got.parts.local.is_empty();
        diff.judgement(row, got.quality, &got.reasons);
        diff.field("valid", &row["valid"], &valid.to_string());
        diff.field(
            "canonical",
            &row["canonical"],
            &if valid { got.parts.address() } else { got.canonical.clone() },
        );
        diff.field("dedup_key", &row["dedup_key"], &got.parts.dedup_key);
        if valid {
            diff.field("domain", &row["domain"], &got.parts.domain);
            diff.field("provider", &row["provider"], got.parts.provider.unwrap_or_default());
        }
        let flags = got.parts.flags;
        let named = [
            (flags.role, "role"),
            (flags.disposable, "disposable"),
            (flags.free, "free"),
            (flags.domain_typo, "domain_typo"),
            (flags.relay, "relay"),
        ];
        let flags: Vec<&str> = named.iter().filter(|(set, _)| *set).map(|(_, name)| *name).collect();
        diff.field("flags", &row["flags"], &flags.join(";"));
        diff.field("suggestion", &row["suggestion"], got.parts.suggestion.as_deref().unwrap_or_default());
        diff.0
    });
}

#[test]
fn phones() {
    pinned("phones.csv", 27, |row| {
        let got = phone(&row["input"], &Hint { region: some(&row["region"]), locale: None });
        let mut diff = Differences::default();
        diff.judgement(row, got.quality, &got.reasons);
        diff.field("e164", &row["e164"], got.parts.e164.as_deref().unwrap_or_default());
        diff.field("national_number", &row["national_number"], &got.parts.national);
        diff.field("country", &row["country"], got.parts.country.unwrap_or_default());
        diff.field("extension", &row["extension"], got.parts.extension.as_deref().unwrap_or_default());
        let kind = match got.parts.kind {
            PhoneKind::Mobile => "MOBILE",
            PhoneKind::Landline => "FIXED_LINE",
            PhoneKind::MobileOrLandline => "FIXED_LINE_OR_MOBILE",
            PhoneKind::TollFree => "TOLL_FREE",
            PhoneKind::Special => "SPECIAL",
            PhoneKind::Unknown => "",
        };
        diff.field("type", &row["type"], kind);
        diff.0
    });
}

#[test]
fn addresses() {
    pinned("addresses.csv", 26, |row| {
        let got = full_address(&row["input"], &Hint { locale: Some(&row["locale"]), region: None });
        let parts = &got.parts;
        let mut diff = Differences::default();
        diff.judgement(row, got.quality, &got.reasons);
        for (name, value) in [
            ("street_type", &parts.street_type),
            ("street_name", &parts.street_name),
            ("house_number", &parts.house_number),
            ("postcode", &parts.postcode),
            ("city", &parts.city),
        ] {
            diff.field(name, &row[name], value);
        }
        let mut units: Vec<String> = parts.unit.iter().map(|(key, value)| format!("{key}={value}")).collect();
        units.extend(some(&parts.po_box).map(|number| format!("po_box={number}")));
        units.sort();
        let mut expected: Vec<&str> = row["unit"].split(';').filter(|u| !u.is_empty()).collect();
        expected.sort_unstable();
        diff.field("unit", &expected.join(";"), &units.join(";"));
        // An empty region or country stands for an input without evidence.
        for (name, value) in [("region", &parts.region), ("country", &parts.country)] {
            if !row[name].is_empty() {
                diff.field(name, &row[name], value);
            }
        }
        diff.field("match_key", &row["match_key"], got.keys.first().map_or("", String::as_str));
        diff.0
    });
}

#[test]
fn dates() {
    pinned("dates.csv", 27, |row| {
        let context = match row["context"].as_str() {
            "birth" => DateContext::Birth,
            "birth_adult" => DateContext::BirthAdult,
            "expiry" => DateContext::Expiry,
            _ => DateContext::Event,
        };
        let hint = DateHint {
            locale: Some(&row["locale"]),
            context,
            reference: Some((2026, 11, 22)),
            ..DateHint::default()
        };
        let got = date(&row["input"], &hint);
        let mut diff = Differences::default();
        diff.judgement(row, got.quality, &got.reasons);
        diff.field("iso", &row["iso"], &got.canonical);
        if !got.canonical.is_empty() {
            let precision = |d: &Date| d.precision.map_or("", Precision::name);
            diff.field("precision", &row["precision"], precision(&got.parts));
        }
        let others: Vec<String> =
            got.parts.alternatives.iter().map(|(y, m, d)| format!("{y:04}-{m:02}-{d:02}")).collect();
        for expected in row["alternatives"].split('|').filter(|a| !a.is_empty()) {
            if !others.iter().any(|o| o == expected) {
                diff.0.push(format!("alternatives: expected {expected:?} among {others:?}"));
            }
        }
        diff.0
    });
}

#[test]
fn identifiers() {
    pinned("ids.csv", 27, |row| {
        let got = identifier(&row["input"], &Hint { region: some(&row["country"]), locale: None });
        let mut diff = Differences::default();
        diff.judgement(row, got.quality, &got.reasons);
        diff.field("canonical", &row["canonical"], &got.parts.compact);
        diff.field("scheme", &row["expected_type"], got.parts.scheme.unwrap_or_default());
        diff.field("valid", &row["valid"], &got.parts.valid.unwrap_or_default().to_string());
        let entity = got.parts.entity.map(|e| format!("{e:?}").to_lowercase()).unwrap_or_default();
        if !row["entity"].is_empty() {
            diff.field("entity", &row["entity"], &entity);
        }
        diff.0
    });
}

/// Examples of many schemes, each valid in its country.
#[test]
fn identifier_examples() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/reference/ids/id_table.csv");
    let Ok(mut reader) = csv::Reader::from_path(&path) else {
        eprintln!("id_table.csv: not found, skipped");
        return;
    };
    let mut passed = 0;
    for row in reader.deserialize() {
        let row: Row = row.expect("a CSV table with a header");
        let got = identifier(
            &row["example"],
            &Hint { region: some(&row["country"]).filter(|c| c.len() == 2), locale: None },
        );
        if got.parts.valid == Some(true) {
            passed += 1;
        } else {
            println!("{} {}: {:?} {:?}", row["country"], row["id"], row["example"], got.parts);
        }
    }
    assert_eq!(passed, 60, "examples recognised as valid");
}
