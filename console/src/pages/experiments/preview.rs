//! A prompt as the widget draws it, on a page that stands for the visitor's. A picture: nothing in it can be pressed.

use leptos::prelude::*;
use shared::wire::prompt::{Look, Prompt};

/// The looks, by the tag that the style sheet and the control know them by.
pub const LOOKS: [(&str, Look); 5] = [
    ("bubble", Look::Bubble),
    ("bar", Look::Bar),
    ("slide_in", Look::SlideIn),
    ("dialog", Look::Dialog),
    ("inline", Look::Inline),
];

/// What a look is called.
pub fn look_name(look: Look) -> &'static str {
    match look {
        Look::Bubble => "Bubble at the launcher",
        Look::Bar => "Bar at the foot of the window",
        Look::SlideIn => "Card that slides in",
        Look::Dialog => "Dialog over the page",
        Look::Inline => "Card within the page",
    }
}

/// The picture.
#[component]
pub fn Preview(
    /// Of what: an arm's letter.
    #[prop(into)]
    name: Signal<String>,
    /// What it shows; absent where the prompt is gone.
    #[prop(into)]
    prompt: Signal<Option<Prompt>>,
) -> impl IntoView {
    move || match prompt.get() {
        Some(prompt) => drawn(&name.get(), prompt).into_any(),
        None => view! { <p class="quiet">"The prompt is not there any more."</p> }.into_any(),
    }
}

fn drawn(name: &str, prompt: Prompt) -> impl IntoView {
    let look = LOOKS.into_iter().find(|(_, look)| *look == prompt.look).map_or("", |(tag, _)| tag);
    let says = format!(
        "{name} as visitors see it, {}: {} {} Button: {}",
        look_name(prompt.look).to_lowercase(),
        prompt.title,
        prompt.body,
        prompt.action
    );
    let launcher =
        matches!(prompt.look, Look::Bubble | Look::SlideIn).then(|| view! { <span class="mock-launcher"></span> });
    let title = (!prompt.title.is_empty()).then(|| view! { <b dir="auto">{prompt.title}</b> });
    view! {
        <div class="mock" data-look=look role="img" aria-label=says>
            <span class="mock-page">
                <span class="mock-line"></span>
                <span class="mock-line"></span>
                <span class="mock-line"></span>
                <span class="mock-line"></span>
                <span class="mock-line"></span>
            </span>
            <span class="mock-prompt">
                <span class="mock-words">{title} <span dir="auto">{prompt.body}</span></span>
                <span class="mock-button" dir="auto">
                    {prompt.action}
                </span>
                <span class="mock-close"></span>
            </span>
            {launcher}
        </div>
    }
}
