//! Customer numbers that last: the entities of a run are matched with those of the runs before, and what changed is told
//! as events.
//!
//! - in: [`Registry`] of the runs before (empty at first), the [`RunRecords`] and entities of this run;
//! - out: [`Advance`], a number for each entity, the events, and the registry for the next run.
//!
//! # Who keeps a number
//! Old customers and new entities are paired by the records that they share, greedily: an entity in which a *known* record
//! (with a name or an identifier) of the customer is comes first, then the most shared records, then the older customer,
//! that is the lower number. So an anonymous visitor never takes the number of a customer over, however many records it
//! has. An entity without a number gets a fresh one; none is ever given out twice.
//!
//! A record remembers in which customer it was *born*. When a customer that was merged into another comes apart again, that
//! is, most of the records that were born in it are not with most of those that were born in the other, it has its old
//! number back: merging and unmerging is the identity, numbers included.
//!
//! An alias leads from every number that is no longer in use to the customer that has most of its records, in one hop.
//!
//! # Null
//! A record that is not in this run keeps its row, so that it finds its customer when it comes back. A customer without any
//! record in the run is retired, its number stays its own.
//!
//! # Complexity
//! O(n log n) in the records of both; a run without change gives no event and the same registry.

mod advance;
mod event;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use advance::Advance;
pub use event::Event;

use crate::error::{Error, ErrorKind, Result};
use crate::ids::{PersistentId, SourceId};
use crate::table::Dictionary;

/// The records of a run by their keys.
///
/// # Shape
/// In canonical order: by (source name, id), each key once.
#[derive(Clone, Copy, Debug)]
pub struct RunRecords<'a> {
    /// Names of the sources, ascending.
    pub source_names: &'a [String],
    /// The source of each record.
    pub source: &'a [SourceId],
    /// The id of each record.
    pub ids: &'a Dictionary,
}

impl<'a> RunRecords<'a> {
    /// How many records.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// Source and id of a record.
    ///
    /// # Panics
    /// When the record does not exist.
    pub fn key(&self, record: usize) -> (&'a str, &'a str) {
        (&self.source_names[self.source[record].index()], self.ids.text(record as u32))
    }
}

/// One row of the registry: a record and its customer.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct RegistryRow<'a> {
    /// Source of the record.
    pub source: &'a str,
    /// Id in its source.
    pub id: &'a str,
    /// The customer.
    pub entity: PersistentId,
    /// The customer in which the record appeared first.
    pub born: PersistentId,
    /// Whether the record was in the latest run.
    pub present: bool,
}

/// Which record is which customer, over all runs.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Registry {
    source_names: Vec<String>,
    source: Vec<SourceId>,
    ids: Dictionary,
    entity: Vec<PersistentId>,
    born: Vec<PersistentId>,
    present: Vec<bool>,
    aliases: BTreeMap<PersistentId, PersistentId>,
    /// Numbers of all customers with a row, ascending.
    live: Vec<PersistentId>,
}

impl Registry {
    /// Nobody yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// From rows in any order and the aliases.
    ///
    /// An alias whose number is in use is left out: two files are replaced one after the other, and when the second was not
    /// reached the rows are right.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] with the number of the row, from 0, as the line: a record that is there twice, a number 0;
    /// and without a line: an alias of an alias, an alias that leads nowhere.
    pub fn from_rows<'a>(
        rows: impl IntoIterator<Item = RegistryRow<'a>>,
        aliases: BTreeMap<PersistentId, PersistentId>,
    ) -> Result<Self> {
        let mut rows: Vec<(u64, RegistryRow<'a>)> = (0..).zip(rows).collect();
        let fail = |line: u64, message: &str| Error::new(ErrorKind::Format, message).line(line);
        if let Some((line, _)) = rows.iter().find(|(_, row)| row.entity.0 == 0 || row.born.0 == 0) {
            return Err(fail(*line, "customers are numbered from 1"));
        }
        rows.sort_by(|(_, a), (_, b)| (a.source, a.id).cmp(&(b.source, b.id)));
        if let Some(pair) =
            rows.windows(2).find(|pair| (pair[0].1.source, pair[0].1.id) == (pair[1].1.source, pair[1].1.id))
        {
            return Err(fail(pair[0].0.max(pair[1].0), "the record is there twice"));
        }
        let mut registry = Self::default();
        rows.iter().for_each(|(_, row)| registry.push(*row));
        registry.seal();
        let live = &registry.live;
        registry.aliases = aliases.into_iter().filter(|(id, _)| live.binary_search(id).is_err()).collect();
        let leads_nowhere = registry.aliases.iter().find(|(_, target)| !registry.is_live(**target));
        match leads_nowhere {
            Some((id, target)) => Err(Error::new(
                ErrorKind::Format,
                format!("alias {id} leads to customer {target}, which has no record in the registry"),
            )),
            None => Ok(registry),
        }
    }

    /// Appends a row behind those before it in the order of keys.
    fn push(&mut self, row: RegistryRow<'_>) {
        if self.source_names.last().is_none_or(|name| name != row.source) {
            self.source_names.push(row.source.to_owned());
        }
        self.source.push(SourceId::from_index(self.source_names.len() - 1));
        self.ids.push(row.id);
        self.entity.push(row.entity);
        self.born.push(row.born);
        self.present.push(row.present);
    }

    /// How many records.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there is no record.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// All rows, by (source, id).
    pub fn rows(&self) -> impl ExactSizeIterator<Item = RegistryRow<'_>> + '_ {
        (0..self.len()).map(|at| self.row(at))
    }

    fn row(&self, at: usize) -> RegistryRow<'_> {
        RegistryRow {
            source: &self.source_names[self.source[at].index()],
            id: self.ids.text(at as u32),
            entity: self.entity[at],
            born: self.born[at],
            present: self.present[at],
        }
    }

    /// The customer of a record, also of one that was not in the latest run.
    pub fn entity_of(&self, source: &str, id: &str) -> Option<PersistentId> {
        let (mut low, mut high) = (0, self.len());
        while low < high {
            let middle = (low + high) / 2;
            let row = self.row(middle);
            if (row.source, row.id) < (source, id) { low = middle + 1 } else { high = middle }
        }
        let found = (low < self.len()).then(|| self.row(low))?;
        ((found.source, found.id) == (source, id)).then_some(found.entity)
    }

    /// The customer that a number stands for today: itself, or the one that its alias leads to.
    pub fn resolve(&self, id: PersistentId) -> Option<PersistentId> {
        self.aliases.get(&id).copied().or_else(|| self.is_live(id).then_some(id))
    }

    /// Numbers that are no longer in use, each with the customer that it stands for.
    pub fn aliases(&self) -> impl ExactSizeIterator<Item = (PersistentId, PersistentId)> + '_ {
        self.aliases.iter().map(|(id, target)| (*id, *target))
    }

    /// The number that the next new customer gets: above all that were ever given out.
    pub fn next_id(&self) -> PersistentId {
        let given = self.entity.iter().chain(&self.born).chain(self.aliases.keys());
        PersistentId(given.max().map_or(1, |id| id.0 + 1))
    }

    /// Whether a customer has a row, be it of a record that is not there at present.
    pub fn is_live(&self, id: PersistentId) -> bool {
        self.live.binary_search(&id).is_ok()
    }

    /// After the last row.
    fn seal(&mut self) {
        self.live.clone_from(&self.entity);
        self.live.sort_unstable();
        self.live.dedup();
    }
}
