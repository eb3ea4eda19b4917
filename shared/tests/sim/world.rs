//! The world around a desk: one queue of what happens, and when. Networks drop, delay, repeat and reorder; receivers have
//! moods; browsers and the platform send again until they are answered; members do things; instances end and begin; the
//! clock jumps. From a moment on there are no more faults, and everything has to come to its end.

use std::collections::BTreeMap;

use shared::config::Config;
use shared::delivery::Tried;
use shared::wire::console::{Act, Outcome};

use crate::bug::Bug;
use crate::desk::{Answer, Copy, Desk, Given, Out, Said, Try, email_of};
use crate::disk::{DESTINATIONS, Disk, State, Storage};
use crate::rules::{Broken, Rules};
use crate::seed::{Hash, Seed};

const SECOND: i64 = 1_000;
const HOUR: i64 = 3_600 * SECOND;
const DAY: i64 = 24 * HOUR;
/// When it begins: 2026-11-30T09:00:00Z.
const BEGIN: i64 = 1_796_029_200_000;
/// After the last fault: the longest wait of the schedule with its spread (26 h 24 min), a rest (15 min), and what the clock went
/// back by (at most three times two hours).
const BOUND: i64 = 34 * HOUR;
/// No world needs so many steps: one that does turns in circles.
const MOST_STEPS: u32 = 20_000;
/// After so long without an answer a browser, the platform and the desk stop waiting.
const PATIENCE: i64 = 10 * SECOND;

/// How a receiver answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mood {
    Well,
    Fails,
    Resets,
    Stalls,
    Busy,
    Refuses,
    Gone,
}

#[derive(Debug)]
enum Event {
    /// A browser sends what it has, again or for the first time.
    Click(u32),
    Asked(Copy),
    Settles(u32, Copy),
    Answered(Copy, Answer),
    /// The platform tells these, again or for the first time.
    Tells(Vec<usize>),
    Told(Vec<usize>),
    ToldAnswered(Vec<u32>),
    Arrives(u32, Try),
    Tried(u32, Try, Tried),
    /// The alarm goes off once more, though it was handled.
    Alarm,
    Act(u32, usize, Act),
    Delivery(usize, bool),
    Resume(usize),
    Mood(usize, Mood),
    Crash,
    Evict,
    /// The handler of the alarm throws; the instance ends with it, or does not.
    Throw,
    /// For so long it throws nearly always.
    Throws(i64),
    Start,
    Jump(i64),
    Calm,
}

/// What a browser knows of what it sent.
#[derive(Debug, Clone, Default)]
pub struct Form {
    pub reference: Option<u32>,
    pub is_refused: bool,
}

/// A receiver, with what it has: ids, and the hashes of their texts.
#[derive(Debug, Clone)]
pub struct Receiver {
    mood: Mood,
    pub has: BTreeMap<u32, i64>,
}

/// What one seed came to.
#[derive(Debug)]
pub struct Run {
    pub steps: u32,
    pub hash: u64,
    pub broken: Option<Broken>,
    /// How much of each kind happened: a world where nothing happens shows nothing.
    pub seen: BTreeMap<&'static str, u32>,
}

pub struct World<'a> {
    config: &'a Config,
    dice: Seed,
    trace: Hash,
    queue: BTreeMap<(i64, u32), Event>,
    queued: u32,
    /// Time as it passes, and by how much the clock differs from it.
    passed: i64,
    ahead: i64,
    /// By how much the clock went back in all.
    pub went_back: i64,
    late: i64,
    throws_until: i64,
    is_calm: bool,
    is_up: bool,
    instance: u32,
    turns: u32,
    ids: u32,
    pub storage: Storage,
    pub desk: Desk,
    pub forms: Vec<Form>,
    pub events: Vec<(Said, bool)>,
    pub receivers: Vec<Receiver>,
    /// Fates that were counted in a turn that was kept.
    pub counted: u32,
    rules: Rules,
    broken: Option<&'static str>,
    seen: BTreeMap<&'static str, u32>,
    /// Whether each step is printed.
    tells: bool,
}

