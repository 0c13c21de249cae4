//! Telephone numbers (libphonenumber) and e-mail addresses (isemail, validator.js, mailcheck).

use quilate::normalize::email::email;
use quilate::normalize::phone::{PhoneMatch, phone, phone_match};
use quilate::normalize::{Hint, Quality};
use serde_json::Value;

use crate::{Score, Suite, field, lines};

pub const SUITES: &[Suite] = &[
    Suite { name: "libphonenumber: E.164 of examples of all regions", floor: 4265, run: e164 },
    Suite {
        name: "libphonenumber: the same, valid, type and region as well",
        floor: 2090,
        run: whole_numbers,
    },
    Suite {
        name: "libphonenumber: the same, 24 countries of the customers",
        floor: 853,
        run: main_countries,
    },
    Suite { name: "libphonenumber: isNumberMatch", floor: 56, run: matches },
    Suite { name: "isemail", floor: 436, run: isemail },
    Suite { name: "validator.js normalizeEmail", floor: 40, run: validator_js },
    Suite { name: "mailcheck suggest", floor: 18, run: mailcheck },
];

const MAIN: &[&str] = &[
    "ES", "PT", "FR", "IT", "DE", "GB", "US", "MX", "AR", "BR", "CL", "CO", "PE", "EC", "UY", "VE", "NL",
    "BE", "CH", "AT", "IE", "PL", "RO", "MA",
];

/// Examples of a region and kind of number; fillers such as 612345678 are the examples' own and are read as fillers.
fn examples(keep: impl Fn(&Value) -> bool, agrees: impl Fn(&Value, &str) -> bool) -> Option<Score> {
    let mut score = Score::default();
    for case in lines("phones/oracle_examples.jsonl")?.iter().filter(|case| keep(case)) {
        let region = Some(field(case, "region")).filter(|r| !r.is_empty());
        let got = phone(field(case, "input"), &Hint { region, locale: None });
        let parts = &got.parts;
        let shown = format!(
            "{} {} {} {}",
            parts.e164.as_deref().unwrap_or_default(),
            parts.valid,
            parts.kind.name(),
            parts.country.unwrap_or_default()
        );
        let filler = got.quality == Quality::Placeholder;
        score.case(filler || agrees(case, &shown), || format!("{case} got {shown}"));
    }
    Some(score)
}

fn whole(case: &Value, shown: &str) -> bool {
    shown
        == format!(
            "{} {} {} {}",
            field(case, "e164"),
            case["valid"],
            field(case, "type"),
            field(case, "number_region")
        )
}

fn e164() -> Option<Score> {
    examples(|_| true, |case, shown| shown.split(' ').next() == Some(field(case, "e164")))
}

fn whole_numbers() -> Option<Score> {
    examples(|_| true, whole)
}

fn main_countries() -> Option<Score> {
    examples(|case| MAIN.contains(&field(case, "number_region")), whole)
}

fn matches() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("phones/is_number_match.jsonl")? {
        let (a, b) = (field(case, "a"), field(case, "b"));
        let expected = match field(case, "expected_real_metadata") {
            "" => field(case, "expected"),
            expected => expected,
        };
        let got = match phone_match(a, b) {
            None => "NOT_A_NUMBER",
            Some(PhoneMatch::None) => "NO_MATCH",
            Some(PhoneMatch::ShortNsn) => "SHORT_NSN_MATCH",
            Some(PhoneMatch::Nsn) => "NSN_MATCH",
            Some(PhoneMatch::Exact) => "EXACT_MATCH",
        };
        score.case(got == expected, || format!("{a} {b}: expected {expected}, got {got}"));
    }
    Some(score)
}

/// Addresses that mail programs accept are accepted; what only the grammar of headers allows (comments, quoted words, domain
/// literals) is not read as a plain address; errors are no addresses.
fn isemail() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/isemail/isemail_tests.jsonl")? {
        let address = field(case, "address");
        let got = email(address, &Hint::default());
        let accepted = !matches!(got.quality, Quality::Invalid | Quality::Unparsed)
            && got.parts.address() == address.to_lowercase();
        let passed = match field(case, "category") {
            "ISEMAIL_VALID_CATEGORY" | "ISEMAIL_DNSWARN" => {
                !matches!(got.quality, Quality::Invalid | Quality::Unparsed)
            }
            _ => !(accepted && got.quality == Quality::Ok),
        };
        score.case(passed, || format!("{case} got {:?} {:?}", got.quality, got.reasons));
    }
    Some(score)
}

/// The cases whose options say what the keys do anyway; options that switch a provider's rule off have no counterpart.
fn validator_js() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/email_validatorjs/normalize_email.jsonl")? {
        let switched_off = case["options"].as_object().is_some_and(|o| o.values().any(|v| v == false));
        if switched_off {
            continue;
        }
        let got = email(field(case, "input"), &Hint::default());
        let expected = field(case, "expected");
        score.case(got.parts.dedup_key == expected, || {
            format!("{} expected {expected:?}, got {:?}", case["input"], got.parts.dedup_key)
        });
    }
    Some(score)
}

fn mailcheck() -> Option<Score> {
    let mut score = Score::default();
    for case in lines("conformance/mailcheck/mailcheck.jsonl")?.iter().filter(|c| field(c, "fn") == "suggest")
    {
        let got = email(field(case, "input"), &Hint::default());
        let domain = got.parts.suggestion.as_deref().and_then(|s| s.split_once('@')).map_or("", |(_, d)| d);
        score.case(domain == field(case, "expected_domain"), || format!("{case} got {domain:?}"));
    }
    Some(score)
}
