//! Web sockets to the consoles: each change of an item, to each member who works its queue.
//!
//! Sockets hibernate: the runtime keeps them while the object sleeps, and their tags say whose they are.

use shared::config::Config;
use shared::wire::console::Live;
use worker::worker_sys::WebSocketRequestResponsePair;
use worker::{Request, Response, WebSocket, WebSocketPair};

use super::ask::Reply;
use super::{Desk, now_ms, views};
use crate::error::Failure;
use crate::sql::to_json;
use crate::{log, values};

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
        // A console asks now and then whether anybody is there; the runtime answers while the object sleeps.
        self.state.set_websocket_auto_response(&WebSocketRequestResponsePair::new("ping", "pong")?);
        self.state.accept_websocket_with_tags(&pair.server, &[&member, &hash]);
        self.come(&member)?;
        // Where a pool only picks those who are there, one more is.
        if let Some(config) = self.config()?.filter(|config| config.rotas().any(|(_, rota)| rota.present_only)) {
            self.assign_after(&config);
        }
        Response::from_websocket(pair.client)
    }

    /// Tells everybody who works the item's queue how it stands now. What was done stays done if that fails: a console
    /// that hears nothing reads the queue anew when it connects again.
    pub(super) fn tell(&self, config: &Config, item: &str) {
        if let Err(failure) = self.try_to_tell(config, item) {
            log::failure("live", &failure);
        }
    }

    fn try_to_tell(&self, config: &Config, item: &str) -> Result<(), Failure> {
        let sockets = self.listening()?;
        if sockets.is_empty() {
            return Ok(());
        }
        let Some(row) = views::row(&self.db, config, item)? else { return Ok(()) };
        for (socket, tags) in sockets {
            let member = tags.iter().find_map(|tag| config.member(tag));
            let Some(member) = member.filter(|member| member.queues.contains(&row.queue)) else { continue };
            let queues = views::queues(&self.db, config, Some(member))?;
            let message = to_json("live", &Live::Item { row: row.clone(), queues })?;
            if socket.send_with_str(&message).is_err() {
                log::event("socket_gone", "");
            }
        }
        Ok(())
    }

    /// Tells everybody that items are gone.
    pub(super) fn tell_gone(&self) {
        if let Err(failure) = self.say(&Live::Gone) {
            log::failure("live", &failure);
        }
    }

    /// The pools of which a member has a console open and is not away.
    pub(super) fn online(&self) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(super::no_workspace()) };
        let tags: Vec<String> =
            self.state.get_websockets().iter().flat_map(|socket| self.state.get_tags(socket)).collect();
        let team = self.team(&config)?;
        let members = config.source().members.iter().zip(&team.loads);
        let there: Vec<&str> = members
            .filter(|(member, load)| tags.contains(&member.id) && !load.is_away)
            .map(|(member, _)| member.id.as_str())
            .collect();
        let pools = config.source().pools.iter();
        let with_somebody =
            pools.filter(|pool| pool.members.iter().any(|place| there.contains(&place.member.as_str())));
        super::ok(&with_somebody.map(|pool| pool.id.as_str()).collect::<Vec<_>>())
    }

    /// Tells every member how many submissions wait for review.
    pub(super) fn tell_waiting(&self, waiting: u32) {
        if let Err(failure) = self.say(&Live::Held { waiting }) {
            log::failure("live", &failure);
        }
    }

    /// Says the same to everybody.
    fn say(&self, what: &Live) -> Result<(), Failure> {
        let message = to_json("live", what)?;
        for (socket, _) in self.listening()? {
            if socket.send_with_str(&message).is_err() {
                log::event("socket_gone", "");
            }
        }
        Ok(())
    }

    /// The open sockets, each with its tags. A session that ends by time tells nobody, so whose has ended is closed here, before
    /// it hears of anything.
    fn listening(&self) -> Result<Vec<(WebSocket, Vec<String>)>, Failure> {
        let sockets = self.state.get_websockets();
        if sockets.is_empty() {
            return Ok(Vec::new());
        }
        let rows = self.db.rows("session", "SELECT hash FROM session WHERE expires_at > ?", values![now_ms()])?;
        let hashes: Vec<&str> = rows.iter().map(|row| row.text(0)).collect::<Result<_, Failure>>()?;
        let mut listening = Vec::with_capacity(sockets.len());
        for socket in sockets {
            let tags = self.state.get_tags(&socket);
            if tags.iter().any(|tag| hashes.contains(&tag.as_str())) {
                listening.push((socket, tags));
            } else {
                close(&socket);
            }
        }
        Ok(listening)
    }

    /// Closes the sockets of a session that has ended.
    pub(super) fn hang_up(&self, session_hash: &str) {
        for socket in self.state.get_websockets_with_tag(session_hash) {
            close(&socket);
        }
    }
}

fn close(socket: &WebSocket) {
    if socket.close(Some(4001), Some("signed out")).is_err() {
        log::event("socket_gone", "");
    }
}

/// Whether a close code may be sent (RFC 6455, 7.4): 1005, 1006 and 1015 only ever describe a close.
pub fn may_be_sent(code: u16) -> bool {
    matches!(code, 1000..=1003 | 1007..=1014 | 3000..=4999)
}
