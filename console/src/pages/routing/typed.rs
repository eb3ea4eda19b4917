//! What a rule or a place says in a few words, as people type it: `billing 2, refunds` for skills, `50 nudge, 90 reassign` for
//! remedies, `3 in 60` for the most items in so many minutes. What cannot be read becomes what the edge refuses, by its place:
//! nothing that was typed is silently left out.

use std::collections::BTreeMap;

use shared::wire::pool::{Does, Most, Remedy};

/// The remedies by name.
const DOES: [(Does, &str); 4] =
    [(Does::Nudge, "nudge"), (Does::Widen, "widen"), (Does::Reassign, "reassign"), (Does::Escalate, "escalate")];

fn parts(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';']).map(str::trim).filter(|part| !part.is_empty())
}

/// Skills with their least levels.
pub fn skills(text: &str) -> BTreeMap<String, u32> {
    let each = parts(text).map(|part| match part.rsplit_once(' ') {
        Some((skill, level)) if level.chars().all(|sign| sign.is_ascii_digit()) => {
            (skill.trim().to_owned(), level.parse().unwrap_or(0))
        }
        _ => (part.to_owned(), 1),
    });
    each.collect()
}

/// Skills as text: the level only where it is not 1.
pub fn skills_to_text(skills: &BTreeMap<String, u32>) -> String {
    let each = skills.iter().map(|(skill, level)| match level {
        1 => skill.clone(),
        level => format!("{skill} {level}"),
    });
    each.collect::<Vec<_>>().join(", ")
}

/// Remedies: each a percent and a name. One that is neither has the percent 0, which is refused.
pub fn remedies(text: &str) -> Vec<Remedy> {
    let each = parts(text).map(|part| {
        let (percent, name) = part.split_once([' ', '%']).unwrap_or((part, ""));
        let name = name.trim_start_matches(['%', ' ']).trim().to_lowercase();
        let does = DOES.iter().find(|(_, known)| *known == name).map(|(does, _)| *does);
        match (percent.trim().parse(), does) {
            (Ok(at), Some(does)) => Remedy { at, does },
            _ => Remedy { at: 0, does: Does::Nudge },
        }
    });
    each.collect()
}

/// Remedies as text.
pub fn remedies_to_text(remedies: &[Remedy]) -> String {
    let name = |does: Does| DOES.iter().find(|(known, _)| *known == does).map_or("", |(_, name)| name);
    let each = remedies.iter().map(|remedy| format!("{} {}", remedy.at, name(remedy.does)));
    each.collect::<Vec<_>>().join(", ")
}

/// The most items in so many minutes; nothing where nothing is typed, and none at all where it cannot be read, which is refused.
pub fn most(text: &str) -> Option<Most> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let read = text.split_once("in").and_then(|(items, minutes)| {
        let minutes = minutes.trim().trim_end_matches("minutes").trim_end_matches("min");
        Some(Most { items: items.trim().parse().ok()?, minutes: minutes.trim().parse().ok()? })
    });
    Some(read.unwrap_or(Most { items: 0, minutes: 0 }))
}

/// The same as text.
pub fn most_to_text(most: Option<Most>) -> String {
    most.map(|most| format!("{} in {}", most.items, most.minutes)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn skills_are_read_as_they_are_written() {
        let read = skills(" billing 2;refunds, course design 3,");
        let expected = [("billing", 2), ("course design", 3), ("refunds", 1)];
        assert_eq!(read, expected.map(|(skill, level)| (skill.to_owned(), level)).into_iter().collect());
        assert_eq!(skills_to_text(&read), "billing 2, course design 3, refunds");
        assert_eq!(skills(&skills_to_text(&read)), read);
        assert!(skills(" ").is_empty());
    }

    #[test]
    fn remedies_are_read_as_they_are_written_and_what_is_none_is_refused() {
        let read = remedies("50 nudge, 90% reassign; 100 Escalate");
        let at = |at, does| Remedy { at, does };
        assert_eq!(read, [at(50, Does::Nudge), at(90, Does::Reassign), at(100, Does::Escalate)]);
        assert_eq!(remedies_to_text(&read), "50 nudge, 90 reassign, 100 escalate");
        for bad in ["half nudge", "50", "50 shout", "nudge"] {
            assert_eq!(remedies(bad), [at(0, Does::Nudge)], "{bad}");
        }
    }

    #[test]
    fn a_most_is_so_many_in_so_many_minutes() {
        let of = |items, minutes| Some(Most { items, minutes });
        assert_eq!((most(" 3 in 60"), most("3in60 min"), most("")), (of(3, 60), of(3, 60), None));
        assert_eq!((most("3"), most("many in 60")), (of(0, 0), of(0, 0)));
        assert_eq!((most_to_text(of(3, 60)), most_to_text(None)), ("3 in 60".to_owned(), String::new()));
    }
}
