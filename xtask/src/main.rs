//! The project's own commands: `cargo xtask help`.
//!
//! Every command is a [`Task`]: a name, what it does, and a function. `test` runs the others as gates.

mod ablation;
mod api;
mod capi;
mod fuzz;
mod measure;
mod python;
mod quality;
mod shell;
mod splink;
mod test;
mod tools;
mod variants;

use std::process::ExitCode;
use std::time::Instant;

use shell::{Outcome, Verdict};

/// One command.
struct Task {
    name: &'static str,
    summary: &'static str,
    help: &'static str,
    run: fn(&[String]) -> Verdict,
}

const TASKS: [Task; 12] = [
    Task { name: "test", summary: "everything that CI runs", help: test::HELP, run: test::run },
    Task {
        name: "quality",
        summary: "precision, recall, time and memory on labelled data",
        help: quality::HELP,
        run: quality::run,
    },
    Task {
        name: "splink-check",
        summary: "pairs, levels and weights of Splink's models are those of Splink",
        help: splink::HELP,
        run: splink::run,
    },
    Task {
        name: "fuzz",
        summary: "the contracts of reader, normalisers and pipeline on random input",
        help: fuzz::HELP,
        run: fuzz::run,
    },
    Task {
        name: "deny",
        summary: "licences, duplicate versions and sources of the dependencies",
        help: tools::DENY_HELP,
        run: tools::deny,
    },
    Task {
        name: "msrv",
        summary: "the library compiles with the oldest toolchain it promises",
        help: tools::MSRV_HELP,
        run: tools::msrv,
    },
    Task {
        name: "api",
        summary: "the public interface is the one in api.txt",
        help: api::HELP,
        run: api::run,
    },
    Task {
        name: "coverage",
        summary: "how much of the reference lists the resources know, by language",
        help: tools::COVERAGE_HELP,
        run: tools::coverage,
    },
    Task {
        name: "conformance",
        summary: "the published cases of the specialists: passed and total by suite",
        help: tools::CONFORMANCE_HELP,
        run: tools::conformance,
    },
    Task {
        name: "capi",
        summary: "the C interface: header, exports, programs under sanitizers",
        help: capi::HELP,
        run: capi::run,
    },
    Task {
        name: "python",
        summary: "the Python package: wheel, types, tests",
        help: python::HELP,
        run: python::run,
    },
    Task {
        name: "bench",
        summary: "all benchmarks, or one: `bench pipeline`",
        help: tools::BENCH_HELP,
        run: tools::bench,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = arguments.split_first() else {
        print_help();
        return ExitCode::from(2);
    };
    if matches!(name.as_str(), "help" | "--help" | "-h") {
        print_help();
        return ExitCode::SUCCESS;
    }
    let Some(task) = TASKS.iter().find(|task| task.name == name) else {
        eprintln!("error: no such command: {name}\n");
        print_help();
        return ExitCode::from(2);
    };
    if rest.iter().any(|argument| argument == "--help" || argument == "-h") {
        println!("cargo xtask {}: {}\n\n{}", task.name, task.summary, task.help);
        return ExitCode::SUCCESS;
    }
    let started = Instant::now();
    let verdict = (task.run)(rest);
    let seconds = started.elapsed().as_secs_f64();
    match verdict {
        Ok(Outcome::Passed) => {
            println!("{}: passed in {seconds:.1} s", task.name);
            ExitCode::SUCCESS
        }
        Ok(Outcome::Skipped(why)) => {
            println!("{}: skipped, {why}", task.name);
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("{}: FAILED after {seconds:.1} s: {message}", task.name);
            ExitCode::FAILURE
        }
    }
}

fn print_help() {
    println!("cargo xtask COMMAND [--help]\n");
    for task in &TASKS {
        println!("  {:12} {}", task.name, task.summary);
    }
}
