//! Damage that other programs did to a text: UTF-8 read as Windows-1252, HTML escaping.

use std::borrow::Cow;

use super::MAX_REPAIR_ROUNDS;

/// Undoes the damage done by other programs: wrong decoding and HTML escaping.
pub(super) fn repair(text: &str) -> Cow<'_, str> {
    let mut text = match decode_entities(text) {
        Some(decoded) => Cow::Owned(decoded),
        None => Cow::Borrowed(text),
    };
    for _ in 0..MAX_REPAIR_ROUNDS {
        match decode_mojibake(&text) {
            Some(repaired) => text = Cow::Owned(repaired),
            None => break,
        }
    }
    text
}

// ---- Windows-1252 -----------------------------------------------------------------------------------------------------

/// Windows-1252 0x80..=0x9f; holes are the control character of the same number, as browsers have it.
const CP1252_HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}',
    '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// The byte that Windows-1252 (or Latin-1, for its control characters) has for a non-ASCII character.
pub(super) fn cp1252_byte(c: char) -> Option<u8> {
    match c {
        '\u{80}'..='\u{ff}' => u8::try_from(c as u32).ok(),
        '\u{152}'..='\u{2122}' => {
            CP1252_HIGH.iter().position(|&high| high == c).and_then(|i| u8::try_from(0x80 + i).ok())
        }
        _ => None,
    }
}

/// Text read as Latin-1 that was Windows-1252 holds control characters where quotes and dashes were.
pub(super) fn c1_as_cp1252(c: char) -> char {
    match c {
        // U+0085 is white space (next line) as well as an ellipsis: white space is the harmless reading.
        '\u{80}'..='\u{84}' | '\u{86}'..='\u{9f}' => CP1252_HIGH[c as usize - 0x80],
        _ => c,
    }
}

/// Decodes UTF-8 that was read as Windows-1252. Only maximal runs that decode strictly are touched, and a run of one
/// character only when it becomes one that is common in names and addresses, so that `É”` stays what it is.
fn decode_mojibake(text: &str) -> Option<String> {
    let mut out: Option<String> = None;
    let mut rest = text;
    let mut done = 0;
    while let Some(offset) = rest.find(|c: char| ('\u{c2}'..='\u{f4}').contains(&c)) {
        let start = done + offset;
        let mut decoded = String::new();
        let mut end = start;
        while let Some((c, length)) = decode_one(&text[end..]) {
            decoded.push(c);
            end += length;
        }
        if decoded.is_empty() || !is_less_bad(&decoded, &text[start..end], &text[end..]) {
            // Not damage. Step over one character.
            end = start + text[start..].chars().next().map_or(1, char::len_utf8);
            if let Some(out) = &mut out {
                out.push_str(&text[done..end]);
            }
        } else {
            let out = out.get_or_insert_with(|| text[..done].to_owned());
            out.push_str(&text[done..start]);
            out.push_str(&decoded);
        }
        done = end;
        rest = &text[done..];
    }
    if let Some(out) = &mut out {
        out.push_str(rest);
    }
    out
}

/// One character from the front of misread text, with the length of what it was misread as.
fn decode_one(text: &str) -> Option<(char, usize)> {
    let mut chars = text.chars();
    let lead = chars.next().filter(|c| !c.is_ascii())?;
    let mut bytes = [cp1252_byte(lead)?, 0, 0, 0];
    let length = match bytes[0] {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return None,
    };
    let mut consumed = lead.len_utf8();
    for byte in &mut bytes[1..length] {
        let c = chars.next().filter(|c| !c.is_ascii())?;
        *byte = cp1252_byte(c)?;
        consumed += c.len_utf8();
    }
    let decoded = std::str::from_utf8(&bytes[..length]).ok()?;
    decoded.chars().next().map(|c| (c, consumed))
}

fn is_less_bad(decoded: &str, damaged: &str, after: &str) -> bool {
    if decoded.chars().any(|c| matches!(c, '\u{80}'..='\u{9f}')) && decoded.chars().count() == 1 {
        return false;
    }
    if decoded.chars().count() > 1 {
        return true;
    }
    // A capital before a closing quote (`„HÄ“`) is real German; a small letter must follow for the pair to be damage.
    let quoted =
        damaged.starts_with(['Ä', 'Å']) && damaged.ends_with(['“', '”', '‘', '’', '»', '«', '…', '–', '—']);
    if quoted {
        return after.starts_with(char::is_lowercase);
    }
    decoded.chars().all(|c| {
        matches!(c, '\u{a0}'..='\u{17f}' | '\u{218}'..='\u{21b}' | '\u{2010}'..='\u{203a}' | '€' | '™' | '№' | '\u{200b}'..='\u{200f}' | '\u{feff}')
            || c > '\u{ffff}'
    })
}

// ---- HTML entities ----------------------------------------------------------------------------------------------------

/// Named entities of Latin-1 in code point order from U+00A0, as HTML 4 names them.
const LATIN1_ENTITIES: [&str; 96] = [
    "nbsp", "iexcl", "cent", "pound", "curren", "yen", "brvbar", "sect", "uml", "copy", "ordf", "laquo",
    "not", "shy", "reg", "macr", "deg", "plusmn", "sup2", "sup3", "acute", "micro", "para", "middot",
    "cedil", "sup1", "ordm", "raquo", "frac14", "frac12", "frac34", "iquest", "Agrave", "Aacute", "Acirc",
    "Atilde", "Auml", "Aring", "AElig", "Ccedil", "Egrave", "Eacute", "Ecirc", "Euml", "Igrave", "Iacute",
    "Icirc", "Iuml", "ETH", "Ntilde", "Ograve", "Oacute", "Ocirc", "Otilde", "Ouml", "times", "Oslash",
    "Ugrave", "Uacute", "Ucirc", "Uuml", "Yacute", "THORN", "szlig", "agrave", "aacute", "acirc", "atilde",
    "auml", "aring", "aelig", "ccedil", "egrave", "eacute", "ecirc", "euml", "igrave", "iacute", "icirc",
    "iuml", "eth", "ntilde", "ograve", "oacute", "ocirc", "otilde", "ouml", "divide", "oslash", "ugrave",
    "uacute", "ucirc", "uuml", "yacute", "thorn", "yuml",
];

/// The other entities that export tools write.
const OTHER_ENTITIES: [(&str, char); 20] = [
    ("amp", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("quot", '"'),
    ("apos", '\''),
    ("euro", '€'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("sbquo", '‚'),
    ("bdquo", '„'),
    ("hellip", '…'),
    ("bull", '•'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("scaron", 'š'),
    ("Scaron", 'Š'),
];

fn decode_entities(text: &str) -> Option<String> {
    if !text.contains('&') || !text.contains(';') {
        return None;
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut changed = false;
    while let Some(start) = rest.find('&') {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        match entity(rest) {
            Some((c, length)) => {
                out.push(c);
                rest = &rest[length..];
                changed = true;
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    changed.then_some(out)
}

/// The entity that `text` begins with, and its length; the closing semicolon is required.
fn entity(text: &str) -> Option<(char, usize)> {
    /// `&thetasym;` is the longest name HTML 4 has.
    const LONGEST: usize = 11;
    let end = text.bytes().take(LONGEST).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
        None => match LATIN1_ENTITIES.iter().position(|&entity| entity == name) {
            Some(index) => char::from_u32(0xa0 + u32::try_from(index).ok()?)?,
            None => OTHER_ENTITIES.iter().find(|(entity, _)| *entity == name)?.1,
        },
    };
    Some((c, end + 1))
}
