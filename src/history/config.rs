//! What history can be told: columns, costs, thresholds, policies. Everything has a default.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::money::{Currency, Decimal};
use super::words::{Channel, ColumnRole};
use crate::error::{Error, ErrorKind, Result};

/// Configuration of history: the table `[history]`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HistoryConfig {
    /// Settings by interaction file, named without its ending.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub files: BTreeMap<String, FileConfig>,
    /// What a customer is worth.
    pub value: ValueConfig,
    /// When somebody should look.
    pub alarms: AlarmConfig,
    /// Who may be written to.
    pub consent: ConsentConfig,
    /// Totals that sources bring along, by the name of the column in `customers.csv`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub totals: BTreeMap<String, TotalConfig>,
}

/// One interaction file.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct FileConfig {
    /// The source that its record ids belong to, when no column tells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Currency of amounts without one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
    /// What all rows are, when no column tells: `order`, `call` ...
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether 01/03/2025 is the first of March.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day_first: Option<bool>,
    /// Role of columns by name: `record_id`, `at`, `amount` ...
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

/// The inputs of the value of a customer. They are assumptions, and stand in the report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ValueConfig {
    /// Share of the revenue that is margin, of orders without a cost of their own.
    pub margin_rate: f64,
    /// Share of customers that are still there after a year.
    pub retention: f64,
    /// Interest a year.
    pub discount_rate: f64,
    /// Years ahead that are counted.
    pub years: u32,
    /// What one contact costs, by channel, as a decimal in the customer's currency.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub contact_cost: BTreeMap<String, String>,
    /// What winning a customer cost, by the channel of the first touch.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub acquisition_cost: BTreeMap<String, String>,
}

impl Default for ValueConfig {
    fn default() -> Self {
        Self {
            margin_rate: 0.3,
            retention: 0.75,
            discount_rate: 0.1,
            years: 5,
            contact_cost: BTreeMap::new(),
            acquisition_cost: BTreeMap::new(),
        }
    }
}

/// Thresholds of the alarms.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AlarmConfig {
    /// A customer is late after this many times its own median gap between orders.
    pub gap_factor: f64,
    /// Orders from which a customer has a gap of its own.
    pub gap_orders: u32,
    /// Complaints within [`Self::complaint_days`] that are a spike.
    pub complaints: u32,
    /// Days in which complaints are counted.
    pub complaint_days: u32,
    /// Days after an opt-out in which it is news.
    pub optout_days: u32,
    /// Days before the end of a contract or a warranty.
    pub expiry_days: u32,
}

impl Default for AlarmConfig {
    fn default() -> Self {
        Self {
            gap_factor: 2.5,
            gap_orders: 3,
            complaints: 2,
            complaint_days: 90,
            optout_days: 90,
            expiry_days: 60,
        }
    }
}

/// How statements about consent are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// Withdrawn or suppressed before denied before unknown before pending before granted, over all of the customer's
    /// identifiers.
    #[default]
    MostRestrictive,
    /// The last statement holds; of two at one time the more restrictive. Statements without a time come first.
    LatestByTime,
    /// Each address and number has its own consent, by the most restrictive statement about it.
    PerIdentifier,
}

/// Consent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ConsentConfig {
    /// How statements are joined.
    pub policy: ConsentPolicy,
    /// Golden columns that state consent, as `email`, `email:marketing`, `!phone` (yes means no); found by their headers
    /// where nothing is said.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, String>,
}

/// How totals of several records of a customer are joined.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TotalPolicy {
    /// The sum over records whose events are different; of records that list a common event the larger counts.
    #[default]
    SumIfDisjoint,
    /// The largest.
    Max,
    /// That of the first source in [`TotalConfig::prefer`] that has one.
    Prefer,
}

/// One total that sources bring along.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TotalConfig {
    /// The golden columns that hold it.
    pub fields: Vec<String>,
    /// How they are joined.
    pub policy: TotalPolicy,
    /// Sources, best first, for the policy `prefer`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub prefer: Vec<String>,
    /// Whether it is money; its currency is that of the record's own events.
    pub money: bool,
    /// Currency of records without events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

impl HistoryConfig {
    /// Checks all values that can be checked without data.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] naming the path of the value.
    pub fn validate(&self) -> Result<()> {
        for (name, file) in &self.files {
            let at = |what: &str| format!("history.files.{name}.{what}");
            for (column, role) in &file.columns {
                if ColumnRole::of_name(role).is_none() {
                    let names: Vec<&str> = ColumnRole::ALL.iter().map(|role| role.name()).collect();
                    return Err(fail(&at(&format!("columns.{column}")), format!("unknown role {role:?}"))
                        .cure(format!("use one of {}", names.join(", "))));
                }
            }
            check_currency(&at("currency"), file.currency.as_deref())?;
            if let Some(kind) = &file.kind
                && super::words::kind(kind).is_none()
            {
                return Err(fail(&at("kind"), format!("unknown kind {kind:?}")));
            }
        }
        let value = &self.value;
        for (name, number, most) in [
            ("margin_rate", value.margin_rate, 1.0),
            ("retention", value.retention, 1.0),
            ("discount_rate", value.discount_rate, 10.0),
        ] {
            if !(0.0..=most).contains(&number) {
                let path = format!("history.value.{name}");
                return Err(fail(&path, format!("{number} is out of range")).cure(format!("use 0 to {most}")));
            }
        }
        for (name, costs) in
            [("contact_cost", &value.contact_cost), ("acquisition_cost", &value.acquisition_cost)]
        {
            for (channel, cost) in costs {
                let path = format!("history.value.{name}.{channel}");
                if Channel::of_name(channel).is_none() {
                    return Err(fail(&path, "no such channel".to_owned()));
                }
                if Decimal::parse(cost, '.').is_none() {
                    return Err(fail(&path, format!("{cost:?} is no amount")).cure("write it as \"4.50\""));
                }
            }
        }
        if self.alarms.gap_factor.is_nan() || self.alarms.gap_factor < 1.0 {
            return Err(fail("history.alarms.gap_factor", "must be at least 1".to_owned()));
        }
        for (column, spec) in &self.consent.columns {
            super::consent::ColumnSpec::parse(spec)
                .map_err(|error| error.at(format!("history.consent.columns.{column}")))?;
        }
        for (name, total) in &self.totals {
            let path = format!("history.totals.{name}");
            check_currency(&format!("{path}.currency"), total.currency.as_deref())?;
            if total.policy == TotalPolicy::Prefer && total.prefer.is_empty() {
                return Err(fail(&format!("{path}.prefer"), "the policy prefer needs sources".to_owned()));
            }
        }
        Ok(())
    }
}

fn check_currency(path: &str, code: Option<&str>) -> Result<()> {
    match code {
        Some(code) if Currency::parse(code).is_none() => {
            Err(fail(path, format!("{code:?} is no currency")).cure("use a code as in EUR"))
        }
        _ => Ok(()),
    }
}

fn fail(path: &str, message: String) -> Error {
    Error::new(ErrorKind::Config, message).at(path)
}
