//! What the staff application reads and writes, under `/v1/console/`.
//!
//! | call | body | answer |
//! | --- | --- | --- |
//! | `POST session` | [`SignIn`] | [`Session`], and a cookie |
//! | `GET session` | | [`Session`] |
//! | `DELETE session` | | 204 |
//! | `POST presence` | [`Presence`] | [`Session`] |
//! | `GET queues/{queue}/items?state=open\|closed&whose=mine\|unassigned&after={cursor}` | | [`ItemPage`] |
//! | `GET search?q={text}&after={cursor}` | | [`ItemPage`]: of all queues of the member, latest first |
//! | `GET items/{id}` | | [`ItemView`] |
//! | `GET items/{id}/files/{file}` | | the file's bytes, as an attachment |
//! | `POST items/{id}/actions` | [`Act`] | [`ItemView`] |
//! | `GET items/{id}/drafts` | | [`Drafts`]: the workspace's templates, filled in |
//! | `GET held?after={cursor}` | | [`super::held::HeldPage`] |
//! | `POST held/{id}` | [`super::held::Review`] | [`super::held::Reviewed`] |
//! | `GET live` | | a web socket of [`Live`] messages |

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::channel::Channel;
use super::file::Uploaded;
use super::form::FormKind;
use super::lifecycle::{HappenedView, StageView};
use super::people::{MergeView, PersonRow};
use super::visit::Summary;

/// Signs in with a one-time link: the part of the link after `#`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// `{workspace}.{secret}`.
    pub token: String,
}

/// Who is signed in, and what they may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Session {
    /// The member.
    pub member: MemberRef,
    /// The workspace's name.
    pub workspace: String,
    /// The queues, in order.
    pub queues: Vec<Queue>,
    /// Whether they may see and change sites.
    #[serde(default)]
    pub sites: bool,
    /// Whether they may change how leads are scored; everybody may look.
    #[serde(default)]
    pub scoring: bool,
    /// Whether they may try cards on leads and on the past.
    #[serde(default)]
    pub tries: bool,
    /// Whether they may see the team.
    #[serde(default)]
    pub team: bool,
    /// Whether they may change when others work, and hand over what is theirs.
    #[serde(default)]
    pub manages: bool,
    /// Whether they may read who changed what.
    #[serde(default)]
    pub audit: bool,
    /// Whether they may make links by which others sign in.
    #[serde(default)]
    pub invites: bool,
    /// Whether they may see experiments.
    #[serde(default)]
    pub experiments: bool,
    /// Whether they may see and change where what happens is told, and how the system runs.
    #[serde(default)]
    pub operates: bool,
    /// Whether they may export and erase people, hold them, and say how long things are kept.
    #[serde(default)]
    pub privacy: bool,
    /// Whether they are away: no item is given to them.
    #[serde(default)]
    pub away: bool,
    /// How much they were told and have not seen: see [`super::notice`].
    #[serde(default)]
    pub notices: u32,
    /// Where forms are, where the console has a host of its own; else they are where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub forms_origin: Option<String>,
}

/// Whether a member is there. Whoever goes away gives back what they were given and have not taken in hand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// Whether they are away.
    pub away: bool,
}

/// A member of staff, as others see them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MemberRef {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// A queue and how much waits in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Queue {
    /// `sales`.
    pub id: String,
    /// `Sales`.
    pub name: String,
    /// Items that are not closed.
    pub open: u32,
}

/// Where an item stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum ItemState {
    /// Waiting for somebody.
    Open,
    /// Somebody's.
    Claimed,
    /// Done, with an outcome.
    Closed,
}

/// What became of an item.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// They bought.
    Won,
    /// They did not.
    Lost,
    /// They were never going to.
    Disqualified,
    /// Not a person's message.
    Spam,
    /// Their problem is gone.
    Solved,
    /// The same as another item, to which it is linked.
    Duplicate,
}

