//! `cargo xtask capi`: the C interface, from its header to programs that use it.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{
    Outcome, Verdict, cargo, only, option, output, program, root, run as sh, scratch, succeeds,
};

pub const HELP: &str = "\
cargo xtask capi [--bless | --install DIR]

Compares capi/include/quilate.h with the header that cbindgen makes of the sources, builds the library, looks that it
exports nothing but ql_ functions, installs it with its pkg-config file, compiles examples/c and the README's C code with
all warnings as errors, and runs them as they are, under AddressSanitizer, and under valgrind: no leak, no invalid read.

  --bless        write the header anew; commit it together with the change
  --install DIR  only build, and install library, header and pkg-config file below DIR (/usr/local)

What needs a tool that is not there (cbindgen, cc, nm, pkg-config, valgrind) is skipped, and said to be.";

/// What the header begins with.
const HEADER_TOP: &str = "\
// quilate: golden customer records from many touchpoints. C interface, Arrow in and out.
// Written by cbindgen from capi/src.
";

/// Runs of a small table that must not leak: natively, under AddressSanitizer, and under valgrind.
const RUNS: [&str; 3] = ["1000", "100", "2"];

pub fn run(arguments: &[String]) -> Verdict {
    let (prefix, rest) = option(arguments, "--install")?;
    only(&rest, &["--bless"])?;
    if let Some(prefix) = prefix {
        install(Path::new(prefix), &build()?)?;
        return Ok(Outcome::Passed);
    }
    if !rest.is_empty() {
        return match write_header(&header_path())? {
            true => Ok(Outcome::Passed),
            false => Err("cbindgen is not installed".into()),
        };
    }
    let mut missing = Vec::new();
    check_header(&mut missing)?;
    let library = build()?;
    check_exports(&library, &mut missing)?;
    match compiler() {
        Some(compiler) => check_programs(&compiler, &library, &mut missing)?,
        None => missing.push("no C compiler: nothing was compiled"),
    }
    if missing.is_empty() { Ok(Outcome::Passed) } else { Ok(Outcome::Skipped(missing.join("; "))) }
}

fn header_path() -> PathBuf {
    root().join("capi").join("include").join("quilate.h")
}

/// The header as cbindgen makes it; false when that is not installed.
fn write_header(path: &Path) -> Result<bool, String> {
    if !succeeds(&mut program("cbindgen", "--version")) {
        return Ok(false);
    }
    let settings = scratch("capi")?.join("header.toml");
    let fail = |error: std::io::Error| format!("{}: {error}", settings.display());
    let rest = std::fs::read_to_string(root().join("capi").join("header.toml")).map_err(fail)?;
    std::fs::write(&settings, format!("header = \"\"\"{}\"\"\"\n{rest}", contract()?)).map_err(fail)?;
    let mut command = program("cbindgen", "--quiet --crate quilate-capi --config");
    command.arg(&settings).arg("--output");
    // Functions that a macro makes are only seen after expansion, which stable compilers refuse without being asked so;
    // in a folder of its own, since everything is compiled differently under that flag.
    command.env("RUSTC_BOOTSTRAP", "1").env("CARGO_EXPAND_TARGET_DIR", scratch("expand")?);
    sh(command.arg(path).arg("capi"))?;
    Ok(true)
}

/// The top of the header: the contract, as it stands on the first page of the crate's documentation.
fn contract() -> Result<String, String> {
    let path = root().join("capi").join("src").join("lib.rs");
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    let page = text.split_once("//! # The contract\n").and_then(|(_, rest)| rest.split_once("//!\n"));
    let (page, _) = page.ok_or_else(|| format!("{} has no contract", path.display()))?;
    let plain = page.replace("//! ", "// ").replace("**", "").replace("[`", "`").replace("`]", "`");
    Ok(format!("{HEADER_TOP}//\n{plain}"))
}

