//! A crowd of customers of one source for the tests of golden records: everybody is a different person.

use quilate::pipeline::SourceConfig;
use quilate::table::SourceBuilder;
use quilate::{Config, RecordKey, Resolution, Source, State, Table, consolidate_in};

/// One record of the source `crm`.
#[derive(Clone, Debug, Default)]
pub struct Person {
    pub id: &'static str,
    pub given_name: &'static str,
    pub surname: &'static str,
    pub email: &'static str,
    pub phone: &'static str,
    pub birth_date: &'static str,
    pub street: &'static str,
    pub unit: &'static str,
    pub city: &'static str,
    pub postcode: &'static str,
    pub region: &'static str,
    pub identifier: &'static str,
    pub updated_at: &'static str,
}

const COLUMNS: [&str; 13] = [
    "record_id",
    "given_name",
    "surname",
    "email",
    "phone",
    "birth_date",
    "street",
    "unit",
    "city",
    "postcode",
    "region",
    "identifier",
    "updated_at",
];

impl Person {
    fn cells(&self) -> [&'static str; 13] {
        [
            self.id,
            self.given_name,
            self.surname,
            self.email,
            self.phone,
            self.birth_date,
            self.street,
            self.unit,
            self.city,
            self.postcode,
            self.region,
            self.identifier,
            self.updated_at,
        ]
    }
}

/// Somebody of whom nothing but the name is known.
pub fn person(id: &'static str, given_name: &'static str, surname: &'static str) -> Person {
    Person { id, given_name, surname, ..Person::default() }
}

/// The key of a record of the source.
pub fn key(id: &str) -> RecordKey {
    RecordKey::new("crm", id)
}

const GIVEN: [&str; 31] = [
    "Ana", "Luis", "Carmen", "Jorge", "Marta", "Pablo", "Elena", "Hugo", "Nuria", "Iker", "Rosa", "Oriol",
    "Pilar", "Xavier", "Ines", "Raul", "Silvia", "Diego", "Berta", "Gonzalo", "Amparo", "Fermin", "Olga",
    "Telmo", "Vera", "Ismael", "Lourdes", "Bruno", "Celia", "Ramiro", "Noa",
];

const SURNAMES: [&str; 37] = [
    "Aguirre",
    "Bermejo",
    "Calvo",
    "Duarte",
    "Escudero",
    "Ferrer",
    "Galindo",
    "Herrero",
    "Ibarra",
    "Jurado",
    "Krahe",
    "Lozano",
    "Mendieta",
    "Navarro",
    "Ochoa",
    "Palacios",
    "Quiroga",
    "Robledo",
    "Santana",
    "Tejada",
    "Urrutia",
    "Valverde",
    "Zamora",
    "Alarcon",
    "Bustos",
    "Cifuentes",
    "Dominguez",
    "Espinosa",
    "Figueroa",
    "Gallardo",
    "Hinojosa",
    "Izquierdo",
    "Jimenez",
    "Leiva",
    "Montalvo",
    "Noriega",
    "Olmedo",
];

/// Different people: no two share a name, an address or a number. The same for every call; the first `n` are those of any
/// larger crowd.
pub fn crowd(n: usize) -> Vec<Person> {
    let keep = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    (0..n)
        .map(|i| {
            let (given_name, surname) = (GIVEN[i % GIVEN.len()], SURNAMES[(i * 5 + i / 31) % SURNAMES.len()]);
            // Numbers far apart, so that none looks like a typing error of another.
            let spread = (i as u64 * 7_919_321 + 12_345_678) % 99_999_989;
            Person {
                id: keep(i.to_string()),
                given_name,
                surname,
                email: keep(format!("{}{}@correo{}.es", given_name.to_lowercase(), spread % 9973, i % 7)),
                phone: keep(format!("6{spread:08}")),
                birth_date: keep(format!(
                    "19{:02}-{:02}-{:02}",
                    40 + (i * 17) % 60,
                    1 + (i * 7) % 12,
                    1 + (i * 11) % 28
                )),
                street: keep(format!(
                    "Calle {} {}",
                    SURNAMES[(i * 11 + 3) % SURNAMES.len()],
                    1 + (i * 13) % 90
                )),
                unit: "",
                city: "Valencia",
                postcode: keep(format!("46{:03}", (i * 37) % 26)),
                region: "",
                identifier: "",
                updated_at: "2024-05-01",
            }
        })
        .collect()
}

