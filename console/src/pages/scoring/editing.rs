//! The card while it is edited: what is on the screen, what is wrong with it, saving and publishing. What is changed stays
//! until it is saved or discarded, whichever page one goes to.

use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::Value;
use shared::wire::card::{Amount, Card, Limits, Range, ScoreRule, Tiers};
use shared::wire::scoring::{CheckCard, Checked, HintView, Publish, RollBack, SaveDraft, ScoringView};

use crate::api::{self, Answer, Failure};
use crate::app::{Desk, Leaving};
use crate::parts::{Wrongs, id_of};
use crate::{dom, words};

/// The card on the screen.
#[derive(Clone, Copy)]
pub struct Scoring {
    /// What is in force, the draft and the versions, as they were last read.
    pub view: RwSignal<Option<ScoringView>>,
    /// Why they could not be read.
    pub failure: RwSignal<Option<Failure>>,
    /// The card as it is on the screen.
    pub card: RwSignal<Card>,
    /// What is wrong with it, by path.
    pub wrong: Wrongs,
    /// What is odd in it.
    pub hints: RwSignal<Vec<HintView>>,
    /// The rule that is open, by its place.
    pub open: RwSignal<Option<usize>>,
    /// Counts the changes of which rules there are: places mean something else after one.
    pub shape: RwSignal<u32>,
    /// Why something was not done, in a sentence.
    pub refused: RwSignal<Option<String>>,
    /// Whether something is being done.
    pub busy: RwSignal<bool>,
    base: RwSignal<Card>,
    revision: RwSignal<u32>,
    checks: StoredValue<u32>,
}

impl Scoring {
    /// Nothing is known yet.
    pub fn new() -> Self {
        Self {
            view: RwSignal::new(None),
            failure: RwSignal::new(None),
            card: RwSignal::new(nothing()),
            wrong: RwSignal::new(Vec::new()),
            hints: RwSignal::new(Vec::new()),
            open: RwSignal::new(None),
            shape: RwSignal::new(0),
            refused: RwSignal::new(None),
            busy: RwSignal::new(false),
            base: RwSignal::new(nothing()),
            revision: RwSignal::new(0),
            checks: StoredValue::new(0),
        }
    }

    /// Another member is here: what was on the screen is not theirs.
    pub fn forget(self) {
        self.view.set(None);
        self.start_over(nothing(), 0);
    }

