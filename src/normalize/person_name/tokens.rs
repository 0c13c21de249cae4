//! A name as a list of classified tokens, and tokens as groups: a word with the particles that bind to it.

use std::borrow::Cow;
use std::ops::Range;

use super::super::text::{LetterCase, fold, fold_into, letter_case, title_word_into};
use super::lexicon::{LEXICON, Lang, Word, role};
use super::signs::{case_of, sign, sign_of, signs_of};

/// A cell that is cut into words, each with its fold. The folds stand in one buffer, from which tokens borrow.
pub(super) struct Cell<'t> {
    /// What is left without asides, with plain apostrophes.
    pub(super) text: Cow<'t, str>,
    /// What stood in brackets or double quotes.
    pub(super) asides: Vec<String>,
    /// The folds of the words, separated by single spaces.
    folds: String,
    /// Where the words stand; none for a cell of letters, digits and separators, which has as many words as its fold.
    spans: Option<Vec<Span>>,
    /// The fold of the whole cell where it is not that of its words.
    whole: Option<String>,
    /// Set of [`sign`]s of the cell, asides included.
    pub(super) signs: u32,
}

/// Where a word and its fold stand.
struct Span {
    text: Range<usize>,
    fold: Range<usize>,
    segment: usize,
    signs: u32,
}

impl<'t> Cell<'t> {
    /// Cuts clean text into words at white space and commas, and after the dot of an abbreviation that is glued to the next
    /// name (`Fco.Javier`).
    pub(super) fn new(cleaned: &'t str) -> Cell<'t> {
        let signs = signs_of(cleaned);
        let (text, asides) = if signs & sign::UNUSUAL == 0 {
            (Cow::Borrowed(cleaned), Vec::new())
        } else {
            take_asides(plain_apostrophes(cleaned))
        };
        let (folds, spans) = if signs & !(sign::WORD | sign::BREAK) == 0 {
            (fold(&text), None)
        } else {
            let Cutter { spans, folds, .. } = Cutter::cut(&text);
            (folds, Some(spans))
        };
        let whole = (signs & sign::UNUSUAL != 0).then(|| fold(cleaned));
        Cell { text, asides, folds, spans, whole, signs }
    }

    /// [`fold`] of the cell.
    pub(super) fn folded(&self) -> &str {
        self.whole.as_deref().unwrap_or(&self.folds)
    }

    pub(super) fn tokens(&self) -> Vec<Token<'_>> {
        let Some(spans) = &self.spans else { return self.plain_tokens() };
        let token = |span: &Span| {
            Token::from_parts(
                Cow::Borrowed(&self.text[span.text.clone()]),
                Cow::Borrowed(&self.folds[span.fold.clone()]),
                span.segment,
                span.signs,
            )
        };
        spans.iter().map(token).collect()
    }

    /// The words of text and fold side by side.
    fn plain_tokens(&self) -> Vec<Token<'_>> {
        let mut tokens = Vec::with_capacity(6);
        let mut folds = self.folds.as_str();
        for_each_word(&self.text, |range, segment, signs| {
            let end = if signs & !sign::PLAIN == 0 {
                range.len()
            } else {
                folds.bytes().position(|byte| byte == b' ').unwrap_or(folds.len())
            };
            let (text, fold) = (Cow::Borrowed(&self.text[range]), Cow::Borrowed(&folds[..end]));
            tokens.push(Token::from_parts(text, fold, segment, signs));
            folds = folds.get(end + 1..).unwrap_or_default();
        });
        tokens
    }

    /// How the text without asides is written.
    pub(super) fn case(&self) -> LetterCase {
        if self.asides.is_empty() { case_of(&self.text, self.signs) } else { letter_case(&self.text) }
    }

    /// Whether the cell has one of these [`sign`]s.
    pub(super) fn has(&self, signs: u32) -> bool {
        self.signs & signs != 0
    }
}

/// All the apostrophes that keyboards and word processors produce, as the ASCII one; `M ª` as `Mª`.
fn plain_apostrophes(text: &str) -> Cow<'_, str> {
    let foreign = ['’', '‘', '`', '´', 'ʼ', '′', '°'];
    if !text.contains(foreign) && !text.contains(" ª") {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(&foreign[..6], "'").replace(" ª", "ª").replace('°', "º"))
}

