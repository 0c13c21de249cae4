//! What happened to a customer between two runs.

use crate::ids::{PersistentId, RecordId};

/// A change of customer numbers. Events of a run are ordered by customer, then as listed here, then by record.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A new customer, of records that were not there before.
    Created(PersistentId),
    /// A customer whose records were all gone has come back.
    Revived(PersistentId),
    /// A part of customer `from` is a customer of its own: a new one, or one that had been merged into `from`.
    SplitFrom {
        /// The part.
        entity: PersistentId,
        /// The customer that it was a part of.
        from: PersistentId,
    },
    /// A customer has become a part of another; its number is an alias now.
    Merged {
        /// The number that is no longer in use.
        entity: PersistentId,
        /// The customer that it stands for.
        into: PersistentId,
    },
    /// One record went from one customer to another, and both remain.
    Moved {
        /// The record, by its number in this run.
        record: RecordId,
        /// The customer that it left.
        from: PersistentId,
        /// The customer that it is in now.
        to: PersistentId,
    },
    /// No record of the customer is there any more.
    Retired(PersistentId),
}

impl Event {
    /// The stable name: `created`, `revived`, `split_from`, `merged`, `moved`, `retired`.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Created(_) => "created",
            Self::Revived(_) => "revived",
            Self::SplitFrom { .. } => "split_from",
            Self::Merged { .. } => "merged",
            Self::Moved { .. } => "moved",
            Self::Retired(_) => "retired",
        }
    }

    /// The customer that the event is about: for a record that moved, the one that it left.
    pub fn entity(&self) -> PersistentId {
        match self {
            Self::Created(entity) | Self::Revived(entity) | Self::Retired(entity) => *entity,
            Self::SplitFrom { entity, .. } | Self::Merged { entity, .. } => *entity,
            Self::Moved { from, .. } => *from,
        }
    }

    /// The other customer of the event: where it split from, what it was merged into, where the record went.
    pub fn other(&self) -> Option<PersistentId> {
        match self {
            Self::SplitFrom { from, .. } => Some(*from),
            Self::Merged { into, .. } => Some(*into),
            Self::Moved { to, .. } => Some(*to),
            Self::Created(_) | Self::Revived(_) | Self::Retired(_) => None,
        }
    }

    /// The record that moved.
    pub fn record(&self) -> Option<RecordId> {
        match self {
            Self::Moved { record, .. } => Some(*record),
            _ => None,
        }
    }
}
