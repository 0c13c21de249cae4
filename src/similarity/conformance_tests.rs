//! The published test cases of other libraries, where a checkout has them beside it; the numbers of rows are pinned,
//! so that a silently shrunken file is noticed. Left out: jellyfish's `jaccard`, which compares words, or chunks that
//! do not overlap, and so no q-grams.

use super::*;
use std::path::PathBuf;

/// The text of a file of cases, if the collection is there.
fn cases(file: &str) -> Option<String> {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "..", "shared", "reference", "conformance", file].iter().collect();
    std::fs::read_to_string(path).ok()
}

/// Rows of comma-separated cells, quoted where they hold commas.
fn rows(text: &str) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for line in text.lines() {
        let (mut row, mut quoted) = (vec![String::new()], false);
        for c in line.chars() {
            match c {
                '"' => quoted = !quoted,
                ',' if !quoted => row.push(String::new()),
                _ => row.last_mut().expect("a row begins with one cell").push(c),
            }
        }
        rows.push(row);
    }
    rows
}

#[test]
fn jellyfish_distances() {
    for (file, n, distance) in [
        ("jellyfish/levenshtein.csv", 6, levenshtein as fn(&str, &str) -> usize),
        ("jellyfish/damerau_levenshtein.csv", 9, damerau),
    ] {
        let Some(text) = cases(file) else { continue };
        let rows = rows(&text);
        for row in &rows {
            assert_eq!(distance(&row[0], &row[1]).to_string(), row[2], "{file} {row:?}");
        }
        assert_eq!(rows.len(), n, "{file}");
    }
}

#[test]
fn jellyfish_similarities() {
    for (file, n, similarity) in [
        ("jellyfish/jaro_distance.csv", 5, jaro as fn(&str, &str) -> f64),
        ("jellyfish/jaro_winkler.csv", 17, jaro_winkler),
    ] {
        let Some(text) = cases(file) else { continue };
        let rows = rows(&text);
        for row in &rows {
            let expected: f64 = row[2].parse().expect("the third cell is a number");
            assert!((similarity(&row[0], &row[1]) - expected).abs() <= 0.0006, "{file} {row:?}");
        }
        assert_eq!(rows.len(), n, "{file}");
    }
}

#[test]
fn jellyfish_soundex() {
    let Some(text) = cases("jellyfish/soundex.csv") else { return };
    let mut plain = 0;
    // Accented letters and marks are the caller's to fold; jellyfish folds some and keeps others.
    for row in rows(&text).iter().filter(|row| row[0].is_ascii()) {
        assert_eq!(soundex(&row[0]).as_str(), row[1], "{row:?}");
        plain += 1;
    }
    assert_eq!(plain, 9);
}

#[test]
fn rapidfuzz_distances() {
    let Some(text) = cases("rapidfuzz/asserts.jsonl") else { return };
    let mut checked = 0;
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("one case a line");
        let within = match case["fn"].as_str() {
            Some("Levenshtein.distance") if case["kwargs"].get("weights").is_none() => levenshtein_within,
            Some("OSA.distance") => osa_within,
            _ => continue,
        };
        // Cases on lists of objects have no counterpart here.
        let (Some(a), Some(b)) = (case["args"][0].as_str(), case["args"][1].as_str()) else { continue };
        let max = case["kwargs"]["score_cutoff"].as_u64().map_or(usize::MAX, |max| max as usize);
        // rapidfuzz answers "more than the cutoff" with the cutoff plus one.
        let result = within(a, b, max).unwrap_or(max.saturating_add(1));
        assert_eq!(Some(result as u64), case["expected"].as_u64(), "{line}");
        checked += 1;
    }
    assert_eq!(checked, 10);
}

#[test]
fn commons_codec_phonetics() {
    let Some(text) = cases("phonetic_commons_codec/phonetic.jsonl") else { return };
    let (mut n_soundex, mut n_cologne) = (0, 0);
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).expect("one case a line");
        let (Some(input), Some(expected)) = (case["input"].as_str(), case["expected"].as_str()) else {
            continue;
        };
        match (case["algo"].as_str(), case["fn"].as_str()) {
            // The variants named in the collection let `h` and `w` separate.
            (Some("soundex"), Some("encode" | "soundex")) if case.get("variant").is_none() => {
                assert_eq!(soundex(input).as_str(), expected, "{line}");
                n_soundex += 1;
            }
            // "/" is the collection's mark of a case that compares two encodings.
            (Some("cologne"), Some("encode")) if expected != "/" => {
                assert_eq!(cologne(input).as_str(), expected, "{line}");
                n_cologne += 1;
            }
            _ => {}
        }
    }
    assert_eq!((n_soundex, n_cologne), (148, 88));
}
