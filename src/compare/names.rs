//! Comparison of given names and surnames by their tokens.
//!
//! The tokens of both columns are interned together: two-surname names are nearly all different, their tokens are not,
//! so levels are cached per pair of *tokens*, and a given name can be held against a surname (names that changed
//! places) with the same cache.

use super::MANY;
use super::evaluator::LevelCache;
use super::level::name_level::*;
use super::signature::{signature, unlike};
use super::values::{FAR, within};
use crate::normalize::person_name::nicknames::nickname_groups;
use crate::par;
use crate::similarity::{PhoneticCode, jaro_winkler, phonetic_key};
use crate::table::{Column, Dictionary, Interner, NULL};

/// A column of names as lists of token numbers.
#[derive(Default)]
pub(super) struct NameColumn {
    /// For each value its one or two tokens, the second [`NULL`] where there is none: one look instead of three. For
    /// any other number of tokens the second is [`MANY`], and the first the place in `long`.
    heads: Vec<[u32; 2]>,
    long: Vec<Vec<u32>>,
    /// Nickname groups of each whole value; empty for surnames.
    groups: Vec<&'static [u32]>,
}

impl NameColumn {
    fn push(&mut self, tokens: &[u32]) {
        self.heads.push(match *tokens {
            [token] => [token, NULL],
            [first, second] => [first, second],
            _ => {
                self.long.push(tokens.to_vec());
                [self.long.len() as u32 - 1, MANY]
            }
        });
    }

    #[inline]
    fn tokens(&self, code: u32) -> &[u32] {
        match &self.heads[code as usize] {
            [first, NULL] => std::slice::from_ref(first),
            [place, MANY] => &self.long[*place as usize],
            both => both,
        }
    }
}

/// What is known of one token.
struct Token {
    sound: PhoneticCode,
    signature: u64,
    /// First letter, and whether there is no other.
    first: char,
    single: bool,
}

/// Given names and surnames of a run.
pub(super) struct NameTable {
    text: Dictionary,
    tokens: Vec<Token>,
    /// Columns of given name and surname, where they exist.
    pub(super) columns: [NameColumn; 2],
}

/// Which column a name comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Given = 0,
    Surname = 1,
}

impl NameTable {
    /// The names of two columns; `wanted` says which codes of a column will be asked for.
    pub(super) fn new(
        given: Option<&Column>,
        surname: Option<&Column>,
        wanted: impl Fn(Part, u32) -> bool,
    ) -> Self {
        let mut interner = Interner::new();
        let mut read = |column: Option<&Column>, part: Part| {
            let mut names = NameColumn::default();
            let mut tokens = Vec::new();
            for (code, name) in column.into_iter().flat_map(|column| column.dictionary().iter().enumerate()) {
                let wanted = wanted(part, code as u32);
                tokens.clear();
                if wanted {
                    tokens.extend(words(name).map(|word| interner.intern(word)));
                }
                names.push(&tokens);
                if part == Part::Given {
                    names.groups.push(if wanted { nickname_groups(name) } else { &[] });
                }
            }
            names
        };
        let columns = [read(given, Part::Given), read(surname, Part::Surname)];
        let text = interner.finish();
        let token = |word: &str| Token {
            sound: phonetic_key(word),
            signature: signature(word),
            first: word.chars().next().unwrap_or(' '),
            single: word.chars().nth(1).is_none(),
        };
        let tokens = par::map_ranges(text.len(), 1 << 13, |range| {
            range.map(|code| token(text.text(code as u32))).collect::<Vec<_>>()
        });
        Self { tokens: tokens.into_iter().flatten().collect(), text, columns }
    }

    /// Something of a value, for who wants it near; 0 for a code that is none.
    pub(super) fn peek(&self, part: Part, code: u32) -> u64 {
        self.columns[part as usize].heads.get(code as usize).map_or(0, |head| u64::from(head[0]))
    }

    /// The level of two different values, each of a column.
    pub(super) fn level(
        &self,
        (part_a, a): (Part, u32),
        (part_b, b): (Part, u32),
        cache: &mut LevelCache,
    ) -> u8 {
        let (column_a, column_b) = (&self.columns[part_a as usize], &self.columns[part_b as usize]);
        if part_a == Part::Given && part_b == Part::Given {
            let (groups_a, groups_b) = (column_a.groups[a as usize], column_b.groups[b as usize]);
            if groups_a.iter().any(|group| groups_b.contains(group)) {
                return NICKNAME;
            }
        }
        self.names(column_a.tokens(a), column_b.tokens(b), cache)
    }

