//! Entities that can be reached at one e-mail address or telephone number.

use super::postings::pairs;
use super::{Evidence, Found, RelateOptions, RelationKind};
use crate::table::AttributeKind;

/// Relates them; the pairs, ascending, for the households.
pub(super) fn relate(found: &mut Found<'_>, options: &RelateOptions) -> Vec<(u32, u32)> {
    let mut shared = Vec::new();
    for (kind, evidence, what) in
        [(AttributeKind::Email, Evidence::EMAIL, "email"), (AttributeKind::Phone, Evidence::PHONE, "phone")]
    {
        let postings = found.postings(kind);
        for (_, group) in postings.groups() {
            if group.len() > options.contact_limit {
                found.pass_over(what, group.len());
                continue;
            }
            let weight = found.bits(group.len());
            for pair in pairs(&group) {
                found.add(pair, RelationKind::SharedContactPoint, weight, evidence);
                shared.push(pair);
            }
        }
    }
    shared.sort_unstable();
    shared.dedup();
    shared
}
