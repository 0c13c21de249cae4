//! Conditions, settings and models of Splink: tables of what DuckDB and Splink answer, and properties of whole models.

use std::borrow::Cow;

use proptest::prelude::*;

use super::settings::default_probabilities;
use super::sql::{Naming, parse};
use super::value::{Pair, Value};
use super::*;
use crate::table::{Column, Table};

/// The value of an expression of literals, as text.
fn value(sql: &str) -> String {
    let expr = parse(sql, Naming::Suffix, &mut Vec::new()).unwrap_or_else(|error| panic!("{sql}: {error}"));
    match expr.evaluate(&Pair { columns: &[], left: 0, right: 0 }) {
        Value::Null => "NULL".to_owned(),
        Value::List(items) => items.join(","),
        Value::Time(micros) => format!("{micros} us"),
        other => other.text().expect("a scalar").into_owned(),
    }
}

/// Each was asked of DuckDB.
#[test]
fn values_are_those_of_duckdb() {
    let groups: [(&str, &[(&str, &str)]); 7] = [
        (
            "similarity over bytes",
            &[
                ("levenshtein('é', 'e')", "2"),
                ("levenshtein('', 'abc')", "3"),
                ("damerau_levenshtein('ca', 'abc')", "2"),
                ("jaro_winkler_similarity('josé', 'jose')", "0.8483333333333334"),
                ("jaro_winkler_similarity('', '')", "0"),
                ("jaro_similarity('', 'a')", "0"),
                ("jaro_winkler_similarity('martha', 'marhta')", "0.9611111111111111"),
                ("jaro_winkler_similarity('marin', 'molto') = jaro_similarity('marin', 'molto')", "true"),
                ("jaccard('ab', 'bc')", "0.3333333333333333"),
                ("jaccard('aabb', 'ab')", "1"),
            ],
        ),
        (
            "parts of texts",
            &[
                ("substr('abc', 0, 2)", "a"),
                ("substr('abc', -2)", "bc"),
                ("substr('abc', -2, 1)", "b"),
                ("substr('abc', 3, -2)", "ab"),
                ("substring('abc', 2, 9)", "bc"),
                ("left('abc', -1)", "ab"),
                ("right('abc', -1)", "bc"),
                ("right('ñandú', 2)", "dú"),
                ("left('abc', 5)", "abc"),
                ("'abc'[2]", "b"),
                ("'abc'[-1]", "c"),
                ("length('é')", "1"),
                ("trim('  a ')", "a"),
                ("upper('ñ') || lower('Ñ')", "Ññ"),
                ("concat('a', null, 'b')", "ab"),
                ("'a' || null", "NULL"),
            ],
        ),
        (
            "regular expressions",
            &[
                ("regexp_extract('abc', 'x')", ""),
                ("nullif(regexp_extract('abc', 'x', 0), '')", "NULL"),
                ("regexp_extract('a b', '(a) (b)', 2)", "b"),
                ("regexp_extract('éa', '.')", "é"),
                (r"regexp_extract('nº ٣ 17', '\d+')", "17"),
                (r"regexp_extract('SW1A 2AA', '^[A-Za-z]{1,2}[\d][\w]? [0-9]')", "SW1A 2"),
                ("regexp_matches('abc', 'b')", "true"),
                ("regexp_full_match('abc', 'b')", "false"),
            ],
        ),
        (
            "dates",
            &[
                ("epoch(try_strptime('1999-2-3', '%Y-%m-%d')) / 86400", "10625"),
                ("try_strptime(' 1999-02-03 ', '%Y-%m-%d') is null", "false"),
                ("try_strptime('1999-02-30', '%Y-%m-%d')", "NULL"),
                ("try_strptime('19990230', '%Y%m%d')", "NULL"),
                ("try_strptime('1999-02-03x', '%Y-%m-%d')", "NULL"),
                ("epoch(try_strptime('199-1-1', '%Y-%m-%d')) < 0", "true"),
                (
                    "try_strptime('3 feb 1999', '%d %b %Y') = try_strptime('3 february 1999', '%d %B %Y')",
                    "true",
                ),
                ("epoch(try_strptime('68', '%y')) > epoch(try_strptime('70', '%y'))", "true"),
                ("cast('2001-01-02' as date) > cast('2001-01-01' as date)", "true"),
            ],
        ),
        (
            "numbers",
            &[
                ("1 + 2 * 3 - -4 % 3", "8"),
                ("(1 + 2) * 3", "9"),
                ("try_cast(' 12 ' as double) + '1e3'::double", "1012"),
                ("try_cast('' as double)", "NULL"),
                ("cast(2.5 as int)", "3"),
                ("cast(0.1 as float) = 0.1", "false"),
                ("greatest(1, null, 3) - least(4, 2)", "1"),
                ("acos(1.5)", "NULL"),
            ],
        ),
        (
            "logic of three values",
            &[
                ("null = null", "NULL"),
                ("null or true", "true"),
                ("null or false", "NULL"),
                ("null and false", "false"),
                ("not null", "NULL"),
                ("1 in (2, null)", "NULL"),
                ("1 in (2, 1, null)", "true"),
                ("1 not in (2, 3)", "true"),
                ("null is null and 1 is not null", "true"),
                ("2 between 1 and 3 and not 2 between 3 and 4", "true"),
                ("true or false and false", "true"),
                ("not 1 = 2 and 3 <> 4", "true"),
                ("case when null then 1 when 2 > 1 then 2 else 3 end", "2"),
                ("case 'b' when 'a' then 1 end", "NULL"),
                ("coalesce(null, 'x')", "x"),
            ],
        ),
        (
            "patterns",
            &[
                ("'London' like 'L%n'", "true"),
                ("'London' like 'l%'", "false"),
                ("'London' ilike 'l_n%'", "true"),
                ("'abab' like '%ab'", "true"),
                ("'' like '%'", "true"),
                ("'a' not like '_'", "false"),
            ],
        ),
    ];
    for (group, cases) in groups {
        for (sql, expected) in cases {
            assert_eq!(value(sql), *expected, "{group}: {sql}");
        }
    }
}

