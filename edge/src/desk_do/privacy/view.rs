//! What admins see of it: of one person, and of all.

use shared::config::Config;
use shared::time::Timestamp;
use shared::wire::console::Outcome;
use shared::wire::privacy::{
    ConsentRecord, DeletedDay, Erased, ErasureReason, FormRef, HeldPerson, HoldView, Lifted, PersonPrivacy, PrivacyView,
};

use super::super::ask::Reply;
use super::super::{Desk, people, views};
use super::erase::people_of;
use super::{retention, unknown_person};
use crate::error::Failure;
use crate::sql::{Db, Row, to_json};
use crate::values;

/// Days of which is shown what was deleted.
const DAYS: i64 = 30;
/// People on hold that are shown.
const HOLDS: i64 = 100;
/// Erasures that are shown.
const ERASURES: i64 = 50;
/// Consents of one person that are shown.
const CONSENTS: i64 = 500;

const HOLD: &str = "reason, placed_by, placed_at, lifted_by, lifted_at, lifted_why, person_id";
const ERASED: &str = "person_id, at, made_by, why, counts, done_at";

impl Desk {
    /// The Privacy page.
    pub(super) fn privacy_view(&self, config: &Config) -> Result<PrivacyView, Failure> {
        use Outcome::{Disqualified, Duplicate, Lost, Solved, Spam, Won};
        let forms = config.source().forms.iter();
        let forms = forms.map(|form| FormRef { id: form.id.clone(), title: form.title.clone() });
        let query = format!("SELECT {HOLD} FROM hold WHERE lifted_at IS NULL ORDER BY placed_at DESC LIMIT ?");
        let mut holds = Vec::new();
        for row in self.db.rows("hold", &query, values![HOLDS])? {
            if let Some(person) = people::person_row(&self.db, row.text(6)?)? {
                holds.push(HeldPerson { person, hold: hold(config, &row)? });
            }
        }
        let query = format!("SELECT {ERASED} FROM erasure WHERE why <> ? ORDER BY id DESC LIMIT ?");
        let is_off = config.source().retention.is_off();
        let next_at = if is_off { None } else { retention::next_at(&self.db)? };
        let erasures = self.db.rows("erasure", &query, values![ErasureReason::TooOld.tag(), ERASURES])?;
        Ok(PrivacyView {
            version: config.version(),
            retention: config.source().retention.clone(),
            forms: forms.collect(),
            outcomes: vec![Won, Lost, Disqualified, Spam, Solved, Duplicate],
            deleted: self.deleted_days()?,
            next_at: next_at.map(views::instant),
            holds,
            erasures: erasures.iter().map(|row| erasure(config, row)).collect::<Result<_, _>>()?,
        })
    }

    fn deleted_days(&self) -> Result<Vec<DeletedDay>, Failure> {
        let query = "SELECT day, what, count FROM deleted_day
            WHERE day IN (SELECT DISTINCT day FROM deleted_day ORDER BY day DESC LIMIT ?) ORDER BY day DESC, what";
        let mut days: Vec<DeletedDay> = Vec::new();
        for row in self.db.rows("deleted_day", query, values![DAYS])? {
            let day = Timestamp::from_ms(row.int(0)? * 86_400_000).to_rfc3339().chars().take(10).collect();
            if days.last().is_none_or(|last| last.day != day) {
                days.push(DeletedDay { day, counts: Default::default() });
            }
            if let Some(last) = days.last_mut() {
                last.counts.insert(row.text(1)?.to_owned(), row.number(2)?);
            }
        }
        Ok(days)
    }

