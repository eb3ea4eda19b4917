//! Mail by a mail server: SMTP (RFC 5321) over the Worker's TCP sockets, one mail for each connection.
//!
//! Our own lines, because the mail libraries bring a runtime or a socket of their own, which a Worker has not.

mod letter;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use shared::delivery::address::{Reach, check_mail_server};
use shared::delivery::mail::Mail;
use shared::delivery::{End, Tried};
use shared::time::Timestamp;
use shared::wire::destination::{Smtp, SmtpTls};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use worker::{SecureTransport, Socket};

/// The longest answer of a server that is read: lines of 512 octets (RFC 5321, 4.5.3.1.5), and some of them.
const MAX_REPLY_BYTES: usize = 16 * 1024;

/// Sends one mail.
pub async fn send(to: &Smtp, id: &str, mail: &Mail, now: Timestamp, reach: Reach) -> Tried {
    if let Err(why) = check_mail_server(&to.host, to.port, reach) {
        return Tried::refused(why.to_string());
    }
    match deliver(to, id, mail, now).await {
        Ok(said) => {
            Tried { end: End::Confirmed, status: Some(said.code), says: format!("answered {said}"), wait_s: None }
        }
        Err(tried) => tried,
    }
}

/// A reply of a server: its code, and its text in one line.
struct Said {
    code: u16,
    text: String,
}

impl std::fmt::Display for Said {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let excerpt: String = self.text.chars().take(200).collect();
        write!(formatter, "{} {excerpt}", self.code)
    }
}

/// One connection. However the talk ends, also where nobody waits for it any more, the connection does too.
struct Line {
    /// Gone only while TLS begins.
    socket: Option<Socket>,
    read: Vec<u8>,
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(mut socket) = self.socket.take() {
            wasm_bindgen_futures::spawn_local(async move {
                if socket.close().await.is_err() {
                    crate::log::event("smtp_goodbye", "");
                }
            });
        }
    }
}

async fn deliver(to: &Smtp, id: &str, mail: &Mail, now: Timestamp) -> Result<Said, Tried> {
    let transport = match to.tls {
        SmtpTls::Implicit => SecureTransport::On,
        SmtpTls::Starttls => SecureTransport::StartTls,
        SmtpTls::Off => SecureTransport::Off,
    };
    let connected = Socket::builder().secure_transport(transport).connect(to.host.as_str(), to.port);
    let socket = connected.map_err(|_| Tried::failed("could not connect"))?;
    let mut line = Line { socket: Some(socket), read: Vec::new() };
    line.hear("the greeting", 220).await?;
    let name = letter::domain(&to.from);
    let mut offers = line.say(&format!("EHLO {name}"), "EHLO", 250).await?;
    if to.tls == SmtpTls::Starttls {
        line.say("STARTTLS", "STARTTLS", 220).await?;
        // What was said before TLS began counts for nothing.
        line.read.clear();
        line.socket = line.socket.take().map(Socket::start_tls);
        offers = line.say(&format!("EHLO {name}"), "EHLO", 250).await?;
    }
    if !to.user.is_empty() {
        sign_in(&mut line, to, &offers.text).await?;
    }
    line.say(&format!("MAIL FROM:<{}>", to.from), "MAIL", 250).await?;
    let mut refusals = Vec::new();
    for address in &to.to {
        if let Err(tried) = line.say(&format!("RCPT TO:<{address}>"), "RCPT", 250).await {
            refusals.push(tried);
        }
    }
    if refusals.len() == to.to.len() {
        // Nobody is left. What will do later for one of them is tried again for all.
        let for_now = refusals.iter().position(|tried| tried.end == End::Failed).unwrap_or(0);
        return Err(refusals.swap_remove(for_now));
    }
    line.say("DATA", "DATA", 354).await?;
    let mut said = line.say(&letter::data(to, id, mail, now), "the mail", 250).await?;
    if !refusals.is_empty() {
        said.text = format!("{} ({} of {} addresses were refused)", said.text, refusals.len(), to.to.len());
    }
    // It has the mail: how the goodbye goes changes nothing.
    if line.say("QUIT", "QUIT", 221).await.is_err() {
        crate::log::event("smtp_goodbye", "");
    }
    Ok(said)
}

