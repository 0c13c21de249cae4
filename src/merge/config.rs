//! What the user may say about merging, and the plan that it becomes: all names are looked up and all ranges checked
//! once, so that nothing after it fails by configuration.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::defaults;
use super::golden::{Decision, MAX_OWN_RULES};
use super::own_rule::OwnRule;
use super::rules::{RULES, rule_names};
use super::trust::TrustConfig;
use crate::error::{Error, ErrorKind, Result};

/// The heaviest that a field may be in the quality of a record: enough for any proportion, and sums stay exact.
const MAX_WEIGHT: u32 = 1000;

/// Survivorship rules. Everything is optional; without any, the defaults fit customer data.
///
/// # Example
/// ```
/// use quilate::merge::{FieldSpec, MergeConfig};
/// let config: MergeConfig = serde_json::from_str(r#"{
///     "source_priority": ["crm", "shop"],
///     "fields": { "tax_id": { "rules": ["unanimous_or_null"] } },
///     "groups": { "address": { "rules": ["source_priority", "most_recent"] } }
/// }"#).unwrap();
/// let fields = [
///     FieldSpec { name: "tax_id", group: None, keep_all: false },
///     FieldSpec { name: "street", group: Some("address"), keep_all: false },
///     FieldSpec { name: "city", group: Some("address"), keep_all: false },
/// ];
/// let sources = ["crm", "newsletter", "shop"].map(str::to_owned);
/// assert!(config.validate(&fields, &sources).is_ok());
///
/// let typo: MergeConfig = serde_json::from_str(r#"{ "rules": ["most_recnt"] }"#).unwrap();
/// let error = typo.validate(&fields, &sources).unwrap_err();
/// assert!(error.to_string().starts_with(r#"merge.rules[0]: unknown survivorship rule "most_recnt"; use one of "#));
/// ```
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct MergeConfig {
    /// Chain of rules for every field and group without rules of its own. Left out: a default for each kind of field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<String>>,
    /// Sources, the most trusted first: for the rule `source_priority`, and for ties of all rules. Sources that are not
    /// listed come last and are equal.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub source_priority: Vec<String>,
    /// Trust in sources by field, for the rule `trust`; the first entry that names both counts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub trust: Vec<TrustConfig>,
    /// Days without a change after which a value is stale in the quality of its record; left out: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stale_after_days: Option<u32>,
    /// Rules of the calling program; see [`OwnRule`].
    #[serde(skip)]
    pub own_rules: Vec<OwnRule>,
    /// Settings by field.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldConfig>,
    /// Settings by group of fields that survive together.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub groups: BTreeMap<String, GroupConfig>,
}

/// Settings of one field.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct FieldConfig {
    /// Chain of rules; each breaks the ties of the one before. An empty chain leaves all to the comparator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<String>>,
    /// Whether the golden record keeps all different values, the winner first.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub keep_all: Option<bool>,
    /// Weight in the quality of a record, 0 to 1000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
}

/// Settings of one group.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct GroupConfig {
    /// Chain of rules, as for a field; here whole records compete.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rules: Option<Vec<String>>,
    /// Fields that join the group, beside those that belong to it by their kind.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<String>,
    /// Whether blanks of the winner are filled from the next records, as far as those contradict it in no field.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fill: bool,
}

/// A golden field, as the schema knows it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct FieldSpec<'a> {
    /// Name, unique.
    pub name: &'a str,
    /// The group with which it survives: `name`, `address`, `address_2` ...
    pub group: Option<&'a str>,
    /// Whether it keeps all different values unless the configuration says otherwise.
    pub keep_all: bool,
}

/// A field that is decided alone, or the fields of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Unit {
    fields: Vec<usize>,
    is_group: bool,
    keep_all: bool,
    fill: bool,
    /// Whether its value is made of several and stands in no record.
    derives: bool,
    /// All levels of the comparator, the chain of rules among them.
    levels: Vec<Decision>,
}

impl Unit {
    pub(super) fn fields(&self) -> &[usize] {
        &self.fields
    }

    pub(super) fn is_group(&self) -> bool {
        self.is_group
    }

    pub(super) fn keep_all(&self) -> bool {
        self.keep_all
    }

    pub(super) fn fills(&self) -> bool {
        self.fill
    }

    pub(super) fn derives(&self) -> bool {
        self.derives
    }

