//! First and last touch: how a visitor came, from what the page really was. The first one stays; of the later ones the
//! last that came from somewhere (a campaign, another site) counts, so that typing the address does not hide an advertisement.
//!
//! Not here: whether the page told the truth about its address (`edge::api::signals` compares it with the request).

use serde_json::{Map, Value};

use crate::source;
use crate::time::Timestamp;
use crate::wire::visit::Touch;

/// The site that a page belongs to.
#[derive(Debug, Clone, Copy)]
pub struct OnSite<'a> {
    /// Its id.
    pub id: &'a str,
    /// Whether it is a partner's.
    pub partner: bool,
    /// Its origins: coming from one of them is coming from nowhere.
    pub origins: &'a [String],
}

/// How somebody came to this page.
pub fn touch(url: &str, referrer: &str, site: OnSite<'_>, at: Timestamp) -> Touch {
    let from = source::host(referrer);
    let is_own = from == source::host(url) || site.origins.iter().any(|origin| source::host(origin) == from);
    Touch {
        at: at.as_ms(),
        site: site.id.to_owned(),
        partner: site.partner,
        path: source::path(url).to_owned(),
        referrer: if is_own { String::new() } else { from },
        campaign: source::campaign(url).into_iter().collect(),
    }
}

impl Touch {
    /// Whether they came from nowhere in particular.
    pub fn is_direct(&self) -> bool {
        self.campaign.is_empty() && self.referrer.is_empty()
    }

    /// What conditions read: `touch.first.source`, `touch.last.referrer`, ...
    pub fn facts(&self) -> Value {
        let mut facts: Map<String, Value> =
            self.campaign.iter().map(|(name, value)| (name.clone(), Value::from(value.as_str()))).collect();
        for (name, value) in [("site", &self.site), ("path", &self.path), ("referrer", &self.referrer)] {
            if !value.is_empty() {
                facts.insert(name.to_owned(), Value::from(value.as_str()));
            }
        }
        facts.insert("partner".to_owned(), Value::from(self.partner));
        facts.insert("direct".to_owned(), Value::from(self.is_direct()));
        Value::Object(facts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_campaign_and_a_referrer_are_read_from_the_page() {
        let touch =
            came("https://learn.example.com/pricing/?utm_source=letter&gclid=x1", "https://News.example.org/a?b#c");
        assert_eq!((touch.path.as_str(), touch.referrer.as_str()), ("/pricing/", "news.example.org"));
        assert!(!touch.is_direct());
        let expected = json!({
            "source": "letter", "gclid": "x1", "site": "platform", "path": "/pricing/", "referrer": "news.example.org",
            "partner": false, "direct": false,
        });
        assert_eq!(touch.facts(), expected);
    }

    #[test]
    fn coming_from_the_site_itself_is_coming_from_nowhere() {
        for referrer in ["", "https://learn.example.com/", "https://www.example.com/start", "nonsense"] {
            assert!(came("https://learn.example.com/", referrer).is_direct(), "{referrer}");
        }
    }

    fn came(url: &str, referrer: &str) -> Touch {
        let origins = ["https://learn.example.com".to_owned(), "https://www.example.com".to_owned()];
        let site = OnSite { id: "platform", partner: false, origins: &origins };
        touch(url, referrer, site, Timestamp::from_ms(5))
    }
}
