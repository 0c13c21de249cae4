//! The listed fillers: one look-up gives the meaning of a spelling in every kind of column.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::super::resources::{fields, lines};
use super::super::text::fold;
use super::{Field, PlaceholderKind};

/// What a spelling is in each field.
pub(super) type Row = [Option<PlaceholderKind>; Field::ALL.len()];

/// Fillers by spelling. `squashed` drops everything but letters and digits, so `N / A`, `n.a.` and `NA` are one entry;
/// `verbatim` holds the lower-case text.
pub(super) struct Table {
    squashed: HashMap<String, Row, FixedState>,
    verbatim: HashMap<&'static str, Row, FixedState>,
    /// For each first byte the lengths that a squashed filler has, a bit each: spares most values the look-up.
    lengths: [u64; 128],
    /// The same of the verbatim ones; all lengths for those that are not ASCII, of which lower case changes the length.
    verbatim_lengths: [u64; 128],
    longest: usize,
    /// Lines of the table, and lines that were understood.
    #[cfg(test)]
    pub(super) rows_read: (usize, usize),
}

pub(super) static TABLE: LazyLock<Table> = LazyLock::new(Table::load);

impl Table {
    fn load() -> Table {
        let text = include_str!("../../../resources/placeholders/placeholders.tsv");
        let mut table = Table {
            squashed: HashMap::default(),
            verbatim: HashMap::default(),
            lengths: [0; 128],
            verbatim_lengths: [0; 128],
            longest: 0,
            #[cfg(test)]
            rows_read: (lines(text).count(), 0),
        };
        for line in lines(text) {
            let [field, kind, _, value] = fields(line);
            let Some(&(field, _)) = Field::ALL.iter().find(|(_, name)| *name == field) else { continue };
            let Some(kind) = PlaceholderKind::from_table(field, kind) else { continue };
            #[cfg(test)]
            {
                table.rows_read.1 += 1;
            }
            table.longest = table.longest.max(value.len());
            if let Some(lengths) = first_of(value).and_then(|first| table.verbatim_lengths.get_mut(first)) {
                *lengths |= if value.is_ascii() { length_bit(value.len()) } else { u64::MAX };
            }
            table.verbatim.entry(value).or_default()[field as usize].get_or_insert(kind);
            let mut squashed = fold(value);
            squashed.retain(|c| c != ' ');
            // What is left of `\\N` is a letter like any other.
            let shrunk = squashed.len() < 2 && value.len() > 1;
            if squashed.is_empty() || shrunk || field.is_verbatim() {
                continue;
            }
            if let Some(lengths) = first_of(&squashed).and_then(|first| table.lengths.get_mut(first)) {
                *lengths |= length_bit(squashed.len());
            }
            table.squashed.entry(squashed).or_default()[field as usize].get_or_insert(kind);
        }
        table
    }

    /// The squashed form of folded text with its meanings, if it is listed.
    pub(super) fn squashed<'t>(&self, folded: &'t str) -> Option<(Cow<'t, str>, &Row)> {
        let spaces = folded.bytes().filter(|&byte| byte == b' ').count();
        let lengths = self.lengths.get(usize::from(*folded.as_bytes().first()?));
        if lengths.is_some_and(|lengths| lengths & length_bit(folded.len() - spaces) == 0) {
            return None;
        }
        let squashed: Cow<'_, str> = match spaces {
            0 => Cow::Borrowed(folded),
            _ => Cow::Owned(folded.chars().filter(|&c| c != ' ').collect()),
        };
        let row = self.squashed.get(&*squashed)?;
        Some((squashed, row))
    }

    /// Whether a text may be a listed one as it is written: few begin with the same letter and are as long as one.
    pub(super) fn may_hold(&self, cleaned: &str) -> bool {
        let first = cleaned.bytes().next().map_or(0, |byte| byte.to_ascii_lowercase());
        let lengths = self.verbatim_lengths.get(usize::from(first));
        lengths.is_none_or(|lengths| lengths & length_bit(cleaned.len()) != 0)
    }

    /// The meanings of a text as it is written.
    pub(super) fn verbatim(&self, cleaned: &str) -> Option<&Row> {
        // A capital letter may be one byte longer than the small one.
        if cleaned.len() > 2 * self.longest {
            return None;
        }
        self.verbatim.get(cleaned.to_lowercase().as_str())
    }
}

/// The place of a text in the tables of lengths.
fn first_of(text: &str) -> Option<usize> {
    text.bytes().next().map(usize::from)
}

/// All lengths above 62 share a bit.
fn length_bit(length: usize) -> u64 {
    1 << length.min(63)
}
