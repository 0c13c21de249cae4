//! People at one address who share a surname or a contact point.
//!
//! A surname at the same street number is only evidence when it is not there by chance: in a block of thirty flats two
//! families García are to be expected. Hence the test against the number of namesakes that the address would hold if its
//! people were drawn from all customers; the same flat needs no such test.

use std::collections::BTreeSet;

use super::postings::{Postings, pairs};
use super::{Evidence, Found, RelateOptions, RelationKind};
use crate::cluster::UnionFind;
use crate::ids::{EntityId, RecordId};
use crate::normalize::address;
use crate::table::{AttributeKind, Column, Interner, NULL};

/// Namesakes at an address by chance above which a surname says nothing: one pair in five would be strangers.
const MOST_BY_CHANCE: f64 = 0.2;

/// Letters below which a word of a surname is a particle (de, la, von) or an initial.
const SHORTEST_SURNAME: usize = 3;

/// Particles that are long enough to pass for surnames.
const PARTICLES: [&str; 10] = ["del", "las", "los", "dos", "das", "van", "von", "der", "den", "mac"];

/// Relates the members of households; the first member of the household of each entity.
pub(super) fn relate(found: &mut Found<'_>, options: &RelateOptions, shared: &[(u32, u32)]) -> Vec<EntityId> {
    let entities = found.input.entities.len();
    let surnames = Surnames::new(found);
    let places = Places::new(found);
    let colleagues: BTreeSet<(u32, u32)> = found
        .items
        .iter()
        .filter(|relation| relation.kind == RelationKind::Colleague)
        .map(|relation| (relation.from.0, relation.to.0))
        .collect();
    let mut sets = UnionFind::new(entities);
    for (_, group) in places.postings.groups() {
        if group.len() > options.address_limit {
            found.pass_over("address", group.len());
            continue;
        }
        for (a, b) in pairs(&group) {
            let same_unit = match (places.unit[a as usize], places.unit[b as usize]) {
                (NULL, _) | (_, NULL) => false,
                (x, y) if x == y => true,
                _ => continue,
            };
            let surname = surnames.rarest_shared(a, b).filter(|&sharing| {
                let by_chance = (group.len() - 1) as f64 * sharing as f64 / entities as f64;
                same_unit || by_chance <= MOST_BY_CHANCE
            });
            // Colleagues who share a switchboard at one address share an office, not a home.
            let contact = shared.binary_search(&(a, b)).is_ok() && !colleagues.contains(&(a, b));
            if surname.is_none() && !contact {
                continue;
            }
            let mut add = |weight, evidence| found.add((a, b), RelationKind::Household, weight, evidence);
            add(bits(entities, group.len()), Evidence::ADDRESS);
            if let Some(sharing) = surname {
                add(bits(entities, sharing), Evidence::SURNAME);
            }
            sets.union(a, b);
        }
    }
    add_contacts(found);
    name(found, options, &sets.labels())
}

fn bits(entities: usize, sharing: usize) -> f64 {
    (entities.max(2) as f64 / sharing.max(1) as f64).log2().max(0.0)
}

/// What members of a household share besides is evidence of it.
fn add_contacts(found: &mut Found<'_>) {
    let mut homes: Vec<(EntityId, EntityId)> = found
        .items
        .iter()
        .filter(|relation| relation.kind == RelationKind::Household)
        .map(|relation| (relation.from, relation.to))
        .collect();
    homes.sort_unstable();
    homes.dedup();
    let contacts: Vec<_> = found
        .items
        .iter()
        .filter(|relation| relation.kind == RelationKind::SharedContactPoint)
        .filter(|relation| homes.binary_search(&(relation.from, relation.to)).is_ok())
        .map(|relation| super::Relation { kind: RelationKind::Household, ..*relation })
        .collect();
    found.items.extend(contacts);
}

/// Households by their first member. One of too many members is no household but a building: its pairs remain.
fn name(found: &mut Found<'_>, options: &RelateOptions, labels: &[u32]) -> Vec<EntityId> {
    let mut size = vec![0usize; labels.len()];
    let mut first = vec![u32::MAX; labels.len()];
    for (entity, &label) in labels.iter().enumerate() {
        size[label as usize] += 1;
        first[label as usize] = first[label as usize].min(entity as u32);
    }
    for &members in size.iter().filter(|&&members| members > options.household_limit) {
        found.pass_over("household", members);
    }
    let household = |(entity, &label): (usize, &u32)| match size[label as usize] {
        members if members > options.household_limit => EntityId(entity as u32),
        _ => EntityId(first[label as usize]),
    };
    labels.iter().enumerate().map(household).collect()
}

