//! Where the surnames are: after a comma, in capitals, first by script or by what the words are, or last.

use super::super::gender::Gender;
use super::super::text::LetterCase;
use super::Part;
use super::affixes::take_titles;
use super::lexicon::role;
use super::parse::{Context, NamePart, Reading, System};
use super::signs::sign;
use super::tokens::{Casing, Group, Token, group};

/// Given tokens, surname tokens, and whether the border between them is known. When it is not, all tokens are in the
/// first list, in given-first order.
pub(super) fn split_layout<'t>(
    tokens: Vec<Token<'t>>,
    context: &Context<'_>,
    reading: &mut Reading,
    gender: &mut Option<Gender>,
) -> (Vec<Token<'t>>, Vec<Token<'t>>, bool) {
    let total = |tokens: &[Token<'_>]| tokens.iter().map(|token| token.score(context.lang)).sum::<i32>();
    let border = if context.signs & sign::COMMA == 0 {
        None
    } else {
        tokens.iter().rposition(|token| token.segment != tokens[tokens.len() - 1].segment)
    };
    if let Some(border) = border {
        let mut given = tokens;
        let mut surnames: Vec<Token<'t>> = given.drain(..=border).collect();
        take_titles(&mut given, context, reading, gender);
        take_titles(&mut surnames, context, reading, gender);
        // "Vega, Lope de", "SILVA, JOAO DA": particles that catalogues put behind belong to the surname.
        while given.len() > 1 && given.last().is_some_and(|token| token.is(role::PARTICLE)) {
            surnames.splice(0..0, given.pop());
        }
        // Words overrule a comma that is plainly in the wrong place: "María José, García López".
        let contradicted = total(&surnames) > 0 && total(&given) < 0;
        if given.is_empty() || surnames.is_empty() {
            given.append(&mut surnames);
        } else if contradicted {
            return (surnames, given, true);
        } else {
            return (given, surnames, true);
        }
        return (given, Vec::new(), false);
    }
    if tokens.len() < 2 {
        return match split_unspaced(&tokens, context) {
            Some((surname, given)) => {
                reading.name.family_first = true;
                reading.rearranged = true;
                (vec![given], vec![surname], true)
            }
            None => (tokens, Vec::new(), false),
        };
    }
    match context.system {
        System::FamilyFirst | System::Vietnamese => {
            let mut given = tokens;
            let surname = vec![given.remove(0)];
            reading.name.family_first = true;
            if context.system == System::Vietnamese && given.len() > 1 {
                let last = given.pop();
                reading.put(NamePart::Middle, &given, context);
                given = last.into_iter().collect();
            }
            return (given, surname, true);
        }
        System::Patronymic => return split_patronymic(tokens, context, reading),
        System::TwoSurnames | System::Middle | System::OneSurname => {}
    }
    if let Some(range) = capital_surnames(&tokens) {
        let mut surnames = tokens;
        let mut given = surnames.split_off(range.end);
        given.splice(0..0, surnames.drain(..range.start));
        for token in surnames.iter_mut().filter(|token| !token.is_initial()) {
            let mut text = String::with_capacity(token.text.len());
            Casing { case: LetterCase::Upper, ..context.casing }.write(token, &mut text);
            token.rewrite(text);
        }
        reading.rearranged = true;
        return (given, surnames, true);
    }
    match family_first(&tokens, context) {
        Some(border) => {
            let mut surnames = tokens;
            let given = surnames.split_off(border);
            reading.rearranged = true;
            reading.reasons.push("family_name_first");
            (given, surnames, true)
        }
        None => (tokens, Vec::new(), false),
    }
}

/// `王小明`, `김철수`: Chinese and Korean surnames of one sign, and the few of two, stand before the given name without a
/// blank. Japanese surnames have one to three signs, and are left where they are.
fn split_unspaced<'t>(tokens: &[Token<'t>], context: &Context<'_>) -> Option<(Token<'t>, Token<'t>)> {
    const OF_TWO: [&str; 24] = [
        "欧阳", "歐陽", "司马", "司馬", "诸葛", "諸葛", "上官", "慕容", "令狐", "皇甫", "司徒", "夏侯",
        "南宫", "南宮", "东方", "東方", "尉迟", "公孙", "남궁", "황보", "제갈", "선우", "독고", "사공",
    ];
    let [token] = tokens else { return None };
    if context.system != System::FamilyFirst || context.part != Part::Full {
        return None;
    }
    let hangul = |c: char| matches!(c, '\u{ac00}'..='\u{d7af}');
    let han = |c: char| matches!(c, '\u{3400}'..='\u{9fff}');
    let text = &*token.text;
    let fits = text.chars().all(hangul) || context.locale == "zh" && text.chars().all(han);
    let count = text.chars().count();
    if !fits || !(2..=4).contains(&count) {
        return None;
    }
    let of_two = count > 2 && OF_TWO.iter().any(|surname| text.starts_with(surname));
    let border = text.char_indices().nth(if of_two { 2 } else { 1 })?.0;
    let part = |text: &str| Token::new(text.to_owned(), token.segment);
    Some((part(&text[..border]), part(&text[border..])))
}