#[test]
fn what_is_unknown_is_named() {
    let cases = [
        ("soundex(a_l) = soundex(a_r)", "unknown construct `soundex()`"),
        ("a_l = a_r and b = 1", "unknown construct `b`: columns end in _l or _r"),
        ("list_transform(a_l, x -> x) = a_r", "unknown construct `x`: columns end in _l or _r"),
        ("a_l => a_r", "unknown construct `>` where a value is expected"),
        ("a_l ~ a_r", "unknown construct `~`"),
        ("a_l in (select 1)", "unknown construct `select`"),
        ("cast(a_l as blob) = a_r", "unknown construct type `blob`"),
        ("try_strptime(a_l, '%Q') = a_r", "unknown construct `%Q` in the date format"),
        ("regexp_extract(a_l, b_l) = a_r", "unknown construct regexp_extract() whose pattern is not a text"),
        ("regexp_extract(a_l, '(') = a_r", "regexp_extract(): \"(\" is no regular expression"),
        ("levenshtein(a_l) < 2", "levenshtein() takes 2..=2 arguments, not 1"),
        ("a_l = 'b", "' is never closed"),
        ("(a_l = a_r", "ends where `)` is expected"),
        ("a_l is 3", "unknown construct `3` where null is expected"),
        ("a_l = a_r b_l", "unknown construct `b_l`"),
        ("", "ends where a value is expected"),
    ];
    for (sql, expected) in cases {
        let error = parse(sql, Naming::Suffix, &mut Vec::new()).expect_err(sql);
        assert_eq!(error.to_string(), expected, "{sql}");
    }
    let deep = format!("{}1{}", "(".repeat(500), ")".repeat(500));
    assert_eq!(parse(&deep, Naming::Suffix, &mut Vec::new()).unwrap_err().kind(), ErrorKind::Limit);
    let long = "1 + ".repeat(5000) + "1";
    assert_eq!(parse(&long, Naming::Suffix, &mut Vec::new()).unwrap_err().kind(), ErrorKind::Limit);
    let rule = parse("surname = r.surname", Naming::Qualifier, &mut Vec::new()).unwrap_err().to_string();
    assert_eq!(rule, "unknown construct `surname`: columns are written l.name or r.name");
}

fn level(condition: &str, more: serde_json::Value) -> serde_json::Value {
    let mut level = serde_json::json!({ "sql_condition": condition });
    level.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    level
}

