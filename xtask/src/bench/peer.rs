//! The peers: `tests/load/peer`, bundled and served by the same `workerd`.

use std::process::Child;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::Scratch;
use crate::setup::Tools;
use crate::{paths, run, seed, workerd};

/// Which of them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// The one that writes the same rows as Usher.
    Same,
    /// The one that writes as few as the job could be done with.
    Few,
}

impl Rows {
    fn name(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Few => "few",
        }
    }
}

/// A peer that runs until it is dropped.
pub struct Peer {
    child: Child,
    /// Where it answers.
    pub origin: String,
    /// Where a request is answered that nothing is done about.
    pub floor: String,
}

impl Peer {
    /// Bundles it, starts it and waits until it answers. It takes posts that say they come from `allowed_origin`.
    pub fn start(tools: &Tools, scratch: &Scratch, rows: Rows, allowed_origin: &str) -> Result<Self> {
        let source = paths::root().join("tests/load/peer");
        let folder = scratch.path().join(format!("peer-{}", rows.name()));
        let storage = folder.join("storage");
        std::fs::create_dir_all(&storage).context("cannot create the peer's folder")?;
        run::quietly(
            run::program(&tools.npm.esbuild)
                .arg(source.join(format!("{}.ts", rows.name())))
                .args(["--bundle", "--loader:.rs=text", "--minify", "--format=esm", "--target=es2022"])
                .args(["--conditions=workerd,worker", "--external:cloudflare:workers"])
                .arg("--log-level=warning")
                .arg(format!("--outfile={}", folder.join("index.js").display())),
            "esbuild",
        )?;
        let config = folder.join("workerd.capnp");
        std::fs::copy(source.join("workerd.capnp"), &config).context("cannot copy the peer")?;
        std::fs::copy(source.join("floor.js"), folder.join("floor.js")).context("cannot copy the floor")?;
        let [port, floor_port] = workerd::free_ports()?;
        let child = run::program(&tools.npm.workerd)
            .arg("serve")
            .arg(&config)
            .arg(format!("--socket-addr=http=127.0.0.1:{port}"))
            .arg(format!("--socket-addr=floor=127.0.0.1:{floor_port}"))
            .arg(format!("--directory-path=storage={}", storage.display()))
            .env("PEER_ORIGIN", allowed_origin)
            .stdout(std::io::stderr())
            .spawn()
            .context("cannot start the peer")?;
        let at = |port: u16| format!("http://127.0.0.1:{port}");
        let peer = Self { child, origin: at(port), floor: at(floor_port) };
        let start = Instant::now();
        let address = format!("{}/readyz", peer.origin);
        while !matches!(seed::get(&address), Ok((200, _))) {
            if start.elapsed() > Duration::from_secs(30) {
                bail!("the peer was not ready after 30 seconds");
            }
            std::thread::sleep(Duration::from_millis(40));
        }
        Ok(peer)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
