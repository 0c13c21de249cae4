//! Forgetting a customer, and remembering only that: salted hashes of what would bring the person back.
//!
//! A tombstone is the SHA-256 of the salt, the kind of identifier and its normalised value. It does not tell whose it is, but
//! a record that arrives later, from any source, is known by it. What only the erased customer had (an address, a number, an
//! identifier) is a tombstone alone; what it shared with others (the telephone of the household) only together with its
//! name, so that the family stays.

use std::collections::BTreeSet;

use sha2::{Digest, Sha256};

use crate::cluster::Entities;
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{EntityId, RecordId};
use crate::normalize::attributes::Attributes;
use crate::par;
use crate::table::{AttributeKind, Column};

/// Kind of hash: an e-mail address.
pub(super) const EMAIL: &str = "email";
/// Kind of hash: a telephone number.
pub(super) const PHONE: &str = "phone";
const IDENTIFIER: &str = "identifier";
const RECORD: &str = "record";
const BORN: &str = "name_and_birth_date";
const EMAIL_AND_NAME: &str = "email_and_name";
const PHONE_AND_NAME: &str = "phone_and_name";

/// All kinds, as they stand in a file of tombstones.
const KINDS: [&str; 7] = [EMAIL, PHONE, IDENTIFIER, RECORD, BORN, EMAIL_AND_NAME, PHONE_AND_NAME];

/// Fewest bytes of a salt: 128 bits cannot be guessed.
const SHORTEST_SALT: usize = 16;

/// A secret that is hashed along, so that nobody can try all telephone numbers against the hashes. It belongs to the keeper
/// of the tombstones and is the same in all runs.
#[derive(Clone, PartialEq, Eq)]
pub struct Salt(Vec<u8>);

impl std::fmt::Debug for Salt {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Salt(..)")
    }
}