/// Cuts out what stands in brackets or double quotes.
fn take_asides(text: Cow<'_, str>) -> (Cow<'_, str>, Vec<String>) {
    const PAIRS: [(char, char); 6] = [('(', ')'), ('[', ']'), ('"', '"'), ('“', '”'), ('«', '»'), ('„', '“')];
    let mut asides = Vec::new();
    let mut rest = text;
    for (open, close) in PAIRS {
        while let Some(start) = rest.find(open) {
            let inside = start + open.len_utf8();
            let Some(length) = rest[inside..].find(close) else { break };
            asides.push(rest[inside..inside + length].trim().to_owned());
            let after = &rest[inside + length + close.len_utf8()..];
            rest = Cow::Owned(format!("{} {}", rest[..start].trim_end(), after.trim_start()));
        }
    }
    if asides.is_empty() { (rest, asides) } else { (Cow::Owned(rest.trim().to_owned()), asides) }
}

/// Calls `word` with the range of each run of characters between separators, the number of commas before it, and its
/// [`sign`]s.
fn for_each_word(text: &str, mut word: impl FnMut(Range<usize>, usize, u32)) {
    let (mut start, mut segment, mut signs) = (0, 0, 0);
    for (at, byte) in text.bytes().enumerate() {
        let sign = sign_of(byte);
        if sign & sign::BREAK == 0 {
            signs |= sign;
            continue;
        }
        if start < at {
            word(start..at, segment, signs);
        }
        segment += usize::from(sign & sign::COMMA != 0);
        (start, signs) = (at + 1, 0);
    }
    if start < text.len() {
        word(start..text.len(), segment, signs);
    }
}

/// The words of a text with marks, while it is cut.
struct Cutter<'t> {
    text: &'t str,
    spans: Vec<Span>,
    folds: String,
}

impl<'t> Cutter<'t> {
    fn cut(text: &'t str) -> Cutter<'t> {
        let folds = String::with_capacity(text.len() + 8);
        let mut cutter = Cutter { text, spans: Vec::with_capacity(6), folds };
        for_each_word(text, |range, segment, signs| cutter.add(range, segment, signs));
        cutter
    }

    /// What stands between two separators.
    fn add(&mut self, range: Range<usize>, segment: usize, signs: u32) {
        if signs & !sign::WORD == 0 {
            return self.push(range, segment, signs);
        }
        let Some(mut word) = bare_word(self.text, range) else { return };
        if signs & sign::DOT != 0 && ends_sentence(&self.text[word.clone()]) {
            word.end -= 1;
        }
        let cut = glued_dot(&self.text[word.clone()]).map_or(word.end, |cut| word.start + cut);
        self.push(word.start..cut, segment, signs_of(&self.text[word.start..cut]));
        if cut < word.end {
            self.push(cut..word.end, segment, signs_of(&self.text[cut..word.end]));
        }
    }

    fn push(&mut self, word: Range<usize>, segment: usize, signs: u32) {
        let (text, folds) = (&self.text[word.clone()], &mut self.folds);
        let before = folds.len();
        if before > 0 {
            folds.push(' ');
        }
        let start = folds.len();
        if signs & !sign::PLAIN == 0 {
            folds.push_str(text);
            folds[start..].make_ascii_lowercase();
        } else {
            fold_into(text, folds);
        }
        if folds.len() == start {
            folds.truncate(before);
        }
        let start = start.min(folds.len());
        self.spans.push(Span { text: word, fold: start..folds.len(), segment, signs });
    }
}

/// A word without the punctuation around it; none when it has no letter and no digit and is no `&` or `+`.
fn bare_word(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let word = &text[range.clone()];
    let bytes = word.as_bytes();
    if bytes.first()?.is_ascii_alphanumeric() && bytes.last()?.is_ascii_alphanumeric() {
        return Some(range);
    }
    if !matches!(word, "&" | "+") && !word.chars().any(char::is_alphanumeric) {
        return None;
    }
    let rest = word.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '&' | '+'));
    let bare = rest.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '\'' | '&' | '+'));
    let start = range.start + word.len() - rest.len();
    Some(start..start + bare.len())
}

/// `Pérez.`: a name in full, behind which a dot abbreviates nothing.
fn ends_sentence(word: &str) -> bool {
    const SHORTEST: usize = 4;
    let Some(bare) = word.strip_suffix('.').filter(|bare| bare.len() >= SHORTEST && !bare.contains('.'))
    else {
        return false;
    };
    let token = Token::new(bare, 0);
    !token.is(role::TITLE | role::SUFFIX | role::ABBREVIATION) && token.word.is_some_and(Word::is_name)
}

/// Where `Fco.Javier` or `J.Carlos` is to be cut: after a dot that a capital and a small letter follow.
fn glued_dot(word: &str) -> Option<usize> {
    let dot = word.bytes().position(|byte| byte == b'.')?;
    let mut after = word[dot + 1..].chars();
    let cut = after.next()?.is_uppercase() && after.next()?.is_lowercase();
    (cut && !Token::new(word, 0).is(role::TITLE | role::SUFFIX | role::ABBREVIATION)).then_some(dot + 1)
}

