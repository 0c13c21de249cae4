//! Reader of the committed text tables under `resources/`: one entry a line, fields separated by a tab, `#` opens a
//! comment line. The tables are compiled in, so that the library needs no files at run time, and are parsed once, by
//! the module that owns the table. A malformed line would be our own mistake: short lines read as empty fields here and
//! the owner's tests check the counts.

/// The entries of a table: every line that is neither empty nor a comment.
pub(crate) fn lines(table: &'static str) -> impl Iterator<Item = &'static str> {
    table.lines().map(str::trim_end).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

/// The first `N` fields of an entry; missing ones are empty.
pub(crate) fn fields<const N: usize>(line: &'static str) -> [&'static str; N] {
    let mut fields = [""; N];
    for (field, text) in fields.iter_mut().zip(line.split('\t')) {
        *field = text;
    }
    fields
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_blank_lines_are_no_entries() {
        let table = "# head\n\na\tb\tc\n# inner\nd\n";
        let rows: Vec<[&str; 3]> = lines(table).map(fields).collect();
        assert_eq!(rows, [["a", "b", "c"], ["d", "", ""]]);
    }
}
