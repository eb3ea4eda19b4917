//! Rows to what the console reads.
//!
//! A queue is read in pages along an index, never whole. What was decided about an item is stored as it was decided, so
//! that a later configuration never changes why something happened.

use serde::{Deserialize, Serialize};
use shared::config::{Config, is_partner};
use shared::desk::act::outcomes;
use shared::desk::{Arrival, Decision};
use shared::form::Form;
use shared::rating::{self, Rating};
use shared::route::Route;
use shared::score::{Card, GROUPS, Score};
use shared::time::Timestamp;
use shared::visit::Seen;
use shared::wire;
use shared::wire::card::Group;
use shared::wire::config::Member;
use shared::wire::console::{
    ConsentView, Event, GroupView, ItemPage, ItemRow, ItemState, ItemView, LearntView, MemberRef, MovedView, Outcome,
    PassedOver, PersonView, Queue, ReasonView, Rest, Resting, RouteView, ScoreView, SignView, SignalView, SourceView,
    SubmissionView, TimerState, TimerView, ValueView, Whose,
};
use shared::wire::file::Uploaded;
use shared::wire::lists::{Filter, PRESSING};
use shared::wire::visit::Summary;
use shared::wire::{Channel, FormKind, Given};
use worker::SqlStorageValue;

use super::ratings::{self, Basis};
use super::{assign, feedback, files, lifecycle, notices, people};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx, to_json};
use crate::values;

/// Rows of one page.
const PAGE: usize = 50;
/// The most other items shown on an item.
const OTHERS: i64 = 20;

/// What a line of a list is made of, in the order of [`item_row`].
pub const COLUMNS: &str =
    "id, reference, queue, kind, state, who, summary, tier, score, site, opened_at, answer_by, touched,
    owner, outcome, changed, complaint, follow_up, chance, urgency, rests, rests_until, channel";

/// Why an item stands where it stands, as it was decided.
#[derive(Serialize, Deserialize)]
pub struct Trace {
    score: ScoreView,
    #[serde(default)]
    learnt: Option<LearntView>,
    route: RouteView,
    source: SourceView,
    /// Of an item of an earlier version only, as what follows it: what it is rated by has them now.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signals: Vec<SignalView>,
    #[serde(default, skip_serializing)]
    visit: Summary,
}

impl Trace {
    /// What is kept of a decision.
    pub fn of(config: &Config, arrival: &Arrival<'_>, decision: &Decision) -> Self {
        let page = arrival.submission.page();
        Self {
            score: score_view(config.card(), &decision.rating.score),
            learnt: decision.rating.learnt_view(config),
            route: route_view(config, &decision.route),
            source: SourceView {
                site: arrival.site.name.clone(),
                partner: is_partner(arrival.site),
                url: page.url.clone(),
                title: page.title.clone(),
                referrer: page.referrer.clone(),
                campaign: shared::source::campaign(&page.url),
            },
            signals: Vec::new(),
            visit: Summary::default(),
        }
    }

    /// Puts another rating in the place of the one before. Says which rules moved it, and whether its signs and who is excluded
    /// are the same.
    pub fn rate(&mut self, config: &Config, rating: &Rating) -> (Vec<MovedView>, bool) {
        let before = std::mem::replace(&mut self.score, score_view(config.card(), &rating.score));
        self.learnt = rating.learnt_view(config);
        let is_same = before.signs == self.score.signs && before.excluded == self.score.excluded;
        (rating::moved(&before.reasons, &self.score.reasons), is_same)
    }

    /// The queue it went to first, and the rule that sent it there.
    pub fn routed(&self) -> (&str, &str) {
        (&self.route.queue, &self.route.rule)
    }
}

/// A member, by name; their id where they have left.
pub fn member_ref(config: &Config, id: &str) -> MemberRef {
    let name = config.member(id).map_or(id, |member| &member.name);
    MemberRef { id: id.to_owned(), name: name.to_owned() }
}

