//! Organisations in a column of names, and people who are called like one: Company, Monasterio and Iglesia are surnames.

use super::lexicon::{LEXICON, Lang, Word, role};
use super::parse;
use super::tokens::Token;

/// Whether a word of the token occurs in the names of organisations.
pub(super) fn has_word(token: &Token<'_>) -> bool {
    token.is(role::ORGANISATION) || token.unknown_parts().any(is_listed)
}

fn is_listed(folded: &str) -> bool {
    LEXICON.word(folded).is_some_and(|word| word.is(role::ORGANISATION))
}

/// Whether the words of organisations are meant as such. A word that is a surname of the language, too, is one where it
/// stands among names as a surname does; any other word of an organisation decides by itself.
pub(super) fn is_meant(tokens: &[Token<'_>], lang: Lang) -> bool {
    let is_surname = |token: &Token<'_>| token.word.is_some_and(|word| word.is_surname_of(lang));
    let mut listed = tokens.iter().filter(|token| has_word(token));
    !listed.all(is_surname) || !is_among_names(tokens, lang)
}

/// `Telmo Teruel Company`, `NEGRÍN COMPANY, JOAQUINA`: a given name of the language stands where names begin, before the
/// surnames or behind a comma, and without a comma nothing but names follows. `Monasterio Santa Ana` and `Smith Motor
/// Company` are none.
fn is_among_names(tokens: &[Token<'_>], lang: Lang) -> bool {
    const SMALL: u32 = role::BINDS | role::CONNECTOR | role::BOUND;
    let titles = tokens.iter().take_while(|token| token.is(role::TITLE) && !has_word(token)).count();
    let tokens = &tokens[titles..];
    let Some(last) = tokens.last() else { return false };
    let given = tokens.iter().position(|token| token.segment == last.segment).unwrap_or(0);
    // What is as often a surname is a given name where surnames follow, or where it stands alone behind the comma.
    let enough = given > 0 || tokens.len() > 2;
    let is_given = |word: &Word| word.is_given_of(lang) || (enough && word.may_be_given_of(lang));
    let opens = tokens[given].word.is_some_and(|word| is_given(word) && !word.is(role::ORGANISATION));
    let is_name = |word: &Word| word.is_name_of(lang) || word.is(SMALL);
    // `Apodaca` is known from `Ruiz de Apodaca` alone.
    let ends_surname =
        |at: usize| (2..=3).any(|words| at >= words && parse::is_one_surname(&tokens[at - words..=at], lang));
    let is_part = |(at, token): (usize, &Token<'_>)| {
        token.is_initial() || token.word.is_some_and(is_name) || ends_surname(at)
    };
    let names_only = || tokens.iter().enumerate().all(is_part);
    if given > 0 { opens && !tokens[given..].iter().any(has_word) } else { opens && names_only() }
}
