//! What is on disk, and what the runtime does with it: facts 0.1 to 0.6 of `bar/runtime-facts.md`.
//!
//! The writes of one turn reach the disk together, and the alarm with them: a crash keeps all of them or none. A turn that
//! fails keeps what it wrote, but for what it wrote in a transaction.

use std::collections::BTreeMap;

use shared::delivery::breaker::Breaker;
use shared::lifecycle::Kind;
use shared::wire::console::ItemState;
use shared::wire::destination::EventKind;

/// Where others are told: two that take webhooks, and one that says with 422 that a message is wrong.
pub const DESTINATIONS: usize = 3;

/// Why a turn came to no end: a statement failed.
#[derive(Debug)]
pub struct Failed;

#[derive(Debug, Clone)]
pub struct PersonRow {
    pub id: u32,
    pub key: String,
    pub items: u32,
    pub open_items: u32,
    pub stage: Option<(Kind, i64)>,
    pub referrals: u32,
}

#[derive(Debug, Clone)]
pub struct ItemRow {
    pub id: u32,
    pub person: u32,
    pub submission: u32,
    pub state: ItemState,
    pub owner: Option<u32>,
    /// Who is told of it, one bit for each destination.
    pub told: u32,
}

#[derive(Debug, Clone)]
pub struct SubmissionRow {
    pub id: u32,
    pub variant: u32,
    pub reference: u32,
}

#[derive(Debug, Clone)]
pub struct HistoryRow {
    pub item: u32,
    pub given_to: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum State {
    Due,
    Delivered,
    Dead(String),
}

#[derive(Debug, Clone)]
pub struct OutboxRow {
    pub id: u32,
    pub item: u32,
    pub destination: usize,
    pub event: EventKind,
    /// The hash of its text.
    pub text: i64,
    pub attempts: usize,
    pub next_at: i64,
    pub state: State,
    /// For the checker alone: how many tries were noted, and when the last of them lets the next one begin.
    pub noted: usize,
    pub not_before: i64,
}

/// An event of the platform's.
#[derive(Debug, Clone)]
pub struct ToldRow {
    pub id: u32,
    pub person: u32,
    pub kind: Kind,
    pub at: i64,
}

#[derive(Debug, Clone, Copy)]
pub struct Alarm {
    pub at: i64,
    pub set_at: i64,
}

/// The rows, and the alarm.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    pub people: Vec<PersonRow>,
    pub items: Vec<ItemRow>,
    pub submissions: Vec<SubmissionRow>,
    pub history: Vec<HistoryRow>,
    pub outbox: Vec<OutboxRow>,
    pub followers: Vec<(u32, usize)>,
    pub fates: BTreeMap<&'static str, u32>,
    pub told: Vec<ToldRow>,
    pub breakers: [Breaker; DESTINATIONS],
    pub alarm: Option<Alarm>,
    /// For the checker alone: whether the runtime gave the alarm up, and nobody has set it since.
    pub is_given_up: bool,
}

/// A disk with its runtime.
#[derive(Debug, Default)]
pub struct Storage {
    pub disk: Disk,
    /// Statements left before one fails.
    pub fails_after: Option<u32>,
    /// While the alarm is handled: whether it was set again meanwhile.
    pub handling: Option<bool>,
    /// How often the handler threw in a row.
    pub throws: u32,
}

/// How often the runtime tries an alarm again whose handler throws.
const MAX_THROWS: u32 = 6;

impl Storage {
    /// One statement that writes.
    pub fn write(&mut self) -> Result<&mut Disk, Failed> {
        match self.fails_after.as_mut() {
            Some(0) => return Err(Failed),
            Some(left) => *left -= 1,
            None => {}
        }
        Ok(&mut self.disk)
    }

    /// Keeps the work whole or not at all.
    pub fn transaction<T>(&mut self, work: impl FnOnce(&mut Self) -> Result<T, Failed>) -> Result<T, Failed> {
        // Only what was told to fail does.
        let before = self.fails_after.map(|_| self.disk.clone());
        let done = work(self);
        if let (Err(Failed), Some(before)) = (&done, before) {
            self.disk = before;
        }
        done
    }

    /// The alarm that is set, which the one that is being handled is not.
    pub fn alarm(&self) -> Option<i64> {
        let is_set = self.handling != Some(false);
        self.disk.alarm.filter(|_| is_set).map(|alarm| alarm.at)
    }

    pub fn set_alarm(&mut self, at: i64, now: i64) {
        self.disk.alarm = Some(Alarm { at, set_at: now });
        self.disk.is_given_up = false;
        if let Some(is_set_again) = &mut self.handling {
            *is_set_again = true;
        }
    }

    /// The handler came to its end.
    pub fn alarm_ended(&mut self) {
        if self.handling.take() == Some(false) {
            self.disk.alarm = None;
        }
        self.throws = 0;
    }

    /// The handler threw: the runtime tries again, twice as long after each time, and then never.
    pub fn alarm_threw(&mut self, now: i64) {
        if self.handling.take() != Some(false) {
            return;
        }
        self.throws += 1;
        let again = now + (1_000 << self.throws);
        self.disk.is_given_up = self.throws > MAX_THROWS;
        self.disk.alarm = (!self.disk.is_given_up).then_some(Alarm { at: again, set_at: now });
        if self.disk.is_given_up {
            self.throws = 0;
        }
    }
}
