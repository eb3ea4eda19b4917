//! The place we were given on the page: its root, its stylesheet, its elements, and the browser's random source. The
//! only file that reaches into the DOM; everything else goes through Leptos.

use js_sys::{Array, Date};
use leptos::prelude::Mountable;
use shared::submission::{Day, Today};
use shared::wire::{Form, Given};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, FormData, HtmlElement, HtmlFormElement};

use crate::form::state::Values;

/// A listener; it listens until it is dropped. `Fn`, because moving the focus is heard while the click is still handled.
pub type Listener = Closure<dyn Fn(Event)>;

/// Minified by `build.rs`.
const STYLE: &str = include_str!(concat!(env!("OUT_DIR"), "/style.css"));

#[wasm_bindgen]
extern "C" {
    /// A document or a shadow root.
    #[derive(Clone)]
    type Root;
    #[wasm_bindgen(method, getter, js_name = adoptedStyleSheets)]
    fn sheets(this: &Root) -> Array;
    #[wasm_bindgen(method, js_name = getElementById)]
    fn get_element_by_id(this: &Root, id: &str) -> Option<HtmlElement>;

    #[wasm_bindgen(js_name = CSSStyleSheet)]
    type Sheet;
    #[wasm_bindgen(constructor, js_class = CSSStyleSheet, catch)]
    fn new() -> Result<Sheet, JsValue>;
    #[wasm_bindgen(method, catch, js_name = replaceSync)]
    fn replace_sync(this: &Sheet, text: &str) -> Result<(), JsValue>;

    #[wasm_bindgen(js_namespace = crypto, js_name = getRandomValues)]
    fn get_random_values(bytes: &mut [u8]);

    #[wasm_bindgen(js_namespace = ["navigator", "clipboard"], js_name = writeText, catch)]
    fn write_text(text: &str) -> Result<js_sys::Promise, JsValue>;
}

/// What the widget's element heard.
pub enum Heard {
    /// This field was typed in, or filled.
    Input(String),
    /// This field lost the focus.
    Left(String),
    /// The form is to be sent.
    Submit,
    /// This button was pressed.
    Pressed(String),
}

/// Where the widget lives.
pub struct Host {
    element: HtmlElement,
    root: Root,
}

impl Host {
    /// Takes its place in an element, and brings its styles along: once to each root.
    ///
    /// A constructed sheet, because a host page's `style-src` may refuse `<style>` and `style=""`.
    pub fn new(element: HtmlElement) -> Result<Self, JsValue> {
        thread_local! {
            static SHEET: Option<Sheet> = Sheet::new().ok().filter(|sheet| sheet.replace_sync(STYLE).is_ok());
        }
        let root: Root = element.get_root_node().unchecked_into();
        SHEET.with(|sheet| {
            let sheet = sheet.as_ref().ok_or(JsValue::UNDEFINED)?;
            let sheets = root.sheets();
            if !sheets.includes(sheet, 0) {
                sheets.push(sheet);
            }
            Ok::<_, JsValue>(())
        })?;
        Ok(Self { element, root })
    }

    /// Puts a view in the element.
    pub fn mount(&self, view: &mut impl Mountable) {
        view.mount(&self.element, None);
    }

    /// Listens to everything in the element. One listener for each kind of event, wherever it happens: Leptos's own
    /// `on:` brings the machinery of delegated events along. Listens until the listeners are dropped.
    pub fn listen(&self, hear: impl Fn(Heard) + 'static) -> Result<Listener, JsValue> {
        let listener = Closure::<dyn Fn(Event)>::new(move |event: Event| {
            let Some(target) = event.target() else { return };
            let name = target.unchecked_into::<Element>().get_attribute("name");
            match (event.type_().as_str(), name) {
                ("input", Some(name)) => hear(Heard::Input(name)),
                ("focusout", Some(name)) => hear(Heard::Left(name)),
                ("click", Some(name)) => hear(Heard::Pressed(name)),
                ("submit", _) => {
                    event.prevent_default();
                    hear(Heard::Submit);
                }
                _ => {}
            }
        });
        for kind in ["input", "focusout", "click", "submit"] {
            self.element.add_event_listener_with_callback(kind, listener.as_ref().unchecked_ref())?;
        }
        Ok(listener)
    }

    /// What the form on the page holds now, whoever filled it in: a visitor, autofill or a password manager.
    pub fn values(&self, form: &Form) -> Values {
        let mut values = Values::new();
        let element = self.root.get_element_by_id(&form.id);
        let Some(Ok(data)) = element.map(|element| FormData::new_with_form(element.unchecked_ref())) else {
            return values;
        };
        for field in &form.fields {
            if let Some(value) = data.get(&field.name).as_string()
                && !value.is_empty()
            {
                values.insert(field.name.clone(), Given::One(value));
            }
        }
        values
    }

    /// Moves the focus to an element.
    pub fn focus(&self, id: &str) {
        if let Some(element) = self.root.get_element_by_id(id) {
            // An element that will not take the focus leaves it where it is.
            let _ = element.focus();
        }
    }

    /// Empties the form's fields.
    pub fn reset(&self, form: &Form) {
        if let Some(element) = self.root.get_element_by_id(&form.id) {
            element.unchecked_into::<HtmlFormElement>().reset();
        }
    }
}

/// The day it is where the visitor is.
pub fn today() -> Today {
    let local = Date::now() - Date::new_0().get_timezone_offset() * 60_000.0;
    // `as` saturates, and the clock of a browser counts no more than 275,760 years.
    #[expect(clippy::cast_possible_truncation)]
    Today::exactly(Day::from_1970((local / 86_400_000.0).floor() as i64))
}

/// A random UUID (RFC 9562, version 4). `crypto.randomUUID` is not there on a page without TLS; this is.
pub fn uuid() -> String {
    let mut bytes = [0; 16];
    get_random_values(&mut bytes);
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.into_iter().enumerate() {
        let byte = match index {
            6 => byte & 0x0f | 0x40,
            8 => byte & 0x3f | 0x80,
            _ => byte,
        };
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        for digit in [byte >> 4, byte & 15] {
            text.push(char::from_digit(digit.into(), 16).unwrap_or('0'));
        }
    }
    text
}

/// Puts text on the clipboard; says whether the browser took it up.
pub fn copy(text: &str) -> bool {
    write_text(text).is_ok()
}
