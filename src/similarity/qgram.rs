//! q-gram similarities: how many runs of `q` characters two values share, wherever they stand.
//!
//! For long values whose words move or go missing (street lines, company names), where an edit distance would count
//! every character of the moved word. Grams run over blanks too and are not padded. A value shorter than `q` is one
//! gram: itself. `q` 0 counts as 1.
//!
//! # Source
//! Ukkonen 1992, "Approximate string-matching with q-grams and maximal matches".

use super::symbols::{ShortPair, WORD};

/// The most symbols that pack into one number.
const MAX_PACKED: usize = 8;

/// Dice's coefficient on multisets of q-grams, `2 |A ∩ B| / (|A| + |B|)`, in `[0, 1]`: a gram that occurs twice in
/// both values counts twice. Two empty values give 1, one gives 0.
///
/// `q` = 2 suits names and addresses; strsim's `sorensen_dice` is this for `q` = 2 after it has removed the blanks.
///
/// # Complexity
/// O(n log n); no allocation up to 64 characters and `q` 8, O(q n log n) past that.
///
/// # Example
/// ```
/// use quilate::similarity::qgram_dice;
/// assert_eq!(qgram_dice("night", "nacht", 2), 0.25);
/// assert!(qgram_dice("calle mayor 5", "mayor 5 calle", 2) > 0.8);
/// ```
pub fn qgram_dice(a: &str, b: &str, q: usize) -> f64 {
    let counts = counts::<false>(a, b, q);
    match counts.a + counts.b {
        0 => 1.0,
        both => (2 * counts.shared) as f64 / both as f64,
    }
}

/// Jaccard's coefficient on the sets of distinct q-grams, `|A ∩ B| / |A ∪ B|`, in `[0, 1]`. Two empty values give 1,
/// one gives 0.
///
/// Sets, unlike [`qgram_dice`], because that is what others mean by the name: with `q` = 1 it is DuckDB's `jaccard`,
/// on characters instead of bytes.
///
/// # Complexity
/// As [`qgram_dice`].
///
/// # Example
/// ```
/// use quilate::similarity::qgram_jaccard;
/// assert_eq!(qgram_jaccard("night", "nacht", 3), 0.0);
/// assert_eq!(qgram_jaccard("aaab", "ab", 1), 1.0);
/// ```
pub fn qgram_jaccard(a: &str, b: &str, q: usize) -> f64 {
    let counts = counts::<true>(a, b, q);
    match counts.a + counts.b - counts.shared {
        0 => 1.0,
        either => counts.shared as f64 / either as f64,
    }
}

/// How many grams the values have and share.
struct Counts {
    a: usize,
    b: usize,
    shared: usize,
}

fn counts<const DISTINCT: bool>(a: &str, b: &str, q: usize) -> Counts {
    let q = q.max(1);
    if a.is_ascii() && b.is_ascii() {
        return symbols::<DISTINCT>(a.as_bytes(), b.as_bytes(), q);
    }
    if let Some(pair) = ShortPair::encode(a, b) {
        return symbols::<DISTINCT>(pair.a(), pair.b(), q);
    }
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    long::<DISTINCT, char>(&a, &b, q)
}

fn symbols<const DISTINCT: bool>(a: &[u8], b: &[u8], q: usize) -> Counts {
    if a.len() > WORD || b.len() > WORD || q > MAX_PACKED {
        return long::<DISTINCT, u8>(a, b, q);
    }
    let (mut grams_a, mut grams_b) = ([0u64; WORD], [0u64; WORD]);
    let n_a = pack(a, q, &mut grams_a);
    let n_b = pack(b, q, &mut grams_b);
    merge::<DISTINCT, u64>(&mut grams_a[..n_a], &mut grams_b[..n_b])
}

/// Writes each gram as a number and returns how many there are. Grams of the two values are equal exactly if the
/// numbers are: a value shorter than `q` is told from a gram with zeros in front by its length.
fn pack(value: &[u8], q: usize, grams: &mut [u64; WORD]) -> usize {
    if value.is_empty() {
        return 0;
    }
    let width = q.min(value.len());
    // Symbols are below 128, so the top bit of each byte is free; it marks the bytes in use.
    let number = |gram: &[u8]| gram.iter().fold(0, |number, &c| number << 8 | u64::from(c | 0x80));
    let windows = value.windows(width);
    let n = windows.len();
    for (slot, gram) in grams.iter_mut().zip(windows) {
        *slot = number(gram);
    }
    n
}

fn long<const DISTINCT: bool, T: Copy + Ord>(a: &[T], b: &[T], q: usize) -> Counts {
    fn grams<T>(value: &[T], q: usize) -> Vec<&[T]> {
        if value.is_empty() { Vec::new() } else { value.windows(q.min(value.len())).collect() }
    }
    merge::<DISTINCT, &[T]>(&mut grams(a, q), &mut grams(b, q))
}

/// Counts by merging the sorted grams; with `DISTINCT` each counts once however often it occurs.
fn merge<const DISTINCT: bool, G: Copy + Ord>(a: &mut [G], b: &mut [G]) -> Counts {
    a.sort_unstable();
    b.sort_unstable();
    let step = |grams: &[G], at: usize| {
        let run = grams[at..].iter().take_while(|g| DISTINCT && **g == grams[at]).count();
        at + run.max(1)
    };
    let mut counts = Counts { a: 0, b: 0, shared: 0 };
    let (mut i, mut j) = (0, 0);
    while i < a.len() || j < b.len() {
        let order = match (a.get(i), b.get(j)) {
            (Some(x), Some(y)) => x.cmp(y),
            (Some(_), None) => std::cmp::Ordering::Less,
            _ => std::cmp::Ordering::Greater,
        };
        counts.shared += usize::from(order.is_eq());
        if order.is_le() {
            counts.a += 1;
            i = step(a, i);
        }
        if order.is_ge() {
            counts.b += 1;
            j = step(b, j);
        }
    }
    counts
}
