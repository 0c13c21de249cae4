//! Households: the people who share an address, a landline, surnames and sometimes an e-mail, and how many records each
//! of them has in each touchpoint.
//!
//! A household is made in two steps. Its `Plan` (who lives there, how many records each has) is cheap and is made often:
//! to count records and to find the household of a position. The people themselves are drawn from a second stream and
//! only for a record that is written.

use crate::address::Address;
use crate::calendar::{AS_OF, Day};
use crate::contact::{self, Numbers, Phone};
use crate::country::{Country, Culture};
use crate::person::{self, Origin, Person, Sex};
use crate::random::Rng;
use crate::tables::{Tables, Town};

/// The number of touchpoints.
pub const SOURCES: usize = 5;

/// The most people in a household: two parents and four children.
pub const MEMBERS: usize = 6;

/// The most records that a household has in one touchpoint; more are cut, which only the largest families
/// ever notice.
pub const SLOTS: u64 = 6;

/// What kind of household it is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// One person.
    Single,
    /// Two partners.
    Couple,
    /// One or two parents and grown-up children.
    Family,
    /// Two or three people who only share the flat.
    Flat,
    /// A company and its contact persons.
    Company,
}

/// Who lives in a household, and how many records each has.
#[derive(Clone, Debug)]
pub struct Plan {
    /// Country of the address.
    pub country: Country,
    /// Where the names are from.
    pub culture: Culture,
    /// What kind of household it is.
    pub kind: Kind,
    /// Parents in a family; 0 elsewhere.
    parents: usize,
    /// How many people.
    pub members: usize,
    /// Records of each member in each touchpoint.
    counts: [[u8; SOURCES]; MEMBERS],
}

/// How often a person who lives in Spain is in crm, shop, newsletter, help desk and till.
const PRESENCE_IN_SPAIN: [f64; SOURCES] = [0.38, 0.32, 0.28, 0.14, 0.36];

/// How often people of other countries are; the till is in Spain and sees them as tourists.
const PRESENCE_ABROAD: [f64; SOURCES] = [0.46, 0.50, 0.36, 0.20, 0.02];

/// How often someone who is in a touchpoint is there twice, and three times. The till makes a new card on request.
const DOUBLE: [f64; SOURCES] = [0.06, 0.04, 0.04, 0.06, 0.09];
const TRIPLE: [f64; SOURCES] = [0.006, 0.004, 0.003, 0.006, 0.012];

impl Plan {
    /// The plan of a household from the first of its streams.
    pub fn draw(rng: &mut Rng) -> Self {
        let country = Country::draw(rng);
        let culture = country.culture(rng);
        let kind = rng.weighted(&[
            (Kind::Single, 46),
            (Kind::Couple, 21),
            (Kind::Family, 23),
            (Kind::Flat, 4),
            (Kind::Company, 6),
        ]);
        let (parents, members) = match kind {
            Kind::Single => (0, 1),
            Kind::Couple => (0, 2),
            Kind::Family => {
                let parents = if rng.chance(0.75) { 2 } else { 1 };
                (parents, parents + 1 + rng.geometric(0.6, 3) as usize)
            }
            Kind::Flat => (0, rng.range(2, 3) as usize),
            Kind::Company => (0, rng.range(1, 3) as usize),
        };
        let presence = if country == Country::Es { &PRESENCE_IN_SPAIN } else { &PRESENCE_ABROAD };
        let mut counts = [[0; SOURCES]; MEMBERS];
        for member in &mut counts[..members] {
            for (source, count) in member.iter_mut().enumerate() {
                let at = rng.unit();
                if at < presence[source] {
                    // The same draw, scaled, says whether the person is there more than once.
                    let again = at / presence[source];
                    *count = 1 + u8::from(again < DOUBLE[source]) + u8::from(again < TRIPLE[source]);
                }
            }
        }
        let mut plan = Self { country, culture, kind, parents, members, counts };
        for source in 0..SOURCES {
            plan.cut(source, SLOTS);
        }
        plan
    }

