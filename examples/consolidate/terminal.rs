//! What a person reads: what was read, what was found, ten example merges, where the files are.

use std::collections::BTreeMap;
use std::path::Path;

use quilate::block::BlockMethod;
use quilate::detect::FieldGuess;
use quilate::history::History;
use quilate::io::history::day_text;
use quilate::io::peak_memory;
use quilate::pipeline::{MemoryReport, Plan};
use quilate::relate::Relations;
use quilate::report::{Explanation, RunDiff, Summary};
use quilate::{EntityId, Issue, RecordId, Resolution, Role};

use crate::cli::Arguments;
use crate::run::{FileRead, Timings};

/// Head of a written configuration.
pub const CONFIG_HEAD: &str = "\
# What quilate detected. Edit what is wrong and pass the file with --config.
# Roles of columns: record_id, source_name, updated_at, created_at, merged_into, carry (not evidence, kept), skip (not
# read), or an attribute: full_name, given_name, middle_name, surname, second_surname, name_prefix, name_suffix, company,
# email, phone, full_address, street, house_number, unit, address_line_2, po_box, locality, city, county, region,
# postcode, country, birth_date, birth_year, birth_month, birth_day, age, birth_place, identifier, gender, website,
# category. `street:2` is the street of a second address.

";

/// A line of text; writing to a string cannot fail.
macro_rules! outln {
    ($out:expr) => { $out.push('\n') };
    ($out:expr, $($format:tt)*) => {{
        let _ = std::fmt::Write::write_fmt($out, format_args!($($format)*));
        $out.push('\n');
    }};
}

/// Example merges shown.
const EXAMPLES: usize = 10;

/// Customers among whom they are looked for: of ten thousand, ten are worth a look.
const LOOKED_AT: usize = 10_000;

pub fn text(
    reads: &[FileRead],
    resolution: &Resolution,
    summary: &Summary,
    timings: &Timings,
    (relations, happened): (&Relations, Option<&History>),
    arguments: &Arguments,
) -> String {
    let out = &mut String::new();
    files(out, reads);
    columns(out, resolution);
    customers(out, summary);
    examples(out, resolution);
    identity(out, resolution, arguments);
    related(out, relations);
    if let Some(history) = happened {
        history_of(out, history);
    }
    let mut found = relations.issues();
    if let Some(history) = happened {
        found.merge(history.issues().clone());
    }
    issues(out, summary.issues.iter().chain(found.iter()));
    written(out, &arguments.out, (arguments.pairs, happened.is_some()), timings);
    memory(out, summary.matching.memory.as_ref());
    std::mem::take(out)
}

/// What a run would do.
pub fn plan(plan: &Plan) -> String {
    let out = &mut String::new();
    let blocking = &plan.blocking;
    let method = match plan.method {
        BlockMethod::Neighbours => "the best neighbours of each record",
        BlockMethod::Rules => "the configured rules",
        BlockMethod::Both => "the best neighbours of each record, and the configured rules",
    };
    heading(out, "Plan");
    outln!(out, "  {:>15}  records, compared with {method}", number(plan.records));
    outln!(
        out,
        "  {:>15}  candidate pairs, {:.1} a record; {:.4} % of all pairs",
        number(blocking.candidate_pairs.round() as u64),
        plan.pairs_per_record(),
        100.0 * (1.0 - plan.reduction()),
    );
    match blocking.recall {
        Some(recall) => outln!(
            out,
            "  {:>13.1} %  of the matching pairs are expected among them (capture and recapture, {} records)",
            100.0 * recall,
            number(blocking.sampled_records),
        ),
        None => {
            outln!(out, "  {:>15}  recall: the columns are too few, or have too little in common", "unknown")
        }
    }
    outln!(out, "  {:>12} MB  of memory at the peak", number(plan.peak_bytes.div_ceil(1_000_000)));
    outln!(
        out,
        "  {:>12} MB  is the least that --memory-limit may ask for",
        number(plan.least_bytes.div_ceil(1_000_000))
    );
    outln!(out, "  {:>13.1} s  of one core, roughly", plan.cpu_seconds);
    if !plan.rules.is_empty() {
        outln!(out, "\n  {:>15}  {:>15}  rule", "pairs", "adds");
        for rule in &plan.rules {
            let left_out = match rule.stats.pairs_left_out {
                0 => String::new(),
                pairs => {
                    format!(" ({} pairs in {} large blocks left out)", number(pairs), rule.stats.large_blocks)
                }
            };
            outln!(
                out,
                "  {:>15}  {:>15}  {}{left_out}",
                number(rule.stats.pairs),
                number(rule.adds),
                rule.stats.rule
            );
        }
    }
    if !plan.suggestions.is_empty() {
        outln!(out, "\n  Rules that would do, and the share of the likely matches that they find together:");
        for rule in &plan.suggestions {
            outln!(out, "  {:>15}  {:>13.1} %  {}", number(rule.pairs), 100.0 * rule.found, rule.rule);
        }
    }
    issues(out, plan.issues.iter());
    std::mem::take(out)
}

