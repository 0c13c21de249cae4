//! Customer numbers over runs, on entities that are written down.

use std::collections::BTreeMap;

use super::*;
use crate::cluster::Entities;
use crate::ids::RecordId;
use crate::registry::Event as E;
use proptest::prelude::*;

fn id(number: u64) -> PersistentId {
    PersistentId(number)
}

/// A run: `"a b | c"` are two entities; a record whose name is in capitals is anonymous.
fn run(old: &Registry, entities: &str) -> Advance {
    let mut label_of: BTreeMap<String, u32> = BTreeMap::new();
    for (label, group) in entities.split('|').enumerate() {
        label_of.extend(group.split_whitespace().map(|record| (record.to_owned(), label as u32)));
    }
    let mut ids = Dictionary::default();
    label_of.keys().for_each(|key| {
        ids.push(key);
    });
    let labels: Vec<u32> = label_of.values().copied().collect();
    let source = vec![SourceId(0); labels.len()];
    let names = ["s".to_owned()];
    let records = RunRecords { source_names: &names, source: &source, ids: &ids };
    let known = |record: RecordId| ids.text(record.0).starts_with(|c: char| c.is_lowercase());
    old.advance(&records, &Entities::from_labels(&labels), known)
}

/// Several runs; the last one.
fn runs(runs: &[&str]) -> Advance {
    let mut last: Option<Advance> = None;
    for entities in runs {
        let registry = last.map_or_else(Registry::new, |advance| advance.registry);
        last = Some(run(&registry, entities));
    }
    last.expect("at least one run")
}

fn of(advance: &Advance, record: &str) -> PersistentId {
    advance.registry.entity_of("s", record).expect("a known record")
}

