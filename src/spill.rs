//! Lists that leave memory for a scratch file when they outgrow their share.
//!
//! The core opens no files: who wants lists to spill gives a [`Scratch`], such as `io::ScratchFolder`. What is written is
//! read back in the order in which it was added, so that results are the same bytes with and without.
//!
//! # Invariants
//! A list holds at most its share in memory, and a block more while it grows. The first failure of the scratch file is
//! kept and returned by [`Spill::check`]; until then reads give nothing, and no result of theirs may be used.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom, Write};
use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::cluster::Edge;
use crate::error::{Error, ErrorKind, Result};
use crate::score::{GROUPS, PairScore};

/// A file that is written to and read back, and gone when it is dropped.
pub trait ScratchFile: Read + Write + Seek + Send {}

impl<T: Read + Write + Seek + Send> ScratchFile for T {}

/// Where scratch files come from.
pub trait Scratch: Sync {
    /// A new, empty file.
    ///
    /// # Errors
    /// [`ErrorKind::Io`].
    fn open(&self) -> Result<Box<dyn ScratchFile>>;
}

/// Fixed-size entries of a list.
pub(crate) trait Entry: Copy + Send + Sync + 'static {
    /// Bytes in the file.
    const BYTES: usize;
    fn write(&self, out: &mut Vec<u8>);
    /// From exactly [`Self::BYTES`] bytes.
    fn read(bytes: &[u8]) -> Self;
}

fn word<const N: usize>(bytes: &[u8], at: usize) -> [u8; N] {
    let mut word = [0; N];
    word.copy_from_slice(&bytes[at..at + N]);
    word
}

impl Entry for (u32, u32) {
    const BYTES: usize = 8;

    fn write(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0.to_le_bytes());
        out.extend_from_slice(&self.1.to_le_bytes());
    }

    fn read(bytes: &[u8]) -> Self {
        (u32::from_le_bytes(word(bytes, 0)), u32::from_le_bytes(word(bytes, 4)))
    }
}

impl Entry for Edge {
    const BYTES: usize = 16 + 9 * GROUPS;

    fn write(&self, out: &mut Vec<u8>) {
        (self.a, self.b).write(out);
        out.extend_from_slice(&self.score.weight.to_le_bytes());
        for group in 0..GROUPS {
            out.extend_from_slice(&self.score.matched[group].to_le_bytes());
            out.extend_from_slice(&self.score.household[group].to_le_bytes());
            out.push(u8::from(self.score.present[group]));
        }
    }

    fn read(bytes: &[u8]) -> Self {
        let (a, b) = <(u32, u32)>::read(bytes);
        let mut score = PairScore {
            weight: f64::from_le_bytes(word(bytes, 8)),
            matched: [0.0; GROUPS],
            household: [0.0; GROUPS],
            present: [false; GROUPS],
        };
        for group in 0..GROUPS {
            let at = 16 + 9 * group;
            score.matched[group] = f32::from_le_bytes(word(bytes, at));
            score.household[group] = f32::from_le_bytes(word(bytes, at + 4));
            score.present[group] = bytes[at + 8] != 0;
        }
        Self { a, b, score }
    }
}

/// The scratch file of a run, and how much its lists may hold in memory.
pub(crate) struct Spill<'a> {
    scratch: Option<&'a dyn Scratch>,
    /// Bytes that each list may hold; none: everything stays.
    share: Option<usize>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    file: Option<Box<dyn ScratchFile>>,
    end: u64,
    failure: Option<Error>,
}

/// Bytes of a list below which spilling would only make blocks too small to be read well.
const MIN_SHARE: usize = 1 << 16;

impl<'a> Spill<'a> {
    /// Nothing spills.
    pub(crate) fn never() -> Self {
        Self { scratch: None, share: None, state: Mutex::default() }
    }

    /// Lists spill above `share` bytes each.
    pub(crate) fn above(share: u64, scratch: &'a dyn Scratch) -> Self {
        let share = usize::try_from(share).unwrap_or(usize::MAX).max(MIN_SHARE);
        Self { scratch: Some(scratch), share: Some(share), state: Mutex::default() }
    }

    /// A new list. Lists that are filled side by side say how many they are.
    pub(crate) fn list<T: Entry>(&self, beside: usize) -> List<T> {
        let share = self.share.map_or(usize::MAX, |share| (share / beside.max(1)).max(MIN_SHARE));
        List { memory: Vec::new(), blocks: Vec::new(), spilled: 0, limit: share / size_of::<T>() }
    }

    /// Bytes that each list may hold, when that is limited.
    pub(crate) fn share(&self) -> Option<usize> {
        self.share
    }

    /// Bytes that were written.
    pub(crate) fn written(&self) -> u64 {
        self.state().end
    }