/// The words of the surnames of each entity.
struct Surnames {
    /// Words of entity `e`: `words[offsets[e]..offsets[e + 1]]`, ascending.
    offsets: Vec<u32>,
    words: Vec<u32>,
    /// Entities that have each word.
    sharing: Vec<u32>,
}

impl Surnames {
    fn new(found: &Found<'_>) -> Self {
        let mut interner = Interner::new();
        let mut pairs = Vec::new();
        let columns = &found.input.attributes.columns;
        for attribute in columns.iter().filter(|attribute| attribute.kind == AttributeKind::Surname) {
            let of_value: Vec<Vec<u32>> = attribute
                .column
                .dictionary()
                .iter()
                .map(|value| {
                    let words = value
                        .split(' ')
                        .filter(|word| word.chars().count() >= SHORTEST_SURNAME && !PARTICLES.contains(word));
                    words.map(|word| interner.intern(word)).collect()
                })
                .collect();
            for record in 0..attribute.column.len() {
                let entity = found.input.entities.entity_of(RecordId(record as u32)).0;
                for &code in attribute.column.codes(record) {
                    pairs.extend(of_value[code as usize].iter().map(|&word| (entity, word)));
                }
            }
        }
        crate::par::sort_unstable_by(&mut pairs, Ord::cmp);
        pairs.dedup();
        let mut sharing = vec![0; interner.dictionary().len()];
        let mut offsets = vec![0u32; found.input.entities.len() + 1];
        for &(entity, word) in &pairs {
            offsets[entity as usize + 1] += 1;
            sharing[word as usize] += 1;
        }
        for at in 1..offsets.len() {
            offsets[at] += offsets[at - 1];
        }
        Self { offsets, words: pairs.into_iter().map(|(_, word)| word).collect(), sharing }
    }

    fn of(&self, entity: u32) -> &[u32] {
        &self.words[self.offsets[entity as usize] as usize..self.offsets[entity as usize + 1] as usize]
    }

    /// How many entities have the rarest word that both have.
    fn rarest_shared(&self, a: u32, b: u32) -> Option<usize> {
        let others = self.of(b);
        let shared = self.of(a).iter().filter(|word| others.binary_search(word).is_ok());
        shared.map(|&word| self.sharing[word as usize] as usize).min()
    }
}

/// Where people live now.
struct Places {
    /// By street, number and postcode, and by street, number and town: either may be missing.
    postings: Postings,
    /// Flat of each entity, or [`NULL`].
    unit: Vec<u32>,
}

impl Places {
    fn new(found: &Found<'_>) -> Self {
        let input = found.input;
        let column = |kind| input.attributes.position(kind).map(|at| &input.attributes.columns[at].column);
        let street = column(AttributeKind::Street);
        // Half of the sources leave the type out: a street is its name.
        let mut interner = Interner::new();
        let core: Vec<u32> = street.map_or(Vec::new(), |street| {
            street.dictionary().iter().map(|name| interner.intern(&address::street_core(name))).collect()
        });
        let number = column(AttributeKind::HouseNumber);
        let (postcode, city) = (column(AttributeKind::Postcode), column(AttributeKind::City));
        let unit = column(AttributeKind::Unit);
        let code = |column: Option<&Column>, record: RecordId| {
            column.map_or(NULL, |column| column.first_code(record.index()))
        };
        let mut units = vec![NULL; input.entities.len()];
        let mut pairs = Vec::new();
        for (entity, home) in input.home.iter().enumerate().take(units.len()) {
            let Some(home) = *home else { continue };
            let street = core.get(code(street, home) as usize).copied().unwrap_or(NULL);
            let number = code(number, home);
            // A street without a number is a village or a slip; and companies do not live anywhere.
            if street == NULL || number == NULL || !found.person[entity] {
                continue;
            }
            units[entity] = code(unit, home);
            for (tag, place) in [(0u128, code(postcode, home)), (1, code(city, home))] {
                if place != NULL {
                    let key = tag << 96 | u128::from(place) << 64 | u128::from(street) << 32;
                    pairs.push((key | u128::from(number), entity as u32));
                }
            }
        }
        Self { postings: Postings::new(pairs), unit: units }
    }
}