    /// Names of one or more tokens. Of two names with the same number of tokens each token must fit: Ana María is not
    /// Eva María, however alike the whole looks.
    fn names(&self, a: &[u32], b: &[u32], cache: &mut LevelCache) -> u8 {
        if let (&[x], &[y]) = (a, b) {
            return self.token_level(x, y, cache);
        }
        if self.joined_equal(a, b) {
            return CLOSE;
        }
        if self.contains(a, b) || self.contains(b, a) {
            return SUBSET;
        }
        if a.len() == b.len() {
            // All tokens fit, but for initials: José L. and José Luis are one name, shortened.
            return match a.iter().zip(b).map(|(&x, &y)| self.token_level(x, y, cache)).max() {
                Some(INITIAL) => SUBSET,
                Some(level) => level,
                None => ELSE,
            };
        }
        // One side carries more: the first tokens (first surname, first given name) decide.
        let (Some(&x), Some(&y)) = (a.first(), b.first()) else { return ELSE };
        match self.token_level(x, y, cache) {
            EXACT | CLOSE => NEAR,
            NEAR | WEAK => WEAK,
            _ => ELSE,
        }
    }

    fn token_level(&self, x: u32, y: u32, cache: &mut LevelCache) -> u8 {
        if x == y {
            return EXACT;
        }
        let (x, y) = (x.min(y), x.max(y));
        cache.get_or(x, y, || {
            let (a, b) = (&self.tokens[x as usize], &self.tokens[y as usize]);
            if a.single || b.single {
                return if a.first == b.first { INITIAL } else { ELSE };
            }
            let sound_alike = a.sound.len() >= 2 && a.sound == b.sound;
            if !sound_alike && unlike(a.signature, b.signature, WEAK_SIMILARITY) {
                return ELSE;
            }
            let (a, b) = (self.text.text(x), self.text.text(y));
            let similarity = jaro_winkler(a, b);
            match () {
                () if similarity >= 0.94 => CLOSE,
                () if similarity >= FAR && within(a, b, 1, 3) => CLOSE,
                () if similarity >= 0.88 || sound_alike || (similarity >= FAR && within(a, b, 2, 5)) => NEAR,
                () if similarity >= WEAK_SIMILARITY => WEAK,
                () => ELSE,
            }
        })
    }

    /// Whether every token of `part` is one of `whole`, or an initial of one, in any order. At least one must be a
    /// word.
    fn contains(&self, whole: &[u32], part: &[u32]) -> bool {
        let fits = |&token: &u32| {
            let Token { single, first, .. } = self.tokens[token as usize];
            whole.iter().any(|&word| word == token || (single && self.tokens[word as usize].first == first))
        };
        part.iter().all(fits) && part.iter().any(|&token| !self.tokens[token as usize].single)
    }

    /// `delacruz` and `de la cruz`.
    fn joined_equal(&self, a: &[u32], b: &[u32]) -> bool {
        // Most names differ in their first letter already.
        let first = |name: &[u32]| name.first().map(|&token| self.tokens[token as usize].first);
        if first(a) != first(b) {
            return false;
        }
        let letters =
            |name: &[u32]| name.iter().flat_map(|&token| self.text.text(token).bytes()).collect::<Vec<u8>>();
        let len = |name: &[u32]| name.iter().map(|&token| self.text.text(token).len()).sum::<usize>();
        a.len() != b.len() && len(a) == len(b) && letters(a) == letters(b)
    }
}

/// Similarity from which two tokens count as vaguely alike.
const WEAK_SIMILARITY: f64 = 0.78;

fn words(name: &str) -> impl Iterator<Item = &str> {
    name.split(' ').filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels() {
        for (a, b, expected) in [
            ("martin", "martinez", CLOSE),
            ("garcia", "garcia lopez", SUBSET),
            ("garcia lopez", "garcia", SUBSET),
            ("lopez garcia", "garcia lopez", SUBSET),
            ("garcia lopez", "garcia perez", ELSE),
            ("garcia lopez", "garsia lopes", CLOSE),
            ("garcia lopez", "garsia", NEAR),
            ("garcia", "gracia", CLOSE),
            ("jose luis", "jose l", SUBSET),
            ("j", "jose", INITIAL),
            ("p", "jose", ELSE),
            ("ana maria", "eva maria", ELSE),
            ("delacruz", "de la cruz", CLOSE),
            ("xavier", "javier", CLOSE),
            ("vera", "bera", CLOSE),
            ("smith", "smyth", CLOSE),
            ("smith", "jones", ELSE),
        ] {
            let column: Column = [Some(a), Some(b)].into_iter().collect();
            let table = NameTable::new(None, Some(&column), |_, _| true);
            let mut cache = LevelCache::of_tokens();
            let mut level = |x, y| table.level((Part::Surname, x), (Part::Surname, y), &mut cache);
            assert_eq!(level(0, 1), expected, "{a} / {b}");
            assert_eq!(level(1, 0), expected, "{b} / {a}");
        }
    }

    #[test]
    fn nicknames_are_for_given_names() {
        let column: Column = [Some("paco"), Some("francisco")].into_iter().collect();
        let table = NameTable::new(Some(&column), Some(&column), |_, _| true);
        let mut cache = LevelCache::of_tokens();
        assert_eq!(table.level((Part::Given, 0), (Part::Given, 1), &mut cache), NICKNAME);
        assert_eq!(table.level((Part::Surname, 0), (Part::Surname, 1), &mut cache), ELSE);
        assert_eq!(table.level((Part::Given, 0), (Part::Surname, 0), &mut cache), EXACT);
    }
}
