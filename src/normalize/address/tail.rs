//! The right end of an address: postcode, city, region.

use super::super::ascii;
use super::lexicon::{self, Family};
use super::words::{cut, look_up};
use super::{Address, is_in_title_case, places, title_case};

/// Takes postcode, city and region off the right; whether a part was left over.
pub(super) fn take_place(segments: &mut Vec<&str>, out: &mut Address, region: &str) -> bool {
    let found = (0..segments.len()).rev().find_map(|at| {
        let segment = segments[at];
        let (code, shown) = places::find_postcode(segment, region)?;
        let (first, last) = (code.start == 0, code.end == segment.len());
        // Codes of four digits look like house numbers.
        let short = shown.bytes().filter(u8::is_ascii_digit).count() == 4 && shown.len() == 4;
        // Behind a part that has a number already, four digits are a code: `Sarmiento 901, San Javier 3357`.
        let numbered = || segments[..at].iter().any(|s| s.bytes().any(|b| b.is_ascii_digit()));
        let alone = first && last && at > 0;
        let house = short
            && !alone
            && !(last && numbered())
            && ((at == 0 && last) || (!first && last && lexicon::of(region).family != Family::TypeLast));
        let first_of_line = lexicon::of(region).family == Family::TypeLast && first && !last;
        (!house && !first_of_line)
            .then(|| (at, segment[..code.start].trim_end(), segment[code.end..].trim_start(), shown))
    });
    let Some((at, before, after, shown)) = found else {
        take_place_without_code(segments, out, region);
        return finish_place(out, region, &[]);
    };
    out.postcode = shown;
    let trailing = segments.split_off(at + 1);
    let mut trailing = trailing.as_slice();
    segments.pop();
    let before = without_label(before);
    if lexicon::of(region).family == Family::TypeLast {
        take_state_and_city(segments, out, before, region);
        // `Fernandina Beach, FL, 32034`: the state is a part of its own.
        if out.region.is_empty()
            && let Some(name) = places::known_region(&out.city, region).filter(|_| segments.len() > 1)
            && segments.last().is_some_and(|s| !s.bytes().any(|b| b.is_ascii_digit()))
        {
            name.clone_into(&mut out.region);
            out.city = segments.pop().unwrap_or_default().to_owned();
        }
    } else if !after.is_empty() {
        after.clone_into(&mut out.city);
        segments.extend((!before.is_empty()).then_some(before));
        trailing = with_street_behind(segments, trailing, region);
    } else if before.is_empty() {
        if let Some((city, rest)) = trailing.split_first() {
            (*city).clone_into(&mut out.city);
            trailing = rest;
        } else {
            if segments.len() > 1
                && let Some(name) =
                    segments.last().and_then(|s| places::known_region(s, region)).filter(|_| region != "ES")
            {
                name.clone_into(&mut out.region);
                segments.pop();
            }
            out.city = if segments.len() > 1 {
                segments.pop().unwrap_or_default().to_owned()
            } else {
                String::new()
            };
        }
    } else if trailing.is_empty() && at > 0 && !before.bytes().any(|b| b.is_ascii_digit()) {
        // `Cancún, Q. Roo 77500`: the state stands between town and code.
        let state = places::known_region(before, region).filter(|_| region != "ES" && segments.len() > 1);
        match state.filter(|_| segments.last().is_some_and(|s| !s.bytes().any(|b| b.is_ascii_digit()))) {
            Some(name) => {
                name.clone_into(&mut out.region);
                segments.pop().unwrap_or_default().clone_into(&mut out.city);
            }
            None => before.clone_into(&mut out.city),
        }
    } else if at == 0 && !before.bytes().any(|b| b.is_ascii_digit()) && has_street(trailing, region) {
        before.clone_into(&mut out.city);
        trailing = with_street_behind(segments, trailing, region);
    } else {
        segments.push(before);
        if let Some((city, rest)) = trailing.split_first() {
            (*city).clone_into(&mut out.city);
            trailing = rest;
        } else if segments.len() == 1 {
            take_trailing_place(segments, out, region);
        }
    }
    finish_place(out, region, trailing)
}

