//! How members sign in, by somebody else's word: who that is, and that it is asked where nobody listens.

use super::Problems;
use crate::sign_in::is_safe_address;
use crate::wire::Workspace;

/// The longest name of a provider, and the longest id or tag, in bytes.
const MAX_NAME_BYTES: usize = 60;
const MAX_ID_BYTES: usize = 255;
const NOT_SAFE: &str = "an address that says who somebody is begins with https://";

/// The providers.
pub fn sign_in(source: &Workspace, problems: &mut Problems) {
    let Some(rules) = &source.sign_in else { return };
    if let Some(openid) = &rules.openid {
        let is_named = !openid.name.trim().is_empty() && openid.name.len() <= MAX_NAME_BYTES;
        problems.unless(is_named, "sign_in.openid.name", "required", "a provider has a name that fits on a button");
        let is_safe = is_safe_address(&openid.issuer) && !openid.issuer.contains('?');
        problems.unless(is_safe, "sign_in.openid.issuer", "not_an_issuer", NOT_SAFE);
        problems.unless(
            is_id(&openid.client_id),
            "sign_in.openid.client_id",
            "required",
            "a client has the id that the provider gave it",
        );
    }
    if let Some(access) = &rules.access {
        let is_origin = is_safe_address(&access.team) && access.team.matches('/').count() == 2;
        problems.unless(
            is_origin,
            "sign_in.access.team",
            "not_an_origin",
            "a team is its origin: https://larkfield.cloudflareaccess.com",
        );
        problems.unless(
            is_id(&access.audience),
            "sign_in.access.audience",
            "required",
            "an application has its audience tag",
        );
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.len() <= MAX_ID_BYTES && text.bytes().all(|byte| byte.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::sign_in::SignInRules;
    use serde_json::json;

    #[test]
    fn names_each_place_that_makes_no_sense() {
        let mut source = crate::demo::workspace();
        let wrong = |source: &Workspace| {
            let mut problems = Problems::default();
            sign_in(source, &mut problems);
            problems.done(|| ()).err().unwrap_or_default().into_iter().map(|it| it.field).collect::<Vec<_>>()
        };
        assert_eq!(wrong(&source), [""; 0]);
        let mut rules = |json| {
            source.sign_in = Some(serde_json::from_value::<SignInRules>(json).unwrap());
            wrong(&source)
        };
        let openid = json!({ "name": "Larkfield ID", "issuer": "https://id.example.com/r", "client_id": "usher" });
        let access = json!({ "team": "https://larkfield.cloudflareaccess.com", "audience": "4714c1358e65" });
        assert_eq!(rules(json!({ "openid": openid, "access": access })), [""; 0]);
        assert_eq!(
            rules(json!({
                "openid": { "name": " ", "issuer": "http://id.example.com", "client_id": "" },
                "access": { "team": "https://larkfield.cloudflareaccess.com/", "audience": "a b" },
            })),
            [
                "sign_in.openid.name",
                "sign_in.openid.issuer",
                "sign_in.openid.client_id",
                "sign_in.access.team",
                "sign_in.access.audience",
            ]
        );
    }

    #[test]
    fn a_secret_is_no_part_of_a_configuration() {
        let openid = json!({ "name": "n", "issuer": "https://id.example.com", "client_id": "c", "client_secret": "s" });
        assert!(serde_json::from_value::<SignInRules>(json!({ "openid": openid })).is_err());
    }

    #[test]
    fn passwords_are_there_unless_they_are_taken_away() {
        assert!(serde_json::from_value::<SignInRules>(json!({})).unwrap().passwords);
        assert!(!serde_json::from_value::<SignInRules>(json!({ "passwords": false })).unwrap().passwords);
    }
}
