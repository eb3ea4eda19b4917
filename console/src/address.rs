//! Addresses of pages, as staff read them. They came from strangers: nothing here makes a link of one.

/// An address as it reads on an item that was sent from `page`: without the origin where that is the page's own.
pub fn seen_from(page: &str, url: &str) -> String {
    match (split(page), split(url)) {
        (Some((here, _)), Some((there, rest))) if here.eq_ignore_ascii_case(there) => {
            let shown = rest.split('#').next().unwrap_or_default();
            if shown.starts_with('/') { shown.to_owned() } else { format!("/{shown}") }
        }
        _ => url.to_owned(),
    }
}

/// The origin of an address of the web, and what follows it.
fn split(url: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = url.split_once("://")?;
    if !scheme.eq_ignore_ascii_case("https") && !scheme.eq_ignore_ascii_case("http") {
        return None;
    }
    let host = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    url.split_at_checked(scheme.len() + "://".len() + host)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://larkfield.example/pricing/?utm_source=letter";

    #[test]
    fn on_the_same_origin_the_path_and_the_query_say_enough() {
        assert_eq!(seen_from(PAGE, "https://larkfield.example/courses/?level=2#top"), "/courses/?level=2");
        assert_eq!(seen_from(PAGE, "https://LARKFIELD.example/"), "/");
        assert_eq!(seen_from(PAGE, "https://larkfield.example"), "/");
        assert_eq!(seen_from(PAGE, "https://larkfield.example?q=1"), "/?q=1");
    }

    #[test]
    fn any_other_address_is_whole() {
        for other in [
            "http://larkfield.example/",
            "https://larkfield.example:8443/",
            "https://larkfield.example.evil.example/",
            "https://larkfield.example@evil.example/",
            "https://larkfield.example\\@evil.example/",
            "javascript:alert(1)",
            "",
        ] {
            assert_eq!(seen_from(PAGE, other), other);
        }
        assert_eq!(seen_from("", "https://larkfield.example/"), "https://larkfield.example/");
    }
}