    /// Takes away the last records of a touchpoint until at most `most` are left.
    fn cut(&mut self, source: usize, most: u64) {
        let mut room = most;
        for member in &mut self.counts {
            let kept = u64::from(member[source]).min(room);
            member[source] = kept as u8;
            room -= kept;
        }
    }

    /// Takes away the last records until at most `most` are left over all touchpoints.
    pub fn cut_all(&mut self, most: u64) {
        let mut room = most;
        for source in 0..SOURCES {
            self.cut(source, room);
            room -= self.records_in(source);
        }
    }

    /// The records in one touchpoint.
    pub fn records_in(&self, source: usize) -> u64 {
        self.counts.iter().map(|member| u64::from(member[source])).sum()
    }

    /// The records in all touchpoints.
    pub fn records(&self) -> u64 {
        (0..SOURCES).map(|source| self.records_in(source)).sum()
    }

    /// The member whose record the slot of a touchpoint holds, and which of the member's records there it is.
    pub fn member(&self, source: usize, slot: u64) -> Option<(usize, u64)> {
        let mut left = slot;
        for (member, counts) in self.counts.iter().enumerate() {
            match left.checked_sub(u64::from(counts[source])) {
                Some(rest) => left = rest,
                None => return Some((member, left)),
            }
        }
        None
    }

    /// The first slot that a member has in a touchpoint.
    pub fn slot(&self, source: usize, member: usize) -> Option<u64> {
        let before = self.counts[..member].iter().map(|counts| u64::from(counts[source])).sum();
        (self.counts[member][source] > 0).then_some(before)
    }
}

/// Where people live: the address and its fixed line.
#[derive(Clone, Debug)]
pub struct Home {
    /// The address.
    pub address: Address,
    /// The fixed line, where there is one.
    pub landline: Option<Phone>,
}

impl Home {
    fn draw(tables: &Tables, country: Country, near: Option<&Town>, landline: f64, rng: &mut Rng) -> Self {
        let address = Address::draw(tables, country, near, rng);
        let landline = rng.chance(landline).then(|| Phone::fixed(country, address.town.area, rng));
        Self { address, landline }
    }
}

/// A company that people are contacts of.
#[derive(Clone, Debug)]
pub struct Company {
    /// Its name without the legal form.
    pub name: String,
    /// Its legal form.
    pub form: &'static str,
    /// Its shared mailbox.
    pub mailbox: String,
}

/// A household with its people.
#[derive(Clone, Debug)]
pub struct Household {
    /// The home at first.
    pub home: Home,
    /// The home from a day on, where the household moved.
    pub moved: Option<(Day, Home)>,
    /// The e-mail that the older members share.
    pub shared_email: Option<String>,
    /// The company, where the household is one.
    pub company: Option<Company>,
    /// The people.
    pub people: Vec<Person>,
}

/// What the people of a household are drawn from.
struct Maker<'a> {
    tables: &'a Tables,
    numbers: &'a Numbers,
    plan: &'a Plan,
    number: u64,
    rng: Rng,
}

impl Household {
    /// The household `number` of a plan; `rng` is the second of its streams.
    pub fn draw(tables: &Tables, numbers: &Numbers, plan: &Plan, number: u64, rng: Rng) -> Self {
        let mut make = Maker { tables, numbers, plan, number, rng };
        let landline = if plan.kind == Kind::Company { 0.95 } else { 0.55 };
        let home = Home::draw(tables, plan.country, None, landline, &mut make.rng);
        let moved = make.rng.chance(if plan.kind == Kind::Company { 0.05 } else { 0.14 }).then(|| {
            let near = make.rng.chance(0.65).then_some(home.address.town);
            let day = Day(make.rng.range(Day::of(2018, 3, 1).0, AS_OF.0 - 60));
            (day, Home::draw(tables, plan.country, near.as_ref(), 0.4, &mut make.rng))
        });
        let company = (plan.kind == Kind::Company).then(|| make.company(&home.address.town));
        let people = match plan.kind {
            Kind::Single | Kind::Flat => (0..plan.members).map(|member| make.stranger(member)).collect(),
            Kind::Couple => make.couple(),
            Kind::Family => make.family(&home),
            Kind::Company => make.contacts(company.as_ref()),
        };
        let shares = matches!(plan.kind, Kind::Couple | Kind::Family) && make.rng.chance(0.12);
        let shared_email = shares.then(|| people[0].emails[0].clone());
        Self { home, moved, shared_email, company, people }
    }

