//! From a person to a record: what a touchpoint knows of the person on a day, after its forms and keyboards.
//!
//! A touchpoint's `Profile` says how often each field is filled and how often each thing goes wrong. A record holds what
//! the person or the clerk typed; the touchpoint's own file lays it out in columns.

use crate::address::Address;
use crate::calendar::{AS_OF, Day, Moment};
use crate::contact::{Phone, PhoneStyle};
use crate::corrupt::{self, NO_ADDRESS, NO_EMAIL, NO_ID, NO_PHONE};
use crate::country::{Country, Culture};
use crate::household::{Company, Household};
use crate::person::{self, Person, Sex};
use crate::population::{Location, Population};
use crate::random::Rng;

/// How often a touchpoint has a field, and how often something happens to it. All are probabilities.
#[derive(Clone, Debug)]
pub struct Profile {
    /// E-mail filled.
    pub email: f64,
    /// Mobile filled.
    pub mobile: f64,
    /// Landline filled, where the home has one.
    pub landline: f64,
    /// Address filled.
    pub address: f64,
    /// Date of birth filled.
    pub born: f64,
    /// Identity number filled, where the person has one.
    pub national_id: f64,
    /// Given name filled.
    pub given: f64,
    /// Second surname filled, where the person has one.
    pub surname2: f64,
    /// The everyday form in place of the given name.
    pub nickname: f64,
    /// Abbreviated names ("Mª", "Fdez.").
    pub abbreviation: f64,
    /// A slip of the keyboard, for each name and for street, town and e-mail.
    pub typo: f64,
    /// No accents in the whole record.
    pub no_accents: f64,
    /// The whole record in upper case.
    pub upper: f64,
    /// Names in lower case.
    pub lower: f64,
    /// A placeholder where a field is left empty.
    pub placeholder: f64,
    /// A postcode's leading zero is lost.
    pub lost_zero: f64,
    /// A phone number as a spreadsheet left it.
    pub excel: f64,
    /// The styles of phone numbers.
    pub phones: &'static [(PhoneStyle, u32)],
}

/// How often given name and surname stand in each other's place.
const NAMES_SWAPPED: f64 = 0.008;
/// How often day and month of birth do.
const DAY_MONTH_SWAPPED: f64 = 0.012;
/// How often a date of birth is wrong by a digit, and how often it is the first day of 1900.
const WRONG_BIRTH: f64 = 0.012;
const NO_BIRTH: f64 = 0.012;
/// How often the domain of an e-mail has a slip.
const WRONG_DOMAIN: f64 = 0.008;
/// How often both of a person's e-mails stand in one cell.
const TWO_EMAILS: f64 = 0.04;
/// How often a person gives the second e-mail, and how often the e-mail that the household shares.
const SECOND_EMAIL: f64 = 0.14;
const SHARED_EMAIL: f64 = 0.3;
/// How often a contact of a company gives its shared mailbox, and how often the number of the switchboard.
const MAILBOX: f64 = 0.15;
const SWITCHBOARD: f64 = 0.35;
/// How often a mobile number is there where there is no e-mail: a customer nobody can reach is not kept.
const MOBILE_AT_LEAST: f64 = 0.97;
/// How often a phone number or an identity number has a wrong digit.
const WRONG_DIGIT: f64 = 0.008;
/// How often a record's text went through the wrong encoding.
const MOJIBAKE: f64 = 0.003;

/// A record as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Record {
    /// Given name.
    pub given: String,
    /// First surname, or the only one.
    pub surname1: String,
    /// Second surname.
    pub surname2: String,
    /// The company's name with its legal form.
    pub company: String,
    /// Job title.
    pub job: String,
    /// E-mail, or two.
    pub email: String,
    /// Mobile number.
    pub mobile: String,
    /// Fixed line.
    pub landline: String,
    /// Street and number.
    pub street: String,
    /// Floor and door, apartment, neighbourhood.
    pub unit: String,
    /// Postcode.
    pub postcode: String,
    /// Town.
    pub town: String,
    /// Province or state.
    pub province: String,
    /// Code of the province.
    pub province_code: &'static str,
    /// Country in words; empty where the address is.
    pub country: String,
    /// Country code; empty where the address is.
    pub country_code: &'static str,
    /// Date of birth.
    pub born: Option<Day>,
    /// Identity number.
    pub national_id: String,
    /// "Sr." or "Sra." or nothing, as the customer's sex and country say.
    pub salutation: &'static str,
    /// The record is of a company, not of a person.
    pub company_itself: bool,
    /// When it was created.
    pub created: Moment,
    /// When it was last changed; the address is of that day.
    pub updated: Moment,
}