/// One line of a queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ItemRow {
    /// The item's id.
    pub id: String,
    /// The reference the visitor was given.
    pub reference: String,
    /// The queue it stands in.
    pub queue: String,
    /// What opened it.
    pub kind: FormKind,
    /// Where it stands.
    pub state: ItemState,
    /// The person: their name, or their address.
    pub who: String,
    /// The start of their message, or the form's title.
    pub summary: String,
    /// `A1` to `C3`.
    pub tier: String,
    /// Points in all: what the queue goes by. The learner's, once it is to be trusted; until then the card's.
    pub score: i32,
    /// The chance that it is won, in thousandths, once the learner is to be trusted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub chance: Option<u32>,
    /// The site it came from, by name.
    pub site: String,
    /// Whether that site is a partner's.
    pub partner: bool,
    /// When it was opened, RFC 3339.
    pub opened_at: String,
    /// What the visitor was promised, RFC 3339.
    pub answer_by: String,
    /// Whether somebody has touched it yet.
    pub touched: bool,
    /// Whose it is: of an open item, who was given it and has not taken it in hand yet.
    pub owner: Option<MemberRef>,
    /// What became of it.
    pub outcome: Option<Outcome>,
    /// Counts up with each change of this workspace: a row with a lower number is older.
    pub changed: u64,
    /// Whether it is a complaint: it stands before everything else in its queue.
    #[serde(default)]
    pub complaint: bool,
    /// The timer of a follow-up that is due and was not made yet: `trial_starts`, `trial_ends`.
    #[serde(default)]
    pub follow_up: Option<String>,
    /// How much of the time of its most pressing promise is gone, in percent: 0, 50, 75, 90, or 100 where it is missed. What is
    /// more pressing stands first.
    #[serde(default)]
    pub urgency: u32,
    /// Why it rests, if it does: it stands after everything else.
    #[serde(default)]
    pub rests: Option<Rest>,
    /// How it came to us.
    #[serde(default)]
    pub channel: Channel,
}

/// An item that rests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Rest {
    /// Why.
    pub why: Resting,
    /// Until when, RFC 3339; absent where only the visitor wakes it.
    pub until: Option<String>,
}

/// Why an item rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Resting {
    /// The visitor has to answer: the clocks stand still.
    Waiting,
    /// Its owner has put it off: the clocks go on.
    Snoozed,
}

impl Resting {
    /// The stable name.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Snoozed => "snoozed",
        }
    }

    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        [Self::Waiting, Self::Snoozed].into_iter().find(|why| why.tag() == tag)
    }
}

/// Which of the open items of a queue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// All.
    #[default]
    All,
    /// The member's own.
    Mine,
    /// Nobody's yet.
    Unassigned,
}

/// A page of a queue: open items with what rests last, complaints first, then what is most pressing, then the best, closed ones latest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ItemPage {
    /// The rows.
    pub items: Vec<ItemRow>,
    /// Where the next page starts; absent on the last.
    pub next: Option<String>,
}

/// An item in full.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ItemView {
    /// Its line in the queue.
    pub row: ItemRow,
    /// What was sent.
    pub submission: SubmissionView,
    /// Who sent it.
    pub person: PersonView,
    /// Where it came from.
    pub source: SourceView,
    /// What the visitor did before it, oldest first.
    pub signals: Vec<SignalView>,
    /// What all they did folds into: over days, where they consented.
    #[serde(default)]
    pub visit: Summary,
    /// What it is worth, and why.
    pub score: ScoreView,
    /// What the learner says of it; absent while it has learnt nothing, and of what is neither won nor lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub learnt: Option<LearntView>,
    /// How the score came to be what it is, the first one first; an item of an earlier version has none.
    #[serde(default)]
    pub scorings: Vec<ScoredView>,
    /// Where it went, and why.
    pub route: RouteView,
    /// To whom it was given, and why not to others, the first time first; of an item that members take themselves, nothing.
    #[serde(default)]
    pub picks: Vec<PickView>,
    /// Those who work its queue and are not its owner: to whom it may be given, if at all.
    #[serde(default)]
    pub colleagues: Vec<MemberRef>,
    /// What happened since, oldest first.
    pub history: Vec<Event>,
    /// What was promised.
    pub timers: Vec<TimerView>,
    /// The outcomes this item may be closed with.
    pub outcomes: Vec<Outcome>,
    /// The item that it is the same as, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duplicate_of: Option<ItemRow>,
    /// The items that are the same as it, latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub duplicates: Vec<ItemRow>,
    /// How satisfied the visitor was, the first time first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub feedback: Vec<FeedbackView>,
}

