//! What can go wrong, in two classes. [`Error`] is misuse (an unknown column, an impossible configuration, a file
//! that cannot be read) and stops the run. [`Issue`](Issues) is dirty data: the record is kept, the finding is
//! counted with its positions, and never holds a customer's value.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

/// What kind of error; the number behind [`ErrorKind::code`] never changes its meaning.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A file or stream could not be opened, read or written.
    Io,
    /// The input is not the format that it was taken for.
    Format,
    /// A configuration value is unknown, out of range or contradicts another.
    Config,
    /// A column that was asked for does not exist.
    UnknownField,
    /// A record that was asked for does not exist.
    UnknownRecord,
    /// A hard limit of the engine (records, sources, values in a column) was passed.
    Limit,
    /// The caller asked the run to stop.
    Cancelled,
}

impl ErrorKind {
    /// A stable number for foreign callers; 0 is success and therefore not used.
    pub fn code(self) -> u32 {
        match self {
            Self::Io => 1,
            Self::Format => 2,
            Self::Config => 3,
            Self::UnknownField => 4,
            Self::UnknownRecord => 5,
            Self::Limit => 6,
            Self::Cancelled => 7,
        }
    }
}

/// Where it happened; each part is present when it is known.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Location {
    /// File or source name, or the path of a configuration key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// Physical line of the file, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<u64>,
    /// Column name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(source) = &self.source {
            write!(f, "{source}")?;
            if let Some(line) = self.line {
                write!(f, ":{line}")?;
            }
        }
        if let Some(field) = &self.field {
            write!(f, "{}column {field:?}", if self.source.is_some() { " " } else { "" })?;
        }
        Ok(())
    }
}

/// A failure that stops the run: what, where, and the cure where one is known.
///
/// The message never holds a value of a customer's record.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{}{}{message}{}{}",
    display_location(.location), if display_location(.location).is_empty() { "" } else { ": " },
    if .cure.is_empty() { "" } else { "; " }, .cure)]
pub struct Error {
    kind: ErrorKind,
    location: Box<Location>,
    message: String,
    cure: String,
}

fn display_location(location: &Location) -> String {
    location.to_string()
}

impl Error {
    /// A new error without a location.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self { kind, location: Box::default(), message: message.into(), cure: String::new() }
    }

    /// The same error, at a source (file name, source name or configuration path).
    pub fn at(mut self, source: impl Into<String>) -> Self {
        self.location.source = Some(source.into());
        self
    }

    /// The same error, at a line of its source.
    pub fn line(mut self, line: u64) -> Self {
        self.location.line = Some(line);
        self
    }

    /// The same error, at a column.
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.location.field = Some(field.into());
        self
    }

    /// The same error with what the user can do about it.
    pub fn cure(mut self, cure: impl Into<String>) -> Self {
        self.cure = cure.into();
        self
    }

    /// What kind of error.
    pub fn kind(&self) -> ErrorKind {
        self.kind
    }

    /// The stable number of the kind.
    pub fn code(&self) -> u32 {
        self.kind.code()
    }

    /// Where it happened.
    pub fn location(&self) -> &Location {
        &self.location
    }
}

/// The result of everything that can be misused.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// How many positions an issue keeps: enough to find the place, bounded whatever the file.
pub const MAX_POSITIONS: usize = 10;

/// One kind of finding at one place, counted.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Issue {
    /// Stable code of the finding, such as `ragged_row`.
    pub code: &'static str,
    /// Source in which it was found; empty when it concerns the whole run.
    pub source: String,
    /// Column, when it concerns one.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub field: String,
    /// How often.
    pub count: u64,
    /// The first lines (at most ten, ascending), where lines are known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub lines: Vec<u64>,
    /// What it means and what was done, for people.
    pub message: String,
}

/// Findings about dirty data, counted by (code, source, field); iteration order is that key's order.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Issues {
    entries: BTreeMap<(&'static str, String, String), Issue>,
}

impl Issues {
    /// None yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts one more finding. `message` is kept from the first call with this key.
    pub fn add(&mut self, code: &'static str, source: &str, field: &str, line: Option<u64>, message: &str) {
        self.add_many(code, source, field, 1, line, message);
    }

    /// Counts `count` findings at once, with the position of one of them.
    pub fn add_many(
        &mut self,
        code: &'static str,
        source: &str,
        field: &str,
        count: u64,
        line: Option<u64>,
        message: &str,
    ) {
        let entry =
            self.entries.entry((code, source.to_owned(), field.to_owned())).or_insert_with(|| Issue {
                code,
                source: source.to_owned(),
                field: field.to_owned(),
                message: message.to_owned(),
                ..Issue::default()
            });
        entry.count += count;
        if let Some(line) = line {
            insert_line(&mut entry.lines, line);
        }
    }

    /// Joins the findings of another stage or thread.
    pub fn merge(&mut self, other: Issues) {
        for (key, issue) in other.entries {
            match self.entries.entry(key) {
                std::collections::btree_map::Entry::Vacant(slot) => {
                    slot.insert(issue);
                }
                std::collections::btree_map::Entry::Occupied(mut slot) => {
                    slot.get_mut().count += issue.count;
                    for line in issue.lines {
                        insert_line(&mut slot.get_mut().lines, line);
                    }
                }
            }
        }
    }

    /// All findings in the order of (code, source, field).
    pub fn iter(&self) -> impl Iterator<Item = &Issue> {
        self.entries.values()
    }

    /// Whether nothing was found.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// How often `code` was counted over all sources and fields.
    pub fn count(&self, code: &str) -> u64 {
        self.iter().filter(|issue| issue.code == code).map(|issue| issue.count).sum()
    }
}

/// How often one thing was found in one file, and where first: for loops over many rows, which meet them in ascending order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    pub(crate) count: u64,
    lines: Vec<u64>,
}

impl Tally {
    /// Counts one more.
    pub(crate) fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.len() < MAX_POSITIONS {
            self.lines.push(line);
        }
    }

    /// Joins what was counted behind this.
    pub(crate) fn merge(&mut self, behind: &Self) {
        self.count += behind.count;
        let room = MAX_POSITIONS - self.lines.len();
        self.lines.extend(behind.lines.iter().take(room));
    }

    /// Writes it down under (code, source, field), if it was found at all.
    pub(crate) fn report(
        &self,
        issues: &mut Issues,
        (code, source, field): (&'static str, &str, &str),
        message: &str,
    ) {
        for &line in &self.lines {
            issues.add(code, source, field, Some(line), message);
        }
        let rest = self.count - self.lines.len() as u64;
        if rest > 0 {
            issues.add_many(code, source, field, rest, None, message);
        }
    }
}

/// Keeps the smallest lines, so that the result does not depend on the order of arrival.
fn insert_line(lines: &mut Vec<u64>, line: u64) {
    if let Err(at) = lines.binary_search(&line) {
        lines.insert(at, line);
        lines.truncate(MAX_POSITIONS);
    }
}