fn settings(link_type: &str, rules: &[&str], levels: Vec<serde_json::Value>) -> serde_json::Value {
    serde_json::json!({
        "link_type": link_type, "unique_id_column_name": "id", "probability_two_random_records_match": 0.5,
        "blocking_rules_to_generate_predictions": rules,
        "comparisons": [{ "output_column_name": "name", "comparison_levels": levels }],
    })
}

fn model(settings: &serde_json::Value) -> Result<SplinkModel> {
    SplinkModel::from_json(&settings.to_string())
}

/// Records as (id, name, place).
fn table(sources: &[(&str, &[[&str; 3]])]) -> Table {
    let source = |(name, rows): &(&str, &[[&str; 3]])| {
        let rows = rows
            .iter()
            .map(|[id, name, place]| serde_json::json!({ "id": id, "name": name, "place": place }));
        crate::Source::from_records(name, rows).unwrap()
    };
    Table::new(sources.iter().map(source).collect()).unwrap()
}

fn simple_levels() -> Vec<serde_json::Value> {
    vec![level("name_l = name_r", serde_json::json!({})), level("ELSE", serde_json::json!({}))]
}

#[test]
fn wrong_settings_are_refused_with_their_path() {
    let none = serde_json::json!({});
    let wrong_m = serde_json::json!({ "m_probability": 1.5 });
    let tf = serde_json::json!({ "tf_adjustment_column": "place" });
    let cases = [
        (
            settings(
                "dedupe_only",
                &[],
                vec![level("foo(name_l)", none.clone()), level("ELSE", none.clone())],
            ),
            "comparisons[0].comparison_levels[0].sql_condition: unknown construct `foo()`",
        ),
        (
            settings("dedupe_only", &["l.a == r.a", "l.a @ r.a"], simple_levels()),
            "blocking_rules_to_generate_predictions[1]: unknown construct `@`",
        ),
        (
            settings("dedupe_only", &[], vec![level("name_l = name_r", none.clone())]),
            "comparisons[0]: needs two levels or more, the last of them ELSE",
        ),
        (
            settings(
                "dedupe_only",
                &[],
                vec![level("name_l = name_r", wrong_m), level("ELSE", none.clone())],
            ),
            "comparisons[0].comparison_levels[0].m_probability: is no probability between 0 and 1",
        ),
        (
            settings("dedupe_only", &[], vec![level("name_l = name_r", tf), level("ELSE", none)]),
            "comparisons[0].comparison_levels[0].tf_adjustment_column: no level is equality on just this column; add one, \
             or set disable_tf_exact_match_detection",
        ),
        (settings("both", &[], simple_levels()), "no Splink settings: unknown variant `both`"),
    ];
    for (settings, expected) in cases {
        let error = model(&settings).map(|_| ()).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
    let mut spark = settings("dedupe_only", &[], simple_levels());
    spark["sql_dialect"] = "spark".into();
    let error = model(&spark).map(|_| ()).unwrap_err().to_string();
    assert_eq!(
        error,
        "sql_dialect: unknown construct: SQL of spark; export the model from Splink's DuckDB backend"
    );
}

#[test]
fn missing_probabilities_are_splinks_defaults() {
    let (m, u) = default_probabilities(2);
    assert!((m[0] - 0.05).abs() < 1e-15 && m[1] == 0.95);
    assert!((u[0] - 0.05 * 32.0).abs() < 1e-12 && (u[1] - 0.95 / 1024.0).abs() < 1e-15);
    let (m, u) = default_probabilities(5);
    let weights: Vec<f64> = m.iter().zip(&u).map(|(m, u)| (m / u).log2()).collect();
    for (found, expected) in weights.iter().zip([-5.0, -5.0 + 8.0 / 3.0, -5.0 + 16.0 / 3.0, 3.0, 10.0]) {
        assert!((found - expected).abs() < 1e-12, "{weights:?}");
    }
    let unseen = serde_json::json!({ "m_probability": "level not observed in training dataset" });
    let levels = vec![level("name_l = name_r", unseen), level("ELSE", serde_json::json!({}))];
    let model = model(&settings("dedupe_only", &[], levels)).unwrap();
    assert_eq!(model.comparisons[0].levels[0].m, 1e-6);
}

#[test]
fn frequencies_adjust_as_the_level_says() {
    // ruiz 2 of 5, roiz 1 of 5.
    let rows = [
        ["1", "ruiz", ""],
        ["2", "ruiz", ""],
        ["3", "roiz", ""],
        ["4", "vila", ""],
        ["5", "xu", ""],
        ["6", "", ""],
    ];
    let weight = |exact: serde_json::Value, fuzzy: serde_json::Value| {
        let levels = vec![
            level("name_l IS NULL OR name_r IS NULL", serde_json::json!({ "is_null_level": true })),
            level("name_l = name_r", exact),
            level("levenshtein(name_l, name_r) <= 1", fuzzy),
            level("ELSE", serde_json::json!({})),
        ];
        let model = model(&settings("dedupe_only", &[], levels)).unwrap();
        let table = table(&[("crm", &rows)]);
        let of = |right: &str| model.explain(&table, ("crm", "1"), ("crm", right)).unwrap()[0].frequency;
        [of("2"), of("3"), of("4"), of("6")]
    };
    let close = |found: [f64; 4], expected: [f64; 4]| {
        let near = found.iter().zip(&expected).all(|(found, expected)| (found - expected).abs() < 1e-12);
        assert!(near, "{found:?} instead of {expected:?}");
    };
    let u = |more: serde_json::Value| {
        let mut level = serde_json::json!({ "u_probability": 0.05, "tf_adjustment_column": "name" });
        level.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        level
    };
    let none = || serde_json::json!({});
    let bits = (0.05f64 / 0.4).log2();
    close(weight(u(none()), none()), [bits, 0.0, 0.0, 0.0]);
    close(weight(u(serde_json::json!({ "tf_adjustment_weight": 0.5 })), none()), [bits / 2.0, 0.0, 0.0, 0.0]);
    close(weight(u(serde_json::json!({ "tf_adjustment_weight": 0.0 })), none()), [0.0; 4]);
    let minimum = serde_json::json!({ "tf_minimum_u_value": 0.8 });
    close(weight(u(minimum), none()), [(0.05f64 / 0.8).log2(), 0.0, 0.0, 0.0]);
    // A fuzzy level takes the u of equality and the larger frequency, or its own u when it is told so.
    let fuzzy = serde_json::json!({ "u_probability": 0.2, "tf_adjustment_column": "name" });
    close(weight(u(none()), fuzzy.clone()), [bits, bits, 0.0, 0.0]);
    let mut own = fuzzy;
    own["disable_tf_exact_match_detection"] = true.into();
    close(weight(u(none()), own), [bits, (0.2f64 / 0.4).log2(), 0.0, 0.0]);
}

fn ids(model: &SplinkModel, table: &Table) -> Vec<(String, String, u16)> {
    let pairs = model.score(table).unwrap();
    let name = |record| pairs.record(record).0.to_owned() + pairs.record(record).1;
    pairs.pairs().iter().map(|pair| (name(pair.left), name(pair.right), pair.match_key)).collect()
}

#[test]
fn pairs_are_oriented_as_splink_orients_them() {
    let pair = |left: &str, right: &str| (left.to_owned(), right.to_owned(), 0);
    let place = ["l.place = r.place"];
    let one: [[&str; 3]; 3] = [["10", "a", "x"], ["9", "b", "x"], ["9a", "c", "x"]];
    let dedupe = model(&settings("dedupe_only", &place, simple_levels())).unwrap();
    // As texts, unless all are whole numbers.
    assert_eq!(
        ids(&dedupe, &table(&[("s", &one)])),
        [pair("s10", "s9"), pair("s10", "s9a"), pair("s9", "s9a")]
    );
    assert_eq!(ids(&dedupe, &table(&[("s", &one[..2])])), [pair("s9", "s10")]);
    let two: [(&str, &[[&str; 3]]); 2] =
        [("b", &[["1", "a", "x"], ["2", "a", "x"]]), ("a", &[["7", "a", "x"]])];
    let link = model(&settings("link_only", &place, simple_levels())).unwrap();
    assert_eq!(ids(&link, &table(&two)), [pair("a7", "b1"), pair("a7", "b2")]);
    let both = model(&settings("link_and_dedupe", &place, simple_levels())).unwrap();
    assert_eq!(ids(&both, &table(&two)), [pair("a7", "b1"), pair("a7", "b2"), pair("b1", "b2")]);
    let three: Vec<(&str, &[[&str; 3]])> =
        two.into_iter().chain([("c", &[["0", "a", "x"]] as &[_])]).collect();
    assert_eq!(ids(&link, &table(&three)).len(), 5, "each source with each other, none with itself");
}

#[test]
fn two_records_of_one_id_are_no_pair() {
    let rows: [[&str; 3]; 2] = [["1", "a", "x"], ["1", "a", "x"]];
    let model = model(&settings("dedupe_only", &[], simple_levels())).unwrap();
    assert!(model.score(&table(&[("s", &rows)])).unwrap().is_empty());
    let missing: [[&str; 3]; 1] = [["", "a", "x"]];
    assert_eq!(model.score(&table(&[("s", &missing)])).unwrap_err().kind(), ErrorKind::Format);
}

/// Values that agree often, and null.
fn rows() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((0usize..5, 0usize..4), 0..14)
}

