//! Watching a run, and stopping it, from any thread.
//!
//! A run writes down how far it is and looks whether it is still wanted; nobody is called back, so that a caller in another
//! language decides on which of its threads it asks. Both are plain atomics: they cost nothing and order nothing.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// A stage that begins, for progress reports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[non_exhaustive]
pub enum Stage {
    /// Which column is what.
    Detect,
    /// Canonical order and normalised attributes.
    Normalize,
    /// Candidate pairs, levels, model and entities.
    Match,
    /// Golden records.
    Merge,
}

impl Stage {
    /// All stages in order.
    pub const ALL: [Stage; 4] = [Self::Detect, Self::Normalize, Self::Match, Self::Merge];

    /// The stage as a verb.
    pub fn name(self) -> &'static str {
        match self {
            Self::Detect => "detect",
            Self::Normalize => "normalize",
            Self::Match => "match",
            Self::Merge => "merge",
        }
    }
}

/// How far a run is.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Progress {
    /// What it does.
    pub stage: Stage,
    /// Share of the whole that is done, 0 to 1; an estimate by the usual cost of the steps.
    pub fraction: f64,
}

/// Parts per thousand of a run.
type Permille = u16;

/// The thread-safe ends of a run that another thread holds: see [`consolidate_under`](crate::pipeline::consolidate_under).
///
/// # Example
/// ```
/// use quilate::pipeline::{Control, consolidate_under};
/// use quilate::{Config, ErrorKind, Issues, Table};
/// let control = Control::new();
/// control.cancel();
/// let stopped = consolidate_under(Table::default(), &Config::default(), Issues::new(), &control);
/// assert_eq!(stopped.unwrap_err().kind(), ErrorKind::Cancelled);
/// ```
#[derive(Debug, Default)]
pub struct Control {
    cancelled: AtomicBool,
    /// Stage and span of the present step: stage, first and last permille, 16 bits each.
    step: AtomicU64,
    /// Units of the present step.
    units: AtomicU64,
    /// Those that are done.
    done: AtomicU64,
}

impl Control {
    /// Nothing done, nothing cancelled.
    pub fn new() -> Self {
        Self::default()
    }

    /// Asks the run to stop. It does so at its next look, within a second even in large data, with
    /// [`ErrorKind::Cancelled`]; a run that is past its last look ends as if nothing had been said.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether somebody has asked for that.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    /// How far the run is. Never falls while a run goes on.
    pub fn progress(&self) -> Progress {
        let step = self.step.load(Ordering::Relaxed);
        let part = |at: u32| (step >> (16 * at)) as u16;
        let stage = Stage::ALL.get(usize::from(part(0))).copied().unwrap_or(Stage::Merge);
        let (from, to) = (f64::from(part(1)), f64::from(part(2)));
        let (done, units) = (self.done.load(Ordering::Relaxed), self.units.load(Ordering::Relaxed));
        let share = if units == 0 { 0.0 } else { (done as f64 / units as f64).min(1.0) };
        Progress { stage, fraction: (from + (to - from) * share) / 1000.0 }
    }

    /// The error of a run that is not wanted any more.
    ///
    /// # Errors
    /// [`ErrorKind::Cancelled`] once [`Self::cancel`] was called.
    pub fn check(&self) -> Result<()> {
        if self.is_cancelled() {
            return Err(Error::new(ErrorKind::Cancelled, "the run was cancelled"));
        }
        Ok(())
    }

    /// A step begins, which leads from one permille to another in so many units.
    pub(crate) fn step(&self, stage: Stage, (from, to): (Permille, Permille), units: usize) {
        self.done.store(0, Ordering::Relaxed);
        self.units.store(units as u64, Ordering::Relaxed);
        let stage = Stage::ALL.iter().position(|&known| known == stage).unwrap_or(0) as u64;
        let step = stage | u64::from(from) << 16 | u64::from(to) << 32;
        self.step.store(step, Ordering::Relaxed);
    }

    /// Units of the present step are done.
    pub(crate) fn advance(&self, units: usize) {
        self.done.fetch_add(units as u64, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_within_a_step() {
        let control = Control::new();
        assert_eq!(control.progress(), Progress { stage: Stage::Detect, fraction: 0.0 });
        control.step(Stage::Match, (200, 600), 10);
        assert_eq!(control.progress(), Progress { stage: Stage::Match, fraction: 0.2 });
        control.advance(5);
        assert_eq!(control.progress().fraction, 0.4);
        control.advance(50);
        assert_eq!(control.progress().fraction, 0.6);
        control.step(Stage::Merge, (900, 1000), 0);
        assert_eq!(control.progress(), Progress { stage: Stage::Merge, fraction: 0.9 });
    }

    #[test]
    fn cancelled_once_is_cancelled() {
        let control = Control::new();
        assert!(control.check().is_ok() && !control.is_cancelled());
        control.cancel();
        assert_eq!(control.check().map_err(|error| error.code()), Err(7));
    }
}
