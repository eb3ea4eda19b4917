//! What a visitor did with the prices, as facts and not as addresses: on how many days they came back, which plan held
//! their eye, for how long, for how many seats.
//!
//! Only what a person was seen to do is folded in: [`crate::visit`] sees to that.

use serde_json::{Value, json};

use crate::time::Timestamp;
use crate::visit::Seen;
use crate::wire::visit::Pricing;

/// The days that a return is counted over.
const WINDOW_DAYS: i64 = 30;
/// The most that one signal adds to a time: longer is no reading.
const MAX_MS: u64 = 60 * 60 * 1_000;
/// The most plans that are told apart.
const MAX_PLANS: usize = 24;

impl Pricing {
    /// Takes in what a visitor did.
    pub fn fold(&mut self, seen: &Seen) {
        let about = |name: &str| seen.about.get(name).map(String::as_str).unwrap_or_default();
        let visible_ms = about("visible_ms").parse::<u64>().unwrap_or(0).min(MAX_MS);
        let at = seen.at.as_ms();
        let day = seen.at.day();
        match seen.kind.as_str() {
            crate::visit::PRICING_VIEWED => {
                self.first_at = if self.first_at == 0 { at } else { self.first_at.min(at) };
                self.last_at = self.last_at.max(at);
                self.days.push(day);
            }
            "pricing_left" => *self.visible_ms.entry(day).or_default() += visible_ms,
            "plan_focused" => self.hold(about("plan"), visible_ms),
            "period_switched" => about("period").clone_into(&mut self.period),
            "seats_changed" => about("seats").clone_into(&mut self.seats),
            "compare_opened" => self.compared = self.compared.saturating_add(1),
            "cta_clicked" => about("plan").clone_into(&mut self.pressed),
            _ => return,
        }
        self.tidy(day);
    }

    /// Takes in what another summary of the same visitor holds.
    pub fn merge(&mut self, other: Self) {
        let is_later = other.last_at > self.last_at;
        self.first_at = match (self.first_at, other.first_at) {
            (0, at) | (at, 0) => at,
            (one, two) => one.min(two),
        };
        self.last_at = self.last_at.max(other.last_at);
        self.days.extend(other.days);
        for (day, ms) in other.visible_ms {
            *self.visible_ms.entry(day).or_default() += ms;
        }
        for (plan, ms) in other.plans {
            self.hold(&plan, ms);
        }
        for (mine, theirs) in
            [(&mut self.period, other.period), (&mut self.seats, other.seats), (&mut self.pressed, other.pressed)]
        {
            if mine.is_empty() || (is_later && !theirs.is_empty()) {
                *mine = theirs;
            }
        }
        self.compared = self.compared.saturating_add(other.compared);
        let latest = self.days.iter().chain(self.visible_ms.keys()).max().copied().unwrap_or(0);
        self.tidy(latest);
    }

    /// On how many days of the last 30 they looked at the prices.
    pub fn days_30(&self, now: Timestamp) -> usize {
        self.days.iter().filter(|day| **day > now.day() - WINDOW_DAYS).count()
    }

    /// How long the prices could be seen in the last 30 days, in seconds.
    pub fn visible_secs(&self, now: Timestamp) -> u64 {
        let recent = self.visible_ms.iter().filter(|(day, _)| **day > now.day() - WINDOW_DAYS);
        recent.map(|(_, ms)| *ms).sum::<u64>() / 1_000
    }

    /// The plan whose button they pressed, or else the one that held their eye longest.
    pub fn best_plan(&self) -> Option<&str> {
        let longest = || self.plans.iter().max_by_key(|(_, ms)| **ms).map(|(plan, _)| plan.as_str());
        Some(self.pressed.as_str()).filter(|plan| !plan.is_empty()).or_else(longest)
    }

