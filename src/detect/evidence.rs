//! Points for and against each use of a column, from its header and its values. A point is about one natural
//! log-odds: a clear header alone gives [`STRONG`], values that look like nothing else about as much, values that do
//! not fit take more away than a header gives. A use is taken from [`THRESHOLD`] upwards.

use super::headers::{Label, Reading};
use super::profile::Profile;
use super::shapes::Trait;
use crate::table::{AttributeKind, Role};

/// Points of a header phrase that means one thing.
const STRONG: f64 = 6.0;
/// Points of a header phrase that means several: needs the values on its side, or at least not against it.
const WEAK: f64 = 3.5;
/// From here a column is used; below, it is carried.
pub(super) const THRESHOLD: f64 = 3.0;

/// Kinds that values alone can show.
const BY_VALUE: [AttributeKind; 20] = {
    use AttributeKind::*;
    [
        Email,
        Phone,
        Website,
        Identifier,
        GivenName,
        Surname,
        FullName,
        MiddleName,
        NamePrefix,
        NameSuffix,
        Company,
        Street,
        FullAddress,
        HouseNumber,
        City,
        Region,
        Postcode,
        Country,
        BirthDate,
        Gender,
    ]
};

/// One column as it is judged.
pub(super) struct View<'a> {
    pub reading: &'a Reading,
    pub profile: &'a Profile,
    /// Share of records whose e-mail address contains a word of it.
    pub in_email: f64,
}

/// What the other columns of the source are called.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// There is a column called given name, one called surname.
    pub given: bool,
    pub surname: bool,
    /// There is a column called street or address.
    pub street: bool,
    /// All names in the file are somebody's (`owner_first_name`): then somebody is whom it is about.
    pub about_others: bool,
}

/// A possible use of a column.
#[derive(Clone, PartialEq, Debug)]
pub(super) struct Candidate {
    pub role: Role,
    pub score: f64,
    /// The header names it.
    pub named: bool,
}

/// A column whose header settles that it is nothing about the customer.
pub(super) fn settled(view: &View<'_>, context: &Context) -> Option<(Role, &'static str)> {
    let reading = view.reading;
    let only_company = reading.has_kind(AttributeKind::Company) && !reading.has(Label::Carry);
    if reading.has(Label::Staff) {
        return Some((Role::Skip, "header names a person who works with the system"));
    }
    if reading.has(Label::Fax) {
        return Some((Role::Carry, "fax and similar lines are shared and out of use"));
    }
    let about_other = reading.has(Label::Other) && !only_company;
    let names_something = reading.meanings.iter().any(|meaning| meaning.label.kind().is_some());
    if about_other && !(context.about_others && names_something) {
        return Some((Role::Carry, "header is about somebody else"));
    }
    let note = reading.meanings.iter().find(|meaning| meaning.label == Label::Note);
    let prose = view.profile.share(Trait::Prose);
    if note.is_some_and(|note| !note.weak || prose > 0.3) && !reading.has(Label::Carry) {
        return Some((Role::Skip, "free text"));
    }
    // A whole address reads like prose as well; where the header says so it is one.
    let named = |meaning: &super::headers::Meaning| {
        meaning.label.kind().is_some()
            || matches!(meaning.label, Label::Address | Label::AnyName | Label::Title)
    };
    if prose > 0.6 && !reading.meanings.iter().any(named) {
        return Some((Role::Skip, "values are free text"));
    }
    if view.profile.share(Trait::Hash) > 0.8 && !reading.meanings.iter().any(is_key) {
        return Some((Role::Carry, "values are hashes or tokens"));
    }
    None
}

fn is_key(meaning: &super::headers::Meaning) -> bool {
    matches!(meaning.label, Label::Role(Role::RecordId | Role::MergedInto))
}

