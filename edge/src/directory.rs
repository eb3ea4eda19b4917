//! What the stateless Worker remembers: whose key is whose, which workspaces exist, and each site's public side.
//!
//! Only what may be stale for a moment is read from here. What decides on a submission is read by the desk itself, so a
//! revoked key or origin is refused at once whatever is remembered.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use shared::words::LANGUAGES;
use worker::Env;

use crate::clock;
use crate::desk_do::ask::{Ask, FormCard, Reply, SiteCard};
use crate::error::Failure;
use crate::registry_do::{self, Answer};
use crate::{desk_do, rpc};

/// How long a site's public side is remembered.
const CARD_MS: i64 = 10_000;
/// The most keys remembered; beyond it everything is forgotten and asked anew.
const MAX_KEYS: usize = 4_096;
/// The most forms remembered, of each language: beyond it, the same.
const MAX_FORMS: usize = 512;
/// The most characters read of what a browser says of languages.
const MAX_ACCEPTS: usize = 100;

/// By key and language: when it was read, and what.
type Cards = BTreeMap<(String, &'static str), (i64, Rc<SiteCard>)>;

thread_local! {
    static KEYS: RefCell<BTreeMap<String, Rc<str>>> = const { RefCell::new(BTreeMap::new()) };
    static WORKSPACES: RefCell<Vec<Rc<str>>> = const { RefCell::new(Vec::new()) };
    static CARDS: RefCell<Cards> = const { RefCell::new(BTreeMap::new()) };
    static FORMS: RefCell<BTreeMap<String, (i64, Rc<FormCard>)>> = const { RefCell::new(BTreeMap::new()) };
}

/// The workspace of an embed key that was seen here before.
pub fn known(key: &str) -> Option<Rc<str>> {
    KEYS.with_borrow(|keys| keys.get(key).cloned())
}

/// The workspace of an embed key.
///
/// # Errors
/// Where the registry does not answer.
pub async fn workspace_of(env: &Env, key: &str) -> Result<Option<Rc<str>>, Failure> {
    if let Some(known) = known(key) {
        return Ok(Some(known));
    }
    let ask = registry_do::Ask::Find { key: key.to_owned() };
    let Answer::Text(found) = rpc::ask("registry", registry_do::stub(env)?, &ask).await? else { return Ok(None) };
    let found: Option<Rc<str>> = found.map(Into::into);
    // A key that nobody has is not remembered: anybody can make up any number of them.
    if let Some(workspace) = &found {
        KEYS.with_borrow_mut(|keys| {
            if keys.len() >= MAX_KEYS {
                keys.clear();
            }
            keys.insert(key.to_owned(), Rc::clone(workspace));
        });
    }
    Ok(found)
}

/// Whether there is such a workspace: asked before its desk is, because asking a desk makes it.
///
/// # Errors
/// Where the registry does not answer.
pub async fn exists(env: &Env, workspace: &str) -> Result<bool, Failure> {
    if WORKSPACES.with_borrow(|known| known.iter().any(|known| **known == *workspace)) {
        return Ok(true);
    }
    let ask = registry_do::Ask::Exists { workspace: workspace.to_owned() };
    let answer = rpc::ask("registry", registry_do::stub(env)?, &ask).await?;
    let exists = matches!(answer, Answer::Yes(true));
    if exists {
        WORKSPACES.with_borrow_mut(|known| known.push(workspace.into()));
    }
    Ok(exists)
}

/// A site's public side, and its workspace; at most ten seconds old.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn card_of(env: &Env, key: &str) -> Result<Option<(Rc<str>, Rc<SiteCard>)>, Failure> {
    card_in(env, key, "").await
}

