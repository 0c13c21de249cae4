//! The files about what happened and who belongs together: `relations.csv`.
//!
//! As [`outputs`](super::outputs): UTF-8, RFC 4180, in an order that depends on the data alone.

use std::io::Write;

use super::csv::Writer;
use super::outputs::entity_name;
use crate::error::Result;
use crate::pipeline::Resolution;
use crate::relate::Relations;

/// Writes `relations.csv`: from_entity, to_entity, relation, directed, weight, evidence; one row a relation.
///
/// # Errors
/// [`ErrorKind::Io`](crate::ErrorKind::Io).
pub fn write_relations<W: Write>(
    resolution: &Resolution,
    relations: &Relations,
    mut writer: Writer<W>,
) -> Result<Writer<W>> {
    writer.write_record(["from_entity", "to_entity", "relation", "directed", "weight", "evidence"])?;
    for relation in relations.iter() {
        let evidence: Vec<&str> = relation.evidence.names().collect();
        writer.write_record([
            entity_name(resolution, relation.from).as_str(),
            &entity_name(resolution, relation.to),
            relation.kind.name(),
            if relation.kind.is_directed() { "yes" } else { "no" },
            &format!("{:.1}", relation.weight),
            &evidence.join("; "),
        ])?;
    }
    Ok(writer)
}
