//! The configuration of `workerd`, as text: which services there are, what each may touch, and where they listen.
//!
//! The compatibility date and flags come from `wrangler.toml`, so that this machine and Cloudflare run the same semantics.
//! `serve` and the package of `cargo xtask dist` have the same text; the package's has blanks for what is known when it starts.

use std::fmt::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::paths;

/// What differs between one configuration and another.
pub struct Config {
    /// The folder with the edge worker, as worker-build leaves it.
    pub worker: PathBuf,
    /// The Worker that serves static files.
    pub static_worker: PathBuf,
    /// The static files.
    pub public: PathBuf,
    /// Where the objects' rows are.
    pub storage: PathBuf,
    /// The file with the secret of the operator's routes.
    pub operator_token: PathBuf,
    /// Whom the Worker may connect to: a list of workerd's kinds of networks, as text.
    pub reach: String,
    /// A certificate that it believes beside those that browsers do, as PEM.
    pub trusted: Option<PathBuf>,
    /// Where the Worker listens.
    pub sockets: Vec<Socket>,
    /// What the operator decided, as bindings of the Worker.
    pub settings: String,
    /// The demo partner's site, where it is wanted.
    pub partner: Option<Partner>,
}

/// An address that is listened on.
pub struct Socket {
    /// What workerd calls it.
    pub name: String,
    /// Address and port.
    pub address: String,
}

/// The site of the demo partner.
pub struct Partner {
    /// Its pages.
    pub files: PathBuf,
    /// Where it listens.
    pub sockets: Vec<Socket>,
    /// Where its pages find the widget.
    pub origin: String,
}

/// Each Durable Object class, its binding, and the key that its objects are stored under. A lost or changed key loses the data.
const OBJECTS: [(&str, &str, &str); 4] = [
    ("Desk", "DESK", "usher-desk"),
    ("Files", "FILES", "usher-files"),
    ("Journal", "JOURNAL", "usher-journal"),
    ("Registry", "REGISTRY", "usher-registry"),
];

/// The whole file.
pub fn text(config: &Config) -> Result<String> {
    let runtime = Runtime::read()?;
    let (partner_services, partner_sockets, partner_worker) =
        config.partner.as_ref().map(|partner| partner_parts(partner, config, &runtime)).unwrap_or_default();
    let mut text = String::new();
    write!(
        text,
        r#"# Written at every start: changes here are lost.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "usher", worker = .usher),
    (name = "assets", worker = .assets),
    (name = "asset-files", disk = (path = {public})),
    (name = "storage", disk = (path = {storage}, writable = true)),
    (name = "internet", network = (allow = {reach}, tlsOptions = (trustBrowserCas = true{trusted}))),{partner_services}
  ],
  sockets = [{sockets}{partner_sockets}
  ],
);

const usher :Workerd.Worker = (
  modules = [
    (name = "index.js", esModule = embed {index_js}),
    (name = "./index_bg.wasm", wasm = embed {index_wasm}),
  ],
  compatibilityDate = {date},
  compatibilityFlags = {flags},
  durableObjectNamespaces = [{namespaces}
  ],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [{object_bindings}
    (name = "ASSETS", service = "assets"),
    (name = "OWN_DISK", text = "on"),
    (name = "OPERATOR_TOKEN", text = embed {token}),{settings}
  ],
);

const assets :Workerd.Worker = (
  modules = [(name = "static.js", esModule = embed {static_js})],
  compatibilityDate = {date},
  bindings = [(name = "FILES", service = "asset-files")],
);
{partner_worker}"#,
        public = quoted_path(&config.public),
        storage = quoted_path(&config.storage),
        reach = config.reach,
        trusted = config
            .trusted
            .as_ref()
            .map(|file| format!(", trustedCertificates = [embed {}]", quoted_path(file)))
            .unwrap_or_default(),
        sockets = listed(&config.sockets, "usher"),
        index_js = quoted_path(&config.worker.join("index.js")),
        index_wasm = quoted_path(&config.worker.join("index_bg.wasm")),
        date = quoted(&runtime.date),
        flags = list(&runtime.flags),
        namespaces = OBJECTS
            .iter()
            .map(|(class, _, key)| format!("\n    (className = \"{class}\", uniqueKey = \"{key}\", enableSql = true),"))
            .collect::<String>(),
        object_bindings = OBJECTS
            .iter()
            .map(|(class, binding, _)| format!("\n    (name = \"{binding}\", durableObjectNamespace = \"{class}\"),"))
            .collect::<String>(),
        token = quoted_path(&config.operator_token),
        settings = config.settings,
        static_js = quoted_path(&config.static_worker),
    )
    .context("cannot write the configuration")?;
    Ok(text)
}