    pub(super) fn levels(&self) -> impl ExactSizeIterator<Item = Decision> + '_ {
        self.levels.iter().copied()
    }
}

/// A checked configuration.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct MergePlan {
    fields: Vec<String>,
    units: Vec<Unit>,
    unit_of: Vec<usize>,
    weights: Vec<u32>,
    stand_ins: Vec<Vec<usize>>,
    source_ranks: Vec<u32>,
    trust: Vec<TrustConfig>,
    /// Per field and source the entry of `trust`; empty when no chain weighs trust.
    trust_of: Vec<Vec<Option<usize>>>,
    /// Seconds.
    stale_after: Option<i64>,
    own_rules: Vec<OwnRule>,
}

impl MergePlan {
    /// Names of the golden fields.
    pub fn fields(&self) -> &[String] {
        &self.fields
    }

    /// The name of a decision, also of a rule that the calling program has brought along.
    pub fn decision_name(&self, decision: Decision) -> &str {
        match decision {
            Decision::Own(rule) => self.own_rules.get(usize::from(rule)).map_or("own_rule", OwnRule::name),
            other => other.name(),
        }
    }

    /// The rules of a field or of its group, in order; none for an unknown field.
    pub fn rules(&self, field: &str) -> Option<Vec<&str>> {
        let field = self.fields.iter().position(|name| name == field)?;
        let is_rule = |level: &Decision| matches!(level, Decision::Rule(_) | Decision::Own(_));
        let rule = |level: Decision| is_rule(&level).then(|| self.decision_name(level));
        Some(self.unit_of(field).levels().filter_map(rule).collect())
    }

    pub(super) fn units(&self) -> &[Unit] {
        &self.units
    }

    pub(super) fn unit_of(&self, field: usize) -> &Unit {
        &self.units[self.unit_of[field]]
    }

    pub(super) fn sources(&self) -> usize {
        self.source_ranks.len()
    }

    pub(super) fn source_rank(&self, source: usize) -> u32 {
        self.source_ranks[source]
    }

    pub(super) fn weight(&self, field: usize) -> u32 {
        self.weights[field]
    }

    pub(super) fn weighted_fields(&self) -> impl Iterator<Item = usize> + '_ {
        (0..self.weights.len()).filter(|&field| self.weights[field] > 0)
    }

    pub(super) fn stand_ins(&self, field: usize) -> &[usize] {
        &self.stand_ins[field]
    }

    pub(super) fn own_rule(&self, number: u8) -> Option<&OwnRule> {
        self.own_rules.get(usize::from(number))
    }

    /// Trust in a source about a field.
    pub(super) fn trust(&self, field: usize, source: usize) -> Option<&TrustConfig> {
        let entry = *self.trust_of.get(field)?.get(source)?;
        entry.map(|entry| &self.trust[entry])
    }

    pub(super) fn weighs_trust(&self) -> bool {
        !self.trust_of.is_empty()
    }

    pub(super) fn stale_after(&self) -> Option<i64> {
        self.stale_after
    }
}

impl MergeConfig {
    /// Looks up every name and checks every range.
    ///
    /// # Errors
    /// [`ErrorKind::Config`] with the path of the setting: an unknown rule, field, group or source, one named twice, a
    /// rule that cannot work where it stands, a field in two groups, a weight out of range.
    pub fn validate(&self, fields: &[FieldSpec], sources: &[String]) -> Result<MergePlan> {
        let index = index_fields(fields)?;
        if let Some(name) = self.fields.keys().find(|name| !index.contains_key(name.as_str())) {
            return Err(unknown("field", name, index.keys()).at(format!("merge.fields.{name}")));
        }
        let source_ranks = self.source_ranks(sources)?;
        self.check_own_rules()?;
        let groups = self.group_fields(fields, &index)?;
        self.check_trust(&index, &groups, sources)?;
        let units = self.units(fields, &groups)?;
        let mut unit_of = vec![0; fields.len()];
        for (number, unit) in units.iter().enumerate() {
            for &field in &unit.fields {
                unit_of[field] = number;
            }
        }
        let trust_of = if units.iter().any(|unit| weighs_trust(&unit.levels)) {
            fields
                .iter()
                .enumerate()
                .map(|(at, field)| self.trust_of(field.name, at, &groups, sources))
                .collect()
        } else {
            Vec::new()
        };
        let positions = |names: &[&str]| names.iter().filter_map(|name| index.get(name).copied()).collect();
        Ok(MergePlan {
            fields: fields.iter().map(|field| field.name.to_owned()).collect(),
            units,
            unit_of,
            weights: fields.iter().map(|field| self.weight(field.name)).collect::<Result<_>>()?,
            stand_ins: fields.iter().map(|field| positions(defaults::stand_ins(field.name))).collect(),
            source_ranks,
            trust: self.trust.clone(),
            trust_of,
            stale_after: self.stale_after_days.map(|days| i64::from(days) * 86_400),
            own_rules: self.own_rules.clone(),
        })
    }

