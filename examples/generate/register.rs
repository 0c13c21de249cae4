//! Two snapshots of a population register, years apart: half of the records each, two thirds of the people in both.
//!
//! It is the hard opposite of a customer base: no contact points, no day of birth, no duplicates inside a source, and a
//! geography in four columns that determine each other (postcode, city, county, street). Between the snapshots people
//! move, women marry, clerks mistype; and neighbours are relatives of one name.
//!
//! People live in streets of [`STREET`] persons, made whenever one of them is written and forgotten afterwards, so that
//! memory is constant here too.

use std::fs;
use std::path::Path;

use indicatif::ProgressBar;

use crate::begin;
use crate::corrupt;
use crate::country::{Country, Culture};
use crate::output::{OutFile, OutputError, PLAIN, Row, at};
use crate::person::Sex;
use crate::random::{Permutation, Rng};
use crate::tables::{Ranked, Tables};

/// Persons who live in one street.
const STREET: u64 = 8;

/// Share of all records that are a person's in both snapshots, of each: 33,000 of 100,000.
const COMMON: f64 = 0.33;

/// Chance that a person moved between the snapshots.
const MOVED: f64 = 1.0 / 3.0;

/// Chance that a woman changed her surname between the snapshots.
const MARRIED: f64 = 0.1;

/// Chance of a slip in each field.
const TYPO: f64 = 0.02;

/// The years of the snapshots.
const YEARS: [i64; 2] = [2012, 2022];

/// The columns.
const HEADER: [&str; 12] = [
    "id",
    "given_name",
    "middle_name",
    "surname",
    "birth_year",
    "birth_place",
    "gender",
    "ethnic_group",
    "street",
    "city",
    "postcode",
    "county",
];

/// The keys of the streams. A number is never used for two purposes.
mod area {
    pub const GEOGRAPHY: u64 = 21;
    pub const STREET: u64 = 22;
    pub const PERSON: u64 = 23;
    pub const RECORD: u64 = 24;
    pub const ORDER: u64 = 25;
    pub const SHARE: u64 = 26;
    pub const ID: u64 = 27;
}

/// Where people were born: mostly in the state, else in another one, else abroad.
const BIRTH_PLACES: [(&str, u32); 24] = [
    ("North Carolina", 560),
    ("New York", 60),
    ("Virginia", 55),
    ("South Carolina", 45),
    ("Florida", 35),
    ("Pennsylvania", 35),
    ("Ohio", 25),
    ("New Jersey", 25),
    ("Georgia", 24),
    ("California", 20),
    ("Tennessee", 16),
    ("Maryland", 16),
    ("Michigan", 14),
    ("Texas", 14),
    ("Illinois", 12),
    ("West Virginia", 12),
    ("Massachusetts", 8),
    ("Connecticut", 6),
    ("Mexico", 6),
    ("India", 4),
    ("Germany", 3),
    ("Puerto Rico", 3),
    ("Vietnam", 1),
    ("Canada", 1),
];

/// The ethnic groups that a register tells apart.
const ETHNIC_GROUPS: [(&str, u32); 6] =
    [("White", 66), ("Black", 21), ("Hispanic", 6), ("Asian", 3), ("American Indian", 2), ("Other", 2)];

/// A place that people live in; the finer parts determine the coarser ones.
#[derive(Clone, Debug)]
struct Place {
    postcode: String,
    city: String,
    county: String,
}

/// One address.
#[derive(Clone, Debug)]
struct Home {
    street: String,
    number: u64,
    place: usize,
}

/// A person as both snapshots would know it.
#[derive(Clone, Debug)]
struct Person {
    sex: Sex,
    given: &'static str,
    middle: String,
    surname: String,
    born: i64,
    birth_place: &'static str,
    ethnic_group: &'static str,
    home: Home,
}

/// The register of one run.
struct Register {
    tables: Tables,
    places: Ranked<Place>,
    surnames: Ranked<String>,
    seed: u64,
    common: u64,
    /// Records of each snapshot.
    sizes: [u64; 2],
    order: [Permutation; 2],
    ids: [Permutation; 2],
    persons: Permutation,
}

