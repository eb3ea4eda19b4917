//! What a marketer does to sites: a change makes a whole new configuration from the one in force, and
//! [`crate::config::Config::parse`] says whether it makes sense.
//!
//! Not here: who may do it (`edge::desk_do`), or the page they do it on (`console`).

use crate::wire::config::{Site, SiteChecks, SiteKind, SiteLimits, Theme, Workspace};
use crate::wire::sites::{SiteChange, SiteEdit};

/// The longest id that is made from a name.
const MAX_ID_CHARS: usize = 40;

/// Why a change cannot be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SiteError {
    /// There is no such site.
    #[error("there is no such site (any more)")]
    Unknown,
}

/// The configuration as it is after a change, and the place of the changed site in it. `fresh_key` is used where a new key
/// is needed.
///
/// # Errors
/// [`SiteError::Unknown`].
pub fn apply(source: &Workspace, change: &SiteChange, fresh_key: &str) -> Result<(Workspace, usize), SiteError> {
    let mut changed = source.clone();
    let at = match change {
        SiteChange::Create { edit } => {
            let id = free_id(source, &edit.name);
            changed.sites.push(with_edit(blank(id, fresh_key), edit));
            changed.sites.len() - 1
        }
        SiteChange::Edit { id, edit } => with_site(&mut changed, id, |site| *site = with_edit(site.clone(), edit))?,
        SiteChange::RotateKey { id } => with_site(&mut changed, id, |site| fresh_key.clone_into(&mut site.key))?,
        SiteChange::SwitchOff { id } => with_site(&mut changed, id, |site| site.off = true)?,
        SiteChange::SwitchOn { id } => with_site(&mut changed, id, |site| site.off = false)?,
    };
    Ok((changed, at))
}

/// What a marketer may see and change of a site.
pub fn edit_of(site: &Site) -> SiteEdit {
    SiteEdit {
        name: site.name.clone(),
        kind: site.kind,
        origins: site.origins.clone(),
        forms: site.forms.clone(),
        prompts: site.prompts.clone(),
        launcher: site.launcher.clone(),
        pricing: site.pricing.clone(),
        lang: site.lang.clone(),
        theme: site.theme.clone().unwrap_or_default(),
        expires_at: site.expires_at.clone(),
        limits: site.limits.clone(),
        proof: site.checks.proof,
    }
}

/// The edit that is left to save where somebody else has changed the site meanwhile: what the member changed since `base`,
/// and for all the rest what stands there now. Also the names of what both have changed, where the member's counts.
pub fn rebased(base: &SiteEdit, mine: &SiteEdit, theirs: &SiteEdit) -> (SiteEdit, Vec<&'static str>) {
    let mut both = Vec::new();
    let theme = Theme {
        mode: one("mode of the look", &base.theme.mode, &mine.theme.mode, &theirs.theme.mode, &mut both),
        accent: one("colour of buttons", &base.theme.accent, &mine.theme.accent, &theirs.theme.accent, &mut both),
        accent_text: one(
            "colour of words on buttons",
            &base.theme.accent_text,
            &mine.theme.accent_text,
            &theirs.theme.accent_text,
            &mut both,
        ),
        radius: one("corners", &base.theme.radius, &mine.theme.radius, &theirs.theme.radius, &mut both),
    };
    let edit = SiteEdit {
        name: one("name", &base.name, &mine.name, &theirs.name, &mut both),
        kind: one("owner", &base.kind, &mine.kind, &theirs.kind, &mut both),
        origins: one("origins", &base.origins, &mine.origins, &theirs.origins, &mut both),
        forms: one("forms", &base.forms, &mine.forms, &theirs.forms, &mut both),
        prompts: one("prompts", &base.prompts, &mine.prompts, &theirs.prompts, &mut both),
        launcher: one("launcher", &base.launcher, &mine.launcher, &theirs.launcher, &mut both),
        pricing: one("pricing pages", &base.pricing, &mine.pricing, &theirs.pricing, &mut both),
        lang: one("language", &base.lang, &mine.lang, &theirs.lang, &mut both),
        theme,
        expires_at: one("end", &base.expires_at, &mine.expires_at, &theirs.expires_at, &mut both),
        limits: one("limits", &base.limits, &mine.limits, &theirs.limits, &mut both),
        proof: one("proof of work", &base.proof, &mine.proof, &theirs.proof, &mut both),
    };
    (edit, both)
}

