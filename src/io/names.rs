//! Names of columns, which formats give twice or not at all, and which must be one each.

use std::collections::HashMap;

/// The names of the columns and what was done to get them.
#[derive(Clone, Debug, Default)]
pub(in crate::io) struct Names {
    pub names: Vec<String>,
    /// Columns without a name, which were numbered.
    pub blank: Vec<String>,
    /// Columns whose name was taken, under their new name.
    pub duplicate: Vec<String>,
}

/// Makes names distinct and fills in the missing ones. A name that stands in the header keeps its first column
/// whatever the numbered ones would like to be called.
pub(in crate::io) fn unique(raw: Vec<String>) -> Names {
    let mut out = Names::default();
    // Names of the header and those given out; `false` for one whose column is still to come.
    let mut taken: HashMap<String, bool> =
        raw.iter().filter(|name| !name.is_empty()).map(|name| (name.clone(), false)).collect();
    // The last number that was tried for a name, so that many equal names cost linear time.
    let mut counted: HashMap<String, u32> = HashMap::new();
    for (column, name) in raw.into_iter().enumerate() {
        let blank = name.is_empty();
        let name = if blank { format!("column_{}", column + 1) } else { name };
        let uses = taken.get(&name).copied();
        let chosen = if uses.is_none() || uses == Some(false) && !blank {
            name.clone()
        } else {
            let mut number = counted.get(&name).copied().unwrap_or(1) + 1;
            while taken.contains_key(&format!("{name}_{number}")) {
                number += 1;
            }
            counted.insert(name.clone(), number);
            format!("{name}_{number}")
        };
        taken.insert(chosen.clone(), true);
        if blank {
            out.blank.push(chosen.clone());
        } else if chosen != name {
            out.duplicate.push(chosen.clone());
        }
        out.names.push(chosen);
    }
    out
}

/// A name that no column has: `base`, else `base_2` and so on.
pub(in crate::io) fn free_name(names: &[String], base: &str) -> String {
    let mut number = 1;
    let mut name = base.to_owned();
    while names.contains(&name) {
        number += 1;
        name = format!("{base}_{number}");
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_unique_and_none_is_blank() {
        let cases: &[(&[&str], &[&str])] = &[
            (&["a", "b"], &["a", "b"]),
            (&["Email", "Email", "Email"], &["Email", "Email_2", "Email_3"]),
            (&["Email", "Email", "Email_2"], &["Email", "Email_3", "Email_2"]),
            (&["Email_2", "Email", "Email"], &["Email_2", "Email", "Email_3"]),
            (&["", "", "x"], &["column_1", "column_2", "x"]),
            (&["", "column_1"], &["column_1_2", "column_1"]),
            (&["column_2", ""], &["column_2", "column_2_2"]),
            (&["a", "a_2", "a", "a_2", "a"], &["a", "a_2", "a_3", "a_2_2", "a_4"]),
        ];
        for (raw, expected) in cases {
            assert_eq!(unique(raw.iter().map(|&s| s.to_owned()).collect()).names, *expected, "{raw:?}");
        }
    }

    #[test]
    fn ten_thousand_equal_names_are_numbered_in_linear_time() {
        let names = unique(vec!["x".to_owned(); 10_000]).names;
        assert_eq!(names[9_999], "x_10000");
    }
}