/// Writes both snapshots and the truth; none appears under its name before all are complete.
pub fn register(out: &Path, records: u64, seed: u64, progress: &ProgressBar) -> Result<(), OutputError> {
    fs::create_dir_all(out).map_err(at("create the directory", out))?;
    let register = Register::new(seed, records);
    let (mut truth, mut line) = begin(out, "truth", PLAIN, &["source", "id", "entity"])?;
    let mut files = Vec::new();
    for (snapshot, year) in YEARS.into_iter().enumerate() {
        let stem = format!("register_{year}");
        let (mut file, mut row) = begin(out, &stem, PLAIN, &HEADER)?;
        for position in 0..register.sizes[snapshot] {
            let number = register.person_at(snapshot, position);
            let id = format!("{}", 100_000_000 + register.ids[snapshot].apply(position) * 37);
            register.write(snapshot, number, &id, &mut row, &mut file)?;
            line.cell(&stem).cell(&id).cell(&format!("p{number:07x}"));
            line.end(&mut truth)?;
            progress.inc(1);
        }
        files.push(file);
    }
    files.push(truth);
    files.into_iter().try_for_each(OutFile::commit)
}

impl Register {
    fn new(seed: u64, records: u64) -> Self {
        let tables = Tables::new();
        let common = (records as f64 * COMMON) as u64;
        let sizes = [records / 2, records - records / 2];
        let persons = records - common;
        let mut rng = Rng::stream(seed, &[area::GEOGRAPHY]);
        let places = Ranked::zipf(geography(&tables, records, &mut rng), (0.8, 6.0));
        let surnames = Ranked::zipf(surnames(&tables, &mut rng), (1.0, 40.0));
        let permutation = |domain, area, which| Permutation::new(domain, seed, &[area, which]);
        Self {
            tables,
            places,
            surnames,
            seed,
            common,
            sizes,
            order: [0, 1].map(|which| permutation(sizes[which as usize], area::ORDER, which)),
            ids: [0, 1].map(|which| permutation(sizes[which as usize], area::ID, which)),
            persons: permutation(persons, area::SHARE, 0),
        }
    }

    /// Who is at a position of a snapshot: first those of both, then each snapshot's own.
    fn person_at(&self, snapshot: usize, position: u64) -> u64 {
        let place = self.order[snapshot].apply(position);
        let own = if snapshot == 1 && place >= self.common { self.sizes[0] - self.common } else { 0 };
        self.persons.apply(place + own)
    }

    /// A person; everyone of the street is drawn up to it, as households share names and homes.
    fn person(&self, number: u64) -> Person {
        let street = number / STREET;
        let mut rng = Rng::stream(self.seed, &[area::STREET, street]);
        let place = self.places.draw_index(&mut rng);
        let name = self.street_name(&mut rng);
        let house = |rng: &mut Rng| Home { street: name.clone(), number: 100 + rng.below(4900), place };
        let mut members: Vec<Person> = Vec::new();
        let mut left = 0;
        let mut head: Option<Person> = None;
        for _ in 0..=number % STREET {
            let person = match (&head, left) {
                (Some(head), 1..) => {
                    left -= 1;
                    self.relative(head, &mut rng)
                }
                _ => {
                    left = rng.geometric(1.1, 4);
                    let home = house(&mut rng);
                    // Families stay near each other: the neighbour is a relative, often of the same name.
                    let kin = members.last().filter(|_| rng.chance(0.12)).cloned();
                    let person = match kin {
                        Some(kin) => Person { home, ..self.relative(&kin, &mut rng) },
                        None => self.stranger(home, &mut rng),
                    };
                    head = Some(person.clone());
                    person
                }
            };
            members.push(person);
        }
        members.swap_remove((number % STREET) as usize)
    }

