//! Members and pools: whoever is named is there, hours and leave can be read, and what is counted makes sense.

use std::collections::{BTreeMap, BTreeSet};

use super::{Problems, condition_path, is_name};
use crate::business::Hours;
use crate::pool::{Place, Rota};
use crate::submission::day::Day;
use crate::wire::Workspace;
use crate::wire::config::{Member, RouteRule};
use crate::wire::pool::{Pool, PoolMember};

/// The heaviest member against the lightest.
const MAX_WEIGHT: u32 = 1_000;
/// The most members of a pool: a bound on the work of one submission.
const MAX_MEMBERS: usize = 1_000;
/// The most items that a limit may name.
const MAX_ITEMS: u32 = 1_000;
/// The longest while in which they are counted: a week.
const MAX_MINUTES: u32 = 7 * 24 * 60;
/// The highest level of a skill.
const MAX_LEVEL: u32 = 10;
/// The most of anything that a member lists.
const MAX_LISTED: usize = 100;

/// Checks the members, and reads the pools, by id.
pub fn pools(source: &Workspace, problems: &mut Problems) -> BTreeMap<String, Rota> {
    for (index, member) in source.members.iter().enumerate() {
        check_member(source, member, &format!("members[{index}]"), problems);
    }
    let read = |(index, pool)| rota(source, pool, &format!("pools[{index}]"), problems);
    source.pools.iter().enumerate().map(read).collect()
}

/// What a rule needs is something that some member of its pool has.
pub fn needs(
    source: &Workspace,
    rule: &RouteRule,
    path: &str,
    is_known: impl Fn(&str) -> bool,
    problems: &mut Problems,
) {
    let needs = &rule.needs;
    let pool = source.pools.iter().find(|pool| pool.id == rule.pool);
    let members = || pool.iter().flat_map(|pool| &pool.members);
    let has = |test: &dyn Fn(&Member) -> bool| members().filter_map(|place| member(source, &place.member)).any(test);
    for (skill, least) in &needs.skills {
        let path = format!("{path}.needs.skills.{skill}");
        let level_is_fine = (1..=MAX_LEVEL).contains(least);
        problems.unless(level_is_fine, path.clone(), "out_of_range", "a level is 1 to 10");
        let somebody = has(&|member| member.skills.get(skill).is_some_and(|level| level >= least));
        problems.unless(
            somebody,
            path,
            "nobody_has_it",
            "nobody in this rule's pool has that skill, or that level of it",
        );
    }
    if needs.language {
        let somebody = has(&|member| !member.languages.is_empty());
        let path = format!("{path}.needs.language");
        problems.unless(somebody, path, "nobody_has_it", "nobody in this rule's pool names a language");
    }
    if let Some(fact) = &needs.territory {
        let path = format!("{path}.needs.territory");
        condition_path(fact, is_known, path.clone(), problems);
        let somebody = has(&|member| !member.territories.is_empty());
        problems.unless(somebody, path, "nobody_has_it", "nobody in this rule's pool names a territory");
    }
}

fn member<'a>(source: &'a Workspace, id: &str) -> Option<&'a Member> {
    source.members.iter().find(|member| member.id == id)
}