fn heading(out: &mut String, text: &str) {
    outln!(out, "\n{text}\n{}", "─".repeat(text.chars().count()));
}

/// 1234567 as 1,234,567.
fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

fn files(out: &mut String, reads: &[FileRead]) {
    heading(out, "Read");
    let width = reads.iter().map(|read| read.name.chars().count()).max().unwrap_or(0);
    for read in reads {
        let delimiter = match read.format.delimiter {
            Some(b'\t') => "tabs".to_owned(),
            Some(byte) => format!("'{}'", char::from(byte)),
            None => "one column".to_owned(),
        };
        outln!(
            out,
            "  {:width$}  {:>10} records  {:>3} columns  {:>8}  {}, {}   {}",
            read.name,
            number(read.records as u64),
            read.columns,
            size(read.bytes),
            read.format.encoding,
            delimiter,
            read.path.display(),
        );
        if !read.skipped.is_empty() {
            outln!(out, "  {:width$}  never read in: {}", "", read.skipped.join(", "));
        }
    }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..10_000 => format!("{bytes} B"),
        10_000..10_000_000 => format!("{} kB", bytes / 1000),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

/// What each column was taken for; the reasons of the doubtful ones.
fn columns(out: &mut String, resolution: &Resolution) {
    heading(out, "Columns");
    for mapping in resolution.mappings() {
        let place: Vec<&str> =
            [&mapping.region, &mapping.locale].into_iter().flatten().map(String::as_str).collect();
        outln!(
            out,
            "  {} {}",
            mapping.source,
            if place.is_empty() { String::new() } else { format!("({})", place.join(", ")) }
        );
        let used = |guess: &&FieldGuess| !matches!(guess.role, Role::Carry | Role::Skip);
        for guess in mapping.fields.iter().filter(used) {
            let doubt = if guess.confidence < 0.7 { "?" } else { " " };
            outln!(
                out,
                "   {doubt} {:24} {:16} {}",
                clip(&guess.field, 24),
                guess.role.to_string(),
                guess.reasons.join("; ")
            );
        }
        for (role, verb) in [(Role::Carry, "carried, no evidence"), (Role::Skip, "not used")] {
            let names: Vec<&str> = mapping
                .fields
                .iter()
                .filter(|guess| guess.role == role)
                .map(|guess| guess.field.as_str())
                .collect();
            if !names.is_empty() {
                outln!(out, "     {verb}: {}", listed(&names));
            }
        }
    }
    outln!(out, "  Wrong? --write-config FILE, edit it, run with --config FILE.");
}

fn customers(out: &mut String, summary: &Summary) {
    heading(out, "Customers");
    let share = 100.0 * summary.duplicates() as f64 / summary.records.max(1) as f64;
    outln!(
        out,
        "  {} {} {}: {} ({share:.1} %) {}.",
        counted(summary.records, "record"),
        if summary.records == 1 { "is" } else { "are" },
        counted(summary.entities, "customer"),
        counted(summary.duplicates(), "record"),
        if summary.duplicates() == 1 { "was a duplicate" } else { "were duplicates" },
    );
    outln!(
        out,
        "  The model expects {} and merged {}; records merge above {:.0} % probability.",
        counted(summary.matching.estimated_matches.round() as u64, "matching pair"),
        number(summary.matching.matched_pairs),
        100.0 * summary.matching.threshold_probability,
    );
    let width = summary.sources.iter().map(|source| source.name.chars().count()).max().unwrap_or(0).max(6);
    outln!(
        out,
        "\n  {:width$}  {:>10}  {:>10}  {:>12}  {:>11}",
        "source",
        "records",
        "customers",
        "duplicates",
        "only there"
    );
    for source in &summary.sources {
        outln!(
            out,
            "  {:width$}  {:>10}  {:>10}  {:>12}  {:>11}",
            source.name,
            number(source.records),
            number(source.entities),
            number(source.duplicates),
            number(source.only_here),
        );
    }
    if !summary.shared.is_empty() && summary.sources.len() <= 12 {
        outln!(out, "\n  Customers that two sources share:");
        for pair in &summary.shared {
            outln!(out, "  {:>10}  {} and {}", number(pair.entities), pair.left, pair.right);
        }
    }
    if summary.entity_sizes.is_empty() {
        return;
    }
    outln!(out, "\n  Records a customer:");
    let most = summary.entity_sizes.values().copied().max().unwrap_or(1).max(1);
    for (size, count) in summary.entity_sizes.iter().take(12) {
        let bar = "█".repeat((40 * count).div_ceil(most) as usize);
        outln!(out, "  {size:>10}  {bar} {}", number(*count));
    }
    let rest: u64 = summary.entity_sizes.iter().skip(12).map(|(_, count)| count).sum();
    if rest > 0 {
        outln!(out, "  {:>10}  {}", "more", number(rest));
    }
}

/// Ten merges that show something: several records, several sources, values that differ.
fn examples(out: &mut String, resolution: &Resolution) {
    let mut chosen: Vec<(usize, EntityId)> = resolution
        .entities()
        .iter()
        .filter(|(_, members)| (2..=6).contains(&members.len()))
        .take(LOOKED_AT)
        .map(|(entity, members)| (interest(resolution, members), entity))
        .collect();
    chosen.sort_by_key(|&(interest, entity)| (std::cmp::Reverse(interest), entity));
    chosen.truncate(EXAMPLES);
    if chosen.is_empty() {
        return;
    }
    heading(out, "Examples");
    for (_, entity) in chosen {
        example(out, resolution, entity);
    }
}

/// How much there is to see: sources, and attributes in which the members differ.
fn interest(resolution: &Resolution, members: &[RecordId]) -> usize {
    let records = resolution.records();
    let sources = members.chunk_by(|a, b| records.source[a.index()] == records.source[b.index()]);
    let differing = resolution.attributes().columns.iter().filter(|attribute| {
        let mut codes = members.iter().flat_map(|record| attribute.column.codes(record.index()));
        let first = codes.next();
        codes.any(|code| Some(code) != first)
    });
    4 * sources.count() + differing.count()
}

fn example(out: &mut String, resolution: &Resolution, entity: EntityId) {
    let golden = resolution.golden_record(entity);
    let get = |field: &str| golden.get(field).unwrap_or("");
    let name = ["name_prefix", "given_name", "middle_name", "surname", "second_surname"].map(get).join(" ");
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let title = if name.is_empty() { get("company").to_owned() } else { name };
    let place = [get("street"), get("postcode"), get("city")].join(" ");
    outln!(
        out,
        "\n  ● {title}   {}   {}   {}",
        get("email"),
        get("phone"),
        place.split_whitespace().collect::<Vec<_>>().join(" ")
    );
    let members = resolution.entities().members(entity);
    for &record in members {
        let records = resolution.records();
        let label = format!("{}:{}", records.source_name(record), records.id(record));
        outln!(out, "      {:26} {}", clip(&label, 26), clip(&shown(resolution, record), 110));
    }
    for pair in members.windows(2).take(3) {
        outln!(out, "      because {}", reason(&resolution.explain_records(pair[0], pair[1])));
    }
}

/// The golden fields of one record.
fn shown(resolution: &Resolution, record: RecordId) -> String {
    let fields = [
        "given_name",
        "surname",
        "company",
        "birth_date",
        "email",
        "phone",
        "street",
        "postcode",
        "city",
        "identifier",
    ];
    let values = fields.iter().filter_map(|name| {
        let field = resolution.golden_fields().iter().find(|field| field.name == *name)?;
        field.values.get(record.index())
    });
    values.collect::<Vec<_>>().join(" · ")
}

/// The strongest evidence of a pair in words.
fn reason(explanation: &Explanation) -> String {
    let mut rows: Vec<_> = explanation.comparisons.iter().filter(|row| row.weight.abs() >= 1.0).collect();
    rows.sort_by(|a, b| b.weight.abs().total_cmp(&a.weight.abs()));
    let words: Vec<String> =
        rows.iter().take(4).map(|row| format!("{} {} {:+.0}", row.name, row.level, row.weight)).collect();
    format!("{} = {:+.0} bits", words.join(", "), explanation.weight)
}

/// A count with its word.
fn counted(count: u64, word: &str) -> String {
    format!("{} {word}{}", number(count), if count == 1 { "" } else { "s" })
}

fn related(out: &mut String, relations: &Relations) {
    if relations.counts().into_iter().all(|(_, count)| count == 0) {
        return;
    }
    heading(out, "Relations");
    for (kind, count) in relations.counts().into_iter().filter(|(_, count)| *count > 0) {
        outln!(out, "  {:>10}  {}", number(count), kind.name());
    }
}

/// What happened, and who needs a look.
fn history_of(out: &mut String, history: &History) {
    heading(out, "History");
    outln!(
        out,
        "  {} interactions until {}, each counted once.",
        number(history.events().len() as u64),
        day_text(history.as_of()),
    );
    let mut alarms: BTreeMap<&str, u64> = BTreeMap::new();
    for entity in (0..history.len() as u32).map(EntityId) {
        for alarm in history.alarms(&history.metrics(entity)) {
            *alarms.entry(alarm.kind.name()).or_default() += 1;
        }
    }
    let alarms: Vec<String> =
        alarms.into_iter().map(|(kind, count)| format!("{} {kind}", number(count))).collect();
    outln!(out, "  Alarms: {}.", if alarms.is_empty() { "none".to_owned() } else { alarms.join(", ") });
    let value = &history.config().value;
    outln!(
        out,
        "  Lifetime values assume a margin of {:.0} % where no cost is told, {:.0} % of customers staying a year, {:.0} %",
        100.0 * value.margin_rate,
        100.0 * value.retention,
        100.0 * value.discount_rate,
    );
    outln!(out, "  interest and {} years: [history.value] in the configuration.", value.years);
}

fn issues<'a>(out: &mut String, issues: impl Iterator<Item = &'a Issue>) {
    let issues: Vec<&Issue> = issues.collect();
    if issues.is_empty() {
        return;
    }
    heading(out, "Worth knowing");
    // Half of the columns of an export may be empty: one line tells it.
    let said = |issue: &Issue| {
        (issue.code, issue.source.clone(), issue.count, issue.lines.clone(), issue.message.clone())
    };
    let alike = |a: &&Issue, b: &&Issue| said(a) == said(b);
    for group in issues.chunk_by(alike) {
        let issue = group[0];
        let fields: Vec<&str> = group.iter().map(|issue| issue.field.as_str()).collect();
        let (place, columns) = match fields[..] {
            [field] => (format!("{} {field}", issue.source), String::new()),
            _ => (issue.source.clone(), format!(": {}", listed(&fields))),
        };
        let lines = lines_of(issue);
        let place = clip(place.trim(), 28);
        outln!(out, "  {:>10}  {place:28} {}{columns}{lines}", number(issue.count), issue.message);
    }
}

