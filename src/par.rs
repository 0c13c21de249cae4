//! The one place that knows about threads: ordered maps over ranges and slices. With the feature `parallel` they
//! run on rayon's pool, without it on the caller's thread; results come back in input order either way, so no
//! stage can depend on the number of threads.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

/// Work space that tasks hand on to each other, where making it anew for each would cost more than their work: caches of
/// levels, counters for all records. What one task leaves in it the next one finds, so it must not show in any result.
pub(crate) struct Reused<S>(Mutex<Vec<S>>);

impl<S> Reused<S> {
    /// None yet: there are never more than tasks that run at the same time.
    pub(crate) fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Works with one that is free, or with a new one.
    pub(crate) fn with<T>(&self, make: impl FnOnce() -> S, work: impl FnOnce(&mut S) -> T) -> T {
        let idle = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let free = idle().pop();
        let mut space = free.unwrap_or_else(make);
        let result = work(&mut space);
        idle().push(space);
        result
    }
}

/// Applies `work` to consecutive ranges of at most `chunk` items that cover `0..len`; results in order.
pub(crate) fn map_ranges<T: Send>(
    len: usize,
    chunk: usize,
    work: impl Fn(Range<usize>) -> T + Sync + Send,
) -> Vec<T> {
    let chunk = chunk.max(1);
    let pieces = len.div_ceil(chunk);
    let piece = |i: usize| work(i * chunk..((i + 1) * chunk).min(len));
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        (0..pieces).into_par_iter().with_max_len(1).map(piece).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        (0..pieces).map(piece).collect()
    }
}

/// Applies `work` to each item; results in order. For items that are each worth a task (columns, sources).
pub(crate) fn map<I: Sync, T: Send>(items: &[I], work: impl Fn(&I) -> T + Sync + Send) -> Vec<T> {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.par_iter().with_max_len(1).map(work).collect()
    }
    #[cfg(not(feature = "parallel"))]
    {
        items.iter().map(work).collect()
    }
}

/// Sorts by a total order; equal items are interchangeable, so that the outcome is unique.
pub(crate) fn sort_unstable_by<T: Send>(
    items: &mut [T],
    order: impl Fn(&T, &T) -> std::cmp::Ordering + Sync,
) {
    #[cfg(feature = "parallel")]
    {
        use rayon::prelude::*;
        items.par_sort_unstable_by(order);
    }
    #[cfg(not(feature = "parallel"))]
    {
        items.sort_unstable_by(order);
    }
}