/// All uses of a column with their points, best first, those below zero left out.
pub(super) fn candidates(view: &View<'_>, context: &Context) -> Vec<Candidate> {
    let mut found: Vec<Candidate> = Vec::new();
    let mut offer = |role: Role, score: f64, named: bool| match found.iter_mut().find(|one| one.role == role)
    {
        Some(known) if known.score >= score => known.named |= named,
        Some(known) => *known = Candidate { role, score, named: named || known.named },
        None => found.push(Candidate { role, score, named }),
    };
    let reading = view.reading;
    let doubt = doubt(reading);
    for meaning in &reading.meanings {
        // `parcel_no`: a number of something that is not known.
        let vague = if meaning.weak && reading.unknown > 0 { 2.0 } else { 0.0 };
        let base = if meaning.weak { WEAK } else { STRONG } - doubt - vague;
        match meaning.label {
            Label::Role(Role::Attribute(kind, slot)) => {
                let (kind, extra) = numbered(kind, reading.number);
                // A bare `No.` is a house number only beside a street.
                let lonely = kind == AttributeKind::HouseNumber && meaning.weak && !context.street;
                let extra = if lonely { extra - 4.0 } else { extra };
                offer(
                    Role::Attribute(kind, slot),
                    base + extra + value_points(kind, view) + dated(kind, reading),
                    true,
                );
            }
            Label::Role(role) => offer(role, base + role_points(role, view), true),
            Label::AnyName => {
                for (kind, points) in any_name(reading, context) {
                    offer(Role::Attribute(kind, 0), points - doubt + value_points(kind, view), true);
                }
            }
            label => {
                for (kind, points) in general(label, reading) {
                    let points = points - doubt + value_points(kind, view) + dated(kind, reading);
                    offer(Role::Attribute(kind, 0), points, true);
                }
            }
        }
    }
    if !view.profile.is_empty() {
        for kind in BY_VALUE {
            if let Some(points) = by_value(kind, view) {
                offer(Role::Attribute(kind, 0), points, false);
            }
        }
    }
    found.retain(|candidate| candidate.score > 0.0);
    found.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.role.cmp(&b.role)));
    found
}

/// Points that the rest of a header takes away from what it names.
fn doubt(reading: &Reading) -> f64 {
    let special =
        reading.meanings.iter().filter(|meaning| meaning.label.kind().is_some() && !meaning.weak).count();
    let mut doubt = reading.unknown.min(2) as f64 + if special > 1 { 1.0 } else { 0.0 };
    if reading.has(Label::Carry) {
        doubt += 6.0;
    }
    if reading.has(Label::Metadata) {
        doubt += 2.0;
    }
    doubt
}

/// `fname_c2` is the second given name, `lname_c2` the second surname.
fn numbered(kind: AttributeKind, number: Option<u8>) -> (AttributeKind, f64) {
    match (kind, number) {
        (AttributeKind::GivenName, Some(2)) => (AttributeKind::MiddleName, 1.0),
        (AttributeKind::Surname, Some(2)) => (AttributeKind::SecondSurname, 1.0),
        _ => (kind, 0.0),
    }
}

/// Dates of events are no birth dates, however they are spread, and `EmailBouncedDate` is a date even while it is empty.
fn dated(kind: AttributeKind, reading: &Reading) -> f64 {
    use AttributeKind::*;
    match kind {
        BirthDate | BirthYear | BirthMonth | BirthDay if reading.has(Label::Event) => -9.0,
        Email | Phone if reading.has(Label::BareDate) => -6.0,
        _ => 0.0,
    }
}

/// What a bare `name`, `nombre`, `nom` is depends on the other columns: next to surnames it is the given name, next
/// to given names the surname, alone it is all of it.
fn any_name(reading: &Reading, context: &Context) -> Vec<(AttributeKind, f64)> {
    use AttributeKind::*;
    let (full, given, surname) = match (context.given, context.surname) {
        (true, true) => (4.0, 0.0, 0.0),
        (false, true) => (2.0, 4.5, 0.0),
        (true, false) => (2.0, 0.0, 4.5),
        (false, false) => (4.5, 1.5, 1.0),
    };
    let (given, surname) = match reading.number {
        Some(1) if !context.given => (given + 2.0, surname),
        Some(2) if !context.surname => (given - 1.0, surname + 2.5),
        _ => (given, surname),
    };
    // `Program name`, `event name`: an unknown word before it makes it anything's name.
    let thing = reading.unknown > 0 || reading.has(Label::Event) || reading.has(Label::Reference);
    let doubt = if thing { 2.5 } else { 0.0 };
    vec![
        (FullName, full - doubt),
        (GivenName, given - doubt),
        (Surname, surname - doubt),
        (Company, 2.0 - doubt),
    ]
}

