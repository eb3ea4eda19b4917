//! `cargo xtask faults`: shows whether the promises of `SECURITY.md` are met, and writes what was measured, and when, into
//! their rows. The short forms of all of them are the stage `promises` of `cargo xtask test`.
//!
//! A promise is shown by a script in one of [`FOLDERS`] whose name begins with its id, or theirs: `r01-r02-kill.mjs`. What
//! such a script prints, `tests/support/promise.mjs` says. A promise that an ordinary test shows has no script.

mod table;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::setup::{self, Tools};
use crate::{build, fingerprint, paths, run, serve};

/// Where the scripts are.
const FOLDERS: [&str; 3] = ["tests/faults", "tests/load", "tests/security"];
/// What a script ends with that came to no end, and shows nothing.
const BROKEN: i32 = 2;

#[derive(Args)]
pub struct Options {
    /// The ids of promises, as R1 or S3; all that have a script unless given
    ids: Vec<String>,
    /// The short forms, as `cargo xtask test` runs them; their figures are said to be such
    #[arg(long)]
    short: bool,
    /// What all of their randomness follows from
    #[arg(long)]
    seed: Option<u32>,
    /// Run their negative controls too, in the short form: each has to be missed
    #[arg(long)]
    controls: bool,
    /// Leave SECURITY.md as it is
    #[arg(long)]
    dry: bool,
}

/// A script that shows promises.
struct Rig {
    file: PathBuf,
    ids: Vec<String>,
}

/// What was found out about one promise.
#[derive(Debug, PartialEq, Eq)]
pub struct Finding {
    id: String,
    is_met: bool,
    figure: String,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let wanted: Vec<String> = options.ids.iter().map(|id| id.to_uppercase()).collect();
    let mut rigs = rigs();
    if let Some(unknown) = wanted.iter().find(|id| !rigs.iter().any(|rig| rig.ids.contains(id))) {
        bail!("no script shows {unknown}: its row in SECURITY.md says what does, if anything");
    }
    rigs.retain(|rig| wanted.is_empty() || rig.ids.iter().any(|id| wanted.contains(id)));
    let tools = setup::for_testing()?;
    build::all(&tools, build::Mode::Release, build::Say::Work)?;
    let mut arguments = Vec::new();
    if !options.short {
        arguments.push("--full".to_owned());
    }
    if let Some(seed) = options.seed {
        arguments.extend(["--seed".to_owned(), seed.to_string()]);
    }
    let mut findings = Vec::new();
    let mut blind = Vec::new();
    for rig in &rigs {
        let found = rig.run(&arguments)?;
        if !options.dry {
            // At once: whoever ends this early keeps what was measured until then.
            table::write(&found, options.short)?;
        }
        findings.extend(found);
        if options.controls {
            blind.extend(rig.blind_to()?);
        }
    }
    print(&findings);
    blind.iter().for_each(|control| println!("  a control was not missed: {control}"));
    let is_well = blind.is_empty() && findings.iter().all(|finding| finding.is_met);
    Ok(if is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Runs the short form of every promise that has a script. One that is missed fails, unless its row says that it is, as does one
/// that has no row.
pub fn short_forms(tools: &Tools) -> Result<()> {
    build::all(tools, build::Mode::Release, build::Say::Work)?;
    let rigs = rigs();
    if rigs.is_empty() {
        bail!("there is no script of a promise in {}", FOLDERS.join(", "));
    }
    let mut findings = Vec::new();
    for rig in &rigs {
        findings.extend(rig.run(&[])?);
    }
    print(&findings);
    let known = table::known_as_missed(&findings)?;
    let (owned, missed): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().filter(|finding| !finding.is_met).partition(|finding| known.contains(&finding.id));
    owned.iter().for_each(|finding| println!("  {} is missed, as its row says", finding.id));
    if !missed.is_empty() {
        let missed: Vec<String> = missed.iter().map(|Finding { id, figure, .. }| format!("{id} ({figure})")).collect();
        bail!("missed: {}", missed.join("; "));
    }
    Ok(())
}

/// All of them, by id.
fn rigs() -> Vec<Rig> {
    let files = FOLDERS.iter().flat_map(|folder| fingerprint::files_below(&paths::root().join(folder)));
    let mut rigs: Vec<Rig> = files
        .filter_map(|file| {
            let ids = ids_of(&file);
            (!ids.is_empty()).then_some(Rig { file, ids })
        })
        .collect();
    rigs.sort_by(|a, b| a.file.file_name().cmp(&b.file.file_name()));
    rigs
}

/// The promises that a script shows, by its name: `r01-r02-kill.mjs` shows R1 and R2.
fn ids_of(file: &Path) -> Vec<String> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let Some(name) = name.strip_suffix(".mjs") else { return Vec::new() };
    name.split('-').map_while(id_of).collect()
}

/// `r01` is R1.
fn id_of(part: &str) -> Option<String> {
    let kind = part.chars().next().filter(|kind| "rsq".contains(*kind))?;
    let digits = part.get(1..).filter(|digits| digits.len() == 2)?;
    let number: u32 = digits.parse().ok()?;
    Some(format!("{}{number}", kind.to_ascii_uppercase()))
}

impl Rig {
    /// Runs it, its words passed through.
    fn run(&self, arguments: &[String]) -> Result<Vec<Finding>> {
        println!();
        let start = Instant::now();
        let (found, _) = self.start(arguments)?;
        println!("  {}: {}", paths::shown(&self.file), run::seconds(start.elapsed()));
        // One that says nothing of a promise of its name has not shown it.
        let missing = self.ids.iter().filter(|id| !found.iter().any(|finding| finding.id == **id));
        let missing: Vec<Finding> = missing
            .map(|id| Finding { id: id.clone(), is_met: false, figure: "the rig said nothing of it".to_owned() })
            .collect();
        Ok(found.into_iter().chain(missing).collect())
    }

