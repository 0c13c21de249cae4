//! What is asked of a [`Resolution`] when the customers are known: their relations.

use super::Resolution;
use crate::ids::{EntityId, RecordId};
use crate::relate::{RelateInput, RelateOptions, Relations, relate};

impl Resolution {
    /// Who lives with whom, works for whom, shares a telephone, or may be the same after all.
    pub fn relations(&self, options: &RelateOptions) -> Relations {
        let home = self.homes();
        let input = RelateInput {
            attributes: self.attributes(),
            entities: self.entities(),
            edges: &self.matching().edges,
            home: &home,
        };
        relate(&input, options)
    }

    /// The record that the golden street of each entity comes from.
    pub(super) fn homes(&self) -> Vec<Option<RecordId>> {
        let Some(street) = self.golden_fields().iter().position(|field| field.name == "street") else {
            return Vec::new();
        };
        let cell = |entity: u32| self.golden().cell(EntityId(entity), street);
        (0..self.entities().len() as u32)
            .map(|entity| Some(cell(entity)).filter(|cell| cell.code.is_some()).and_then(|cell| cell.record))
            .collect()
    }
}
