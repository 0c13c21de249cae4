//! E-mail addresses.
//!
//! [`email`] takes one cell and gives the address to store (`canonical`: lower case, domain as A-labels, tag kept) and
//! the key under which addresses of one mailbox meet (`dedup_key`: the provider's own rules applied). A misspelt
//! domain gives a *suggestion*, never a rewrite: the address may be right. A cell with several addresses gives the
//! first and lists the others in [`Email::others`].
//!
//! Keys, strongest first: the mailbox; the mailbox with the suggested domain; at a domain of unknown rules the address
//! without its `+tag`. Placeholders and invalid addresses have none.
//!
//! Linear in the length of the value.

use std::borrow::Cow;

use serde::Serialize;

use super::ascii;
use super::{Hint, Normalized, Quality, with_original};

mod cells;
mod providers;
mod punycode;
mod syntax;

pub use cells::split_emails;
use cells::{narrowed, revealed, undone};
use providers::{Filler, Local, Rules, TABLES, country_variant, likely_domain, subdomain_user};
use syntax::{
    first_label, is_plain_domain, is_plain_local, local_fault, lower, strip_wrapping, to_ascii_domain,
};

/// What an address is known to be besides an address.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize)]
pub struct EmailFlags {
    /// A function (`info`, `ventas`), not a person: weak evidence of a person, good evidence of a company.
    pub role: bool,
    /// A throw-away mailbox.
    pub disposable: bool,
    /// A free or access provider: the domain says nothing of a company.
    pub free: bool,
    /// The domain is probably a misspelling; see [`Email::suggestion`].
    pub domain_typo: bool,
    /// A forwarding alias, unique to one service: two different ones say nothing.
    pub relay: bool,
}

/// The components of an address. All empty when nothing could be read.
#[derive(Clone, PartialEq, Eq, Debug, Default, Serialize)]
pub struct Email {
    /// Before the `@`, in lower case, with its tag.
    pub local: String,
    /// After the `@`, in lower case, international labels as A-labels (`xn--pea-8ma.es`).
    pub domain: String,
    /// The sub-address after `+`, where the provider is known to have them.
    pub tag: Option<String>,
    /// The provider whose rules apply.
    pub provider: Option<&'static str>,
    /// One string per mailbox. Never to be stored as, or sent to, an address. Empty for placeholders and invalid ones.
    pub dedup_key: String,
    /// What it is known to be.
    pub flags: EmailFlags,
    /// The address probably meant.
    pub suggestion: Option<String>,
    /// The further addresses of the cell, canonical.
    pub others: Vec<String>,
}

impl Email {
    /// `local@domain`, also for placeholders; empty when either part is missing.
    pub fn address(&self) -> String {
        if self.local.is_empty() || self.domain.is_empty() {
            return String::new();
        }
        join(&self.local, &self.domain)
    }
}

/// Normalises a cell that should hold an e-mail address.
///
/// # Null
/// Fillers (`sin email`, `nt@nt.es`, `juan@example.com`) are [`Quality::Placeholder`] with an empty canonical form.
///
/// # Complexity
/// Linear in the length of `raw`.
///
/// # Example
/// ```
/// use quilate::normalize::{Hint, email::email};
/// let ana = email("Ana <Ana.Garcia@Googlemail.com>", &Hint::default());
/// assert_eq!(ana.canonical, "ana.garcia@googlemail.com");
/// assert_eq!(ana.parts.dedup_key, "anagarcia@gmail.com");
/// ```
pub fn email<'a>(raw: &'a str, _hint: &Hint<'_>) -> Normalized<'a, Email> {
    if let Some(at) = plain_at(raw) {
        return plain(raw, at);
    }
    if let Some(narrow) = narrowed(raw).or_else(|| undone(raw)) {
        return with_original(raw, several(&narrow));
    }
    several(raw)
}

/// A cell of any number of addresses.
fn several(raw: &str) -> Normalized<'_, Email> {
    let mut pieces = split_emails(raw).into_iter();
    let Some(first) = pieces.next() else {
        return match revealed(raw).map(|shown| with_original(raw, single(&shown, &shown))) {
            Some(mut read) if read.quality == Quality::Ok => {
                read.quality = Quality::Suspicious;
                read.reasons.push("obfuscated");
                read
            }
            _ => without_address(raw, raw.trim()),
        };
    };
    let mut result = single(raw, first);
    let own = result.parts.address();
    let mut others: Vec<String> = Vec::new();
    for other in pieces.map(|piece| single(piece, piece).parts.address()) {
        if !other.is_empty() && other != own && !others.contains(&other) {
            others.push(other);
        }
    }
    if !others.is_empty() {
        result.parts.others = others;
        result.reasons.push("several_addresses");
        if !matches!(result.quality, Quality::Invalid | Quality::Placeholder) {
            result.quality = Quality::Multiple;
        }
    }
    result
}

