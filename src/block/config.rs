//! What a configuration says about candidates.

use serde::{Deserialize, Serialize};

use super::neighbours::K;
use super::rule::Rule;
use super::rules::{BlockMethod, MAX_RULE_BLOCK};
use crate::error::{Error, ErrorKind, Result};

/// The most neighbours of a record that may be asked for.
const MAX_K: usize = 1000;

/// Configuration of the stage.
///
/// # Example
/// ```
/// use quilate::block::{BlockConfig, BlockMethod};
/// let config: BlockConfig = serde_json::from_str(r#"{ "rules": ["email", "phonetic(surname) + year(birth_date)"] }"#).unwrap();
/// assert_eq!(config.method(), BlockMethod::Both);
/// assert!(config.rules().is_ok());
/// ```
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct BlockConfig {
    /// How candidates are found; left out: neighbours, and both when there are rules.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<BlockMethod>,
    /// Neighbours of each record.
    pub k: usize,
    /// Rules, as [`Rule`] reads them; united.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// Records that a block of a rule may hold.
    pub max_block: usize,
}

impl Default for BlockConfig {
    fn default() -> Self {
        Self { method: None, k: K, rules: Vec::new(), max_block: MAX_RULE_BLOCK }
    }
}

impl BlockConfig {
    /// The method that is meant.
    pub fn method(&self) -> BlockMethod {
        let implied = if self.rules.is_empty() { BlockMethod::Neighbours } else { BlockMethod::Both };
        self.method.unwrap_or(implied)
    }

    /// The rules, read.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] at `block.rules[n]`.
    pub fn rules(&self) -> Result<Vec<Rule>> {
        Rule::parse_all(&self.rules, "block.rules")
    }

    /// Checks the values.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming the path of the value.
    pub fn validate(&self) -> Result<()> {
        let fail = |path: &str, message: String, cure: &str| {
            Err(Error::new(ErrorKind::Config, message).at(format!("block.{path}")).cure(cure))
        };
        self.rules()?;
        match (self.method, self.rules.is_empty()) {
            (Some(BlockMethod::Neighbours), false) => {
                return fail(
                    "method",
                    "neighbours leaves the rules unused".to_owned(),
                    "use \"both\" or \"rules\"",
                );
            }
            (Some(BlockMethod::Rules | BlockMethod::Both), true) => {
                return fail("rules", "the method asks for rules".to_owned(), "write some, as \"email\"");
            }
            _ => {}
        }
        if !(1..=MAX_K).contains(&self.k) {
            let cure = format!("use a number from 1 to {MAX_K}");
            return fail("k", format!("{} neighbours a record", self.k), &cure);
        }
        if self.max_block < 2 {
            return fail("max_block", format!("no pair fits in {} records", self.max_block), "use 2 or more");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_said() {
        let rules = vec!["email".to_owned()];
        for (config, message) in [
            (BlockConfig::default(), None),
            (BlockConfig { rules: rules.clone(), ..BlockConfig::default() }, None),
            (
                BlockConfig { method: Some(BlockMethod::Rules), ..BlockConfig::default() },
                Some("block.rules: the method asks for rules; write some, as \"email\""),
            ),
            (
                BlockConfig { method: Some(BlockMethod::Neighbours), rules, ..BlockConfig::default() },
                Some("block.method: neighbours leaves the rules unused; use \"both\" or \"rules\""),
            ),
            (
                BlockConfig { k: 0, ..BlockConfig::default() },
                Some("block.k: 0 neighbours a record; use a number from 1 to 1000"),
            ),
            (
                BlockConfig { max_block: 1, ..BlockConfig::default() },
                Some("block.max_block: no pair fits in 1 records; use 2 or more"),
            ),
        ] {
            let found = config.validate().err().map(|error| error.to_string());
            assert_eq!(found.as_deref(), message);
        }
    }
}
