//! A workspace's configuration that is known to make sense: every name it uses exists, every condition can be read, and
//! some routing rule always matches.
//!
//! Not here: how operators send it (`edge::api::operator`) or where it is kept (`edge::desk_do`).

mod check;

pub use check::{RESERVED_FIELDS, RESERVED_PREFIX, beyond, is_name};

use std::collections::BTreeMap;

use serde_json::Value;

use crate::business::Hours;
use crate::condition::Condition;
use crate::experiments::arms::shown_on;
use crate::form::Form;
use crate::pool::{Rota, Team};
use crate::promise::Clock;
use crate::prompt;
use crate::score::Card;
use crate::wire;
use crate::wire::FieldProblem;
use crate::wire::config::{Mailbox, Member, Site, SiteKind};
use crate::wire::destination::Destination;
use crate::wire::pool::{Needs, Pool, Remedy};
use crate::words::{self, is_rtl, words};

/// One version of a workspace's configuration.
#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    version: u32,
    source: wire::Workspace,
    forms: Vec<Form>,
    card: Card,
    rotas: BTreeMap<String, Rota>,
    routes: Vec<RouteRule>,
    /// Of which items each destination is told, in their order.
    told: Vec<Condition>,
}

/// One routing rule, read.
#[derive(Debug, Clone, PartialEq)]
pub struct RouteRule {
    /// Its id.
    pub id: String,
    /// When it matches.
    pub when: Condition,
    /// The queue.
    pub queue: String,
    /// The pool.
    pub pool: String,
    /// The promise, in the pool's working time.
    pub first_touch_minutes: u32,
    /// The pool's hours; where absent, the clock never stands still.
    pub hours: Option<Hours>,
    /// The answer to what the visitor wrote again, in the same time.
    pub next_reply_minutes: Option<u32>,
    /// The close, in the same time.
    pub close_minutes: Option<u32>,
    /// How long nothing may be done while somebody has it in hand, in the same time.
    pub dwell_minutes: Option<u32>,
    /// What is done when a promise is in danger.
    pub remedies: Vec<Remedy>,
    /// What the member must have to whom it is given.
    pub needs: Needs,
    /// Whether it is given to members outside their hours too.
    pub any_hour: bool,
    /// In plain words.
    pub says: String,
}

impl RouteRule {
    /// The clock that its promises go by.
    pub fn clock(&self) -> Clock<'_> {
        self.hours.as_ref().map_or(Clock::Calendar, Clock::Business)
    }
}

impl Config {
    /// Reads a configuration, or reports everything in it that makes no sense, by path (`routes[2].pool`).
    ///
    /// # Errors
    /// Every problem.
    pub fn parse(version: u32, source: wire::Workspace) -> Result<Self, Vec<FieldProblem>> {
        let mut problems = check::Problems::default();
        check::names(&source, &mut problems);
        check::sites(&source, &mut problems);
        check::decided(&source, &mut problems);
        let forms = check::forms(&source, &mut problems);
        let rotas = check::pools(&source, &mut problems);
        let told = check::destinations(&source, &mut problems);
        check::templates(&source, &mut problems);
        check::prompts(&source, &mut problems);
        check::experiments(&source, &mut problems);
        check::sign_in(&source, &mut problems);
        check::mailboxes(&source, &mut problems);
        check::retention(&source, &mut problems);
        let card = check::card(version, &source.card, &source, &mut problems);
        let routes = check::routes(&source, &mut problems);
        problems.done(|| Self { version, source, forms, card, rotas, routes, told })
    }

    /// Its number, counting up with each change.
    pub fn version(&self) -> u32 {
        self.version
    }

    /// As it was written.
    pub fn source(&self) -> &wire::Workspace {
        &self.source
    }

    /// The score card.
    pub fn card(&self) -> &Card {
        &self.card
    }

    /// The routing rules, in order.
    pub fn routes(&self) -> &[RouteRule] {
        &self.routes
    }

    /// A routing rule.
    pub fn route(&self, id: &str) -> Option<&RouteRule> {
        self.routes.iter().find(|rule| rule.id == id)
    }

    /// The destinations that are told of an item of these facts and this score ([`crate::facts::with_score`]).
    pub fn told_of<'a>(&'a self, facts: &'a Value) -> impl Iterator<Item = &'a Destination> {
        let all = self.source.destinations.iter().zip(&self.told);
        all.filter(|(destination, when)| !destination.off && when.holds(facts)).map(|(destination, _)| destination)
    }

    /// A destination.
    pub fn destination(&self, id: &str) -> Option<&Destination> {
        self.source.destinations.iter().find(|destination| destination.id == id)
    }

    /// The site of an embed key.
    pub fn site(&self, key: &str) -> Option<&Site> {
        self.source.sites.iter().find(|site| site.key == key)
    }

