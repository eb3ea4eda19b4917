//! How satisfied visitors were: what they say is kept, and whoever was not satisfied with how their request for help was settled
//! is not done with. Their item is open again, as a complaint, with whoever had it.

use serde::{Deserialize, Serialize};
use shared::config::Config;
use shared::desk::act::Change;
use shared::feedback::{Feedback, asks};
use shared::notice::NoticeKind;
use shared::time::Timestamp;
use shared::wire::console::{FeedbackView, ItemRow, ItemState};

use super::ask::Reply;
use super::changes::{self, Made};
use super::learner::Lesson;
use super::team::Moved;
use super::{Desk, credit, no_workspace, notices, now_ms, problem, store, views};
use crate::abuse::feedback as token;
use crate::error::Failure;
use crate::sql::{Db, Tx};
use crate::values;

/// As often as one visitor may say something about one item.
const MOST: i64 = 10;
/// Why such an item is a complaint.
const NOT_SATISFIED: &str = "They were not satisfied with how it was settled";

/// What the page of an item needs to know.
#[derive(Debug, Serialize, Deserialize)]
pub struct Card {
    /// The workspace's name.
    pub workspace: String,
    /// The language of its own words.
    pub lang: String,
    /// The reference that the visitor was given.
    pub reference: String,
}

impl Desk {
    /// What the page of a token needs to know.
    pub(super) fn feedback_card(&self, sent: &str) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let Some(row) = self.of_token(&config, sent)? else { return Ok(unknown()) };
        let source = config.source();
        super::ok(&Card { workspace: source.name.clone(), lang: source.lang.clone(), reference: row.reference })
    }

    /// Takes what a visitor says.
    pub(super) fn feedback(&self, sent: &str, stars: &str, text: &str) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let Some(row) = self.of_token(&config, sent)? else { return Ok(unknown()) };
        let Ok(feedback) = Feedback::parse(stars, text) else {
            return Ok(problem(
                422,
                "invalid_feedback",
                "Choose from one to five, and write at most 4,000 characters.",
            ));
        };
        let query = "SELECT count(*) FROM feedback WHERE item_id = ?";
        let said = self.db.row("feedback", query, values![row.id.as_str()])?.map_or(Ok(0), |row| row.int(0))?;
        if said >= MOST {
            return Ok(problem(429, "said_before", "You have told us already. Thank you."));
        }
        let mut lesson = self.lesson(&config)?;
        let moved = self.db.transaction(|tx| {
            let moved = take(tx, &config, &row, &feedback, &mut lesson)?;
            lesson.write(tx).map(|()| moved)
        })?;
        self.keep_lesson(lesson);
        self.note_moved(&config, moved.iter());
        self.assign_after(&config);
        self.tell(&config, &row.id);
        self.tell_notices()?;
        super::ok(&())
    }

    /// The token of an item, if somebody is asked about it.
    pub(super) fn feedback_token(&self, row: &ItemRow) -> Result<Option<String>, Failure> {
        Ok(if asks(row.kind) { Some(token::make(&self.secret()?, &row.id)) } else { None })
    }

    fn of_token(&self, config: &Config, sent: &str) -> Result<Option<ItemRow>, Failure> {
        let secret = self.secret()?;
        let Some(item) = token::item(&secret, sent) else { return Ok(None) };
        views::row(&self.db, config, item)
    }
}

/// What was said of an item, the first time first.
pub fn of_item(db: &Db, item: &str) -> Result<Vec<FeedbackView>, Failure> {
    let rows =
        db.rows("feedback", "SELECT at, stars, body FROM feedback WHERE item_id = ? ORDER BY seq", values![item])?;
    rows.iter()
        .map(|row| {
            Ok(FeedbackView { at: views::instant(row.int(0)?), stars: row.number(1)?, text: row.text(2)?.to_owned() })
        })
        .collect()
}

fn take(
    tx: &Tx<'_>,
    config: &Config,
    row: &ItemRow,
    feedback: &Feedback,
    lesson: &mut Lesson,
) -> Result<Option<Moved>, Failure> {
    let (id, now) = (row.id.as_str(), now_ms());
    let query = "INSERT INTO feedback (item_id, at, stars, body) VALUES (?, ?, ?, ?)";
    tx.write("feedback", query, values![id, now, i64::from(feedback.stars()), feedback.text()])?;
    let said = format!("{} {}", feedback.stars(), feedback.text());
    let changed = store::write_event(tx, id, now, "feedback", None, said.trim())?;
    if !feedback.reopens(row.kind, row.state) {
        return tx.write("item", "UPDATE item SET changed = ? WHERE id = ?", values![changed, id]).map(|()| None);
    }
    // Whoever had it is to take it in hand again; where they have left, it waits in its queue.
    let owner = row.owner.as_ref().filter(|owner| config.member(&owner.id).is_some()).map(|owner| owner.id.clone());
    let change = Change {
        state: ItemState::Open,
        owner: owner.clone(),
        outcome: None,
        touches: false,
        rests: None,
        duplicate_of: None,
        event: "reopened",
        text: String::new(),
    };
    let moved = changes::write(tx, config, row, change, Made { by: None, told_at: now, at: now }, lesson)?;
    let query = "UPDATE item SET complaint = 1, complaint_reason = coalesce(complaint_reason, ?) WHERE id = ?";
    tx.write("item", query, values![NOT_SATISFIED, id])?;
    credit::follow(tx, id, Timestamp::from_ms(now))?;
    if let Some(owner) = owner {
        notices::write(tx, &owner, id, NoticeKind::Reopened, None, feedback.text())?;
    }
    notices::write_to_renewal(tx, config, id, feedback.text())?;
    Ok(Some(moved))
}

fn unknown() -> Reply {
    problem(404, "unknown_link", "This link leads nowhere.")
}
