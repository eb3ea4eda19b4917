//! A desk, step by step as `edge/src/desk_do/{submit,store,outbox,alarm,deliveries,changes,lifecycle}.rs` are, with the rules
//! of `shared` in their places. Each function is one turn: what is between two awaits.

use std::collections::VecDeque;

use serde_json::json;
use shared::config::Config;
use shared::delivery::Tried;
use shared::delivery::breaker::{Breaker, Gate};
use shared::delivery::message::{self, Ended};
use shared::delivery::schedule::{Next, WAITS_S, next};
use shared::desk::act::{Actor, Standing, act};
use shared::desk::{Arrival, Chance, KnownPerson, decide, look_up};
use shared::fate::{Fate, Refusal};
use shared::learn::Learner;
use shared::lifecycle::read;
use shared::pool::Team;
use shared::submission::Submission;
use shared::time::Timestamp;
use shared::visit::Visit;
use shared::wire::FormKind;
use shared::wire::console::{Act, ItemState};
use shared::wire::destination::EventKind;

use crate::bug::Bug;
use crate::disk::{
    DESTINATIONS, Failed, HistoryRow, ItemRow, OutboxRow, PersonRow, State, Storage, SubmissionRow, ToldRow,
};
use crate::seed::{Hash, Seed};

/// The most requests that are open at the same time, and the most to one destination in a turn.
const OPEN: usize = 6;
const AT_ONCE: usize = 12;
/// After so long no further one is begun in this turn.
const TURN_MS: i64 = 10_000;
/// The wait after a failure of our own, and the longest.
const AFTER_FAILURE_MS: i64 = 1_000;
const MAX_AFTER_FAILURE_MS: i64 = 30_000;
/// What the bug [`Bug::AlarmOverwritten`] sets the alarm to.
const OVERWRITTEN_MS: i64 = 15 * 60_000;

/// One copy of a submission: of two variants under the same id one is somebody else's.
#[derive(Debug, Clone, Copy)]
pub struct Copy {
    pub form: u32,
    pub variant: u32,
}

/// What a submission is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    Receipt(u32),
    Invalid,
    IdReused,
    /// 503: send it again.
    Later,
}

/// One try of a delivery.
#[derive(Debug, Clone)]
pub struct Try {
    pub row: u32,
    pub text: i64,
    pub destination: usize,
    pub tries: usize,
    /// Of which turn of the alarm, and when that began.
    pub turn: u32,
    pub picked_at: i64,
}

/// What leaves the desk once its writes are on disk.
#[derive(Debug)]
pub enum Out {
    Answer(Copy, Answer),
    /// A submission has ended in a fate.
    Counted,
    /// It waits for something else; then the rest of it comes.
    Settles(Copy),
    /// A report was taken.
    Taken(Vec<u32>),
    Send(Try),
}

/// What an event of the platform's says.
#[derive(Debug, Clone)]
pub struct Said {
    pub id: u32,
    pub kind: &'static str,
    pub email: String,
    pub at: i64,
}

/// What a turn is given.
pub struct Given<'a> {
    pub config: &'a Config,
    pub storage: &'a mut Storage,
    pub dice: &'a mut Seed,
    pub now: i64,
    pub ids: &'a mut u32,
    pub out: &'a mut Vec<Out>,
}

impl Given<'_> {
    fn id(&mut self) -> u32 {
        *self.ids += 1;
        *self.ids
    }

    fn at(&self) -> Timestamp {
        Timestamp::from_ms(self.now)
    }
}

/// A turn of the alarm that waits for receivers.
#[derive(Debug, Default)]
struct Round {
    number: u32,
    jobs: VecDeque<Try>,
    open: usize,
    began: i64,
}

/// An instance: all of this is gone with it.
#[derive(Debug, Default)]
pub struct Desk {
    pub bug: Option<Bug>,
    is_ready: bool,
    armed_at: Option<i64>,
    failures: u32,
    round: Option<Round>,
    /// What only [`Bug::IdForgotten`] and [`Bug::DroppedAtJump`] go by.
    taken: Vec<u32>,
    last_now: i64,
}

