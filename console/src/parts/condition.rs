//! A condition while it is edited: rows of facts, or JSON where rows cannot say it.

mod control;
mod rows;

use leptos::prelude::*;
use serde_json::Value;
use shared::wire::scoring::FactView;

use super::{Wrongs, id_of, invalid};
use crate::{dom, words};

pub use control::{Asked, control_of};
pub use rows::MISSING;
use rows::{How, Row};

/// What conditions may read.
pub type Facts = StoredValue<Vec<FactView>>;

/// What a signal may say besides its kind, for conditions over signals.
pub fn of_signals() -> Vec<FactView> {
    let says = [
        ("plan", "Plan"),
        ("period", "Billing period"),
        ("seats", "Seats"),
        ("name", "Name of what the page reported"),
        ("prompt", "Prompt"),
        ("form", "Form"),
    ];
    let text = |(path, says): (&str, &str)| FactView {
        path: path.to_owned(),
        says: says.to_owned(),
        kind: "text".to_owned(),
        options: Vec::new(),
    };
    says.map(text).into()
}

/// The rows, or the JSON, of one condition.
#[derive(Clone, Copy)]
struct Editing {
    facts: Facts,
    path: StoredValue<String>,
    rows: RwSignal<Vec<Row>>,
    /// Counts the changes of which rows there are.
    shape: RwSignal<u32>,
    /// What is typed as JSON; absent while it is rows.
    json: RwSignal<Option<String>>,
    set: Callback<Value>,
}

impl Editing {
    fn change(self, how: impl FnOnce(&mut Vec<Row>)) {
        self.rows.update(how);
        self.set.run(self.rows.with_untracked(|rows| rows::write(rows)));
    }

    fn change_row(self, at: usize, how: impl FnOnce(Row) -> Row) {
        self.change(|rows| {
            if let Some(row) = rows.get_mut(at) {
                *row = how(row.clone());
            }
        });
    }

    fn type_json(self, text: String) {
        // What is no JSON yet is sent as a text: no condition, so the edge says so, and nothing is lost.
        self.set.run(serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone())));
        self.json.set(Some(text));
    }

    fn kind(self, path: &str) -> String {
        let kind = |facts: &Vec<FactView>| facts.iter().find(|fact| fact.path == path).map(|fact| fact.kind.clone());
        self.facts.with_value(kind).unwrap_or_else(|| "text".to_owned())
    }

    fn options(self, path: &str) -> Vec<(String, String)> {
        let options = |facts: &Vec<FactView>| facts.iter().find(|fact| fact.path == path).map(|it| it.options.clone());
        self.facts.with_value(options).unwrap_or_default()
    }

    fn row<T: PartialEq + Send + Sync + 'static>(self, at: usize, of: fn(&Row) -> T, otherwise: fn() -> T) -> Memo<T> {
        Memo::new(move |_| self.rows.with(|rows| rows.get(at).map_or_else(otherwise, of)))
    }
}