/// Names in a row, as many as anybody reads.
fn listed(names: &[&str]) -> String {
    const SHOWN: usize = 60;
    match names.len().saturating_sub(SHOWN) {
        0 => names.join(", "),
        rest => format!("{} and {} more", names[..SHOWN].join(", "), number(rest as u64)),
    }
}

/// The first lines of an issue, where it knows any.
fn lines_of(issue: &Issue) -> String {
    const SHOWN: usize = 3;
    let lines: Vec<String> = issue.lines.iter().take(SHOWN).map(u64::to_string).collect();
    let word = if lines.len() == 1 { "line" } else { "lines" };
    let more = if issue.count > lines.len() as u64 { " ..." } else { "" };
    if lines.is_empty() { String::new() } else { format!(" ({word} {}{more})", lines.join(", ")) }
}

/// What another configuration would change: the counts, and the first of each kind.
pub fn what_if(diff: &RunDiff, before: &Resolution) -> String {
    const SHOWN: usize = 5;
    let out = &mut String::new();
    heading(out, "What would change");
    if diff.is_empty() {
        outln!(out, "  Nothing: the same customers with the same values.");
        return std::mem::take(out);
    }
    let _ = std::fmt::Write::write_fmt(out, format_args!("{diff}"));
    let ids = |entities: &[EntityId]| {
        entities.iter().map(|&entity| before.customer_id(entity).to_string()).collect::<Vec<_>>().join(", ")
    };
    for (_, of) in diff.merged.iter().take(SHOWN) {
        outln!(out, "  merged: {}", ids(of));
    }
    for (entity, parts) in diff.split.iter().take(SHOWN) {
        outln!(out, "  split in {}: {}", parts.len(), ids(&[*entity]));
    }
    for value in diff.values.iter().take(SHOWN) {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "nothing".to_owned());
        outln!(
            out,
            "  {} {}: {} -> {}",
            ids(&[value.before]),
            value.field,
            shown(&value.old),
            shown(&value.new)
        );
    }
    std::mem::take(out)
}

