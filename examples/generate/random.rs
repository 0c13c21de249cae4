//! Pseudo-random numbers whose sequence is part of the program: `xoshiro256++` (Blackman and Vigna, 2019) for draws,
//! `splitmix64` for seeds, a Feistel network for permutations.
//!
//! They are written out here so that the bytes of a generated file never change with a dependency. None of it is fit
//! for cryptography. Every object draws from a stream of its own, named by a key (`Rng::stream(seed, &[area, number])`),
//! so that a household or a record can be made again at any time, in any order, without the ones before it.

/// The step of `splitmix64`, and the constant that keeps an all-zero key from giving an all-zero state.
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The output function of `splitmix64`: a bijection of 64 bits in which each input bit moves half of the output bits.
#[inline]
pub fn mix(value: u64) -> u64 {
    let mut z = value;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// The next number of a `splitmix64` sequence.
#[inline]
fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(GOLDEN);
    mix(*state)
}

/// A `xoshiro256++` generator.
#[derive(Clone, Debug)]
pub struct Rng {
    state: [u64; 4],
}

impl Rng {
    /// The stream named `key` of the given seed. Different keys give unrelated streams.
    pub fn stream(seed: u64, key: &[u64]) -> Self {
        let mut hash = mix(seed.wrapping_add(GOLDEN));
        for &word in key {
            hash = mix(hash.wrapping_mul(GOLDEN) ^ mix(word.wrapping_add(GOLDEN)));
        }
        Self { state: std::array::from_fn(|_| splitmix(&mut hash)) }
    }

    /// The next 64 random bits.
    #[inline]
    pub fn next_u64(&mut self) -> u64 {
        let s = &mut self.state;
        let result = s[0].wrapping_add(s[3]).rotate_left(23).wrapping_add(s[0]);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        result
    }

    /// A number in `0..n` (0 for `n = 0`). The bias of the plain multiplication, `n / 2^64`, is far below anything
    /// that could be seen in a file.
    #[inline]
    pub fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.next_u64()) * u128::from(n)) >> 64) as u64
    }

    /// An index into a slice of `len` items.
    #[inline]
    pub fn index(&mut self, len: usize) -> usize {
        self.below(len as u64) as usize
    }

    /// A number in `low..=high`.
    #[inline]
    pub fn range(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low).max(0) as u64 + 1) as i64
    }

    /// A number in `[0, 1)` with 53 random bits.
    #[inline]
    pub fn unit(&mut self) -> f64 {
        (self.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with the given probability.
    #[inline]
    pub fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// One item of a slice that is not empty.
    #[inline]
    pub fn pick<T: Copy>(&mut self, items: &[T]) -> T {
        items[self.index(items.len())]
    }

    /// One item of a slice that is not empty, by the weight beside it.
    pub fn weighted<T: Copy>(&mut self, items: &[(T, u32)]) -> T {
        let total: u64 = items.iter().map(|(_, weight)| u64::from(*weight)).sum();
        let mut left = self.below(total);
        for (item, weight) in items {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => return *item,
            }
        }
        items[0].0
    }

    /// How many successes come before the first failure: a geometric number with the given mean, at most `most`.
    pub fn geometric(&mut self, mean: f64, most: u64) -> u64 {
        let stay = mean / (1.0 + mean);
        let mut count = 0;
        while count < most && self.chance(stay) {
            count += 1;
        }
        count
    }
}

/// A bijection of `0..domain` onto itself that looks random: a Feistel network of four rounds over the next even number
/// of bits, walked until the value falls into the domain again. It shuffles any number of items without storing them.
#[derive(Clone, Debug)]
pub struct Permutation {
    domain: u64,
    half: u32,
    keys: [u64; 4],
}

impl Permutation {
    /// The permutation of `0..domain` that belongs to a key.
    pub fn new(domain: u64, seed: u64, key: &[u64]) -> Self {
        let bits = 64 - domain.saturating_sub(1).leading_zeros();
        let mut rng = Rng::stream(seed, key);
        Self { domain, half: bits.div_ceil(2).max(1), keys: std::array::from_fn(|_| rng.next_u64()) }
    }

    /// Where `value` goes. A value outside the domain is taken modulo the domain.
    #[inline]
    pub fn apply(&self, value: u64) -> u64 {
        self.walk(value, |(left, right), key, mask| (right, left ^ (mix(right ^ key) & mask)), false)
    }

