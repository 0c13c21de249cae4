//! The five exports: one file each, with the columns, formats and habits of the program that wrote it.

mod crm;
mod helpdesk;
mod newsletter;
mod shop;
mod till;

use crate::events::Event;
use crate::household::{Household, SOURCES};
use crate::output::{Dialect, Row};
use crate::population::{Location, Population};
use crate::random::Rng;
use crate::record::{Profile, Record};

/// What an export needs to know of a run to write one record.
#[derive(Debug)]
pub struct Context<'a> {
    /// All households.
    pub population: &'a Population,
    /// Where the record is.
    pub at: &'a Location,
    /// Whose it is.
    pub household: &'a Household,
    /// What happened at it.
    pub events: &'a [Event],
}

/// One export.
#[derive(Debug)]
pub struct Touchpoint {
    /// The file's name without `.csv`: the source of the truth.
    pub stem: &'static str,
    /// The columns.
    pub header: &'static [&'static str],
    /// How the program writes a line.
    pub dialect: Dialect,
    /// What it knows and what goes wrong in it.
    pub profile: Profile,
    /// The id of the record at a location, as the truth has it.
    pub id: fn(&Population, &Location) -> String,
    /// Appends the cells of a record to the row.
    pub write: fn(&Context<'_>, &Record, &mut Rng, &mut Row),
}

/// The exports, in the order of their number in a plan.
pub const ALL: [&Touchpoint; SOURCES] =
    [&crm::CRM, &shop::SHOP, &newsletter::NEWSLETTER, &helpdesk::HELPDESK, &till::TILL];

impl Context<'_> {
    /// The id that the person of this record has in another touchpoint, where there is one.
    fn id_in(&self, source: usize) -> Option<String> {
        let other = self.population.first_record(self.at, source)?;
        Some((ALL[source].id)(self.population, &other))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::events;
    use crate::record;

    #[test]
    fn every_row_has_the_cells_of_the_header_and_an_id_of_its_own() {
        let population = Population::new(2, 2500);
        for (source, touchpoint) in ALL.iter().enumerate() {
            let mut ids = BTreeSet::new();
            for position in 0..population.positions() {
                let Some(at) = population.locate(source, position) else { continue };
                let household = population.household(&at);
                let happened = events::of(&population, &at);
                let context =
                    Context { population: &population, at: &at, household: &household, events: &happened };
                let mut rng = population.record_stream(&at);
                let record = record::observe(&population, &at, &household, &touchpoint.profile, &mut rng);
                let id = (touchpoint.id)(&population, &at);
                // A delimiter that occurs in no value makes the cells countable.
                let mut row =
                    Row::new(Dialect { delimiter: '\u{1}', quote_all: false, ..touchpoint.dialect });
                (touchpoint.write)(&context, &record, &mut rng, &mut row);
                let cells: Vec<&str> = row.text().split('\u{1}').collect();
                assert_eq!(cells.len(), touchpoint.header.len(), "{}: {}", touchpoint.stem, row.text());
                assert!(
                    cells.iter().any(|cell| cell.trim_start_matches('\'') == id),
                    "{id} in {}",
                    row.text()
                );
                assert!(ids.insert(id), "{} has an id twice", touchpoint.stem);
            }
            assert!(ids.len() > 100, "{} has {} records", touchpoint.stem, ids.len());
        }
    }
}
