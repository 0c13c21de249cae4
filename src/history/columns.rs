//! Which column of an interaction file tells what: by its header, and by what its values are known to be.

use super::Lookup;
use super::config::FileConfig;
use super::consent;
use super::money::{Currency, Decimal, decimal_mark};
use super::words::{self, ColumnRole};
use crate::error::{Error, ErrorKind, Result};
use crate::normalize::date;
use crate::table::{Column, Source};

/// Distinct values of a column that are looked at.
const SAMPLE: usize = 500;

/// Share of values from which a column is what they look like.
const SURE: f64 = 0.6;

/// The column of each role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ColumnMap {
    by_role: Vec<Option<usize>>,
}

impl ColumnMap {
    /// Where the column of a role is.
    pub fn get(&self, role: ColumnRole) -> Option<usize> {
        self.by_role[role as usize]
    }

    fn set(&mut self, role: ColumnRole, column: usize) {
        self.by_role[role as usize] = Some(column);
    }

    fn is_used(&self, column: usize) -> bool {
        self.by_role.contains(&Some(column))
    }

    /// Role and name of each column that is used, in the order of roles.
    pub fn named<'a>(&'a self, source: &'a Source) -> impl Iterator<Item = (ColumnRole, &'a str)> + 'a {
        ColumnRole::ALL.iter().filter_map(|&role| Some((role, source.fields()[self.get(role)?].as_str())))
    }
}

/// Finds the columns.
///
/// # Errors
/// [`ErrorKind::UnknownField`] for a configured column that the file lacks; [`ErrorKind::Format`] when no column holds
/// ids of known records, or none holds moments: then it is another file.
pub fn detect(source: &Source, config: Option<&FileConfig>, lookup: &dyn Lookup) -> Result<ColumnMap> {
    let mut map = ColumnMap { by_role: vec![None; ColumnRole::ALL.len()] };
    let mut free: Vec<usize> = (0..source.fields().len()).collect();
    if let Some(config) = config {
        for (name, role) in &config.columns {
            let at = source.field_index(name).ok_or_else(|| {
                Error::new(ErrorKind::UnknownField, "the file has no such column")
                    .at(format!("history.files.{}.columns", source.name()))
                    .field(name)
                    .cure(format!("its columns are {}", source.fields().join(", ")))
            })?;
            if let Some(role) = ColumnRole::of_name(role).filter(|&role| role != ColumnRole::Skip) {
                map.set(role, at);
            }
            free.retain(|&column| column != at);
        }
    }
    let default_source = config.and_then(|config| config.source.as_deref());
    by_records(source, lookup, default_source, &free, &mut map);
    by_header(source, &free, &mut map);
    by_values(source, &free, &mut map);
    for (role, what) in [(ColumnRole::RecordId, "ids of known records"), (ColumnRole::At, "dates")] {
        if map.get(role).is_none() {
            return Err(Error::new(ErrorKind::Format, format!("no column holds {what}"))
                .at(source.name())
                .cure(format!("name it in history.files.{}.columns", source.name())));
        }
    }
    Ok(map)
}

/// Source and record id are known by heart: their values stand in the records.
fn by_records(
    source: &Source,
    lookup: &dyn Lookup,
    default_source: Option<&str>,
    free: &[usize],
    map: &mut ColumnMap,
) {
    let share_of = |column: usize, known: &dyn Fn(&str) -> bool| share(&source.columns()[column], known);
    let names = lookup.sources();
    if map.get(ColumnRole::Source).is_none() && default_source.is_none() {
        let named = |value: &str| names.iter().any(|name| name == value);
        let best =
            free.iter().copied().find(|&column| !map.is_used(column) && share_of(column, &named) >= SURE);
        if let Some(column) = best {
            map.set(ColumnRole::Source, column);
        }
    }
    if map.get(ColumnRole::RecordId).is_none() {
        let known = |value: &str| match default_source {
            Some(name) => lookup.find(name, value).is_some(),
            None => names.iter().any(|name| lookup.find(name, value).is_some()),
        };
        let mut best = (SURE, None);
        for &column in free.iter().filter(|&&column| !map.is_used(column)) {
            let share = share_of(column, &known);
            if share > best.0 {
                best = (share, Some(column));
            }
        }
        if let Some(column) = best.1 {
            map.set(ColumnRole::RecordId, column);
        }
    }
}

/// The surest header of each role; of two equal ones the first column.
fn by_header(source: &Source, free: &[usize], map: &mut ColumnMap) {
    let mut claims: Vec<(usize, usize, ColumnRole)> = Vec::new();
    for &column in free {
        let roles = words::header(&source.fields()[column]);
        claims.extend(roles.iter().map(|&(role, rank)| (rank, column, role)));
    }
    claims.sort_unstable();
    for (_, column, role) in claims {
        if map.get(role).is_none() && !map.is_used(column) && fits(&source.columns()[column], role) {
            map.set(role, column);
        }
    }
}

/// Whether the values of a column could tell what its header promises.
fn fits(column: &Column, role: ColumnRole) -> bool {
    column.dictionary().is_empty()
        || looks_like(column, role) != Some(false)
        // In a register of consent the status is what was said.
        || (role == ColumnRole::Status && share(column, &|value| consent::state(value).is_some()) >= SURE)
}

/// Whether the values are of a role, for roles whose values can be known.
fn looks_like(column: &Column, role: ColumnRole) -> Option<bool> {
    let mark = decimal_mark(column.dictionary().iter().take(SAMPLE));
    let share = match role {
        ColumnRole::At | ColumnRole::Until | ColumnRole::ClosedAt => share(column, &is_moment),
        ColumnRole::Kind => share(column, &|value| words::kind(value).is_some()),
        ColumnRole::Channel => share(column, &|value| words::channel(value).is_some()),
        ColumnRole::Direction => share(column, &|value| words::direction(value).is_some()),
        ColumnRole::Status => share(column, &|value| words::status(value).is_some()),
        ColumnRole::Purpose => share(column, &|value| consent::purpose(value).is_some()),
        ColumnRole::LegalBasis => share(column, &|value| consent::basis(value).is_some()),
        ColumnRole::Currency => share(column, &|value| Currency::parse(value).is_some()),
        ColumnRole::Amount | ColumnRole::Cost => {
            share(column, &|value| Decimal::parse(value, mark).is_some())
        }
        _ => return None,
    };
    Some(share >= SURE)
}

/// Roles that values give away without a header.
fn by_values(source: &Source, free: &[usize], map: &mut ColumnMap) {
    use ColumnRole::*;
    for role in [At, Kind, Channel, Direction, Status, Currency] {
        if map.get(role).is_some() {
            continue;
        }
        let fit = |column: &usize| {
            let values = &source.columns()[*column];
            !map.is_used(*column) && !values.dictionary().is_empty() && looks_like(values, role) == Some(true)
        };
        if let Some(column) = free.iter().copied().find(fit) {
            map.set(role, column);
        }
    }
}

fn is_moment(value: &str) -> bool {
    // A bare number is a time stamp to a parser of time stamps, and an id or an amount to everybody else.
    value.bytes().any(|byte| !byte.is_ascii_digit()) && date::timestamp(value).is_some()
}

/// Share of the first distinct values that are known.
fn share(column: &Column, known: &dyn Fn(&str) -> bool) -> f64 {
    let values = column.dictionary().iter().take(SAMPLE);
    let (mut all, mut found) = (0u32, 0u32);
    for value in values {
        all += 1;
        found += u32::from(known(value));
    }
    if all == 0 { 0.0 } else { f64::from(found) / f64::from(all) }
}
