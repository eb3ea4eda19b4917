//! The score card as people work on it: what is in force, one draft that all share, publishing and rolling back. Each
//! publication is a new version of the whole configuration; a stale one changes nothing.

use serde_json::Value;
use shared::audit::Deed;
use shared::config::{Config, read_card};
use shared::facts;
use shared::hint::Hint;
use shared::right::{Right, may};
use shared::score::Card;
use shared::score::lint::lint;
use shared::wire::config::Member;
use shared::wire::scoring::{
    CardVersion, CheckCard, Checked, DraftView, HintView, Publish, RollBack, SaveDraft, ScoringView, VersionView,
};
use shared::wire::{self, FieldProblem, Problem, Workspace};

use super::ask::{Reply, ScoringAsk};
use super::settings::Publisher;
use super::{Desk, now_ms, problem, problem_reply, ratings, views};
use crate::error::Failure;
use crate::sql::to_json;
use crate::values;

/// The most versions that are listed.
const VERSIONS: i64 = 100;
/// The longest note, in characters.
const MAX_NOTE_CHARS: usize = 500;

/// A draft as it is kept.
struct Draft {
    card: wire::Card,
    base: u32,
    made_by: String,
    at: i64,
}

impl Desk {
    /// Does what a member wants of scoring.
    pub(super) fn scoring(&self, config: &Config, member: &Member, ask: ScoringAsk) -> Result<Reply, Failure> {
        match ask {
            ScoringAsk::View => self.scoring_view(config, member),
            ScoringAsk::Version { version } => self.card_version(version),
            ScoringAsk::Learner => self.learner_view(config),
            ScoringAsk::Check(CheckCard { card }) => super::ok(&check(config, card)),
            ScoringAsk::SaveDraft(save) => self.save_draft(config, member, save),
            ScoringAsk::DropDraft => {
                self.db.transaction(|tx| tx.write("draft", "UPDATE draft SET card = NULL", values![]))?;
                self.scoring_view(config, member)
            }
            ScoringAsk::Publish(publish) => self.publish(config, member, &publish),
            ScoringAsk::RollBack(back) => self.roll_back(config, member, &back),
            ScoringAsk::StopRating => {
                self.db.transaction(ratings::stop)?;
                self.scoring_view(config, member)
            }
            ScoringAsk::Replay(replay) => self.replay(config, replay),
            ScoringAsk::WhatIf(what_if) => self.what_if(config, what_if),
            ScoringAsk::Basis { item } => self.basis(&item),
        }
    }

    fn scoring_view(&self, config: &Config, member: &Member) -> Result<Reply, Failure> {
        let (revision, draft) = self.draft()?;
        super::ok(&ScoringView {
            version: config.version(),
            card: config.source().card.clone(),
            may_change: may(member, Right::ChangeScoring),
            draft: draft.map(|draft| draft_view(config, draft, revision)),
            versions: self.versions(config, "card_changed")?,
            rescoring: ratings::progress(&self.db)?,
            facts: facts::all(config.source()),
            hints: hints(config.card(), config.source()),
        })
    }

    /// The draft, if there is one, and the number of the last revision.
    fn draft(&self) -> Result<(u32, Option<Draft>), Failure> {
        let row = self.db.row("draft", "SELECT revision, card, base, made_by, at FROM draft", values![])?;
        let Some(row) = row else { return Ok((0, None)) };
        let revision = row.number(0)?;
        if row.maybe_text(1)?.is_none() {
            return Ok((revision, None));
        }
        let (card, base) = (row.json(1)?, row.number(2)?);
        Ok((revision, Some(Draft { card, base, made_by: row.text(3)?.to_owned(), at: row.int(4)? })))
    }

    /// The versions in which something changed that a column tells of, the latest first.
    pub(super) fn versions(&self, config: &Config, changed: &str) -> Result<Vec<VersionView>, Failure> {
        let query = format!(
            "SELECT version, made_by, created_at, note FROM config WHERE {changed} = 1 ORDER BY version DESC LIMIT ?"
        );
        let rows = self.db.rows("config", &query, values![VERSIONS])?;
        rows.iter()
            .map(|row| {
                Ok(VersionView {
                    version: row.number(0)?,
                    by: row.maybe_text(1)?.map(|member| views::member_ref(config, member)),
                    at: views::instant(row.int(2)?),
                    note: row.text(3)?.to_owned(),
                })
            })
            .collect()
    }

    fn card_version(&self, version: u32) -> Result<Reply, Failure> {
        match self.card_of(version)? {
            Some(card) => super::ok(&CardVersion { version, card }),
            None => Ok(unknown_version()),
        }
    }

    fn card_of(&self, version: u32) -> Result<Option<wire::Card>, Failure> {
        let query = "SELECT source FROM config WHERE version = ?";
        let row = self.db.row("config", query, values![i64::from(version)])?;
        row.map(|row| Ok(row.json::<Workspace>(0)?.card)).transpose()
    }

