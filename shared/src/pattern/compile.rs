//! From a pattern's source to its table: `regex-automata` builds the automaton, and what it leads to is kept as small as it can be.

use std::collections::BTreeMap;

use regex_automata::dfa::{Automaton, StartKind, dense};
use regex_automata::nfa::thompson::{self, WhichCaptures};
use regex_automata::util::primitives::StateID;
use regex_automata::{Anchored, Input};
use regex_syntax::hir::{Hir, Look, Repetition};

use super::{ACCEPT, DEAD, FIXED, Pattern, PatternError, parse};

/// The longest source.
const MAX_SOURCE_BYTES: usize = 1_000;
/// Memory of each step on the way, and so its time.
const MAX_STEP_BYTES: usize = 256 * 1024;
/// The most states before the equal ones are joined, which takes their square at worst.
const MAX_STATES: usize = 2_000;

/// A state: does a text that ends here match, and where does each class of bytes lead?
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    ends: bool,
    next: Vec<u16>,
}

impl Pattern {
    /// Compiles a pattern, with at most this many cells in its table ([`super::MAX_CELLS`] at most).
    ///
    /// # Errors
    /// What is wrong with the source, what in it cannot be linear, or that the table would be too large.
    pub fn compile(source: &str, case_insensitive: bool, max_cells: usize) -> Result<Self, PatternError> {
        if source.len() > MAX_SOURCE_BYTES {
            return Err(PatternError::TooBig);
        }
        let pattern = parse::parse(source, case_insensitive)?;
        let (start, rows, classes) = states(&automaton(pattern)?).ok_or(PatternError::TooBig)?;
        let (start, rows) = joined(start, &rows);
        let table = table(start, &rows, &classes);
        let fits = table.next.len() <= max_cells.min(super::MAX_CELLS);
        fits.then_some(table).ok_or(PatternError::TooBig)
    }
}

fn automaton(pattern: Hir) -> Result<dense::DFA<Vec<u32>>, PatternError> {
    // The automaton goes byte by byte and could start in the middle of a character. Only \B could see that, so only
    // where there is one, characters are walked one by one from the start, which takes more states.
    let mid_character = pattern.properties().look_set().contains(Look::WordAsciiNegate);
    let (pattern, starts) = if mid_character {
        let before = Repetition { min: 0, max: None, greedy: false, sub: Box::new(parse::any()) };
        (Hir::concat(vec![Hir::repetition(before), pattern]), StartKind::Anchored)
    } else {
        (pattern, StartKind::Unanchored)
    };
    let config =
        thompson::Config::new().utf8(false).which_captures(WhichCaptures::None).nfa_size_limit(Some(MAX_STEP_BYTES));
    let nfa = thompson::Compiler::new().configure(config).build_from_hir(&pattern).map_err(|_| PatternError::TooBig)?;
    let config = dense::Config::new()
        .start_kind(starts)
        .accelerate(false)
        .dfa_size_limit(Some(MAX_STEP_BYTES))
        .determinize_size_limit(Some(MAX_STEP_BYTES));
    dense::Builder::new().configure(config).build_from_nfa(&nfa).map_err(|_| PatternError::TooBig)
}