/// The kinds behind a label that leaves several open.
fn general(label: Label, reading: &Reading) -> Vec<(AttributeKind, f64)> {
    use AttributeKind::*;
    let alone = reading.unknown == 0 && !reading.has(Label::Event) && !reading.has(Label::Carry);
    match label {
        Label::Title => vec![(NamePrefix, 3.5), (Category, 3.5)],
        Label::Address => vec![(FullAddress, 4.5), (Street, 4.5)],
        Label::BareDate if alone => vec![(BirthDate, 1.5)],
        Label::BareYear if alone => vec![(BirthYear, 1.0)],
        Label::BareMonth if alone => vec![(BirthMonth, 0.0)],
        Label::BareDay if alone => vec![(BirthDay, 0.0)],
        _ => Vec::new(),
    }
}

/// Points of the values for a use that is no attribute.
fn role_points(role: Role, view: &View<'_>) -> f64 {
    let profile = view.profile;
    match role {
        Role::RecordId => {
            let reference = if view.reading.has(Label::Reference) { -8.0 } else { 0.0 };
            let with_kind = view
                .reading
                .meanings
                .iter()
                .filter(|meaning| !meaning.weak)
                .any(|m| m.label.kind().is_some());
            let words =
                if profile.mean_runs() > 2.5 || profile.share(Trait::Prose) > 0.1 { -6.0 } else { 0.0 };
            let names =
                if profile.share(Trait::Wordy) > 0.9 && profile.mean_words() >= 1.5 { -3.0 } else { 0.0 };
            reference + words + names + if with_kind { -4.0 } else { 0.0 }
        }
        Role::UpdatedAt | Role::CreatedAt if profile.is_empty() => 0.0,
        Role::UpdatedAt | Role::CreatedAt => -9.0 * (1.0 - profile.share(Trait::DateLoose)),
        Role::MergedInto if profile.non_null == profile.records && profile.records > 1 => -9.0,
        _ => 0.0,
    }
}

/// Points for a kind that the header does not name, or `None` when these values cannot show it.
fn by_value(kind: AttributeKind, view: &View<'_>) -> Option<f64> {
    use AttributeKind::*;
    let (reading, profile) = (view.reading, view.profile);
    let share = |what| profile.share(what);
    // Names are many: few values in many records are a category whose words happen to be names.
    let few = profile.distinct < 30 && profile.distinct * 8 < profile.non_null;
    let enough = match kind {
        GivenName | Surname | FullName | Company if few => false,
        Email => share(Trait::Email) > 0.5,
        Website => share(Trait::Url) > 0.7 && share(Trait::At) < 0.1,
        Phone => share(Trait::PhoneSure) + share(Trait::PhonePlain) > 0.6 && share(Trait::Date) < 0.3,
        Identifier => share(Trait::IdSure) > 0.7,
        GivenName => share(Trait::Given) > 0.15 && share(Trait::Wordy) > 0.8,
        Surname => (share(Trait::Surname) > 0.06 || view.in_email > 0.4) && share(Trait::Wordy) > 0.8,
        FullName => {
            share(Trait::WholeName) > 0.12 || (share(Trait::GivenFirst) > 0.4 && share(Trait::Single) < 0.3)
        }
        MiddleName => share(Trait::Initial) > 0.7 && profile.distinct >= 8,
        NamePrefix => share(Trait::Title) > 0.8 && share(Trait::Initial) < 0.5,
        NameSuffix => share(Trait::Suffix) > 0.8 && share(Trait::Title) < 0.9,
        Company => share(Trait::Legal) > 0.15 && share(Trait::Prose) < 0.1,
        Street => share(Trait::StreetType) > 0.35 && share(Trait::FullAddress) < 0.4,
        FullAddress => share(Trait::FullAddress) > 0.5,
        HouseNumber => share(Trait::House) > 0.9 && profile.one_length() < 0.8,
        City => share(Trait::City) > 0.15 && share(Trait::Wordy) > 0.8,
        Region => share(Trait::Region) > 0.75 && profile.distinct >= 3,
        Country => share(Trait::Country) > 0.8 && share(Trait::Country) > share(Trait::Region) + 0.1,
        Postcode => share(Trait::PostSure).max(share(Trait::Post5)).max(share(Trait::Post4)) > 0.8,
        BirthDate => share(Trait::Date) > 0.7 && (reading.blank || named_birth(reading)),
        Gender => share(Trait::Gender) > 0.85 && profile.distinct >= 2,
        _ => false,
    };
    if !enough {
        return None;
    }
    let sure = matches!(kind, Email | Website | Identifier | Phone);
    // A header that says something else, or something unknown, makes a chance likeness more probable.
    let known =
        reading.meanings.iter().any(|meaning| !matches!(meaning.label, Label::Noise | Label::Metadata));
    let against = match (reading.blank, known, sure) {
        (true, _, _) => 0.0,
        (false, true, true) => 3.0,
        (false, true, false) => 4.5,
        (false, false, true) => 0.5,
        (false, false, false) => 2.0,
    };
    let sequence =
        matches!(kind, Postcode | Phone) && profile.unique_share() > 0.995 && profile.non_null > 500;
    let sparse = 1.5 * (1.0 - profile.non_null as f64 / profile.records.max(1) as f64);
    let unique_post = if sequence && kind == Postcode { 3.0 } else { 0.0 };
    Some(value_points(kind, view) - against - unique_post - if sure { 0.0 } else { sparse })
}