proptest! {
    /// A hash join a rule gives what a look at every pair gives: the first rule that is true, nothing twice.
    #[test]
    fn blocking_is_what_every_pair_says(rows in rows(), chosen in prop::collection::vec(0usize..8, 0..4)) {
        const RULES: [&str; 8] = [
            "l.name = r.name", "l.name = r.place", "l.name = r.name and l.place = r.place",
            "substr(l.name, 1, 1) = substr(r.name, 1, 1) and l.place <> r.place",
            "l.name = r.name or r.place = l.place", "l.place = 'b' and r.place = 'b'", "length(l.name) + 1 = length(r.name)",
            "not (l.name = r.name) and l.place = r.place",
        ];
        const NAMES: [&str; 5] = ["", "a", "ab", "b", "ba"];
        let owned: Vec<[String; 3]> = rows.iter().enumerate()
            .map(|(at, &(name, place))| [format!("{at:02}"), NAMES[name].to_owned(), NAMES[place].to_owned()]).collect();
        let cells: Vec<[&str; 3]> = owned.iter().map(|[id, name, place]| [&**id, &**name, &**place]).collect();
        let mut rules: Vec<&str> = chosen.iter().map(|&at| RULES[at]).collect();
        let table = table(&[("s", &cells)]);
        if cells.is_empty() {
            return Ok(());
        }
        let model = model(&settings("dedupe_only", &rules, simple_levels())).unwrap();
        let found = ids(&model, &table);
        if rules.is_empty() {
            rules.push("1 = 1");
        }
        let mut names = vec!["name".to_owned(), "place".to_owned()];
        let parsed: Vec<Expr> = rules.iter().map(|rule| parse(rule, Naming::Qualifier, &mut names).unwrap()).collect();
        let columns: Vec<Cow<'_, Column>> =
            names.iter().map(|name| Cow::Borrowed(table.sources()[0].column(name).unwrap())).collect();
        let mut expected = Vec::new();
        for (key, rule) in parsed.iter().enumerate() {
            for left in 0..cells.len() {
                for right in left + 1..cells.len() {
                    let pair = Pair { columns: &columns, left, right };
                    let holds = |rule: &Expr| rule.evaluate(&pair).truth() == Some(true);
                    if holds(rule) && !parsed[..key].iter().any(holds) {
                        expected.push((format!("s{left:02}"), format!("s{right:02}"), key as u16));
                    }
                }
            }
        }
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn no_condition_panics(sql in "(([a-c]_[lr]|[0-9]|'[a-z%é]{0,3}'|null|not|and|or|in|is|like|between|case|when|then|else|end|cast|as|int|substr|left|epoch|abs|length|list_intersect|jaccard|[-+*/%=<>|(),\\[\\]]) ?){0,14}") {
        let mut names = Vec::new();
        if let Ok(expr) = parse(&sql, Naming::Suffix, &mut names) {
            let column: Column = [Some("é1"), None].into_iter().collect();
            let columns: Vec<Cow<'_, Column>> = names.iter().map(|_| Cow::Borrowed(&column)).collect();
            for (left, right) in [(0, 0), (0, 1), (1, 1)] {
                let _ = expr.evaluate(&Pair { columns: &columns, left, right }).truth();
            }
        }
    }
}
