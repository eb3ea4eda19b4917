//! What was done, and what was not.

use shared::wire::console::Act;
use shared::wire::lists::NotDone;

use super::{counted, outcome};

/// What was done to one item, or to several: `Claimed Ana Ruiz`, `Closed 3 items: Lost`.
pub fn did(act: &Act, who: &str, count: usize) -> String {
    let what = if count == 1 { who.to_owned() } else { counted(count, "item", "items") };
    match act {
        Act::Claim => format!("Claimed {what}"),
        Act::Release => format!("Released {what}"),
        Act::Wait { .. } | Act::Snooze { .. } => format!("Let {what} rest"),
        Act::Resume => format!("Went on with {what}"),
        Act::Reassign { .. } => format!("Gave away {what}"),
        Act::Note { .. } => format!("Noted on {what}"),
        Act::Reply { .. } => format!("Replied to {what}"),
        Act::Duplicate { .. } => format!("Closed {what}: Duplicate"),
        Act::Close { outcome: became, .. } => format!("Closed {what}: {}", outcome(*became)),
        Act::Reopen => format!("Reopened {what}"),
    }
}

/// Why something was not done to an item: `Ana Ruiz: Theo has taken this item.`
pub fn not_done(it: &NotDone) -> String {
    let who = if it.who.is_empty() { "One item" } else { &it.who };
    format!("{who}: {}", it.says)
}

#[cfg(test)]
mod tests {
    use shared::wire::console::Outcome;

    use super::*;

    #[test]
    fn what_was_done_is_one_sentence() {
        assert_eq!(did(&Act::Claim, "Ana Ruiz", 1), "Claimed Ana Ruiz");
        let close = Act::Close { outcome: Outcome::Lost, reason: String::new() };
        assert_eq!(did(&close, "Ana Ruiz", 3), "Closed 3 items: Lost");
    }

    #[test]
    fn what_was_not_done_says_to_whom_and_why() {
        let it = |who: &str| NotDone {
            id: "i".to_owned(),
            who: who.to_owned(),
            code: "taken".to_owned(),
            says: "Theo has taken this item.".to_owned(),
        };
        assert_eq!(not_done(&it("Ana")), "Ana: Theo has taken this item.");
        assert_eq!(not_done(&it("")), "One item: Theo has taken this item.");
    }
}