/// Runs one seed to its end, or to the first rule that is broken.
pub fn run(config: &Config, seed: u64, bug: Option<Bug>) -> Run {
    run_world(World::new(config, seed, bug))
}

/// The same, and prints each step.
pub fn tell(config: &Config, seed: u64, bug: Option<Bug>) -> Run {
    run_world(World { tells: true, ..World::new(config, seed, bug) })
}

fn run_world(mut world: World<'_>) -> Run {
    world.plan();
    let mut steps = 0;
    let broken = loop {
        match world.step() {
            Ok(true) => steps += 1,
            Ok(false) => break world.rules.at_the_end(&world).err(),
            Err(rule) => break Some(rule),
        }
        if steps > MOST_STEPS {
            break Some("it turns in circles");
        }
    };
    world.trace.text(format!("{:?}", world.storage.disk).as_bytes());
    world.note_ends();
    let broken = broken.map(|rule| Broken { rule, step: steps });
    Run { steps, hash: world.trace.0, broken, seen: world.seen }
}

impl<'a> World<'a> {
    fn new(config: &'a Config, seed: u64, bug: Option<Bug>) -> Self {
        let receiver = Receiver { mood: Mood::Well, has: BTreeMap::new() };
        Self {
            config,
            dice: Seed(seed),
            trace: Hash(0xcbf2_9ce4_8422_2325),
            queue: BTreeMap::new(),
            queued: 0,
            passed: BEGIN,
            ahead: 0,
            went_back: 0,
            late: 0,
            throws_until: 0,
            is_calm: false,
            is_up: true,
            instance: 0,
            turns: 0,
            ids: 0,
            storage: Storage::default(),
            desk: Desk::new(bug),
            forms: Vec::new(),
            events: Vec::new(),
            receivers: vec![receiver; DESTINATIONS],
            counted: 0,
            rules: Rules::default(),
            broken: None,
            seen: BTreeMap::new(),
            tells: false,
        }
    }

    /// What will happen in any case, and when: the rest follows.
    fn plan(&mut self) {
        // All within a minute, where everything meets everything; or over days, where schedules and breakers run their course.
        let span = self.dice.pick(&[60 * SECOND, HOUR, DAY, 6 * DAY]);
        let forms = 1 + self.dice.below(5);
        let first = self.dice.below(8);
        // Numbers beside each other: among eight, one is wrong, and some are of the same person.
        for form in 0..u32::try_from(first + forms).expect("it is small") {
            self.forms.push(Form::default());
            if i64::from(form) >= first {
                self.sometime(span, |_| Event::Click(form));
            } else {
                self.forms[form as usize].is_refused = true;
            }
        }
        self.plan_events(span);
        for _ in 0..self.dice.below(6) {
            self.sometime(span, |dice| {
                let act = dice.pick(&[
                    Act::Claim,
                    Act::Close { outcome: Outcome::Lost, reason: "No answer".to_owned() },
                    Act::Close { outcome: Outcome::Won, reason: String::new() },
                    Act::Reopen,
                    Act::Release,
                ]);
                Event::Act(small(dice, 3), dice.below(5) as usize, act)
            });
        }
        for _ in 0..self.dice.below(4) {
            self.sometime(span, |dice| Event::Delivery(dice.below(8) as usize, dice.below(3) > 0));
            self.sometime(span, |dice| Event::Resume(dice.below(DESTINATIONS as i64) as usize));
        }
        for _ in 0..self.dice.below(8) {
            self.sometime(span, |dice| {
                let moods = [Mood::Well, Mood::Well, Mood::Fails, Mood::Fails, Mood::Resets, Mood::Stalls, Mood::Busy];
                let mood = if dice.below(8) == 0 { dice.pick(&[Mood::Gone, Mood::Refuses]) } else { dice.pick(&moods) };
                Event::Mood(dice.below(DESTINATIONS as i64) as usize, mood)
            });
        }
        for _ in 0..self.dice.below(4) {
            self.sometime(span, |_| Event::Crash);
            self.sometime(span, |_| Event::Evict);
        }
        for _ in 0..self.dice.below(4) {
            let by = self.dice.pick(&[-2 * HOUR, -60 * SECOND, -SECOND, 5 * SECOND, HOUR, 30 * HOUR]);
            self.sometime(span, |_| Event::Jump(by));
        }
        if self.dice.below(6) == 0 {
            let long = self.dice.pick(&[10 * SECOND, 10 * 60 * SECOND]);
            self.sometime(span, |_| Event::Throws(long));
        }
        self.after(span, Event::Calm);
    }