/// Where the sign stands in a value that is one address without anything to clean or to doubt; the common case.
fn plain_at(raw: &str) -> Option<usize> {
    let at = raw.bytes().position(|byte| byte == b'@')?;
    (is_plain_local(&raw[..at]) && is_plain_domain(&raw[at + 1..])).then_some(at)
}

/// An address without anything to clean, whose sign stands at `at`.
fn plain(raw: &str, at: usize) -> Normalized<'_, Email> {
    let mut address = raw.to_owned();
    address.make_ascii_lowercase();
    let parts =
        Email { local: address[..at].to_owned(), domain: address[at + 1..].to_owned(), ..Email::default() };
    describe(raw, address, parts, Vec::new())
}

fn join(local: &str, domain: &str) -> String {
    let mut out = String::with_capacity(local.len() + domain.len() + 1);
    out.push_str(local);
    out.push('@');
    out.push_str(domain);
    out
}

fn outcome<'a>(
    original: &'a str,
    parts: Email,
    quality: Quality,
    reason: &'static str,
) -> Normalized<'a, Email> {
    Normalized { original, canonical: String::new(), parts, keys: Vec::new(), quality, reasons: vec![reason] }
}

fn without_address<'a>(original: &'a str, text: &str) -> Normalized<'a, Email> {
    if text.is_empty() {
        return outcome(original, Email::default(), Quality::Placeholder, "empty");
    }
    if ascii::is_null_marker(text) || ascii::is_one_byte_repeated(text) {
        return outcome(original, Email::default(), Quality::Placeholder, "negated_field_name");
    }
    outcome(original, Email::default(), Quality::Invalid, "no_at_sign")
}

/// One address, `text`, that may still carry quotes, a label and trailing punctuation.
fn single<'a>(original: &'a str, text: &str) -> Normalized<'a, Email> {
    address(original, strip_wrapping(text))
}

/// One address without anything around it.
fn address<'a>(original: &'a str, text: &str) -> Normalized<'a, Email> {
    let Some((local, domain)) = text.split_once('@') else {
        return without_address(original, text);
    };
    let (local, domain) = (local.trim_end(), domain.trim_start());
    let mut parts = Email { local: lower(local).into_owned(), ..Email::default() };
    if let Some(reason) = local_fault(local) {
        parts.domain = lower(domain).into_owned();
        return outcome(original, parts, Quality::Invalid, reason);
    }
    if domain.contains('@') {
        return outcome(original, parts, Quality::Invalid, "two_at_signs");
    }
    let mut reasons = Vec::new();
    let spaced = domain.contains(char::is_whitespace);
    let domain: Cow<'_, str> =
        if spaced { domain.split_whitespace().collect::<String>().into() } else { domain.into() };
    if let Some((head, tail)) = domain.rsplit_once(',') {
        parts.domain = lower(&domain).into_owned();
        let meant = join(&parts.local, &lower(&format!("{head}.{tail}")));
        parts.suggestion = Some(meant);
        parts.flags.domain_typo = true;
        return outcome(original, parts, Quality::Invalid, "bad_domain");
    }
    parts.domain = match to_ascii_domain(&domain) {
        Ok(ascii) => ascii,
        Err(reason) => {
            let lowered = lower(&domain);
            let fake = match reason {
                "no_tld" => matches!(
                    lowered.trim_end_matches('.'),
                    "localhost" | "local" | "test" | "example" | "invalid"
                ),
                "bad_tld" => {
                    placeholder_reason(&parts.local, &lowered, local_named(&parts.local).filler).is_some()
                }
                _ => false,
            };
            if fake {
                parts.domain = lowered.into_owned();
                return outcome(original, parts, Quality::Placeholder, "known_fake");
            }
            parts.domain = lower(&domain).into_owned();
            // `ana@gmail.c0m`
            if let Some(meant) = likely_domain(&parts.domain).filter(|_| reason == "bad_tld") {
                parts.suggestion = Some(join(&parts.local, &meant));
                parts.flags.domain_typo = true;
            }
            return outcome(original, parts, Quality::Invalid, reason);
        }
    };
    if spaced {
        reasons.push("space_in_domain");
    }
    describe(original, join(&parts.local, &parts.domain), parts, reasons)
}

