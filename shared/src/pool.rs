//! Which member of a pool gets an item, and why each other one does not.
//!
//! [`pick`] is a function: same pool, same team, same wish, same member. Whoever owned the person's last item comes first, if
//! they are there; then the pool's strategy decides among those who can take it. Ties go by the pool's order, so that a
//! decision replays exactly.
//!
//! Whether somebody can take an item is asked in this order, and the first "no" is the reason that is shown: did they have
//! it before, are they away, on leave, off shift, without a console where the pool wants one, without what the rule needs,
//! full, or given the most they are given in a while. The owner of the person's last item is not asked for skills and
//! room: who knows them already is better than who has time.
//!
//! Not here: which pool (`route`), how a pool is read (`config`), or what becomes of an item that nobody can take (`edge`: it waits in its queue, and is
//! tried again when something changes).

mod says;
pub mod share;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use crate::business::Hours;
use crate::submission::day::Day;
use crate::time::Timestamp;
use crate::wire::FormKind;
use crate::wire::pool::{Capacity, Most, Strategy, Wants};
use share::{Claimant, Share};

/// A pool, read: who is in it, in order, and how one is picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rota {
    /// How.
    pub strategy: Strategy,
    /// Whether only those are picked who have a console open.
    pub present_only: bool,
    /// The hours that its members have: most have the same.
    pub hours: Vec<Hours>,
    /// Who.
    pub places: Vec<Place>,
}

/// A member's place in a pool, with all that is asked of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Their id.
    pub member: String,
    /// Which of the workspace's members they are, by their place in its list.
    pub index: usize,
    /// Their share against those of the others: at least 1.
    pub weight: u32,
    /// The most they are given in a while.
    pub most: Option<Most>,
    /// Their own hours, or else the pool's, by their place in [`Rota::hours`]; where absent, they work at any time.
    pub hours: Option<usize>,
    /// When they are on leave, both days included, in the time zone of their hours, or else in UTC.
    pub leave: Vec<(Day, Day)>,
    /// How many open items they may own.
    pub capacity: Capacity,
    /// What they can do, with levels.
    pub skills: BTreeMap<String, u32>,
    /// The languages they answer in.
    pub languages: Vec<String>,
    /// Where those come from whom they answer.
    pub territories: Vec<String>,
}

/// The members as they are when one is picked: by their places in one configuration's lists. Whoever is not in it is at their
/// desk with nothing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Team {
    /// What each member has to do, in the order of the workspace's list.
    pub loads: Vec<Load>,
    /// Where each member of a pool stands in it, by pool, in its order.
    pub seats: BTreeMap<String, Vec<Seat>>,
}

/// What a member has to do.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Load {
    /// Whether they said that they are away.
    pub is_away: bool,
    /// Whether they have a console open.
    pub is_present: bool,
    /// Open items they own: inquiries, trials, requests for help.
    pub open: [u32; 3],
}

impl Load {
    /// Open items in all.
    pub fn total(&self) -> u32 {
        self.open.iter().fold(0, |sum, open| sum.saturating_add(*open))
    }

    /// Open items of a kind.
    pub fn of(&mut self, kind: FormKind) -> &mut u32 {
        let [inquiries, trials, requests] = &mut self.open;
        match kind {
            FormKind::Inquiry => inquiries,
            FormKind::Trial => trials,
            FormKind::Support => requests,
        }
    }
}

/// Where a member stands in a pool.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Seat {
    /// How far they are behind their share.
    pub share: Share,
    /// When they were given their latest items here, the latest last: as many as their `most` asks for, and at least one.
    pub given: Vec<Timestamp>,
}

/// An item that is to be given to somebody.
#[derive(Debug, Clone, Copy)]
pub struct Item<'a> {
    /// What it asks of them.
    pub wants: &'a Wants,
    /// Who owned the person's last item.
    pub owner: Option<&'a str>,
    /// Who had it before: it is not given to them again.
    pub had: &'a [String],
}

/// Who gets it, and why not the others.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pick {
    /// How the pool picks.
    pub strategy: Strategy,
    /// Who gets it; nobody where nobody can, or where the pool's members take items themselves.
    pub chosen: Option<Chosen>,
    /// Every other member, by their place in the pool.
    pub others: Vec<(usize, WhyNot)>,
    /// The shares that are other ones now, by place.
    pub shares: Vec<(usize, Share)>,
    /// When somebody who cannot take it now could, by the clock alone.
    pub again: Option<Timestamp>,
}

