//! The web socket that tells what changes, kept open: it reconnects by itself, with growing pauses.
//! Not here: what a message means for the screens (`app`).

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use leptos::leptos_dom::helpers::{IntervalHandle, TimeoutHandle};
use leptos::prelude::{set_interval_with_handle, set_timeout_with_handle, window, window_event_listener};
use shared::wire::console::Live;
use wasm_bindgen::JsCast;
use wasm_bindgen::closure::Closure;
use web_sys::{Event, MessageEvent, WebSocket};

use crate::api;

/// The first pause before a new attempt, and the longest.
const FIRST_PAUSE_MS: u32 = 500;
const LONGEST_PAUSE_MS: u32 = 20_000;
/// A proxy closes what is silent for a minute, and a network can vanish without a word: so we speak twice a minute.
const PING_EVERY: Duration = Duration::from_secs(25);
const PING: &str = "ping";

/// The state of the connection, as the person sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// On its way for the first time.
    Connecting,
    /// What changes is shown as it changes.
    Connected,
    /// It broke, and is being made again.
    Lost,
}

/// What the connection has to tell.
pub enum Heard {
    /// It is open: from now on nothing is missed.
    Open,
    /// Something changed.
    Said(Box<Live>),
    /// It broke, or could not be made.
    Lost {
        /// Whether it was open before: where not, perhaps nobody is signed in.
        was_open: bool,
    },
}

/// How long to wait before attempt number `attempt` (from 0): doubling, with a random half, so that after a restart of
/// the server not every console comes back in the same second.
pub fn pause_ms(attempt: u32, random: f64) -> u32 {
    let whole = FIRST_PAUSE_MS.saturating_mul(2_u32.saturating_pow(attempt.min(16))).min(LONGEST_PAUSE_MS);
    let half = whole / 2;
    // At most `half`, which is a u32.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
    let jitter = (f64::from(half) * random.clamp(0.0, 1.0)) as u32;
    half + jitter
}

/// An open connection, until it is [stopped](Connection::stop).
#[derive(Clone)]
pub struct Connection(Rc<Inner>);

struct Inner {
    tell: Box<dyn Fn(Heard)>,
    socket: RefCell<Option<Socket>>,
    attempt: Cell<u32>,
    retry: Cell<Option<TimeoutHandle>>,
    pings: Cell<Option<IntervalHandle>>,
    stopped: Cell<bool>,
}

struct Socket {
    raw: WebSocket,
    open: Rc<Cell<bool>>,
    /// Whether this server answers pings, and whether it has answered the last one.
    answers: Rc<Cell<bool>>,
    answered: Rc<Cell<bool>>,
    _listeners: [Closure<dyn FnMut(Event)>; 3],
}

impl Connection {
    /// Connects, and stays connected.
    pub fn start(tell: impl Fn(Heard) + 'static) -> Self {
        let this = Self(Rc::new(Inner {
            tell: Box::new(tell),
            socket: RefCell::new(None),
            attempt: Cell::new(0),
            retry: Cell::new(None),
            pings: Cell::new(None),
            stopped: Cell::new(false),
        }));
        let pinging = this.clone();
        this.0.pings.set(set_interval_with_handle(move || pinging.ping(), PING_EVERY).ok());
        // The listeners stay with the window: a connection lives as long as the page, or is stopped and deaf.
        let online = this.clone();
        let _ = window_event_listener(leptos::ev::online, move |_| online.at_once());
        let offline = this.clone();
        let _ = window_event_listener(leptos::ev::offline, move |_| offline.broke());
        this.connect();
        this
    }

    /// Closes it for good.
    pub fn stop(&self) {
        self.0.stopped.set(true);
        if let Some(pings) = self.0.pings.take() {
            pings.clear();
        }
        if let Some(retry) = self.0.retry.take() {
            retry.clear();
        }
        self.hang_up();
    }

