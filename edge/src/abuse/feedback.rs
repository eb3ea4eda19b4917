//! Whom the page is for where a visitor says how satisfied they are: `{item}.{signature}`. Whoever has the link was sent it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::Mac as _;

use super::keyed;

const PURPOSE: &str = "feedback";
/// Half of the hash: 128 bits that nobody guesses.
const SIGNATURE_BYTES: usize = 16;

/// The token of an item.
pub fn make(secret: &str, item: &str) -> String {
    let hash = keyed(secret, PURPOSE, &[item]).finalize().into_bytes();
    format!("{item}.{}", URL_SAFE_NO_PAD.encode(hash.get(..SIGNATURE_BYTES).unwrap_or_default()))
}

/// The item of a token that was made here.
pub fn item<'t>(secret: &str, token: &'t str) -> Option<&'t str> {
    let (item, signature) = token.split_once('.')?;
    let signature = URL_SAFE_NO_PAD.decode(signature).ok().filter(|bytes| bytes.len() == SIGNATURE_BYTES)?;
    keyed(secret, PURPOSE, &[item]).verify_truncated_left(&signature).ok().map(|()| item)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_of_one_item_and_of_one_workspace() {
        let token = make("secret", "i1");
        assert_eq!(item("secret", &token), Some("i1"));
        assert_eq!(item("other", &token), None);
        assert_eq!(item("secret", &token.replace("i1", "i2")), None);
        assert_eq!((item("secret", "i1."), item("secret", "i1"), item("secret", "")), (None, None, None));
    }
}
