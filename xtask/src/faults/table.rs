//! The tables of promises in `SECURITY.md`: a row each, found by its id, whose last two cells are what was measured and when.
//! Its third says how to show it: what a script shows has its command there. Everything else, in the rows and outside of the
//! markers, is left as it is.

use std::time::SystemTime;

use anyhow::{Context, Result, bail};
use shared::time::Timestamp;

use super::Finding;
use crate::paths;

const FILE: &str = "SECURITY.md";
const BEGIN: &str = "<!-- promises -->";
const END: &str = "<!-- end of promises -->";
const MISSED: &str = "**missed**";
/// Id, what is promised, how to show it, figure, date.
const CELLS: usize = 5;

/// Writes what was found into its rows.
pub fn write(findings: &[Finding], is_short: bool) -> Result<()> {
    let path = paths::root().join(FILE);
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {FILE}"))?;
    let text = rewritten(&text, findings, is_short, &today()?)?;
    std::fs::write(&path, text).with_context(|| format!("cannot write {FILE}"))
}

/// The promises that their rows say are missed. Fails where one that was looked at has no row.
pub fn known_as_missed(findings: &[Finding]) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(paths::root().join(FILE)).with_context(|| format!("cannot read {FILE}"))?;
    rewritten(&text, findings, true, "")?;
    Ok(missed(&text))
}

fn missed(text: &str) -> Vec<String> {
    let rows = text.lines().filter(|line| line.contains(&format!("| {MISSED}")));
    rows.filter_map(id_of).map(ToOwned::to_owned).collect()
}

fn rewritten(text: &str, findings: &[Finding], is_short: bool, date: &str) -> Result<String> {
    let (mut result, mut is_table, mut written) = (String::new(), false, Vec::new());
    for line in text.lines() {
        match line.trim() {
            BEGIN => is_table = true,
            END => is_table = false,
            _ => {}
        }
        let finding = findings.iter().find(|finding| is_table && id_of(line) == Some(&finding.id));
        match finding {
            Some(finding) => {
                result.push_str(&row(line, finding, is_short, date)?);
                written.push(&finding.id);
            }
            None => result.push_str(line),
        }
        result.push('\n');
    }
    match findings.iter().find(|finding| !written.contains(&&finding.id)) {
        Some(finding) => bail!("{FILE} has no row of {}", finding.id),
        None => Ok(result),
    }
}

fn id_of(line: &str) -> Option<&str> {
    line.strip_prefix('|')?.split('|').next().map(str::trim)
}

fn row(line: &str, finding: &Finding, is_short: bool, date: &str) -> Result<String> {
    let cells: Vec<&str> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
    let [id, promised, command, _, _] = cells.as_slice() else {
        bail!("the row of {} in {FILE} has not {CELLS} cells", finding.id);
    };
    let own = format!("`cargo xtask faults {id}`");
    let command = match *command {
        "" => own,
        command if command.contains(&own) => command.to_owned(),
        // What showed it, in part, before it had a script.
        command => format!("{own}; {command}"),
    };
    let verdict = match (finding.is_met, is_short) {
        (true, false) => "met",
        // Its bounds of time are wider, and it is smaller: that is not what is promised.
        (true, true) => "not run in full; in short",
        (false, false) => MISSED,
        (false, true) => "**missed** in short",
    };
    // A bar would end the cell.
    let figure = finding.figure.replace('|', "/");
    Ok(format!("| {id} | {promised} | {command} | {verdict}: {figure} | {date} |"))
}

/// The day (UTC).
fn today() -> Result<String> {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).context("the clock is before 1970")?;
    let at = Timestamp::from_ms(i64::try_from(since.as_millis()).unwrap_or(i64::MAX)).to_rfc3339();
    Ok(at.split('T').next().unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::Finding;
    use super::{BEGIN, END, FILE, id_of, missed, rewritten};
    use crate::fingerprint::files_below;
    use crate::paths;

    fn finding(id: &str, is_met: bool) -> Finding {
        Finding { id: id.to_owned(), is_met, figure: "0 | 7".to_owned() }
    }

    #[test]
    fn a_row_gets_its_figure_and_nothing_else_changes() {
        let text =
            format!("| R1 | outside |\n{BEGIN}\n| R1 | all | `x` | old | then |\n| R10 | b | `y` | o | t |\n{END}\n");
        let now = rewritten(&text, &[finding("R1", true)], false, "2026-11-30").unwrap();
        let wanted = text.replace("| `x` | old | then |", "| `cargo xtask faults R1`; `x` | met: 0 / 7 | 2026-11-30 |");
        assert_eq!(now, wanted);
        let short = rewritten(&text, &[finding("R10", false)], true, "d").unwrap();
        assert!(short.contains("`y` | **missed** in short: 0 / 7 | d |"), "{short}");
        let again = rewritten(&now, &[finding("R1", true)], false, "2026-11-30").unwrap();
        assert_eq!(again, now);
        assert_eq!((missed(&text), missed(&short)), (Vec::new(), vec!["R10".to_owned()]));
    }

    #[test]
    fn a_promise_without_a_row_is_an_error() {
        let text = format!("{BEGIN}\n| R1 | a | `x` | o | t |\n{END}\n");
        assert!(rewritten(&text, &[finding("R2", true)], false, "").is_err());
    }

    #[test]
    fn every_table_is_on_the_map_of_personal_data() {
        let text = std::fs::read_to_string(paths::root().join(FILE)).unwrap();
        let (_, map) = text.split_once("## Where personal data is").unwrap();
        let sources = files_below(&paths::root().join("edge/src"));
        let sources: String = sources.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        let made = sources.split("CREATE TABLE ").skip(1);
        let tables: Vec<&str> = made
            .filter_map(|rest| rest.trim_start_matches("IF NOT EXISTS ").split([' ', '(']).next())
            .filter(|name| !name.is_empty() && name.chars().all(|letter| letter.is_ascii_lowercase() || letter == '_'))
            .collect();
        assert!(tables.len() > 40, "{tables:?}");
        for table in tables {
            assert!(map.contains(&format!("`{table}`")), "{table} is not in {FILE}");
        }
    }

    #[test]
    fn every_promise_has_one_row() {
        let text = std::fs::read_to_string(paths::root().join(FILE)).unwrap();
        let ids: Vec<&str> = text.lines().filter_map(id_of).collect();
        for (kind, count) in [('R', 22), ('S', 24), ('Q', 9)] {
            for number in 1..=count {
                let id = format!("{kind}{number}");
                assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{id}");
                rewritten(&text, &[finding(&id, true)], false, "").unwrap();
            }
        }
    }
}
