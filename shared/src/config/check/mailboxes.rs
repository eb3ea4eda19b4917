//! A mailbox has an address of its own, and a form that can take what a mail says.

use std::collections::BTreeSet;

use super::Problems;
use crate::submission::Email;
use crate::wire::{FieldKind, Workspace};

/// The most mailboxes of a workspace.
const MAX_MAILBOXES: usize = 100;

/// Checks every mailbox.
pub fn mailboxes(source: &Workspace, problems: &mut Problems) {
    let is_bounded = source.mailboxes.len() <= MAX_MAILBOXES;
    problems.unless(is_bounded, "mailboxes", "too_many", "there are at most 100 mailboxes");
    let mut seen = BTreeSet::new();
    for (index, mailbox) in source.mailboxes.iter().enumerate() {
        let path = |field: &str| format!("mailboxes[{index}].{field}");
        let address = Email::parse(&mailbox.address).ok().filter(|address| address.as_str() == mailbox.address);
        problems.unless(address.is_some(), path("address"), "not_an_email", "an address is written help@example.com");
        let is_new = seen.insert(mailbox.address.to_lowercase());
        problems.unless(is_new, path("address"), "used_twice", "another mailbox has this address");
        problems.exists(source.sites.iter().map(|site| &site.id), &mailbox.site, path("site"), "site");
        let Some(form) = source.forms.iter().find(|form| form.id == mailbox.form) else {
            problems.exists(std::iter::empty(), &mailbox.form, path("form"), "form");
            continue;
        };
        if let Some(site) = source.sites.iter().find(|site| site.id == mailbox.site) {
            let is_shown = site.forms.contains(&form.id);
            problems.unless(is_shown, path("form"), "not_shown", "the site does not show this form");
        }
        let has = |kind| form.fields.iter().any(|field| field.kind == kind);
        let takes = has(FieldKind::Email) && has(FieldKind::LongText);
        let message = "a mail needs a field for an address and one for several lines";
        problems.unless(takes, path("form"), "takes_no_mail", message);
    }
}

#[cfg(test)]
mod tests {
    use crate::config::Config;
    use crate::demo::workspace;
    use crate::wire::config::Mailbox;
    use crate::wire::{FieldKind, Workspace};

    #[test]
    fn a_mailbox_that_makes_sense_is_taken_and_found() {
        let source = with(&[("Help@Larkfield.example", "platform", "support")]);
        let config = Config::parse(1, source).unwrap();
        assert_eq!(config.mailbox(" help@larkfield.EXAMPLE").map(|found| found.form.as_str()), Some("support"));
        assert_eq!(config.mailbox("other@larkfield.example"), None);
    }

    #[test]
    fn everything_wrong_is_named() {
        let mut source = with(&[
            ("no address", "platform", "support"),
            ("a@b.example", "gone", "support"),
            ("A@B.example", "platform", "gone"),
            ("c@b.example", "platform", "support"),
        ]);
        assert_eq!(
            wrong(source.clone()),
            ["[0].address not_an_email", "[1].site unknown_name", "[2].address used_twice", "[2].form unknown_name"]
        );
        source.mailboxes.drain(..3);
        source.sites[0].forms.retain(|form| form != "support");
        let form = source.forms.iter_mut().find(|form| form.id == "support").unwrap();
        form.fields.retain(|field| field.kind != FieldKind::LongText);
        assert_eq!(wrong(source), ["[0].form not_shown", "[0].form takes_no_mail"]);
    }

    fn with(mailboxes: &[(&str, &str, &str)]) -> Workspace {
        let mut source = workspace();
        let mailbox = |(address, site, form): &(&str, &str, &str)| Mailbox {
            address: (*address).to_owned(),
            site: (*site).to_owned(),
            form: (*form).to_owned(),
        };
        source.mailboxes = mailboxes.iter().map(mailbox).collect();
        source
    }

    fn wrong(source: Workspace) -> Vec<String> {
        let problems = Config::parse(1, source).err().unwrap_or_default();
        let of_mailboxes = problems
            .into_iter()
            .filter_map(|problem| Some(format!("{} {}", problem.field.strip_prefix("mailboxes")?, problem.code)));
        of_mailboxes.collect()
    }
}
