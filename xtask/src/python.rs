//! `cargo xtask python`: the Python package, as users install it.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{
    Outcome, Verdict, cargo, only, output, program, root, run as sh, run_quietly, scratch, succeeds,
};
use crate::{capi, measure};

pub const HELP: &str = "\
cargo xtask python [--measure]

Makes a virtual environment in the target directory, installs what python/requirements.txt pins, builds the wheel, looks
at its tag and size, installs it, and runs ruff, mypy --strict and pytest on it. The tests compare the tables with those of
the Rust program and of the C example, byte for byte.

  --measure  instead of the tests: what runs and pairs cost from Python beside Rust, on 1,000,000 generated records; fails
             when handing frames over takes 5 % of the run, memory beside the caller's frames is 1.3 times that of
             Rust, or a pair 1.1 times

Without Python 3.9 or newer, or where the index of packages cannot be reached, it says so and stops.";

/// Bytes that a wheel must stay below.
const LARGEST_WHEEL: u64 = 15_000_000;

/// Records of the measurement.
const MEASURED_RECORDS: &str = "1000000";

pub fn run(arguments: &[String]) -> Verdict {
    only(arguments, &["--measure"])?;
    let old = "import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 9))";
    if !succeeds(program("python3", "-c").arg(old)) {
        return Ok(Outcome::Skipped("no python3 of at least 3.9 with venv is installed".into()));
    }
    let Some(python) = environment()? else {
        return Ok(Outcome::Skipped("the index of Python packages cannot be reached".into()));
    };
    let wheel = build(&python)?;
    let mut install = python_command(&python, "-m pip install --quiet --no-deps --force-reinstall");
    run_quietly(install.arg(&wheel))?;
    if !arguments.is_empty() {
        return measure_costs(&python);
    }
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
    if let Some(example) = capi::example(&packed_library(&python)?)? {
        tests.env("QUILATE_C_EXAMPLE", example);
    }
    sh(&mut tests)?;
    Ok(Outcome::Passed)
}

/// The library inside the installed wheel: what C is compared with is the same file that Python loads.
fn packed_library(python: &Path) -> Result<PathBuf, String> {
    let mut ask = python_command(python, "-c");
    ask.arg("from quilate import _native; print(_native.library_path())");
    // Not from the folder that holds the package's sources.
    Ok(PathBuf::from(output(ask.current_dir(scratch("python")?))?.trim_end()))
}

/// Runs `python/benches/cost.py` on generated records, which are kept for the next time.
fn measure_costs(python: &Path) -> Verdict {
    measure::build_examples()?;
    sh(&mut cargo("build --release --package quilate-capi --example score_batches --features python"))?;
    let records = scratch("python")?.join(format!("generated_{MEASURED_RECORDS}"));
    if !records.join("truth.csv").exists() {
        let mut generate = measure::example("generate")?;
        generate.args(["--records", MEASURED_RECORDS, "--seed", "1", "--out"]);
        run_quietly(generate.arg(&records))?;
    }
    let mut costs = python_command(python, "");
    costs.arg(root().join("python").join("benches").join("cost.py")).arg(&records);
    costs.current_dir(scratch("python")?);
    for program in ["consolidate", "score_batches"] {
        costs.arg(measure::example(program)?.get_program());
    }
    sh(&mut costs)?;
    Ok(Outcome::Passed)
}

/// The interpreter of the environment with all packages in it; `None` where the package index cannot be reached.
///
/// An environment of an earlier run is taken when it was made from the same list by the same Python.
fn environment() -> Result<Option<PathBuf>, String> {
    let folder = scratch("python")?;
    let (venv, stamp) = (folder.join("venv"), folder.join("venv.stamp"));
    let python = match cfg!(windows) {
        true => venv.join("Scripts").join("python.exe"),
        false => venv.join("bin").join("python"),
    };
    let list = root().join("python").join("requirements.txt");
    let wanted = std::fs::read_to_string(&list).map_err(|error| format!("{}: {error}", list.display()))?;
    let wanted = output(&mut program("python3", "-VV"))? + &wanted;
    if succeeds(&mut python_command(&python, "--version"))
        && std::fs::read_to_string(&stamp).is_ok_and(|made| made == wanted)
    {
        return Ok(Some(python));
    }
    let _ = std::fs::remove_file(&stamp);
    run_quietly(program("python3", "-m venv --clear").arg(&venv))?;
    let mut install = python_command(&python, "-m pip install --quiet --disable-pip-version-check -r");
    if let Err(message) = run_quietly(install.arg(&list)) {
        // A version that is not there is a mistake in the list; no index at all is nobody's.
        let mut any =
            python_command(&python, "-m pip download --quiet --disable-pip-version-check --no-deps --dest");
        return match succeeds(any.arg(&folder).arg("iniconfig")) {
            true => Err(message),
            false => Ok(None),
        };
    }
    std::fs::write(&stamp, wanted).map_err(|error| format!("{}: {error}", stamp.display()))?;
    Ok(Some(python))
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
