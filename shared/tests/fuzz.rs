//! Every parser takes whatever comes. The entry points and the corpus are those of `tests/fuzz`, where libFuzzer looks for longer
//! and deeper; here the corpus is changed at random, by a seed, so that each run of the tests does the same.
//!
//! `USHER_FUZZ_TURNS=200000 USHER_FUZZ_SEED=7 cargo test --release -p shared --test fuzz -- --nocapture` does more, and other things.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test may fail by panicking, and says what it did"
)]
#![cfg(not(target_arch = "wasm32"))]

#[path = "fuzz/targets.rs"]
mod targets;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Inputs that are tried of each target, beside the corpus.
const TURNS: u64 = 4_000;
/// Of those that take a while without optimisation, one in so many.
const SLOW: (&[&str], u64) = (&["pattern", "multipart"], 10);
const SEED: u64 = 20_261_130;
/// No input may take longer, in a build without optimisation on a busy machine: what does not end is found, and S15 has the figures.
const LONGEST: Duration = Duration::from_secs(20);
const MAX_BYTES: usize = 64 * 1024;

/// Pieces that parsers trip over.
#[rustfmt::skip]
const PIECES: &[&[u8]] = &[
    b"", b"\0", b"\r\n", b"\n", b"\r\n\r\n", b"\"", b"\\", b"\\u0000", b"\\ud800", b"{", b"}", b"[", b"]", b",", b":", b"null", b"-1", b"1e999",
    b"18446744073709551616", b"0.1e-400", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"--x", b"--x--", b"; boundary=",
    b"filename=\"", b"name=\"", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"%", b"%zz", b"%00", b"@", b"..", b"://", b"javascript:", b"$eq", b"$not", b"$regex",
    b"(", b")*", b"{1,99}", b"[^", b"\\d", b"|", b"^", b"$", b"<script>", b"{{", b"}}", b"=", b"+", b"\t", b"2026-02-30", b"xn--", b"\xf0\x9f\x8f\xb4",
];

#[test]
fn every_parser_takes_whatever_comes() {
    let turns = of_environment("USHER_FUZZ_TURNS").unwrap_or(TURNS);
    let seed = of_environment("USHER_FUZZ_SEED").unwrap_or(SEED);
    for (name, target) in targets::TARGETS {
        let corpus = corpus(name);
        let mut slowest = (Duration::ZERO, Vec::new());
        let mut read = 0;
        let mut dice = Dice(seed);
        let turns = if SLOW.0.contains(name) { turns / SLOW.1 } else { turns };
        let changed = (0..turns).map(|_| dice.changed(&corpus));
        for (turn, input) in corpus.iter().cloned().chain(changed).enumerate() {
            let start = Instant::now();
            let ended = catch_unwind(AssertUnwindSafe(|| target(&input)));
            let took = start.elapsed();
            let Ok(is_read) = ended else { panic!("{name}, seed {seed}, turn {turn}: b\"{}\"", input.escape_ascii()) };
            read += u64::from(is_read);
            assert!(turn + 1 != corpus.len() || read > 1, "{name}: its corpus is what it is for");
            if took > slowest.0 {
                slowest = (took, input);
            }
        }
        println!(
            "{name}: {} of the corpus and {turns} changed, {read} of them what it is for, the slowest {:?} for {} bytes",
            corpus.len(),
            slowest.0,
            slowest.1.len()
        );
        assert!(slowest.0 < LONGEST, "{name}: {:?} for b\"{}\"", slowest.0, slowest.1.escape_ascii());
    }
}

#[test]
fn whoever_panics_is_found() {
    let panics = |input: &[u8]| assert!(!input.contains(&0xff), "a planted fault");
    let corpus = vec![b"{\"a\": 1}".to_vec()];
    let mut dice = Dice(SEED);
    let found = (0..TURNS).any(|_| {
        let input = dice.changed(&corpus);
        catch_unwind(|| panics(&input)).is_err()
    });
    assert!(found, "a fault that one byte sets off is met");
}

fn of_environment(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|value| value.parse().unwrap())
}

