//! What the audit log says, as what follows the name of whoever did it. A deed without words does not compile.

use shared::audit::Deed;

use super::spelled;

/// What somebody did; of a tag that this version does not know, the tag in letters.
pub fn audited(what: &str) -> String {
    Deed::from_tag(what).map_or_else(|| spelled(what).to_lowercase(), |deed| says(deed).to_owned())
}

fn says(deed: Deed) -> &'static str {
    match deed {
        Deed::Configured => "replaced the configuration: version",
        Deed::Published => "published a score card: version",
        Deed::Routed => "changed who gets what: version",
        Deed::SitesChanged => "changed a site: version",
        Deed::DestinationsChanged => "changed where what happens is told: version",
        Deed::PlanChanged => "changed when somebody works: version",
        Deed::ExperimentSaved => "saved a draft of an experiment: version",
        Deed::ExperimentStarted => "started an experiment: version",
        Deed::ExperimentRamped => "changed who takes part in an experiment: version",
        Deed::ExperimentStopped => "stopped an experiment: version",
        Deed::ExperimentDeclared => "declared the winner of an experiment: version",
        Deed::ExperimentNoted => "wrote down what was learnt of an experiment: version",
        Deed::ExperimentDropped => "threw away a draft of an experiment: version",
        Deed::Presence => "said who is there:",
        Deed::Invited => "made a sign-in link for",
        Deed::SignedIn => "signed in",
        Deed::SignedOut => "signed out",
        Deed::PasswordSet => "set a password",
        Deed::PasswordChanged => "changed their password",
        Deed::SessionsEnded => "ended their other sessions:",
        Deed::SignInsFailed => "failed to sign in as",
        Deed::TokenMade => "made the token",
        Deed::TokenDropped => "revoked the token",
        Deed::DestinationTested => "sent a test to",
        Deed::DestinationResumed => "let go on what is told to",
        Deed::DestinationStopped => "stopped telling anything to",
        Deed::DeliveriesReplayed => "had tried again what was given up:",
        Deed::DeliveryGivenUp => "gave up a delivery:",
        Deed::Reviewed => "decided on what was held:",
        Deed::PeopleMerged => "made one record part of another:",
        Deed::PeopleSeparated => "took a record apart again:",
        Deed::Exported => "took out of Usher, as a file:",
        Deed::PersonExported => "took out everything that is known of the person",
        Deed::PersonErased => "erased the person",
        Deed::HoldPlaced => "placed a legal hold on the person",
        Deed::HoldLifted => "lifted the legal hold on the person",
        Deed::RetentionChanged => "changed how long things are kept: version",
    }
}

/// Who did what the log has, where it was no member.
pub fn nobody(what: &str) -> &'static str {
    match Deed::from_tag(what) {
        // Nobody knows whose they were.
        Some(Deed::SignInsFailed) => "Somebody",
        Some(Deed::DestinationStopped) => "Usher",
        // Without a name, only a token does these.
        Some(Deed::DestinationsChanged | Deed::Exported | Deed::PersonExported | Deed::PersonErased) => "A program",
        _ => "The operator",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_deed_reads_as_a_sentence_and_no_two_are_alike() {
        let all: Vec<&str> = Deed::ALL.iter().map(|deed| says(*deed)).collect();
        for (at, says) in all.iter().enumerate() {
            assert!(says.contains(' ') && says.starts_with(char::is_lowercase), "{says}");
            assert!(!all[..at].contains(says), "{says}");
        }
        assert_eq!(audited("destinations_changed"), "changed where what happens is told: version");
        assert_eq!(audited("moon_landed"), "moon landed");
    }

    #[test]
    fn what_no_member_did_has_a_doer() {
        let of = ["configured", "sign_ins_failed", "destination_stopped", "exported"].map(nobody);
        assert_eq!(of, ["The operator", "Somebody", "Usher", "A program"]);
    }
}
