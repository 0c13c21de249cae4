//! Kernels over batches of pairs: 32 pairs side by side, one a lane.
//!
//! A column's distinct values are re-encoded to small symbols once ([`Symbols`]); pairs of them then go through the
//! kernels in groups of [`LANES`], those of up to 8 characters in bytes, those of up to 16 in words of 16 bits. Longer
//! values, and those of a column with more characters than a byte can number, go through the kernels for single pairs:
//! the answers are the same to the last bit.
//!
//! Reach for it when there are many pairs of one column to compare at once; for single pairs the functions of
//! [`similarity`](crate::similarity) need no preparation.
//!
//! # How it is done
//! The kernels (`lanes.rs`) are plain loops over arrays of lanes without a branch on the data, written once. Compiled
//! for the processor at hand they become vector instructions: for AVX-512 and AVX2 when these are found at run time,
//! else for what every processor of the target has (SSE2, NEON), which is the scalar twin on targets without vectors.
//! Calling a function that was compiled for a detected feature is the only `unsafe` here.
//!
//! # Complexity
//! O(n) a value to prepare; O(n·m / lanes) a pair, about 60 operations for two surnames.
//!
//! # Source
//! Jaro 1989 and Winkler 1990; Hyyrö 2003 for the edit distances; Hacker's Delight for the transposition of bytes.

#![allow(unsafe_code)]

mod lanes;
mod symbols;

use lanes::{Counts, Lanes};
pub use symbols::Symbols;

use super::{jaro_winkler, levenshtein, osa};

/// Pairs that are compared side by side.
pub const LANES: usize = 32;

/// The two kernels of one lane width.
#[derive(Clone, Copy)]
struct Kernels<const WIDTH: usize> {
    jaro: fn(&Lanes<WIDTH>) -> Counts,
    edits: fn(&Lanes<WIDTH>, bool) -> [u8; LANES],
}

/// The instructions that the kernels are compiled for, chosen when a batch starts.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Instructions {
    /// What every processor of the target has.
    Baseline,
    /// 256 bits.
    Avx2,
    /// 512 bits, of bytes and words.
    Avx512,
}

impl Instructions {
    /// The best that this processor has.
    pub fn detect() -> Self {
        *Self::available().last().unwrap_or(&Self::Baseline)
    }

    /// All that this processor has, the best last.
    pub fn available() -> &'static [Self] {
        #[cfg(target_arch = "x86_64")]
        {
            let avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("bmi2");
            let avx512 = is_x86_feature_detected!("avx512bw") && is_x86_feature_detected!("avx512vl");
            match (avx2, avx512) {
                (true, true) => &[Self::Baseline, Self::Avx2, Self::Avx512],
                (true, false) => &[Self::Baseline, Self::Avx2],
                _ => &[Self::Baseline],
            }
        }
        #[cfg(not(target_arch = "x86_64"))]
        &[Self::Baseline]
    }
}

/// The kernels of a lane width for all instruction sets.
macro_rules! kernels {
    ($width:literal, $mask:ty, $name:ident, $avx2:ident, $avx512:ident) => {
        #[cfg(target_arch = "x86_64")]
        mod $avx2 {
            use super::{Counts, LANES, Lanes};

            #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
            pub(super) fn jaro(lanes: &Lanes<$width>) -> Counts {
                lanes.jaro::<$mask>()
            }

            #[target_feature(enable = "avx2,bmi1,bmi2,popcnt")]
            pub(super) fn edits(lanes: &Lanes<$width>, swaps: bool) -> [u8; LANES] {
                lanes.edits::<$mask>(swaps)
            }
        }

        #[cfg(target_arch = "x86_64")]
        mod $avx512 {
            use super::{Counts, LANES, Lanes};

            #[target_feature(enable = "avx512bw,avx512vl,avx2,bmi1,bmi2,popcnt")]
            pub(super) fn jaro(lanes: &Lanes<$width>) -> Counts {
                lanes.jaro::<$mask>()
            }

            #[target_feature(enable = "avx512bw,avx512vl,avx2,bmi1,bmi2,popcnt")]
            pub(super) fn edits(lanes: &Lanes<$width>, swaps: bool) -> [u8; LANES] {
                lanes.edits::<$mask>(swaps)
            }
        }

        /// The kernels for instructions that this processor must have.
        fn $name(instructions: Instructions) -> Kernels<$width> {
            let baseline = Kernels {
                jaro: |lanes| lanes.jaro::<$mask>(),
                edits: |lanes, swaps| lanes.edits::<$mask>(swaps),
            };
            #[cfg(target_arch = "x86_64")]
            {
                // An unavailable set is never called, whatever a caller asks for.
                match instructions {
                    _ if !Instructions::available().contains(&instructions) => baseline,
                    Instructions::Baseline => baseline,
                    Instructions::Avx2 => Kernels {
                        // SAFETY: the processor has the features, which was looked up above.
                        jaro: |lanes| unsafe { $avx2::jaro(lanes) },
                        // SAFETY: as above.
                        edits: |lanes, swaps| unsafe { $avx2::edits(lanes, swaps) },
                    },
                    Instructions::Avx512 => Kernels {
                        // SAFETY: the processor has the features, which was looked up above.
                        jaro: |lanes| unsafe { $avx512::jaro(lanes) },
                        // SAFETY: as above.
                        edits: |lanes, swaps| unsafe { $avx512::edits(lanes, swaps) },
                    },
                }
            }
            #[cfg(not(target_arch = "x86_64"))]
            {
                let _ = instructions;
                baseline
            }
        }
    };
}

