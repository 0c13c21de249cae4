//! From one run to the next.

use std::collections::BTreeMap;

use super::{Event, Registry, RegistryRow, RunRecords};
use crate::cluster::Entities;
use crate::ids::{EntityId, PersistentId, RecordId};
use crate::par;

/// A record that was not there before.
const NEW: u32 = u32::MAX;

/// What a run makes of a registry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Advance {
    /// The number of each entity of the run.
    pub ids: Vec<PersistentId>,
    /// What changed, by customer.
    pub events: Vec<Event>,
    /// The registry for the next run.
    pub registry: Registry,
}

/// How many records a customer and an entity share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
struct Overlap {
    id: PersistentId,
    entity: u32,
    records: u32,
    /// Whether one of them is known: it has a name or an identifier.
    known: bool,
}

/// Counts equal pairs. In any order; out ascending by (id, entity).
fn count(mut pairs: Vec<(PersistentId, u32, bool)>) -> Vec<Overlap> {
    par::sort_unstable_by(&mut pairs, |a, b| a.cmp(b));
    pairs
        .chunk_by(|a, b| (a.0, a.1) == (b.0, b.1))
        .map(|run| Overlap {
            id: run[0].0,
            entity: run[0].1,
            records: run.len() as u32,
            known: run.iter().any(|pair| pair.2),
        })
        .collect()
}

/// The overlap of most records in a run of one id, the first of equals.
fn largest(overlaps: &[Overlap]) -> Option<&Overlap> {
    overlaps.iter().max_by_key(|overlap| (overlap.records, std::cmp::Reverse(overlap.entity)))
}

impl Registry {
    /// Gives the entities of a run their numbers. `known`: whether a record tells who the customer is, by a name or an
    /// identifier; see the module.
    ///
    /// # Panics
    /// When `entities` are not those of `records`.
    pub fn advance(
        &self,
        records: &RunRecords<'_>,
        entities: &Entities,
        known: impl Fn(RecordId) -> bool,
    ) -> Advance {
        assert_eq!(records.len(), entities.records(), "entities of other records");
        Step::new(self, records, entities, &known).run()
    }
}

/// One advance.
struct Step<'a> {
    old: &'a Registry,
    records: &'a RunRecords<'a>,
    entities: &'a Entities,
    /// The old row of each record, or [`NEW`].
    row_of: Vec<u32>,
    /// Old customer and entity.
    shared: Vec<Overlap>,
    /// Customer of birth and entity, only of records that are still in it.
    at_home: Vec<Overlap>,
    /// Customer of birth and entity, where the customer of birth is an alias now.
    away: Vec<Overlap>,
    /// The number of each entity, once it has one.
    ids: Vec<Option<PersistentId>>,
    /// Where an entity that has a number which was not in use comes from.
    split_from: BTreeMap<u32, PersistentId>,
}

impl<'a> Step<'a> {
    fn new(
        old: &'a Registry,
        records: &'a RunRecords<'a>,
        entities: &'a Entities,
        known: &dyn Fn(RecordId) -> bool,
    ) -> Self {
        let row_of = rows_of(old, records);
        let (mut shared, mut at_home, mut away) = (Vec::new(), Vec::new(), Vec::new());
        for (record, &row) in row_of.iter().enumerate().filter(|(_, row)| **row != NEW) {
            let record = RecordId::from_index(record);
            let entity = entities.entity_of(record).0;
            let (id, born) = (old.entity[row as usize], old.born[row as usize]);
            shared.push((id, entity, known(record)));
            if born == id {
                at_home.push((born, entity, false));
            } else if !old.is_live(born) {
                away.push((born, entity, false));
            }
        }
        Self {
            old,
            records,
            entities,
            row_of,
            shared: count(shared),
            at_home: count(at_home),
            away: count(away),
            ids: vec![None; entities.len()],
            split_from: BTreeMap::new(),
        }
    }

    fn run(mut self) -> Advance {
        self.restore();
        self.keep();
        let created = self.create();
        let ids: Vec<PersistentId> = self.ids.iter().map(|id| id.unwrap_or(PersistentId(0))).collect();
        let merged = self.merged(&ids);
        let registry = self.registry(&ids, &merged);
        let events = self.events(&ids, &merged, &created);
        Advance { ids, events, registry }
    }