/// The body that a browser sends.
pub fn body(copy: Copy) -> serde_json::Value {
    let Copy { form, variant } = copy;
    // One in eight is wrong, and two in five of all are of the same people.
    let email = if form % 8 == 7 { "nobody".to_owned() } else { email_of(form % 3) };
    json!({
        "submission_id": format!("7d444840-9dc0-41d1-b245-{form:012x}"),
        "values": { "name": "Ana Ruiz", "email": email, "message": format!("Which plan fits? {variant}") },
        "page": { "url": if form % 2 == 0 { "http://localhost:8787/pricing/" } else { "http://localhost:8787/" } },
    })
}

/// One of the people there are.
pub fn email_of(person: u32) -> String {
    format!("ana{person}@example.com")
}

impl Desk {
    pub fn new(bug: Option<Bug>) -> Self {
        Self { bug, ..Self::default() }
    }

    fn has(&self, bug: Bug) -> bool {
        self.bug == Some(bug)
    }

    /// Whether the alarm's handler waits for receivers.
    pub fn is_handling(&self) -> bool {
        self.round.is_some()
    }

    /// The alarm's handler threw: nobody waits for what is open.
    pub fn forget_round(&mut self) {
        self.round = None;
    }

    /// What a new instance does first: `Desk::prepare`.
    pub fn prepare(&mut self, given: &mut Given<'_>) {
        if self.has(Bug::DroppedAtJump) && given.now < self.last_now {
            let last = self.last_now;
            given.storage.disk.outbox.retain(|row| row.state != State::Due || row.next_at <= last);
        }
        self.last_now = given.now;
        if self.is_ready {
            return;
        }
        self.is_ready = true;
        self.armed_at = given.storage.alarm();
        if self.has(Bug::AlarmOverwritten) {
            return self.arm_in(given, OVERWRITTEN_MS);
        }
        self.arm_for_next(given);
    }

    fn arm_by(&mut self, given: &mut Given<'_>, due: i64) {
        if self.armed_at.is_none_or(|armed| armed > due) {
            self.arm_in(given, (due - given.now).max(0));
        }
    }

    fn arm_in(&mut self, given: &mut Given<'_>, ms: i64) {
        self.armed_at = Some(given.now + ms);
        given.storage.set_alarm(given.now + ms, given.now);
    }

    fn arm_for_next(&mut self, given: &mut Given<'_>) {
        let due = given.storage.disk.outbox.iter().filter(|row| row.state == State::Due).map(|row| row.next_at).min();
        if let Some(due) = due {
            self.arm_by(given, due);
        }
    }

    /// A submission arrives: up to the first await.
    pub fn submit(&mut self, given: &mut Given<'_>, copy: Copy) {
        self.prepare(given);
        let Ok(submission) = parse(given, copy) else {
            return self.refuse(given, copy, Refusal::Invalid, Answer::Invalid);
        };
        // Files and Turnstile may take their time, or nothing is waited for at all.
        if !self.answer_earlier(given, copy) {
            if given.dice.below(3) == 0 {
                given.out.push(Out::Settles(copy));
            } else {
                self.land(given, copy, &submission);
            }
        }
    }

    /// From the second look-up of its id to the commit.
    pub fn settle(&mut self, given: &mut Given<'_>, copy: Copy) {
        if let (false, Ok(submission)) = (self.answer_earlier(given, copy), parse(given, copy)) {
            self.land(given, copy, &submission);
        }
    }

    fn answer_earlier(&mut self, given: &mut Given<'_>, copy: Copy) -> bool {
        let is_known = !self.has(Bug::IdForgotten) || self.taken.contains(&copy.form);
        let earlier = given.storage.disk.submissions.iter().find(|row| is_known && row.id == copy.form);
        let Some((variant, reference)) = earlier.map(|row| (row.variant, row.reference)) else { return false };
        if variant != copy.variant {
            self.refuse(given, copy, Refusal::IdReused, Answer::IdReused);
            return true;
        }
        let twice = self.has(Bug::FateTwice);
        let counted = given.storage.transaction(|tx| {
            if twice {
                count(tx, Fate::Accepted)?;
            }
            count(tx, Fate::Duplicate)
        });
        answer(given, copy, counted.map(|()| Answer::Receipt(reference)));
        true
    }

    fn refuse(&mut self, given: &mut Given<'_>, copy: Copy, refusal: Refusal, with: Answer) {
        let counted = given.storage.transaction(|tx| count(tx, Fate::Refused(refusal)));
        answer(given, copy, counted.map(|()| with));
    }