    fn plan_events(&mut self, span: i64) {
        for id in 0..small(&mut self.dice, 5) {
            let kind = self.dice.pick(&["trial_started", "purchased", "renewed", "cancelled", "referred"]);
            let at = BEGIN - self.dice.below(30 * DAY);
            let said = Said { id, kind, email: email_of(small(&mut self.dice, 3)), at };
            self.events.push((said, false));
        }
        let all = self.events.len();
        for event in 0..all {
            // Told twice on purpose, in any order, alone or with another one.
            for _ in 0..2 {
                let other = self.dice.below(all as i64) as usize;
                let both = if self.dice.below(3) == 0 { vec![event, other] } else { vec![event] };
                self.sometime(span, |_| Event::Tells(both));
            }
        }
    }

    fn sometime(&mut self, span: i64, event: impl FnOnce(&mut Seed) -> Event) {
        let after = self.dice.below(span);
        let event = event(&mut self.dice);
        self.after(after, event);
    }

    fn after(&mut self, ms: i64, event: Event) {
        self.queued += 1;
        self.queue.insert((self.passed + ms, self.queued), event);
    }

    pub fn now(&self) -> i64 {
        self.passed + self.ahead
    }

    /// Happens in so many of a thousand cases, while there are faults.
    fn chance(&mut self, of_thousand: i64) -> bool {
        self.dice.below(1_000) < of_thousand && !self.is_calm
    }

