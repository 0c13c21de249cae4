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
