//! What members are told beside their queues, and who is named in a note.
//!
//! A member is named by `@` and their id, as a word of its own: `@theo, can you look?`. Not here: how they are told (`edge`).

/// Why somebody is told about an item. Tags are shared by rows and the console, and are never renamed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeKind {
    /// A colleague named them in a note.
    Mention,
    /// Somebody complains whose renewal they have in hand.
    CustomerComplains,
    /// The visitor was not happy with how their item was settled, and it is open again.
    Reopened,
    /// The visitor has written again, about something of theirs.
    Wrote,
    /// The time for something of theirs runs out.
    Nudge,
    /// A promise of a queue that they manage was not kept.
    Escalated,
}

impl NoticeKind {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Mention => "mention",
            Self::CustomerComplains => "customer_complains",
            Self::Reopened => "reopened",
            Self::Wrote => "wrote",
            Self::Nudge => "nudge",
            Self::Escalated => "escalated",
        }
    }
}

/// The members who are named in a note, in the order of the members, each once.
pub fn mentioned<'a>(text: &str, members: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let named: Vec<&str> = names(text).collect();
    members.filter(|member| named.contains(member)).collect()
}

/// What stands behind each `@` at the start of a word, as far as it can be an id.
fn names(text: &str) -> impl Iterator<Item = &str> {
    let mut before = None;
    text.char_indices().filter_map(move |(at, letter)| {
        let starts = letter == '@' && before.is_none_or(|before: char| !before.is_alphanumeric() && before != '@');
        before = Some(letter);
        let rest = text.get(at + 1..).filter(|_| starts)?;
        let is_of_a_name = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
        let end = rest.find(|letter: char| !is_of_a_name(letter)).unwrap_or(rest.len());
        rest.get(..end).map(|name| name.trim_end_matches('-')).filter(|name| !name.is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named_by_their_id_as_a_word() {
        let members = ["mara", "theo", "t_2", "ana-li"];
        let named = |text: &str| mentioned(text, members.into_iter());
        assert_eq!(named("@theo, can you or @mara look? @theo"), ["mara", "theo"]);
        assert_eq!(named("(@t_2) @Theo @theodor ana@theo.example @@mara @nobody"), ["t_2"]);
        assert_eq!(named("@"), Vec::<&str>::new());
        assert_eq!(named("@ana-li- @mara-"), ["mara", "ana-li"]);
        assert_eq!(named("ask @mara\u{2019}s team\n@theo."), ["mara", "theo"]);
    }
}
