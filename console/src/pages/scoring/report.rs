//! What a replay found, from the items that it went through: by tier and by queue, before and after, with the items behind
//! each number.

use shared::wire::console::Outcome;
use shared::wire::scoring::{Decided, ReplayPage, Replayed};

/// The tiers, from the best to the least.
pub const TIERS: [&str; 9] = ["A1", "A2", "A3", "B1", "B2", "B3", "C1", "C2", "C3"];

/// By the card in force, or by the other one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    Before,
    After,
}

impl Side {
    fn of(self, item: &Replayed) -> &Decided {
        match self {
            Self::Before => &item.before,
            Self::After => &item.after,
        }
    }
}

/// Which items one looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Pick {
    /// Those that change their tier.
    Moved,
    /// Those that change their queue.
    Rerouted,
    /// Those of a tier.
    Tier(Side, String),
    /// Those that were won, of a tier.
    Won(Side, String),
    /// Those that leave one queue for another.
    Between(String, String),
}

impl Pick {
    /// Whether an item is among them.
    pub fn has(&self, item: &Replayed) -> bool {
        match self {
            Self::Moved => item.before.tier != item.after.tier,
            Self::Rerouted => item.before.queue != item.after.queue,
            Self::Tier(side, tier) => side.of(item).tier == *tier,
            Self::Won(side, tier) => side.of(item).tier == *tier && item.outcome == Some(Outcome::Won),
            Self::Between(from, to) => item.before.queue == *from && item.after.queue == *to,
        }
    }
}

/// One tier by one of the cards.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Share {
    /// So many items.
    pub items: usize,
    /// So many of them were won.
    pub won: usize,
    /// So many were decided: won, lost or disqualified. What is open is not lost, and spam and support count for neither.
    pub decided: usize,
}

impl Share {
    /// The share that was won of what was decided, in per cent; nothing where nothing was.
    pub fn win_rate(self) -> Option<f64> {
        (self.decided > 0).then(|| 100.0 * self.won as f64 / self.decided as f64)
    }
}

/// What was found so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Everything that was replayed.
    pub items: Vec<Replayed>,
    /// So many cannot be.
    pub skipped: u32,
    /// So many come out otherwise than when they were decided.
    pub differ: u32,
    /// So many there are.
    pub of: u32,
}

impl Report {
    /// Adds a page.
    pub fn take(&mut self, page: ReplayPage) {
        self.of = page.of;
        self.skipped += page.skipped;
        self.differ += page.differ;
        self.items.extend(page.items);
    }

    /// How many were looked at.
    pub fn done(&self) -> u32 {
        u32::try_from(self.items.len()).unwrap_or(u32::MAX).saturating_add(self.skipped)
    }

    /// How many items a choice has.
    pub fn count(&self, pick: &Pick) -> usize {
        self.items.iter().filter(|item| pick.has(item)).count()
    }

    /// A tier by one of the cards.
    pub fn share(&self, side: Side, tier: &str) -> Share {
        let mut share = Share::default();
        for item in self.items.iter().filter(|item| side.of(item).tier == tier) {
            share.items += 1;
            share.won += usize::from(item.outcome == Some(Outcome::Won));
            let is_decided = matches!(item.outcome, Some(Outcome::Won | Outcome::Lost | Outcome::Disqualified));
            share.decided += usize::from(is_decided);
        }
        share
    }

    /// From which queue to which other items go, and how many, the most first.
    pub fn ways(&self) -> Vec<(String, String, usize)> {
        let mut ways: Vec<(String, String, usize)> = Vec::new();
        for Replayed { before, after, .. } in self.items.iter().filter(|item| Pick::Rerouted.has(item)) {
            match ways.iter_mut().find(|(from, to, _)| *from == before.queue && *to == after.queue) {
                Some((.., count)) => *count += 1,
                None => ways.push((before.queue.clone(), after.queue.clone(), 1)),
            }
        }
        ways.sort_by(|one, other| other.2.cmp(&one.2).then_with(|| one.cmp(other)));
        ways
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item(id: &str, tiers: [&str; 2], queues: [&str; 2], outcome: Option<Outcome>) -> Replayed {
        let decided = |tier: &str, queue: &str| Decided {
            tier: tier.to_owned(),
            total: 10,
            queue: queue.to_owned(),
            route: "rest".to_owned(),
        };
        Replayed {
            id: id.to_owned(),
            who: id.to_owned(),
            opened_at: "2026-11-01T09:00:00Z".to_owned(),
            outcome,
            before: decided(tiers[0], queues[0]),
            after: decided(tiers[1], queues[1]),
        }
    }

    #[test]
    fn pages_add_up_and_each_number_has_its_items() {
        let mut report = Report::default();
        let first = vec![
            item("a", ["A1", "B1"], ["sales", "success"], Some(Outcome::Won)),
            item("b", ["A1", "A1"], ["sales", "sales"], Some(Outcome::Lost)),
            item("c", ["A1", "A1"], ["sales", "sales"], None),
        ];
        let second = vec![
            item("d", ["C3", "B1"], ["success", "sales"], Some(Outcome::Spam)),
            item("e", ["C3", "C3"], ["sales", "success"], Some(Outcome::Disqualified)),
        ];
        report.take(ReplayPage { of: 6, items: first, skipped: 1, differ: 0, next: Some("x".to_owned()) });
        assert_eq!((report.done(), report.of), (4, 6));
        report.take(ReplayPage { of: 6, items: second, skipped: 0, differ: 0, next: None });
        assert_eq!(report.done(), 6);
        assert_eq!(report.share(Side::Before, "A1"), Share { items: 3, won: 1, decided: 2 });
        assert_eq!(report.share(Side::Before, "A1").win_rate(), Some(50.0));
        assert_eq!(report.share(Side::After, "B1"), Share { items: 2, won: 1, decided: 1 });
        assert_eq!(report.share(Side::After, "B2").win_rate(), None);
        assert_eq!(report.count(&Pick::Moved), 2);
        assert_eq!(report.count(&Pick::Rerouted), 3);
        assert_eq!(report.count(&Pick::Tier(Side::After, "A1".to_owned())), 2);
        assert_eq!(report.count(&Pick::Won(Side::Before, "A1".to_owned())), 1);
        let ways = report.ways();
        assert_eq!(ways[0], ("sales".to_owned(), "success".to_owned(), 2));
        for (from, to, count) in &ways {
            assert_eq!(report.count(&Pick::Between(from.clone(), to.clone())), *count);
        }
    }
}
