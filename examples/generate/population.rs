//! All households of a run, addressed without storing one of them.
//!
//! A touchpoint has `households x SLOTS` positions. A permutation of its own sends each position to a household and one of
//! the slots that the household has there; most are empty. Walking the positions in order therefore visits the records in
//! an order that says nothing about whose they are, with constant memory. The date of creation and the id grow with the
//! position, as they do in the export of a real system.

use crate::calendar::{AS_OF, Day, FIRST, Moment};
use crate::contact::Numbers;
use crate::household::{Household, MEMBERS, Plan, SLOTS, SOURCES};
use crate::random::{Permutation, Rng};
use crate::tables::Tables;

/// The keys of the streams. A number is never used for two purposes.
mod area {
    pub const PLAN: u64 = 1;
    pub const HOUSEHOLD: u64 = 2;
    pub const RECORD: u64 = 3;
    pub const EVENTS: u64 = 4;
    pub const ORDER: u64 = 5;
    pub const ENTITY: u64 = 6;
    pub const NUMBERS: u64 = 7;
    pub const ID: u64 = 8;
}

/// The most records of a run: beyond it the mobile and identity numbers repeat.
pub const MOST_RECORDS: u64 = 20_000_000;

/// The households of a run.
#[derive(Debug)]
pub struct Population {
    /// What names, towns and streets are drawn from.
    pub tables: Tables,
    numbers: Numbers,
    seed: u64,
    households: u64,
    /// The records of the last household that still belong to the run.
    last: u64,
    order: Vec<Permutation>,
    entities: Permutation,
    /// How many times as much happens as in the bundled sample.
    pub activity: u64,
}

/// Where a record is: its touchpoint and position, and the member of a household that it is about.
#[derive(Clone, Debug)]
pub struct Location {
    /// The touchpoint.
    pub source: usize,
    /// The position in the touchpoint.
    pub position: u64,
    /// The household's number.
    pub household: u64,
    /// The household's plan.
    pub plan: Plan,
    /// The member.
    pub member: usize,
    /// Which of the member's records in the touchpoint it is.
    pub copy: u64,
}

impl Population {
    /// The households that have exactly `records` records. It counts through them once: some 50 ns a household.
    pub fn new(seed: u64, records: u64) -> Self {
        let (mut households, mut left, mut last) = (0, records, 0);
        while left > 0 {
            last = draw_plan(seed, households).records().min(left);
            left -= last;
            households += 1;
        }
        let order = (0..SOURCES as u64)
            .map(|source| Permutation::new(households * SLOTS, seed, &[area::ORDER, source]))
            .collect();
        let entities = Permutation::new(households * MEMBERS as u64, seed, &[area::ENTITY]);
        let numbers = Numbers::new(seed, area::NUMBERS);
        Self { tables: Tables::new(), numbers, seed, households, last, order, entities, activity: 1 }
    }

    /// How many positions each touchpoint has.
    pub fn positions(&self) -> u64 {
        self.households * SLOTS
    }

    fn plan(&self, household: u64) -> Plan {
        let mut plan = draw_plan(self.seed, household);
        if household + 1 == self.households {
            plan.cut_all(self.last);
        }
        plan
    }

    /// The record at a position of a touchpoint, where there is one.
    pub fn locate(&self, source: usize, position: u64) -> Option<Location> {
        let place = self.order[source].apply(position);
        let (household, slot) = (place / SLOTS, place % SLOTS);
        let plan = self.plan(household);
        let (member, copy) = plan.member(source, slot)?;
        Some(Location { source, position, household, plan, member, copy })
    }

    /// The first record that the person of a record has in another touchpoint, or in the same.
    pub fn first_record(&self, of: &Location, source: usize) -> Option<Location> {
        let slot = of.plan.slot(source, of.member)?;
        let position = self.order[source].invert(of.household * SLOTS + slot);
        Some(Location { source, position, copy: 0, ..of.clone() })
    }

    /// The people of a record's household.
    pub fn household(&self, of: &Location) -> Household {
        let rng = Rng::stream(self.seed, &[area::HOUSEHOLD, of.household]);
        Household::draw(&self.tables, &self.numbers, &of.plan, of.household, rng)
    }

    /// The stream of what the record's keeper and the keyboard do to it.
    pub fn record_stream(&self, of: &Location) -> Rng {
        Rng::stream(self.seed, &[area::RECORD, of.source as u64, of.position])
    }

    /// The stream of what happens at the record.
    pub fn event_stream(&self, of: &Location) -> Rng {
        Rng::stream(self.seed, &[area::EVENTS, of.source as u64, of.position])
    }

    /// A number that grows with the position by about `stride`, with gaps: what ids are made of.
    pub fn growing(&self, of: &Location, stride: u64) -> u64 {
        let gap = Rng::stream(self.seed, &[area::ID, of.source as u64, of.position]).below(stride);
        of.position * stride + gap
    }

    /// The entity of a person.
    pub fn entity(&self, person: u64) -> u64 {
        self.entities.apply(person)
    }

    /// When a record was created: evenly over the years, in the order of the positions, by day.
    pub fn created(&self, of: &Location) -> Moment {
        const DAY: u128 = 86_400;
        let span = (AS_OF.0 - FIRST.0) as u128 * DAY;
        let second = span * u128::from(of.position) / u128::from(self.positions().max(1));
        // The second of the day is squeezed into the hours from eight to ten in the evening; its order stays.
        Moment {
            day: Day(FIRST.0 + (second / DAY) as i64),
            second: 8 * 3600 + (second % DAY * 14 / 24) as i64,
        }
    }
}

fn draw_plan(seed: u64, household: u64) -> Plan {
    Plan::draw(&mut Rng::stream(seed, &[area::PLAN, household]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn there_are_exactly_as_many_records_as_asked_for() {
        for records in [1, 2, 7, 100, 1501] {
            let population = Population::new(3, records);
            let found = (0..SOURCES)
                .flat_map(|source| (0..population.positions()).map(move |position| (source, position)))
                .filter(|&(source, position)| population.locate(source, position).is_some())
                .count() as u64;
            assert_eq!(found, records);
        }
        assert_eq!(Population::new(3, 0).positions(), 0);
    }

    #[test]
    fn a_record_is_found_again_from_another_one() {
        let population = Population::new(1, 2000);
        let mut links = 0;
        for position in 0..population.positions() {
            let Some(crm) = population.locate(0, position) else { continue };
            for source in 0..SOURCES {
                let Some(first) = population.first_record(&crm, source) else { continue };
                let again = population.locate(source, first.position).expect("a record");
                assert_eq!((again.household, again.member, again.copy), (crm.household, crm.member, 0));
                links += 1;
            }
        }
        assert!(links > 500, "{links}");
    }

    #[test]
    fn people_have_entities_of_their_own() {
        let population = Population::new(1, 1000);
        let people = population.households * MEMBERS as u64;
        assert_eq!(
            (0..people).map(|person| population.entity(person)).collect::<BTreeSet<_>>().len() as u64,
            people
        );
    }

    #[test]
    fn created_and_ids_grow_with_the_position() {
        let population = Population::new(1, 500);
        let mut last = None;
        for position in 0..population.positions() {
            let Some(here) = population.locate(1, position) else { continue };
            let now = (population.created(&here), population.growing(&here, 10));
            assert!(now.0.day >= FIRST && now.0.day <= AS_OF);
            if let Some((created, id)) = last {
                assert!(created <= now.0 && id < now.1);
            }
            last = Some(now);
        }
    }
}
