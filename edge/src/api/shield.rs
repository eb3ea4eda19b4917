//! What an answer tells browsers to keep out, beside what it says itself: those to staff, to the operator and to servers are read by
//! programs, shown by nobody, kept nowhere. Pages and files have policies of their own.

use worker::Response;

/// For everything that is said to whoever has a session or a token. `localhost` and plain HTTP take no notice of the last one.
const OURS: [(&str, &str); 6] = [
    ("content-security-policy", "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"),
    ("cache-control", "no-store"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-resource-policy", "same-origin"),
    ("cross-origin-opener-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000"),
];
/// For everything.
const ALL: [(&str, &str); 1] = [("x-content-type-options", "nosniff")];

/// Adds what an answer of ours lacks. An answer that the runtime or the files' server made keeps its own headers: it takes no
/// others.
pub fn shield(path: &str, response: Response) -> Response {
    const SWITCHING_PROTOCOLS: u16 = 101;
    let is_ours = ["/v1/console", "/v1/operator", "/v1/workspaces"].iter().any(|start| path.starts_with(start));
    if response.status_code() == SWITCHING_PROTOCOLS {
        return response;
    }
    let headers = response.headers();
    for (name, value) in ALL.iter().chain(is_ours.then_some(&OURS).into_iter().flatten()) {
        if headers.has(name).is_ok_and(|there| !there) {
            let _ = headers.set(name, value);
        }
    }
    response
}