fn named_birth(reading: &Reading) -> bool {
    reading.has(Label::BareDate) && reading.unknown == 0 && !reading.has(Label::Event)
}

/// Points of the values for and against a kind. Nothing is known of an empty column.
fn value_points(kind: AttributeKind, view: &View<'_>) -> f64 {
    use AttributeKind::*;
    let profile = view.profile;
    if profile.is_empty() {
        return 0.0;
    }
    let share = |what| profile.share(what);
    // `lacks(x, n)`: up to n points lost with the share of values that do not fit.
    let lacks = |fits: f64, points: f64| -points * (1.0 - fits);
    match kind {
        Email => 8.0 * share(Trait::Email) + lacks(share(Trait::At), 12.0),
        Website => 7.0 * share(Trait::Url) + lacks(share(Trait::Url), 4.0) - 8.0 * share(Trait::At),
        Phone => {
            let no = share(Trait::Date).max(share(Trait::IdSure)).min(1.0);
            7.0 * share(Trait::PhoneSure).min(1.0)
                + 4.0 * share(Trait::PhonePlain)
                + lacks(share(Trait::PhoneLoose), 10.0)
                - 5.0 * no
        }
        Identifier => {
            5.0 * share(Trait::IdSure) + lacks(share(Trait::IdLoose).max(share(Trait::IdSure)), 6.0)
        }
        GivenName | Surname | MiddleName | SecondSurname | FullName | Nickname | NamePrefix | NameSuffix
        | Company => name_points(kind, view),
        Street | FullAddress | HouseNumber | Unit | AddressLine2 | PoBox | Locality | City | County
        | Region | Postcode | Country | BirthPlace => place_points(kind, profile),
        BirthDate => {
            let spread = match profile.year_spread() {
                _ if profile.share(Trait::MonthDay) > 0.5 => 1.0,
                40.. => 2.5,
                25..=39 => 1.0,
                10..=24 => -0.5,
                _ if profile.distinct_read < 20 => -1.0,
                _ => -3.0,
            };
            3.0 * share(Trait::Date).max(share(Trait::MonthDay))
                + lacks(share(Trait::DateLoose), 9.0)
                + spread
        }
        BirthYear => {
            let spread = profile.year_spread();
            let points = if spread >= 40 {
                2.5
            } else if spread < 2 && profile.records > 5 {
                -7.0
            } else {
                0.0
            };
            lacks(share(Trait::Year), 9.0) + points
        }
        BirthMonth => 2.0 * share(Trait::Month) + lacks(share(Trait::Month), 9.0),
        BirthDay => 2.0 * share(Trait::Day) + lacks(share(Trait::Day), 9.0),
        Age => lacks(share(Trait::Age), 9.0),
        Gender => {
            let coded = if view.reading.has_kind(Gender) { share(Trait::GenderCode) } else { 0.0 };
            let many = if profile.distinct > 30 && share(Trait::Gender) < 0.9 { -6.0 } else { 0.0 };
            let certain = if share(Trait::GenderSure) > 0.3 { 1.0 } else { 0.0 };
            4.0 * share(Trait::Gender) + certain + lacks(share(Trait::Gender).max(coded), 6.0) + many
        }
        Category => {
            let number = share(Trait::Number).min(1.0);
            let unique = if profile.unique_share() > 0.95 && profile.distinct > 100 { -4.0 } else { 0.0 };
            unique - 6.0 * share(Trait::Prose) - 2.0 * number - 5.0 * share(Trait::Title)
        }
    }
}

