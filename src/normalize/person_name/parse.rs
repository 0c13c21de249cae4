//! From tokens to the parts of a name: language, abbreviations, titles and suffixes, then assignment by naming system.
//! Which words are surnames is decided in [`layout`](super::layout), whether there are several people in
//! [`people`](super::people).

use super::super::gender::Gender;
use super::super::text::LetterCase;
use super::super::{Hint, Quality};
use super::affixes::{drop_other_names, take_suffixes, take_titles};
use super::layout::split_layout;
use super::lexicon::{LEXICON, Lang, Word, language_of, role};
use super::people::several_persons;
use super::signs::sign;
use super::tokens::{Casing, Cell, Group, Token, group, is_initial, roles_of};
use super::{Part, PersonName};

/// What one cell was read as.
pub(super) struct Reading {
    pub(super) name: PersonName,
    /// [`PersonName::match_key`], which the fold of the given name opens. It is written along with the parts.
    pub(super) key: String,
    /// The part that the key ends with; none when the parts came in another order than theirs in the key.
    key_end: Option<NamePart>,
    given_length: usize,
    /// What is known about the whole given name, and about its first word where it has several.
    given_words: [Option<&'static Word>; 2],
    pub(super) quality: Quality,
    pub(super) reasons: Vec<&'static str>,
    /// Words were moved, dropped or replaced: the display form may read otherwise than the cell.
    pub(super) rearranged: bool,
    /// Words were moved, and nothing but fillers and firms is left that the display form could be read as.
    pub(super) settled: bool,
}

/// The parts that make the match key, in its order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Debug)]
pub(super) enum NamePart {
    Given,
    Middle,
    Surname1,
    Surname2,
}

impl Reading {
    /// Writes words behind what a part of the name holds.
    pub(super) fn put(&mut self, part: NamePart, tokens: &[Token<'_>], context: &Context<'_>) {
        if tokens.is_empty() {
            return;
        }
        let name = &mut self.name;
        let text = match part {
            NamePart::Given => &mut name.given,
            NamePart::Middle => &mut name.middle,
            NamePart::Surname1 => &mut name.surname1,
            NamePart::Surname2 => &mut name.surname2,
        };
        context.casing.join(tokens, text);
        self.key_end = self.key_end.filter(|end| *end <= part).map(|_| part);
        for token in tokens.iter().filter(|token| !token.fold.is_empty()) {
            if !self.key.is_empty() {
                self.key.push(' ');
            }
            self.key.push_str(&token.fold);
        }
        if part == NamePart::Given {
            self.given_length = self.key.len();
        }
    }

    /// Completes the key and looks the given name up.
    fn close(&mut self, context: &Context<'_>) {
        // Beyond Latin-1 the fold of a text is not always that of its words.
        if self.key_end.is_none() || context.signs & sign::EXOTIC != 0 {
            (self.key, self.given_length) = self.name.folded();
        }
        let given = &self.key[..self.given_length];
        let first = given.bytes().position(|byte| byte == b' ').map(|space| &given[..space]);
        self.given_words = [LEXICON.word(given), first.and_then(|first| LEXICON.word(first))];
    }

    /// The gender of the given name: the compound decides (`José María` is a man), then the first name.
    fn gender_of_given(&self, lang: Lang) -> Option<Gender> {
        self.given_words.iter().flatten().find_map(|word| word.gender(lang))
    }
}

impl Default for Reading {
    fn default() -> Self {
        Reading {
            name: PersonName::default(),
            key: String::new(),
            key_end: Some(NamePart::Given),
            given_length: 0,
            given_words: [None; 2],
            quality: Quality::Ok,
            reasons: Vec::new(),
            rearranged: false,
            settled: false,
        }
    }
}

/// How a language builds names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum System {
    /// Given names, then two surnames.
    TwoSurnames,
    /// Given, middle names, surname.
    Middle,
    /// Given, patronymic, surname.
    Patronymic,
    /// Given names, one surname.
    OneSurname,
    /// Surname first: Chinese, Japanese, Korean, Hungarian.
    FamilyFirst,
    /// Surname, middle, given.
    Vietnamese,
}

/// Everything the steps share.
#[derive(Clone, Copy)]
pub(super) struct Context<'c> {
    pub(super) lang: Lang,
    pub(super) locale: &'c str,
    pub(super) system: System,
    pub(super) casing: Casing,
    pub(super) part: Part,
    /// The roles of all words of the cell, and the [`sign`]s of the whole cell: most steps are for words or characters that
    /// most names have none of.
    pub(super) roles: u32,
    pub(super) signs: u32,
}

