//! What the words of a header say. `E-mail 1 - Value`, `mailing_address_zipcode`, `FechaNacimiento` and `PLZ` are cut
//! into words, the longest known phrases are found in them, and what is left over lowers the trust.
//!
//! Phrases are compared without their blanks, so that `first_name`, `FirstName` and `firstname` are one; a glued word
//! that is no phrase itself (`customeremail`) is cut into two that are.

use std::collections::HashMap;
use std::str::FromStr;

use foldhash::fast::FixedState;

use super::vocabulary::{LANGUAGES, fold, lines, three};
use crate::table::{AttributeKind, Role};

const WORDS: &str = include_str!("../../resources/headers/words.txt");
const SECRETS: &str = include_str!("../../resources/headers/secrets.txt");

/// What a phrase of a header can mean.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Label {
    /// Exactly this use of the column.
    Role(Role),
    /// A name of some kind.
    AnyName,
    /// Salutation or job title.
    Title,
    /// A whole address or its street line.
    Address,
    /// A date, year, month or day of something.
    BareDate,
    BareYear,
    BareMonth,
    BareDay,
    /// Fax and the like: shaped as telephone numbers, shared, dead.
    Fax,
    /// Free text.
    Note,
    /// Key of an employee of the company that runs the system.
    Staff,
    /// Somebody or something else than the customer.
    Other,
    /// What happened, not what is.
    Event,
    /// Known and no evidence.
    Carry,
    /// `x (metadata)`: whatever the caller put there.
    Metadata,
    /// Another table: `account`, `store`. Its id is not the record's.
    Reference,
    /// Which address.
    SlotMain,
    SlotOther,
    /// Says nothing.
    Noise,
}

impl Label {
    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "any_name" => Self::AnyName,
            "title" => Self::Title,
            "address" => Self::Address,
            "bare_date" => Self::BareDate,
            "bare_year" => Self::BareYear,
            "bare_month" => Self::BareMonth,
            "bare_day" => Self::BareDay,
            "fax" => Self::Fax,
            "note" => Self::Note,
            "staff_id" => Self::Staff,
            "other" => Self::Other,
            "event" => Self::Event,
            "carry" => Self::Carry,
            "metadata" => Self::Metadata,
            "reference" => Self::Reference,
            "slot_main" => Self::SlotMain,
            "slot_other" => Self::SlotOther,
            "noise" => Self::Noise,
            // Fixed slots, so that an occupation in one source never meets an ethnic group in another.
            "occupation" => Self::Role(Role::Attribute(AttributeKind::Category, 0)),
            "ethnicity" => Self::Role(Role::Attribute(AttributeKind::Category, 1)),
            "nationality" => Self::Role(Role::Attribute(AttributeKind::Category, 2)),
            "industry" => Self::Role(Role::Attribute(AttributeKind::Category, 3)),
            _ => Self::Role(Role::from_str(word).ok()?),
        })
    }

    /// The attribute it names.
    pub fn kind(self) -> Option<AttributeKind> {
        match self {
            Self::Role(Role::Attribute(kind, _)) => Some(kind),
            _ => None,
        }
    }

    /// Whether it only narrows down another label.
    fn is_qualifier(self) -> bool {
        matches!(
            self,
            Self::SlotMain | Self::SlotOther | Self::Noise | Self::Reference | Self::Metadata | Self::Other
        )
    }
}

/// A meaning of a phrase.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Meaning {
    /// What.
    pub label: Label,
    /// The phrase means other things as well.
    pub weak: bool,
    language: u8,
}

/// What a header says.
#[derive(Clone, Debug, Default)]
pub(super) struct Reading {
    /// The meanings of its phrases, in header order, without those that a more special one replaces.
    pub meanings: Vec<Meaning>,
    /// First number in it: the `2` of `fname_c2` and of `E-mail 2 Address`.
    pub number: Option<u8>,
    /// Words that are in no table.
    pub unknown: usize,
    /// Nothing in it means anything: `c7`, `Column2`, blank.
    pub blank: bool,
    /// Phrases that say which address it belongs to: `billing`; empty when none.
    pub group: String,
    /// Bits of the languages (`LANGUAGES`) in which its phrases are known.
    pub languages: Vec<u8>,
}

impl Reading {
    /// Whether one of its phrases has this label.
    pub fn has(&self, label: Label) -> bool {
        self.meanings.iter().any(|meaning| meaning.label == label)
    }