    /// One step: whatever comes next. Nothing, where nothing is left.
    fn step(&mut self) -> Result<bool, &'static str> {
        let is_armed = self.is_up && self.storage.handling.is_none();
        let alarm = self.storage.disk.alarm.filter(|_| is_armed);
        let rings = alarm.map(|alarm| (alarm.at - self.ahead).max(self.passed) + self.late);
        let next = self.queue.first_key_value().map(|((at, _), _)| *at);
        let event = match (rings, next) {
            (None, None) => return Ok(false),
            (Some(at), next) if next.is_none_or(|next| at < next) => {
                self.passed = at;
                Event::Alarm
            }
            _ => {
                let Some(((at, _), event)) = self.queue.pop_first() else { return Ok(false) };
                self.passed = at;
                event
            }
        };
        if self.tells {
            println!("{} ms, clock {}: {event:?}", self.passed - BEGIN, self.now() - BEGIN);
        }
        let number = self.happen(event);
        if self.tells {
            let Disk { outbox, alarm, .. } = &self.storage.disk;
            let rows = outbox.iter().filter(|row| row.state == State::Due);
            let rows: Vec<_> =
                rows.map(|row| (row.id, row.attempts, row.next_at - BEGIN, row.not_before - BEGIN)).collect();
            let alarm = alarm.map(|alarm| (alarm.at - BEGIN, alarm.set_at - BEGIN));
            println!("    due {rows:?}, alarm {alarm:?}, handling {:?}", self.storage.handling);
        }
        self.trace.number(self.passed);
        self.trace.number(number);
        let disk = &self.storage.disk;
        for count in [disk.items.len(), disk.outbox.len(), disk.history.len(), disk.told.len()] {
            self.trace.number(count as i64);
        }
        if let Some(rule) = self.broken {
            return Err(rule);
        }
        let mut rules = core::mem::take(&mut self.rules);
        let checked = rules.check(self);
        self.rules = rules;
        checked.map(|()| true)
    }

    fn happen(&mut self, event: Event) -> i64 {
        let name = match event {
            Event::Click(form) => {
                self.click(form);
                "click"
            }
            Event::Asked(copy) if !self.is_up => {
                self.reply(copy, Answer::Later);
                "refused, being down"
            }
            Event::Asked(copy) => {
                self.turn(|desk, given| desk.submit(given, copy));
                "submission"
            }
            Event::Settles(instance, copy) => {
                if instance == self.instance && self.is_up {
                    self.turn(|desk, given| desk.settle(given, copy));
                }
                "submission settled"
            }
            Event::Answered(copy, answer) => {
                self.hear(copy, answer);
                "answer"
            }
            Event::Tells(events) => {
                self.tell(events);
                "report"
            }
            Event::Told(events) if self.is_up => {
                let said: Vec<_> =
                    events.iter().filter_map(|event| self.events.get(*event)).map(|(said, _)| said.clone()).collect();
                self.turn(|desk, given| desk.told(given, &said));
                "report taken"
            }
            Event::Told(_) => "report lost",
            Event::ToldAnswered(ids) => {
                for (said, is_known) in &mut self.events {
                    *is_known |= ids.contains(&said.id);
                }
                "report answered"
            }
            Event::Arrives(instance, job) => {
                self.receive(instance, job);
                "delivery"
            }
            Event::Tried(instance, job, tried) => {
                if instance == self.instance && self.is_up {
                    self.turn(|desk, given| desk.answered(given, &job, &tried));
                }
                "delivery answered"
            }
            Event::Alarm => self.ring(),
            Event::Act(by, item, act) => self.ask("act", |desk, given| desk.act(given, by, item, &act)),
            Event::Delivery(row, replays) => {
                self.ask("delivery acted on", |desk, given| desk.act_on_delivery(given, row, replays))
            }
            Event::Resume(destination) => self.ask("resume", |desk, given| desk.resume(given, destination)),
            Event::Mood(destination, mood) => {
                self.receivers[destination].mood = mood;
                "mood"
            }
            Event::Crash => self.crash(),
            Event::Evict => {
                // An instance that waits for something is not put away.
                if self.is_up && !self.desk.is_handling() {
                    self.renew();
                }
                "eviction"
            }
            Event::Throw => {
                self.throw();
                "throw"
            }
            Event::Throws(long) => {
                self.throws_until = self.passed + long;
                "throws"
            }
            Event::Start => {
                self.is_up = true;
                "start"
            }
            Event::Jump(by) => {
                self.ahead += by;
                self.went_back -= by.min(0);
                "jump"
            }
            Event::Calm => self.calm(),
        };
        *self.seen.entry(name).or_default() += 1;
        name.bytes().fold(0, |number, byte| number * 31 % 1_000_003 + i64::from(byte))
    }

    fn ask(&mut self, name: &'static str, run: impl FnOnce(&mut Desk, &mut Given<'_>)) -> &'static str {
        if self.is_up {
            self.turn(run);
        }
        name
    }

    /// A turn of the desk. What it wrote is kept or not, then what it says leaves: the output gate.
    fn turn(&mut self, run: impl FnOnce(&mut Desk, &mut Given<'_>)) {
        let crashes = self.chance(15);
        let before = (crashes && self.dice.below(2) == 0).then(|| self.storage.disk.clone());
        let fails = self.chance(30);
        self.storage.fails_after = fails.then(|| small(&mut self.dice, 12));
        let now = self.now();
        let mut out = Vec::new();
        let (dice, ids) = (&mut self.dice, &mut self.ids);
        let mut given = Given { config: self.config, storage: &mut self.storage, dice, now, ids, out: &mut out };
        run(&mut self.desk, &mut given);
        self.storage.fails_after = None;
        let is_lost = before.is_some();
        if let Some(before) = before {
            self.storage.disk = before;
        }
        let leaves = !crashes || (!is_lost && self.dice.below(2) == 0);
        for out in out {
            self.leave(out, leaves, is_lost);
        }
        if crashes {
            self.crash();
            *self
                .seen
                .entry(if is_lost { "crash before the commit" } else { "crash after the commit" })
                .or_default() += 1;
        }
    }

    fn leave(&mut self, out: Out, leaves: bool, is_lost: bool) {
        match out {
            Out::Counted => self.counted += u32::from(!is_lost),
            Out::Answer(copy, answer) if leaves || self.desk.bug == Some(Bug::AnswerFirst) => self.reply(copy, answer),
            Out::Settles(copy) if leaves => {
                let after = self.dice.below(2 * SECOND);
                self.after(after, Event::Settles(self.instance, copy));
            }
            Out::Taken(ids) if leaves => {
                let after = self.dice.below(2 * SECOND);
                if !self.chance(100) {
                    self.after(after, Event::ToldAnswered(ids));
                }
            }
            Out::Send(job) if leaves => {
                let row = self.storage.disk.outbox.iter().find(|row| row.id == job.row);
                if row.is_none_or(|row| job.picked_at < row.not_before) {
                    self.broken = Some("no try before its time");
                }
                self.send(job);
            }
            _ => {}
        }
    }

    fn send(&mut self, job: Try) {
        let after = self.dice.below(3 * SECOND);
        if self.chance(50) {
            return self.after(PATIENCE, Event::Tried(self.instance, job, Tried::failed("no answer")));
        }
        if self.chance(50) {
            // The network repeats it: nobody waits for the answer of the second one.
            let later = after + self.dice.below(5 * SECOND);
            self.after(later, Event::Arrives(u32::MAX, job.clone()));
        }
        self.after(after, Event::Arrives(self.instance, job));
    }

    fn receive(&mut self, instance: u32, job: Try) {
        let is_strict = job.destination == 2;
        let draw = self.dice.below(10);
        let receiver = &mut self.receivers[job.destination];
        // Some get through, but where nobody listens.
        let is_lucky = draw == 0 && receiver.mood != Mood::Resets;
        let mood = if self.is_calm || is_lucky { Mood::Well } else { receiver.mood };
        let (mut tried, mut after) = match mood {
            Mood::Well => (Tried::answered(204, None, "", is_strict), 50),
            Mood::Fails => (Tried::answered(500, None, "down", is_strict), 50),
            Mood::Resets => (Tried::failed("could not connect"), 20),
            Mood::Stalls => (Tried::failed("no answer"), PATIENCE),
            Mood::Busy => (Tried::answered(429, Some("120"), "", is_strict), 20),
            Mood::Refuses => (Tried::answered(422, None, "wrong", is_strict), 20),
            Mood::Gone => (Tried::answered(410, None, "", is_strict), 20),
        };
        // One that stalls may have it nevertheless.
        if mood == Mood::Well || (mood == Mood::Stalls && draw < 3) {
            let known = receiver.has.insert(job.row, job.text);
            if known.is_some_and(|known| known != job.text) {
                self.broken = Some("what is sent again is the same");
            }
        }
        if self.chance(30) {
            (tried, after) = (Tried::failed("no answer"), PATIENCE);
        }
        if instance != u32::MAX {
            self.after(after, Event::Tried(instance, job, tried));
        }
    }

    fn click(&mut self, number: u32) {
        let form = &self.forms[number as usize];
        if form.reference.is_some() || form.is_refused {
            return;
        }
        let copy = Copy { form: number, variant: 0 };
        // Offline: it stays in the browser, and is sent under the same id when there is a connection.
        if !self.chance(150) {
            for _ in 0..=i64::from(self.chance(150)) {
                self.ask_later(copy);
            }
        }
        let after = PATIENCE + self.dice.below(60 * SECOND);
        self.after(after, Event::Click(number));
    }

    fn ask_later(&mut self, copy: Copy) {
        if !self.chance(100) {
            let after = self.dice.below(4 * SECOND);
            self.after(after, Event::Asked(copy));
        }
    }

    fn reply(&mut self, copy: Copy, answer: Answer) {
        if !self.chance(150) {
            let after = self.dice.below(2 * SECOND);
            self.after(after, Event::Answered(copy, answer));
        }
    }

    fn hear(&mut self, copy: Copy, answer: Answer) {
        if copy.variant > 0 {
            // Whoever used somebody's id learns nothing by it.
            if matches!(answer, Answer::Receipt(_)) {
                self.broken = Some("another body under a used id gets no receipt");
            }
            return;
        }
        let form = &mut self.forms[copy.form as usize];
        match answer {
            Answer::Receipt(reference) => {
                if form.reference.is_some_and(|before| before != reference) {
                    self.broken = Some("one receipt for each id");
                }
                let is_first = form.reference.replace(reference).is_none();
                if is_first && self.chance(100) {
                    self.ask_later(Copy { variant: 1, ..copy });
                }
                // A tab that was not told, of the same queue.
                if is_first && self.chance(200) {
                    self.ask_later(copy);
                }
            }
            Answer::Invalid | Answer::IdReused => form.is_refused = true,
            Answer::Later => {}
        }
    }

    fn tell(&mut self, events: Vec<usize>) {
        for _ in 0..=i64::from(self.chance(200)) {
            if !self.chance(100) {
                let after = self.dice.below(4 * SECOND);
                self.after(after, Event::Told(events.clone()));
            }
        }
        let waits: Vec<usize> =
            events.into_iter().filter(|event| self.events.get(*event).is_some_and(|(_, is_known)| !is_known)).collect();
        if !waits.is_empty() {
            // A report that is not answered is told again, an hour later at most.
            let after = PATIENCE + self.dice.below(HOUR);
            self.after(after, Event::Tells(waits));
        }
    }

    fn ring(&mut self) -> &'static str {
        if !self.is_up || self.storage.handling.is_some() {
            return "alarm too many";
        }
        self.turns += 1;
        let turn = self.turns;
        self.storage.handling = Some(false);
        self.late = if self.is_calm { 0 } else { self.dice.pick(&[0, 0, 0, 20, SECOND, 90 * SECOND]) };
        self.turn(|desk, given| desk.alarm(given, turn));
        if self.chance(50) {
            self.after(20, Event::Alarm);
        }
        let throws = if self.passed < self.throws_until { 980 } else { 40 };
        if self.chance(throws) {
            self.after(0, Event::Throw);
        }
        "alarm"
    }

    fn throw(&mut self) {
        if !self.is_up || !self.desk.is_handling() {
            return;
        }
        let now = self.now();
        self.storage.alarm_threw(now);
        if self.storage.disk.is_given_up {
            *self.seen.entry("alarm given up").or_default() += 1;
        }
        if self.dice.below(8) == 0 {
            self.renew();
        } else {
            self.desk.forget_round();
        }
    }

    /// The process ends; another one begins a while later.
    fn crash(&mut self) -> &'static str {
        if self.is_up {
            self.renew();
            self.is_up = false;
            let after = self.dice.pick(&[50, SECOND, 60 * SECOND]);
            self.after(after, Event::Start);
        }
        "crash"
    }

    /// A new instance: of the old one only the disk is left, and an alarm that was being handled goes off again.
    fn renew(&mut self) {
        self.instance += 1;
        self.storage.handling = None;
        self.desk = Desk::new(self.desk.bug);
    }

    fn calm(&mut self) -> &'static str {
        self.is_calm = true;
        self.late = 0;
        // An alarm that the runtime gave up is set again by the next request.
        self.after(2 * 60 * SECOND, Event::Resume(0));
        self.rules.ends_by(self.passed + BOUND);
        "calm"
    }

    pub fn passed(&self) -> i64 {
        self.passed
    }

    /// How the deliveries ended.
    fn note_ends(&mut self) {
        for row in &self.storage.disk.outbox {
            let end = match &row.state {
                State::Due => continue,
                State::Delivered if row.attempts > 1 => "delivered after several tries",
                State::Delivered => "delivered at once",
                State::Dead(why) if why.contains("five days") => "given up after five days of silence",
                State::Dead(why) if why.contains("410") => "given up: gone",
                State::Dead(why) if why.contains("422") => "given up: refused",
                State::Dead(why) if why.contains("by hand") => "given up by hand",
                State::Dead(_) => "given up after ten tries",
            };
            *self.seen.entry(end).or_default() += 1;
        }
    }
}

fn small(dice: &mut Seed, end: i64) -> u32 {
    u32::try_from(dice.below(end)).expect("it is small")
}
