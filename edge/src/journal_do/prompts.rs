//! What visitors were shown, under the names of [`crate::who`]: asked and written in one transaction, so that two tabs
//! that ask at once do not both show something.

use serde::{Deserialize, Serialize};
use shared::experiments::tally::{PartRow, TallyRow};
use shared::prompt::{Conversion, DAY_MS, Display, Gate, History, Offer, Told, choose, decide};
use shared::time::Timestamp;
use shared::wire::experiment::Measure;
use shared::wire::prompt::{Fatigue, HowOften, Why};

use super::arms::{self, ArmRow, Crossed, Trials};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx};
use crate::{clock, tally, values, who};

/// For as long as this a prompt that may be seen once is not shown again: thirteen months, as long as consent holds.
const KEEP_MS: i64 = 400 * DAY_MS;
/// What is named after a day is of no use when its salt is gone, nor is a display that never was.
const KEEP_SHORT_MS: i64 = 2 * DAY_MS;
/// The most displays of one name that are looked at: the latest. More than any budget lets through.
const MAX_DISPLAYS: i64 = 2_000;

/// The tables.
pub const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS display (
        who TEXT NOT NULL, id TEXT NOT NULL, prompt TEXT NOT NULL, reserved_at INTEGER NOT NULL,
        shown_at INTEGER, dismissed_at INTEGER, answered_at INTEGER, copied INTEGER NOT NULL, PRIMARY KEY (who, id)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS display_by_id ON display (id);
    CREATE INDEX IF NOT EXISTS display_by_age ON display (reserved_at);
    CREATE TABLE IF NOT EXISTS conversion (
        who TEXT NOT NULL, form TEXT NOT NULL, at INTEGER NOT NULL, copied INTEGER NOT NULL, PRIMARY KEY (who, form)
    ) WITHOUT ROWID;
    CREATE INDEX IF NOT EXISTS conversion_by_age ON conversion (at);
";

/// What a shard is asked about prompts.
#[derive(Debug, Serialize, Deserialize)]
pub enum PromptAsk {
    /// What is kept under a name, but for what is only a copy: of a name that says more, and so perhaps of somebody else
    /// than who asks under another such name now.
    History {
        /// The name.
        who: String,
    },
    /// Which of these may be shown.
    Choose {
        /// Under which name it is counted.
        who: String,
        /// The prompts, in the order in which they would be shown.
        offers: Vec<OfferRow>,
        /// How much all of them may ask of one visitor.
        fatigue: Fatigue,
        /// What is kept under the visitor's other names.
        other: Ledger,
        /// The experiments that run on them.
        trials: Box<Trials>,
        /// The id to reserve the display under; where absent, nothing is written.
        reserve: Option<String>,
    },
    /// Keep this.
    Keep {
        /// The name.
        who: String,
        /// Whether it is kept under a name that says more as well.
        copied: bool,
        /// What.
        ledger: Ledger,
    },
    /// What pages say became of displays.
    Told {
        /// Which, and what.
        told: Vec<ToldRow>,
        /// Whether a program says so: then nobody is counted.
        is_robot: bool,
    },
    /// The arms of somebody.
    Arms {
        /// The name.
        who: String,
        /// Whether it is the name that says most of those who ask.
        with_copies: bool,
    },
    /// Somebody saw two arms of an experiment.
    Cross {
        /// The name.
        who: String,
        /// The experiment's key.
        experiment: String,
        /// Its bucket version.
        version: u64,
    },
    /// The totals of experiments.
    Tallies {
        /// Their keys.
        experiments: Vec<String>,
    },
    /// How many saw a prompt.
    Pace {
        /// The prompt's id.
        prompt: String,
        /// Since when, in milliseconds.
        since: i64,
    },
}

/// What it answers.
#[derive(Debug, Serialize, Deserialize)]
pub enum PromptAnswer {
    /// What is kept under a name.
    Ledger(Ledger),
    /// What was chosen.
    Choice {
        /// The prompt to show.
        show: Option<String>,
        /// Each prompt, with the gate that stops it.
        why: Vec<Why>,
        /// What is to be kept of experiments under the other names too.
        arms: Vec<ArmRow>,
        /// Experiments of which they saw two arms, where that is not noted yet.
        crossed: Vec<Crossed>,
    },
    /// The arms of somebody.
    Arms(Vec<ArmRow>),
    /// The totals of experiments.
    Tallies {
        /// By day.
        totals: Vec<TallyRow>,
        /// By part.
        parts: Vec<PartRow>,
    },
    /// How many saw a prompt, and of them, how many did what it asked for.
    Pace(u64, u64),
    /// It is written.
    Done,
}

/// [`shared::prompt::Offer`], as it travels.
#[derive(Debug, Serialize, Deserialize)]
pub struct OfferRow {
    id: String,
    form: Option<String>,
    how_often: HowOften,
    cooldown_days: Option<u32>,
    outside: Option<String>,
}

/// [`History`], as it travels.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct Ledger {
    displays: Vec<DisplayRow>,
    conversions: Vec<(String, i64)>,
    #[serde(default)]
    arms: Vec<ArmRow>,
}