    /// Whether this member may change the card.
    pub fn may_change(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| view.may_change))
    }

    /// Whether something is changed that is not saved.
    pub fn is_changed(self) -> bool {
        self.base.with(|base| self.card.with(|card| base != card))
    }

    /// Whether the card on the screen is another than the one in force.
    pub fn is_other(self) -> bool {
        self.view.with(|view| view.as_ref().is_some_and(|view| self.card.with(|card| *card != view.card)))
    }

    /// The card on the screen, as it is sent.
    pub fn written(self) -> Value {
        // A card is plain data: it is always written.
        self.card.with_untracked(|card| serde_json::to_value(card).unwrap_or_default())
    }

    // Reading.

    /// Reads what is in force, the draft and the versions.
    pub fn read(self, desk: Desk) {
        spawn_local(async move {
            match api::scoring().await {
                Ok(view) => self.take(view),
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                Err(failure) => self.failure.set(Some(failure)),
            }
        });
    }

    /// Takes what was read. Where nothing was changed here, the screen follows what others save.
    fn take(self, view: ScoringView) {
        self.failure.set(None);
        let is_first = self.view.with_untracked(Option::is_none);
        let is_clean = is_first || !untrack(|| self.is_changed());
        if is_clean {
            self.follow(&view);
        }
        if self.view.with_untracked(|known| known.as_ref() != Some(&view)) {
            self.view.set(Some(view));
        }
    }

    /// Puts on the screen what is there: the draft, or else the card in force.
    fn follow(self, view: &ScoringView) {
        let (card, revision) = match &view.draft {
            Some(draft) => (&draft.card, draft.revision),
            None => (&view.card, 0),
        };
        self.revision.set(revision);
        if self.card.with_untracked(|mine| mine != card) {
            self.start_over(card.clone(), revision);
        } else {
            self.base.set(card.clone());
        }
        self.wrong.set(view.draft.as_ref().map(|draft| draft.problems.clone()).unwrap_or_default());
        self.hints.set(view.draft.as_ref().map_or(&view.hints, |draft| &draft.hints).clone());
    }

    fn start_over(self, card: Card, revision: u32) {
        self.base.set(card.clone());
        self.card.set(card);
        self.revision.set(revision);
        self.wrong.set(Vec::new());
        self.hints.set(Vec::new());
        self.refused.set(None);
        self.open.set(None);
        self.shape.update(|shape| *shape += 1);
    }

    // Editing.

    /// Takes in what was typed.
    pub fn change(self, how: impl FnOnce(&mut Card)) {
        self.card.update(how);
    }

    /// Takes in what was typed into a rule.
    pub fn change_rule(self, at: usize, how: impl FnOnce(&mut ScoreRule)) {
        self.card.update(|card| {
            if let Some(rule) = card.rules.get_mut(at) {
                how(rule);
            }
        });
    }

    /// Adds, removes or moves parts: the lists are drawn anew.
    pub fn reshape(self, how: impl FnOnce(&mut Card)) {
        self.card.update(how);
        self.shape.update(|shape| *shape += 1);
    }

    /// Something of the card.
    pub fn of<T: PartialEq + Send + Sync + 'static>(
        self,
        what: impl Fn(&Card) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        Memo::new(move |_| self.card.with(&what)).into()
    }

    /// Something of a rule; the usual, where it is gone.
    pub fn of_rule<T: Default + PartialEq + Send + Sync + 'static>(
        self,
        at: usize,
        what: impl Fn(&ScoreRule) -> T + Send + Sync + 'static,
    ) -> Signal<T> {
        self.of(move |card| card.rules.get(at).map(&what).unwrap_or_default())
    }

    /// Asks what is wrong with the card on the screen.
    pub fn check(self, desk: Desk) {
        let this = self.checks.with_value(|checks| checks + 1);
        self.checks.set_value(this);
        let card = self.written();
        spawn_local(async move {
            let answer = api::check_card(&CheckCard { card }).await;
            // An answer to what was on the screen before says nothing of what is there now.
            if self.checks.get_value() != this {
                return;
            }
            match answer {
                Ok(Checked { problems, hints }) => {
                    self.wrong.set(problems);
                    self.hints.set(hints);
                }
                Err(Failure::SignedOut) => desk.signed_out(Leaving::Ended),
                // Saving checks again, and says what is wrong.
                Err(_) => {}
            }
        });
    }

    // Saving.

    /// Keeps what is on the screen as the draft.
    pub fn save(self, desk: Desk) {
        self.act(desk, async move { self.kept(desk).await.then_some("The draft is saved") });
    }

    /// Lets go of what was changed since the last saving; where nothing was, of the draft.
    pub fn discard(self, desk: Desk) {
        if untrack(|| self.is_changed()) {
            self.start_over(self.base.get_untracked(), self.revision.get_untracked());
            self.check(desk);
            return;
        }
        self.act(desk, async move {
            let dropped = api::drop_draft().await;
            self.settled(desk, dropped, "The draft is gone").await
        });
    }

    /// Saves the draft where it is changed, and puts it in force.
    pub fn publish(self, desk: Desk, rescore: bool, note: String) {
        self.act(desk, async move {
            if (self.is_changed() || self.revision.get_untracked() == 0) && !self.kept(desk).await {
                return None;
            }
            let version = self.view.with_untracked(|view| view.as_ref().map_or(0, |view| view.version));
            let revision = self.revision.get_untracked();
            let published = api::publish_card(&Publish { version, revision, rescore, note }).await;
            self.settled(desk, published, "The card is in force").await
        });
    }

    /// Puts the card of an earlier version in force again.
    pub fn roll_back(self, desk: Desk, to: u32, rescore: bool) {
        let version = self.view.with_untracked(|view| view.as_ref().map_or(0, |view| view.version));
        self.act(desk, async move {
            let back = api::roll_back_card(&RollBack { version, to, rescore }).await;
            self.settled(desk, back, "The earlier card is in force again").await
        });
    }

    /// Stops scoring open items anew.
    pub fn stop_rescoring(self, desk: Desk) {
        self.act(desk, async move {
            let stopped = api::stop_rescoring().await;
            self.settled(desk, stopped, "Stopped").await
        });
    }

    /// Does one thing at a time.
    fn act(self, desk: Desk, doing: impl Future<Output = Option<&'static str>> + 'static) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.refused.set(None);
        spawn_local(async move {
            if let Some(done) = doing.await {
                desk.say(done);
            }
            self.busy.set(false);
        });
    }

    /// Keeps the draft; true where it is kept.
    async fn kept(self, desk: Desk) -> bool {
        let save = SaveDraft { card: self.written(), revision: self.revision.get_untracked() };
        let saved = api::save_draft(&save).await;
        if let Ok(view) = &saved {
            // What was typed meanwhile is changed, not saved.
            let saved = view.draft.as_ref().map(|draft| (draft.card.clone(), draft.revision));
            if let Some((card, revision)) = saved {
                self.base.set(card);
                self.revision.set(revision);
            }
        }
        self.settled(desk, saved, "").await.is_some()
    }

    /// Takes the answer to a change.
    async fn settled(self, desk: Desk, answer: Answer<ScoringView>, done: &'static str) -> Option<&'static str> {
        let failure = match answer {
            Ok(view) => {
                self.take(view);
                return Some(done);
            }
            Err(Failure::SignedOut) => {
                desk.signed_out(Leaving::Ended);
                return None;
            }
            Err(failure) => failure,
        };
        if failure.is_stale() {
            self.catch_up().await;
        } else {
            self.not_done(&failure);
        }
        None
    }

    /// Somebody else has saved or published meanwhile: what is on the screen stays, and may be saved over theirs.
    async fn catch_up(self) {
        let view = match api::scoring().await {
            Ok(view) => view,
            Err(failure) => return self.not_done(&failure),
        };
        let who = match &view.draft {
            Some(draft) => format!("{} has saved the draft meanwhile.", draft.by.name),
            None => "The card or its draft has changed meanwhile.".to_owned(),
        };
        let theirs = view.draft.as_ref().map_or((view.card.clone(), 0), |draft| (draft.card.clone(), draft.revision));
        // From here on, what is saved stands in the place of theirs, and discarding shows theirs.
        self.base.set(theirs.0);
        self.revision.set(theirs.1);
        self.view.set(Some(view));
        self.refused.set(Some(format!(
            "{who} Yours is still on the screen: save it to put it in the place of theirs, or discard it to see theirs."
        )));
    }

    fn not_done(self, failure: &Failure) {
        let fields = failure.fields();
        if fields.is_empty() {
            self.refused.set(Some(format!("{} Your changes are still here.", failure.sentence())));
            return;
        }
        let many = words::counted(fields.len(), "thing needs", "things need");
        self.refused.set(Some(format!("Not saved: {many} another look.")));
        let first = fields.first().map(|it| it.field.clone());
        self.wrong.set(fields.to_vec());
        if let Some(first) = first {
            self.show(&first);
        }
    }

    /// Opens the rule that a path is of, and goes to the control of that path, or to what surrounds it.
    pub fn show(self, path: &str) {
        if let Some(at) = rule_of(path) {
            self.open.set(Some(at));
        }
        let path = path.to_owned();
        request_animation_frame(move || {
            let mut path = path.as_str();
            loop {
                if dom::focus(&id_of(path)) {
                    break;
                }
                match path.rfind(['.', '[']) {
                    Some(end) => path = path.get(..end).unwrap_or_default(),
                    None => break,
                }
            }
        });
    }
}

/// The place of the rule that a path is of: `card.rules[3].points` is of the rule at 3.
pub fn rule_of(path: &str) -> Option<usize> {
    path.strip_prefix("card.rules[")?.split_once(']')?.0.parse().ok()
}

/// A card of nothing: what is there until the card is read.
fn nothing() -> Card {
    let range = Range { min: Amount(0.0), max: Amount(0.0) };
    let limits = Limits { fit: range, intent: range, relationship: range, total: None };
    let none = [Amount(0.0); 2];
    Card { limits, excluded: Vec::new(), rules: Vec::new(), tiers: Tiers { fit: none, intent: none } }
}

#[cfg(test)]
mod tests {
    use super::rule_of;

    #[test]
    fn a_path_knows_its_rule() {
        assert_eq!(rule_of("card.rules[12].first[1].points"), Some(12));
        assert_eq!(rule_of("card.rules[3]"), Some(3));
        assert_eq!(rule_of("card.rules"), None);
        assert_eq!(rule_of("card.tiers.fit[0]"), None);
    }
}
