//! Several people in one cell. Read as one person such a cell would join both with everybody else's twin.

use super::super::Quality;
use super::NameKind;
use super::affixes::count_titles;
use super::lexicon::{LEXICON, role};
use super::parse::{Context, Reading, add_formals, read_one};
use super::signs::sign;
use super::tokens::{Cell, Token, is_connector, roles_of};

/// `Juan y María García`, `Ana Ruiz / Luis Gil`, `Sr. y Sra. López`. Fills the reading and says true.
pub(super) fn several_persons(
    text: &str,
    tokens: &[Token<'_>],
    context: &Context<'_>,
    reading: &mut Reading,
) -> bool {
    const BETWEEN: u32 = role::CONNECTOR | role::AND;
    let between = context.roles & BETWEEN != 0 || context.signs & sign::PLUS != 0;
    if !between && context.roles & role::TITLE == 0 && context.signs & (sign::SLASH | sign::COMMA) == 0 {
        return false;
    }
    let plural = tokens.len() > 1
        && tokens[0].is(role::TITLE)
        && LEXICON
            .titles
            .get(&*tokens[0].table_key())
            .is_some_and(|titles| titles.iter().all(|title| title.gender == "pl"));
    let split = if between && !plural { find_second_person(tokens, context) } else { None };
    if !plural && split.is_none() && !is_slashed(text, context) {
        return false;
    }
    reading.name.kind = NameKind::Multiple;
    reading.quality = Quality::Ambiguous;
    reading.reasons.push("several_persons");
    let mut add = |half: Vec<Token<'_>>| {
        let mut one = Reading::default();
        let context = Context { roles: roles_of(&half), ..*context };
        read_one(half, &context, &mut one);
        add_formals(&context, &mut one);
        reading.name.persons.push(one.name);
    };
    match split {
        Some(at) => [&tokens[..at], &tokens[at + 1..]].into_iter().for_each(|half| add(half.to_vec())),
        None if plural => {}
        None => text.split(APART).for_each(|half| add(Cell::new(half).tokens())),
    }
    // "Juan y María García", "García, Juan y María" share what only one says.
    let named = reading.name.persons.iter().rfind(|person| !person.surname1.is_empty());
    if let Some(named) = named.cloned() {
        for person in reading.name.persons.iter_mut().filter(|person| person.surname1.is_empty()) {
            person.surname1.clone_from(&named.surname1);
            person.surname2.clone_from(&named.surname2);
        }
    }
    true
}

/// Signs that stand between people, and nowhere inside a name.
const APART: [char; 2] = ['/', ';'];

/// The word between two people, if the words on both sides are people.
fn find_second_person(tokens: &[Token<'_>], context: &Context<'_>) -> Option<usize> {
    let name_starts = |tokens: &[Token<'_>]| {
        let titles = count_titles(tokens, context);
        (titles > 0, tokens.get(titles).is_some_and(|token| token.score(context.lang) > 0))
    };
    (1..tokens.len().saturating_sub(1)).find(|&index| {
        let token = &tokens[index];
        let sign = matches!(&*token.text, "&" | "+");
        let and = is_connector(tokens, index) || token.is(role::AND) && !token.fold.contains(' ');
        if !sign && !and {
            return false;
        }
        // "García, Juan y María": the given names stand behind the comma.
        let segment = tokens[..index].iter().position(|other| other.segment == token.segment).unwrap_or(0);
        let (left, right) = (&tokens[segment..index], &tokens[index + 1..]);
        let ((left_title, left_given), (right_title, right_given)) = (name_starts(left), name_starts(right));
        // "Mr and Mrs Jones": a title alone is one before another.
        // Between two surnames nobody writes `et` or `und`.
        let right_given = right_given
            || token.is(role::AND)
                && right.len() > 1
                && right[0].score(context.lang) >= 0
                && right[0].word.is_some_and(super::lexicon::Word::is_given);
        let only_titles = left.iter().all(|token| token.is(role::TITLE));
        // "Jean et Marie Dupont": Jean is a surname, too, but not at the front.
        let left_given = left_given
            || left.len() == 1
                && left[0].score(context.lang) >= 0
                && left[0].word.is_some_and(super::lexicon::Word::is_given);
        (only_titles && right_title) || (right_given || right_title) && (left_given || left_title)
    })
}

/// `Ana Ruiz / Luis Gil`: a slash between two texts that begin with given names; `c/o` and `a/l` are none.
fn is_slashed(text: &str, context: &Context<'_>) -> bool {
    if !text.contains(APART) {
        return false;
    }
    let mut count = 0;
    for half in text.split(APART) {
        let cell = Cell::new(half);
        let tokens = cell.tokens();
        let titles = count_titles(&tokens, context);
        if !tokens.get(titles).is_some_and(|token| token.fold.len() > 1 && token.score(context.lang) > 0) {
            return false;
        }
        count += 1;
    }
    count > 1
}
