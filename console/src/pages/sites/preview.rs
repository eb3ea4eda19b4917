//! The widget as visitors of the site will see it, with what is not saved yet.

use std::time::Duration;

use leptos::prelude::*;
use shared::wire::sites::{SiteEdit, SiteView};

use super::editing::Editing;
use crate::api::encoded;

/// The picture follows once one stops typing.
const AFTER: Duration = Duration::from_millis(500);

/// A page of ours in a frame.
#[component]
pub fn Preview(editing: Editing, site: Memo<SiteView>, form: RwSignal<String>) -> impl IntoView {
    let wanted = Memo::new(move |_| {
        let key = site.with(|site| site.key.clone());
        let off = site.with(|site| site.off);
        (address(&key, &form.get(), &editing.edit.get()), off)
    });
    let address = RwSignal::new(wanted.get_untracked().0);
    let mut later = debounce(AFTER, move |to: String| {
        let _ = address.try_set(to);
    });
    Effect::new(move |first: Option<()>| {
        let to = wanted.get().0;
        if first.is_some() {
            later(to);
        }
    });
    view! {
        <section class="card preview" aria-labelledby="preview">
            <h2 id="preview">"Preview"</h2>
            {move || {
                if wanted.get().1 {
                    view! { <p class="quiet">"The site is switched off: there is nothing to see."</p> }.into_any()
                } else {
                    view! {
                        <iframe title="Preview of the widget" src=address></iframe>
                        <p class="quiet">
                            "This is the real widget with your changes. Nothing that you send here is kept. "
                            <a href=address target="_blank" rel="noopener">
                                "Open in a window"
                            </a>
                        </p>
                    }
                    .into_any()
                }
            }}
        </section>
    }
}

fn address(key: &str, form: &str, edit: &SiteEdit) -> String {
    let radius = edit.theme.radius.map(|radius| radius.to_string());
    let parts = [
        ("form", Some(form)),
        ("lang", edit.lang.as_deref()),
        ("mode", edit.theme.mode.as_deref()),
        ("accent", edit.theme.accent.as_deref()),
        ("accent_text", edit.theme.accent_text.as_deref()),
        ("radius", radius.as_deref()),
    ];
    let query = parts.into_iter().filter_map(|(name, value)| {
        let value = value.filter(|value| !value.is_empty())?;
        Some(format!("{name}={}", encoded(value)))
    });
    format!("/v1/preview/{}?{}", encoded(key), query.collect::<Vec<_>>().join("&"))
}
