//! What is asked for each kind of destination.

use std::collections::BTreeMap;

use leptos::prelude::*;
use shared::delivery::fields::{FORM_USUAL, HUBSPOT_USUAL, LEAD_USUAL};
use shared::wire::destination::{Chat, Hubspot, MailApi, Salesforce, SalesforceForm, Smtp, SmtpTls, To, Webhook};

use super::editing::Editing;
use super::map::FieldMap;
use crate::clock;
use crate::parts::{Lines, Number, Secret, Select, Text};

/// Each kind by its tag, and what it is for.
pub const ALL: [(&str, &str); 7] = [
    ("webhook", "A program of your own, or a service that takes signed webhooks (Standard Webhooks)."),
    ("chat", "A channel of Slack, Mattermost or Rocket.Chat, by an incoming webhook."),
    ("smtp", "Mailboxes of your colleagues, by the mail server that you have."),
    ("mail_api", "Mailboxes of your colleagues, by a mail service such as Resend."),
    ("hubspot", "Contacts in HubSpot, by one of its forms."),
    ("salesforce", "Records in Salesforce, made or brought up to date by our id of the item."),
    ("salesforce_form", "Leads in Salesforce by Web-to-Lead. It confirms nothing: only where there is no API."),
];

/// The secret of a destination that has one already is typed to replace it.
const STAYS: &str = "Left empty, it stays as it is.";

/// One of a kind, before anything is typed; nothing for a kind that is none.
pub fn blank(tag: &str) -> Option<To> {
    let text = String::new;
    let none = BTreeMap::new;
    Some(match tag {
        "webhook" => To::Webhook(Webhook { url: text(), secret: text(), old_secrets: Vec::new() }),
        "chat" => To::Chat(Chat { url: text() }),
        "smtp" => To::Smtp(Smtp {
            host: text(),
            port: port_of(SmtpTls::Implicit),
            tls: SmtpTls::Implicit,
            user: text(),
            password: text(),
            from: text(),
            to: vec![text()],
        }),
        "mail_api" => To::MailApi(MailApi {
            url: "https://api.resend.com/emails".to_owned(),
            token: text(),
            from: text(),
            to: vec![text()],
        }),
        "hubspot" => To::Hubspot(Hubspot {
            portal: text(),
            form: text(),
            token: text(),
            fields: none(),
            base: "https://api.hsforms.com".to_owned(),
        }),
        "salesforce_form" => To::SalesforceForm(SalesforceForm {
            oid: text(),
            fields: none(),
            url: "https://webto.salesforce.com/servlet/servlet.WebToLead?encoding=UTF-8".to_owned(),
        }),
        "salesforce" => To::Salesforce(Salesforce {
            instance: text(),
            client_id: text(),
            client_secret: text(),
            object: "Lead".to_owned(),
            external_id: "Usher_Item__c".to_owned(),
            fields: none(),
        }),
        _ => return None,
    })
}

/// The usual port of a way to be spoken with.
fn port_of(tls: SmtpTls) -> u16 {
    match tls {
        SmtpTls::Implicit => 465,
        SmtpTls::Starttls => 587,
        SmtpTls::Off => 2525,
    }
}

/// Where a field stands in the part, to be read and to be written.
type Of<T, V> = fn(&mut T) -> &mut V;

/// The part of a destination that only its kind has.
struct Part<T: 'static> {
    editing: Editing,
    of: fn(&mut To) -> Option<&mut T>,
}

impl<T: 'static> Clone for Part<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: 'static> Copy for Part<T> {}

impl<T: 'static> Part<T> {
    fn get<V: Default>(self, of: impl FnOnce(&mut T) -> V) -> V {
        let mut to = self.editing.edit.with(|edit| edit.to.clone());
        (self.of)(&mut to).map(of).unwrap_or_default()
    }

    fn memo<V: Default + PartialEq + Send + Sync + 'static>(
        self,
        of: impl Fn(&mut T) -> V + Copy + Send + Sync + 'static,
    ) -> Memo<V> {
        Memo::new(move |_| self.get(of))
    }

    fn change(self, how: impl FnOnce(&mut T)) {
        self.editing.change(|edit| {
            if let Some(part) = (self.of)(&mut edit.to) {
                how(part);
            }
        });
    }

    /// A line of text.
    fn text(
        self,
        field: &'static str,
        label: &'static str,
        help: &'static str,
        of: Of<T, String>,
    ) -> impl IntoView + use<T> {
        view! {
            <Text
                wrong=self.editing.saving.wrong
                field
                label
                help
                value=self.memo(move |part| of(part).clone())
                set=move |text: String| self.change(|part| text.trim().clone_into(of(part)))
            />
        }
    }

    /// A text that is never shown again.
    fn secret(
        self,
        field: &'static str,
        label: &'static str,
        help: &'static str,
        of: Of<T, String>,
    ) -> impl IntoView + use<T> {
        let value = RwSignal::new(untrack(|| self.get(|part| of(part).clone())));
        Effect::new(move |first: Option<()>| {
            let typed = value.get();
            if first.is_some() {
                self.change(|part| typed.trim().clone_into(of(part)));
            }
        });
        view! { <Secret wrong=self.editing.saving.wrong field label help autocomplete="new-password" value /> }
    }

    /// Who gets a mail.
    fn mailboxes(self, field: &'static str, of: Of<T, Vec<String>>) -> impl IntoView + use<T> {
        view! {
            <Lines
                wrong=self.editing.saving.wrong
                field
                label="Who gets it"
                one="Address"
                help="Each is told of everything; at most 20."
                values=self.memo(move |part| of(part).clone())
                change=move |how| self.change(|part| how(of(part)))
                tidy=|text| text.trim().to_owned()
                mode="email"
            />
        }
    }

    /// Which of our values fills which field.
    fn map(
        self,
        path: &'static str,
        whose: &'static str,
        usual: &'static [(&'static str, &'static str)],
        of: Of<T, BTreeMap<String, String>>,
    ) -> impl IntoView + use<T> {
        let now = untrack(|| self.get(|part| of(part).clone()));
        view! {
            <div class="wide">
                <FieldMap
                    editing=self.editing
                    path
                    whose
                    usual
                    now
                    set=move |map| self.change(|part| *of(part) = map)
                />
            </div>
        }
    }
}

