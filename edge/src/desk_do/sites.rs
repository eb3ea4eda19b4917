//! What marketers see of sites, and what they change: each change is a new version of the whole configuration.

use shared::audit::Deed;
use shared::config::Config;
use shared::site;
use shared::time::Timestamp;
use shared::wire::FieldProblem;
use shared::wire::sites::{ChangeSites, Named, SiteView, SitesView};
use shared::words::LANGUAGES;

use super::ask::Reply;
use super::settings::Publisher;
use super::{Desk, bad_config, problem, problem_reply};
use crate::error::Failure;
use crate::sql::to_json;
use crate::values;

impl Desk {
    /// All sites.
    pub(super) fn sites(&self, config: &Config) -> Result<Reply, Failure> {
        let source = config.source();
        let sites = source.sites.iter().map(|each| {
            Ok(SiteView {
                id: each.id.clone(),
                key: each.key.clone(),
                off: each.off,
                edit: site::edit_of(each),
                // The journal knows; the Worker fills it in.
                last_signal_at: None,
                last_submission_at: self.last_submission(&each.id)?,
            })
        });
        let named = |id: &str, name: &str| Named { id: id.to_owned(), name: name.to_owned() };
        let own = source.words.keys().filter(|tag| LANGUAGES.iter().all(|language| language.tag != *tag));
        super::ok(&SitesView {
            version: config.version(),
            sites: sites.collect::<Result<_, Failure>>()?,
            forms: source.forms.iter().map(|form| named(&form.id, &form.title)).collect(),
            prompts: source.prompts.iter().map(|prompt| named(&prompt.id, prompt_name(prompt))).collect(),
            languages: LANGUAGES
                .iter()
                .map(|language| named(language.tag, language.name))
                .chain(own.map(|tag| named(tag, tag)))
                .collect(),
        })
    }

    /// Changes a site, unless somebody else changed the configuration meanwhile.
    pub(super) fn change_sites(
        &self,
        config: &Config,
        by: &str,
        ask: &ChangeSites,
        fresh_key: &str,
    ) -> Result<Reply, Failure> {
        if ask.version != config.version() {
            let title = "Somebody changed the configuration meanwhile. Look at it again, then save.";
            return Ok(problem(409, "stale", title));
        }
        let (source, at) = match site::apply(config.source(), &ask.change, fresh_key) {
            Ok(changed) => changed,
            Err(error) => return Ok(problem(404, "unknown_site", &super::staff::sentence(&error.to_string()))),
        };
        let name = source.sites.get(at).map_or("", |site| &site.name).to_owned();
        let json = to_json("config", &source)?;
        match Config::parse(config.version() + 1, source) {
            Ok(config) => {
                self.save_config(
                    config.clone(),
                    &json,
                    Publisher { by: Some(by), what: Deed::SitesChanged, note: &name },
                    |_| Ok(()),
                )?;
                self.sites(&config)
            }
            Err(fields) => Ok(problem_reply(&bad_config(of_the_edit(fields, at)))),
        }
    }

    fn last_submission(&self, site: &str) -> Result<Option<String>, Failure> {
        let query = "SELECT max(opened_at) FROM item WHERE site = ?";
        let row = self.db.row("item", query, values![site])?;
        Ok(row.and_then(|row| row.int(0).ok()).map(|ms| Timestamp::from_ms(ms).to_rfc3339()))
    }
}

/// Problems by the fields of the edit: `sites[2].origins[0]` is `origins[0]`.
fn of_the_edit(fields: Vec<FieldProblem>, at: usize) -> Vec<FieldProblem> {
    let prefix = format!("sites[{at}].");
    let local = |field: FieldProblem| match field.field.strip_prefix(&prefix) {
        Some(rest) => FieldProblem { field: rest.to_owned(), ..field },
        None => field,
    };
    fields.into_iter().map(local).collect()
}

/// What staff call a prompt: its title, or what it says.
fn prompt_name(prompt: &shared::wire::Prompt) -> &str {
    if prompt.title.is_empty() { &prompt.body } else { &prompt.title }
}
