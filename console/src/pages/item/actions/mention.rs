//! Naming colleagues in a note: what is typed after an `@` is completed from a list.

use leptos::prelude::*;
use shared::wire::console::MemberRef;
use wasm_bindgen::JsCast;
use web_sys::HtmlTextAreaElement;

use super::Doing;
use crate::dom;

/// The most names that are offered.
const MOST: usize = 6;

/// What is typed of a name: where it begins after its `@`, and where the caret stands, in UTF-16 units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Typed {
    from: usize,
    to: usize,
}

/// The name that is being typed in front of the caret, if one is.
pub fn typed(text: &str, caret: usize) -> Option<Typed> {
    let units: Vec<u16> = text.encode_utf16().take(caret).collect();
    let at = units.iter().rposition(|unit| *unit == u16::from(b'@'))?;
    let after = String::from_utf16_lossy(units.get(at + 1..)?);
    let before =
        at.checked_sub(1).and_then(|before| units.get(before)).and_then(|unit| char::from_u32(u32::from(*unit)));
    let is_of_a_name = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let starts = before.is_none_or(|before| !before.is_alphanumeric() && before != '@');
    (starts && after.chars().all(is_of_a_name)).then_some(Typed { from: at + 1, to: units.len() })
}

/// The text with the whole name in it, and where the caret stands then.
pub fn completed(text: &str, typed: Typed, id: &str) -> (String, usize) {
    let units: Vec<u16> = text.encode_utf16().collect();
    let part = |range: Option<&[u16]>| range.map(String::from_utf16_lossy).unwrap_or_default();
    let (before, after) = (part(units.get(..typed.from)), part(units.get(typed.to..)));
    let space = if after.starts_with(' ') { "" } else { " " };
    (format!("{before}{id}{space}{after}"), typed.from + id.encode_utf16().count() + 1)
}

/// The colleagues whose name begins so.
pub fn fitting(colleagues: &[MemberRef], text: &str, typed: Typed) -> Vec<MemberRef> {
    let units: Vec<u16> = text.encode_utf16().collect();
    let start = units.get(typed.from..typed.to).map(String::from_utf16_lossy).unwrap_or_default().to_lowercase();
    let begins = |words: &str| words.to_lowercase().split(' ').any(|word| word.starts_with(&start));
    colleagues.iter().filter(|it| it.id.starts_with(&start) || begins(&it.name)).take(MOST).cloned().collect()
}

/// The names that what is typed may become; pressing one completes it.
#[component]
pub fn Names(doing: Doing, colleagues: Memo<Vec<MemberRef>>, caret: RwSignal<usize>) -> impl IntoView {
    let offered = Memo::new(move |_| {
        doing.note.with(|text| {
            let typed = typed(text, caret.get())?;
            let names = colleagues.with(|colleagues| fitting(colleagues, text, typed));
            (!names.is_empty()).then_some((typed, names))
        })
    });
    move || {
        offered.get().map(|(typed, names)| {
            let choice = move |member: MemberRef| {
                let complete = move |_| {
                    let (text, at) = doing.note.with_untracked(|text| completed(text, typed, &member.id));
                    doing.keep_note(&text);
                    caret.set(at);
                    put_caret("note", at);
                };
                view! {
                    <button class="button small" type="button" on:click=complete>
                        <bdi>{member.name.clone()}</bdi>
                    </button>
                }
            };
            view! {
                <div class="mentions" role="group" aria-label="Whom do you mean?">
                    {names.into_iter().map(choice).collect_view()}
                </div>
            }
        })
    }
}

/// Where the caret stands in a text area, in UTF-16 units.
pub fn caret_of(id: &str) -> usize {
    let area = dom::element(id).and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
    let caret = area.and_then(|area| area.selection_end().ok().flatten());
    caret.and_then(|caret| usize::try_from(caret).ok()).unwrap_or(usize::MAX)
}

fn put_caret(id: &'static str, at: usize) {
    request_animation_frame(move || {
        dom::focus(id);
        let area = dom::element(id).and_then(|it| it.dyn_into::<HtmlTextAreaElement>().ok());
        if let (Some(area), Ok(at)) = (area, u32::try_from(at)) {
            // Refused only where there is no such place any more.
            let _ = area.set_selection_range(at, at);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_typed_after_an_at_that_begins_a_word() {
        let typed_in = |text: &str| typed(text, text.encode_utf16().count()).map(|typed| (typed.from, typed.to));
        assert_eq!(typed_in("@th"), Some((1, 3)));
        assert_eq!(typed_in("ask \u{1f600} @"), Some((8, 8)));
        assert_eq!(typed_in("ana@example"), None);
        assert_eq!(typed_in("@theo can"), None);
        assert_eq!(typed("@theo can", 3), Some(Typed { from: 1, to: 3 }));
    }

    #[test]
    fn it_is_completed_where_the_caret_stands() {
        let typed = typed("hi @th, look", 6).unwrap();
        assert_eq!(completed("hi @th, look", typed, "theo"), ("hi @theo , look".to_owned(), 9));
        let last = super::typed("hi @th", 6).unwrap();
        assert_eq!(completed("hi @th", last, "theo"), ("hi @theo ".to_owned(), 9));
    }

    #[test]
    fn colleagues_fit_by_their_id_or_a_part_of_their_name() {
        let member = |id: &str, name: &str| MemberRef { id: id.to_owned(), name: name.to_owned() };
        let all = [member("theo", "Theo Brandt"), member("ines", "Inês Brito")];
        let fits = |text: &str| {
            let typed = typed(text, text.len()).unwrap();
            fitting(&all, text, typed).into_iter().map(|it| it.id).collect::<Vec<_>>()
        };
        assert_eq!(fits("@"), ["theo", "ines"]);
        assert_eq!(fits("@Br"), ["theo", "ines"]);
        assert_eq!(fits("@th"), ["theo"]);
        assert!(fits("@x").is_empty());
    }
}