    fn stranger(&self, home: Home, rng: &mut Rng) -> Person {
        let sex = if rng.chance(0.48) { Sex::Male } else { Sex::Female };
        let surname = self.surnames.draw(rng).clone();
        let given = self.given(sex, rng);
        let middle = self.middle(sex, rng);
        let born = YEARS[0] - 18 - (rng.unit().min(rng.unit() + 0.35) * 72.0) as i64;
        let birth_place = rng.weighted(&BIRTH_PLACES);
        Person {
            sex,
            given,
            middle,
            surname,
            born,
            birth_place,
            ethnic_group: rng.weighted(&ETHNIC_GROUPS),
            home,
        }
    }

    /// Somebody of the same family: husband or wife, child, brother or sister.
    fn relative(&self, of: &Person, rng: &mut Rng) -> Person {
        let kind = rng.below(10);
        let mut person = self.stranger(of.home.clone(), rng);
        if kind < 8 {
            person.surname.clone_from(&of.surname);
            person.ethnic_group = of.ethnic_group;
        }
        match kind {
            // A couple, of one surname or not.
            0..=4 | 8.. => {
                person.sex = if of.sex == Sex::Male { Sex::Female } else { Sex::Male };
                person.given = self.given(person.sex, rng);
                person.middle = self.middle(person.sex, rng);
                person.born = of.born + rng.range(-6, 6);
            }
            // A grown child; every fourth bears the parent's name.
            5 | 6 => {
                person.born = (of.born + rng.range(20, 38)).min(YEARS[1] - 18);
                person.birth_place = of.birth_place;
                if rng.chance(0.25) {
                    (person.sex, person.given) = (of.sex, of.given);
                }
            }
            // Brother or sister, now and then a twin.
            _ => {
                person.born = of.born + rng.range(-8, 8);
                person.birth_place = of.birth_place;
            }
        }
        person
    }

    fn given(&self, sex: Sex, rng: &mut Rng) -> &'static str {
        self.tables.names(Culture::Us).given[sex as usize].draw(rng).name
    }

    /// A second given name, its initial, a family's name, or nothing.
    fn middle(&self, sex: Sex, rng: &mut Rng) -> String {
        match rng.below(20) {
            0 | 1 => String::new(),
            2..=4 => self.given(sex, rng).chars().take(1).collect(),
            5..=8 => self.surnames.draw(rng).clone(),
            _ => self.given(sex, rng).to_string(),
        }
    }

    fn street_name(&self, rng: &mut Rng) -> String {
        let kinds = ["St", "Rd", "Dr", "Ln", "Ave", "Ct", "Pl", "Way", "Cir"];
        match rng.below(3) {
            0 => {
                let street = rng.pick(self.tables.streets(Country::Us.section()));
                format!("{} {}", street.name, street.kind)
            }
            1 => format!("{} {}", self.surnames.draw(rng), rng.pick(&kinds)),
            _ => format!("{} {}", composed(&self.tables, rng), rng.pick(&kinds)),
        }
    }

    /// One record: the person as the snapshot's clerk wrote it down.
    fn write(
        &self,
        snapshot: usize,
        number: u64,
        id: &str,
        row: &mut Row,
        file: &mut OutFile,
    ) -> Result<(), OutputError> {
        let mut person = self.person(number);
        let mut life = Rng::stream(self.seed, &[area::PERSON, number]);
        let (moved, married) = (life.chance(MOVED), person.sex == Sex::Female && life.chance(MARRIED));
        if snapshot == 1 && moved {
            person.home = self.elsewhere(&person.home, &mut life);
        }
        if snapshot == 1 && married {
            let maiden = std::mem::replace(&mut person.surname, self.surnames.draw(&mut life).clone());
            if life.chance(0.4) {
                person.middle = maiden;
            }
        }
        let mut rng = Rng::stream(self.seed, &[area::RECORD, snapshot as u64, number]);
        let place = &self.places.items()[person.home.place];
        // The state and the group are answers on a form that some leave open.
        let birth_place = if rng.chance(0.12) { "" } else { person.birth_place };
        let ethnic_group = if rng.chance(0.04) { "" } else { person.ethnic_group };
        let gender = if person.sex == Sex::Male { "M" } else { "F" };
        let fields = [
            (person.given.to_string(), true),
            (person.middle, true),
            (person.surname, true),
            (person.born.to_string(), true),
            (birth_place.to_string(), false),
            (gender.to_string(), false),
            (ethnic_group.to_string(), false),
            (format!("{} {}", person.home.number, person.home.street), true),
            (place.city.clone(), true),
            (place.postcode.clone(), true),
            (place.county.clone(), false),
        ];
        row.cell(id);
        for (mut value, typed) in fields {
            if typed && rng.chance(TYPO) {
                match value.bytes().all(|byte| byte.is_ascii_digit()) {
                    true if value.len() == 4 => slip_of_year(&mut value, &mut rng),
                    true => corrupt::digit_typo(&mut value, &mut rng),
                    false => corrupt::typo(&mut value, &mut rng),
                }
            }
            row.cell(&value);
        }
        row.end(file)
    }

    /// A new home: half of the movers stay in their county, where that has another place.
    fn elsewhere(&self, home: &Home, rng: &mut Rng) -> Home {
        let mut place = self.places.draw_index(rng);
        if rng.chance(0.5) {
            let county = &self.places.items()[home.place].county;
            let near = self.places.items().iter().enumerate().filter(|(_, place)| place.county == *county);
            let near: Vec<usize> = near.map(|(at, _)| at).collect();
            place = rng.pick(&near);
        }
        Home { street: self.street_name(rng), number: 100 + rng.below(4900), place }
    }
}