fn check_header(missing: &mut Vec<&'static str>) -> Result<(), String> {
    let made = scratch("capi")?.join("quilate.h");
    if !write_header(&made)? {
        missing.push("cbindgen is not installed: the header was not compared");
        return Ok(());
    }
    let read =
        |path: &Path| std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()));
    if read(&made)? == read(&header_path())? {
        return Ok(());
    }
    Err("capi/include/quilate.h is not what the sources say; if that is meant: cargo xtask capi --bless"
        .into())
}

/// Builds the library as it is installed, and as the Python package holds it: with the same features, so that all that it
/// stands on is compiled once for both.
fn build() -> Result<PathBuf, String> {
    sh(&mut cargo("rustc --release --package quilate-capi --features python --lib --crate-type cdylib"))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    let (prefix, suffix) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    let path = root().join(target).join("release").join(format!("{prefix}quilate_capi{suffix}"));
    if path.exists() { Ok(path) } else { Err(format!("{} was not built", path.display())) }
}

fn check_exports(library: &Path, missing: &mut Vec<&'static str>) -> Result<(), String> {
    let mut nm = program("nm", "--dynamic --defined-only --format=posix");
    nm.arg(library);
    if !succeeds(&mut program("nm", "--version")) {
        missing.push("nm is not there: the exported symbols were not looked at");
        return Ok(());
    }
    let listed = output(&mut nm)?;
    let names: Vec<&str> = listed.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let header = std::fs::read_to_string(header_path()).map_err(|error| error.to_string())?;
    if let Some(name) = names.iter().find(|name| !name.starts_with("ql_")) {
        return Err(format!("the library exports {name}"));
    }
    let unknown = |name: &&&str| !name.starts_with("ql_py_") && !header.contains(&format!("{name}("));
    match names.iter().find(unknown) {
        Some(name) => Err(format!("the header lacks {name}")),
        None if names.len() < 20 => Err(format!("the library exports only {} functions", names.len())),
        None => Ok(()),
    }
}

/// A C compiler, if there is one.
pub fn compiler() -> Option<String> {
    let named = std::env::var("CC").ok();
    let names = named.into_iter().chain(["cc", "gcc", "clang"].map(str::to_owned));
    names.into_iter().find(|name| succeeds(&mut program(name, "--version")))
}

/// Copies library and header below a folder, with a file that tells pkg-config where they are.
fn install(prefix: &Path, library: &Path) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", prefix.display());
    let (lib, include) = (prefix.join("lib"), prefix.join("include"));
    std::fs::create_dir_all(lib.join("pkgconfig")).map_err(fail)?;
    std::fs::create_dir_all(&include).map_err(fail)?;
    let (start, end) = (std::env::consts::DLL_PREFIX, std::env::consts::DLL_SUFFIX);
    std::fs::copy(library, lib.join(format!("{start}quilate{end}"))).map_err(fail)?;
    std::fs::copy(header_path(), include.join("quilate.h")).map_err(fail)?;
    let description = std::fs::read_to_string(root().join("capi").join("quilate.pc.in")).map_err(fail)?;
    let prefix = prefix.canonicalize().map_err(fail)?;
    let description = description
        .replace("@PREFIX@", &prefix.display().to_string())
        .replace("@VERSION@", env!("CARGO_PKG_VERSION"));
    std::fs::write(lib.join("pkgconfig").join("quilate.pc"), description).map_err(fail)
}

/// The installed library as a compiler is told of it.
struct Installed {
    lib: PathBuf,
    flags: Vec<String>,
}

/// Installs the library into the scratch folder.
fn installed(library: &Path, missing: &mut Vec<&'static str>) -> Result<Installed, String> {
    let prefix = scratch("capi")?.join("prefix");
    install(&prefix, library)?;
    let lib = prefix.join("lib");
    let mut ask = program("pkg-config", "--cflags --libs quilate");
    ask.env("PKG_CONFIG_PATH", lib.join("pkgconfig"));
    let flags = if succeeds(&mut program("pkg-config", "--version")) {
        output(&mut ask)?.split_whitespace().map(str::to_owned).collect()
    } else {
        missing.push("pkg-config is not there: its file was not read");
        vec![
            format!("-I{}", prefix.join("include").display()),
            format!("-L{}", lib.display()),
            "-lquilate".to_owned(),
        ]
    };
    Ok(Installed { lib, flags })
}

