//! Properties of all metrics: against the textbook's definition, against other implementations, and their algebra.

use super::*;
use proptest::prelude::*;
use std::collections::BTreeMap;

/// Short values over a small alphabet, so that matches, swaps and common ends are frequent.
fn close_ascii() -> impl Strategy<Value = String> {
    prop_oneof![4 => "[abc]{0,9}", 3 => "[abcd ]{5,20}", 2 => "[abcd]{12,70}", 2 => "[ab]{60,140}", 1 => "[ -~]{0,30}"]
}

/// The same for characters of one to four bytes, some of which agree in their low bits.
fn close_unicode() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[aéñ\u{3b1}\u{10348}]{0,9}",
        2 => "[aáÁ\u{161}\u{1e1}\u{2e1}]{5,40}",
        2 => "[абвгґя日本]{50,140}",
        2 => any::<String>(),
        1 => "\\PC{0,100}",
    ]
}

fn value() -> impl Strategy<Value = String> {
    prop_oneof![close_ascii(), close_unicode()]
}

/// Two values, often variants of each other.
fn pair() -> impl Strategy<Value = (String, String)> {
    prop_oneof![
        3 => (close_ascii(), close_ascii()),
        3 => (close_unicode(), close_unicode()),
        1 => (close_ascii(), close_unicode()),
        3 => (value(), prop::collection::vec((any::<prop::sample::Index>(), 0..4u8, any::<char>()), 0..4))
            .prop_map(|(a, edits)| { let b = edited(&a, &edits); (a, b) }),
    ]
}

fn edited(value: &str, edits: &[(prop::sample::Index, u8, char)]) -> String {
    let mut chars: Vec<char> = value.chars().collect();
    for (at, kind, c) in edits {
        let at = at.index(chars.len() + 1);
        match kind {
            0 => chars.insert(at, *c),
            1 if at < chars.len() => drop(chars.remove(at)),
            2 if at < chars.len() => chars[at] = *c,
            3 if at + 1 < chars.len() => chars.swap(at, at + 1),
            _ => {}
        }
    }
    chars.into_iter().collect()
}

/// The textbook's matrix. `swaps` 0: Levenshtein, 1: optimal string alignment, 2: unrestricted (Lowrance, Wagner).
fn naive_edit(a: &str, b: &str, swaps: u8) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut d = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    let mut last_row: BTreeMap<char, usize> = BTreeMap::new();
    for i in 0..=a.len() {
        let mut last_column = 0;
        for j in 0..=b.len() {
            if i == 0 || j == 0 {
                d[i][j] = i + j;
                continue;
            }
            let differs = usize::from(a[i - 1] != b[j - 1]);
            let mut best = (d[i - 1][j - 1] + differs).min(d[i - 1][j] + 1).min(d[i][j - 1] + 1);
            if swaps == 1 && i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(d[i - 2][j - 2] + 1);
            }
            let (k, l) = (last_row.get(&b[j - 1]).copied().unwrap_or(0), last_column);
            if swaps == 2 && k > 0 && l > 0 {
                best = best.min(d[k - 1][l - 1] + (i - k - 1) + 1 + (j - l - 1));
            }
            if differs == 0 {
                last_column = j;
            }
            d[i][j] = best;
        }
        if i > 0 {
            last_row.insert(a[i - 1], i);
        }
    }
    d[a.len()][b.len()]
}

/// Jaro's scan, character by character.
fn naive_jaro(a: &str, b: &str) -> f64 {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.is_empty() && b.is_empty() {
        return 1.0;
    }
    let reach = (a.len().max(b.len()) / 2).saturating_sub(1);
    let mut taken = vec![false; b.len()];
    let mut from_a = Vec::new();
    for (i, c) in a.iter().enumerate() {
        if let Some(j) = (0..b.len()).find(|&j| !taken[j] && b[j] == *c && i.abs_diff(j) <= reach) {
            taken[j] = true;
            from_a.push(*c);
        }
    }
    let from_b: Vec<char> = b.iter().zip(&taken).filter(|(_, taken)| **taken).map(|(c, _)| *c).collect();
    let displaced = from_a.iter().zip(&from_b).filter(|(x, y)| x != y).count();
    let m = from_a.len() as f64;
    if from_a.is_empty() {
        return 0.0;
    }
    (m / a.len() as f64 + m / b.len() as f64 + (m - (displaced / 2) as f64) / m) / 3.0
}

/// Grams as texts with their counts.
fn naive_grams(value: &str, q: usize) -> BTreeMap<Vec<char>, usize> {
    let chars: Vec<char> = value.chars().collect();
    let mut grams = BTreeMap::new();
    if !chars.is_empty() {
        for gram in chars.windows(q.clamp(1, chars.len())) {
            *grams.entry(gram.to_vec()).or_insert(0) += 1;
        }
    }
    grams
}

fn naive_dice(a: &str, b: &str, q: usize) -> f64 {
    let (a, b) = (naive_grams(a, q), naive_grams(b, q));
    let total = a.values().sum::<usize>() + b.values().sum::<usize>();
    let shared: usize = a.iter().map(|(gram, n)| *n.min(b.get(gram).unwrap_or(&0))).sum();
    if total == 0 { 1.0 } else { (2 * shared) as f64 / total as f64 }
}