    /// Whether one of its phrases names this attribute.
    pub fn has_kind(&self, kind: AttributeKind) -> bool {
        self.meanings.iter().any(|meaning| meaning.label.kind() == Some(kind))
    }
}

/// The phrases of all languages.
pub(super) struct Lexicon {
    phrases: HashMap<String, Vec<Meaning>, FixedState>,
    longest: usize,
}

impl Lexicon {
    /// Parses the resource (about 1,500 phrases).
    pub fn new() -> Self {
        let mut lexicon = Self { phrases: HashMap::default(), longest: 1 };
        for (label, language, phrases) in lines(WORDS).filter_map(three) {
            let Some(label) = Label::parse(label) else { continue };
            let language = LANGUAGES.iter().position(|known| *known == language).map_or(0, |at| 1 << at);
            for phrase in phrases.split(',').map(str::trim) {
                let weak = phrase.ends_with('?');
                let phrase = phrase.trim_end_matches('?');
                lexicon.longest = lexicon.longest.max(phrase.split(' ').count() + 2);
                let meanings = lexicon.phrases.entry(phrase.replace(' ', "")).or_default();
                match meanings.iter_mut().find(|meaning| meaning.label == label) {
                    Some(known) => {
                        known.weak &= weak;
                        known.language |= language;
                    }
                    None => meanings.push(Meaning { label, weak, language }),
                }
            }
        }
        lexicon
    }

    fn get(&self, phrase: &str) -> Option<&[Meaning]> {
        let found = self.phrases.get(phrase).or_else(|| {
            let singular = phrase.strip_suffix('s').filter(|singular| singular.len() >= 4);
            singular.and_then(|singular| self.phrases.get(singular))
        });
        found.map(Vec::as_slice)
    }

    /// Reads a header.
    pub fn read(&self, header: &str) -> Reading {
        let tokens = tokens(header);
        let mut spans: Vec<Span> = Vec::new();
        let mut unknown = 0;
        let mut at = 0;
        while at < tokens.len() {
            let longest = (1..=self.longest.min(tokens.len() - at)).rev().find_map(|length| {
                let phrase = tokens[at..at + length].concat();
                self.get(&phrase).map(|meanings| (length, phrase, meanings.to_vec()))
            });
            if let Some((length, phrase, meanings)) = longest {
                spans.push(Span { phrase, meanings });
                at += length;
                continue;
            }
            let token = &tokens[at];
            if !token.bytes().all(|b| b.is_ascii_digit()) {
                match self.cut(token) {
                    Some(parts) => spans.extend(parts),
                    None => unknown += usize::from(token.chars().count() > 1),
                }
            }
            at += 1;
        }
        let number =
            tokens.iter().filter(|token| token.len() <= 2).find_map(|token| token.parse::<u8>().ok());
        summarize(spans, unknown, number)
    }

    /// Cuts a glued word into two known phrases, the longest first one that works. Short pieces are left alone: most
    /// letters are a phrase in some language.
    fn cut(&self, token: &str) -> Option<Vec<Span>> {
        let piece = |text: &str| {
            let meanings = self.get(text)?;
            Some(Span { phrase: text.to_owned(), meanings: meanings.to_vec() })
        };
        let cuts = token.char_indices().map(|(at, _)| at).skip(1).collect::<Vec<usize>>();
        cuts.into_iter().rev().find_map(|at| {
            let (head, tail) = token.split_at(at);
            let long = (head.len() >= 3 && tail.len() >= 3) || (head.len() >= 4 && tail == "pc");
            if !long {
                return None;
            }
            Some(vec![piece(head)?, piece(tail)?])
        })
    }
}

/// A phrase found in a header.
struct Span {
    phrase: String,
    meanings: Vec<Meaning>,
}

impl Span {
    fn is(&self, label: Label) -> bool {
        self.meanings.iter().any(|meaning| meaning.label == label)
    }

    fn has_kind(&self, kind: AttributeKind) -> bool {
        self.meanings.iter().any(|meaning| meaning.label.kind() == Some(kind))
    }

    /// Names a part of an address.
    fn is_address(&self) -> bool {
        self.meanings.iter().any(|meaning| meaning.label.kind().is_some_and(is_address_part))
    }
}