/// The editor of one condition.
#[component]
pub fn Condition(
    wrong: Wrongs,
    /// Its path in the card.
    #[prop(into)]
    path: String,
    /// What it decides.
    #[prop(into)]
    label: String,
    /// What is the case where it asks nothing.
    #[prop(default = "Always: there is no condition.")]
    always: &'static str,
    facts: Facts,
    /// As it is now.
    value: Value,
    /// Takes what it becomes.
    set: impl Fn(Value) + Send + Sync + 'static,
) -> impl IntoView {
    let read = rows::read(&value);
    let json = read.is_none().then(|| match &value {
        Value::String(half) => half.clone(),
        whole => pretty(whole),
    });
    let editing = Editing {
        facts,
        path: StoredValue::new(path.clone()),
        rows: RwSignal::new(read.unwrap_or_default()),
        shape: RwSignal::new(0),
        json: RwSignal::new(json),
        set: Callback::new(set),
    };
    let id = id_of(&path);
    let (wrong_id, described) = (format!("{id}-wrong"), format!("{id}-wrong"));
    let is_json = Memo::new(move |_| editing.json.with(Option::is_some));
    let says = {
        let path = path.clone();
        move || {
            if !is_json.get() && editing.rows.with(|rows| rows.iter().any(|row| !row.is_whole())) {
                return "A row has no value yet.".to_owned();
            }
            let own = |all: &Vec<shared::wire::FieldProblem>| {
                let own = all.iter().filter(|it| it.field == path).map(|it| words::sentence(&it.message));
                own.collect::<Vec<_>>().join(" ")
            };
            wrong.with(own)
        }
    };
    let as_json = move |_| {
        let whole = editing.rows.with_untracked(|rows| rows::write(rows));
        editing.json.set(Some(pretty(&whole)));
        dom::focus_soon(format!("{}-json", id_of(&editing.path.get_value())));
    };
    let body = {
        let (id, path) = (id.clone(), path.clone());
        move || {
            if is_json.get() {
                let is_wrong = invalid(wrong, &path);
                view! {
                    <textarea
                        id=format!("{id}-json")
                        class="code"
                        rows="5"
                        spellcheck="false"
                        aria-label="The condition as JSON"
                        aria-describedby=format!("{id}-wrong")
                        aria-invalid=is_wrong
                        prop:value=move || editing.json.get().unwrap_or_default()
                        on:input=move |event| editing.type_json(event_target_value(&event))
                    ></textarea>
                    <AsRows editing />
                }
                .into_any()
            } else {
                view! {
                    <Rows editing always />
                    <p class="row-ways">
                        <AddRow editing />
                        <button class="plain" type="button" on:click=as_json>
                            "Write it as JSON"
                        </button>
                    </p>
                }
                .into_any()
            }
        }
    };
    view! {
        <fieldset class="field condition" id=id tabindex="-1" aria-describedby=described>
            <legend>{label}</legend>
            {body}
            <p class="field-wrong" id=wrong_id>
                {says}
            </p>
        </fieldset>
    }
}

#[component]
fn AddRow(editing: Editing) -> impl IntoView {
    let id = format!("{}-add", id_of(&editing.path.get_value()));
    let add = move |_| {
        let first = editing.facts.with_value(|facts| facts.first().map(|fact| fact.path.clone())).unwrap_or_default();
        let kind = editing.kind(&first);
        let at = editing.rows.with_untracked(Vec::len);
        editing.change(|rows| rows.push(Row::blank(&first, &kind)));
        dom::focus_soon(control(editing, at, "fact"));
    };
    view! {
        <button class="plain" type="button" id=id on:click=add>
            {move || if editing.rows.with(Vec::is_empty) { "Add a condition" } else { "And also\u{2026}" }}
        </button>
    }
}

/// The way back, where rows can say what is typed.
#[component]
fn AsRows(editing: Editing) -> impl IntoView {
    let found = Memo::new(move |_| {
        editing.json.with(|json| rows::read(&serde_json::from_str(json.as_deref().unwrap_or_default()).ok()?))
    });
    let back = move |_| {
        if let Some(rows) = found.get_untracked() {
            editing.rows.set(rows);
            editing.shape.update(|shape| *shape += 1);
            editing.json.set(None);
            dom::focus_soon(format!("{}-add", id_of(&editing.path.get_value())));
        }
    };
    move || match found.with(Option::is_some) {
        true => view! {
            <p>
                <button class="plain" type="button" on:click=back>
                    "Write it as rows"
                </button>
            </p>
        }
        .into_any(),
        false => view! { <p class="quiet">"This says more than rows can: it stays JSON."</p> }.into_any(),
    }
}

#[component]
fn Rows(editing: Editing, always: &'static str) -> impl IntoView {
    let count = Memo::new(move |_| editing.rows.with(Vec::len));
    let keys = move || {
        let shape = editing.shape.get();
        (0..count.get()).map(move |at| (shape, at)).collect::<Vec<_>>()
    };
    view! {
        <Show when=move || count.get() == 0>
            <p class="quiet">{always}</p>
        </Show>
        <ul class="condition-rows">
            <For each=keys key=|key| *key children=move |(_, at)| view! { <OneRow editing at /> } />
        </ul>
    }
}