    /// What is kept of one person, and why it may not be deleted; or that they were erased.
    pub(super) fn person_privacy(&self, config: &Config, id: &str) -> Result<Reply, Failure> {
        let people = people_of(&self.db, id)?;
        let Some(person) = people.first() else {
            let Some(erased) = erased(&self.db, config, id)? else { return Ok(unknown_person()) };
            return super::super::ok(&PersonPrivacy {
                id: erased.person.clone(),
                items: 0,
                open_items: 0,
                hold: None,
                past_holds: Vec::new(),
                consents: Vec::new(),
                erased: Some(erased),
            });
        };
        let query = "SELECT items, open_items FROM person WHERE id = ?";
        let row = self.db.row("person", query, values![person.as_str()])?;
        let row = row.ok_or_else(|| Failure::BadRow { table: "person", what: person.clone() })?;
        let ids = to_json("people", &people)?;
        let query = format!(
            "SELECT {HOLD} FROM hold WHERE person_id IN (SELECT value FROM json_each(?))
             ORDER BY lifted_at IS NOT NULL, placed_at DESC"
        );
        let holds = self.db.rows("hold", &query, values![ids.as_str()])?;
        let mut holds = holds.iter().map(|row| hold(config, row)).collect::<Result<Vec<_>, _>>()?;
        let past_holds = holds.split_off(holds.iter().take_while(|hold| hold.lifted.is_none()).count());
        super::super::ok(&PersonPrivacy {
            id: person.clone(),
            items: row.number(0)?,
            open_items: row.number(1)?,
            hold: holds.into_iter().next(),
            past_holds,
            consents: self.consents_of(&ids)?,
            erased: None,
        })
    }

    fn consents_of(&self, people: &str) -> Result<Vec<ConsentRecord>, Failure> {
        let query = "SELECT purpose, text, version, lang, at, consent.site, item.id FROM item
            JOIN consent ON consent.site = item.site AND consent.submission_id = item.submission_id
            WHERE person_id IN (SELECT value FROM json_each(?)) ORDER BY at DESC, field LIMIT ?";
        let rows = self.db.rows("consent", query, values![people, CONSENTS])?;
        let view = |row: &Row| {
            let text = |column| row.text(column).map(str::to_owned);
            Ok(ConsentRecord {
                purpose: text(0)?,
                text: text(1)?,
                version: text(2)?,
                lang: text(3)?,
                at: views::instant(row.int(4)?),
                site: text(5)?,
                item: text(6)?,
            })
        };
        rows.iter().map(view).collect()
    }
}

/// What is left of somebody who was erased, by the id of any record of theirs.
pub fn erased(db: &Db, config: &Config, id: &str) -> Result<Option<Erased>, Failure> {
    let query =
        format!("SELECT {ERASED} FROM erasure WHERE id = (SELECT erasure_id FROM erased WHERE key = 'person:' || ?)");
    db.row("erasure", &query, values![id])?.map(|row| erasure(config, &row)).transpose()
}

fn erasure(config: &Config, row: &Row) -> Result<Erased, Failure> {
    let damaged = || Failure::BadRow { table: "erasure", what: "why".to_owned() };
    Ok(Erased {
        person: row.text(0)?.to_owned(),
        at: views::instant(row.int(1)?),
        by: row.maybe_text(2)?.map(|by| views::member_ref(config, by)),
        reason: ErasureReason::from_tag(row.text(3)?).ok_or_else(damaged)?,
        rows: row.json(4)?,
        done_at: row.maybe_int(5)?.map(views::instant),
    })
}

fn hold(config: &Config, row: &Row) -> Result<HoldView, Failure> {
    let by = |column| row.maybe_text(column).map(|by| by.map(|by| views::member_ref(config, by)));
    let lifted = match (by(3)?, row.maybe_int(4)?, row.maybe_text(5)?) {
        (Some(by), Some(at), Some(why)) => Some(Lifted { reason: why.to_owned(), by, at: views::instant(at) }),
        _ => None,
    };
    Ok(HoldView {
        reason: row.text(0)?.to_owned(),
        by: views::member_ref(config, row.text(1)?),
        at: views::instant(row.int(2)?),
        lifted,
    })
}
