//! What is known of mail domains: providers and their rules, free and throw-away mail, misspellings.

use std::borrow::Cow;
use std::sync::LazyLock;

use super::super::ascii::{self, Lookup};
use super::syntax::first_label;

/// `user.fastmail.com` is the mailbox `user@fastmail.com`, whatever comes before the `@`.
pub(super) fn subdomain_user(domain: &str) -> Option<(&str, &str)> {
    let (user, parent) = first_label(domain)?;
    (parent.starts_with("fastmail.") && !user.is_empty()).then_some((user, parent))
}

/// What a provider makes of a local part.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rules {
    pub(super) provider: &'static str,
    pub(super) key_domain: Option<&'static str>,
    pub(super) ignored: &'static str,
    pub(super) tags: bool,
    pub(super) dot_is_hyphen: bool,
    pub(super) relay: bool,
}

#[derive(Clone, Copy, Default)]
pub(super) struct Domain {
    pub(super) rules: Option<&'static Rules>,
    pub(super) free: bool,
    pub(super) disposable: bool,
    pub(super) typo: Option<&'static str>,
}

/// What a local part may be known as.
#[derive(Clone, Copy, Default)]
pub(super) struct Local {
    pub(super) role: bool,
    pub(super) filler: Option<Filler>,
}

/// What people type into a required field.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Filler {
    /// Says in full that there is none, whatever the domain.
    Absent,
    /// No mailbox of a person.
    Nobody,
    /// May be a person's: a filler only together with such a domain.
    Person,
}

pub(super) struct Tables {
    pub(super) domains: Lookup<Domain>,
    pub(super) locals: Lookup<Local>,
}

static PROVIDERS: LazyLock<Vec<(&'static str, Rules)>> = LazyLock::new(|| {
    let optional = |s: &'static str| (s != "-").then_some(s);
    let rules = |row: &[&'static str]| match *row {
        [domain, provider, key_domain, ignored, tags, hyphen, class] => Some((
            domain,
            Rules {
                provider,
                key_domain: optional(key_domain),
                ignored: if ignored == "none" { "" } else { ignored },
                tags: tags == "+",
                dot_is_hyphen: hyphen == ".",
                relay: class == "relay",
            },
        )),
        _ => None,
    };
    ascii::rows(include_str!("../../../resources/emails/providers.tsv"))
        .filter_map(|row| rules(&row))
        .collect()
});

pub(super) static TABLES: LazyLock<Tables> = LazyLock::new(|| {
    let mut domains: Lookup<Domain> = Lookup::default();
    for row in ascii::rows(include_str!("../../../resources/emails/domain_typos.tsv")) {
        if let [typo, meant] = *row {
            domains.entry(typo).or_default().typo = Some(meant);
        }
    }
    for row in ascii::rows(include_str!("../../../resources/emails/free.txt")) {
        domains.entry(row[0]).or_default().free = true;
    }
    for row in ascii::rows(include_str!("../../../resources/emails/disposable.txt")) {
        domains.entry(row[0]).or_default().disposable = true;
    }
    for (domain, rules) in PROVIDERS.iter() {
        domains.entry(domain).or_default().rules = Some(rules);
    }
    let mut locals: Lookup<Local> = Lookup::default();
    for row in ascii::rows(include_str!("../../../resources/emails/roles.txt")) {
        locals.entry(row[0]).or_default().role = true;
    }
    for row in ascii::rows(include_str!("../../../resources/emails/fillers.tsv")) {
        if let [local, class] = *row {
            locals.entry(local).or_default().filler = Some(match class {
                "absent" => Filler::Absent,
                "filler" => Filler::Nobody,
                _ => Filler::Person,
            });
        }
    }
    Tables { domains, locals }
});

