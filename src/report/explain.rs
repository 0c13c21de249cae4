//! Why two records are one customer, or are not: the weight of each comparison, as a waterfall.

use std::fmt;

use serde::Serialize;

use crate::block::SharedKey;
use crate::compare::{NULL_LEVEL, PairLevels};
use crate::ids::RecordId;
use crate::score::Scorer;
use crate::table::{Column, NULL};

/// One step of the waterfall.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ExplainedComparison {
    /// Name of the comparison.
    pub name: String,
    /// Normalised value of the first record; several are joined with ` | `.
    pub left: String,
    /// Normalised value of the second record.
    pub right: String,
    /// Name of the level; `missing` when a side has no value.
    pub level: &'static str,
    /// P(level | match).
    pub m: f64,
    /// P(level, value | strangers).
    pub u: f64,
    /// log2(m / u); 0 when missing.
    pub weight: f64,
    /// How much of the weight is due to the frequency of the values, and to the cap of attributes with few values.
    pub frequency: f64,
    /// Comparisons that agree and make the agreement here less of a surprise: `m` and `u` are those given these.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
}

/// The evidence for and against a pair.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The two records by number.
    #[serde(skip)]
    pub records: (RecordId, RecordId),
    /// log2 odds before any evidence.
    pub prior: f64,
    /// One entry a comparison.
    pub comparisons: Vec<ExplainedComparison>,
    /// What the household class takes away: relatives share much without being one person.
    pub household: f64,
    /// log2 odds of a match, all in.
    pub weight: f64,
    /// The same as a probability.
    pub probability: f64,
    /// Whether blocking proposed the pair.
    pub candidate: bool,
    /// Whether both are in one entity.
    pub same_entity: bool,
    /// Blocking rules that propose the pair, where there are any.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Keys that both records have, the rarest first; `None` where nobody asked for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keys: Option<Vec<SharedKey>>,
}

/// Explains a pair under a model.
pub fn explain(
    scorer: &Scorer<'_>,
    a: RecordId,
    b: RecordId,
    same_entity: bool,
    candidate: bool,
) -> Explanation {
    let comparisons = scorer.comparisons();
    let mut pair = PairLevels::default();
    comparisons.evaluator().evaluate(a.index(), b.index(), &mut pair);
    let rows = comparisons.items().iter().enumerate().map(|(at, item)| {
        let column = comparisons.column(at);
        let (left, right) = (shown(column, a, pair.codes[at].0), shown(column, b, pair.codes[at].1));
        let name = item.name.clone();
        match scorer.evidence(at, &pair) {
            Some(evidence) => ExplainedComparison {
                name,
                left,
                right,
                level: item.levels[pair.levels[at] as usize].name,
                m: evidence.m.exp2(),
                u: evidence.u.exp2(),
                weight: evidence.m - evidence.u,
                frequency: scorer.frequency_adjustment(at, &pair),
                given: scorer
                    .agreeing_parents(at, &pair)
                    .map(|parent| comparisons.items()[parent].name.clone())
                    .collect(),
            },
            None => {
                debug_assert_eq!(pair.levels[at], NULL_LEVEL);
                ExplainedComparison {
                    name,
                    left,
                    right,
                    level: "missing",
                    m: 1.0,
                    u: 1.0,
                    weight: 0.0,
                    frequency: 0.0,
                    given: Vec::new(),
                }
            }
        }
    });
    let comparisons: Vec<ExplainedComparison> = rows.collect();
    let weight = scorer.weight(&pair);
    let prior = scorer.prior().weight(0.0, f64::NEG_INFINITY);
    let evidence: f64 = comparisons.iter().map(|row| row.weight).sum();
    Explanation {
        records: (a, b),
        prior,
        household: weight.0 - prior - evidence,
        comparisons,
        weight: weight.0,
        probability: weight.probability().0,
        candidate,
        same_entity,
        rules: Vec::new(),
        keys: None,
    }
}