/// The states that a text can lead to, and the class of each byte. The first two rows are [`DEAD`] and [`ACCEPT`]: after a match
/// nothing else matters.
fn states(automaton: &dense::DFA<Vec<u32>>) -> Option<(u16, Vec<Row>, Vec<u8>)> {
    let byte_classes = automaton.byte_classes();
    let classes: Vec<u8> = (0..=u8::MAX).map(|byte| byte_classes.get(byte)).collect();
    let width = classes.iter().copied().max().map_or(1, |last| usize::from(last) + 1);
    let examples: Vec<u8> = (0..width)
        .filter_map(|class| classes.iter().position(|found| usize::from(*found) == class))
        .filter_map(|byte| u8::try_from(byte).ok())
        .collect();
    let fixed = |state: u16| Row { ends: state == ACCEPT, next: vec![state; width] };
    let mut rows = vec![fixed(DEAD), fixed(ACCEPT)];
    let mut numbers: BTreeMap<StateID, u16> = BTreeMap::new();
    let mut found: Vec<StateID> = Vec::new();
    let mut number = |state: StateID, found: &mut Vec<StateID>| {
        if automaton.is_match_state(state) {
            return Some(ACCEPT);
        }
        if automaton.is_dead_state(state) {
            return Some(DEAD);
        }
        if let Some(number) = numbers.get(&state) {
            return Some(*number);
        }
        let new = u16::try_from(found.len() + FIXED).ok().filter(|_| found.len() < MAX_STATES)?;
        numbers.insert(state, new);
        found.push(state);
        Some(new)
    };
    let anchored = match automaton.start_kind() {
        StartKind::Anchored => Anchored::Yes,
        StartKind::Unanchored | StartKind::Both => Anchored::No,
    };
    let start = automaton.start_state_forward(&Input::new("").anchored(anchored)).ok()?;
    let start = number(start, &mut found)?;
    let mut walked = 0;
    while let Some(state) = found.get(walked).copied() {
        walked += 1;
        let ends = automaton.is_match_state(automaton.next_eoi_state(state));
        let next = examples.iter().map(|byte| number(automaton.next_state(state, *byte), &mut found));
        let next: Option<Vec<u16>> = next.collect();
        rows.push(Row { ends, next: next? });
    }
    Some((start, rows, classes))
}

/// Joins states that no text can tell apart: first by whether a text may end there, then, until nothing changes, by where they lead.
fn joined(start: u16, rows: &[Row]) -> (u16, Vec<Row>) {
    let at = |groups: &[u16], state: u16| groups.get(usize::from(state)).copied().unwrap_or(DEAD);
    let mut groups: Vec<u16> = rows.iter().map(|row| u16::from(row.ends)).collect();
    let mut count = 0;
    loop {
        // Rows come in order and the first two are fixed, so DEAD's group is 0. ACCEPT's is 1: the two always differ.
        let mut kinds: BTreeMap<(u16, Vec<u16>), u16> = BTreeMap::new();
        let mut refined = Vec::with_capacity(rows.len());
        for (row, group) in rows.iter().zip(&groups) {
            let next = row.next.iter().map(|state| at(&groups, *state)).collect();
            let new = u16::try_from(kinds.len()).unwrap_or(u16::MAX);
            refined.push(*kinds.entry((*group, next)).or_insert(new));
        }
        let was = std::mem::replace(&mut count, kinds.len());
        groups = refined;
        if was == count {
            break;
        }
    }
    let mut joined: Vec<Row> = Vec::with_capacity(count);
    for (row, group) in rows.iter().zip(&groups) {
        if usize::from(*group) == joined.len() {
            let next = row.next.iter().map(|state| at(&groups, *state)).collect();
            joined.push(Row { ends: row.ends, next });
        }
    }
    (at(&groups, start), joined)
}

/// Leaves out the two fixed rows, and joins the classes of bytes that lead to the same states everywhere.
fn table(start: u16, rows: &[Row], classes: &[u8]) -> Pattern {
    let rows = rows.get(FIXED..).unwrap_or_default();
    let mut columns: Vec<Vec<u16>> = Vec::new();
    let mut class_of_column: BTreeMap<u8, u8> = BTreeMap::new();
    for class in classes {
        if class_of_column.contains_key(class) {
            continue;
        }
        let column: Vec<u16> = rows.iter().filter_map(|row| row.next.get(usize::from(*class)).copied()).collect();
        let known = columns.iter().position(|known| *known == column);
        let index = known.unwrap_or(columns.len());
        if known.is_none() {
            columns.push(column);
        }
        class_of_column.insert(*class, u8::try_from(index).unwrap_or_default());
    }
    let cells = (0..rows.len()).flat_map(|row| columns.iter().filter_map(move |column| column.get(row).copied()));
    Pattern {
        start,
        classes: classes.iter().map(|class| class_of_column.get(class).copied().unwrap_or_default()).collect(),
        width: columns.len(),
        ends: rows.iter().map(|row| row.ends).collect(),
        next: cells.collect(),
    }
}
