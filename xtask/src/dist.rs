//! `cargo xtask dist`: what an operator runs, with no Rust: `dist/server/`, and the same packed for npm.
//!
//! The sources are `server/`; what is built is added, the versions of the checkout, and the list of what it is made of. Not in it: the
//! demo's pages.

mod parts;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::setup::{self, Tools};
use crate::workerd::config::{self, Config, Socket};
use crate::{build, fingerprint, paths, run, serve, workerd};

/// What was made.
pub struct Dist {
    /// The folder.
    pub folder: PathBuf,
    /// The same as a package for npm.
    pub tarball: PathBuf,
}

/// The origins of the demo workspace, and what they are in the example: names that are nobody's (RFC 2606).
const ORIGINS: [(&str, &str); 4] = [
    ("__USHER_ORIGIN_IP__", "https://learn.example.com"),
    ("__USHER_ORIGIN__", "https://www.example.com"),
    ("__PARTNER_ORIGIN_IP__", "https://members.example.org"),
    ("__PARTNER_ORIGIN__", "https://www.example.org"),
];

/// Makes it, and says where it is.
pub fn run() -> Result<ExitCode> {
    let tools = setup::for_building()?;
    let dist = make(&tools)?;
    println!("{}", paths::shown(&dist.folder));
    println!("{}", paths::shown(&dist.tarball));
    Ok(ExitCode::SUCCESS)
}

/// Builds what is not up to date, and puts everything in place.
pub fn make(tools: &Tools) -> Result<Dist> {
    if std::env::var_os(serve::AS_BUILT).is_none() {
        build::all(tools, build::Mode::Release, build::Say::Work)?;
    }
    let folder = paths::dist().join("server");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).with_context(|| format!("cannot empty {}", folder.display()))?;
    }
    let sources = paths::root().join("server");
    for source in fingerprint::files_below(&sources) {
        put(&source, &folder.join(source.strip_prefix(&sources)?))?;
    }
    let built = paths::edge_build(build::Mode::Release);
    for name in ["index.js", "index_bg.wasm"] {
        put(&built.join(name), &folder.join("worker").join(name))?;
    }
    put(&workerd::static_worker(), &folder.join("worker/static.js"))?;
    for (source, name) in public()? {
        put(&source, &folder.join("public").join(name))?;
    }
    put(&paths::root().join("LICENSE"), &folder.join("LICENSE"))?;
    write(&folder.join("workerd.capnp"), &config::text(&with_blanks())?)?;
    write(&folder.join("example/workspace.json"), &example()?)?;
    write(&folder.join("package.json"), &manifest()?)?;
    write(&folder.join("sbom.cdx.json"), &parts::list(env!("CARGO_PKG_VERSION"))?)?;
    Ok(Dist { tarball: pack(&folder)?, folder })
}

/// The configuration with the blanks that `server/lib/workerd.mjs` fills in when it starts.
fn with_blanks() -> Config {
    Config {
        worker: "__WORKER__".into(),
        static_worker: "__STATIC_WORKER__".into(),
        public: "__PUBLIC__".into(),
        storage: "__STORAGE__".into(),
        operator_token: "__OPERATOR_TOKEN__".into(),
        reach: "__REACH__".to_owned(),
        trusted: None,
        sockets: vec![Socket { name: "http".to_owned(), address: "__ADDRESS__".to_owned() }],
        settings: "__SETTINGS__".to_owned(),
        partner: None,
    }
}

/// The static files that the product needs, by their place in the folder: all that are built but the demo's pages.
fn public() -> Result<Vec<(PathBuf, PathBuf)>> {
    let folder = paths::dist().join("public");
    let demo = build::demo_pages();
    let mut found = Vec::new();
    for file in fingerprint::files_below(&folder) {
        let name = file.strip_prefix(&folder)?.to_path_buf();
        if !demo.contains(&name) {
            found.push((file, name));
        }
    }
    Ok(found)
}

/// The demo workspace, as something to begin one's own from.
fn example() -> Result<String> {
    let mut text = read(&paths::root().join("demo/workspace.json"))?;
    for (blank, origin) in ORIGINS {
        text = text.replace(blank, origin);
    }
    Ok(text)
}

/// The package's own manifest, with our version and with the pins of the checkout.
fn manifest() -> Result<String> {
    let mut ours: Value = serde_json::from_str(&read(&paths::root().join("server/package.json"))?)?;
    let pins: Value = serde_json::from_str(&read(&paths::root().join("package.json"))?)?;
    let wanted =
        ours.get_mut("dependencies").and_then(Value::as_object_mut).context("server/package.json needs nothing")?;
    for (name, version) in wanted {
        let pin = pins.get("devDependencies").and_then(|pins| pins.get(name));
        *version = pin.cloned().with_context(|| format!("package.json has no version of {name}"))?;
    }
    if let Some(version) = ours.get_mut("version") {
        *version = env!("CARGO_PKG_VERSION").into();
    }
    Ok(format!("{}\n", serde_json::to_string_pretty(&ours)?))
}

fn pack(folder: &Path) -> Result<PathBuf> {
    // One of another version is nobody's any more.
    for file in fingerprint::files_below(&paths::dist()).iter().filter(|file| is_tarball(file)) {
        std::fs::remove_file(file).with_context(|| format!("cannot delete {}", paths::shown(file)))?;
    }
    let name = run::read(
        run::program("npm")
            .current_dir(folder)
            .args(["pack", "--silent", "--ignore-scripts", "--pack-destination"])
            .arg(paths::dist()),
        "npm pack",
    )?;
    Ok(paths::dist().join(name))
}

fn is_tarball(file: &Path) -> bool {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with("usher-server-") && name.ends_with(".tgz")
}

/// Copies a file, with what it may be used for.
fn put(source: &Path, target: &Path) -> Result<()> {
    make_folder_of(target)?;
    std::fs::copy(source, target)
        .with_context(|| format!("cannot copy {} to {}", paths::shown(source), paths::shown(target)))?;
    Ok(())
}

fn write(target: &Path, text: &str) -> Result<()> {
    make_folder_of(target)?;
    std::fs::write(target, text).with_context(|| format!("cannot write {}", paths::shown(target)))
}

fn make_folder_of(file: &Path) -> Result<()> {
    let folder = file.parent().context("a file is in a folder")?;
    std::fs::create_dir_all(folder).with_context(|| format!("cannot create {}", paths::shown(folder)))
}

fn read(file: &Path) -> Result<String> {
    std::fs::read_to_string(file).with_context(|| format!("cannot read {}", paths::shown(file)))
}