kernels!(8, u8, narrow, narrow_avx2, narrow_avx512);
kernels!(16, u16, wide, wide_avx2, wide_avx512);

/// Pairs on their way into lanes.
struct Group<const WIDTH: usize> {
    lanes: Box<Lanes<WIDTH>>,
    /// Where the answer of each lane goes.
    places: [u32; LANES],
    len: usize,
}

impl<const WIDTH: usize> Group<WIDTH> {
    fn new() -> Self {
        Self { lanes: Box::default(), places: [0; LANES], len: 0 }
    }

    /// Puts in a pair; whether the group is full now.
    #[inline]
    fn push(&mut self, symbols: &Symbols<'_>, (a, b): (u32, u32), place: usize) -> bool {
        self.lanes.set(self.len, symbols.row(a), symbols.row(b));
        self.places[self.len] = place as u32;
        self.len += 1;
        self.len == LANES
    }

    fn flush<T: Copy>(&mut self, answers: impl FnOnce(&mut Lanes<WIDTH>) -> [T; LANES], out: &mut [T]) {
        if self.len > 0 {
            let answers = answers(&mut self.lanes);
            for (&place, answer) in self.places[..self.len].iter().zip(answers) {
                out[place as usize] = answer;
            }
            self.len = 0;
        }
    }
}

/// Compares pairs of values of one column, batch by batch.
///
/// # Shape
/// The answers are in the order of the pairs.
///
/// # Example
/// ```
/// use quilate::similarity::simd::{PairKernels, Symbols};
/// use quilate::Column;
///
/// let names: Column = ["garcia", "gracia", "garzia"].into_iter().map(Some).collect();
/// let symbols = Symbols::new(names.dictionary());
/// let mut kernels = PairKernels::new();
/// let mut edits = [0; 2];
/// kernels.levenshtein(&symbols, &[(0, 1), (0, 2)], &mut edits);
/// assert_eq!(edits, [2, 1]);
/// let mut similarity = [0.0; 1];
/// kernels.jaro_winkler(&symbols, &[(0, 2)], &mut similarity);
/// assert_eq!(similarity[0], quilate::similarity::jaro_winkler("garcia", "garzia"));
/// ```
pub struct PairKernels {
    narrow: Kernels<8>,
    wide: Kernels<16>,
    short: Group<8>,
    long: Group<16>,
}

impl Default for PairKernels {
    fn default() -> Self {
        Self::new()
    }
}

impl PairKernels {
    /// For the best instructions of this processor.
    pub fn new() -> Self {
        Self::with(Instructions::detect())
    }

    /// For given instructions; those that the processor lacks are replaced by the baseline.
    pub fn with(instructions: Instructions) -> Self {
        let (narrow, wide) = (narrow(instructions), wide(instructions));
        Self { narrow, wide, short: Group::new(), long: Group::new() }
    }

    /// The [`jaro_winkler`] similarity of each pair.
    ///
    /// # Panics
    /// When `out` is shorter than `pairs`, or a code is not of the column.
    pub fn jaro_winkler(&mut self, symbols: &Symbols<'_>, pairs: &[(u32, u32)], out: &mut [f64]) {
        let (narrow, wide) = (self.narrow.jaro, self.wide.jaro);
        self.run(
            symbols,
            pairs,
            out,
            |lanes| narrow(lanes).similarities(&lanes.n, &lanes.m),
            |lanes| wide(lanes).similarities(&lanes.n, &lanes.m),
            jaro_winkler,
        );
    }

