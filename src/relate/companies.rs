//! Who works for whom: by the name of the company, and by e-mail domains that belong to no public provider.

use std::collections::BTreeSet;

use super::postings::{Postings, pairs};
use super::{Evidence, Found, RelateOptions, RelationKind};
use crate::normalize::{Hint, email};
use crate::table::{AttributeKind, Interner, NULL};

/// Most entities that are companies of one name: more are branches that nothing tells apart.
const MOST_COMPANIES: usize = 4;

pub(super) fn relate(found: &mut Found<'_>, options: &RelateOptions) {
    let names = found.postings(AttributeKind::Company);
    let domains = domains(found);
    let websites = found.postings(AttributeKind::Website);
    let company = first_names(found, &names);
    for (postings, evidence, what) in [
        (&names, Evidence::COMPANY, "company"),
        (&domains, Evidence::DOMAIN, "email_domain"),
        (&websites, Evidence::WEBSITE, "website"),
    ] {
        for (_, group) in postings.groups() {
            let weight = found.bits(group.len());
            let people: Vec<u32> = group.iter().copied().filter(|&e| found.person[e as usize]).collect();
            let companies: Vec<u32> = group.iter().copied().filter(|&e| found.company[e as usize]).collect();
            if companies.len() <= MOST_COMPANIES {
                for &employer in &companies {
                    for &person in &people {
                        found.add_directed((person, employer), RelationKind::Employer, weight, evidence);
                    }
                }
                if evidence != Evidence::COMPANY {
                    parents(found, &company, &companies, weight, evidence);
                }
            }
            if people.len() > options.colleague_limit {
                found.pass_over(what, people.len());
                continue;
            }
            for pair in pairs(&people) {
                found.add(pair, RelationKind::Colleague, weight, evidence);
            }
        }
    }
}

/// A family may have a domain of its own, and is no company for it: of the members of a household, only those who name one
/// company are colleagues.
pub(super) fn leave_out_families(found: &mut Found<'_>) {
    let of_kind = |kind: RelationKind, evidence: Evidence| {
        let of = found.items.iter().filter(move |relation| relation.kind == kind);
        let of = of.filter(move |relation| relation.evidence.contains(evidence));
        of.map(|relation| (relation.from, relation.to)).collect::<BTreeSet<_>>()
    };
    let households = of_kind(RelationKind::Household, Evidence::default());
    let named = of_kind(RelationKind::Colleague, Evidence::COMPANY);
    found.items.retain(|relation| {
        let pair = (relation.from, relation.to);
        relation.kind != RelationKind::Colleague || named.contains(&pair) || !households.contains(&pair)
    });
}

/// Companies of one domain or web site, one of which has the name of the other and more: `acme iberia` belongs to `acme`.
fn parents(found: &mut Found<'_>, name: &[u32], companies: &[u32], weight: f64, evidence: Evidence) {
    let attributes = found.input.attributes;
    let Some(at) = attributes.position(AttributeKind::Company) else { return };
    let dictionary = attributes.columns[at].column.dictionary();
    for (a, b) in pairs(companies) {
        let (x, y) = (name[a as usize], name[b as usize]);
        if x == NULL || y == NULL {
            continue;
        }
        let longer = |longer: u32, shorter: u32| {
            let rest = dictionary.text(longer).strip_prefix(dictionary.text(shorter));
            rest.is_some_and(|rest| rest.starts_with(' '))
        };
        let pair = if longer(x, y) { (a, b) } else { (b, a) };
        if longer(x, y) || longer(y, x) {
            found.add_directed(pair, RelationKind::ParentCompany, weight, evidence);
        }
    }
}

/// Code of the first company name of each entity, in the first column of that kind.
fn first_names(found: &Found<'_>, names: &Postings) -> Vec<u32> {
    let mut first = vec![NULL; found.input.entities.len()];
    for (key, entity) in names.iter().filter(|&(key, _)| key < 1 << 32) {
        let slot = &mut first[entity as usize];
        *slot = (*slot).min(key as u32);
    }
    first
}

/// Entities by the domain of their addresses, where it says where they work.
fn domains(found: &Found<'_>) -> Postings {
    let mut interner = Interner::new();
    let mut is_business: Vec<bool> = Vec::new();
    let mut pairs_of_domain = Vec::new();
    for attribute in &found.input.attributes.columns {
        if attribute.kind != AttributeKind::Email {
            continue;
        }
        let dictionary = attribute.column.dictionary();
        let domain: Vec<u32> = dictionary
            .iter()
            .map(|address| {
                let Some((_, domain)) = address.rsplit_once('@') else { return NULL };
                let code = interner.intern(domain);
                if code as usize == is_business.len() {
                    let address = format!("nobody@{domain}");
                    let read = email::email(&address, &Hint::default());
                    let flags = read.parts.flags;
                    is_business.push(
                        !read.parts.domain.is_empty() && !flags.free && !flags.disposable && !flags.relay,
                    );
                }
                code
            })
            .collect();
        for record in 0..attribute.column.len() {
            let entity = found.input.entities.entity_of(crate::RecordId(record as u32)).0;
            for &code in attribute.column.codes(record) {
                let domain = domain[code as usize];
                if domain != NULL && is_business[domain as usize] {
                    pairs_of_domain.push((u128::from(domain), entity));
                }
            }
        }
    }
    Postings::new(pairs_of_domain)
}