/// How satisfied a visitor was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct FeedbackView {
    /// When, RFC 3339.
    pub at: String,
    /// 1 to 5.
    pub stars: u8,
    /// What they wrote; may be empty.
    pub text: String,
}

/// What a member may begin an answer with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Drafts {
    /// Where the answer goes: their address; absent where there is none.
    pub to: Option<String>,
    /// The templates, filled in.
    pub drafts: Vec<Draft>,
    /// The address where they say how satisfied they are; only of requests for help.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feedback_link: Option<String>,
}

/// A template, filled in for an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Draft {
    /// The template's id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The subject.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// What was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SubmissionView {
    /// The form's title.
    pub form: String,
    /// The values in the form's order.
    pub values: Vec<ValueView>,
    /// Why it is a complaint, if it is one.
    #[serde(default)]
    pub complaint: Option<String>,
    /// What was agreed to, as it was shown.
    #[serde(default)]
    pub consents: Vec<ConsentView>,
    /// When it arrived, RFC 3339.
    pub received_at: String,
}

/// What was agreed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ConsentView {
    /// What it permits: `marketing_email`.
    pub purpose: String,
    /// Which wording it was.
    pub version: String,
    /// The sentence, exactly as it was shown.
    pub text: String,
    /// The language it was shown in.
    pub lang: String,
    /// When, RFC 3339.
    pub at: String,
}

/// One value, with the label the visitor read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ValueView {
    /// The field's name.
    pub name: String,
    /// The field's label.
    pub label: String,
    /// What they gave; of a file, its name.
    pub value: String,
    /// The file, where the field takes one: `GET items/{id}/files/{file}` has its bytes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Uploaded>,
}

/// Who sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PersonView {
    /// The person's id.
    pub id: String,
    /// Their name, if they gave one.
    pub name: Option<String>,
    /// E-mail addresses and telephone numbers.
    pub identifiers: Vec<IdentifierView>,
    /// Their other items, latest first.
    pub others: Vec<ItemRow>,
    /// Who has their renewal in hand: the owner of what they bought last. They were told, where this is a complaint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renewal: Option<MemberRef>,
    /// Other records that share an address or a number with this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<PersonRow>,
    /// Records that became part of this one, the first one first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merges: Vec<MergeView>,
    /// Where they stand, as the platform said last; absent where it has said nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<StageView>,
    /// How many they brought, as the platform says.
    #[serde(default)]
    pub referrals: u32,
    /// What the platform said happened to them, the latest first: at most twenty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub happened: Vec<HappenedView>,
}

/// One identifier of a person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct IdentifierView {
    /// `email` or `phone`.
    pub kind: String,
    /// The address or number.
    pub value: String,
    /// Whether it was proved to be theirs.
    pub verified: bool,
}

/// Where a submission came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SourceView {
    /// The site's name.
    pub site: String,
    /// Whether it is a partner's.
    pub partner: bool,
    /// The page's address.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// Where the visitor came from.
    pub referrer: String,
    /// Campaign parameters, in the order of the address.
    pub campaign: Vec<(String, String)>,
}

/// One thing the visitor did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignalView {
    /// When, RFC 3339.
    pub at: String,
    /// `page_viewed`, `pricing_viewed`, ...
    pub kind: String,
    /// The page's address.
    pub url: String,
    /// The page's title.
    pub title: String,
    /// What more there is to it, by name; an item of an earlier version has nothing.
    #[serde(default)]
    pub about: BTreeMap<String, String>,
    /// Whether a person was seen on the page: what no person did earned no points.
    #[serde(default)]
    pub human: bool,
}

/// What it is worth.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ScoreView {
    /// `A1` to `C3`: a letter for fit, a number for intent.
    pub tier: String,
    /// Points in all: the sum of the groups.
    pub total: i32,
    /// `fit`, `intent` and `relationship`, with their points after limits.
    pub groups: Vec<GroupView>,
    /// Every rule that gave or took points, and what limits did: the lines of a group add up to it.
    pub reasons: Vec<ReasonView>,
    /// What a customer did that success should know.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signs: Vec<SignView>,
    /// Why they are not scored, in plain words, if they are not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub excluded: Option<String>,
    /// The version of the configuration that scored it.
    pub config_version: u32,
}

