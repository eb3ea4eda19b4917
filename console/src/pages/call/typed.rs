//! What is typed of a call, as it is sent. Pure.

use std::collections::BTreeMap;

use shared::wire::{Field, FieldKind, Given};

/// What a ticked box sends.
pub use shared::submission::value::TICKED;

/// What is typed, by field. It stays while another form is looked at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(BTreeMap<String, Vec<String>>);

impl Typed {
    /// The text of a field that has one.
    pub fn one(&self, name: &str) -> String {
        self.0.get(name).and_then(|values| values.first()).cloned().unwrap_or_default()
    }

    /// What was chosen of a field that takes several.
    pub fn many(&self, name: &str) -> Vec<String> {
        self.0.get(name).cloned().unwrap_or_default()
    }

    /// The same, to be changed.
    pub fn many_mut(&mut self, name: &str) -> &mut Vec<String> {
        self.0.entry(name.to_owned()).or_default()
    }

    /// Has a text.
    pub fn set(&mut self, name: &str, text: String) {
        self.0.insert(name.to_owned(), vec![text]);
    }

    /// What is sent of these fields: nothing of what was left empty.
    pub fn values(&self, fields: &[Field]) -> BTreeMap<String, Given> {
        let value = |field: &Field| {
            let typed = self.0.get(&field.name)?;
            let given = match field.kind {
                FieldKind::MultipleChoice => Given::Many(typed.clone()),
                _ => Given::One(typed.first()?.trim().to_owned()),
            };
            let is_empty = match &given {
                Given::One(text) => text.is_empty(),
                Given::Many(texts) => texts.is_empty(),
            };
            (!is_empty).then(|| (field.name.clone(), given))
        };
        fields.iter().filter_map(value).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_left_empty_is_not_sent_and_what_another_form_asks_is_not_either() {
        let fields = [
            Field::new("name", FieldKind::ShortText, "Name"),
            Field::new("days", FieldKind::MultipleChoice, "Days"),
            Field::new("call", FieldKind::Checkbox, "Call"),
            Field::new("message", FieldKind::LongText, "What was said"),
        ];
        let mut typed = Typed::default();
        typed.set("name", "  Ana ".to_owned());
        typed.set("message", " ".to_owned());
        typed.set("of_another_form", "x".to_owned());
        typed.many_mut("days").extend(["mon".to_owned(), "fri".to_owned()]);
        typed.many_mut("call");
        let sent = typed.values(&fields);
        assert_eq!(sent.len(), 2);
        assert_eq!(sent.get("name"), Some(&Given::One("Ana".to_owned())));
        assert_eq!(sent.get("days"), Some(&Given::Many(vec!["mon".to_owned(), "fri".to_owned()])));
        typed.many_mut("call").push(TICKED.to_owned());
        assert_eq!(typed.values(&fields).get("call"), Some(&Given::One(TICKED.to_owned())));
    }
}