    /// The site of an id.
    pub fn site_by_id(&self, id: &str) -> Option<&Site> {
        self.source.sites.iter().find(|site| site.id == id)
    }

    /// A form that the site may show.
    pub fn form_of(&self, site: &Site, form: &str) -> Option<&Form> {
        site.forms.iter().any(|id| id == form).then(|| self.form(form)).flatten()
    }

    /// A form.
    pub fn form(&self, id: &str) -> Option<&Form> {
        self.forms.iter().find(|form| form.source().id == id)
    }

    /// The mailbox of an address, however its letters are written.
    pub fn mailbox(&self, address: &str) -> Option<&Mailbox> {
        let key = address.trim().to_lowercase();
        self.source.mailboxes.iter().find(|mailbox| mailbox.address.to_lowercase() == key)
    }

    /// A pool.
    pub fn pool(&self, id: &str) -> Option<&Pool> {
        self.source.pools.iter().find(|pool| pool.id == id)
    }

    /// How a pool picks, and among whom.
    pub fn rota(&self, pool: &str) -> Option<&Rota> {
        self.rotas.get(pool)
    }

    /// The pools that pick, by id.
    pub fn rotas(&self) -> impl Iterator<Item = (&str, &Rota)> {
        self.rotas.iter().map(|(id, rota)| (id.as_str(), rota))
    }

    /// The members, with nothing to do.
    pub fn idle_team(&self) -> Team {
        Team::idle(self.source.members.len(), self.rotas())
    }

    /// A member of staff.
    pub fn member(&self, id: &str) -> Option<&Member> {
        self.source.members.iter().find(|member| member.id == id)
    }

    /// The words of a language: the workspace's own over those that are shipped, and English where there is neither.
    pub fn words(&self, lang: &str) -> BTreeMap<String, String> {
        let first_part = lang.split('-').next().unwrap_or_default();
        let own = self.source.words.get(lang).or_else(|| self.source.words.get(first_part));
        let mut all = words(lang).clone();
        all.extend(own.into_iter().flatten().map(|(name, text)| (name.clone(), text.clone())));
        all
    }

    /// The language that a visitor of a site reads: the site's, where it has one; else the best one of theirs
    /// (`Accept-Language`) that is shipped or that the workspace has words for; else the workspace's own.
    pub fn language(&self, site: &Site, accept_language: &str) -> String {
        let own = |tag: &str| {
            let first_part = tag.split('-').next().unwrap_or_default();
            [tag, first_part].into_iter().find(|tag| self.source.words.contains_key(*tag)).map(str::to_owned)
        };
        match &site.lang {
            Some(lang) => lang.clone(),
            None => words::choose_of(accept_language, |tag| own(tag).or_else(|| words::shipped_tag(tag)))
                .unwrap_or_else(|| self.source.lang.clone()),
        }
    }

    /// What the loader and the widget of a site need to know, in a language.
    pub fn boot(&self, site: &Site, lang: &str) -> wire::Boot {
        let travels = |(name, _): &(String, String)| !name.starts_with(words::PAGE_PREFIX);
        wire::Boot {
            launcher: site.launcher.clone(),
            name: self.source.name.clone(),
            lang: lang.to_owned(),
            rtl: is_rtl(lang),
            words: self.words(lang).into_iter().filter(travels).collect(),
            pricing: site.pricing.clone(),
            theme: site.theme.clone(),
            prompts: shown_on(&self.source, site).iter().map(|prompt| prompt::to_sent(prompt, lang)).collect(),
            stamp: String::new(),
            proof: site.checks.proof,
            turnstile: site.checks.turnstile.as_ref().map(|turnstile| turnstile.site_key.clone()),
            forms: site.forms.iter().filter_map(|id| self.form(id)).map(|form| form.to_sent(lang)).collect(),
        }
    }
}

/// Reads a score card by itself, as a draft for this workspace, or reports everything in it that makes no sense.
///
/// # Errors
/// Every problem.
pub fn read_card(version: u32, card: &wire::Card, workspace: &wire::Workspace) -> Result<Card, Vec<FieldProblem>> {
    let mut problems = check::Problems::default();
    let read = check::card(version, card, workspace, &mut problems);
    problems.done(|| read)
}

/// Whether a site may be used from this origin. An origin is compared whole: scheme, host and port.
pub fn allows_origin(site: &Site, origin: &str) -> bool {
    site.origins.iter().any(|allowed| allowed == origin)
}

/// Whether the path is one of the site's pricing pages. `/pricing/` is `/pricing`, and `/plans/*` is all below `/plans/`.
pub fn is_pricing(site: &Site, path: &str) -> bool {
    let bare = |path: &str| path.trim_end_matches('/').to_owned();
    site.pricing.iter().any(|pattern| match pattern.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => bare(pattern) == bare(path),
    })
}

/// Whether the site is a partner's.
pub fn is_partner(site: &Site) -> bool {
    site.kind == SiteKind::Partner
}
