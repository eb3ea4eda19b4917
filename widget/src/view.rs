//! The two kinds of thing the widget draws, elements and text, as Leptos views.
//!
//! Two habits of Leptos are left out, for their weight (brotli, of a widget of 40 KB):
//!
//! * Signals and effects: 10.7 KB. The form has one state and changes it in one place, so the whole view is made anew
//!   from it and Leptos's own `rebuild` finds what differs.
//! * A type for each element, made of its attributes and children: 12 KB. Here all elements share one type.
//!
//! No markup goes through `innerHTML`, as static markup in `view!` does: a page with Trusted Types takes it.

use leptos::html::custom;
use leptos::prelude::*;
use leptos::tachys::html::attribute::{Attribute, NextAttribute};
use leptos::tachys::renderer::Rndr;
use web_sys::Element;

/// An element. Its tag is in capitals, as the DOM gives it back: Leptos compares the two.
pub fn el(tag: &'static str, attributes: Attributes, children: Vec<AnyView>) -> AnyView {
    custom(tag).add_any_attr(attributes).child(children).into_any()
}

/// Text.
pub fn text(text: impl Into<String>) -> Vec<AnyView> {
    vec![text.into().into_any()]
}

/// No attributes.
pub fn none() -> Attributes {
    Attributes(Vec::new())
}

/// The attributes of one element, always in the same order; one without a value is not there.
#[derive(Clone)]
pub struct Attributes(Vec<(&'static str, Option<String>)>);

impl Attributes {
    /// One attribute more.
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.0.push((name, Some(value.into())));
        self
    }

    /// One attribute more, where there is a value for it.
    pub fn maybe(mut self, name: &'static str, value: Option<String>) -> Self {
        self.0.push((name, value));
        self
    }
}

/// An attribute of this name and value to begin with.
pub fn attr(name: &'static str, value: impl Into<String>) -> Attributes {
    none().with(name, value)
}

impl Attribute for Attributes {
    const MIN_LENGTH: usize = 0;

    type State = (Element, Self);
    type AsyncOutput = Self;
    type Cloneable = Self;
    type CloneableOwned = Self;

    fn build(self, element: &Element) -> Self::State {
        for (name, value) in &self.0 {
            if let Some(value) = value {
                Rndr::set_attribute(element, name, value);
            }
        }
        (element.clone(), self)
    }

    fn rebuild(self, (element, drawn): &mut Self::State) {
        for ((name, new), (_, old)) in self.0.iter().zip(&drawn.0) {
            match new {
                _ if new == old => {}
                Some(value) => Rndr::set_attribute(element, name, value),
                None => Rndr::remove_attribute(element, name),
            }
        }
        *drawn = self;
    }

    // What follows is for rendering on a server, which the widget never does.

    fn html_len(&self) -> usize {
        0
    }

    fn to_html(self, _: &mut String, _: &mut String, _: &mut String, _: &mut String) {}

    fn hydrate<const FROM_SERVER: bool>(self, element: &Element) -> Self::State {
        self.build(element)
    }

    fn into_cloneable(self) -> Self {
        self
    }

    fn into_cloneable_owned(self) -> Self {
        self
    }

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }
}

impl NextAttribute for Attributes {
    type Output<New: Attribute> = (Self, New);

    fn add_any_attr<New: Attribute>(self, new: New) -> Self::Output<New> {
        (self, new)
    }
}
