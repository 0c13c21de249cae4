//! Golden records from member records: which value survives, where it comes from and what lost.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use quilate::cluster::Entities;
use quilate::merge::{
    Cell, Decision, Field, FieldSpec, Golden, MergeConfig, MergeInput, MergePlan, ReasonKind, UNKNOWN_TIME,
    merge, rule_names,
};
use quilate::normalize::Quality;
use quilate::table::ColumnBuilder;
use quilate::{Column, EntityId, Error, ErrorKind, RecordId, SourceId};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// One member record as a test writes it.
#[derive(Clone, Debug)]
struct Row {
    source: &'static str,
    id: &'static str,
    time: Option<i64>,
    entity: u32,
    cells: Vec<(&'static str, Vec<String>)>,
}

fn row(source: &'static str, id: &'static str, cells: &[(&'static str, &str)]) -> Row {
    let cells = cells.iter().map(|(field, text)| (*field, text.split('|').map(str::to_owned).collect()));
    Row { source, id, time: None, entity: 0, cells: cells.collect() }
}

impl Row {
    fn at(mut self, time: i64) -> Self {
        self.time = Some(time);
        self
    }

    fn of(mut self, entity: u32) -> Self {
        self.entity = entity;
        self
    }
}

/// Columns, plan and golden records of a few rows.
struct World {
    names: Vec<&'static str>,
    rows: Vec<Row>,
    columns: Vec<Column>,
    keys: Vec<Vec<u32>>,
    quality: Vec<Vec<Quality>>,
    source: Vec<SourceId>,
    times: Vec<i64>,
    entities: Entities,
    plan: MergePlan,
}

/// Case, marks and everything but letters and digits do not count.
fn key_of(text: &str) -> String {
    let letters = text.nfd().filter(|&c| !is_combining_mark(c)).flat_map(char::to_lowercase);
    letters.filter(|&c| c.is_alphanumeric() || c == '@').collect()
}

/// `bad...` is invalid, `dubious...` suspicious, `part...` partial, `n/a` a placeholder.
fn quality_of(text: &str) -> Quality {
    match text {
        "n/a" => Quality::Placeholder,
        _ if text.starts_with("bad") => Quality::Invalid,
        _ if text.starts_with("dubious") => Quality::Suspicious,
        _ if text.starts_with("part") => Quality::Partial,
        _ => Quality::Ok,
    }
}

const SCHEMA: &[FieldSpec] = &[
    field("given_name", Some("name"), false),
    field("surname", Some("name"), false),
    field("street", Some("address"), false),
    field("unit", Some("address"), false),
    field("city", Some("address"), false),
    field("postcode", Some("address"), false),
    field("email", None, true),
    field("birth_date", None, false),
    field("identifier", None, false),
    field("segment", None, false),
];

const fn field(name: &'static str, group: Option<&'static str>, keep_all: bool) -> FieldSpec<'static> {
    FieldSpec { name, group, keep_all }
}

impl World {
    fn new(config: &str, rows: Vec<Row>) -> Self {
        Self::try_new(config, rows).expect("a valid configuration")
    }

    fn try_new(config: &str, mut rows: Vec<Row>) -> Result<Self, Error> {
        rows.sort_by_key(|row| (row.source, row.id));
        Self::in_this_order(config, rows)
    }

    fn in_this_order(config: &str, rows: Vec<Row>) -> Result<Self, Error> {
        let sources: BTreeSet<&str> = rows.iter().map(|row| row.source).collect();
        let sources: Vec<String> = sources.into_iter().map(str::to_owned).collect();
        let config: MergeConfig = serde_json::from_str(config).expect("JSON");
        let plan = config.validate(SCHEMA, &sources)?;
        let names: Vec<&str> = SCHEMA.iter().map(|field| field.name).collect();
        let mut columns = Vec::new();
        for name in &names {
            let mut column = ColumnBuilder::new();
            for row in &rows {
                let cell = row.cells.iter().find(|(field, _)| field == name);
                column.push_list(cell.iter().flat_map(|(_, texts)| texts.iter().map(String::as_str)));
            }
            columns.push(column.finish());
        }
        let keys = columns.iter().map(|column| {
            let mut numbers = BTreeMap::new();
            let mut number = |text| {
                let next = numbers.len() as u32;
                *numbers.entry(key_of(text)).or_insert(next)
            };
            column.dictionary().iter().map(&mut number).collect()
        });
        let source =
            |row: &Row| sources.iter().position(|source| source == row.source).map(SourceId::from_index);
        let labels: Vec<u32> = rows.iter().map(|row| row.entity).collect();
        Ok(Self {
            keys: keys.collect(),
            quality: columns
                .iter()
                .map(|column| column.dictionary().iter().map(quality_of).collect())
                .collect(),
            source: rows.iter().filter_map(source).collect(),
            times: rows.iter().map(|row| row.time.unwrap_or(UNKNOWN_TIME)).collect(),
            entities: Entities::from_labels(&labels),
            names,
            rows,
            columns,
            plan,
        })
    }

    fn fields(&self) -> Vec<Field<'_>> {
        let parts = self.names.iter().zip(&self.columns).zip(&self.keys).zip(&self.quality);
        parts
            .map(|(((name, values), key), quality)| Field {
                name,
                values,
                key,
                quality,
                verified: &[],
                cleared: &[],
            })
            .collect()
    }

    fn input<'a>(&'a self, fields: &'a [Field<'a>]) -> MergeInput<'a> {
        MergeInput {
            fields,
            source: &self.source,
            updated_at: &self.times,
            published_at: &[],
            as_of: UNKNOWN_TIME,
            pins: &[],
            entities: &self.entities,
        }
    }

    fn golden(&self) -> Golden {
        merge(&self.plan, &self.input(&self.fields())).expect("input that fits the plan")
    }

    fn at(&self, name: &str) -> usize {
        self.names.iter().position(|known| *known == name).expect("a known field")
    }

    /// `value <- source/id by decision` of the first entity; `-` for none.
    fn cell(&self, name: &str) -> String {
        let (fields, golden) = (self.fields(), self.golden());
        let input = self.input(&fields);
        let view = golden.view(&self.plan, &input).expect("the same input");
        let Cell { record, decision, .. } = golden.cell(EntityId(0), self.at(name));
        let value = view.value(EntityId(0), self.at(name)).unwrap_or("-");
        let record = record.map_or_else(|| "-".to_owned(), |record| self.record(record));
        format!("{value} <- {record} by {decision}")
    }

    fn record(&self, record: RecordId) -> String {
        let row = &self.rows[record.index()];
        format!("{}/{}", row.source, row.id)
    }

    fn values(&self, name: &str) -> Vec<String> {
        let (fields, golden) = (self.fields(), self.golden());
        let input = self.input(&fields);
        let view = golden.view(&self.plan, &input).expect("the same input");
        view.values(EntityId(0), self.at(name)).map(str::to_owned).collect()
    }

    /// `value @ source/id: why`, with `=` before those that agree.
    fn losers(&self, name: &str) -> Vec<String> {
        let (fields, golden) = (self.fields(), self.golden());
        let input = self.input(&fields);
        let provenance =
            golden.view(&self.plan, &input).expect("the same input").provenance(EntityId(0), self.at(name));
        let cell = golden.cell(EntityId(0), self.at(name));
        assert_eq!((provenance.record, provenance.decision), (cell.record, cell.decision));
        let text = |loser: &quilate::merge::Loser| {
            let equal = if loser.agrees { "= " } else { "" };
            format!("{equal}{} @ {}: {}", loser.value, self.record(loser.record), loser.why)
        };
        provenance.losers.iter().map(text).collect()
    }

    /// Score and `field kind` of the first entity, worst first.
    fn quality(&self) -> (u8, Vec<String>) {
        let (fields, golden) = (self.fields(), self.golden());
        let input = self.input(&fields);
        let quality = golden.view(&self.plan, &input).expect("the same input").quality(EntityId(0));
        assert_eq!(quality.score, golden.score(EntityId(0)), "one formula");
        let reasons =
            quality.reasons.iter().map(|reason| format!("{} {}", self.names[reason.field], reason.kind));
        (quality.score, reasons.collect())
    }

    /// Everything that a golden record says, in words, so that worlds can be compared whose codes differ.
    fn dump(&self) -> Vec<String> {
        let (fields, golden) = (self.fields(), self.golden());
        let input = self.input(&fields);
        let view = golden.view(&self.plan, &input).expect("the same input");
        let mut lines = Vec::new();
        for (entity, _) in self.entities.iter() {
            lines.push(format!("{entity}: {} {:?}", golden.score(entity), view.quality(entity)));
            for field in 0..self.names.len() {
                let values: Vec<&str> = view.values(entity, field).collect();
                lines.push(format!("{values:?} {:?}", view.provenance(entity, field)));
            }
        }
        lines
    }

    /// What does not depend on the order of records, by the label of the entity.
    fn by_label(&self) -> BTreeMap<u32, Vec<String>> {
        let (fields, golden) = (self.fields(), self.golden());
        let input = self.input(&fields);
        let view = golden.view(&self.plan, &input).expect("the same input");
        let describe = |(entity, members): (EntityId, &[RecordId])| {
            let mut lines = vec![format!("{:?}", view.quality(entity))];
            for field in 0..self.names.len() {
                let provenance = view.provenance(entity, field);
                let values: Vec<&str> = view.values(entity, field).collect();
                // Twice the same text: the level above is a tie, and which one lost is a matter of the order.
                let named = provenance.record.filter(|_| provenance.decision != Decision::RecordOrder);
                let named = named.map(|record| self.record(record));
                let mut losers: Vec<_> =
                    provenance.losers.iter().map(|l| (l.value, l.agrees, l.why)).collect();
                losers.sort_unstable();
                lines.push(format!("{values:?} {named:?} {} {losers:?}", provenance.decision));
            }
            (self.rows[members[0].index()].entity, lines)
        };
        self.entities.iter().map(describe).collect()
    }
}

