//! Programs that read pages: what they call themselves. What they do is kept and counted, and earns no points.
//!
//! A program that lies about its name is found by what it lacks: a hand that moves ([`crate::visit::Seen::human`]).

/// Pieces of names, in lower case: crawlers, previews of links, scanners of mail, monitors, libraries.
const NAMES: &[&str] = &[
    "bot",
    "crawl",
    "spider",
    "slurp",
    "scrap",
    "scan",
    "headless",
    "phantomjs",
    "lighthouse",
    "pagespeed",
    "gtmetrix",
    "pingdom",
    "uptime",
    "statuscake",
    "monitor",
    "preview",
    "facebookexternalhit",
    "whatsapp",
    "embedly",
    "mediapartners",
    "feedfetcher",
    "google-safety",
    "googleother",
    "bingpreview",
    "yandex.com/bots",
    "microsoft office",
    "ms-office",
    "msoffice",
    "safelinks",
    "barracuda",
    "mimecast",
    "proofpoint",
    "symantec",
    "trendmicro",
    "zscaler",
    "fireeye",
    "ironport",
    "forcepoint",
    "sophos",
    "virustotal",
    "curl/",
    "wget/",
    "python",
    "aiohttp",
    "httpx",
    "go-http-client",
    "java/",
    "okhttp",
    "axios/",
    "node-fetch",
    "undici",
    "libwww",
    "httpclient",
    "postman",
    "ruby",
    "perl",
];
/// Telephones whose maker's name holds one of the pieces.
const MAKERS: &[&str] = &["cubot", "scanbot"];

/// Whether a user agent is a program's own. A browser always has a name.
pub fn is_robot(agent: &str) -> bool {
    let mut agent = agent.to_ascii_lowercase();
    for maker in MAKERS {
        agent = agent.replace(maker, "");
    }
    let agent = agent.trim();
    agent.is_empty() || agent == "node" || NAMES.iter().any(|name| agent.contains(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crawlers_previews_and_scanners_are_known() {
        for agent in [
            "",
            "node",
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/116.0 Safari/537.36",
            "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
            "facebookexternalhit/1.1",
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0 Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0) Barracuda Sentinel (EE)",
            "curl/8.9.1",
            "python-requests/2.32",
        ] {
            assert!(is_robot(agent), "{agent}");
        }
    }

    #[test]
    fn browsers_are_not() {
        for agent in [
            "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1",
            "Mozilla/5.0 (Linux; Android 9; CUBOT_X18_Plus) AppleWebKit/537.36 Chrome/120.0.0.0 Mobile Safari/537.36",
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:147.0) Gecko/20100101 Firefox/147.0",
        ] {
            assert!(!is_robot(agent), "{agent}");
        }
    }
}
