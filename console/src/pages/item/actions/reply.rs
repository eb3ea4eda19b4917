//! An answer to the visitor: begun with a template, sent from one's own mail program, and noted here once it was. What is typed
//! stays.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::wire::console::{Act, Draft, Drafts};

use super::forms::Sheet;
use super::{Doing, LONGEST_NOTE};
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::{dom, words};

/// What is written, and what it may begin with.
#[derive(Clone, Copy)]
pub struct Writing {
    subject: RwSignal<String>,
    text: RwSignal<String>,
    /// What the last template said: as long as nobody changed it, another one takes its place.
    begun: StoredValue<String>,
    drafts: RwSignal<Option<Drafts>>,
    failure: RwSignal<Option<String>>,
}

impl Writing {
    /// With what was typed before.
    pub fn new(doing_item: &str, desk: crate::app::Desk) -> Self {
        Self {
            subject: RwSignal::new(desk.draft(&subject_of(doing_item))),
            text: RwSignal::new(desk.draft(&text_of(doing_item))),
            begun: StoredValue::new(String::new()),
            drafts: RwSignal::new(None),
            failure: RwSignal::new(None),
        }
    }

    /// Reads the templates.
    pub fn read(self, doing: Doing) {
        let id = doing.shown.id.get_value();
        self.failure.set(None);
        spawn_local(async move {
            match api::drafts(&id).await {
                Ok(drafts) => {
                    let _ = self.drafts.try_set(Some(drafts));
                }
                Err(Failure::SignedOut) => doing.desk.signed_out(Leaving::Ended),
                Err(failure) => {
                    let _ = self.failure.try_set(Some(failure.sentence()));
                }
            }
        });
    }

    /// It was sent, and noted.
    pub fn done(self, doing: Doing) {
        self.write(doing, String::new(), String::new());
    }

    fn write(self, doing: Doing, subject: String, text: String) {
        let id = doing.shown.id.get_value();
        doing.desk.keep_draft(&subject_of(&id), &subject);
        doing.desk.keep_draft(&text_of(&id), &text);
        let _ = self.subject.try_set(subject);
        let _ = self.text.try_set(text);
    }

    fn begin(self, doing: Doing, draft: &Draft) {
        let text = self.text.get_untracked();
        let is_untouched = text.trim().is_empty() || self.begun.with_value(|begun| *begun == text);
        let text = if is_untouched { draft.text.clone() } else { format!("{}\n\n{}", text.trim_end(), draft.text) };
        let subject = self.subject.get_untracked();
        let subject = if subject.trim().is_empty() || is_untouched { draft.subject.clone() } else { subject };
        self.begun.set_value(if is_untouched { text.clone() } else { String::new() });
        self.write(doing, subject, text);
        dom::focus_soon("reply-text");
    }

    fn note(self, doing: Doing) {
        let (subject, text) = (self.subject.get_untracked(), self.text.get_untracked());
        if text.trim().is_empty() {
            doing.refused.set(Some("Write the answer first.".to_owned()));
            dom::focus("reply-text");
        } else if text.chars().count() > LONGEST_NOTE {
            doing.refused.set(Some("This answer is too long: at most 10,000 characters.".to_owned()));
            dom::focus("reply-text");
        } else {
            doing.act(Act::Reply { subject, text }, "The answer is noted");
        }
    }
}

fn subject_of(item: &str) -> String {
    format!("{item}/reply-subject")
}

fn text_of(item: &str) -> String {
    format!("{item}/reply")
}

/// The form.
#[component]
pub fn ReplyForm(doing: Doing) -> impl IntoView {
    let writing = doing.writing;
    writing.read(doing);
    let to = Memo::new(move |_| writing.drafts.with(|it| it.as_ref().and_then(|it| it.to.clone())));
    let is_read = Memo::new(move |_| writing.drafts.with(Option::is_some));
    let mail = move || {
        let encoded = |text: RwSignal<String>| text.with(|text| api::encoded(&text.replace('\n', "\r\n")));
        to.get().map(|to| {
            format!("mailto:{}?subject={}&body={}", api::encoded(&to), encoded(writing.subject), encoded(writing.text))
        })
    };
    let goes_to = move || {
        match (is_read.get(), to.get()) {
        (false, _) => view! { <p class="quiet">"One moment\u{2026}"</p> }.into_any(),
        (true, Some(to)) => view! {
            <p id="reply-help">
                "To " <bdi class="value">{to}</bdi>
                <span class="quiet">
                    ". It is sent from your own mail program; noted here, it keeps the promise and colleagues can read it."
                </span>
            </p>
        }
        .into_any(),
        (true, None) => view! {
            <p id="reply-help" class="quiet">
                "They gave no e-mail address. Answer them another way, and note here what you said."
            </p>
        }
        .into_any(),
    }
    };
    let chosen = move |id: String| {
        let draft = writing
            .drafts
            .with_untracked(|it| it.as_ref().and_then(|it| it.drafts.iter().find(|draft| draft.id == id).cloned()));
        if let Some(draft) = draft {
            writing.begin(doing, &draft);
        }
    };
    let templates = move || {
        let drafts = writing.drafts.with(|it| it.as_ref().map(|it| it.drafts.clone()).unwrap_or_default());
        (!drafts.is_empty()).then(|| {
            let options = drafts.into_iter().map(|it| view! { <option value=it.id>{it.name}</option> }).collect_view();
            view! {
                <label for="reply-template">"Begin with"</label>
                <select id="reply-template" class="control" on:change=move |event| chosen(event_target_value(&event))>
                    <option value="">"Nothing yet"</option>
                    {options}
                </select>
            }
        })
    };
    let asks = move || {
        let link = writing.drafts.with(|it| it.as_ref().and_then(|it| it.feedback_link.clone()));
        let has_it = link.as_ref().is_some_and(|link| writing.text.with(|text| text.contains(link)));
        link.filter(|_| !has_it).map(|link| {
            let add = move |_| {
                let text = writing.text.get_untracked();
                let text = format!("{}\n\n{link}", text.trim_end());
                writing.write(doing, writing.subject.get_untracked(), text.trim_start().to_owned());
            };
            view! {
                <p>
                    <button class="plain" type="button" on:click=add>
                        "Add the link that asks how satisfied they are"
                    </button>
                </p>
            }
        })
    };
    let room = move || {
        let used = writing.text.with(|it| it.chars().count());
        (used > LONGEST_NOTE)
            .then(|| format!("{} too many", words::counted(used - LONGEST_NOTE, "character", "characters")))
    };
    view! {
        <Sheet doing label="Answer" id="reply-form" save="Note it as sent" does=move || writing.note(doing)>
            {goes_to}
            {move || writing.failure.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
            {templates} <label for="reply-subject">"Subject"</label>
            <input
                id="reply-subject"
                class="control"
                type="text"
                maxlength="200"
                dir="auto"
                prop:value=writing.subject
                on:input=move |event| writing.write(doing, event_target_value(&event), writing.text.get_untracked())
            />
            <label for="reply-text">"Answer"</label>
            <textarea
                id="reply-text"
                rows="9"
                dir="auto"
                aria-describedby="reply-help refused"
                prop:value=writing.text
                on:input=move |event| writing.write(doing, writing.subject.get_untracked(), event_target_value(&event))
            ></textarea>
            <p class="quiet" role="status">
                {room}
            </p>
            {asks}
            {move || {
                mail()
                    .map(|href| {
                        view! {
                            <p>
                                <a class="button" href=href rel="external">
                                    "Open it in my mail program"
                                </a>
                            </p>
                        }
                    })
            }}
        </Sheet>
    }
}