/// The rules of `hotmail.<country>` and the like, which the table does not list one by one.
pub(super) fn country_variant(domain: &str) -> Option<&'static Rules> {
    let (name, rest) = first_label(domain)?;
    let model = match name {
        "hotmail" | "outlook" | "live" => "outlook.com",
        "yahoo" => "yahoo.com",
        _ => return subdomain_user(domain).and_then(|(_, parent)| TABLES.domains.get(parent)?.rules),
    };
    let country = rest.strip_prefix("com.").or_else(|| rest.strip_prefix("co.")).unwrap_or(rest);
    let is_country = country.len() == 2 && TABLES.domains.get(domain).is_none_or(|d| d.typo.is_none());
    if is_country { TABLES.domains.get(model)?.rules } else { None }
}

/// Large providers, against which an unknown domain is compared.
const POPULAR: &[&str] = &[
    "gmail.com",
    "hotmail.com",
    "hotmail.es",
    "outlook.com",
    "outlook.es",
    "yahoo.com",
    "yahoo.es",
    "icloud.com",
    "telefonica.net",
    "googlemail.com",
    "protonmail.com",
    "movistar.es",
    "hotmail.fr",
    "yahoo.fr",
    "yahoo.com.mx",
    "hotmail.com.mx",
    "yahoo.com.ar",
    "yahoo.com.br",
    "hotmail.it",
    "libero.it",
    "wanadoo.es",
];

/// The top-level domain meant by an ending that is none.
fn mended_top(top: &str) -> Option<&'static str> {
    Some(match top {
        "con" | "cmo" | "ocm" | "vom" | "xom" | "comm" | "coom" | "cpm" | "cim" | "conm" | "comn"
        | "ccom" | "c0m" => "com",
        "ess" | "ees" => "es",
        "nte" | "ent" | "ner" => "net",
        "orgg" | "ogr" => "org",
        _ => return None,
    })
}

/// The domain probably meant by an unknown one: a broken ending mended, or a large provider one edit away. The first
/// letter must agree unless the listed slips say otherwise: `mail.com` is not `gmail.com`.
pub(super) fn likely_domain(domain: &str) -> Option<Cow<'static, str>> {
    if let Some(dot) = domain.bytes().rposition(|byte| byte == b'.')
        && let (name, top) = (&domain[..dot], &domain[dot + 1..])
        && let Some(mended) = mended_top(top)
    {
        let mended = format!("{name}.{mended}");
        let typo = TABLES.domains.get(mended.as_str()).and_then(|d| d.typo);
        return Some(typo.map_or(mended.into(), Cow::Borrowed));
    }
    let near = |p: &&&str| {
        p.as_bytes().first() == domain.as_bytes().first() && is_one_edit(p.as_bytes(), domain.as_bytes())
    };
    POPULAR.iter().find(near).map(|p| Cow::Borrowed(*p)).or_else(|| likely_name(domain))
}

/// A large provider's name one edit away before a country's own ending: `gmial.es`, `hotmial.com.ar`.
fn likely_name(domain: &str) -> Option<Cow<'static, str>> {
    const NAMES: &[&str] = &["gmail", "hotmail", "outlook", "yahoo", "icloud"];
    let (name, top) = first_label(domain)?;
    let near = |n: &&&str| {
        n.as_bytes().first() == name.as_bytes().first() && is_one_edit(n.as_bytes(), name.as_bytes())
    };
    let meant = format!("{}.{top}", NAMES.iter().find(near)?);
    let known = TABLES.domains.get(meant.as_str()).copied().unwrap_or_default();
    match known.typo {
        Some(typo) => Some(typo.into()),
        None => {
            (known.free || known.rules.is_some() || country_variant(&meant).is_some()).then(|| meant.into())
        }
    }
}

/// Whether two strings differ by exactly one insertion, deletion, substitution or swap of neighbours.
fn is_one_edit(a: &[u8], b: &[u8]) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    if long.len() - short.len() > 1 || a == b {
        return false;
    }
    let same = short.iter().zip(long).take_while(|(x, y)| x == y).count();
    if short.len() < long.len() {
        return short[same..] == long[same + 1..];
    }
    let (x, y) = (&short[same..], &long[same..]);
    x[1..] == y[1..] || (x.len() >= 2 && x[0] == y[1] && x[1] == y[0] && x[2..] == y[2..])
}
