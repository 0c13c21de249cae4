//! Normalises the `input` column of a CSV.
//!
//! `cargo run --release --example normalize -- --kind phone --region ES < in.csv > out.csv`
//!
//! The output has the columns of the input, then one for each component, prefixed `got_`. No value is an error: what
//! cannot be read comes back with its quality and a reason. `normalize --help` tells the rest.

mod columns;

use std::io::{self, BufReader, BufWriter, Read, Write};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Parser;
use columns::{Hints, Kind};
use quilate::normalize::date::{DateHint, civil_from_days, date};

/// Normalises the `input` column of a CSV, from standard input to standard output.
///
/// The columns locale, region, country and context, where there are such, override the options row by row. Exit codes: 0
/// done, 1 the input is no table, 2 usage.
#[derive(Debug, Parser)]
#[command(name = "normalize", about, long_about)]
struct Arguments {
    /// What the column holds
    #[arg(long, value_name = "KIND")]
    kind: Kind,

    /// Language and country of the values, such as es-ES
    #[arg(long, value_name = "TAG", default_value = "")]
    locale: String,

    /// ISO code of the country of the values, such as ES [default: that of the locale]
    #[arg(long, value_name = "CODE", default_value = "")]
    region: String,

    /// What dates are the date of: birth, birth_adult, event or expiry
    #[arg(long, value_name = "CONTEXT", default_value = "event")]
    context: String,

    /// The day after which dates are in the future [default: today]
    #[arg(long, value_name = "YYYY-MM-DD")]
    today: Option<String>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments, io::stdin().lock(), io::stdout().lock()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Where the columns are that say something about a value.
struct Layout {
    input: usize,
    locale: Option<usize>,
    regions: Vec<usize>,
    context: Option<usize>,
}

impl Layout {
    /// A table of expected addresses has a region and a country, a table of expected phones a country, which are answers and
    /// no hints: of the two columns the one counts that the kind is asked with, the other only where that one is missing.
    fn new(header: &[String], kind: Kind) -> Self {
        let place = |name: &str| header.iter().position(|h| h.trim().eq_ignore_ascii_case(name));
        let regions = match kind {
            Kind::Address | Kind::Id | Kind::Company => place("country").or_else(|| place("region")),
            Kind::Phone => place("region").or_else(|| place("country")),
            Kind::Name | Kind::Email | Kind::Date => place("region").or_else(|| place("country")),
        };
        Self {
            // A table without such a column is taken to hold the values in its first one.
            input: place("input").unwrap_or(0),
            locale: place("locale"),
            regions: regions.into_iter().collect(),
            context: place("context"),
        }
    }
}

fn run(arguments: &Arguments, input: impl Read, output: impl Write) -> Result<(), csv::Error> {
    let kind = arguments.kind;
    let today = arguments.today.as_deref().and_then(given_day).or_else(clock_day);
    let mut reader =
        csv::ReaderBuilder::new().flexible(true).from_reader(without_mark(BufReader::new(input))?);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(BufWriter::new(output));
    let header: Vec<String> = texts(reader.byte_headers()?);
    let layout = Layout::new(&header, kind);
    let results = kind.columns().iter().map(|name| format!("got_{name}"));
    writer.write_record(header.iter().cloned().chain(results))?;
    let mut record = csv::ByteRecord::new();
    while reader.read_byte_record(&mut record)? {
        let mut row = texts(&record);
        row.resize(header.len().max(row.len()), String::new());
        let cell = |place: Option<usize>| place.and_then(|at| row.get(at)).map_or("", |text| text.trim());
        let or = |text, flag| if str::is_empty(text) { flag } else { text };
        let region = layout.regions.iter().map(|&at| cell(Some(at))).find(|text| !text.is_empty());
        let region = region.unwrap_or_default().to_ascii_uppercase();
        let hints = Hints {
            locale: or(cell(layout.locale), &arguments.locale),
            region: or(&region, &arguments.region),
            context: or(cell(layout.context), &arguments.context),
            today,
        };
        let read = kind.read(row.get(layout.input).map_or("", String::as_str), &hints);
        // A row longer than the header keeps its cells, behind the results, where they cannot shift them.
        let extra = row.split_off(header.len());
        writer.write_record(row.iter().chain(&read.cells).chain(&extra))?;
    }
    writer.flush()?;
    Ok(())
}

/// The stream without the byte-order mark that spreadsheets put first.
fn without_mark(mut input: impl Read) -> io::Result<impl Read> {
    const MARK: [u8; 3] = [0xEF, 0xBB, 0xBF];
    let mut head = Vec::with_capacity(MARK.len());
    input.by_ref().take(MARK.len() as u64).read_to_end(&mut head)?;
    if head == MARK {
        head.clear();
    }
    Ok(io::Cursor::new(head).chain(input))
}

/// The cells of a record; bytes that are no UTF-8 become replacement characters.
fn texts(record: &csv::ByteRecord) -> Vec<String> {
    record.iter().map(|cell| String::from_utf8_lossy(cell).into_owned()).collect()
}

fn given_day(text: &str) -> Option<(i16, u8, u8)> {
    let read = date(text, &DateHint::default()).parts;
    Some((read.year?, read.month?, read.day?))
}

fn clock_day() -> Option<(i16, u8, u8)> {
    const DAY: u64 = 86_400;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).ok()?.as_secs();
    civil_from_days(i64::try_from(seconds / DAY).ok()?)
}
