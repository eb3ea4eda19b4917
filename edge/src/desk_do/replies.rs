//! What a member may begin an answer with: the workspace's templates, filled in for an item.

use shared::config::Config;
use shared::template::{Filling, Template};
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
        let query = "SELECT name, (SELECT typed FROM identifier WHERE person_id = person.id AND kind = 'email'
            ORDER BY standing = 'verified' DESC, key LIMIT 1) FROM person WHERE id = (SELECT person_id FROM item WHERE id = ?)";
        let person = self.db.row("person", query, values![id])?;
        let (name, to) = match &person {
            Some(row) => (row.maybe_text(0)?.unwrap_or_default(), row.maybe_text(1)?),
            None => ("", None),
        };
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
        super::ok(&Drafts { to: to.map(str::to_owned), drafts: drafts.collect(), feedback_link: link.clone() })
    }
}