    /// Where a member lives on a day.
    pub fn home_on(&self, member: usize, day: Day) -> &Home {
        match (&self.people[member].own_home, &self.moved) {
            (Some((since, own)), _) if day >= *since => own,
            (_, Some((since, new))) if day >= *since => new,
            _ => &self.home,
        }
    }
}

impl Maker<'_> {
    fn surname(&mut self) -> String {
        person::surname(self.tables.names(self.plan.culture), self.plan.culture, &mut self.rng)
    }

    fn surnames(&mut self) -> (String, String) {
        let first = self.surname();
        let second = if self.plan.culture.two_surnames() { self.surname() } else { String::new() };
        (first, second)
    }

    fn sex(&mut self) -> Sex {
        if self.rng.chance(0.5) { Sex::Female } else { Sex::Male }
    }

    fn born(&mut self, first: i64, last: i64) -> Day {
        Day(self.rng.range(Day::of(first, 1, 1).0, Day::of(last, 12, 28).0))
    }

    fn person(
        &mut self,
        member: usize,
        sex: Sex,
        born: Day,
        surnames: (String, String),
        given: Option<&'static str>,
    ) -> Person {
        let origin = Origin {
            number: self.number * MEMBERS as u64 + member as u64,
            country: self.plan.country,
            culture: self.plan.culture,
            sex,
            born,
            surnames,
            given,
        };
        Person::draw(self.tables, self.numbers, origin, &mut self.rng)
    }

    fn stranger(&mut self, member: usize) -> Person {
        let (sex, born, surnames) = (self.sex(), self.born(1940, 2002), self.surnames());
        self.person(member, sex, born, surnames, None)
    }

    /// Two partners; where that is the custom, she takes his name, before or within the time of the records.
    fn couple(&mut self) -> Vec<Person> {
        let born = self.born(1942, 1996);
        let (sex, other) = if self.rng.chance(0.97) {
            (Sex::Male, Sex::Female)
        } else {
            let sex = self.sex();
            (sex, sex)
        };
        let his = self.surnames();
        let first = self.person(0, sex, born, his, None);
        let hers = self.surnames();
        let born = Day(born.0 + self.rng.range(-2200, 2200));
        let mut second = self.person(1, other, born, hers, None);
        if other == Sex::Female && self.rng.chance(self.plan.culture.takes_husbands_name()) {
            let maiden = std::mem::replace(&mut second.surname1, first.surname1.clone());
            // Most couples were married before the first record; their maiden name is nowhere to be seen.
            if self.rng.chance(0.3) {
                let wedding = Day(self.rng.range(Day::of(2018, 6, 1).0, AS_OF.0 - 30));
                second.until_marriage = Some((wedding, maiden));
            } else {
                let country = self.plan.country;
                let mail =
                    contact::email(country, second.given, &second.surname1, "", born.year(), &mut self.rng);
                second.emails[0] = mail;
            }
        }
        vec![first, second]
    }

    /// Parents and grown-up children: named after both parents where that is the custom, some of them twins, some sons
    /// named as their father, some moved out.
    fn family(&mut self, home: &Home) -> Vec<Person> {
        let mut people = if self.plan.parents == 2 { self.couple() } else { vec![self.stranger(0)] };
        let father = people[0].clone();
        let culture = self.plan.culture;
        let surnames = match (people.get(1), culture) {
            _ if !culture.two_surnames() => (father.surname1.clone(), String::new()),
            (Some(mother), Culture::Pt) => (mother.surname2.clone(), father.surname2.clone()),
            (Some(mother), _) => (father.surname1.clone(), mother.surname1.clone()),
            (None, Culture::Pt) => (self.surname(), father.surname2.clone()),
            (None, _) => (father.surname1.clone(), self.surname()),
        };
        // Parents of grown-up children are not young.
        let oldest = self.born(1968, 1998);
        let youngest_parent = oldest.0 - 20 * 365;
        for parent in &mut people {
            if parent.born.0 > youngest_parent {
                parent.born = Day(youngest_parent - self.rng.range(0, 4000));
            }
        }
        let mut born = oldest;
        while people.len() < self.plan.members {
            let member = people.len();
            let twin = member > self.plan.parents && self.rng.chance(0.05);
            if member > self.plan.parents && !twin {
                born = Day((born.0 + self.rng.range(400, 1800)).min(Day::of(2003, 6, 30).0));
            }
            let sex = self.sex();
            let junior = sex == Sex::Male
                && father.sex == Sex::Male
                && people[self.plan.parents..].iter().all(|sibling| sibling.given != father.given)
                && self.rng.chance(0.1);
            let mut child = self.person(member, sex, born, surnames.clone(), junior.then_some(father.given));
            // Brothers and sisters are not called alike.
            for _ in 0..4 {
                if junior || people.iter().all(|other| other.given != child.given) {
                    break;
                }
                child = self.person(member, sex, born, surnames.clone(), None);
            }
            if self.rng.chance(0.3) {
                let near = self.rng.chance(0.6).then_some(home.address.town);
                let since = Day(self.rng.range(Day::of(2016, 1, 1).0, AS_OF.0 - 60));
                child.own_home = Some((
                    since,
                    Home::draw(self.tables, self.plan.country, near.as_ref(), 0.15, &mut self.rng),
                ));
            }
            people.push(child);
        }
        people
    }

    fn company(&mut self, town: &Town) -> Company {
        let tables = self.tables;
        let trade = tables.trade(self.plan.country);
        let line = self.rng.pick(&trade.trades);
        let family = self.surname();
        let english = matches!(self.plan.country, Country::Us | Country::Gb);
        let name = match self.rng.below(10) {
            0..=4 if english => format!("{family} {line}"),
            0..=4 => format!("{line} {family}"),
            5 if english => format!("{family} & Sons {line}"),
            5 if self.plan.country == Country::Es => format!("{line} Hermanos {family}"),
            6..=7 => {
                let other = self.surname();
                let and = if english { "&" } else { "y" };
                let and = match self.plan.country {
                    Country::De => "&",
                    Country::Fr => "et",
                    Country::It | Country::Pt => "e",
                    _ => and,
                };
                format!("{line} {family} {and} {other}")
            }
            _ => {
                let word = self.rng.pick(&tables.words);
                let word = if english { format!("{word} {line}") } else { format!("{line} {word}") };
                format!("{word} {family}")
            }
        };
        let form = self.rng.pick(&trade.forms);
        let mut domain = String::new();
        for word in name.split(' ').filter(|word| word.len() > 2).take(3) {
            contact::slug(word, &mut domain);
        }
        // There is a "Talleres García" in every town; only one of them is talleresgarcia.es.
        if name.split(' ').count() < 3 {
            contact::slug(town.name, &mut domain);
        }
        let end = match self.plan.country {
            Country::Es if self.rng.chance(0.6) => "es",
            Country::De => "de",
            Country::Fr => "fr",
            Country::It => "it",
            Country::Pt => "pt",
            Country::Gb => "co.uk",
            Country::Mx => "com.mx",
            _ => "com",
        };
        Company { name, form, mailbox: format!("{}@{domain}.{end}", self.rng.pick(&tables.roles)) }
    }

    /// The contact persons of a company; sometimes the company itself is the first of them.
    fn contacts(&mut self, company: Option<&Company>) -> Vec<Person> {
        let domain = company
            .and_then(|company| company.mailbox.split_once('@'))
            .map_or("example.com", |(_, domain)| domain);
        let tables = self.tables;
        let trade = tables.trade(self.plan.country);
        let itself = self.rng.chance(0.3);
        (0..self.plan.members)
            .map(|member| {
                let mut person = self.stranger(member);
                person.job = self.rng.pick(&trade.jobs);
                let mut local = String::new();
                if self.rng.chance(0.5) {
                    contact::slug(&person.given[..first_char(person.given)], &mut local);
                } else {
                    contact::slug(person.given.split(' ').next().unwrap_or(""), &mut local);
                    local.push('.');
                }
                contact::slug(&person.surname1, &mut local);
                person.emails[0] = format!("{local}@{domain}");
                if itself && member == 0 {
                    person.company_itself = true;
                    person.job = "";
                    if self.plan.country == Country::Es {
                        let letter = if company.is_some_and(|company| company.form.starts_with("S.A")) {
                            'A'
                        } else {
                            'B'
                        };
                        person.national_id =
                            contact::company_tax_number(letter, person.number.wrapping_mul(7919));
                    }
                }
                person
            })
            .collect()
    }
}

