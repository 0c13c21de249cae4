//! What each kind of attribute is worth: F1 with the kind, with its columns as plain text, and without them.
//!
//! Plain text is the role `category`, whose values are folded and compared but read no further: no e-mail has a provider,
//! no telephone number a country, no name a nickname, no address a postcode. Left out is the role `carry`. Both are what a
//! user would write into the configuration.

use std::path::{Path, PathBuf};

use crate::measure::{Evaluation, TOUCHPOINTS, example};
use crate::shell::{run as sh, scratch};

/// Kinds that one normaliser reads, under its name.
const KINDS: [(&str, &[&str]); 9] = [
    (
        "person name",
        &[
            "full_name",
            "given_name",
            "middle_name",
            "surname",
            "second_surname",
            "name_prefix",
            "name_suffix",
        ],
    ),
    ("company", &["company"]),
    ("e-mail", &["email"]),
    ("phone", &["phone"]),
    ("address", &["full_address", "street", "address_line_2", "house_number", "unit", "po_box"]),
    ("place", &["postcode", "city", "region", "country", "locality"]),
    ("date", &["birth_date"]),
    ("identifier", &["identifier"]),
    ("gender", &["gender"]),
];

/// A set with the command line that reads it.
struct Set {
    name: &'static str,
    files: Vec<PathBuf>,
    truth: PathBuf,
    options: &'static [&'static str],
}

/// Prints the table of a labelled set, if it is there, and of generated touchpoints.
///
/// # Errors
/// When an example fails, or a file cannot be read or written.
pub fn run(data: &Path) -> Result<(), String> {
    let folder = scratch("ablation")?;
    let generated = folder.join("customers");
    sh(example("generate")?.args(["--profile", "customers", "--records", "10000", "--out"]).arg(&generated))?;
    let labelled = data.join("customers_10000");
    let mut sets = vec![Set {
        name: "generated, 10 000 records of five touchpoints",
        files: TOUCHPOINTS.map(|name| generated.join(name).with_extension("csv")).to_vec(),
        truth: generated.join("truth.csv"),
        options: &[],
    }];
    if labelled.exists() {
        sets.push(Set {
            name: "customers_10000",
            files: vec![labelled.join("customers_10000.csv")],
            truth: labelled.join("truth.csv"),
            options: &["--id", "id"],
        });
    }
    for set in &sets {
        table(set, &folder)?;
    }
    std::fs::remove_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))
}

fn table(set: &Set, folder: &Path) -> Result<(), String> {
    let detected = folder.join("detected.toml");
    sh(example("consolidate")?.args(&set.files).args(set.options).arg("--write-config").arg(&detected))?;
    let config =
        std::fs::read_to_string(&detected).map_err(|error| format!("{}: {error}", detected.display()))?;
    let f1 = |config: &str| {
        let file = folder.join("changed.toml");
        std::fs::write(&file, config).map_err(|error| format!("{}: {error}", file.display()))?;
        let file = file.to_string_lossy();
        let options: Vec<&str> = set.options.iter().copied().chain(["--config", &*file]).collect();
        Evaluation::of_files(&set.files, &set.truth, &options).map(|evaluation| evaluation.f1)
    };
    let whole = f1(&config)?;
    println!("\n{}: F1 {whole:.4}\n", set.name);
    println!("| kind | columns | F1 as plain text | the kind adds | F1 left out | the columns add |");
    println!("|---|---:|---:|---:|---:|---:|");
    for (name, kinds) in KINDS {
        let (as_text, count) = redeclared(&config, kinds, "category");
        if count == 0 {
            continue;
        }
        let (as_text, left_out) = (f1(&as_text)?, f1(&redeclared(&config, kinds, "carry").0)?);
        print!("| {name} | {count} | {as_text:.4} | {:+.4} ", whole - as_text);
        println!("| {left_out:.4} | {:+.4} |", whole - left_out);
    }
    Ok(())
}

/// The configuration with another role for the columns of some kinds, and how many there are. A column is a line
/// `name = "kind"` or `name = "kind:2"` of a table of columns.
fn redeclared(config: &str, kinds: &[&str], role: &str) -> (String, usize) {
    let (mut out, mut count, mut columns) = (String::with_capacity(config.len()), 0, false);
    for line in config.lines() {
        if line.starts_with('[') {
            columns = line.ends_with(".columns]");
        }
        let declared = line.rsplit_once(" = \"").filter(|_| columns);
        let kind = |value: &str| value.trim_end_matches('"').split(':').next().unwrap_or_default().to_owned();
        match declared {
            Some((column, value)) if kinds.contains(&kind(value).as_str()) => {
                out.push_str(&format!("{column} = \"{role}\""));
                count += 1;
            }
            _ => out.push_str(line),
        }
        out.push('\n');
    }
    (out, count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_columns_of_the_kind_change_their_role() {
        let config = "method = \"email\"\n[sources.crm.columns]\n\"E = 1\" = \"email\"\nMail = \"email:2\"\nName = \"surname\"\n\
                      [sources.crm]\nregion = \"email\"\n";
        let (changed, count) = redeclared(config, &["email"], "carry");
        assert_eq!(count, 2);
        assert_eq!(
            changed,
            "method = \"email\"\n[sources.crm.columns]\n\"E = 1\" = \"carry\"\nMail = \"carry\"\nName = \"surname\"\n\
             [sources.crm]\nregion = \"email\"\n"
        );
    }
}
