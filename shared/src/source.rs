//! Where a submission came from: the page's path, and the campaign its address names.

/// The most campaign parameters kept.
const MAX_PARAMETERS: usize = 16;
/// The most characters of one campaign parameter.
const MAX_CHARS: usize = 200;

/// What advertising networks and partners put in an address to know a click, or themselves, again.
pub const CLICK_IDS: &[&str] = &[
    "gclid",
    "gbraid",
    "wbraid",
    "dclid",
    "fbclid",
    "msclkid",
    "ttclid",
    "twclid",
    "li_fat_id",
    "yclid",
    "ref",
    "via",
];

/// The host of an address, in lower case and without its port: `learn.example.com`; empty where it has none.
pub fn host(url: &str) -> String {
    let after_scheme = url.split_once("://").map_or("", |(_, rest)| rest);
    let authority = after_scheme.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    host.split(':').next().unwrap_or_default().to_ascii_lowercase()
}

/// The origin of an address: `https://learn.example.com:8443`; nothing where it has none.
pub fn origin(url: &str) -> Option<String> {
    let (scheme, rest) = url.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next().filter(|authority| !authority.is_empty())?;
    Some(format!("{scheme}://{authority}").to_ascii_lowercase())
}

/// The path of an address, `/pricing/` of `https://learn.example.com/pricing/?a=b`; `/` where it has none.
pub fn path(url: &str) -> &str {
    let after_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    let from_path = after_scheme.find('/').and_then(|at| after_scheme.get(at..)).unwrap_or("/");
    from_path.split(['?', '#']).next().unwrap_or("/")
}

/// The campaign parameters of an address, in its order: `utm_source` is `source`, and the click ids of the large networks
/// keep their names.
pub fn campaign(url: &str) -> Vec<(String, String)> {
    let query = url.split_once('?').map_or("", |(_, rest)| rest.split('#').next().unwrap_or(""));
    query
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .filter_map(|(name, value)| {
            let name = match name.strip_prefix("utm_") {
                Some(rest @ ("source" | "medium" | "campaign" | "term" | "content")) => rest,
                None if CLICK_IDS.contains(&name) => name,
                _ => return None,
            };
            let value: String = decode(value).chars().filter(|c| !c.is_control()).take(MAX_CHARS).collect();
            (!value.is_empty()).then(|| (name.to_owned(), value))
        })
        .take(MAX_PARAMETERS)
        .collect()
}

/// Undoes `application/x-www-form-urlencoded`: `+` is a space, `%41` is `A`, what is no UTF-8 becomes U+FFFD.
pub fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let mut ahead = rest.clone();
                match (ahead.next().and_then(hex), ahead.next().and_then(hex)) {
                    (Some(high), Some(low)) => {
                        bytes.push(high * 16 + low);
                        rest = ahead;
                    }
                    _ => bytes.push(byte),
                }
            }
            _ => bytes.push(byte),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_is_found_in_any_address() {
        assert_eq!(path("https://learn.example.com/pricing/?a=b#c"), "/pricing/");
        assert_eq!(path("https://learn.example.com"), "/");
        assert_eq!(path("http://localhost:8787/?next=/pricing/"), "/");
        assert_eq!(path(""), "/");
    }

    #[test]
    fn host_and_origin_are_found_in_any_address() {
        assert_eq!(host("https://a:b@Learn.Example.com:8443/x?y#z"), "learn.example.com");
        assert_eq!((host("/pricing"), host("")), (String::new(), String::new()));
        assert_eq!(origin("http://LOCALHOST:8787/?a").as_deref(), Some("http://localhost:8787"));
        assert_eq!((origin("about:srcdoc"), origin("https:///x")), (None, None));
    }

    #[test]
    fn a_campaign_is_read_from_the_address() {
        let url = "https://x.example.com/?utm_source=news+letter&utm_medium=e%2Dmail&id=7&utm_nonsense=1&gclid=abc#utm_term=no";
        let expected = [("source", "news letter"), ("medium", "e-mail"), ("gclid", "abc")];
        assert_eq!(campaign(url), expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }

    #[test]
    fn what_is_half_encoded_is_kept_as_it_is() {
        assert_eq!(decode("100%&%zz%e2%82%ac%ff"), "100%&%zz€\u{fffd}");
    }
}
