//! The learner of a workspace: its model, what it was taught and in which order, and how its figures came to be.
//!
//! An outcome is learnt in the transaction that writes it. A correction, and a field that the workspace has come to have,
//! change the log and have the model built anew from it, in the alarm's turns; the old one is in use until then. So the
//! model is always what its log makes of it, to the bit.

use std::rc::Rc;

use serde::{Deserialize, Serialize};
use shared::config::Config;
use shared::facts;
use shared::features;
use shared::learn::{LEAST_OF_EACH, Learner, Record, Scored, State, Step, Warning, is_kept, step, teaches};
use shared::wire::console::Outcome;
use shared::wire::scoring::{CurvePoint, LearnerView, Progress, RecordView, TenthView};

use super::ask::Reply;
use super::ratings::{self, Why};
use super::{Desk, views};
use crate::error::Failure;
use crate::sql::{Db, Tx, to_json};
use crate::values;

/// The job that builds the model anew.
const REBUILD: &str = "rebuild";
/// The most outcomes learnt again in one turn of the alarm.
const AT_ONCE: usize = 2_000;

/// What a transaction teaches. It is written with the transaction, and kept once that is done.
pub struct Lesson {
    learner: Rc<Learner>,
    before: State,
    learnt: bool,
}

/// How far the building of the model is.
#[derive(Serialize, Deserialize)]
struct Rebuild {
    /// The last of the log that it was taught.
    after: i64,
    /// How many that were.
    done: u32,
    /// The model so far; absent at the start.
    model: Option<Box<Learner>>,
    /// The points of its curve so far.
    curve: Vec<CurvePoint>,
}

const START: Rebuild = Rebuild { after: 0, done: 0, model: None, curve: Vec::new() };

impl Desk {
    /// The learner as it is.
    pub(super) fn learner(&self, config: &Config) -> Result<Rc<Learner>, Failure> {
        if let Some(learner) = &*self.learner.borrow() {
            return Ok(Rc::clone(learner));
        }
        let row = self.db.row("learner", "SELECT model FROM learner", values![])?;
        let learner = match row {
            Some(row) => Learner::read(row.text(0)?).map_err(damaged)?,
            None => Learner::new(features::grown(&[], config.source())).map_err(damaged)?,
        };
        let learner = Rc::new(learner);
        self.learner.replace(Some(Rc::clone(&learner)));
        Ok(learner)
    }

    /// Begins to learn.
    pub(super) fn lesson(&self, config: &Config) -> Result<Lesson, Failure> {
        let learner = self.learner(config)?;
        Ok(Lesson { before: learner.standing().state, learner, learnt: false })
    }

    /// Keeps what was learnt, once it is written.
    pub(super) fn keep_lesson(&self, lesson: Lesson) {
        self.learner.replace(Some(lesson.learner));
    }

    /// Forgets the model that is in memory: what the workspace asks has changed. One that has learnt something is built anew,
    /// with the new fields.
    pub(super) fn regrow(&self, tx: &Tx<'_>, config: &Config) -> Result<(), Failure> {
        let learner = self.learner(config)?;
        let is_stored = self.db.row("learner", "SELECT 1 FROM learner", values![])?.is_some();
        if is_stored && features::grown(learner.fields(), config.source()).len() > learner.fields().len() {
            start_rebuild(tx)?;
        }
        Ok(())
    }

    /// Builds the model anew, some of it; the alarm comes back for the rest.
    pub(super) fn rebuild_some(&self, config: &Config) -> Result<(), Failure> {
        let Some(job) = self.db.row("job", "SELECT body FROM job WHERE kind = ?", values![REBUILD])? else {
            return Ok(());
        };
        let before = self.learner(config)?;
        let mut job: Rebuild = job.json(0)?;
        let mut learner = match job.model.take() {
            Some(learner) => learner,
            None => {
                let fields = features::grown(before.fields(), config.source());
                Box::new(Learner::new(fields).map_err(damaged)?)
            }
        };
        let query =
            "SELECT learnt.seq, learnt.won, learnt.at, frozen FROM learnt JOIN rating ON rating.seq = rating_seq
            WHERE learnt.seq > ? ORDER BY learnt.seq LIMIT ?";
        let most = i64::try_from(AT_ONCE).unwrap_or(i64::MAX);
        let rows = self.db.rows("learnt", query, values![job.after, most])?;
        for row in &rows {
            job.after = row.int(0)?;
            job.done += 1;
            learner.learn(&row.json::<Scored>(3)?, row.int(1)? != 0);
            job.curve.extend(curve_point(&learner, row.int(2)?));
        }
        if rows.len() == AT_ONCE {
            job.model = Some(learner);
            let body = to_json("job", &job)?;
            let query = "UPDATE job SET body = ? WHERE kind = ?";
            return self.db.transaction(|tx| tx.write("job", query, values![body, REBUILD]));
        }
        let learner = Rc::new(*learner);
        self.db.transaction(|tx| {
            tx.write("job", "DELETE FROM job WHERE kind = ?", values![REBUILD])?;
            tx.write("curve", "DELETE FROM curve", values![])?;
            job.curve.iter().try_for_each(|point| write_point(tx, point))?;
            write_model(tx, &learner, before.standing().state)
        })?;
        self.learner.replace(Some(learner));
        Ok(())
    }