    fn connect(&self) {
        if self.0.stopped.get() {
            return;
        }
        // One that was to be tried later would take the place of this one.
        if let Some(later) = self.0.retry.take() {
            later.clear();
        }
        self.hang_up();
        let Some(raw) = dial() else {
            self.retry_later();
            return;
        };
        let open = Rc::new(Cell::new(false));
        let answers = Rc::new(Cell::new(false));
        let answered = Rc::new(Cell::new(true));

        let on_open = listener({
            let (this, open) = (self.clone(), Rc::clone(&open));
            move |_| {
                open.set(true);
                this.0.attempt.set(0);
                (this.0.tell)(Heard::Open);
            }
        });
        let on_message = listener({
            let (this, answers, answered) = (self.clone(), Rc::clone(&answers), Rc::clone(&answered));
            move |event| {
                answered.set(true);
                let Some(text) = event.dyn_ref::<MessageEvent>().and_then(|it| it.data().as_string()) else {
                    return;
                };
                match serde_json::from_str::<Live>(&text) {
                    Ok(said) => (this.0.tell)(Heard::Said(Box::new(said))),
                    // `pong`, or a message of a later version.
                    Err(_) => answers.set(true),
                }
            }
        });
        let on_close = listener({
            let this = self.clone();
            move |_| this.broke()
        });
        raw.set_onopen(Some(on_open.as_ref().unchecked_ref()));
        raw.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        raw.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        *self.0.socket.borrow_mut() =
            Some(Socket { raw, open, answers, answered, _listeners: [on_open, on_message, on_close] });
    }

    /// The network is back, or the page is: no need to wait.
    fn at_once(&self) {
        let has_socket = self.0.socket.borrow().is_some();
        if !has_socket {
            self.0.attempt.set(0);
            self.connect();
        }
    }

    fn broke(&self) {
        if self.0.stopped.get() {
            return;
        }
        let was_open = self.hang_up();
        self.retry_later();
        (self.0.tell)(Heard::Lost { was_open });
    }

    fn retry_later(&self) {
        let attempt = self.0.attempt.get();
        self.0.attempt.set(attempt.saturating_add(1));
        let pause = pause_ms(attempt, js_sys::Math::random());
        let this = self.clone();
        let retry = set_timeout_with_handle(move || this.connect(), Duration::from_millis(u64::from(pause)));
        if let Some(earlier) = self.0.retry.replace(retry.ok()) {
            earlier.clear();
        }
    }

    /// Lets go of the socket; true if it was open.
    fn hang_up(&self) -> bool {
        let Some(socket) = self.0.socket.borrow_mut().take() else {
            return false;
        };
        socket.raw.set_onopen(None);
        socket.raw.set_onmessage(None);
        socket.raw.set_onclose(None);
        // Already closed is fine.
        let _ = socket.raw.close();
        socket.open.get()
    }

    fn ping(&self) {
        let silent = match &*self.0.socket.borrow() {
            Some(socket) if socket.open.get() => {
                let silent = socket.answers.get() && !socket.answered.get();
                socket.answered.set(false);
                // What cannot be sent is noticed as a close.
                let _ = socket.raw.send_with_str(PING);
                silent
            }
            _ => false,
        };
        if silent {
            self.broke();
        }
    }
}

fn dial() -> Option<WebSocket> {
    let location = window().location();
    let scheme = if location.protocol().ok()? == "https:" { "wss" } else { "ws" };
    WebSocket::new(&format!("{scheme}://{}{}", location.host().ok()?, api::live_path())).ok()
}

fn listener(heard: impl FnMut(Event) + 'static) -> Closure<dyn FnMut(Event)> {
    Closure::new(heard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_limit() {
        let longest: Vec<u32> = (0..8).map(|attempt| pause_ms(attempt, 1.0)).collect();
        assert_eq!(longest, [500, 1000, 2000, 4000, 8000, 16_000, 20_000, 20_000]);
        assert_eq!(pause_ms(u32::MAX, 1.0), LONGEST_PAUSE_MS);
    }

    #[test]
    fn half_of_a_pause_is_random() {
        assert_eq!(pause_ms(3, 0.0), 2000);
        assert_eq!(pause_ms(3, 0.5), 3000);
        assert_eq!(pause_ms(3, f64::NAN), 2000, "no number, no jitter");
    }
}