impl Salt {
    /// From hexadecimal digits, as they stand in a file.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] for anything else and for fewer than 32 digits.
    pub fn from_hex(text: &str) -> Result<Self> {
        let text = text.trim();
        let fail = |message: &str| Error::new(ErrorKind::Format, message).at("salt");
        if text.len() % 2 == 1 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(fail("is no hexadecimal text"));
        }
        let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap_or(0);
        let bytes: Vec<u8> = (0..text.len()).step_by(2).map(byte).collect();
        if bytes.len() < SHORTEST_SALT {
            return Err(fail("is too short").cure("use 32 hexadecimal digits of chance"));
        }
        Ok(Self(bytes))
    }

    /// As hexadecimal digits.
    pub fn to_hex(&self) -> String {
        hex(&self.0)
    }

    fn hash(&self, kind: &str, value: &str) -> [u8; 32] {
        let mut hasher = Sha256::new();
        for part in [self.0.as_slice(), kind.as_bytes(), value.as_bytes()] {
            // Lengths keep `ab` + `c` apart from `a` + `bc`.
            hasher.update((part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        hasher.finalize().into()
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Hashes of identifiers: of the erased, or of those who must not be contacted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tombstones {
    salt: Salt,
    hashes: BTreeSet<(&'static str, [u8; 32])>,
}

/// Where the columns of a kind are.
struct Sheet<'a> {
    attributes: &'a Attributes,
}

impl<'a> Sheet<'a> {
    fn columns(&self, kind: AttributeKind) -> impl Iterator<Item = &'a Column> + use<'a> {
        let columns = self.attributes.columns.iter().filter(move |attribute| attribute.kind == kind);
        columns.map(|attribute| &attribute.column)
    }

    fn values(&self, kind: AttributeKind, record: RecordId) -> impl Iterator<Item = &'a str> + use<'a> {
        self.columns(kind).flat_map(move |column| column.values(record.index()))
    }

    /// The first word of the given name: what all sources have of it.
    fn given(&self, record: RecordId) -> Option<&'a str> {
        self.values(AttributeKind::GivenName, record).next().and_then(|name| name.split(' ').next())
    }

    /// Given name and first surname with the date of birth, where all are there.
    fn born(&self, record: RecordId) -> Option<String> {
        let surname = self.values(AttributeKind::Surname, record).next()?.split(' ').next()?;
        let day = self.values(AttributeKind::BirthDate, record).find(|day| !day.contains('-'))?;
        Some(format!("{} {surname} {day}", self.given(record)?))
    }
}

impl Tombstones {
    /// None yet.
    pub fn new(salt: Salt) -> Self {
        Self { salt, hashes: BTreeSet::new() }
    }

    /// The salt that all hashes are made with.
    pub fn salt(&self) -> &Salt {
        &self.salt
    }

    /// How many hashes.
    pub fn len(&self) -> usize {
        self.hashes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.hashes.is_empty()
    }

    /// Kind and hash in hexadecimal digits, ascending: the rows of a file.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, String)> + '_ {
        self.hashes.iter().map(|(kind, hash)| (*kind, hex(hash)))
    }

    /// Adds a row of a file.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] for an unknown kind or a hash that is none.
    pub fn insert_hash(&mut self, kind: &str, hash: &str) -> Result<()> {
        let fail = |message: &str| Error::new(ErrorKind::Format, message);
        let kind =
            KINDS.into_iter().find(|known| *known == kind).ok_or_else(|| fail("unknown kind of hash"))?;
        let hash = hash.trim();
        if hash.len() != 64 || !hash.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(fail("is no SHA-256 in hexadecimal digits"));
        }
        let mut bytes = [0; 32];
        for (at, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&hash[at * 2..at * 2 + 2], 16).map_err(|_| fail("is no hash"))?;
        }
        self.hashes.insert((kind, bytes));
        Ok(())
    }

    /// Adds an e-mail address or telephone number as it is written, such as a line of a suppression list.
    ///
    /// # Errors
    /// [`ErrorKind::Format`] for text that is neither.
    pub fn insert_contact(&mut self, raw: &str) -> Result<()> {
        use crate::normalize::{Hint, email, phone};
        let hint = Hint::default();
        let (kind, value) = match raw.contains('@') {
            true => (EMAIL, email::email(raw, &hint).canonical.to_string()),
            false => (PHONE, phone::phone(raw, &hint).canonical.to_string()),
        };
        if value.is_empty() {
            return Err(Error::new(ErrorKind::Format, "is neither an address nor a number"));
        }
        self.hashes.insert((kind, self.salt.hash(kind, &value)));
        Ok(())
    }

    /// Whether a value is among them.
    pub(super) fn has(&self, kind: &'static str, value: &str) -> bool {
        self.hashes.contains(&(kind, self.salt.hash(kind, value)))
    }

    fn add(&mut self, kind: &'static str, value: &str) {
        self.hashes.insert((kind, self.salt.hash(kind, value)));
    }

    /// Remembers a customer that is to be erased.
    ///
    /// # Complexity
    /// Linear in all records, to see what of the customer's others have too; meant for a handful of customers a run.
    pub fn bury(
        &mut self,
        entity: EntityId,
        entities: &Entities,
        attributes: &Attributes,
        name_of: impl Fn(RecordId) -> (String, String),
    ) {
        let sheet = Sheet { attributes };
        let members = entities.members(entity);
        for &record in members {
            let (source, id) = name_of(record);
            self.add(RECORD, &record_key(&source, &id));
            for value in sheet.values(AttributeKind::Identifier, record) {
                self.add(IDENTIFIER, value);
            }
            if let Some(born) = sheet.born(record) {
                self.add(BORN, &born);
            }
        }
        for (kind, alone, with_name) in
            [(AttributeKind::Email, EMAIL, EMAIL_AND_NAME), (AttributeKind::Phone, PHONE, PHONE_AND_NAME)]
        {
            let names: BTreeSet<&str> = members.iter().filter_map(|&record| sheet.given(record)).collect();
            for column in sheet.columns(kind) {
                let mut ours: BTreeSet<u32> = BTreeSet::new();
                members.iter().for_each(|record| ours.extend(column.codes(record.index())));
                let others = (0..column.len()).map(RecordId::from_index).filter(|&record| {
                    entities.entity_of(record) != entity
                        && column.codes(record.index()).iter().any(|code| ours.contains(code))
                });
                let shared: BTreeSet<u32> =
                    others.flat_map(|record| column.codes(record.index())).copied().collect();
                for code in ours {
                    let value = column.dictionary().text(code);
                    if !shared.contains(&code) {
                        self.add(alone, value);
                    }
                    names.iter().for_each(|name| self.add(with_name, &format!("{value} {name}")));
                }
            }
        }
    }

    /// The records of erased customers among others that have just arrived, ascending.
    ///
    /// # Complexity
    /// A few hashes a record.
    pub fn risen(
        &self,
        records: usize,
        attributes: &Attributes,
        name_of: impl Fn(RecordId) -> (String, String) + Sync + Send,
    ) -> Vec<RecordId> {
        if self.is_empty() {
            return Vec::new();
        }
        let sheet = Sheet { attributes };
        let parts = par::map_ranges(records, super::CHUNK, |range| {
            let records = range.map(RecordId::from_index);
            records.filter(|&record| self.knows(&sheet, record, &name_of)).collect::<Vec<_>>()
        });
        parts.concat()
    }

    /// Whether a record of that name was erased.
    pub fn knows_record(&self, source: &str, id: &str) -> bool {
        self.has(RECORD, &record_key(source, id))
    }

    fn knows(
        &self,
        sheet: &Sheet<'_>,
        record: RecordId,
        name_of: &impl Fn(RecordId) -> (String, String),
    ) -> bool {
        let (source, id) = name_of(record);
        if self.knows_record(&source, &id)
            || sheet.values(AttributeKind::Identifier, record).any(|value| self.has(IDENTIFIER, value))
            || sheet.born(record).is_some_and(|born| self.has(BORN, &born))
        {
            return true;
        }
        let given = sheet.given(record);
        let contact = |kind, alone, with_name| {
            sheet.values(kind, record).any(|value| {
                let named = given.is_some_and(|name| self.has(with_name, &format!("{value} {name}")));
                named || self.has(alone, value)
            })
        };
        contact(AttributeKind::Email, EMAIL, EMAIL_AND_NAME)
            || contact(AttributeKind::Phone, PHONE, PHONE_AND_NAME)
    }
}

