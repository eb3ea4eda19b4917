//! `cargo xtask serve`: the built system and nothing else, on plain `workerd`, in the foreground. For operators and tests.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Args;
use serde_json::json;

use crate::seed::{self, Seeded};
use crate::stop::Stop;
use crate::workerd::{self, Data, Server};
use crate::{build, setup};

/// Set while tests run: what they started with is what they test, whatever is edited meanwhile.
pub const AS_BUILT: &str = "USHER_SERVE_AS_BUILT";

#[derive(Args)]
pub struct Options {
    /// Serve the release build. There is no other, so this says what happens anyway
    #[arg(long)]
    release: bool,
    /// The port of the platform, the API and the console; 0 takes a free one
    #[arg(long, default_value_t = 8787)]
    port: u16,
    /// The port of the demo partner's site: the next one unless given
    #[arg(long)]
    partner_port: Option<u16>,
    /// The folder that holds all data; it is created and seeded when empty
    #[arg(long, default_value = ".usher/data")]
    data: PathBuf,
    /// Let webhooks and other deliveries reach private addresses (tests with a receiver on this machine)
    #[arg(long)]
    allow_private_destinations: bool,
    /// A certificate, as PEM, that deliveries believe beside those that browsers do (tests with a receiver of their own)
    #[arg(long)]
    trust_certificate: Option<PathBuf>,
    /// Switch on the routes that fail on purpose (tests only)
    #[arg(long)]
    faults: bool,
    /// Where Turnstile's tokens are checked, instead of at Cloudflare's (tests with a receiver on this machine)
    #[arg(long)]
    turnstile_verify_url: Option<String>,
    /// A name of this machine's that the console alone is served under, such as desk.localhost (tests of two hosts)
    #[arg(long)]
    console_host: Option<String>,
    /// How many iterations of PBKDF2 a password costs: 600000, or more
    #[arg(long)]
    password_iterations: Option<u32>,
}

pub fn run(options: &Options) -> Result<ExitCode> {
    let tools = setup::for_building()?;
    if std::env::var_os(AS_BUILT).is_none() {
        build::all(&tools, build::Mode::Release, build::Say::Work)?;
    }
    let stop = Stop::listen()?;
    let data = Data::open(&options.data)?;
    let mut server = Server::start(&tools, &data, &options.server()?, &stop)?;
    let seeded = seed::workspace(&server)?;
    let link = announce(&server, seeded)?;
    // The same for tests, in one line.
    let ready = json!({
        "origin": server.origin,
        "partner_origin": server.partner_origin,
        "sign_in_url": link,
        "operator_token_file": server.operator_token_file,
        "pid": server.pid,
    });
    println!();
    println!("usher-ready {ready}");
    loop {
        if let Some(status) = server.ended_by_itself(&stop)? {
            eprintln!("workerd ended ({status})");
            return Ok(exit_code(status));
        }
        if stop.asked() {
            server.stop();
            return Ok(ExitCode::SUCCESS);
        }
        std::thread::sleep(Duration::from_millis(30));
    }
}

impl Options {
    fn server(&self) -> Result<workerd::Options> {
        let [free, free_for_partner] = workerd::free_ports()?;
        let port = if self.port == 0 { free } else { self.port };
        let partner_port = match self.partner_port {
            Some(0) => free_for_partner,
            None if self.port == 0 => free_for_partner,
            Some(port) => port,
            None => port.checked_add(1).context("no port follows --port: give --partner-port")?,
        };
        Ok(workerd::Options {
            mode: build::Mode::Release,
            port,
            partner_port,
            allow_private_destinations: self.allow_private_destinations,
            trust_certificate: self.trust_certificate.as_ref().map(std::path::absolute).transpose()?,
            faults: self.faults,
            turnstile_verify_url: self.turnstile_verify_url.clone(),
            console_host: self.console_host.clone(),
            password_iterations: self.password_iterations,
        })
    }
}

/// Says where everything is, and returns the sign-in link.
pub fn announce(server: &Server, seeded: Seeded) -> Result<String> {
    let link = seed::sign_in_link(server)?;
    println!();
    if seeded == Seeded::Now {
        println!("  The demo workspace was created.");
    }
    println!("  platform  {}/", server.origin);
    println!("  partner   {}/", server.partner_origin);
    println!("  console   {}/console/", server.origin);
    println!("  sign in   {link}");
    Ok(link)
}

/// workerd's own status; 128 plus the signal where a signal ended it, as shells do.
fn exit_code(status: std::process::ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    let code = status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(1);
    ExitCode::from(u8::try_from(code).unwrap_or(1))
}