/// What the learner says of an item: points on the card's scale that add up, compared with the average lead.
/// `points == base + raises + lowers + rest`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct LearntView {
    /// How far it is to be trusted: `rule_based` (the card decides), `learning` (neither), `predictive` (it decides).
    pub state: String,
    /// The chance that the item is won, in thousandths.
    pub chance: u32,
    /// The same in points: 30 are one in ten, and 10 more are 0.5 in log-odds.
    pub points: i32,
    /// The average lead's.
    pub base: i32,
    /// At most three parts that raise it, the largest first.
    pub raises: Vec<PartView>,
    /// At most three parts that lower it, the largest first.
    pub lowers: Vec<PartView>,
    /// Everything else, and what rounding left.
    pub rest: i32,
    /// How many outcomes it had learnt.
    pub outcomes: u64,
}

/// What one thing gives, by the learner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PartView {
    /// In plain words: `Interest: A team`.
    pub says: String,
    /// Points, compared with the average lead.
    pub points: i32,
}

/// One making of a score: what moved it, from what it was before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ScoredView {
    /// When, RFC 3339.
    pub at: String,
    /// `opened`, `signal`, `outcome`, `time`, `published` or `learner`.
    pub why: String,
    /// The version of the configuration.
    pub config_version: u32,
    /// The tier then.
    pub tier: String,
    /// The card's points then.
    pub total: i32,
    /// What the queue went by then.
    pub score: i32,
    /// The rules whose points changed, and by how much; none for the first.
    pub moved: Vec<MovedView>,
}

/// A rule whose points changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct MovedView {
    /// The rule's id.
    pub rule: String,
    /// In plain words.
    pub says: String,
    /// Points it gave before.
    pub from: i32,
    /// Points it gives now.
    pub to: i32,
}

/// One group of the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct GroupView {
    /// `fit`.
    pub group: String,
    /// Its points, after its limits.
    pub points: i32,
    /// The most it can reach.
    pub max: i32,
}

/// One reason of the score.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct ReasonView {
    /// The group it counts in; `total` for what the limits of the total did.
    pub group: String,
    /// The rule's id.
    pub rule: String,
    /// The rule in plain words.
    pub says: String,
    /// What it gave; negative where it took.
    pub points: i32,
    /// What it would have given, had nothing faded; absent where it is the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i32>,
    /// `rule`, `unknown`, `rule_limit`, `group_limit` or `total_limit`; an item of an earlier version has rules only.
    #[serde(default = "rule")]
    pub kind: String,
}

fn rule() -> String {
    "rule".to_owned()
}

/// What a customer did that would be intent in anybody else.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct SignView {
    /// The rule's id.
    pub rule: String,
    /// The rule in plain words.
    pub says: String,
    /// `expansion` or `churn`.
    pub means: String,
}

/// Where it went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct RouteView {
    /// The rule that matched.
    pub rule: String,
    /// That rule in plain words.
    pub says: String,
    /// The queue.
    pub queue: String,
    /// The pool's name: the team the visitor was told.
    pub pool: String,
    /// The pool's members: any of them may claim it.
    pub members: Vec<MemberRef>,
    /// The rules tried before it, that did not match, in order.
    pub passed_over: Vec<PassedOver>,
}

/// One time that an item was to be given to somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PickView {
    /// When, RFC 3339.
    pub at: String,
    /// How the pool picks: `claim`, `ordered`, `weighted_fair`, `least_loaded`.
    pub strategy: String,
    /// Who got it; nobody where nobody could take it.
    pub member: Option<MemberRef>,
    /// Why they did: `owner`, `only`, `first`, `behind`, `fewest`, `given`; empty where nobody did.
    pub why: String,
    /// The same, as what follows their name.
    pub says: String,
    /// Why the others of the pool did not.
    pub others: Vec<NotPickedView>,
}

