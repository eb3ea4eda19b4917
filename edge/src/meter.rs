//! How long routes take, since this isolate started: counts in bins, of nobody and of nothing that was sent.

use std::cell::RefCell;
use std::collections::BTreeMap;

use shared::wire::delivery::RouteTime;
use worker::Method;

/// The upper ends of the bins, in milliseconds; what takes longer is in one of its own.
pub const BINS_MS: [u32; 13] = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];
/// Routes that are told apart: a route's name, and no id, is in here.
const ROUTES: [&str; 11] = [
    "boot",
    "forms",
    "files",
    "prompts",
    "signals",
    "challenge",
    "known",
    "feedback",
    "workspaces",
    "operator",
    "preview",
];
const CONSOLE: [&str; 26] = [
    "session",
    "sign-in",
    "presence",
    "queues",
    "search",
    "held",
    "calls",
    "items",
    "audit",
    "views",
    "notices",
    "people",
    "account",
    "members",
    "team",
    "routing",
    "scoring",
    "sites",
    "experiments",
    "destinations",
    "deliveries",
    "operations",
    "live",
    "tokens",
    "export",
    "privacy",
];
/// The most of the slowest that are shown.
const SHOWN: usize = 10;

/// What was measured of a route.
#[derive(Debug, Clone, Default)]
pub struct Times {
    /// Answers, by bin; the last one is of what took longer than the last end.
    pub bins: [u64; BINS_MS.len() + 1],
    /// Answers with 5xx.
    pub failed: u64,
    /// All of it, in milliseconds.
    pub sum_ms: u64,
}

thread_local! {
    static ROUTE_TIMES: RefCell<BTreeMap<String, Times>> = const { RefCell::new(BTreeMap::new()) };
}

/// Notes an answer.
pub fn note(method: &Method, path: &str, status: u16, took_ms: u64) {
    ROUTE_TIMES.with_borrow_mut(|all| {
        let times = all.entry(label(method, path)).or_default();
        let bin = BINS_MS.iter().position(|end| took_ms <= u64::from(*end)).unwrap_or(BINS_MS.len());
        if let Some(count) = times.bins.get_mut(bin) {
            *count += 1;
        }
        times.failed += u64::from(status >= 500);
        times.sum_ms += took_ms;
    });
}

/// All routes, by name.
pub fn all() -> BTreeMap<String, Times> {
    ROUTE_TIMES.with_borrow(Clone::clone)
}

/// The slowest routes, the slowest first.
pub fn slowest() -> Vec<RouteTime> {
    let of = |(route, times): (String, Times)| RouteTime {
        count: times.bins.iter().sum(),
        failed: times.failed,
        p50_ms: times.at(500),
        p99_ms: times.at(990),
        route,
    };
    let mut routes: Vec<RouteTime> = all().into_iter().map(of).collect();
    routes.sort_by_key(|route| std::cmp::Reverse((route.p99_ms, route.p50_ms, route.count)));
    routes.truncate(SHOWN);
    routes
}

impl Times {
    /// The end of the bin below which so many in a thousand lie.
    fn at(&self, permille: u64) -> u32 {
        let all: u64 = self.bins.iter().sum();
        let mut seen = 0;
        for (count, end) in self.bins.iter().zip(BINS_MS) {
            seen += count;
            if seen * 1_000 >= all * permille {
                return end;
            }
        }
        BINS_MS.last().copied().unwrap_or(0)
    }
}

fn label(method: &Method, path: &str) -> String {
    let known =
        |names: &[&'static str], name: &str| names.iter().copied().find(|known| *known == name).unwrap_or("other");
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    let route = match parts.as_slice() {
        ["v1", "console", name, ..] => format!("/v1/console/{}", known(&CONSOLE, name)),
        ["v1", name, _, ..] => format!("/v1/{}", known(&ROUTES, name)),
        [name @ ("livez" | "readyz" | "status" | "metrics")] => format!("/{name}"),
        ["__faults", ..] => "/__faults".to_owned(),
        _ => "static files".to_owned(),
    };
    format!("{} {route}", method.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_known_by_its_name_and_never_by_an_id() {
        assert_eq!(label(&Method::Post, "/v1/forms/pk_demo/inquiry"), "POST /v1/forms");
        assert_eq!(label(&Method::Get, "/v1/console/items/0199ab"), "GET /v1/console/items");
        assert_eq!(label(&Method::Get, "/v1/ana@example.com/x"), "GET /v1/other");
        assert_eq!(label(&Method::Get, "/ana@example.com"), "GET static files");
        assert_eq!(label(&Method::Get, "/metrics"), "GET /metrics");
    }

    #[test]
    fn half_of_the_answers_lie_below_the_median() {
        let mut times = Times::default();
        times.bins[0] = 98;
        times.bins[6] = 2;
        assert_eq!((times.at(500), times.at(990)), (1, 100));
    }
}
