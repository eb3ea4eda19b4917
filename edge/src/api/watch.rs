//! `/livez`, `/readyz`, `/status` and `/metrics`: whether the Worker runs, whether it can take a submission, and what an operator
//! watches. The last two want a token: the operator's, or one that is for nothing else (`METRICS_TOKEN`).

use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;

use shared::wire::health::{Live, Ready, Status, WorkspaceStatus};
use worker::{Env, Headers, Request, Response};

use super::problem::{json, problem};
use crate::desk_do::ask::{Ask, Gauges, Reply};
use crate::error::Failure;
use crate::meter::{self, BINS_MS};
use crate::registry_do::{self, Answer};
use crate::sql::to_json;
use crate::{clock, config, desk_do, rpc};

/// How long it is taken for granted that storage works, in milliseconds: asking costs a commit.
const FRESH_MS: i64 = 1_000;

thread_local! {
    static READY_AT: Cell<i64> = const { Cell::new(i64::MIN) };
}

/// It runs.
///
/// # Errors
/// Where the runtime makes no response.
pub fn livez() -> Result<Response, Failure> {
    json(200, &to_json("live", &Live { live: true })?)
}

/// Its storage takes what is written, and gives it back.
///
/// # Errors
/// Where it does not.
pub async fn readyz(env: &Env) -> Result<Response, Failure> {
    let now = clock::now().as_ms();
    if !(0..FRESH_MS).contains(&now.saturating_sub(READY_AT.get())) {
        let _: Answer = rpc::ask("registry", registry_do::stub(env)?, &registry_do::Ask::Ready { at: now }).await?;
        READY_AT.set(now);
    }
    json(200, &to_json("ready", &Ready { ready: true })?)
}

/// Each workspace: what waits, since when, what was given up, whether an alarm is set.
///
/// # Errors
/// Where an object does not answer.
pub async fn status(request: &Request, env: &Env) -> Result<Response, Failure> {
    if !may_watch(request, env) {
        return not_a_watcher();
    }
    let of = |(id, gauges): (String, Gauges)| {
        let status = WorkspaceStatus {
            waiting: gauges.waiting,
            oldest_seconds: gauges.oldest_at.map(|at| ((gauges.now - at) / 1_000).max(0)),
            dead: gauges.dead,
            stopped: gauges.stopped,
            alarm_armed: gauges.is_armed,
            storage_bytes: gauges.storage_bytes,
            fates: gauges.fates,
        };
        (id, status)
    };
    let workspaces = gauges(env).await?.into_iter().map(of).collect();
    json(200, &to_json("status", &Status { version: env!("CARGO_PKG_VERSION").to_owned(), workspaces })?)
}

/// The same, and how long routes take, as Prometheus reads it (text format 0.0.4).
///
/// # Errors
/// Where an object does not answer.
pub async fn metrics(request: &Request, env: &Env) -> Result<Response, Failure> {
    if !may_watch(request, env) {
        return not_a_watcher();
    }
    let text = exposition(&gauges(env).await?, &meter::all());
    let headers = Headers::new();
    let made = headers.set("content-type", "text/plain; version=0.0.4; charset=utf-8");
    let made = made.and_then(|()| headers.set("cache-control", "no-store")).and_then(|()| Response::ok(text));
    made.map(|response| response.with_headers(headers)).map_err(|source| Failure::Object { object: "response", source })
}

async fn gauges(env: &Env) -> Result<BTreeMap<String, Gauges>, Failure> {
    let answer = rpc::ask("registry", registry_do::stub(env)?, &registry_do::Ask::All).await?;
    let Answer::All(workspaces) = answer else {
        return Err(Failure::BadRow { table: "registry", what: "another answer".to_owned() });
    };
    let mut all = BTreeMap::new();
    for workspace in workspaces {
        let reply: Reply = rpc::ask("desk", desk_do::stub(env, &workspace)?, &Ask::Gauges).await?;
        let gauges = serde_json::from_str(&reply.body).map_err(|source| Failure::Json { what: "gauges", source })?;
        all.insert(workspace, gauges);
    }
    Ok(all)
}