/// Fills in what is known about a well-formed address and judges it; `canonical` is its parts with the sign between.
fn describe<'a>(
    original: &'a str,
    canonical: String,
    mut parts: Email,
    mut reasons: Vec<&'static str>,
) -> Normalized<'a, Email> {
    let known = TABLES.domains.get(parts.domain.as_str()).copied();
    let rules = known.and_then(|d| d.rules).or_else(|| country_variant(&parts.domain));
    parts.provider = rules.map(|r| r.provider);
    parts.flags.relay = rules.is_some_and(|r| r.relay);
    parts.flags.free = known.is_some_and(|d| d.free) || rules.is_some_and(|r| !r.relay);
    parts.flags.disposable = known.is_some_and(|d| d.disposable);
    let plus = parts.local.bytes().position(|b| b == b'+').unwrap_or(parts.local.len());
    let base = &parts.local[..plus];
    let named = local_named(base);
    parts.flags.role = named.role;
    let has_tags = rules.is_none_or(|r| r.tags);
    let base_len = if has_tags && !base.is_empty() { base.len() } else { parts.local.len() };
    if base_len < parts.local.len() && rules.is_some() {
        parts.tag = Some(parts.local[base_len + 1..].to_owned());
    }
    let filler =
        if base_len == base.len() { named.filler } else { local_named(&parts.local[..base_len]).filler };
    if let Some(reason) = placeholder_reason(&parts.local[..base_len], &parts.domain, filler) {
        return outcome(original, parts, Quality::Placeholder, reason);
    }
    if rules.is_none() && !parts.flags.free {
        let meant = known.and_then(|d| d.typo).map(Cow::Borrowed).or_else(|| likely_domain(&parts.domain));
        if let Some(meant) = meant {
            parts.flags.domain_typo = true;
            parts.suggestion = Some(join(&parts.local, &meant));
            reasons.push("domain_typo");
        }
    }
    if parts.flags.disposable {
        reasons.push("disposable_domain");
    }
    if !parts.local.is_ascii() {
        reasons.push("non_ascii_local");
    }
    if !parts.flags.relay && matches!(filler, Some(Filler::Absent | Filler::Nobody)) {
        reasons.push("placeholder_local");
    } else if first_label(&parts.domain).is_some_and(|(name, _)| name == parts.local) {
        reasons.push("local_equals_domain");
    }
    let quality = if reasons.is_empty() { Quality::Ok } else { Quality::Suspicious };
    parts.dedup_key = match rules {
        Some(_) => mailbox(&parts.local, &parts.domain, base_len, rules),
        None => canonical.clone(),
    };
    let mut keys = vec![parts.dedup_key.clone()];
    if let Some((local, domain)) = parts.suggestion.as_deref().and_then(|s| s.split_once('@')) {
        let rules = TABLES.domains.get(domain).and_then(|d| d.rules);
        keys.push(mailbox(local, domain, base_len, rules));
    }
    if rules.is_none() && base_len < parts.local.len() {
        keys.push(join(&parts.local[..base_len], &parts.domain));
    }
    Normalized { original, canonical, parts, keys, quality, reasons }
}

/// The key of a mailbox. At unknown domains a tag is kept: whether `+` separates one is the server's choice.
fn mailbox(local: &str, domain: &str, base_len: usize, rules: Option<&Rules>) -> String {
    let Some(rules) = rules else { return join(local, domain) };
    if rules.provider == "fastmail"
        && let Some((user, parent)) = subdomain_user(domain)
    {
        return join(user, parent);
    }
    let base = if rules.tags { &local[..base_len] } else { local };
    let mut out = String::with_capacity(base.len() + domain.len() + 1);
    if rules.ignored.is_empty() && !rules.dot_is_hyphen {
        out.push_str(base);
    } else {
        for c in base.chars().filter(|c| !rules.ignored.contains(*c)) {
            out.push(if rules.dot_is_hyphen && c == '.' { '-' } else { c });
        }
    }
    if out.is_empty() {
        out.push_str(base);
    }
    out.push('@');
    out.push_str(rules.key_domain.unwrap_or(domain));
    out
}

