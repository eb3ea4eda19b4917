//! An arm that an address asks for: `?my-experiment=1`. For an editor whose link is signed; nobody else's address is looked at.

/// The arm that the address names, if there is one of that number. Digits only: `2.5`, `-1` and `1a` name none.
pub fn forced_by(key: &str, url: &str, arms: usize) -> Option<usize> {
    let (page, _) = url.split_once('#').unwrap_or((url, ""));
    let (_, query) = page.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    let (_, value) = pairs.find(|(name, value)| *name == key && !value.is_empty())?;
    let is_number = value.bytes().all(|digit| digit.is_ascii_digit());
    value.parse().ok().filter(|arm| is_number && *arm < arms)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_number_of_an_arm_counts() {
        for (url, arm) in [
            ("https://a.example/?exp=1", Some(1)),
            ("https://a.example/?b=c&exp=0#exp=1", Some(0)),
            ("https://a.example/#?exp=1", None),
            ("https://a.example/?exp=2", None),
            ("https://a.example/?exp=-1", None),
            ("https://a.example/?exp=+1", None),
            ("https://a.example/?exp=1.5", None),
            ("https://a.example/?exp=", None),
            ("https://a.example/?exp", None),
            ("https://a.example/?xexp=1", None),
            ("https://a.example/", None),
            ("", None),
            ("https://a.example/?exp=99999999999999999999999", None),
        ] {
            assert_eq!(forced_by("exp", url, 2), arm, "{url}");
        }
    }
}
