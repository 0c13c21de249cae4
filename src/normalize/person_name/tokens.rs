//! A name as a list of classified tokens, and tokens as groups: a word with the particles that bind to it.

use std::borrow::Cow;

use super::super::text::{LetterCase, fold_into, letter_case, title_word_into};
use super::lexicon::{LEXICON, Lang, Word, role};

/// One word of a name.
#[derive(Clone, Debug)]
pub(super) struct Token<'t> {
    pub(super) text: Cow<'t, str>,
    /// [`fold`](super::super::text::fold) of the text.
    pub(super) fold: String,
    pub(super) word: Option<&'static Word>,
    /// Number of commas before it.
    pub(super) segment: usize,
}

impl<'t> Token<'t> {
    pub(super) fn new(text: impl Into<Cow<'t, str>>, segment: usize) -> Self {
        let text = text.into();
        let mut fold = String::with_capacity(text.len());
        fold_into(&text, &mut fold);
        let mut word = LEXICON.word(&fold);
        // `Sig.ra`, `M.ª`, `Ph.D.` fold to several words and are listed as one.
        if word.is_none() && text.contains('.') && fold.contains(' ') {
            word = LEXICON
                .word(&squashed(&fold))
                .filter(|word| word.is(role::TITLE | role::SUFFIX | role::ABBREVIATION));
        }
        Token { text, fold, word, segment }
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
        let (head, _) = self.fold.split_once(' ')?;
        LEXICON.word(head)
    }

    /// `J.`, `J`, `J.A.`: letters that stand for names.
    pub(super) fn is_initial(&self) -> bool {
        let letters = self.text.chars().filter(|c| c.is_alphabetic()).count();
        let dots = self.text.bytes().filter(|&byte| byte == b'.').count();
        let all_upper = self.text.chars().filter(|c| c.is_alphabetic()).all(char::is_uppercase);
        self.text.chars().all(|c| c.is_alphabetic() || c == '.' || c == '-')
            && (letters == 1 || (dots > 0 && (2..=3).contains(&letters) && dots + 1 >= letters && all_upper))
    }

    /// The key of the tables of titles, suffixes and abbreviations.
    pub(super) fn table_key(&self) -> Cow<'_, str> {
        if self.fold.contains(' ') { Cow::Owned(squashed(&self.fold)) } else { Cow::Borrowed(&self.fold) }
    }
}

fn squashed(folded: &str) -> String {
    folded.chars().filter(|&c| c != ' ').collect()
}

/// Splits at white space and commas, and after the dot of an abbreviation that is glued to the next name (`Fco.Javier`).
pub(super) fn tokenize(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::with_capacity(8);
    for (segment, part) in text.split([',', ';']).enumerate() {
        for word in part
            .split(' ')
            .filter(|word| word.chars().any(char::is_alphanumeric) || *word == "&" || *word == "+")
        {
            let word =
                word.trim_start_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '\'' | '&' | '+'));
            let word =
                word.trim_end_matches(|c: char| !c.is_alphanumeric() && !matches!(c, '.' | '\'' | '&' | '+'));
            match glued_dot(word) {
                Some(at) => {
                    tokens.push(Token::new(&word[..at], segment));
                    tokens.push(Token::new(&word[at..], segment));
                }
                None => tokens.push(Token::new(word, segment)),
            }
        }
    }
    tokens
}

/// Where `Fco.Javier` or `J.Carlos` is to be cut: after a dot that a capital and a small letter follow.
fn glued_dot(word: &str) -> Option<usize> {
    let dot = word.find('.')?;
    let mut after = word[dot + 1..].chars();
    let cut = after.next()?.is_uppercase() && after.next()?.is_lowercase();
    (cut && !Token::new(word, 0).is(role::TITLE | role::SUFFIX | role::ABBREVIATION)).then_some(dot + 1)
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
    let mixed = tokens.iter().any(|token| letter_case(&token.text) == LetterCase::Mixed);
    token.is(role::PATRONYMIC)
        && token.word.is_some_and(Word::is_given)
        && mixed
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
            && tokens.iter().all(|token| letter_case(&token.text) != LetterCase::Mixed || token.is_initial()))
}
