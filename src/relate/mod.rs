//! Relations between customers that are not one: who lives together, who can be reached at one address, who works where,
//! and which customers matching was not sure about. A relation never merges anything.
//!
//! Reach for [`relate`] behind clustering. What it takes is what matching worked on; it looks at no golden record but
//! for the record that the current address comes from, so that a customer who has moved out is no longer in the household.
//!
//! # Shape
//! One [`Relation`] a pair of entities and [`RelationKind`], ascending by (from, to, kind); pairs of undirected kinds have
//! the smaller entity first. [`Relations::household`] has one entry an entity.
//!
//! # Null
//! An entity without an address, a contact point or a company has no relation of these kinds.
//!
//! # Limits
//! A value shared by more entities than [`RelateOptions`] allows relates nobody (a switchboard, a block of flats): the
//! groups that were passed over and their entities are counted in [`Relations::passed_over`].
//!
//! # Complexity
//! Sorting one posting a value and entity, then at most a constant number of pairs an entity: the limits make the cost
//! linear in any data.

mod companies;
mod contacts;
mod households;
mod matches;
mod postings;

use std::collections::BTreeMap;

use crate::cluster::{Edge, Entities};
use crate::error::Issues;
use crate::ids::{EntityId, RecordId};
use crate::normalize::attributes::Attributes;
use crate::table::AttributeKind;

use postings::Postings;

/// What two entities are to each other.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[non_exhaustive]
pub enum RelationKind {
    /// They live at one address and share a surname or a contact point.
    Household,
    /// They share an e-mail address or a telephone number.
    SharedContactPoint,
    /// The first works for the second, which is a company. Directed.
    Employer,
    /// They work for one company.
    Colleague,
    /// The first belongs to the second; both are companies. Directed.
    ParentCompany,
    /// They may be one customer: the evidence is between "review" and "merge".
    PossibleMatch,
    /// One of them fits the other about as well as a third, and those two are not the same.
    AmbiguousMatch,
}

impl RelationKind {
    /// All kinds, in the order of the enum.
    pub const ALL: [Self; 7] = [
        Self::Household,
        Self::SharedContactPoint,
        Self::Employer,
        Self::Colleague,
        Self::ParentCompany,
        Self::PossibleMatch,
        Self::AmbiguousMatch,
    ];

    /// The stable name, as in `relations.csv`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Household => "household",
            Self::SharedContactPoint => "shared_contact_point",
            Self::Employer => "employer",
            Self::Colleague => "colleague",
            Self::ParentCompany => "parent_company",
            Self::PossibleMatch => "possible_match",
            Self::AmbiguousMatch => "ambiguous_match",
        }
    }

    /// Whether the first entity is something else in it than the second.
    pub fn is_directed(self) -> bool {
        matches!(self, Self::Employer | Self::ParentCompany)
    }
}

/// What a relation rests on; several at once.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Evidence(u16);

impl Evidence {
    /// Street, number and town or postcode.
    pub const ADDRESS: Self = Self(1);
    /// A surname, or one of two.
    pub const SURNAME: Self = Self(1 << 1);
    /// An e-mail address.
    pub const EMAIL: Self = Self(1 << 2);
    /// A telephone number.
    pub const PHONE: Self = Self(1 << 3);
    /// The name of a company.
    pub const COMPANY: Self = Self(1 << 4);
    /// The domain of e-mail addresses, of no public provider.
    pub const DOMAIN: Self = Self(1 << 5);
    /// The web site.
    pub const WEBSITE: Self = Self(1 << 6);
    /// The weight of a pair of their records.
    pub const MATCH_WEIGHT: Self = Self(1 << 7);

