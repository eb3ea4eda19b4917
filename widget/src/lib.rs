//! The widget that visitors meet: one form, from its definition to the moment it is sent.
//!
//! [`mount`] is the surface. The panel calls it with an element inside its shadow root; it draws the form there, and
//! shows what is asked of this visitor and what is wrong, as the rules say.
//!
//! Not here: what values must be (`rules`, which is fetched once the form can be seen), the launcher, the panel and the signals (`loader/page.js`, `loader/panel.js`), sending and what comes of it
//! (`loader/sending.js`), and what a submission is worth (the edge).

mod form;
mod host;
mod view;

use std::rc::Rc;

use wasm_bindgen::prelude::*;
use web_sys::HtmlElement;

use form::Ui;
use form::definition::Form;

#[wasm_bindgen]
extern "C" {
    /// What the panel tells the widget. As a JavaScript object:
    ///
    /// * `word(name, a, b)`: the widget's own words, with what stands in their holes;
    /// * `known`: the fields that need not be asked, each with `name`, `value` and, in words, where it is `from`;
    /// * `draft`: whether there is something to bring back; the panel fills it in;
    /// * `read(values)`: what the rules say, with `asked` and `problems`, or nothing while they are not here;
    /// * `ready()`: whether they are here; if not, `submit` is told when they are;
    /// * `day(limit)`: a day as the form writes it (`today+14`) on the calendar; `country(code)`: a country's name;
    /// * `hidden(kind, name)`: what the page, or its address (`query`), says;
    /// * `began()`: the visitor typed for the first time; `changed(values)`: what is typed now, worth keeping, as JSON;
    /// * `file(name, input)`: a file was chosen, or (without `input`) is taken back;
    /// * `send(values, trap)`: the form is to be sent: its values as JSON; and `afresh()`: what was kept can go.
    pub type Options;
    #[wasm_bindgen(method)]
    fn word(this: &Options, name: &str, a: &str, b: &str) -> String;
    #[wasm_bindgen(method)]
    fn read(this: &Options, values: &str) -> JsValue;
    #[wasm_bindgen(method)]
    fn ready(this: &Options) -> bool;
    #[wasm_bindgen(method)]
    fn day(this: &Options, limit: &str) -> String;
    #[wasm_bindgen(method)]
    fn country(this: &Options, code: &str) -> String;
    #[wasm_bindgen(method)]
    fn hidden(this: &Options, kind: &str, name: &str) -> String;
    #[wasm_bindgen(method)]
    fn began(this: &Options);
    #[wasm_bindgen(method)]
    fn changed(this: &Options, values: &str);
    #[wasm_bindgen(method)]
    fn file(this: &Options, name: &str, input: &JsValue);
    #[wasm_bindgen(method)]
    fn send(this: &Options, values: &str, trap: &str);
    #[wasm_bindgen(method)]
    fn afresh(this: &Options);
}

/// A mounted form. Keep it as long as the form is to live.
#[wasm_bindgen]
pub struct Handle {
    ui: Rc<Ui>,
    _listener: host::Listener,
}

#[wasm_bindgen]
impl Handle {
    /// What the form must know: `busy`, `idle`, `wrong` (about a problem), `failed` (with a sentence), `away`, `back`,
    /// `fresh`, `fill` (its fields hold something else, or the rules are here), `file` (about a file) and `submit`.
    pub fn tell(&self, kind: &str, about: JsValue) {
        self.ui.told(kind, &about);
    }

    /// Takes the form away.
    pub fn unmount(self) {
        self.ui.unmount();
    }
}

/// A form that was read: what is left is to draw it, in a task of its own.
#[wasm_bindgen]
pub struct Definition(Form);

#[wasm_bindgen]
impl Definition {
    /// Reads a form as it came with the configuration. Nothing comes back where it is none that we know.
    pub fn read(form: &JsValue) -> Option<Definition> {
        Form::read(form).map(Self)
    }
}

/// Draws a form in an element.
#[wasm_bindgen]
pub fn mount(form: Definition, element: HtmlElement, options: Options) -> Option<Handle> {
    let ui = Ui::new(form.0, host::Host::new(element), options);
    let listener = ui.listen()?;
    Some(Handle { ui, _listener: listener })
}