/// Whether the first of the parts is a street with its type: `Madrid 28045, C/ Sol 3`.
fn has_street(parts: &[&str], region: &str) -> bool {
    let Some(part) = parts.first() else { return false };
    let mut folds = String::new();
    let lexicon = lexicon::of(region);
    let mut tokens = cut(&[part], false, &mut folds);
    look_up(&mut tokens, &folds, lexicon);
    let typed = tokens.first().and_then(|t| t.facts.street_type).is_some_and(lexicon::is_thoroughfare);
    typed && tokens.len() > 1
}

/// A place that stands before its street: the parts behind it become lines of their own.
fn with_street_behind<'p, 't>(
    segments: &mut Vec<&'t str>,
    trailing: &'p [&'t str],
    region: &str,
) -> &'p [&'t str] {
    if !segments.is_empty() || !has_street(trailing, region) {
        return trailing;
    }
    segments.extend(trailing);
    &[]
}

/// `C.P.` and the like before a postcode.
fn without_label(before: &str) -> &str {
    const LABELS: [&str; 7] = ["cp", "cep", "zip", "cap", "plz", "postal", "codigo"];
    let mut rest = before;
    while !rest.is_empty() {
        let start = rest.rfind(' ').map_or(0, |at| at + 1);
        if !LABELS.iter().any(|label| folds_to(&rest[start..], label)) {
            break;
        }
        rest = rest[..start].trim_end();
    }
    rest
}

/// Whether the folded letters and digits of a word, without what stands between them, are `letters`.
fn folds_to(word: &str, letters: &str) -> bool {
    if word.is_ascii() {
        let own = word.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
        return own.eq(letters.bytes());
    }
    ascii::fold_words(word).bytes().filter(|&b| b != b' ').eq(letters.bytes())
}

/// `Springfield, IL` or `London` before a code.
fn take_state_and_city<'t>(segments: &mut Vec<&'t str>, out: &mut Address, before: &'t str, region: &str) {
    const LONGEST: usize = 3;
    let mut city = before;
    for (at, _) in last_words::<LONGEST>(before).into_iter().flatten().rev() {
        if let Some(name) = places::known_region(&before[at..], region) {
            name.clone_into(&mut out.region);
            city = before[..at].trim_end();
            break;
        }
    }
    if city.bytes().any(|b| b.is_ascii_digit()) {
        segments.push(city);
    } else if !city.is_empty() {
        city.clone_into(&mut out.city);
    } else {
        out.city =
            if segments.len() > 1 { segments.pop().unwrap_or_default().to_owned() } else { String::new() };
    }
}

/// Where the last words of a text with single blanks begin, and the words, from the last on.
fn last_words<const N: usize>(text: &str) -> [Option<(usize, &str)>; N] {
    let mut out = [None; N];
    let mut end = text.len();
    for slot in &mut out {
        if end == 0 {
            break;
        }
        let start = text[..end].rfind(' ').map_or(0, |at| at + 1);
        *slot = Some((start, &text[start..end]));
        end = start.saturating_sub(1);
    }
    out
}

