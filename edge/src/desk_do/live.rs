//! Web sockets to the consoles: each change of an item, to each member who works its queue.
//!
//! Sockets hibernate: the runtime keeps them while the object sleeps, and their tags say whose they are.

use shared::config::Config;
use shared::wire::console::Live;
use worker::{Request, Response, WebSocketPair};

use super::{Desk, views};
use crate::error::Failure;
use crate::log;
use crate::sql::to_json;

/// Where the Worker hands an upgrade request to.
pub const PATH: &str = "/live";
/// The header that carries the session's secret from the Worker to the desk.
pub const SESSION_HEADER: &str = "usher-session";

impl Desk {
    /// Opens a member's socket.
    pub(super) fn open_live(&self, request: &Request) -> worker::Result<Response> {
        let secret = request.headers().get(SESSION_HEADER)?.unwrap_or_default();
        let Some((member, hash)) = self.member_of(&secret)? else { return Response::error("sign in first", 401) };
        let pair = WebSocketPair::new()?;
        self.state.accept_websocket_with_tags(&pair.server, &[&member, &hash]);
        Response::from_websocket(pair.client)
    }

    /// Tells everybody who works the item's queue how it stands now.
    pub(super) fn tell(&self, config: &Config, item: &str) -> Result<(), Failure> {
        let sockets = self.state.get_websockets();
        if sockets.is_empty() {
            return Ok(());
        }
        let Some(row) = views::row(&self.db, config, item)? else { return Ok(()) };
        let queue = row.queue.clone();
        let live = Live::Item { row, queues: views::queues(&self.db, config, None)? };
        let message = to_json("live", &live)?;
        for socket in sockets {
            let works_it = self
                .state
                .get_tags(&socket)
                .iter()
                .any(|tag| config.member(tag).is_some_and(|member| member.queues.contains(&queue)));
            if works_it && socket.send_with_str(&message).is_err() {
                // It is closing: the console connects again and reads the queue anew.
                log::event("socket_gone", "");
            }
        }
        Ok(())
    }

    /// Closes the sockets of a session that has ended.
    pub(super) fn hang_up(&self, session_hash: &str) {
        for socket in self.state.get_websockets_with_tag(session_hash) {
            if socket.close(Some(4001), Some("signed out")).is_err() {
                log::event("socket_gone", "");
            }
        }
    }
}

/// Whether a close code may be sent (RFC 6455, 7.4): 1005, 1006 and 1015 only ever describe a close.
pub fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