/// A year with one of its last two digits wrong, or both exchanged.
fn slip_of_year(year: &mut String, rng: &mut Rng) {
    let (century, rest) = year.split_at(2);
    let (tens, ones) = (rest.as_bytes()[0] - b'0', rest.as_bytes()[1] - b'0');
    let other = |digit: u8, rng: &mut Rng| (digit + 1 + rng.below(9) as u8) % 10;
    let (tens, ones) = match rng.below(3) {
        0 => (ones, tens),
        1 => (other(tens, rng), ones),
        _ => (tens, other(ones, rng)),
    };
    *year = format!("{century}{tens}{ones}");
}

/// The postcodes of a state: more of them for more people, each of one city, each city of one county.
fn geography(tables: &Tables, records: u64, rng: &mut Rng) -> Vec<Place> {
    let counties = (records / 2000).clamp(3, 100);
    let mut places = Vec::new();
    for county in 0..counties {
        let county_name = composed(tables, rng);
        for city in 0..rng.range(2, 9) as u64 {
            let city_name = if rng.chance(0.3) {
                format!("{} Springs", composed(tables, rng))
            } else {
                composed(tables, rng)
            };
            for _ in 0..=rng.geometric(1.0, 6) {
                places.push(Place {
                    postcode: format!("{:05}", 27_000 + county * 97 + city * 10 + places.len() as u64 % 10),
                    city: city_name.clone(),
                    county: county_name.clone(),
                });
            }
        }
    }
    // By rank they are drawn: big places stand anywhere in the state.
    for last in (1..places.len()).rev() {
        places.swap(last, rng.index(last + 1));
    }
    places
}

/// Surnames by rank: a third of the people have one of the table's, the others one of a long tail.
fn surnames(tables: &Tables, rng: &mut Rng) -> Vec<String> {
    let names = tables.names(Culture::Us);
    let mut all: Vec<String> = names.surnames.items().iter().map(|name| (*name).to_string()).collect();
    let known: std::collections::BTreeSet<String> = all.iter().cloned().collect();
    let ends = ["", "s", "er", "son", "e"];
    let halves = names.halves[0].iter().flat_map(|head| names.halves[1].iter().map(move |tail| (head, tail)));
    let composed = halves.flat_map(|(head, tail)| ends.iter().map(move |end| format!("{head}{tail}{end}")));
    let mut rare: Vec<String> = composed.filter(|name| !known.contains(name)).collect();
    rare.sort_unstable();
    rare.dedup();
    for last in (1..rare.len()).rev() {
        rare.swap(last, rng.index(last + 1));
    }
    all.append(&mut rare);
    all
}

