//! Predicts the memory of a run from the table that was read, and keeps a limit.
//!
//! Everything that grows with the records is counted: columns by their size, the index by a part of its keys, lists by
//! how many entries they usually have. What a program holds beside (the reader's buffers, the writer's, code) is not.

use super::matching::MatchOptions;
use crate::block::{BlockMethod, IndexForecast};
use crate::error::{Error, ErrorKind, Result};
use crate::normalize::attributes::Attributes;
use crate::spill::{Scratch, Spill};

/// Neighbours kept of each record, as a share of those that may be: the others share too little.
const NEIGHBOURS_KEPT: f64 = 0.8;

/// Pairs above the keep weight, a record, and pairs that the second round looks at again: about twice what the
/// labelled data sets need.
const EDGES_A_RECORD: f64 = 4.0;
const RETRIES_A_RECORD: f64 = 8.0;

/// Bytes of an edge, and of a bare pair.
const EDGE: f64 = std::mem::size_of::<crate::cluster::Edge>() as f64;
const PAIR: f64 = 8.0;

/// Bytes of the forms in which one distinct value is compared: signature, name tokens.
const COMPARED_VALUE: f64 = 24.0;

/// What one wave of scoring keeps before it goes into the lists: never more than this, and in small data so much a record.
const WAVE_BYTES: f64 = 32e6;
const WAVE_A_RECORD: f64 = 400.0;

/// What is held a record while whole parts of the graph are put together, after the last wave.
const PARTS_A_RECORD: f64 = 24.0;

/// Bytes of a golden cell.
const CELL: f64 = 9.0;

/// Bytes by what they are for. Not all are held at the same time.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize)]
pub struct MemoryForecast {
    /// Evidence, golden fields, ids: held from beginning to end.
    pub data: u64,
    /// Codes by record, and distinct values in the form in which they are compared.
    pub comparisons: u64,
    /// Keys to records, while neighbours are looked for; rules.
    pub index: u64,
    /// The neighbours of each record.
    pub neighbours: u64,
    /// Scored pairs and those that are scored again.
    pub pairs: u64,
    /// Golden cells.
    pub golden: u64,
}

impl MemoryForecast {
    /// Predicts from what is to be matched. `data`: bytes that are held already.
    pub(super) fn new(
        attributes: &Attributes,
        data: u64,
        golden_fields: usize,
        options: &MatchOptions,
    ) -> Self {
        let (method, k, rules) = (options.block, options.k, options.rules.len());
        let records = attributes.len() as f64;
        let distinct: usize = attributes.columns.iter().map(|a| a.column.dictionary().len()).sum();
        let uses_neighbours = method != BlockMethod::Rules;
        let index = if uses_neighbours { IndexForecast::new(attributes).building as f64 } else { 0.0 };
        let rules = if method == BlockMethod::Neighbours { 0.0 } else { 20.0 * rules as f64 * records };
        let neighbours =
            if uses_neighbours { records * (8.0 + 4.0 * NEIGHBOURS_KEPT * k as f64) } else { 0.0 };
        Self {
            data,
            comparisons: (4.0 * records * attributes.columns.len() as f64 + COMPARED_VALUE * distinct as f64)
                as u64,
            index: (index + rules) as u64,
            neighbours: neighbours as u64,
            pairs: (records * (EDGES_A_RECORD * EDGE + RETRIES_A_RECORD * PAIR)) as u64,
            golden: (CELL * records * golden_fields as f64) as u64,
        }
    }

    /// The most that is held at one time.
    pub fn peak(&self) -> u64 {
        let blocking = self.comparisons + self.index + self.neighbours;
        let scoring = self.comparisons + self.neighbours + self.wave() + self.pairs;
        let merging = self.neighbours + self.pairs / 2 + self.golden;
        self.data + blocking.max(scoring).max(merging)
    }

    /// The least that a run can do with, when everything that can is kept in a scratch file.
    pub fn least(&self) -> u64 {
        let blocking = self.comparisons + self.index + self.neighbours;
        let scoring = self.comparisons + self.neighbours + self.wave() + self.final_pairs();
        let merging = self.neighbours + self.final_pairs() + self.golden;
        self.data + blocking.max(scoring).max(merging)
    }

    /// Scored pairs of the last round, which stay.
    fn final_pairs(&self) -> u64 {
        (self.pairs as f64 * EDGES_A_RECORD * EDGE / (EDGES_A_RECORD * EDGE + RETRIES_A_RECORD * PAIR)) as u64
    }

    fn wave(&self) -> u64 {
        let records = self.pairs as f64 / (EDGES_A_RECORD * EDGE + RETRIES_A_RECORD * PAIR);
        (records * WAVE_A_RECORD).min(WAVE_BYTES).max(records * PARTS_A_RECORD) as u64
    }

