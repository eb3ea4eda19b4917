//! What servers of the workspace's want, by their tokens, and what the operator does: one place that asks whether they may.

use shared::token::Scope;

use super::ask::{Once, OperatorAsk, Reply, ServerAsk};
use super::staff::hash;
use super::{Desk, no_workspace, problem, tokens};
use crate::error::Failure;

/// Whose the kept answers of the operator are.
const OPERATOR: &str = "operator";

impl Desk {
    /// Does what a server wants, if its token is for that.
    pub(super) fn server(&self, secret: &str, once: Option<&Once>, wants: ServerAsk) -> Result<Reply, Failure> {
        let Some(config) = self.config()? else { return Ok(no_workspace()) };
        let scope = wants.scope();
        if !tokens::permits(&self.db, secret, scope)? {
            return Ok(not_for(scope.tag()));
        }
        // Another token is another caller: what one was answered is nobody else's.
        let caller = format!("token:{}", hash(secret));
        self.once(&caller, (once, wants.keeps()), || match wants {
            ServerAsk::Outcomes { is_csv, text } => self.outcomes(&config, is_csv, &text),
            ServerAsk::Lifecycle { text } => self.lifecycle(&config, &text),
            ServerAsk::Hook(ask) => self.hook(&config, ask),
            ServerAsk::Mail(mail) => self.mail(&config, &mail),
            ServerAsk::People(ask) => self.people(&config, &ask),
        })
    }

    /// Whether a token is for something, as an answer to whoever has it.
    pub(super) fn permits(&self, secret: &str, scope: &str) -> Result<Reply, Failure> {
        match Scope::from_tag(scope) {
            Some(known) if tokens::permits(&self.db, secret, known)? => super::ok(&()),
            _ => Ok(not_for(scope)),
        }
    }

    /// Does what the operator wants, whose token the Worker has looked at.
    pub(super) fn operator(&self, once: Option<&Once>, wants: OperatorAsk) -> Result<Reply, Failure> {
        self.once(OPERATOR, (once, wants.keeps()), || match wants {
            OperatorAsk::Configure { source, only_if_new } => {
                let reply = self.configure(*source, only_if_new)?;
                // Hours, weights and members may be other ones now.
                if let Some(config) = self.config()? {
                    self.assign_after(&config);
                }
                Ok(reply)
            }
            OperatorAsk::Link { member } => self.make_link(&member, None),
            OperatorAsk::MakeToken(new) => self.make_token(&new, None),
            OperatorAsk::DropToken { name } => self.drop_token(&name, None),
        })
    }
}

fn not_for(scope: &str) -> Reply {
    problem(401, "not_a_token", &format!("This needs a token of the workspace\u{2019}s for {scope}."))
}