#[component]
fn OneRow(editing: Editing, at: usize) -> impl IntoView {
    let fact = editing.row(at, |row| row.fact.clone(), String::new);
    let how = editing.row(at, |row| row.how, || How::Is);
    let kind = Memo::new(move |_| editing.kind(&fact.get()));
    let choose_fact = move |event| {
        let chosen = event_target_value(&event);
        let kind = editing.kind(&chosen);
        editing.change_row(at, |_| Row::blank(&chosen, &kind));
    };
    let choose_how = move |event| {
        if let Some(how) = How::of(&event_target_value(&event)) {
            editing.change_row(at, |row| row.with(how));
        }
    };
    let hows = move || {
        let now = how.get();
        let of_kind = kind.with(|kind| How::of_kind(kind));
        // What was written by hand may compare otherwise than people usually do.
        let extra = Some(now).filter(|how| !of_kind.contains(how));
        let option = |how: How| {
            view! {
                <option value=how.operator() prop:selected=how == now>
                    {how.says()}
                </option>
            }
        };
        of_kind.iter().copied().chain(extra).map(option).collect_view()
    };
    let remove = move |_| {
        editing.change(|rows| {
            if at < rows.len() {
                rows.remove(at);
            }
        });
        editing.shape.update(|shape| *shape += 1);
        dom::focus_soon(format!("{}-add", id_of(&editing.path.get_value())));
    };
    let number = at + 1;
    view! {
        <li class="condition-row">
            <select id=control(editing, at, "fact") aria-label=format!("Fact {number}") on:change=choose_fact>
                <FactOptions facts=editing.facts chosen=fact />
            </select>
            <select aria-label=format!("How it must be {number}") on:change=choose_how>
                {hows}
            </select>
            <div class="condition-value">{move || value(editing, at, &fact.get(), &kind.get(), how.get())}</div>
            <button class="button" type="button" on:click=remove>
                "Remove"
                <span class="hidden">{format!(" condition {number}")}</span>
            </button>
        </li>
    }
}

fn control(editing: Editing, at: usize, what: &str) -> String {
    format!("{}-{what}-{at}", id_of(&editing.path.get_value()))
}

/// Facts to choose from, by what they are of.
#[component]
pub fn FactOptions(
    facts: Facts,
    /// The one that is chosen.
    #[prop(into)]
    chosen: Signal<String>,
) -> impl IntoView {
    let option = move |path: String, says: String| {
        let own = path.clone();
        view! {
            <option value=path prop:selected=move || chosen.with(|chosen| *chosen == own)>
                {says}
            </option>
        }
    };
    let mut groups: Vec<(&'static str, Vec<(String, String)>)> = Vec::new();
    let first = chosen.get_untracked();
    let mut is_known = first.is_empty();
    facts.with_value(|facts| {
        for fact in facts {
            is_known |= fact.path == first;
            let group = words::facts_of(fact.path.split('.').next().unwrap_or_default());
            let one = (fact.path.clone(), fact.says.clone());
            match groups.iter_mut().find(|(name, _)| *name == group) {
                Some((_, facts)) => facts.push(one),
                None => groups.push((group, vec![one])),
            }
        }
    });
    // What was written by hand may read what no list has.
    let unlisted = (!is_known).then(|| option(first.clone(), first.clone()));
    let groups = groups.into_iter().map(|(name, facts)| {
        let options = facts.into_iter().map(|(path, says)| option(path, says)).collect_view();
        match name {
            "" => options.into_any(),
            name => view! { <optgroup label=name>{options}</optgroup> }.into_any(),
        }
    });
    view! { {unlisted} {groups.collect_view()} }
}

/// The control of a row's value.
fn value(editing: Editing, at: usize, fact: &str, kind: &str, how: How) -> AnyView {
    if !how.takes_value() {
        return ().into_any();
    }
    let now = editing.rows.with_untracked(|rows| rows.get(at).map(|row| row.value.clone())).unwrap_or(MISSING);
    let set = Callback::new(move |value: Value| editing.change_row(at, |row| Row { value, ..row }));
    let label = format!("Value {}", at + 1);
    control_of(&Asked { label, kind, options: editing.options(fact), several: how.takes_several() }, &now, set)
}

fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}
