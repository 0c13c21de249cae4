//! The text of one address: what is wrapped around it, its local part and its domain.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::super::ascii;
use super::punycode;

/// RFC 5321, section 4.5.3.1.
const MAX_LOCAL: usize = 64;
/// RFC 5321, section 4.5.3.1, less the angle brackets.
const MAX_DOMAIN: usize = 253;
/// RFC 1035, section 2.3.4.
const MAX_LABEL: usize = 63;

/// Takes off quotes, brackets, labels such as `mailto:` and punctuation around an address.
pub(super) fn strip_wrapping(text: &str) -> &str {
    let outside = |c: char| {
        c.is_whitespace()
            || ascii::is_invisible(c)
            || matches!(c, '<' | '>' | '(' | ')' | '[' | ']' | '"' | '\u{201C}' | '\u{201D}')
    };
    // No address that people have begins with a quote, wherever the label stands.
    let before = |c: char| outside(c) || matches!(c, '\'' | '\u{2018}' | '\u{2019}');
    let mut text = text.trim_end_matches(outside).trim_start_matches(before);
    while let Some(colon) = text.find(':') {
        let at = text.find('@').unwrap_or(text.len());
        if colon > at {
            break;
        }
        text = text[colon + 1..].trim_start_matches(before);
    }
    if let Some((address, _query)) = text.split_once('?').filter(|(a, _)| a.contains('@')) {
        text = address;
    }
    // A remark in brackets after the address.
    if let Some((address, _remark)) = text.split_once(" (").filter(|(a, _)| a.contains('@')) {
        text = address;
    }
    text.trim_end_matches(|c: char| {
        outside(c) || matches!(c, '.' | ',' | ';' | ':' | '\'' | '\u{2019}' | '!')
    })
    .trim_start_matches(before)
}

pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        if text.bytes().any(|b| b.is_ascii_uppercase()) {
            return text.to_ascii_lowercase().into();
        }
        return text.into();
    }
    // Lower case may decompose (`İ`), so composition comes last; that makes the pair idempotent.
    text.nfc()
        .filter(|&c| !ascii::is_invisible(c))
        .flat_map(char::to_lowercase)
        .nfc()
        .collect::<String>()
        .into()
}

pub(super) fn local_fault(local: &str) -> Option<&'static str> {
    if local.is_empty() {
        return Some("empty_local");
    }
    if local.len() > MAX_LOCAL {
        return Some("too_long");
    }
    if local.contains(char::is_whitespace) {
        return Some("space_in_local");
    }
    if local.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'+' | b'-' | b'_')) {
        return has_stray_dot(local).then_some("dot_placement");
    }
    let allowed = |c: char| {
        c.is_ascii_alphanumeric()
            || matches!(c, '!' | '#'..='\'' | '*' | '+' | '-' | '.' | '/' | '=' | '?' | '^'..='`' | '{'..='~')
            || (!c.is_ascii() && (c.is_alphanumeric() || unicode_normalization::char::is_combining_mark(c)))
    };
    if !local.chars().all(allowed) {
        return Some("bad_character");
    }
    has_stray_dot(local).then_some("dot_placement")
}

/// A dot at an end, or behind another.
fn has_stray_dot(local: &str) -> bool {
    let bytes = local.as_bytes();
    bytes.starts_with(b".") || bytes.ends_with(b".") || bytes.windows(2).any(|pair| pair == b"..")
}

/// Whether a local part is of letters, digits and the usual signs of ASCII, and nothing is wrong with it.
pub(super) fn is_plain_local(local: &str) -> bool {
    let (mut before, mut plain) = (b'.', true);
    for byte in local.bytes() {
        let sign = matches!(byte, b'_' | b'+' | b'-') || (byte == b'.' && before != b'.');
        plain &= byte.is_ascii_alphanumeric() | sign;
        before = byte;
    }
    plain && before != b'.' && local.len() <= MAX_LOCAL
}

/// Whether a domain is labels of letters, digits and dashes inside, the last of letters, and short: nothing can be wrong
/// with it.
pub(super) fn is_plain_domain(domain: &str) -> bool {
    let (mut label, mut labels, mut letters, mut before) = (0, 1, true, b'.');
    for byte in domain.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' => label += 1,
            b'0'..=b'9' => (label, letters) = (label + 1, false),
            b'-' if label > 0 => (label, letters) = (label + 1, false),
            b'.' if label > 0 && before != b'-' => (label, labels, letters) = (0, labels + 1, true),
            _ => return false,
        }
        before = byte;
    }
    domain.len() <= MAX_LABEL && labels > 1 && label >= 2 && letters
}

/// A domain cut behind its first label.
pub(super) fn first_label(domain: &str) -> Option<(&str, &str)> {
    let dot = domain.bytes().position(|byte| byte == b'.')?;
    Some((&domain[..dot], &domain[dot + 1..]))
}

/// The domain in lower case with A-labels, or why it cannot be one.
pub(super) fn to_ascii_domain(domain: &str) -> Result<String, &'static str> {
    let lowered = lower(domain);
    let lowered = lowered.trim_end_matches('.');
    if is_plain_domain(lowered) {
        return Ok(lowered.to_owned());
    }
    let mut out = String::with_capacity(lowered.len());
    for label in lowered.split(['.', '\u{3002}', '\u{FF0E}']) {
        if !out.is_empty() {
            out.push('.');
        }
        let from = out.len();
        if label.is_ascii() {
            out.push_str(label);
        } else {
            out.push_str("xn--");
            punycode::encode_into(label, &mut out).ok_or("bad_domain")?;
        }
        let ascii = &out.as_bytes()[from..];
        let inside = |b: &u8| b.is_ascii_alphanumeric() || *b == b'-';
        if ascii.is_empty() || ascii.len() > MAX_LABEL || !ascii.iter().all(inside) {
            return Err("bad_domain");
        }
        if ascii[0] == b'-'
            || ascii[ascii.len() - 1] == b'-'
            || label.chars().any(|c| !c.is_ascii() && !c.is_alphanumeric())
        {
            return Err("bad_domain");
        }
    }
    let Some((_, top)) = out.rsplit_once('.') else { return Err("no_tld") };
    if out.len() > MAX_DOMAIN {
        return Err("too_long");
    }
    let top_is_name =
        top.len() >= 2 && (top.starts_with("xn--") || top.bytes().all(|b| b.is_ascii_alphabetic()));
    if top_is_name { Ok(out) } else { Err("bad_tld") }
}