/// Compiles a program of one file with all warnings as errors.
fn compile(
    compiler: &str,
    source: &Path,
    name: &str,
    installed: &Installed,
    extra: &[&str],
) -> Result<PathBuf, String> {
    let target = scratch("capi")?.join(name);
    let mut command = program(compiler, "-std=c11 -O1 -g -Wall -Wextra -Werror -pedantic");
    command.args(extra).arg(source).arg("-o").arg(&target).args(&installed.flags);
    sh(command.arg(format!("-Wl,-rpath,{}", installed.lib.display())))?;
    Ok(target)
}

/// The example `consolidate` in C with a library that is built already, for tests that compare languages; `None` without a
/// C compiler.
///
/// # Errors
/// When it does not compile.
pub fn example(library: &Path) -> Result<Option<PathBuf>, String> {
    let Some(compiler) = compiler() else { return Ok(None) };
    let installed = installed(library, &mut Vec::new())?;
    let source = root().join("examples").join("c").join("consolidate.c");
    compile(&compiler, &source, "consolidate", &installed, &[]).map(Some)
}

fn check_programs(compiler: &str, library: &Path, missing: &mut Vec<&'static str>) -> Result<(), String> {
    let installed = installed(library, missing)?;
    let folder = root().join("examples").join("c");
    let sample = root().join("examples").join("data");
    let stages = folder.join("stages.c");
    let command = |path: &Path, arguments: &[&OsStr]| {
        let mut command = Command::new(path);
        command.args(arguments).current_dir(root());
        command
    };
    let plain = compile(compiler, &stages, "stages", &installed, &[])?;
    sh(&mut command(&plain, &[sample.as_ref(), RUNS[0].as_ref()]))?;
    let files = ["crm", "shop"].map(|name| sample.join(name).with_extension("csv"));
    let consolidate = compile(compiler, &folder.join("consolidate.c"), "consolidate", &installed, &[])?;
    let golden =
        output(&mut command(&consolidate, &["golden".as_ref(), files[0].as_ref(), files[1].as_ref()]))?;
    if !golden.starts_with("entity_id,") || golden.lines().count() < 100 {
        return Err("the example in C printed no golden records".into());
    }
    let snippet = scratch("capi")?.join("readme.c");
    std::fs::write(&snippet, readme_code()?).map_err(|error| error.to_string())?;
    let snippet = compile(compiler, &snippet, "readme", &installed, &[])?;
    let printed = output(&mut command(&snippet, &[]))?;
    if !printed.contains("customers") {
        return Err(format!("the README's C code printed {printed:?}"));
    }
    let sanitized = ["-fsanitize=address,undefined", "-fno-omit-frame-pointer"];
    let sanitized = compile(compiler, &stages, "stages-asan", &installed, &sanitized)?;
    sh(&mut command(&sanitized, &[sample.as_ref(), RUNS[1].as_ref()]))?;
    if !succeeds(&mut program("valgrind", "--version")) {
        missing.push("valgrind is not there: reads and leaks were only looked at by AddressSanitizer");
        return Ok(());
    }
    let mut valgrind = program("valgrind", "--quiet --error-exitcode=9 --leak-check=full");
    // Tables of names are made once for the life of the process. A hash table is held by a pointer into the middle of its
    // memory, which valgrind takes for possibly lost.
    valgrind.args(["--errors-for-leak-kinds=definite,indirect", "--show-leak-kinds=definite,indirect"]);
    sh(valgrind.arg(&plain).arg(&sample).arg(RUNS[2]))
}

/// The README's code in C.
fn readme_code() -> Result<String, String> {
    let text = std::fs::read_to_string(root().join("README.md")).map_err(|error| error.to_string())?;
    let code = text.split_once("```c\n").and_then(|(_, rest)| rest.split_once("\n```"));
    code.map(|(code, _)| format!("{code}\n")).ok_or_else(|| "the README has no code in C".to_owned())
}
