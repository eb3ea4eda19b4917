//! The place we were given on the page: its root and its elements. The only file that reaches into the DOM; everything
//! else goes through Leptos.

use leptos::prelude::Mountable;
use shared::submission::values::COUNTRY_SUFFIX;
use shared::wire::{FieldKind, Given};
use wasm_bindgen::prelude::*;
use web_sys::{Element, Event, FormData, HtmlElement, HtmlFormElement};

use crate::form::TRAP;
use crate::form::definition::{Field, Form};
use crate::form::state::Values;

/// A listener; it listens until it is dropped. `Fn`, because moving the focus is heard while the click is still handled.
pub type Listener = Closure<dyn Fn(Event)>;

#[wasm_bindgen]
extern "C" {
    /// A document or a shadow root.
    type Root;
    #[wasm_bindgen(method, js_name = getElementById)]
    fn get_element_by_id(this: &Root, id: &str) -> Option<HtmlElement>;
}

/// What the widget's element heard.
pub enum Heard {
    /// This field was typed in, or filled, at this element.
    Input(String, Element),
    /// This field lost the focus.
    Left(String),
    /// The form is to be sent, or its step is done.
    Submit,
    /// The button of this name and value was pressed.
    Pressed(String, String),
}

/// Where the widget lives.
pub struct Host {
    element: HtmlElement,
}

impl Host {
    /// Takes its place in an element.
    pub fn new(element: HtmlElement) -> Self {
        Self { element }
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
            let target = target.unchecked_into::<Element>();
            match (event.type_().as_str(), target.get_attribute("name")) {
                ("input", Some(name)) => hear(Heard::Input(name, target)),
                ("focusout", Some(name)) => hear(Heard::Left(name)),
                ("click", Some(name)) => hear(Heard::Pressed(name, target.get_attribute("value").unwrap_or_default())),
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

    /// What the form on the page holds now, whoever filled it in: a visitor, autofill or a password manager. A country
    /// belongs to its number, and says nothing alone.
    pub fn values(&self, form: &Form) -> Values {
        let mut values = Values::new();
        let Some(data) = self.data(form) else { return values };
        for Field { name, kind, countries, .. } in &form.fields {
            let mut given = json::texts(&data.get_all(name));
            given.retain(|text| !text.is_empty());
            let value =
                if *kind == FieldKind::MultipleChoice { Some(Given::Many(given)) } else { given.pop().map(Given::One) };
            let Some(value) = value.filter(|value| *value != Given::Many(Vec::new())) else { continue };
            values.push((name.clone(), value));
            let country = [name, COUNTRY_SUFFIX].concat();
            if !countries.is_empty()
                && let Some(code) = data.get(&country).as_string()
            {
                values.push((country, Given::One(code)));
            }
        }
        values
    }

    /// What stands in the field that no person sees.
    pub fn trap(&self, form: &Form) -> String {
        self.data(form).and_then(|data| data.get(TRAP).as_string()).unwrap_or_default()
    }

    fn data(&self, form: &Form) -> Option<FormData> {
        FormData::new_with_form(self.find(&form.id)?.unchecked_ref()).ok()
    }

    fn find(&self, id: &str) -> Option<HtmlElement> {
        self.element.get_root_node().unchecked_into::<Root>().get_element_by_id(id)
    }

    /// Moves the focus to an element.
    pub fn focus(&self, id: &str) {
        if let Some(element) = self.find(id) {
            // An element that will not take the focus leaves it where it is.
            let _ = element.focus();
        }
    }

    /// Empties the form's fields.
    pub fn reset(&self, form: &Form) {
        if let Some(element) = self.find(&form.id) {
            element.unchecked_into::<HtmlFormElement>().reset();
        }
    }
}