/// The controls of a destination's kind.
#[component]
pub fn Kind(editing: Editing) -> impl IntoView {
    let tag = editing.edit.with_untracked(|edit| edit.to.tag());
    let stays = if editing.is_new() { "" } else { STAYS };
    let controls = match tag {
        "webhook" => webhook(editing).into_any(),
        "chat" => chat(editing, stays).into_any(),
        "smtp" => smtp(editing, stays).into_any(),
        "mail_api" => mail_api(editing, stays).into_any(),
        "hubspot" => hubspot(editing, stays).into_any(),
        "salesforce_form" => salesforce_form(editing).into_any(),
        _ => salesforce(editing, stays).into_any(),
    };
    view! {
        <fieldset class="field-group">
            <legend>"How it is reached"</legend>
            {controls}
        </fieldset>
    }
}

fn webhook(editing: Editing) -> impl IntoView {
    let part = Part { editing, of: |to| if let To::Webhook(to) = to { Some(to) } else { None } };
    let help = if editing.is_new() {
        "whsec_ and base64, where the receiver has one already. Left empty, one is made and shown to you once."
    } else {
        "whsec_ and base64. Left empty, it stays as it is; \u{201c}Rotate secret\u{201d} makes a new one."
    };
    let old = untrack(|| part.get(|to| to.old_secrets.iter().map(|old| old.until.clone()).collect::<Vec<_>>()));
    let old = old.into_iter().map(|until| {
        view! {
            <p class="quiet wide">
                {format!("A secret from before is signed with too, until {}.", clock::in_short(&until))}
            </p>
        }
    });
    view! {
        {part
            .text(
                "to.webhook.url",
                "Address",
                "An https:// address that takes POST requests.",
                |to| &mut to.url
            )}
        {part.secret("to.webhook.secret", "Signing secret", help, |to| &mut to.secret)}
        {old.collect_view()}
    }
}

fn chat(editing: Editing, stays: &'static str) -> impl IntoView {
    let part = Part { editing, of: |to| if let To::Chat(to) = to { Some(to) } else { None } };
    let help = if stays.is_empty() {
        "The incoming webhook of the channel. Whoever knows it may write there, so it is not shown again."
    } else {
        stays
    };
    part.secret("to.chat.url", "Address of the incoming webhook", help, |to| &mut to.url)
}

fn smtp(editing: Editing, stays: &'static str) -> impl IntoView {
    let part = Part { editing, of: |to| if let To::Smtp(to) = to { Some(to) } else { None } };
    let ways = [
        ("implicit", "TLS from the first byte (usually port 465)"),
        ("starttls", "STARTTLS (usually port 587)"),
        ("off", "Open: only a server on the same machine"),
    ];
    let tls = part.memo(|to: &mut Smtp| {
        match to.tls {
            SmtpTls::Implicit => "implicit",
            SmtpTls::Starttls => "starttls",
            SmtpTls::Off => "off",
        }
        .to_owned()
    });
    let choose = move |tag: String| {
        let tls = match tag.as_str() {
            "starttls" => SmtpTls::Starttls,
            "off" => SmtpTls::Off,
            _ => SmtpTls::Implicit,
        };
        part.change(|to| {
            // A port that somebody chose stays.
            if to.port == port_of(to.tls) {
                to.port = port_of(tls);
            }
            to.tls = tls;
        });
    };
    view! {
        {part
            .text(
                "to.smtp.host",
                "Mail server",
                "Its name: smtp.example.com.",
                |to| &mut to.host
            )}
        <Select
            wrong=editing.saving.wrong
            field="to.smtp.tls"
            label="How it is spoken with"
            choices=ways.map(|(tag, says)| (tag.to_owned(), says.to_owned())).to_vec()
            value=tls
            set=choose
        />
        <Number
            wrong=editing.saving.wrong
            field="to.smtp.port"
            label="Port"
            help="465, 587 or 2525."
            value=part.memo(|to: &mut Smtp| Some(f64::from(to.port)).filter(|port| *port > 0.0))
            set=move |number| part.change(|to| to.port = port(number))
        />
        {part
            .text(
                "to.smtp.user",
                "User",
                "Left empty, nobody signs in.",
                |to| &mut to.user
            )}
        {part.secret("to.smtp.password", "Password", stays, |to| &mut to.password)}
        {part.text("to.smtp.from", "From", "The address that the mail is from.", |to| &mut to.from)}
        {part.mailboxes("to.smtp.to", |to| &mut to.to)}
    }
}