/// Who was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Their id.
    pub member: String,
    /// Their place in the pool, where they are in it.
    pub place: Option<usize>,
    /// Why.
    pub because: Because,
}

/// Why somebody was chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Because {
    /// They owned the person's last item.
    Owner,
    /// Nobody else could.
    Only,
    /// They are the first in the pool's order.
    First,
    /// They would be the first to fall a whole item behind their share: so far were they behind, as parts of [`share::ITEM`].
    Behind(i64),
    /// They have the fewest open items: so many.
    Fewest(u32),
    /// A member gave it to them.
    Given,
}

/// Why somebody was not chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WhyNot {
    /// They had it before.
    Had,
    /// They said that they are away.
    Away,
    /// They are on leave, until then.
    OnLeave(Timestamp),
    /// They do not work now; they do from then on.
    OffShift(Timestamp),
    /// They have no console open.
    NotThere,
    /// They lack a skill of those that the item asks for, or its level: which one, in their order.
    Skill(usize),
    /// They do not answer in its language.
    Language,
    /// They do not answer those from there.
    Territory,
    /// They own as many open items as they may.
    Full(u32),
    /// They own as many open items of this kind as they may.
    FullOf(FormKind, u32),
    /// They were given the most they are given in a while; from then on they may be given more.
    Most(Most, Timestamp),
    /// The person's last item was somebody else's.
    NotOwner,
    /// They come later in the pool's order.
    Later,
    /// They are not as far behind their share: so far, as parts of [`share::ITEM`].
    LessBehind(i64),
    /// They have as many open items or more: so many.
    Busier(u32),
    /// A member gave it to somebody else.
    NotGiven,
    /// Nobody is picked: any of them may take it.
    MayTake,
}

/// Picks whoever gets the item. `pool` is the pool's id, by which the team knows its shares.
pub fn pick(rota: &Rota, pool: &str, team: &Team, item: Item<'_>, at: Timestamp) -> Pick {
    let room = Room::of(rota, pool, team, item, at);
    let refused = room.refused();
    let able: Vec<usize> = (0..rota.places.len()).filter(|index| refused.get(*index) == Some(&None)).collect();
    let mut fair = Fair::default();
    let chosen = match (room.owner(), rota.strategy) {
        (Some(owner), strategy) => {
            if strategy == Strategy::WeightedFair {
                fair = room.give(&able, Some(owner));
            }
            Some((owner, Because::Owner))
        }
        (None, Strategy::Claim) => None,
        (None, Strategy::Ordered) => able.first().map(|index| (*index, Because::First)),
        (None, Strategy::LeastLoaded) => room.least_loaded(&able),
        (None, Strategy::WeightedFair) => {
            fair = room.give(&able, None);
            fair.chosen.map(|index| (index, Because::Behind(fair.behind(index))))
        }
    };
    let chosen = chosen.map(|(index, because)| match because {
        Because::First | Because::Behind(_) | Because::Fewest(_) if able.len() == 1 => (index, Because::Only),
        _ => (index, because),
    });
    let why_not = |(index, place): (usize, &Place)| {
        if chosen.is_some_and(|(chosen, _)| chosen == index) {
            return None;
        }
        let why = refused.get(index).copied().flatten().unwrap_or_else(|| match (chosen, rota.strategy) {
            (Some((_, Because::Owner)), _) => WhyNot::NotOwner,
            (_, Strategy::Claim) => WhyNot::MayTake,
            (_, Strategy::Ordered) => WhyNot::Later,
            (_, Strategy::WeightedFair) => WhyNot::LessBehind(fair.behind(index)),
            (_, Strategy::LeastLoaded) => WhyNot::Busier(room.load(place).total()),
        });
        Some((index, why))
    };
    let others = rota.places.iter().enumerate().filter_map(why_not).collect();
    let named = |(index, because): (usize, Because)| {
        let member = rota.places.get(index)?.member.clone();
        Some(Chosen { member, place: Some(index), because })
    };
    let again = refused.iter().flatten().filter_map(WhyNot::until).min();
    Pick { strategy: rota.strategy, chosen: chosen.and_then(named), others, shares: fair.shares, again }
}

/// Why each member of a pool could not take an item, by their place; nothing where they could.
pub fn cannot(rota: &Rota, pool: &str, team: &Team, item: Item<'_>, at: Timestamp) -> Vec<Option<WhyNot>> {
    Room::of(rota, pool, team, item, at).refused()
}

