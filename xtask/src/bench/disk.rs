//! How fast this disk is at this moment: the floor under every commit, whoever makes it.

use std::fs::File;
use std::io::{Seek, SeekFrom, Write};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::Scratch;

/// Long enough to average out one slow write, short enough to be in the same minute as the runs.
const TIME: Duration = Duration::from_secs(1);

/// How often a second 4 KiB can be written and be on disk, one after the other.
pub fn syncs_per_second(scratch: &Scratch) -> Result<f64> {
    let mut file = File::create(scratch.path().join("floor")).context("cannot write to disk")?;
    let page = [1_u8; 4096];
    let start = Instant::now();
    let mut syncs = 0_u32;
    while start.elapsed() < TIME {
        file.seek(SeekFrom::Start(0))?;
        file.write_all(&page)?;
        file.sync_data().context("cannot write to disk")?;
        syncs += 1;
    }
    Ok(f64::from(syncs) / start.elapsed().as_secs_f64())
}
