//! Which host serves what, where the operator gave the console a host of its own: whoever breaks a page that visitors see has then
//! nothing of the console's within reach, as the browser keeps the two apart.
//!
//! The console's host serves the console, its calls, and the preview of a site with what that is drawn with; every other host serves
//! everything else. What is for operators and programs, and asks for a token, is at both, as are the signs of life.

use worker::{Request, Response};

use super::problem::problem;
use crate::config::Hosts;
use crate::error::Failure;

/// The answer to what this host does not serve; `None` to everything else.
///
/// # Errors
/// Where the runtime makes no answer.
pub fn elsewhere(hosts: &Hosts, request: &Request, path: &str) -> Option<Result<Response, Failure>> {
    let host = request.headers().get("host").ok().flatten().unwrap_or_default();
    if serves(hosts, &host, path) {
        return None;
    }
    let is_front_door = path == "/" && host.eq_ignore_ascii_case(&hosts.console);
    let console = request.url().and_then(|url| url.join("/console/").map_err(Into::into));
    Some(match console {
        Ok(console) if is_front_door => Response::redirect_with_status(console, 307)
            .map_err(|source| Failure::Object { object: "response", source }),
        _ => problem(404, "not_found", "There is nothing here."),
    })
}

/// Whether a host serves an address. A path is compared as it is read by whoever serves files: without percent signs.
fn serves(hosts: &Hosts, host: &str, path: &str) -> bool {
    let is_console = host.eq_ignore_ascii_case(&hosts.console);
    let path = plain(path);
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    match parts.as_slice() {
        ["livez" | "readyz" | "status" | "metrics" | "__faults", ..] | ["v1", "operator", ..] => true,
        ["console", ..] | ["v1", "console" | "preview", ..] => is_console,
        // What the preview is drawn with: files, and the site's configuration.
        ["w", ..] | ["v1", "boot", ..] | ["v1", _] => true,
        _ => !is_console,
    }
}

fn plain(path: &str) -> String {
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let digit = |byte: Option<u8>| byte.and_then(|byte| char::from(byte).to_digit(16));
        let mut ahead = rest.clone();
        match (byte, digit(ahead.next()), digit(ahead.next())) {
            (b'%', Some(high), Some(low)) => {
                bytes.push(u8::try_from(high * 16 + low).unwrap_or(b'?').to_ascii_lowercase());
                rest = ahead;
            }
            _ => bytes.push(byte.to_ascii_lowercase()),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_host_serves_its_own_and_nothing_of_the_other() {
        let hosts = Hosts { console: "desk.example.com".to_owned(), forms: "https://www.example.com".to_owned() };
        for (path, at_console, elsewhere) in [
            ("/console/", true, false),
            ("/console/queues/sales", true, false),
            ("/CONSOLE/", true, false),
            ("/%63onsole/", true, false),
            ("//console//x", true, false),
            ("/v1/console/session", true, false),
            ("/v1//console/live", true, false),
            ("/v1/preview/pk_x", true, false),
            ("/v1/forms/pk_x/inquiry", false, true),
            ("/v1/%66orms/pk_x/inquiry", false, true),
            ("/v1/files/pk_x", false, true),
            ("/v1/signals/pk_x", false, true),
            ("/v1/known/pk_x", false, true),
            ("/v1/prompts/pk_x", false, true),
            ("/v1/challenge/pk_x", false, true),
            ("/v1/feedback/demo/x", false, true),
            ("/v1/workspaces/demo/events", false, true),
            ("/", false, true),
            ("/pricing/", false, true),
            ("/v1/usher.js", true, true),
            ("/v1/boot/pk_x.js", true, true),
            ("/readyz", true, true),
            ("/v1/operator/workspaces/demo", true, true),
        ] {
            assert_eq!(serves(&hosts, "desk.example.com", path), at_console, "{path} at the console's");
            assert_eq!(serves(&hosts, "Desk.Example.Com", path), at_console, "{path} at the console's");
            for host in ["www.example.com", "127.0.0.1:8787", "", "desk.example.com:8080", "x.desk.example.com"] {
                assert_eq!(serves(&hosts, host, path), elsewhere, "{path} at {host}");
            }
        }
    }
}
