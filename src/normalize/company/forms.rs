//! Legal forms in a name: the table, and where in the name one stands.

use std::collections::HashMap;
use std::sync::LazyLock;

use foldhash::fast::FixedState;

use super::super::resources::{fields, lines};
use super::super::text::{LetterCase, fold, fold_into, letter_case};
use super::super::words::WordMap;
use super::trim_marks;

/// A legal form in one country.
#[derive(Clone, Copy, Debug)]
pub(super) struct Form {
    pub(super) country: &'static str,
    pub(super) canonical: &'static str,
    pub(super) class: &'static str,
    /// May stand before the name.
    prefix: bool,
    /// The spelling this entry was listed with.
    spelling: &'static str,
}

struct Forms {
    /// By spelling without case, dots and spaces.
    by_spelling: HashMap<String, Vec<Form>, FixedState>,
    /// Spellings in scripts without spaces, for matching inside a word.
    unspaced: Vec<Form>,
    /// Bytes of the longest squashed spelling.
    longest: usize,
    /// The first and last words that a name with a form may have: every end of a squashed spelling, since a form may be cut
    /// into words anywhere (`S. L.`, `S.L.`), and every beginning of one that may open a name.
    edges: WordMap<Edge>,
}

/// Where a word may stand in a name that holds a form.
#[derive(Clone, Copy, Default)]
struct Edge {
    first: bool,
    last: bool,
}

/// Words in the longest form ("sociedad anónima promotora de inversión de capital variable").
const MAX_FORM_WORDS: usize = 8;

static FORMS: LazyLock<Forms> = LazyLock::new(|| {
    let mut by_spelling: HashMap<String, Vec<Form>, FixedState> = HashMap::default();
    let mut edges: HashMap<String, Edge, FixedState> = HashMap::default();
    let (mut unspaced, mut longest) = (Vec::new(), 0);
    for line in lines(include_str!("../../../resources/companies/legal_forms.tsv")) {
        let [country, canonical, class, place, spellings] = fields(line);
        // The canonical form is a spelling itself, so that what was normalised once is read again.
        for spelling in spellings.split('|').chain([canonical]) {
            let form = Form { country, canonical, class, prefix: place == "prefix", spelling };
            let squashed = squash(spelling);
            longest = longest.max(squashed.len());
            for (at, c) in squashed.char_indices() {
                edges.entry(squashed[at..].to_owned()).or_default().last = true;
                if form.prefix {
                    edges.entry(squashed[..at + c.len_utf8()].to_owned()).or_default().first = true;
                }
            }
            by_spelling.entry(squashed).or_default().push(form);
            if spelling.chars().any(is_unspaced_script) {
                unspaced.push(form);
            }
        }
    }
    unspaced.sort_by_key(|form| std::cmp::Reverse(form.spelling.len()));
    Forms { by_spelling, unspaced, longest, edges: WordMap::new(edges) }
});

pub(super) fn is_unspaced_script(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}')
}

pub(super) fn squash(text: &str) -> String {
    let mut folded = fold(text);
    folded.retain(|c| c != ' ');
    folded
}

/// A form found in a name, with the rest.
pub(super) struct Found<'t> {
    pub(super) form: Form,
    pub(super) core: &'t str,
    /// The form as it is written, when it stands before the name.
    pub(super) leading: Option<&'t str>,
}

/// Byte ranges of the words of a text.
fn words(text: &str) -> Vec<(usize, usize)> {
    let mut words = Vec::with_capacity(8);
    let mut start = None;
    for (at, c) in text.char_indices() {
        match (c == ' ' || c == ',', start) {
            (true, Some(from)) => {
                words.push((from, at));
                start = None;
            }
            (false, None) => start = Some(at),
            _ => {}
        }
    }
    words.extend(start.map(|from| (from, text.len())));
    words
}

/// The legal form at the end or the front, the longest that fits. `strict` is for cells that may hold a person: forms
/// that could be a name must be beyond doubt.
pub(super) fn find_form<'t>(text: &'t str, region: Option<&str>, strict: bool) -> Option<Found<'t>> {
    let words = words(text);
    let trailing = || trailing_form(text, &words, region, strict);
    let leading = || leading_form(text, &words, region, strict);
    trailing().or_else(leading).or_else(|| unspaced_form(text, region))
}

fn trailing_form<'t>(
    text: &'t str,
    words: &[(usize, usize)],
    region: Option<&str>,
    strict: bool,
) -> Option<Found<'t>> {
    let mut squashed = String::new();
    let mut best: Option<(usize, Form)> = None;
    let mut best_here = false;
    for (count, &(start, _)) in words.iter().rev().enumerate().take(MAX_FORM_WORDS) {
        let Some(&(_, end)) = words.last() else { break };
        let written = &text[start..end];
        squashed.clear();
        fold_into(written, &mut squashed);
        squashed.retain(|c| c != ' ');
        if squashed.len() > FORMS.longest {
            break;
        }
        // `Puig, Sa`: what a comma sets apart is written as a form, however its letters are.
        let apart = !strict && text[..start].trim_end().ends_with(',');
        let set_apart = if apart { written.to_uppercase() } else { String::new() };
        let written = if apart { &set_apart } else { written };
        let Some(form) = pick(&squashed, written, region, strict, |_| true) else { continue };
        // Longest wins, but a form of the record's country is not given up for a longer foreign one.
        let here = region == Some(form.country);
        if best.is_none() || here || !best_here {
            best = Some((words.len() - 1 - count, form));
            best_here |= here;
        }
    }
    let (first, form) = best?;
    let core = trim_marks(&text[..words[first].0]);
    // A size tag (ME, EPP) stands after the form proper.
    if form.class == "SIZE" {
        let inner = trailing_form(core, &self::words(core), region, strict);
        return inner.or((!strict).then_some(Found { form, core, leading: None }));
    }
    Some(Found { form, core, leading: None })
}