/// The same, in the language that a visitor who reads `lang` reads there.
///
/// # Errors
/// As [`card_of`].
pub async fn card_in(env: &Env, key: &str, lang: &str) -> Result<Option<(Rc<str>, Rc<SiteCard>)>, Failure> {
    let Some(workspace) = workspace_of(env, key).await? else { return Ok(None) };
    let primary = lang.split(['-', '_']).next().unwrap_or_default();
    // One of a few, so that made-up languages fill no memory.
    let shipped = LANGUAGES.iter().map(|language| language.tag).find(|tag| tag.eq_ignore_ascii_case(primary));
    let lang = shipped.unwrap_or_default();
    let now = clock::now().as_ms();
    let card_key = (key.to_owned(), lang);
    let known = CARDS.with_borrow(|cards| cards.get(&card_key).cloned());
    if let Some((at, card)) = known
        && now - at < CARD_MS
    {
        return Ok(Some((workspace, card)));
    }
    let reply: Reply =
        rpc::ask("desk", desk_do::stub(env, &workspace)?, &Ask::Site { key: key.to_owned(), lang: lang.to_owned() })
            .await?;
    if reply.status != 200 {
        forget(key);
        return Ok(None);
    }
    let card: SiteCard =
        serde_json::from_str(&reply.body).map_err(|source| Failure::Json { what: "site card", source })?;
    let card = Rc::new(card);
    CARDS.with_borrow_mut(|cards| cards.insert(card_key, (now, Rc::clone(&card))));
    Ok(Some((workspace, card)))
}

/// Whether a site lists this origin, as far as is known here without asking: what nobody has asked for yet is not.
pub fn is_listed(key: &str, origin: &str) -> bool {
    CARDS.with_borrow(|cards| {
        let mut cards = cards.range((key.to_owned(), "")..).take_while(|((of, _), _)| of == key);
        cards.any(|(_, (_, card))| card.origins.iter().any(|listed| listed == origin))
    })
}

/// A form of a site, for its plain page, and its workspace; at most ten seconds old. Where there is no such site, nothing.
///
/// # Errors
/// Where the registry or the desk does not answer.
pub async fn form_of(
    env: &Env,
    key: &str,
    form: &str,
    lang: Option<String>,
    accepts: &str,
) -> Result<Option<(Rc<str>, Rc<FormCard>)>, Failure> {
    let Some(workspace) = workspace_of(env, key).await? else { return Ok(None) };
    let now = clock::now().as_ms();
    let accepts: String = accepts.chars().take(MAX_ACCEPTS).collect();
    let asked = [key, form, lang.as_deref().unwrap_or_default(), &accepts].join(" ");
    if let Some((at, card)) = FORMS.with_borrow(|forms| forms.get(&asked).cloned())
        && now - at < CARD_MS
    {
        return Ok(Some((workspace, card)));
    }
    let ask = Ask::Form { key: key.to_owned(), form: form.to_owned(), lang, accepts };
    let reply: Reply = rpc::ask("desk", desk_do::stub(env, &workspace)?, &ask).await?;
    if reply.status != 200 {
        forget(key);
        return Ok(None);
    }
    let card: FormCard =
        serde_json::from_str(&reply.body).map_err(|source| Failure::Json { what: "form card", source })?;
    let card = Rc::new(card);
    FORMS.with_borrow_mut(|forms| {
        if forms.len() >= MAX_FORMS {
            forms.clear();
        }
        forms.insert(asked, (now, Rc::clone(&card)));
    });
    Ok(Some((workspace, card)))
}

/// Forgets a key, so that the registry is asked again.
pub fn forget(key: &str) {
    KEYS.with_borrow_mut(|keys| keys.remove(key));
    CARDS.with_borrow_mut(|cards| cards.retain(|(of, _), _| of != key));
    FORMS.with_borrow_mut(BTreeMap::clear);
}

/// Forgets everything: a configuration was replaced through this Worker.
pub fn forget_all() {
    KEYS.with_borrow_mut(BTreeMap::clear);
    CARDS.with_borrow_mut(BTreeMap::clear);
    FORMS.with_borrow_mut(BTreeMap::clear);
}