/// What is kept of an item that a member gave to another, who may be in the pool or not.
pub fn given_to(rota: Option<&Rota>, member: &str) -> Pick {
    let places = rota.map_or(&[][..], |rota| &rota.places).iter().enumerate();
    let (theirs, others): (Vec<_>, Vec<_>) = places.partition(|(_, place)| place.member == member);
    let place = theirs.first().map(|(index, _)| *index);
    Pick {
        strategy: rota.map_or(Strategy::Claim, |rota| rota.strategy),
        chosen: Some(Chosen { member: member.to_owned(), place, because: Because::Given }),
        others: others.into_iter().map(|(index, _)| (index, WhyNot::NotGiven)).collect(),
        shares: Vec::new(),
        again: None,
    }
}

/// A pool as one pick finds it.
struct Room<'a> {
    rota: &'a Rota,
    loads: &'a [Load],
    seats: &'a [Seat],
    /// What its hours come to now.
    shifts: Vec<Shift>,
    item: Item<'a>,
    at: Timestamp,
}

/// What hours come to at one instant.
struct Shift {
    /// When they begin next, or now.
    opens: Timestamp,
    /// The day that it is there.
    today: Day,
}

/// What sharing came to.
#[derive(Default)]
struct Fair {
    /// Who is next.
    chosen: Option<usize>,
    /// How far each was behind, by place; nothing of whom it was not asked.
    behind: Vec<i64>,
    /// The shares that are other ones now.
    shares: Vec<(usize, Share)>,
}

impl Fair {
    fn behind(&self, place: usize) -> i64 {
        self.behind.get(place).copied().unwrap_or(0)
    }
}

impl<'a> Room<'a> {
    fn of(rota: &'a Rota, pool: &str, team: &'a Team, item: Item<'a>, at: Timestamp) -> Self {
        let seats = team.seats.get(pool).map_or(&[][..], Vec::as_slice);
        let shift = |hours: &Hours| Shift { opens: hours.after(at, 0), today: hours.day(at) };
        Self { rota, loads: &team.loads, seats, shifts: rota.hours.iter().map(shift).collect(), item, at }
    }

    fn load(&self, place: &Place) -> Load {
        self.loads.get(place.index).copied().unwrap_or_default()
    }