    fn land(&mut self, given: &mut Given<'_>, copy: Copy, submission: &Submission) {
        let (config, at) = (given.config, given.at());
        let site = config.site(KEY).expect("the demo has it");
        let form = config.form_of(site, FORM).expect("the demo has it");
        let key = look_up(submission, None).email.expect("the form asks for it").key;
        let row = given.storage.disk.people.iter().find(|person| person.key == key).cloned();
        let known = row.as_ref().map(|row| known(given, row));
        let visit = Visit::new(Vec::new());
        let arrival = Arrival { site, form, submission, visit: &visit, identity: None, person: known.as_ref(), at };
        let (item, person, reference) = (given.id(), given.id(), given.id());
        let chance =
            Chance { item_id: item.to_string(), person_id: person.to_string(), reference: u64::from(reference) };
        let learner = Learner::new(Vec::new()).expect("it has no facts");
        let decision = decide(config, &learner, &Team::default(), arrival, chance).expect("the demo decides on all");
        let owner = decision.pick.chosen.as_ref().and_then(|chosen| member(config, &chosen.member));
        let text = hash(&message::opened(config, &arrival, &decision).to_string());
        let person = row.map_or(person, |row| row.id);
        let told: Vec<_> = decision
            .told
            .iter()
            .map(|told| (place(config, &told.destination), told.of_this, told.of_its_end))
            .collect();
        let rows: Vec<u32> = told.iter().map(|_| given.id()).collect();

        let write = |tx: &mut Storage| -> Result<(), Failed> {
            if decision.person.is_new {
                let row = PersonRow { id: person, key, items: 1, open_items: 1, stage: None, referrals: 0 };
                tx.write()?.people.push(row);
            } else if let Some(row) = tx.write()?.people.iter_mut().find(|row| row.id == person) {
                row.items += 1;
                row.open_items += 1;
            }
            tx.write()?.history.push(HistoryRow { item, given_to: owner });
            let of = told.iter().filter(|(_, now, _)| *now).fold(0, |of, (place, ..)| of | 1 << place);
            let (form, state) = (copy.form, ItemState::Open);
            tx.write()?.items.push(ItemRow { id: item, person, submission: form, state, owner, told: of });
            tx.write()?.submissions.push(SubmissionRow { id: form, variant: copy.variant, reference });
            for ((place, of_this, of_its_end), id) in told.iter().zip(&rows) {
                if *of_this {
                    tell(tx, *id, (item, *place, EventKind::Opened), text, at.as_ms())?;
                }
                if *of_its_end {
                    tx.write()?.followers.push((item, *place));
                }
            }
            count(tx, decision.fate)
        };
        let written = if self.has(Bug::WriteOutside) { write(given.storage) } else { given.storage.transaction(write) };
        if written.is_ok() {
            self.taken.push(copy.form);
            // Rows of the person's other items are rated at once; here, only what is told is due.
            if decision.told.iter().any(|told| told.of_this) && !self.has(Bug::NoAlarm) {
                self.arm_by(given, at.as_ms());
            }
        }
        answer(given, copy, written.map(|()| Answer::Receipt(reference)));
    }

    /// The alarm goes off: up to the first answer of a receiver.
    pub fn alarm(&mut self, given: &mut Given<'_>, turn: u32) {
        self.armed_at = None;
        self.prepare(given);
        let Ok(jobs) = self.pick(given, turn) else { return self.end_round(given, true) };
        self.round = Some(Round { number: turn, jobs, open: 0, began: given.now });
        self.send_on(given);
    }