/// Roles of words whose reading depends on capitals.
const CASE_ROLES: u32 = role::BINDS
    | role::BOUND
    | role::CONNECTOR
    | role::MARITAL
    | role::MAIDEN
    | role::ALIAS
    | role::TITLE
    | role::SUFFIX;

/// Reads the words of a cell.
pub(super) fn read<'t>(
    cell: &'t Cell<'t>,
    mut tokens: Vec<Token<'t>>,
    hint: &Hint<'_>,
    part: Part,
) -> Reading {
    let rearranged = !cell.asides.is_empty() || cell.has(sign::COMMA);
    let key = String::with_capacity(cell.folded().len() + 8);
    let mut reading = Reading { rearranged, key, ..Reading::default() };
    let lang = Lang::of_hint(hint).unwrap_or_else(|| guess_language(&tokens));
    let locale = language_of(hint.locale.unwrap_or(""));
    let mut context = Context {
        lang,
        locale,
        system: system_of(lang, locale, hint.region, (&tokens, cell)),
        casing: Casing { case: cell.case(), lang },
        part,
        roles: roles_of(&tokens),
        signs: cell.signs,
    };
    // Capitals tell initials and names from small words (`E`, `e`) and where a dot separates: where there are any, what was
    // in one case may read otherwise in title case.
    if context.casing.case != LetterCase::Mixed {
        reading.rearranged |= cell.has(sign::DOT) || context.roles & CASE_ROLES != 0;
    }
    if context.roles & role::ABBREVIATION != 0 {
        expand_abbreviations(&mut tokens, &context, &mut reading);
        context.roles |= roles_of(&tokens);
    }
    if part == Part::Full && several_persons(&cell.text, &tokens, &context, &mut reading) {
        return reading;
    }
    read_one(tokens, &context, &mut reading);
    add_asides(&cell.asides, &context, &mut reading);
    add_formals(&context, &mut reading);
    reading
}