    fn given(&self, place: usize) -> &'a [Timestamp] {
        self.seats.get(place).map_or(&[], |seat| &seat.given)
    }

    /// Why each cannot take it.
    fn refused(&self) -> Vec<Option<WhyNot>> {
        let asked = |(index, place): (usize, &Place)| {
            let unfit = || unfit(place, self.item.wants);
            self.absent(place).or_else(unfit).or_else(|| self.full(index, place))
        };
        self.rota.places.iter().enumerate().map(asked).collect()
    }

    /// Whoever owned the person's last item, where they are there.
    fn owner(&self) -> Option<usize> {
        let owner = self.item.owner?;
        self.rota.places.iter().position(|place| place.member == owner && self.absent(place).is_none())
    }

    /// Why somebody is not there for the item, if they are not.
    fn absent(&self, place: &Place) -> Option<WhyNot> {
        let load = self.load(place);
        if self.item.had.contains(&place.member) {
            return Some(WhyNot::Had);
        }
        if load.is_away {
            return Some(WhyNot::Away);
        }
        let shift = place.hours.and_then(|hours| self.shifts.get(hours));
        let today = shift.map_or_else(|| Day::from_1970(self.at.day()), |shift| shift.today);
        if let Some((_, last)) = place.leave.iter().find(|(first, last)| *first <= today && today <= *last) {
            let after = place.hours.and_then(|hours| self.rota.hours.get(hours)?.after_day(*last));
            return Some(WhyNot::OnLeave(after.unwrap_or_else(|| Timestamp::start_of(last.plus(1)))));
        }
        if let Some(shift) = shift.filter(|shift| !self.item.wants.any_hour && shift.opens > self.at) {
            return Some(WhyNot::OffShift(shift.opens));
        }
        (self.rota.present_only && !load.is_present).then_some(WhyNot::NotThere)
    }

    /// Whether somebody has no room for it.
    fn full(&self, index: usize, place: &Place) -> Option<WhyNot> {
        let (mut load, kind) = (self.load(place), self.item.wants.kind);
        if let Some(most) = place.capacity.total.filter(|most| load.total() >= *most) {
            return Some(WhyNot::Full(most));
        }
        if let Some(most) = place.capacity.kinds.get(&kind).filter(|most| *load.of(kind) >= **most) {
            return Some(WhyNot::FullOf(kind, *most));
        }
        let most = place.most?;
        let within = |given: Timestamp| given.later_by_minutes(most.minutes) > self.at;
        let lately = self.given(index).iter().filter(|given| within(**given));
        // The one that has to grow too old before there is room for another.
        let oldest = lately.rev().nth(usize::try_from(most.items).unwrap_or(usize::MAX).saturating_sub(1))?;
        Some(WhyNot::Most(most, oldest.later_by_minutes(most.minutes)))
    }

    /// Whoever has the fewest open items; of equals, whoever waits longest for one.
    fn least_loaded(&self, able: &[usize]) -> Option<(usize, Because)> {
        let key = |index: usize| {
            let open = self.rota.places.get(index).map_or(0, |place| self.load(place).total());
            (open, self.given(index).last().map_or(-1, |last| last.as_ms()), index)
        };
        able.iter().map(|index| key(*index)).min().map(|(open, _, index)| (index, Because::Fewest(open)))
    }

    /// Gives one item to whoever is next by their share, or to the one at `to`.
    fn give(&self, able: &[usize], to: Option<usize>) -> Fair {
        let mut all = able.to_vec();
        all.extend(to.filter(|to| !able.contains(to)));
        let claimant = |index: &usize| {
            let weight = self.rota.places.get(*index).map_or(1, |place| i64::from(place.weight.max(1)));
            Claimant { weight, share: self.seats.get(*index).map(|seat| seat.share).unwrap_or_default() }
        };
        let mut claimants: Vec<Claimant> = all.iter().map(claimant).collect();
        let found = share::give(&mut claimants, to.and_then(|to| all.iter().position(|index| *index == to)));
        let mut behind = vec![0; self.rota.places.len()];
        for (index, by) in all.iter().zip(&found.behind) {
            if let Some(behind) = behind.get_mut(*index) {
                *behind = *by;
            }
        }
        let chosen = found.chosen.and_then(|chosen| all.get(chosen).copied());
        let shares = all.into_iter().zip(claimants.iter().map(|claimant| claimant.share)).collect();
        Fair { chosen, behind, shares }
    }
}

/// What of what the rule needs somebody lacks.
fn unfit(place: &Place, wants: &Wants) -> Option<WhyNot> {
    let level = |skill: &str| place.skills.get(skill).copied().unwrap_or(0);
    if let Some(lacking) = wants.skills.iter().position(|(skill, least)| level(skill) < *least) {
        return Some(WhyNot::Skill(lacking));
    }
    let lacks = |wanted: &Option<String>, theirs: &[String]| {
        wanted.as_ref().is_some_and(|wanted| !theirs.iter().any(|one| one.eq_ignore_ascii_case(wanted)))
    };
    let language = lacks(&wants.language, &place.languages).then_some(WhyNot::Language);
    language.or_else(|| lacks(&wants.territory, &place.territories).then_some(WhyNot::Territory))
}

impl Team {
    /// A team of a configuration's members, who have nothing to do.
    pub fn idle<'a>(members: usize, rotas: impl Iterator<Item = (&'a str, &'a Rota)>) -> Self {
        let seats = rotas.map(|(pool, rota)| (pool.to_owned(), vec![Seat::default(); rota.places.len()]));
        Self { loads: vec![Load::default(); members], seats: seats.collect() }
    }

    /// The team after a pick: whoever was chosen has one more item, and shares moved.
    pub fn give(&mut self, rota: &Rota, pool: &str, pick: &Pick, kind: FormKind, at: Timestamp) {
        let Some(seats) = self.seats.get_mut(pool) else { return };
        for (place, share) in &pick.shares {
            if let Some(seat) = seats.get_mut(*place) {
                seat.share = *share;
            }
        }
        let Some(index) = pick.chosen.as_ref().and_then(|chosen| chosen.place) else { return };
        let Some(place) = rota.places.get(index) else { return };
        if let Some(seat) = seats.get_mut(index) {
            seat.given.push(at);
            let kept = place.most.map_or(1, |most| usize::try_from(most.items.max(1)).unwrap_or(1));
            seat.given.drain(..seat.given.len().saturating_sub(kept));
        }
        if let Some(load) = self.loads.get_mut(place.index) {
            *load.of(kind) += 1;
        }
    }
}