    fn save_draft(&self, config: &Config, member: &Member, save: SaveDraft) -> Result<Reply, Failure> {
        let card = match read(config, save.card) {
            Ok((card, _)) => card,
            Err(fields) => return Ok(problem_reply(&bad_card(fields))),
        };
        let (revision, draft) = self.draft()?;
        if save.revision != draft.as_ref().map_or(0, |_| revision) {
            return Ok(stale("Somebody saved another draft meanwhile."));
        }
        let base = draft.map_or(config.version(), |draft| draft.base);
        let json = to_json("draft", &card)?;
        self.db.transaction(|tx| {
            let query =
                "INSERT OR REPLACE INTO draft (id, card, base, revision, made_by, at) VALUES (1, ?, ?, ?, ?, ?)";
            let (base, next) = (i64::from(base), i64::from(revision) + 1);
            tx.write("draft", query, values![json, base, next, member.id.as_str(), now_ms()])
        })?;
        self.scoring_view(config, member)
    }

    fn publish(&self, config: &Config, member: &Member, publish: &Publish) -> Result<Reply, Failure> {
        let (revision, draft) = self.draft()?;
        let Some(draft) = draft else { return Ok(problem(404, "no_draft", "There is no draft to publish.")) };
        if publish.version != config.version() || publish.revision != revision {
            return Ok(stale("Somebody changed the card, or the draft, meanwhile."));
        }
        if publish.note.chars().nth(MAX_NOTE_CHARS).is_some() {
            let title = "The note is too long: at most 500 characters.";
            return Ok(problem(422, "note_too_long", title));
        }
        self.put_in_force(config, member, draft.card, publish.note.trim(), publish.rescore)
    }

    fn roll_back(&self, config: &Config, member: &Member, back: &RollBack) -> Result<Reply, Failure> {
        if back.version != config.version() {
            return Ok(stale("Somebody changed the card meanwhile."));
        }
        let Some(card) = self.card_of(back.to)? else { return Ok(unknown_version()) };
        let note = format!("Back to version {}", back.to);
        self.put_in_force(config, member, card, &note, back.rescore)
    }

    /// Makes a card the one in force, as a new version. Who is working on a draft keeps it, unless it is the card.
    fn put_in_force(
        &self,
        config: &Config,
        member: &Member,
        card: wire::Card,
        note: &str,
        rescore: bool,
    ) -> Result<Reply, Failure> {
        let source = Workspace { card, ..config.source().clone() };
        let json = to_json("config", &source)?;
        let config = match Config::parse(config.version() + 1, source) {
            Ok(config) => config,
            Err(fields) => return Ok(problem_reply(&bad_card(fields))),
        };
        let is_draft = self.draft()?.1.is_some_and(|draft| draft.card == config.source().card);
        self.save_config(
            config.clone(),
            &json,
            Publisher { by: Some(&member.id), what: Deed::Published, note },
            |tx| {
                if is_draft {
                    tx.write("draft", "UPDATE draft SET card = NULL", values![])?;
                }
                ratings::stop(tx)?;
                if rescore { ratings::mark_all(tx) } else { Ok(()) }
            },
        )?;
        self.scoring_view(&config, member)
    }
}

/// Reads a card as somebody wrote it, for this workspace.
pub fn read(config: &Config, card: Value) -> Result<(wire::Card, Card), Vec<FieldProblem>> {
    let card: wire::Card = serde_path_to_error::deserialize(card).map_err(|error| vec![unreadable(&error)])?;
    let read = read_card(config.version() + 1, &card, config.source())?;
    Ok((card, read))
}

/// What is told of a card that makes no sense.
pub fn bad_card(fields: Vec<FieldProblem>) -> Problem {
    Problem {
        status: 422,
        code: "invalid_card".to_owned(),
        title: "The card makes no sense in some places.".to_owned(),
        fields,
    }
}

fn check(config: &Config, card: Value) -> Checked {
    match read(config, card) {
        Ok((_, card)) => Checked { problems: Vec::new(), hints: hints(&card, config.source()) },
        Err(problems) => Checked { problems, hints: Vec::new() },
    }
}

fn hints(card: &Card, workspace: &Workspace) -> Vec<HintView> {
    hint_views(lint(card, workspace))
}

/// Hints as people read them.
pub fn hint_views(hints: Vec<Hint>) -> Vec<HintView> {
    let view = |Hint { path, code, says }| HintView { path, code: code.to_owned(), says };
    hints.into_iter().map(view).collect()
}

fn draft_view(config: &Config, draft: Draft, revision: u32) -> DraftView {
    let (hints, problems) = match read_card(config.version() + 1, &draft.card, config.source()) {
        Ok(card) => (hints(&card, config.source()), Vec::new()),
        Err(problems) => (Vec::new(), problems),
    };
    DraftView {
        card: draft.card,
        base: draft.base,
        revision,
        by: views::member_ref(config, &draft.made_by),
        at: views::instant(draft.at),
        hints,
        problems,
    }
}

/// What is no card at all: a field that there is not, a list where a rule should be.
fn unreadable(error: &serde_path_to_error::Error<serde_json::Error>) -> FieldProblem {
    let path = error.path().to_string();
    let field = if path == "." { "card".to_owned() } else { format!("card.{path}") };
    FieldProblem { field, code: "unreadable".to_owned(), message: error.inner().to_string() }
}

/// What is told of a change to something that is another thing by now.
pub fn stale(title: &str) -> Reply {
    problem(409, "stale", &format!("{title} Look at it again, then save."))
}

/// What is told of a version that there never was.
pub fn unknown_version() -> Reply {
    problem(404, "unknown_version", "There is no such version.")
}
