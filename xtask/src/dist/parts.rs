//! The list of what the package is made of, for whoever looks for known vulnerabilities in it: CycloneDX 1.6, as JSON.
//!
//! Of Rust, every crate that is linked into what ships, by `cargo metadata` and `Cargo.lock`; of npm, what the package needs and what
//! is compiled in, by `package-lock.json`. The same checkout makes the same list: it has no time and no number of its own.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use crate::{build, paths, run};

/// The crates of ours that ship, as wasm.
const CRATES: [&str; 4] = ["edge", "widget", "rules", "console"];
/// What the package needs of npm, and the list of domains that is compiled in.
const NPM: [&str; 3] = ["workerd", "@photostructure/sqlite", "disposable-email-domains-js"];

/// One part.
struct Part {
    name: String,
    version: String,
    /// `cargo` or `npm`.
    registry: &'static str,
    license: Option<String>,
    /// The kind of hash, and the hash in hexadecimal.
    hash: Option<(&'static str, String)>,
    /// What it needs itself, by reference.
    needs: BTreeSet<String>,
}

/// The list.
pub fn list(version: &str) -> Result<String> {
    let mut parts = crates()?;
    let roots: BTreeSet<String> = parts.roots.into_iter().chain(NPM.iter().map(|name| (*name).to_owned())).collect();
    parts.all.extend(packages()?);
    let ours = format!("pkg:npm/%40usher/server@{version}");
    let known: BTreeMap<String, &Part> = parts.all.iter().map(|part| (part.reference(), part)).collect();
    let of_ours: Vec<&String> = known
        .iter()
        .filter(|(reference, part)| roots.contains(*reference) || roots.contains(&part.name))
        .map(|(it, _)| it)
        .collect();
    let mut needs = vec![json!({ "ref": ours, "dependsOn": of_ours })];
    needs.extend(known.iter().map(|(reference, part)| json!({ "ref": reference, "dependsOn": part.needs })));
    let list = json!({
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application", "bom-ref": ours, "name": "@usher/server", "version": version, "purl": ours,
                "licenses": [{ "expression": "Apache-2.0" }],
            },
        },
        "components": known.values().map(|part| part.component()).collect::<Vec<_>>(),
        "dependencies": needs,
    });
    Ok(format!("{}\n", serde_json::to_string_pretty(&list)?))
}

impl Part {
    /// Its package URL.
    fn reference(&self) -> String {
        format!("pkg:{}/{}@{}", self.registry, self.name.replace('@', "%40"), self.version)
    }

    fn component(&self) -> Value {
        let reference = self.reference();
        let mut component = json!({
            "type": "library", "bom-ref": reference, "name": self.name, "version": self.version, "purl": reference,
        });
        if let (Some(license), Some(component)) = (&self.license, component.as_object_mut()) {
            component.insert("licenses".to_owned(), json!([{ "expression": license.replace('/', " OR ") }]));
        }
        if let (Some((kind, hash)), Some(component)) = (&self.hash, component.as_object_mut()) {
            component.insert("hashes".to_owned(), json!([{ "alg": kind, "content": hash }]));
        }
        component
    }
}

/// The crates of others, and which of them ours name.
struct Crates {
    all: Vec<Part>,
    roots: BTreeSet<String>,
}

fn crates() -> Result<Crates> {
    let told = run::read(
        run::cargo().args(["metadata", "--format-version=1", "--locked", "--filter-platform", build::wasm::TARGET]),
        "cargo metadata",
    )?;
    let told: Value = serde_json::from_str(&told).context("cargo metadata is no JSON")?;
    let packages: BTreeMap<&str, &Value> = items(&told, "packages").map(|it| (text(it, "id"), it)).collect();
    let resolve = told.get("resolve").context("cargo metadata resolved nothing")?;
    let nodes: BTreeMap<&str, &Value> = items(resolve, "nodes").map(|it| (text(it, "id"), it)).collect();
    let lock = std::fs::read_to_string(paths::root().join("Cargo.lock")).context("cannot read Cargo.lock")?;
    let checksums = checksums(&lock);
    let part = |id: &str| -> Option<Part> {
        let package = packages.get(id)?;
        let (name, version) = (text(package, "name").to_owned(), text(package, "version").to_owned());
        let hash = checksums.get(&(name.clone(), version.clone())).map(|hash| ("SHA-256", hash.clone()));
        let license = package.get("license").and_then(Value::as_str).map(str::to_owned);
        // What has no source is in this checkout.
        package.get("source").filter(|source| !source.is_null())?;
        Some(Part { name, version, registry: "cargo", license, hash, needs: BTreeSet::new() })
    };
    let mut waiting: Vec<&str> = packages
        .iter()
        .filter(|(_, package)| {
            CRATES.contains(&text(package, "name")) && package.get("source").is_some_and(Value::is_null)
        })
        .map(|(id, _)| *id)
        .collect();
    let (mut seen, mut all, mut roots) = (BTreeSet::new(), Vec::new(), BTreeSet::new());
    while let Some(id) = waiting.pop() {
        if !seen.insert(id) {
            continue;
        }
        let node = nodes.get(id).with_context(|| format!("cargo metadata does not say what {id} needs"))?;
        let linked = items(node, "deps")
            .filter(|it| items(it, "dep_kinds").any(|kind| kind.get("kind").is_some_and(Value::is_null)));
        let needs: Vec<&str> = linked.map(|it| text(it, "pkg")).collect();
        let references: BTreeSet<String> = needs.iter().filter_map(|it| part(it)).map(|it| it.reference()).collect();
        match part(id) {
            Some(found) => all.push(Part { needs: references, ..found }),
            None => roots.extend(references),
        }
        waiting.extend(needs);
    }
    Ok(Crates { all, roots })
}