/// The files of a target's corpus, by name, so that the order is the same everywhere.
fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/fuzz/corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    assert!(files.len() > 3, "{} has a corpus", folder.display());
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

/// SplitMix64.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(end.max(1)).unwrap()).unwrap()
    }

    /// One of the corpus, changed in one place, or in a few.
    fn changed(&mut self, corpus: &[Vec<u8>]) -> Vec<u8> {
        let mut input = corpus[self.below(corpus.len())].clone();
        for _ in 0..=self.below(3) * self.below(2) {
            let as_json = self.below(2) == 0;
            match serde_json::from_slice(&input) {
                Ok(mut body) if as_json => {
                    self.change_json(&mut body, 0);
                    input = serde_json::to_vec(&body).unwrap();
                }
                _ => self.change_bytes(&mut input, corpus),
            }
        }
        input.truncate(MAX_BYTES);
        input
    }

    fn change_bytes(&mut self, input: &mut Vec<u8>, corpus: &[Vec<u8>]) {
        let at = self.below(input.len() + 1);
        let end = at + self.below((input.len() - at).min(64) + 1);
        match self.below(7) {
            0 if at < input.len() => input[at] ^= 1 << self.below(8),
            1 => drop(input.drain(at..end)),
            2 => {
                let piece = PIECES[self.below(PIECES.len())];
                input.splice(at..at, piece.iter().copied());
            }
            3 => {
                let again = input[at..end].repeat(1 << self.below(10));
                input.splice(end..end, again.into_iter().take(MAX_BYTES / 8));
            }
            4 => {
                let other = &corpus[self.below(corpus.len())];
                let from = self.below(other.len() + 1);
                input.splice(at..end, other[from..].iter().copied());
            }
            5 => input.truncate(at),
            _ => {
                let byte = u8::try_from(self.below(256)).unwrap();
                input.insert(at, byte);
            }
        }
    }

    /// Goes down to one place of it, and puts something else there.
    fn change_json(&mut self, body: &mut Value, depth: usize) {
        let goes_on = depth < 12 && self.below(5) > 0;
        match body {
            Value::Object(object) if goes_on && !object.is_empty() => {
                let at = self.below(object.len());
                let key = object.keys().nth(at).cloned().unwrap();
                match self.below(8) {
                    0 => drop(object.remove(&key)),
                    1 => drop(object.insert(format!("{key}{}", self.below(3)), self.value(3))),
                    _ => self.change_json(object.get_mut(&key).unwrap(), depth + 1),
                }
            }
            Value::Array(list) if goes_on && !list.is_empty() => {
                let at = self.below(list.len());
                match self.below(8) {
                    0 => drop(list.remove(at)),
                    1 => {
                        let again = list[at].clone();
                        list.extend(std::iter::repeat_n(again, 1 << self.below(8)));
                    }
                    _ => self.change_json(&mut list[at], depth + 1),
                }
            }
            Value::String(text) if goes_on => {
                let piece = String::from_utf8_lossy(PIECES[self.below(PIECES.len())]).into_owned();
                match self.below(3) {
                    0 => text.push_str(&piece),
                    1 => *text = piece.repeat(1 << self.below(10)),
                    _ => text.insert_str(0, &piece),
                }
            }
            other => *other = self.value(3),
        }
    }

    /// Any value, not deeper than that.
    fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth == 0 { 6 } else { 9 }) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!([0.0, -1.0, 1e308, 0.5, 2.0_f64.powi(53)][self.below(5)]),
            3 => json!(self.next()),
            4 => json!(String::from_utf8_lossy(PIECES[self.below(PIECES.len())])),
            5 => json!("2026-11-30"),
            6 => (0..self.below(4)).map(|_| self.value(depth - 1)).collect(),
            7 => {
                // Deeper than anybody nests.
                let mut deep = self.value(0);
                for _ in 0..self.below(120) {
                    deep = if self.below(2) == 0 { json!([deep]) } else { json!({ "$not": deep }) };
                }
                deep
            }
            _ => json!({ "$and": [self.value(depth - 1)], "values.name": self.value(depth - 1) }),
        }
    }
}
