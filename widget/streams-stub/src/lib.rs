//! An empty `wasm-streams`.
//!
//! Leptos always links its server functions, they link `wasm-streams`, and its `#[wasm_bindgen]` exports stay in every
//! module that they are linked into: 5.8 KB brotli of 51 that no visitor ever runs. Usher has no server functions, so
//! this crate gives `server_fn` the few names it compiles against, and a stream that is always empty.

use futures_core::Stream;
use futures_util::stream::{Empty, empty};
use wasm_bindgen::{JsCast, JsValue};

/// A stream of the browser's.
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Takes a stream of the browser's.
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Gives up the stream: nothing is read from it.
    pub fn from_stream<S>(_: S) -> Self
    where
        S: Stream<Item = Result<JsValue, JsValue>> + 'static,
    {
        Self(web_sys::ReadableStream::new().unwrap_or_else(|_| JsValue::UNDEFINED.unchecked_into()))
    }

    /// The stream of the browser's.
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Nothing.
    pub fn into_stream(self) -> Empty<Result<JsValue, JsValue>> {
        empty()
    }
}