/// The queues and what waits in them; those of one member, or all.
pub fn queues(db: &Db, config: &Config, member: Option<&Member>) -> Result<Vec<Queue>, Failure> {
    let counted = db.rows("queue", "SELECT id, open FROM queue", values![])?;
    let open = |id: &str| -> Result<u32, Failure> {
        for row in &counted {
            if row.text(0)? == id {
                return row.number(1);
            }
        }
        Ok(0)
    };
    let all = config.source().queues.iter();
    all.filter(|queue| member.is_none_or(|member| member.queues.contains(&queue.id)))
        .map(|queue| Ok(Queue { id: queue.id.clone(), name: queue.name.clone(), open: open(&queue.id)? }))
        .collect()
}

/// One line.
pub fn row(db: &Db, config: &Config, id: &str) -> Result<Option<ItemRow>, Failure> {
    let row = db.row("item", &format!("SELECT {COLUMNS} FROM item WHERE id = ?"), values![id])?;
    row.map(|row| item_row(config, &row)).transpose()
}

/// The same, as it stands within a transaction.
pub fn row_in(tx: &Tx<'_>, config: &Config, id: &str) -> Result<Option<ItemRow>, Failure> {
    let rows = tx.rows("item", &format!("SELECT {COLUMNS} FROM item WHERE id = ?"), values![id])?;
    rows.first().map(|row| item_row(config, row)).transpose()
}

/// A page of what waits: what rests last, complaints first, then what is most pressing, then the best, and of equals the one
/// that waits longest. Of all, of one member's, or
/// of what is nobody's.
pub fn waiting(
    db: &Db,
    config: &Config,
    queue: &str,
    (whose, member): (Whose, &str),
    narrowed: Narrowed,
    after: Option<&str>,
) -> Result<ItemPage, Failure> {
    let mut query = format!("SELECT {COLUMNS} FROM item WHERE is_open = 1 AND queue = ?");
    let mut bound = values![queue];
    query.push_str(&narrowed.query);
    bound.extend(narrowed.bound);
    match whose {
        Whose::All => {}
        Whose::Mine => {
            query.push_str(" AND owner = ?");
            bound.push(member.into());
        }
        Whose::Unassigned => query.push_str(" AND owner IS NULL"),
    }
    if let Some(Cursor { rests, complaint, urgency, score, opened, id }) = after.and_then(Cursor::read) {
        query.push_str(
            " AND (is_resting > ? OR (is_resting = ? AND (complaint < ? OR (complaint = ?
              AND (urgency < ? OR (urgency = ?
              AND (score < ? OR (score = ? AND (opened_at > ? OR (opened_at = ? AND id > ?))))))))))",
        );
        bound.extend(values![rests, rests, complaint, complaint, urgency, urgency]);
        bound.extend(values![score, score, opened, opened, id]);
    }
    query.push_str(" ORDER BY is_resting, complaint DESC, urgency DESC, score DESC, opened_at, id LIMIT ?");
    page(db, config, &query, bound, |row| {
        let opened = Timestamp::parse(&row.opened_at).map_or(0, Timestamp::as_ms);
        let (rests, complaint) = (i64::from(row.rests.is_some()), i64::from(row.complaint));
        format!("{rests}~{complaint}~{}~{}~{opened}~{}", row.urgency, row.score, row.id)
    })
}

/// A page of what is closed: latest first.
pub fn closed(
    db: &Db,
    config: &Config,
    queue: &str,
    narrowed: Narrowed,
    after: Option<&str>,
) -> Result<ItemPage, Failure> {
    let before: i64 = after.and_then(|cursor| cursor.parse().ok()).unwrap_or(i64::from(u32::MAX) << 16);
    let query = format!(
        "SELECT {COLUMNS} FROM item WHERE is_open = 0 AND queue = ? AND changed < ?{} ORDER BY changed DESC LIMIT ?",
        narrowed.query
    );
    let mut bound = values![queue, before];
    bound.extend(narrowed.bound);
    page(db, config, &query, bound, |row| row.changed.to_string())
}

/// What a list is narrowed to, as a part of a query.
pub struct Narrowed {
    query: String,
    bound: Vec<SqlStorageValue>,
}