/// What a local part is known as: a role also with digits behind it (`info2`).
fn local_named(local: &str) -> Local {
    let known = TABLES.locals.get(local).copied().unwrap_or_default();
    let digits = local.bytes().rev().take_while(u8::is_ascii_digit).count();
    let word = &local[..local.len() - digits];
    let listed = |word: &str| TABLES.locals.get(word).is_some_and(|l| l.role);
    let role = known.role || (word.len() < local.len() && listed(word)) || is_branch_or_joined(local, listed);
    Local { role, ..known }
}

/// `info.madrid`, a mailbox of a branch, and `atencion-al-cliente`, whose words the table has in one.
fn is_branch_or_joined(local: &str, listed: impl Fn(&str) -> bool) -> bool {
    let Some(end) = local.bytes().position(|byte| matches!(byte, b'.' | b'-' | b'_')) else { return false };
    let of_branch = matches!(
        &local[..end],
        "info"
            | "contacto"
            | "contact"
            | "ventas"
            | "sales"
            | "soporte"
            | "support"
            | "admin"
            | "pedidos"
            | "facturacion"
            | "tienda"
            | "atencion"
            | "recepcion"
            | "reservas"
            | "clientes"
    );
    // Names are joined by dots far more often than words by dashes.
    of_branch || (local[end..].contains(['-', '_']) && listed(&local.replace(['-', '_'], "")))
}

/// Why an address stands for none. `filler` is what its local part is known as.
fn placeholder_reason(local: &str, domain: &str, filler: Option<Filler>) -> Option<&'static str> {
    let (name, rest) = first_label(domain)?;
    let top = domain.bytes().rposition(|byte| byte == b'.').map_or(domain, |dot| &domain[dot + 1..]);
    let reserved_top = matches!(top, "test" | "example" | "invalid" | "localhost" | "local");
    if reserved_top || (name == "example" && matches!(rest, "com" | "org" | "net" | "edu" | "es")) {
        return Some("reserved_domain");
    }
    if name == "test" && matches!(rest, "com" | "es") {
        return Some("reserved_domain");
    }
    if ascii::is_one_byte_repeated(local) && ascii::is_one_byte_repeated(name) && !rest.contains('.') {
        return Some("repeated_char");
    }
    match filler? {
        Filler::Absent => Some("known_fake"),
        _ => (local == name || is_filler_domain(name)).then_some("known_fake"),
    }
}