/// [`Display`], as it travels: instants in milliseconds.
#[derive(Debug, Serialize, Deserialize)]
struct DisplayRow {
    id: String,
    prompt: String,
    reserved_at: i64,
    shown_at: Option<i64>,
    dismissed_at: Option<i64>,
    answered_at: Option<i64>,
}

/// What a page says of a display.
#[derive(Debug, Serialize, Deserialize)]
pub struct ToldRow {
    /// The display's id.
    pub id: String,
    /// The kind of its signal.
    pub kind: String,
    /// When, in milliseconds.
    pub at: i64,
    /// What drawing it cost the page, in milliseconds.
    pub cost_ms: Option<u32>,
}

impl From<&Offer<'_>> for OfferRow {
    fn from(offer: &Offer<'_>) -> Self {
        Self {
            id: offer.id.to_owned(),
            form: offer.form.map(str::to_owned),
            how_often: offer.how_often,
            cooldown_days: offer.cooldown_days,
            outside: offer.outside.err().map(|gate| gate.tag().to_owned()),
        }
    }
}

impl OfferRow {
    fn offer(&self) -> Offer<'_> {
        let gate = self.outside.as_deref().map(|tag| Gate::outside_of_tag(tag).unwrap_or(Gate::Site));
        Offer {
            id: &self.id,
            form: self.form.as_deref(),
            how_often: self.how_often,
            cooldown_days: self.cooldown_days,
            outside: gate.map_or(Ok(()), Err),
        }
    }
}

impl From<&Display> for DisplayRow {
    fn from(display: &Display) -> Self {
        let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
        Self {
            id: display.id.clone(),
            prompt: display.prompt.clone(),
            reserved_at: display.reserved_at.as_ms(),
            shown_at: ms(display.shown_at),
            dismissed_at: ms(display.dismissed_at),
            answered_at: ms(display.answered_at),
        }
    }
}

impl From<DisplayRow> for Display {
    fn from(row: DisplayRow) -> Self {
        let at = |ms: Option<i64>| ms.map(Timestamp::from_ms);
        Self {
            shown_at: at(row.shown_at),
            dismissed_at: at(row.dismissed_at),
            answered_at: at(row.answered_at),
            ..Self::reserved(row.id, row.prompt, Timestamp::from_ms(row.reserved_at))
        }
    }
}

impl Ledger {
    /// What is kept of a visitor, as it travels.
    pub fn of(history: &History, arms: Vec<ArmRow>) -> Self {
        let conversions = history.conversions.iter().map(|sent| (sent.form.clone(), sent.at.as_ms()));
        let displays = history.displays.iter().map(DisplayRow::from);
        Self { displays: displays.collect(), conversions: conversions.collect(), arms }
    }

    /// The same, in two parts.
    pub fn parts(self) -> (History, Vec<ArmRow>) {
        let conversions = self.conversions.into_iter();
        let conversions = conversions.map(|(form, at)| Conversion { form, at: Timestamp::from_ms(at) });
        let displays = self.displays.into_iter().map(Display::from);
        (History { displays: displays.collect(), conversions: conversions.collect() }, self.arms)
    }
}

/// What is kept once a form was sent.
pub fn converted(form: &str, at: Timestamp) -> Ledger {
    Ledger { conversions: vec![(form.to_owned(), at.as_ms())], ..Ledger::default() }
}

/// What is kept of a display that is about to be, and of the arms that go with it.
pub fn reserved(display: Option<(&str, &str)>, arms: &[ArmRow], at: Timestamp) -> Ledger {
    let display = display.map(|(id, prompt)| Display::reserved(id.to_owned(), prompt.to_owned(), at));
    Ledger { displays: display.iter().map(DisplayRow::from).collect(), arms: arms.to_vec(), ..Ledger::default() }
}

/// What was decided on a prompt, as it is told.
pub fn why((prompt, decided): &(&str, Result<(), Gate>)) -> Why {
    Why {
        prompt: (*prompt).to_owned(),
        gate: decided.err().map(|gate| gate.tag().to_owned()),
        says: decided.err().map_or_else(|| "Nothing stops it here.".to_owned(), Gate::says),
    }
}

