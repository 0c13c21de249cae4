//! What a column can be. The names are the words of the configuration file and of the golden record's columns.

use std::fmt;
use std::str::FromStr;

use crate::error::{Error, ErrorKind};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)*) => {
        /// What an attribute says about a customer.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
        #[non_exhaustive]
        pub enum AttributeKind { $($(#[$doc])* $variant,)* }

        impl AttributeKind {
            /// Every kind, in the order of the golden record's columns.
            pub const ALL: &'static [AttributeKind] = &[$(AttributeKind::$variant,)*];

            /// The stable name, as in configuration and golden columns.
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

kinds! {
    /// Salutation or academic title: Sr., Dña., Dr.
    NamePrefix = "name_prefix",
    /// Whole name in one cell.
    FullName = "full_name",
    /// Given name or names.
    GivenName = "given_name",
    /// Middle names or initials.
    MiddleName = "middle_name",
    /// Surname, or both surnames in one cell.
    Surname = "surname",
    /// Second surname in a column of its own.
    SecondSurname = "second_surname",
    /// Jr., III, Neto.
    NameSuffix = "name_suffix",
    /// What the person is called.
    Nickname = "nickname",
    /// Organisation the record is about, or that the person belongs to.
    Company = "company",
    /// E-mail address or addresses.
    Email = "email",
    /// Telephone number or numbers, any kind.
    Phone = "phone",
    /// Whole postal address in one cell.
    FullAddress = "full_address",
    /// Street, with or without the number.
    Street = "street",
    /// House number in a column of its own.
    HouseNumber = "house_number",
    /// Flat, floor, door, suite.
    Unit = "unit",
    /// Second address line.
    AddressLine2 = "address_line_2",
    /// Post-office box.
    PoBox = "po_box",
    /// Suburb, district, colonia.
    Locality = "locality",
    /// Town.
    City = "city",
    /// County, between town and region.
    County = "county",
    /// State, province, autonomous community.
    Region = "region",
    /// Postal code.
    Postcode = "postcode",
    /// Country.
    Country = "country",
    /// Date of birth.
    BirthDate = "birth_date",
    /// Year of birth in a column of its own.
    BirthYear = "birth_year",
    /// Month of birth in a column of its own.
    BirthMonth = "birth_month",
    /// Day of birth in a column of its own.
    BirthDay = "birth_day",
    /// Age in years.
    Age = "age",
    /// Place of birth.
    BirthPlace = "birth_place",
    /// National, tax or other number that identifies the customer across sources.
    Identifier = "identifier",
    /// Gender.
    Gender = "gender",
    /// Web site.
    Website = "website",
    /// A property with few values: occupation, segment, ethnic group.
    Category = "category",
}

impl fmt::Display for AttributeKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a column of a source is used for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Role {
    /// The record's key in its source.
    RecordId,
    /// Names the source of each record, in a file that holds several.
    SourceName,
    /// When the source last changed the record.
    UpdatedAt,
    /// When the source created the record.
    CreatedAt,
    /// When the source sent the record on; decides where `UpdatedAt` does not.
    PublishedAt,
    /// Whether the source has checked the values of an attribute: yes, no or unknown.
    Verified(AttributeKind, u8),
    /// Key of the record of the same source that this one was merged into: a ready must-link.
    MergedInto,
    /// Evidence for matching, and a golden field. `slot` tells apart repeated groups: 0 the main address, 1 the next.
    Attribute(AttributeKind, u8),
    /// Never evidence, carried to the golden record under its own name.
    Carry,
    /// Not read in at all: free-text notes, owner ids, secrets.
    Skip,
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RecordId => f.write_str("record_id"),
            Self::SourceName => f.write_str("source_name"),
            Self::UpdatedAt => f.write_str("updated_at"),
            Self::CreatedAt => f.write_str("created_at"),
            Self::PublishedAt => f.write_str("published_at"),
            Self::Verified(kind, slot) => write!(f, "verified:{}", Self::Attribute(*kind, *slot)),
            Self::MergedInto => f.write_str("merged_into"),
            Self::Attribute(kind, 0) => f.write_str(kind.name()),
            Self::Attribute(kind, slot) => write!(f, "{}:{}", kind.name(), slot + 1),
            Self::Carry => f.write_str("carry"),
            Self::Skip => f.write_str("skip"),
        }
    }
}

impl FromStr for Role {
    type Err = Error;

    /// Reads what `Display` writes: `email`, `street:2` (the second address), `carry`, `skip`, `record_id` ...
    fn from_str(text: &str) -> Result<Self, Error> {
        if let Some(checked) = text.strip_prefix("verified:") {
            return match checked.parse() {
                Ok(Self::Attribute(kind, slot)) => Ok(Self::Verified(kind, slot)),
                _ => Err(unknown(text)),
            };
        }
        let (name, slot) = match text.split_once(':') {
            Some((name, number)) => {
                (name, number.parse::<u8>().ok().and_then(|n| n.checked_sub(1)).ok_or_else(|| unknown(text))?)
            }
            None => (text, 0),
        };
        Ok(match name {
            "record_id" => Self::RecordId,
            "source_name" => Self::SourceName,
            "updated_at" => Self::UpdatedAt,
            "created_at" => Self::CreatedAt,
            "published_at" => Self::PublishedAt,
            "merged_into" => Self::MergedInto,
            "carry" => Self::Carry,
            "skip" => Self::Skip,
            _ => {
                let kind = AttributeKind::ALL.iter().find(|kind| kind.name() == name);
                Self::Attribute(*kind.ok_or_else(|| unknown(text))?, slot)
            }
        })
    }
}

fn unknown(text: &str) -> Error {
    let names: Vec<&str> = AttributeKind::ALL.iter().map(|kind| kind.name()).collect();
    Error::new(ErrorKind::Config, format!("unknown column role {text:?}")).cure(format!(
        "use one of record_id, source_name, updated_at, created_at, published_at, merged_into, carry, skip, \
         verified:email (whether an attribute is checked), {}",
        names.join(", ")
    ))
}