    /// What is sent in this turn: some of each destination that may be told, in turns.
    fn pick(&self, given: &mut Given<'_>, turn: u32) -> Result<VecDeque<Try>, Failed> {
        let now = given.now;
        let (early, first, costly) = (Bug::EarlyTry, Bug::DeliveredFirst, Bug::RestTakesTries);
        let (early, first, costly) = (self.has(early), self.has(first), self.has(costly));
        given.storage.transaction(|tx| {
            let mut by_rank = Vec::new();
            for destination in 0..DESTINATIONS {
                let is_due = |row: &OutboxRow| row.destination == destination && row.state == State::Due;
                if !tx.disk.outbox.iter().any(|row| is_due(row) && row.next_at <= now) {
                    continue;
                }
                let gate = breaker(tx, destination).gate(Timestamp::from_ms(now));
                match &gate {
                    Gate::Stopped(why) => {
                        for row in tx.write()?.outbox.iter_mut().filter(|row| is_due(row)) {
                            row.state = State::Dead(why.clone());
                        }
                        continue;
                    }
                    Gate::Rests(until) => {
                        let until = until.as_ms();
                        for row in tx.write()?.outbox.iter_mut().filter(|row| is_due(row) && row.next_at < until) {
                            row.next_at = until;
                            row.attempts += usize::from(costly);
                        }
                        continue;
                    }
                    Gate::One | Gate::Open => {}
                }
                let most = if gate == Gate::One { 1 } else { AT_ONCE };
                let mut due: Vec<&OutboxRow> = tx.disk.outbox.iter().filter(|row| is_due(row)).collect();
                due.retain(|row| early || row.next_at <= now);
                due.sort_by_key(|row| row.next_at);
                by_rank.extend(due.iter().take(most).enumerate().map(|(rank, row)| {
                    let (row, text, tries) = (row.id, row.text, row.attempts + 1);
                    (rank, Try { row, text, destination, tries, turn, picked_at: now })
                }));
            }
            by_rank.sort_by_key(|(rank, job)| (*rank, job.destination));
            if first {
                for (_, job) in &by_rank {
                    outbox(tx, job.row, |row| row.state = State::Delivered)?;
                }
            }
            Ok(by_rank.into_iter().map(|(_, job)| job).collect())
        })
    }

    fn send_on(&mut self, given: &mut Given<'_>) {
        let Some(round) = &mut self.round else { return };
        let is_late = given.now - round.began >= TURN_MS;
        while round.open < OPEN && !is_late {
            let Some(job) = round.jobs.pop_front() else { break };
            round.open += 1;
            given.out.push(Out::Send(job));
        }
        if round.open == 0 {
            self.end_round(given, false);
        }
    }

    /// A receiver answered, or did not in time.
    pub fn answered(&mut self, given: &mut Given<'_>, job: &Try, tried: &Tried) {
        let Some(round) = self.round.as_mut().filter(|round| round.number == job.turn) else { return };
        round.open -= 1;
        match self.note(given, job, tried) {
            Ok(()) => self.send_on(given),
            // What is open yet is not waited for.
            Err(Failed) => self.end_round(given, true),
        }
    }

    fn note(&self, given: &mut Given<'_>, job: &Try, tried: &Tried) -> Result<(), Failed> {
        let (now, at) = (given.now, given.at());
        let random = u32::try_from(given.dice.below(1 << 32)).expect("it is below");
        let fresh = given.id();
        let (renamed, first) = (self.has(Bug::NewDeliveryId), self.has(Bug::DeliveredFirst));
        given.storage.transaction(|tx| {
            let before = breaker(tx, job.destination);
            let after = before.clone().after(tried, at);
            outbox(tx, job.row, |row| row.noted += 1)?;
            outbox(tx, job.row, |row| row.attempts = job.tries)?;
            if before != after {
                tx.write()?.breakers[job.destination] = after;
            }
            match next(job.tries, tried, at, random) {
                Next::Delivered => outbox(tx, job.row, |row| row.state = State::Delivered),
                Next::Again(again) => outbox(tx, job.row, |row| {
                    row.next_at = again.as_ms();
                    // Worked out once more, by the checker: never before the wait of the schedule, or the one it asked for.
                    let wait_s = WAITS_S.get(job.tries).copied().unwrap_or(0);
                    row.not_before = now + 1_000 * wait_s.max(tried.wait_s.unwrap_or(0).min(86_400));
                    if first {
                        row.state = State::Due;
                    }
                    if renamed {
                        row.id = fresh;
                    }
                }),
                Next::Dead => outbox(tx, job.row, |row| row.state = State::Dead(tried.says.clone())),
            }
        })
    }

    fn end_round(&mut self, given: &mut Given<'_>, has_failed: bool) {
        self.round = None;
        self.arm_for_next(given);
        if has_failed {
            let wait = (AFTER_FAILURE_MS << self.failures.min(16)).min(MAX_AFTER_FAILURE_MS);
            self.failures += 1;
            self.arm_in(given, wait);
        } else {
            self.failures = 0;
        }
        given.storage.alarm_ended();
    }