/// Whether a kind is a part of a postal address, and so belongs to a numbered or named group of columns.
pub(super) fn is_address_part(kind: AttributeKind) -> bool {
    use AttributeKind::*;
    matches!(
        kind,
        FullAddress
            | Street
            | HouseNumber
            | Unit
            | AddressLine2
            | PoBox
            | Locality
            | City
            | County
            | Region
            | Postcode
            | Country
    )
}

/// Resolves the phrases of one header against each other.
fn summarize(mut spans: Vec<Span>, unknown: usize, number: Option<u8>) -> Reading {
    let mut reading = Reading { number, unknown, ..Reading::default() };
    reading.languages =
        spans.iter().flat_map(|span| span.meanings.first()).map(|meaning| meaning.language).collect();
    // `Address 2 - City`: the number says which address, not which line of it.
    while let Some(at) = (1..spans.len()).find(|&at| {
        spans[at].is_address()
            && spans[at - 1].is_address()
            && spans[at - 1].phrase.ends_with(|ch: char| ch.is_ascii_digit())
    }) {
        reading.group = spans.remove(at - 1).phrase;
    }
    // `Default Address Company`: the address is the place, the company is what the column holds.
    if spans.last().is_some_and(|span| span.has_kind(AttributeKind::Company)) && spans.len() > 1 {
        spans.retain(|span| !span.is(Label::Address));
    }
    // `Order` alone names the record; in `Order ID` of a list of customers it names another table.
    if let [only] = spans.as_mut_slice()
        && only.meanings.iter().any(|meaning| !meaning.label.is_qualifier())
    {
        only.meanings.retain(|meaning| meaning.label != Label::Reference);
    }
    let slot = |span: &Span| span.is(Label::SlotMain) || span.is(Label::SlotOther);
    let meant = |span: &Span| span.meanings.iter().any(|meaning| !meaning.label.is_qualifier());
    // A word with a meaning of its own is only a qualifier when another phrase is there to be qualified.
    let heads = spans.iter().filter(|span| meant(span) && !span.meanings.iter().all(|m| m.weak)).count();
    for span in &mut spans {
        let head = meant(span) && !span.meanings.iter().all(|meaning| meaning.weak);
        let others = heads - usize::from(head);
        if others == 0 {
            continue;
        }
        if slot(span) {
            reading.group.push_str(&span.phrase);
        }
        if span.meanings.iter().any(|meaning| meaning.label.is_qualifier()) {
            let stays = |label: Label| label.is_qualifier() || matches!(label, Label::Carry | Label::Event);
            span.meanings.retain(|meaning| stays(meaning.label));
        }
    }
    reading.meanings = spans.into_iter().flat_map(|span| span.meanings).collect();
    generalize(&mut reading);
    let says = |meaning: &Meaning| meaning.label != Label::Noise;
    reading.blank = unknown == 0 && !reading.meanings.iter().any(says);
    reading
}

/// Drops general labels where a special one is present, and companies that only qualify: `company phone`.
fn generalize(reading: &mut Reading) {
    use AttributeKind::*;
    let kinds: Vec<AttributeKind> =
        reading.meanings.iter().filter_map(|meaning| meaning.label.kind()).collect();
    let has = |test: &dyn Fn(AttributeKind) -> bool| kinds.iter().any(|kind| test(*kind));
    let part = has(&is_address_part);
    let contact = has(&|kind| matches!(kind, Email | Phone | Website | Identifier | Category));
    let birth = has(&|kind| matches!(kind, BirthDate | BirthYear | BirthMonth | BirthDay));
    let address = reading.has(Label::Address);
    let special = kinds.iter().any(|kind| *kind != HouseNumber);
    reading.meanings.retain(|meaning| match meaning.label {
        Label::Address => !part && !contact,
        Label::AnyName | Label::Title => !special,
        Label::BareDate | Label::BareYear | Label::BareMonth | Label::BareDay => !birth,
        Label::Role(Role::Attribute(Company, _)) => {
            !(part || contact || address) || kinds.len() == 1 && !address
        }
        _ => true,
    });
}