    /// The value that `apply` sends to `value`.
    #[inline]
    pub fn invert(&self, value: u64) -> u64 {
        self.walk(value, |(left, right), key, mask| (right ^ (mix(left ^ key) & mask), left), true)
    }

    #[inline]
    fn walk(&self, value: u64, round: impl Fn((u64, u64), u64, u64) -> (u64, u64), backwards: bool) -> u64 {
        if self.domain < 2 {
            return 0;
        }
        let mask = (1u64 << self.half) - 1;
        let mut value = value % self.domain;
        loop {
            let mut halves = (value >> self.half, value & mask);
            for step in 0..self.keys.len() {
                let key = self.keys[if backwards { self.keys.len() - 1 - step } else { step }];
                halves = round(halves, key, mask);
            }
            value = (halves.0 << self.half) | halves.1;
            if value < self.domain {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splitmix_gives_the_published_numbers() {
        let mut state = 1_234_567;
        let got: Vec<u64> = (0..3).map(|_| splitmix(&mut state)).collect();
        assert_eq!(got, [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]);
    }

    #[test]
    fn xoshiro_gives_the_published_numbers() {
        let mut rng = Rng { state: [1, 2, 3, 4] };
        let got: Vec<u64> = (0..5).map(|_| rng.next_u64()).collect();
        assert_eq!(
            got,
            [41_943_041, 58_720_359, 3_588_806_011_781_223, 3_591_011_842_654_386, 9_228_616_714_210_784_205]
        );
    }

    #[test]
    fn streams_differ_by_seed_and_by_every_word_of_the_key() {
        let first = |seed, key: &[u64]| Rng::stream(seed, key).next_u64();
        let all = [
            first(1, &[1, 2]),
            first(2, &[1, 2]),
            first(1, &[2, 1]),
            first(1, &[1]),
            first(1, &[1, 2, 0]),
            first(1, &[0, 2]),
        ];
        let distinct: std::collections::BTreeSet<u64> = all.into_iter().collect();
        assert_eq!(distinct.len(), all.len());
    }

    #[test]
    fn neighbouring_streams_are_uniform() {
        // The first draw of 64,000 neighbouring streams falls into 64 bins: chi-square with 63 degrees of freedom is
        // below 115 with probability 0.9999.
        let mut bins = [0f64; 64];
        for i in 0..64_000 {
            bins[Rng::stream(7, &[3, i]).index(64)] += 1.0;
        }
        let chi: f64 = bins.iter().map(|n| (n - 1000.0).powi(2) / 1000.0).sum();
        assert!(chi < 115.0, "chi-square {chi}");
    }

    #[test]
    fn weighted_draws_follow_the_weights() {
        let mut rng = Rng::stream(1, &[]);
        let table = [("a", 1), ("b", 0), ("c", 3)];
        let n = 40_000;
        let c = (0..n).filter(|_| rng.weighted(&table) == "c").count();
        assert!((29_500..30_500).contains(&c), "{c}");
        assert!((0..n).all(|_| rng.weighted(&table) != "b"));
    }

    #[test]
    fn ranges_are_closed_and_geometric_numbers_have_their_mean() {
        let mut rng = Rng::stream(5, &[]);
        let seen: std::collections::BTreeSet<i64> = (0..500).map(|_| rng.range(-2, 2)).collect();
        assert_eq!(seen.into_iter().collect::<Vec<_>>(), [-2, -1, 0, 1, 2]);
        let mean = (0..50_000).map(|_| rng.geometric(1.5, 100)).sum::<u64>() as f64 / 50_000.0;
        assert!((1.45..1.55).contains(&mean), "{mean}");
    }

    #[test]
    fn permutations_are_bijections_with_an_inverse() {
        for domain in [1, 2, 3, 10, 64, 1000, 4097] {
            let permutation = Permutation::new(domain, 9, &[domain]);
            let mut seen = vec![false; domain as usize];
            for value in 0..domain {
                let image = permutation.apply(value);
                assert!(!std::mem::replace(&mut seen[image as usize], true), "{image} twice in {domain}");
                assert_eq!(permutation.invert(image), value);
            }
        }
    }

    #[test]
    fn permutations_leave_no_order() {
        // Of 10,000 steps from one value to the next, half go up; six standard deviations are 300.
        let permutation = Permutation::new(10_000, 1, &[1]);
        let up = (1..10_000).filter(|&i| permutation.apply(i) > permutation.apply(i - 1)).count();
        assert!((4_700..5_300).contains(&up), "{up}");
    }
}
