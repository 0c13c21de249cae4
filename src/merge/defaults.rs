//! The only place with defaults: which rules decide a field or group, and what it weighs in the quality of a record.
//!
//! Names are those of [`AttributeKind`](crate::AttributeKind) and of the groups `name` and `address`; a further slot
//! (`street:2`, `address_2`) has the rules of the first and no weight: nobody is worse for having one address.

/// Rules of a group.
pub(super) fn group_rules(group: &str) -> &'static [&'static str] {
    match stem(group) {
        // What most sources say, counting an abbreviation for the name that it abbreviates; then the fullest record,
        // then the one that a person typed with care.
        "name" => &["most_frequent", "most_complete", "best_written"],
        // People move: the last address counts. But a newsletter that knows nothing but the town of the same address
        // has not seen a move, and of the same town written in two ways the one with a slip is wrong.
        "address" => &["not_contained", "not_misspelled", "most_recent", "most_complete"],
        _ => &["most_frequent", "most_complete", "most_recent"],
    }
}

/// Rules of a field outside of any group.
pub(super) fn field_rules(field: &str) -> &'static [&'static str] {
    match stem(field) {
        "email" => &["prefer_personal", "most_recent"],
        "phone" | "website" | "age" => &["most_recent"],
        // These never change: a later one is a correction or an error, and the majority knows which.
        "birth_date" | "identifier" => &["most_frequent"],
        _ => &["most_frequent", "most_recent"],
    }
}

/// Weight in the quality of a record: who it is, and how the customer is reached. 0: not judged, because it is normal
/// not to have one (a middle name, a flat number) or unknown what it means.
pub(super) fn weight(field: &str) -> u32 {
    match field {
        "email" => 3,
        "full_name" | "given_name" | "surname" | "company" | "phone" | "street" | "full_address" => 2,
        "city" | "postcode" | "country" | "birth_date" | "identifier" => 1,
        _ => 0,
    }
}

/// Fields of which one filled excuses that `field` is missing: a company needs no given name, a whole address in one
/// cell no town.
pub(super) fn stand_ins(field: &str) -> &'static [&'static str] {
    match field {
        "given_name" | "surname" => &["full_name", "company"],
        "full_name" => &["given_name", "surname", "company"],
        "company" => &["full_name", "given_name", "surname"],
        "birth_date" => &["company"],
        "street" => &["full_address", "po_box"],
        "city" | "postcode" => &["full_address"],
        "full_address" => &["street", "po_box"],
        _ => &[],
    }
}

/// A name without its slot: `street:2` and `street_2` are `street`.
fn stem(name: &str) -> &str {
    let head = name.trim_end_matches(|c: char| c.is_ascii_digit());
    match head.strip_suffix([':', '_']) {
        Some(stem) if head.len() < name.len() => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::merge::rule_names;
    use crate::table::AttributeKind;

    #[test]
    fn slots_share_rules() {
        for (name, want) in
            [("address_2", "address"), ("street:3", "street"), ("email", "email"), ("x2", "x2"), ("_", "_")]
        {
            assert_eq!(stem(name), want);
        }
        assert_eq!(group_rules("address_2"), group_rules("address"));
        assert_eq!(weight("street:2"), 0);
    }

    #[test]
    fn every_default_rule_exists() {
        let fields = AttributeKind::ALL.iter().flat_map(|kind| field_rules(kind.name()));
        let groups = ["name", "address", "other"].into_iter().flat_map(group_rules);
        for rule in fields.chain(groups) {
            assert!(rule_names().any(|name| name == *rule), "{rule}");
        }
    }

    #[test]
    fn weights_and_stand_ins_name_attributes() {
        let known: Vec<&str> = AttributeKind::ALL.iter().map(|kind| kind.name()).collect();
        for field in &known {
            assert!(stand_ins(field).iter().all(|name| known.contains(name) && name != field), "{field}");
        }
        assert!(known.iter().filter(|name| weight(name) > 0).count() >= 10);
    }
}
