//! Addresses: Senzing's labelled addresses for libpostal, and libpostal's own expansions.

use std::collections::HashMap;

use quilate::normalize::Hint;
use quilate::normalize::address::{full_address, street};
use quilate::normalize::text::fold;

use crate::{Score, Suite, field, lines, text};

pub const SUITES: &[Suite] = &[
    Suite { name: "Senzing addresses: ES", floor: 73, run: || senzing(&["es"]) },
    Suite { name: "Senzing addresses: PT", floor: 42, run: || senzing(&["pt"]) },
    Suite { name: "Senzing addresses: IT", floor: 309, run: || senzing(&["it"]) },
    Suite { name: "Senzing addresses: FR", floor: 127, run: || senzing(&["fr"]) },
    Suite { name: "Senzing addresses: DE", floor: 1574, run: || senzing(&["de"]) },
    Suite {
        name: "Senzing addresses: AT BE CH NL PL",
        floor: 2202,
        run: || senzing(&["at", "be", "ch", "nl", "pl"]),
    },
    Suite { name: "Senzing addresses: MX", floor: 39, run: || senzing(&["mx"]) },
    Suite {
        name: "Senzing addresses: AR BR CL CO PE",
        floor: 183,
        run: || senzing(&["ar", "br", "cl", "co", "pe"]),
    },
    Suite { name: "Senzing addresses: US", floor: 2138, run: || senzing(&["us"]) },
    Suite { name: "Senzing addresses: GB", floor: 207, run: || senzing(&["gb"]) },
    Suite { name: "libpostal: street root expansions", floor: 6, run: expansions },
];

/// Road, number, postcode and city of each address. A road agrees when type and name read from the label alone are those read
/// from the whole address.
fn senzing(countries: &[&str]) -> Option<Score> {
    let table = text("conformance/senzing_libpostal_addresses/test_data_v1.2.0.csv")?;
    let mut reader = csv::Reader::from_reader(table.as_bytes());
    let mut score = Score::default();
    for row in reader.deserialize::<HashMap<String, String>>() {
        let row = row.ok()?;
        if !countries.contains(&row["country_code"].as_str()) {
            continue;
        }
        let region = row["country_code"].to_uppercase();
        let hint = Hint { region: Some(&region), locale: None };
        let got = full_address(&row["full_address"], &hint).parts;
        let compact = |text: &str| fold(text).replace(' ', "");
        let road = street(&row["road"], &hint).parts;
        let named = |part: &quilate::normalize::address::Address| {
            compact(&format!("{}{}{}", part.street_type, part.street_name, part.house_number))
        };
        let same_road = if row["road"].is_empty() {
            got.street_name.is_empty()
        } else {
            named(&road).starts_with(&compact(&format!("{}{}", got.street_type, got.street_name)))
                && !got.street_name.is_empty()
        };
        let passed = same_road
            && compact(&row["house_number"]) == compact(&got.house_number)
            && compact(&row["postcode"]) == compact(&got.postcode)
            && compact(&row["city"]) == compact(&got.city);
        score.case(passed, || format!("{} got {got:?}", row["full_address"]));
    }
    Some(score)
}

/// The street without its type, as far as names and not numbers in words are concerned.
fn expansions() -> Option<Score> {
    let mut score = Score::default();
    for case in lines("conformance/libpostal/expand.jsonl")?
        .iter()
        .filter(|case| field(case, "test") == "test_street_root_expansions")
    {
        let got = street(field(case, "input"), &Hint { region: Some("US"), locale: None }).parts;
        let name = fold(&got.street_name);
        let expected = field(case, "expected_contains");
        score.case(name == expected, || {
            format!("{} expected {expected:?}, got {name:?}", field(case, "input"))
        });
    }
    Some(score)
}