fn name_points(kind: AttributeKind, view: &View<'_>) -> f64 {
    use AttributeKind::*;
    let profile = view.profile;
    let share = |what| profile.share(what);
    let wordy = -7.0 * (1.0 - share(Trait::Wordy));
    let (given, surname) = (share(Trait::Given), share(Trait::Surname));
    // Martín and Thomas are both: the ratio tells a column of one from a column of the other.
    let lean = 1.5 * ((given + 0.03) / (surname + 0.03)).ln().clamp(-1.5, 1.5);
    let state = -5.0 * share(Trait::Status).max(share(Trait::Boolean)).max(share(Trait::GenderSure));
    match kind {
        GivenName => {
            wordy + state + (6.0 * given).min(3.5) + lean + 2.5 * view.in_email
                - 5.0 * share(Trait::WholeName)
                - 2.0 * share(Trait::GivenFirst)
        }
        Surname => {
            wordy + state + (8.0 * surname).min(3.5) - lean + 2.5 * view.in_email
                - 3.0 * share(Trait::WholeName)
                - 3.0 * share(Trait::GivenFirst)
                - 4.0 * (2.0 * share(Trait::Legal)).min(1.0)
        }
        FullName => {
            let organisation = -5.0 * (2.0 * share(Trait::Legal)).min(1.0);
            let whole = (8.0 * share(Trait::WholeName) + 5.0 * share(Trait::GivenFirst)).min(5.0);
            wordy + state + whole + organisation + 2.5 * view.in_email - 4.0 * share(Trait::Single)
        }
        MiddleName => wordy + state + 4.5 * share(Trait::Initial),
        SecondSurname => wordy + state + (4.0 * surname).min(1.5),
        NamePrefix => 5.0 * share(Trait::Title) - 6.0 * (1.0 - share(Trait::Title)),
        NameSuffix => 5.0 * share(Trait::Suffix) - 6.0 * (1.0 - share(Trait::Suffix)),
        Nickname => wordy - 3.0 * share(Trait::Number),
        _ => {
            let person = -4.0 * share(Trait::WholeName);
            (8.0 * share(Trait::Legal)).min(5.0) - 6.0 * (1.0 - share(Trait::Letters)) + person
                - 6.0 * share(Trait::At)
                + state
        }
    }
}

fn place_points(kind: AttributeKind, profile: &Profile) -> f64 {
    use AttributeKind::*;
    let share = |what| profile.share(what);
    let lettered = -6.0 * (1.0 - share(Trait::Letters)) - 8.0 * share(Trait::At);
    let wordy = -5.0 * (1.0 - share(Trait::Wordy)) - 3.0 * share(Trait::Boolean);
    let typed = 5.0 * share(Trait::StreetType) + share(Trait::Numbered);
    let vague = -4.0 * share(Trait::Status);
    let code = share(Trait::Letters).max(f64::from(u8::from(profile.one_length() > 0.8)));
    match kind {
        Street => lettered + typed.min(5.5) - 4.0 * share(Trait::FullAddress),
        FullAddress => lettered + 6.0 * share(Trait::FullAddress) - 2.0 * (1.0 - share(Trait::FullAddress)),
        HouseNumber => {
            2.0 * share(Trait::House) - 8.0 * (1.0 - share(Trait::House)) - 3.0 * share(Trait::Date)
        }
        Unit => 2.0 * share(Trait::Unit) - if profile.mean_words() > 4.0 { 4.0 } else { 0.0 },
        AddressLine2 => -8.0 * share(Trait::At) - 4.0 * share(Trait::Date),
        PoBox => -3.0 * share(Trait::At) - 3.0 * share(Trait::Date),
        Locality | County => wordy + vague + share(Trait::City),
        City => wordy + vague + (9.0 * share(Trait::City)).min(4.0) - 3.0 * share(Trait::StreetType),
        Region => {
            let codes = -5.0 * (1.0 - code) - 8.0 * share(Trait::At) - 3.0 * share(Trait::Boolean);
            let town = if share(Trait::City) > 0.6 { 1.0 } else { 0.0 };
            (6.0 * share(Trait::Region)).min(4.5) - town + codes + vague - 3.0 * share(Trait::Date)
        }
        Country => {
            (6.0 * share(Trait::Country)).min(4.5) - 5.0 * (1.0 - code) + vague - 8.0 * share(Trait::At)
        }
        Postcode => {
            let five = 4.0 * share(Trait::Post5);
            let four = if share(Trait::Year) > 0.9 { 0.0 } else { 3.2 * share(Trait::Post4) };
            (6.0 * share(Trait::PostSure)).max(five).max(four)
                - 9.0 * (1.0 - share(Trait::PostLoose))
                - 5.0 * share(Trait::Date)
        }
        _ => lettered,
    }
}
