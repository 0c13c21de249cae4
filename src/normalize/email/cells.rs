//! The addresses of a cell, and what hides them.

/// The addresses of a cell, in order, as they are written: cut at `;`, `,`, `|`, ` ::: `, line breaks, and at blanks and
/// slashes between two addresses. Display names are dropped. Pieces without an `@` are left out.
pub fn split_emails(raw: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let hard = |c: char| matches!(c, ';' | ',' | '|' | '\n' | '\r' | '\t');
    if has_comma_for_dot(raw) {
        push_segment(raw, &mut out);
        return out;
    }
    if has_comma_in_local(raw) {
        push_segment(raw, &mut out);
        return out;
    }
    for part in raw.split(hard).flat_map(|s| s.split(":::")) {
        push_segment(part, &mut out);
    }
    out
}

/// Whether the only comma is a slip for the dot of the domain: `juan@gmail,com`.
fn has_comma_for_dot(raw: &str) -> bool {
    let Some((head, tail)) = raw.trim().rsplit_once(',') else { return false };
    let domain = head.rsplit_once('@').map(|(_, d)| d);
    (2..=3).contains(&tail.len())
        && tail.bytes().all(|b| b.is_ascii_alphabetic())
        && domain.is_some_and(|d| !d.is_empty() && d.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'))
}

/// Whether the only comma stands between small letters of the local part, for a dot: `ana,ruiz@empresa.es`. What a list
/// would name first is no address.
fn has_comma_in_local(raw: &str) -> bool {
    let Some((local, domain)) = raw.trim().split_once('@') else { return false };
    let Some((head, tail)) = local.split_once(',') else { return false };
    let plain = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_lowercase() || b == b'.');
    plain(head) && plain(tail) && !domain.contains(['@', ',', ';', ' '])
}

/// The text without the marks that programs leave in it: `ana@empresa.es#mailto:ana@empresa.es#` of a database's links,
/// `&amp;` of a page; `None` when there are none.
pub(super) fn undone(raw: &str) -> Option<String> {
    if let Some((shown, _)) = raw.split_once("#mailto:").filter(|(shown, _)| shown.contains('@')) {
        return Some(shown.to_owned());
    }
    raw.contains("&amp;").then(|| raw.replace("&amp;", "&"))
}

fn push_segment<'a>(segment: &'a str, out: &mut Vec<&'a str>) {
    let ats = segment.bytes().filter(|&b| b == b'@').count();
    if ats == 0 {
        return;
    }
    if let Some(inner) = in_angle_brackets(segment) {
        out.push(inner);
    } else if ats == 1 {
        out.push(segment.trim());
    } else {
        let blank_or_slash = |c: char| c.is_whitespace() || c == '/';
        let before = out.len();
        out.extend(segment.split(blank_or_slash).filter(|p| p.contains('@') && p.len() > 1));
        if out.len() == before {
            out.push(segment.trim());
        }
    }
}

fn in_angle_brackets(segment: &str) -> Option<&str> {
    let open = segment.rfind('<')?;
    let inner = &segment[open + 1..];
    let inner = inner.find('>').map_or(inner, |close| &inner[..close]);
    inner.contains('@').then(|| inner.trim())
}

/// The text with full-width letters and signs in ASCII; `None` when there are none.
pub(super) fn narrowed(raw: &str) -> Option<String> {
    let is_wide = |c: char| matches!(c, '\u{FF01}'..='\u{FF5E}');
    raw.contains(is_wide).then(|| {
        let narrow = |c: char| if is_wide(c) { char::from_u32(c as u32 - 0xFEE0).unwrap_or(c) } else { c };
        raw.chars().map(narrow).collect()
    })
}

/// `ana (at) empresa (dot) es`, as people write where programs look for addresses, with its signs; `None` for other text.
pub(super) fn revealed(raw: &str) -> Option<String> {
    const AT: [&str; 5] = ["(at)", "[at]", "(arroba)", "[arroba]", "{at}"];
    const DOT: [&str; 5] = ["(dot)", "[dot]", "(punto)", "[punto]", "{dot}"];
    if raw.contains('@') {
        return None;
    }
    if !raw.contains(['(', '[', '{']) {
        return spelled(raw);
    }
    let lowered = raw.to_lowercase();
    let at = AT.into_iter().find(|at| lowered.contains(at))?;
    let mut out = lowered.replacen(at, "@", 1);
    DOT.into_iter().for_each(|dot| out = out.replace(dot, "."));
    out.retain(|c| !c.is_whitespace());
    Some(out)
}

/// `ana arroba empresa punto es`, `ana AT empresa DOT es`.
fn spelled(raw: &str) -> Option<String> {
    const LONGEST: usize = 100;
    if raw.len() > LONGEST || !raw.contains(' ') {
        return None;
    }
    let lowered = raw.to_lowercase();
    let words = lowered.split_whitespace().map(|word| match word {
        "arroba" | "at" => "@",
        "punto" | "dot" | "ponto" => ".",
        word => word,
    });
    let out: String = words.collect();
    let complete = out.matches('@').count() == 1 && !out.contains("..") && !raw.contains('.');
    (complete
        && out.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.')))
    .then_some(out)
}