    /// Gives merged customers that have come apart again their old numbers back.
    fn restore(&mut self) {
        let home = |id: PersistentId| {
            let start = self.at_home.partition_point(|overlap| overlap.id < id);
            let end = self.at_home.partition_point(|overlap| overlap.id <= id);
            largest(&self.at_home[start..end]).map(|overlap| overlap.entity)
        };
        let mut claims: Vec<(u32, PersistentId, u32, PersistentId)> = Vec::new();
        for run in self.away.chunk_by(|a, b| a.id == b.id) {
            let total: u32 = run.iter().map(|overlap| overlap.records).sum();
            let Some(most) = largest(run).filter(|most| 2 * most.records > total) else { continue };
            let Some(host) = self.host(most.entity) else { continue };
            if home(host).is_some_and(|home| home != most.entity) {
                claims.push((most.records, most.id, most.entity, host));
            }
        }
        claims.sort_by_key(|&(records, id, ..)| (std::cmp::Reverse(records), id));
        for (_, id, entity, host) in claims {
            if self.ids[entity as usize].is_none() {
                self.ids[entity as usize] = Some(id);
                self.split_from.insert(entity, host);
            }
        }
    }

    /// The old customer that most records of an entity come from, the lower number of equals.
    fn host(&self, entity: u32) -> Option<PersistentId> {
        let mut counts: BTreeMap<PersistentId, u32> = BTreeMap::new();
        for record in self.entities.members(EntityId(entity)) {
            let row = self.row_of[record.index()];
            if row != NEW {
                *counts.entry(self.old.entity[row as usize]).or_default() += 1;
            }
        }
        counts.into_iter().max_by_key(|&(id, count)| (count, std::cmp::Reverse(id))).map(|(id, _)| id)
    }

    /// Pairs old customers with entities; see the module for the order.
    fn keep(&mut self) {
        let mut order: Vec<&Overlap> = self.shared.iter().collect();
        par::sort_unstable_by(&mut order, |a, b| {
            (b.known, b.records)
                .cmp(&(a.known, a.records))
                .then_with(|| (a.id, a.entity).cmp(&(b.id, b.entity)))
        });
        let mut taken = std::collections::HashSet::new();
        for overlap in order {
            if self.ids[overlap.entity as usize].is_none() && taken.insert(overlap.id) {
                self.ids[overlap.entity as usize] = Some(overlap.id);
            }
        }
    }

    /// Fresh numbers for the entities that have none, in their order. Gives those that are all new.
    fn create(&mut self) -> Vec<PersistentId> {
        let mut next = self.old.next_id();
        let mut created = Vec::new();
        for entity in 0..self.ids.len() as u32 {
            if self.ids[entity as usize].is_some() {
                continue;
            }
            self.ids[entity as usize] = Some(next);
            match self.host(entity) {
                Some(host) => {
                    self.split_from.insert(entity, host);
                }
                None => created.push(next),
            }
            next = PersistentId(next.0 + 1);
        }
        created
    }

    /// Old customers with records in the run whose number nobody has any more, with the customer of most of them.
    fn merged(&self, ids: &[PersistentId]) -> BTreeMap<PersistentId, PersistentId> {
        let mut in_use: Vec<PersistentId> = ids.to_vec();
        in_use.sort_unstable();
        let lost = self.shared.chunk_by(|a, b| a.id == b.id);
        lost.filter(|run| in_use.binary_search(&run[0].id).is_err())
            .filter_map(|run| largest(run).map(|most| (run[0].id, ids[most.entity as usize])))
            .collect()
    }