/// A setting of the Worker's that is a text.
pub fn text_binding(name: &str, value: &str) -> String {
    format!("\n    (name = \"{name}\", text = {}),", quoted(value))
}

/// A setting of the Worker's that is what a file says.
pub fn file_binding(name: &str, file: &Path) -> String {
    format!("\n    (name = \"{name}\", text = embed {}),", quoted_path(file))
}

/// The services, the sockets and the Worker of the demo partner.
fn partner_parts(partner: &Partner, config: &Config, runtime: &Runtime) -> (String, String, String) {
    let services = format!(
        r#"
    (name = "partner", worker = .partner),
    (name = "partner-files", disk = (path = {files})),"#,
        files = quoted_path(&partner.files),
    );
    let worker = format!(
        r#"
const partner :Workerd.Worker = (
  modules = [(name = "static.js", esModule = embed {static_js})],
  compatibilityDate = {date},
  bindings = [
    (name = "FILES", service = "partner-files"),
    (name = "ORIGIN", text = {origin}),
  ],
);
"#,
        static_js = quoted_path(&config.static_worker),
        date = quoted(&runtime.date),
        origin = quoted(&partner.origin),
    );
    (services, listed(&partner.sockets, "partner"), worker)
}

fn listed(sockets: &[Socket], service: &str) -> String {
    let line = |Socket { name, address }: &Socket| {
        format!("\n    (name = \"{name}\", address = {}, http = (), service = \"{service}\"),", quoted(address))
    };
    sockets.iter().map(line).collect()
}

/// Loopback only: what the internet sees is the business of a proxy in front, which also has the certificate.
pub fn on_loopback(name: &str, port: u16, ipv6: bool) -> Vec<Socket> {
    let mut sockets = vec![Socket { name: format!("{name}-ipv4"), address: format!("127.0.0.1:{port}") }];
    if ipv6 {
        sockets.push(Socket { name: format!("{name}-ipv6"), address: format!("[::1]:{port}") });
    }
    sockets
}

/// What `wrangler.toml` says about the runtime.
#[derive(Debug, PartialEq, Eq)]
struct Runtime {
    date: String,
    flags: Vec<String>,
}

impl Runtime {
    fn read() -> Result<Self> {
        let file = paths::root().join("wrangler.toml");
        let text = std::fs::read_to_string(&file).context("cannot read wrangler.toml")?;
        Self::parse(&text).context("wrangler.toml has no compatibility_date")
    }

    /// Each of the two settings is one line of the form `name = value`.
    fn parse(text: &str) -> Option<Self> {
        let value = |name: &str| {
            text.lines().find_map(|line| {
                let (key, value) = line.split_once('=')?;
                (key.trim() == name).then(|| value.trim().to_owned())
            })
        };
        let strings = |value: &str| -> Vec<String> { value.split('"').skip(1).step_by(2).map(str::to_owned).collect() };
        Some(Self {
            date: strings(&value("compatibility_date")?).into_iter().next()?,
            flags: value("compatibility_flags").map(|value| strings(&value)).unwrap_or_default(),
        })
    }
}

fn quoted_path(path: &Path) -> String {
    quoted(&path.to_string_lossy())
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

fn list(items: &[String]) -> String {
    let quoted: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("[{}]", quoted.join(", "))
}

#[cfg(test)]
mod tests {
    use super::{Runtime, quoted};

    #[test]
    fn takes_date_and_flags_from_wrangler() {
        let text = "name = \"usher\"\ncompatibility_date = \"2026-11-01\"\ncompatibility_flags = [\"a\", \"b\"]\n";
        let runtime = Runtime::parse(text).unwrap();
        assert_eq!(runtime.date, "2026-11-01");
        assert_eq!(runtime.flags, ["a", "b"]);
    }

    #[test]
    fn needs_a_date_but_no_flags() {
        assert_eq!(Runtime::parse("name = \"usher\"\n"), None);
        assert!(Runtime::parse("compatibility_date = \"2026-11-01\"\n").unwrap().flags.is_empty());
    }

    #[test]
    fn quotes_what_would_end_a_string() {
        assert_eq!(quoted(r#"/a "b"\c"#), r#""/a \"b\"\\c""#);
    }
}
