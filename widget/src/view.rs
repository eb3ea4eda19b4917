//! The few kinds of thing the widget draws: an element, text, and text or attributes that follow the state.
//!
//! Leptos gives every element a type of its own, made of its attributes and children, and every type brings its own copy
//! of the drawing code. Here all elements share one type: the widget's wasm is a third smaller for it. It also means
//! that no markup goes through `innerHTML`, as static markup in `view!` does, so a page with Trusted Types takes it.

use leptos::prelude::*;
use leptos::tachys::html::attribute::any_attribute::{AnyAttribute, IntoAnyAttribute};
use leptos::tachys::html::attribute::custom::custom_attribute;
use leptos::tachys::html::element::custom;

use crate::form::state::State;

/// An element.
pub fn el(tag: &'static str, attributes: Vec<AnyAttribute>, children: Vec<AnyView>) -> AnyView {
    custom(tag).add_any_attr(attributes).child(children).into_any()
}

/// An attribute that stays as it is.
pub fn attr(name: &'static str, value: impl Into<String>) -> AnyAttribute {
    custom_attribute(name, value.into()).into_any_attr()
}

/// An attribute that follows the state: gone where there is nothing to say.
pub fn live_attr(
    name: &'static str,
    state: &ArcRwSignal<State>,
    read: impl Fn(&State) -> Option<String> + Send + 'static,
) -> AnyAttribute {
    let state = state.clone();
    let follow: Box<dyn FnMut() -> Option<String> + Send> = Box::new(move || state.with(&read));
    custom_attribute(name, follow).into_any_attr()
}

/// Text that stays as it is.
pub fn text(text: impl Into<String>) -> Vec<AnyView> {
    vec![text.into().into_any()]
}

/// Text that follows the state.
pub fn live_text(state: &ArcRwSignal<State>, read: impl Fn(&State) -> String + Send + 'static) -> Vec<AnyView> {
    let state = state.clone();
    let follow: Box<dyn FnMut() -> String + Send> = Box::new(move || state.with(&read));
    vec![follow.into_any()]
}