/// The hashes of `Cargo.lock`, by name and version.
fn checksums(lock: &str) -> BTreeMap<(String, String), String> {
    let of = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(" = \"")?.strip_suffix('"'));
        line.map(str::to_owned)
    };
    let blocks = lock.split("[[package]]");
    blocks.filter_map(|block| Some(((of(block, "name")?, of(block, "version")?), of(block, "checksum")?))).collect()
}

fn packages() -> Result<Vec<Part>> {
    let lock =
        std::fs::read_to_string(paths::root().join("package-lock.json")).context("cannot read package-lock.json")?;
    let lock: Value = serde_json::from_str(&lock).context("package-lock.json is no JSON")?;
    let locked = lock.get("packages").and_then(Value::as_object).context("package-lock.json has no packages")?;
    let mut waiting: Vec<String> = NPM.iter().map(|name| (*name).to_owned()).collect();
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
    while let Some(name) = waiting.pop() {
        if !seen.insert(name.clone()) {
            continue;
        }
        let package = find(locked, &name)?;
        let mut needs = BTreeSet::new();
        for kind in ["dependencies", "optionalDependencies"] {
            for needed in package.get(kind).and_then(Value::as_object).into_iter().flat_map(Map::keys) {
                let version = text(find(locked, needed)?, "version").to_owned();
                needs.insert(format!("pkg:npm/{}@{version}", needed.replace('@', "%40")));
                waiting.push(needed.clone());
            }
        }
        let license = package.get("license").and_then(Value::as_str).map(str::to_owned);
        let hash =
            text(package, "integrity").strip_prefix("sha512-").and_then(hexadecimal).map(|hash| ("SHA-512", hash));
        all.push(Part { version: text(package, "version").to_owned(), name, registry: "npm", license, hash, needs });
    }
    Ok(all)
}

fn find<'v>(locked: &'v Map<String, Value>, name: &str) -> Result<&'v Value> {
    locked.get(&format!("node_modules/{name}")).with_context(|| format!("package-lock.json has no {name}"))
}

/// Base64 as hexadecimal.
fn hexadecimal(base64: &str) -> Option<String> {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (mut bits, mut held, mut text) = (0_u32, 0_u32, String::new());
    for letter in base64.trim_end_matches('=').chars() {
        bits = (bits << 6) | u32::try_from(LETTERS.find(letter)?).ok()?;
        held += 6;
        if held >= 8 {
            held -= 8;
            text.push_str(&format!("{:02x}", (bits >> held) & 0xff));
            bits &= (1 << held) - 1;
        }
    }
    Some(text)
}

fn items<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}

fn text<'v>(value: &'v Value, name: &str) -> &'v str {
    value.get(name).and_then(Value::as_str).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_that_ships_is_named_once_with_its_hash() {
        let list: Value = serde_json::from_str(&list("1.2.3").unwrap()).unwrap();
        let parts: Vec<&Value> = items(&list, "components").collect();
        let named = |name: &str| parts.iter().filter(|part| text(part, "name") == name).count();
        for name in [
            "worker",
            "serde",
            "leptos",
            "wasm-bindgen",
            "workerd",
            "@photostructure/sqlite",
            "disposable-email-domains-js",
        ] {
            assert_eq!(named(name), 1, "{name}");
        }
        for name in ["edge", "shared", "clap", "ureq", "wrangler", "playwright-core"] {
            assert_eq!(named(name), 0, "{name}");
        }
        let references: BTreeSet<&str> = parts.iter().map(|part| text(part, "purl")).collect();
        assert_eq!(references.len(), parts.len());
        for part in &parts {
            assert!(items(part, "hashes").count() == 1 && items(part, "licenses").count() == 1, "{part}");
        }
        for needed in items(&list, "dependencies").flat_map(|it| items(it, "dependsOn")) {
            assert!(needed.as_str().is_some_and(|it| references.contains(it)), "{needed}");
        }
    }

    #[test]
    fn a_hash_of_npm_is_read() {
        assert_eq!(hexadecimal("AP8Q").as_deref(), Some("00ff10"));
        assert_eq!(hexadecimal("/w==").as_deref(), Some("ff"));
        assert_eq!(hexadecimal("a b"), None);
    }
}