    /// A member does something to an item.
    pub fn act(&mut self, given: &mut Given<'_>, by: u32, number: usize, what: &Act) {
        self.prepare(given);
        let (config, at) = (given.config, given.at());
        let Some(item) = given.storage.disk.items.get(number).cloned() else { return };
        let id = item.id.to_string();
        let standing = Standing {
            id: &id,
            kind: FormKind::Inquiry,
            state: item.state,
            owner: item.owner.map(|owner| name(config, owner)),
            complaint: false,
            rests: false,
        };
        let Ok(change) = act(standing, Actor { member: name(config, by), manages: false, at }, what) else { return };
        let owner = change.owner.as_deref().and_then(|owner| member(config, owner));
        let is_told = change.outcome.is_some() || *what == Act::Reopen;
        let ended = Ended {
            item_id: &id,
            reference: "U-1",
            kind: FormKind::Inquiry.tag(),
            queue: "advisers",
            outcome: change.outcome.map(|_| "lost"),
            reason: &change.text,
            owner: change.owner.as_deref(),
            happened_at: at,
        };
        let text = hash(&message::ended(config, &ended, at).to_string());
        let is_said = !(self.has(Bug::OwnerUnsaid) && *what == Act::Reopen);
        let rows = [given.id(), given.id(), given.id()];
        let written = given.storage.transaction(|tx| {
            if is_said {
                tx.write()?.history.push(HistoryRow { item: item.id, given_to: owner });
            }
            if let Some(row) = tx.write()?.items.get_mut(number) {
                (row.state, row.owner) = (change.state, owner);
            }
            let was_open = item.state != ItemState::Closed;
            let is_open = change.state != ItemState::Closed;
            if let Some(person) = tx.write()?.people.iter_mut().find(|person| person.id == item.person) {
                person.open_items = person.open_items + u32::from(is_open) - u32::from(was_open);
            }
            let followers: Vec<_> = tx.disk.followers.iter().filter(|(of, _)| *of == item.id).copied().collect();
            for ((_, place), id) in followers.iter().zip(rows).filter(|_| is_told) {
                tell(tx, id, (item.id, *place, ended.event()), text, at.as_ms())?;
            }
            Ok(())
        });
        if written.is_ok() {
            self.arm_for_next(given);
        }
    }

    /// A member tries a delivery again, or gives it up.
    pub fn act_on_delivery(&mut self, given: &mut Given<'_>, number: usize, replays: bool) {
        self.prepare(given);
        let now = given.now;
        let Some(row) = given.storage.disk.outbox.get(number).cloned() else { return };
        let done = given.storage.transaction(|tx| match (replays, row.state == State::Due) {
            (true, _) => outbox(tx, row.id, |row| {
                (row.state, row.attempts, row.next_at) = (State::Due, 0, now);
                // Whoever asks for it may have it at once, and with what is picked already.
                row.not_before = 0;
            }),
            (false, true) => outbox(tx, row.id, |row| row.state = State::Dead("given up by hand".to_owned())),
            (false, false) => Ok(()),
        });
        if done.is_ok() {
            self.arm_for_next(given);
        }
    }

    /// A member lets one delivery through to a destination that is left alone or stopped.
    pub fn resume(&mut self, given: &mut Given<'_>, destination: usize) {
        self.prepare(given);
        let now = given.at();
        let breaker = breaker(given.storage, destination);
        if breaker.gate(now) != Gate::Open {
            let breaker = Breaker { rests_until: Some(now.as_ms()), stopped: None, ..breaker };
            let _ = given.storage.transaction(|tx| {
                tx.write()?.breakers[destination] = breaker;
                Ok(())
            });
        }
        self.arm_for_next(given);
    }

