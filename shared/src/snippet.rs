//! What a marketer puts on a page, what its content security policy has to allow, and what a look at a page found, in
//! words. The console shows these, and the README says the same.
//!
//! Not here: the look itself (`widget/loader/check.js`), or the package (`npm/`).
//!
//! ```
//! use shared::snippet::{Embed, Mode};
//! let embed = Embed { origin: "https://usher.example.com", site: "pk_your_site", form: "inquiry" };
//! assert!(embed.code(Mode::Script).starts_with("<script async src=\"https://usher.example.com/v1/usher.js\""));
//! ```

mod found;

pub use found::{Finding, Level, Report, findings};

/// How Usher comes onto a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// A script element.
    Script,
    /// A package of the page's own bundle.
    Npm,
    /// An HTML form, without any script.
    Plain,
    /// A tag of Google Tag Manager.
    TagManager,
}

/// All of them, in the order in which they are offered.
pub const MODES: [Mode; 4] = [Mode::Script, Mode::Npm, Mode::Plain, Mode::TagManager];

impl Mode {
    /// The name people read.
    pub fn name(self) -> &'static str {
        match self {
            Self::Script => "Script",
            Self::Npm => "npm",
            Self::Plain => "Plain form",
            Self::TagManager => "Google Tag Manager",
        }
    }

    /// Where the code goes.
    pub fn place(self) -> &'static str {
        match self {
            Self::Script => "Copy this before </body> on every page of the site.",
            Self::Npm => "For sites that are built with a bundler: install the package once, then load it.",
            Self::Plain => "A form of the page's own, without any script. Keep the names of the fields.",
            Self::TagManager => "A tag of the kind Custom HTML, fired on all pages.",
        }
    }
}

/// Usher's address, a site's key, and the form that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Embed<'a> {
    /// Where Usher is: `https://usher.example.com`.
    pub origin: &'a str,
    /// The site's public key.
    pub site: &'a str,
    /// The form's id; empty for the site's first.
    pub form: &'a str,
}

impl Embed<'_> {
    /// What is copied.
    pub fn code(&self, mode: Mode) -> String {
        let Self { origin, site, form } = self;
        match mode {
            Mode::Script => {
                let form = if form.is_empty() { String::new() } else { format!(" data-form=\"{form}\"") };
                format!("<script async src=\"{origin}/v1/usher.js\" data-site=\"{site}\"{form}></script>")
            }
            // A tag manager drops the attributes of a script: they stand in its address.
            Mode::TagManager => {
                let form = if form.is_empty() { String::new() } else { format!("&form={form}") };
                format!("<script async src=\"{origin}/v1/usher.js?site={site}{form}\"></script>")
            }
            Mode::Npm => {
                let form = if form.is_empty() { String::new() } else { format!(", form: \"{form}\"") };
                format!(
                    "npm install {origin}/v1/usher-widget.tgz\n\nimport {{ load }} from \"@usher/widget\";\n\nload({{ origin: \
                     \"{origin}\", site: \"{site}\"{form} }});"
                )
            }
            Mode::Plain => format!(
                "<form action=\"{origin}/v1/forms/{site}/{}\" method=\"post\">\n  <label>E-mail <input name=\"email\" \
                 type=\"email\" autocomplete=\"email\" required></label>\n  <label>Your question <textarea \
                 name=\"message\" required></textarea></label>\n  <button>Send</button>\n</form>",
                if form.is_empty() { "inquiry" } else { form }
            ),
        }
    }

    /// What a content security policy needs for it: directives with their sources.
    pub fn policy(&self, mode: Mode) -> String {
        let origin = self.origin;
        match mode {
            Mode::Script | Mode::Npm | Mode::TagManager => {
                format!("script-src {origin} 'wasm-unsafe-eval'; connect-src {origin}")
            }
            Mode::Plain => format!("form-action {origin}"),
        }
    }

    /// What else to know about the policy.
    pub fn policy_note(mode: Mode) -> &'static str {
        match mode {
            Mode::Script => {
                "'wasm-unsafe-eval' lets the widget's WebAssembly run; it allows no eval. Without it the form is a simpler one."
            }
            Mode::Npm => {
                "With nonces, pass yours as the option nonce; then script-src needs only 'wasm-unsafe-eval' besides it."
            }
            Mode::Plain => "Only a policy that has form-action needs this line.",
            Mode::TagManager => "Besides what Tag Manager itself needs (script-src https://www.googletagmanager.com).",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: Embed<'_> = Embed { origin: "https://usher.example.com", site: "pk_your_site", form: "inquiry" };

    #[test]
    fn the_readme_says_the_same() {
        let readme = include_str!("../../README.md");
        for mode in MODES {
            let policy = HERE.policy(mode);
            assert!(readme.contains(&policy), "{policy}");
        }
        for mode in [Mode::Script, Mode::Plain, Mode::TagManager] {
            let code = HERE.code(mode);
            assert!(readme.contains(&code), "{code}");
        }
        let npm = HERE.code(Mode::Npm);
        for line in npm.lines().filter(|line| !line.is_empty()) {
            assert!(readme.contains(line), "{line}");
        }
    }

    #[test]
    fn the_form_is_left_out_where_none_is_chosen() {
        let first = Embed { form: "", ..HERE };
        for mode in [Mode::Script, Mode::Npm, Mode::TagManager] {
            assert!(HERE.code(mode).contains("inquiry") && !first.code(mode).contains("form"), "{}", mode.name());
        }
    }
}
