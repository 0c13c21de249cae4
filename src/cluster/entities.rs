//! The outcome of clustering: which record belongs to which entity, in both directions.

use crate::ids::{EntityId, RecordId};

/// A partition of all records. Entities are numbered by their first record, members are ascending.
///
/// # Shape
/// Every record is in exactly one entity; every entity has at least one record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entities {
    entity_of: Vec<EntityId>,
    offsets: Vec<u32>,
    members: Vec<RecordId>,
}

impl Entities {
    /// From any labelling of the records: equal label, same entity. Labels need not be dense.
    ///
    /// # Complexity
    /// O(n) for labels below n, which every clustering here gives; O(n log n) otherwise.
    pub fn from_labels(labels: &[u32]) -> Self {
        let bound = labels.iter().max().map_or(0, |&max| max as usize + 1);
        let mut number = if bound <= labels.len() { vec![u32::MAX; bound] } else { Vec::new() };
        let mut sparse = std::collections::BTreeMap::new();
        let mut next = 0u32;
        let entity_of: Vec<EntityId> = labels
            .iter()
            .map(|&label| {
                let slot = match number.get_mut(label as usize) {
                    Some(slot) => slot,
                    None => sparse.entry(label).or_insert(u32::MAX),
                };
                if *slot == u32::MAX {
                    *slot = next;
                    next += 1;
                }
                EntityId(*slot)
            })
            .collect();
        let mut offsets = vec![0u32; next as usize + 1];
        for entity in &entity_of {
            offsets[entity.index() + 1] += 1;
        }
        for i in 1..offsets.len() {
            offsets[i] += offsets[i - 1];
        }
        let mut fill = offsets.clone();
        let mut members = vec![RecordId(0); labels.len()];
        for (record, entity) in entity_of.iter().enumerate() {
            let at = &mut fill[entity.index()];
            members[*at as usize] = RecordId(record as u32);
            *at += 1;
        }
        Self { entity_of, offsets, members }
    }

    /// How many entities.
    pub fn len(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Whether there is no entity, that is no record.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many records.
    pub fn records(&self) -> usize {
        self.members.len()
    }

    /// The entity of a record.
    ///
    /// # Panics
    /// When the record does not exist.
    pub fn entity_of(&self, record: RecordId) -> EntityId {
        self.entity_of[record.index()]
    }

    /// The records of an entity, ascending.
    ///
    /// # Panics
    /// When the entity does not exist.
    pub fn members(&self, entity: EntityId) -> &[RecordId] {
        &self.members[self.offsets[entity.index()] as usize..self.offsets[entity.index() + 1] as usize]
    }

    /// All entities with their members.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (EntityId, &[RecordId])> + '_ {
        (0..self.len() as u32).map(|entity| (EntityId(entity), self.members(EntityId(entity))))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Dense labels take another path than sparse ones; both must partition.
        #[test]
        fn a_partition_by_label(labels in prop::collection::vec(prop_oneof![0u32..12, any::<u32>()], 0..40)) {
            let entities = Entities::from_labels(&labels);
            prop_assert_eq!(entities.records(), labels.len());
            let mut seen = vec![false; labels.len()];
            let mut first = None;
            for (entity, members) in entities.iter() {
                prop_assert!(!members.is_empty());
                prop_assert!(members.is_sorted_by(|a, b| a < b));
                prop_assert!(first < Some(members[0]), "entities are numbered by their first record");
                first = Some(members[0]);
                for &record in members {
                    prop_assert!(!std::mem::replace(&mut seen[record.index()], true));
                    prop_assert_eq!(entities.entity_of(record), entity);
                    prop_assert_eq!(labels[record.index()], labels[members[0].index()]);
                }
            }
            prop_assert!(seen.into_iter().all(|seen| seen));
            let mut distinct = labels;
            distinct.sort_unstable();
            distinct.dedup();
            prop_assert_eq!(entities.len(), distinct.len());
        }
    }

    #[test]
    fn no_records() {
        let entities = Entities::from_labels(&[]);
        assert!(entities.is_empty() && entities.records() == 0 && entities.iter().next().is_none());
    }
}
