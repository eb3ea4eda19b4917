//! What the audit log can say was done: the desk writes no other tag, and the console has words for each.
//! Not here: who did it, or when (`wire::audit`), and what was done to items, which have a history of their own.

/// All that can be written, in one list, so that nothing has a tag and is not among all.
macro_rules! deeds {
    ($($(#[$doc:meta])+ $name:ident = $tag:literal,)+) => {
        /// Something that was done. Tags are never renamed.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Deed {
            $($(#[$doc])+ $name,)+
        }

        impl Deed {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The stable name.
            pub fn tag(self) -> &'static str {
                match self {
                    $(Self::$name => $tag,)+
                }
            }
        }
    };
}

deeds! {
    /// The operator put another configuration in force.
    Configured = "configured",
    /// A score card was put in force.
    Published = "published",
    /// Pools and routes were put in force.
    Routed = "routed",
    /// A site was added, changed, switched or removed.
    SitesChanged = "sites_changed",
    /// A destination was added, changed, switched or removed.
    DestinationsChanged = "destinations_changed",
    /// When somebody works was changed.
    PlanChanged = "plan_changed",
    /// A draft of an experiment was saved.
    ExperimentSaved = "experiment_saved",
    /// An experiment began.
    ExperimentStarted = "experiment_started",
    /// Who takes part in one was changed.
    ExperimentRamped = "experiment_ramped",
    /// One ended.
    ExperimentStopped = "experiment_stopped",
    /// The winner of one was declared.
    ExperimentDeclared = "experiment_declared",
    /// What was learnt of one was written down.
    ExperimentNoted = "experiment_noted",
    /// A draft of one was thrown away.
    ExperimentDropped = "experiment_dropped",
    /// Somebody went away, or came back.
    Presence = "presence",
    /// A sign-in link was made.
    Invited = "invited",
    /// Somebody signed in.
    SignedIn = "signed_in",
    /// Somebody signed out.
    SignedOut = "signed_out",
    /// Somebody set their first password.
    PasswordSet = "password_set",
    /// Somebody set another password.
    PasswordChanged = "password_changed",
    /// Somebody ended their other sessions.
    SessionsEnded = "sessions_ended",
    /// Somebody failed to sign in, many times in a row.
    SignInsFailed = "sign_ins_failed",
    /// A token was made.
    TokenMade = "token_made",
    /// A token was revoked.
    TokenDropped = "token_dropped",
    /// A test was sent to a destination.
    DestinationTested = "destination_tested",
    /// A destination that was stopped goes on.
    DestinationResumed = "destination_resumed",
    /// A destination wants nothing any more.
    DestinationStopped = "destination_stopped",
    /// What was given up is tried again.
    DeliveriesReplayed = "deliveries_replayed",
    /// A delivery is tried no longer.
    DeliveryGivenUp = "delivery_given_up",
    /// Somebody decided on what was held.
    Reviewed = "reviewed",
    /// Two records were made one.
    PeopleMerged = "people_merged",
    /// One was made two again.
    PeopleSeparated = "people_separated",
    /// Items were taken out of Usher.
    Exported = "exported",
    /// Everything that is known of a person was.
    PersonExported = "person_exported",
    /// Somebody was erased.
    PersonErased = "person_erased",
    /// A hold was placed on a person.
    HoldPlaced = "hold_placed",
    /// One was lifted.
    HoldLifted = "hold_lifted",
    /// How long things are kept was changed.
    RetentionChanged = "retention_changed",
}

impl Deed {
    /// Reads a tag back.
    pub fn from_tag(tag: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|deed| deed.tag() == tag)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tag_is_one_deed_and_is_read_back() {
        for deed in Deed::ALL {
            assert_eq!(Deed::from_tag(deed.tag()), Some(*deed), "{deed:?}");
        }
        assert_eq!(Deed::from_tag("moon_landed"), None);
    }
}
