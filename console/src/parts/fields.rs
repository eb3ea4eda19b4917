//! The controls of an editor: each with its label, its help, and what the edge says is wrong with it.

use leptos::prelude::*;
use shared::wire::FieldProblem;
use shared::wire::sites::Named;

use crate::{dom, words};

/// What the edge says is wrong, by field.
pub type Wrongs = RwSignal<Vec<FieldProblem>>;

/// An element's id, from a field's path: `origins[0]` is `edit-origins-0`.
pub fn id_of(field: &str) -> String {
    let plain: String = field.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' }).collect();
    format!("edit-{}", plain.trim_end_matches('-'))
}

/// Whether something is wrong with a field, as `aria-invalid` says it.
pub fn invalid(wrong: Wrongs, field: &str) -> impl Fn() -> String + Clone + Send + Sync + use<> {
    let field = field.to_owned();
    move || wrong.with(|all| all.iter().any(|it| it.field == field)).to_string()
}

/// What is done to the values of a list.
pub type ListChange = Box<dyn FnOnce(&mut Vec<String>)>;

/// What is wrong with a field, below it.
#[component]
pub fn Wrong(wrong: Wrongs, #[prop(into)] field: String) -> impl IntoView {
    let id = format!("{}-wrong", id_of(&field));
    let says = move || {
        wrong.with(|all| {
            let own: Vec<String> =
                all.iter().filter(|it| it.field == field).map(|it| words::sentence(&it.message)).collect();
            own.join(" ")
        })
    };
    view! {
        <p class="field-wrong" id=id>
            {says}
        </p>
    }
}

/// What an input needs to belong to its field.
pub struct Ids {
    /// Its own id.
    pub id: String,
    /// What describes it: help, if there is any, and what is wrong.
    pub described: String,
}

impl Ids {
    /// For a field's path.
    pub fn of(field: &str) -> Self {
        let id = id_of(field);
        Self { described: format!("{id}-help {id}-wrong"), id }
    }
}

/// A line of text, a number or a day.
#[component]
pub fn Text(
    wrong: Wrongs,
    #[prop(into)] field: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] help: String,
    #[prop(default = "text")] kind: &'static str,
    #[prop(into)] value: Signal<String>,
    set: impl Fn(String) + 'static,
) -> impl IntoView {
    let ids = Ids::of(&field);
    let help_id = format!("{}-help", ids.id);
    view! {
        <div class="field">
            <label for=ids.id.clone()>{label}</label>
            <p class="quiet" id=help_id>
                {help}
            </p>
            <input
                id=ids.id
                type=kind
                autocomplete="off"
                dir=(kind == "text").then_some("auto")
                min=(kind == "number").then_some("0")
                aria-describedby=ids.described
                aria-invalid=invalid(wrong, &field)
                prop:value=value
                on:input=move |event| set(event_target_value(&event))
            />
            <Wrong wrong field />
        </div>
    }
}

/// A number. It is typed as text, so that what is no number yet (a lone minus) stays while one types on.
#[component]
pub fn Number(
    wrong: Wrongs,
    #[prop(into)] field: String,
    #[prop(into)] label: String,
    #[prop(default = "")] help: &'static str,
    /// Absent where nothing is typed.
    #[prop(into)]
    value: Signal<Option<f64>>,
    /// Gets what is typed; not-a-number for what is none.
    set: impl Fn(Option<f64>) + 'static,
) -> impl IntoView {
    let ids = Ids::of(&field);
    let typed = RwSignal::new(String::new());
    // Takes over what is changed elsewhere, and leaves what says the same in another way (`5.` for 5).
    Effect::new(move |_| {
        let now = value.get();
        if !is_same(typed.with_untracked(|typed| typed_number(typed)), now) {
            typed.set(now.filter(|now| !now.is_nan()).map(|now| now.to_string()).unwrap_or_default());
        }
    });
    view! {
        <div class="field">
            <label for=ids.id.clone()>{label}</label>
            <p class="quiet" id=format!("{}-help", ids.id)>
                {help}
            </p>
            <input
                class="number"
                id=ids.id
                type="text"
                inputmode="decimal"
                autocomplete="off"
                aria-describedby=ids.described
                aria-invalid=invalid(wrong, &field)
                prop:value=typed
                on:input=move |event| {
                    let text = event_target_value(&event);
                    let given = typed_number(&text);
                    typed.set(text);
                    set(given);
                }
            />
            <Wrong wrong field />
        </div>
    }
}

