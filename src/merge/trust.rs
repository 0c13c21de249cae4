//! How far a source is trusted in a field, and how trust fades while a value is not confirmed.
//!
//! # Source
//! The curves are those of master-data systems: LINEAR, SIRL (slow initial, rapid later), RISL (rapid initial, slow
//! later).

use serde::{Deserialize, Serialize};

use crate::error::{Error, ErrorKind, Result};

/// Trust is kept in millionths of a point, so that one second tells in a period of years.
const SCALE: i128 = 1_000_000;

const SECONDS_A_DAY: i128 = 86_400;

/// How trust fades from `max` to `min`, where `t` is the share of the period that has passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decay {
    /// Evenly: `max - (max - min) t`.
    #[default]
    Linear,
    /// Slowly at first: `max - (max - min) t²`.
    Sirl,
    /// Fast at first: `min + (max - min) (1 - t)²`.
    Risl,
}

/// Trust in some sources about some fields.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrustConfig {
    /// Fields and groups; left out: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Sources; left out: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<String>,
    /// Trust in a value that has just been changed, 0 to 100.
    pub max: u32,
    /// Trust at the end of the period, and in values whose age is unknown.
    pub min: u32,
    /// Days from `max` to `min`.
    pub period_days: u32,
    /// The way down.
    #[serde(default)]
    pub decay: Decay,
    /// Percent of the trust that a value loses when it is not valid.
    #[serde(default)]
    pub downgrade: u32,
}

impl TrustConfig {
    /// Checks the ranges.
    pub(super) fn validate(&self, path: &str) -> Result<()> {
        let fail = |key: &str, message: String| {
            Err(Error::new(ErrorKind::Config, message).at(format!("{path}.{key}")))
        };
        match () {
            () if self.max > 100 => fail("max", format!("trust {} is above 100", self.max)),
            () if self.min > self.max => fail("min", format!("{} is above max {}", self.min, self.max)),
            () if self.period_days == 0 => fail("period_days", "trust cannot fade in no time".to_owned()),
            () if self.downgrade > 100 => fail("downgrade", format!("{} % is above 100", self.downgrade)),
            () => Ok(()),
        }
    }

    /// Trust in millionths of a point. `age`: seconds since the value was changed, none when that is unknown.
    pub(super) fn at(&self, age: Option<i64>, valid: bool) -> i64 {
        let (max, min) = (i128::from(self.max) * SCALE, i128::from(self.min) * SCALE);
        let period = i128::from(self.period_days) * SECONDS_A_DAY;
        let fall = max - min;
        let trust = match age {
            None => min,
            Some(age) => {
                let age = i128::from(age).clamp(0, period);
                match self.decay {
                    Decay::Linear => max - fall * age / period,
                    Decay::Sirl => max - fall * age * age / (period * period),
                    Decay::Risl => min + fall * (period - age) * (period - age) / (period * period),
                }
            }
        };
        let kept = if valid { 100 } else { 100 - i128::from(self.downgrade) };
        (trust * kept / 100) as i64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn trust(decay: Decay) -> TrustConfig {
        let (fields, sources) = (Vec::new(), Vec::new());
        TrustConfig { fields, sources, max: 80, min: 40, period_days: 100, decay, downgrade: 50 }
    }

    #[test]
    fn the_curves_meet_their_vectors() {
        for (days, want) in
            [(-5, [80, 80, 80]), (0, [80, 80, 80]), (50, [60, 70, 50]), (100, [40; 3]), (900, [40; 3])]
        {
            let got = [Decay::Linear, Decay::Sirl, Decay::Risl]
                .map(|decay| trust(decay).at(Some(days * DAY), true) / SCALE as i64);
            assert_eq!(got, want, "after {days} of 100 days");
        }
        assert_eq!(trust(Decay::Linear).at(None, true), 40 * SCALE as i64);
    }

    #[test]
    fn invalid_values_lose_their_share() {
        assert_eq!(trust(Decay::Linear).at(Some(50 * DAY), false), 30 * SCALE as i64);
    }

    #[test]
    fn ranges_are_checked() {
        let wrong = [
            ("max", TrustConfig { max: 101, ..trust(Decay::Linear) }),
            ("min", TrustConfig { min: 81, ..trust(Decay::Linear) }),
            ("period_days", TrustConfig { period_days: 0, ..trust(Decay::Linear) }),
            ("downgrade", TrustConfig { downgrade: 101, ..trust(Decay::Linear) }),
        ];
        for (key, config) in wrong {
            let error = config.validate("merge.trust[0]").unwrap_err().to_string();
            assert!(error.starts_with(&format!("merge.trust[0].{key}: ")), "{error}");
        }
        assert!(trust(Decay::Risl).validate("").is_ok());
    }
}
