//! All rooms in reading order: a [`Table`] and a [`Config`] in, a [`Resolution`] out.
//!
//! This is the only module that knows every stage. The stages are pure functions; this one reports progress and
//! carries issues from one to the next.
//!
//! # Shape
//! Reach for [`consolidate`]; for [`consolidate_with`] to show progress; for [`detect_columns`] to look at the columns, or
//! to write a configuration, before anything is matched. The parts of a [`Resolution`] are in canonical record order.
//!
//! # Null
//! An empty table is an empty resolution. Records without any value are customers of their own.
//!
//! # Errors
//! All of the configuration's are found before matching begins, and name the path of the setting or the column.

mod after;
mod clearing;
mod compose;
mod config;
mod fields;
mod findings;
mod grouped;
mod guards;
mod labels;
pub mod matching;
mod memory;
mod parse;
mod parts;
mod plan;
mod prepare;
mod records;
mod resolution;
mod review;
mod settle;
pub mod stages;
mod state;
mod warnings;

pub use crate::control::{Control, Progress, Stage};
pub use crate::spill::{Scratch, ScratchFile};
pub use after::{without, without_erased};
pub use config::{Config, SourceConfig};
pub use grouped::merge_groups;
pub use guards::{Guards, IdentifierLimits, SharedValue};
pub use matching::LinkType;
use matching::Overrides;
pub use memory::{MemoryForecast, MemoryReport};
pub use plan::{Plan, PlanOptions, PlannedRule, plan};
pub use prepare::GoldenField;
pub use records::Records;
use resolution::Found;
pub use resolution::{GoldenRecord, GoldenValue, KeptValue, Resolution};
pub use state::State;

use crate::cluster::Constraints;
use crate::compare::Comparisons;
use crate::detect::{DetectOptions, Mapping, detect};
use crate::error::{Error, ErrorKind, Issues, Result};
use crate::judgement::{Judgements, ResolvedJudgements, ResolvedPin};
use crate::merge::{FieldSpec, MergePlan, Pin};
use crate::spill::Spill;
use crate::table::{Role, Source, Table};

/// Records that weights may join to one customer unless `cluster.max_size` says otherwise: a crowd that shares a value which
/// no guard knows would otherwise be one.
const MAX_ENTITY: usize = 500;

/// Turns a table into golden records.
///
/// # Errors
/// [`ErrorKind::Config`] for a configuration that contradicts itself or the data, [`ErrorKind::UnknownField`] for a
/// column that no source has. Dirty data is never an error: it is counted in [`Resolution::issues`].
///
/// # Example
/// ```
/// use quilate::{Config, Table};
///
/// #[derive(serde::Serialize)]
/// struct Customer { id: u32, name: &'static str, email: &'static str, phone: &'static str }
/// let table = Table::from_records("app", [
///     Customer { id: 1, name: "María José García López", email: "mjgarcia@telefonica.net", phone: "617 345 908" },
///     Customer { id: 2, name: "Mª José García", email: "mjgarcia@telefonica.net", phone: "+34617345908" },
///     Customer { id: 3, name: "Pau Vila Soler", email: "pau@vila.cat", phone: "655 010 203" },
/// ])?;
/// let resolution = quilate::consolidate(table, &Config::default())?;
/// assert_eq!((resolution.records().len(), resolution.entities().len()), (3, 2));
/// # Ok::<(), quilate::Error>(())
/// ```
pub fn consolidate(table: Table, config: &Config) -> Result<Resolution> {
    consolidate_with(table, config, Issues::new(), |_| {})
}

/// As [`consolidate`], with the issues that reading has found and a caller who wants to know which stage begins.
///
/// # Errors
/// As [`consolidate`].
pub fn consolidate_with(
    table: Table,
    config: &Config,
    issues: Issues,
    mut progress: impl FnMut(Stage),
) -> Result<Resolution> {
    run(table, config, &Judgements::default(), issues, &Control::new(), &mut progress)
}

/// As [`consolidate`], as one run of many: customers keep their numbers, what people have decided holds, and what changed
/// since the run before is in [`Resolution::events`]. Gives the state for the next run.
///
/// # Errors
/// As [`consolidate`].
pub fn consolidate_in(table: Table, config: &Config, state: &State) -> Result<(Resolution, State)> {
    consolidate_in_with(table, config, state, Issues::new(), |_| {})
}

