//! What another configuration would change: merges, splits and values of two runs over the same records, before anything
//! is published.

use std::collections::BTreeMap;
use std::fmt;

use crate::ids::{EntityId, RecordId};
use crate::pipeline::Resolution;

/// The difference of two runs. Numbers of entities are those of the run that is named.
///
/// # Shape
/// All lists are in the order of the entities of the first run. Records that only one run has say nothing about the other;
/// they are counted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RunDiff {
    /// Entities of the second run that hold several of the first, with those.
    pub merged: Vec<(EntityId, Vec<EntityId>)>,
    /// Entities of the first run that are several in the second, with those.
    pub split: Vec<(EntityId, Vec<EntityId>)>,
    /// Cells of golden records of the same members that show something else.
    pub values: Vec<ChangedValue>,
    /// Records of the second run that the first lacks.
    pub appeared: u64,
    /// Records of the first run that the second lacks.
    pub vanished: u64,
}

/// One cell that shows something else.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChangedValue {
    /// The entity in the first run.
    pub before: EntityId,
    /// The same entity in the second run.
    pub after: EntityId,
    /// The golden field.
    pub field: String,
    /// Its value in the first run.
    pub old: Option<String>,
    /// Its value in the second run.
    pub new: Option<String>,
}

impl RunDiff {
    /// Compares two runs by the keys of their records.
    ///
    /// # Complexity
    /// O(n log n) in the records.
    pub fn between(before: &Resolution, after: &Resolution) -> Self {
        let mut diff = Self::default();
        let mut pairs = diff.match_records(before, after);
        pairs.sort_unstable();
        pairs.dedup();
        let mut of_after: BTreeMap<EntityId, Vec<EntityId>> = BTreeMap::new();
        for run in pairs.chunk_by(|a, b| a.0 == b.0) {
            if run.len() > 1 {
                diff.split.push((run[0].0, run.iter().map(|pair| pair.1).collect()));
            }
            run.iter().for_each(|&(old, new)| of_after.entry(new).or_default().push(old));
        }
        diff.merged =
            of_after.iter().filter(|(_, old)| old.len() > 1).map(|(new, old)| (*new, old.clone())).collect();
        diff.merged.sort_by(|x, y| x.1.cmp(&y.1));
        let alone = |run: &[(EntityId, EntityId)]| run.len() == 1 && of_after[&run[0].1].len() == 1;
        for run in pairs.chunk_by(|a, b| a.0 == b.0).filter(|run| alone(run)) {
            diff.compare_values(before, after, run[0]);
        }
        diff
    }

    /// Whether nothing would change.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The two entities of each record that both runs have. Records are in the order of keys in both.
    fn match_records(&mut self, before: &Resolution, after: &Resolution) -> Vec<(EntityId, EntityId)> {
        let (old, new) = (before.records().keys(), after.records().keys());
        let (mut i, mut j) = (0, 0);
        let mut pairs = Vec::new();
        while i < old.len() && j < new.len() {
            match old.key(i).cmp(&new.key(j)) {
                std::cmp::Ordering::Less => {
                    self.vanished += 1;
                    i += 1;
                }
                std::cmp::Ordering::Greater => {
                    self.appeared += 1;
                    j += 1;
                }
                std::cmp::Ordering::Equal => {
                    let of = |resolution: &Resolution, record| {
                        resolution.entities().entity_of(RecordId::from_index(record))
                    };
                    pairs.push((of(before, i), of(after, j)));
                    (i, j) = (i + 1, j + 1);
                }
            }
        }
        self.vanished += (old.len() - i) as u64;
        self.appeared += (new.len() - j) as u64;
        pairs
    }

    fn compare_values(&mut self, before: &Resolution, after: &Resolution, pair: (EntityId, EntityId)) {
        let (old, new) = (before.golden_record(pair.0), after.golden_record(pair.1));
        let mut fields: Vec<&str> = old.values.iter().chain(&new.values).map(|value| value.field).collect();
        fields.sort_unstable();
        fields.dedup();
        for field in fields.into_iter().filter(|field| old.get(field) != new.get(field)) {
            self.values.push(ChangedValue {
                before: pair.0,
                after: pair.1,
                field: field.to_owned(),
                old: old.get(field).map(str::to_owned),
                new: new.get(field).map(str::to_owned),
            });
        }
    }
}

impl fmt::Display for RunDiff {
    /// Counts by what changes, without values.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {:>10}  customers would be merged of several", self.merged.len())?;
        writeln!(f, "  {:>10}  customers would be split", self.split.len())?;
        let mut fields: BTreeMap<&str, u64> = BTreeMap::new();
        self.values.iter().for_each(|value| *fields.entry(&value.field).or_default() += 1);
        writeln!(f, "  {:>10}  cells of unchanged customers would show something else", self.values.len())?;
        for (field, count) in fields {
            writeln!(f, "  {count:>10}    {field}")?;
        }
        Ok(())
    }
}