    /// The [`levenshtein`] distance of each pair; 255 stands for all that are larger.
    ///
    /// # Panics
    /// As [`Self::jaro_winkler`].
    pub fn levenshtein(&mut self, symbols: &Symbols<'_>, pairs: &[(u32, u32)], out: &mut [u8]) {
        let (narrow, wide) = (self.narrow.edits, self.wide.edits);
        let single = |a: &str, b: &str| levenshtein(a, b).min(255) as u8;
        self.run(symbols, pairs, out, |lanes| narrow(lanes, false), |lanes| wide(lanes, false), single);
    }

    /// The [`osa`] distance of each pair; 255 stands for all that are larger.
    ///
    /// # Panics
    /// As [`Self::jaro_winkler`].
    pub fn osa(&mut self, symbols: &Symbols<'_>, pairs: &[(u32, u32)], out: &mut [u8]) {
        let (narrow, wide) = (self.narrow.edits, self.wide.edits);
        let single = |a: &str, b: &str| osa(a, b).min(255) as u8;
        self.run(symbols, pairs, out, |lanes| narrow(lanes, true), |lanes| wide(lanes, true), single);
    }

    fn run<T: Copy>(
        &mut self,
        symbols: &Symbols<'_>,
        pairs: &[(u32, u32)],
        out: &mut [T],
        narrow: impl Fn(&Lanes<8>) -> [T; LANES],
        wide: impl Fn(&Lanes<16>) -> [T; LANES],
        single: impl Fn(&str, &str) -> T,
    ) {
        for (place, &(a, b)) in pairs.iter().enumerate() {
            match symbols.len(a).max(symbols.len(b)) {
                0..=8 => {
                    if self.short.push(symbols, (a, b), place) {
                        self.short.flush(|lanes| narrow(lanes.transposed()), out);
                    }
                }
                9..=16 => {
                    if self.long.push(symbols, (a, b), place) {
                        self.long.flush(|lanes| wide(lanes.transposed()), out);
                    }
                }
                _ => out[place] = single(symbols.text(a), symbols.text(b)),
            }
        }
        self.short.flush(|lanes| narrow(lanes.transposed()), out);
        self.long.flush(|lanes| wide(lanes.transposed()), out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::{Column, Dictionary};
    use proptest::prelude::*;

    fn dictionary(values: &[String]) -> Dictionary {
        let column: Column = values.iter().map(|value| Some(value.as_str())).collect();
        column.dictionary().clone()
    }

    fn check(values: &[String]) {
        let dictionary = dictionary(values);
        let symbols = Symbols::new(&dictionary);
        let codes = 0..dictionary.len() as u32;
        let pairs: Vec<(u32, u32)> = codes.clone().flat_map(|a| codes.clone().map(move |b| (a, b))).collect();
        for &instructions in Instructions::available() {
            let mut kernels = PairKernels::with(instructions);
            let mut similarity = vec![-1.0; pairs.len()];
            let (mut edits, mut typed) = (vec![9; pairs.len()], vec![9; pairs.len()]);
            kernels.jaro_winkler(&symbols, &pairs, &mut similarity);
            kernels.levenshtein(&symbols, &pairs, &mut edits);
            kernels.osa(&symbols, &pairs, &mut typed);
            for (at, &(a, b)) in pairs.iter().enumerate() {
                let (x, y) = (dictionary.text(a), dictionary.text(b));
                let context = format!("{instructions:?}: {x:?} / {y:?}");
                assert_eq!(similarity[at].to_bits(), jaro_winkler(x, y).to_bits(), "{context}");
                assert!((similarity[at] - strsim::jaro_winkler(x, y)).abs() < 1e-12, "{context}");
                assert_eq!(usize::from(edits[at]), strsim::levenshtein(x, y).min(255), "{context}");
                assert_eq!(usize::from(typed[at]), strsim::osa_distance(x, y).min(255), "{context}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        /// Lengths around the widths of the lanes; few letters, so that all orders of matches occur.
        #[test]
        fn the_same_as_single_pairs_and_as_strsim(
            short in prop::collection::vec("[abc]{1,8}", 1..12),
            around in prop::collection::vec("[ab]{7,9}|[abcd]{14,18}", 0..6),
            other in prop::collection::vec("[añя日]{1,9}", 0..4),
        ) {
            check(&[short, around, other].concat());
        }
    }

    /// More characters than a byte can number: what has no symbol takes the other way.
    #[test]
    fn a_column_of_very_many_characters() {
        let values: Vec<String> = (0..400u32)
            .step_by(7)
            .map(|start| (start..start + 6).filter_map(|c| char::from_u32(0x4E00 + c)).collect())
            .collect();
        check(&values);
    }
}
