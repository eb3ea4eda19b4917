//! The project's own commands: `cargo xtask dev | serve | build | dist | test | openapi | bench | faults | eval | setup`.
//!
//! Each command sets up what it needs first (see [`setup`]), so a fresh clone needs nothing but rustup and Node.
//! Not here: anything that the product does. This crate starts tools and waits for them.
#![allow(clippy::print_stdout, reason = "a command line tool speaks on standard output")]

mod bench;
mod build;
mod dev;
mod dist;
mod eval;
mod faults;
mod fingerprint;
mod openapi;
mod paths;
mod run;
mod seed;
mod serve;
mod setup;
mod stop;
mod test;
mod workerd;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "Usher's own commands. Start with `cargo xtask dev`.",
    disable_help_subcommand = true
)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what is missing, build, start, seed, then rebuild and restart on every change
    Dev(dev::Options),
    /// Start only the built system on plain workerd, in the foreground
    Serve(serve::Options),
    /// Build whatever is not up to date: edge worker, widget, loader, console, static files
    Build {
        /// Only these parts
        #[arg(value_parser = clap::builder::PossibleValuesParser::new(build::NAMES))]
        parts: Vec<String>,
    },
    /// Make the folder and the npm package that run Usher with no Rust: `dist/server`
    Dist,
    /// Run every check that CI runs, or one of them
    Test(test::Options),
    /// Write docs/openapi.json: what the API is, by the code
    Openapi(openapi::Options),
    /// Measure, and print a table or one JSON object
    Bench(bench::Options),
    /// Show whether the promises of SECURITY.md are met, and write what was measured into it
    Faults(faults::Options),
    /// Run the product's own rules on a file of cases, and print one JSON object
    Eval(eval::Options),
    /// Install what is missing on this machine, and nothing else
    Setup,
}

fn main() -> std::process::ExitCode {
    let outcome = match Cli::parse().command {
        Command::Dev(options) => dev::run(&options),
        Command::Serve(options) => serve::run(&options),
        Command::Build { parts } => setup::for_building()
            .and_then(|tools| build::some(&tools, &parts, build::Mode::Release, build::Say::Everything))
            .map(|_| std::process::ExitCode::SUCCESS),
        Command::Dist => dist::run(),
        Command::Test(options) => test::run(&options),
        Command::Openapi(options) => openapi::run(&options),
        Command::Bench(options) => bench::run(&options),
        Command::Eval(options) => eval::run(&options),
        Command::Faults(options) => faults::run(&options),
        Command::Setup => setup::for_testing().map(|_| {
            println!("Everything that Usher needs is installed.");
            std::process::ExitCode::SUCCESS
        }),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("\nerror: {error:#}");
        std::process::ExitCode::FAILURE
    })
}