fn record_key(source: &str, id: &str) -> String {
    format!("{}:{source}:{id}", source.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn salt() -> Salt {
        Salt::from_hex("000102030405060708090a0b0c0d0e0f").unwrap()
    }

    #[test]
    fn a_hash_is_salted_and_of_one_kind() {
        let mut one = Tombstones::new(salt());
        one.insert_contact(" Ana@Vila.cat ").unwrap();
        assert!(one.has(EMAIL, "ana@vila.cat") && !one.has(PHONE, "ana@vila.cat"));
        let mut other = Tombstones::new(Salt::from_hex("ff0102030405060708090a0b0c0d0e0f").unwrap());
        other.insert_contact("ana@vila.cat").unwrap();
        assert_ne!(one.iter().next(), other.iter().next());
        let rows: Vec<(&str, String)> = one.iter().collect();
        let mut read = Tombstones::new(salt());
        rows.iter().for_each(|(kind, hash)| read.insert_hash(kind, hash).unwrap());
        assert_eq!(one, read);
        assert!(!format!("{one:?}").contains("0001020304"), "the salt is a secret");
    }

    #[test]
    fn what_is_no_hash_is_refused() {
        let mut tombstones = Tombstones::new(salt());
        assert!(tombstones.insert_hash("email", "abc").is_err());
        assert!(tombstones.insert_hash("pigeon", &"0".repeat(64)).is_err());
        assert!(tombstones.insert_contact("n/a").is_err());
        assert!(Salt::from_hex("0011").is_err() && Salt::from_hex("zz").is_err());
        assert!(tombstones.is_empty());
    }

    #[test]
    fn the_hash_is_sha_256() {
        // Of eight zero bytes thrice, after the lengths: the value pins the format of files.
        let hash = hex(&salt().hash(EMAIL, "ana@vila.cat"));
        let by_hand = {
            let mut bytes = Vec::new();
            for part in [&salt().0[..], b"email", b"ana@vila.cat"] {
                bytes.extend((part.len() as u64).to_le_bytes());
                bytes.extend(part);
            }
            hex(&Sha256::digest(&bytes))
        };
        assert_eq!(hash, by_hand);
    }
}
