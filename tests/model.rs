//! The trained model: what it learns from records whose truth is known, and what a weight is made of.

use quilate::block::{BlockMethod, Neighbours, Rule};
use quilate::cluster::{ClusterMethod, Entities};
use quilate::compare::{Comparisons, PairLevels, name_level};
use quilate::normalize::attributes::{Attribute, Attributes};
use quilate::pipeline::matching::{LinkType, MatchOptions, Matching, Overrides, run};
use quilate::report::{BlockingMetrics, Metrics, explain};
use quilate::score::{ComparisonModel, Frequencies, MODEL_VERSION, Model, Scorer};
use quilate::{AttributeKind, ErrorKind, RecordId, SourceId};

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % bound as u64) as usize
    }

    fn percent(&mut self, share: usize) -> bool {
        self.below(100) < share
    }

    /// A name of its own for each number.
    fn name(number: usize) -> String {
        const SYLLABLES: [&str; 14] =
            ["bar", "ce", "dim", "fo", "gu", "lan", "me", "nir", "po", "rus", "sal", "te", "vin", "zo"];
        let mut draw = Self(number as u64 * 7919);
        (0..3).map(|_| SYLLABLES[draw.below(SYLLABLES.len())]).collect()
    }

    fn slip(&mut self, name: &str) -> String {
        let mut letters: Vec<char> = name.chars().collect();
        let at = 1 + self.below(letters.len() - 2);
        letters.remove(at);
        letters.into_iter().collect()
    }
}

const PEOPLE: usize = 1500;

/// Shares of second records, in percent, whose phone is another one, whose birth date is missing, and whose surname
/// has a slip.
const OTHER_PHONE: usize = 20;
const NO_DATE: usize = 30;
const SLIP: usize = 10;

/// 1,500 people in two sources; the second knows them with errors of known shares.
fn people() -> (Attributes, Vec<Option<u32>>) {
    let mut random = Random(5);
    let mut rows: Vec<[String; 4]> = Vec::new();
    for _ in 0..PEOPLE {
        let date =
            format!("{}{:02}{:02}", 1940 + random.below(60), 1 + random.below(12), 1 + random.below(28));
        let phone = format!("6{:08}", random.below(100_000_000));
        let given = Random::name(random.below(120));
        let surname = Random::name(1000 + random.below(400).min(random.below(400)));
        rows.push([given, surname, date, phone]);
    }
    for person in 0..PEOPLE {
        let [given, mut surname, mut date, mut phone] = rows[person].clone();
        if random.percent(SLIP) {
            surname = random.slip(&surname);
        }
        if random.percent(NO_DATE) {
            date.clear();
        }
        if random.percent(OTHER_PHONE) {
            phone = format!("7{:08}", random.below(100_000_000));
        }
        rows.push([given, surname, date, phone]);
    }
    let kinds =
        [AttributeKind::GivenName, AttributeKind::Surname, AttributeKind::BirthDate, AttributeKind::Phone];
    let column = |(at, kind): (usize, &AttributeKind)| Attribute {
        name: kind.name().to_owned(),
        kind: *kind,
        column: rows.iter().map(|row| Some(row[at].as_str())).collect(),
    };
    let columns = kinds.iter().enumerate().map(column).collect();
    let source = (0..2 * PEOPLE).map(|record| SourceId(u16::from(record >= PEOPLE))).collect();
    (
        Attributes { source, columns },
        (0..2 * PEOPLE as u32).map(|record| Some(record % PEOPLE as u32)).collect(),
    )
}

/// Pairs that a source has merged.
fn merged<const N: usize>(pairs: [(u32, u32); N]) -> Overrides {
    Overrides { merged: pairs.to_vec(), ..Overrides::default() }
}

fn matched(attributes: &Attributes, link_type: LinkType, threshold: Option<f64>) -> Matching {
    run(
        &Comparisons::new(attributes),
        &MatchOptions { link_type, threshold, ..MatchOptions::default() },
        &Overrides::default(),
    )
    .unwrap()
}

