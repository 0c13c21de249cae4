//! Names, text, phonetics and string distances.

use quilate::normalize::company::company;
use quilate::normalize::person_name::full_name;
use quilate::normalize::{Hint, text};
use quilate::similarity;

use crate::{Score, Suite, field, lines};

pub const SUITES: &[Suite] = &[
    Suite { name: "nameparser 2: default policy", floor: 375, run: nameparser },
    Suite { name: "probablepeople: given name and surname", floor: 2330, run: probable_people },
    Suite { name: "cleanco", floor: 58, run: cleanco },
    Suite { name: "ftfy: in the wild", floor: 12, run: || ftfy("in-the-wild.json") },
    Suite { name: "ftfy: synthetic", floor: 17, run: || ftfy("synthetic.json") },
    Suite { name: "ftfy: not to be touched", floor: 25, run: || ftfy("negative.json") },
    Suite { name: "commons-codec: Soundex and Cologne", floor: 246, run: phonetic },
    Suite { name: "jellyfish: distances and Soundex", floor: 46, run: jellyfish },
    Suite { name: "rapidfuzz: distances", floor: 7, run: rapidfuzz },
];

/// Given, middle, family, title and suffix of Western names.
fn nameparser() -> Option<Score> {
    let mut score = Score::default();
    for case in lines("conformance/nameparser/cases_v2.jsonl")?.iter().filter(|case| case["policy"].is_null())
    {
        let got = full_name(field(case, "text"), &Hint { locale: Some("en-US"), region: Some("US") }).parts;
        let expect = &case["expect"];
        let family = format!("{} {}", got.surname1, got.surname2);
        let pairs = [
            ("given", got.given.as_str()),
            ("middle", got.middle.as_str()),
            ("family", family.trim()),
            ("title", got.prefix.as_str()),
            ("suffix", got.suffix.as_str()),
        ];
        let same = pairs.iter().all(|(name, found)| fold_equal(field(expect, name), found));
        score.case(same, || format!("{} expected {expect}, got {pairs:?}", field(case, "text")));
    }
    Some(score)
}

fn fold_equal(a: &str, b: &str) -> bool {
    text::fold(a) == text::fold(b)
}

fn probable_people() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/probablepeople/person_labeled.jsonl")? {
        let words = |label: &str| -> Vec<String> {
            let tokens = case["tokens"].as_array().map(Vec::as_slice).unwrap_or_default();
            let of_label = tokens.iter().filter(|t| t[0] == label);
            of_label.filter_map(|t| t[1].as_str()).map(|t| text::fold(t).trim().to_owned()).collect()
        };
        let got = full_name(field(case, "text"), &Hint { locale: Some("en-US"), region: Some("US") }).parts;
        let family = format!("{} {}", got.surname1, got.surname2);
        let same = fold_equal(&words("GivenName").join(" "), &got.given)
            && fold_equal(&words("Surname").join(" "), family.trim());
        score.case(same, || format!("{} got {} | {family}", field(case, "text"), got.given));
    }
    Some(score)
}

fn cleanco() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/cleanco/tests.jsonl")? {
        let (input, expected) = match case["input"].as_array() {
            Some(pair) => (pair[0].as_str()?, pair.get(1)?.as_str()?),
            None => (field(case, "input"), "Hello World"),
        };
        let got = company(input, &Hint::default()).parts.core_name;
        score.case(fold_equal(expected, &got), || format!("{input:?} expected {expected:?}, got {got:?}"));
    }
    Some(score)
}

fn ftfy(file: &str) -> Option<Score> {
    let cases: serde_json::Value =
        serde_json::from_str(&crate::text(&format!("conformance/ftfy/{file}"))?).ok()?;
    let mut score = Score::default();
    for case in cases.as_array()?.iter().filter(|case| field(case, "expect") != "fail") {
        let got = text::clean(field(case, "original"));
        score.case(got == text::clean(field(case, "fixed")), || {
            format!("{:?} expected {:?}, got {got:?}", case["original"], case["fixed"])
        });
    }
    Some(score)
}

fn phonetic() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/phonetic_commons_codec/phonetic.jsonl")? {
        let input = field(case, "input");
        let got = match (field(case, "algo"), field(case, "fn")) {
            ("soundex", "encode") => similarity::soundex(input).to_string(),
            ("cologne", "encode") => similarity::cologne(input).to_string(),
            _ => continue,
        };
        let expected = field(case, "expected");
        score.case(got == expected, || format!("{case} got {got}"));
    }
    Some(score)
}

fn jellyfish() -> Option<Score> {
    let mut score = Score::default();
    let mut run = |file: &str, same: &dyn Fn(&str, &str, &str) -> bool| -> Option<()> {
        let table = crate::text(&format!("conformance/jellyfish/{file}.csv"))?;
        let mut reader =
            csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(table.as_bytes());
        for row in reader.records() {
            let row = row.ok()?;
            let (a, b, c) = (row.get(0)?, row.get(1)?, row.get(2).unwrap_or_default());
            score.case(same(a, b, c), || format!("{file} {a:?} {b:?} {c:?}"));
        }
        Some(())
    };
    // Three decimals are given.
    let near = |got: f64, expected: &str| expected.parse::<f64>().is_ok_and(|e| (got - e).abs() < 0.001);
    let whole = |got: usize, expected: &str| expected.trim() == got.to_string();
    run("levenshtein", &|a, b, c| whole(similarity::levenshtein(a, b), c))?;
    run("damerau_levenshtein", &|a, b, c| whole(similarity::damerau(a, b), c))?;
    run("jaro_distance", &|a, b, c| near(similarity::jaro(a, b), c))?;
    run("jaro_winkler", &|a, b, c| near(similarity::jaro_winkler(a, b), c))?;
    run("soundex", &|a, b, _| similarity::soundex(a).to_string() == b)?;
    Some(score)
}

fn rapidfuzz() -> Option<Score> {
    let mut score = Score::default();
    for case in &lines("conformance/rapidfuzz/asserts.jsonl")? {
        let plain = case["kwargs"].as_object().is_none_or(serde_json::Map::is_empty);
        let (Some(a), Some(b)) = (case["args"][0].as_str(), case["args"][1].as_str()) else { continue };
        let got = match field(case, "fn") {
            "Levenshtein.distance" if plain => similarity::levenshtein(a, b) as f64,
            "OSA.distance" if plain => similarity::osa(a, b) as f64,
            "Jaro.similarity" if plain => similarity::jaro(a, b),
            _ => continue,
        };
        let expected = case["expected"].as_f64().unwrap_or(f64::NAN);
        score.case((got - expected).abs() < 1e-6, || format!("{case} got {got}"));
    }
    Some(score)
}
