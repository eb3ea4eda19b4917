//! `crypto.subtle`: PBKDF2, and the signatures of others. The runtime's own, in native code.

use std::cell::Cell;
use std::time::Duration;

use js_sys::{Array, JsString, Object, Reflect, Uint8Array};
use shared::jwt::{Alg, Key};
use shared::password::{LINK, Stored};
use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Crypto, CryptoKey, SubtleCrypto};
use worker::Delay;

use crate::chance;
use crate::desk_do::passwords::Recipe;
use crate::error::Failure;

/// So many passwords are hashed at once; more would keep everybody else waiting.
const MAX_AT_ONCE: u32 = 4;
/// So many more may wait for their turn, and how long and how often they ask: four seconds.
const MAX_WAITING: u32 = 40;
const TURN: Duration = Duration::from_millis(40);
const TURNS: u32 = 100;

thread_local! {
    static HASHING: Cell<u32> = const { Cell::new(0) };
    static WAITING: Cell<u32> = const { Cell::new(0) };
}

/// A place among those that hash now, given back when it is dropped.
pub struct Place(&'static std::thread::LocalKey<Cell<u32>>);

impl Place {
    /// A place, as soon as there is one; `None` where too many wait.
    pub async fn wait() -> Option<Self> {
        let _queue = Self::take(&WAITING, MAX_WAITING + MAX_AT_ONCE)?;
        for _ in 0..TURNS {
            if let Some(place) = Self::take(&HASHING, MAX_AT_ONCE) {
                return Some(place);
            }
            Delay::from(TURN).await;
        }
        None
    }

    fn take(of: &'static std::thread::LocalKey<Cell<u32>>, most: u32) -> Option<Self> {
        let taken = of.get();
        (taken < most).then(|| {
            of.set(taken + 1);
            Self(of)
        })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.set(self.0.get().saturating_sub(1));
    }
}

/// Unicode's normal form C, so that a password is the same from every keyboard.
pub fn normal(text: &str) -> String {
    JsString::from(text).normalize("NFC").into()
}

/// A text without accents: `Košir` is `Kosir` to whoever guesses.
pub fn bare(text: &str) -> String {
    let apart: String = JsString::from(text).normalize("NFKD").into();
    apart.chars().filter(|letter| !('\u{300}'..='\u{36f}').contains(letter)).collect()
}

/// Hashes a password, in hexadecimal: see [`shared::password::Stored`]. Where it costs less than `at_least`, the rest is
/// computed and thrown away, so that the time it takes says nothing of when the password was set.
///
/// # Errors
/// [`Failure::Crypto`].
pub async fn hash(_place: &Place, password: &str, recipe: &Recipe, at_least: u32) -> Result<String, Failure> {
    let subtle = subtle()?;
    let usages = Array::of1(&"deriveBits".into());
    let raw = Uint8Array::from(password.as_bytes());
    let key =
        subtle.import_key_with_str("raw", &raw, "PBKDF2", false, &usages).map_err(|error| failed("key", error))?;
    let key: CryptoKey = JsFuture::from(key).await.map_err(|error| failed("key", error))?.unchecked_into();
    let salt = chance::from_hex(&recipe.salt).unwrap_or_default();
    let hash = chain(&subtle, &key, salt, recipe.iterations, recipe.link).await?;
    chain(&subtle, &key, hash.clone(), at_least.saturating_sub(recipe.iterations), recipe.link).await?;
    Ok(chance::to_hex(&hash))
}

/// What is to be kept of a new password, under a salt of its own.
///
/// # Errors
/// As [`hash`], or where there are no random bytes.
pub async fn stored(place: &Place, password: &str, iterations: u32) -> Result<String, Failure> {
    let recipe = Recipe { salt: chance::hex::<16>()?, iterations, link: LINK };
    let hash = hash(place, password, &recipe, iterations).await?;
    Ok(Stored { iterations, link: LINK, salt: recipe.salt, hash }.write())
}

async fn chain(
    subtle: &SubtleCrypto,
    key: &CryptoKey,
    mut salt: Vec<u8>,
    iterations: u32,
    link: u32,
) -> Result<Vec<u8>, Failure> {
    let mut left = iterations;
    while left > 0 {
        let count = left.min(link.max(1));
        salt = derive(subtle, key, &salt, count).await?;
        left -= count;
        if left > 0 {
            // The runtime answers others in between: one call is not interrupted.
            Delay::from(Duration::ZERO).await;
        }
    }
    Ok(salt)
}

async fn derive(subtle: &SubtleCrypto, key: &CryptoKey, salt: &[u8], iterations: u32) -> Result<Vec<u8>, Failure> {
    const BITS: u32 = 256;
    let how = object(&[
        ("name", "PBKDF2".into()),
        ("hash", "SHA-256".into()),
        ("salt", Uint8Array::from(salt).into()),
        ("iterations", iterations.into()),
    ])?;
    let bits = subtle.derive_bits_with_object(&how, key, BITS).map_err(|error| failed("PBKDF2", error))?;
    let bits = JsFuture::from(bits).await.map_err(|error| failed("PBKDF2", error))?;
    Ok(Uint8Array::new(&bits).to_vec())
}

/// Whether a signature is a key's. A key that is none has signed nothing.
///
/// # Errors
/// [`Failure::Crypto`] where the runtime has no cryptography.
pub async fn verify(alg: Alg, key: &Key, signature: &[u8], signed: &[u8]) -> Result<bool, Failure> {
    let subtle = subtle()?;
    let (name, how) = match alg {
        Alg::Rs256 => ("RSASSA-PKCS1-v1_5", [("hash", "SHA-256".into()), ("name", JsValue::from("RSASSA-PKCS1-v1_5"))]),
        Alg::Es256 => ("ECDSA", [("namedCurve", "P-256".into()), ("name", JsValue::from("ECDSA"))]),
    };
    let jwk = match key {
        Key::Rsa { n, e } => object(&[("kty", "RSA".into()), ("n", n.into()), ("e", e.into())])?,
        Key::P256 { x, y } => {
            object(&[("kty", "EC".into()), ("crv", "P-256".into()), ("x", x.into()), ("y", y.into())])?
        }
    };
    let usages = Array::of1(&"verify".into());
    let Ok(key) = subtle.import_key_with_object("jwk", &jwk, &object(&how)?, false, &usages) else { return Ok(false) };
    let Ok(key) = JsFuture::from(key).await else { return Ok(false) };
    let how = object(&[("name", name.into()), ("hash", "SHA-256".into())])?;
    let key: CryptoKey = key.unchecked_into();
    let (signature, signed) = (Uint8Array::from(signature), Uint8Array::from(signed));
    let Ok(is_theirs) = subtle.verify_with_object_and_buffer_source_and_buffer_source(&how, &key, &signature, &signed)
    else {
        return Ok(false);
    };
    Ok(JsFuture::from(is_theirs).await.is_ok_and(|is_theirs| is_theirs.is_truthy()))
}

fn subtle() -> Result<SubtleCrypto, Failure> {
    let crypto = Reflect::get(&js_sys::global(), &"crypto".into()).map_err(|error| failed("crypto", error))?;
    if crypto.is_undefined() {
        return Err(failed("crypto", crypto));
    }
    Ok(crypto.unchecked_into::<Crypto>().subtle())
}

fn object(members: &[(&str, JsValue)]) -> Result<Object, Failure> {
    let object = Object::new();
    for (name, value) in members {
        Reflect::set(&object, &(*name).into(), value).map_err(|error| failed("object", error))?;
    }
    Ok(object)
}

fn failed(step: &'static str, source: JsValue) -> Failure {
    Failure::Crypto { step, source: source.into() }
}
