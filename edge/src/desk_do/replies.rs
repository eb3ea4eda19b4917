//! What a member may begin an answer with: the workspace's templates, filled in for an item.

use shared::config::Config;
use shared::template::{Filling, Template};
use shared::wire::Given;
use shared::wire::config::Member;
use shared::wire::console::{Draft, Drafts};

use super::ask::Reply;
use super::{Desk, problem, views};
use crate::error::Failure;
use crate::values;

impl Desk {
    /// The templates for an item. `base` is the address that links begin with.
    pub(super) fn drafts(&self, config: &Config, member: &Member, id: &str, base: &str) -> Result<Reply, Failure> {
        let Some(row) = views::row(&self.db, config, id)?.filter(|row| member.queues.contains(&row.queue)) else {
            return Ok(problem(404, "unknown_item", "There is no such item for you."));
        };
        let query = "SELECT name FROM person WHERE id = (SELECT person_id FROM item WHERE id = ?)";
        let person = self.db.row("person", query, values![id])?;
        let name = person.as_ref().map(|row| row.maybe_text(0)).transpose()?.flatten().unwrap_or_default();
        let to = self.address_of(id)?;
        let link = self.feedback_token(&row)?.map(|token| format!("{base}{token}"));
        let filling = Filling {
            name,
            reference: &row.reference,
            workspace: &config.source().name,
            me: &member.name,
            feedback_link: link.as_deref().unwrap_or_default(),
        };
        let fits = |template: &&shared::wire::config::Template| {
            template.kinds.is_empty() || template.kinds.contains(&row.kind)
        };
        let templates = config.source().templates.iter().filter(fits);
        let drafts = templates.filter_map(|template| {
            // They were read when the configuration was saved.
            let (subject, text) = (Template::parse(&template.subject).ok()?, Template::parse(&template.text).ok()?);
            Some(Draft {
                id: template.id.clone(),
                name: template.name.clone(),
                subject: subject.fill(&filling),
                text: text.fill(&filling),
            })
        });
        super::ok(&Drafts { to, drafts: drafts.collect(), feedback_link: link.clone() })
    }

    /// Where the visitor wants to be answered: at the address they gave with the item; or else at one that was proved to be theirs, or
    /// that they gave another time.
    fn address_of(&self, item: &str) -> Result<Option<String>, Failure> {
        let query = "SELECT typed FROM identifier WHERE kind = 'email' AND person_id = (SELECT person_id FROM item WHERE id = ?)
            ORDER BY standing = 'verified' DESC, key";
        let known = self.db.rows("identifier", query, values![item])?;
        let query = "SELECT vals FROM submission JOIN item ON item.id = item_id AND item.site = submission.site
            WHERE item.id = ? AND submission.id = item.submission_id";
        let sent = self.db.row("submission", query, values![item])?;
        let values: Vec<(String, Given)> = sent.map(|row| row.json(0)).transpose()?.unwrap_or_default();
        let is_given = |typed: &str| {
            let same = |given: &Given| given.one().is_some_and(|given| given.trim().eq_ignore_ascii_case(typed));
            values.iter().any(|(_, given)| same(given))
        };
        let known: Vec<&str> = known.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
        let best = known.iter().find(|typed| is_given(typed)).or(known.first());
        Ok(best.map(|typed| (*typed).to_owned()))
    }
}
