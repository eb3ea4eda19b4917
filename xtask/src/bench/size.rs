//! What a visitor downloads until a form is visible: the loader, the page side with its configuration (one module), the
//! panel with the widget's glue, the widget's module. What only a page without wasm needs is left out.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Map, Value};

use super::Scratch;
use crate::stop::Stop;
use crate::{fingerprint, paths, seed, setup};

/// The demo platform's site key.
const SITE: &str = "pk_demo_platform";

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
}

struct Size {
    name: &'static str,
    raw: usize,
    brotli: usize,
}

pub fn run(options: &Options) -> Result<()> {
    let tools = setup::for_building()?;
    let scratch = Scratch::new("size")?;
    let server = super::usher(&tools, &scratch, &Stop::listen()?)?;
    let widget = widget_files()?;
    let pieces = [
        ("loader", read(&[paths::dist().join("public/v1/usher.js")])?),
        ("config", boot(&server.origin_by_ip)?),
        ("panel", read(&named(&widget, "panel.js"))?),
        ("wasm", read(&named(&widget, "widget_bg.wasm"))?),
    ];
    let mut sizes = Vec::new();
    for (name, files) in pieces {
        // Each file is its own response, and so is compressed alone.
        let brotli: Result<Vec<usize>> = files.iter().map(|bytes| brotli_11(bytes)).collect();
        sizes.push(Size { name, raw: files.iter().map(Vec::len).sum(), brotli: brotli?.iter().sum() });
    }
    sizes.push(Size {
        name: "total",
        raw: sizes.iter().map(|size| size.raw).sum(),
        brotli: sizes.iter().map(|size| size.brotli).sum(),
    });
    let first = ["panel.js", "widget_bg.wasm"];
    let later: Vec<PathBuf> =
        widget.iter().filter(|file| !first.iter().any(|name| file.ends_with(name))).cloned().collect();
    let later = read(&later)?;
    let brotli: Result<Vec<usize>> = later.iter().map(|bytes| brotli_11(bytes)).collect();
    sizes.push(Size { name: "later", raw: later.iter().map(Vec::len).sum(), brotli: brotli?.iter().sum() });
    if options.json {
        println!("{}", as_json(&sizes));
    } else {
        println!("{:<8} {:>10} {:>10}", "piece", "raw", "brotli 11");
        for size in &sizes {
            println!("{:<8} {:>10} {:>10}", size.name, size.raw, size.brotli);
        }
    }
    Ok(())
}

fn as_json(sizes: &[Size]) -> Value {
    let mut object = Map::new();
    for size in sizes {
        object.insert(format!("{}_br", size.name), size.brotli.into());
        object.insert(format!("{}_raw", size.name), size.raw.into());
    }
    Value::Object(object)
}

/// What is in the one folder of the widget that was built last.
fn widget_files() -> Result<Vec<PathBuf>> {
    let files = fingerprint::files_below(&paths::dist().join("public/w"));
    if files.is_empty() {
        bail!("there is no widget in dist/public/w");
    }
    Ok(files)
}

fn named(files: &[PathBuf], name: &str) -> Vec<PathBuf> {
    files.iter().filter(|file| file.ends_with(name)).cloned().collect()
}

fn read(files: &[PathBuf]) -> Result<Vec<Vec<u8>>> {
    let bytes =
        |file: &PathBuf| std::fs::read(file).with_context(|| format!("cannot read {}", paths::shown(Path::new(file))));
    files.iter().map(bytes).collect()
}

fn boot(origin: &str) -> Result<Vec<Vec<u8>>> {
    match seed::get(&format!("{origin}/v1/boot/{SITE}.js?lang=en"))? {
        (200, body) => Ok(vec![body.into_bytes()]),
        (status, body) => bail!("the configuration of {SITE} was refused: {status} {body}"),
    }
}

/// What a server that compresses once and for all sends.
fn brotli_11(bytes: &[u8]) -> Result<usize> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 4096, 11, 22);
    writer.write_all(bytes).context("cannot compress")?;
    drop(writer);
    Ok(compressed.len())
}
