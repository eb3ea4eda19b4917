//! Mail that Cloudflare's Email Routing hands to this Worker: the same as `POST /v1/workspaces/{workspace}/mail`, for the workspace whose
//! mailbox it is to.
//!
//! What nobody here takes is refused while its sender's server is still there, so that the sender hears of it. What failed on our side
//! fails here too, so that nobody takes it for delivered.

use shared::mail::{Envelope, read};
use shared::wire::mail::MAX_MAIL_BYTES;
use worker::{Context, Env, ForwardableEmailMessage, Result, event};

use crate::desk_do::ask::{Ask, Reply};
use crate::error::Failure;
use crate::{desk_do, directory, log, registry_do, rpc};

/// Takes a mail.
#[event(email)]
async fn email(message: ForwardableEmailMessage, env: Env, _ctx: Context) -> Result<()> {
    match take(&message, &env).await {
        Ok(None) => Ok(()),
        Ok(Some(why)) => {
            message.set_reject(why);
            Ok(())
        }
        Err(failure) => {
            log::failure("mail", &failure);
            Err(failure.into())
        }
    }
}

/// Hands it to the desk; says why it is refused, where it is.
async fn take(message: &ForwardableEmailMessage, env: &Env) -> std::result::Result<Option<&'static str>, Failure> {
    let to = message.to();
    let Some(workspace) = directory::workspace_of(env, &registry_do::mailbox_key(&to)).await? else {
        return Ok(Some("There is no such mailbox."));
    };
    if message.raw_size() > f64::from(u32::try_from(MAX_MAIL_BYTES).unwrap_or(u32::MAX)) {
        return Ok(Some("This mail is too large: at most 10 MB."));
    }
    let raw = message.raw_bytes().await.map_err(|source| Failure::Object { object: "mail", source })?;
    let envelope = Envelope { from: Some(message.from()), to: Some(to) };
    let Some(mail) = read(&raw, &envelope) else { return Ok(Some("This is no mail, or is from nobody.")) };
    let ask = Ask::Mail(Box::new(mail));
    let answer: Reply = rpc::ask("desk", desk_do::stub(env, &workspace)?, &ask).await?;
    Ok((answer.status >= 400).then_some("This mail was not taken."))
}
