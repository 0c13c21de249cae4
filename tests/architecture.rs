//! What ARCHITECTURE.md says about the code, held against the code.

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// All Rust files below a folder, in any order.
fn rust_files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder of the project") {
        let path = entry.expect("an entry of the folder").path();
        if path.is_dir() {
            files.extend(rust_files(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            files.push(path);
        }
    }
    files
}

/// The words of a document that stand between backquotes.
fn quoted(document: &str) -> impl Iterator<Item = &str> {
    document.split('`').skip(1).step_by(2)
}

#[test]
fn tests_that_guard_invariants_exist() {
    let document = text("ARCHITECTURE.md");
    let named: Vec<(&str, &str)> = quoted(&document).filter_map(|word| word.split_once(".rs::")).collect();
    assert!(named.len() >= 15, "only {} tests are named", named.len());
    for (file, test) in named {
        let code = text(format!("{file}.rs"));
        let (_, after) =
            code.split_once(&format!("fn {test}(")).unwrap_or_else(|| panic!("{file}.rs has no {test}"));
        let before = &code[..code.len() - after.len()];
        let attributes = before.rsplit_once("\n\n").map_or(before, |(_, last)| last);
        assert!(attributes.contains("#[test]"), "{file}.rs: {test} is no test");
    }
}

#[test]
fn the_layout_names_every_module() {
    let document = text("ARCHITECTURE.md");
    for entry in fs::read_dir(root().join("src")).expect("the sources") {
        let entry = entry.expect("an entry of the sources");
        let name = entry.file_name().to_string_lossy().into_owned();
        let folder = if entry.path().is_dir() { "/" } else { "" };
        let line = format!("\nsrc/{name}{folder} ");
        assert!(document.contains(&line), "the layout lacks src/{name}{folder}");
    }
}

#[test]
fn the_core_touches_neither_files_nor_clock() {
    const FORBIDDEN: [&str; 7] =
        ["crate::io", "std::fs", "std::net", "std::time", "std::process", "std::env", "static mut"];
    let mut looked_at = 0;
    for path in rust_files(&root().join("src")) {
        let name = path.strip_prefix(root()).expect("a file of the project").display().to_string();
        // Tests may read tables that lie beside the checkout.
        if name.replace('\\', "/").starts_with("src/io/") || name.ends_with("tests.rs") {
            continue;
        }
        let code = text(&path);
        let code = code.split("#[cfg(test)]\nmod ").next().unwrap_or(&code);
        for word in FORBIDDEN {
            let line = code.lines().find(|line| !line.trim_start().starts_with("//") && line.contains(word));
            assert!(line.is_none(), "{name}: {}", line.unwrap_or_default().trim());
        }
        looked_at += 1;
    }
    assert!(looked_at > 60, "only {looked_at} files");
}