impl Default for Moment {
    fn default() -> Self {
        Self { day: AS_OF, second: 0 }
    }
}

impl Record {
    /// First and second surname with a blank between.
    pub fn surnames(&self) -> String {
        joined(&[&self.surname1, &self.surname2], " ")
    }

    /// Given name and surnames.
    pub fn full_name(&self) -> String {
        joined(&[&self.given, &self.surname1, &self.surname2], " ")
    }

    /// Street and unit in one line.
    pub fn street_and_unit(&self) -> String {
        joined(&[&self.street, &self.unit], ", ")
    }

    /// The number to call: the mobile, or the fixed line.
    pub fn any_phone(&self) -> &str {
        if self.mobile.is_empty() { &self.landline } else { &self.mobile }
    }
}

/// The parts that are not empty, with `between` between them.
pub fn joined(parts: &[&str], between: &str) -> String {
    let mut out = String::new();
    for part in parts.iter().filter(|part| !part.is_empty()) {
        if !out.is_empty() {
            out.push_str(between);
        }
        out.push_str(part);
    }
    out
}

/// What a record is made from.
struct Observer<'a> {
    profile: &'a Profile,
    person: &'a Person,
    country: Country,
    day: Day,
    rng: &'a mut Rng,
}

/// The record at a location; draws from the record's stream, which the touchpoint goes on to use.
pub fn observe(
    population: &Population,
    at: &Location,
    household: &Household,
    profile: &Profile,
    rng: &mut Rng,
) -> Record {
    let created = population.created(at);
    let updated = updated(created, rng);
    let person = &household.people[at.member];
    let home = household.home_on(at.member, updated.day);
    let mut observer = Observer { profile, person, country: at.plan.country, day: updated.day, rng };
    let mut record = Record { created, updated, company_itself: person.company_itself, ..Record::default() };
    if let Some(company) = &household.company {
        observer.company(company, &mut record);
    }
    if !person.company_itself {
        observer.names(&mut record);
        observer.birth(&mut record);
    }
    observer.email(household, &mut record);
    observer.phones(home.landline.as_ref(), household.company.is_some(), &mut record);
    observer.national_id(&mut record);
    observer.address(&home.address, &mut record);
    observer.letters(&mut record);
    record
}

/// When a record was last changed: for half of them, never since it was created.
fn updated(created: Moment, rng: &mut Rng) -> Moment {
    if rng.chance(0.5) {
        return created;
    }
    let day = Day(rng.range(created.day.0, AS_OF.0));
    let second = rng.range(8 * 3600, 22 * 3600);
    Moment { day, second: if day == created.day { second.max(created.second) } else { second } }
}

