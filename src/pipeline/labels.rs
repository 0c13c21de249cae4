//! What people have told about pairs of records, as training takes it.

use std::collections::BTreeMap;

use super::Records;
use crate::cluster::UnionFind;
use crate::error::Issues;
use crate::judgement::{Judgement, Verdict};
use crate::score::Labels;

/// What was said about a pair, and on which line for the first time.
#[derive(Default)]
struct Said {
    matched: bool,
    distinct: bool,
    line: u64,
}

/// The labelled pairs of a configuration by record number.
///
/// Labels come from many hands and days: some are about records that are not in this run, some contradict each other. A pair
/// that was told both ways, and one told to be two customers whom a chain of matches makes one, teaches nothing. All these are
/// counted, and none is an error. The order of the labels has no say.
pub(super) fn training_labels(labels: &[Judgement], records: &Records, issues: &mut Issues) -> Labels {
    if labels.is_empty() {
        return Labels::default();
    }
    let mut pairs: BTreeMap<(u32, u32), Said> = BTreeMap::new();
    for label in labels {
        let (Verdict::Link(a, b) | Verdict::CannotLink(a, b)) = &label.verdict else { continue };
        let (Some(a), Some(b)) = (records.find(&a.source, &a.id), records.find(&b.source, &b.id)) else {
            let message = "labels name records that are not in this run, and train nothing";
            issues.add("absent_label", "", "", line(label.line), message);
            continue;
        };
        let said = pairs.entry((a.0.min(b.0), a.0.max(b.0))).or_default();
        let is_match = matches!(label.verdict, Verdict::Link(..));
        said.matched |= is_match;
        // A record is one with itself, whatever was said.
        said.distinct |= !is_match;
        said.line = if said.line == 0 { label.line } else { said.line.min(label.line) };
    }
    let mut chains = UnionFind::new(records.len());
    pairs.iter().filter(|(_, said)| said.matched).for_each(|(&(a, b), _)| {
        chains.union(a, b);
    });
    let mut kept = Vec::with_capacity(pairs.len());
    for (&(a, b), said) in &pairs {
        if said.distinct && chains.find(a) == chains.find(b) {
            let message = "labels contradict each other, and train nothing";
            issues.add("contradictory_label", "", "", line(said.line), message);
        } else {
            kept.push((a, b, said.matched));
        }
    }
    Labels::new(kept)
}

/// Labels that a program made are on no line.
fn line(line: u64) -> Option<u64> {
    (line > 0).then_some(line)
}
