//! The kernels themselves: loops over lanes, to be compiled for each set of instructions.

// A lane is a number in a dozen arrays at once; iterators over all of them would hide what is done.
#![expect(clippy::needless_range_loop)]

use std::ops::{BitAnd, BitOr, BitOrAssign, BitXor, Not};

use super::LANES;

/// A word with a bit for each character of a value.
pub(super) trait Mask:
    Copy
    + Eq
    + BitAnd<Output = Self>
    + BitOr<Output = Self>
    + BitOrAssign
    + BitXor<Output = Self>
    + Not<Output = Self>
{
    const ZERO: Self;
    const ONE: Self;
    fn add(self, other: Self) -> Self;
    fn shl(self, by: usize) -> Self;
    fn lowest(self) -> Self;
    fn ones(self) -> u8;
    /// All bits or none.
    fn all(condition: bool) -> Self;
    /// The lowest `n` bits, for `n` up to the width.
    fn low(n: u8) -> Self;
}

macro_rules! mask {
    ($word:ty) => {
        impl Mask for $word {
            const ZERO: Self = 0;
            const ONE: Self = 1;
            #[inline(always)]
            fn add(self, other: Self) -> Self {
                self.wrapping_add(other)
            }
            #[inline(always)]
            fn shl(self, by: usize) -> Self {
                self << by
            }
            #[inline(always)]
            fn lowest(self) -> Self {
                self & self.wrapping_neg()
            }
            #[inline(always)]
            fn ones(self) -> u8 {
                self.count_ones() as u8
            }
            #[inline(always)]
            fn all(condition: bool) -> Self {
                if condition { Self::MAX } else { 0 }
            }
            #[inline(always)]
            fn low(n: u8) -> Self {
                ((1u32 << n) - 1) as Self
            }
        }
    };
}

mask!(u8);
mask!(u16);

/// 32 pairs of values of up to `WIDTH` symbols.
pub(super) struct Lanes<const WIDTH: usize> {
    /// Symbols as they come: a row a lane.
    rows: [[[u8; WIDTH]; LANES]; 2],
    /// Transposed: `a[i][l]` is symbol `i` of the first value of lane `l`.
    a: [[u8; LANES]; WIDTH],
    b: [[u8; LANES]; WIDTH],
    /// Lengths.
    pub(super) n: [u8; LANES],
    pub(super) m: [u8; LANES],
}

impl<const WIDTH: usize> Default for Lanes<WIDTH> {
    fn default() -> Self {
        Self {
            rows: [[[0; WIDTH]; LANES]; 2],
            a: [[0; LANES]; WIDTH],
            b: [[0; LANES]; WIDTH],
            n: [0; LANES],
            m: [0; LANES],
        }
    }
}

/// What Jaro's scan finds in each lane.
pub(super) struct Counts {
    matches: [u8; LANES],
    displaced: [u8; LANES],
    prefix: [u8; LANES],
}

impl<const WIDTH: usize> Lanes<WIDTH> {
    /// Puts a pair into a lane.
    #[inline]
    pub(super) fn set(&mut self, lane: usize, (a, n): (&[u8; 16], u8), (b, m): (&[u8; 16], u8)) {
        self.rows[0][lane].copy_from_slice(&a[..WIDTH]);
        self.rows[1][lane].copy_from_slice(&b[..WIDTH]);
        (self.n[lane], self.m[lane]) = (n, m);
    }

    /// The lanes ready for the kernels. Lanes without a new pair hold an old one, and nobody asks for their answers.
    #[inline]
    pub(super) fn transposed(&mut self) -> &Self {
        transpose(&self.rows[0], &mut self.a);
        transpose(&self.rows[1], &mut self.b);
        self
    }

    fn longest(lens: &[u8; LANES]) -> usize {
        usize::from(lens.iter().copied().max().unwrap_or(0)).min(WIDTH)
    }

    /// Where each symbol of the second value occurs in the first: a mask by position and lane.
    #[inline(always)]
    fn occurrences<M: Mask>(&self, equal: &mut [[M; LANES]; WIDTH]) -> usize {
        let (n, m) = (Self::longest(&self.n), Self::longest(&self.m));
        for (symbols, equal) in self.b.iter().zip(equal.iter_mut()).take(m) {
            let mut found = [M::ZERO; LANES];
            for (i, pattern) in self.a.iter().enumerate().take(n) {
                let bit = M::ONE.shl(i);
                for lane in 0..LANES {
                    found[lane] |= M::all(pattern[lane] == symbols[lane]) & bit;
                }
            }
            *equal = found;
        }
        m
    }