fn naive_jaccard(a: &str, b: &str, q: usize) -> f64 {
    let (a, b) = (naive_grams(a, q), naive_grams(b, q));
    let shared = a.keys().filter(|gram| b.contains_key(*gram)).count();
    let either = a.len() + b.len() - shared;
    if either == 0 { 1.0 } else { shared as f64 / either as f64 }
}

fn close(x: f64, y: f64) -> bool {
    (x - y).abs() < 1e-12
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn levenshtein_agrees((a, b) in pair()) {
        let expected = naive_edit(&a, &b, 0);
        prop_assert_eq!(levenshtein(&a, &b), expected);
        prop_assert_eq!(strsim::levenshtein(&a, &b), expected);
        prop_assert_eq!(rapidfuzz::distance::levenshtein::distance(a.chars(), b.chars()), expected);
    }

    #[test]
    fn osa_agrees((a, b) in pair()) {
        let expected = naive_edit(&a, &b, 1);
        prop_assert_eq!(osa(&a, &b), expected);
        prop_assert_eq!(strsim::osa_distance(&a, &b), expected);
        prop_assert_eq!(rapidfuzz::distance::osa::distance(a.chars(), b.chars()), expected);
    }

    #[test]
    fn damerau_agrees((a, b) in pair()) {
        let expected = naive_edit(&a, &b, 2);
        prop_assert_eq!(damerau(&a, &b), expected);
        prop_assert_eq!(strsim::damerau_levenshtein(&a, &b), expected);
        prop_assert_eq!(rapidfuzz::distance::damerau_levenshtein::distance(a.chars(), b.chars()), expected);
    }

    #[test]
    fn jaro_agrees((a, b) in pair()) {
        let expected = naive_jaro(&a, &b);
        prop_assert_eq!(jaro(&a, &b), expected);
        prop_assert_eq!(strsim::jaro(&a, &b), expected);
        prop_assert!(close(rapidfuzz::distance::jaro::similarity(a.chars(), b.chars()), expected));
    }

    #[test]
    fn jaro_winkler_agrees((a, b) in pair()) {
        let result = jaro_winkler(&a, &b);
        prop_assert!(close(strsim::jaro_winkler(&a, &b), result));
        prop_assert!(close(rapidfuzz::distance::jaro_winkler::similarity(a.chars(), b.chars()), result));
    }

    #[test]
    fn qgrams_agree((a, b) in pair(), q in 0usize..12) {
        prop_assert_eq!(qgram_dice(&a, &b, q), naive_dice(&a, &b, q));
        prop_assert_eq!(qgram_jaccard(&a, &b, q), naive_jaccard(&a, &b, q));
    }

    #[test]
    fn bigram_dice_is_strsims(a in "[a-d]{2,80}", b in "[a-dé]{2,80}") {
        // strsim counts bytes in its denominator, so it is an oracle for ASCII alone.
        if b.is_ascii() {
            prop_assert!(close(qgram_dice(&a, &b, 2), strsim::sorensen_dice(&a, &b)));
        }
    }

    #[test]
    fn cutoffs_cut((a, b) in pair(), max in 0usize..150) {
        let within = |distance: usize| (distance <= max).then_some(distance);
        prop_assert_eq!(levenshtein_within(&a, &b, max), within(levenshtein(&a, &b)));
        prop_assert_eq!(osa_within(&a, &b, max), within(osa(&a, &b)));
        prop_assert_eq!(damerau_within(&a, &b, max), within(damerau(&a, &b)));
        for (f, distance) in [
            (levenshtein_within as fn(&str, &str, usize) -> Option<usize>, levenshtein(&a, &b)),
            (osa_within, osa(&a, &b)),
            (damerau_within, damerau(&a, &b)),
        ] {
            prop_assert_eq!(f(&a, &b, distance), Some(distance));
            prop_assert_eq!(f(&a, &b, usize::MAX), Some(distance));
            if distance > 0 {
                prop_assert_eq!(f(&a, &b, distance - 1), None);
            }
        }
    }

    #[test]
    fn distances_order_and_reflect((a, b) in pair()) {
        let (l, o, d) = (levenshtein(&a, &b), osa(&a, &b), damerau(&a, &b));
        prop_assert!(d <= o && o <= l && l <= 2 * d);
        for distance in [levenshtein, osa, damerau] {
            prop_assert_eq!(distance(&a, &b), distance(&b, &a));
            prop_assert_eq!(distance(&a, &b) == 0, a == b);
            prop_assert_eq!(distance(&a, &a), 0);
        }
    }

    #[test]
    fn similarities_stay_in_range_and_reflect((a, b) in pair()) {
        for similarity in [
            jaro as fn(&str, &str) -> f64,
            jaro_winkler,
            |a, b| qgram_dice(a, b, 2),
            |a, b| qgram_jaccard(a, b, 3),
        ] {
            let x = similarity(&a, &b);
            prop_assert!((0.0..=1.0).contains(&x));
            prop_assert_eq!(x, similarity(&b, &a));
            prop_assert_eq!(similarity(&a, &a), 1.0);
        }
        prop_assert_eq!(jaro(&a, &b) == 1.0, a == b);
        prop_assert_eq!(jaro_winkler(&a, &b) == 1.0, a == b);
    }

    #[test]
    fn triangles_close(a in value(), (b, c) in pair()) {
        for distance in [levenshtein, damerau] {
            prop_assert!(distance(&a, &c) <= distance(&a, &b) + distance(&b, &c));
        }
    }

    #[test]
    fn phonetic_codes_take_any_input(value in any::<String>()) {
        let code = soundex(&value);
        prop_assert!(code.is_empty() || code.len() == 4);
        prop_assert!(cologne(&value).as_str().bytes().all(|c| c.is_ascii_digit() && c != b'9'));
    }
}