/// The language most words speak for; Spanish when nothing or equally much speaks for another.
pub(super) fn guess_language(tokens: &[Token<'_>]) -> Lang {
    let votes = |lang: Lang| {
        tokens.iter().filter(|token| token.word.is_some_and(|word| word.langs() & lang.bit() != 0)).count()
    };
    let mut best = (0, Lang::Es);
    for lang in Lang::ALL {
        let votes = votes(lang);
        if votes > best.0 {
            best = (votes, lang);
        }
    }
    best.1
}

fn system_of(
    lang: Lang,
    locale: &str,
    region: Option<&str>,
    (tokens, cell): (&[Token<'_>], &Cell<'_>),
) -> System {
    let east_asian =
        |c: char| matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}');
    let far = cell.has(sign::FAR);
    if tokens.is_empty() || far && tokens.iter().all(|token| token.text.chars().all(east_asian)) {
        return System::FamilyFirst;
    }
    match (locale, region) {
        ("vi", _) | ("", Some("VN")) => return System::Vietnamese,
        ("hu", _) | ("", Some("HU")) => return System::FamilyFirst,
        ("ru" | "uk" | "be" | "bg", _) | ("", Some("RU" | "UA" | "BY")) => return System::Patronymic,
        _ => {}
    }
    // The lead bytes of U+0400 to U+04FF.
    if far && tokens.iter().any(|token| token.text.bytes().any(|byte| matches!(byte, 0xd0..=0xd3))) {
        return System::Patronymic;
    }
    let iberian = Lang::Es.bit() | Lang::Pt.bit();
    match lang {
        Lang::Es | Lang::Pt => System::TwoSurnames,
        // A locale is a prior: two Spanish surnames at the end are two surnames in any country.
        _ if tokens.len() >= 3
            && tokens[tokens.len() - 2..]
                .iter()
                .all(|token| token.word.is_some_and(|word| word.is_surname_only_of(iberian, lang.bit()))) =>
        {
            System::TwoSurnames
        }
        Lang::En => System::Middle,
        _ => System::OneSurname,
    }
}

/// Replaces `Mª`, `Fdez.` by what they stand for. Without a mark of abbreviation (dot, ª, º) a word is taken for one only
/// when nobody is called so.
fn expand_abbreviations(tokens: &mut Vec<Token<'_>>, context: &Context<'_>, reading: &mut Reading) {
    for index in 0..tokens.len() {
        let token = &tokens[index];
        if !token.is(role::ABBREVIATION) {
            continue;
        }
        let marked = token.text.contains(['.', 'ª', 'º']);
        let key = token.table_key();
        if !marked && (key.len() < 2 || token.word.is_some_and(|word| word.is_name())) {
            continue;
        }
        let Some(entries) = LEXICON.abbreviations.get(&*key) else { continue };
        let followed_by_given =
            tokens.get(index + 1).is_some_and(|next| next.score(context.lang) > 0 || next.is(role::PARTICLE));
        let after_given = index > 0 && tokens[index - 1].score(context.lang) > 0;
        // "Ma" is Mary before another given name, and a Chinese surname or two initials elsewhere.
        let fits = |given: bool| match (given, &*key) {
            (true, "ma" | "m" | "mo") if !token.text.contains(['ª', 'º']) => followed_by_given,
            (true, _) => index == 0 || followed_by_given || after_given || context.part == Part::Given,
            (false, _) => {
                index > 0 || context.part == Part::Surname || tokens.len() == 1 || token.segment == 0
            }
        };
        let found = entries
            .iter()
            .filter(|entry| entry.lang == context.lang && fits(entry.given))
            .find(|entry| entry.given == (index == 0 && context.part != Part::Surname || followed_by_given))
            .or_else(|| entries.iter().find(|entry| entry.lang == context.lang && fits(entry.given)));
        if let Some(entry) = found {
            let mut expanded = Token::new(entry.expansion, token.segment);
            if context.casing.case == LetterCase::Upper {
                expanded.rewrite(entry.expansion.to_uppercase());
            }
            tokens[index] = expanded;
            reading.rearranged = true;
        }
    }
}

// ---- one person -------------------------------------------------------------------------------------------------------

pub(super) fn read_one<'t>(mut tokens: Vec<Token<'t>>, context: &Context<'_>, reading: &mut Reading) {
    drop_other_names(&mut tokens, context, reading);
    let mut gender = None;
    if context.part != Part::Surname {
        take_titles(&mut tokens, context, reading, &mut gender);
    }
    take_suffixes(&mut tokens, context, reading);
    if tokens.is_empty() {
        return;
    }
    let (given, surnames, known_order) = match context.part {
        Part::Given => (tokens, Vec::new(), true),
        Part::Surname => (Vec::new(), tokens, true),
        Part::Full => split_layout(tokens, context, reading, &mut gender),
    };
    if known_order {
        let groups = group(&given, false);
        let end = if context.system == System::Middle {
            groups.first().map_or(0, |group| group.end)
        } else {
            given.len()
        };
        let end = extend_compound(&given, &groups, end, context);
        reading.settled = reads_as_written(&given, &surnames, context);
        reading.put(NamePart::Given, &given[..end], context);
        reading.put(NamePart::Middle, &given[end..], context);
        let groups = group(&surnames, true);
        assign_surnames(&surnames, &groups, context, reading);
    } else {
        assign_given_first(&given, context, reading);
    }
    reading.close(context);
    reading.name.gender = gender.or_else(|| reading.gender_of_given(context.lang));
    judge(context, reading);
}

