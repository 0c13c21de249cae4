//! How the outputs say what is no text of the data, the same in files and in record batches.

use crate::ids::EntityId;
use crate::merge::{Provenance, QualityReason};
use crate::pipeline::Resolution;

/// The id of an entity in all outputs: [`Resolution::customer_id`].
pub(super) fn entity_name(resolution: &Resolution, entity: EntityId) -> String {
    resolution.customer_id(entity).to_string()
}

/// What cost quality, and how many points: `birth_date contested -10`.
pub(super) fn reason_text(resolution: &Resolution, reason: &QualityReason) -> String {
    format!("{} {} -{}", resolution.golden_fields()[reason.field].name, reason.kind, reason.points)
}

/// The values of a cell that lost and mean something else, as `source:id why`. That others say the same is no loss.
pub(super) fn lost_texts<'p>(
    resolution: &'p Resolution,
    provenance: &'p Provenance<'_>,
) -> impl Iterator<Item = String> + 'p {
    let (records, plan) = (resolution.records(), resolution.merge_plan());
    provenance.losers.iter().filter(|loser| !loser.agrees).map(|loser| {
        let (source, id) = (records.source_name(loser.record), records.id(loser.record));
        format!("{source}:{id} {}", plan.decision_name(loser.why))
    })
}
