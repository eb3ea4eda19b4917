//! Where things are: in the checkout, and in this machine's cache.

use std::path::{Path, PathBuf};

use crate::build::Mode;

/// The checkout.
pub fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here)
}

/// What `build` makes, except the edge worker.
pub fn dist() -> PathBuf {
    root().join("dist")
}

/// Where worker-build leaves the edge worker. `wrangler.toml` looks for the release at that place.
pub fn edge_build(mode: Mode) -> PathBuf {
    match mode {
        Mode::Release => root().join("edge/build"),
        Mode::Dev => dist().join(".work/edge-dev"),
    }
}

/// Cargo's output folder.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A tool's folder in this machine's cache: outside the checkout, because it takes minutes to build and outlives clones.
pub fn cached_tool(name: &str, version: &str) -> PathBuf {
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")))
        .unwrap_or_else(|| target().join("cache"));
    cache.join("usher/tools").join(format!("{name}-{version}"))
}

/// A path as people write it: relative to the checkout where it is inside.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