    /// Jaro's scan: see [`jaro`](crate::similarity::jaro()) for one pair at a time.
    #[inline(always)]
    pub(super) fn jaro<M: Mask>(&self) -> Counts {
        let mut equal = [[M::ZERO; LANES]; WIDTH];
        let columns = self.occurrences(&mut equal);
        let mut reach = [0u8; LANES];
        let mut window = [M::ZERO; LANES];
        let mut inside = [M::ZERO; LANES];
        for lane in 0..LANES {
            reach[lane] = (self.n[lane].max(self.m[lane]) / 2).saturating_sub(1);
            window[lane] = M::low(reach[lane] + 1);
            inside[lane] = M::low(self.n[lane]);
        }
        let mut taken = [M::ZERO; LANES];
        let mut matched = [[M::ZERO; LANES]; WIDTH];
        for j in 0..columns {
            for lane in 0..LANES {
                let here = M::all((j as u8) < self.m[lane]) & inside[lane];
                let free = equal[j][lane] & window[lane] & !taken[lane] & here;
                taken[lane] |= free.lowest();
                matched[j][lane] = M::all(free != M::ZERO);
                window[lane] = window[lane].shl(1) | (M::all((j as u8) < reach[lane]) & M::ONE);
            }
        }
        let mut counts = Counts { matches: [0; LANES], displaced: [0; LANES], prefix: [0; LANES] };
        for lane in 0..LANES {
            counts.matches[lane] = taken[lane].ones();
        }
        for j in 0..columns {
            for lane in 0..LANES {
                let counterpart = taken[lane].lowest() & matched[j][lane];
                let other = equal[j][lane] & counterpart == M::ZERO && matched[j][lane] != M::ZERO;
                counts.displaced[lane] += u8::from(other);
                taken[lane] = taken[lane] ^ counterpart;
            }
        }
        let mut same = [true; LANES];
        for (a, b) in self.a.iter().zip(&self.b).take(4) {
            for lane in 0..LANES {
                // Zero is no symbol.
                same[lane] &= a[lane] == b[lane] && a[lane] != 0;
                counts.prefix[lane] += u8::from(same[lane]);
            }
        }
        counts
    }

    /// Edit distance of each lane; with `swaps`, exchanged neighbours are one edit.
    #[inline(always)]
    pub(super) fn edits<M: Mask>(&self, swaps: bool) -> [u8; LANES] {
        let mut equal = [[M::ZERO; LANES]; WIDTH];
        let columns = self.occurrences(&mut equal);
        let swaps = M::all(swaps);
        let (mut up, mut down) = ([!M::ZERO; LANES], [M::ZERO; LANES]);
        let (mut diagonal, mut before) = ([M::ZERO; LANES], [M::ZERO; LANES]);
        for j in 0..columns {
            for lane in 0..LANES {
                let here = M::all((j as u8) < self.m[lane]);
                let (eq, vp, vn) = (equal[j][lane], up[lane], down[lane]);
                let swap = (!diagonal[lane] & eq).shl(1) & before[lane] & swaps;
                let d = (((eq & vp).add(vp)) ^ vp) | eq | vn | swap;
                let plus = (vn | !(d | vp)).shl(1) | M::ONE;
                let minus = (d & vp).shl(1);
                up[lane] = (here & (minus | !(d | plus))) | (!here & vp);
                down[lane] = (here & plus & d) | (!here & vn);
                diagonal[lane] = d;
                before[lane] = eq;
            }
        }
        let mut edits = [0; LANES];
        for lane in 0..LANES {
            let inside = M::low(self.n[lane]);
            edits[lane] = (self.m[lane] + (up[lane] & inside).ones()) - (down[lane] & inside).ones();
        }
        edits
    }
}

/// Quotients `a / b` of numbers up to 16, for dividing thrice a pair; 0 for `b = 0`.
static QUOTIENTS: [[f64; 17]; 17] = {
    let mut table = [[0.0; 17]; 17];
    let mut a = 0;
    while a <= 16 {
        let mut b = 1;
        while b <= 16 {
            table[a][b] = a as f64 / b as f64;
            b += 1;
        }
        a += 1;
    }
    table
};

impl Counts {
    /// Jaro-Winkler of each lane, in the very order of operations of the kernel for single pairs.
    pub(super) fn similarities(&self, n: &[u8; LANES], m: &[u8; LANES]) -> [f64; LANES] {
        std::array::from_fn(|lane| {
            let matches = usize::from(self.matches[lane]).min(16);
            let (n, m) = (usize::from(n[lane]).min(16), usize::from(m[lane]).min(16));
            let in_order = matches - usize::from(self.displaced[lane] / 2).min(matches);
            let (long, short) = (n.max(m), n.min(m));
            let row = &QUOTIENTS[matches];
            let jaro = match long {
                0 => 1.0,
                _ => (row[long] + row[short] + QUOTIENTS[in_order][matches]) / 3.0,
            };
            if jaro > 0.7 { jaro + 0.1 * f64::from(self.prefix[lane]) * (1.0 - jaro) } else { jaro }
        })
    }
}

/// Symbols by lane to symbols by position, in blocks of 8 x 8 bytes.
#[inline]
fn transpose<const WIDTH: usize>(rows: &[[u8; WIDTH]; LANES], out: &mut [[u8; LANES]; WIDTH]) {
    for lanes in (0..LANES).step_by(8) {
        for symbols in (0..WIDTH).step_by(8) {
            let mut words: [u64; 8] = std::array::from_fn(|lane| {
                let mut bytes = [0; 8];
                bytes.copy_from_slice(&rows[lanes + lane][symbols..symbols + 8]);
                u64::from_le_bytes(bytes)
            });
            exchange::<4>(&mut words, 0x0000_0000_FFFF_FFFF);
            exchange::<2>(&mut words, 0x0000_FFFF_0000_FFFF);
            exchange::<1>(&mut words, 0x00FF_00FF_00FF_00FF);
            for (symbol, word) in words.into_iter().enumerate() {
                out[symbols + symbol][lanes..lanes + 8].copy_from_slice(&word.to_le_bytes());
            }
        }
    }
}

/// Exchanges the upper right with the lower left block of `N` x `N` bytes, in all blocks of twice the size.
#[inline(always)]
fn exchange<const N: usize>(words: &mut [u64; 8], low: u64) {
    for at in 0..8 {
        if at & N == 0 {
            let (x, y) = (words[at], words[at + N]);
            words[at] = (x & low) | (y & low) << (8 * N);
            words[at + N] = (x >> (8 * N) & low) | (y & !low);
        }
    }
}