    /// Lists that keep the run within `limit` bytes.
    ///
    /// # Errors
    /// [`ErrorKind::Limit`] when no list could: the message says what would do.
    pub(super) fn within<'a>(&self, limit: u64, scratch: Option<&'a dyn Scratch>) -> Result<Spill<'a>> {
        let megabytes = |bytes: u64| bytes.div_ceil(1_000_000);
        let refuse = |least: u64, cure: String| {
            Err(Error::new(
                ErrorKind::Limit,
                format!(
                    "the run needs at least {} MB, the limit is {} MB",
                    megabytes(least),
                    limit / 1_000_000
                ),
            )
            .at("memory_limit")
            .cure(cure))
        };
        if limit >= self.peak() {
            return Ok(Spill::never());
        }
        let Some(scratch) = scratch else {
            let cure = format!(
                "raise the limit, or give a place for scratch files: {} MB would do then",
                megabytes(self.least())
            );
            return refuse(self.peak(), cure);
        };
        if limit < self.least() {
            return refuse(self.least(), "raise the limit, or consolidate fewer records".to_owned());
        }
        let held = self.data + self.comparisons + self.neighbours + self.wave();
        Ok(Spill::above(limit.saturating_sub(held), scratch))
    }
}

/// What a limit on memory came to.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
pub struct MemoryReport {
    /// The limit, in bytes.
    pub limit: u64,
    /// What was expected at the peak without it.
    pub peak: u64,
    /// The least that would have done.
    pub least: u64,
    /// Bytes that were written to the scratch file.
    pub spilled: u64,
    /// The parts of the forecast.
    pub forecast: MemoryForecast,
}

/// Reads a size: `800MB`, `2 GB`, `1.5GiB`, `4000000000`.
///
/// # Errors
/// [`ErrorKind::Config`] for anything else, and for nothing.
pub(super) fn parse_size(text: &str) -> Result<u64> {
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let unit = match text[digits..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1.0,
        "kb" | "k" => 1e3,
        "mb" | "m" => 1e6,
        "gb" | "g" => 1e9,
        "tb" | "t" => 1e12,
        "kib" => 1024f64,
        "mib" => 1024f64.powi(2),
        "gib" => 1024f64.powi(3),
        "tib" => 1024f64.powi(4),
        _ => 0.0,
    };
    let bytes = text[..digits].parse::<f64>().unwrap_or(0.0) * unit;
    if (1.0..1e18).contains(&bytes) {
        return Ok(bytes as u64);
    }
    Err(Error::new(ErrorKind::Config, format!("{text:?} is no size"))
        .at("memory_limit")
        .cure("write it as 800MB or 2GB"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::io::ScratchFolder;

    #[test]
    fn sizes_by_their_units() {
        for (text, bytes) in [
            ("1", 1),
            ("800MB", 800_000_000),
            ("2 GB", 2_000_000_000),
            ("1.5GiB", 1_610_612_736),
            (" 64 kib ", 65_536),
            ("3t", 3_000_000_000_000),
        ] {
            assert_eq!(parse_size(text).unwrap(), bytes, "{text}");
        }
        for text in ["", "0", "MB", "-1GB", "2 PB", "1.2.3GB", "1e9", "viel", "999999999999999TB"] {
            let error = parse_size(text).unwrap_err();
            assert!(error.to_string().contains("is no size; write it as 800MB or 2GB"), "{error}");
        }
    }

    #[test]
    fn a_limit_is_kept_or_refused_with_what_would_do() {
        let forecast = MemoryForecast {
            data: 100_000_000,
            comparisons: 50_000_000,
            index: 80_000_000,
            neighbours: 100_000_000,
            pairs: 256_000_000,
            golden: 20_000_000,
        };
        // Scoring is the largest: 100 + 50 + 100 + 32 + 256, and without what can spill 192 for 256.
        assert_eq!((forecast.peak(), forecast.least()), (538_000_000, 474_000_000));
        let folder = ScratchFolder::new("nowhere");
        assert_eq!(forecast.within(538_000_000, None).unwrap().share(), None);
        assert_eq!(forecast.within(480_000_000, Some(&folder)).unwrap().share(), Some(198_000_000));
        let refused = |limit, scratch| forecast.within(limit, scratch).map(|_| ()).unwrap_err().to_string();
        assert_eq!(
            refused(473_000_000, Some(&folder)),
            "memory_limit: the run needs at least 474 MB, the limit is 473 MB; raise the limit, or consolidate fewer \
             records"
        );
        assert_eq!(
            refused(480_000_000, None),
            "memory_limit: the run needs at least 538 MB, the limit is 480 MB; raise the limit, or give a place for \
             scratch files: 474 MB would do then"
        );
    }
}
