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
    /// Who.
    pub places: Vec<Place>,
}

/// A member's place in a pool, with all that is asked of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// Their id.
    pub member: String,
    /// Their share against those of the others: at least 1.
    pub weight: u32,
    /// The most they are given in a while.
    pub most: Option<Most>,
    /// Their hours, or else the pool's; where absent, they work at any time.
    pub hours: Option<Hours>,
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

/// The members as they are when one is picked. Whoever is not in it is at their desk with nothing to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Team {
    /// What each has to do, by member.
    pub loads: BTreeMap<String, Load>,
    /// How far each is behind their share, by pool and member.
    pub shares: BTreeMap<String, BTreeMap<String, Share>>,
}

/// What a member has to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Load {
    /// Whether they said that they are away.
    pub is_away: bool,
    /// Whether they have a console open.
    pub is_present: bool,
    /// Open items they own, by kind.
    pub open: BTreeMap<FormKind, u32>,
    /// When they were given their latest items, by pool, the latest last: as many as the pool's `most` asks for, and at
    /// least the last one.
    pub given: BTreeMap<String, Vec<Timestamp>>,
}

impl Load {
    /// Open items in all.
    pub fn total(&self) -> u32 {
        self.open.values().fold(0, |sum, open| sum.saturating_add(*open))
    }
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
    /// Every other member, in the pool's order.
    pub others: Vec<(String, WhyNot)>,
    /// The shares that are other ones now, by member.
    pub shares: BTreeMap<String, Share>,
    /// When somebody who cannot take it now could, by the clock alone.
    pub again: Option<Timestamp>,
}

/// Who was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chosen {
    /// Their id.
    pub member: String,
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
#[derive(Debug, Clone, PartialEq, Eq)]
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
    /// They lack a skill, or its level.
    Skill(String, u32),
    /// They do not answer in that language.
    Language(String),
    /// They do not answer those from there.
    Territory(String),
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
    let idle = Load::default();
    let load = |place: &Place| team.loads.get(&place.member).unwrap_or(&idle);
    let asked = |place: &Place| match absent(rota, place, load(place), item, at) {
        None => unfit(place, item.wants).or_else(|| full(place, pool, load(place), item.wants, at)),
        absent => absent,
    };
    let refused: Vec<Option<WhyNot>> = rota.places.iter().map(asked).collect();
    let again = refused.iter().flatten().filter_map(WhyNot::until).min();
    let owner = rota.places.iter().position(|place| {
        item.owner == Some(place.member.as_str()) && absent(rota, place, load(place), item, at).is_none()
    });
    let able: Vec<usize> = (0..rota.places.len()).filter(|index| refused.get(*index) == Some(&None)).collect();

    let mut shares = BTreeMap::new();
    let mut behind = BTreeMap::new();
    let chosen = match (owner, rota.strategy) {
        (None, Strategy::Claim) => None,
        (Some(owner), strategy) => {
            if strategy == Strategy::WeightedFair {
                let mut all = able.clone();
                if !all.contains(&owner) {
                    all.push(owner);
                }
                let mut claimants = claimants(rota, pool, team, &all);
                let place = all.iter().position(|index| *index == owner);
                share::give(&mut claimants, place);
                shares = named(rota, &all, &claimants);
            }
            Some((owner, Because::Owner))
        }
        (None, Strategy::Ordered) => able.first().map(|index| (*index, Because::First)),
        (None, Strategy::LeastLoaded) => {
            let key = |index: &usize| {
                let load = rota.places.get(*index).map(load);
                let last = load.and_then(|load| load.given.get(pool)?.last().copied());
                (load.map_or(0, Load::total), last.map_or(-1, Timestamp::as_ms), *index)
            };
            able.iter().min_by_key(|index| key(index)).map(|index| (*index, Because::Fewest(key(index).0)))
        }
        (None, Strategy::WeightedFair) => {
            let mut claimants = claimants(rota, pool, team, &able);
            let found = share::give(&mut claimants, None);
            behind = able.iter().zip(&found.behind).map(|(index, behind)| (*index, *behind)).collect();
            shares = named(rota, &able, &claimants);
            found
                .chosen
                .and_then(|chosen| able.get(chosen))
                .map(|index| (*index, Because::Behind(behind.get(index).copied().unwrap_or(0))))
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
        let why = refused.get(index).cloned().flatten().unwrap_or_else(|| match (&chosen, rota.strategy) {
            (Some((_, Because::Owner)), _) => WhyNot::NotOwner,
            (_, Strategy::Claim) => WhyNot::MayTake,
            (_, Strategy::Ordered) => WhyNot::Later,
            (_, Strategy::WeightedFair) => WhyNot::LessBehind(behind.get(&index).copied().unwrap_or(0)),
            (_, Strategy::LeastLoaded) => WhyNot::Busier(load(place).total()),
        });
        Some((place.member.clone(), why))
    };
    let others = rota.places.iter().enumerate().filter_map(why_not).collect();
    let named = |(index, because): (usize, Because)| {
        rota.places.get(index).map(|place| Chosen { member: place.member.clone(), because })
    };
    Pick { strategy: rota.strategy, chosen: chosen.and_then(named), others, shares, again }
}

