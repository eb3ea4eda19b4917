//! A mail that came in: what it says, whether a person wrote it, what it answers, and the values of a form that it stands for.
//!
//! A mail is whatever somebody's program made of it, so nothing of it is refused here but what has no sender: what cannot be read is
//! left out. MIME is the crate `mail-parser`'s to read.
//!
//! ```
//! use shared::mail::{Envelope, read};
//! let raw = b"From: Ana <ana@example.com>\r\nSubject: Re: Hello [USH-4K7QD-2MX9T]\r\n\r\nYes.\r\n\r\nOn 30 Nov Usher wrote:\r\n> Hello";
//! let mail = read(raw, &Envelope::default()).unwrap();
//! assert_eq!((mail.from.as_str(), mail.name.as_str()), ("ana@example.com", "Ana"));
//! assert_eq!(shared::mail::fresh(&mail.text), "Yes.");
//! assert_eq!(shared::reference::find(&mail.subject).as_deref(), Some("USH-4K7QD-2MX9T"));
//! ```
//!
//! Not here: how a mail arrives (`edge`), or which form a mailbox feeds (`config`).

use std::collections::BTreeMap;

use mail_parser::{Address, Message, MessageParser, MimeHeaders};

use crate::form::Form;
use crate::submission::Email;
use crate::submission::text::{is_blank, one_line};
use crate::submission::value::max_chars;
use crate::visit::cut;
use crate::wire::mail::Mail;
use crate::wire::{Field, FieldKind, Given};

/// The most recipients, ids and names of files that are read of one mail: a bound on the work.
const MOST: usize = 50;
/// The most characters of one of them, of a name, and of a subject (RFC 5322, 2.1.1 has 998 for a line).
const MAX_LINE_CHARS: usize = 998;
/// The most characters of a text: more than any field takes.
const MAX_TEXT_CHARS: usize = 100_000;
/// The names of the fields that a mail fills in, beside its address.
const NAME_FIELD: &str = "name";
const SUBJECT_FIELD: &str = "subject";
const MESSAGE_FIELD: &str = "message";
/// What a line has that stands before what is quoted, in the languages of mail programs that are met most: with the date, and a colon.
const WROTE: [&str; 8] =
    ["wrote", "writes", "schrieb", "a \u{e9}crit", "escribi\u{f3}", "escreveu", "ha scritto", "schreef"];
/// What stands alone in a line before what is quoted or forwarded.
const BELOW: [&str; 4] = [
    "-----original message-----",
    "---------- forwarded message",
    "________________________________",
    "-----urspr\u{fc}ngliche nachricht-----",
];

/// How it was handed over, where that is known: what SMTP calls its envelope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Envelope {
    /// Who gave it; empty is nobody, as reports of what could not be delivered have it (RFC 5321, 4.5.5).
    pub from: Option<String>,
    /// For whom.
    pub to: Option<String>,
}

/// Reads a mail; nothing, where it is none, or is from nobody who could be answered.
pub fn read(raw: &[u8], envelope: &Envelope) -> Option<Mail> {
    let message = MessageParser::default().parse(raw)?;
    let from = message.from().and_then(Address::first);
    let address = from.and_then(|from| from.address()).and_then(|address| Email::parse(address).ok());
    let automatic = is_automatic(&message, envelope);
    if address.is_none() && !automatic {
        return None;
    }
    let headers = [message.to(), message.cc()].into_iter().flatten().flat_map(|list| list.iter());
    let of_headers = headers.filter_map(|to| to.address()).map(str::to_owned);
    let delivered = ["Delivered-To", "X-Original-To"].into_iter().filter_map(|name| text_of(&message, name));
    let to = envelope.to.iter().cloned().chain(delivered).chain(of_headers).take(MOST).map(|to| line(&to));
    let texts = (0..message.text_body_count().min(MOST)).filter_map(|at| message.body_text(at));
    let text = texts.map(|text| plain(&text)).collect::<Vec<_>>().join("\n\n");
    let files = message.attachments().take(MOST).filter_map(|part| part.attachment_name()).map(line);
    let verdict = text_of(&message, "Authentication-Results").unwrap_or_default().to_lowercase();
    let is_yes = |name: &str| text_of(&message, name).is_some_and(|says| says.to_lowercase().starts_with("yes"));
    Some(Mail {
        from: address.map(|address| address.as_str().to_owned()).unwrap_or_default(),
        name: from.and_then(|from| from.name()).map(line).unwrap_or_default(),
        to: to.collect(),
        subject: message.subject().map(line).unwrap_or_default(),
        text: cut(text.trim(), MAX_TEXT_CHARS),
        id: message.message_id().map(line).unwrap_or_default(),
        answers: answers(&message),
        files: files.collect(),
        automatic,
        spam: is_yes("X-Spam-Flag") || is_yes("X-Spam-Status"),
        forged: verdict.contains("dmarc=fail"),
    })
}