#[test]
fn named_distances() {
    // a, b, levenshtein, osa, damerau
    let rows = [
        ("", "", 0, 0, 0),
        ("", "abc", 3, 3, 3),
        ("ca", "abc", 3, 3, 2),
        ("a cat", "an abct", 4, 4, 3),
        ("josé", "jose", 1, 1, 1),
        ("ñandú", "nandu", 2, 2, 2),
        ("martha", "marhta", 2, 1, 1),
        ("Иванов", "Ивнаов", 2, 1, 1),
        ("fernandez", "hernandez", 1, 1, 1),
        ("kitten", "sitting", 3, 3, 3),
    ];
    for (a, b, l, o, d) in rows {
        assert_eq!((levenshtein(a, b), osa(a, b), damerau(a, b)), (l, o, d), "{a} {b}");
    }
}

#[test]
fn a_swap_across_the_border_of_two_words_is_one_edit() {
    // Different ends keep the common parts from being stripped; the swap then wanders over the 64-row border.
    for at in 55..75 {
        let mut chars: Vec<char> = ('!'..='~').chain('à'..='ý').collect();
        let a: String = chars.iter().chain(&['x']).collect();
        chars[0] = '~';
        chars.swap(at, at + 1);
        let b: String = chars.iter().chain(&['y']).collect();
        assert_eq!((osa(&a, &b), levenshtein(&a, &b), damerau(&a, &b)), (3, 4, 3), "{at}");
    }
}

#[test]
fn past_the_cap_the_rest_is_aligned_by_position() {
    // Different first and last characters, so that the common ends do not take the values below the cap.
    let body = "ab".repeat(MAX_EDIT_CHARS);
    let (a, b) = (format!("x{body}x"), format!("y{body}y"));
    for distance in [levenshtein, osa, damerau] {
        assert_eq!(distance(&a, &b), 2);
        assert_eq!(distance(&a, &a), 0);
    }
    assert_eq!(levenshtein_within(&a, &b, 2), Some(2));
    assert_eq!(levenshtein_within(&a, &b, 1), None);
    // One character less in front shifts all of the rest: the bound is large, symmetric, and no panic.
    let (c, d) = (format!("x{body}x"), format!("{body}y"));
    for distance in [levenshtein, osa, damerau] {
        assert_eq!(distance(&c, &d), distance(&d, &c));
        assert!(distance(&c, &d) > MAX_EDIT_CHARS && distance(&c, &d) <= c.len());
    }
    assert_eq!(jaro(&a, &a), 1.0);
    assert!(jaro(&a, &b) > 0.999 && jaro(&a, &b) < 1.0);
}

#[test]
fn the_prefix_counts_only_above_the_threshold() {
    // jaro("abcd", "abxy") is 2/3: below; jaro("abcde", "abcxy") is 11/15: above.
    assert_eq!(jaro_winkler("abcd", "abxy"), jaro("abcd", "abxy"));
    let j = jaro("abcde", "abcxy");
    assert!(close(j, 11.0 / 15.0) && close(jaro_winkler("abcde", "abcxy"), j + 0.3 * (1.0 - j)));
    // Four characters at most.
    let j = jaro("abcdefgh", "abcdefgx");
    assert!(close(jaro_winkler("abcdefgh", "abcdefgx"), j + 0.4 * (1.0 - j)));
}

#[test]
fn soundex_and_cologne_by_name() {
    for (name, code) in [
        ("Robert", "R163"),
        ("Rupert", "R163"),
        ("Ashcraft", "A261"),
        ("Tymczak", "T522"),
        ("Pfister", "P236"),
        ("Honeyman", "H555"),
        ("Lee", "L000"),
        ("O'Brien", "O165"),
        ("van deusen", "V532"),
        ("", ""),
        ("é1", ""),
    ] {
        assert_eq!(soundex(name).as_str(), code, "{name}");
    }
    for (name, code) in [
        ("Wikipedia", "3412"),
        ("Breschnew", "17863"),
        ("Müller", "657"),
        ("schmidt", "862"),
        ("Xanthippe", "48621"),
        ("hoffmann", "036"),
        ("Arbeitsamt", "071862"),
        ("ß", "8"),
        ("h", ""),
        ("", ""),
    ] {
        assert_eq!(cologne(name).as_str(), code, "{name}");
    }
}
