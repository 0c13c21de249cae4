//! Consolidates touchpoint CSVs into golden records. `consolidate --help` tells everything.

mod cli;
mod run;
#[path = "../shared/mod.rs"]
mod shared;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

#[global_allocator]
static ALLOCATOR: quilate_allocator::LargeBlocksMapped = quilate_allocator::LargeBlocksMapped;

fn main() -> ExitCode {
    let arguments = cli::Arguments::parse();
    match run::run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(1)
        }
    }
}