impl Narrowed {
    /// By a filter, whose words are these terms.
    pub fn by(config: &Config, filter: &Filter, terms: &[String]) -> Result<Self, Failure> {
        let (mut query, mut bound) = (String::new(), Vec::new());
        let mut and = |part: &str, value: SqlStorageValue| {
            query.push_str(part);
            bound.push(value);
        };
        if let Some(kind) = filter.kind {
            and(" AND kind = ?", kind.tag().into());
        }
        if let Some(channel) = filter.channel {
            and(" AND channel = ?", channel.tag().into());
        }
        if !filter.tier.is_empty() {
            and(" AND instr(tier, ?) = 1", filter.tier.as_str().into());
        }
        if !filter.site.is_empty() {
            let sites = config.source().sites.iter().filter(|site| site.name == filter.site);
            let sites: Vec<&str> = sites.map(|site| site.id.as_str()).collect();
            and(" AND site IN (SELECT value FROM json_each(?))", to_json("sites", &sites)?.into());
        }
        if !filter.owner.is_empty() {
            and(" AND owner = ?", filter.owner.as_str().into());
        }
        if filter.complaint {
            and(" AND complaint = ?", 1_i64.into());
        }
        if filter.pressing {
            and(" AND urgency >= ?", i64::from(PRESSING).into());
        }
        for term in terms {
            let part =
                " AND EXISTS (SELECT 1 FROM search WHERE at = opened_at AND item_id = id AND instr(words, ?) > 0)";
            and(part, term.as_str().into());
        }
        Ok(Self { query, bound })
    }
}

/// A page of the items of some queues that have all of these terms in their words: latest first.
pub fn search(
    db: &Db,
    config: &Config,
    queues: &[String],
    terms: &[String],
    after: Option<&str>,
) -> Result<ItemPage, Failure> {
    // In this order: words are walked from the latest on, and only what has the terms is looked up among the items, which are
    // twenty times as long.
    let mut query = format!(
        "SELECT {COLUMNS} FROM search CROSS JOIN item ON item_id = id WHERE queue IN (SELECT value FROM json_each(?))"
    );
    let mut bound = values![to_json("queues", &queues)?];
    if let Some((opened, id)) = after.and_then(|cursor| cursor.split_once('~')) {
        query.push_str(" AND (at, item_id) < (?, ?)");
        bound.extend(values![opened.parse::<i64>().unwrap_or(0), id]);
    }
    for term in terms {
        // Not LIKE: the runtime refuses patterns of more than 50 bytes.
        query.push_str(" AND instr(words, ?) > 0");
        bound.push(term.as_str().into());
    }
    query.push_str(" ORDER BY at DESC, item_id DESC LIMIT ?");
    page(db, config, &query, bound, |row| {
        let opened = Timestamp::parse(&row.opened_at).map_or(0, Timestamp::as_ms);
        format!("{opened}~{}", row.id)
    })
}

/// An item in full.
pub fn item(db: &Db, config: &Config, id: &str) -> Result<Option<ItemView>, Failure> {
    let query = format!("SELECT {COLUMNS}, person_id, submission_id, trace, duplicate_of FROM item WHERE id = ?");
    let Some(found) = db.row("item", &query, values![id])? else { return Ok(None) };
    let row = item_row(config, &found)?;
    let trace: Trace = found.json(25)?;
    let (person, submission) = (found.text(23)?, found.text(24)?);
    let (signals, visit) = match Basis::of(db, id)? {
        Some(basis) => (basis.visit.signals().iter().map(signal_view).collect(), basis.visit.summary().clone()),
        None => (trace.signals, trace.visit),
    };
    Ok(Some(ItemView {
        submission: submission_view(db, config, id, submission)?,
        person: person_view(db, config, person, id)?,
        source: trace.source,
        signals,
        visit,
        score: trace.score,
        learnt: trace.learnt,
        scorings: ratings::of_item(db, id)?,
        route: trace.route,
        picks: assign::picks(db, id)?,
        colleagues: colleagues(config, &row),
        history: history(db, config, id)?,
        timers: timers(db, id)?,
        outcomes: outcomes(row.kind).to_vec(),
        duplicate_of: found.maybe_text(26)?.map(|of| self::row(db, config, of)).transpose()?.flatten(),
        duplicates: duplicates(db, config, id)?,
        feedback: feedback::of_item(db, id)?,
        row,
    }))
}

/// The items that are the same as one, latest first.
fn duplicates(db: &Db, config: &Config, id: &str) -> Result<Vec<ItemRow>, Failure> {
    let query = format!("SELECT {COLUMNS} FROM item WHERE duplicate_of = ? ORDER BY opened_at DESC LIMIT ?");
    let rows = db.rows("item", &query, values![id, OTHERS])?;
    rows.iter().map(|row| item_row(config, row)).collect()
}

