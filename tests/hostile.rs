//! Inputs that no one would send on purpose, through the whole pipeline: the right result or a clear issue, never a
//! panic, and every record accounted for.
#![cfg(feature = "csv")]

use std::collections::BTreeSet;

use quilate::io::csv::{ReadOptions, Writer, read_bytes};
use quilate::io::outputs;
use quilate::report::Summary;
use quilate::table::ColumnBuilder;
use quilate::{Config, EntityId, ErrorKind, RecordId, Resolution, Source, Table, consolidate};

/// A source of cells; an empty cell is null.
fn source(name: &str, fields: &[&str], rows: &[Vec<String>]) -> Source {
    let column = |at: usize| {
        let mut builder = ColumnBuilder::new();
        rows.iter().for_each(|row| builder.push(Some(&row[at])));
        builder.finish()
    };
    let columns = (0..fields.len()).map(column).collect();
    Source::new(name, fields.iter().map(|field| (*field).to_owned()).collect(), columns, Vec::new()).unwrap()
}

fn row(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

/// The `n`-th of many people who have nothing in common.
fn person(n: usize) -> [String; 4] {
    const SYLLABLES: [&str; 16] = [
        "bar", "ce", "dim", "fo", "gu", "lan", "me", "nir", "po", "rus", "sal", "te", "vin", "zo", "ju",
        "kes",
    ];
    // SplitMix64's finaliser (Steele, Lea and Flood, 2014).
    let mix = |number: usize| {
        let mut mixed = (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    };
    let word = |number: usize| -> String {
        (0..4).map(|at| SYLLABLES[(mix(number) >> (8 * at)) as usize % SYLLABLES.len()]).collect()
    };
    let (given, surname, mail) = (word(4 * n), word(4 * n + 1), word(4 * n + 2));
    let phone = format!("6{:08}", mix(4 * n + 3) % 100_000_000);
    [format!("{given} {surname}"), format!("{mail}@correo.es"), phone, format!("nota {n}")]
}

const FIELDS: [&str; 5] = ["id", "nombre", "email", "telefono", "nota"];

fn customer(id: &str, n: usize) -> Vec<String> {
    let [name, email, phone, note] = person(n);
    vec![id.to_owned(), name, email, phone, note]
}

/// Consolidates and checks what holds for any input.
fn resolve(sources: Vec<Source>) -> Resolution {
    resolve_with(sources, &Config::default())
}

fn resolve_with(sources: Vec<Source>, config: &Config) -> Resolution {
    let table = Table::new(sources).unwrap_or_else(|error| panic!("{error}"));
    let records = table.len();
    let resolution = consolidate(table, config).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(resolution.records().len(), records, "no record is lost");
    assert_eq!(resolution.entities().records(), records);
    assert_eq!(resolution.golden_records().len(), resolution.entities().len());

    let lines = |bytes: Vec<u8>| {
        let mut reader = csv::Reader::from_reader(bytes.as_slice());
        let width = reader.headers().unwrap().len();
        let rows: Vec<Vec<String>> =
            reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect();
        assert!(rows.iter().all(|row| row.len() == width));
        rows
    };
    let xref =
        lines(outputs::write_xref(&resolution, Writer::new(Vec::new())).unwrap().into_inner().unwrap());
    let named: BTreeSet<(&str, &str)> = xref.iter().map(|row| (row[0].as_str(), row[1].as_str())).collect();
    assert_eq!((xref.len(), named.len()), (records, records), "every record once, under a name of its own");
    let golden =
        lines(outputs::write_golden(&resolution, Writer::new(Vec::new())).unwrap().into_inner().unwrap());
    assert_eq!(golden.len(), resolution.entities().len());
    lines(outputs::write_provenance(&resolution, Writer::new(Vec::new())).unwrap().into_inner().unwrap());
    lines(outputs::write_pairs(&resolution, Writer::new(Vec::new())).unwrap().into_inner().unwrap());

    let summary = Summary::new(&resolution);
    assert_eq!((summary.records, summary.entities), (records as u64, golden.len() as u64));
    let sizes: u64 = summary.entity_sizes.iter().map(|(size, count)| size * count).sum();
    assert_eq!(sizes, records as u64);
    serde_json::to_string(&summary).unwrap();
    for (entity, members) in resolution.entities().iter().take(50) {
        let quality = resolution.golden_record(entity).quality;
        assert!(quality <= 100, "{quality}");
        for value in resolution.golden_record(entity).values {
            assert!(members.contains(&value.record), "a golden value comes from a member");
        }
        let explanation = resolution.explain_records(members[0], members[members.len() - 1]);
        assert!(explanation.weight.is_finite() && explanation.same_entity, "{explanation}");
    }
    resolution
}

fn sizes(resolution: &Resolution) -> Vec<usize> {
    let mut sizes: Vec<usize> = resolution.entities().iter().map(|(_, members)| members.len()).collect();
    sizes.sort_unstable();
    sizes
}

fn ids(resolution: &Resolution) -> Vec<String> {
    (0..resolution.records().len() as u32)
        .map(|record| resolution.records().id(RecordId(record)).to_owned())
        .collect()
}

#[test]
fn nothing_at_all() {
    let resolution = resolve(Vec::new());
    assert_eq!(resolution.issues().count("no_evidence"), 1);
    resolve(vec![Source::new("crm", Vec::new(), Vec::new(), Vec::new()).unwrap()]);
    resolve(vec![source("crm", &FIELDS, &[]), source("shop", &[], &[])]);
    let read = read_bytes("crm", b"id,name,email\n", &ReadOptions::new()).unwrap();
    assert_eq!(resolve(vec![read.source]).records().len(), 0);
}

#[test]
fn records_without_columns() {
    let resolution = resolve(vec![Source::new("crm", Vec::new(), Vec::new(), vec![1, 2, 3]).unwrap()]);
    assert_eq!(sizes(&resolution), [1, 1, 1]);
}

#[test]
fn one_record() {
    let resolution = resolve(vec![source("crm", &FIELDS, &[customer("1", 0)])]);
    assert_eq!(sizes(&resolution), [1]);
    let phone = resolution.golden_record(EntityId(0)).get("phone").map(str::to_owned);
    assert!(phone.is_some_and(|phone| phone.ends_with(&person(0)[2])));
}

/// A value that everybody has says nothing about who is who, so that no weight speaks for or against; what counts is
/// that no pair explodes, that copies are treated alike, and that they draw in nobody else.
#[test]
fn a_thousand_copies() {
    let copies: Vec<Vec<String>> = (0..1000).map(|n| customer(&n.to_string(), 4)).collect();
    assert_eq!(sizes(&resolve(vec![source("crm", &FIELDS, &copies)])), [1000]);
    assert_eq!(sizes(&resolve(vec![source("crm", &FIELDS, &copies[..3])])), [3]);

    let others = (1000..1300).map(|n| customer(&n.to_string(), n));
    let rows: Vec<Vec<String>> = copies.into_iter().chain(others).collect();
    let resolution = resolve(vec![source("crm", &FIELDS, &rows)]);
    let own = (0..1300).filter(|&record| resolution.records().id(RecordId(record)).len() == 4);
    let alone =
        |record| resolution.entities().members(resolution.entities().entity_of(RecordId(record))).len() == 1;
    assert_eq!(own.filter(|&record| alone(record)).count(), 300);
}

/// Twenty copies of one customer are one customer where the others tell what a chance agreement is.
#[test]
fn twenty_copies_among_others() {
    let mut rows: Vec<Vec<String>> = (0..600).map(|n| customer(&format!("a{n}"), n / 2)).collect();
    rows.extend((0..20).map(|n| customer(&format!("b{n}"), 4000)));
    let sizes = sizes(&resolve(vec![source("crm", &FIELDS, &rows)]));
    assert_eq!((sizes.len(), sizes[0], sizes[299], sizes[300]), (301, 2, 2, 20));
}

#[test]
fn columns_that_say_nothing() {
    let rows: Vec<Vec<String>> = (0..200).map(|_| row(&["", "", "", "", ""])).collect();
    let resolution = resolve(vec![source("crm", &FIELDS, &rows)]);
    assert_eq!(sizes(&resolution), vec![1; 200], "no evidence, no merge");
    assert_eq!(resolution.issues().count("no_evidence"), 1);
    assert!(resolution.golden_records().all(|golden| golden.values.is_empty()));

    // The same value in every record, beside columns that tell people apart.
    let rows: Vec<Vec<String>> = (0..200)
        .map(|n| {
            let mut row = customer(&n.to_string(), n);
            row[4] = "Madrid".to_owned();
            row
        })
        .collect();
    let resolution = resolve(vec![source("crm", &["id", "nombre", "email", "telefono", "ciudad"], &rows)]);
    assert_eq!(sizes(&resolution), vec![1; 200]);
}

#[test]
fn one_column_only() {
    for (field, cells) in [
        ("email", ["ana@ruiz.es", "ana@ruiz.es", "pau@vila.cat", ""]),
        ("nombre", ["Ana Ruiz", "Ana Ruiz", "Pau Vila", ""]),
        ("id", ["1", "2", "3", "4"]),
        ("notas", ["llamar", "llamar", "no llamar", ""]),
    ] {
        let rows: Vec<Vec<String>> = cells.iter().map(|cell| row(&[cell])).collect();
        let resolution = resolve(vec![source("crm", &[field], &rows)]);
        assert!(resolution.entities().len() >= 3, "{field}: {:?}", sizes(&resolution));
    }
}

#[test]
fn ten_thousand_columns() {
    const COLUMNS: usize = 10_000;
    let header: Vec<String> =
        (0..COLUMNS).map(|at| if at == 7 { "email".to_owned() } else { format!("campo {at}") }).collect();
    let mut text = header.join(",") + "\n";
    for n in [0, 1, 0] {
        let cells = (0..COLUMNS)
            .map(|at| if at == 7 { person(n)[1].clone() } else { (at % 3 * (n + 1)).to_string() });
        text += &(cells.collect::<Vec<_>>().join(",") + "\n");
    }
    let read = read_bytes("wide", text.as_bytes(), &ReadOptions::new()).unwrap();
    assert_eq!(read.source.fields().len(), COLUMNS);
    let resolution = resolve(vec![read.source]);
    assert!(resolution.matching().model.comparisons.len() <= quilate::compare::MAX_COMPARISONS);
}

#[test]
fn more_evidence_than_is_compared() {
    let fields: Vec<String> = (0..40).map(|at| format!("estado {at}")).collect();
    let names: Vec<&str> = FIELDS.into_iter().chain(fields.iter().map(String::as_str)).collect();
    let status =
        |n: usize| ["alta", "baja", "pendiente"][usize::from(person(n)[2].as_bytes()[8]) % 3].to_owned();
    let rows: Vec<Vec<String>> = (0..600)
        .map(|n| {
            let status = (0..40).map(|at| status(n / 2 * 40 + at));
            customer(&n.to_string(), n / 2).into_iter().chain(status).collect()
        })
        .collect();
    let mut config = Config::default();
    let roles = fields.iter().map(|field| (field.clone(), "category".to_owned())).collect();
    config
        .sources
        .insert("crm".to_owned(), quilate::pipeline::SourceConfig { columns: roles, ..Default::default() });
    let resolution = resolve_with(vec![source("crm", &names, &rows)], &config);
    let compared = &resolution.matching().model.comparisons;
    assert_eq!(compared.len(), quilate::compare::MAX_COMPARISONS);
    assert_eq!(
        resolution.issues().count("comparison_limit"),
        44 - 24,
        "names, e-mail, phone and the statuses"
    );
    assert_eq!(sizes(&resolution), vec![2; 300], "what tells people apart is among what is compared");
}

#[test]
fn a_cell_of_fifty_megabytes() {
    let long = "Calle Mayor 3 ".repeat(50_000_000 / 14);
    for field in ["direccion", "nombre", "email", "nota"] {
        let rows = [row(&["1", &long]), row(&["2", "Calle Mayor 3"])];
        let resolution = resolve(vec![source("crm", &["id", field], &rows)]);
        let carried = resolution.golden_fields().iter().all(|golden| golden.name == field);
        assert_eq!(resolution.issues().count("long_cell"), u64::from(!carried), "{field}");
    }
}

#[test]
fn too_many_sources() {
    let many = |count: usize| {
        (0..count).map(|n| Source::new(&n.to_string(), Vec::new(), Vec::new(), Vec::new()).unwrap())
    };
    let error = Table::new(many(65_536).collect()).unwrap_err();
    assert_eq!((error.kind(), error.to_string().as_str()), (ErrorKind::Limit, "more than 65,535 sources"));

    let rows: Vec<Vec<String>> = (0..70_000).map(|n| row(&["a", &n.to_string()])).collect();
    let table = Table::new(vec![source("all", &["nombre", "origen"], &rows)]).unwrap();
    let config = Config { source_column: Some("origen".to_owned()), ..Config::default() };
    let error = consolidate(table, &config).unwrap_err();
    assert_eq!(error.to_string(), "more than 65,535 sources; choose another source column");
}

#[test]
fn a_source_for_every_record() {
    let rows: Vec<Vec<String>> = (0..3000)
        .map(|n| {
            let mut row = customer("1", n / 2);
            row.push(format!("tienda {n}"));
            row
        })
        .collect();
    let config = Config { source_column: Some("origen".to_owned()), ..Config::default() };
    let fields = [FIELDS.as_slice(), &["origen"]].concat();
    let resolution = resolve_with(vec![source("all", &fields, &rows)], &config);
    assert_eq!(sizes(&resolution), vec![2; 1500]);
    assert!(resolution.issues().count("repeated_id") == 0, "an id repeats only within its source");
}

#[test]
fn ids_that_are_not() {
    let rows = [
        customer("7", 0),
        customer("7", 1),
        customer("7#2", 2),
        customer("", 3),
        customer("line-4", 4),
        customer("a", 5),
        customer("A", 6),
        customer("'08", 7),
        customer("8", 8),
        customer("ñ\u{301}", 9),
        customer("x\ny,\"z\"", 10),
    ];
    let config = Config { id: Some("id".to_owned()), ..Config::default() };
    let resolution = resolve_with(vec![source("crm", &FIELDS, &rows)], &config);
    assert_eq!(sizes(&resolution), vec![1; 11]);
    let mut expected =
        vec!["08", "7", "7#2", "7#3", "8", "A", "a", "line-4", "line-4#2", "x\ny,\"z\"", "ñ\u{301}"];
    expected.sort_unstable();
    assert_eq!(ids(&resolution), expected);
    assert_eq!(resolution.issues().count("repeated_id"), 2);
    assert_eq!(resolution.issues().count("missing_id"), 1);
    let error = resolution.explain(("crm", "nobody"), ("crm", "7")).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::UnknownRecord);
}

#[test]
fn the_same_id_in_two_sources_is_two_records() {
    let rows = |n: usize| (0..100).map(|id| customer(&id.to_string(), n + id)).collect::<Vec<_>>();
    let resolution = resolve(vec![source("crm", &FIELDS, &rows(0)), source("shop", &FIELDS, &rows(5000))]);
    assert_eq!(sizes(&resolution), vec![1; 200], "no overlap at all, whatever the ids");
    let resolution = resolve(vec![source("crm", &FIELDS, &rows(0)), source("shop", &FIELDS, &rows(0))]);
    assert_eq!(sizes(&resolution), vec![2; 100], "two identical files");
    let codes: Vec<&str> = resolution.issues().iter().map(|issue| issue.code).collect();
    assert_eq!(&codes[..2], ["duplicate_free_sources", "identical_sources"], "{:?}", resolution.issues());
}

#[test]
fn text_of_all_kinds() {
    let odd = [
        "José",
        "Jose\u{301}",
        "ＪＯＳＥ",
        "Ολυμπία Παπαδοπούλου",
        "Ольга Иванова",
        "مريم الحسن",
        "山田太郎",
        "김민수",
        "🙂🙂🙂",
        "\u{200b}\u{200d}\u{feff}",
        "\u{202e}anA",
        "A\u{0}B",
        "\u{fffd}\u{fffd}",
        "ß ŉ ǆ İ ı",
        "\u{1f468}\u{200d}\u{1f469}",
        "'; DROP TABLE--",
        "=1+1",
        "<b>Ana</b>",
        "\"\"\"",
        ",,,",
        "\t\r\n",
        "-",
        "NaN",
        "null",
        "1e309",
        "é\u{301}\u{301}\u{301}\u{301}",
        "ﷺ",
        "𝔄𝔫𝔞",
        "Ana\u{a0}Ruiz",
        "a@b@c",
        "@",
        "@@",
        "+++",
        "00/00/0000",
        "99999999999999999999",
        "19850301-------",
    ];
    let fields = [
        "nombre",
        "apellidos",
        "email",
        "telefono",
        "direccion",
        "cp",
        "ciudad",
        "pais",
        "fecha de nacimiento",
        "nif",
        "empresa",
        "sexo",
        "web",
    ];
    let rows: Vec<Vec<String>> = (0..odd.len() * 2)
        .map(|n| (0..fields.len()).map(|at| odd[(n / 2 + at * 5) % odd.len()].to_owned()).collect())
        .collect();
    let kinds = [
        "given_name",
        "surname",
        "email",
        "phone",
        "street",
        "postcode",
        "city",
        "country",
        "birth_date",
        "identifier",
        "company",
        "gender",
        "website",
    ];
    let columns =
        fields.iter().zip(kinds).map(|(field, kind)| ((*field).to_owned(), kind.to_owned())).collect();
    let mut config = Config { as_of: Some("2026-01-31".to_owned()), ..Config::default() };
    config
        .sources
        .insert("crm".to_owned(), quilate::pipeline::SourceConfig { columns, ..Default::default() });
    let resolution = resolve_with(vec![source("crm", &fields, &rows)], &config);
    for pair in 0..odd.len() as u64 {
        // Lines are ids here: the two copies of a row are at most as far apart as their evidence says.
        let name = |line: u64| line.to_string();
        let (a, b) = (name(2 * pair + 1), name(2 * pair + 2));
        assert!(resolution.explain(("crm", &a), ("crm", &b)).unwrap().weight.is_finite());
    }
    resolve(vec![source("crm", &fields, &rows)]);
    // Every kind on every text.
    for kind in quilate::AttributeKind::ALL {
        let rows: Vec<Vec<String>> = odd.iter().map(|text| row(&[text, text])).collect();
        let columns = [("a", kind.name().to_owned()), ("b", format!("{kind}:2"))];
        let columns = columns.map(|(field, role)| (field.to_owned(), role)).into();
        let mut config = Config::default();
        config
            .sources
            .insert("crm".to_owned(), quilate::pipeline::SourceConfig { columns, ..Default::default() });
        resolve_with(vec![source("crm", &["a", "b"], &rows)], &config);
    }
}

#[test]
fn columns_named_like_those_of_the_results() {
    let fields = ["entity_id", "members", "sources", "quality", "email", "other_emails", "Email (carried)"];
    let rows: Vec<Vec<String>> = (0..20)
        .map(|n| {
            row(&["x", "12 miembros", "muchas fuentes", "buena calidad", &person(n)[1], "ninguno", "nada"])
        })
        .collect();
    let resolution = resolve(vec![source("crm", &fields, &rows)]);
    let bytes = outputs::write_golden(&resolution, Writer::new(Vec::new())).unwrap().into_inner().unwrap();
    let header = String::from_utf8(bytes).unwrap().lines().next().unwrap().to_owned();
    let names: BTreeSet<&str> = header.split(',').collect();
    assert_eq!(names.len(), header.split(',').count(), "every column has a name of its own: {header}");
}

#[test]
fn lists_in_every_cell() {
    let mut builders = vec![ColumnBuilder::new(), ColumnBuilder::new()];
    for n in 0..40 {
        let [_, email, phone, _] = person(n / 2);
        let other = person(100 + n)[1].clone();
        let emails = if n % 2 == 0 { vec![email, other] } else { vec![other, email] };
        builders[0].push_list(emails.iter().map(String::as_str));
        builders[1].push_list([phone.as_str(); 300]);
    }
    let columns = builders.into_iter().map(ColumnBuilder::finish).collect();
    let source =
        Source::new("crm", vec!["email".to_owned(), "telefono".to_owned()], columns, Vec::new()).unwrap();
    assert_eq!(sizes(&resolve(vec![source])), vec![2; 20]);
}