    /// The platform tells what happened to customers.
    pub fn told(&mut self, given: &mut Given<'_>, said: &[Said]) {
        self.prepare(given);
        let events: Vec<_> = said
            .iter()
            .map(|said| {
                let at = Timestamp::from_ms(said.at).to_rfc3339();
                json!({ "id": said.id.to_string(), "type": said.kind, "email": said.email, "at": at })
            })
            .collect();
        let entries = read(&json!({ "events": events }).to_string(), given.at()).expect("it is a report");
        let fresh: Vec<u32> = entries.iter().map(|_| given.id()).collect();
        let (twice, late_wins) = (self.has(Bug::EventTwice), self.has(Bug::LateEventWins));
        let taken = given.storage.transaction(|tx| {
            let mut taken = Vec::new();
            for (entry, fresh) in entries.into_iter().zip(fresh) {
                // The platform's clock may be ahead of one that went back: it is told again.
                let Ok(event) = entry.read else { continue };
                let id: u32 = event.id.parse().expect("it is one of ours");
                taken.push(id);
                if !twice && tx.disk.told.iter().any(|row| row.id == id) {
                    continue;
                }
                let key = &event.who.first().expect("it names somebody").key;
                let found = tx.disk.people.iter().find(|person| person.key == *key).map(|person| person.id);
                if found.is_none() {
                    let row =
                        PersonRow { id: fresh, key: key.clone(), items: 0, open_items: 0, stage: None, referrals: 0 };
                    tx.write()?.people.push(row);
                }
                let person = found.unwrap_or(fresh);
                let (kind, at) = (event.kind, event.at.as_ms());
                tx.write()?.told.push(ToldRow { id, person, kind, at });
                let Some(row) = tx.write()?.people.iter_mut().find(|row| row.id == person) else { continue };
                if !kind.is_stage() {
                    row.referrals += 1;
                } else if late_wins || row.stage.is_none_or(|(_, before)| before <= at) {
                    row.stage = Some((kind, at));
                }
            }
            Ok(taken)
        });
        if let Ok(taken) = taken {
            given.out.push(Out::Taken(taken));
            self.arm_for_next(given);
        }
    }
}

const KEY: &str = "pk_demo_platform";
const FORM: &str = "inquiry";

fn parse(given: &Given<'_>, copy: Copy) -> Result<Submission, ()> {
    let site = given.config.site(KEY).expect("the demo has it");
    let form = given.config.form_of(site, FORM).expect("the demo has it");
    Submission::parse(form, &body(copy), given.at()).map_err(|_| ())
}

fn answer(given: &mut Given<'_>, copy: Copy, answer: Result<Answer, Failed>) {
    if answer.is_ok() {
        given.out.push(Out::Counted);
    }
    given.out.push(Out::Answer(copy, answer.unwrap_or(Answer::Later)));
}

fn count(tx: &mut Storage, fate: Fate) -> Result<(), Failed> {
    *tx.write()?.fates.entry(fate.tag()).or_default() += 1;
    Ok(())
}

fn tell(
    tx: &mut Storage,
    id: u32,
    (item, destination, event): (u32, usize, EventKind),
    text: i64,
    now: i64,
) -> Result<(), Failed> {
    tx.write()?.outbox.push(OutboxRow {
        id,
        item,
        destination,
        event,
        text,
        attempts: 0,
        next_at: now,
        state: State::Due,
        noted: 0,
        not_before: now,
    });
    Ok(())
}

fn outbox(tx: &mut Storage, id: u32, change: impl FnOnce(&mut OutboxRow)) -> Result<(), Failed> {
    tx.write()?.outbox.iter_mut().find(|row| row.id == id).map(change);
    Ok(())
}

fn breaker(storage: &Storage, destination: usize) -> Breaker {
    storage.disk.breakers[destination].clone()
}

fn known(given: &Given<'_>, row: &PersonRow) -> KnownPerson {
    let owner = given.storage.disk.items.iter().rev().filter(|item| item.person == row.id).find_map(|item| item.owner);
    KnownPerson {
        id: row.id.to_string(),
        items: row.items,
        open_items: row.open_items,
        owner: owner.map(|owner| name(given.config, owner).to_owned()),
        stage: row.stage.map(|(stage, _)| stage),
        referrals: row.referrals,
        ..KnownPerson::default()
    }
}

fn member(config: &Config, id: &str) -> Option<u32> {
    config.source().members.iter().position(|member| member.id == id).and_then(|place| u32::try_from(place).ok())
}

fn name(config: &Config, member: u32) -> &str {
    &config.source().members[member as usize].id
}

fn place(config: &Config, destination: &str) -> usize {
    let all = &config.source().destinations;
    all.iter().position(|it| it.id == destination).expect("it is one of them")
}

fn hash(text: &str) -> i64 {
    let mut hash = Hash(0xcbf2_9ce4_8422_2325);
    hash.text(text.as_bytes());
    hash.0.cast_signed()
}
