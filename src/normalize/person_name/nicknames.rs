//! Which given names may be the same name: familiar forms (Paco, Francisco) and equivalents across languages (José,
//! Josep, Joseph).
//!
//! The relation is a set for each name, never a rewriting: `Chema` may be José or José María, and Pepe is not Josep's
//! twin in display. Two names are compatible when their sets intersect. It is a weak agreement: score it below equality.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::super::resources::{fields, lines};
use super::super::text::fold;
use super::lexicon::{DIMINUTIVES_EN, EQUIVALENTS, HYPOCORISTICS};

struct Groups {
    /// Range of `ids` for each folded name.
    ranges: HashMap<String, (usize, usize), FixedState>,
    ids: Vec<u32>,
}

static GROUPS: LazyLock<Groups> = LazyLock::new(build);

/// Ids of the clusters a folded given name belongs to, sorted; empty for names the tables do not know.
///
/// A formal name belongs to its own cluster, which it shares with its equivalents in other languages; a familiar form to
/// the clusters of all the formals it stands for.
///
/// # Complexity
/// One hash look-up.
///
/// # Example
/// ```
/// # use quilate::normalize::person_name::nicknames::{compatible, nickname_groups};
/// assert!(compatible("paco", "francesc"));
/// assert!(!compatible("paco", "juan"));
/// assert!(nickname_groups("xyzzy").is_empty());
/// ```
pub fn nickname_groups(given_folded: &str) -> &'static [u32] {
    let groups = &*GROUPS;
    match groups.ranges.get(given_folded) {
        Some(&(start, end)) => groups.ids.get(start..end).unwrap_or(&[]),
        None => &[],
    }
}

/// True when the two folded given names share a cluster. Equal names that the tables do not know are not "compatible":
/// equality is another, stronger level.
///
/// # Complexity
/// Linear in the two sets, which have a handful of members.
pub fn compatible(left_folded: &str, right_folded: &str) -> bool {
    let (mut left, mut right) = (nickname_groups(left_folded), nickname_groups(right_folded));
    while let (Some((&a, rest_a)), Some((&b, rest_b))) = (left.split_first(), right.split_first()) {
        match a.cmp(&b) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => left = rest_a,
            std::cmp::Ordering::Greater => right = rest_b,
        }
    }
    false
}

fn build() -> Groups {
    // Cluster names first, so that a formal with equivalents takes their ids; then ids of its own for every other formal.
    let mut clusters: BTreeMap<&'static str, u32> = BTreeMap::new();
    let mut members: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    let mut next = 0;
    for line in lines(EQUIVALENTS) {
        let [cluster, _, _, name] = fields(line);
        let id = *clusters.entry(cluster).or_insert_with(|| {
            next += 1;
            next - 1
        });
        members.entry(fold(name)).or_default().insert(id);
    }
    let mut pairs: Vec<(String, String)> = Vec::new();
    for line in lines(HYPOCORISTICS) {
        let [_, nickname, formal] = fields(line);
        pairs.push((fold(nickname), fold(formal)));
    }
    for line in lines(DIMINUTIVES_EN) {
        let [formal, _, nicknames] = fields(line);
        pairs.extend(nicknames.split(' ').map(|nickname| (fold(nickname), fold(formal))));
    }
    for (_, formal) in &pairs {
        let ids = members.entry(formal.clone()).or_default();
        if ids.is_empty() {
            ids.insert(next);
            next += 1;
        }
    }
    // One step only: a nickname of a nickname (Lena, Magdalena, Malena) would join names that have nothing in common.
    let formal_ids = members.clone();
    for (nickname, formal) in pairs {
        if let Some(ids) = formal_ids.get(&formal) {
            members.entry(nickname).or_default().extend(ids);
        }
    }
    let mut groups = Groups { ranges: HashMap::default(), ids: Vec::new() };
    for (name, ids) in members {
        let start = groups.ids.len();
        groups.ids.extend(ids);
        groups.ranges.insert(name, (start, groups.ids.len()));
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compatible_pairs() {
        let rows = [
            "paco francisco",
            "pepe jose",
            "bob robert",
            "bill william",
            "william guillermo",
            "lola dolores",
            "jose josep",
            "joseph giuseppe",
            "kiko francisco",
            "peggy margaret",
            "xose jose",
            "chico francisco",
            "toni antonio",
            "nacho ignacio",
        ];
        for row in rows {
            let (left, right) = row.split_once(' ').unwrap_or((row, ""));
            assert!(compatible(left, right) && compatible(right, left), "{row}");
        }
        assert!(compatible("mari carmen", "maria del carmen"));
    }

    #[test]
    fn incompatible_pairs() {
        for row in
            ["paco juan", "bob william", "maria jose", "juan juana", "xyzzy xyzzy", "antonio francisco"]
        {
            let (left, right) = row.split_once(' ').unwrap_or((row, ""));
            assert!(!compatible(left, right), "{row}");
        }
    }

    #[test]
    fn sets_are_sorted_without_repetition() {
        let groups = &*GROUPS;
        assert!(groups.ranges.len() > 2000);
        for &(start, end) in groups.ranges.values() {
            assert!(groups.ids[start..end].windows(2).all(|pair| pair[0] < pair[1]));
            assert!(start < end);
        }
    }
}