/// Why a member was not picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct NotPickedView {
    /// Who.
    pub member: MemberRef,
    /// `away`, `off_shift`, `full`, ...
    pub why: String,
    /// The same, as what follows their name.
    pub says: String,
    /// From when on it is otherwise, by the clock alone, RFC 3339.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

/// A routing rule that did not match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct PassedOver {
    /// The rule's id.
    pub rule: String,
    /// The rule in plain words.
    pub says: String,
}

/// Something that happened to an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct Event {
    /// When, RFC 3339.
    pub at: String,
    /// `opened`, `assigned`, `claimed`, `released`, `reassigned`, `taken_back`, `noted`, `replied`, `closed`, `duplicate`, `reopened`,
    /// `feedback`, `undone`, `merged`, `separated`, `timer_missed`, `timer_due`, `delivered`, ...
    pub kind: String,
    /// Who did it; absent for Usher itself.
    pub actor: Option<MemberRef>,
    /// The note, the reason or the outcome's tag.
    pub text: String,
    /// To whom it was given, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<MemberRef>,
}

/// A promise in time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
pub struct TimerView {
    /// `first_touch`, `next_reply`, `close`, `accept`, `trial_starts`, `trial_ends`, `wakes`.
    pub kind: String,
    /// When it falls due, RFC 3339.
    pub due_at: String,
    /// Where it stands.
    pub state: TimerState,
}

/// Where a promise stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(rename_all = "snake_case")]
pub enum TimerState {
    /// Not due yet.
    Running,
    /// Kept.
    Met,
    /// Not kept.
    Missed,
    /// A follow-up that is to be made now.
    Due,
    /// A follow-up that fell due when the item was closed already.
    Dropped,
    /// Its clock stands still: the ball is with the visitor.
    Paused,
}

/// What a member does to an item.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "act", rename_all = "snake_case", deny_unknown_fields)]
pub enum Act {
    /// Take it. Refused if somebody else has.
    Claim,
    /// Give it back to the queue. Only its owner may.
    Release,
    /// Wait for the visitor. Only its owner may.
    Wait {
        /// When it is worked on in any case, RFC 3339: to come, within a year.
        #[serde(default)]
        until: Option<String>,
    },
    /// Put it off. Only its owner may.
    Snooze {
        /// Until then, RFC 3339: to come, within a year.
        until: String,
    },
    /// Work on it again. Only its owner may.
    Resume,
    /// Give it to another member. Only its owner may, or whoever manages.
    Reassign {
        /// The member: one who works the item's queue.
        to: String,
        /// Why: 1 to 10,000 characters.
        reason: String,
    },
    /// Write a note. Whoever is named in it (`@theo`) is told.
    Note {
        /// 1 to 10,000 characters.
        text: String,
    },
    /// Note the answer that was sent to the visitor. Of an item that is nobody's, it becomes the member's.
    Reply {
        /// The subject: at most 200 characters.
        subject: String,
        /// What was written: 1 to 10,000 characters.
        text: String,
    },
    /// Close it as the same as another item. Of an item that is nobody's, it becomes the member's.
    Duplicate {
        /// The id of the other one, which is no duplicate itself.
        of: String,
    },
    /// Close it with an outcome. Only its owner may; one that is nobody's becomes the member's.
    Close {
        /// What became of it.
        outcome: Outcome,
        /// Why, in the member's words.
        #[serde(default)]
        reason: String,
    },
    /// Open a closed item again; it becomes the member's.
    Reopen,
}

/// What the web socket says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(schemars::JsonSchema))]
#[serde(tag = "type", rename_all = "snake_case")]
#[allow(
    clippy::large_enum_variant,
    reason = "nearly every message is the large one; where pointers are short it is not so large"
)]
pub enum Live {
    /// An item is new or has changed.
    Item {
        /// Its line, as it is now.
        row: ItemRow,
        /// The queues' counts, as they are now.
        queues: Vec<Queue>,
    },
    /// The number of submissions that wait for review has changed.
    Held {
        /// How many wait now.
        waiting: u32,
    },
    /// Items were erased: lists and counts are to be read anew.
    Gone,
    /// This member was told something, or has seen it.
    Notices {
        /// How much they have not seen.
        unseen: u32,
    },
}