/// Cuts a header into folded words: at other characters than letters and digits, at `aB`, `ABc`, `a1` and `1a`.
pub(super) fn tokens(header: &str) -> Vec<String> {
    let chars: Vec<char> = header.chars().take(200).collect();
    let mut spaced = String::with_capacity(header.len() + 8);
    for (at, &ch) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|at| chars[at]);
        let after = chars.get(at + 1);
        let hump = before.is_some_and(|before| {
            (before.is_lowercase() && ch.is_uppercase())
                || (before.is_uppercase()
                    && ch.is_uppercase()
                    && after.is_some_and(|after| after.is_lowercase()))
                || (before.is_ascii_digit() != ch.is_ascii_digit())
        });
        if hump {
            spaced.push(' ');
        }
        spaced.push(ch);
    }
    fold(&spaced).split(' ').filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Whether a column must never be read in: password hashes, tokens, card data.
///
/// Judged by the name alone, so that a reader can drop the column before it looks at a value.
///
/// # Example
/// ```
/// assert!(quilate::detect::is_secret_header("password_hash"));
/// assert!(quilate::detect::is_secret_header("Contraseña"));
/// assert!(!quilate::detect::is_secret_header("Passport number"));
/// ```
pub fn is_secret_header(name: &str) -> bool {
    let words = tokens(name);
    lines(SECRETS).any(|phrase| {
        let phrase: Vec<&str> = phrase.split(' ').collect();
        let phrase_glued = phrase.concat();
        words.windows(phrase.len()).any(|window| window == phrase) || words.contains(&phrase_glued)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(header: &str) -> Vec<String> {
        let reading = Lexicon::new().read(header);
        let mut names: Vec<String> = reading
            .meanings
            .iter()
            .filter(|meaning| !meaning.label.is_qualifier())
            .map(|meaning| match meaning.label {
                Label::Role(role) => role.to_string(),
                label => format!("{label:?}"),
            })
            .collect();
        names.dedup();
        names
    }

    #[test]
    fn every_line_of_the_resource_has_a_label() {
        for (label, language, phrases) in lines(WORDS).filter_map(three) {
            assert!(Label::parse(label).is_some(), "{label}");
            assert!(language == "*" || LANGUAGES.contains(&language), "{language}");
            for phrase in phrases.split(',') {
                assert_eq!(fold(phrase), phrase.trim().trim_end_matches('?'));
            }
        }
        assert!(lines(WORDS).all(|line| three(line).is_some()));
    }

    #[test]
    fn headers_of_many_hands() {
        for (header, expected) in [
            ("FirstName", "given_name"),
            ("PRIMARY_NAME_LAST", "surname"),
            ("fname_c1", "given_name"),
            ("E-mail 1 - Value", "email"),
            ("Address 1 - Postal Code", "postcode"),
            ("Default Address Province Code", "region"),
            ("mailing_address_street_number", "house_number"),
            ("mailing_address_po_box", "po_box"),
            ("MailingStreet", "street"),
            ("Fecha de Nacimiento", "birth_date"),
            ("fecha nac", "birth_date"),
            ("customeremail", "email"),
            ("enumpc", "postcode"),
            ("billing_address_1", "street"),
            ("Default Address Address2", "address_line_2"),
            ("Organization Title", "category"),
            ("stNo", "house_number"),
            ("DOB_DAY", "birth_day"),
            ("Company Phone", "phone"),
            ("Straße", "street"),
            ("Teléfonos", "phone"),
            ("country_id", "country"),
            ("MasterRecordId", "merged_into"),
            ("Kundennr.", "record_id"),
            ("City of Birth", "birth_place"),
            ("Title", "Title"),
            ("Name", "AnyName"),
        ] {
            assert_eq!(
                names(header).first().map(String::as_str),
                Some(expected),
                "{header}: {:?}",
                names(header)
            );
        }
    }

    #[test]
    fn groups_and_numbers() {
        let lexicon = Lexicon::new();
        assert_eq!(lexicon.read("OtherStreet").group, "other");
        assert_eq!(lexicon.read("Address 2 - City").group, "address2");
        assert_eq!(lexicon.read("Street").group, "");
        assert_eq!(lexicon.read("fname_c2").number, Some(2));
        assert!(lexicon.read("c7").blank && lexicon.read("").blank && lexicon.read("Unnamed: 3").blank);
        assert!(!lexicon.read("Progmod").blank);
    }

    #[test]
    fn secrets() {
        for header in
            ["password_hash", "rp_token", "passwd", "Contraseña", "userPassword", "cc_number", "CVV"]
        {
            assert!(is_secret_header(header), "{header}");
        }
        for header in ["passport", "name", "compass", "ssn", "pin code", "id", "Shipping Notes"] {
            assert!(!is_secret_header(header), "{header}");
        }
    }
}
