//! Blocking keys: the lossy forms of an attribute value under which records of one customer meet.
//!
//! A value gives several keys, from exact (the whole phone number) to coarse (how the surname sounds). Given names,
//! middle names and surnames share one namespace, so that exchanged names meet without a rule of their own. Keys are
//! 64-bit hashes that never change between versions of a dependency or machines (xxh3 with fixed seeds).

use xxhash_rust::xxh3::xxh3_64_with_seed;

use crate::compare::values::postcode_district;
use crate::normalize::person_name::nicknames::nickname_groups;
use crate::similarity::phonetic_key;
use crate::table::AttributeKind;

/// What a key was made of; the seed of its hash. Part of the stored format: append only.
#[derive(Clone, Copy)]
#[repr(u64)]
enum Tag {
    NameToken = 1,
    NameSound,
    NamePrefix,
    NameGroup,
    Date,
    Year,
    YearMonth,
    YearDay,
    MonthDay,
    Postcode,
    District,
    PostcodeEnd,
    Place,
    PlaceSound,
    Street,
    StreetToken,
    House,
    Phone,
    PhoneEnd,
    PhoneStart,
    Email,
    EmailLocal,
    EmailLocalStart,
    EmailDomain,
    Identifier,
    IdentifierStart,
    IdentifierEnd,
    Category,
    Company,
    CompanyToken,
    Pair,
}

fn hash(tag: Tag, text: &str) -> u64 {
    xxh3_64_with_seed(text.as_bytes(), tag as u64)
}

/// One key made of two: for values that are too frequent alone. `rule` keeps different combinations apart.
pub(super) fn pair(rule: u64, a: u64, b: u64) -> u64 {
    let mut bytes = [0u8; 24];
    bytes[..8].copy_from_slice(&rule.to_le_bytes());
    bytes[8..16].copy_from_slice(&a.to_le_bytes());
    bytes[16..].copy_from_slice(&b.to_le_bytes());
    xxh3_64_with_seed(&bytes, Tag::Pair as u64)
}

/// The sound of a name, for composite keys; the name itself where it has none.
pub(super) fn sound(name: &str) -> u64 {
    let first = name.split(' ').next().unwrap_or(name);
    let key = phonetic_key(first);
    if key.len() < 2 { hash(Tag::NameToken, first) } else { hash(Tag::NameSound, key.as_str()) }
}

/// A whole value as one part of a composite key.
pub(super) fn whole(text: &str) -> u64 {
    hash(Tag::Category, text)
}

/// Calls `emit` with each key of a value. Kinds without keys emit none.
pub(super) fn emit_keys(kind: AttributeKind, column: usize, value: &str, mut emit: impl FnMut(u64)) {
    use AttributeKind as K;
    match kind {
        K::GivenName | K::MiddleName | K::Surname => name_keys(value, &mut emit),
        K::BirthDate => date_keys(value, &mut emit),
        K::Postcode => {
            emit(hash(Tag::Postcode, value));
            emit(hash(Tag::District, postcode_district(value)));
            if value.len() > 4 && value.is_ascii() {
                emit(hash(Tag::PostcodeEnd, &value[value.len() - 3..]));
            }
        }
        K::Locality | K::City | K::BirthPlace | K::County => {
            emit(hash(Tag::Place, value));
            emit_sound(Tag::PlaceSound, value, &mut emit);
        }
        K::Street | K::AddressLine2 => {
            emit(hash(Tag::Street, value));
            for token in value.split(' ').filter(|token| token.len() >= 3) {
                emit(hash(Tag::StreetToken, token));
            }
        }
        K::HouseNumber | K::Unit | K::PoBox => emit(hash(Tag::House, value)),
        K::Phone => edges(value, [Tag::Phone, Tag::PhoneStart, Tag::PhoneEnd], 4, &mut emit),
        K::Email => email_keys(value, &mut emit),
        K::Identifier => {
            edges(
                value,
                [Tag::Identifier, Tag::IdentifierStart, Tag::IdentifierEnd],
                value.len() / 2,
                &mut emit,
            );
        }
        K::Company | K::Website => {
            emit(hash(Tag::Company, value));
            for token in value.split(' ').filter(|token| token.len() >= 3) {
                emit(hash(Tag::CompanyToken, token));
                emit_sound(Tag::CompanyToken, token, &mut emit);
            }
        }
        // A category of one column says nothing about the same word in another.
        K::Region | K::Country | K::Gender | K::Category | K::Age => {
            emit(xxh3_64_with_seed(value.as_bytes(), (Tag::Category as u64) << 32 | column as u64));
        }
        _ => {}
    }
}

/// How a text sounds; a sound of one letter or none would throw everything together.
fn emit_sound(tag: Tag, text: &str, emit: &mut impl FnMut(u64)) {
    let sound = phonetic_key(text);
    if sound.len() >= 2 {
        emit(hash(tag, sound.as_str()));
    }
}