    fn check_own_rules(&self) -> Result<()> {
        for (at, rule) in self.own_rules.iter().enumerate() {
            let path = || format!("merge.own_rules[{at}]");
            let is_taken = rule_names().any(|name| name == rule.name());
            if is_taken || self.own_rules[..at].iter().any(|earlier| earlier.name() == rule.name()) {
                return Err(config(format!("there is a rule {:?} already", rule.name())).at(path()));
            }
            if at >= MAX_OWN_RULES {
                return Err(config(format!("more than {MAX_OWN_RULES} rules")).at(path()));
            }
        }
        Ok(())
    }

    fn check_trust(
        &self,
        fields: &BTreeMap<&str, usize>,
        groups: &BTreeMap<&str, BTreeSet<usize>>,
        sources: &[String],
    ) -> Result<()> {
        for (at, entry) in self.trust.iter().enumerate() {
            let path = format!("merge.trust[{at}]");
            entry.validate(&path)?;
            let is_field =
                |name: &&String| fields.contains_key(name.as_str()) || groups.contains_key(name.as_str());
            if let Some(i) = entry.fields.iter().position(|name| !is_field(&name)) {
                let known = fields.keys().chain(groups.keys());
                return Err(
                    unknown("field or group", &entry.fields[i], known).at(format!("{path}.fields[{i}]"))
                );
            }
            if let Some(i) = entry.sources.iter().position(|name| !sources.contains(name)) {
                return Err(unknown("source", &entry.sources[i], sources).at(format!("{path}.sources[{i}]")));
            }
        }
        Ok(())
    }

    /// For each source the first entry that names it and the field, or the field's group.
    fn trust_of(
        &self,
        name: &str,
        field: usize,
        groups: &BTreeMap<&str, BTreeSet<usize>>,
        sources: &[String],
    ) -> Vec<Option<usize>> {
        let group = groups.iter().find(|(_, members)| members.contains(&field)).map(|(group, _)| *group);
        let about = |entry: &TrustConfig| {
            entry.fields.is_empty()
                || entry.fields.iter().any(|known| known == name || Some(known.as_str()) == group)
        };
        let of =
            |entry: &TrustConfig, source: &String| entry.sources.is_empty() || entry.sources.contains(source);
        sources
            .iter()
            .map(|source| self.trust.iter().position(|entry| about(entry) && of(entry, source)))
            .collect()
    }

    fn source_ranks(&self, sources: &[String]) -> Result<Vec<u32>> {
        let mut ranks = vec![self.source_priority.len() as u32; sources.len()];
        for (rank, name) in self.source_priority.iter().enumerate() {
            let path = || format!("merge.source_priority[{rank}]");
            let Some(source) = sources.iter().position(|source| source == name) else {
                return Err(unknown("source", name, sources).at(path()));
            };
            if self.source_priority[..rank].contains(name) {
                return Err(config(format!("source {name:?} is listed twice")).at(path()));
            }
            ranks[source] = rank as u32;
        }
        Ok(ranks)
    }