impl Observer<'_> {
    fn filled(&mut self, probability: f64) -> bool {
        self.rng.chance(probability)
    }

    fn typo(&mut self, text: &mut String) {
        if self.rng.chance(self.profile.typo) {
            corrupt::typo(text, self.rng);
        }
    }

    fn company(&mut self, company: &Company, record: &mut Record) {
        let form = match self.rng.below(10) {
            0..=5 => company.form.to_string(),
            6 | 7 => company.form.replace(['.', ' '], ""),
            8 => String::new(),
            _ => company.form.to_lowercase(),
        };
        let comma = if !form.is_empty() && self.rng.chance(0.3) { "," } else { "" };
        let space = if form.is_empty() { "" } else { " " };
        record.company = format!("{}{comma}{space}{form}", company.name);
        record.job = self.person.job.to_string();
        self.typo(&mut record.company);
    }

    fn names(&mut self, record: &mut Record) {
        let (profile, person) = (self.profile, self.person);
        let nickname = !person.nickname.is_empty() && self.filled(profile.nickname);
        record.given = if nickname { person.nickname } else { person.given }.to_string();
        record.surname1 = person.surname_on(self.day).to_string();
        if self.filled(profile.surname2) {
            record.surname2.clone_from(&person.surname2);
        } else {
            record.surname1 = person::main_surname(person.culture, &record.surname1, &person.surname2);
        }
        if matches!(person.culture, Culture::Es | Culture::Latam) {
            if self.filled(profile.abbreviation) {
                corrupt::abbreviate(&mut record.given, false);
            }
            if self.filled(profile.abbreviation / 2.0) {
                corrupt::abbreviate(&mut record.surname1, true);
            }
        } else if !person.culture.two_surnames() && self.filled(0.04) {
            // A middle initial here and there.
            let initial = b'A' + self.rng.below(20) as u8;
            let last = person.number % 20;
            let initial = if self.filled(0.9) { b'A' + last as u8 } else { initial };
            record.given = format!("{} {}.", record.given, char::from(initial));
        }
        self.typo(&mut record.given);
        self.typo(&mut record.surname1);
        self.typo(&mut record.surname2);
        if self.filled(NAMES_SWAPPED) {
            let surnames = record.surnames();
            record.surname1 = std::mem::replace(&mut record.given, surnames);
            record.surname2.clear();
        }
        if !self.filled(profile.given) {
            record.given.clear();
            if self.filled(0.7) {
                record.surname1.clear();
                record.surname2.clear();
            }
        }
        let spanish = matches!(
            self.country,
            Country::Es | Country::Mx | Country::Ar | Country::Co | Country::Cl | Country::Pe
        );
        record.salutation = match (person.sex, self.country) {
            (Sex::Male, _) if spanish => "Sr.",
            (Sex::Female, _) if spanish => "Sra.",
            (Sex::Male, Country::De) => "Herr",
            (Sex::Female, Country::De) => "Frau",
            (Sex::Male, Country::Fr) => "M.",
            (Sex::Female, Country::Fr) => "Mme",
            (Sex::Male, Country::Us | Country::Gb) => "Mr.",
            (Sex::Female, Country::Us | Country::Gb) => "Ms.",
            _ => "",
        };
    }

    fn birth(&mut self, record: &mut Record) {
        if !self.filled(self.profile.born) {
            return;
        }
        let born = self.person.born;
        let at = self.rng.unit();
        record.born = Some(if at < NO_BIRTH {
            Day::of(1900, 1, 1)
        } else if at < NO_BIRTH + DAY_MONTH_SWAPPED {
            born.swapped().unwrap_or(born)
        } else if at < NO_BIRTH + DAY_MONTH_SWAPPED + WRONG_BIRTH {
            let (year, month, day) = born.civil();
            match self.rng.below(3) {
                0 => Day::of(year + if year % 10 == 9 { -1 } else { 1 }, month, day.min(28)),
                1 => Day::of(year, month, if day > 1 { day - 1 } else { 2 }),
                _ => Day::of(if year >= 1950 { year - 10 } else { year + 10 }, month, day.min(28)),
            }
        } else {
            born
        });
    }

    fn email(&mut self, household: &Household, record: &mut Record) {
        let own = &self.person.emails;
        let shared = household.shared_email.as_ref();
        let mailbox = household.company.as_ref().map(|company| &company.mailbox);
        let itself = self.person.company_itself;
        if !self.filled(self.profile.email) {
            if self.filled(self.profile.placeholder) {
                record.email = self.rng.pick(&NO_EMAIL).to_string();
            }
            return;
        }
        let email = match (mailbox, shared) {
            (Some(mailbox), _) if itself || self.filled(MAILBOX) => mailbox,
            // The shared address is the first partner's; only the generation of the parents uses it.
            (_, Some(shared)) if self.person.born.year() < 1980 && self.filled(SHARED_EMAIL) => shared,
            _ if own.len() > 1 && self.filled(SECOND_EMAIL) => &own[1],
            _ => &own[0],
        };
        record.email.clone_from(email);
        if self.filled(WRONG_DOMAIN) {
            corrupt::domain_typo(&mut record.email, self.rng);
        } else if self.filled(self.profile.typo / 4.0) {
            corrupt::typo(&mut record.email, self.rng);
        } else if own.len() > 1 && !itself && self.filled(TWO_EMAILS) {
            let mark = self.rng.pick(&["; ", ", ", " / ", ";"]);
            record.email = format!("{}{mark}{}", own[0], own[1]);
        } else if self.filled(0.04) {
            record.email = record.email.to_uppercase();
        } else if self.filled(0.04) {
            // "Maria.Garcia85@gmail.com": capitals where the name has them.
            if let Some((local, domain)) = record.email.split_once('@') {
                record.email =
                    format!("{}@{domain}", local.split('.').map(capital).collect::<Vec<_>>().join("."));
            }
        }
    }

    fn phones(&mut self, landline: Option<&Phone>, works: bool, record: &mut Record) {
        let person = self.person;
        let profile = self.profile;
        let often = if record.email.contains('@') { profile.mobile } else { MOBILE_AT_LEAST };
        if !person.company_itself && self.filled(often) {
            // A contact of a company is often known by its switchboard only.
            let phone = match landline {
                Some(switchboard) if works && self.filled(SWITCHBOARD) => switchboard,
                _ => person.mobile_on(self.day),
            };
            record.mobile = self.phone(phone);
        } else if self.filled(profile.placeholder) {
            record.mobile = self.rng.pick(&NO_PHONE).to_string();
        }
        if let Some(landline) = landline {
            let often = if works { 0.8 } else { profile.landline };
            if self.filled(often) {
                record.landline = self.phone(landline);
            }
        }
    }

    fn phone(&mut self, phone: &Phone) -> String {
        if self.filled(self.profile.excel) {
            return phone.damaged();
        }
        let mut text = phone.write(self.rng.weighted(self.profile.phones));
        if self.filled(WRONG_DIGIT) {
            corrupt::digit_typo(&mut text, self.rng);
        }
        text
    }

    fn national_id(&mut self, record: &mut Record) {
        if self.filled(self.profile.national_id) {
            record.national_id.clone_from(&self.person.national_id);
            if self.filled(WRONG_DIGIT) {
                corrupt::digit_typo(&mut record.national_id, self.rng);
            }
            if record.national_id.len() == 9 {
                match self.rng.below(20) {
                    0 | 1 => record.national_id.insert(8, '-'),
                    2 => record.national_id = record.national_id.to_lowercase(),
                    3 => record.national_id.insert(8, ' '),
                    _ => {}
                }
            }
        } else if self.filled(self.profile.placeholder) {
            record.national_id = self.rng.pick(&NO_ID).to_string();
        }
    }

    fn address(&mut self, address: &Address, record: &mut Record) {
        if !self.filled(self.profile.address) {
            if self.filled(self.profile.placeholder) {
                record.street = self.rng.pick(&NO_ADDRESS).to_string();
            }
            return;
        }
        let (mut street, unit) = address.lines(self.rng);
        self.typo(&mut street);
        record.street = street;
        if self.filled(0.92) {
            record.unit = unit;
        }
        record.postcode.clone_from(&address.postcode);
        if self.filled(self.profile.lost_zero) && self.country != Country::Gb {
            let digits = record.postcode.trim_start_matches('0');
            record.postcode = digits.to_string();
        }
        record.town = address.town.name.to_string();
        self.typo(&mut record.town);
        record.province = address.town.province.to_string();
        record.province_code = address.town.province_code;
        let names = self.country.names();
        let nth = if self.filled(0.8) { 0 } else { self.rng.index(names.len()) };
        record.country = names[nth].to_string();
        record.country_code = self.country.code();
    }

    /// What happens to all letters of a record: case, accents, encoding.
    fn letters(&mut self, record: &mut Record) {
        let upper = self.filled(self.profile.upper);
        let lower = !upper && self.filled(self.profile.lower);
        let plain = self.filled(self.profile.no_accents);
        let broken = !upper && !plain && self.filled(MOJIBAKE);
        let Record { given, surname1, surname2, company, street, unit, town, province, .. } = record;
        for (at, text) in
            [given, surname1, surname2, company, street, unit, town, province].into_iter().enumerate()
        {
            if text.is_empty() {
                continue;
            }
            if plain {
                *text = corrupt::without_accents(text);
            }
            if upper {
                *text = text.to_uppercase();
            } else if lower && at < 3 {
                *text = text.to_lowercase();
            }
            if broken {
                *text = corrupt::mojibake(text);
            }
        }
    }
}

/// The text with its first letter in upper case.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}