/// The stable name of a state.
pub fn state_tag(state: ItemState) -> &'static str {
    match state {
        ItemState::Open => "open",
        ItemState::Claimed => "claimed",
        ItemState::Closed => "closed",
    }
}

/// The stable name of an outcome.
pub fn outcome_tag(outcome: Outcome) -> &'static str {
    match outcome {
        Outcome::Won => "won",
        Outcome::Lost => "lost",
        Outcome::Disqualified => "disqualified",
        Outcome::Spam => "spam",
        Outcome::Solved => "solved",
        Outcome::Duplicate => "duplicate",
    }
}

fn page(
    db: &Db,
    config: &Config,
    query: &str,
    mut bound: Vec<SqlStorageValue>,
    cursor: impl Fn(&ItemRow) -> String,
) -> Result<ItemPage, Failure> {
    let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
    bound.push(one_more.into());
    let found = db.rows("item", query, bound)?;
    let more = found.len() > PAGE;
    let items: Vec<ItemRow> = found.iter().take(PAGE).map(|row| item_row(config, row)).collect::<Result<_, _>>()?;
    let next = items.last().filter(|_| more).map(cursor);
    Ok(ItemPage { items, next })
}

/// Where a page of what waits starts: after the row of these.
struct Cursor<'a> {
    rests: i64,
    complaint: i64,
    urgency: i64,
    score: i64,
    opened: i64,
    id: &'a str,
}

impl<'a> Cursor<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let mut parts = text.splitn(6, '~');
        let mut number = || parts.next()?.parse().ok();
        let (rests, complaint, urgency, score, opened) = (number()?, number()?, number()?, number()?, number()?);
        Some(Self { rests, complaint, urgency, score, opened, id: parts.next()? })
    }
}

/// A row of these columns.
pub fn item_row(config: &Config, row: &Row) -> Result<ItemRow, Failure> {
    let damaged = |what: &str| Failure::BadRow { table: "item", what: what.to_owned() };
    let site = row.text(9)?;
    let known_site = config.site_by_id(site);
    Ok(ItemRow {
        id: row.text(0)?.to_owned(),
        reference: row.text(1)?.to_owned(),
        queue: row.text(2)?.to_owned(),
        kind: kind(row.text(3)?).ok_or_else(|| damaged("kind"))?,
        state: state(row.text(4)?).ok_or_else(|| damaged("state"))?,
        who: row.text(5)?.to_owned(),
        summary: row.text(6)?.to_owned(),
        tier: row.text(7)?.to_owned(),
        score: row.number(8)?,
        chance: row.maybe_int(18)?.and_then(|chance| u32::try_from(chance).ok()),
        site: known_site.map_or(site, |site| &site.name).to_owned(),
        partner: known_site.is_some_and(is_partner),
        opened_at: instant(row.int(10)?),
        answer_by: instant(row.int(11)?),
        touched: row.int(12)? != 0,
        owner: row.maybe_text(13)?.map(|owner| member_ref(config, owner)),
        outcome: row.maybe_text(14)?.map(|tag| outcome(tag).ok_or_else(|| damaged("outcome"))).transpose()?,
        changed: row.number(15)?,
        complaint: row.int(16)? != 0,
        follow_up: row.maybe_text(17)?.map(str::to_owned),
        urgency: row.number(19)?,
        rests: row.maybe_text(20)?.and_then(Resting::from_tag).map(|why| rest(why, row)).transpose()?,
        channel: Channel::from_tag(row.text(22)?).ok_or_else(|| damaged("channel"))?,
    })
}

fn rest(why: Resting, row: &Row) -> Result<Rest, Failure> {
    Ok(Rest { why, until: row.maybe_int(21)?.map(instant) })
}