#[test]
fn learns_the_shares_of_errors_without_labels() {
    let (attributes, truth) = people();
    let matching = matched(&attributes, LinkType::LinkAndDedupe, None);
    assert_eq!(matching.em.len(), 2);
    assert!(matching.em.iter().all(|em| em.converged && em.iterations > 1), "{:?}", matching.em);

    let expected = PEOPLE as f64;
    assert!((matching.estimated_matches() / expected - 1.0).abs() < 0.02, "{}", matching.estimated_matches());

    // Every error was drawn, so what is learned is compared with what came up.
    let share = |column: usize, counts: &dyn Fn(Option<&str>, Option<&str>) -> bool| {
        let column = &attributes.columns[column].column;
        let pairs = (0..PEOPLE).map(|person| (column.get(person), column.get(person + PEOPLE)));
        let present = pairs.filter(|(a, b)| a.is_some() && b.is_some());
        let (all, some) =
            present.fold((0, 0), |(all, some), (a, b)| (all + 1, some + usize::from(counts(a, b))));
        some as f64 / all as f64
    };
    let model = &matching.model.comparisons;
    for (at, comparison) in model.iter().enumerate() {
        let (learned, real) = (comparison.m[0][0], share(at, &|a, b| a == b));
        assert!((learned - real).abs() < 0.015, "{}: {learned} for {real}", comparison.name);
    }
    assert!(model[1].m[0][name_level::CLOSE as usize] > 0.05, "most slips in surnames are level `one slip`");

    let metrics = Metrics::of_entities(&matching.entities, &truth).unwrap();
    assert!(metrics.precision >= 0.98 && metrics.recall >= 0.99, "{metrics:?}");
    let blocking = BlockingMetrics::new(matching.candidate_pairs(), &truth).unwrap();
    assert!(blocking.recall >= 0.998, "{blocking:?}");
    let reduction = 1.0 - blocking.candidates as f64 / matching.possible_pairs;
    assert!(reduction >= 0.98, "{reduction}: {blocking:?}");
}

#[test]
fn explained_weights_add_up() {
    let (attributes, _) = people();
    let comparisons = Comparisons::new(&attributes);
    let matching = matched(&attributes, LinkType::LinkAndDedupe, None);
    // There are no addresses in this world, so that few pairs are relatives: once as learned, once with many.
    let many = Model { lambda_h: 0.01, ..matching.model.clone() };
    let mut households = 0;
    for model in [&matching.model, &many] {
        households = add_up(&Scorer::new(&comparisons, model, &matching.frequencies), model, &matching);
    }
    assert!(households > 0, "some pairs share what a household shares");
}