/// `Владимир Иванович Петров` and `Петров Владимир Иванович`: the patronymic is known by its ending.
fn split_patronymic<'t>(
    mut tokens: Vec<Token<'t>>,
    context: &Context<'_>,
    reading: &mut Reading,
) -> (Vec<Token<'t>>, Vec<Token<'t>>, bool) {
    const ENDINGS: [&str; 12] =
        ["ович", "евич", "ьич", "овна", "евна", "ична", "ovich", "evich", "ovna", "evna", "ichna", "йович"];
    let patronymic =
        tokens.iter().rposition(|token| ENDINGS.iter().any(|ending| token.fold.ends_with(ending)));
    match patronymic {
        Some(at) if tokens.len() == 3 && at > 0 => {
            let middle = tokens.remove(at);
            reading.put(NamePart::Middle, std::slice::from_ref(&middle), context);
            // The patronymic follows the given name, so last in the cell means that the surname came first.
            let given_at = at - 1;
            reading.rearranged |= given_at != 0;
            let given = vec![tokens.remove(given_at)];
            (given, tokens, true)
        }
        _ => {
            // "Иванов Пётр": only the surname has the ending of one.
            const SURNAMES: [&str; 12] =
                ["ов", "ев", "ёв", "ин", "ын", "ский", "ова", "ева", "ёва", "ина", "ская", "енко"];
            let is_surname = |token: &Token<'_>| {
                token.score(context.lang) <= 0 && SURNAMES.iter().any(|ending| token.fold.ends_with(ending))
            };
            if tokens.len() == 2 && is_surname(&tokens[0]) && !is_surname(&tokens[1]) {
                reading.rearranged = true;
                tokens.reverse();
            }
            let surname = tokens.split_off(tokens.len() - 1);
            (tokens, surname, true)
        }
    }
}

/// The run of words in capitals at one end of a name that is otherwise in mixed case.
fn capital_surnames(tokens: &[Token<'_>]) -> Option<std::ops::Range<usize>> {
    if !tokens.iter().any(|token| token.case == LetterCase::Upper) {
        return None;
    }
    let capital = |token: &Token<'_>| {
        token.case == LetterCase::Upper
            && !token.is_initial()
            && token.text.chars().filter(|c| c.is_alphabetic()).count() > 2
    };
    let small = |token: &Token<'_>| token.is(role::BINDS) && !token.word.is_some_and(|word| word.is_given());
    let mixed = |token: &Token<'_>| token.case == LetterCase::Mixed || token.is_initial();
    let is_surname = |token: &Token<'_>| capital(token) || small(token);
    let head = tokens.iter().take_while(|token| is_surname(token)).count();
    if head > 0
        && head < tokens.len()
        && tokens[..head].iter().any(capital)
        && tokens[head..].iter().all(mixed)
        && tokens[head..].iter().any(|token| !token.is_initial())
    {
        return Some(0..head);
    }
    let tail = tokens.iter().rev().take_while(|token| is_surname(token)).count();
    let start = tokens.len() - tail;
    (tail > 0
        && start > 0
        && tokens[start..].iter().any(capital)
        && tokens[..start].iter().all(mixed)
        && tokens[..start].iter().any(|token| !token.is_initial()))
    .then_some(start..tokens.len())
}

/// Where the given names begin when the words say that the surnames come first without a comma.
///
/// The two layouts are compared by the sum of the words' scores; the first word must be a surname and the last a given
/// name, and the difference clear, since given-first is by far the more common.
fn family_first(tokens: &[Token<'_>], context: &Context<'_>) -> Option<usize> {
    const CLEAR: i32 = 3;
    // Most names begin with a given name.
    let first = tokens.first()?;
    if first.score(context.lang) >= 0 && !first.is(role::BINDS | role::BOUND | role::CONNECTOR) {
        return None;
    }
    let groups = group(tokens, true);
    let last = groups.len().checked_sub(1).filter(|&last| last > 0)?;
    let score = |group: &Group| match group.end - group.start {
        1 => tokens[group.start].score(context.lang),
        _ if tokens[group.start].is(role::BOUND) => 2,
        _ => -2,
    };
    if score(&groups[0]) >= 0 || score(&groups[last]) <= 0 {
        return None;
    }
    let scores: Vec<i32> = groups.iter().map(score).collect();
    let total: i32 = scores.iter().sum();
    let mut front = 0;
    let (mut best_given_first, mut best_family_first) = (i32::MIN, (i32::MIN, 0));
    for border in 1..=last {
        front += scores[border - 1];
        let given_first = 2 * front - total;
        best_given_first = best_given_first.max(given_first);
        // On a tie the later border wins: two surnames are the rule where there are enough words.
        if -given_first >= best_family_first.0 {
            best_family_first = (-given_first, border);
        }
    }
    (best_family_first.0 - best_given_first >= CLEAR).then(|| groups[best_family_first.1].start)
}
