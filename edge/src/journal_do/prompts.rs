//! What visitors were shown, under the names of [`crate::who`]: asked and written in one transaction, so that two tabs
//! that ask at once do not both show something.

use serde::{Deserialize, Serialize};
use shared::prompt::{Conversion, DAY_MS, Display, Gate, History, Offer, Told, choose};
use shared::time::Timestamp;
use shared::wire::prompt::{Fatigue, HowOften, Why};

use crate::error::Failure;
use crate::sql::{Db, Row, Tx};
use crate::{clock, values, who};

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
    },
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

impl From<&History> for Ledger {
    fn from(history: &History) -> Self {
        let conversions = history.conversions.iter().map(|sent| (sent.form.clone(), sent.at.as_ms()));
        Self { displays: history.displays.iter().map(DisplayRow::from).collect(), conversions: conversions.collect() }
    }
}

impl From<Ledger> for History {
    fn from(ledger: Ledger) -> Self {
        let conversions = ledger.conversions.into_iter();
        let conversions = conversions.map(|(form, at)| Conversion { form, at: Timestamp::from_ms(at) });
        Self { displays: ledger.displays.into_iter().map(Display::from).collect(), conversions: conversions.collect() }
    }
}

/// What is kept once a form was sent.
pub fn converted(form: &str, at: Timestamp) -> Ledger {
    Ledger { displays: Vec::new(), conversions: vec![(form.to_owned(), at.as_ms())] }
}

/// What is kept of a display that is about to be.
pub fn reserved(id: &str, prompt: &str, at: Timestamp) -> Ledger {
    let display = Display::reserved(id.to_owned(), prompt.to_owned(), at);
    Ledger { displays: vec![DisplayRow::from(&display)], conversions: Vec::new() }
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
        PromptAsk::History { who } => Ok(PromptAnswer::Ledger(Ledger::from(&history(db, &who, false)?))),
        PromptAsk::Choose { who, offers, fatigue, other, reserve } => {
            let offers: Vec<Offer<'_>> = offers.iter().map(OfferRow::offer).collect();
            let mut all = history(db, &who, true)?;
            all.join(other.into());
            let choice = choose(&offers, &all, &fatigue, now);
            if let (Some(id), Some(prompt)) = (reserve, choice.show) {
                all.displays.push(Display::reserved(id, prompt.to_owned(), now));
                // What was read still holds: an object does one thing at a time until it waits, and nothing here waits.
                db.transaction(|tx| keep(tx, &who, &all, false))?;
            }
            let why = choice.why.iter().map(why).collect();
            Ok(PromptAnswer::Choice { show: choice.show.map(str::to_owned), why })
        }
        PromptAsk::Keep { who, copied, ledger } => {
            db.transaction(|tx| keep(tx, &who, &History::from(ledger), copied))?;
            Ok(PromptAnswer::Done)
        }
        PromptAsk::Told { told } => {
            db.transaction(|tx| told.iter().try_for_each(|told| tell(tx, told, now)))?;
            Ok(PromptAnswer::Done)
        }
    }
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
        tx.write("conversion", query, values![long, short, of_a_day.as_str()])
    })
}

/// The columns of a display, in the order that [`display`] reads.
const COLUMNS: &str = "SELECT id, prompt, reserved_at, shown_at, dismissed_at, answered_at FROM display";

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

/// The same display may stand here under several names.
fn tell(tx: &Tx<'_>, told: &ToldRow, now: Timestamp) -> Result<(), Failure> {
    let Some(what) = Told::from_kind(&told.kind) else { return Ok(()) };
    let rows = tx.rows("display", &format!("{COLUMNS} WHERE id = ? LIMIT 1"), values![told.id.as_str()])?;
    let Some(row) = rows.first() else { return Ok(()) };
    let mut display = display(row)?;
    display.tell(what, Timestamp::from_ms(told.at), now);
    let ms = |at: Option<Timestamp>| at.map(Timestamp::as_ms);
    tx.write(
        "display",
        "UPDATE display SET shown_at = ?, dismissed_at = ?, answered_at = ? WHERE id = ?",
        values![ms(display.shown_at), ms(display.dismissed_at), ms(display.answered_at), told.id.as_str()],
    )
}
