//! The three cookies of the console. All are `__Host-`: over TLS only (or on localhost), this host only, the whole of it.
//!
//! * `usher`: the session, a week; no other site's page sends it, not even by a link (`Strict`);
//! * `usher-device`: a browser that has signed in before, half a year; it opens nothing, and only spares it the waits that
//!   others caused;
//! * `usher-openid`: the way back from a provider, ten minutes. `Lax`, because the provider's page leads here.

use worker::{Request, Response};

use crate::api::problem::done;
use crate::error::Failure;

const RULES: &str = "Path=/; Secure; HttpOnly; SameSite=Strict";
const LAX_RULES: &str = "Path=/; Secure; HttpOnly; SameSite=Lax";

/// One of the cookies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cookie {
    /// `{workspace}.{secret}`.
    Session,
    /// `{id}.{seal}`.
    Device,
    /// Sealed: see `openid`.
    OpenId,
}

impl Cookie {
    fn name(self) -> &'static str {
        match self {
            Self::Session => "__Host-usher",
            Self::Device => "__Host-usher-device",
            Self::OpenId => "__Host-usher-openid",
        }
    }

    /// How long it lasts, in seconds.
    fn max_age_s(self) -> i64 {
        match self {
            // As long as the session.
            Self::Session => 7 * 24 * 60 * 60,
            Self::Device => 180 * 24 * 60 * 60,
            Self::OpenId => super::openid::STATE_S,
        }
    }

    fn rules(self) -> &'static str {
        if self == Self::OpenId { LAX_RULES } else { RULES }
    }

    /// What a request brings of it.
    pub fn of(self, request: &Request) -> Option<String> {
        let header = request.headers().get("cookie").ok().flatten()?;
        header.split(';').find_map(|one| one.trim().strip_prefix(self.name())?.strip_prefix('=').map(str::to_owned))
    }

    /// Sets it.
    ///
    /// # Errors
    /// Where the runtime refuses the header.
    pub fn set(self, response: &Response, value: &str) -> Result<(), Failure> {
        self.write(response, value, self.max_age_s())
    }

    /// Takes it away.
    ///
    /// # Errors
    /// As [`Self::set`].
    pub fn clear(self, response: &Response) -> Result<(), Failure> {
        self.write(response, "", 0)
    }

    fn write(self, response: &Response, value: &str, max_age_s: i64) -> Result<(), Failure> {
        let cookie = format!("{}={value}; Max-Age={max_age_s}; {}", self.name(), self.rules());
        done(response.headers().append("set-cookie", &cookie)).map(drop)
    }
}

/// The workspace and the secret of the session's cookie.
pub fn session_of(request: &Request) -> Option<(String, String)> {
    let cookie = Cookie::Session.of(request)?;
    let (workspace, secret) = cookie.split_once('.')?;
    Some((workspace.to_owned(), secret.to_owned()))
}

/// The secret of the session that this browser has, if it is of this workspace.
pub fn before(request: &Request, workspace: &str) -> Option<String> {
    session_of(request).filter(|(of, _)| of == workspace).map(|(_, secret)| secret)
}