/// What is typed, as a number: nothing where nothing is typed, and not-a-number for what is none.
pub fn typed_number(typed: &str) -> Option<f64> {
    let typed = typed.trim().replace('\u{2212}', "-").replace(',', ".");
    let is_number = !typed.is_empty() && typed.chars().all(|it| it.is_ascii_digit() || matches!(it, '-' | '.'));
    (!typed.is_empty()).then(|| if is_number { typed.parse().unwrap_or(f64::NAN) } else { f64::NAN })
}

fn is_same(one: Option<f64>, other: Option<f64>) -> bool {
    match (one, other) {
        (Some(one), Some(other)) => (one.is_nan() && other.is_nan()) || one.to_bits() == other.to_bits(),
        (one, other) => one.is_none() && other.is_none(),
    }
}

/// A colour: typed, or picked.
#[component]
pub fn Colour(
    wrong: Wrongs,
    field: &'static str,
    label: &'static str,
    usual: &'static str,
    #[prop(into)] value: Signal<String>,
    set: impl Fn(String) + Copy + 'static,
) -> impl IntoView {
    let ids = Ids::of(field);
    let help_id = format!("{}-help", ids.id);
    let picked = move || {
        value.with(|value| match shared::site::channels(value) {
            Some([red, green, blue]) => format!("#{red:02x}{green:02x}{blue:02x}"),
            None => usual.to_owned(),
        })
    };
    view! {
        <div class="field">
            <label for=ids.id.clone()>{label}</label>
            <p class="quiet" id=help_id>
                {format!("Empty for {usual}.")}
            </p>
            <div class="with-swatch">
                <input
                    type="color"
                    aria-label=format!("Pick: {label}")
                    prop:value=picked
                    on:input=move |event| set(event_target_value(&event))
                />
                <input
                    id=ids.id
                    type="text"
                    autocomplete="off"
                    spellcheck="false"
                    aria-describedby=ids.described
                    aria-invalid=invalid(wrong, field)
                    prop:value=value
                    on:input=move |event| set(event_target_value(&event).trim().to_owned())
                />
            </div>
            <Wrong wrong field />
        </div>
    }
}

/// One of several.
#[component]
pub fn Select(
    wrong: Wrongs,
    #[prop(into)] field: String,
    #[prop(into)] label: String,
    choices: Vec<(String, String)>,
    #[prop(into)] value: Signal<String>,
    set: impl Fn(String) + 'static,
) -> impl IntoView {
    let ids = Ids::of(&field);
    let options = choices
        .into_iter()
        .map(|(tag, name)| {
            let own = tag.clone();
            view! {
                <option value=tag prop:selected=move || value.with(|value| *value == own)>
                    {name}
                </option>
            }
        })
        .collect_view();
    view! {
        <div class="field">
            <label for=ids.id.clone()>{label}</label>
            <select
                id=ids.id.clone()
                aria-describedby=format!("{}-wrong", ids.id)
                aria-invalid=invalid(wrong, &field)
                on:change=move |event| set(event_target_value(&event))
            >
                {options}
            </select>
            <Wrong wrong field />
        </div>
    }
}

