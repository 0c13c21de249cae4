//! Pseudo-random pairs of records. Every draw is a pure function of (seed, stream, number), so that any thread may
//! make any part of a sample, and no two streams overlap.

/// A counter-based generator: `draw(i)` is independent of all other `i`.
///
/// # Source
/// The finaliser of SplitMix64 (Steele, Lea, Flood 2014) over a seed that is mixed before use; passing it over
/// consecutive counters is the generator as published.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Draws {
    key: u64,
}

/// Odd constant of SplitMix64: 2^64 / golden ratio.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

impl Draws {
    /// Draws of one purpose (`stream`) under one seed.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        // Mixing twice keeps streams whose numbers are close from being shifted copies of one another.
        Self {
            key: mix(
                mix(seed.wrapping_add(GOLDEN)) ^ mix(stream.wrapping_mul(GOLDEN) ^ 0x5851_F42D_4C95_7F2D)
            ),
        }
    }

    /// 64 random bits.
    pub(crate) fn bits(&self, number: u64) -> u64 {
        mix(self.key.wrapping_add(number.wrapping_add(1).wrapping_mul(GOLDEN)))
    }

    /// A number below `bound` (which is not 0); the bias is under 2^-32 for bounds below 2^32.
    pub(crate) fn below(&self, number: u64, bound: u64) -> u64 {
        ((u128::from(self.bits(number)) * u128::from(bound)) >> 64) as u64
    }

    /// Two different records of `records >= 2`.
    pub(crate) fn pair(&self, number: u64, records: u64) -> (usize, usize) {
        let a = self.below(2 * number, records);
        let b = self.below(2 * number + 1, records - 1);
        (a as usize, if b >= a { b + 1 } else { b } as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Chi-square of pair counts against uniform; a generator with overlapping streams or a short period fails it.
    #[test]
    fn pairs_are_uniform_and_independent() {
        const RECORDS: u64 = 20;
        const DRAWN: u64 = 380_000;
        for (seed, stream) in [(0, 0), (1, 0), (0, 1), (42, 7)] {
            let draws = Draws::new(seed, stream);
            let mut counts = vec![0f64; (RECORDS * RECORDS) as usize];
            for number in 0..DRAWN {
                let (a, b) = draws.pair(number, RECORDS);
                assert_ne!(a, b);
                counts[a * RECORDS as usize + b] += 1.0;
            }
            let expected = DRAWN as f64 / (RECORDS * (RECORDS - 1)) as f64;
            let chi: f64 =
                counts.iter().filter(|&&c| c > 0.0).map(|c| (c - expected).powi(2) / expected).sum();
            // 379 degrees of freedom: mean 379, deviation 27.5; five deviations either way.
            assert!((242.0..517.0).contains(&chi), "seed {seed}, stream {stream}: chi-square {chi}");
        }
    }

    #[test]
    fn streams_do_not_overlap() {
        let mut seen = std::collections::HashSet::new();
        for stream in 0..8 {
            let draws = Draws::new(1, stream);
            assert!((0..10_000).all(|number| seen.insert(draws.bits(number))), "stream {stream}");
        }
    }
}
