//! The control of a field map: rows of the other system's field and where its value comes from.

use std::collections::BTreeMap;

use leptos::prelude::*;

use super::editing::Editing;
use super::mapping::{Group, Row, is_twice, map_of, rows_of, sources};
use crate::app::Desk;
use crate::parts::id_of;
use crate::{dom, words};

/// A value that stands as it is written.
const FIXED: &str = "=";

/// What is shared by all rows.
#[derive(Clone, Copy)]
struct Mapping {
    editing: Editing,
    path: &'static str,
    rows: RwSignal<Vec<Row>>,
    /// Counts the changes of which rows there are.
    shape: RwSignal<u32>,
    groups: StoredValue<Vec<Group>>,
    set: Callback<BTreeMap<String, String>>,
}

impl Mapping {
    fn change(self, how: impl FnOnce(&mut Vec<Row>)) {
        self.rows.update(how);
        self.set.run(self.rows.with_untracked(|rows| map_of(rows)));
    }

    fn reshape(self, how: impl FnOnce(&mut Vec<Row>)) {
        self.change(how);
        self.shape.update(|shape| *shape += 1);
    }

    fn row(self, at: usize, of: fn(&Row) -> String) -> Memo<String> {
        Memo::new(move |_| self.rows.with(|rows| rows.get(at).map(of).unwrap_or_default()))
    }

    fn set_row(self, at: usize, how: impl FnOnce(&mut Row)) {
        self.change(|rows| {
            if let Some(row) = rows.get_mut(at) {
                how(row);
            }
        });
    }

    /// The id of a row's control.
    fn id(self, what: &str, at: usize) -> String {
        format!("{}-{what}-{at}", id_of(self.path))
    }
}

/// The rows, and what is filled where there is none.
#[component]
pub fn FieldMap(
    editing: Editing,
    /// Its path in the destination.
    path: &'static str,
    /// Whose fields they are.
    whose: &'static str,
    /// What is filled where nobody chose: fields and sources.
    usual: &'static [(&'static str, &'static str)],
    /// As it is now.
    now: BTreeMap<String, String>,
    /// Takes what it becomes.
    set: impl Fn(BTreeMap<String, String>) + Send + Sync + 'static,
) -> impl IntoView {
    let facts = Desk::here().destinations.view.with_untracked(|view| view.as_ref().map(|view| view.facts.clone()));
    let mapping = Mapping {
        editing,
        path,
        rows: RwSignal::new(rows_of(&now)),
        shape: RwSignal::new(0),
        groups: StoredValue::new(sources(&facts.unwrap_or_default())),
        set: Callback::new(set),
    };
    let id = id_of(path);
    let (wrong_id, described) = (format!("{id}-wrong"), format!("{id}-help {id}-wrong"));
    let help_id = format!("{id}-help");
    let count = Memo::new(move |_| mapping.rows.with(Vec::len));
    let keys = move || {
        let shape = mapping.shape.get();
        (0..count.get()).map(move |at| (shape, at)).collect::<Vec<_>>()
    };
    let names = usual.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let help = move || match count.get() {
        0 => format!("The usual ones are filled: {names}. As soon as there is a row, only rows are."),
        _ => "Only these are filled. What is not known of an item is left out.".to_owned(),
    };
    // Of a whole map: what is wrong with one row stands at that row.
    let says = move || {
        let own = |all: &Vec<shared::wire::FieldProblem>| {
            let own = all.iter().filter(|it| it.field == path).map(|it| words::sentence(&it.message));
            own.collect::<Vec<_>>().join(" ")
        };
        editing.saving.wrong.with(own)
    };
    let add = move |_| {
        let at = mapping.rows.with_untracked(Vec::len);
        mapping.reshape(|rows| rows.push((String::new(), String::new())));
        dom::focus_soon(mapping.id("name", at));
    };
    let begin = move |_| {
        mapping.reshape(|rows| {
            *rows = usual.iter().map(|(name, from)| ((*name).to_owned(), (*from).to_owned())).collect();
        });
        dom::focus_soon(mapping.id("name", 0));
    };
    view! {
        <fieldset class="field map" id=id tabindex="-1" aria-describedby=described>
            <legend>{format!("Fields of {whose}")}</legend>
            <p class="quiet" id=help_id>
                {help}
            </p>
            <ul class="condition-rows">
                <For each=keys key=|key| *key children=move |(_, at)| view! { <OneRow mapping at /> } />
            </ul>
            <p class="field-wrong" id=wrong_id>
                {says}
            </p>
            <p class="row-ways">
                <button class="plain" type="button" id=format!("{}-add", id_of(path)) on:click=add>
                    "Add a field"
                </button>
                {move || {
                    (count.get() == 0)
                        .then(|| {
                            view! {
                                <button class="plain" type="button" on:click=begin>
                                    "Begin with the usual ones"
                                </button>
                            }
                        })
                }}
            </p>
        </fieldset>
    }
}

