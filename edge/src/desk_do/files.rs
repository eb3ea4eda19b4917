//! Files at the desk: which submission names them, and who may read them. Their bytes are in [`crate::files_do`].

use shared::config::Config;
use shared::file::FileId;
use shared::submission::{FieldErrors, Submission};
use shared::wire::config::Member;
use shared::wire::file::{FileKind, Uploaded};
use shared::wire::{FieldKind, FieldProblem, Form};
use shared::words::{Words, words};

use super::ask::Reply;
use super::{Desk, problem, views};
use crate::error::Failure;
use crate::sql::{Db, Row, Tx};
use crate::{files_do, values};

/// A file that a submission names, in its field.
pub struct Named {
    field: String,
    file: Uploaded,
}

impl Desk {
    /// Claims every file that the submission names, or says which it may not have.
    pub(super) async fn claim_files(
        &self,
        workspace: &str,
        site: &str,
        form: &Form,
        submission: &Submission,
    ) -> Result<Result<Vec<Named>, FieldErrors>, Failure> {
        let claim = format!("{site}/{}", submission.id().as_str());
        let mut errors = FieldErrors::default();
        let mut named = Vec::new();
        for field in form.fields.iter().filter(|field| field.kind == FieldKind::File) {
            let Some(value) = submission.values().get(&field.name) else { continue };
            let file = match FileId::parse(value) {
                Some(id) => files_do::claim(&self.env, workspace, &id, &claim).await?,
                None => None,
            };
            match file {
                Some(file) => named.push(Named { field: field.name.clone(), file }),
                None => {
                    let words = Words::from(words(submission.lang()));
                    errors.push(&field.name, "unknown_file", words.get("not_a_file"));
                }
            }
        }
        Ok(if errors.is_empty() { Ok(named) } else { Err(errors) })
    }

    /// Whether a submission names this file.
    pub(super) fn has_file(&self, id: &str) -> Result<bool, Failure> {
        Ok(self.db.row("file", "SELECT id FROM file WHERE id = ?", values![id])?.is_some())
    }

    /// What is known of a file of an item, for a member who works its queue.
    pub(super) fn file(&self, config: &Config, member: &Member, item: &str, file: &str) -> Result<Reply, Failure> {
        let row = views::row(&self.db, config, item)?.filter(|row| member.queues.contains(&row.queue));
        let file = match row {
            Some(_) => of_item(&self.db, item)?.into_iter().find(|known| known.id == file),
            None => None,
        };
        match file {
            Some(file) => super::ok(&file),
            None => Ok(problem(404, "unknown_file", "There is no such file for you.")),
        }
    }
}

/// Writes which files a submission names.
pub fn write(tx: &Tx<'_>, site: &str, submission: &Submission, files: &[Named]) -> Result<(), Failure> {
    for Named { field, file } in files {
        tx.write(
            "file",
            "INSERT INTO file (id, site, submission_id, field, kind, bytes, name) VALUES (?, ?, ?, ?, ?, ?, ?)",
            values![
                file.id.as_str(),
                site,
                submission.id().as_str(),
                field.as_str(),
                file.kind.tag(),
                i64::from(file.bytes),
                file.name.as_str(),
            ],
        )?;
    }
    Ok(())
}

/// The files of the submission that opened an item.
pub fn of_item(db: &Db, item: &str) -> Result<Vec<Uploaded>, Failure> {
    const QUERY: &str = "
        SELECT file.id, file.kind, file.bytes, file.name
        FROM item JOIN file ON file.site = item.site AND file.submission_id = item.submission_id WHERE item.id = ?";
    db.rows("file", QUERY, values![item])?.iter().map(uploaded).collect()
}

/// The files of a submission, held or not.
pub fn of_submission(db: &Db, site: &str, submission: &str) -> Result<Vec<Uploaded>, Failure> {
    let query = "SELECT id, kind, bytes, name FROM file WHERE site = ? AND submission_id = ?";
    db.rows("file", query, values![site, submission])?.iter().map(uploaded).collect()
}

/// What is wrong with the values, and what is wrong with the files that came along: each field once, in the form's order.
pub fn merged(form: &Form, values: Vec<FieldProblem>, files: Vec<FieldProblem>) -> Vec<FieldProblem> {
    if files.is_empty() {
        return values;
    }
    let mut all = files;
    for problem in values {
        if !all.iter().any(|known| known.field == problem.field) {
            all.push(problem);
        }
    }
    let place = |problem: &FieldProblem| form.fields.iter().position(|field| field.name == problem.field);
    all.sort_by_key(|problem| place(problem).unwrap_or(usize::MAX));
    all
}

fn uploaded(row: &Row) -> Result<Uploaded, Failure> {
    let kind = FileKind::from_tag(row.text(1)?);
    Ok(Uploaded {
        id: row.text(0)?.to_owned(),
        kind: kind.ok_or_else(|| Failure::BadRow { table: "file", what: "kind".to_owned() })?,
        bytes: row.number(2)?,
        name: row.text(3)?.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_is_wrong_once_and_in_its_place() {
        let form = serde_json::from_value(json!({
            "id": "f", "kind": "support", "title": "T", "submit_label": "S",
            "fields": [
                { "name": "a", "kind": "short_text", "label": "A" }, { "name": "shot", "kind": "file", "label": "F" },
                { "name": "b", "kind": "short_text", "label": "B" },
            ],
        }));
        let wrong =
            |field: &str, code: &str| FieldProblem { field: field.into(), code: code.into(), message: "".into() };
        let values =
            vec![wrong("a", "required"), wrong("shot", "required"), wrong("b", "too_long"), wrong("x", "unknown")];
        let merged = merged(&form.unwrap(), values, vec![wrong("shot", "file_type")]);
        let merged: Vec<_> = merged.iter().map(|it| (it.field.as_str(), it.code.as_str())).collect();
        assert_eq!(merged, [("a", "required"), ("shot", "file_type"), ("b", "too_long"), ("x", "unknown")]);
    }
}