fn submission_view(db: &Db, config: &Config, item: &str, id: &str) -> Result<SubmissionView, Failure> {
    let query = "SELECT form, vals, received_at, complaint_reason FROM submission JOIN item
        ON item.id = item_id AND item.site = submission.site WHERE submission.id = ? AND item_id = ?";
    let row = db.row("submission", query, values![id, item])?;
    let row = row.ok_or_else(|| Failure::BadRow { table: "submission", what: id.to_owned() })?;
    let form = config.form(row.text(0)?).map(Form::source);
    let values: Vec<(String, Given)> = row.json(1)?;
    let files = files::of_item(db, item)?;
    Ok(SubmissionView {
        form: form.map_or(row.text(0)?, |form| &form.title).to_owned(),
        values: value_views(form, values, &files),
        complaint: row.maybe_text(3)?.map(str::to_owned),
        consents: consents(db, item)?,
        received_at: instant(row.int(2)?),
    })
}

/// Values with the words that the visitor read, as far as the form is still there.
pub fn value_views(form: Option<&wire::Form>, values: Vec<(String, Given)>, files: &[Uploaded]) -> Vec<ValueView> {
    let field = |name: &str| form.and_then(|form| form.fields.iter().find(|field| field.name == name));
    let label = |name: &str| {
        let label = field(name).map(|field| field.label.as_str()).filter(|label| !label.is_empty());
        label.unwrap_or(name).to_owned()
    };
    let choice = |name: &str, value: String| {
        let option = field(name).and_then(|field| field.options.iter().find(|option| option.value == value));
        option.map(|option| option.label.clone()).unwrap_or(value)
    };
    let file = |given: &Given| files.iter().find(|file| given.one() == Some(&file.id)).cloned();
    let shown = |name: &str, given: Given| match given {
        Given::One(value) => choice(name, value),
        Given::Many(values) => values.into_iter().map(|value| choice(name, value)).collect::<Vec<_>>().join(", "),
    };
    let view = |(name, given): (String, Given)| {
        let file = file(&given);
        let value = file.as_ref().map_or_else(|| shown(&name, given), |file| file.name.clone());
        ValueView { label: label(&name), value, file, name }
    };
    values.into_iter().map(view).collect()
}

fn consents(db: &Db, item: &str) -> Result<Vec<ConsentView>, Failure> {
    let query = "SELECT purpose, version, text, lang, at FROM consent JOIN item
        ON consent.site = item.site AND consent.submission_id = item.submission_id WHERE item.id = ? ORDER BY field";
    let rows = db.rows("consent", query, values![item])?;
    rows.iter()
        .map(|row| {
            Ok(ConsentView {
                purpose: row.text(0)?.to_owned(),
                version: row.text(1)?.to_owned(),
                text: row.text(2)?.to_owned(),
                lang: row.text(3)?.to_owned(),
                at: instant(row.int(4)?),
            })
        })
        .collect()
}

fn person_view(db: &Db, config: &Config, id: &str, except: &str) -> Result<PersonView, Failure> {
    let row = db.row("person", "SELECT name FROM person WHERE id = ?", values![id])?;
    let row = row.ok_or_else(|| Failure::BadRow { table: "person", what: id.to_owned() })?;
    let query = format!("SELECT {COLUMNS} FROM item WHERE person_id = ? AND id <> ? ORDER BY opened_at DESC LIMIT ?");
    let others = db.rows("item", &query, values![id, except, OTHERS])?;
    let (stage, referrals) = lifecycle::standing(db, id)?;
    Ok(PersonView {
        id: id.to_owned(),
        name: row.maybe_text(0)?.map(str::to_owned),
        identifiers: people::identifiers(db, id)?,
        others: others.iter().map(|row| item_row(config, row)).collect::<Result<_, _>>()?,
        renewal: notices::renewal(db, id)?.map(|owner| member_ref(config, &owner)),
        alike: people::alike_on_page(db, id)?,
        merges: people::merges(db, config, id)?,
        stage,
        referrals,
        happened: lifecycle::happened(db, id)?,
    })
}

/// Those who work an item's queue, but its owner.
fn colleagues(config: &Config, row: &ItemRow) -> Vec<MemberRef> {
    let owner = row.owner.as_ref().map(|owner| owner.id.as_str());
    let others = config.source().members.iter().filter(|member| Some(member.id.as_str()) != owner);
    let works = others.filter(|member| member.queues.contains(&row.queue));
    works.map(|member| MemberRef { id: member.id.clone(), name: member.name.clone() }).collect()
}