/// Answers.
///
/// # Errors
/// [`Failure::Storage`], [`Failure::BadRow`].
pub fn answer(db: &Db, ask: PromptAsk) -> Result<PromptAnswer, Failure> {
    let now = clock::now();
    match ask {
        PromptAsk::History { who } => {
            Ok(PromptAnswer::Ledger(Ledger::of(&history(db, &who, false)?, arms::rows(db, &who, false)?)))
        }
        PromptAsk::Choose { who, offers, fatigue, other, trials, reserve } => {
            let (other, other_arms) = other.parts();
            let own_arms = if trials.trials.is_empty() { Vec::new() } else { arms::rows(db, &who, true)? };
            let offers: Vec<Offer<'_>> = offers.iter().map(OfferRow::offer).collect();
            let places = arms::place(&who, (&own_arms, &other_arms), &offers, &trials, now);
            let offers: Vec<Offer<'_>> = offers.into_iter().map(|offer| places.gate(offer)).collect();
            let mut all = history(db, &who, true)?;
            all.join(other);
            let choice = choose(&offers, &all, &fatigue, now);
            let (show, why) = (choice.show.map(str::to_owned), choice.why.iter().map(why).collect());
            let mut kept = Vec::new();
            if let Some(id) = reserve {
                kept = places.to_keep(show.as_deref(), is_free(&all, &fatigue, now), now.day());
                if let Some(prompt) = &show {
                    all.displays.push(Display::reserved(id, prompt.clone(), now));
                }
                // What was read still holds: an object does one thing at a time until it waits, and nothing here waits.
                if show.is_some() || !kept.is_empty() {
                    db.transaction(|tx| {
                        keep(tx, &who, &all, false)?;
                        show.as_ref().map_or(Ok(()), |prompt| arms::release(tx, &who, prompt, &trials))?;
                        arms::keep(tx, &who, &kept)
                    })?;
                }
            }
            let pairs = own_arms.iter().flat_map(|own| other_arms.iter().map(move |other| (own, other)));
            let crossed = pairs.filter_map(|(own, other)| Crossed::of(own, other)).collect();
            Ok(PromptAnswer::Choice { show, why, arms: kept, crossed })
        }
        PromptAsk::Keep { who, copied, ledger } => {
            let (history, arms) = ledger.parts();
            db.transaction(|tx| {
                keep(tx, &who, &history, copied)?;
                arms::keep(tx, &who, &arms)
            })?;
            Ok(PromptAnswer::Done)
        }
        PromptAsk::Told { told, is_robot } => {
            db.transaction(|tx| told.iter().try_for_each(|told| tell(tx, told, is_robot, now)))?;
            Ok(PromptAnswer::Done)
        }
        PromptAsk::Arms { who, with_copies } => arms::rows(db, &who, with_copies).map(PromptAnswer::Arms),
        PromptAsk::Cross { who, experiment, version } => {
            db.transaction(|tx| arms::cross(tx, &who, &experiment, version))?;
            Ok(PromptAnswer::Done)
        }
        PromptAsk::Tallies { experiments } => {
            let (totals, parts) = tally::rows(db, &experiments)?;
            Ok(PromptAnswer::Tallies { totals, parts })
        }
        PromptAsk::Pace { prompt, since } => {
            let (seen, answered) = arms::pace(db, &prompt, since)?;
            Ok(PromptAnswer::Pace(seen, answered))
        }
    }
}

/// Whether something could be shown to them at all, whatever it is.
fn is_free(history: &History, fatigue: &Fatigue, now: Timestamp) -> bool {
    let anything = Offer { id: "", form: None, how_often: HowOften::Always, cooldown_days: None, outside: Ok(()) };
    decide(&anything, history, fatigue, now).is_ok()
}

/// Deletes what is too old.
///
/// # Errors
/// [`Failure::Storage`].
pub fn sweep(db: &Db) -> Result<(), Failure> {
    let now = clock::now().as_ms();
    let (long, short, of_a_day) = (now - KEEP_MS, now - KEEP_SHORT_MS, format!("{}*", who::OF_THE_DAY));
    db.transaction(|tx| {
        let query = "DELETE FROM display
            WHERE reserved_at < ? OR (reserved_at < ? AND (shown_at IS NULL OR who GLOB ?))";
        tx.write("display", query, values![long, short, of_a_day.as_str()])?;
        let query = "DELETE FROM conversion WHERE at < ? OR (at < ? AND who GLOB ?)";
        tx.write("conversion", query, values![long, short, of_a_day.as_str()])?;
        arms::sweep(tx, long, short)
    })
}