    /// The negative controls that it does not miss: what they break, it does not see.
    fn blind_to(&self) -> Result<Vec<String>> {
        let names = run::read(
            run::program("node").arg(&self.file).arg("--controls"),
            &format!("the controls of {}", paths::shown(&self.file)),
        )?;
        let mut blind = Vec::new();
        for name in names.lines() {
            println!();
            let (found, code) = self.start(&["--control".to_owned(), name.to_owned()])?;
            if code == Some(BROKEN) || found.iter().all(|finding| finding.is_met) {
                blind.push(format!("{} of {}", name, self.ids.join(", ")));
            }
        }
        Ok(blind)
    }

    /// What it found, and what it ended with.
    fn start(&self, arguments: &[String]) -> Result<(Vec<Finding>, Option<i32>)> {
        let name = paths::shown(&self.file);
        let mut child = run::program("node")
            .args(["--no-warnings", "--experimental-websocket"])
            .arg(&self.file)
            .args(arguments)
            .env("USHER_XTASK", run::this_program()?)
            .env("USHER_PYTHON", setup::python()?)
            .env(serve::AS_BUILT, "1")
            .stdout(Stdio::piped())
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let mut found = Vec::new();
        for line in BufReader::new(child.stdout.take().context("it has no output")?).lines() {
            let line = line.with_context(|| format!("cannot read what {name} says"))?;
            println!("{line}");
            found.extend(read(&line));
        }
        let status = child.wait().with_context(|| format!("cannot wait for {name}"))?;
        if !status.success() && !found.is_empty() && found.iter().all(|finding| finding.is_met) {
            bail!("{name} ended with {status}, and says of no promise that it is missed");
        }
        Ok((found, status.code()))
    }
}

/// `promise R1 met FIGURE`.
fn read(line: &str) -> Option<Finding> {
    let (id, rest) = line.strip_prefix("promise ")?.split_once(' ')?;
    let (verdict, figure) = rest.split_once(' ').unwrap_or((rest, ""));
    let is_met = match verdict {
        "met" => true,
        "missed" => false,
        _ => return None,
    };
    Some(Finding { id: id.to_owned(), is_met, figure: figure.trim().to_owned() })
}

fn print(findings: &[Finding]) {
    println!("\n=== promises");
    for Finding { id, is_met, figure } in findings {
        println!("  {}  {id:<4} {figure}", if *is_met { "met   " } else { "MISSED" });
    }
}

#[cfg(test)]
mod tests {
    use super::{Finding, ids_of, read, rigs};
    use std::path::Path;

    #[test]
    fn a_script_is_of_the_promises_in_its_name() {
        let ids = |name: &str| ids_of(Path::new(name));
        assert_eq!(ids("tests/faults/r01-r02-kill.mjs"), ["R1", "R2"]);
        assert_eq!(ids("tests/security/s24-dependencies.mjs"), ["S24"]);
        assert!(ids("tests/load/desk.mjs").is_empty());
        assert!(ids("tests/load/submit.lua").is_empty());
        assert!(ids("tests/faults/r1-kill.mjs").is_empty(), "two digits, so that they sort");
    }

    #[test]
    fn reads_what_a_script_says() {
        let met = Finding { id: "R1".to_owned(), is_met: true, figure: "0 lost of 7".to_owned() };
        assert_eq!(read("promise R1 met 0 lost of 7"), Some(met));
        assert_eq!(read("promise R1 missed ").map(|finding| finding.is_met), Some(false));
        assert_eq!(read("promise R1 perhaps"), None);
        assert_eq!(read("  a promise R1 met"), None);
    }

    #[test]
    fn no_promise_is_shown_by_two_scripts() {
        let mut ids: Vec<String> = rigs().into_iter().flat_map(|rig| rig.ids).collect();
        ids.sort();
        let all = ids.len();
        ids.dedup();
        assert_eq!(ids.len(), all, "{ids:?}");
    }
}