/// The ids of the mails that it answers, the nearest first.
fn answers(message: &Message<'_>) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    for header in [message.in_reply_to(), message.references()] {
        let one = header.as_text().into_iter();
        let many = header.as_text_list().unwrap_or_default().iter().rev().map(|id| &**id);
        for id in one.chain(many).map(line).take(MOST) {
            if !id.is_empty() && !ids.contains(&id) {
                ids.push(id);
            }
        }
    }
    ids.truncate(MOST);
    ids
}

/// Whether a program wrote it (RFC 3834): answering it, or making work of it, could go on for ever. What a mailing list passes on
/// (`Precedence: list`) a person wrote.
fn is_automatic(message: &Message<'_>, envelope: &Envelope) -> bool {
    let says = |name: &str| text_of(message, name).map(|text| text.to_lowercase()).filter(|text| !text.is_empty());
    let by_nobody = envelope.from.as_deref().is_some_and(is_blank)
        || message.header_raw("Return-Path").is_some_and(|path| path.trim() == "<>");
    let is_report = message.root_part().is_content_type("multipart", "report");
    let from = message.from().and_then(Address::first).and_then(|from| from.address()).unwrap_or_default();
    let is_daemon = from.to_lowercase().starts_with("mailer-daemon@");
    by_nobody
        || is_report
        || is_daemon
        || says("Auto-Submitted").is_some_and(|says| !says.starts_with("no"))
        || says("Precedence").is_some_and(|says| ["bulk", "junk", "auto_reply"].contains(&says.as_str()))
        || says("X-Autoreply").is_some()
        || says("X-Autorespond").is_some()
}

/// The text of a header, as it is written.
fn text_of(message: &Message<'_>, name: &str) -> Option<String> {
    let found = message.headers_raw().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, text)| line(text))
}

/// The values of a form that a mail stands for: its address, its sender's name, its subject and its text, each in the field that takes
/// it. Where no field takes the subject it stands before the text, and the names of files after it.
pub fn values(form: &Form, mail: &Mail) -> BTreeMap<String, Given> {
    let fields: Vec<&Field> = form.fields().map(|field| field.source).collect();
    let of =
        |name: &str, kind: FieldKind| fields.iter().find(|field| field.name == name && field.kind == kind).copied();
    let first = |kind: FieldKind| fields.iter().find(|field| field.kind == kind).copied();
    let mut values = BTreeMap::new();
    let mut put = |field: Option<&Field>, text: &str| {
        if let Some(field) = field.filter(|_| !is_blank(text)) {
            let most = usize::try_from(max_chars(field)).unwrap_or(usize::MAX);
            values.insert(field.name.clone(), Given::One(cut(text, most)));
        }
    };
    put(first(FieldKind::Email), &mail.from);
    put(of(NAME_FIELD, FieldKind::ShortText), &mail.name);
    let subject = of(SUBJECT_FIELD, FieldKind::ShortText);
    put(subject, &mail.subject);
    let mut parts: Vec<String> = Vec::new();
    parts.extend(Some(mail.subject.clone()).filter(|_| subject.is_none()));
    parts.push(mail.text.clone());
    parts.extend(attached(mail));
    parts.retain(|part| !is_blank(part));
    put(of(MESSAGE_FIELD, FieldKind::LongText).or_else(|| first(FieldKind::LongText)), &parts.join("\n\n"));
    values
}