/// A crowd in which everybody has a second record that lacks one thing or the other, and every other one a relative with
/// the same surname, address and telephone: so that there is something to learn from.
pub fn doubled(n: usize) -> Vec<Person> {
    let people = crowd(n);
    let again = people.iter().enumerate().map(|(i, person)| {
        let mut again =
            Person { id: Box::leak(format!("{} again", person.id).into_boxed_str()), ..person.clone() };
        match i % 4 {
            0 => again.email = "",
            1 => again.phone = "",
            2 => (again.street, again.postcode, again.city) = ("", "", ""),
            _ => again.birth_date = "",
        }
        again
    });
    let kin = people.iter().enumerate().step_by(2).map(|(i, person)| Person {
        id: Box::leak(format!("{} kin", person.id).into_boxed_str()),
        given_name: GIVEN[(i + 7) % GIVEN.len()],
        email: "",
        birth_date: people[(i + 11) % people.len()].birth_date,
        ..person.clone()
    });
    again.chain(kin).chain(people.iter().cloned()).collect()
}

/// The configuration with the roles of the columns, so that nothing is left to detection.
pub fn config(mut config: Config) -> Config {
    let columns = COLUMNS.iter().map(|name| ((*name).to_owned(), (*name).to_owned())).collect();
    let settings = config.sources.remove("crm").unwrap_or_default();
    config
        .sources
        .insert("crm".to_owned(), SourceConfig { region: Some("ES".to_owned()), columns, ..settings });
    config
}

fn source(name: &str, people: &[Person]) -> Source {
    let mut builder = SourceBuilder::new(name);
    for person in people {
        let cells = person.cells();
        let cells: Vec<(&str, [&str; 1])> = COLUMNS.iter().copied().zip(cells.map(|cell| [cell])).collect();
        builder.push(cells.iter().map(|(name, cell)| (*name, &cell[..])).chain([("source", &["crm"][..])]));
    }
    builder.finish().unwrap()
}

pub fn table(people: &[Person]) -> Table {
    let mut builder = SourceBuilder::new("crm");
    for person in people {
        let cells: Vec<(&str, [&str; 1])> =
            COLUMNS.iter().copied().zip(person.cells().map(|cell| [cell])).collect();
        builder.push(cells.iter().map(|(name, cell)| (*name, &cell[..])));
    }
    Table::new(vec![builder.finish().unwrap()]).unwrap()
}

/// The records dealt out over several files, each of which says in a column that its records are of the crm.
pub fn sharded(people: &[Person], shards: usize, shuffle: &mut Shuffle) -> (Table, Config) {
    let mut parts: Vec<Vec<Person>> = vec![Vec::new(); shards];
    for person in people {
        parts[shuffle.below(shards)].push(person.clone());
    }
    // An empty file has no columns to look into.
    parts.retain(|part| !part.is_empty());
    let sources = parts
        .iter()
        .enumerate()
        .map(|(at, part)| source(&if at == 0 { "crm".to_owned() } else { format!("part {at}") }, part));
    let table = Table::new(sources.collect()).unwrap();
    let mut config = Config { source_column: Some("source".to_owned()), ..config(Config::default()) };
    let settings = config.sources["crm"].clone();
    for source in table.sources() {
        config.sources.insert(source.name().to_owned(), settings.clone());
    }
    (table, config)
}

pub fn run_in(people: &[Person], settings: &Config, state: &State) -> (Resolution, State) {
    consolidate_in(table(people), &config(settings.clone()), state).unwrap()
}

pub fn run(people: &[Person]) -> Resolution {
    run_in(people, &Config::default(), &State::default()).0
}

/// A small generator: the same numbers for a seed on every machine.
pub struct Shuffle(u64);

impl Shuffle {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(2).wrapping_add(1))
    }

    pub fn below(&mut self, n: usize) -> usize {
        // SplitMix64.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((x ^ (x >> 31)) % n as u64) as usize
    }

    pub fn shuffled<T: Clone>(&mut self, items: &[T]) -> Vec<T> {
        let mut items = items.to_vec();
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
        items
    }
}