/// The columns of a display, in the order that [`display`] reads, and then whose it is.
const COLUMNS: &str = "SELECT id, prompt, reserved_at, shown_at, dismissed_at, answered_at, who FROM display";
/// The kind of the signal that a form was begun where a prompt was shown.
pub const STARTED: &str = "form_started";

fn history(db: &Db, who: &str, with_copies: bool) -> Result<History, Failure> {
    let most_copied = i64::from(with_copies);
    let query = format!("{COLUMNS} WHERE who = ? AND copied <= ? ORDER BY reserved_at DESC LIMIT ?");
    let rows = db.rows("display", &query, values![who, most_copied, MAX_DISPLAYS])?;
    let displays = rows.iter().map(display).collect::<Result<_, Failure>>()?;
    let query = "SELECT form, at FROM conversion WHERE who = ? AND copied <= ?";
    let rows = db.rows("conversion", query, values![who, most_copied])?;
    let conversions =
        rows.iter().map(|row| Ok(Conversion { form: row.text(0)?.to_owned(), at: Timestamp::from_ms(row.int(1)?) }));
    Ok(History { displays, conversions: conversions.collect::<Result<_, Failure>>()? })
}

fn display(row: &Row) -> Result<Display, Failure> {
    let at = |column| Ok::<_, Failure>(row.maybe_int(column)?.map(Timestamp::from_ms));
    Ok(Display {
        shown_at: at(3)?,
        dismissed_at: at(4)?,
        answered_at: at(5)?,
        ..Display::reserved(row.text(0)?.to_owned(), row.text(1)?.to_owned(), Timestamp::from_ms(row.int(2)?))
    })
}

fn keep(tx: &Tx<'_>, who: &str, history: &History, copied: bool) -> Result<(), Failure> {
    for display in &history.displays {
        let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
        tx.write(
            "display",
            "INSERT INTO display (who, id, prompt, reserved_at, shown_at, dismissed_at, answered_at, copied)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                ON CONFLICT (who, id) DO UPDATE SET shown_at = coalesce(shown_at, excluded.shown_at),
                    dismissed_at = coalesce(dismissed_at, excluded.dismissed_at),
                    answered_at = coalesce(answered_at, excluded.answered_at), copied = min(copied, excluded.copied)",
            values![
                who,
                display.id.as_str(),
                display.prompt.as_str(),
                display.reserved_at.as_ms(),
                ms(display.shown_at),
                ms(display.dismissed_at),
                ms(display.answered_at),
                i64::from(copied),
            ],
        )?;
    }
    for sent in &history.conversions {
        let query = "INSERT INTO conversion (who, form, at, copied) VALUES (?, ?, ?, ?)
            ON CONFLICT (who, form) DO UPDATE SET at = max(at, excluded.at), copied = min(copied, excluded.copied)";
        tx.write("conversion", query, values![who, sent.form.as_str(), sent.at.as_ms(), i64::from(copied)])?;
    }
    Ok(())
}

/// Takes in what a page says of a display, which may stand here under several names; and counts it in the experiment that it
/// belongs to, unless a program says so.
fn tell(tx: &Tx<'_>, told: &ToldRow, is_robot: bool, now: Timestamp) -> Result<(), Failure> {
    let what = Told::from_kind(&told.kind);
    let has_started = told.kind == STARTED;
    let query = format!("{COLUMNS} WHERE id = ?");
    for row in tx.rows("display", &query, values![told.id.as_str()])? {
        let (who, mut display) = (row.text(6)?, display(&row)?);
        if let Some(what) = what {
            display.tell(what, Timestamp::from_ms(told.at), now);
            let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
            tx.write(
                "display",
                "UPDATE display SET shown_at = ?, dismissed_at = ?, answered_at = ? WHERE who = ? AND id = ?",
                values![ms(display.shown_at), ms(display.dismissed_at), ms(display.answered_at), who, told.id.as_str()],
            )?;
        }
        if (what.is_none() && !has_started) || is_robot {
            continue;
        }
        let did = match what {
            Some(Told::Answered) => Some(Measure::Opened),
            _ => has_started.then_some(Measure::Started),
        };
        let (prompt, cost_ms, today) = (display.prompt.as_str(), told.cost_ms, now.day());
        arms::tell(tx, &arms::Told { who, prompt, did, cost_ms, today })?;
    }
    Ok(())
}
