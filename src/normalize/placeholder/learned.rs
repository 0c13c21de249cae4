//! Fillers that no list knows: values that far too many records or people share.
//!
//! Every company has its own: the shop's phone number typed for a customer without one, `ventas@` of the own domain, the
//! date of birth that the form starts with. No list can hold them; their frequency gives them away.

use serde::Serialize;

use crate::table::AttributeKind;

/// How one distinct value of a column is used.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Usage {
    /// Records that carry it.
    pub records: u32,
    /// Different people among these records, counted by their names; 0 where names are not known.
    pub people: u32,
}

/// Why a value is taken for a filler.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Excess {
    /// Far more records than any value beside it.
    TooFrequent,
    /// Tied to more people than one customer, family or office.
    TooManyPeople,
}

impl Excess {
    /// The stable reason code.
    pub fn name(self) -> &'static str {
        match self {
            Self::TooFrequent => "too_frequent",
            Self::TooManyPeople => "too_many_people",
        }
    }
}

/// Fewer records than this are a large family, an office or a customer whom every touchpoint knows.
const FEWEST_RECORDS: u32 = 30;

/// People with different names who share a private number or mailbox: a flat of students, a small office. Beyond that the
/// value says where somebody works, not who it is.
const MOST_PEOPLE: u32 = 25;

/// Of the values that people may share in numbers, how many times the largest honest one a filler has. Real columns have
/// long tails: the most frequent Spanish surname has twice the records of the tenth, the most frequent day of birth in a
/// clean column twice those of the median. A default of a form has hundreds of times.
const GAP: u32 = 8;

/// Fillers of one column are a handful; what lies below the sixteenth most frequent value is its ordinary stock.
const MOST_FILLERS: usize = 16;

/// The values of a column that are fillers by their use, by position in `usage`, in ascending order.
///
/// Two rules. A value of a kind that belongs to one customer (e-mail, phone, identifier) is one when more than
/// 25 people have it. A value of any kind that tells customers apart is one when it is among the most frequent,
/// and eight times as frequent as the next that is not: where the frequencies of a column fall off a cliff, what stands
/// above is no measurement. Where names are known it takes more than 25 people for that, too: few people with many records
/// are customers whom every touchpoint knows. Kinds whose values everybody shares (city, gender, category) have none.
///
/// # Shape
/// `usage` has one entry a distinct value, without null.
///
/// # Complexity
/// Linear in the number of values.
///
/// # Example
/// ```
/// # use quilate::AttributeKind;
/// # use quilate::normalize::placeholder::{Excess, Usage, learned};
/// let mut phones = vec![Usage { records: 2, people: 1 }; 1000];
/// phones[7] = Usage { records: 400, people: 380 };
/// assert_eq!(learned(AttributeKind::Phone, &phones), [(7, Excess::TooManyPeople)]);
/// ```
pub fn learned(kind: AttributeKind, usage: &[Usage]) -> Vec<(usize, Excess)> {
    let cliff = if tells_apart(kind) { cliff(usage) } else { u32::MAX };
    let private = matches!(kind, AttributeKind::Email | AttributeKind::Phone | AttributeKind::Identifier);
    let excess = |value: &Usage| {
        if private && value.people > MOST_PEOPLE {
            Some(Excess::TooManyPeople)
        } else if value.records >= cliff && (value.people == 0 || value.people > MOST_PEOPLE) {
            Some(Excess::TooFrequent)
        } else {
            None
        }
    };
    usage.iter().enumerate().filter_map(|(at, value)| Some((at, excess(value)?))).collect()
}

/// Kinds of which a frequent value is news.
fn tells_apart(kind: AttributeKind) -> bool {
    use AttributeKind as K;
    matches!(
        kind,
        K::FullName
            | K::Company
            | K::Email
            | K::Phone
            | K::FullAddress
            | K::Street
            | K::BirthDate
            | K::Identifier
            | K::Website
    )
}