fn segment(source: &'static str, id: &'static str, text: &str) -> Row {
    row(source, id, &[("segment", text)])
}

fn for_segment(rules: &str) -> String {
    format!(r#"{{ "fields": {{ "segment": {{ "rules": {rules} }} }} }}"#)
}

/// The winner of `segment` under a chain of rules.
fn under(rules: &str, rows: &[Row]) -> String {
    World::new(&for_segment(rules), rows.to_vec()).cell("segment")
}

// Rules, one by one.

#[test]
fn most_recent_takes_the_latest_change() {
    let rows = [segment("a", "1", "old").at(10), segment("b", "1", "new").at(20), segment("c", "1", "never")];
    assert_eq!(under(r#"["most_recent"]"#, &rows), "new <- b/1 by most_recent");
}

#[test]
fn most_recent_prefers_any_known_time() {
    let rows = [segment("a", "1", "never"), segment("b", "1", "ancient").at(i64::MIN + 1)];
    assert_eq!(under(r#"["most_recent"]"#, &rows), "ancient <- b/1 by most_recent");
    assert_eq!(under(r#"["oldest"]"#, &rows), "ancient <- b/1 by oldest");
}

#[test]
fn most_recent_without_any_time_leaves_it_to_the_next_rule() {
    let rows = [segment("a", "1", "short"), segment("b", "1", "very long")];
    assert_eq!(under(r#"["most_recent", "longest"]"#, &rows), "very long <- b/1 by longest");
}

#[test]
fn absent_values_never_win() {
    let rows =
        [segment("a", "1", "old").at(10), segment("b", "1", "").at(20), segment("c", "1", "n/a").at(30)];
    let world = World::new(r#"{ "rules": ["most_recent"] }"#, rows.to_vec());
    assert_eq!(world.cell("segment"), "old <- a/1 by only_value");
    assert_eq!(world.losers("segment"), ["n/a @ c/1: placeholder"]);
}

#[test]
fn oldest_takes_the_earliest_change() {
    let rows =
        [segment("a", "1", "young").at(20), segment("b", "1", "old").at(-5), segment("c", "1", "never")];
    assert_eq!(under(r#"["oldest"]"#, &rows), "old <- b/1 by oldest");
}

#[test]
fn most_frequent_counts_records_after_normalisation() {
    let rows = [segment("a", "1", "silver"), segment("b", "1", "GOLD"), segment("c", "1", "Gold")];
    assert_eq!(under(r#"["most_frequent"]"#, &rows), "Gold <- c/1 by most_frequent");
}

#[test]
fn most_frequent_counts_a_record_once() {
    let rows =
        [segment("a", "1", "gold|Gold|GOLD"), segment("b", "1", "silver"), segment("c", "1", "silver")];
    assert_eq!(under(r#"["most_frequent"]"#, &rows), "silver <- b/1 by record_order");
}

#[test]
fn a_value_does_not_outnumber_another_by_its_writing() {
    let rows = [segment("a", "1", "Gold").at(1), segment("b", "1", "SILVER").at(2)];
    assert_eq!(under(r#"["most_frequent", "most_recent"]"#, &rows), "SILVER <- b/1 by most_recent");
}

#[test]
fn longest_counts_characters_not_bytes() {
    let rows = [segment("a", "1", "ñññ"), segment("b", "1", "nnnn")];
    assert_eq!(under(r#"["longest"]"#, &rows), "nnnn <- b/1 by longest");
}

#[test]
fn most_complete_takes_the_record_with_most_fields() {
    let rows =
        [segment("a", "1", "x"), row("b", "1", &[("segment", "y"), ("email", "e@x"), ("identifier", "n/a")])];
    assert_eq!(under(r#"["most_complete"]"#, &rows), "y <- b/1 by most_complete");
    let rows = [segment("a", "1", "x"), row("b", "1", &[("segment", "y"), ("identifier", "n/a")])];
    assert_eq!(under(r#"["most_complete"]"#, &rows), "x <- a/1 by bytes", "a placeholder fills nothing");
}

#[test]
fn source_priority_follows_the_list() {
    let rows = vec![segment("a", "1", "x"), segment("b", "1", "y"), segment("c", "1", "z")];
    let world = World::new(r#"{ "rules": ["source_priority"], "source_priority": ["c", "a"] }"#, rows);
    assert_eq!(world.cell("segment"), "z <- c/1 by source_priority");
    assert_eq!(world.losers("segment"), ["x @ a/1: source_priority", "y @ b/1: source_priority"]);
}

#[test]
fn unanimous_or_null() {
    let null = |rows: &[Row]| under(r#"["unanimous_or_null"]"#, rows);
    let agree = [segment("a", "1", "12345678-Z"), segment("b", "1", "12345678z")];
    assert_eq!(null(&agree), "12345678-Z <- a/1 by length");
    let differ = [segment("a", "1", "12345678Z"), segment("b", "1", "12345679Z")];
    assert_eq!(null(&differ), "- <- - by unanimous_or_null");
    let invalid = [segment("a", "1", "12345678Z"), segment("b", "1", "bad1")];
    assert_eq!(null(&invalid), "12345678Z <- a/1 by validity");
    let within_one_record = [segment("a", "1", "12345678Z|12345679Z")];
    assert_eq!(null(&within_one_record), "- <- - by unanimous_or_null");

    let world = World::new(&for_segment(r#"["unanimous_or_null"]"#), differ.to_vec());
    let lost = ["12345678Z @ a/1: unanimous_or_null", "12345679Z @ b/1: unanimous_or_null"];
    assert_eq!(world.losers("segment"), lost);
}

#[test]
fn unanimity_is_asked_of_those_that_still_stand() {
    let rows = [segment("a", "1", "x").at(1), segment("b", "1", "y").at(2), segment("c", "1", "Y").at(2)];
    let rules = r#"["most_recent", "unanimous_or_null", "best_written"]"#;
    assert_eq!(under(rules, &rows), "Y <- c/1 by bytes");
}

#[test]
fn not_contained_passes_over_parts() {
    let rows = [segment("a", "1", "García López").at(1), segment("b", "1", "GARCIA").at(2)];
    assert_eq!(under(r#"["not_contained", "most_recent"]"#, &rows), "García López <- a/1 by not_contained");
    let rows = [segment("a", "1", "García López").at(1), segment("b", "1", "Gómez").at(2)];
    assert_eq!(under(r#"["not_contained", "most_recent"]"#, &rows), "Gómez <- b/1 by most_recent");
}

#[test]
fn best_written_prefers_case_and_then_the_accents_of_the_same_value() {
    let best = |rows: &[Row]| under(r#"["best_written"]"#, rows);
    let rows = [
        segment("a", "1", "MARIA LOPEZ"),
        segment("b", "1", "maría lópez"),
        segment("c", "1", "Maria Lopez"),
    ];
    assert_eq!(best(&rows), "Maria Lopez <- c/1 by best_written");
    let rows = [
        segment("a", "1", "Maria Lopez"),
        segment("b", "1", "María López"),
        segment("c", "1", "María Lopez"),
    ];
    assert_eq!(best(&rows), "María López <- b/1 by best_written");
    let rows = [segment("a", "1", "Peña"), segment("b", "1", "Gil Gil")];
    assert_eq!(best(&rows), "Gil Gil <- b/1 by length", "accents are no merit beside another value");
}

#[test]
fn rules_chain() {
    let rows = [
        segment("a", "1", "x").at(5),
        segment("b", "1", "yy").at(5),
        segment("c", "1", "zz").at(5),
        segment("d", "1", "long but old").at(1),
    ];
    assert_eq!(under(r#"["most_recent", "longest"]"#, &rows), "yy <- b/1 by bytes");
    assert_eq!(under(r#"["longest", "most_recent"]"#, &rows), "long but old <- d/1 by longest");
}

#[test]
fn every_rule_is_deterministic_and_yields_a_member_value_or_null() {
    let rows = [segment("a", "1", "x").at(5), segment("b", "1", "Yy"), segment("b", "2", "Yy").at(7)];
    for rule in rule_names().filter(|rule| !["sum", "avg", "count", "trust"].contains(rule)) {
        let config =
            for_segment(&format!(r#"["{rule}"]"#)).replacen('{', r#"{ "source_priority": ["b"], "#, 1);
        let cell = World::new(&config, rows.to_vec()).cell("segment");
        let allowed = ["x <- a/1", "Yy <- b/1", "Yy <- b/2", "- <- -"];
        assert!(allowed.iter().any(|start| cell.starts_with(start)), "{rule}: {cell}");
    }
}

// The comparator, level by level: each row of candidates is equal above the level, and every level below it would
// choose the other one.

#[test]
fn every_level_of_the_comparator_breaks_ties() {
    let decide = |rows: Vec<Row>| {
        World::new(r#"{ "rules": [], "source_priority": ["p", "q"] }"#, rows).cell("segment")
    };
    let [p, q] = [segment("p", "0", ""), segment("q", "0", "")];
    let with = |rows: Vec<Row>| decide([rows, vec![p.clone(), q.clone()]].concat());

    let rows = vec![segment("p", "1", "bad and longer").at(9), segment("z", "1", "x").at(1)];
    assert_eq!(with(rows), "x <- z/1 by validity");
    let rows = vec![segment("p", "1", "dubious").at(9), segment("z", "1", "part").at(1)];
    assert_eq!(with(rows), "part <- z/1 by validity");
    let rows = vec![segment("q", "1", "x").at(1), segment("a", "1", "longer").at(9)];
    assert_eq!(with(rows), "x <- q/1 by source_rank");
    let rows =
        vec![segment("z", "1", "x").at(9), segment("a", "1", "yy").at(1), segment("b", "1", "yy").at(1)];
    assert_eq!(with(rows), "x <- z/1 by updated_at");
    let rows = vec![segment("y", "1", "z"), segment("z", "1", "z"), segment("a", "1", "longer")];
    assert_eq!(with(rows), "z <- y/1 by record_order");
    let rows = vec![segment("y", "1", "x|longer"), segment("z", "1", "even longer|y")];
    assert_eq!(with(rows), "even longer <- z/1 by length");
    let rows = vec![segment("z", "1", "z|longer"), segment("p", "1", "")];
    assert_eq!(with(rows), "z <- z/1 by list_order");
    let rows = vec![segment("a", "1", "xy"), segment("z", "1", "xyz")];
    assert_eq!(with(rows), "xyz <- z/1 by length");
    let rows = vec![segment("a", "1", "b"), segment("z", "1", "a")];
    assert_eq!(with(rows), "a <- z/1 by bytes");
    let rows = vec![segment("a", "2", "a"), segment("a", "1", "a")];
    assert_eq!(with(rows), "a <- a/1 by record_order");
}

#[test]
fn agreement_counts_sources_not_records() {
    let rows = vec![
        segment("a", "1", "longer"),
        segment("a", "2", "longer"),
        segment("a", "3", "longer"),
        segment("b", "1", "X"),
        segment("c", "1", "x"),
    ];
    let world = World::new(r#"{ "rules": [] }"#, rows);
    assert_eq!(world.cell("segment"), "X <- b/1 by bytes");
    let lost =
        ["longer @ a/1: agreement", "longer @ a/2: agreement", "longer @ a/3: agreement", "= x @ c/1: bytes"];
    assert_eq!(world.losers("segment"), lost);
}

// Groups.

fn address(source: &'static str, street: &str, unit: &str, city: &str, postcode: &str) -> Row {
    row(source, "1", &[("street", street), ("unit", unit), ("city", city), ("postcode", postcode)])
}

fn address_of(world: &World) -> String {
    let values: Vec<String> =
        ["street", "unit", "city", "postcode"].iter().map(|name| world.values(name).concat()).collect();
    values.join(", ")
}

/// Rules that look at one field, or need more than a few records: `tests/golden.rs` has them.
const FOR_ONE_FIELD: [&str; 8] =
    ["sum", "avg", "count", "min", "max", "keep_all", "trust", "prefer_personal"];

#[test]
fn an_address_survives_whole() {
    let cedar = || address("a", "200 Cedar Springs Rd", "", "Dallas", "75255");
    let fifteenth = || address("b", "5000 15th Street", "Suite 950", "Redmond", "98052");
    for rule in rule_names().filter(|rule| *rule != "unanimous_or_null" && !FOR_ONE_FIELD.contains(rule)) {
        for (first, second) in [(1, 2), (2, 1)] {
            let config = format!(r#"{{ "rules": ["{rule}"], "source_priority": ["a"] }}"#);
            let world = World::new(&config, vec![cedar().at(first), fifteenth().at(second)]);
            let golden = address_of(&world);
            let whole =
                ["200 Cedar Springs Rd, , Dallas, 75255", "5000 15th Street, Suite 950, Redmond, 98052"];
            assert!(whole.contains(&golden.as_str()), "{rule}: {golden}");
        }
    }
}

#[test]
fn the_blank_of_a_group_is_kept_and_explained() {
    let rows = vec![
        address("a", "200 Cedar Springs Rd", "", "Dallas", "75255").at(2),
        address("b", "5000 15th Street", "Suite 950", "Redmond", "98052").at(1),
    ];
    let world = World::new("{}", rows);
    assert_eq!(world.cell("unit"), "- <- a/1 by most_recent");
    assert_eq!(world.losers("unit"), ["Suite 950 @ b/1: most_recent"]);
}

#[test]
fn an_empty_group_is_passed_over() {
    let rows =
        vec![address("a", "", "n/a", "", "").at(9), address("b", "Calle Mayor 3", "", "Madrid", "").at(1)];
    let world = World::new(r#"{ "rules": ["most_recent"] }"#, rows);
    assert_eq!(address_of(&world), "Calle Mayor 3, , Madrid, ");
    assert_eq!(world.cell("street"), "Calle Mayor 3 <- b/1 by only_value");
    let nothing = World::new("{}", vec![address("a", "", "", "", ""), address("b", "", "", "", "")]);
    assert_eq!(nothing.cell("street"), "- <- - by no_value");
}

#[test]
fn a_newer_town_alone_does_not_replace_the_same_address() {
    let home = || address("a", "Calle Mayor 3", "2B", "Madrid", "28013").at(1);
    let world = World::new("{}", vec![home(), address("b", "", "", "MADRID", "").at(9)]);
    assert_eq!(address_of(&world), "Calle Mayor 3, 2B, Madrid, 28013");
    assert_eq!(world.cell("street"), "Calle Mayor 3 <- a/1 by not_contained");
    let moved = World::new("{}", vec![home(), address("b", "Gran Via 1", "", "Madrid", "").at(9)]);
    assert_eq!(address_of(&moved), "Gran Via 1, , Madrid, ");
}

#[test]
fn completeness_breaks_the_ties_of_a_group() {
    let rows = vec![
        address("a", "Calle Mayor 3", "", "Madrid", ""),
        address("b", "Gran Via 1", "", "Leon", "24001"),
    ];
    let world = World::new(r#"{ "groups": { "address": { "rules": ["most_recent"] } } }"#, rows);
    assert_eq!(world.cell("street"), "Gran Via 1 <- b/1 by completeness");
}

#[test]
fn one_bad_field_does_not_spoil_an_address() {
    let rows =
        vec![address("a", "Calle Mayor 3", "", "Madrid", "bad").at(1), address("b", "", "", "Leon", "")];
    assert_eq!(World::new("{}", rows).cell("street"), "Calle Mayor 3 <- a/1 by most_recent");
    let rows = vec![address("a", "bad", "", "Madrid", "").at(1), address("b", "", "", "Leon", "")];
    assert_eq!(World::new("{}", rows).cell("city"), "Leon <- b/1 by validity");
}

#[test]
fn declared_groups_survive_together() {
    let rows = vec![
        row("a", "1", &[("identifier", "1"), ("segment", "from a")]).at(1),
        row("b", "1", &[("identifier", "2")]).at(2),
    ];
    let config =
        r#"{ "groups": { "tax": { "fields": ["identifier", "segment"], "rules": ["most_recent"] } } }"#;
    let world = World::new(config, rows.clone());
    assert_eq!(world.cell("segment"), "- <- b/1 by most_recent");
    assert_eq!(World::new("{}", rows).cell("segment"), "from a <- a/1 by only_value");
}

// Names: what a person would choose.

fn name(source: &'static str, id: &'static str, given: &str, surname: &str) -> Row {
    row(source, id, &[("given_name", given), ("surname", surname)])
}

fn name_of(rows: Vec<Row>) -> String {
    let world = World::new("{}", rows);
    format!("{} {}", world.values("given_name").concat(), world.values("surname").concat())
}

#[test]
fn the_full_name_beats_its_abbreviation() {
    let full = || name("crm", "1", "María José", "García López");
    assert_eq!(
        name_of(vec![full(), name("shop", "1", "MARIA J", "GARCIA").at(9)]),
        "María José García López"
    );
    // Also where the abbreviation is in the majority: it says nothing else.
    let shop = vec![full(), name("shop", "1", "MARIA J", "GARCIA"), name("shop", "2", "MARIA J", "GARCIA")];
    assert_eq!(name_of(shop), "María José García López");
}

#[test]
fn the_majority_decides_between_different_names() {
    let rows = vec![
        name("a", "1", "Ana", "Ruiz"),
        name("b", "1", "Ana", "Ruiz"),
        name("c", "1", "Ana Luisa", "Pérez Gil"),
    ];
    assert_eq!(name_of(rows), "Ana Ruiz");
}

#[test]
fn the_best_written_form_of_a_name_survives() {
    let rows = vec![
        name("a", "1", "JOSE", "MUNOZ"),
        name("b", "1", "jose", "munoz"),
        name("c", "1", "José", "Muñoz"),
        name("d", "1", "Jose", "Munoz").at(9),
    ];
    assert_eq!(name_of(rows), "José Muñoz");
}

#[test]
fn given_name_and_surname_are_never_mixed() {
    let rows = vec![name("a", "1", "Patrick", "Smith").at(1), name("b", "1", "Patricia", "Jones").at(1)];
    let golden = name_of(rows);
    assert!(["Patrick Smith", "Patricia Jones"].contains(&golden.as_str()), "{golden}");
}

#[test]
fn a_crowd_of_names_is_counted_and_still_decided() {
    let ids: Vec<&'static str> = (0..80).map(|i| &*Box::leak(format!("{i:02}").into_boxed_str())).collect();
    let rows = ids.iter().map(|id| name("a", id, "Ana", &format!("Ruiz {id}"))).collect();
    let world = World::new("{}", rows);
    assert_eq!(world.golden().skipped_comparisons(), 1);
    assert_eq!(world.cell("surname"), "Ruiz 00 <- a/00 by bytes");
}

// Fields that keep all values.

fn email(source: &'static str, id: &'static str, text: &str) -> Row {
    row(source, id, &[("email", text)])
}

#[test]
fn kept_values_follow_the_winner_in_comparator_order_distinct_by_key() {
    let rows = vec![
        email("a", "1", "old@x").at(1),
        email("b", "1", "new@x|second@x").at(9),
        email("c", "1", "OLD@x|n/a").at(5),
        email("d", "1", "bad@x").at(20),
    ];
    let world = World::new("{}", rows);
    assert_eq!(world.values("email"), ["new@x", "second@x", "OLD@x", "bad@x"]);
    let lost = ["= old@x @ a/1: most_recent", "n/a @ c/1: placeholder"];
    assert_eq!(world.losers("email"), lost);
}

#[test]
fn a_list_in_a_single_record_is_kept_in_its_order() {
    let world = World::new("{}", vec![email("a", "1", "z@x|longest@x|a@x")]);
    assert_eq!(world.values("email"), ["z@x", "longest@x", "a@x"]);
    assert_eq!(world.cell("email"), "z@x <- a/1 by list_order");
    let one =
        World::new(r#"{ "fields": { "email": { "keep_all": false } } }"#, vec![email("a", "1", "z@x|a@x")]);
    assert_eq!(one.values("email"), ["z@x"]);
    assert_eq!(one.losers("email"), ["a@x @ a/1: list_order"]);
}

// Quality.

#[test]
fn quality_of_a_complete_confirmed_record_is_100() {
    let cells = [
        ("given_name", "Ana"),
        ("surname", "Ruiz"),
        ("street", "Mayor 3"),
        ("city", "Madrid"),
        ("postcode", "28013"),
        ("email", "ana@x"),
        ("birth_date", "1980-01-02"),
        ("identifier", "1Z"),
    ];
    let world = World::new("{}", vec![row("a", "1", &cells), row("b", "1", &cells)]);
    assert_eq!(world.quality(), (100, vec![]));
    let once = World::new("{}", vec![row("a", "1", &cells), row("a", "2", &cells)]);
    let reasons =
        ["email unconfirmed", "given_name unconfirmed", "surname unconfirmed"].map(str::to_owned).to_vec();
    assert_eq!(once.quality(), (80, reasons), "a source does not confirm itself");
}

#[test]
fn quality_names_the_three_worst_reasons() {
    // Weights: given_name 2, surname 2, street 2, city 1, postcode 1, email 3, birth_date 1, identifier 1: 13.
    let cells = [("given_name", "Ana"), ("surname", "part R"), ("email", "bad@x"), ("birth_date", "dubious")];
    let world = World::new("{}", vec![row("a", "1", &cells)]);
    // (2 * 80 + 2 * 50 + 3 * 0 + 1 * 30) / 13 = 22.3
    let reasons = ["email invalid", "street missing", "surname incomplete"].map(str::to_owned).to_vec();
    assert_eq!(world.quality(), (22, reasons));
}

#[test]
fn contradiction_costs_and_is_named() {
    let config = r#"{ "fields": {
        "given_name": { "weight": 0 }, "surname": { "weight": 0 }, "street": { "weight": 0 }, "city": { "weight": 0 },
        "postcode": { "weight": 0 }, "email": { "weight": 0 }, "identifier": { "weight": 0 } } }"#;
    let born = |source, date: &str| row(source, "1", &[("birth_date", date)]);
    let of = |rows: Vec<Row>| World::new(config, rows).quality();
    let contested = || vec!["birth_date contested".to_owned()];
    assert_eq!(of(vec![born("a", "1980-01-02"), born("b", "1981-01-02")]), (50, contested()));
    assert_eq!(
        of(vec![born("a", "1980-01-02"), born("b", "1981"), born("c", "1980-01-02")]),
        (80, contested())
    );
    assert_eq!(
        of(vec![born("a", "1980-01-02"), born("b", "bad")]),
        (80, vec!["birth_date unconfirmed".to_owned()])
    );
    assert_eq!(of(vec![born("a", ""), born("b", "n/a")]), (0, vec!["birth_date missing".to_owned()]));
    let vetoed = config.replacen(
        r#""identifier": {"#,
        r#""birth_date": { "rules": ["unanimous_or_null"] }, "identifier": {"#,
        1,
    );
    let vetoed = World::new(&vetoed, vec![born("a", "1980-01-02"), born("b", "1981-01-02")]);
    assert_eq!(vetoed.quality(), (0, contested()));
}

#[test]
fn an_abbreviated_name_does_not_contest_the_full_one() {
    let rows = vec![name("a", "1", "María José", "García"), name("b", "1", "M. J.", "GARCIA")];
    let world = World::new("{}", rows);
    let (fields, golden) = (world.fields(), world.golden());
    let input = world.input(&fields);
    let view = golden.view(&world.plan, &input).expect("the same input");
    assert!(view.quality(EntityId(0)).reasons.iter().all(|reason| reason.kind != ReasonKind::Contested));
}

// Many entities: the work is cut in pieces, which must not show.

#[test]
fn each_of_many_entities_gets_its_own_cells() {
    const ENTITIES: u32 = 10_000;
    let id = |i: u32| &*Box::leak(format!("{i:05}").into_boxed_str());
    let mut rows = Vec::new();
    for entity in 0..ENTITIES {
        let text = format!("{entity}@x|second.{entity}@x");
        rows.push(row("a", id(entity), &[("email", &text), ("segment", "Gold")]).of(entity));
        if entity % 7 == 0 {
            rows.push(row("b", id(entity), &[("email", &format!("third.{entity}@x"))]).at(1).of(entity));
        }
    }
    let world = World::new("{}", rows);
    let (fields, golden) = (world.fields(), world.golden());
    let input = world.input(&fields);
    let view = golden.view(&world.plan, &input).expect("the same input");
    assert_eq!(golden.len(), ENTITIES as usize);
    for (entity, _) in world.entities.iter() {
        let mut want = vec![format!("{entity}@x"), format!("second.{entity}@x")];
        if entity.0 % 7 == 0 {
            want.insert(0, format!("third.{entity}@x"));
        }
        assert_eq!(view.values(entity, world.at("email")).collect::<Vec<_>>(), want);
        assert_eq!(view.value(entity, world.at("segment")), Some("Gold"));
        assert_eq!(view.quality(entity).score, golden.score(entity));
    }
    assert_eq!(golden.field_index("segment"), Some(world.at("segment")));
}

// Misuse.

fn error(config: &str) -> String {
    let rows = vec![segment("crm", "1", "x"), segment("shop", "1", "y")];
    let error = World::try_new(config, rows).err().expect("an error");
    assert_eq!(error.kind(), ErrorKind::Config);
    error.to_string()
}

#[test]
fn errors_name_the_path_and_the_cure() {
    let rules = "avg, best_written, count, keep_all, longest, max, min, most_complete, most_frequent, most_recent, \
                 not_contained, not_misspelled, oldest, prefer_personal, prefer_verified, source_priority, sum, trust, unanimous_or_null";
    let cases = [
        (
            r#"{ "fields": { "email": { "rules": ["most_recent", "lucky"] } } }"#,
            format!("merge.fields.email.rules[1]: unknown survivorship rule \"lucky\"; use one of {rules}"),
        ),
        (
            r#"{ "groups": { "name": { "rules": ["most_recnt"] } } }"#,
            format!("merge.groups.name.rules[0]: unknown survivorship rule \"most_recnt\"; use one of {rules}"),
        ),
        (r#"{ "source_priority": ["crm", "till"] }"#, "merge.source_priority[1]: unknown source \"till\"; use one of crm, shop".into()),
        (r#"{ "source_priority": ["crm", "crm"] }"#, "merge.source_priority[1]: source \"crm\" is listed twice".into()),
        (
            r#"{ "rules": ["source_priority"] }"#,
            "merge.rules[0]: rule \"source_priority\" has no priorities to go by; list the sources in \
             merge.source_priority, the most trusted first"
                .into(),
        ),
        (r#"{ "rules": ["oldest", "oldest"] }"#, "merge.rules[1]: rule \"oldest\" is in the chain already".into()),
        (
            r#"{ "fields": { "city": { "rules": ["oldest"] } } }"#,
            "merge.fields.city.rules: the field survives with group \"address\"; give the rules to merge.groups.address".into(),
        ),
        (
            r#"{ "fields": { "email": { "rules": ["unanimous_or_null"] } } }"#,
            "merge.fields.email: a field cannot keep all values and be null when they differ; give it \
             other rules, or set keep_all = false".into(),
        ),
        (
            r#"{ "groups": { "tax": { "fields": ["city"] } } }"#,
            "merge.groups.tax.fields[0]: field \"city\" is in group \"address\" already".into(),
        ),
        (
            r#"{ "groups": { "tax": {} } }"#,
            "merge.groups.tax: unknown group \"tax\"; name its fields in `fields`, or use a group that the data has".into(),
        ),
        (r#"{ "fields": { "email": { "weight": 1001 } } }"#, "merge.fields.email.weight: weight 1001 is above 1000".into()),
    ];
    for (config, want) in cases {
        assert_eq!(error(config), want);
    }
    assert!(
        error(r#"{ "fields": { "emial": {} } }"#)
            .starts_with("merge.fields.emial: unknown field \"emial\"; use one of")
    );
    assert!(serde_json::from_str::<MergeConfig>(r#"{ "fields": { "email": { "rule": [] } } }"#).is_err());
}

#[test]
fn a_configuration_survives_its_text_form() {
    let text = r#"{"source_priority":["crm"],"fields":{"email":{"keep_all":false,"weight":7}},"groups":{"name":{"rules":[]}}}"#;
    let config: MergeConfig = serde_json::from_str(text).expect("JSON");
    assert_eq!(serde_json::to_string(&config).expect("JSON"), text);
    assert_eq!(serde_json::to_string(&MergeConfig::default()).expect("JSON"), "{}");
}

#[test]
fn input_that_does_not_fit_is_an_error() {
    let world = World::new("{}", vec![segment("a", "1", "x"), segment("a", "2", "y").of(1)]);
    let fields = world.fields();
    let fails = |input: MergeInput| merge(&world.plan, &input).expect_err("an error").to_string();
    let input = world.input(&fields);
    assert_eq!(
        fails(MergeInput { fields: &fields[1..], ..input }),
        "merge: the plan has 10 fields, the input 9"
    );
    let swapped: Vec<Field> = fields.iter().rev().copied().collect();
    assert!(
        fails(MergeInput { fields: &swapped, ..input })
            .contains("\"given_name\" where the input has \"segment\"")
    );
    assert!(fails(MergeInput { updated_at: &[1], ..input }).contains("1 records have a time"));
    assert!(fails(MergeInput { source: &[SourceId(0)], ..input }).contains("1 records have a source"));
    assert!(fails(MergeInput { source: &[SourceId(0), SourceId(7)], ..input }).contains("source number 7"));
    let mut short = fields.clone();
    short[9].key = &[];
    assert!(fails(MergeInput { fields: &short, ..input }).contains("not as many keys"));
    let other = Entities::from_labels(&[0]);
    assert!(fails(MergeInput { entities: &other, ..input }).contains("the entities 1"));
    let golden = world.golden();
    let joined = Entities::from_labels(&[0, 0]);
    assert!(golden.view(&world.plan, &MergeInput { entities: &joined, ..input }).is_err());
    assert!(merge(&world.plan, &MergeInput { updated_at: &[], ..input }).is_ok(), "times are optional");
}

// Properties.

const IDS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];
const CHAINS: [&str; 6] = [
    "{}",
    r#"{ "rules": [] }"#,
    r#"{ "rules": ["most_recent", "longest"] }"#,
    r#"{ "rules": ["most_frequent", "oldest"], "source_priority": ["b"] }"#,
    r#"{ "rules": ["not_contained", "best_written", "source_priority"], "source_priority": ["c", "a"] }"#,
    r#"{ "rules": ["most_complete"], "fields": { "birth_date": { "rules": ["unanimous_or_null"] } } }"#,
];

fn any_text() -> impl Strategy<Value = &'static str> {
    let texts = [
        "",
        "Ana",
        "ANA",
        "ana",
        "Aná",
        "A.",
        "Ana Ruiz",
        "Ruiz",
        "bad 1",
        "dubious 2",
        "part 3",
        "n/a",
        "Luis|Ana",
        "x|y|X",
    ];
    prop::sample::select(texts.to_vec())
}

/// Records of all three sources, so that every chain is valid, in up to three entities.
fn any_rows() -> impl Strategy<Value = Vec<Row>> {
    let cells = prop::collection::vec(any_text(), SCHEMA.len());
    let record = (prop::option::of(0..4i64), 0..3u32, cells);
    prop::collection::vec(record, 3..12).prop_map(|records| {
        let row = |(i, (time, entity, texts)): (usize, (Option<i64>, u32, Vec<&'static str>))| {
            let cells: Vec<(&'static str, &str)> = SCHEMA.iter().map(|field| field.name).zip(texts).collect();
            Row { time, entity, ..row(["a", "b", "c"][i % 3], IDS[i / 3], &cells) }
        };
        records.into_iter().enumerate().map(row).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Golden values, decisions, scores and the reasons of the losers are those of the set: records in any order give
    /// the same. Only which of several records with the same text is named follows the canonical order.
    #[test]
    fn golden_is_a_function_of_the_set_of_records(
        (rows, shuffled) in any_rows().prop_flat_map(|rows| (Just(rows.clone()), Just(rows).prop_shuffle())),
        chain in 0..CHAINS.len(),
    ) {
        let world = World::in_this_order(CHAINS[chain], rows).expect("a valid configuration");
        let other = World::in_this_order(CHAINS[chain], shuffled).expect("a valid configuration");
        prop_assert_eq!(world.by_label(), other.by_label());
    }

    /// Codes are names: numbering the dictionary, the keys and the entities in another way changes nothing.
    #[test]
    fn the_numbering_of_codes_does_not_show(rows in any_rows(), chain in 0..CHAINS.len()) {
        let plain = World::new(CHAINS[chain], rows.clone());
        let mut renumbered = World::new(CHAINS[chain], rows);
        for field in 0..SCHEMA.len() {
            let old = &plain.columns[field];
            let mut column = ColumnBuilder::new();
            let texts: Vec<&str> = old.dictionary().iter().collect();
            for text in texts.iter().rev() {
                column.code(text);
            }
            for record in 0..old.len() {
                column.push_list(old.values(record));
            }
            renumbered.columns[field] = column.finish();
            renumbered.quality[field].reverse();
            renumbered.keys[field] = plain.keys[field].iter().rev().map(|key| 1000 - key).collect();
        }
        prop_assert_eq!(plain.dump(), renumbered.dump());
    }

    /// A golden record is a view: other entities have no part in it, so that an unmerge is exact.
    #[test]
    fn an_entity_does_not_depend_on_the_others(rows in any_rows(), chain in 0..CHAINS.len()) {
        let together = World::new(CHAINS[chain], rows.clone());
        let (fields, golden) = (together.fields(), together.golden());
        let input = together.input(&fields);
        let view = golden.view(&together.plan, &input).expect("the same input");
        for (entity, members) in together.entities.iter() {
            // The other records stay as strangers of one record each, so that the sources are the same.
            let mut alone = World::new(CHAINS[chain], rows.clone());
            let labels: Vec<u32> = (0..rows.len() as u32)
                .map(|record| if members.contains(&RecordId(record)) { members[0].0 } else { record })
                .collect();
            alone.entities = Entities::from_labels(&labels);
            let again = alone.entities.entity_of(members[0]);
            let (fields, other) = (alone.fields(), alone.golden());
            let input = alone.input(&fields);
            let other = other.view(&alone.plan, &input).expect("the same input");
            for field in 0..SCHEMA.len() {
                prop_assert_eq!(view.provenance(entity, field), other.provenance(again, field));
                prop_assert!(view.values(entity, field).eq(other.values(again, field)));
            }
        }
    }

    /// Every value comes from the record that it is said to come from, groups from one record, and nothing is lost:
    /// golden values and losers together are the values of the members.
    #[test]
    fn provenance_is_true_and_complete(rows in any_rows(), chain in 0..CHAINS.len()) {
        let world = World::new(CHAINS[chain], rows);
        let (fields, golden) = (world.fields(), world.golden());
        let input = world.input(&fields);
        let view = golden.view(&world.plan, &input).expect("the same input");
        let (mut explainer, mut cells) = (view.explainer(), Vec::new());
        for (entity, members) in world.entities.iter() {
            explainer.provenances(entity, &mut cells);
            prop_assert_eq!(cells.len(), SCHEMA.len());
            for (index, spec) in SCHEMA.iter().enumerate() {
                let provenance = view.provenance(entity, index);
                let mut contradicted = provenance.clone();
                contradicted.losers.retain(|loser| !loser.agrees);
                prop_assert_eq!(&cells[index], &contradicted, "one by one and all at once");
                if let Some(value) = provenance.value {
                    let record = provenance.record.expect("a value has a record");
                    prop_assert!(members.contains(&record));
                    prop_assert!(world.columns[index].values(record.index()).any(|text| text == value));
                    prop_assert_ne!(quality_of(value), Quality::Placeholder);
                }
                let all: usize = members.iter().map(|record| world.columns[index].codes(record.index()).len()).sum();
                prop_assert_eq!(view.values(entity, index).count() + provenance.losers.len(), all);
                let group = SCHEMA.iter().position(|other| spec.group.is_some() && other.group == spec.group);
                if let Some(first) = group {
                    prop_assert_eq!(provenance.record, golden.cell(entity, first).record);
                }
            }
        }
    }
}
