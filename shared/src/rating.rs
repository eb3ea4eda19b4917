//! What an item is worth, as people see it: the card's score, and what the learner says beside it.
//!
//! The tier is the card's, always. Points, which queues go by, are the card's too, until the learner is to be trusted; then
//! they are the learner's, on the same scale. Whoever is excluded, and whatever is neither won nor lost, has no chance.
//!
//! The same function rates what arrives, what is rated again, what is replayed and what is only supposed.

pub mod supposed;

use serde_json::Value;

use crate::config::Config;
use crate::features;
use crate::learn::{Explanation, Learner, Scored, State};
use crate::score::{self, Card, Event, Score};
use crate::time::Timestamp;
use crate::visit::Visit;
use crate::wire::FormKind;
use crate::wire::console::{LearntView, MovedView, PartView, ReasonView};

/// What an item is worth.
#[derive(Debug, Clone, PartialEq)]
pub struct Rating {
    /// By the card.
    pub score: Score,
    /// By the learner.
    pub learnt: Option<Learnt>,
}

/// What the learner says of a lead.
#[derive(Debug, Clone, PartialEq)]
pub struct Learnt {
    /// What its outcome will teach from.
    pub scored: Scored,
    /// How far the learner is to be trusted.
    pub state: State,
    /// How many outcomes it had learnt.
    pub outcomes: u64,
    /// The chance of a win, in thousandths.
    pub chance: u32,
    /// Why.
    pub explanation: Explanation,
}

/// When an item is to be rated again, if nothing happens before.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Due {
    /// When its points are other ones: whoever reads it from then on has it rated first.
    pub fades: Option<Timestamp>,
    /// When it is rated though nobody asks: as its tier changes, and else at most once a day.
    pub again: Option<Timestamp>,
}

const DAY_MS: i64 = 86_400_000;

