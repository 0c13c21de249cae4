//! Pairs whose class people have told: they take part in training as what they are.

use std::collections::BTreeMap;

/// Whether pairs of records are one customer, as far as anybody has said so.
///
/// Labels train: EM knows the class of these pairs and need not guess it, matches are left out of what strangers have in
/// common, and the counts of the second round follow them. They force nothing: a judgement in
/// [`Overrides`](crate::pipeline::matching::Overrides) does.
///
/// A few hundred fair ones move `m` where training alone has little to go by; in data of many thousand matches each counts as
/// the one pair that it is.
///
/// # Null
/// A pair without a label is of an unknown class.
///
/// # Example
/// ```
/// let labels = quilate::score::Labels::new([(7, 3, true), (3, 9, false)]);
/// assert_eq!((labels.get(3, 7), labels.get(9, 3), labels.get(7, 9)), (Some(true), Some(false), None));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    pairs: BTreeMap<(u32, u32), bool>,
}

impl Labels {
    /// From (record, record, whether they are one customer). The order of the two does not matter; of two labels of one pair
    /// the last counts, and a record is no pair with itself.
    pub fn new(labels: impl IntoIterator<Item = (u32, u32, bool)>) -> Self {
        let pairs = labels.into_iter().filter(|(a, b, _)| a != b);
        Self { pairs: pairs.map(|(a, b, matched)| ((a.min(b), a.max(b)), matched)).collect() }
    }

    /// What was said about a pair.
    pub fn get(&self, a: u32, b: u32) -> Option<bool> {
        if self.pairs.is_empty() {
            return None;
        }
        self.pairs.get(&(a.min(b), a.max(b))).copied()
    }

    /// All pairs in order, the smaller record first.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (u32, u32, bool)> + '_ {
        self.pairs.iter().map(|(&(a, b), &matched)| (a, b, matched))
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.pairs.len()
    }

    /// Whether nobody has said anything.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }
}