fn leading_form<'t>(
    text: &'t str,
    words: &[(usize, usize)],
    region: Option<&str>,
    strict: bool,
) -> Option<Found<'t>> {
    let (&(start, _), mut best) = (words.first()?, None);
    for &(_, end) in words.iter().take(MAX_FORM_WORDS) {
        let written = &text[start..end];
        let squashed = squash(written);
        if squashed.len() > FORMS.longest {
            break;
        }
        let short = squashed.len() <= 3;
        // Two letters open a name in their own country only: `SA Carrefour`, but `Sa Coma`.
        let here = |form: &Form| region.map_or(squashed.len() > 2, |region| region == form.country);
        let fits = |form: &Form| form.prefix && (!short || here(form));
        if let Some(form) = pick(&squashed, written, region, strict, fits) {
            best = Some((end, form));
        }
    }
    let (end, form) = best?;
    let core = trim_marks(&text[end..]);
    // Spanish and Italian long forms are followed by a preposition that belongs to them.
    let core = core
        .strip_prefix("de ")
        .filter(|_| squash(&text[start..end]).ends_with("propietarios"))
        .unwrap_or(core);
    Some(Found { form, core, leading: Some(&text[start..end]) })
}

/// `株式会社トヨタ自動車`: no spaces around the form.
pub(super) fn unspaced_form<'t>(text: &'t str, region: Option<&str>) -> Option<Found<'t>> {
    let mut found: Option<Found<'t>> = None;
    for &form in &FORMS.unspaced {
        if found
            .as_ref()
            .is_some_and(|found| region != Some(form.country) || region == Some(found.form.country))
        {
            continue;
        }
        if let Some(core) = text.strip_prefix(form.spelling) {
            found = Some(Found { form, core: trim_marks(core), leading: text.get(..form.spelling.len()) });
        } else if let Some(core) = text.strip_suffix(form.spelling) {
            found = Some(Found { form, core: trim_marks(core), leading: None });
        }
    }
    found
}

/// The form of a spelling: the record's country first, else the first in the table.
fn pick(
    squashed: &str,
    written: &str,
    region: Option<&str>,
    strict: bool,
    fits: impl Fn(&Form) -> bool,
) -> Option<Form> {
    let forms = FORMS.by_spelling.get(squashed)?;
    let candidates = || {
        forms.iter().filter(|form| fits(form) && is_written_as_form(form, squashed, written, region, strict))
    };
    let here = candidates().find(|form| region == Some(form.country));
    here.or_else(|| candidates().next()).copied()
}

/// Letters that are a form in one place are a word in another: `Sal Marina`, `María Sá`, `Casa y Co`.
fn is_written_as_form(
    form: &Form,
    squashed: &str,
    written: &str,
    region: Option<&str>,
    strict: bool,
) -> bool {
    /// Longer spellings are words that mean nothing else: Limited, Fundación.
    const SHORT: usize = 5;
    if written == form.spelling && squashed.len() > 2 && !strict {
        return true;
    }
    if squashed.len() >= SHORT {
        return true;
    }
    let here = region.is_none_or(|region| region == form.country);
    let has_marks = written.bytes().any(|byte| matches!(byte, b'.' | b'/')) || written.contains(' ');
    let ascii_spelling = form.spelling.is_ascii();
    if ascii_spelling && !written.is_ascii() {
        return false;
    }
    // Two bare letters are a form abroad only in the most common cases.
    let common = matches!(
        squashed,
        "sl" | "sa" | "slu" | "sau" | "ltd" | "inc" | "llc" | "gmbh" | "ltda" | "srl" | "lda" | "plc" | "bv"
    );
    if has_marks {
        return squashed.len() > 2 || here || common || !strict;
    }
    let spelled = written == form.spelling || letter_case(written) != LetterCase::Mixed;
    let doubtful = matches!(
        squashed,
        "sal" | "sas" | "co" | "ca" | "se" | "as" | "me" | "na" | "pa" | "ip" | "ei" | "ao" | "coop"
    );
    let title_only = written == form.spelling;
    match squashed.len() {
        0..=2 => {
            spelled
                && (common || here && (!strict || !doubtful))
                && !(strict && letter_case(written) == LetterCase::Lower && !common)
        }
        _ => {
            spelled
                && (!doubtful || letter_case(written) == LetterCase::Upper || title_only && !strict)
                && (!strict || common || letter_case(written) == LetterCase::Upper)
        }
    }
}

/// Whether a text may hold a form at all: its first or last word, folded, begins or ends one. Hardly any name goes past
/// this look.
pub(super) fn may_hold(text: &str, first: &str, last: &str) -> bool {
    let edge = |word: &str| {
        let spaced = || word.as_bytes().contains(&b' ').then(|| FORMS.edges.get(squash(word).as_str()));
        FORMS.edges.get(word).or_else(|| spaced().flatten())
    };
    edge(last).is_some_and(|edge| edge.last)
        || edge(first).is_some_and(|edge| edge.first)
        // The lead bytes of the scripts without spaces are above those of most others.
        || text.bytes().any(|byte| byte >= 0xe3) && text.contains(is_unspaced_script)
}
