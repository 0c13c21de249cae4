//! Persons: who they are for life, and what changes.

use crate::calendar::{AS_OF, Day};
use crate::contact::{self, Numbers, Phone};
use crate::country::{Country, Culture};
use crate::household::Home;
use crate::random::Rng;
use crate::tables::{Fashion, Names, Tables};

/// A man or a woman; the discriminant is the index of the table of given names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sex {
    /// A man.
    Male,
    /// A woman.
    Female,
}

/// A person, or the company itself where `company_itself` is set.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number that nobody else has: the entity of the truth is made of it.
    pub number: u64,
    /// Naming custom.
    pub culture: Culture,
    /// Sex.
    pub sex: Sex,
    /// Given name in full.
    pub given: &'static str,
    /// The everyday form of it that friends (and some forms) know; empty without one.
    pub nickname: &'static str,
    /// First surname, or the only one.
    pub surname1: String,
    /// Second surname; empty without one.
    pub surname2: String,
    /// The first surname until a marriage, and the day of it.
    pub until_marriage: Option<(Day, String)>,
    /// Day of birth.
    pub born: Day,
    /// DNI, NIE or CIF; empty without one.
    pub national_id: String,
    /// Mobile number now.
    pub mobile: Phone,
    /// The number before, and the day of the change.
    pub old_mobile: Option<(Day, Phone)>,
    /// E-mail addresses, the usual one first.
    pub emails: Vec<String>,
    /// A home of the person's own, from a day on.
    pub own_home: Option<(Day, Home)>,
    /// Job title; empty without one.
    pub job: &'static str,
    /// Not a person but the company the household stands for.
    pub company_itself: bool,
}

/// What is fixed about a person before it is drawn.
#[derive(Clone, Debug)]
pub struct Origin {
    /// The person's number.
    pub number: u64,
    /// Country of the household.
    pub country: Country,
    /// Naming custom of the household.
    pub culture: Culture,
    /// Sex.
    pub sex: Sex,
    /// Day of birth.
    pub born: Day,
    /// First surname and second one.
    pub surnames: (String, String),
    /// The given name, where it is a parent's.
    pub given: Option<&'static str>,
}

impl Person {
    /// A person of a given origin.
    pub fn draw(tables: &Tables, numbers: &Numbers, origin: Origin, rng: &mut Rng) -> Self {
        let Origin { number, country, culture, sex, born, surnames: (surname1, surname2), given } = origin;
        let (given, nickname) = match given {
            Some(given) => (given, ""),
            None => given_name(tables.names(culture), sex, born.year(), rng),
        };
        let mobile = numbers.mobile(country, number, false, rng);
        let old_mobile = rng.chance(0.1).then(|| {
            (Day(rng.range(Day::of(2018, 6, 1).0, AS_OF.0)), numbers.mobile(country, number, true, rng))
        });
        let known_as = if nickname.is_empty() || rng.chance(0.8) { given } else { nickname };
        let mut emails = vec![contact::email(country, known_as, &surname1, &surname2, born.year(), rng)];
        if rng.chance(0.25) {
            emails.push(contact::email(country, given, &surname1, &surname2, born.year(), rng));
        }
        let national_id = match country {
            Country::Es => numbers.spanish(number, culture != Culture::Es),
            _ => String::new(),
        };
        Self {
            number,
            culture,
            sex,
            given,
            nickname,
            surname1,
            surname2,
            until_marriage: None,
            born,
            national_id,
            mobile,
            old_mobile,
            emails,
            own_home: None,
            job: "",
            company_itself: false,
        }
    }

    /// The first surname on a day.
    pub fn surname_on(&self, day: Day) -> &str {
        match &self.until_marriage {
            Some((wedding, maiden)) if day < *wedding => maiden,
            _ => &self.surname1,
        }
    }

    /// The mobile number on a day.
    pub fn mobile_on(&self, day: Day) -> &Phone {
        match &self.old_mobile {
            Some((change, old)) if day < *change => old,
            _ => &self.mobile,
        }
    }
}