    fn registry(&self, ids: &[PersistentId], merged: &BTreeMap<PersistentId, PersistentId>) -> Registry {
        // Absent records go along when the customer that they were born in comes back out of the one that they are in.
        let back: BTreeMap<PersistentId, PersistentId> =
            self.split_from.iter().map(|(&entity, &from)| (ids[entity as usize], from)).collect();
        let now = |row: RegistryRow<'_>| match merged.get(&row.entity) {
            _ if back.get(&row.born) == Some(&row.entity) => row.born,
            Some(into) => *into,
            None => row.entity,
        };
        let mut registry = Registry::default();
        let mut old = 0;
        for record in 0..self.records.len() {
            let (source, id) = self.records.key(record);
            while old < self.old.len() && (self.old.row(old).source, self.old.row(old).id) < (source, id) {
                let row = self.old.row(old);
                registry.push(RegistryRow { entity: now(row), present: false, ..row });
                old += 1;
            }
            let entity = ids[self.entities.entity_of(RecordId::from_index(record)).index()];
            let born = match self.row_of[record] {
                NEW => entity,
                row => {
                    old = row as usize + 1;
                    self.old.born[row as usize]
                }
            };
            registry.push(RegistryRow { source, id, entity, born, present: true });
        }
        for at in old..self.old.len() {
            let row = self.old.row(at);
            registry.push(RegistryRow { entity: now(row), present: false, ..row });
        }
        registry.seal();
        registry.aliases = self.aliases(&registry, merged);
        registry
    }

    /// Every number that was ever given out and is not in use leads to the customer of most records that were born in
    /// it; without such records it follows the customer that it led to.
    fn aliases(
        &self,
        registry: &Registry,
        merged: &BTreeMap<PersistentId, PersistentId>,
    ) -> BTreeMap<PersistentId, PersistentId> {
        let in_use = |id: &PersistentId| registry.is_live(*id);
        let mut aliases: BTreeMap<PersistentId, PersistentId> = BTreeMap::new();
        for (id, target) in self.old.aliases().chain(merged.iter().map(|(id, into)| (*id, *into))) {
            if !in_use(&id) {
                let target = merged.get(&target).copied().unwrap_or(target);
                aliases.insert(id, target);
            }
        }
        let mut born: Vec<(PersistentId, PersistentId)> = (0..registry.len())
            .map(|at| (registry.born[at], registry.entity[at]))
            .filter(|(born, _)| !in_use(born))
            .collect();
        born.sort_unstable();
        for run in born.chunk_by(|a, b| a.0 == b.0) {
            let counts = run.chunk_by(|a, b| a.1 == b.1).map(|run| (run.len(), run[0].1));
            let most = counts.max_by_key(|&(count, id)| (count, std::cmp::Reverse(id)));
            let present = aliases.get(&run[0].0).copied();
            let tied = |id: PersistentId| {
                let of = |id| run.iter().filter(|row| row.1 == id).count();
                most.is_some_and(|(count, _)| of(id) == count)
            };
            match (present, most) {
                (Some(target), _) if tied(target) => {}
                (_, Some((_, id))) => {
                    aliases.insert(run[0].0, id);
                }
                _ => {}
            }
        }
        aliases.retain(|_, target| in_use(target));
        aliases
    }

    fn events(
        &self,
        ids: &[PersistentId],
        merged: &BTreeMap<PersistentId, PersistentId>,
        created: &[PersistentId],
    ) -> Vec<Event> {
        let mut events: Vec<Event> = created.iter().map(|&id| Event::Created(id)).collect();
        let split: BTreeMap<PersistentId, PersistentId> =
            self.split_from.iter().map(|(&entity, &from)| (ids[entity as usize], from)).collect();
        // Where a split is all that is left of a customer, it is told as that and not as a merge as well.
        events.extend(split.iter().map(|(&entity, &from)| Event::SplitFrom { entity, from }));
        events.extend(merged.iter().map(|(&entity, &into)| Event::Merged { entity, into }));
        for (record, &row) in self.row_of.iter().enumerate().filter(|(_, row)| **row != NEW) {
            let record = RecordId::from_index(record);
            let (from, to) = (self.old.entity[row as usize], ids[self.entities.entity_of(record).index()]);
            let told = merged.get(&from) == Some(&to) || split.get(&to) == Some(&from);
            if from != to && !told {
                events.push(Event::Moved { record, from, to });
            }
        }
        let was: Vec<PersistentId> = present_ids(self.old);
        let mut is: Vec<PersistentId> = ids.to_vec();
        is.sort_unstable();
        let gone = was.iter().filter(|id| is.binary_search(id).is_err() && !merged.contains_key(id));
        events.extend(gone.map(|&id| Event::Retired(id)));
        let back = is.iter().filter(|id| was.binary_search(id).is_err() && self.old.is_live(**id));
        events.extend(back.map(|&id| Event::Revived(id)));
        events.sort_by_key(|event| (event.entity(), *event));
        events
    }
}

/// Numbers of customers with a record in the latest run, ascending.
fn present_ids(registry: &Registry) -> Vec<PersistentId> {
    let rows = registry.entity.iter().zip(&registry.present);
    let mut ids: Vec<PersistentId> = rows.filter(|(_, present)| **present).map(|(id, _)| *id).collect();
    ids.sort_unstable();
    ids.dedup();
    ids
}

/// The old row of each record. Both are in the order of keys.
fn rows_of(old: &Registry, records: &RunRecords<'_>) -> Vec<u32> {
    let mut at = 0;
    (0..records.len())
        .map(|record| {
            let key = records.key(record);
            while at < old.len() && (old.row(at).source, old.row(at).id) < key {
                at += 1;
            }
            let found = at < old.len() && (old.row(at).source, old.row(at).id) == key;
            if found { at as u32 } else { NEW }
        })
        .collect()
}
