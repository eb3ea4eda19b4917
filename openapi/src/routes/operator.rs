//! What the person who runs Usher calls.

use shared::wire::Workspace;
use shared::wire::operator::{Configured, EditorLink, ForMember, ForPage};
use shared::wire::sign_in::NewLink;
use shared::wire::token::{NewToken, TokensView};

use crate::route::{Group, delete, post, put};

pub fn group() -> Group {
    Group {
        tag: "Operator",
        says: "For whoever runs Usher, by the operator's token.",
        routes: vec![
            put(
                "/v1/operator/workspaces/{workspace}",
                "configureWorkspace",
                "Make a workspace, or replace its configuration",
            )
            .more("201 where it is new.")
            .operator()
            .header("If-None-Match", "`*` only makes one, and replaces none.")
            .takes::<Workspace>()
            .reads_text()
            .gives::<Configured>()
            .makes::<Configured>()
            .or(&[
                "400 malformed_config",
                "409 key_taken",
                "412 exists",
                "422 invalid_config",
                "422 not_a_name",
            ]),
            post(
                "/v1/operator/workspaces/{workspace}/sign-in-links",
                "makeSignInLink",
                "Make a sign-in link for a member",
            )
            .operator()
            .takes::<ForMember>()
            .makes::<NewLink>()
            .or(&["404 unknown_member", "404 unknown_workspace", "422 invalid_link"]),
            post(
                "/v1/operator/workspaces/{workspace}/tokens",
                "makeToken",
                "Make a token for a server of the workspace's",
            )
            .more("It is shown this once. One of the same name is replaced, and works no longer.")
            .operator()
            .takes::<NewToken>()
            .gives::<TokensView>()
            .or(&["404 unknown_workspace", "422 invalid_token"]),
            delete("/v1/operator/workspaces/{workspace}/tokens/{name}", "dropToken", "Revoke a token")
                .operator()
                .gives_nothing()
                .or(&["404 unknown_token", "404 unknown_workspace"]),
            post(
                "/v1/operator/workspaces/{workspace}/editor-links",
                "makeEditorLink",
                "Make an editor link to a page of a site",
            )
            .operator()
            .takes::<ForPage>()
            .makes::<EditorLink>()
            .or(&["404 unknown_site", "422 invalid_link", "422 not_a_page"]),
        ],
    }
}
