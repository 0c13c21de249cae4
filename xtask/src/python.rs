//! `cargo xtask python`: the Python package, as users install it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{Outcome, Verdict, only, program, root, run as sh, run_quietly, scratch, succeeds};
use crate::{capi, measure};

pub const HELP: &str = "\
cargo xtask python

Makes a virtual environment in the target directory, installs what python/requirements.txt names, builds the wheel, looks
at its tag and size, installs it, and runs ruff, mypy --strict and pytest on it. The tests compare the tables with those of
the Rust program and of the C example, byte for byte.

Without Python 3.9 or newer, or where the packages cannot be had, it says so and stops.";

/// Bytes that a wheel must stay below.
const LARGEST_WHEEL: u64 = 15_000_000;

pub fn run(arguments: &[String]) -> Verdict {
    only(arguments, &[])?;
    let old = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))";
    if !succeeds(program("python3", "-c").arg(old)) {
        return Ok(Outcome::Skipped("no python3 of at least 3.9 with venv is installed".into()));
    }
    let Some(python) = environment()? else {
        return Ok(Outcome::Skipped("the packages of python/requirements.txt could not be installed".into()));
    };
    let wheel = build(&python)?;
    let mut install = python_command(&python, "-m pip install --quiet --no-deps --force-reinstall");
    run_quietly(install.arg(&wheel))?;
    let folder = root().join("python");
    for words in ["-m ruff check .", "-m ruff format --check .", "-m mypy"] {
        sh(python_command(&python, words).current_dir(&folder))?;
    }
    // The programs to compare with; without a C compiler the test says that it was skipped.
    measure::build_examples()?;
    let mut tests = python_command(&python, "-m pytest -rs -c");
    tests.arg(folder.join("pyproject.toml")).arg(folder.join("tests"));
    // Not from the folder that holds the package's sources: what is tested is the wheel.
    tests.current_dir(scratch("python")?);
    tests.env("QUILATE_PROGRAM", measure::example("consolidate")?.get_program());
    if let Some(example) = capi::example()? {
        tests.env("QUILATE_C_EXAMPLE", example);
    }
    sh(&mut tests)?;
    Ok(Outcome::Passed)
}

/// The interpreter of the environment with all packages in it.
fn environment() -> Result<Option<PathBuf>, String> {
    let folder = scratch("python")?.join("venv");
    let python = match cfg!(windows) {
        true => folder.join("Scripts").join("python.exe"),
        false => folder.join("bin").join("python"),
    };
    // Fresh each time: what an earlier wheel left behind must not help.
    if run_quietly(program("python3", "-m venv --clear").arg(&folder)).is_err() {
        return Ok(None);
    }
    let mut install = python_command(&python, "-m pip install --quiet --disable-pip-version-check -r");
    let installed = run_quietly(install.arg(root().join("python").join("requirements.txt")));
    Ok(installed.is_ok().then_some(python))
}

/// Builds the wheel, and looks whether it is one for all versions and small.
fn build(python: &Path) -> Result<PathBuf, String> {
    let folder = scratch("python")?.join("dist");
    let _ = std::fs::remove_dir_all(&folder);
    let mut command =
        python_command(python, "-m pip wheel --quiet --no-deps --no-build-isolation --wheel-dir");
    run_quietly(command.arg(&folder).arg(root().join("python")))?;
    let fail = |error: std::io::Error| format!("{}: {error}", folder.display());
    let mut wheels = std::fs::read_dir(&folder).map_err(fail)?;
    let wheel = wheels.next().ok_or("no wheel was built")?.map_err(fail)?;
    let (name, size) =
        (wheel.file_name().to_string_lossy().into_owned(), wheel.metadata().map_err(fail)?.len());
    println!("{name}: {:.1} MB", size as f64 / 1e6);
    if !name.contains("-py3-none-") {
        return Err(format!("{name} is not for all versions of Python"));
    }
    if size >= LARGEST_WHEEL {
        return Err(format!("{name} has {size} bytes, at most {LARGEST_WHEEL} are asked"));
    }
    Ok(wheel.path())
}

fn python_command(python: &Path, words: &str) -> Command {
    let mut command = Command::new(python);
    command.args(words.split_whitespace()).current_dir(root());
    // maturin is found beside the interpreter.
    if let (Some(bin), Some(path)) = (python.parent(), std::env::var_os("PATH")) {
        let paths = std::iter::once(bin.to_path_buf()).chain(std::env::split_paths(&path));
        if let Ok(joined) = std::env::join_paths(paths) {
            command.env("PATH", joined);
        }
    }
    command
}