/// Signs in with the password (RFC 4954), in the way that the server offers.
async fn sign_in(line: &mut Line, to: &Smtp, offers: &str) -> Result<(), Tried> {
    let offered = offers.to_ascii_uppercase();
    let ways = offered.split('\n').find_map(|offer| offer.strip_prefix("AUTH ")).unwrap_or_default();
    let offers = |way: &str| ways.split_whitespace().any(|offered| offered == way);
    let secret = |text: &str| STANDARD.encode(text);
    let signed_in = if offers("PLAIN") || !offers("LOGIN") {
        let both = secret(&format!("\0{}\0{}", to.user, to.password));
        line.say(&format!("AUTH PLAIN {both}"), "AUTH", 235).await
    } else {
        line.say("AUTH LOGIN", "AUTH", 334).await?;
        line.say(&secret(&to.user), "AUTH", 334).await?;
        line.say(&secret(&to.password), "AUTH", 235).await
    };
    // A password can be put right: it is tried again.
    signed_in.map(drop).map_err(|tried| Tried { end: End::Failed, ..tried })
}

impl Line {
    /// Says something, and hears the reply.
    async fn say(&mut self, text: &str, what: &str, expected: u16) -> Result<Said, Tried> {
        let gone = |_| Tried::failed(format!("the connection broke off at {what}"));
        let socket = self.socket.as_mut().ok_or_else(|| Tried::failed("the connection is gone"))?;
        socket.write_all(format!("{text}\r\n").as_bytes()).await.map_err(gone)?;
        socket.flush().await.map_err(gone)?;
        self.hear(what, expected).await
    }

    /// Hears a reply, which may have several lines. Another code than the expected one is the end of the try.
    async fn hear(&mut self, what: &str, expected: u16) -> Result<Said, Tried> {
        loop {
            if let Some((said, length)) = reply(&self.read) {
                self.read.drain(..length);
                if said.code == expected {
                    return Ok(said);
                }
                let end = if said.code / 100 == 5 { End::Refused } else { End::Failed };
                let says = format!("answered {said} to {what}");
                return Err(Tried { end, status: Some(said.code), says, wait_s: None });
            }
            let mut bytes = [0; 2_048];
            let socket = self.socket.as_mut().ok_or_else(|| Tried::failed("the connection is gone"))?;
            let read = socket.read(&mut bytes).await;
            let read = read.map_err(|_| Tried::failed(format!("could not connect, or it broke off at {what}")))?;
            if read == 0 {
                return Err(Tried::failed(format!("the server hung up at {what}")));
            }
            self.read.extend(bytes.iter().take(read));
            if self.read.len() > MAX_REPLY_BYTES {
                return Err(Tried::failed("the server says too much"));
            }
        }
    }
}

/// A whole reply at the start of what was read, and how long it is. Its lines are joined with line feeds.
fn reply(read: &[u8]) -> Option<(Said, usize)> {
    let mut texts: Vec<String> = Vec::new();
    let mut start = 0;
    loop {
        let rest = read.get(start..)?;
        let end = rest.iter().position(|byte| *byte == b'\n')?;
        let line = String::from_utf8_lossy(rest.get(..end)?).trim_end().to_owned();
        start += end + 1;
        texts.push(line.get(4..).unwrap_or_default().to_owned());
        // `250-` goes on, `250 ` is the last one.
        if line.as_bytes().get(3) != Some(&b'-') {
            let code = line.get(..3).and_then(|code| code.parse().ok()).unwrap_or(0);
            return Some((Said { code, text: texts.join("\n") }, start));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_read_once_it_is_whole() {
        let said = |text: &str| reply(text.as_bytes()).map(|(said, length)| (said.code, said.text, length));
        assert_eq!(said("220 mail.example.com\r\n"), Some((220, "mail.example.com".to_owned(), 22)));
        assert_eq!(said("250-a\r\n250-AUTH PLAIN\r\n"), None);
        assert_eq!(said("250-a\r\n250 AUTH PLAIN\r\n221 x\r\n").unwrap().0, 250);
        assert_eq!(said("250-a\r\n250 AUTH PLAIN\r\n").unwrap().1, "a\nAUTH PLAIN");
        assert_eq!(said("nonsense\r\n").unwrap().0, 0);
        assert_eq!(said(""), None);
    }
}