/// What is kept of an item that a member gave to another, who may be in the pool or not.
pub fn given_to(rota: Option<&Rota>, member: &str) -> Pick {
    let others = rota.map_or(&[][..], |rota| &rota.places).iter().filter(|place| place.member != member);
    Pick {
        strategy: rota.map_or(Strategy::Claim, |rota| rota.strategy),
        chosen: Some(Chosen { member: member.to_owned(), because: Because::Given }),
        others: others.map(|place| (place.member.clone(), WhyNot::NotGiven)).collect(),
        shares: BTreeMap::new(),
        again: None,
    }
}

/// Why somebody is not there for the item, if they are not.
fn absent(rota: &Rota, place: &Place, load: &Load, item: Item<'_>, at: Timestamp) -> Option<WhyNot> {
    if item.had.contains(&place.member) {
        return Some(WhyNot::Had);
    }
    if load.is_away {
        return Some(WhyNot::Away);
    }
    let today = place.hours.as_ref().map_or_else(|| Day::from_1970(at.day()), |hours| hours.day(at));
    if let Some((_, last)) = place.leave.iter().find(|(first, last)| *first <= today && today <= *last) {
        let after = place.hours.as_ref().and_then(|hours| hours.after_day(*last));
        return Some(WhyNot::OnLeave(after.unwrap_or_else(|| Timestamp::start_of(last.plus(1)))));
    }
    if let Some(hours) = place.hours.as_ref().filter(|hours| !item.wants.any_hour && !hours.is_open(at)) {
        return Some(WhyNot::OffShift(hours.after(at, 0)));
    }
    (rota.present_only && !load.is_present).then_some(WhyNot::NotThere)
}

/// What of what the rule needs somebody lacks.
fn unfit(place: &Place, wants: &Wants) -> Option<WhyNot> {
    let level = |skill: &str| place.skills.get(skill).copied().unwrap_or(0);
    if let Some((skill, least)) = wants.skills.iter().find(|(skill, least)| level(skill) < **least) {
        return Some(WhyNot::Skill(skill.clone(), *least));
    }
    let lacks = |wanted: &Option<String>, theirs: &[String]| {
        wanted.clone().filter(|wanted| !theirs.iter().any(|one| one.eq_ignore_ascii_case(wanted)))
    };
    let language = lacks(&wants.language, &place.languages).map(WhyNot::Language);
    language.or_else(|| lacks(&wants.territory, &place.territories).map(WhyNot::Territory))
}

/// Whether somebody has no room for it.
fn full(place: &Place, pool: &str, load: &Load, wants: &Wants, at: Timestamp) -> Option<WhyNot> {
    if let Some(most) = place.capacity.total.filter(|most| load.total() >= *most) {
        return Some(WhyNot::Full(most));
    }
    let of_kind = load.open.get(&wants.kind).copied().unwrap_or(0);
    if let Some(most) = place.capacity.kinds.get(&wants.kind).filter(|most| of_kind >= **most) {
        return Some(WhyNot::FullOf(wants.kind, *most));
    }
    let most = place.most?;
    let within = |given: Timestamp| given.later_by_minutes(most.minutes) > at;
    let lately = load.given.get(pool).map_or(&[][..], Vec::as_slice).iter().filter(|given| within(**given));
    // The one that has to grow too old before there is room for another.
    let oldest = lately.rev().nth(usize::try_from(most.items).unwrap_or(usize::MAX).saturating_sub(1))?;
    Some(WhyNot::Most(most, oldest.later_by_minutes(most.minutes)))
}

fn claimants(rota: &Rota, pool: &str, team: &Team, indices: &[usize]) -> Vec<Claimant> {
    let shares = team.shares.get(pool);
    let places = indices.iter().filter_map(|index| rota.places.get(*index));
    places
        .map(|place| Claimant {
            weight: i64::from(place.weight.max(1)),
            share: shares.and_then(|shares| shares.get(&place.member)).copied().unwrap_or_default(),
        })
        .collect()
}

fn named(rota: &Rota, indices: &[usize], claimants: &[Claimant]) -> BTreeMap<String, Share> {
    let places = indices.iter().filter_map(|index| rota.places.get(*index));
    places.zip(claimants).map(|(place, claimant)| (place.member.clone(), claimant.share)).collect()
}

impl Team {
    /// The team after a pick: whoever was chosen has one more item, and shares moved. `most` is how many instants are kept of
    /// them.
    pub fn give(&mut self, rota: &Rota, pool: &str, pick: &Pick, kind: FormKind, at: Timestamp) {
        let shares = self.shares.entry(pool.to_owned()).or_default();
        shares.extend(pick.shares.iter().map(|(member, share)| (member.clone(), *share)));
        let Some(chosen) = &pick.chosen else { return };
        let load = self.loads.entry(chosen.member.clone()).or_default();
        *load.open.entry(kind).or_default() += 1;
        let given = load.given.entry(pool.to_owned()).or_default();
        given.push(at);
        let kept = rota.kept(&chosen.member);
        given.drain(..given.len().saturating_sub(kept));
    }
}

impl Rota {
    /// How many instants of a member's latest items a pick looks at.
    pub fn kept(&self, member: &str) -> usize {
        let place = self.places.iter().find(|place| place.member == member);
        let most = place.and_then(|place| place.most).map_or(1, |most| most.items);
        usize::try_from(most.max(1)).unwrap_or(1)
    }
}