fn take_place_without_code(segments: &mut Vec<&str>, out: &mut Address, region: &str) {
    let plain = |s: &&str| !s.bytes().any(|b| b.is_ascii_digit());
    let known = segments.last().and_then(|s| places::known_region(s, region));
    if segments.len() == 1 {
        return take_trailing_place(segments, out, region);
    }
    if region == "PE"
        && let Some(district) = segments.last().and_then(|s| s.strip_prefix("Lima ")).filter(|d| d.len() <= 2)
        && district.bytes().all(|b| b.is_ascii_digit())
    {
        // The numbers of Lima's districts before it had postcodes.
        segments.pop();
        "Lima".clone_into(&mut out.city);
        return;
    }
    let type_last = lexicon::of(region).family == Family::TypeLast;
    // `Riverside CA`
    if type_last
        && known.is_none()
        && let Some((city, state)) = segments.last().and_then(|s| s.rsplit_once(' '))
        && let Some(name) = places::known_region(state, region).filter(|_| state.len() == 2)
    {
        name.clone_into(&mut out.region);
        out.city = city.to_owned();
        segments.pop();
        return;
    }
    if let Some(name) = known.filter(|_| segments.len() > 1) {
        name.clone_into(&mut out.region);
        let last = segments.pop().unwrap_or_default();
        // `Getafe, Madrid`: a town of no other part than its province.
        let town = region == "ES" && segments.len() == 1 && is_town(segments[0], region);
        let has_city = (segments.len() > 1 || type_last || town) && segments.last().is_some_and(plain);
        let city = if has_city { segments.pop().unwrap_or_default() } else { last };
        city.clone_into(&mut out.city);
    } else if segments.len() > 1 && segments.last().is_some_and(plain) {
        let unit = segments.last().is_some_and(|s| {
            let mut folds = String::new();
            let mut tokens = cut(&[s], false, &mut folds);
            look_up(&mut tokens, &folds, lexicon::of(region));
            tokens
                .first()
                .is_some_and(|t| t.facts.unit.is_some() || t.facts.floor.is_some() || t.is_no_number())
        });
        if !unit {
            out.city = segments.pop().unwrap_or_default().to_owned();
        }
    }
}

/// Whether a part may be the name of a town: it opens with no type of a street, and is that of no street without number.
fn is_town(part: &str, region: &str) -> bool {
    let mut folds = String::new();
    let mut tokens = cut(&[part], false, &mut folds);
    look_up(&mut tokens, &folds, lexicon::of(region));
    tokens.iter().all(|t| t.facts.street_type.is_none() && !t.is_no_number() && !t.is_numeric())
}

/// `AVDA DIAGONAL 640 BARCELONA`, `Madrid`: a known place at the end of the only part, behind a number or alone.
fn take_trailing_place(segments: &mut Vec<&str>, out: &mut Address, region: &str) {
    const LONGEST: usize = 5;
    if region != "ES" {
        return;
    }
    let line = segments[0];
    let words: Vec<&str> = line.split(' ').collect();
    let plain = words.iter().rev().take_while(|w| !w.bytes().any(|b| b.is_ascii_digit())).count();
    let alone = plain == words.len();
    let found = (1..=plain.min(LONGEST)).rev().find(|n| {
        let behind_number = words.len() - n > 0 && !alone;
        (behind_number || *n == words.len())
            && places::known_region(&words[words.len() - n..].join(" "), region).is_some()
    });
    let Some(count) = found else { return };
    let at = words[..words.len() - count].iter().map(|word| word.len() + 1).sum();
    let (street, name) = (line[..at].trim_end(), &line[at..]);
    if let Some(province) = places::known_region(name, region) {
        province.clone_into(&mut out.region);
    }
    name.clone_into(&mut out.city);
    segments.clear();
    segments.extend((!street.is_empty()).then_some(street));
}

