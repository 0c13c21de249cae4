//! Running programs, and what becomes of a task.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

/// How a task that did not fail ended.
pub enum Outcome {
    /// It ran and found nothing wrong.
    Passed,
    /// It could not run here, for this reason.
    Skipped(String),
}

/// What a task returns; the error says what is wrong, in one line.
pub type Verdict = Result<Outcome, String>;

/// The workspace root.
pub fn root() -> PathBuf {
    let mut root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    root.pop();
    root
}

/// Where tasks put what they make: inside the target directory, so that `cargo clean` removes it.
pub fn scratch(name: &str) -> Result<PathBuf, String> {
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from);
    let path = root().join(target).join("xtask").join(name);
    std::fs::create_dir_all(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(path)
}

/// A cargo command in the workspace root; `words` are separated by spaces.
pub fn cargo(words: &str) -> Command {
    program("cargo", words)
}

/// A cargo command under another toolchain.
pub fn cargo_on(toolchain: &str, words: &str) -> Command {
    let mut command = cargo(&format!("+{toolchain}"));
    command.args(words.split_whitespace());
    // Of the cargo that started this program; they would point the other toolchain's cargo at this one's compiler.
    for variable in ["CARGO", "RUSTC", "RUSTDOC", "RUSTUP_TOOLCHAIN"] {
        command.env_remove(variable);
    }
    command
}

/// A program in the workspace root; `words` are separated by spaces.
pub fn program(name: &str, words: &str) -> Command {
    let mut command = Command::new(name);
    command.args(words.split_whitespace()).current_dir(root());
    command
}

/// Runs a command; its output goes to the terminal.
///
/// # Errors
/// When it cannot be started or does not succeed.
pub fn run(command: &mut Command) -> Result<(), String> {
    let line = describe(command);
    println!("$ {line}");
    let started = Instant::now();
    let status = command.status().map_err(|error| format!("{line}: {error}"))?;
    println!("  {:.1} s", started.elapsed().as_secs_f64());
    if status.success() { Ok(()) } else { Err(format!("{line}: {status}")) }
}

/// Runs a talkative command, whose output only matters when it fails.
///
/// # Errors
/// As [`run`].
pub fn run_quietly(command: &mut Command) -> Result<(), String> {
    let line = describe(command);
    println!("$ {line}");
    let started = Instant::now();
    let output = command.output().map_err(|error| format!("{line}: {error}"))?;
    println!("  {:.1} s", started.elapsed().as_secs_f64());
    if output.status.success() {
        return Ok(());
    }
    println!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    Err(format!("{line}: {}", output.status))
}

/// Runs a command and returns its standard output; errors go to the terminal.
///
/// # Errors
/// When it cannot be started, does not succeed, or does not write UTF-8.
pub fn output(command: &mut Command) -> Result<String, String> {
    let line = describe(command);
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| format!("{line}: {error}"))?;
    if !output.status.success() {
        return Err(format!("{line}: {}", output.status));
    }
    String::from_utf8(output.stdout).map_err(|_| format!("{line}: output is not UTF-8"))
}

/// Whether a command can be started and succeeds; for asking whether a tool is there.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}

/// The command as one would type it.
fn describe(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Refuses arguments that a task does not know.
///
/// # Errors
/// When there is one.
pub fn only(arguments: &[String], known: &[&str]) -> Result<(), String> {
    match arguments.iter().find(|argument| !known.contains(&argument.as_str())) {
        Some(argument) => Err(format!("unknown argument {argument:?}; see --help")),
        None => Ok(()),
    }
}

/// The value behind an option such as `--data DIR`, and the arguments without both.
///
/// # Errors
/// When the option stands last.
pub fn option<'a>(arguments: &'a [String], name: &str) -> Result<(Option<&'a str>, Vec<String>), String> {
    let Some(at) = arguments.iter().position(|argument| argument == name) else {
        return Ok((None, arguments.to_vec()));
    };
    let value = arguments.get(at + 1).ok_or_else(|| format!("{name} needs a value; see --help"))?;
    let rest = arguments.iter().enumerate().filter(|(i, _)| *i != at && *i != at + 1);
    Ok((Some(value), rest.map(|(_, argument)| argument.clone()).collect()))
}