/// A given name that was in fashion in the year of birth, and an everyday form of it.
fn given_name(names: &Names, sex: Sex, year: i64, rng: &mut Rng) -> (&'static str, &'static str) {
    // Three tries: a few people are always named against the fashion.
    let mut given = *names.given[sex as usize].draw(rng);
    for _ in 0..2 {
        let fits = match given.fashion {
            Fashion::Any => true,
            Fashion::Old => year < 1972,
            Fashion::New => year > 1983,
        };
        if fits {
            break;
        }
        given = *names.given[sex as usize].draw(rng);
    }
    let mut forms = given.nicknames.split(", ");
    let nth = rng.geometric(0.25, 3) as usize;
    let nickname = forms.clone().nth(nth).or_else(|| forms.next()).unwrap_or("");
    (given.name, nickname)
}

/// A surname: from the table, or a rare one composed of two halves, or extended by a place.
pub fn surname(names: &Names, culture: Culture, rng: &mut Rng) -> String {
    // One in ten people has a surname that hardly anybody else has; without it a million records had only the table's.
    if !rng.chance(0.1) {
        return (*names.surnames.draw(rng)).to_string();
    }
    if !names.places.is_empty() && rng.chance(0.55) {
        let base = names.surnames.draw(rng);
        // "de la Torre de Haro" would be too much.
        if base.contains(' ') || base.contains('-') {
            return (*base).to_string();
        }
        let place = rng.pick(&names.places);
        return if rng.chance(0.5) { format!("{base} de {place}") } else { format!("{base}-{place}") };
    }
    if rng.chance(0.12) && culture != Culture::De {
        let (a, b) = (names.surnames.draw(rng), names.surnames.draw(rng));
        if a != b && !a.contains([' ', '-']) && !b.contains([' ', '-']) {
            return format!("{a}-{b}");
        }
    }
    let (head, tail) = (rng.pick(&names.halves[0]), rng.pick(&names.halves[1]));
    // "Berri" + "iaga": a letter does not stand three times, a vowel not twice.
    let doubled = head.chars().last() == tail.chars().next() && tail.starts_with(['a', 'e', 'i', 'o', 'u']);
    format!("{head}{}", if doubled { &tail[1..] } else { tail })
}

/// The surname by which people call a person with two: the first in Spanish, the last in Portuguese.
pub fn main_surname(culture: Culture, surname1: &str, surname2: &str) -> String {
    if culture == Culture::Pt && !surname2.is_empty() { surname2.to_string() } else { surname1.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surnames_have_a_long_tail() {
        let tables = Tables::new();
        let mut rng = Rng::stream(1, &[]);
        for culture in Culture::ALL {
            let names = tables.names(culture);
            let distinct: std::collections::BTreeSet<String> =
                (0..50_000).map(|_| surname(names, culture, &mut rng)).collect();
            assert!(distinct.len() > 1000, "{culture:?}: {}", distinct.len());
            assert!(distinct.iter().all(|name| name.trim() == name && !name.is_empty()));
        }
    }

    #[test]
    fn given_names_follow_the_fashion() {
        let tables = Tables::new();
        let names = tables.names(Culture::Es);
        let mut rng = Rng::stream(2, &[]);
        let mut count =
            |year| (0..20_000).filter(|_| given_name(names, Sex::Male, year, &mut rng).0 == "Hugo").count();
        let (old, young) = (count(1950), count(2000));
        assert!(young > 4 * old.max(1), "{old} old and {young} young men called Hugo");
    }

    #[test]
    fn what_changes_depends_on_the_day() {
        let tables = Tables::new();
        let numbers = Numbers::new(1, 1);
        let mut rng = Rng::stream(3, &[]);
        let origin = Origin {
            number: 5,
            country: Country::Gb,
            culture: Culture::Gb,
            sex: Sex::Female,
            born: Day::of(1980, 1, 1),
            surnames: ("Taylor".into(), String::new()),
            given: None,
        };
        let mut person = Person::draw(&tables, &numbers, origin, &mut rng);
        let wedding = Day::of(2020, 6, 1);
        person.until_marriage = Some((wedding, "Smith".into()));
        assert_eq!(person.surname_on(Day(wedding.0 - 1)), "Smith");
        assert_eq!(person.surname_on(wedding), "Taylor");
        person.old_mobile = Some((wedding, numbers.mobile(Country::Gb, 6, false, &mut rng)));
        assert_ne!(person.mobile_on(Day(wedding.0 - 1)), person.mobile_on(wedding));
    }
}
