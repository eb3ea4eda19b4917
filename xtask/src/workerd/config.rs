//! The configuration of `workerd`, as text: which services there are, what each may touch, and where they listen.
//!
//! The compatibility date and flags come from `wrangler.toml`, so that this machine and Cloudflare run the same semantics.

use std::fmt::Write;
use std::path::Path;

use anyhow::{Context, Result};

use super::{Data, static_worker};
use crate::build::Mode;
use crate::paths;

/// What differs between one server and another.
pub struct Site {
    /// Which build of the edge worker runs.
    pub mode: Mode,
    /// The port of the platform, the API and the console.
    pub port: u16,
    /// The port of the demo partner's site.
    pub partner_port: u16,
    /// Whether this machine has an IPv6 loopback, which `localhost` may mean.
    pub ipv6: bool,
    /// Lets deliveries reach private addresses.
    pub allow_private_destinations: bool,
    /// Switches on the worker's fault routes.
    pub faults: bool,
    /// Where Turnstile's tokens are checked, instead of at Cloudflare's.
    pub turnstile_verify_url: Option<String>,
    /// How much hashing a password costs, instead of what the Worker says.
    pub password_iterations: Option<u32>,
}

/// Each Durable Object class, its binding, and the key that its objects are stored under. A lost or changed key loses the data.
const OBJECTS: [(&str, &str, &str); 4] = [
    ("Desk", "DESK", "usher-desk"),
    ("Files", "FILES", "usher-files"),
    ("Journal", "JOURNAL", "usher-journal"),
    ("Registry", "REGISTRY", "usher-registry"),
];

/// The whole file.
pub fn text(site: &Site, data: &Data) -> Result<String> {
    let runtime = Runtime::read()?;
    let build = paths::edge_build(site.mode);
    let files = paths::dist();
    let mut text = String::new();
    write!(
        text,
        r#"# Written by `cargo xtask` at every start: changes here are lost.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "usher", worker = .usher),
    (name = "assets", worker = .assets),
    (name = "partner", worker = .partner),
    (name = "asset-files", disk = (path = {public})),
    (name = "partner-files", disk = (path = {partner})),
    (name = "storage", disk = (path = {storage}, writable = true)),
    (name = "internet", network = (allow = {allow}, tlsOptions = (trustBrowserCas = true))),
  ],
  sockets = [{sockets}
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
    (name = "OPERATOR_TOKEN", text = embed {token}),{private}{faults}{turnstile}{iterations}{secrets}
  ],
);

const assets :Workerd.Worker = (
  modules = [(name = "static.js", esModule = embed {static_js})],
  compatibilityDate = {date},
  bindings = [(name = "FILES", service = "asset-files")],
);

const partner :Workerd.Worker = (
  modules = [(name = "static.js", esModule = embed {static_js})],
  compatibilityDate = {date},
  bindings = [
    (name = "FILES", service = "partner-files"),
    (name = "ORIGIN", text = {origin}),
  ],
);
"#,
        public = quoted_path(&files.join("public")),
        partner = quoted_path(&files.join("partner")),
        storage = quoted_path(&data.storage()),
        allow = if site.allow_private_destinations { r#"["public", "private"]"# } else { r#"["public"]"# },
        sockets = sockets(site),
        index_js = quoted_path(&build.join("index.js")),
        index_wasm = quoted_path(&build.join("index_bg.wasm")),
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
        token = quoted_path(&data.operator_token_file),
        private = if site.allow_private_destinations {
            "\n    (name = \"PRIVATE_DESTINATIONS\", text = \"on\"),"
        } else {
            ""
        },
        faults = if site.faults { "\n    (name = \"FAULTS\", text = \"on\")," } else { "" },
        turnstile = site
            .turnstile_verify_url
            .as_deref()
            .map(|url| format!("\n    (name = \"TURNSTILE_VERIFY_URL\", text = {}),", quoted(url)))
            .unwrap_or_default(),
        iterations = site
            .password_iterations
            .map(|count| format!("\n    (name = \"PASSWORD_ITERATIONS\", text = \"{count}\"),"))
            .unwrap_or_default(),
        secrets = data
            .openid_secrets_file()
            .map(|file| format!("\n    (name = \"OPENID_SECRETS\", text = embed {}),", quoted_path(&file)))
            .unwrap_or_default(),
        static_js = quoted_path(&static_worker()),
        origin = quoted(&format!("http://localhost:{}", site.port)),
    )
    .context("cannot write the configuration")?;
    Ok(text)
}

/// Loopback only: what the internet sees is the business of a proxy in front, which also has the certificate.
fn sockets(site: &Site) -> String {
    let mut text = String::new();
    for (service, port) in [("usher", site.port), ("partner", site.partner_port)] {
        let mut addresses = vec![("ipv4", format!("127.0.0.1:{port}"))];
        if site.ipv6 {
            addresses.push(("ipv6", format!("[::1]:{port}")));
        }
        for (family, address) in addresses {
            text.push_str(&format!(
                "\n    (name = \"{service}-{family}\", address = \"{address}\", http = (), service = \"{service}\"),"
            ));
        }
    }
    text
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