/// Checks the explanations of many pairs; gives the number of pairs that the household class pulls down.
fn add_up(scorer: &Scorer<'_>, model: &Model, matching: &Matching) -> usize {
    let comparisons = scorer.comparisons();
    let learned = model == &matching.model;
    let mut random = Random(9);
    let scored =
        matching.edges.iter().step_by(7).map(|edge| (edge.a, edge.b, learned.then_some(edge.score.weight)));
    let others =
        (0..300).map(|_| (random.below(PEOPLE) as u32, (PEOPLE + random.below(PEOPLE)) as u32, None));
    let mut pair = PairLevels::default();
    let mut households = 0;
    for (a, b, stored) in scored.chain(others) {
        let explanation = explain(scorer, RecordId(a), RecordId(b), false, false);
        let rows: f64 = explanation.comparisons.iter().map(|row| row.weight).sum();
        let sum = explanation.prior + rows + explanation.household;
        assert!((sum - explanation.weight).abs() < 1e-9, "{explanation}");
        assert!(stored.is_none_or(|weight| weight == explanation.weight), "{explanation}");

        // From the probabilities, without logarithms on the way.
        comparisons.evaluator().evaluate(a as usize, b as usize, &mut pair);
        let (mut m, mut h, mut u) = (model.lambda, model.lambda_h, 1.0);
        u -= m + h;
        for (at, row) in explanation.comparisons.iter().enumerate() {
            let Some(evidence) = scorer.evidence(at, &pair) else {
                assert_eq!((row.level, row.weight), ("missing", 0.0));
                continue;
            };
            (m, h, u) = (m * evidence.m.exp2(), h * evidence.h.exp2(), u * evidence.u.exp2());
            assert!((row.weight - (row.m / row.u).log2()).abs() < 1e-9, "{row:?}");
        }
        let weight = (m / (h + u)).log2();
        // Shares by group are kept as f32.
        assert!((weight - explanation.weight).abs() < 1e-4, "{weight} for {explanation}");
        assert!(explanation.household < 1e-4, "relatives never speak for a match: {explanation}");
        assert!((explanation.probability - m / (m + h + u)).abs() < 1e-4, "{explanation}");
        households += usize::from(explanation.household < -1.0);
    }
    households
}

/// One surname that every third record has, one that two have, one that nobody shares.
fn surnames() -> Attributes {
    let name = |record: usize| match record {
        0 | 1 => "urdangarin".to_owned(),
        _ if record.is_multiple_of(3) => "garcia".to_owned(),
        _ => format!("{}{record}", Random::name(record)),
    };
    let names: Vec<String> = (0..600).map(name).collect();
    let column = names.iter().map(|name| Some(name.as_str())).collect();
    let attribute = Attribute { name: "surname".to_owned(), kind: AttributeKind::Surname, column };
    Attributes { source: vec![SourceId(0); names.len()], columns: vec![attribute] }
}

fn hand_made(levels: usize, cap: Option<f64>) -> Model {
    let row = |first: f64| {
        let mut row = vec![(1.0 - first) / (levels - 1) as f64; levels];
        row[0] = first;
        row
    };
    let comparison = ComparisonModel {
        name: "surname".to_owned(),
        m: vec![row(0.8)],
        u: vec![row(0.1)],
        h: None,
        parents: Vec::new(),
        cap,
    };
    Model { version: MODEL_VERSION, lambda: 1e-3, lambda_h: 1e-3, comparisons: vec![comparison] }
}

#[test]
fn a_rare_surname_says_more_than_a_frequent_one() {
    let attributes = surnames();
    let comparisons = Comparisons::new(&attributes);
    let frequencies = Frequencies::of_records(&comparisons);
    let bits = |cap, a, b| {
        let model = hand_made(comparisons.items()[0].levels.len(), cap);
        let scorer = Scorer::new(&comparisons, &model, &frequencies);
        let mut pair = PairLevels::default();
        comparisons.evaluator().evaluate(a, b, &mut pair);
        let evidence = scorer.evidence(0, &pair).unwrap();
        evidence.m - evidence.u
    };
    let garcias = (2..600).filter(|record| record % 3 == 0).count() as f64;
    let (rare, frequent) = (bits(None, 0, 1), bits(None, 3, 6));
    // Fifty carriers of which one in a thousand has the name come before the 600 that were counted.
    let share = |others: f64| (others + 50.0 * 1e-3) / 650.0;
    assert!((frequent - (0.8 / share(garcias - 1.0)).log2()).abs() < 1e-4, "{frequent}");
    assert!((rare - (0.8 / share(1.0)).log2()).abs() < 1e-4, "{rare}");
    // Disagreement costs the same whoever disagrees; an attribute with few values is held between its caps.
    assert!((bits(None, 0, 3) - bits(None, 1, 4)).abs() < 1.0 && bits(None, 0, 3) < 0.0);
    assert_eq!(bits(Some(3.0), 0, 1), 3.0);
    assert!((bits(Some(3.0), 3, 6) - frequent).abs() < 1e-12);
}