/// The value that gave the level, else all values of the record.
fn shown(column: &Column, record: RecordId, code: u32) -> String {
    if code == NULL {
        column.values(record.index()).collect::<Vec<_>>().join(" | ")
    } else {
        column.dictionary().text(code).to_owned()
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let width =
            |texts: &mut dyn Iterator<Item = usize>, least: usize| texts.max().unwrap_or(0).clamp(least, 34);
        let name = width(&mut self.comparisons.iter().map(|row| row.name.chars().count()), 10);
        let left = width(&mut self.comparisons.iter().map(|row| row.left.chars().count()), 8);
        let right = width(&mut self.comparisons.iter().map(|row| row.right.chars().count()), 8);
        let mut line = |cells: [&str; 4], numbers: [&str; 4]| {
            let ([label, a, b, level], [m, u, rarity, bits]) = (cells, numbers);
            writeln!(
                f,
                "  {label:name$}  {:left$}  {:right$}  {level:20} {m:>7} {u:>8} {rarity:>6} {bits:>7}",
                clip(a, left),
                clip(b, right)
            )
        };
        line(["", "left", "right", "level"], ["m", "u", "rarity", "bits"])?;
        line(["prior", "", "", ""], ["", "", "", &format!("{:+.1}", self.prior)])?;
        for row in &self.comparisons {
            if row.left.is_empty() && row.right.is_empty() {
                continue;
            }
            let number = |text: String| if row.level == "missing" { String::new() } else { text };
            let rarity =
                if row.frequency.abs() < 0.05 { String::new() } else { format!("{:+.1}", row.frequency) };
            line(
                [&row.name, &row.left, &row.right, row.level],
                [
                    &number(format!("{:.4}", row.m)),
                    &number(format!("{:.1e}", row.u)),
                    &rarity,
                    &format!("{:+.1}", row.weight),
                ],
            )?;
        }
        if self.household.abs() >= 0.05 {
            line(["household", "", "", ""], ["", "", "", &format!("{:+.1}", self.household)])?;
        }
        for row in self.comparisons.iter().filter(|row| !row.given.is_empty()) {
            writeln!(f, "  {} is weighed knowing that {} agrees", row.name, row.given.join(" and "))?;
        }
        self.found(f)?;
        let verdict = match (self.same_entity, self.candidate) {
            (true, true) => "one customer",
            (true, false) => "one customer, joined through other records",
            (false, true) => "two customers",
            (false, false) if self.keys.as_ref().is_some_and(|keys| keys.iter().any(|key| key.used)) => {
                "two customers; each has closer neighbours, so they were never compared"
            }
            (false, false) => "two customers; they share no rare key, so they were never compared",
        };
        let probability = match self.probability {
            p if p > 0.9999 => "> 99.99 %".to_owned(),
            p if p < 0.0001 => "< 0.01 %".to_owned(),
            p => format!("{:.2} %", 100.0 * p),
        };
        writeln!(f, "  {:+.1} bits in all, probability {probability}: {verdict}", self.weight)
    }
}

/// Keys that are shown of a pair.
const SHOWN_KEYS: usize = 5;

impl Explanation {
    /// What found the pair, or would have.
    fn found(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.rules.is_empty() {
            writeln!(f, "  found by the rule {}", self.rules.join(", "))?;
        }
        let Some(keys) = &self.keys else { return Ok(()) };
        for key in keys.iter().take(SHOWN_KEYS) {
            let used =
                if key.used { format!("{:+.1} bits", key.bits) } else { "too many to look at".to_owned() };
            writeln!(f, "  shared key of {}: {} records have it, {used}", key.attributes, key.records)?;
        }
        match keys.len() {
            0 => writeln!(f, "  they share no key"),
            n if n > SHOWN_KEYS => writeln!(f, "  and {} further keys", n - SHOWN_KEYS),
            _ => Ok(()),
        }
    }
}

/// A text cut to a width, with an ellipsis.
fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