/// The city without what is not part of its name: `Cedex`, `D.C.`, the state behind a slash, the region said again.
fn strip_city(out: &mut Address, region: &str) {
    if region == "BR"
        && let Some((city, state)) = out.city.rsplit_once(['/', '-'])
        && let Some(name) = places::known_region(state, region)
    {
        name.clone_into(&mut out.region);
        out.city = city.trim().to_owned();
    }
    // One word is the name of the city, whatever it is.
    if !out.city.contains(' ') && !matches!(region, "MX" | "AR" | "CO" | "CL" | "PE") {
        return;
    }
    let city = out.city.clone();
    let words: Vec<&str> = city.split(' ').collect();
    let end = words.iter().position(|w| folds_to(w, "cedex")).unwrap_or(words.len());
    let mut kept = &words[..end];
    if region == "CO" && kept.len() > 1 && kept.last().is_some_and(|w| folds_to(w, "dc")) {
        kept = &kept[..kept.len() - 1];
    }
    if region == "ES" && kept.len() > 1 && places::known_region(&kept.join(" "), region).is_none() {
        let said_again = (1..kept.len()).find(|&at| {
            let named = places::known_region(&kept[at..].join(" "), region);
            let in_brackets = named.is_some() && named == places::province_of(&out.postcode);
            in_brackets && !lexicon::is_particle(&ascii::fold(kept[at - 1])) && kept[at - 1] != "San"
        });
        kept = &kept[..said_again.unwrap_or(kept.len())];
    }
    // `Tijuana Baja California`, and a town and its municipality of one name: `Temuco Temuco`.
    if matches!(region, "MX" | "AR" | "CO" | "CL" | "PE")
        && places::known_region(&kept.join(" "), region).is_none()
    {
        let half = kept.len() / 2;
        if half > 0 && kept.len().is_multiple_of(2) && kept[..half] == kept[half..] {
            kept = &kept[..half];
        }
        let named = (1..kept.len())
            .filter(|&at| !lexicon::is_particle(&ascii::fold(kept[at - 1])))
            .find_map(|at| places::known_region(&kept[at..].join(" "), region).map(|name| (at, name)))
            // Hidalgo and Morelos are states and surnames: the postcode must say so, or nothing else may.
            .filter(|(_, name)| match region {
                "MX" => places::mexican_state(&out.postcode) == Some(*name),
                _ => out.region.is_empty() || out.region == *name,
            });
        if let Some((at, name)) = named {
            if out.region.is_empty() {
                name.clone_into(&mut out.region);
            }
            kept = &kept[..at];
        }
    }
    let kept = kept.join(" ");
    if kept != out.city && !kept.is_empty() {
        out.city = kept;
    }
}

/// Settles region and city from what was taken; whether a trailing part was left over.
fn finish_place(out: &mut Address, region: &str, trailing: &[&str]) -> bool {
    let mut left_over = false;
    for part in trailing {
        match places::known_region(part, region) {
            Some(name) => name.clone_into(&mut out.region),
            None if out.city.is_empty() => (*part).clone_into(&mut out.city),
            None if out.region.is_empty() => (*part).clone_into(&mut out.region),
            None => left_over = true,
        }
    }
    strip_city(out, region);
    if region == "MX"
        && out.region.is_empty()
        && let Some(name) = places::mexican_state(&out.postcode)
    {
        name.clone_into(&mut out.region);
    }
    if region == "AR"
        && let Some(name) = places::argentine_province(&out.postcode)
    {
        name.clone_into(&mut out.region);
    }
    if region == "IT"
        && let Some((city, code)) = out.city.rsplit_once(' ')
        && code.len() == 2
        && code.bytes().all(|b| b.is_ascii_uppercase())
    {
        out.region = code.to_owned();
        out.city = city.to_owned();
    }
    if matches!(region, "MX" | "AR")
        && let Some(name) = places::known_region(&out.city, region)
    {
        name.clone_into(&mut out.city);
        if out.region.is_empty() {
            name.clone_into(&mut out.region);
        }
    }
    if region == "ES"
        && let Some(name) = places::province_of(&out.postcode)
    {
        name.clone_into(&mut out.region);
    }
    let edge = |byte: Option<&u8>| byte.is_some_and(|byte| matches!(byte, b'.' | b'-' | b' '));
    let edges = edge(out.city.as_bytes().first()) || edge(out.city.as_bytes().last());
    let bare = if edges { out.city.trim_matches(['.', '-', ' ']) } else { &out.city };
    if bare.len() < out.city.len() || !is_in_title_case(bare) {
        out.city = title_case(bare);
    }
    left_over
}