#[test]
fn a_model_survives_json_to_the_last_bit() {
    let (attributes, _) = people();
    let matching = matched(&attributes, LinkType::LinkAndDedupe, None);
    let text = serde_json::to_string(&matching.model).unwrap();
    let read: Model = serde_json::from_str(&text).unwrap();
    assert_eq!(read, matching.model);
    let comparisons = Comparisons::new(&attributes);
    let scorer = Scorer::new(&comparisons, &read, &matching.frequencies);
    let mut pair = PairLevels::default();
    for edge in matching.edges.iter().take(500) {
        comparisons.evaluator().evaluate(edge.a as usize, edge.b as usize, &mut pair);
        assert_eq!(scorer.score(&pair), edge.score);
    }
}

fn same(entities: &Entities, a: usize, b: usize) -> bool {
    entities.entity_of(RecordId(a as u32)) == entities.entity_of(RecordId(b as u32))
}

#[test]
fn link_types() {
    // The two sources, and a third that repeats the first tenth of the second.
    let (mut attributes, _) = people();
    let order: Vec<u32> =
        (0..2 * PEOPLE as u32).chain(PEOPLE as u32..(PEOPLE + PEOPLE / 10) as u32).collect();
    for attribute in &mut attributes.columns {
        attribute.column = attribute.column.gather(&order);
    }
    attributes.source.resize(order.len(), SourceId(1));
    let source = &attributes.source;
    let sources = |entities: &Entities| {
        let of = |members: &[RecordId]| members.iter().map(|r| source[r.index()].0).collect::<Vec<_>>();
        entities.iter().map(|(_, members)| of(members)).filter(|of| of.len() > 1).collect::<Vec<_>>()
    };
    let both = matched(&attributes, LinkType::LinkAndDedupe, None);
    assert!(sources(&both.entities).iter().any(|of| of == &[0, 1, 1]), "a customer with a duplicate");

    let link = matched(&attributes, LinkType::LinkOnly, None);
    let linked = sources(&link.entities);
    assert!(linked.len() > PEOPLE * 9 / 10, "{}", linked.len());
    assert!(linked.iter().all(|of| of == &[0, 1]));
    assert!(link.edges.iter().all(|edge| source[edge.a as usize] != source[edge.b as usize]));
    assert_eq!(link.possible_pairs, (PEOPLE * (PEOPLE + PEOPLE / 10)) as f64);

    let dedupe = matched(&attributes, LinkType::DedupeOnly, None);
    let duplicates = sources(&dedupe.entities);
    assert!(duplicates.len() >= PEOPLE / 10 * 95 / 100, "{}", duplicates.len());
    assert!(duplicates.iter().all(|of| of.iter().all(|source| *source == 1)));
    assert_eq!(both.possible_pairs, link.possible_pairs + dedupe.possible_pairs);
}

#[test]
fn a_higher_threshold_merges_less() {
    let (attributes, _) = people();
    let counts: Vec<usize> = [-3.0, 3.0, 12.0, 40.0]
        .map(|threshold| matched(&attributes, LinkType::LinkAndDedupe, Some(threshold)).entities.len())
        .to_vec();
    assert!(counts.is_sorted() && counts[0] < counts[3], "{counts:?}");
}

/// One to one too: a threshold below the even chance takes more, also below what is kept without being asked.
#[test]
fn a_threshold_holds_for_linked_sources() {
    let (attributes, _) = people();
    let linked = |threshold| {
        let matching = matched(&attributes, LinkType::LinkOnly, threshold);
        assert!(threshold.is_none_or(|threshold| threshold == matching.threshold));
        matching.entities.len()
    };
    let (low, even, high) = (linked(Some(-13.0)), linked(Some(0.0)), linked(Some(8.0)));
    assert!(low < even && even < high, "{low}, {even}, {high}");
    assert_eq!(linked(None), even);
}

