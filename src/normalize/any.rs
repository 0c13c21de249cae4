//! A value of any kind, for callers who have the kind as a word: other languages, configuration, command lines.

use serde::Serialize;
use serde_json::Value;

use super::date::{DateHint, date};
use super::{
    Hint, Normalized, Quality, address, company, email, gender, identifier, person_name, phone, placeholder,
    text,
};
use crate::table::AttributeKind;

/// What [`any`] reads, without a type of its own for each kind.
#[derive(Clone, PartialEq, Debug, Serialize)]
pub struct AnyValue {
    /// As [`Normalized::canonical`].
    pub canonical: String,
    /// As [`Normalized::keys`].
    pub keys: Vec<String>,
    /// As [`Normalized::quality`].
    pub quality: Quality,
    /// As [`Normalized::reasons`].
    pub reasons: Vec<&'static str>,
    /// The components by name; null for kinds that have none.
    pub parts: Value,
}

/// Normalises a value of a kind. Kinds without a normaliser of their own are cleaned, and their key is the folded text.
///
/// # Null
/// Blank text and fillers are [`Quality::Placeholder`], with an empty canonical form.
///
/// # Complexity
/// As the normaliser of the kind; the parts cost an allocation each.
///
/// # Example
/// ```
/// use quilate::AttributeKind;
/// use quilate::normalize::{Hint, any};
/// let spain = Hint { region: Some("ES"), ..Hint::default() };
/// let number = any(AttributeKind::Phone, "617 34 59 08", &spain);
/// assert_eq!(number.canonical, "+34617345908");
/// assert_eq!(number.parts["country"], "ES");
/// assert_eq!(any(AttributeKind::City, "n/a", &spain).canonical, "");
/// ```
pub fn any(kind: AttributeKind, raw: &str, hint: &Hint<'_>) -> AnyValue {
    use AttributeKind as K;
    if placeholder::placeholder(kind, &text::clean(raw)).is_some() {
        return plain(String::new(), Quality::Placeholder);
    }
    match kind {
        K::FullName => of(person_name::full_name(raw, hint)),
        K::GivenName => of(person_name::given_name(raw, hint)),
        K::Surname | K::SecondSurname => of(person_name::surname(raw, hint)),
        K::Company => of(company::company(raw, hint)),
        K::Email => of(email::email(raw, hint)),
        K::Phone => of(phone::phone(raw, hint)),
        K::FullAddress => of(address::full_address(raw, hint)),
        K::Street => of(address::street(raw, hint)),
        K::Postcode => of(address::postcode(raw, hint)),
        K::City => of(address::city(raw)),
        K::Region => of(address::region(raw, hint)),
        K::Country => match address::country(raw) {
            Some(code) => plain(code.to_owned(), Quality::Ok),
            None => plain(text::clean(raw).into_owned(), Quality::Unparsed),
        },
        K::BirthDate => {
            of(date(raw, &DateHint { locale: hint.locale, region: hint.region, ..DateHint::default() }))
        }
        K::Identifier => of(identifier::identifier(raw, hint)),
        K::Gender => match gender::gender(raw) {
            Some(gender) => plain(format!("{gender:?}").to_lowercase(), Quality::Ok),
            None => plain(text::clean(raw).into_owned(), Quality::Unparsed),
        },
        _ => plain(text::clean(raw).into_owned(), Quality::Ok),
    }
}

fn of<P: Serialize>(value: Normalized<'_, P>) -> AnyValue {
    let Normalized { canonical, parts, keys, quality, reasons, .. } = value;
    // Parts are structs of texts and numbers, which JSON can hold.
    AnyValue { canonical, keys, quality, reasons, parts: serde_json::to_value(parts).unwrap_or_default() }
}

fn plain(canonical: String, quality: Quality) -> AnyValue {
    let key = text::key(&canonical);
    let keys = if key.is_empty() { Vec::new() } else { vec![key] };
    AnyValue { canonical, keys, quality, reasons: Vec::new(), parts: Value::Null }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_an_answer() {
        let spain = Hint { locale: Some("es-ES"), region: Some("ES") };
        let cases = [
            (AttributeKind::FullName, "GARCIA LOPEZ, MARIA", "surname1"),
            (AttributeKind::Email, "Ana <ANA@Vila.cat>", "domain"),
            (AttributeKind::FullAddress, "C/ Mayor 12, 28013 Madrid", "postcode"),
            (AttributeKind::BirthDate, "12/03/1985", "year"),
            (AttributeKind::Identifier, "19867424-R", "compact"),
            (AttributeKind::Company, "Ferretería Soler, S.L.", "core_name"),
        ];
        for (kind, raw, part) in cases {
            let read = any(kind, raw, &spain);
            assert!(!read.canonical.is_empty() && !read.parts[part].is_null(), "{kind}: {read:?}");
        }
        for &kind in AttributeKind::ALL {
            for raw in ["", " ", "n/a", "x", "ñ\u{301}🙂", "12345"] {
                let read = any(kind, raw, &Hint::default());
                assert_eq!(any(kind, raw, &Hint::default()), read, "{kind} {raw:?}");
                assert!(!raw.trim().is_empty() || read.canonical.is_empty(), "{kind} {raw:?} {read:?}");
            }
        }
        assert_eq!(any(AttributeKind::Gender, "Mujer", &spain).canonical, "female");
        assert_eq!(any(AttributeKind::Country, "España", &spain).canonical, "ES");
    }
}