fn one<T: Clone + PartialEq>(name: &'static str, base: &T, mine: &T, theirs: &T, both: &mut Vec<&'static str>) -> T {
    if mine == base {
        return theirs.clone();
    }
    if theirs != base && theirs != mine {
        both.push(name);
    }
    mine.clone()
}

/// An origin as browsers name it, from an address that somebody pasted: `https://Learn.example.com/pricing/` is
/// `https://learn.example.com`. What is no address is left as it is, to be refused with a reason.
pub fn origin_of(address: &str) -> String {
    let address = address.trim();
    let Some((scheme, rest)) = address.split_once("://") else { return address.to_owned() };
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let usual = match scheme.as_str() {
        "https" => ":443",
        "http" => ":80",
        _ => return address.to_owned(),
    };
    format!("{scheme}://{}", host.strip_suffix(usual).unwrap_or(&host))
}

/// The red, green and blue of a colour, `#2f5bd0` or `#abc`.
pub fn channels(colour: &str) -> Option<[u8; 3]> {
    let digits = colour.strip_prefix('#')?;
    let digit =
        |at: usize| digits.as_bytes().get(at).and_then(|byte| u8::try_from(char::from(*byte).to_digit(16)?).ok());
    let pair = |first: usize, second: usize| Some(digit(first)? * 16 + digit(second)?);
    match digits.len() {
        3 => Some([pair(0, 0)?, pair(1, 1)?, pair(2, 2)?]),
        6 => Some([pair(0, 1)?, pair(2, 3)?, pair(4, 5)?]),
        _ => None,
    }
}

