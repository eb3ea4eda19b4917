//! All that a marketer decides about a site. What is typed stays, whatever becomes of saving it: it is kept under the
//! site's id until it is saved or discarded.

use leptos::prelude::*;
use leptos::task::spawn_local;
use shared::site::{channels, contrast, origin_of, rebased};
use shared::wire::FieldProblem;
use shared::wire::config::SiteKind;
use shared::wire::sites::{ChangeSites, Named, SiteChange, SiteEdit, SitesView};

use super::fields::{Colour, Lines, Select, Several, Text, id_of};
use super::{Draft, Shown};
use crate::api::{self, Failure};
use crate::app::Leaving;
use crate::pages::site_path;
use crate::{dom, words};

/// The widget's own colours, where a site has none: of buttons, and of words on them.
const USUAL: [&str; 2] = ["#2f5bd0", "#ffffff"];
/// Words are readable from this contrast on (WCAG 2.2, 1.4.3).
const READABLE: f64 = 4.5;

/// A site that is being changed, or made.
#[derive(Clone, Copy)]
pub struct Editing {
    shown: Shown,
    /// The site's id; absent until it is made.
    id: StoredValue<Option<String>>,
    /// As it is on the screen.
    pub edit: RwSignal<SiteEdit>,
    /// What the edge says is wrong.
    pub wrong: RwSignal<Vec<FieldProblem>>,
    base: RwSignal<SiteEdit>,
    refused: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
}

impl Editing {
    /// Begins, or goes on with what was not saved.
    pub fn open(shown: Shown, id: Option<String>, now: &SiteEdit) -> Self {
        let key = id.clone().unwrap_or_default();
        let draft = shown.desk.site_drafts.with_value(|drafts| drafts.get(&key).cloned());
        let draft = draft.unwrap_or_else(|| Draft { base: now.clone(), mine: now.clone() });
        let editing = Self {
            shown,
            id: StoredValue::new(id.clone()),
            edit: RwSignal::new(draft.mine),
            wrong: RwSignal::new(Vec::new()),
            base: RwSignal::new(draft.base),
            refused: RwSignal::new(None),
            busy: RwSignal::new(false),
        };
        Effect::new(move |_| {
            let draft = Draft { base: editing.base.get(), mine: editing.edit.get() };
            shown.desk.site_drafts.update_value(|drafts| {
                if draft.base == draft.mine {
                    drafts.remove(&key);
                } else {
                    drafts.insert(key.clone(), draft);
                }
            });
        });
        // Where nothing was typed, the form follows what others save.
        if let Some(id) = id {
            Effect::new(move |_| {
                let Some(now) = shown.site(&id) else { return };
                let is_clean = editing.edit.with_untracked(|mine| editing.base.with_untracked(|base| mine == base));
                if is_clean && editing.base.with_untracked(|base| *base != now.edit) {
                    editing.start_over(now.edit);
                }
            });
        }
        editing
    }

    /// Whether something is wrong with a field.
    pub fn is_wrong(self, field: &str) -> bool {
        self.wrong.with(|all| all.iter().any(|it| it.field == field))
    }

    fn start_over(self, from: SiteEdit) {
        self.base.set(from.clone());
        self.edit.set(from);
        self.wrong.set(Vec::new());
        self.refused.set(None);
    }

    fn change(self, how: impl FnOnce(&mut SiteEdit)) {
        self.edit.update(how);
    }