fn may_watch(request: &Request, env: &Env) -> bool {
    let header = request.headers().get("authorization").ok().flatten().unwrap_or_default();
    header.strip_prefix("Bearer ").is_some_and(|token| config::may_watch(env, token))
}

fn not_a_watcher() -> Result<Response, Failure> {
    problem(401, "not_operator", "This needs the operator\u{2019}s token, or the one for metrics.")
}

/// Workspaces' ids, fates' tags and routes' names have no letter that would have to be escaped.
fn exposition(workspaces: &BTreeMap<String, Gauges>, routes: &BTreeMap<String, meter::Times>) -> String {
    let mut text = String::new();
    let mut family = |name: &str, kind: &str, help: &str, samples: Vec<(String, String)>| {
        let mut lines = format!("# HELP {name} {help}\n# TYPE {name} {kind}\n");
        for (labels, value) in samples {
            // Writing to a string does not fail.
            let _ = writeln!(lines, "{name}{labels} {value}");
        }
        text.push_str(&lines);
    };
    let of_each = |value: &dyn Fn(&Gauges) -> Option<String>| -> Vec<(String, String)> {
        let sample = |(workspace, gauges): (&String, &Gauges)| {
            value(gauges).map(|value| (format!("{{workspace=\"{workspace}\"}}"), value))
        };
        workspaces.iter().filter_map(sample).collect()
    };
    let fates = workspaces.iter().flat_map(|(workspace, gauges)| {
        let label = move |tag: &str| format!("{{workspace=\"{workspace}\",fate=\"{tag}\"}}");
        gauges.fates.iter().map(move |(tag, count)| (label(tag), count.to_string()))
    });
    family(
        "usher_submissions",
        "gauge",
        "How submissions ended; what was held may end otherwise later.",
        fates.collect(),
    );
    let help = "Deliveries that wait for a first try or for another one.";
    family("usher_outbox_waiting", "gauge", help, of_each(&|it| Some(it.waiting.to_string())));
    let oldest = |it: &Gauges| Some(it.oldest_at.map_or(0, |at| ((it.now - at) / 1_000).max(0)).to_string());
    family("usher_outbox_oldest_seconds", "gauge", "How long the oldest of them has waited.", of_each(&oldest));
    let help = "Deliveries that were given up, and are kept.";
    family("usher_outbox_dead", "gauge", help, of_each(&|it| Some(it.dead.to_string())));
    let help = "Destinations that are told of nothing until somebody says so.";
    family("usher_destinations_stopped", "gauge", help, of_each(&|it| Some(it.stopped.to_string())));
    let help = "Whether an alarm is set; where something waits, one must be.";
    family("usher_alarm_armed", "gauge", help, of_each(&|it| Some(u8::from(it.is_armed).to_string())));
    let help = "The size of the desk's database.";
    family("usher_storage_bytes", "gauge", help, of_each(&|it| Some(it.storage_bytes.to_string())));
    let failed = routes.iter().map(|(route, times)| (format!("{{route=\"{route}\"}}"), times.failed.to_string()));
    family("usher_requests_failed_total", "counter", "Answers with 5xx since this server started.", failed.collect());
    let mut lines =
        "# HELP usher_request_seconds How long answers took.\n# TYPE usher_request_seconds histogram\n".to_owned();
    for (route, times) in routes {
        let mut seen = 0;
        for (count, end) in times.bins.iter().zip(BINS_MS) {
            seen += count;
            let end = f64::from(end) / 1_000.0;
            let _ = writeln!(lines, "usher_request_seconds_bucket{{route=\"{route}\",le=\"{end}\"}} {seen}");
        }
        let count: u64 = times.bins.iter().sum();
        let (sum_s, sum_ms) = (times.sum_ms / 1_000, times.sum_ms % 1_000);
        let _ = writeln!(lines, "usher_request_seconds_bucket{{route=\"{route}\",le=\"+Inf\"}} {count}");
        let _ = writeln!(lines, "usher_request_seconds_sum{{route=\"{route}\"}} {sum_s}.{sum_ms:03}");
        let _ = writeln!(lines, "usher_request_seconds_count{{route=\"{route}\"}} {count}");
    }
    text + &lines
}
