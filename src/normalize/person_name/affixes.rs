//! What stands around a name: titles before it, suffixes and other names behind it.

use super::super::gender::Gender;
use super::super::text::{LetterCase, letter_case};
use super::Part;
use super::lexicon::{LEXICON, Lang, role};
use super::parse::{Context, Reading, System};
use super::tokens::Token;

pub(super) fn count_titles(tokens: &[Token<'_>], context: &Context<'_>) -> usize {
    let mut count = 0;
    while count < tokens.len() && title_of(tokens, count, context).is_some() {
        count += 1;
    }
    count
}

/// The expansion and gender of the title at `index`, if the word is one there.
fn title_of(
    tokens: &[Token<'_>],
    index: usize,
    context: &Context<'_>,
) -> Option<(&'static str, &'static str)> {
    let token = &tokens[index];
    if !token.is(role::TITLE) {
        return None;
    }
    let titles = LEXICON.titles.get(&*token.table_key())?;
    let next = tokens.get(index + 1);
    let dotted = token.text.ends_with(['.', 'ª', 'º']);
    let code = context.lang.code(context.locale);
    let own = titles.iter().find(|title| title.lang == code).or_else(|| {
        let shared = context.lang == Lang::Es;
        titles.iter().find(|title| shared && title.lang == "es")
    });
    // A one-letter title is an initial unless a given name follows: "D. José" but "D. García".
    if token.fold.len() == 1 {
        // In France `M.` is hardly anything else before two names.
        let monsieur = context.lang == Lang::Fr && tokens.len() > index + 2;
        let followed = |next: &Token<'_>| next.score(context.lang) > 0 || monsieur && !next.is_initial();
        return own
            .filter(|_| dotted && next.is_some_and(followed))
            .map(|title| (title.expansion, title.gender));
    }
    let title = own.or_else(|| titles.first().filter(|title| !matches!(title.lang, "ca" | "pl")))?;
    // Words that are names, too, need their language or their dot: Don, Sol, Master, Frau are not everywhere titles.
    let is_name = token.word.is_some_and(|word| word.is_name());
    let unsure =
        is_name && !dotted && own.is_none_or(|_| next.is_none_or(|next| next.score(context.lang) < 0));
    // A title alone is no name, unless another title stands before it.
    if unsure || (next.is_none() && index == 0 && !dotted) {
        return None;
    }
    Some((title.expansion, title.gender))
}

pub(super) fn take_titles(
    tokens: &mut Vec<Token<'_>>,
    context: &Context<'_>,
    reading: &mut Reading,
    gender: &mut Option<Gender>,
) {
    let count = count_titles(tokens, context);
    for index in 0..count {
        let Some((expansion, code)) = title_of(tokens, index, context) else { continue };
        if reading.name.prefix.split(' ').any(|word| word == expansion) {
            continue;
        }
        if !reading.name.prefix.is_empty() {
            reading.name.prefix.push(' ');
        }
        reading.name.prefix.push_str(expansion);
        *gender = gender.or(match code {
            "m" => Some(Gender::Male),
            "f" => Some(Gender::Female),
            _ => None,
        });
    }
    if count > 0 {
        reading.rearranged = true;
        tokens.drain(..count);
    }
}

pub(super) fn take_suffixes(tokens: &mut Vec<Token<'_>>, context: &Context<'_>, reading: &mut Reading) {
    if context.roles & role::SUFFIX == 0 {
        return;
    }
    let least = if context.part == Part::Full { 2 } else { 1 };
    let mut suffixes: Vec<String> = Vec::new();
    while tokens.len() > least {
        let Some(token) = tokens.last().filter(|token| token.is(role::SUFFIX)) else { break };
        let key = token.table_key();
        let after_comma = token.segment > 0;
        let iberian = matches!(context.lang, Lang::Es | Lang::Pt);
        let accepted = match &*key {
            "jr" | "jnr" | "junior" | "snr" | "ii" | "iii" | "iv" | "2nd" | "3rd" => true,
            "filho" => iberian || after_comma,
            // Surnames as well: a suffix in Portuguese, or where two surnames stand before.
            "neto" | "sobrinho" => {
                (context.lang == Lang::Pt && tokens.len() > 2) || (iberian && tokens.len() > 3)
            }
            "segundo" => context.lang == Lang::Pt && tokens.len() > 3,
            "sr" | "senior" | "esq" | "esquire" => context.system == System::Middle,
            "i" | "v" => context.lang == Lang::En && tokens.len() > 2 && !token.text.ends_with('.'),
            "hijo" | "padre" | "fils" | "pere" | "jun" | "sen" => after_comma || token.text.ends_with('.'),
            "md" | "phd" | "dds" | "dvm" | "cpa" | "mba" | "obe" | "mbe" | "cbe" | "frcs" | "bsc" => {
                letter_case(&token.text) != LetterCase::Lower
                    && (after_comma || token.word.is_none_or(|word| !word.is_name()))
            }
            _ => after_comma && token.word.is_none_or(|word| !word.is_name()),
        };
        if !accepted {
            break;
        }
        let mut text = String::new();
        match &*key {
            "ii" | "iii" | "iv" | "i" | "v" => text = key.to_uppercase(),
            _ if token.text.contains('.') => text.extend(token.text.chars().filter(|&c| c != '.')),
            _ => context.casing.write(token, &mut text),
        }
        if matches!(&*key, "jr" | "sr") && letter_case(&text) != LetterCase::Mixed {
            text = if &*key == "jr" { "Jr".to_owned() } else { "Sr".to_owned() };
        }
        reading.rearranged |= token.text.contains('.') || after_comma;
        suffixes.push(text);
        tokens.pop();
    }
    suffixes.reverse();
    reading.name.suffix = suffixes.join(" ");
}

/// Cuts off what follows `née`, `Vda. de`, `c/o`, `alias`.
pub(super) fn drop_other_names(tokens: &mut Vec<Token<'_>>, context: &Context<'_>, reading: &mut Reading) {
    const MARKS: u32 = role::MARITAL | role::MAIDEN | role::ALIAS;
    if context.roles & MARKS == 0 {
        return;
    }
    let found = tokens
        .iter()
        .skip(1)
        .position(|token| token.is(MARKS) && token.word.is_some_and(|word| !word.is_name()));
    let Some(at) = found.map(|position| position + 1) else { return };
    let token = &tokens[at];
    let reason = if token.is(role::MAIDEN) { "maiden_name" } else { "married_name_removed" };
    let mut rest = &tokens[at + 1..];
    if rest.first().is_some_and(|token| token.fold == "de") {
        rest = &rest[1..];
    }
    let mut text = String::new();
    context.casing.join(rest, &mut text);
    if token.is(role::ALIAS) {
        reading.name.given_variants.push(text);
        reading.reasons.push("alias");
    } else {
        reading.name.other_surnames.push(text);
        reading.reasons.push(reason);
    }
    reading.rearranged = true;
    tokens.truncate(at);
}