/// [`consolidate_in`] with the extras of [`consolidate_with`].
///
/// # Errors
/// As [`consolidate`].
pub fn consolidate_in_with(
    table: Table,
    config: &Config,
    state: &State,
    issues: Issues,
    mut progress: impl FnMut(Stage),
) -> Result<(Resolution, State)> {
    let mut resolution = run(table, config, &state.judgements, issues, &Control::new(), &mut progress)?;
    let registry = resolution.number_by(&state.registry);
    Ok((resolution, State { registry, judgements: state.judgements.clone() }))
}

/// As [`consolidate`], with the issues that reading has found, watched and stopped through a [`Control`] by other threads.
///
/// # Errors
/// As [`consolidate`], and [`ErrorKind::Cancelled`].
pub fn consolidate_under(
    table: Table,
    config: &Config,
    issues: Issues,
    control: &Control,
) -> Result<Resolution> {
    run(table, config, &Judgements::default(), issues, control, &mut |_| {})
}

/// [`consolidate_in`], watched and stopped as [`consolidate_under`].
///
/// # Errors
/// As [`consolidate_under`].
pub fn consolidate_in_under(
    table: Table,
    config: &Config,
    state: &State,
    issues: Issues,
    control: &Control,
) -> Result<(Resolution, State)> {
    let mut resolution = run(table, config, &state.judgements, issues, control, &mut |_| {})?;
    let registry = resolution.number_by(&state.registry);
    Ok((resolution, State { registry, judgements: state.judgements.clone() }))
}

/// As [`consolidate_with`], with a place for what does not fit in memory: needed when
/// [`Config::memory_limit`] is less than the run would take. The results are the same bytes with and without.
///
/// # Errors
/// As [`consolidate`]; [`ErrorKind::Limit`] before matching begins when the limit cannot be kept, with the least that
/// could; [`ErrorKind::Io`] when the scratch file fails.
pub fn consolidate_within(
    table: Table,
    config: &Config,
    issues: Issues,
    scratch: &dyn Scratch,
    mut progress: impl FnMut(Stage),
) -> Result<Resolution> {
    let around = Around { control: &Control::new(), scratch: Some(scratch) };
    run_around(table, config, &Judgements::default(), issues, &around, &mut progress)
}

/// [`consolidate_in_with`], with a place for what does not fit in memory, as [`consolidate_within`].
///
/// # Errors
/// As [`consolidate_within`].
pub fn consolidate_in_within(
    table: Table,
    config: &Config,
    state: &State,
    issues: Issues,
    scratch: &dyn Scratch,
    mut progress: impl FnMut(Stage),
) -> Result<(Resolution, State)> {
    let around = Around { control: &Control::new(), scratch: Some(scratch) };
    let mut resolution = run_around(table, config, &state.judgements, issues, &around, &mut progress)?;
    let registry = resolution.number_by(&state.registry);
    Ok((resolution, State { registry, judgements: state.judgements.clone() }))
}

/// What a run may use of its surroundings.
struct Around<'a> {
    control: &'a Control,
    scratch: Option<&'a dyn Scratch>,
}

/// Where the stages stand in a run, in thousandths of its time: an estimate, for progress bars.
const NORMALIZE: (u16, u16) = (30, 200);
const MERGE: (u16, u16) = (930, 1000);

/// All stages, in memory.
fn run(
    table: Table,
    config: &Config,
    judgements: &Judgements,
    issues: Issues,
    control: &Control,
    progress: &mut dyn FnMut(Stage),
) -> Result<Resolution> {
    run_around(table, config, judgements, issues, &Around { control, scratch: None }, progress)
}