/// Any number of lines: each can be taken away, and one more added.
#[component]
pub fn Lines(
    wrong: Wrongs,
    field: &'static str,
    label: &'static str,
    one: &'static str,
    help: &'static str,
    #[prop(into)] values: Signal<Vec<String>>,
    change: impl Fn(ListChange) + Copy + Send + Sync + 'static,
    /// What becomes of what was typed, once it is done.
    tidy: fn(&str) -> String,
    /// The keys that a telephone shows.
    #[prop(default = "url")]
    mode: &'static str,
) -> impl IntoView {
    let own = id_of(field);
    let (help_id, add_id) = (format!("{own}-help"), format!("{own}-add"));
    let described = format!("{own}-help {own}-wrong");
    let count = Memo::new(move |_| values.with(Vec::len));
    let line = move |at: usize| {
        let path = format!("{field}[{at}]");
        let ids = Ids::of(&path);
        let text = Memo::new(move |_| values.with(|values| values.get(at).cloned().unwrap_or_default()));
        let is_wrong = invalid(wrong, &path);
        let set = move |text: String| {
            change(Box::new(move |lines| {
                if let Some(line) = lines.get_mut(at) {
                    *line = text;
                }
            }));
        };
        let remove = move |_| {
            change(Box::new(move |lines| {
                if at < lines.len() {
                    lines.remove(at);
                }
            }));
            dom::focus_soon(format!("{}-add", id_of(field)));
        };
        view! {
            <li>
                <div class="with-button">
                    <input
                        id=ids.id
                        type="text"
                        inputmode=mode
                        autocomplete="off"
                        spellcheck="false"
                        aria-label=format!("{one} {}", at + 1)
                        aria-describedby=ids.described
                        aria-invalid=is_wrong
                        prop:value=text
                        on:input=move |event| set(event_target_value(&event))
                        on:change=move |event| set(tidy(&event_target_value(&event)))
                    />
                    <button class="button" type="button" on:click=remove>
                        "Remove"
                        <span class="hidden">{format!(" {} {}", one.to_lowercase(), at + 1)}</span>
                    </button>
                </div>
                <Wrong wrong field=path />
            </li>
        }
    };
    let add = move |_| {
        let next = count.get_untracked();
        change(Box::new(|lines| lines.push(String::new())));
        dom::focus_soon(id_of(&format!("{field}[{next}]")));
    };
    view! {
        <fieldset class="field" id=own tabindex="-1" aria-describedby=described>
            <legend>{label}</legend>
            <p class="quiet" id=help_id>
                {help}
            </p>
            <ul class="lines">
                <For each=move || 0..count.get() key=|at| *at children=line />
            </ul>
            <Wrong wrong field />
            <p>
                <button class="plain" type="button" id=add_id on:click=add>
                    {format!("Add {} {}", if one.starts_with(['A', 'E', 'I', 'O']) { "an" } else { "a" }, one.to_lowercase())}
                </button>
            </p>
        </fieldset>
    }
}

/// Any number of what there is.
#[component]
pub fn Several(
    wrong: Wrongs,
    #[prop(into)] field: String,
    #[prop(into)] label: String,
    none: &'static str,
    #[prop(into)] choices: Signal<Vec<Named>>,
    #[prop(into)] values: Signal<Vec<String>>,
    change: impl Fn(ListChange) + Copy + Send + Sync + 'static,
) -> impl IntoView {
    let choice = move |of: Named| {
        let (id, own) = (of.id.clone(), of.id);
        let is_chosen = move || values.with(|values| values.contains(&own));
        let set = move |on: bool| {
            let id = id.clone();
            change(Box::new(move |values| {
                values.retain(|value| *value != id);
                if on {
                    values.push(id);
                }
            }));
        };
        view! {
            <label class="choice">
                <input type="checkbox" prop:checked=is_chosen on:change=move |event| set(event_target_checked(&event)) />
                <span dir="auto">{of.name}</span>
            </label>
        }
    };
    let (id, described) = (id_of(&field), format!("{}-wrong", id_of(&field)));
    view! {
        <fieldset class="field several" id=id tabindex="-1" aria-describedby=described>
            <legend>{label}</legend>
            <For each=move || choices.get() key=|of| of.id.clone() children=choice />
            {move || choices.with(Vec::is_empty).then(|| view! { <p class="quiet">{none}</p> })}
            <Wrong wrong field />
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::{id_of, is_same, typed_number};

    #[test]
    fn a_number_is_what_somebody_means() {
        assert_eq!(typed_number(" "), None);
        for (typed, means) in [("5", 5.0), ("-3", -3.0), ("\u{2212}3", -3.0), ("1,5", 1.5), ("7.", 7.0)] {
            assert!(is_same(typed_number(typed), Some(means)), "{typed}");
        }
        for odd in ["-", "many", "1.2.3", "inf", "NaN", "1e5"] {
            assert!(typed_number(odd).is_some_and(f64::is_nan), "{odd}");
        }
        assert!(is_same(Some(f64::NAN), Some(f64::NAN)) && !is_same(None, Some(0.0)));
    }

    #[test]
    fn a_path_becomes_an_id() {
        assert_eq!(id_of("name"), "edit-name");
        assert_eq!(id_of("origins[10]"), "edit-origins-10");
        assert_eq!(id_of("theme.accent_text"), "edit-theme-accent_text");
    }
}
