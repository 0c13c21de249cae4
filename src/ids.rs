//! Newtypes for everything that is counted or measured, so that a record number is never taken for an entity
//! number and a probability never for a weight.

use std::fmt;

macro_rules! index_type {
    ($(#[$doc:meta])* $name:ident, $inner:ty) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
        pub struct $name(pub $inner);

        impl $name {
            /// The number as an index into a per-item array.
            #[inline]
            pub fn index(self) -> usize {
                self.0 as usize
            }

            /// From an array index.
            ///
            /// # Panics
            /// When `index` does not fit: the tables of this crate are limited to that many items by construction.
            #[inline]
            pub fn from_index(index: usize) -> Self {
                Self(<$inner>::try_from(index).expect("index within the type's range"))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

index_type! {
    /// A record: its position in canonical order (source name, then source id).
    RecordId, u32
}
index_type! {
    /// A source (touchpoint): its position in the order of source names.
    SourceId, u16
}
index_type! {
    /// A field (column) of one source.
    FieldId, u32
}
index_type! {
    /// An entity (customer): its position in the order of its first record.
    EntityId, u32
}

/// A customer's number over runs: what [`EntityId`] is within one. Numbers grow, and none is ever given out twice.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PersistentId(pub u64);

impl fmt::Display for PersistentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A similarity in `[0, 1]`; 1 is equality.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Similarity(pub f64);

/// A probability in `[0, 1]`.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct Probability(pub f64);

/// Evidence in bits: log2 of an odds ratio. 0 says nothing, +1 doubles the odds, -1 halves them.
#[derive(Clone, Copy, PartialEq, PartialOrd, Debug)]
pub struct MatchWeight(pub f64);

impl MatchWeight {
    /// `p = 1 / (1 + 2^-w)`, where the weight includes the prior.
    ///
    /// ```
    /// use quilate::MatchWeight;
    /// assert_eq!(MatchWeight(0.0).probability().0, 0.5);
    /// assert!(MatchWeight(10.0).probability().0 > 0.999);
    /// ```
    pub fn probability(self) -> Probability {
        Probability(1.0 / (1.0 + (-self.0).exp2()))
    }
}

impl Probability {
    /// `w = log2(p / (1 - p))`; infinite at 0 and 1.
    pub fn match_weight(self) -> MatchWeight {
        MatchWeight((self.0 / (1.0 - self.0)).log2())
    }
}