/// How far two colours stand apart, from 1 to 21 (WCAG 2.2, contrast ratio). Words need 4.5.
pub fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance(colour: [u8; 3]) -> f64 {
    let [red, green, blue] = colour.map(|channel| {
        let part = f64::from(channel) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

fn with_site(source: &mut Workspace, id: &str, change: impl FnOnce(&mut Site)) -> Result<usize, SiteError> {
    let at = source.sites.iter().position(|site| site.id == id).ok_or(SiteError::Unknown)?;
    let site = source.sites.get_mut(at).ok_or(SiteError::Unknown)?;
    change(site);
    Ok(at)
}

fn blank(id: String, key: &str) -> Site {
    Site {
        id,
        name: String::new(),
        kind: SiteKind::Own,
        key: key.to_owned(),
        origins: Vec::new(),
        forms: Vec::new(),
        launcher: String::new(),
        pricing: Vec::new(),
        prompts: Vec::new(),
        lang: None,
        theme: None,
        expires_at: None,
        off: false,
        limits: SiteLimits::default(),
        checks: SiteChecks::default(),
    }
}

fn with_edit(site: Site, edit: &SiteEdit) -> Site {
    let theme = Some(edit.theme.clone()).filter(|theme| *theme != Theme::default());
    Site {
        name: edit.name.trim().to_owned(),
        kind: edit.kind,
        origins: edit.origins.clone(),
        forms: edit.forms.clone(),
        prompts: edit.prompts.clone(),
        launcher: edit.launcher.trim().to_owned(),
        pricing: edit.pricing.clone(),
        lang: edit.lang.clone(),
        theme,
        expires_at: edit.expires_at.clone(),
        limits: edit.limits.clone(),
        checks: SiteChecks { proof: edit.proof, ..site.checks.clone() },
        ..site
    }
}

/// An id made from a name: `Harbour Careers Guild` is `harbour_careers_guild`, or with a number where that is taken.
fn free_id(source: &Workspace, name: &str) -> String {
    let mut id = String::new();
    for c in name.chars().take(MAX_ID_CHARS) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => id.push(c),
            _ if !id.is_empty() && !id.ends_with('_') => id.push('_'),
            _ => {}
        }
    }
    let id = id.trim_end_matches('_');
    let id = if id.starts_with(|c: char| c.is_ascii_lowercase()) { id.to_owned() } else { format!("site_{id}") };
    let id = id.trim_end_matches('_').to_owned();
    let is_free = |id: &str| source.sites.iter().all(|site| site.id != id);
    if is_free(&id) {
        return id;
    }
    (2..).map(|number| format!("{id}_{number}")).find(|id| is_free(id)).unwrap_or(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::demo::workspace;

    #[test]
    fn a_new_site_has_a_key_and_an_id_of_its_own() {
        let source = workspace();
        let change = SiteChange::Create { edit: edit("Harbour Careers Guild") };
        let (changed, at) = apply(&source, &change, "pk_fresh_key").unwrap();
        assert_eq!(
            (changed.sites[at].id.as_str(), changed.sites[at].key.as_str()),
            ("harbour_careers_guild", "pk_fresh_key")
        );
        assert!(Config::parse(2, changed.clone()).is_ok());
        let (again, at) = apply(&changed, &change, "pk_other_key").unwrap();
        assert_eq!(again.sites[at].id, "harbour_careers_guild_2");
    }

    #[test]
    fn a_name_without_a_letter_of_ours_makes_an_id_all_the_same() {
        for (name, id) in [("教室", "site"), ("24/7 Lernen!", "site_24_7_lernen"), ("  ", "site")] {
            let (changed, at) = apply(&workspace(), &SiteChange::Create { edit: edit(name) }, "pk_fresh_key").unwrap();
            assert_eq!(changed.sites[at].id, id, "{name}");
        }
    }

    #[test]
    fn a_rotated_key_is_another_and_the_rest_stays() {
        let source = workspace();
        let (changed, at) = apply(&source, &SiteChange::RotateKey { id: "partner".into() }, "pk_fresh_key").unwrap();
        assert_eq!(changed.sites[at].key, "pk_fresh_key");
        assert_eq!(edit_of(&changed.sites[at]), edit_of(&source.sites[at]));
    }

    #[test]
    fn what_a_marketer_does_not_see_is_kept() {
        let mut source = workspace();
        let turnstile = crate::wire::config::Turnstile { site_key: "a".into(), secret: "b".into() };
        source.sites[0].checks.turnstile = Some(turnstile.clone());
        let change = SiteChange::Edit { id: source.sites[0].id.clone(), edit: edit("Other name") };
        let (changed, at) = apply(&source, &change, "").unwrap();
        assert_eq!(
            (changed.sites[at].name.as_str(), &changed.sites[at].checks.turnstile),
            ("Other name", &Some(turnstile))
        );
        assert_eq!(changed.sites[at].key, source.sites[0].key);
    }

    #[test]
    fn a_site_that_is_gone_cannot_be_changed() {
        let change = SiteChange::SwitchOff { id: "gone".into() };
        assert_eq!(apply(&workspace(), &change, ""), Err(SiteError::Unknown));
    }

    #[test]
    fn what_others_changed_meanwhile_is_kept_beside_what_a_member_typed() {
        let base = edit("Harbour");
        let mine = SiteEdit { launcher: "Mine".to_owned(), name: "Mine".to_owned(), ..base.clone() };
        let theirs = SiteEdit { launcher: "Theirs".to_owned(), forms: vec!["trial".to_owned()], ..base.clone() };
        let (left, both) = rebased(&base, &mine, &theirs);
        assert_eq!(left, SiteEdit { forms: vec!["trial".to_owned()], ..mine.clone() });
        assert_eq!(both, ["launcher"]);
        assert_eq!(rebased(&base, &base, &theirs), (theirs.clone(), vec![]));
        assert_eq!(rebased(&base, &mine, &mine), (mine, vec![]));
    }

    #[test]
    fn a_pasted_address_becomes_its_origin() {
        for (pasted, origin) in [
            (" https://Learn.Example.com/pricing/?a=b#c ", "https://learn.example.com"),
            ("HTTPS://a.example:443", "https://a.example"),
            ("http://a.example:80/", "http://a.example"),
            ("http://localhost:8787/x", "http://localhost:8787"),
            ("a.example", "a.example"),
            ("javascript://a", "javascript://a"),
        ] {
            assert_eq!(origin_of(pasted), origin);
        }
    }

    #[test]
    fn colours_are_read_and_compared() {
        assert_eq!(channels("#2f5bd0"), Some([0x2f, 0x5b, 0xd0]));
        assert_eq!(channels("#aBc"), Some([0xaa, 0xbb, 0xcc]));
        for bad in ["", "#", "red", "#12345", "#12345g", "#1234567", "2f5bd0", "#é1"] {
            assert_eq!(channels(bad), None, "{bad}");
        }
        assert!((contrast([0; 3], [255; 3]) - 21.0).abs() < 0.01);
        assert!((contrast([0x77; 3], [255; 3]) - 4.48).abs() < 0.01);
    }

    fn edit(name: &str) -> SiteEdit {
        SiteEdit {
            name: name.to_owned(),
            kind: SiteKind::Partner,
            origins: vec!["https://partner.example.com".to_owned()],
            forms: vec!["inquiry".to_owned()],
            prompts: Vec::new(),
            ..edit_of(&workspace().sites[0])
        }
    }
}
