//! The evidence that matching works on: one [`Column`] of normalised values an attribute, records in canonical order.

use crate::ids::SourceId;
use crate::table::{AttributeKind, Column};

/// One attribute of all records.
///
/// # Shape
/// The column has one entry a record. What its values look like is fixed by the kind:
///
/// | kind | value |
/// |---|---|
/// | given, middle name, surname | folded tokens separated by one space: `maria jose`, `garcia lopez` |
/// | birth date | `yyyymmdd`, unknown digits `-`: `19850301`, `1985----`, `----0301` |
/// | e-mail | de-duplication key: `ana@gmail.com` |
/// | phone, identifier, postcode | lower-case letters and digits without separators |
/// | everything else | folded text |
///
/// # Null
/// A record without codes says nothing about the attribute. Placeholders are null.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// Name in reports and configuration, such as `email`.
    pub name: String,
    /// What it is; decides its blocking keys and its comparison.
    pub kind: AttributeKind,
    /// Normalised values.
    pub column: Column,
}

/// All evidence of a run.
#[derive(Clone, Debug, Default)]
pub struct Attributes {
    /// The source of each record.
    pub source: Vec<SourceId>,
    /// The evidence columns, each as long as `source`.
    pub columns: Vec<Attribute>,
}

impl Attributes {
    /// How many records.
    pub fn len(&self) -> usize {
        self.source.len()
    }

    /// Whether there are no records.
    pub fn is_empty(&self) -> bool {
        self.source.is_empty()
    }

    /// The first column of a kind, if there is one.
    pub fn position(&self, kind: AttributeKind) -> Option<usize> {
        self.columns.iter().position(|attribute| attribute.kind == kind)
    }
}