/// What stands on an item that a mail answers: its text, and the names of its files.
pub fn appended(mail: &Mail) -> String {
    let parts = [Some(mail.text.clone()), attached(mail)];
    parts.into_iter().flatten().filter(|part| !is_blank(part)).collect::<Vec<_>>().join("\n\n")
}

fn attached(mail: &Mail) -> Option<String> {
    (!mail.files.is_empty()).then(|| format!("[Attached, and not kept: {}]", mail.files.join(", ")))
}

/// What is new in a text: without what it quotes, and without a signature. All of it, where nothing else would be left.
pub fn fresh(text: &str) -> String {
    let starts_below = |line: &str| {
        let line = line.trim().to_lowercase();
        let is_dated = line.ends_with(':') && line.contains(|letter: char| letter.is_ascii_digit());
        line == "--"
            || BELOW.iter().any(|start| line.starts_with(start))
            || (is_dated && WROTE.iter().any(|word| line.contains(word)))
    };
    let lines = text.lines().take_while(|line| !starts_below(line)).filter(|line| !line.trim_start().starts_with('>'));
    let fresh = lines.collect::<Vec<_>>().join("\n");
    if is_blank(&fresh) { text.trim().to_owned() } else { fresh.trim().to_owned() }
}

/// One line, without what cannot be seen.
fn line(text: &str) -> String {
    let plain: String = one_line(text).chars().filter(|letter| !letter.is_control()).collect();
    cut(plain.trim(), MAX_LINE_CHARS)
}

