//! What the platform says happened to somebody, and so where they stand.

use shared::lifecycle::Kind;

use super::spelled;

/// What happened to somebody, or what they did.
pub fn happened(tag: &str) -> String {
    let says = match Kind::from_tag(tag) {
        Some(Kind::TrialStarted) => "Began a trial",
        Some(Kind::Purchased) => "Bought",
        Some(Kind::Onboarded) => "Onboarded",
        Some(Kind::Completed) => "Finished what they bought",
        Some(Kind::Renewed) => "Renewed",
        Some(Kind::Cancelled) => "Cancelled",
        Some(Kind::Referred) => "Brought somebody",
        None => return spelled(tag),
    };
    says.to_owned()
}

/// What an item's history says of it (`purchased`, or `purchased: Annual plan`), and the platform's words.
pub fn platform_says(text: &str) -> (String, Option<String>) {
    let (tag, note) = text.split_once(": ").unwrap_or((text, ""));
    let says = format!("The platform says: {}", happened(tag).to_lowercase());
    (says, (!note.is_empty()).then(|| note.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_happened_is_said_as_people_say_it() {
        let said = Kind::ALL.map(|kind| happened(kind.tag()));
        let says = ["Began a trial", "Bought", "Onboarded", "Finished what they bought", "Renewed", "Cancelled"];
        assert_eq!(said[..6], says);
        assert_eq!(happened("moon_landed"), "Moon landed");
    }

    #[test]
    fn an_items_history_says_it_as_a_sentence() {
        assert_eq!(platform_says("cancelled").0, "The platform says: cancelled");
        let (says, note) = platform_says("purchased: Annual plan: 12 seats");
        assert_eq!((says.as_str(), note.as_deref()), ("The platform says: bought", Some("Annual plan: 12 seats")));
    }
}