fn name_keys(value: &str, emit: &mut impl FnMut(u64)) {
    for token in value.split(' ').filter(|token| token.chars().nth(1).is_some()) {
        emit(hash(Tag::NameToken, token));
        emit_sound(Tag::NameSound, token, emit);
        if let Some((end, _)) = token.char_indices().nth(3) {
            emit(hash(Tag::NamePrefix, &token[..end]));
        }
        for group in nickname_groups(token) {
            emit(xxh3_64_with_seed(&group.to_le_bytes(), Tag::NameGroup as u64));
        }
    }
}

fn date_keys(value: &str, emit: &mut impl FnMut(u64)) {
    let (Some(year), Some(month), Some(day)) = (value.get(..4), value.get(4..6), value.get(6..8)) else {
        return;
    };
    let known = |part: &str| !part.contains('-');
    let mut combine = |tag: Tag, parts: &[&str]| {
        if parts.iter().all(|part| known(part)) {
            emit(hash(tag, &parts.concat()));
        }
    };
    combine(Tag::Date, &[year, month, day]);
    combine(Tag::Year, &[year]);
    combine(Tag::YearMonth, &[year, month]);
    combine(Tag::YearDay, &[year, day]);
    combine(Tag::MonthDay, &[month, day]);
}

fn email_keys(value: &str, emit: &mut impl FnMut(u64)) {
    emit(hash(Tag::Email, value));
    let (local, domain) = value.rsplit_once('@').unwrap_or((value, ""));
    emit(hash(Tag::EmailLocal, local));
    if let Some(start) = local.get(..5) {
        emit(hash(Tag::EmailLocalStart, start));
    }
    if !domain.is_empty() {
        emit(hash(Tag::EmailDomain, domain));
    }
    // Words of the local part meet the names: ana.ruiz@ and Ana Ruiz.
    for word in local.split(|c: char| !c.is_alphabetic()).filter(|word| word.len() >= 4) {
        emit(hash(Tag::NameToken, word));
    }
}

/// The whole value, and its two parts when it is long enough for them to mean something.
fn edges(value: &str, tags: [Tag; 3], end_len: usize, emit: &mut impl FnMut(u64)) {
    emit(hash(tags[0], value));
    if value.len() >= 6 && value.is_ascii() {
        let (start, end) = value.split_at(value.len() - end_len);
        emit(hash(tags[1], start));
        emit(hash(tags[2], end));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn keys(kind: AttributeKind, value: &str) -> BTreeSet<u64> {
        let mut keys = BTreeSet::new();
        emit_keys(kind, 0, value, |key| {
            keys.insert(key);
        });
        keys
    }

    #[test]
    fn values_that_meet() {
        use AttributeKind as K;
        for (a, b) in [
            ((K::Surname, "garcia lopez"), (K::Surname, "lopez")),
            ((K::Surname, "vera"), (K::Surname, "bera")),
            ((K::GivenName, "paco"), (K::GivenName, "francisco")),
            // Exchanged names, and names within the mail address.
            ((K::GivenName, "martin"), (K::Surname, "martin")),
            ((K::MiddleName, "jose luis"), (K::GivenName, "luis")),
            ((K::Email, "ana.urrutia@mail.example"), (K::Surname, "urrutia")),
            ((K::Email, "ana@mail.example"), (K::Email, "ana@other.example")),
            ((K::BirthDate, "19850301"), (K::BirthDate, "----0301")),
            ((K::BirthDate, "19850301"), (K::BirthDate, "198503--")),
            ((K::Phone, "34612345678"), (K::Phone, "612345678")),
            ((K::Postcode, "28013"), (K::Postcode, "28004")),
            ((K::Street, "duque de alba"), (K::Street, "alba")),
            ((K::Identifier, "12345678z"), (K::Identifier, "12345678a")),
            ((K::Company, "electricidad rubio"), (K::Company, "rubio hermanos")),
        ] {
            assert!(!keys(a.0, a.1).is_disjoint(&keys(b.0, b.1)), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn values_that_do_not() {
        use AttributeKind as K;
        for (a, b) in [
            ((K::Surname, "garcia"), (K::Surname, "etxeberria")),
            ((K::Phone, "612345678"), (K::Identifier, "612345678")),
            ((K::BirthDate, "19850301"), (K::BirthDate, "19721224")),
            ((K::BirthDate, "--------"), (K::BirthDate, "--------")),
            ((K::City, "lugo"), (K::Surname, "lugo")),
        ] {
            assert!(keys(a.0, a.1).is_disjoint(&keys(b.0, b.1)), "{a:?} and {b:?}");
        }
    }

    #[test]
    fn the_same_category_in_two_columns_is_two_keys() {
        let key = |column| {
            let mut found = Vec::new();
            emit_keys(AttributeKind::Category, column, "yes", |key| found.push(key));
            found
        };
        assert_eq!(key(3).len(), 1);
        assert_ne!(key(3), key(4));
    }

    /// Values are sliced at byte positions here; none may fall inside a character.
    #[test]
    fn odd_values_of_every_kind() {
        for kind in AttributeKind::ALL {
            for value in [
                "",
                " ",
                "é",
                "ñññññññ",
                "日本語日本語",
                "a\u{301}bc",
                "🙂🙂🙂",
                "@",
                "@@",
                "1985-é01",
                "--------x",
            ] {
                assert_eq!(keys(*kind, value), keys(*kind, value), "{kind} {value:?}");
            }
        }
    }
}