fn metrics(entities: &Entities, truth: &[Option<u32>]) -> Metrics {
    Metrics::of_entities(entities, truth).unwrap()
}

#[test]
fn each_way_of_making_entities_finds_these_people() {
    let (attributes, truth) = people();
    let comparisons = Comparisons::new(&attributes);
    for cluster in [ClusterMethod::Profile, ClusterMethod::Components, ClusterMethod::BestLink] {
        let matching =
            run(&comparisons, &MatchOptions { cluster, ..MatchOptions::default() }, &Overrides::default())
                .unwrap();
        let metrics = metrics(&matching.entities, &truth);
        assert!(metrics.f1 > 0.93, "{cluster:?}: {metrics:?}");
    }
}

#[test]
fn rules_make_candidates_alone_or_beside_neighbours() {
    let (attributes, truth) = people();
    let comparisons = Comparisons::new(&attributes);
    let rules: Vec<Rule> = ["phone", "phonetic(surname) + prefix(given_name, 3)"]
        .iter()
        .map(|rule| rule.parse().unwrap())
        .collect();
    let with = |block| {
        let options = MatchOptions { block, rules: rules.clone(), ..MatchOptions::default() };
        run(&comparisons, &options, &Overrides::default()).unwrap()
    };
    let (alone, both) = (with(BlockMethod::Rules), with(BlockMethod::Both));
    assert_eq!(alone.neighbours.pair_count(), 0);
    assert_eq!(alone.candidates, alone.rules.pair_counts().iter().sum::<u64>());
    assert!(both.candidates > alone.candidates && both.candidates > both.neighbours.pair_count());
    for matching in [&alone, &both] {
        let blocking = BlockingMetrics::new(matching.candidate_pairs(), &truth).unwrap();
        assert_eq!(blocking.candidates, matching.candidates);
        assert!(blocking.recall > 0.95, "{blocking:?}");
        assert!(matching.edges.iter().all(|edge| matching.candidate_pairs().contains(edge.a, edge.b)));
        assert!(metrics(&matching.entities, &truth).f1 > 0.93);
    }
    let wrong = MatchOptions {
        block: BlockMethod::Rules,
        rules: vec!["shoe_size".parse().unwrap()],
        ..MatchOptions::default()
    };
    assert_eq!(run(&comparisons, &wrong, &Overrides::default()).unwrap_err().kind(), ErrorKind::UnknownField);
}

#[test]
fn what_must_be_one_is_one() {
    let (attributes, _) = people();
    let comparisons = Comparisons::new(&attributes);
    let plain = run(&comparisons, &MatchOptions::default(), &Overrides::default()).unwrap();
    let (a, b) = (0, (1..PEOPLE).find(|&b| !same(&plain.entities, 0, b)).unwrap());
    let linked = run(&comparisons, &MatchOptions::default(), &merged([(a as u32, b as u32)])).unwrap();
    assert!(same(&linked.entities, a, b));
    // What is one anyway stays as it is.
    let known = plain.entities.iter().map(|(_, members)| members).find(|members| members.len() == 2).unwrap();
    let again = run(&comparisons, &MatchOptions::default(), &merged([(known[0].0, known[1].0)])).unwrap();
    assert_eq!(again.entities, plain.entities);
}

#[test]
fn candidates_are_what_was_scored() {
    let (attributes, _) = people();
    let matching = matched(&attributes, LinkType::LinkAndDedupe, None);
    assert_eq!(matching.candidates, matching.neighbours.pair_count());
    let again = Neighbours::find(&attributes, &Default::default());
    assert_eq!(again, matching.neighbours);
    assert!(matching.edges.is_sorted_by(|x, y| (x.a, x.b) != (y.a, y.b)));
    for edge in &matching.edges {
        assert!(edge.a < edge.b && matching.neighbours.contains(edge.a, edge.b));
    }
}