fn history(db: &Db, config: &Config, item: &str) -> Result<Vec<Event>, Failure> {
    let query = "SELECT at, kind, actor, body, given_to FROM history WHERE item_id = ? ORDER BY seq";
    let rows = db.rows("history", query, values![item])?;
    rows.iter()
        .map(|row| {
            Ok(Event {
                at: instant(row.int(0)?),
                kind: row.text(1)?.to_owned(),
                actor: row.maybe_text(2)?.map(|actor| member_ref(config, actor)),
                text: row.text(3)?.to_owned(),
                to: row.maybe_text(4)?.map(|to| member_ref(config, to)),
            })
        })
        .collect()
}

fn timers(db: &Db, item: &str) -> Result<Vec<TimerView>, Failure> {
    let query = "SELECT kind, due_at, state FROM timer WHERE item_id = ? AND kind <> 'wakes' ORDER BY due_at";
    let rows = db.rows("timer", query, values![item])?;
    rows.iter()
        .map(|row| {
            let state = match row.text(2)? {
                "running" => TimerState::Running,
                "met" => TimerState::Met,
                "missed" => TimerState::Missed,
                "due" => TimerState::Due,
                "dropped" => TimerState::Dropped,
                "paused" => TimerState::Paused,
                other => return Err(Failure::BadRow { table: "timer", what: other.to_owned() }),
            };
            Ok(TimerView { kind: row.text(0)?.to_owned(), due_at: instant(row.int(1)?), state })
        })
        .collect()
}

fn signal_view(seen: &Seen) -> SignalView {
    SignalView {
        at: seen.at.to_rfc3339(),
        kind: seen.kind.clone(),
        url: seen.url.clone(),
        title: seen.title.clone(),
        about: seen.about.clone(),
        human: seen.human,
    }
}

/// A score as people read it.
pub fn score_view(card: &Card, score: &Score) -> ScoreView {
    let groups = GROUPS.map(|group| GroupView {
        group: group.tag().to_owned(),
        points: score.group(group),
        max: card.limits(group).max,
    });
    let reasons = score.reasons().iter().map(|reason| ReasonView {
        group: reason.group.map_or("total", Group::tag).to_owned(),
        rule: reason.rule.to_string(),
        says: reason.says.to_string(),
        points: reason.points,
        before: (reason.before != reason.points).then_some(reason.before),
        kind: reason.kind.tag().to_owned(),
    });
    let signs = score.signs().iter().map(|sign| SignView {
        rule: sign.rule.to_string(),
        says: sign.says.to_string(),
        means: sign.tag().to_owned(),
    });
    ScoreView {
        tier: score.tier().to_string(),
        total: score.total(),
        groups: groups.to_vec(),
        reasons: reasons.collect(),
        signs: signs.collect(),
        excluded: score.excluded().map(|excluded| excluded.says.to_string()),
        config_version: score.version(),
    }
}

/// A route as people read it.
pub fn route_view(config: &Config, route: &Route) -> RouteView {
    let passed_over =
        route.passed_over.iter().map(|(rule, says)| PassedOver { rule: rule.clone(), says: says.clone() });
    RouteView {
        rule: route.rule.clone(),
        says: route.says.clone(),
        queue: route.queue.clone(),
        pool: route.team.clone(),
        members: route.members.iter().map(|id| member_ref(config, id)).collect(),
        passed_over: passed_over.collect(),
    }
}

/// Reads the tag of a kind.
pub fn kind(tag: &str) -> Option<FormKind> {
    [FormKind::Inquiry, FormKind::Trial, FormKind::Support].into_iter().find(|kind| kind.tag() == tag)
}

fn state(tag: &str) -> Option<ItemState> {
    [ItemState::Open, ItemState::Claimed, ItemState::Closed].into_iter().find(|state| state_tag(*state) == tag)
}

/// Reads the tag of an outcome.
pub fn outcome(tag: &str) -> Option<Outcome> {
    use Outcome::{Disqualified, Duplicate, Lost, Solved, Spam, Won};
    [Won, Lost, Disqualified, Spam, Solved, Duplicate].into_iter().find(|outcome| outcome_tag(*outcome) == tag)
}

/// An instant of a row, for the wire.
pub fn instant(ms: i64) -> String {
    Timestamp::from_ms(ms).to_rfc3339()
}
