//! A file that appears under its name only when it is complete.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};

/// How many temporary names are tried before giving up; a clash needs a leftover of a process with our number.
const NAME_TRIES: usize = 100;

/// Distinguishes the temporary files of one process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// Writes next to the target under a temporary name; [`commit`](Self::commit) moves it into place in one step,
/// dropping it without a commit removes it. A reader therefore sees the old file or the whole new one, never half.
///
/// # Example
/// ```
/// use std::io::Write;
/// let path = std::env::temp_dir().join(format!("quilate-atomic-{}.txt", std::process::id()));
/// let mut file = quilate::io::AtomicFile::create(&path)?;
/// file.write_all(b"golden").unwrap();
/// assert!(!path.exists());
/// file.commit()?;
/// assert_eq!(std::fs::read(&path).unwrap(), b"golden");
/// # std::fs::remove_file(&path).unwrap();
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Debug)]
pub struct AtomicFile {
    target: PathBuf,
    temporary: PathBuf,
    /// `None` once committed.
    writer: Option<BufWriter<File>>,
}

impl AtomicFile {
    /// Starts a new file for `path`, which may exist; it is replaced by [`commit`](Self::commit). A symbolic link is
    /// followed, so that the file it points to is replaced and the link stays.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when the directory cannot be written to or `path` is a directory or a device.
    pub fn create(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if fs::metadata(&target).is_ok_and(|meta| !meta.is_file()) {
            return Err(Error::new(ErrorKind::Io, "not a regular file")
                .at(path.display().to_string())
                .cure("name a file"));
        }
        let name = target.file_name().ok_or_else(|| {
            Error::new(ErrorKind::Io, "the path has no file name").at(path.display().to_string())
        })?;
        for _ in 0..NAME_TRIES {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let mut temporary = std::ffi::OsString::from(".");
            temporary.push(name);
            temporary.push(format!(".{}-{number}.tmp", std::process::id()));
            let temporary = target.with_file_name(temporary);
            match OpenOptions::new().write(true).create_new(true).open(&temporary) {
                Ok(file) => return Ok(Self { target, temporary, writer: Some(BufWriter::new(file)) }),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(io_error(path, "cannot be created", &error)),
            }
        }
        Err(Error::new(ErrorKind::Io, "no free temporary name")
            .at(path.display().to_string())
            .cure("remove leftover files that end in .tmp"))
    }

    /// Where the file will be.
    pub fn path(&self) -> &Path {
        &self.target
    }

    /// Makes the content durable and moves it to its name.
    ///
    /// # Errors
    /// [`ErrorKind::Io`] when writing fails (disk full) or the move does; the target is then as before.
    pub fn commit(mut self) -> Result<()> {
        let fail = |error: &io::Error| io_error(&self.target, "cannot be written", error);
        let Some(writer) = self.writer.take() else { return Ok(()) };
        let outcome = writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&self.temporary, &self.target));
        if let Err(error) = outcome {
            // Best effort: the write error is the one to report.
            let _ = fs::remove_file(&self.temporary);
            return Err(fail(&error));
        }
        Ok(())
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match &mut self.writer {
            Some(writer) => writer.write(bytes),
            None => Err(io::Error::other("written after commit")),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.writer.as_mut().map_or(Ok(()), Write::flush)
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(writer) = self.writer.take() {
            // Closed without writing out its buffer: the content is not wanted.
            drop(writer.into_parts());
            let _ = fs::remove_file(&self.temporary);
        }
    }
}

/// An error of the operating system at a path, with a cure for those that users meet.
pub(super) fn io_error(path: &Path, what: &str, error: &io::Error) -> Error {
    let (what, cure) = match error.kind() {
        io::ErrorKind::NotFound => ("does not exist", "check the path"),
        io::ErrorKind::PermissionDenied => {
            ("may not be accessed", "check the permissions of the file and its folder")
        }
        io::ErrorKind::StorageFull => ("cannot be written: the disk is full", "free some space"),
        _ => (what, ""),
    };
    Error::new(ErrorKind::Io, format!("{what} ({})", error.kind())).at(path.display().to_string()).cure(cure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder = std::env::temp_dir().join(format!("quilate-atomic-{}-{name}", std::process::id()));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    }

    fn listing(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn commit_replaces_and_leaves_nothing_behind() {
        let folder = folder("commit");
        let path = folder.join("out.csv");
        fs::write(&path, "old").unwrap();
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"old");
        assert_eq!(listing(&folder).len(), 2);
        file.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(listing(&folder), ["out.csv"]);
    }

    #[test]
    fn drop_removes_the_temporary_file() {
        let folder = folder("drop");
        let path = folder.join("out.csv");
        let mut file = AtomicFile::create(&path).unwrap();
        file.write_all(&vec![b'x'; 100_000]).unwrap();
        drop(file);
        assert!(listing(&folder).is_empty());
    }

    #[test]
    fn two_writers_of_one_target_do_not_meet() {
        let folder = folder("two");
        let path = folder.join("out.csv");
        let (mut a, mut b) = (AtomicFile::create(&path).unwrap(), AtomicFile::create(&path).unwrap());
        a.write_all(b"a").unwrap();
        b.write_all(b"b").unwrap();
        a.commit().unwrap();
        b.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"b");
        assert_eq!(listing(&folder), ["out.csv"]);
    }

    #[cfg(unix)]
    #[test]
    fn a_symbolic_link_stays_a_link() {
        let folder = folder("link");
        fs::write(folder.join("real.csv"), "old").unwrap();
        std::os::unix::fs::symlink(folder.join("real.csv"), folder.join("link.csv")).unwrap();
        let mut file = AtomicFile::create(folder.join("link.csv")).unwrap();
        file.write_all(b"new").unwrap();
        file.commit().unwrap();
        assert!(fs::symlink_metadata(folder.join("link.csv")).unwrap().is_symlink());
        assert_eq!(fs::read(folder.join("real.csv")).unwrap(), b"new");
    }

    #[test]
    fn directories_and_missing_folders_are_refused() {
        let folder = folder("refuse");
        assert_eq!(AtomicFile::create(&folder).unwrap_err().kind(), ErrorKind::Io);
        assert_eq!(AtomicFile::create(folder.join("none/out.csv")).unwrap_err().kind(), ErrorKind::Io);
    }
}