fn check_member(source: &Workspace, member: &Member, path: &str, problems: &mut Problems) {
    for (at, queue) in member.queues.iter().enumerate() {
        let known = source.queues.iter().map(|queue| &queue.id);
        problems.exists(known, queue, format!("{path}.queues[{at}]"), "queue");
    }
    if let Some(Err(error)) = member.hours.as_ref().map(Hours::parse) {
        problems.push(format!("{path}.hours"), "not_hours", error.to_string());
    }
    let leave = member.leave.len() <= MAX_LISTED;
    problems.unless(leave, format!("{path}.leave"), "too_many", "there are at most 100 of these");
    for (at, leave) in member.leave.iter().enumerate() {
        let days = Day::parse(&leave.from).zip(Day::parse(&leave.until));
        let message = "leave is two days, the last not before the first: 2026-12-21 and 2027-01-04";
        let is_fine = days.is_some_and(|(from, until)| from <= until);
        problems.unless(is_fine, format!("{path}.leave[{at}]"), "not_leave", message);
    }
    for (kind, most) in &member.capacity.kinds {
        let path = format!("{path}.capacity.kinds.{}", kind.tag());
        problems.unless(*most <= MAX_ITEMS, path, "out_of_range", "a capacity is at most 1,000 items");
    }
    let total = member.capacity.total.is_none_or(|most| most <= MAX_ITEMS);
    problems.unless(total, format!("{path}.capacity.total"), "out_of_range", "a capacity is at most 1,000 items");
    for (skill, level) in &member.skills {
        let path = format!("{path}.skills.{skill}");
        problems.unless(is_name(skill), path.clone(), "not_a_name", "a skill has lower-case letters, digits, _ or -");
        problems.unless((1..=MAX_LEVEL).contains(level), path, "out_of_range", "a level is 1 to 10");
    }
    for (list, values) in [("languages", &member.languages), ("territories", &member.territories)] {
        let path = format!("{path}.{list}");
        problems.unless(values.len() <= MAX_LISTED, path.clone(), "too_many", "there are at most 100 of these");
        for (at, value) in values.iter().enumerate() {
            let is_fine = !value.is_empty() && value.len() <= 80;
            problems.unless(is_fine, format!("{path}[{at}]"), "out_of_range", "this has 1 to 80 letters");
        }
    }
}

fn rota(source: &Workspace, pool: &Pool, path: &str, problems: &mut Problems) -> (String, Rota) {
    let count = pool.members.len();
    problems.unless(count > 0, format!("{path}.members"), "required", "a pool has members");
    problems.unless(count <= MAX_MEMBERS, format!("{path}.members"), "too_many", "a pool has at most 1,000 members");
    if let Some(wider) = &pool.widen_to {
        let others = source.pools.iter().map(|pool| &pool.id).filter(|id| **id != pool.id);
        problems.exists(others, wider, format!("{path}.widen_to"), "other pool");
    }
    let hours = pool.hours.as_ref().map(Hours::parse);
    if let Some(Err(error)) = &hours {
        problems.push(format!("{path}.hours"), "not_hours", error.to_string());
    }
    let hours = hours.and_then(Result::ok);
    let mut all_hours = Vec::new();
    let mut seen = BTreeSet::new();
    let mut places = Vec::with_capacity(count);
    for (at, place) in pool.members.iter().enumerate() {
        let path = format!("{path}.members[{at}]");
        problems.exists(source.members.iter().map(|member| &member.id), &place.member, path.clone(), "member");
        problems.unless(seen.insert(&place.member), path.clone(), "used_twice", "this member is listed twice");
        let weight = (1..=MAX_WEIGHT).contains(&place.weight);
        problems.unless(weight, format!("{path}.weight"), "out_of_range", "a weight is 1 to 1,000");
        let most_is_fine = place
            .most
            .is_none_or(|most| (1..=MAX_ITEMS).contains(&most.items) && (1..=MAX_MINUTES).contains(&most.minutes));
        let message = "at most 1,000 items, within a minute to a week";
        problems.unless(most_is_fine, format!("{path}.most"), "out_of_range", message);
        let member = source.members.iter().enumerate().find(|(_, member)| member.id == place.member);
        places.extend(member.map(|member| read(place, member, hours.as_ref(), &mut all_hours)));
    }
    (pool.id.clone(), Rota { strategy: pool.strategy, present_only: pool.present_only, hours: all_hours, places })
}

/// A place with all that its member says. What cannot be read was named before.
fn read(place: &PoolMember, (index, member): (usize, &Member), hours: Option<&Hours>, all: &mut Vec<Hours>) -> Place {
    let own = member.hours.as_ref().and_then(|hours| Hours::parse(hours).ok());
    let hours = own.or_else(|| hours.cloned()).map(|hours| {
        all.iter().position(|known| *known == hours).unwrap_or_else(|| {
            all.push(hours);
            all.len() - 1
        })
    });
    let leave = member.leave.iter().filter_map(|leave| Day::parse(&leave.from).zip(Day::parse(&leave.until)));
    Place {
        member: place.member.clone(),
        index,
        weight: place.weight,
        most: place.most,
        hours,
        leave: leave.collect(),
        capacity: member.capacity.clone(),
        skills: member.skills.clone(),
        languages: member.languages.clone(),
        territories: member.territories.clone(),
    }
}