    /// The fields of each group, by its name.
    fn group_fields<'a>(
        &'a self,
        fields: &[FieldSpec<'a>],
        index: &BTreeMap<&str, usize>,
    ) -> Result<BTreeMap<&'a str, BTreeSet<usize>>> {
        let mut group_of: Vec<Option<&str>> = fields.iter().map(|field| field.group).collect();
        for (group, settings) in &self.groups {
            for (i, name) in settings.fields.iter().enumerate() {
                let path = || format!("merge.groups.{group}.fields[{i}]");
                let Some(&field) = index.get(name.as_str()) else {
                    return Err(unknown("field", name, index.keys()).at(path()));
                };
                if let Some(other) = group_of[field].replace(group).filter(|other| other != group) {
                    return Err(config(format!("field {name:?} is in group {other:?} already")).at(path()));
                }
            }
        }
        let mut groups: BTreeMap<&str, BTreeSet<usize>> = BTreeMap::new();
        for (field, group) in group_of.iter().enumerate() {
            if let Some(group) = group {
                groups.entry(group).or_default().insert(field);
            }
        }
        match self.groups.keys().find(|group| !groups.contains_key(group.as_str())) {
            Some(group) => Err(unknown("group", group, groups.keys())
                .at(format!("merge.groups.{group}"))
                .cure("name its fields in `fields`, or use a group that the data has")),
            None => Ok(groups),
        }
    }

    /// Groups and lone fields, in the order of their first field.
    fn units(&self, fields: &[FieldSpec], groups: &BTreeMap<&str, BTreeSet<usize>>) -> Result<Vec<Unit>> {
        let mut units = Vec::new();
        for (index, field) in fields.iter().enumerate() {
            let settings = self.fields.get(field.name);
            let keep_all = settings.and_then(|settings| settings.keep_all);
            let group = groups.iter().find(|(_, members)| members.contains(&index));
            let path = format!("merge.fields.{}", field.name);
            let Some((group, members)) = group else {
                let own = settings.and_then(|settings| settings.rules.as_deref());
                let chain = self.chain(own, &format!("{path}.rules"), defaults::field_rules(field.name))?;
                let has = |name: &str| chain.iter().any(|rule| rule.name() == name);
                if has("keep_all") && keep_all == Some(false) {
                    return Err(
                        config("the rule \"keep_all\" and keep_all = false contradict each other").at(path)
                    );
                }
                let derives = chain.iter().any(|rule| DERIVING.contains(&rule.name()));
                let keep_all = has("keep_all")
                    || (keep_all.unwrap_or(field.keep_all) && !(derives && keep_all.is_none()));
                if keep_all && has("unanimous_or_null") {
                    return Err(config("a field cannot keep all values and be null when they differ")
                        .at(path)
                        .cure("give it other rules, or set keep_all = false"));
                }
                if keep_all && derives {
                    return Err(config("a field cannot keep all values and be made of them")
                        .at(path)
                        .cure("give it other rules, or set keep_all = false"));
                }
                let levels = levels(chain, false);
                units.push(Unit {
                    fields: vec![index],
                    is_group: false,
                    keep_all,
                    fill: false,
                    derives,
                    levels,
                });
                continue;
            };
            if settings.is_some_and(|settings| settings.rules.is_some()) {
                return Err(config(format!("the field survives with group {group:?}"))
                    .at(format!("{path}.rules"))
                    .cure(format!("give the rules to merge.groups.{group}")));
            }
            if keep_all == Some(true) {
                return Err(config(format!("a field of group {group:?} cannot keep all values")).at(path));
            }
            if members.first() == Some(&index) {
                let settings = self.groups.get(*group);
                let own = settings.and_then(|settings| settings.rules.as_deref());
                let path = format!("merge.groups.{group}.rules");
                let chain = self.chain(own, &path, defaults::group_rules(group))?;
                if let Some(rule) = chain.iter().find(|rule| FOR_ONE_FIELD.contains(&rule.name())) {
                    let path = if own.is_some() { path } else { "merge.rules".to_owned() };
                    return Err(config(format!(
                        "rule {:?} looks at one field and cannot choose a whole record",
                        rule.name()
                    ))
                    .at(path)
                    .cure("give it to a field outside of any group"));
                }
                let fields = members.iter().copied().collect();
                let fill = settings.is_some_and(|settings| settings.fill);
                let levels = levels(chain, true);
                units.push(Unit { fields, is_group: true, keep_all: false, fill, derives: false, levels });
            }
        }
        Ok(units)
    }

    /// Looks up the own chain, else that for all, else the default.
    fn chain(&self, own: Option<&[String]>, path: &str, default: &[&str]) -> Result<Vec<Decision>> {
        match (own, self.rules.as_deref()) {
            (Some(own), _) => self.look_up(own, path),
            (None, Some(all)) => self.look_up(all, "merge.rules"),
            (None, None) => self.look_up(default, "default rules"),
        }
    }

    fn look_up<S: AsRef<str>>(&self, names: &[S], path: &str) -> Result<Vec<Decision>> {
        let mut chain = Vec::with_capacity(names.len());
        for (i, name) in names.iter().enumerate() {
            let (name, path) = (name.as_ref(), || format!("{path}[{i}]"));
            let own = || {
                self.own_rules.iter().position(|rule| rule.name() == name).map(|at| Decision::Own(at as u8))
            };
            let built_in = RULES.iter().position(|rule| rule.name == name).map(|at| Decision::Rule(at as u8));
            let Some(rule) = built_in.or_else(own) else {
                let own = self.own_rules.iter().map(|rule| rule.name().to_owned());
                let known = rule_names().map(str::to_owned).chain(own);
                return Err(unknown("survivorship rule", name, known).at(path()));
            };
            if chain.contains(&rule) {
                return Err(config(format!("rule {name:?} is in the chain already")).at(path()));
            }
            if name == "source_priority" && self.source_priority.is_empty() {
                return Err(config("rule \"source_priority\" has no priorities to go by")
                    .at(path())
                    .cure("list the sources in merge.source_priority, the most trusted first"));
            }
            if name == "trust" && self.trust.is_empty() {
                return Err(config("rule \"trust\" has no trust to go by")
                    .at(path())
                    .cure("say in merge.trust how far sources are trusted"));
            }
            if chain.iter().any(|before: &Decision| DERIVING.contains(&before.name())) {
                return Err(config(format!(
                    "no rule comes after {:?}, which leaves nothing to decide",
                    names[i - 1].as_ref()
                ))
                .at(path()));
            }
            chain.push(rule);
        }
        Ok(chain)
    }

    fn weight(&self, field: &str) -> Result<u32> {
        match self.fields.get(field).and_then(|settings| settings.weight) {
            Some(weight) if weight > MAX_WEIGHT => {
                Err(config(format!("weight {weight} is above {MAX_WEIGHT}"))
                    .at(format!("merge.fields.{field}.weight")))
            }
            Some(weight) => Ok(weight),
            None => Ok(defaults::weight(field)),
        }
    }
}

