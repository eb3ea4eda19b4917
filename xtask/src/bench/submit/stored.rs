//! The same inquiries at a desk that has very many items, against one that has few: `tests/load/grow.mjs` copies what a short run
//! brought until there are so many. Runs are interleaved (few, many, many, few).

use anyhow::Result;
use serde_json::{Value, json};

use super::{FORM, Options, WARM_UP_SECONDS, share};
use crate::bench::load::{Load, Measured};
use crate::bench::{Scratch, serve};
use crate::setup::Tools;
use crate::stop::Stop;
use crate::workerd::{Server, free_ports};
use crate::{paths, run};

/// How many connections are kept busy.
const CONNECTIONS: u32 = 16;

/// Prints both, and what p99 is of the other.
pub fn run(
    tools: &Tools,
    scratch: &Scratch,
    stop: &Stop,
    (few, items): (&Server, u32),
    options: &Options,
) -> Result<()> {
    let (folder, ports) = (scratch.path().join("many"), free_ports()?);
    let first = serve(tools, &folder, ports, stop)?;
    measure(&first, WARM_UP_SECONDS)?;
    drop(first);
    eprintln!("  copying until there are {items} items");
    run::quietly(
        run::program("node")
            .arg("--no-warnings")
            .arg(paths::root().join("tests/load/grow.mjs"))
            .arg(folder.join("storage/usher-desk"))
            .arg(items.to_string()),
        "grow.mjs",
    )?;
    let many = serve(tools, &folder, ports, stop)?;
    for server in [few, &many] {
        measure(server, WARM_UP_SECONDS)?;
    }
    let mut runs = Vec::new();
    for is_turned in [false, true, false, true] {
        let (few, many) = if is_turned {
            let many = measure(&many, options.seconds)?;
            (measure(few, options.seconds)?, many)
        } else {
            (measure(few, options.seconds)?, measure(&many, options.seconds)?)
        };
        runs.push((few, many));
    }
    if options.json {
        let runs: Vec<Value> = runs.iter().map(|(few, many)| as_json(few, many)).collect();
        println!("{}", json!({ "items": items, "connections": CONNECTIONS, "runs": runs }));
        return Ok(());
    }
    println!("{:>9} {:>9} {:>11} {:>12} {:>6}", "few rps", "many rps", "few p99 ms", "many p99 ms", "ratio");
    for (few, many) in &runs {
        let ratio = many.p99_ms / few.p99_ms;
        println!("{:>9.0} {:>9.0} {:>11.1} {:>12.1} {ratio:>6.2}", few.rps, many.rps, few.p99_ms, many.p99_ms);
    }
    Ok(())
}

fn as_json(few: &Measured, many: &Measured) -> Value {
    json!({
        "few_rps": few.rps,
        "many_rps": many.rps,
        "few_p99_ms": few.p99_ms,
        "many_p99_ms": many.p99_ms,
        "p99_ratio": share(many.p99_ms, few.p99_ms),
    })
}

fn measure(server: &Server, seconds: u32) -> Result<Measured> {
    let address = format!("{}{FORM}", server.origin_by_ip);
    Load { address: &address, origin: &server.origin, connections: CONNECTIONS, seconds }.run()
}