/// One word of a name.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) text: Cow<'t, str>,
    /// [`fold`] of the text.
    pub(super) fold: Cow<'t, str>,
    pub(super) word: Option<&'static Word>,
    /// The first part of a word with a hyphen, where the whole is not known: `Anna` of `Anna-Lena`.
    head: Option<&'static Word>,
    /// Number of commas before it.
    pub(super) segment: usize,
    /// How the text is written.
    pub(super) case: LetterCase,
    initial: bool,
    /// The fold is several words.
    spaced: bool,
}

impl<'t> Token<'t> {
    pub(super) fn new(text: impl Into<Cow<'t, str>>, segment: usize) -> Self {
        let text = text.into();
        let (fold, signs) = (fold(&text), signs_of(&text));
        Token::from_parts(text, Cow::Owned(fold), segment, signs)
    }

    fn from_parts(text: Cow<'t, str>, fold: Cow<'t, str>, segment: usize, signs: u32) -> Self {
        let plain = signs & !sign::PLAIN == 0;
        let space = if plain { None } else { fold.bytes().position(|byte| byte == b' ') };
        let mut word = LEXICON.word(&fold);
        let mut head = None;
        if let (None, Some(space)) = (word, space) {
            // `Sig.ra`, `M.ª`, `Ph.D.` fold to several words and are listed as one.
            if signs & sign::DOT != 0 {
                const LISTED: u32 = role::TITLE | role::SUFFIX | role::ABBREVIATION;
                word = LEXICON.word(&squashed(&fold)).filter(|word| word.is(LISTED));
            }
            head = LEXICON.word(&fold[..space]);
        }
        let initial = if signs & !sign::WORD == 0 {
            signs & sign::DIGIT == 0 && text.chars().nth(1).is_none()
        } else {
            is_initial(&text)
        };
        let case = case_of(&text, signs);
        Token { text, fold, word, head, segment, case, initial, spaced: space.is_some() }
    }

    pub(super) fn is(&self, roles: u32) -> bool {
        self.word.is_some_and(|word| word.is(roles))
    }

    /// All its roles.
    pub(super) fn roles(&self) -> u32 {
        self.word.map_or(0, |word| word.roles)
    }

    pub(super) fn score(&self, lang: Lang) -> i32 {
        match (self.word, self.head) {
            (Some(word), _) => word.score(lang),
            // `Anna-Lena` is what its first part is; `Al-Sayed` is a surname.
            (None, Some(head)) if head.is(role::PATRONYMIC) => -2,
            (None, head) => head.map_or(0, |head| head.score(lang)),
        }
    }

    /// The parts of a word that is not known as a whole and has several.
    pub(super) fn unknown_parts(&self) -> impl Iterator<Item = &str> {
        let parts = self.spaced && self.word.is_none();
        parts.then(|| self.fold.split(' ')).into_iter().flatten()
    }

    /// `J.`, `J`, `J.A.`: letters that stand for names.
    pub(super) fn is_initial(&self) -> bool {
        self.initial
    }

    /// Puts the token in capitals or title case.
    pub(super) fn rewrite(&mut self, text: String) {
        self.case = letter_case(&text);
        self.text = Cow::Owned(text);
    }

    /// The key of the tables of titles, suffixes and abbreviations.
    pub(super) fn table_key(&self) -> Cow<'_, str> {
        if self.spaced { Cow::Owned(squashed(&self.fold)) } else { Cow::Borrowed(&self.fold) }
    }
}

pub(super) fn is_initial(text: &str) -> bool {
    // Words are bare: without a dot only a single letter is left.
    if text.len() > 4 && !text.as_bytes().contains(&b'.') {
        return false;
    }
    let letters = || text.chars().filter(|c| c.is_alphabetic());
    let count = letters().count();
    let dots = text.bytes().filter(|&byte| byte == b'.').count();
    text.chars().all(|c| c.is_alphabetic() || c == '.' || c == '-')
        && (count == 1
            || (dots > 0
                && (2..=3).contains(&count)
                && dots + 1 >= count
                && letters().all(char::is_uppercase)))
}

fn squashed(folded: &str) -> String {
    folded.chars().filter(|&c| c != ' ').collect()
}

/// How the words of this text are to be written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Casing {
    pub(super) case: LetterCase,
    pub(super) lang: Lang,
}