/// What changed since the run before, what waits for a person, and which values were no evidence.
fn identity(out: &mut String, resolution: &Resolution, arguments: &Arguments) {
    if arguments.state.is_some() {
        heading(out, "Since the last run");
        let mut events: BTreeMap<&str, u64> = BTreeMap::new();
        resolution.events().iter().for_each(|event| *events.entry(event.name()).or_default() += 1);
        if events.is_empty() {
            outln!(out, "  Nothing has changed.");
        }
        for (event, count) in events {
            outln!(out, "  {:>10}  {}", number(count), event.replace('_', " "));
        }
        let waiting = resolution.review().len() as u64;
        outln!(out, "  {:>10}  pairs wait in review.csv for a person", number(waiting));
    }
    let shared = resolution.shared_values();
    if !shared.is_empty() {
        heading(out, "Shared by too many people to be evidence");
        for value in shared.iter().take(EXAMPLES) {
            outln!(
                out,
                "  {:>10}  records, {} names: {} {}",
                number(value.records.into()),
                value.names,
                value.attribute,
                value.value
            );
        }
    }
}

fn written(out: &mut String, folder: &Path, (with_pairs, with_history): (bool, bool), timings: &Timings) {
    heading(out, "Written");
    let pairs = if with_pairs { ", pairs.csv" } else { "" };
    let files = if with_history { ", customers.csv, alarms.csv, consents.csv, history.json" } else { "" };
    outln!(
        out,
        "  {}: golden.csv, xref.csv, provenance.csv, relations.csv{pairs}, report.json{files}",
        folder.display()
    );
    let total: f64 = timings.iter().map(|(_, time)| time.as_secs_f64()).sum();
    let stages: Vec<String> =
        timings.iter().map(|(stage, time)| format!("{stage} {:.2} s", time.as_secs_f64())).collect();
    outln!(out, "  {total:.2} s: {}", stages.join(", "));
}

/// What was held at the most, and what was not.
fn memory(out: &mut String, report: Option<&MemoryReport>) {
    let spilled = report.map_or(0, |report| report.spilled);
    let spilled =
        if spilled > 0 { format!(", {} of pairs in a scratch file", size(spilled)) } else { String::new() };
    if let Some(peak) = peak_memory() {
        outln!(out, "  {} of memory at the peak{spilled}", size(peak));
    }
}

fn clip(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    text.chars().take(width.saturating_sub(1)).chain(['…']).collect()
}