/// In a system with middle names a listed compound is one given name (`Abdul Rahman`, `Ana María`).
fn extend_compound(tokens: &[Token<'_>], groups: &[Group], end: usize, context: &Context<'_>) -> usize {
    if context.system != System::Middle || context.part == Part::Given && groups.len() < 2 {
        return end;
    }
    compound_length(tokens, groups, context).map_or(end, |length| groups[length - 1].end)
}

/// Groups at the front that are one listed compound given name, such as `María del Carmen`.
fn compound_length(tokens: &[Token<'_>], groups: &[Group], context: &Context<'_>) -> Option<usize> {
    let first = tokens.first().filter(|token| token.is(role::HEAD))?;
    let (mut best, mut done) = (None, 0);
    // `María García`: most words that may open a compound do not.
    let open = tokens.get(1).is_some_and(|token| token.is(role::TAIL));
    let mut joined = String::new();
    for (index, group) in groups.iter().enumerate().skip(1) {
        if !open || group.end > LEXICON.longest_compound {
            break;
        }
        let last = &tokens[group.end - 1];
        // `Juan Martín` is one name only if a surname is left; one that ends in a mere given name needs none.
        let left = groups.len() - index - 1;
        let enough = left > 1
            || (last.score(context.lang) > 0 || group.end - group.start > 1)
                && (left > 0 || last.score(context.lang) > 0);
        if !enough {
            continue;
        }
        for token in &tokens[done..group.end] {
            if !joined.is_empty() {
                joined.push(' ');
            }
            joined.push_str(&token.fold);
        }
        done = group.end;
        if LEXICON.word(&joined).is_some_and(|word| word.is(role::COMPOUND)) {
            best = Some(index + 1);
        }
    }
    // Mary and a Marian attribute that is not in the table: "María de las Viñas Ruiz" stays two names, "María del Alba
    // García Ruiz" is one.
    let attribute = groups.get(1).is_some_and(|group| {
        group.end - group.start > 1 && tokens[group.end - 1].score(context.lang) > 0 && groups.len() > 2
    });
    best.or((attribute && first.fold == "maria").then_some(2))
}

/// Whether words that stood around a comma read the same in the order in which they are displayed. Sure of it only where two
/// surnames are the rule and no word has another role than to be a name.
fn reads_as_written(given: &[Token<'_>], surnames: &[Token<'_>], context: &Context<'_>) -> bool {
    const NAMES: u32 = role::COMPOUND | role::HEAD | role::TAIL | role::NICKNAME | role::FAMILIAR;
    let all = || given.iter().chain(surnames);
    let plain = context.signs & !(sign::WORD | sign::BREAK) == 0
        && context.signs & sign::DIGIT == 0
        && context.roles & !NAMES == 0
        && matches!(context.lang, Lang::Es | Lang::Pt)
        && context.part == Part::Full
        && (1..=2).contains(&surnames.len())
        && given.first().is_some_and(|first| first.score(context.lang) >= 0);
    if !plain || all().any(|token| token.is_initial() || token.case != context.casing.case) {
        return false;
    }
    let tokens: Vec<Token<'_>> = all().cloned().collect();
    let groups = group(&tokens, false);
    groups.len() == tokens.len() && count_given(&tokens, &groups, context) == given.len()
}

/// Groups at the front that are given names, where their border with the surnames is not known; one at least.
fn count_given(tokens: &[Token<'_>], groups: &[Group], context: &Context<'_>) -> usize {
    let mut given = compound_length(tokens, groups, context).unwrap_or(1);
    match context.system {
        System::TwoSurnames => {
            let total = groups.len();
            while given < total {
                let group = groups[given];
                let token = &tokens[group.end - 1];
                let simple = group.end - group.start == 1;
                let left = total - given;
                // What a connector follows is a surname: "Santiago Ramón y Cajal".
                let joined = groups.get(given + 1).is_some_and(|next| next.start != group.end);
                let takes = match token.score(context.lang) {
                    _ if !simple || joined || left < 2 => false,
                    1.. => true,
                    // One word can be either: two surnames must stay.
                    0 => left > 2 || (token.is_initial() && left > 1),
                    _ => false,
                };
                if !takes {
                    break;
                }
                given += 1;
            }
        }
        System::Middle => {}
        _ => {
            while given + 1 < groups.len() {
                let token = &tokens[groups[given].start];
                let score = token.score(context.lang);
                if token.is_initial()
                    || score > 0
                    || (score == 0 && token.word.is_some_and(|word| word.is_given()))
                {
                    given += 1;
                } else {
                    break;
                }
            }
        }
    }
    given
}

/// Assigns tokens in given-first order whose border is not known.
fn assign_given_first(tokens: &[Token<'_>], context: &Context<'_>, reading: &mut Reading) {
    let groups = group(tokens, false);
    if groups.is_empty() {
        return;
    }
    if groups.len() == 1 {
        return assign_single(tokens, context, reading);
    }
    let given = count_given(tokens, &groups, context);
    let given_end = groups[given - 1].end;
    reading.put(NamePart::Given, &tokens[..given_end], context);
    let rest = &groups[given..];
    if context.system == System::Middle && rest.len() > 1 {
        let surname = rest[rest.len() - 1].start;
        reading.put(NamePart::Middle, &tokens[rest[0].start..surname], context);
        reading.put(NamePart::Surname1, &tokens[surname..], context);
    } else {
        assign_surnames(tokens, rest, context, reading);
    }
    let dropped: usize = groups.iter().map(|group| group.end - group.start).sum();
    reading.rearranged |= dropped != tokens.len();
}

/// One word, or one word with its particles: a surname if it is known as one, if a particle opens it, or if a title
/// stands before it and no given name is spelled so.
fn assign_single(tokens: &[Token<'_>], context: &Context<'_>, reading: &mut Reading) {
    let last = &tokens[tokens.len() - 1];
    let titled = !reading.name.prefix.is_empty() && last.score(context.lang) <= 0;
    let surname = last.score(context.lang) < 0 || (tokens.len() > 1 && tokens[0].is(role::BINDS)) || titled;
    reading.put(if surname { NamePart::Surname1 } else { NamePart::Given }, tokens, context);
}

/// One or two surnames from groups; connectors between groups are left out.
fn assign_surnames(tokens: &[Token<'_>], groups: &[Group], context: &Context<'_>, reading: &mut Reading) {
    let (Some(first), Some(last)) = (groups.first(), groups.last()) else { return };
    if context.system != System::TwoSurnames {
        reading.put(NamePart::Surname1, &tokens[first.start..last.end], context);
        return;
    }
    if let [_, particles] = groups
        && particles.end - particles.start > 1
        && is_one_surname(&tokens[first.start..last.end], context.lang)
    {
        reading.put(NamePart::Surname1, &tokens[first.start..last.end], context);
        return;
    }
    if groups.len() < 3 {
        reading.put(NamePart::Surname1, &tokens[first.start..first.end], context);
        if groups.len() == 2 {
            reading.put(NamePart::Surname2, &tokens[last.start..last.end], context);
        }
        return;
    }
    // `García de la Torre López`: with three groups a particle continues the surname before it.
    let mut parts: Vec<Group> = groups.to_vec();
    while parts.len() > 2 && context.lang != Lang::Pt {
        let joint = (1..parts.len()).find(|&index| parts[index].end - parts[index].start > 1);
        match joint {
            Some(index) => {
                parts[index - 1].end = parts[index].end;
                parts.remove(index);
            }
            None => break,
        }
    }
    let border = match (parts.len(), context.lang) {
        (1, _) => 1,
        // Of many Portuguese surnames the last is the father's.
        (count, Lang::Pt) => count - 1,
        _ => 1,
    };
    for group in &parts[..border] {
        reading.put(NamePart::Surname1, &tokens[group.start..group.end], context);
    }
    for group in &parts[border..] {
        reading.put(NamePart::Surname2, &tokens[group.start..group.end], context);
    }
}

/// Whether words with a particle between them are a listed surname: `Sáenz de Tejada`.
pub(super) fn is_one_surname(tokens: &[Token<'_>], lang: Lang) -> bool {
    let mut joined = String::new();
    for token in tokens {
        if !joined.is_empty() {
            joined.push(' ');
        }
        joined.push_str(&token.fold);
    }
    LEXICON.word(&joined).is_some_and(|word| word.is_surname_of(lang))
}

fn judge(context: &Context<'_>, reading: &mut Reading) {
    let name = &reading.name;
    let mut degrade = |quality: Quality, reason: &'static str| {
        reading.quality = reading.quality.max(quality);
        reading.reasons.push(reason);
    };
    let digits = context.signs & sign::DIGIT != 0
        && [&name.given, &name.middle, &name.surname1, &name.surname2]
            .iter()
            .any(|part| part.bytes().any(|b| b.is_ascii_digit()));
    if digits {
        degrade(Quality::Suspicious, "digits_in_name");
    }
    if context.part != Part::Full {
        return;
    }
    match (name.given.is_empty(), name.surname1.is_empty()) {
        (false, true) | (true, false) => {
            let part = if name.given.is_empty() { &name.surname1 } else { &name.given };
            degrade(Quality::Partial, if part.contains(' ') { "part_missing" } else { "single_token" });
        }
        _ => {
            // Hardly any first name is an initial.
            let first = name.given.bytes().position(|byte| byte == b' ').unwrap_or(name.given.len());
            let initials = is_initial(&name.given[..first]) && name.given.split(' ').all(is_initial);
            if initials {
                degrade(Quality::Partial, "given_initial");
            }
        }
    }
}

// ---- brackets and familiar forms --------------------------------------------------------------------------------------

/// What stood in brackets or quotes: a suffix, a nickname, or a note.
fn add_asides(asides: &[String], context: &Context<'_>, reading: &mut Reading) {
    for aside in asides {
        let cell = Cell::new(aside);
        let tokens = cell.tokens();
        let Some(token) = tokens.first() else { continue };
        let is_suffix = tokens.len() == 1 && token.is(role::SUFFIX) && reading.name.suffix.is_empty();
        let is_nickname = tokens.len() <= 2
            && tokens.iter().all(|token| {
                token.score(context.lang) > 0
                    || (tokens.len() == 1 && token.word.is_none_or(|word| !word.is_name()))
            })
            && !aside.bytes().any(|byte| byte.is_ascii_digit());
        let mut text = String::new();
        Casing::of(aside, context.lang).join(&tokens, &mut text);
        if is_suffix && context.part != Part::Given {
            reading.name.suffix = text.replace('.', "").to_lowercase();
        } else if is_nickname {
            reading.name.given_variants.push(text);
        } else {
            reading.reasons.push("note_removed");
        }
    }
}

/// Formal names of a familiar given name. A name that is one in its own right (Luisa, Marina) stands for itself.
pub(super) fn add_formals(context: &Context<'_>, reading: &mut Reading) {
    let is_familiar = |word: &Word| word.is(role::FAMILIAR) && word.is(role::NICKNAME | role::COMPOUND);
    if !reading.given_words.iter().flatten().any(|word| is_familiar(word)) {
        return;
    }
    let folded = &reading.key[..reading.given_length];
    let first = folded.split_once(' ').map_or("", |(first, _)| first);
    for (form, word) in [folded, first].into_iter().zip(reading.given_words) {
        let Some(formals) = LEXICON.formals.get(form).filter(|_| word.is_some_and(is_familiar)) else {
            continue;
        };
        let code = context.lang.code(context.locale);
        let own = formals.iter().any(|(lang, _)| *lang == code);
        let variants = &mut reading.name.given_variants;
        for (lang, formal) in formals {
            let wanted = !own || *lang == code;
            if wanted && !variants.iter().any(|variant| variant == formal) {
                variants.push((*formal).to_owned());
            }
        }
        break;
    }
}