    fn save(self) {
        if self.busy.get_untracked() {
            return;
        }
        // Lines that were left empty are none.
        self.edit.update(|edit| {
            edit.origins.retain(|line| !line.trim().is_empty());
            edit.pricing.retain(|line| !line.trim().is_empty());
        });
        let Some((version, known)) = self.shown.desk.sites.with_untracked(|view| {
            view.as_ref().map(|view| (view.version, view.sites.iter().map(|site| site.id.clone()).collect::<Vec<_>>()))
        }) else {
            return;
        };
        let edit = self.edit.get_untracked();
        let change = match self.id.get_value() {
            Some(id) => SiteChange::Edit { id, edit },
            None => SiteChange::Create { edit },
        };
        self.busy.set(true);
        self.wrong.set(Vec::new());
        self.refused.set(None);
        spawn_local(async move {
            let outcome = api::change_sites(&ChangeSites { version, change }).await;
            let _ = self.busy.try_set(false);
            match outcome {
                Ok(view) => self.saved(view, &known),
                Err(Failure::SignedOut) => self.shown.desk.signed_out(Leaving::Ended),
                Err(failure) if failure.is_stale() => self.catch_up().await,
                Err(failure) => self.not_saved(&failure),
            }
        });
    }

    fn saved(self, view: SitesView, known: &[String]) {
        let desk = self.shown.desk;
        match self.id.get_value() {
            Some(id) => {
                if let Some(site) = view.sites.iter().find(|site| site.id == id) {
                    self.start_over(site.edit.clone());
                }
                self.shown.take(view);
                desk.say("Saved");
                dom::focus_soon("settings");
            }
            None => {
                let made = view.sites.iter().find(|site| !known.contains(&site.id)).map(|site| site.id.clone());
                let base = self.base.get_untracked();
                self.start_over(base);
                self.shown.take(view);
                desk.say("Saved. Copy the snippet.");
                desk.go(&made.map_or("/sites".to_owned(), |id| site_path(&id)), true);
            }
        }
    }

    /// Somebody else has saved something meanwhile: what they changed is taken over, what is typed here stays.
    async fn catch_up(self) {
        let view = match api::sites().await {
            Ok(view) => view,
            Err(failure) => return self.not_saved(&failure),
        };
        let theirs = self.id.get_value().and_then(|id| view.sites.iter().find(|site| site.id == id));
        let mut says =
            "Somebody else has changed the configuration meanwhile. What you typed is still here; what they \
                        changed is here too. Look it over, then save again."
                .to_owned();
        if let Some(theirs) = theirs.map(|site| site.edit.clone()) {
            let (left, both) =
                self.base.with_untracked(|base| self.edit.with_untracked(|mine| rebased(base, mine, &theirs)));
            if !both.is_empty() {
                says = format!("{says} You have both changed: {}.", both.join(", "));
            }
            self.base.set(theirs);
            self.edit.set(left);
        }
        self.shown.take(view);
        self.refused.set(Some(says));
        dom::focus_soon("edit-save");
    }

    fn not_saved(self, failure: &Failure) {
        let fields = failure.fields().to_vec();
        let first = fields.iter().map(|it| id_of(&it.field)).find(|id| dom::element(id).is_some());
        let elsewhere = fields.iter().filter(|it| dom::element(&id_of(&it.field)).is_none());
        let elsewhere: Vec<String> =
            elsewhere.map(|it| format!("{}: {}", it.field, words::sentence(&it.message))).collect();
        let says = match fields.len() {
            0 => format!("{} What you typed is still here.", failure.sentence()),
            many => {
                let count = words::counted(many, "thing needs", "things need");
                format!("Not saved: {count} another look. {}", elsewhere.join(" "))
            }
        };
        let _ = self.wrong.try_set(fields);
        let _ = self.refused.try_set(Some(says));
        dom::focus_wrong_soon(first);
    }
}