#[component]
fn OneRow(mapping: Mapping, at: usize) -> impl IntoView {
    let (path, wrong) = (mapping.path, mapping.editing.saving.wrong);
    let number = at + 1;
    let name = mapping.row(at, |(name, _)| name.clone());
    let from = mapping.row(at, |(_, from)| from.clone());
    let is_fixed = Memo::new(move |_| from.with(|from| from.starts_with(FIXED)));
    let own = Memo::new(move |_| name.with(|name| format!("{path}.{}", name.trim())));
    let says = Memo::new(move |_| {
        if mapping.rows.with(|rows| is_twice(rows, at)) {
            return "A row below fills the same field: that one counts.".to_owned();
        }
        let of_field = |all: &Vec<shared::wire::FieldProblem>| {
            let own = all.iter().filter(|it| own.with(|own| it.field == *own)).map(|it| words::sentence(&it.message));
            own.collect::<Vec<_>>().join(" ")
        };
        wrong.with(of_field)
    });
    let is_wrong = move || wrong.with(|all| all.iter().any(|it| own.with(|own| it.field == *own))).to_string();
    let wrong_id = mapping.id("wrong", at);
    let described = wrong_id.clone();
    let choose = move |event| {
        let chosen = event_target_value(&event);
        mapping.set_row(at, |(_, from)| *from = chosen);
    };
    let remove = move |_| {
        mapping.reshape(|rows| {
            if at < rows.len() {
                rows.remove(at);
            }
        });
        dom::focus_soon(format!("{}-add", id_of(path)));
    };
    view! {
        <li class="map-row">
            <input
                id=mapping.id("name", at)
                type="text"
                autocomplete="off"
                spellcheck="false"
                aria-label=format!("Field {number}")
                placeholder="Field"
                prop:value=name
                on:input=move |event| {
                    let typed = event_target_value(&event);
                    mapping.set_row(at, |(name, _)| *name = typed);
                }
            />
            <select
                id=move || own.with(|own| id_of(own))
                aria-label=format!("Filled with {number}")
                aria-describedby=described
                aria-invalid=is_wrong
                on:change=choose
            >
                <Sources mapping from />
            </select>
            <div class="map-text">
                {move || {
                    is_fixed
                        .get()
                        .then(|| {
                            view! {
                                <input
                                    type="text"
                                    autocomplete="off"
                                    dir="auto"
                                    aria-label=format!("Text {number}")
                                    placeholder="Text"
                                    prop:value=move || from.with(|from| from.trim_start_matches(FIXED).to_owned())
                                    on:input=move |event| {
                                        let typed = format!("{FIXED}{}", event_target_value(&event));
                                        mapping.set_row(at, |(_, from)| *from = typed);
                                    }
                                />
                            }
                        })
                }}
            </div>
            <button class="button" type="button" on:click=remove>
                "Remove"
                <span class="hidden">{format!(" field {number}")}</span>
            </button>
            <p class="field-wrong" id=wrong_id>
                {says}
            </p>
        </li>
    }
}

/// What a value may come from.
#[component]
fn Sources(mapping: Mapping, from: Memo<String>) -> impl IntoView {
    let first = from.get_untracked();
    let option = move |path: String, says: String| {
        let own = path.clone();
        view! {
            <option value=path prop:selected=move || from.with(|from| *from == own)>
                {says}
            </option>
        }
    };
    let is_known =
        mapping.groups.with_value(|groups| groups.iter().any(|(_, all)| all.iter().any(|(path, _)| *path == first)));
    // What was written by hand may come from where no list leads.
    let unlisted = (!is_known && !first.is_empty() && !first.starts_with(FIXED)).then(|| option(first.clone(), first));
    let groups = mapping.groups.get_value().into_iter().map(|(name, all)| {
        let options = all.into_iter().map(|(path, says)| option(path, says)).collect_view();
        view! { <optgroup label=name>{options}</optgroup> }
    });
    view! {
        <option value="" prop:selected=move || from.with(String::is_empty)>
            "Choose\u{2026}"
        </option>
        {unlisted}
        {groups.collect_view()}
        <option value=FIXED prop:selected=move || from.with(|from| from.starts_with(FIXED))>
            "A text of its own"
        </option>
    }
}