/// Rules that make a value of several.
const DERIVING: [&str; 3] = ["sum", "avg", "count"];

/// Rules that a group of fields cannot have.
const FOR_ONE_FIELD: [&str; 7] = ["sum", "avg", "count", "min", "max", "keep_all", "prefer_personal"];

fn weighs_trust(levels: &[Decision]) -> bool {
    levels.iter().any(|level| level.name() == "trust")
}

/// The comparator around a chain of rules.
fn levels(chain: Vec<Decision>, is_group: bool) -> Vec<Decision> {
    let mut levels = vec![Decision::Pinned, Decision::Cleared];
    if weighs_trust(&chain) {
        levels.extend(chain);
        levels.push(Decision::Validity);
    } else {
        levels.push(Decision::Validity);
        levels.extend(chain);
    }
    if is_group {
        levels.push(Decision::Completeness);
    }
    levels.extend([Decision::SourceRank, Decision::UpdatedAt, Decision::PublishedAt, Decision::Agreement]);
    levels.extend([Decision::ListOrder, Decision::Length, Decision::Bytes, Decision::RecordOrder]);
    levels
}

fn index_fields<'a>(fields: &[FieldSpec<'a>]) -> Result<BTreeMap<&'a str, usize>> {
    let mut index = BTreeMap::new();
    for (i, field) in fields.iter().enumerate() {
        if index.insert(field.name, i).is_some() {
            return Err(config(format!("two golden fields are named {:?}", field.name)).at("merge"));
        }
        if field.keep_all && field.group.is_some() {
            let message = format!("field {:?} is in a group and cannot keep all values", field.name);
            return Err(config(message).at("merge"));
        }
    }
    Ok(index)
}

fn config(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Config, message)
}

fn unknown<S: AsRef<str>>(what: &str, name: &str, known: impl IntoIterator<Item = S>) -> Error {
    let known: Vec<String> = known.into_iter().map(|name| name.as_ref().to_owned()).collect();
    let cure = if known.is_empty() {
        format!("there is no {what}")
    } else {
        format!("use one of {}", known.join(", "))
    };
    config(format!("unknown {what} {name:?}")).cure(cure)
}