/// The form.
#[component]
pub fn Editor(editing: Editing) -> impl IntoView {
    let edit = editing.edit;
    let text = move |of: fn(&SiteEdit) -> String| Signal::<String>::from(Memo::new(move |_| edit.with(of)));
    let lines = move |of: fn(&SiteEdit) -> Vec<String>| Signal::<Vec<String>>::from(Memo::new(move |_| edit.with(of)));
    let named = move |of: fn(&SitesView) -> Vec<Named>| {
        Signal::<Vec<Named>>::from(Memo::new(move |_| {
            editing.shown.desk.sites.with(|view| view.as_ref().map(of).unwrap_or_default())
        }))
    };
    let languages: Vec<Named> = named(|view| view.languages.clone()).get_untracked();
    let languages = std::iter::once((String::new(), "The visitor\u{2019}s".to_owned()))
        .chain(languages.into_iter().map(|language| (language.id, language.name)))
        .collect();
    let kinds = vec![("own".to_owned(), "Our own".to_owned()), ("partner".to_owned(), "A partner\u{2019}s".to_owned())];
    let modes = [("", "As the visitor prefers"), ("light", "Light"), ("dark", "Dark")];
    let modes = modes.into_iter().map(|(tag, name)| (tag.to_owned(), name.to_owned())).collect();
    let is_changed = Memo::new(move |_| editing.base.with(|base| edit.with(|mine| base != mine)));
    let some = |text: String| Some(text).filter(|text| !text.is_empty());
    let is_new = editing.id.with_value(Option::is_none);
    let pale = move || {
        let colour = |chosen: &Option<String>, usual: &str| channels(chosen.as_deref().unwrap_or(usual));
        let [button, words] = USUAL;
        let found = edit.with(|edit| {
            let pair = colour(&edit.theme.accent, button).zip(colour(&edit.theme.accent_text, words));
            pair.map(|(button, words)| contrast(button, words))
        });
        found.filter(|found| *found < READABLE).map(|found| {
            format!(
                "These two colours stand {found:.1} to 1 apart. Below {READABLE} to 1 many people cannot read the words on a \
                 button."
            )
        })
    };
    view! {
        <form
            class="card editor"
            aria-labelledby="settings"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                editing.save();
            }
        >
            <h2 id="settings" tabindex="-1">
                "Settings"
            </h2>
            <Text
                editing
                field="name"
                label="Name"
                help="Staff read it on what comes from here."
                value=text(|edit| edit.name.clone())
                set=move |text| editing.change(|edit| edit.name = text)
            />
            <Select
                editing
                field="kind"
                label="Whose site it is"
                choices=kinds
                value=text(|edit| match edit.kind {
                    SiteKind::Own => "own".to_owned(),
                    SiteKind::Partner => "partner".to_owned(),
                })
                set=move |tag| {
                    let kind = if tag == "partner" { SiteKind::Partner } else { SiteKind::Own };
                    editing.change(|edit| edit.kind = kind);
                }
            />
            <Lines
                editing
                field="origins"
                label="Origins"
                one="Origin"
                help="Where the key works: https:// and the host, as in https://learn.example.com. With and without www are two."
                values=lines(|edit| edit.origins.clone())
                change=move |how| editing.change(|edit| how(&mut edit.origins))
                tidy=origin_of
            />
            <Several
                editing
                field="forms"
                label="Forms"
                none="There is no form yet."
                choices=named(|view| view.forms.clone())
                values=lines(|edit| edit.forms.clone())
                change=move |how| editing.change(|edit| how(&mut edit.forms))
            />
            <Several
                editing
                field="prompts"
                label="Prompts"
                none="There is no prompt yet. Prompts are part of the workspace\u{2019}s configuration."
                choices=named(|view| view.prompts.clone())
                values=lines(|edit| edit.prompts.clone())
                change=move |how| editing.change(|edit| how(&mut edit.prompts))
            />
            <Text
                editing
                field="launcher"
                label="Words on the launcher"
                help="Empty for no launcher: then only your own links and buttons open a form."
                value=text(|edit| edit.launcher.clone())
                set=move |text| editing.change(|edit| edit.launcher = text)
            />
            <Lines
                editing
                field="pricing"
                label="Pricing pages"
                one="Pattern"
                help="Paths of the pages that show prices: /pricing, or /plans/* for all below."
                values=lines(|edit| edit.pricing.clone())
                change=move |how| editing.change(|edit| how(&mut edit.pricing))
                tidy=|text| text.trim().to_owned()
            />
            <Select
                editing
                field="lang"
                label="Language"
                choices=languages
                value=text(|edit| edit.lang.clone().unwrap_or_default())
                set=move |tag| editing.change(|edit| edit.lang = some(tag))
            />
            <fieldset class="field-group">
                <legend>"Look"</legend>
                <Select
                    editing
                    field="theme.mode"
                    label="Light or dark"
                    choices=modes
                    value=text(|edit| edit.theme.mode.clone().unwrap_or_default())
                    set=move |tag| editing.change(|edit| edit.theme.mode = some(tag))
                />
                <Colour
                    editing
                    field="theme.accent"
                    label="Colour of buttons"
                    usual="#2f5bd0"
                    value=text(|edit| edit.theme.accent.clone().unwrap_or_default())
                    set=move |text| editing.change(|edit| edit.theme.accent = some(text))
                />
                <Colour
                    editing
                    field="theme.accent_text"
                    label="Colour of words on buttons"
                    usual="#ffffff"
                    value=text(|edit| edit.theme.accent_text.clone().unwrap_or_default())
                    set=move |text| editing.change(|edit| edit.theme.accent_text = some(text))
                />
                <p class="pale" role="status">
                    {pale}
                </p>
                <Text
                    editing
                    field="theme.radius"
                    label="Corners, in pixels"
                    help="From 0 to 24; empty for the usual."
                    kind="number"
                    value=text(|edit| edit.theme.radius.map(|it| it.to_string()).unwrap_or_default())
                    set=move |text| editing.change(|edit| edit.theme.radius = text.parse().ok())
                />
            </fieldset>
            <fieldset class="field-group">
                <legend>"End and limits"</legend>
                <Text
                    editing
                    field="expires_at"
                    label="Last day"
                    help="The key ends with this day (UTC). Empty for no end."
                    kind="date"
                    value=text(|edit| edit.expires_at.as_deref().and_then(|at| at.get(..10)).unwrap_or_default().to_owned())
                    set=move |day| editing.change(|edit| edit.expires_at = some(day).map(|day| format!("{day}T23:59:59Z")))
                />
                <Text
                    editing
                    field="limits.submissions_per_day"
                    label="Most forms of one day"
                    help="What comes beyond is held for review."
                    kind="number"
                    value=text(|edit| number(edit.limits.submissions_per_day))
                    set=move |text| editing.change(|edit| edit.limits.submissions_per_day = text.parse().unwrap_or(0))
                />
                <Text
                    editing
                    field="limits.per_address"
                    label="Most forms of one address in ten minutes"
                    help="What comes beyond is asked to wait."
                    kind="number"
                    value=text(|edit| number(edit.limits.per_address))
                    set=move |text| editing.change(|edit| edit.limits.per_address = text.parse().unwrap_or(0))
                />
                <label class="choice">
                    <input
                        type="checkbox"
                        prop:checked=move || edit.with(|edit| edit.proof)
                        on:change=move |event| {
                            let on = event_target_checked(&event);
                            editing.change(|edit| edit.proof = on);
                        }
                    />
                    <span>
                        "Ask for proof of work: the visitor\u{2019}s device solves a small puzzle before it sends. What comes without is held for review."
                    </span>
                </label>
            </fieldset>
            <div class="save-bar">
                {move || editing.refused.get().map(|why| view! { <p class="refused" role="alert">{why}</p> })}
                <div class="buttons">
                    <button class="button main" type="submit" id="edit-save" aria-disabled=move || editing.busy.get().to_string()>
                        {if is_new { "Make the site" } else { "Save" }}
                    </button>
                    {move || {
                        is_changed
                            .get()
                            .then(|| {
                                view! {
                                    <button
                                        class="button"
                                        type="button"
                                        on:click=move |_| {
                                            editing.start_over(editing.base.get_untracked());
                                            dom::focus("settings");
                                        }
                                    >
                                        "Discard changes"
                                    </button>
                                    <p class="quiet">"Not saved yet."</p>
                                }
                            })
                    }}
                </div>
            </div>
        </form>
    }
}

/// A limit as it is typed: zero is no limit that anybody may set, and stands for an empty field.
fn number(limit: u32) -> String {
    if limit == 0 { String::new() } else { limit.to_string() }
}