/// Second-level names that only occur with a filler before the `@`, and fillers themselves.
fn is_filler_domain(name: &str) -> bool {
    matches!(
        name,
        "email"
            | "mail"
            | "correo"
            | "tiene"
            | "notiene"
            | "dominio"
            | "domain"
            | "ejemplo"
            | "example"
            | "prueba"
            | "test"
            | "nada"
    ) || TABLES.locals.get(name).is_some_and(|l| l.filler.is_some())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(raw: &str) -> Normalized<'_, Email> {
        email(raw, &Hint::default())
    }

    #[test]
    fn canonical_and_mailbox() {
        let rows = [
            ("case and blanks", "  Marta.Gil@EMPRESA.es ", "marta.gil@empresa.es", "marta.gil@empresa.es"),
            ("gmail dots and tag", "m.a.r.t.a+web@gmail.com", "m.a.r.t.a+web@gmail.com", "marta@gmail.com"),
            (
                "outlook keeps dots",
                "marta.gil+x@outlook.com",
                "marta.gil+x@outlook.com",
                "marta.gil@outlook.com",
            ),
            ("country variant", "marta+x@hotmail.be", "marta+x@hotmail.be", "marta@hotmail.be"),
            ("unknown domain keeps tag", "marta+x@empresa.es", "marta+x@empresa.es", "marta+x@empresa.es"),
            ("proton", "m-ar_ta@pm.me", "m-ar_ta@pm.me", "marta@proton.me"),
            (
                "fastmail subdomain",
                "shop@marta.fastmail.com",
                "shop@marta.fastmail.com",
                "marta@fastmail.com",
            ),
            ("yandex", "marta.gil@ya.ru", "marta.gil@ya.ru", "marta-gil@yandex.ru"),
            ("display name", "\"Gil, Marta\" <marta@empresa.es>", "marta@empresa.es", "marta@empresa.es"),
            (
                "mailto with query",
                "MAILTO:marta@empresa.es?subject=hola",
                "marta@empresa.es",
                "marta@empresa.es",
            ),
            ("label", "e-mail: marta@empresa.es.", "marta@empresa.es", "marta@empresa.es"),
            ("quotes", "'marta@empresa.es'", "marta@empresa.es", "marta@empresa.es"),
            ("quote behind a label", "e-mail:'marta@empresa.es'", "marta@empresa.es", "marta@empresa.es"),
            ("IDN", "marta@Müller.DE", "marta@xn--mller-kva.de", "marta@xn--mller-kva.de"),
            ("decomposed IDN", "marta@mu\u{308}ller.de", "marta@xn--mller-kva.de", "marta@xn--mller-kva.de"),
        ];
        for (name, raw, canonical, key) in rows {
            let got = read(raw);
            assert_eq!((got.canonical.as_str(), got.parts.dedup_key.as_str()), (canonical, key), "{name}");
            assert_eq!(got.original, raw, "{name}");
        }
    }

    #[test]
    fn judged() {
        let rows = [
            ("jose@gmial.com", Quality::Suspicious, "domain_typo"),
            ("jose@empresa.con", Quality::Suspicious, "domain_typo"),
            ("jose@hotmaik.es", Quality::Suspicious, "domain_typo"),
            ("jose@yopmail.com", Quality::Suspicious, "disposable_domain"),
            ("josé@empresa.es", Quality::Suspicious, "non_ascii_local"),
            ("a@b.com", Quality::Placeholder, "repeated_char"),
            ("notiene@gmail.com", Quality::Placeholder, "known_fake"),
            ("x@localhost.local", Quality::Placeholder, "reserved_domain"),
            ("no tiene", Quality::Placeholder, "negated_field_name"),
            ("", Quality::Placeholder, "empty"),
            ("jose", Quality::Invalid, "no_at_sign"),
            ("jose..gil@empresa.es", Quality::Invalid, "dot_placement"),
            ("@empresa.es", Quality::Invalid, "empty_local"),
            ("jose@-empresa.es", Quality::Invalid, "bad_domain"),
            ("jose@1.2.3.4", Quality::Invalid, "bad_tld"),
            ("jose@gmail,com", Quality::Invalid, "bad_domain"),
            ("jose@a.es; ana@b.es", Quality::Multiple, "several_addresses"),
            ("jose@a.es ana@b.es", Quality::Multiple, "several_addresses"),
            ("jose@a.es ::: ana@b.es", Quality::Multiple, "several_addresses"),
        ];
        for (raw, quality, reason) in rows {
            let got = read(raw);
            assert_eq!(
                (got.quality, got.reasons.contains(&reason)),
                (quality, true),
                "{raw}: {:?}",
                got.reasons
            );
        }
    }

    #[test]
    fn suggestions_are_made_not_applied() {
        for (raw, meant) in [
            ("jose@gmial.com", "jose@gmail.com"),
            ("jose@gmail,com", "jose@gmail.com"),
            ("jose@empresa.con", "jose@empresa.com"),
            ("jose@outlookk.es", "jose@outlook.es"),
        ] {
            assert_eq!(read(raw).parts.suggestion.as_deref(), Some(meant), "{raw}");
        }
        for raw in ["jose@mail.com", "jose@hotmail.be", "jose@empresa.es", "jose@gmx.es"] {
            assert_eq!(read(raw).parts.suggestion, None, "{raw}");
        }
    }

    #[test]
    fn splits_cells() {
        let rows: [(&str, &[&str]); 5] = [
            ("a@x.es,b@y.es", &["a@x.es", "b@y.es"]),
            ("a@x.es / b@y.es", &["a@x.es", "b@y.es"]),
            ("Gil, Ana <a@x.es>; b@y.es", &["a@x.es", "b@y.es"]),
            ("ana gil@x.es", &["ana gil@x.es"]),
            ("none", &[]),
        ];
        for (raw, pieces) in rows {
            assert_eq!(split_emails(raw), pieces, "{raw}");
        }
    }

    #[test]
    fn typo_key_meets_the_meant_mailbox() {
        let wrong = read("jose.gil@gmial.com");
        let right = read("josegil@gmail.com");
        assert!(wrong.keys.contains(&right.parts.dedup_key));
    }

    proptest! {
        #[test]
        fn idempotent_and_keeps_the_original(raw in "\\PC{0,40}|[a-zA-ZñÜ.+ ]{1,8}@[a-zA-Zñİß.,-]{1,8}\\.(com|es|con)[.; ]?") {
            let first = read(&raw);
            prop_assert_eq!(first.original, raw.as_str());
            let again = read(&first.canonical);
            prop_assert_eq!(&again.canonical, &first.canonical);
            prop_assert_eq!(&again.parts.dedup_key, &first.parts.dedup_key);
        }
    }
}
