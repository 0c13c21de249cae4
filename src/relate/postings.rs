//! Which entities have a value: the inverted index of one attribute.

use super::RelateInput;
use crate::ids::RecordId;
use crate::par;
use crate::table::AttributeKind;

/// (value, entity), ascending, each once.
pub(super) struct Postings(Vec<(u128, u32)>);

impl Postings {
    /// Of any keys.
    pub(super) fn new(mut pairs: Vec<(u128, u32)>) -> Self {
        par::sort_unstable_by(&mut pairs, Ord::cmp);
        pairs.dedup();
        Self(pairs)
    }

    /// Of the codes of all columns of a kind. Columns of one kind have dictionaries of their own, hence the number of the
    /// column in the key; two columns of one kind do not meet.
    pub(super) fn of_kind(input: &RelateInput<'_>, kind: AttributeKind) -> Self {
        let mut pairs = Vec::new();
        let columns = input.attributes.columns.iter().filter(|attribute| attribute.kind == kind);
        for (number, attribute) in columns.enumerate() {
            for record in 0..attribute.column.len() {
                let entity = input.entities.entity_of(RecordId(record as u32)).0;
                let codes = attribute.column.codes(record).iter();
                pairs.extend(codes.map(|&code| ((number as u128) << 32 | u128::from(code), entity)));
            }
        }
        Self::new(pairs)
    }

    /// The entities of each value that several have.
    pub(super) fn groups(&self) -> impl Iterator<Item = (u128, Vec<u32>)> + '_ {
        let groups = self.0.chunk_by(|a, b| a.0 == b.0).filter(|group| group.len() > 1);
        groups.map(|group| (group[0].0, group.iter().map(|&(_, entity)| entity).collect()))
    }

    /// All pairs.
    pub(super) fn iter(&self) -> impl Iterator<Item = (u128, u32)> + '_ {
        self.0.iter().copied()
    }
}

/// Every pair of a group, the smaller first.
pub(super) fn pairs(group: &[u32]) -> impl Iterator<Item = (u32, u32)> + '_ {
    group.iter().enumerate().flat_map(|(at, &a)| group[at + 1..].iter().map(move |&b| (a, b)))
}
