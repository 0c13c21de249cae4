//! Candidate pairs of Splink's blocking rules. Equalities between the two records are joined by hashing, what is left of
//! a rule is asked of each pair that they leave; of a rule with ORs each branch is joined alone.

use std::borrow::Cow;

use hashbrown::HashMap;

use super::sql::{Comparator, Expr, Side};
use super::value::Pair;
use crate::error::{Error, ErrorKind, Result};
use crate::par;
use crate::table::{Column, Interner, NULL};

/// Records that one task joins.
const CHUNK: usize = 1 << 10;

/// Most pairs of records that a rule without any equality may look at one by one.
const MAX_CROSS_PAIRS: u64 = 200_000_000;

/// One way for a rule to hold: all equalities and all conditions.
struct Branch<'a> {
    /// Equalities, each as (expression of the left record, of the right one).
    keys: Vec<(&'a Expr, &'a Expr)>,
    /// What is not an equality between the two.
    conditions: Vec<&'a Expr>,
}

impl<'a> Branch<'a> {
    /// Splits a rule at its ORs, and each part at its ANDs.
    fn of(rule: &'a Expr) -> Vec<Self> {
        let branches = if let Expr::Or(parts) = rule { parts.as_slice() } else { std::slice::from_ref(rule) };
        let branch = |part: &'a Expr| {
            let conditions =
                if let Expr::And(parts) = part { parts.as_slice() } else { std::slice::from_ref(part) };
            let mut branch = Self { keys: Vec::new(), conditions: Vec::new() };
            for condition in conditions {
                match equality(condition) {
                    Some(key) => branch.keys.push(key),
                    None => branch.conditions.push(condition),
                }
            }
            branch
        };
        branches.iter().map(branch).collect()
    }
}

/// `left side = right side` in either order.
fn equality(condition: &Expr) -> Option<(&Expr, &Expr)> {
    let Expr::Compare(Comparator::Equal, a, b) = condition else { return None };
    match (only_side(a)?, only_side(b)?) {
        (Side::Left, Side::Right) => Some((a, b)),
        (Side::Right, Side::Left) => Some((b, a)),
        _ => None,
    }
}

/// The one record that an expression reads; `None` for both, and for neither.
fn only_side(expr: &Expr) -> Option<Side> {
    let mut sides = [false; 2];
    expr.columns(&mut |side, _| sides[usize::from(side == Side::Right)] = true);
    match sides {
        [true, false] => Some(Side::Left),
        [false, true] => Some(Side::Right),
        _ => None,
    }
}

/// A branch with its keys as numbers: equal numbers, equal values; [`NULL`] is unknown.
struct Joined<'a> {
    keys: Vec<(Vec<u32>, Vec<u32>)>,
    conditions: Vec<&'a Expr>,
}

impl<'a> Joined<'a> {
    fn new(branch: Branch<'a>, columns: &[Cow<'_, Column>], records: usize) -> Self {
        let number = |(left, right): &(&Expr, &Expr)| {
            let mut interner = Interner::new();
            let mut codes = |expr: &Expr| -> Vec<u32> {
                let code = |record| {
                    let value = expr.evaluate(&Pair { columns, left: record, right: record });
                    value.into_text().map_or(NULL, |text| interner.intern(&text))
                };
                (0..records).map(code).collect()
            };
            let left_codes = codes(left);
            (left_codes, codes(right))
        };
        Self { keys: branch.keys.iter().map(number).collect(), conditions: branch.conditions }
    }

    fn holds(&self, pair: &Pair<'_, '_>) -> bool {
        let equal = |(left, right): &(Vec<u32>, Vec<u32>)| {
            left[pair.left] != NULL && left[pair.left] == right[pair.right]
        };
        self.keys.iter().all(equal)
            && self.conditions.iter().all(|condition| condition.evaluate(pair).truth() == Some(true))
    }

    /// Records by the key of their right side; all of them where there are no keys.
    fn right_index(&self, records: usize) -> HashMap<Vec<u32>, Vec<u32>, foldhash::fast::FixedState> {
        let mut index: HashMap<Vec<u32>, Vec<u32>, _> = HashMap::default();
        for record in 0..records {
            let key: Vec<u32> = self.keys.iter().map(|(_, right)| right[record]).collect();
            if !key.contains(&NULL) {
                index.entry(key).or_default().push(record as u32);
            }
        }
        index
    }
}

/// A candidate pair, and the first rule that holds for it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Candidate {
    pub(super) left: u32,
    pub(super) right: u32,
    pub(super) rule: u16,
}

/// The pairs of all rules, each once, by rule and then by record.
///
/// # Errors
/// [`ErrorKind::Limit`] when a branch of a rule has no equality to join by, and there are too many pairs to look at all.
pub(super) fn candidates(
    rules: &[Expr],
    columns: &[Cow<'_, Column>],
    records: usize,
    allowed: &(impl Fn(u32, u32) -> bool + Sync + Send),
) -> Result<Vec<Candidate>> {
    let everything = [Expr::Bool(true)];
    let rules = if rules.is_empty() { &everything } else { rules };
    let joined: Vec<Vec<Joined<'_>>> = rules
        .iter()
        .map(|rule| {
            Branch::of(rule).into_iter().map(|branch| Joined::new(branch, columns, records)).collect()
        })
        .collect();
    let mut found = Vec::new();
    for (rule, branches) in joined.iter().enumerate() {
        for (at, branch) in branches.iter().enumerate() {
            if branch.keys.is_empty() && (records as u64).pow(2) > MAX_CROSS_PAIRS {
                let message =
                    format!("has no equality between l and r, and {records} records are too many to pair");
                return Err(Error::new(ErrorKind::Limit, message)
                    .at(format!("blocking_rules_to_generate_predictions[{rule}]"))
                    .cure("add an equality, as in l.surname = r.surname"));
            }
            let index = branch.right_index(records);
            let parts = par::map_ranges(records, CHUNK, |range| {
                let mut found = Vec::new();
                let mut key = Vec::new();
                for left in range {
                    key.clear();
                    key.extend(branch.keys.iter().map(|(codes, _)| codes[left]));
                    for &right in index.get(&key).into_iter().flatten() {
                        let pair = Pair { columns, left, right: right as usize };
                        let candidate = allowed(left as u32, right)
                            && branch.conditions.iter().all(|c| c.evaluate(&pair).truth() == Some(true))
                            && !branches[..at]
                                .iter()
                                .chain(joined[..rule].iter().flatten())
                                .any(|b| b.holds(&pair));
                        if candidate {
                            found.push(Candidate { left: left as u32, right, rule: rule as u16 });
                        }
                    }
                }
                found
            });
            parts.into_iter().for_each(|part| found.extend(part));
        }
    }
    par::sort_unstable_by(&mut found, |a, b| (a.rule, a.left, a.right).cmp(&(b.rule, b.left, b.right)));
    Ok(found)
}
