//! Takes the comments and the white space out of `src/style.css`: they are for readers, and visitors download it.

use std::{env, fs, path::Path};

fn main() {
    println!("cargo::rerun-if-changed=src/style.css");
    let css = fs::read_to_string("src/style.css").expect("src/style.css can be read");
    let out = env::var("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("style.css"), minify(&css)).expect("OUT_DIR can be written");
}

/// White space beside punctuation goes, the rest becomes one space. Spaces around `+` and `-` mean something inside
/// `calc`, and those before `:` and `(` in selectors and media queries, so they stay. The sheet has no strings with
/// white space in them.
fn minify(css: &str) -> String {
    let mut out = String::new();
    let mut rest = css;
    while let Some(start) = rest.find("/*") {
        squeeze(&mut out, &rest[..start]);
        rest = rest[start..].split_once("*/").map_or("", |(_, after)| after);
    }
    squeeze(&mut out, rest);
    out.replace(";}", "}")
}

fn squeeze(out: &mut String, css: &str) {
    for c in css.chars() {
        let last = out.chars().next_back().unwrap_or('{');
        if c.is_whitespace() {
            if !"{};:, ".contains(last) {
                out.push(' ');
            }
        } else {
            if last == ' ' && "{};,".contains(c) {
                out.pop();
            }
            out.push(c);
        }
    }
}