    /// The failure of an earlier read or write.
    ///
    /// # Errors
    /// That failure.
    pub(crate) fn check(&self) -> Result<()> {
        self.state().failure.clone().map_or(Ok(()), Err)
    }

    /// Nothing is left half done under the lock, so that a panic elsewhere does not matter to it.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Appends bytes; where they are.
    fn append(&self, bytes: &[u8]) -> Option<u64> {
        let mut state = self.state();
        let outcome = state.append(bytes, self.scratch);
        outcome.map_err(|error| state.failure.get_or_insert(error)).ok()
    }

    /// Reads bytes; false when that failed.
    fn read(&self, at: u64, bytes: &mut [u8]) -> bool {
        let mut state = self.state();
        let outcome = state.read(at, bytes);
        outcome.map_err(|error| state.failure.get_or_insert(error)).is_ok()
    }
}

fn failed(what: &str, error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("the scratch file cannot be {what} ({})", error.kind()))
        .cure("free space where scratch files are kept, or raise the memory limit")
}

impl State {
    fn append(&mut self, bytes: &[u8], scratch: Option<&dyn Scratch>) -> Result<u64> {
        if let Some(failure) = &self.failure {
            return Err(failure.clone());
        }
        if self.file.is_none() {
            self.file = scratch.map(Scratch::open).transpose()?;
        }
        let at = self.end;
        if let Some(file) = &mut self.file {
            let written = file.seek(SeekFrom::Start(at)).and_then(|_| file.write_all(bytes));
            written.map_err(|error| failed("written", &error))?;
            self.end += bytes.len() as u64;
        }
        Ok(at)
    }

    fn read(&mut self, at: u64, bytes: &mut [u8]) -> Result<()> {
        if let Some(file) = &mut self.file {
            let read = file.seek(SeekFrom::Start(at)).and_then(|_| file.read_exact(bytes));
            read.map_err(|error| failed("read", &error))?;
        }
        Ok(())
    }
}

/// A part of a list in the file.
#[derive(Clone, Copy, Debug)]
struct Block {
    /// Number of its first entry.
    first: usize,
    len: usize,
    at: u64,
}

/// A list of which the older part may be in the scratch file.
#[derive(Debug)]
pub(crate) struct List<T> {
    memory: Vec<T>,
    blocks: Vec<Block>,
    /// Entries in `blocks`.
    spilled: usize,
    /// Entries that may stay in memory.
    limit: usize,
}

impl<T: Entry> List<T> {
    /// How many entries.
    pub(crate) fn len(&self) -> usize {
        self.spilled + self.memory.len()
    }

    /// Adds entries.
    pub(crate) fn extend(&mut self, spill: &Spill<'_>, items: &[T]) {
        self.memory.extend_from_slice(items);
        if self.memory.len() > self.limit {
            let mut bytes = Vec::with_capacity(self.memory.len() * T::BYTES);
            self.memory.iter().for_each(|item| item.write(&mut bytes));
            // A failure is kept by `spill` and ends the run.
            if let Some(at) = spill.append(&bytes) {
                self.blocks.push(Block { first: self.spilled, len: self.memory.len(), at });
                self.spilled += self.memory.len();
            }
            self.memory.clear();
        }
    }

    /// All entries, when none has left memory.
    pub(crate) fn in_memory(&self) -> Option<&[T]> {
        self.blocks.is_empty().then_some(&self.memory)
    }

    /// Some entries; none after a failure.
    pub(crate) fn get<'l>(&'l self, spill: &Spill<'_>, range: Range<usize>) -> Cow<'l, [T]> {
        if range.start >= self.spilled {
            return Cow::Borrowed(&self.memory[range.start - self.spilled..range.end - self.spilled]);
        }
        let mut out = Vec::with_capacity(range.len());
        let mut bytes = Vec::new();
        let from = self.blocks.partition_point(|block| block.first + block.len <= range.start);
        for block in self.blocks[from..].iter().take_while(|block| block.first < range.end) {
            let start = range.start.max(block.first) - block.first;
            let end = range.end.min(block.first + block.len) - block.first;
            bytes.resize((end - start) * T::BYTES, 0);
            if !spill.read(block.at + (start * T::BYTES) as u64, &mut bytes) {
                return Cow::Owned(Vec::new());
            }
            out.extend(bytes.chunks_exact(T::BYTES).map(T::read));
        }
        if range.end > self.spilled {
            out.extend_from_slice(&self.memory[..range.end - self.spilled]);
        }
        Cow::Owned(out)
    }

    /// Calls `work` with all entries, part by part.
    pub(crate) fn visit(&self, spill: &Spill<'_>, mut work: impl FnMut(&[T])) {
        const PART: usize = 1 << 14;
        for start in (0..self.len()).step_by(PART) {
            work(&self.get(spill, start..(start + PART).min(self.len())));
        }
    }

