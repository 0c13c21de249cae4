//! Scratch files: what a run with a limit on its memory writes out and reads back.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::error::{Error, ErrorKind, Result};
use crate::spill::{Scratch, ScratchFile};

/// How many names are tried before giving up; a clash needs a leftover of a process with our number.
const NAME_TRIES: usize = 100;

/// Distinguishes the scratch files of one process.
static NEXT: AtomicU64 = AtomicU64::new(0);

/// A folder in which scratch files are made, for [`consolidate_within`](crate::pipeline::consolidate_within). They are
/// removed when the run ends, however it ends, short of a crash of the machine. Choose a folder on a disk: where the
/// system keeps temporary files in memory, nothing would be gained.
///
/// # Example
/// ```
/// use quilate::io::ScratchFolder;
/// use quilate::pipeline::Scratch;
/// use std::io::{Read, Seek, Write};
///
/// let folder = ScratchFolder::new(std::env::temp_dir());
/// let mut file = folder.open()?;
/// file.write_all(b"pairs").unwrap();
/// file.rewind().unwrap();
/// let mut text = String::new();
/// file.read_to_string(&mut text).unwrap();
/// assert_eq!(text, "pairs");
/// # Ok::<(), quilate::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ScratchFolder {
    path: PathBuf,
}

impl ScratchFolder {
    /// Files will be made in this folder; it is made itself when the first of them is needed.
    pub fn new(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().to_owned() }
    }

    fn fail(&self, error: &io::Error) -> Error {
        Error::new(ErrorKind::Io, format!("no scratch file can be made ({})", error.kind()))
            .at(self.path.display().to_string())
    }
}

impl Scratch for ScratchFolder {
    fn open(&self) -> Result<Box<dyn ScratchFile>> {
        fs::create_dir_all(&self.path).map_err(|error| self.fail(&error))?;
        for _ in 0..NAME_TRIES {
            let number = NEXT.fetch_add(1, Ordering::Relaxed);
            let path = self.path.join(format!(".quilate-{}-{number}.scratch", std::process::id()));
            match OpenOptions::new().read(true).write(true).create_new(true).open(&path) {
                Ok(file) => return Ok(Box::new(Temporary { file, path })),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(self.fail(&error)),
            }
        }
        Err(self
            .fail(&io::ErrorKind::AlreadyExists.into())
            .cure("remove leftover files that end in .scratch"))
    }
}

/// A file that is removed when it is dropped.
struct Temporary {
    file: File,
    path: PathBuf,
}

impl Read for Temporary {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        self.file.read(bytes)
    }
}

impl Write for Temporary {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Seek for Temporary {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // Nobody could do anything about a file that cannot be removed.
        let _ = fs::remove_file(&self.path);
    }
}

/// The most memory that this process has held so far, in bytes, where the system tells.
pub fn peak_memory() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_gone_afterwards() {
        let folder = std::env::temp_dir().join(format!("quilate-scratch-{}", std::process::id()));
        let scratch = ScratchFolder::new(&folder);
        let files = || fs::read_dir(&folder).map_or(0, |entries| entries.count());
        {
            let (mut one, _two) = (scratch.open().unwrap(), scratch.open().unwrap());
            one.write_all(b"x").unwrap();
            assert_eq!(files(), 2);
        }
        assert_eq!(files(), 0);
        fs::remove_dir(&folder).unwrap();
        fs::write(&folder, "a file where the folder should be").unwrap();
        let error = scratch.open().map(|_| ()).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Io);
        fs::remove_file(&folder).unwrap();
    }
}
