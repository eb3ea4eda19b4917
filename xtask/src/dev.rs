//! `cargo xtask dev`: everything, running, and rebuilt as its sources change.
//!
//! Sources are looked at every 300 ms instead of being watched by the system: some hundred files take a millisecond, and it
//! works on every file system. A build that fails leaves the old one running.

mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use clap::Args;

use crate::setup::{self, Tools};
use crate::stop::Stop;
use crate::workerd::{self, Data, Server};
use crate::{build, run, seed, serve};
use watch::Sources;

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(300);

#[derive(Args)]
pub struct Options {
    /// The port of the platform, the API and the console; the partner's site takes the next one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The folder that holds all data; delete it to start afresh
    #[arg(long, default_value = ".usher/dev")]
    data: PathBuf,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let started = Instant::now();
    let server = workerd::Options {
        mode: build::Mode::Dev,
        port: options.port,
        partner_port: options.port.checked_add(1).context("the partner's site needs a port after --port")?,
        // A webhook receiver of one's own is on this machine.
        allow_private_destinations: true,
        trust_certificate: None,
        faults: false,
        turnstile_verify_url: None,
        console_host: None,
        password_iterations: None,
    };
    let tools = setup::for_building()?;
    let sources = Sources::now();
    build::all(&tools, build::Mode::Dev, build::Say::Everything)?;
    let stop = Stop::listen()?;
    let data = Data::open(&options.data)?;
    let running = Server::start(&tools, &data, &server, &stop)?;
    serve::announce(&running, seed::workspace(&running)?)?;
    println!();
    println!(
        "  Up in {}. Open {}/pricing/ first, and send the form; then sign in with the link above.",
        run::seconds(started.elapsed()),
        running.origin
    );
    println!("  Sources are watched. Ctrl-C stops.");
    let mut session = Session { tools, data, options: server, stop, running };
    session.work(sources)
}

/// What stays the same while sources change, and the server that is replaced.
struct Session {
    tools: Tools,
    data: Data,
    options: workerd::Options,
    stop: Stop,
    running: Server,
}

impl Session {
    fn work(&mut self, mut seen: Sources) -> Result<ExitCode> {
        loop {
            std::thread::sleep(PAUSE);
            if self.stop.asked() {
                self.running.stop();
                return Ok(ExitCode::SUCCESS);
            }
            if let Some(status) = self.running.ended_by_itself(&self.stop)? {
                println!("  workerd ended ({status}), starting it again");
                self.restart()?;
            }
            let now = Sources::now();
            let changed = now.since(&seen);
            // An editor that is still writing: wait until two looks agree.
            if changed.is_empty() || !Sources::now().since(&now).is_empty() {
                continue;
            }
            seen = now;
            if let Err(error) = self.follow(&changed) {
                println!("\n{error:#}\n");
                println!("  The build before this change is still running.");
            }
        }
    }

    fn follow(&mut self, changed: &[PathBuf]) -> Result<()> {
        let start = Instant::now();
        println!();
        if changed.iter().any(|file| watch::is_ours(file)) {
            println!("  The build tool itself changed: stop this and start `cargo xtask dev` again to use it.");
        }
        let built = build::all(&self.tools, build::Mode::Dev, build::Say::Work)?;
        let took = || run::seconds(start.elapsed());
        if built.contains(&"edge") || changed.iter().any(|file| watch::is_read_at_start(file)) {
            self.restart()?;
            println!("  worker restarted, {} after the change was seen", took());
        } else if !built.is_empty() {
            println!("  reload the page: {} rebuilt in {}", built.join(", "), took());
        } else if changed.iter().any(|file| watch::is_seed(file)) {
            println!("  the demo workspace goes into an empty data folder only: delete the folder to see this change");
        } else {
            println!("  nothing to rebuild for {}", watch::names(changed));
        }
        Ok(())
    }

    fn restart(&mut self) -> Result<()> {
        self.running.stop();
        self.running = Server::start(&self.tools, &self.data, &self.options, &self.stop)?;
        Ok(())
    }
}