/// Rates an item of this kind by a card of this workspace.
pub fn rate(
    config: &Config,
    card: &Card,
    learner: &Learner,
    kind: FormKind,
    facts: &Value,
    events: &[Event<'_>],
    now: Timestamp,
) -> Rating {
    let score = score::score(card, facts, events, now);
    let is_rated = features::is_lead(kind) && score.excluded().is_none();
    let learnt = is_rated.then(|| learnt(config, learner, facts, score.total()));
    Rating { score, learnt }
}

fn learnt(config: &Config, learner: &Learner, facts: &Value, total: i32) -> Learnt {
    let read = features::read(&features::grown(learner.fields(), config.source()), facts);
    let points = total.saturating_mul(1_000);
    let standing = learner.standing();
    let prediction = learner.predict(&read, points);
    Learnt {
        state: standing.state,
        outcomes: standing.wins + standing.losses,
        chance: thousandths(prediction.probability()),
        explanation: learner.explain(&read, points),
        scored: prediction.freeze(read, points),
    }
}

fn thousandths(probability: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a probability is between 0 and 1")]
    let thousandths = (probability * 1_000.0).round() as u32;
    thousandths
}

impl Rating {
    /// The points that a queue goes by.
    pub fn points(&self) -> i32 {
        self.trusted().map_or(self.score.total(), |learnt| learnt.explanation.score)
    }

    /// The chance of a win, in thousandths, once the learner is to be trusted.
    pub fn chance(&self) -> Option<u32> {
        self.trusted().map(|learnt| learnt.chance)
    }

    fn trusted(&self) -> Option<&Learnt> {
        self.learnt.as_ref().filter(|learnt| learnt.state == State::Predictive)
    }

    /// What the learner says, for people; nothing while it has learnt nothing.
    pub fn learnt_view(&self, config: &Config) -> Option<LearntView> {
        let learnt = self.learnt.as_ref().filter(|learnt| learnt.outcomes > 0)?;
        let explanation = &learnt.explanation;
        let parts = |parts: &[crate::learn::Part]| {
            let view = |part| PartView { says: features::part_says(part, config.source()), points: part.points };
            parts.iter().map(view).collect()
        };
        Some(LearntView {
            state: learnt.state.tag().to_owned(),
            chance: learnt.chance,
            points: explanation.score,
            base: explanation.base,
            raises: parts(&explanation.raises),
            lowers: parts(&explanation.lowers),
            rest: explanation.rest,
            outcomes: learnt.outcomes,
        })
    }
}

/// When this item is to be rated again.
pub fn due(card: &Card, facts: &Value, visit: &Visit, events: &[Event<'_>], now: Timestamp) -> Due {
    let next = score::next::next(card, facts, events, now);
    let tomorrow = Timestamp::from_ms(now.as_ms() + DAY_MS);
    // Facts of the last thirty days pass by the day, and whether a card reads them is all the same to a timer a day.
    let passes = (visit.summary().pricing.days_30(now) > 0).then_some(tomorrow);
    let fades = next.points.into_iter().chain(passes).min();
    Due { fades, again: next.tier.into_iter().chain(fades.map(|at| at.max(tomorrow))).min() }
}

/// The rules that give other points than before, in the order of the lines now; those that give none any more come last.
pub fn moved(before: &[ReasonView], now: &[ReasonView]) -> Vec<MovedView> {
    let points = |reasons: &[ReasonView], rule: &str| -> i32 {
        reasons.iter().filter(|reason| reason.rule == rule).map(|reason| reason.points).sum()
    };
    let mut moved: Vec<MovedView> = Vec::new();
    for reason in now.iter().chain(before) {
        let (from, to) = (points(before, &reason.rule), points(now, &reason.rule));
        if from != to && moved.iter().all(|known| known.rule != reason.rule) {
            moved.push(MovedView { rule: reason.rule.clone(), says: reason.says.clone(), from, to });
        }
    }
    moved
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::config;
    use crate::visit::{PRICING_VIEWED, Seen};
    use serde_json::json;

    #[test]
    fn the_card_decides_until_the_learner_has_shown_that_it_is_better() {
        let config = config();
        let mut learner = Learner::new(features::grown(&[], config.source())).unwrap();
        let lead = |interest: &str| json!({ "email": { "free": false }, "values": { "interest": interest } });
        let rate_now = |learner: &Learner, interest: &str| {
            rate(&config, config.card(), learner, FormKind::Inquiry, &lead(interest), &[], at(0))
        };
        let first = rate_now(&learner, "myself");
        assert_eq!((first.points(), first.chance(), first.learnt_view(&config)), (first.score.total(), None, None));

        // The card thinks as well of the one as of the other, and one of them buys.
        for _ in 0..60 {
            for (interest, won) in [("myself", true), ("prices", false)] {
                let scored = rate_now(&learner, interest).learnt.unwrap().scored;
                learner.learn(&scored, won);
            }
        }
        let (good, bad) = (rate_now(&learner, "myself"), rate_now(&learner, "prices"));
        assert!(good.score.total() == bad.score.total() && good.points() > bad.points());
        assert!(good.chance() > Some(500) && bad.chance() < Some(500), "{:?} {:?}", good.chance(), bad.chance());
        let view = good.learnt_view(&config).unwrap();
        let parts = |parts: &[PartView]| parts.iter().map(|part| part.points).sum::<i32>();
        assert_eq!(view.points, view.base + parts(&view.raises) + parts(&view.lowers) + view.rest);
        assert!(view.raises.iter().any(|part| part.says == "What is it about? A class for myself"), "{view:?}");
    }

    #[test]
    fn who_is_excluded_and_who_asks_for_help_has_no_chance() {
        let config = config();
        let learner = Learner::new(Vec::new()).unwrap();
        let rate = |kind, facts: Value| rate(&config, config.card(), &learner, kind, &facts, &[], at(0)).learnt;
        assert!(rate(FormKind::Trial, json!({})).is_some());
        assert!(rate(FormKind::Support, json!({})).is_none());
        assert!(rate(FormKind::Trial, json!({ "email": { "domain": "larkfield.example.com" } })).is_none());
    }

    #[test]
    fn what_fades_is_rated_as_the_tier_changes_and_else_by_the_day() {
        let config = config();
        let visit = Visit::new(vec![Seen::new(at(0), PRICING_VIEWED)]);
        let facts = json!({ "form": { "kind": "trial" } });
        let due_at = |now| due(config.card(), &facts, &visit, &score::events(&visit), now);
        let due = due_at(at(0));
        assert!(due.fades.unwrap() > at(0));
        assert_eq!(due.again, Some(at(DAY_MS).max(due.fades.unwrap())));
        assert_eq!(due_at(at(4_000 * DAY_MS)), Due::default(), "all has faded");
    }

    #[test]
    fn what_moved_is_told_by_rule() {
        let reason = |rule: &str, points| ReasonView {
            group: "fit".to_owned(),
            rule: rule.to_owned(),
            says: rule.to_uppercase(),
            points,
            before: None,
            kind: "rule".to_owned(),
        };
        let before = [reason("a", 5), reason("b", 8), reason("b", -3), reason("c", 1)];
        let now = [reason("b", 8), reason("d", 2), reason("a", 5)];
        let told: Vec<(String, i32, i32)> =
            moved(&before, &now).into_iter().map(|moved| (moved.rule, moved.from, moved.to)).collect();
        let of = |rule: &str, from, to| (rule.to_owned(), from, to);
        assert_eq!(told, [of("b", 5, 8), of("d", 0, 2), of("c", 1, 0)]);
    }

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_ms(1_700_000_000_000 + ms)
    }
}
