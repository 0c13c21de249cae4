//! Pairs that a person should look at: what clustering left undecided, and what it refused although the evidence spoke
//! for it.

use crate::ids::RecordId;

/// Why a pair is put before a person.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum ReviewReason {
    /// The weight is between the two thresholds.
    Undecided,
    /// The first record fits two customers about equally, and those contradict each other: it joined neither.
    Ambiguous,
    /// The evidence would have joined them, but somebody has said that records of both sides are two customers.
    CannotLink,
    /// Together they would hold more identifiers of a kind than one customer may.
    IdentifierLimit,
}

impl ReviewReason {
    /// The stable name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Undecided => "undecided",
            Self::Ambiguous => "ambiguous",
            Self::CannotLink => "cannot_link",
            Self::IdentifierLimit => "identifier_limit",
        }
    }
}

/// Two records of different entities, and why they are not one.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct ReviewItem {
    /// The first record; where one record is in doubt between two customers, that one.
    pub a: RecordId,
    /// The other record.
    pub b: RecordId,
    /// log2 odds that both are one customer.
    pub weight: f64,
    /// Why.
    pub reason: ReviewReason,
}
