//! Builds each part that is not up to date: those of a lane in the order in which they need each other, and the lanes side by side.
//!
//! Everything a browser or `workerd` reads ends in `dist/`, except the edge worker's release, which stays where
//! `wrangler.toml` and worker-build expect it: `edge/build/`.

mod assets;
mod console;
mod edge;
mod loader;
mod package;
pub mod wasm;
mod widget;

pub use assets::demo_pages;

use std::fs::File;
use std::time::{Instant, SystemTime};

use anyhow::{Context, Result, anyhow};

use crate::fingerprint::{self, Record};
use crate::setup::Tools;
use crate::{paths, run};

/// How much to say.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Say {
    /// Also what is up to date.
    Everything,
    /// Only what is built.
    Work,
}

/// What the build is for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// To be run by people, tests and benches.
    Release,
    /// To be looked at a moment after a change: the edge worker is left as the compiler made it, which saves ten seconds.
    Dev,
}

/// One part of the product.
struct Part {
    name: &'static str,
    /// What its records are called. The edge worker has two, one for each mode, so that `dev` and tests can take turns.
    record: fn(Mode) -> &'static str,
    /// Everything besides files that decides what comes out.
    settings: fn(&Tools, Mode) -> Result<String>,
    build: fn(&Tools, Mode) -> Result<Made>,
}

/// The names of all parts.
pub const NAMES: [&str; 6] =
    [edge::PART.name, widget::PART.name, loader::PART.name, console::PART.name, assets::PART.name, package::PART.name];

/// What a part's build read and wrote.
struct Made {
    inputs: Vec<std::path::PathBuf>,
    outputs: Vec<std::path::PathBuf>,
}

/// The edge worker and what browsers load need nothing of each other, are compiled into folders of their own, and both have long steps
/// that keep one core busy.
const LANES: [&[Part]; 2] = [&[edge::PART], &[widget::PART, loader::PART, console::PART, assets::PART, package::PART]];

/// Brings every part up to date and returns the names of those that were built.
pub fn all(tools: &Tools, mode: Mode, say: Say) -> Result<Vec<&'static str>> {
    some(tools, &[], mode, say)
}

/// Brings the named parts up to date, or every part when none is named.
pub fn some(tools: &Tools, names: &[String], mode: Mode, say: Say) -> Result<Vec<&'static str>> {
    let wanted = |part: &Part| names.is_empty() || names.iter().any(|name| name == part.name);
    let is_stale = |part: &Part| {
        let settings = (part.settings)(tools, mode)?;
        Ok(fingerprint::stale((part.record)(mode), &settings).is_some())
    };
    // Whoever needs nothing built does not wait for somebody else's build.
    let parts = LANES.iter().copied().flatten().filter(|part| wanted(part));
    let stale: Result<Vec<bool>> = parts.map(is_stale).collect();
    let _turn = if stale?.contains(&true) { Some(take_turn()?) } else { None };
    let lane = |parts: &'static [Part]| {
        let mut built = Vec::new();
        for part in parts.iter().filter(|part| wanted(part)) {
            if part.bring_up_to_date(tools, mode, say)? {
                built.push(part.name);
            }
        }
        Ok(built)
    };
    let lanes: Result<Vec<Vec<&'static str>>> = std::thread::scope(|scope| {
        let lanes: Vec<_> = LANES.iter().map(|parts| scope.spawn(|| lane(parts))).collect();
        // All of them come to an end, even where one fails.
        let ended: Vec<_> =
            lanes.into_iter().map(|lane| lane.join().map_err(|_| anyhow!("a build panicked"))?).collect();
        ended.into_iter().collect()
    });
    Ok(lanes?.concat())
}

impl Part {
    /// Builds it, unless it is up to date; says whether it was built.
    fn bring_up_to_date(&self, tools: &Tools, mode: Mode, say: Say) -> Result<bool> {
        let settings = (self.settings)(tools, mode)?;
        let Some(reason) = fingerprint::stale((self.record)(mode), &settings) else {
            if say == Say::Everything {
                eprintln!("  {:<8} up to date", self.name);
            }
            return Ok(false);
        };
        eprintln!("  {:<8} building ({reason})", self.name);
        let clock = Instant::now();
        let started = SystemTime::now();
        let made = (self.build)(tools, mode).with_context(|| format!("{} could not be built", self.name))?;
        let record = Record { settings, inputs: made.inputs, outputs: made.outputs };
        fingerprint::remember((self.record)(mode), &record, started)?;
        eprintln!("  {:<8} built in {}", self.name, run::seconds(clock.elapsed()));
        Ok(true)
    }
}

/// One build at a time: a second one waits, and then finds its work done. Held until the file is dropped.
fn take_turn() -> Result<File> {
    let folder = paths::dist();
    std::fs::create_dir_all(&folder).context("cannot create dist")?;
    let file = File::create(folder.join(".lock")).context("cannot write in dist")?;
    if file.try_lock().is_err() {
        eprintln!("  waiting for another build");
        file.lock().context("cannot wait for another build")?;
    }
    Ok(file)
}
