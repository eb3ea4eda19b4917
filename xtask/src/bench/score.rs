//! What a score costs: a card of 100 rules on a lead with 200 signals, a prediction and an outcome learnt, natively and as
//! wasm by the edge's profile, and a replay of 10,000 items on `workerd`.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::{Value, json};

use super::Scratch;
use super::both::{self, Work};
use super::load::Load;
use crate::seed;
use crate::setup::{self, Tools};
use crate::stop::Stop;
use crate::workerd::Server;

const WORK: [Work; 4] = [
    Work { name: "score", what: "100 rules as in the demo, 200 signals", rounds: 20_000 },
    Work { name: "score_signals", what: "100 rules, 30 of them of signals, 200 signals", rounds: 20_000 },
    Work { name: "predict", what: "a chance, by a learner of 2,000 outcomes", rounds: 200_000 },
    Work { name: "learn", what: "an outcome", rounds: 20_000 },
];
/// Items that are replayed.
const ITEMS: u64 = 10_000;
/// Longer than any page of a replay takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);
const CARD: &str = "/v1/console/scoring";

#[derive(Args)]
pub struct Options {
    /// Print one JSON object instead of a table
    #[arg(long)]
    json: bool,
    /// Leave the replay out, which needs a server and a minute
    #[arg(long)]
    no_replay: bool,
}

/// A replay.
struct Replayed {
    items: u64,
    seconds: f64,
    pages: u32,
    slowest_page_ms: f64,
}

pub fn run(options: &Options) -> Result<()> {
    let tools = if options.no_replay { setup::for_building() } else { setup::for_load() }?;
    let stop = Stop::listen()?;
    let scratch = Scratch::new("score")?;
    let lines = both::compare(&tools, &scratch, &stop, &WORK)?;
    let replayed = if options.no_replay { None } else { Some(replay(&tools, &scratch, &stop)?) };
    if options.json {
        let mut result = both::to_json(&lines);
        if let Some(Replayed { items, seconds, pages, slowest_page_ms }) = replayed {
            let replay = json!({
                "items": items, "seconds": seconds, "pages": pages, "slowest_page_ms": slowest_page_ms.round(),
                "items_per_second": (items as f64 / seconds).round(),
            });
            result.insert("replay".to_owned(), replay);
        }
        println!("{}", Value::Object(result));
        return Ok(());
    }
    both::print(&lines);
    if let Some(Replayed { items, seconds, pages, slowest_page_ms }) = replayed {
        println!(
            "replay         {items} items by two cards, from the desk's rows: {seconds:.2} s, {pages} pages, the slowest {slowest_page_ms:.0} ms"
        );
    }
    Ok(())
}

/// Fills a desk and replays a card that differs on all of it, as the console does.
fn replay(tools: &Tools, scratch: &Scratch, stop: &Stop) -> Result<Replayed> {
    let server = super::usher(tools, scratch, stop)?;
    let cookie = sign_in(&server)?;
    let mut card = call(&server, &cookie, None)?.get("card").cloned().context("there is no card")?;
    *card.pointer_mut("/rules/0/points").context("the card's first rule gives no points")? = json!(1);
    let form = format!("{}/v1/forms/pk_demo_platform/inquiry", server.origin_by_ip);
    eprintln!("  sending {ITEMS} inquiries");
    loop {
        if stop.asked() {
            bail!("stopped");
        }
        let first = page(&server, &cookie, &card, None)?;
        if first.get("of").and_then(Value::as_u64).unwrap_or(0) >= ITEMS {
            break;
        }
        Load { address: &form, origin: &server.origin, connections: 16, seconds: 5 }.run()?;
    }
    let clock = Instant::now();
    let mut replayed = Replayed { items: 0, seconds: 0.0, pages: 0, slowest_page_ms: 0.0 };
    let mut after = None;
    loop {
        let started = Instant::now();
        let page = page(&server, &cookie, &card, after.as_ref())?;
        replayed.slowest_page_ms = replayed.slowest_page_ms.max(started.elapsed().as_secs_f64() * 1e3);
        replayed.pages += 1;
        let items = page.get("items").and_then(Value::as_array).context("a page has no items")?;
        replayed.items += u64::try_from(items.len()).unwrap_or(0);
        if page.get("differ").and_then(Value::as_u64) != Some(0) {
            bail!("an item comes out otherwise than it did when it was decided");
        }
        after = page.get("next").filter(|next| !next.is_null()).cloned();
        if after.is_none() {
            break;
        }
    }
    replayed.seconds = clock.elapsed().as_secs_f64();
    Ok(replayed)
}

fn page(server: &Server, cookie: &str, card: &Value, after: Option<&Value>) -> Result<Value> {
    call(server, cookie, Some(&json!({ "card": card, "days": 90, "after": after })))
}

/// The card, or a page of a replay.
fn call(server: &Server, cookie: &str, replay: Option<&Value>) -> Result<Value> {
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .proxy(None)
        .timeout_global(Some(PATIENCE))
        .build()
        .into();
    let address = format!("{}{CARD}", server.origin_by_ip);
    let mut response = match replay {
        None => agent.get(&address).header("cookie", cookie).call(),
        Some(body) => agent
            .post(format!("{address}/replay"))
            .header("cookie", cookie)
            .header("content-type", "application/json")
            .send(body.to_string().as_bytes()),
    }
    .with_context(|| format!("{address} got no answer"))?;
    let status = response.status();
    let text = response.body_mut().with_config().limit(64 * 1024 * 1024).read_to_string().unwrap_or_default();
    if !status.is_success() {
        bail!("{address} was refused: {status} {text}");
    }
    serde_json::from_str(&text).with_context(|| format!("{address} did not answer with JSON"))
}

/// The cookie of a session of the administrator.
fn sign_in(server: &Server) -> Result<String> {
    let link = seed::sign_in_link(server)?;
    let (_, token) = link.split_once('#').context("the sign-in link has no token")?;
    let address = format!("{}/v1/console/session", server.origin_by_ip);
    let response = seed::agent()
        .post(&address)
        .header("content-type", "application/json")
        .send(json!({ "token": token }).to_string().as_bytes())
        .with_context(|| format!("POST {address} got no answer"))?;
    let cookie = response.headers().get("set-cookie").and_then(|cookie| cookie.to_str().ok());
    let cookie = cookie.and_then(|cookie| cookie.split(';').next());
    cookie.map(ToOwned::to_owned).context("signing in gave no session")
}