    /// What conditions read.
    pub fn facts(&self, now: Timestamp) -> Value {
        let given = |text: &str| if text.is_empty() { Value::Null } else { Value::from(text) };
        json!({
            "days_30": self.days_30(now),
            "best_plan": self.best_plan(),
            "visible_secs": self.visible_secs(now),
            "period": given(&self.period),
            "seats": given(&self.seats),
            "pressed": given(&self.pressed),
            "compared": self.compared,
        })
    }

    fn hold(&mut self, plan: &str, ms: u64) {
        if plan.is_empty() || (self.plans.len() >= MAX_PLANS && !self.plans.contains_key(plan)) {
            return;
        }
        *self.plans.entry(plan.to_owned()).or_default() += ms;
    }

    /// Each day once, and none that no window reaches any more.
    fn tidy(&mut self, latest: i64) {
        let oldest = latest - WINDOW_DAYS;
        self.days.retain(|day| *day > oldest);
        self.days.sort_unstable();
        self.days.dedup();
        self.visible_ms.retain(|day, _| *day > oldest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn returns_count_by_the_day_and_only_the_last_thirty() {
        let mut pricing = Pricing::default();
        for day in [100, 100, 103, 120, 131] {
            pricing.fold(&did(day, "pricing_viewed", &[]));
        }
        assert_eq!(pricing.days_30(at(131)), 3, "103, 120 and 131");
        assert_eq!(pricing.days_30(at(133)), 2);
        assert_eq!((pricing.first_at, pricing.last_at), (100 * DAY, 131 * DAY));
    }

    #[test]
    fn the_plan_that_held_the_eye_longest_is_best_until_a_button_is_pressed() {
        let mut pricing = Pricing::default();
        assert_eq!(pricing.best_plan(), None);
        pricing.fold(&did(1, "plan_focused", &[("plan", "pro"), ("visible_ms", "4000")]));
        pricing.fold(&did(1, "plan_focused", &[("plan", "team"), ("visible_ms", "3000")]));
        pricing.fold(&did(1, "plan_focused", &[("plan", "team"), ("visible_ms", "3000")]));
        assert_eq!(pricing.best_plan(), Some("team"));
        pricing.fold(&did(1, "cta_clicked", &[("plan", "pro")]));
        assert_eq!(pricing.best_plan(), Some("pro"));
    }

    #[test]
    fn time_adds_up_and_a_lie_is_held_within_an_hour() {
        let mut pricing = Pricing::default();
        pricing.fold(&did(1, "pricing_left", &[("visible_ms", "61000")]));
        pricing.fold(&did(2, "pricing_left", &[("visible_ms", "nonsense")]));
        assert_eq!(pricing.visible_secs(at(2)), 61);
        pricing.fold(&did(2, "pricing_left", &[("visible_ms", "99999999999")]));
        assert_eq!(pricing.visible_secs(at(2)), 61 + 3600);
        assert_eq!(pricing.visible_secs(at(31)), 3600, "the first day has left the window");
    }

    #[test]
    fn two_summaries_of_one_visitor_become_one() {
        let mut one = Pricing::default();
        one.fold(&did(10, "pricing_viewed", &[]));
        one.fold(&did(10, "seats_changed", &[("seats", "2-4")]));
        let mut two = Pricing::default();
        two.fold(&did(10, "pricing_viewed", &[]));
        two.fold(&did(12, "pricing_viewed", &[]));
        two.fold(&did(12, "seats_changed", &[("seats", "5-9")]));
        let (mut forth, mut back) = (one.clone(), two.clone());
        forth.merge(two);
        back.merge(one);
        assert_eq!((forth.days_30(at(12)), forth.seats.as_str(), forth.first_at), (2, "5-9", 10 * DAY));
        assert_eq!(forth, back);
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::from_ms(day * DAY)
    }

    fn did(day: i64, kind: &str, about: &[(&str, &str)]) -> Seen {
        let about = about.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Seen { about, ..Seen::new(at(day), kind) }
    }
}
