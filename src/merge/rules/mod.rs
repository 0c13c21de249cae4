//! The registry of survivorship rules: one file a rule, one line here. Configuration, error texts and documentation
//! take the names from this list.

use super::contest::Contest;

/// What a rule says about the candidates that still stand.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Verdict {
    /// The scores order them.
    Ranked,
    /// The golden cell is this text, which is made of all of them.
    Derived(String),
    /// None of them may win: the golden cell is null.
    Null,
}

/// A survivorship rule: one call a contest, never one a pair.
pub(super) struct Rule {
    /// Name in configuration and provenance.
    pub name: &'static str,
    /// One sentence for people.
    pub summary: &'static str,
    /// Writes one score a candidate, the higher the better. A score depends on the candidates as a set, never on their
    /// order, and equal scores leave the decision to the next rule. The last argument are the candidates that no level
    /// before has ruled out.
    pub score: fn(&Contest, &mut [i64], &[u32]) -> Verdict,
}

macro_rules! rules {
    ($($module:ident,)*) => {
        $(mod $module;)*
        /// All rules; a rule's place is its number.
        pub(super) static RULES: &[Rule] = &[$($module::RULE,)*];
    };
}

rules! {
    avg,
    best_written,
    count,
    keep_all,
    longest,
    max,
    min,
    most_complete,
    most_frequent,
    most_recent,
    not_contained,
    not_misspelled,
    oldest,
    prefer_personal,
    prefer_verified,
    source_priority,
    sum,
    trust,
    unanimous_or_null,
}

/// The names that a chain of rules may use.
pub fn rule_names() -> impl ExactSizeIterator<Item = &'static str> {
    RULES.iter().map(|rule| rule.name)
}

/// What a rule does, in one sentence; none for an unknown name.
pub fn rule_summary(name: &str) -> Option<&'static str> {
    RULES.iter().find(|rule| rule.name == name).map(|rule| rule.summary)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique_sorted_and_explained() {
        let names: Vec<&str> = rule_names().collect();
        let mut sorted = names.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(names, sorted, "the registry is read in alphabetical order");
        assert!(names.iter().all(|name| rule_summary(name).is_some_and(|text| text.ends_with('.'))));
        assert_eq!(rule_summary("coin_toss"), None);
    }

    #[test]
    fn rule_numbers_fit_a_byte_of_the_cell() {
        assert!(RULES.len() <= 96, "rules of the caller come behind them");
    }
}
