//! Items on their way out, page by page. Who takes them, and which, is in the audit log.

use serde_json::Value;
use shared::audit::Deed;
use shared::export::values_of;
use shared::token::Scope;
use shared::wire::export::{ExportPage, ExportRow};

use super::ask::{ExportBy, Reply};
use super::{Desk, audit, no_workspace, problem, tokens, views};
use crate::error::Failure;
use crate::sql::Row;
use crate::values;

/// Items of one page.
const PAGE: usize = 500;

impl Desk {
    /// A page of a member's export, whose right was looked at, or of a server's.
    pub(super) fn export(&self, by: &ExportBy, after: Option<&str>) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let actor = match by {
            ExportBy::Member(member) => Some(member.as_str()),
            ExportBy::Token(secret) if tokens::permits(&self.db, secret, Scope::Export)? => None,
            ExportBy::Token(_) => {
                return Ok(problem(401, "not_a_token", "This needs a token of the workspace\u{2019}s for export."));
            }
        };
        if after.is_none() {
            self.db.transaction(|tx| audit::note(tx, actor, Deed::Exported, "all items"))?;
        }
        const QUERY: &str = "
            SELECT item.id, reference, item.kind, submission.form, item.site, queue, state, outcome, owner, opened_at, answer_by,
                item.person_id, person.name,
                (SELECT typed FROM identifier WHERE person_id = item.person_id AND kind = 'email'
                    ORDER BY standing = 'verified' DESC, key LIMIT 1),
                (SELECT typed FROM identifier WHERE person_id = item.person_id AND kind = 'phone'
                    ORDER BY standing = 'verified' DESC, key LIMIT 1),
                person.stage, tier, score, chance, complaint_reason, summary, item.channel, submission.vals
            FROM item JOIN person ON person.id = item.person_id
                JOIN submission ON submission.site = item.site AND submission.id = item.submission_id
            WHERE item.id > ? ORDER BY item.id LIMIT ?";
        let one_more = i64::try_from(PAGE + 1).unwrap_or(i64::MAX);
        let rows = self.db.rows("item", QUERY, values![after.unwrap_or_default(), one_more])?;
        let items: Vec<ExportRow> = rows.iter().take(PAGE).map(read).collect::<Result<_, _>>()?;
        let next = items.last().filter(|_| rows.len() > PAGE).map(|last| last.item_id.clone());
        let mut fields: Vec<String> = Vec::new();
        for field in config.source().forms.iter().flat_map(|form| &form.fields) {
            if !fields.contains(&field.name) {
                fields.push(field.name.clone());
            }
        }
        super::ok(&ExportPage { rows: items, next, fields })
    }
}

fn read(row: &Row) -> Result<ExportRow, Failure> {
    let text = |column: usize| row.text(column).map(str::to_owned);
    let maybe = |column: usize| row.maybe_text(column).map(|text| text.map(str::to_owned));
    Ok(ExportRow {
        item_id: text(0)?,
        reference: text(1)?,
        kind: text(2)?,
        form: text(3)?,
        site: text(4)?,
        queue: text(5)?,
        state: text(6)?,
        outcome: maybe(7)?,
        owner: maybe(8)?,
        opened_at: views::instant(row.int(9)?),
        answer_by: views::instant(row.int(10)?),
        person_id: text(11)?,
        name: maybe(12)?,
        email: maybe(13)?,
        phone: maybe(14)?,
        stage: maybe(15)?,
        tier: text(16)?,
        score: row.int(17)?,
        chance: row.maybe_int(18)?.and_then(|chance| u32::try_from(chance).ok()),
        complaint: maybe(19)?,
        summary: text(20)?,
        channel: text(21)?,
        values: values_of(&row.json::<Value>(22)?),
    })
}
