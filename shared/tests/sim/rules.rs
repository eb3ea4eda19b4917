//! What is true at every step, and what is true at the end.

use std::collections::BTreeSet;

use shared::fate::Fate;
use shared::wire::console::ItemState;
use shared::wire::destination::EventKind;

use crate::disk::{DESTINATIONS, Disk, ItemRow, State};
use crate::world::World;

/// The longest wait after a failure of our own, or before the runtime tries an alarm again whose handler threw.
const LONGEST_BACKOFF_MS: i64 = 64_000;

/// A rule that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    pub rule: &'static str,
    pub step: u32,
}

/// What the rules remember of the step before.
#[derive(Debug, Default)]
pub struct Rules {
    owners: Vec<(u32, Option<u32>)>,
    history: usize,
    outbox: usize,
    ends_by: Option<i64>,
}

type Holds = Result<(), &'static str>;

fn hold(fine: bool, rule: &'static str) -> Holds {
    if fine { Ok(()) } else { Err(rule) }
}

impl Rules {
    /// From now on there are no faults.
    pub fn ends_by(&mut self, at: i64) {
        self.ends_by = Some(at);
    }

    /// What is true at every step.
    pub fn check(&mut self, world: &World<'_>) -> Holds {
        let disk = &world.storage.disk;
        submissions(world, disk)?;
        fates(world, disk)?;
        self.outbox(world, disk)?;
        alarm(world, disk)?;
        self.owners(disk)?;
        events(world, disk)?;
        let is_over = self.ends_by.is_some_and(|by| world.passed() > by);
        hold(!is_over, "without faults everything ends within its bound")
    }

    /// What is true once nothing happens any more.
    pub fn at_the_end(&self, world: &World<'_>) -> Holds {
        let disk = &world.storage.disk;
        hold(disk.outbox.iter().all(|row| row.state != State::Due), "at the end the outbox is empty")?;
        let is_answered = world.forms.iter().all(|form| form.reference.is_some() || form.is_refused);
        hold(is_answered, "at the end every browser has its answer")?;
        hold(world.events.iter().all(|(_, is_known)| *is_known), "at the end every event is known")
    }

    fn outbox(&mut self, world: &World<'_>, disk: &Disk) -> Holds {
        hold(disk.outbox.len() >= self.outbox, "nothing leaves the outbox")?;
        self.outbox = disk.outbox.len();
        for row in &disk.outbox {
            let has = || world.receivers[row.destination].has.get(&row.id) == Some(&row.text);
            match &row.state {
                State::Due => {}
                State::Delivered => hold(has(), "what is delivered is with its receiver")?,
                State::Dead(why) => hold(!why.is_empty(), "what is given up has a reason")?,
            }
            hold(row.attempts <= row.noted, "a try that counts was made")?;
        }
        for (place, receiver) in world.receivers.iter().enumerate() {
            let is_known = |id: &u32| disk.outbox.iter().any(|row| row.id == *id && row.destination == place);
            hold(receiver.has.keys().all(is_known), "a receiver knows a delivery by one id")?;
        }
        Ok(())
    }

    fn owners(&mut self, disk: &Disk) -> Holds {
        let said = disk.history.get(self.history..).unwrap_or_default();
        for (number, item) in disk.items.iter().enumerate() {
            let before = self.owners.get(number).and_then(|(id, owner)| (*id == item.id).then_some(*owner)).flatten();
            let is_said = || said.iter().any(|row| row.item == item.id && row.given_to == item.owner);
            hold(before == item.owner || is_said(), "an owner changes with a row of history")?;
        }
        self.history = disk.history.len();
        self.owners.clear();
        self.owners.extend(disk.items.iter().map(|item| (item.id, item.owner)));
        Ok(())
    }
}

fn submissions(world: &World<'_>, disk: &Disk) -> Holds {
    for (number, form) in (0..).zip(&world.forms) {
        let is_stored = |reference: u32| {
            disk.submissions.iter().any(|row| row.id == number && row.reference == reference && row.variant == 0)
        };
        hold(form.reference.is_none_or(is_stored), "what is acknowledged is stored")?;
    }
    hold(disk.submissions.len() == disk.items.len(), "an item and its submission are one")?;
    for (number, item) in disk.items.iter().enumerate() {
        let is_whole = disk.submissions.iter().any(|row| row.id == item.submission);
        hold(is_whole, "an item and its submission are one")?;
        let earlier = disk.items.get(..number).unwrap_or_default();
        hold(earlier.iter().all(|other| other.submission != item.submission), "one item for each id")?;
        let is_told = |place: &u32| {
            item.told & (1 << place) == 0
                || disk.outbox.iter().any(|row| {
                    row.item == item.id && row.destination == *place as usize && row.event == EventKind::Opened
                })
        };
        hold((0..DESTINATIONS as u32).all(|place| is_told(&place)), "whoever is told of an item has a row")?;
    }
    let open = disk.people.iter().map(|person| person.open_items).sum::<u32>() as usize;
    let is_open = |item: &&ItemRow| item.state != ItemState::Closed;
    hold(open == disk.items.iter().filter(is_open).count(), "the open items of people add up")
}

fn fates(world: &World<'_>, disk: &Disk) -> Holds {
    let accepted = disk.fates.get(Fate::Accepted.tag()).copied().unwrap_or(0);
    hold(accepted as usize == disk.items.len(), "what is accepted is an item")?;
    hold(disk.fates.values().sum::<u32>() == world.counted, "the fates add up")
}

fn alarm(world: &World<'_>, disk: &Disk) -> Holds {
    let due = disk.outbox.iter().filter(|row| row.state == State::Due).map(|row| row.next_at).min();
    let Some(due) = due else { return Ok(()) };
    // While it is handled, its handler sets it; one that the runtime gave up is for the next request.
    if world.storage.handling.is_some() || disk.is_given_up {
        return Ok(());
    }
    let Some(alarm) = disk.alarm else { return Err("what is due has an alarm") };
    // Rows of before the clock went back may have had it set, and the process may have ended before it was set again.
    hold(
        alarm.at <= due.max(alarm.set_at + LONGEST_BACKOFF_MS) + world.went_back,
        "the alarm is set for what is due first",
    )
}

fn events(world: &World<'_>, disk: &Disk) -> Holds {
    let ids: BTreeSet<u32> = disk.told.iter().map(|row| row.id).collect();
    hold(ids.len() == disk.told.len(), "an event counts once")?;
    let is_kept = world.events.iter().all(|(said, is_known)| !is_known || ids.contains(&said.id));
    hold(is_kept, "an event that was acknowledged is stored")?;
    for person in &disk.people {
        let theirs = || disk.told.iter().filter(|row| row.person == person.id);
        let brought = theirs().filter(|row| !row.kind.is_stage()).count();
        hold(person.referrals as usize == brought, "an event counts once")?;
        let last = theirs().filter(|row| row.kind.is_stage()).map(|row| row.at).max();
        hold(person.stage.map(|(_, at)| at) == last, "somebody stands where they stood last")?;
    }
    Ok(())
}
