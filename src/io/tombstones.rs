//! Tombstones of erased customers as a file: `kind,hash`, the salt first.
//!
//! The file holds no customer's value. Whoever has it can still test a guess (is this address among the erased?), so it is to
//! be kept as the other secrets of the business are.

use std::path::Path;

use super::csv::{ReadOptions, Writer, read_path};
use crate::error::{Error, ErrorKind, Result};
use crate::history::{Salt, Tombstones};

/// Kind of the first row.
const SALT: &str = "salt";

/// Reads a file that [`write_tombstones`] wrote; none when there is no file.
///
/// # Errors
/// [`ErrorKind::Io`] when it cannot be read; [`ErrorKind::Format`] with the line when it is damaged: a run without it would
/// bring the erased back.
pub fn read_tombstones(path: impl AsRef<Path>) -> Result<Option<Tombstones>> {
    let path = path.as_ref();
    if !path.exists() {
        return Ok(None);
    }
    let place = path.display().to_string();
    let damaged = |message: &str| {
        let cure = "restore the file from a backup; without it erased customers come back";
        Error::new(ErrorKind::Format, message).at(&place).cure(cure)
    };
    let source = read_path(path, &ReadOptions::new().well_formed(true).has_header(true))?.source;
    let column = |name: &str| source.column(name).ok_or_else(|| damaged("has no columns kind and hash"));
    let (kinds, hashes) = (column("kind")?, column("hash")?);
    let cell = |row: usize| (kinds.get(row).unwrap_or(""), hashes.get(row).unwrap_or(""));
    let salt = (0..source.len()).map(cell).find(|(kind, _)| *kind == SALT);
    let salt =
        Salt::from_hex(salt.ok_or_else(|| damaged("has no salt"))?.1).map_err(|_| damaged("has no salt"))?;
    let mut tombstones = Tombstones::new(salt);
    for row in 0..source.len() {
        let (kind, hash) = cell(row);
        if kind != SALT {
            tombstones.insert_hash(kind, hash).map_err(|_| damaged("is no hash").line(source.line(row)))?;
        }
    }
    Ok(Some(tombstones))
}

/// Replaces the file in one step.
///
/// # Errors
/// [`ErrorKind::Io`].
///
/// # Example
/// ```
/// use quilate::history::{Salt, Tombstones};
/// use quilate::io::tombstones::{read_tombstones, write_tombstones};
/// let path = std::env::temp_dir().join(format!("quilate-tombstones-{}.csv", std::process::id()));
/// let mut erased = Tombstones::new(Salt::from_hex("00112233445566778899aabbccddeeff")?);
/// erased.insert_contact("ana@vila.cat")?;
/// write_tombstones(&path, &erased)?;
/// assert_eq!(read_tombstones(&path)?, Some(erased));
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), quilate::Error>(())
/// ```
pub fn write_tombstones(path: impl AsRef<Path>, tombstones: &Tombstones) -> Result<()> {
    let mut writer = Writer::create(path)?;
    writer.write_record(["kind", "hash"])?;
    writer.write_record([SALT, &tombstones.salt().to_hex()])?;
    for (kind, hash) in tombstones.iter() {
        writer.write_record([kind, &hash])?;
    }
    writer.commit()
}
