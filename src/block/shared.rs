//! Which keys two records share: what found the pair, or why nothing did.

use serde::Serialize;

use super::index::{COMPOSITES, MAX_BLOCK};
use super::keys::emit_keys;
use crate::normalize::attributes::Attributes;

/// A key that two records share.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SharedKey {
    /// The attributes that it was made of, as `phone` or `surname and postcode`.
    pub attributes: String,
    /// Records that have the key.
    pub records: u64,
    /// What sharing it says, in bits: `log2(all / records)`; 0 when it was not used.
    pub bits: f64,
    /// Whether blocking used it: keys of very many records find nothing.
    pub used: bool,
}

/// Shared keys that are looked at, the first by attribute: one bit each of a word.
const MOST: usize = 64;

/// The keys that two records share, the rarest first; none when nothing of them is alike.
///
/// # Complexity
/// One pass over the distinct values and the records: for explanations, not for loops.
pub fn shared_keys(attributes: &Attributes, a: u32, b: u32) -> Vec<SharedKey> {
    let all = attributes.len() as f64;
    let of_values = value_keys(attributes, a, b);
    let mut found: Vec<SharedKey> = count_values(attributes, &of_values)
        .into_iter()
        .zip(&of_values)
        .map(|(records, (name, _))| key(name.clone(), records, all))
        .collect();
    for (number, rule) in (0..).zip(COMPOSITES) {
        let Some(keyed) = rule.keys(number, attributes) else { continue };
        let of = |record: u32| keyed.iter().find(|(_, other)| *other == record).map(|(key, _)| *key);
        if let (Some(left), Some(right)) = (of(a), of(b))
            && left == right
        {
            let records = keyed.iter().filter(|(key, _)| *key == left).count() as u64;
            found.push(key(rule.name(), records, all));
        }
    }
    found.sort_by(|x, y| {
        y.bits.total_cmp(&x.bits).then_with(|| (x.records, &x.attributes).cmp(&(y.records, &y.attributes)))
    });
    found
}

fn key(attributes: String, records: u64, all: f64) -> SharedKey {
    let used = records <= MAX_BLOCK as u64;
    let bits = if used { (all / records.max(1) as f64).log2() } else { 0.0 };
    SharedKey { attributes, records, bits, used }
}

/// The keys of single values that both records have, each with the attributes that give it.
fn value_keys(attributes: &Attributes, a: u32, b: u32) -> Vec<(String, u64)> {
    let keys_of = |record: u32| {
        let mut keys: Vec<(&str, u64)> = Vec::new();
        for (at, attribute) in attributes.columns.iter().enumerate() {
            for value in attribute.column.values(record as usize) {
                emit_keys(attribute.kind, at, value, |key| keys.push((&attribute.name, key)));
            }
        }
        keys
    };
    let (left, right) = (keys_of(a), keys_of(b));
    let mut shared: Vec<(String, u64)> = Vec::new();
    for &(name, key) in &left {
        if shared.len() == MOST || shared.iter().any(|(_, known)| *known == key) {
            continue;
        }
        if let Some(&(other, _)) = right.iter().find(|(_, other)| *other == key) {
            // Names that changed places meet under one key.
            let attributes = if other == name { name.to_owned() } else { format!("{name} and {other}") };
            shared.push((attributes, key));
        }
    }
    shared
}

/// Records that have each key, in any attribute.
fn count_values(attributes: &Attributes, keys: &[(String, u64)]) -> Vec<u64> {
    let mut of_records = vec![0u64; attributes.len()];
    for (at, attribute) in attributes.columns.iter().enumerate() {
        let column = &attribute.column;
        let of_value = |value: &str| {
            let mut found = 0u64;
            emit_keys(attribute.kind, at, value, |key| {
                if let Some(bit) = keys.iter().position(|(_, known)| *known == key) {
                    found |= 1 << bit;
                }
            });
            found
        };
        let of_values: Vec<u64> = column.dictionary().iter().map(of_value).collect();
        for (record, found) in of_records.iter_mut().enumerate() {
            column.codes(record).iter().for_each(|&code| *found |= of_values[code as usize]);
        }
    }
    let count = |bit: usize| of_records.iter().filter(|&&found| found >> bit & 1 == 1).count() as u64;
    (0..keys.len()).map(count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::SourceId;
    use crate::normalize::attributes::Attribute;
    use crate::table::AttributeKind;

    fn attributes(columns: &[(AttributeKind, &[Option<&str>])]) -> Attributes {
        let attribute = |(kind, cells): &(AttributeKind, &[Option<&str>])| Attribute {
            name: kind.name().to_owned(),
            kind: *kind,
            column: cells.iter().copied().collect(),
        };
        Attributes {
            source: vec![SourceId(0); columns[0].1.len()],
            columns: columns.iter().map(attribute).collect(),
        }
    }

    #[test]
    fn what_two_records_share_and_how_rare_it_is() {
        let given = [Some("ana"), Some("ana"), Some("pau"), Some("eva")];
        let surname = [Some("ruiz"), Some("vila"), Some("ana"), None];
        let phone = [Some("600111222"), Some("600111222"), None, Some("655010203")];
        let found = attributes(&[
            (AttributeKind::GivenName, &given),
            (AttributeKind::Surname, &surname),
            (AttributeKind::Phone, &phone),
        ]);
        let keys = shared_keys(&found, 0, 1);
        assert_eq!((keys[0].attributes.as_str(), keys[0].records, keys[0].bits), ("phone", 2, 1.0));
        let ana = keys.iter().find(|key| key.attributes == "given_name").expect("both are called Ana");
        assert_eq!(ana.records, 3, "as a surname too");
        assert!(keys.iter().all(|key| key.used && key.bits >= 0.0));
        let crossed = shared_keys(&found, 1, 2);
        assert!(crossed.iter().all(|key| key.attributes == "given_name and surname"), "{crossed:?}");
        assert!(!crossed.is_empty());
        assert_eq!(shared_keys(&found, 0, 3), []);
    }

    #[test]
    fn a_key_of_very_many_records_is_not_used() {
        let cities = vec![Some("madrid"); MAX_BLOCK + 1];
        let found = attributes(&[(AttributeKind::City, &cities)]);
        let keys = shared_keys(&found, 0, 1);
        assert!(!keys.is_empty() && keys.iter().all(|key| !key.used && key.bits == 0.0), "{keys:?}");
    }
}
