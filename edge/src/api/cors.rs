//! Who may read an answer: the origins that a site lists, and no other. Credentials are never allowed.

use worker::{Headers, Request, Response, Result};

use crate::api::problem::done;
use crate::error::Failure;

/// Where a request comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// No browser, or a browser on a page of ours.
    Ours,
    /// A page on this origin.
    Page(String),
}

impl Origin {
    /// Reads it. A page of ours is one with our own host: the plain form, the demo platform.
    pub fn of(request: &Request) -> Self {
        Self::said_in(request.headers())
    }

    /// The same, of a request's headers.
    pub fn said_in(headers: &Headers) -> Self {
        let header = |name: &str| headers.get(name).ok().flatten();
        match header("origin") {
            None => Self::Ours,
            Some(origin) if host_of(&origin) == header("host").as_deref() => Self::Ours,
            Some(origin) => Self::Page(origin),
        }
    }

    /// The foreign origin.
    pub fn page(&self) -> Option<&str> {
        match self {
            Self::Ours => None,
            Self::Page(origin) => Some(origin),
        }
    }

    /// Lets the page read the answer, where it may.
    ///
    /// # Errors
    /// Where the runtime refuses the header.
    pub fn allow(&self, response: Response, allowed: bool) -> std::result::Result<Response, Failure> {
        done(self.say_in(response.headers(), allowed))?;
        Ok(response)
    }

    /// The same, in an answer's headers.
    ///
    /// # Errors
    /// As [`Origin::allow`].
    pub fn say_in(&self, headers: &Headers, allowed: bool) -> Result<()> {
        if let Self::Page(origin) = self {
            headers.set("vary", "origin")?;
            if allowed {
                headers.set("access-control-allow-origin", origin)?;
            }
        }
        Ok(())
    }
}

fn host_of(origin: &str) -> Option<&str> {
    origin.split_once("://").map(|(_, host)| host)
}
