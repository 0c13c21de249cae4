//! What holds an entity together: its scored pairs, and the fewest of them that connect it.

use std::fmt;

use serde::Serialize;

use crate::cluster::{Edge, UnionFind};
use crate::ids::{MatchWeight, RecordId};

/// A scored pair inside an entity.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HoldingEdge {
    /// The first record, as `source:id`.
    pub left: String,
    /// The second record.
    pub right: String,
    /// log2 odds of a match.
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Whether it is one of the strongest edges that connect the members: without any of these the entity rests on a
    /// weaker pair.
    pub holds: bool,
}

/// Why some records are one customer.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EntityExplanation {
    /// The members, as `source:id`.
    pub members: Vec<String>,
    /// Scored pairs among them, the strongest first.
    pub edges: Vec<HoldingEdge>,
    /// Pairs of members that were never scored, as candidates or on demand for clustering.
    pub unscored_pairs: u64,
    /// The weakest of the edges that hold: where the entity would come apart first.
    pub weakest: Option<f64>,
    /// Parts that no kept edge connects: these were joined by equality, by judgement, or by scores on demand.
    pub parts: u64,
}

/// Explains an entity by the kept edges among its members, which are ascending.
///
/// # Complexity
/// O(edges), and O(e log e) in those of the entity.
///
/// # Source
/// The edges that hold are a maximum spanning forest (Kruskal 1956).
pub fn explain_entity(
    members: &[RecordId],
    edges: &[Edge],
    name: impl Fn(RecordId) -> String,
) -> EntityExplanation {
    let place = |record: u32| members.binary_search(&RecordId(record)).ok();
    let mut inside: Vec<(&Edge, u32, u32)> =
        edges.iter().filter_map(|edge| Some((edge, place(edge.a)? as u32, place(edge.b)? as u32))).collect();
    inside.sort_by(|(x, ..), (y, ..)| {
        y.score.weight.total_cmp(&x.score.weight).then((x.a, x.b).cmp(&(y.a, y.b)))
    });
    let mut sets = UnionFind::new(members.len());
    let mut parts = members.len() as u64;
    let mut weakest = None;
    let edges: Vec<HoldingEdge> = inside
        .iter()
        .map(|&(edge, a, b)| {
            let apart = sets.find(a) != sets.find(b);
            if apart {
                sets.union(a, b);
                parts -= 1;
                weakest = Some(edge.score.weight);
            }
            let weight = MatchWeight(edge.score.weight);
            HoldingEdge {
                left: name(RecordId(edge.a)),
                right: name(RecordId(edge.b)),
                weight: weight.0,
                probability: weight.probability().0,
                holds: apart,
            }
        })
        .collect();
    let n = members.len() as u64;
    let unscored_pairs = (n * n.saturating_sub(1) / 2).saturating_sub(edges.len() as u64);
    EntityExplanation {
        members: members.iter().map(|&record| name(record)).collect(),
        edges,
        unscored_pairs,
        weakest,
        parts,
    }
}

impl fmt::Display for EntityExplanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {} records: {}", self.members.len(), self.members.join(", "))?;
        let width = self.edges.iter().map(|edge| edge.left.chars().count()).max().unwrap_or(0);
        for edge in &self.edges {
            let holds = if edge.holds { "holds" } else { "" };
            writeln!(f, "  {:width$}  {:>+7.1} bits  {holds:5}  {}", edge.left, edge.weight, edge.right)?;
        }
        if self.unscored_pairs > 0 {
            writeln!(
                f,
                "  {} further pairs are below the weight from which pairs are kept",
                self.unscored_pairs
            )?;
        }
        match (self.parts, self.weakest) {
            (1, Some(weakest)) => writeln!(f, "  it would come apart first at {weakest:+.1} bits"),
            (1, None) => Ok(()),
            (parts, _) => {
                writeln!(f, "  {parts} parts are joined by equality, judgement or the whole of their members")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::score::{GROUPS, PairScore};

    fn edge(a: u32, b: u32, weight: f64) -> Edge {
        let score =
            PairScore { weight, matched: [0.0; GROUPS], household: [0.0; GROUPS], present: [false; GROUPS] };
        Edge { a, b, score }
    }

    #[test]
    fn the_strongest_edges_that_connect_hold() {
        let edges = [edge(1, 2, 9.0), edge(1, 5, 2.0), edge(2, 5, 4.0), edge(2, 3, 20.0), edge(5, 9, -1.0)];
        let members = [1, 2, 5, 9].map(RecordId);
        let found = explain_entity(&members, &edges, |record| format!("s:{record}"));
        let holds: Vec<(&str, &str, bool)> =
            found.edges.iter().map(|edge| (&*edge.left, &*edge.right, edge.holds)).collect();
        let expected =
            [("s:1", "s:2", true), ("s:2", "s:5", true), ("s:1", "s:5", false), ("s:5", "s:9", true)];
        assert_eq!(holds, expected);
        assert_eq!((found.weakest, found.parts, found.unscored_pairs), (Some(-1.0), 1, 2));
        assert!(found.to_string().ends_with("it would come apart first at -1.0 bits\n"), "{found}");
    }

    #[test]
    fn parts_without_an_edge_are_counted() {
        let found = explain_entity(&[1, 2, 3].map(RecordId), &[edge(1, 2, 5.0)], |record| record.to_string());
        assert_eq!((found.parts, found.unscored_pairs), (2, 2));
        let alone = explain_entity(&[RecordId(7)], &[], |record| record.to_string());
        assert_eq!((alone.parts, alone.weakest, alone.unscored_pairs), (1, None, 0));
    }
}