/// A name of a place or a road made of two halves.
fn composed(tables: &Tables, rng: &mut Rng) -> String {
    let halves = &tables.names(Culture::Us).halves;
    format!("{}{}", rng.pick(&halves[0]), rng.pick(&halves[1]))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    type Rows = Vec<Vec<String>>;

    fn read(directory: &Path, name: &str) -> Rows {
        let text = fs::read_to_string(directory.join(name)).expect("written");
        text.lines().skip(1).map(|line| line.split(',').map(str::to_string).collect()).collect()
    }

    /// Both snapshots joined by person.
    fn people(records: u64) -> (Rows, Vec<(Vec<String>, Vec<String>)>) {
        let directory =
            std::env::temp_dir().join(format!("quilate-register-{}-{records}", std::process::id()));
        register(&directory, records, 3, &ProgressBar::hidden()).expect("written");
        let truth = read(&directory, "truth.csv");
        let entity: BTreeMap<(String, String), String> =
            truth.iter().map(|row| ((row[0].clone(), row[1].clone()), row[2].clone())).collect();
        let by_person = |stem: &str| -> BTreeMap<String, Vec<String>> {
            let rows = read(&directory, &format!("{stem}.csv"));
            rows.into_iter().map(|row| (entity[&(stem.to_string(), row[0].clone())].clone(), row)).collect()
        };
        let (before, mut after) = (by_person("register_2012"), by_person("register_2022"));
        assert_eq!((before.len() + after.len()) as u64, records, "no person is twice in a snapshot");
        let both = before.iter().filter_map(|(person, row)| Some((row.clone(), after.remove(person)?)));
        let both: Vec<_> = both.collect();
        fs::remove_dir_all(&directory).expect("removed");
        (before.into_values().chain(after.into_values()).collect(), both)
    }

    #[test]
    fn two_thirds_of_the_people_are_in_both_snapshots() {
        let (_, both) = people(6000);
        assert_eq!(both.len(), 1980);
        let share = |changed: &dyn Fn(&[String], &[String]) -> bool| {
            both.iter().filter(|(a, b)| changed(a, b)).count() as f64 / both.len() as f64
        };
        // A street differs by a move or a slip in one of the two records.
        let moved = share(&|a, b| a[8] != b[8]);
        assert!((0.32..0.42).contains(&moved), "{moved}");
        let renamed = share(&|a, b| a[6] == "F" && a[3].get(..2) != b[3].get(..2));
        assert!((0.035..0.07).contains(&renamed), "{renamed}");
        let born = share(&|a, b| a[4] != b[4]);
        assert!((0.02..0.06).contains(&born), "{born}");
    }

    #[test]
    fn a_postcode_is_in_one_city_and_a_city_in_one_county() {
        let (rows, _) = people(4000);
        let mut counties: BTreeMap<&str, BTreeMap<&str, usize>> = BTreeMap::new();
        for row in &rows {
            *counties.entry(&row[10]).or_default().entry(&row[11]).or_default() += 1;
        }
        // Slips move one record in a hundred to a postcode of another county.
        let (mut main, mut all) = (0, 0);
        for of in counties.values() {
            main += of.values().max().expect("one");
            all += of.values().sum::<usize>();
        }
        assert!(main as f64 > 0.96 * all as f64, "{main} of {all}");
        let streets: BTreeSet<&str> = rows.iter().map(|row| row[8].as_str()).collect();
        assert!(streets.len() > rows.len() / 4);
    }

    #[test]
    fn names_have_a_heavy_head_and_a_long_tail() {
        let (rows, _) = people(8000);
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        rows.iter().for_each(|row| *counts.entry(&row[3]).or_default() += 1);
        let largest = *counts.values().max().expect("names") as f64 / rows.len() as f64;
        assert!((0.002..0.02).contains(&largest), "{largest}");
        assert!(counts.len() > 1000, "{}", counts.len());
    }
}
