//! How staff sign in and out, and what they are told.

use shared::right::Right::{Audit, Enter, Invite, Work};
use shared::wire::audit::AuditPage;
use shared::wire::console::{Presence, Session, SignIn};
use shared::wire::notice::{NoticePage, Seen};
use shared::wire::operator::{EditorLink, ForPage};
use shared::wire::sign_in::{
    AccessSignIn, Account, Members, NewLink, OpenIdSignIn, OpenIdStart, PasswordSignIn, SetPassword, Ways,
};

use crate::route::{Group, delete, get, post, put};

pub fn group() -> Group {
    let welcome = "The answer sets the cookie of the session.";
    Group {
        tag: "Account",
        says: "How staff sign in and out of the console, and what they are told there. Only the console's own pages may call.",
        routes: vec![
            get("/v1/console/sign-in/ways", "readWays", "Ask how one signs in")
                .console()
                .query("workspace", "The workspace; where absent, the only one.")
                .gives::<Ways>(),
            post("/v1/console/sign-in/password", "signInByPassword", "Sign in with a password")
                .more(welcome)
                .console()
                .takes::<PasswordSignIn>()
                .gives::<Session>()
                .or(&[
                    "401 wrong_password",
                    "403 passwords_off",
                    "422 invalid_sign_in",
                    "429 busy",
                    "429 too_many_tries",
                ]),
            post("/v1/console/sign-in/openid", "signInByOpenId", "Begin to sign in by a provider of OpenID Connect")
                .more("The answer sets a cookie for the way back, and says where to go.")
                .console()
                .takes::<OpenIdSignIn>()
                .gives::<OpenIdStart>()
                .or(&["404 openid_off", "422 invalid_sign_in", "503 openid_unreachable"]),
            get("/v1/console/sign-in/openid/callback", "comeBackFromOpenId", "Come back from the provider")
                .query("state", "As the provider was given it.")
                .query("code", "The provider's code.")
                .query("error", "Why there is none.")
                .query("iss", "Who the provider says it is.")
                .answers_bare(303, "On to the console: signed in, or with `?trouble=` and what it was."),
            post("/v1/console/sign-in/access", "signInByAccess", "Sign in as whom Cloudflare Access says one is")
                .more(welcome)
                .console()
                .takes::<AccessSignIn>()
                .gives::<Session>()
                .or(&[
                    "403 access_refused",
                    "403 no_member",
                    "404 access_off",
                    "422 invalid_sign_in",
                    "503 access_unreachable",
                ]),
            post("/v1/console/session", "signInByLink", "Sign in with a link")
                .more(welcome)
                .console()
                .takes::<SignIn>()
                .gives::<Session>()
                .or(&["401 link_spent", "422 invalid_sign_in"]),
            get("/v1/console/session", "readSession", "Ask who is signed in").member(Enter).gives::<Session>(),
            delete("/v1/console/session", "signOut", "Sign out").member(Enter).gives_nothing(),
            get("/v1/console/live", "openLive", "Open the web socket of what happens")
                .member(Enter)
                .answers_bare(101, "A web socket: each message is JSON.")
                .or(&["426 upgrade_required"]),
            post("/v1/console/presence", "setOwnPresence", "Say whether one is there")
                .member(Work)
                .takes::<Presence>()
                .gives::<Session>()
                .or(&["422 invalid_presence"]),
            get("/v1/console/account", "readAccount", "Read how one signs in").member(Enter).gives::<Account>(),
            put("/v1/console/account/password", "setPassword", "Set one's password")
                .more("With the present one, or within an hour of signing in with a link. Every other session ends.")
                .member(Enter)
                .takes::<SetPassword>()
                .gives::<Account>()
                .or(&[
                    "403 passwords_off",
                    "403 sign_in_again",
                    "422 invalid_account",
                    "422 invalid_password",
                    "429 busy",
                    "429 too_many_tries",
                ]),
            delete("/v1/console/account/sessions", "endOtherSessions", "End one's other sessions")
                .member(Enter)
                .gives::<Account>(),
            get("/v1/console/members", "readMembers", "Read how others sign in").member(Invite).gives::<Members>(),
            post("/v1/console/members/{member}/sign-in-links", "inviteMember", "Make a sign-in link for somebody else")
                .member(Invite)
                .makes::<NewLink>()
                .or(&["404 unknown_member"]),
            get("/v1/console/notices", "readNotices", "Read what one was told")
                .member(Enter)
                .paged()
                .gives::<NoticePage>(),
            post("/v1/console/notices/seen", "seeNotices", "Have seen what one was told")
                .member(Enter)
                .takes::<Seen>()
                .reads_text()
                .gives::<NoticePage>()
                .or(&["422 invalid_call"]),
            get("/v1/console/audit", "readAudit", "Read who changed what").member(Audit).paged().gives::<AuditPage>(),
            post("/v1/console/editor-links", "makeOwnEditorLink", "Make an editor link to a page of a site")
                .member(Enter)
                .takes::<ForPage>()
                .makes::<EditorLink>()
                .or(&["404 unknown_site", "422 invalid_link", "422 not_a_page"]),
        ],
    }
}
