//! Starts, watches and stops `workerd`: one process that serves the edge worker, its files and the demo partner's site.
//!
//! Plain `workerd serve`, not `wrangler dev`: it is what an operator runs, it needs no account, and it starts in a fraction of
//! the time. One process for each data folder: two would corrupt each other's answers, so the folder is locked.

pub mod config;
mod data;

use std::net::{Ipv4Addr, Ipv6Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Child, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use config::{Config, Partner};
pub use data::Data;

use crate::build::Mode;
use crate::setup::Tools;
use crate::stop::Stop;
use crate::{paths, run};

/// How long a start may take. It is a fraction of a second, unless the machine is very busy.
const START: Duration = Duration::from_secs(60);
/// How long workerd has to finish the requests in flight before it is ended.
const GRACE: Duration = Duration::from_secs(5);

/// What can be chosen about a server.
pub struct Options {
    /// Which build of the edge worker runs.
    pub mode: Mode,
    /// The port of the platform, the API and the console.
    pub port: u16,
    /// The port of the demo partner's site.
    pub partner_port: u16,
    /// Lets deliveries reach private addresses. For tests, whose receivers are on this machine.
    pub allow_private_destinations: bool,
    /// A certificate that deliveries believe beside those that browsers do. For tests, whose receivers have their own.
    pub trust_certificate: Option<PathBuf>,
    /// Switches on the worker's fault routes. For tests.
    pub faults: bool,
    /// Where Turnstile's tokens are checked, instead of at Cloudflare's.
    pub turnstile_verify_url: Option<String>,
    /// The host that the console has of its own, by its name on this machine: `desk.localhost`. One for everything, unless said.
    pub console_host: Option<String>,
    /// How much hashing a password costs, instead of what the Worker says.
    pub password_iterations: Option<u32>,
}

impl Options {
    /// What workerd is told.
    fn config(&self, data: &Data) -> Config {
        let ipv6 = TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).is_ok();
        let reach = if self.allow_private_destinations { r#"["public", "private"]"# } else { r#"["public"]"# };
        Config {
            worker: paths::edge_build(self.mode),
            static_worker: static_worker(),
            public: paths::dist().join("public"),
            storage: data.storage(),
            operator_token: data.operator_token_file.clone(),
            reach: reach.to_owned(),
            trusted: self.trust_certificate.clone(),
            sockets: config::on_loopback("usher", self.port, ipv6),
            settings: self.settings(data),
            partner: Some(Partner {
                files: paths::dist().join("partner"),
                sockets: config::on_loopback("partner", self.partner_port, ipv6),
                origin: format!("http://localhost:{}", self.port),
            }),
        }
    }

    /// What was chosen, as the Worker's bindings.
    fn settings(&self, data: &Data) -> String {
        let texts = [
            ("PRIVATE_DESTINATIONS", self.allow_private_destinations.then(|| "on".to_owned())),
            ("FAULTS", self.faults.then(|| "on".to_owned())),
            ("TURNSTILE_VERIFY_URL", self.turnstile_verify_url.clone()),
            ("CONSOLE_ORIGIN", self.console_host.as_ref().map(|host| format!("http://{host}:{}", self.port))),
            ("FORMS_ORIGIN", self.console_host.as_ref().map(|_| format!("http://localhost:{}", self.port))),
            ("PASSWORD_ITERATIONS", self.password_iterations.map(|count| count.to_string())),
        ];
        let texts = texts.into_iter().filter_map(|(name, value)| Some(config::text_binding(name, &value?)));
        let secrets = data.secret_files().into_iter().map(|(name, file)| config::file_binding(name, &file));
        texts.chain(secrets).collect()
    }
}

/// A server that runs.
pub struct Server {
    child: Child,
    /// Its process id.
    pub pid: u32,
    /// Where the platform is.
    pub origin: String,
    /// The same place by number instead of by name, which is another origin to a browser.
    pub origin_by_ip: String,
    /// Where the partner is.
    pub partner_origin: String,
    /// The same by number.
    pub partner_origin_by_ip: String,
    /// What opens the operator's routes.
    pub operator_token: String,
    /// Where that is kept.
    pub operator_token_file: PathBuf,
}

impl Server {
    /// Starts workerd on a data folder that we hold, and waits until it answers.
    pub fn start(tools: &Tools, data: &Data, options: &Options, stop: &Stop) -> Result<Self> {
        for port in [options.port, options.partner_port] {
            check_free(port)?;
        }
        let config = data.write_config(&config::text(&options.config(data))?)?;
        let child = run::program(&tools.npm.workerd)
            .arg("serve")
            // Absolute paths in the configuration are looked up from here.
            .arg("--import-path=/")
            .arg(&config)
            // The lock travels with workerd: it holds as long as workerd runs, even if we are gone.
            .stdin(Stdio::from(data.lock()?))
            // Standard output is ours; the worker's log goes beside it.
            .stdout(std::io::stderr())
            .spawn()
            .context("cannot start workerd")?;
        let mut server = Self {
            pid: child.id(),
            child,
            origin: format!("http://localhost:{}", options.port),
            origin_by_ip: format!("http://127.0.0.1:{}", options.port),
            partner_origin: format!("http://localhost:{}", options.partner_port),
            partner_origin_by_ip: format!("http://127.0.0.1:{}", options.partner_port),
            operator_token: data.operator_token.clone(),
            operator_token_file: data.operator_token_file.clone(),
        };
        server.wait_until_ready(stop)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, stop: &Stop) -> Result<()> {
        let start = Instant::now();
        let address = format!("{}/readyz", self.origin_by_ip);
        let mut answer = "no answer yet".to_owned();
        while start.elapsed() < START {
            if let Some(status) = self.ended()? {
                bail!("workerd ended while starting ({status}); its message is above");
            }
            if stop.asked() {
                self.stop();
                bail!("stopped while starting");
            }
            match crate::seed::get(&address) {
                Ok((200, _)) => return Ok(()),
                Ok((status, body)) => answer = format!("{status}: {}", body.trim()),
                Err(error) => answer = format!("{error:#}"),
            }
            std::thread::sleep(Duration::from_millis(40));
        }
        self.stop();
        bail!("workerd was not ready after {START:?}; the last answer of {address} was {answer}")
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>> {
        self.child.try_wait().context("cannot watch workerd")
    }

    /// How it ended, if it did and nobody asked for it.
    pub fn ended_by_itself(&mut self, stop: &Stop) -> Result<Option<ExitStatus>> {
        let Some(status) = self.ended()? else {
            return Ok(None);
        };
        // Ctrl-C in a terminal reaches workerd and us at once, and workerd is often faster.
        std::thread::sleep(Duration::from_millis(50));
        Ok((!stop.asked()).then_some(status))
    }

    /// Asks workerd to finish, and ends it when it takes too long. Nothing acknowledged can be lost by either.
    pub fn stop(&mut self) {
        let asked = i32::try_from(self.pid)
            .ok()
            .and_then(rustix::process::Pid::from_raw)
            .is_some_and(|pid| rustix::process::kill_process(pid, rustix::process::Signal::TERM).is_ok());
        let start = Instant::now();
        while asked && start.elapsed() < GRACE {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if matches!(self.child.try_wait(), Ok(None)) {
            self.stop();
        }
    }
}

/// Ports that nothing listens on at this moment, no two the same: all are held until each is known.
pub fn free_ports<const COUNT: usize>() -> Result<[u16; COUNT]> {
    let mut held = Vec::with_capacity(COUNT);
    let mut ports = [0; COUNT];
    for port in &mut ports {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("this machine has no free port")?;
        *port = listener.local_addr()?.port();
        held.push(listener);
    }
    Ok(ports)
}

fn check_free(port: u16) -> Result<()> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            bail!("port {port} is taken by another program: stop that, or choose another port with --port")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on port {port}")),
    }
}

/// The Worker that serves static files.
pub fn static_worker() -> PathBuf {
    paths::root().join("xtask/runtime/static.js")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    #[test]
    fn no_port_is_given_twice() {
        // Found one at a time, two of so many are the same nearly always.
        let ports = super::free_ports::<500>().unwrap();
        assert_eq!(BTreeSet::from(ports).len(), ports.len());
    }
}