    const NAMES: [&'static str; 8] =
        ["address", "surname", "email", "phone", "company", "email_domain", "website", "match_weight"];

    /// Both together.
    pub fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` is in it.
    pub fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The names of its parts, in a fixed order.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES.into_iter().enumerate().filter(move |(at, _)| self.0 >> at & 1 == 1).map(|(_, name)| name)
    }
}

/// One relation.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Relation {
    /// The smaller entity, or the one that the direction starts from.
    pub from: EntityId,
    /// The other entity.
    pub to: EntityId,
    /// What they are to each other.
    pub kind: RelationKind,
    /// Bits: what is shared, as `log2(entities / entities that share it)` summed; of matches the log2 odds.
    pub weight: f64,
    /// What it rests on.
    pub evidence: Evidence,
}

/// What is related.
#[derive(Clone, Copy, Debug)]
pub struct RelateInput<'a> {
    /// The evidence of all records.
    pub attributes: &'a Attributes,
    /// Which records are one customer.
    pub entities: &'a Entities,
    /// The scored pairs of records.
    pub edges: &'a [Edge],
    /// Pairs that clustering found ambiguous: a record that fits two customers, one of them, and the log2 odds.
    pub ambiguous: &'a [(RecordId, RecordId, f64)],
    /// For each entity the record that its current address comes from; may be empty: no addresses.
    pub home: &'a [Option<RecordId>],
}

/// Limits and thresholds.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct RelateOptions {
    /// Most entities that an e-mail address or a telephone number relates. More share a switchboard or an office.
    pub contact_limit: usize,
    /// Most entities at one street number that are compared. More is a tower, an office or a poste restante.
    pub address_limit: usize,
    /// Most people of a company that are colleagues of each other. More work in departments that nobody told us of.
    pub colleague_limit: usize,
    /// Most entities in one household.
    pub household_limit: usize,
    /// Log2 odds from which a pair that was not merged is a possible match.
    pub review: f64,
    /// Log2 odds within which two candidates fit about equally.
    pub ambiguity: f64,
}

impl Default for RelateOptions {
    fn default() -> Self {
        Self {
            contact_limit: 10,
            address_limit: 40,
            colleague_limit: 20,
            household_limit: 12,
            // Odds of 1 to 16: below that a person who looks at the pairs finds one in twenty at best.
            review: -4.0,
            // Odds that differ by less than a factor of four are within what sampling moves a weight.
            ambiguity: 2.0,
        }
    }
}

/// All relations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Relations {
    items: Vec<Relation>,
    /// First entity of the household of each entity; its own number when it lives alone.
    household: Vec<EntityId>,
    /// Groups over a limit: by what they share, how many groups and how many entities in them.
    pub passed_over: BTreeMap<&'static str, (u64, u64)>,
}

impl Relations {
    /// All of them, ascending by (from, to, kind).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Relation> {
        self.items.iter()
    }

    /// How many.
    pub fn len(&self) -> usize {
        self.items.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.items.is_empty()
    }

    /// Those of one entity, whichever side it is on.
    ///
    /// # Complexity
    /// Linear in all relations: meant for looking at one customer.
    pub fn of(&self, entity: EntityId) -> impl Iterator<Item = &Relation> {
        self.items.iter().filter(move |relation| relation.from == entity || relation.to == entity)
    }

    /// The household of an entity, named after its first member; a customer who lives alone is a household.
    pub fn household(&self, entity: EntityId) -> EntityId {
        self.household.get(entity.index()).copied().unwrap_or(entity)
    }

    /// What the limits passed over, as findings about the data.
    pub fn issues(&self) -> Issues {
        let mut issues = Issues::new();
        for (what, (groups, entities)) in &self.passed_over {
            let (groups, are) = match groups {
                1 => ("1 group that shares".to_owned(), "group is"),
                _ => (format!("{groups} groups that share"), "groups are"),
            };
            let message =
                format!("customers in {groups} one {what} were not related: the {are} larger than its limit");
            issues.add_many("large_group", "", what, *entities, None, &message);
        }
        issues
    }

    /// How many relations there are of each kind, in the order of [`RelationKind::ALL`].
    pub fn counts(&self) -> [(RelationKind, u64); 7] {
        RelationKind::ALL
            .map(|kind| (kind, self.items.iter().filter(|relation| relation.kind == kind).count() as u64))
    }
}

/// Finds all relations.
///
/// # Example
/// ```
/// use quilate::relate::RelationKind;
///
/// #[derive(serde::Serialize)]
/// struct Row { id: u32, name: &'static str, phone: &'static str, street: &'static str, city: &'static str }
/// let street = "Calle Mayor 12, 3º B";
/// let table = quilate::Table::from_records("crm", [
///     Row { id: 1, name: "Ana Urrutia Vega", phone: "+34 617345908", street, city: "Burgos" },
///     Row { id: 2, name: "Pedro Urrutia Vega", phone: "+34 655010203", street, city: "Burgos" },
///     Row { id: 3, name: "Marta Gil", phone: "+34 611222333", street: "Plaza Nueva 1", city: "Bilbao" },
/// ])?;
/// let resolution = quilate::consolidate(table, &quilate::Config::default())?;
/// let relations = resolution.relations(&Default::default());
/// let household = relations.iter().find(|relation| relation.kind == RelationKind::Household).unwrap();
/// assert_eq!((household.from.0, household.to.0), (0, 1));
/// assert!(household.evidence.names().eq(["address", "surname"]));
/// # Ok::<(), quilate::Error>(())
/// ```
pub fn relate(input: &RelateInput<'_>, options: &RelateOptions) -> Relations {
    let mut found = Found::new(input);
    let shared = contacts::relate(&mut found, options);
    companies::relate(&mut found, options);
    let household = households::relate(&mut found, options, &shared);
    companies::leave_out_families(&mut found);
    matches::relate(&mut found, options);
    Relations { items: found.finish(), household, passed_over: found.passed_over }
}

/// Relations under construction, with what all kinds need to know of the entities.
struct Found<'a> {
    input: &'a RelateInput<'a>,
    /// Entities that have the name of a person.
    person: Vec<bool>,
    /// Entities that have the name of a company and of no person.
    company: Vec<bool>,
    items: Vec<Relation>,
    passed_over: BTreeMap<&'static str, (u64, u64)>,
}

impl<'a> Found<'a> {
    fn new(input: &'a RelateInput<'a>) -> Self {
        let mut person = vec![false; input.entities.len()];
        let mut named = vec![false; input.entities.len()];
        for attribute in &input.attributes.columns {
            let flags = match attribute.kind {
                AttributeKind::GivenName | AttributeKind::Surname => &mut person,
                AttributeKind::Company => &mut named,
                _ => continue,
            };
            for record in 0..attribute.column.len() {
                if !attribute.column.codes(record).is_empty() {
                    flags[input.entities.entity_of(RecordId(record as u32)).index()] = true;
                }
            }
        }
        let company = named.iter().zip(&person).map(|(&named, &person)| named && !person).collect();
        Self { input, person, company, items: Vec::new(), passed_over: BTreeMap::new() }
    }

