//! The demo workspace, as tests see it: the file that `cargo xtask dev` seeds, with its addresses filled in.

use serde_json::Value;

use crate::config::Config;
use crate::wire::Workspace;

const WORKSPACE: &str = include_str!("../../demo/workspace.json");

pub fn workspace_json() -> Value {
    let filled = WORKSPACE
        .replace("__USHER_ORIGIN__", "http://localhost:8787")
        .replace("__USHER_ORIGIN_IP__", "http://127.0.0.1:8787")
        .replace("__PARTNER_ORIGIN__", "http://localhost:8788")
        .replace("__PARTNER_ORIGIN_IP__", "http://127.0.0.1:8788");
    serde_json::from_str(&filled).unwrap()
}

pub fn workspace() -> Workspace {
    serde_json::from_value(workspace_json()).unwrap()
}

pub fn config() -> Config {
    Config::parse(1, workspace()).unwrap()
}
