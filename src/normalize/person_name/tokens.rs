//! A name as a list of classified tokens, and tokens as groups: a word with the particles that bind to it.

use std::borrow::Cow;
use std::ops::Range;

use super::super::text::{LetterCase, fold, fold_into, letter_case, title_word_into};
use super::lexicon::{LEXICON, Lang, Word, role};

/// A cell cut into words, each with its fold. The folds stand in one buffer, so that a name costs three allocations
/// however many words it has; tokens borrow from here.
pub(super) struct Cell<'t> {
    /// What is left without asides, with plain apostrophes.
    pub(super) text: Cow<'t, str>,
    /// What stood in brackets or double quotes.
    pub(super) asides: Vec<String>,
    /// The folds of the words, separated by single spaces.
    folds: String,
    spans: Vec<Span>,
    /// The fold of the whole cell where it is not that of its words.
    whole: Option<String>,
}

/// Where a word and its fold stand.
struct Span {
    text: Range<usize>,
    fold: Range<usize>,
    segment: usize,
}

impl<'t> Cell<'t> {
    /// Cuts clean text into words at white space and commas, and after the dot of an abbreviation that is glued to the next
    /// name (`Fco.Javier`).
    pub(super) fn new(cleaned: &'t str) -> Cell<'t> {
        // The lead bytes of typographic apostrophes, ª and º, and what opens an aside.
        let unusual = |byte: u8| matches!(byte, b'(' | b'[' | b'"' | b'`' | 0xc2 | 0xca | 0xe2);
        let (text, asides, whole) = if cleaned.bytes().any(unusual) {
            let (text, asides) = take_asides(plain_apostrophes(cleaned));
            (text, asides, Some(fold(cleaned)))
        } else {
            (Cow::Borrowed(cleaned), Vec::new(), None)
        };
        let (spans, folds) = split(&text);
        Cell { text, asides, folds, spans, whole }
    }

    /// [`fold`] of the cell.
    pub(super) fn folded(&self) -> &str {
        self.whole.as_deref().unwrap_or(&self.folds)
    }

    pub(super) fn tokens(&self) -> Vec<Token<'_>> {
        let token = |span: &Span| {
            Token::from_parts(
                Cow::Borrowed(&self.text[span.text.clone()]),
                Cow::Borrowed(&self.folds[span.fold.clone()]),
                span.segment,
            )
        };
        self.spans.iter().map(token).collect()
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

fn split(text: &str) -> (Vec<Span>, String) {
    let mut spans = Vec::with_capacity(6);
    let mut folds = String::with_capacity(text.len() + 8);
    let (mut start, mut segment) = (0, 0);
    for (at, byte) in text.bytes().chain([b' ']).enumerate() {
        if !matches!(byte, b' ' | b',' | b';') {
            continue;
        }
        if let Some(word) = bare_word(text, start..at) {
            let cut = glued_dot(&text[word.clone()]).map_or(word.end, |cut| word.start + cut);
            push_span(text, word.start..cut, segment, &mut spans, &mut folds);
            if cut < word.end {
                push_span(text, cut..word.end, segment, &mut spans, &mut folds);
            }
        }
        segment += usize::from(byte != b' ');
        start = at + 1;
    }
    (spans, folds)
}

fn push_span(text: &str, word: Range<usize>, segment: usize, spans: &mut Vec<Span>, folds: &mut String) {
    let before = folds.len();
    if before > 0 {
        folds.push(' ');
    }
    let start = folds.len();
    fold_into(&text[word.clone()], folds);
    if folds.len() == start {
        folds.truncate(before);
    }
    let start = start.min(folds.len());
    spans.push(Span { text: word, fold: start..folds.len(), segment });
}

/// A word without the punctuation around it; none when it has no letter and no digit and is no `&` or `+`.
fn bare_word(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let word = &text[range.clone()];
    let bytes = word.as_bytes();
    // Most words begin and end with an ASCII letter.
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
    /// Number of commas before it.
    pub(super) segment: usize,
    /// How the text is written.
    pub(super) case: LetterCase,
    initial: bool,
}

impl<'t> Token<'t> {
    pub(super) fn new(text: impl Into<Cow<'t, str>>, segment: usize) -> Self {
        let text = text.into();
        let fold = fold(&text);
        Token::from_parts(text, Cow::Owned(fold), segment)
    }

    fn from_parts(text: Cow<'t, str>, fold: Cow<'t, str>, segment: usize) -> Self {
        let mut word = LEXICON.word(&fold);
        // `Sig.ra`, `M.ª`, `Ph.D.` fold to several words and are listed as one.
        if word.is_none() && text.as_bytes().contains(&b'.') && fold.as_bytes().contains(&b' ') {
            word = LEXICON
                .word(&squashed(&fold))
                .filter(|word| word.is(role::TITLE | role::SUFFIX | role::ABBREVIATION));
        }
        let (case, initial) = (letter_case(&text), is_initial(&text));
        Token { text, fold, word, segment, case, initial }
    }

    pub(super) fn is(&self, roles: u16) -> bool {
        self.word.is_some_and(|word| word.is(roles))
    }

    pub(super) fn score(&self, lang: Lang) -> i32 {
        match self.word {
            Some(word) => word.score(lang),
            // `Anna-Lena` is what its first part is; `Al-Sayed` is a surname.
            None => {
                self.head().map_or(0, |word| if word.is(role::PATRONYMIC) { -2 } else { word.score(lang) })
            }
        }
    }

    /// The word before the first hyphen.
    pub(super) fn head(&self) -> Option<&'static Word> {
        let end = self.fold.bytes().position(|byte| byte == b' ')?;
        LEXICON.word(&self.fold[..end])
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
        if self.fold.as_bytes().contains(&b' ') {
            Cow::Owned(squashed(&self.fold))
        } else {
            Cow::Borrowed(&self.fold)
        }
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
            if lower && (iberian || self.case != LetterCase::Mixed) && !word.is_given() {
                out.extend(text.chars().flat_map(char::to_lowercase));
                return;
            }
        }
        if self.case == LetterCase::Mixed {
            out.push_str(text);
        } else {
            title_word_into(text, out);
        }
    }

    /// Appends tokens, separated by spaces.
    pub(super) fn join(self, tokens: &[Token<'_>], out: &mut String) {
        out.reserve(tokens.iter().map(|token| token.text.len() + 1).sum());
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
        let roles =
            if token.text.ends_with('.') && !token.is(role::SAINT) { 0 } else { role::BINDS | role::BOUND };
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

/// `Ben Smith` in the middle of an English name, `Al` for Albert: a binding word that is somebody's name and is written
/// as one in mixed text.
fn is_plain_name(token: &Token<'_>, tokens: &[Token<'_>]) -> bool {
    token.is(role::PATRONYMIC)
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