/// All stages.
fn run_around(
    table: Table,
    config: &Config,
    judgements: &Judgements,
    mut issues: Issues,
    around: &Around<'_>,
    progress: &mut dyn FnMut(Stage),
) -> Result<Resolution> {
    let control = around.control;
    config.validate()?;
    control.check()?;
    progress(Stage::Detect);
    let mappings = detect_columns(&table, config)?;
    control.check()?;
    progress(Stage::Normalize);
    control.step(Stage::Normalize, NORMALIZE, 0);
    warnings::files(table.sources(), &mappings, &mut issues);
    let mut ordered = records::order(table, &mappings, &mut issues)?;
    let cleared = clearing::take_marks(&mut ordered, &mappings, config);
    let mut prepared =
        prepare::prepare(&mut ordered, &mappings, &cleared, config.reference_day(), &mut issues);
    let shared = guards::shared_values(&mut prepared.attributes, &config.guards, &ordered, &mut issues);
    warnings::evidence(&prepared.attributes, &mut issues);
    let records = ordered.records;
    drop(ordered.files);
    let plan = merge_plan(config, &prepared, &records)?;
    control.check()?;
    let judged = judgements.resolve(|key| records.find(&key.source, &key.id));
    if judged.absent > 0 {
        let message = "judgements name records that are not in this run; they wait until those come back";
        issues.add_many("absent_judgement", "", "", judged.absent, None, message);
    }
    let pins = pins(&judged, &prepared.golden, &mut issues)?;
    progress(Stage::Match);
    let comparisons = Comparisons::new(&prepared.attributes);
    let options = config.match_options();
    let labels = labels::training_labels(&config.labels, &records, &mut issues);
    let overrides = Overrides {
        labels,
        merged: std::mem::take(&mut prepared.must_link),
        judged: Constraints::new(
            records.len(),
            judged.links.iter().copied(),
            judged.cannot_links.iter().copied(),
        )
        .0,
        max_size: Some(config.cluster.max_size.map_or(MAX_ENTITY, |most| most as usize)),
        limits: config.guards.limits()?,
    };
    let trained = config.model.as_ref();
    let limited = config.memory_limit_bytes()?.map(|limit| {
        let data = prepared.heap_bytes() + records.heap_bytes();
        (limit, MemoryForecast::new(&prepared.attributes, data, prepared.golden.len(), &options))
    });
    let spill = match &limited {
        Some((limit, forecast)) => forecast.within(*limit, around.scratch)?,
        None => Spill::never(),
    };
    let (mut matching, unknown) =
        matching::run_spilling(&comparisons, &options, &overrides, trained, control, &spill)?;
    matching.memory = limited.map(|(limit, forecast)| MemoryReport {
        limit,
        peak: forecast.peak(),
        least: forecast.least(),
        spilled: spill.written(),
        forecast,
    });
    for name in unknown {
        let message = "the model was trained without this attribute, which therefore weighs nothing";
        issues.add("untrained_attribute", "", &name, None, message);
    }
    matching.report_issues(&comparisons, &mut issues);
    guards::report(&matching, &mut issues);
    progress(Stage::Merge);
    control.step(Stage::Merge, MERGE, 0);
    let review = review::queue(&matching, config.review_weight(), &judged);
    let prevented = review::prevented(&matching, &judged);
    let found = Found {
        records,
        mappings,
        prepared,
        matching,
        review,
        prevented,
        shared,
        pins,
        as_of: config.reference_time(),
        issues,
    };
    Resolution::new(found, plan)
}

/// How values are chosen under a configuration.
fn merge_plan(config: &Config, prepared: &prepare::Prepared, records: &Records) -> Result<MergePlan> {
    let specs: Vec<FieldSpec<'_>> = prepared
        .golden
        .iter()
        .map(|field| FieldSpec { name: &field.name, group: field.group.as_deref(), keep_all: field.keep_all })
        .collect();
    config.merge.validate(&specs, &records.source_names)
}

