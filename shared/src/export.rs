//! Rows for a spreadsheet and for a program. What visitors wrote is data in both: no cell is a formula.

use serde_json::Value;

use crate::delivery::fields::text;
use crate::wire::export::ExportRow;

/// The columns that every export has, in order; those of the fields follow.
const COLUMNS: [&str; 22] = [
    "item_id",
    "reference",
    "kind",
    "form",
    "site",
    "queue",
    "state",
    "outcome",
    "owner",
    "opened_at",
    "answer_by",
    "person_id",
    "name",
    "email",
    "phone",
    "stage",
    "tier",
    "score",
    "chance",
    "complaint",
    "summary",
    "channel",
];

/// Text that no spreadsheet takes for a formula (OWASP, "CSV injection"; ASVS 1.2.10): what could begin one has a `'` before it.
pub fn guarded(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']) { format!("'{text}") } else { text.to_owned() }
}

/// The first line.
///
/// # Errors
/// None that a program can cause: writing to memory.
pub fn csv_head(fields: &[String]) -> Result<Vec<u8>, csv::Error> {
    let own = fields.iter().map(|field| format!("values.{field}"));
    lines([COLUMNS.into_iter().map(str::to_owned).chain(own)])
}

/// One line for each row (RFC 4180).
///
/// # Errors
/// As [`csv_head`].
pub fn csv_rows(rows: &[ExportRow], fields: &[String]) -> Result<Vec<u8>, csv::Error> {
    lines(rows.iter().map(|row| {
        let given = fields.iter().map(|field| row.values.get(field).and_then(text).unwrap_or_default());
        cells(row).into_iter().chain(given).collect::<Vec<_>>()
    }))
}

/// One JSON object in each line.
///
/// # Errors
/// None that a program can cause: texts and numbers always have a JSON form.
pub fn ndjson_rows(rows: &[ExportRow]) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut bytes, row)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn cells(row: &ExportRow) -> [String; COLUMNS.len()] {
    let ExportRow {
        item_id,
        reference,
        kind,
        form,
        site,
        queue,
        state,
        outcome,
        owner,
        opened_at,
        answer_by,
        person_id,
        name,
        email,
        phone,
        stage,
        tier,
        score,
        chance,
        complaint,
        summary,
        channel,
        values: _,
    } = row.clone();
    let or_empty = Option::unwrap_or_default;
    [
        item_id,
        reference,
        kind,
        form,
        site,
        queue,
        state,
        or_empty(outcome),
        or_empty(owner),
        opened_at,
        answer_by,
        person_id,
        or_empty(name),
        or_empty(email),
        or_empty(phone),
        or_empty(stage),
        tier,
        score.to_string(),
        chance.map(|chance| chance.to_string()).unwrap_or_default(),
        or_empty(complaint),
        summary,
        channel,
    ]
}

fn lines<L: IntoIterator<Item = String>>(all: impl IntoIterator<Item = L>) -> Result<Vec<u8>, csv::Error> {
    let mut file = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    for line in all {
        file.write_record(line.into_iter().map(|cell| guarded(&cell)))?;
    }
    file.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

/// A value of a submission, as it is stored: a list of pairs.
pub fn values_of(stored: &Value) -> serde_json::Map<String, Value> {
    let pairs = stored.as_array().into_iter().flatten();
    pairs.filter_map(|pair| Some((pair.get(0)?.as_str()?.to_owned(), pair.get(1)?.clone()))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn row(name: &str) -> ExportRow {
        let values = json!({ "plan": ["pro", "team"], "seats": 4 }).as_object().unwrap().clone();
        ExportRow { item_id: "i".to_owned(), name: Some(name.to_owned()), score: -3, values, ..ExportRow::default() }
    }

    #[test]
    fn each_row_has_the_columns_of_the_head_in_one_order() {
        let fields = ["seats".to_owned(), "plan".to_owned(), "gone".to_owned()];
        let mut text = csv_head(&fields).unwrap();
        text.extend(csv_rows(&[row("Ana \"the\" Ruiz,\r\nx")], &fields).unwrap());
        let mut reader = csv::Reader::from_reader(text.as_slice());
        let head = reader.headers().unwrap().clone();
        let record = reader.records().next().unwrap().unwrap();
        let cell = |name: &str| record.get(head.iter().position(|it| it == name).unwrap()).unwrap();
        assert_eq!(
            (cell("name"), cell("values.plan"), cell("values.seats")),
            ("Ana \"the\" Ruiz,\r\nx", "pro;team", "4")
        );
        assert_eq!((cell("values.gone"), cell("score")), ("", "'-3"));
        assert_eq!(head.len(), COLUMNS.len() + 3);
    }

    /// Promise S4.
    #[test]
    fn no_cell_begins_a_formula_and_nothing_else_is_changed() {
        let mut state: u64 = 7;
        let mut next = |end: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % end
        };
        let letters: Vec<char> = "=+-@\t\r\n\0'\",;abc \u{e9}\u{1f600}|%".chars().collect();
        let texts: Vec<String> =
            (0..20_000).map(|_| (0..next(6)).map(|_| letters[next(letters.len())]).collect()).collect();
        let rows: Vec<ExportRow> = texts.iter().map(|text| row(text)).collect();
        let text = csv_rows(&rows, &[]).unwrap();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(text.as_slice());
        for (record, text) in reader.records().zip(&texts) {
            let cell = record.unwrap().get(12).unwrap().to_owned();
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r', '\n', '\0']), "{cell:?}");
            assert_eq!(cell.strip_prefix('\'').filter(|_| guarded(text) != *text).unwrap_or(&cell), text);
        }
    }

    #[test]
    fn a_line_of_ndjson_is_a_row() {
        let text = String::from_utf8(ndjson_rows(&[row("a\nb"), row("c")]).unwrap()).unwrap();
        let read: Vec<ExportRow> = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(read, [row("a\nb"), row("c")]);
    }
}