    /// Bits that a value says when `sharing` entities have it.
    fn bits(&self, sharing: usize) -> f64 {
        (self.input.entities.len().max(2) as f64 / sharing.max(1) as f64).log2().max(0.0)
    }

    fn postings(&self, kind: AttributeKind) -> Postings {
        Postings::of_kind(self.input, kind)
    }

    fn pass_over(&mut self, what: &'static str, entities: usize) {
        let (groups, members) = self.passed_over.entry(what).or_default();
        *groups += 1;
        *members += entities as u64;
    }

    /// Adds an undirected relation.
    fn add(&mut self, (a, b): (u32, u32), kind: RelationKind, weight: f64, evidence: Evidence) {
        let (from, to) = (EntityId(a.min(b)), EntityId(a.max(b)));
        self.items.push(Relation { from, to, kind, weight, evidence });
    }

    fn add_directed(&mut self, (from, to): (u32, u32), kind: RelationKind, weight: f64, evidence: Evidence) {
        self.items.push(Relation { from: EntityId(from), to: EntityId(to), kind, weight, evidence });
    }

    /// Sorts, and joins what was found for one pair and kind by several ways: each evidence counts once, with the most
    /// that it says.
    fn finish(&mut self) -> Vec<Relation> {
        let key = |relation: &Relation| (relation.from, relation.to, relation.kind, relation.evidence);
        let mut items = std::mem::take(&mut self.items);
        crate::par::sort_unstable_by(&mut items, |a, b| {
            key(a).cmp(&key(b)).then(b.weight.total_cmp(&a.weight))
        });
        items.dedup_by_key(|relation| key(relation));
        let mut joined: Vec<Relation> = Vec::with_capacity(items.len());
        for relation in items {
            match joined.last_mut() {
                Some(last)
                    if (last.from, last.to, last.kind) == (relation.from, relation.to, relation.kind) =>
                {
                    last.weight += relation.weight;
                    last.evidence = last.evidence.union(relation.evidence);
                }
                _ => joined.push(relation),
            }
        }
        joined
    }
}
