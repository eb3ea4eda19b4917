//! What a submission carries beside its values: the trap, the stamp, the proof, the tokens. Checked here, judged in
//! [`shared::abuse`].

use shared::abuse::{Evidence, MailSigns, Proof, Turnstile, door};
use shared::config::{Config, allows_origin};
use shared::fate::Refusal;
use shared::form::Form;
use shared::identity::{Identity, IdentityError};
use shared::submission::Submission;
use shared::submission::email::Email;
use shared::time::Timestamp;
use shared::wire::config::Site;
use shared::wire::{FieldKind, Given, Problem};

use super::ask::Submit;
use super::limits::Counts;
use super::{Desk, submit::problem_of};
use crate::abuse::proof::Solution;
use crate::abuse::{identity, proof, stamp, turnstile};
use crate::error::Failure;
use crate::{config, values};

/// Who the platform says the sender is, or why it is not believed; neither where nothing was said.
pub type Vouched = Option<Result<Identity, IdentityError>>;

/// Who the platform says the sender is.
pub fn vouched(config: &Config, submission: &Submission, submit: &Submit, at: Timestamp) -> Vouched {
    let token = submission.identity();
    (!token.is_empty()).then(|| read_identity(config, token, &[&submit.workspace, &submit.key], at))
}

/// Reads a token with the workspace's secret.
pub fn read_identity(
    config: &Config,
    token: &str,
    audiences: &[&str],
    at: Timestamp,
) -> Result<Identity, IdentityError> {
    let settings = config.source().identity.as_ref().ok_or(IdentityError::NotSetUp)?;
    identity::read(&settings.secret, token, audiences, at)
}

/// Whether the site's key may be used now, and from there.
pub fn may_enter(site: &Site, origin: Option<&str>, at: Timestamp) -> Result<(), Refusal> {
    door(site, at)?;
    let is_allowed = origin.is_none_or(|origin| allows_origin(site, origin));
    if is_allowed { Ok(()) } else { Err(Refusal::Origin) }
}

/// What is told of a key that may not be used.
pub fn closed(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::SiteOff => problem_of(410, "site_off", "This site takes nothing at the moment."),
        Refusal::SiteExpired => problem_of(410, "site_expired", "This site's key has ended."),
        Refusal::Origin => problem_of(403, "origin_not_allowed", "This site's key may not be used from this address."),
        _ => problem_of(404, "unknown_site", "No site is registered under this key."),
    }
}

impl Desk {
    /// Asks Turnstile, where the site uses it.
    pub(super) async fn ask_turnstile(&self, site: &Site, submission: &Submission) -> Turnstile {
        match &site.checks.turnstile {
            Some(keys) => {
                let url = config::turnstile_url(&self.env);
                turnstile::verify(&url, &keys.secret, submission.turnstile(), submission.id().as_str()).await
            }
            None => Turnstile::NotAsked,
        }
    }

    /// The proof of work, and the solution to be spent.
    pub(super) fn check_proof(
        &self,
        site: &Site,
        submission: &Submission,
        at: Timestamp,
    ) -> Result<(Proof, Option<Solution>), Failure> {
        if !site.checks.proof {
            return Ok((Proof::NotAsked, None));
        }
        let solution = match proof::check(&self.secret()?, &site.key, submission.proof(), at) {
            Ok(solution) => solution,
            Err(proof) => return Ok((proof, None)),
        };
        let query = "SELECT id FROM spent_proof WHERE id = ?";
        let is_spent = self.db.row("spent_proof", query, values![solution.id.as_str()])?.is_some();
        Ok(if is_spent { (Proof::Replayed, None) } else { (Proof::Solved, Some(solution)) })
    }

    /// Everything that was found out.
    pub(super) fn evidence<'a>(
        &self,
        (site, form): (&Site, &Form),
        submission: &'a Submission,
        counts: &Counts,
        (proof, turnstile): (Proof, Turnstile),
        at: Timestamp,
    ) -> Result<Evidence<'a>, Failure> {
        Ok(Evidence {
            at,
            trapped: !submission.trap().is_empty(),
            stamp: stamp::read(&self.secret()?, &site.key, submission.stamp()),
            proof,
            turnstile,
            mail: MailSigns::default(),
            from_address: counts.from_address,
            today: counts.today,
            waiting: counts.waiting,
            disposable: submission.email().is_some_and(Email::is_disposable),
            texts: texts(form, submission),
        })
    }
}

/// The texts that the visitor wrote: whether each is somebody's name, and the text.
pub fn texts<'a>(form: &Form, submission: &'a Submission) -> Vec<(bool, &'a str)> {
    let read = |(name, given): (&str, &'a Given)| {
        let field = form.source().fields.iter().find(|field| field.name == name)?;
        let is_text = matches!(field.kind, FieldKind::ShortText | FieldKind::LongText);
        let is_name = name == "name" || field.autocomplete.as_deref().is_some_and(|hint| hint.ends_with("name"));
        given.one().filter(|_| is_text).map(|text| (is_name, text))
    };
    submission.values().iter().filter_map(read).collect()
}