    /// The whole list in memory.
    pub(crate) fn load(self, spill: &Spill<'_>) -> Vec<T> {
        if self.blocks.is_empty() {
            return self.memory;
        }
        let mut all = Vec::with_capacity(self.len());
        self.visit(spill, |part| all.extend_from_slice(part));
        all
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::io::Cursor;

    use super::*;
    use proptest::prelude::*;

    /// Scratch files in memory.
    pub(crate) struct Memory;

    impl Scratch for Memory {
        fn open(&self) -> Result<Box<dyn ScratchFile>> {
            Ok(Box::new(Cursor::new(Vec::new())))
        }
    }

    /// A disk of so many bytes.
    struct Full(u64);

    impl Scratch for Full {
        fn open(&self) -> Result<Box<dyn ScratchFile>> {
            struct File(Cursor<Vec<u8>>, u64);
            impl Read for File {
                fn read(&mut self, bytes: &mut [u8]) -> std::io::Result<usize> {
                    self.0.read(bytes)
                }
            }
            impl Seek for File {
                fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
                    self.0.seek(to)
                }
            }
            impl Write for File {
                fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
                    if self.0.position() + bytes.len() as u64 > self.1 {
                        return Err(std::io::ErrorKind::StorageFull.into());
                    }
                    self.0.write(bytes)
                }
                fn flush(&mut self) -> std::io::Result<()> {
                    Ok(())
                }
            }
            Ok(Box::new(File(Cursor::new(Vec::new()), self.0)))
        }
    }

    fn edge(n: u32) -> Edge {
        let bits = |at: u32| f32::from_bits(0x3f80_0000 + n * 7 + at);
        let score = PairScore {
            weight: f64::from(n) * 1.1 - 9.0,
            matched: std::array::from_fn(|group| bits(group as u32)),
            household: std::array::from_fn(|group| -bits(3 + group as u32)),
            present: std::array::from_fn(|group| (n >> group) & 1 == 1),
        };
        Edge { a: n, b: n + 1, score }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// What comes back is what was added, to the last bit, whatever left memory.
        #[test]
        fn a_list_is_a_list(
            parts in prop::collection::vec(0usize..3000, 0..12),
            share in 0u64..400_000,
            ends in (0.0f64..1.0, 0.0f64..1.0),
        ) {
            let spill = Spill::above(share, &Memory);
            let mut list = spill.list::<Edge>(1);
            let mut all: Vec<Edge> = Vec::new();
            for part in parts {
                let items: Vec<Edge> = (0..part as u32).map(|n| edge(n + all.len() as u32)).collect();
                list.extend(&spill, &items);
                all.extend(items);
            }
            prop_assert_eq!(list.len(), all.len());
            prop_assert!(list.memory.len() * size_of::<Edge>() <= share.max(MIN_SHARE as u64) as usize);
            let at = |share: f64| (share * all.len() as f64) as usize;
            let range = at(ends.0.min(ends.1))..at(ends.0.max(ends.1));
            let got = list.get(&spill, range.clone());
            prop_assert_eq!(&got[..], &all[range]);
            let mut seen = Vec::new();
            list.visit(&spill, |part| seen.extend_from_slice(part));
            prop_assert_eq!(&seen, &all);
            let spilled = list.spilled;
            prop_assert_eq!(spill.written(), (spilled * Edge::BYTES) as u64);
            prop_assert_eq!(list.in_memory().is_some(), spilled == 0);
            prop_assert_eq!(list.load(&spill), all);
            prop_assert!(spill.check().is_ok());
        }
    }

    #[test]
    fn without_a_limit_nothing_is_written() {
        let spill = Spill::never();
        let mut list = spill.list(1);
        let pairs: Vec<(u32, u32)> = (0..100_000).map(|n| (n, n + 1)).collect();
        list.extend(&spill, &pairs);
        assert_eq!((list.in_memory(), spill.written(), spill.share()), (Some(&pairs[..]), 0, None));
    }

    #[test]
    fn a_full_disk_is_an_error_and_no_result() {
        let spill = Spill::above(0, &Full(100_000));
        let mut list = spill.list(1);
        let pairs: Vec<(u32, u32)> = (0..10_000).map(|n| (n, n + 1)).collect();
        list.extend(&spill, &pairs);
        assert!(spill.check().is_ok());
        list.extend(&spill, &pairs);
        let error = spill.check().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        assert!(error.to_string().starts_with("the scratch file cannot be written ("), "{error}");
        list.extend(&spill, &pairs);
        assert_eq!(spill.check().unwrap_err(), error, "the first failure is the one that is told");
    }
}
