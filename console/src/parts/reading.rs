//! Something that a page reads from the edge, and what stands in the place of the page until it is there, or where it never comes.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::Waiting;
use crate::api::{Answer, Failure};
use crate::app::{Desk, Leaving};

/// What the edge said last, and why it says nothing now.
pub struct Reading<T: Send + Sync + 'static> {
    /// As it was read last.
    pub view: RwSignal<Option<T>>,
    failure: RwSignal<Option<String>>,
    desk: Desk,
}

impl<T: Send + Sync> Clone for Reading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Reading<T> {}

impl<T: PartialEq + Send + Sync> Reading<T> {
    /// Nothing is known yet.
    pub fn new(desk: Desk) -> Self {
        Self { view: RwSignal::new(None), failure: RwSignal::new(None), desk }
    }

    /// Reads it.
    pub fn read(self, call: impl Future<Output = Answer<T>> + 'static) {
        spawn_local(async move {
            match call.await {
                Ok(view) => self.take(view),
                Err(Failure::SignedOut) => self.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure.sentence()));
                }
            }
        });
    }

    /// Takes what was read, or came as the answer to a change. The same as before draws nothing anew.
    pub fn take(self, view: T) {
        let _ = self.failure.try_set(None);
        if self.view.try_with_untracked(|known| known.as_ref() == Some(&view)) == Some(false) {
            self.view.set(Some(view));
        }
    }
}

/// What is read, once it is there.
#[component]
pub fn Read<T: PartialEq + Send + Sync + 'static>(
    of: Reading<T>,
    /// What could not be read, as a heading.
    missing: &'static str,
    /// Reads it again.
    again: Callback<()>,
    children: ChildrenFn,
) -> impl IntoView {
    let is_there = Memo::new(move |_| of.view.with(Option::is_some));
    // Apart from what is shown: what is typed or focused stays while it fails and works again.
    let behind = move || {
        of.failure.get().map(|why| {
            view! {
                <p class="refused" role="alert">
                    {why}
                    " What you see may be behind. "
                    <button class="plain" on:click=move |_| again.run(())>
                        "Try again"
                    </button>
                </p>
            }
        })
    };
    let absent = move || match of.failure.get() {
        Some(why) => view! {
            <div class="notice">
                <h2>{missing}</h2>
                <p role="alert">{why}</p>
                <p>
                    <button class="button main" on:click=move |_| again.run(())>
                        "Try again"
                    </button>
                </p>
            </div>
        }
        .into_any(),
        None => view! { <Waiting lines=6 /> }.into_any(),
    };
    move || match is_there.get() {
        true => view! {
            {behind}
            {children()}
        }
        .into_any(),
        false => absent.into_any(),
    }
}