/// A port that is typed; zero, which the edge refuses, for what is none.
fn port(number: Option<f64>) -> u16 {
    let number = number.filter(|it| it.fract() == 0.0 && (0.0..=f64::from(u16::MAX)).contains(it)).unwrap_or(0.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole, and in range")]
    let port = number as u16;
    port
}

fn mail_api(editing: Editing, stays: &'static str) -> impl IntoView {
    let part = Part { editing, of: |to| if let To::MailApi(to) = to { Some(to) } else { None } };
    view! {
        {part
            .text(
                "to.mail_api.url",
                "Address",
                "Where it takes mails, in the form that Resend has.",
                |to| &mut to.url
            )}
        {part.secret("to.mail_api.token", "Token", stays, |to| &mut to.token)}
        {part
            .text(
                "to.mail_api.from",
                "From",
                "An address of a domain that the service may send for.",
                |to| &mut to.from
            )}
        {part.mailboxes("to.mail_api.to", |to| &mut to.to)}
    }
}

fn hubspot(editing: Editing, stays: &'static str) -> impl IntoView {
    let part = Part { editing, of: |to| if let To::Hubspot(to) = to { Some(to) } else { None } };
    let token = if stays.is_empty() { "Of a private app with the scope \u{201c}forms\u{201d}." } else { stays };
    view! {
        {part
            .text(
                "to.hubspot.portal",
                "Account",
                "The number of the account (Hub ID).",
                |to| &mut to.portal
            )}
        {part
            .text(
                "to.hubspot.form",
                "Form",
                "The id of the form that is filled in.",
                |to| &mut to.form
            )}
        {part.secret("to.hubspot.token", "Token", token, |to| &mut to.token)}
        {part
            .text(
                "to.hubspot.base",
                "Address of the API",
                "An account in the EU has another one.",
                |to| &mut to.base
            )}
        {part.map("to.hubspot.fields", "HubSpot", &HUBSPOT_USUAL, |to| &mut to.fields)}
    }
}

fn salesforce_form(editing: Editing) -> impl IntoView {
    let part = Part { editing, of: |to| if let To::SalesforceForm(to) = to { Some(to) } else { None } };
    view! {
        <p class="pale wide">
            "Web-to-Lead answers \u{201c}fine\u{201d} to everything: a lead that Salesforce throws away looks delivered here. Use its API where you can."
        </p>
        {part
            .text(
                "to.salesforce_form.oid",
                "Organisation",
                "The organisation\u{2019}s id: 00D\u{2026}",
                |to| &mut to.oid
            )}
        {part
            .text(
                "to.salesforce_form.url",
                "Address",
                "Where it takes leads; a sandbox has another one.",
                |to| &mut to.url
            )}
        {part
            .map(
                "to.salesforce_form.fields",
                "Salesforce",
                &FORM_USUAL,
                |to| &mut to.fields
            )}
    }
}

fn salesforce(editing: Editing, stays: &'static str) -> impl IntoView {
    let part = Part { editing, of: |to| if let To::Salesforce(to) = to { Some(to) } else { None } };
    view! {
        {part
            .text(
                "to.salesforce.instance",
                "Address of the organisation",
                "As in https://larkfield.my.salesforce.com.",
                |to| &mut to.instance
            )}
        {part
            .text(
                "to.salesforce.client_id",
                "Consumer key",
                "Of a connected app with the client credentials flow.",
                |to| &mut to.client_id
            )}
        {part
            .secret(
                "to.salesforce.client_secret",
                "Consumer secret",
                stays,
                |to| &mut to.client_secret
            )}
        {part
            .text(
                "to.salesforce.object",
                "Kind of record",
                "Lead, Case, or one of your own.",
                |to| &mut to.object
            )}
        {part
            .text(
                "to.salesforce.external_id",
                "Field of our id",
                "An external id of that record, which has our id of the item: so nothing is made twice.",
                |to| &mut to.external_id
            )}
        {part.map("to.salesforce.fields", "Salesforce", &LEAD_USUAL, |to| &mut to.fields)}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_begins_as_what_it_is_called() {
        for (tag, about) in ALL {
            let blank = blank(tag).expect(tag);
            assert_eq!(blank.tag(), tag);
            assert!(about.ends_with('.'), "{about}");
        }
        assert_eq!(blank("fax"), None);
    }

    #[test]
    fn what_is_no_port_is_refused_rather_than_guessed() {
        assert_eq!(port(Some(587.0)), 587);
        for odd in [None, Some(f64::NAN), Some(-1.0), Some(70_000.0), Some(4.5)] {
            assert_eq!(port(odd), 0);
        }
    }
}
