//! Asks before something is done that many people notice.

use leptos::prelude::*;

/// The dialog. It closes itself, with Escape too.
#[component]
pub fn Sure(
    /// Whether it is asked.
    asked: RwSignal<bool>,
    title: &'static str,
    /// The words on the button that does it.
    does: &'static str,
    then: Callback<()>,
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    let id = format!("sure-{}", does.to_lowercase().replace(' ', "-"));
    let title_id = id.clone();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        if asked.get() {
            // Fails only where it is shown already.
            let _ = dialog.show_modal();
        } else {
            dialog.close();
        }
    });
    view! {
        <dialog node_ref=dialog aria-labelledby=id on:close=move |_| asked.set(false)>
            <h2 id=title_id>{title}</h2>
            {children()}
            <div class="buttons row-end">
                <button class="button" type="button" on:click=move |_| asked.set(false)>
                    "Cancel"
                </button>
                <button
                    class="button main"
                    type="button"
                    on:click=move |_| {
                        asked.set(false);
                        then.run(());
                    }
                >
                    {does}
                </button>
            </div>
        </dialog>
    }
}