    /// What people see of the learner.
    pub(super) fn learner_view(&self, config: &Config) -> Result<Reply, Failure> {
        let learner = self.learner(config)?;
        let standing = learner.standing();
        let points = self.db.rows("curve", "SELECT body FROM curve ORDER BY outcomes", values![])?;
        let says = |field: &str| facts::says(field, config.source());
        let warning = |warning: Warning| Warning { field: says(&warning.field), ..warning }.says();
        super::ok(&LearnerView {
            state: standing.state.tag().to_owned(),
            wins: standing.wins,
            losses: standing.losses,
            least_of_each: LEAST_OF_EACH,
            e_value: shown(standing.e_value),
            enough: standing.enough,
            steps_back: standing.steps_back,
            learner: record_view(standing.learner),
            card: record_view(standing.card),
            curve: points.iter().map(|row| row.json(0)).collect::<Result<_, _>>()?,
            warnings: learner.warnings().into_iter().map(warning).collect(),
            fields: features::grown(learner.fields(), config.source()).iter().map(|field| says(&field.name)).collect(),
            rebuilding: progress(&self.db)?,
        })
    }
}

impl Lesson {
    /// Hears what became of an item: of the outcome before, now, and when what is said now happened. It learns from the
    /// rating that was made last before that.
    pub fn hear(
        &mut self,
        tx: &Tx<'_>,
        item: &str,
        (before, now): (Option<Outcome>, Option<Outcome>),
        (at, told_at): (i64, i64),
    ) -> Result<(), Failure> {
        match step(before, now) {
            Step::Nothing => Ok(()),
            Step::Learn { won } => {
                let query = "SELECT seq, frozen FROM rating WHERE item_id = ? AND at <= ? ORDER BY seq DESC LIMIT 1";
                let rows = tx.rows("rating", query, values![item, at])?;
                // Of an earlier version, excluded, or a request for help: it teaches nothing.
                let Some(row) = rows.first() else { return Ok(()) };
                if row.maybe_text(1)?.is_none() {
                    return Ok(());
                }
                let learner = Rc::make_mut(&mut self.learner);
                learner.learn(&row.json::<Scored>(1)?, won);
                self.learnt = true;
                let query = "INSERT INTO learnt (item_id, rating_seq, won, at) VALUES (?, ?, ?, ?)";
                tx.write("learnt", query, values![item, row.int(0)?, i64::from(won), told_at])?;
                curve_point(learner, told_at).map_or(Ok(()), |point| write_point(tx, &point))
            }
            Step::Rebuild => {
                match teaches(now) {
                    Some(won) => {
                        let query = "UPDATE learnt SET won = ? WHERE item_id = ?";
                        tx.write("learnt", query, values![i64::from(won), item])?;
                    }
                    None => tx.write("learnt", "DELETE FROM learnt WHERE item_id = ?", values![item])?,
                }
                start_rebuild(tx)
            }
        }
    }

    /// Writes what was learnt.
    pub fn write(&self, tx: &Tx<'_>) -> Result<(), Failure> {
        if self.learnt { write_model(tx, &self.learner, self.before) } else { Ok(()) }
    }
}

/// Begins at the beginning, also where it had begun before.
fn start_rebuild(tx: &Tx<'_>) -> Result<(), Failure> {
    let query = "INSERT OR REPLACE INTO job (kind, body) VALUES (?, ?)";
    tx.write("job", query, values![REBUILD, to_json("job", &START)?])
}

fn progress(db: &Db) -> Result<Option<Progress>, Failure> {
    let Some(job) = db.row("job", "SELECT body FROM job WHERE kind = ?", values![REBUILD])? else { return Ok(None) };
    let Rebuild { done, .. } = job.json(0)?;
    let of = db.row("learnt", "SELECT count(*) FROM learnt", values![])?.map_or(Ok(0), |row| row.number(0))?;
    Ok(Some(Progress { done, of }))
}

/// Writes the model. Where it is trusted now, or is no more, what queues go by changes for every open lead.
fn write_model(tx: &Tx<'_>, learner: &Learner, before: State) -> Result<(), Failure> {
    let query = "INSERT OR REPLACE INTO learner (id, model) VALUES (1, ?)";
    tx.write("learner", query, values![to_json("learner", learner)?])?;
    let is_trusted = |state| state == State::Predictive;
    if is_trusted(before) == is_trusted(learner.standing().state) {
        return Ok(());
    }
    ratings::mark_leads(tx, Why::Learner)
}

fn curve_point(learner: &Learner, at: i64) -> Option<CurvePoint> {
    let standing = learner.standing();
    let outcomes = standing.wins + standing.losses;
    is_kept(outcomes).then(|| CurvePoint {
        outcomes,
        at: views::instant(at),
        state: standing.state.tag().to_owned(),
        auc: standing.learner.auc(),
        log_loss: standing.learner.log_loss(),
        card_auc: standing.card.auc(),
        card_log_loss: standing.card.log_loss(),
        e_value: shown(standing.e_value),
    })
}

fn write_point(tx: &Tx<'_>, point: &CurvePoint) -> Result<(), Failure> {
    let query = "INSERT OR REPLACE INTO curve (outcomes, body) VALUES (?, ?)";
    let outcomes = i64::try_from(point.outcomes).unwrap_or(i64::MAX);
    tx.write("curve", query, values![outcomes, to_json("curve", point)?])
}

fn record_view(record: &Record) -> RecordView {
    let tenth = |tenth: shared::learn::Tenth| TenthView { count: tenth.count, said: tenth.said, won: tenth.won };
    RecordView {
        auc: record.auc(),
        log_loss: record.log_loss(),
        brier: record.brier(),
        calibration_error: record.calibration_error(),
        tenths: record.tenths().into_iter().map(tenth).collect(),
    }
}

/// JSON has no infinity, and beyond a billion nobody cares how sure it is.
fn shown(e_value: f64) -> f64 {
    e_value.min(1e9)
}

fn damaged(error: impl std::fmt::Display) -> Failure {
    Failure::BadRow { table: "learner", what: error.to_string() }
}
