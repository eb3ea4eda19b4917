//! What members may do, by their roles: one table, which every call of the console goes through.
//!
//! | right | admin | manager | agent (works a queue) | marketer | analyst |
//! | --- | --- | --- | --- | --- | --- |
//! | be signed in; look at the score card and the learner | yes | yes | yes | yes | yes |
//! | work items of their queues, look at what is held | with a queue | with a queue | yes | with a queue | with a queue |
//! | see the team, and who gets what | yes | yes | yes | with a queue | yes |
//! | change when others work, hand over what is theirs | yes | yes | | | |
//! | see and change sites | yes | | | yes | |
//! | see experiments and what came of them | yes | yes | | yes | yes |
//! | make, change and end experiments | yes | | | yes | |
//! | try cards and tables on leads and on the past | yes | | | | yes |
//! | change the score card, or pools and routes | yes | | | | |
//! | read the audit log | yes | | | | |
//! | change where what happens is also told, and look after what was not delivered | yes | | | | |
//! | make links by which others sign in | yes | | | | |
//! | export and erase people, hold them, say how long things are kept | yes | | | | |
//!
//! Not here: whether an item is in a queue that somebody works, or theirs (`desk::act`).

use crate::wire::config::{Member, Role};

/// Something that only some members may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// Be signed in.
    Enter,
    /// Work queues: their items, what is held, being there or away.
    Work,
    /// See the team.
    SeeTeam,
    /// Change when others work, and hand over what is theirs.
    Manage,
    /// See and change sites.
    Sites,
    /// See experiments, and what came of them.
    Experiments,
    /// Make, change and end experiments.
    ChangeExperiments,
    /// Try cards on leads and on the past.
    TryScoring,
    /// Change the score card.
    ChangeScoring,
    /// Change pools and routes.
    ChangeRouting,
    /// Read the audit log.
    Audit,
    /// Make links by which others sign in.
    Invite,
    /// See and change where what happens is also told, what was delivered and what was not, and how the system runs.
    Operate,
    /// Export and erase people, hold what is theirs, and say how long things are kept.
    Privacy,
}

impl Right {
    /// Every right.
    pub const ALL: [Self; 14] = [
        Self::Enter,
        Self::Work,
        Self::SeeTeam,
        Self::Manage,
        Self::Sites,
        Self::Experiments,
        Self::ChangeExperiments,
        Self::TryScoring,
        Self::ChangeScoring,
        Self::ChangeRouting,
        Self::Audit,
        Self::Invite,
        Self::Operate,
        Self::Privacy,
    ];

    /// Why somebody may not, as a sentence.
    pub fn refusal(self) -> &'static str {
        match self {
            Self::Enter => "Please sign in.",
            Self::Work => "This is for those who work a queue.",
            Self::SeeTeam => "Whoever works a queue sees who else does.",
            Self::Manage => "Your role does not let you change when others work.",
            Self::Sites => "Your role does not let you see or change sites.",
            Self::Experiments => "Your role does not let you see experiments.",
            Self::ChangeExperiments => "Your role does not let you change experiments.",
            Self::TryScoring => "Your role does not let you try other cards.",
            Self::ChangeScoring => "Your role does not let you change how leads are scored.",
            Self::ChangeRouting => "Your role does not let you change who gets what.",
            Self::Audit => "Your role does not let you read who changed what.",
            Self::Operate => "Your role does not let you see where things are delivered.",
            Self::Privacy => "Your role does not let you export or erase people.",
            Self::Invite => "Your role does not let you make sign-in links for others.",
        }
    }
}

/// Whether a member has a right.
pub fn may(member: &Member, right: Right) -> bool {
    let is = |role: Role| member.roles.contains(&role);
    let works = !member.queues.is_empty();
    match right {
        Right::Enter => true,
        Right::Work => works,
        Right::SeeTeam => works || is(Role::Admin) || is(Role::Manager) || is(Role::Analyst),
        Right::Manage => is(Role::Admin) || is(Role::Manager),
        Right::Sites | Right::ChangeExperiments => is(Role::Admin) || is(Role::Marketer),
        Right::Experiments => is(Role::Admin) || is(Role::Manager) || is(Role::Marketer) || is(Role::Analyst),
        Right::TryScoring => is(Role::Admin) || is(Role::Analyst),
        Right::ChangeScoring
        | Right::ChangeRouting
        | Right::Audit
        | Right::Invite
        | Right::Operate
        | Right::Privacy => is(Role::Admin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_what_the_table_says_and_nothing_else() {
        use Right::{
            Audit, ChangeExperiments, ChangeRouting, ChangeScoring, Enter, Experiments, Invite, Manage, Operate,
            Privacy, SeeTeam, Sites, TryScoring, Work,
        };
        let rights = |roles: &[Role], queues: &[&str]| {
            let member = Member {
                roles: roles.to_vec(),
                queues: queues.iter().map(|queue| (*queue).to_owned()).collect(),
                ..crate::demo::workspace().members.swap_remove(0)
            };
            Right::ALL.into_iter().filter(|right| may(&member, *right)).collect::<Vec<_>>()
        };
        assert_eq!(rights(&[], &[]), [Enter]);
        assert_eq!(rights(&[], &["sales"]), [Enter, Work, SeeTeam]);
        assert_eq!(rights(&[Role::Marketer], &[]), [Enter, Sites, Experiments, ChangeExperiments]);
        assert_eq!(rights(&[Role::Analyst], &[]), [Enter, SeeTeam, Experiments, TryScoring]);
        assert_eq!(rights(&[Role::Manager], &[]), [Enter, SeeTeam, Manage, Experiments]);
        assert_eq!(rights(&[Role::Manager], &["sales"]), [Enter, Work, SeeTeam, Manage, Experiments]);
        assert_eq!(
            rights(&[Role::Admin], &[]),
            [
                Enter,
                SeeTeam,
                Manage,
                Sites,
                Experiments,
                ChangeExperiments,
                TryScoring,
                ChangeScoring,
                ChangeRouting,
                Audit,
                Invite,
                Operate,
                Privacy,
            ]
        );
        assert_eq!(rights(&[Role::Admin], &["sales"]), Right::ALL);
    }
}