/// Looks the fields and values of pins up.
///
/// # Errors
/// [`ErrorKind::Config`] with the line of a judgement that names no golden field.
fn pins(judged: &ResolvedJudgements, golden: &[GoldenField], issues: &mut Issues) -> Result<Vec<Pin>> {
    let mut order: Vec<&ResolvedPin> = judged.pins.iter().collect();
    order.sort_by(|a, b| (&a.at, a.line, a).cmp(&(&b.at, b.line, b)));
    let mut pins = Vec::with_capacity(order.len());
    for (rank, pin) in order.into_iter().enumerate() {
        let Some(field) = golden.iter().position(|field| field.name == pin.field) else {
            let names: Vec<&str> = golden.iter().map(|field| field.name.as_str()).collect();
            let message = format!("a pin names the field {:?}, and there is none", pin.field);
            return Err(Error::new(ErrorKind::Config, message)
                .at("judgements")
                .line(pin.line)
                .cure(format!("use one of {}", names.join(", "))));
        };
        let codes = golden[field].values.codes(pin.record as usize);
        let text = |code: &u32| golden[field].values.dictionary().text(*code);
        let code = match &pin.value {
            None => None,
            Some(value) => match codes.iter().find(|code| text(code) == value) {
                Some(code) => Some(*code),
                None => {
                    let message =
                        "pinned values that their record has no more; the pins wait until it has them again";
                    issues.add("stale_pin", "", &pin.field, None, message);
                    continue;
                }
            },
        };
        pins.push(Pin { record: pin.record, field, code, rank: rank as u32 });
    }
    pins.sort_unstable();
    Ok(pins)
}

/// What each column of each source is taken for under a configuration.
///
/// # Errors
/// [`ErrorKind::UnknownField`] for columns that the configuration names and no source has, [`ErrorKind::Config`] for
/// sources that it names and the table lacks.
pub fn detect_columns(table: &Table, config: &Config) -> Result<Vec<Mapping>> {
    check_names(table, config)?;
    table.sources().iter().map(|source| Ok(detect(source, &detect_options(source, config)?))).collect()
}

/// Names in the configuration that nothing in the table answers to.
fn check_names(table: &Table, config: &Config) -> Result<()> {
    let known = |column: &str| table.sources().iter().any(|source| source.field_index(column).is_some());
    let columns = config.id.iter().chain(&config.source_column).chain(&config.ignore);
    if let Some(column) = columns.clone().find(|column| !known(column)) {
        return Err(Error::new(ErrorKind::UnknownField, "no source has this column")
            .field(column)
            .cure(format!("the columns are {}", all_columns(table))));
    }
    for (name, settings) in &config.sources {
        let Some(source) = table.sources().iter().find(|source| source.name() == name) else {
            let names: Vec<&str> = table.sources().iter().map(Source::name).collect();
            return Err(Error::new(ErrorKind::Config, "no such source")
                .at(format!("sources.{name}"))
                .cure(format!("the sources are {}", names.join(", "))));
        };
        if let Some(column) = settings.columns.keys().find(|column| source.field_index(column).is_none()) {
            return Err(Error::new(ErrorKind::UnknownField, "the source has no such column")
                .at(format!("sources.{name}.columns"))
                .field(column)
                .cure(format!("its columns are {}", source.fields().join(", "))));
        }
    }
    Ok(())
}

/// The first columns of all sources, for a message.
fn all_columns(table: &Table) -> String {
    const SHOWN: usize = 30;
    let mut names: Vec<&str> = table.sources().iter().flat_map(|s| s.fields()).map(String::as_str).collect();
    names.sort_unstable();
    names.dedup();
    let more = if names.len() > SHOWN { ", ..." } else { "" };
    names.truncate(SHOWN);
    names.join(", ") + more
}

/// What the configuration says about one source.
fn detect_options(source: &Source, config: &Config) -> Result<DetectOptions> {
    let mut options = DetectOptions::default();
    let has = |column: &&String| source.field_index(column).is_some();
    options.id = config.id.iter().find(has).cloned();
    if let Some(column) = config.source_column.iter().find(has) {
        options.roles.push((column.clone(), Role::SourceName));
    }
    let ignored = if config.drop_ignored { Role::Skip } else { Role::Carry };
    options.roles.extend(config.ignore.iter().filter(has).map(|column| (column.clone(), ignored)));
    if let Some(settings) = config.sources.get(source.name()) {
        for (column, role) in &settings.columns {
            options.roles.push((column.clone(), role.parse()?));
        }
        options.region.clone_from(&settings.region);
        options.locale.clone_from(&settings.locale);
        options.day_first = settings.day_first;
    }
    Ok(options)
}
