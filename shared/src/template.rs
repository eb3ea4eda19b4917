//! Templates of answers: text with placeholders, `{{first_name}}`, that are filled in for an item.
//!
//! Placeholders are names from a list, nothing else: what stands in them can reach nothing, and what a visitor wrote is put in as
//! it is and never read again. So a name like `{{me}}` stays a name. Not here: who may write templates, or sending.
//!
//! ```
//! use shared::template::{Filling, Template};
//!
//! let template = Template::parse("Hello {{first_name}}, about {{reference}}: ").unwrap();
//! let ana = Filling { name: "Ana Ruiz", reference: "U-7K2", ..Filling::default() };
//! assert_eq!(template.fill(&ana), "Hello Ana, about U-7K2: ");
//! assert!(Template::parse("{{password}}").is_err());
//! ```

/// What a placeholder stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Slot {
    Name,
    FirstName,
    Reference,
    Workspace,
    Me,
    FeedbackLink,
}

const SLOTS: [(&str, Slot); 6] = [
    ("name", Slot::Name),
    ("first_name", Slot::FirstName),
    ("reference", Slot::Reference),
    ("workspace", Slot::Workspace),
    ("me", Slot::Me),
    ("feedback_link", Slot::FeedbackLink),
];

/// What the placeholders are filled with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Filling<'a> {
    /// The person's name; where it is empty, `there`, as in "Hello there".
    pub name: &'a str,
    /// The reference that they were given.
    pub reference: &'a str,
    /// The workspace's name.
    pub workspace: &'a str,
    /// Who writes.
    pub me: &'a str,
    /// Where the person says how satisfied they are; empty where nobody asks.
    pub feedback_link: &'a str,
}

impl Filling<'_> {
    fn of(&self, slot: Slot) -> &str {
        let or_there = |name| if str::is_empty(name) { "there" } else { name };
        match slot {
            Slot::Name => or_there(self.name.trim()),
            Slot::FirstName => or_there(self.name.split_whitespace().next().unwrap_or_default()),
            Slot::Reference => self.reference,
            Slot::Workspace => self.workspace,
            Slot::Me => self.me,
            Slot::FeedbackLink => self.feedback_link,
        }
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadTemplate {
    /// A placeholder that there is not.
    #[error("there is no placeholder `{0}`; there are name, first_name, reference, workspace, me and feedback_link")]
    Unknown(String),
    /// `{{` without `}}`.
    #[error("a placeholder begins and does not end")]
    Unended,
}

/// A text with placeholders, read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template<'a> {
    parts: Vec<(&'a str, Option<Slot>)>,
}

impl<'a> Template<'a> {
    /// Reads a template.
    ///
    /// # Errors
    /// The first placeholder that makes no sense.
    pub fn parse(text: &'a str) -> Result<Self, BadTemplate> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after.split_once("}}").ok_or(BadTemplate::Unended)?;
            let slot = SLOTS.iter().find(|(known, _)| *known == name.trim()).map(|(_, slot)| *slot);
            parts.push((before, Some(slot.ok_or_else(|| BadTemplate::Unknown(name.trim().to_owned()))?)));
            rest = after;
        }
        parts.push((rest, None));
        Ok(Self { parts })
    }

    /// Fills it in, once: what is put in is not read again.
    pub fn fill(&self, filling: &Filling<'_>) -> String {
        let filled = self.parts.iter().flat_map(|(text, slot)| [*text, slot.map_or("", |slot| filling.of(slot))]);
        filled.collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_never_read_again() {
        let template = Template::parse("{{ name }}|{{me}}").unwrap();
        let filling = Filling { name: "{{me}} {{reference}}", me: "Mara", ..Filling::default() };
        assert_eq!(template.fill(&filling), "{{me}} {{reference}}|Mara");
    }

    #[test]
    fn whoever_gave_no_name_is_greeted_all_the_same() {
        let hello =
            |name| Template::parse("Hello {{first_name}}!").unwrap().fill(&Filling { name, ..Filling::default() });
        assert_eq!((hello(" "), hello(" Ana  Ruiz")), ("Hello there!".to_owned(), "Hello Ana!".to_owned()));
    }

    #[test]
    fn a_placeholder_that_there_is_not_is_named() {
        assert_eq!(Template::parse("{{person.email}}"), Err(BadTemplate::Unknown("person.email".to_owned())));
        assert_eq!(Template::parse("Hello {{name"), Err(BadTemplate::Unended));
        assert_eq!(Template::parse("a } b {c} }}").unwrap().fill(&Filling::default()), "a } b {c} }}");
    }
}