/// The least number of records with which a value stands above the cliff; `u32::MAX` when there is none.
fn cliff(usage: &[Usage]) -> u32 {
    let mut counts: Vec<u32> = usage.iter().map(|value| value.records).collect();
    let kept = counts.len().min(MOST_FILLERS + 1);
    if kept < 2 {
        return u32::MAX;
    }
    if kept < counts.len() {
        counts.select_nth_unstable_by(kept - 1, |a, b| b.cmp(a));
        counts.truncate(kept);
    }
    counts.sort_unstable_by(|a, b| b.cmp(a));
    // The lowest cliff: two fillers of which one is far more frequent are two.
    let edge = counts
        .windows(2)
        .rev()
        .find(|pair| pair[0] >= FEWEST_RECORDS && pair[0] >= pair[1].saturating_mul(GAP));
    edge.map_or(u32::MAX, |pair| pair[0])
}

#[cfg(test)]
mod tests {
    use super::*;
    use AttributeKind as K;
    use proptest::prelude::*;

    fn of(records: &[u32]) -> Vec<Usage> {
        records.iter().map(|&records| Usage { records, people: 0 }).collect()
    }

    /// A column whose frequencies fall as those of names do.
    fn zipf(top: u32, values: u32) -> Vec<u32> {
        (1..=values).map(|rank| (top / rank).max(1)).collect()
    }

    #[test]
    fn a_value_above_the_cliff_is_no_value() {
        let mut dates = vec![3; 5000];
        dates[17] = 900;
        dates[40] = 90;
        assert_eq!(
            learned(K::BirthDate, &of(&dates)),
            [(17, Excess::TooFrequent), (40, Excess::TooFrequent)]
        );
        // A shop's own address beside the orders of ordinary customers.
        let mut mails = vec![1; 200];
        mails[0] = 29;
        assert_eq!(learned(K::Email, &of(&mails)), []);
        mails[0] = 30;
        assert_eq!(learned(K::Email, &of(&mails)), [(0, Excess::TooFrequent)]);
    }

    #[test]
    fn long_tails_are_no_cliffs() {
        assert_eq!(learned(K::FullName, &of(&zipf(5000, 20_000))), []);
        assert_eq!(learned(K::City, &of(&[100_000, 3, 2])), []);
        assert_eq!(learned(K::Gender, &of(&[100_000, 3])), []);
        // One value is no distribution, and twenty frequent ones are the column's stock.
        assert_eq!(learned(K::Phone, &of(&[1000])), []);
        let mut stock = vec![500; 20];
        stock.extend([1; 1000]);
        assert_eq!(learned(K::Street, &of(&stock)), []);
    }

    #[test]
    fn people_count_where_a_value_is_private() {
        let office = Usage { records: 80, people: 25 };
        let switchboard = Usage { records: 80, people: 26 };
        let mut usage = vec![Usage { records: 20, people: 2 }; 50];
        usage.extend([office, switchboard]);
        assert_eq!(learned(K::Phone, &usage), [(51, Excess::TooManyPeople)]);
        assert_eq!(learned(K::Street, &usage), []);
    }

    #[test]
    fn a_customer_of_many_records_is_no_filler() {
        let mut dates = vec![Usage { records: 2, people: 1 }; 500];
        dates[3] = Usage { records: 200, people: 2 };
        assert_eq!(learned(K::BirthDate, &dates), []);
        dates[3].people = 150;
        assert_eq!(learned(K::BirthDate, &dates), [(3, Excess::TooFrequent)]);
    }

    proptest! {
        #[test]
        fn nothing_but_counts_decides(mut records in prop::collection::vec(0..2000u32, 0..60), swap in 0..60usize) {
            let found: Vec<u32> = learned(K::Phone, &of(&records)).iter().map(|&(at, _)| records[at]).collect();
            prop_assert!(found.iter().all(|&count| count >= FEWEST_RECORDS) && found.len() <= MOST_FILLERS);
            if !records.is_empty() {
                let middle = swap % records.len();
                records.rotate_left(middle);
            }
            let mut rotated: Vec<u32> = learned(K::Phone, &of(&records)).iter().map(|&(at, _)| records[at]).collect();
            rotated.sort_unstable();
            let mut sorted = found;
            sorted.sort_unstable();
            prop_assert_eq!(rotated, sorted);
        }
    }
}