/// The length of the first character.
fn first_char(text: &str) -> usize {
    text.chars().next().map_or(0, char::len_utf8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plans(n: u64) -> impl Iterator<Item = (u64, Plan)> {
        (0..n).map(|number| (number, Plan::draw(&mut Rng::stream(1, &[1, number]))))
    }

    #[test]
    fn slots_name_each_record_once() {
        for (_, plan) in plans(2000) {
            for source in 0..SOURCES {
                let n = plan.records_in(source);
                let members: Vec<_> = (0..SLOTS + 1).map_while(|slot| plan.member(source, slot)).collect();
                assert_eq!(members.len() as u64, n);
                assert!(n <= SLOTS);
                for member in 0..plan.members {
                    let first = (0..n).find(|&slot| plan.member(source, slot) == Some((member, 0)));
                    assert_eq!(plan.slot(source, member), first);
                }
            }
        }
    }

    #[test]
    fn cutting_leaves_exactly_as_many_as_there_may_be() {
        for (_, plan) in plans(500) {
            for most in 0..=plan.records() {
                let mut cut = plan.clone();
                cut.cut_all(most);
                assert_eq!(cut.records(), most);
            }
        }
    }

    #[test]
    fn rates_are_those_that_are_promised() {
        let (mut records, mut people, mut spain, n) = (0, 0, 0, 20_000);
        for (_, plan) in plans(n) {
            records += plan.records();
            people += plan.counts.iter().filter(|counts| counts.iter().any(|&count| count > 0)).count();
            spain += u64::from(plan.country == Country::Es);
        }
        let mean = records as f64 / people as f64;
        assert!((1.7..2.1).contains(&mean), "{mean} records a person");
        let share = spain as f64 / n as f64;
        assert!((0.58..0.62).contains(&share), "{share} of the households are in Spain");
    }

    #[test]
    fn families_are_families() {
        let (tables, numbers) = (Tables::new(), Numbers::new(1, 9));
        let (mut families, mut twins, mut juniors) = (0, 0, 0);
        for (number, plan) in plans(4000).filter(|(_, plan)| plan.kind == Kind::Family && plan.parents == 2) {
            let household = Household::draw(&tables, &numbers, &plan, number, Rng::stream(1, &[2, number]));
            let (parents, children) = household.people.split_at(2);
            assert_eq!(household.people.len(), plan.members);
            families += 1;
            for child in children {
                assert!(
                    parents.iter().all(|parent| parent.born.0 + 18 * 365 < child.born.0),
                    "{household:?}"
                );
                if plan.culture == Culture::Es {
                    assert_eq!(
                        (&child.surname1, &child.surname2),
                        (&parents[0].surname1, &parents[1].surname1)
                    );
                }
                juniors += usize::from(child.given == parents[0].given);
            }
            twins += children.windows(2).filter(|pair| pair[0].born == pair[1].born).count();
        }
        assert!(
            families > 500 && twins > 5 && juniors > 10,
            "{families} families, {twins} twins, {juniors} juniors"
        );
    }

    #[test]
    fn a_household_is_the_same_when_it_is_made_again() {
        let (tables, numbers) = (Tables::new(), Numbers::new(1, 9));
        for (number, plan) in plans(200) {
            let make = || Household::draw(&tables, &numbers, &plan, number, Rng::stream(1, &[2, number]));
            assert_eq!(format!("{:?}", make()), format!("{:?}", make()));
        }
    }
}