/// Text whose lines end in `\n`, without what cannot be seen.
fn plain(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.chars().filter(|letter| !letter.is_control() || matches!(letter, '\n' | '\t')).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_whatever_its_program_made_of_it() {
        let mail = of(
            "From: =?utf-8?B?SsO2cmc=?= <jorg@example.com>\r\nTo: Help <help@larkfield.example>, x@y.example\r\n\
             Cc: sales@larkfield.example\r\nSubject: =?iso-8859-1?Q?Gr=FC=DFe?=\r\nMessage-ID: <a@b>\r\n\
             In-Reply-To: <c@d>\r\nReferences: <e@f> <c@d>\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\
             Content-Transfer-Encoding: quoted-printable\r\n\r\nGr=C3=BC=C3=9Fe,\r\nJ.\r\n--x\r\n\
             Content-Type: application/pdf; name=plan.pdf\r\nContent-Disposition: attachment; filename=plan.pdf\r\n\r\n%PDF\r\n--x--\r\n",
        );
        assert_eq!((mail.from.as_str(), mail.name.as_str()), ("jorg@example.com", "J\u{f6}rg"));
        assert_eq!((mail.subject.as_str(), mail.text.as_str()), ("Gr\u{fc}\u{df}e", "Gr\u{fc}\u{df}e,\nJ."));
        assert_eq!(mail.to, ["help@larkfield.example", "x@y.example", "sales@larkfield.example"]);
        assert_eq!((mail.id.as_str(), mail.answers.join(" ")), ("a@b", "c@d e@f".to_owned()));
        assert_eq!((mail.files.join(" "), mail.automatic), ("plan.pdf".to_owned(), false));
    }

    #[test]
    fn the_envelope_comes_first_and_html_is_read_as_text() {
        let raw = "From: a@example.com\r\nTo: b@example.com\r\nContent-Type: text/html\r\n\r\n<p>Hello <b>you</b></p><p>Bye</p>";
        let envelope = Envelope { from: Some("a@example.com".to_owned()), to: Some("c@example.com".to_owned()) };
        let mail = read(raw.as_bytes(), &envelope).unwrap();
        assert_eq!(mail.to, ["c@example.com", "b@example.com"]);
        assert!(
            mail.text.contains("Hello you") && mail.text.contains("Bye") && !mail.text.contains('<'),
            "{}",
            mail.text
        );
    }

    #[test]
    fn what_a_program_wrote_is_told_from_what_a_person_did() {
        let with = |header: &str| of(&format!("From: a@example.com\r\n{header}\r\n\r\nHello")).automatic;
        for header in [
            "Auto-Submitted: auto-replied",
            "Auto-Submitted: auto-generated (rejected)",
            "Precedence: bulk",
            "precedence: AUTO_REPLY",
            "X-Autoreply: yes",
            "Return-Path: <>",
            "Content-Type: multipart/report; report-type=delivery-status; boundary=x",
        ] {
            assert!(with(header), "{header}");
        }
        for header in ["Auto-Submitted: no", "Precedence: list", "Return-Path: <a@example.com>", "X-Spam-Flag: YES"] {
            assert!(!with(header), "{header}");
        }
        assert!(of("From: MAILER-DAEMON@example.com\r\n\r\nNo such user").automatic);
        let nobody = Envelope { from: Some(String::new()), to: None };
        assert!(read(b"From: a@example.com\r\n\r\nx", &nobody).unwrap().automatic);
    }

    #[test]
    fn verdicts_of_the_mail_server_are_read() {
        let mail =
            of("From: a@example.com\r\nX-Spam-Flag: YES\r\nAuthentication-Results: mx; dkim=none; dmarc=fail\r\n\r\nx");
        assert!(mail.spam && mail.forged);
        let mail =
            of("From: a@example.com\r\nX-Spam-Status: No, score=1\r\nAuthentication-Results: mx; dmarc=pass\r\n\r\nx");
        assert!(!mail.spam && !mail.forged);
    }

    #[test]
    fn what_is_from_nobody_is_no_mail() {
        for raw in ["", "Subject: x\r\n\r\nx", "From: nobody\r\n\r\nx", "\0\0", "From: <>\r\n\r\nx"] {
            assert_eq!(read(raw.as_bytes(), &Envelope::default()), None, "{raw:?}");
        }
    }

    #[test]
    fn what_is_quoted_is_left_out_of_what_is_new() {
        let cases = [
            ("Yes, please.\n\nOn Mon, 30 Nov 2026 Mara wrote:\n> Shall we?\n", "Yes, please."),
            ("Ja.\nAm 30.11.26 um 9:00 schrieb Mara <m@x.example>:\nnein", "Ja."),
            ("I once wrote:\nHello", "I once wrote:\nHello"),
            ("Fine\n-- \nAna Ruiz", "Fine"),
            ("Fine\n-----Original Message-----\nFrom: x", "Fine"),
            ("> one\nmine\n> two", "mine"),
            ("> only quoted", "> only quoted"),
            ("", ""),
        ];
        for (text, new) in cases {
            assert_eq!(fresh(text), new, "{text:?}");
        }
    }

    #[test]
    fn a_mail_stands_for_the_values_of_a_form() {
        let config = crate::demo::config();
        let mut mail = of("From: Ana Ruiz <ana@example.com>\r\nSubject: A class\r\n\r\nFor five of us?");
        mail.files = vec!["plan.pdf".to_owned()];
        let values = values(config.form("inquiry").unwrap(), &mail);
        let value = |name: &str| values.get(name).and_then(Given::one);
        assert_eq!((value("email"), value("name")), (Some("ana@example.com"), Some("Ana Ruiz")));
        let message = "A class\n\nFor five of us?\n\n[Attached, and not kept: plan.pdf]";
        assert_eq!(value("message"), Some(message));
        mail.text = "x".repeat(200_000);
        let values = super::values(config.form("inquiry").unwrap(), &mail);
        assert!(values.get("message").and_then(Given::one).is_some_and(|text| text.chars().count() <= 15_000));
    }

    fn of(raw: &str) -> Mail {
        read(raw.as_bytes(), &Envelope::default()).unwrap()
    }
}
