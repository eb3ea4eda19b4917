//! A mail as it travels (RFC 5322, 2045, 2047): headers, and the text in base64, so that no line is too long, none begins with
//! a dot, and every server carries every letter.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::delivery::mail::{Mail, is_header_safe};
use shared::time::Timestamp;
use shared::wire::destination::Smtp;

/// Letters of an encoded line: 76 at most (RFC 2045, 6.8).
const LINE: usize = 76;
/// Bytes of an encoded word, in whole groups of three: with `Subject: ` and what surrounds it, a line of 76 at most (RFC 2047, 2).
const WORD_BYTES: usize = 39;

/// What follows `DATA`, up to the dot that ends it.
pub fn data(to: &Smtp, id: &str, mail: &Mail, now: Timestamp) -> String {
    let mut headers = vec![
        format!("Date: {}", now.to_rfc2822()),
        format!("From: <{}>", to.from),
        format!("To: {}", to.to.iter().map(|address| format!("<{address}>")).collect::<Vec<_>>().join(",\r\n ")),
    ];
    headers.extend(mail.reply_to.as_ref().map(|address| format!("Reply-To: <{address}>")));
    headers.extend([
        format!("Subject: {}", encoded(&mail.subject)),
        format!("Message-ID: <{id}@{}>", domain(&to.from)),
        "Auto-Submitted: auto-generated".to_owned(),
        "MIME-Version: 1.0".to_owned(),
        "Content-Type: text/plain; charset=utf-8".to_owned(),
        "Content-Transfer-Encoding: base64".to_owned(),
    ]);
    let body = STANDARD.encode(mail.text.replace('\n', "\r\n"));
    let lines: Vec<&str> = body.as_bytes().chunks(LINE).filter_map(|line| std::str::from_utf8(line).ok()).collect();
    format!("{}\r\n\r\n{}\r\n.", headers.join("\r\n"), lines.join("\r\n"))
}

/// The domain of an address.
pub fn domain(address: &str) -> &str {
    address.rsplit_once('@').map_or("localhost", |(_, domain)| domain)
}

/// A header's text: as it is, where that is short and plain, else in encoded words.
fn encoded(text: &str) -> String {
    let is_plain = is_header_safe(text) && text.len() <= LINE && !text.contains("=?");
    if is_plain {
        return text.to_owned();
    }
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    for letter in text.chars() {
        if word.len() + letter.len_utf8() > WORD_BYTES {
            words.push(std::mem::take(&mut word));
        }
        word.push(letter);
    }
    words.push(word);
    let words: Vec<String> = words.iter().map(|word| format!("=?utf-8?B?{}?=", STANDARD.encode(word))).collect();
    words.join("\r\n ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use shared::wire::destination::SmtpTls;

    #[test]
    fn every_line_is_short_plain_and_no_end_of_the_mail() {
        let to = Smtp {
            host: "smtp.example.com".to_owned(),
            port: 465,
            tls: SmtpTls::Implicit,
            user: String::new(),
            password: String::new(),
            from: "usher@example.com".to_owned(),
            to: vec!["sales@example.com".to_owned(), "mara@example.com".to_owned()],
        };
        let mail = Mail {
            subject: format!("New inquiry: J\u{f6}rg {}", "x".repeat(100)),
            text: format!(".\r\n.\n{}", "x".repeat(2_000)),
            reply_to: Some("ana@example.com".to_owned()),
        };
        let data = data(&to, "msg_1", &mail, Timestamp::from_ms(1_796_029_200_000));
        let (head, last) = data.rsplit_once("\r\n").unwrap();
        assert_eq!(last, ".");
        for line in head.split("\r\n") {
            assert!(line.len() <= 76 && line.is_ascii() && !line.starts_with('.'), "{line:?}");
        }
        assert!(data.starts_with("Date: Mon, 30 Nov 2026 09:00:00 +0000\r\nFrom: <usher@example.com>\r\n"), "{data}");
        assert!(
            data.contains("\r\nMessage-ID: <msg_1@example.com>\r\n")
                && data.contains("\r\nReply-To: <ana@example.com>\r\n")
        );
    }

    #[test]
    fn a_plain_subject_stays_as_it_is() {
        assert_eq!(encoded("New inquiry: Ana Ruiz (A1)"), "New inquiry: Ana Ruiz (A1)");
        assert_eq!(encoded("=?utf-8?B?eA==?="), "=?utf-8?B?PT91dGYtOD9CP2VBPT0/PQ==?=");
    }
}