#[test]
fn events_of_a_run() {
    type Row<'a> = (&'a [&'a str], &'a [Event], &'a str);
    let moved = |record, from, to| E::Moved { record: RecordId(record), from: id(from), to: id(to) };
    let rows: &[Row<'_>] = &[
        (&["a b | c"], &[E::Created(id(1)), E::Created(id(2))], "the first run"),
        (&["a b | c", "a b | c"], &[], "nothing has changed"),
        (&["a b | c", "a b | c | d"], &[E::Created(id(3))], "a new customer"),
        (&["a b | c", "a b d | c"], &[], "a new record of an old customer"),
        (&["a b | c", "a b c"], &[E::Merged { entity: id(2), into: id(1) }], "the larger keeps its number"),
        (
            &["c | a b | z", "a b c | z"],
            &[E::Merged { entity: id(2), into: id(1) }],
            "numbers go by first records",
        ),
        (&["a | b", "a b"], &[E::Merged { entity: id(2), into: id(1) }], "of equals the older"),
        (&["a b c", "a | b c"], &[E::SplitFrom { entity: id(2), from: id(1) }], "the larger part keeps it"),
        (
            &["a b", "a | b"],
            &[E::SplitFrom { entity: id(2), from: id(1) }],
            "of equals the part of the first record",
        ),
        (&["a b c | d e", "a b | c d e"], &[moved(2, 1, 2)], "one record moves"),
        (&["a b | c", "a b"], &[E::Retired(id(2))], "all records are gone"),
        (&["a b | c", "a b", "a b | c"], &[E::Revived(id(2))], "and are back"),
        (&["a b | c", "a b", "a b", "a b"], &[], "it retires once"),
        (
            &["a | b", "a b", "a | b"],
            &[E::SplitFrom { entity: id(2), from: id(1) }],
            "unmerged, with its number",
        ),
        (
            &["a | b c", "a b c", "a | b c"],
            &[E::SplitFrom { entity: id(1), from: id(2) }],
            "whoever was the smaller",
        ),
        (&["a b | A B C", "a b A B C"], &[E::Merged { entity: id(1), into: id(2) }], "known before many"),
    ];
    for (run, want, why) in rows {
        assert_eq!(runs(run).events, *want, "{why}: {run:?}");
    }
}

#[test]
fn an_anonymous_visitor_never_takes_a_number_over() {
    // The visitor is older, in that its number is lower, and has more records.
    let before = runs(&["A B C", "A B C | a"]);
    assert_eq!((of(&before, "A"), of(&before, "a")), (id(1), id(2)));
    let after = run(&before.registry, "A B C a");
    assert_eq!(after.ids, [id(2)]);
    assert_eq!(after.registry.resolve(id(1)), Some(id(2)));
}

#[test]
fn splitting_off_the_first_record_splits() {
    let split = runs(&["a b c", "a | b c"]);
    assert_eq!((of(&split, "b"), of(&split, "c"), of(&split, "a")), (id(1), id(1), id(2)));
}

#[test]
fn merging_and_unmerging_gives_the_same_registry() {
    for (apart, together) in [
        ("a | b", "a b"),
        ("a b | c d e | f", "a b c d e | f"),
        ("a | b | c", "a b c"),
        ("a x | b y | c", "a b c x y"),
    ] {
        let before = runs(&[apart]);
        let after = runs(&[apart, together, apart]);
        assert_eq!(after.registry, before.registry, "{apart}");
        assert_eq!(after.ids, before.ids);
    }
    // One merge after the other, taken back in the same order.
    let nested = runs(&["a | b b2 | c", "a | b b2 c", "a b b2 c", "a | b b2 c"]);
    assert_eq!(nested.registry, runs(&["a | b b2 | c", "a | b b2 c"]).registry);
}

#[test]
fn an_alias_leads_to_its_customer_in_one_hop() {
    let merged = runs(&["a b c | d e | f", "a b c | d e f", "a b c d e f"]);
    let aliases: Vec<_> = merged.registry.aliases().collect();
    assert_eq!(aliases, [(id(2), id(1)), (id(3), id(1))]);
    // The customer that 3 was first merged into comes back, and 3 goes with its records.
    let split = run(&merged.registry, "a b c | d e f");
    assert_eq!(split.registry.aliases().collect::<Vec<_>>(), [(id(3), id(2))]);
    assert_eq!(split.registry.resolve(id(3)), Some(id(2)));
    assert_eq!(split.registry.resolve(id(99)), None);
}

#[test]
fn numbers_are_never_given_out_twice() {
    let advance = runs(&["a | b | c", "a b c", "a b c | d", "a b", "a b | e"]);
    assert_eq!(of(&advance, "d"), id(4), "retired, and its number stays its own");
    assert_eq!(of(&advance, "e"), id(5));
}

#[test]
fn absent_records_follow_the_customer() {
    let advance = runs(&["a b | c d", "a b | c", "a b c", "a b c d"]);
    assert_eq!(advance.events, [], "d had become a part of 1 while it was away");
    assert_eq!(of(&advance, "d"), id(1));
    // But only those that were in the customer out of which theirs comes back: e was in another one.
    let advance = runs(&["b | c | d e", "b g | c d", "e | a d", "d | c"]);
    assert_eq!((of(&advance, "d"), of(&advance, "e"), of(&advance, "a")), (id(3), id(4), id(2)));
}

#[test]
fn a_registry_that_contradicts_itself_is_refused() {
    let row = |record, entity| RegistryRow {
        source: "s",
        id: record,
        entity: id(entity),
        born: id(1),
        present: true,
    };
    let no_aliases = BTreeMap::new;
    assert_eq!(
        Registry::from_rows([row("a", 1), row("a", 2)], no_aliases()).unwrap_err().location().line,
        Some(1)
    );
    assert!(Registry::from_rows([row("a", 0)], no_aliases()).is_err());
    assert!(Registry::from_rows([row("a", 1)], BTreeMap::from([(id(3), id(2))])).is_err(), "nowhere");
    let chain = BTreeMap::from([(id(3), id(2)), (id(2), id(1))]);
    assert!(Registry::from_rows([row("a", 1)], chain).is_err(), "an alias of an alias");
    // The second of two files was not reached: the rows are right.
    let early = Registry::from_rows([row("a", 1), row("b", 2)], BTreeMap::from([(id(2), id(1))])).unwrap();
    assert_eq!(early.resolve(id(2)), Some(id(2)));
}

/// A few records in a few entities.
fn any_entities() -> impl Strategy<Value = String> {
    prop::collection::vec((prop::bool::weighted(0.8), 0usize..5), 10).prop_map(|records| {
        let mut groups = vec![String::new(); 5];
        for (name, (present, group)) in "abcdefgHIJ".chars().zip(records) {
            if present {
                groups[group].push(name);
                groups[group].push(' ');
            }
        }
        groups.retain(|group| !group.is_empty());
        groups.join("| ")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    /// After any history: a run without change is silent, numbers are unique, every number that was ever given out leads
    /// to a customer in one hop, and the files hold all that the registry knows.
    #[test]
    fn invariants(history in prop::collection::vec(any_entities(), 1..6)) {
        let mut registry = Registry::new();
        let mut given = std::collections::BTreeSet::new();
        for entities in history.iter().filter(|entities| !entities.is_empty()) {
            let advance = run(&registry, entities);
            let mut ids = advance.ids.clone();
            ids.sort_unstable();
            prop_assert!(ids.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", ids);
            for event in &advance.events {
                if let E::Created(id) = event {
                    prop_assert!(given.insert(*id), "{id} was given out before");
                }
            }
            given.extend(ids);
            let again = run(&advance.registry, entities);
            prop_assert_eq!(&again.events, &Vec::new());
            prop_assert_eq!(&again.registry, &advance.registry);
            registry = advance.registry;
            for id in &given {
                let target = registry.resolve(*id);
                prop_assert!(target.is_some_and(|target| registry.is_live(target)), "{id} is lost");
            }
            let aliases = registry.aliases().collect();
            prop_assert_eq!(&Registry::from_rows(registry.rows(), aliases).unwrap(), &registry);
        }
    }

    /// Records that are appended move nobody.
    #[test]
    fn appended_records_move_nobody(entities in any_entities(), more in any_entities()) {
        prop_assume!(!entities.is_empty());
        let before = run(&Registry::new(), &entities);
        let appended = format!("{entities} | {}", more.to_lowercase().replace(|c: char| c.is_alphabetic(), "y1 "));
        let after = run(&before.registry, &appended);
        for row in before.registry.rows() {
            prop_assert_eq!(after.registry.entity_of(row.source, row.id), Some(row.entity));
        }
    }
}
