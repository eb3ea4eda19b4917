//! The widget that visitors meet: one form, from its definition to its receipt.
//!
//! [`mount`] is the whole surface. The loader calls it with an element inside its shadow root; it draws the form
//! there, checks it with the rules of `shared`, sends it, and shows what became of it.
//!
//! Not here: the launcher, the panel and the signals (the loader, `loader/usher.js`), and what a submission is worth
//! (the edge).

mod api;
mod form;
mod host;
mod json;
mod receipt;
mod view;

use std::rc::Rc;

use js_sys::Array;
use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// What the page tells the widget. As a JavaScript object:
    ///
    /// * `boot`: the text of `GET /v1/boot/{site}`; `site`: the site key; `form`: the form's id; `origin`: the edge's;
    /// * `page()`: the page as it is now, as a `wire::Page`;
    /// * `signals()`: the signals not sent yet, lent to the submission until `settled(accepted)` says how it went;
    /// * `signal(kind)`: something happened that is worth a signal;
    /// * `close()`: the visitor is done.
    pub type Options;
    #[wasm_bindgen(method)]
    fn page(this: &Options) -> JsValue;
    #[wasm_bindgen(method)]
    fn signals(this: &Options) -> Array;
    #[wasm_bindgen(method)]
    fn settled(this: &Options, accepted: bool);
    #[wasm_bindgen(method)]
    fn signal(this: &Options, kind: &str);
    #[wasm_bindgen(method)]
    fn close(this: &Options);
}

/// A mounted form. Keep it as long as the form is to live.
#[wasm_bindgen]
pub struct Handle {
    ui: Rc<form::Ui>,
    _listener: host::Listener,
}

#[wasm_bindgen]
impl Handle {
    /// Takes the form away.
    pub fn unmount(self) {
        self.ui.unmount();
    }
}

/// Draws a form in an element. Nothing comes back where the configuration has no such form, or the browser cannot draw it.
#[wasm_bindgen]
pub fn mount(element: HtmlElement, options: Options) -> Option<Handle> {
    let boot = json::parse(&json::text(&options, "boot"));
    let form = shared::form::Form::read_sent(json::form(&boot, &json::text(&options, "form"))?)?;
    let host = host::Host::new(element).ok()?;
    let ui = form::Ui::new(form, json::words(&boot), host, options);
    let listener = ui.listen()?;
    Some(Handle { ui, _listener: listener })
}