impl Casing {
    pub(super) fn of(text: &str, lang: Lang) -> Casing {
        Casing { case: letter_case(text), lang }
    }

    /// Appends a token in display form. Particles are in lower case but where the language capitalises them; words in
    /// mixed text stay as they are.
    pub(super) fn write(self, token: &Token<'_>, out: &mut String) {
        let text: &str = &token.text;
        if token.is_initial() {
            out.extend(text.chars().flat_map(char::to_uppercase));
            return;
        }
        if let Some(word) = token.word.filter(|word| word.is(role::PARTICLE)) {
            let iberian = matches!(self.lang, Lang::Es | Lang::Pt);
            let lower = word.capital & self.lang.bit() == 0;
            // `Del` is short for Delbert, though not in Spain.
            let given = word.is_given_name_of(self.lang);
            if lower && (iberian || self.case != LetterCase::Mixed) && !given {
                out.extend(text.chars().flat_map(char::to_lowercase));
                return;
            }
        }
        // `VON UND ZU`
        if self.case == LetterCase::Upper && token.fold == "und" {
            out.push_str("und");
        } else if self.case == LetterCase::Mixed {
            out.push_str(text);
        } else {
            title_word_into(text, out);
        }
    }

    /// Appends tokens, separated by spaces.
    pub(super) fn join(self, tokens: &[Token<'_>], out: &mut String) {
        let length = tokens.iter().map(|token| token.text.len() + 1).sum();
        if out.is_empty() {
            *out = String::with_capacity(length);
        } else {
            out.reserve(length);
        }
        for token in tokens {
            if !out.is_empty() {
                out.push(' ');
            }
            self.write(token, out);
        }
    }
}

/// Range of tokens that belong together: `de la Fuente`, `San Martín`, `Abdul Rahman`, or one word.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Group {
    pub(super) start: usize,
    pub(super) end: usize,
}

/// The roles of all tokens together.
pub(super) fn roles_of(tokens: &[Token<'_>]) -> u32 {
    tokens.iter().fold(0, |all, token| all | token.roles())
}

/// Groups tokens; connectors between two names are left out. `surnames` says that the first token may be a particle,
/// which in a whole name is a given name (`Ben`, `Santo`, `Van`) unless no given name is spelled like it.
pub(super) fn group(tokens: &[Token<'_>], surnames: bool) -> Vec<Group> {
    let mut groups = Vec::with_capacity(tokens.len());
    let mut start = 0;
    for (index, token) in tokens.iter().enumerate() {
        let last = index + 1 == tokens.len();
        if !last && index > 0 && start == index && is_connector(tokens, index) {
            start = index + 1;
            continue;
        }
        let roles = if marks_initial(token) { 0 } else { role::BINDS | role::BOUND };
        // `von und zu Guttenberg`
        let between_particles = token.is(role::AND)
            && index > start
            && tokens[index - 1].is(role::PARTICLE)
            && tokens.get(index + 1).is_some_and(|next| next.is(role::PARTICLE));
        if between_particles {
            continue;
        }
        let first_name = index == 0
            && !surnames
            && token.word.is_some_and(|word| word.is_given() && !word.is(role::BOUND));
        if !last && token.is(roles) && !first_name && !is_plain_name(token, tokens) {
            continue;
        }
        groups.push(Group { start, end: index + 1 });
        start = index + 1;
    }
    groups
}

/// A dot behind a word that is no saint, or a letter alone: `Jason D Hartline` is no `d'Hartline`.
fn marks_initial(token: &Token<'_>) -> bool {
    token.text.ends_with('.') && !token.is(role::SAINT) || token.text.len() == 1
}

/// `Ben Smith` in the middle of an English name: a binding word that is somebody's name and is written
/// as one in mixed text.
fn is_plain_name(token: &Token<'_>, tokens: &[Token<'_>]) -> bool {
    token.is(role::PATRONYMIC)
        && token.fold != "al"
        && token.word.is_some_and(Word::is_given)
        && tokens.iter().any(|token| token.case == LetterCase::Mixed)
        && token.text.chars().next().is_some_and(char::is_uppercase)
}

/// `y`, `i`, `e`, `eta` between two surnames; a capital letter in mixed text is an initial.
pub(super) fn is_connector(tokens: &[Token<'_>], index: usize) -> bool {
    let token = &tokens[index];
    if !token.is(role::CONNECTOR) || token.text.contains('.') {
        return false;
    }
    let upper = token.text.chars().all(char::is_uppercase);
    !upper
        || (token.fold == "y"
            && tokens.iter().all(|token| token.case != LetterCase::Mixed || token.is_initial()))
}
