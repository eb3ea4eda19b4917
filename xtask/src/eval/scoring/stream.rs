//! Reads a stream and its schema. What is wrong is named by file, line and column.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::Path;

use anyhow::{Context, Result, bail};
use csv::{Reader, StringRecord};
use serde::Deserialize;
use shared::learn::{Edges, Fact, Field, Kind};

/// What a lead had when it arrived, and what became of it.
pub struct Row {
    pub facts: Vec<Fact>,
    /// In thousandths.
    pub points: i32,
    /// Nothing when it is still open.
    pub won: Option<bool>,
}

#[derive(Deserialize)]
struct Schema {
    fields: Vec<SchemaField>,
    /// The column of the card's points. Without one every lead has 30.
    points: Option<String>,
    outcome: String,
}

#[derive(Deserialize)]
struct SchemaField {
    name: String,
    kind: SchemaKind,
    #[serde(default)]
    bins: Vec<f64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum SchemaKind {
    Category,
    Number,
}

/// A column: its name and its place.
struct Column {
    name: String,
    at: usize,
}

/// A stream that is being read.
pub struct Stream<R> {
    file: String,
    reader: Reader<R>,
    columns: Vec<Column>,
    fields: Vec<Field>,
    points: Option<Column>,
    outcome: Column,
    unreadable: BTreeMap<String, u64>,
}

/// Points of a lead in a stream without a card, in thousandths.
const NO_CARD: i32 = 30_000;

impl Stream<File> {
    pub fn open(stream: &Path, schema: &Path) -> Result<Self> {
        let shown = schema.display();
        let text = std::fs::read_to_string(schema).with_context(|| format!("cannot read {shown}"))?;
        let schema: Schema = serde_json::from_str(&text).with_context(|| format!("{shown} is not a schema"))?;
        let fields = schema.fields().with_context(|| format!("{shown} is not a schema"))?;
        let file = stream.display().to_string();
        let opened = File::open(stream).with_context(|| format!("cannot read {file}"))?;
        Self::read(file, opened, &schema, fields)
    }
}

impl<R: std::io::Read> Stream<R> {
    fn read(file: String, source: R, schema: &Schema, fields: Vec<Field>) -> Result<Self> {
        let mut reader = Reader::from_reader(source);
        let header = reader.headers().with_context(|| format!("{file}, line 1"))?.clone();
        if header.is_empty() {
            bail!("{file} is empty: its first line names the columns");
        }
        let column = |name: &str| {
            let mut places =
                (0..).zip(&header).filter(|(_, column)| column.trim_start_matches('\u{feff}').trim() == name);
            let (at, _) = places.next().with_context(|| format!("{file}, line 1: there is no column \"{name}\""))?;
            match places.next() {
                Some(_) => bail!("{file}, line 1: the column \"{name}\" is there twice"),
                None => Ok(Column { name: name.to_owned(), at }),
            }
        };
        Ok(Self {
            columns: fields.iter().map(|field| column(&field.name)).collect::<Result<_>>()?,
            points: schema.points.as_deref().map(column).transpose()?,
            outcome: column(&schema.outcome)?,
            fields,
            unreadable: BTreeMap::new(),
            reader,
            file,
        })
    }

    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// How many values of each field of numbers were none. They are levels of their own.
    pub fn unreadable(&self) -> &BTreeMap<String, u64> {
        &self.unreadable
    }

    /// The next row; nothing at the end.
    pub fn next(&mut self) -> Result<Option<Row>> {
        let mut record = StringRecord::new();
        // The csv crate's own error names the line and both lengths of a ragged row.
        if !self.reader.read_record(&mut record).with_context(|| format!("cannot read {}", self.file))? {
            return Ok(None);
        }
        let line = record.position().map_or(0, csv::Position::line);
        let cell = |column: &Column| record.get(column.at).unwrap_or_default().trim();
        let place = |column: &Column| format!("{}, line {line}, column \"{}\"", self.file, column.name);
        let mut facts = Vec::with_capacity(self.fields.len());
        for (field, column) in self.fields.iter().zip(&self.columns) {
            let fact = Fact::read(&field.kind, cell(column));
            if let (Kind::Number(_), Fact::Text(_)) = (&field.kind, &fact) {
                *self.unreadable.entry(field.name.clone()).or_default() += 1;
            }
            facts.push(fact);
        }
        let points = match &self.points {
            None => NO_CARD,
            Some(column) => thousandths(cell(column))
                .with_context(|| format!("{}: \"{}\" is not a number of points", place(column), cell(column)))?,
        };
        let won = match cell(&self.outcome) {
            "1" => Some(true),
            "0" => Some(false),
            "" => None,
            other => {
                bail!("{}: an outcome is 1 or 0, or nothing where it is open, not \"{other}\"", place(&self.outcome))
            }
        };
        Ok(Some(Row { facts, points, won }))
    }
}

fn thousandths(text: &str) -> Option<i32> {
    let points: f64 = text.parse().ok().filter(|points: &f64| points.abs() <= 1e6)?;
    #[expect(clippy::cast_possible_truncation, reason = "at most 10^9")]
    let thousandths = (points * 1000.0).round() as i32;
    Some(thousandths)
}

impl Schema {
    fn fields(&self) -> Result<Vec<Field>> {
        for field in &self.fields {
            if field.name == self.outcome {
                bail!("the field \"{}\" is the outcome", field.name);
            }
        }
        let fields = self.fields.iter().map(|field| Field {
            name: field.name.clone(),
            kind: match field.kind {
                SchemaKind::Category => Kind::Category,
                SchemaKind::Number => Kind::Number(Edges(field.bins.clone())),
            },
        });
        let fields: Vec<Field> = fields.collect();
        shared::learn::check_fields(&fields)?;
        Ok(fields)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{"fields":[{"name":"a","kind":"category"},{"name":"n","kind":"number","bins":[1]}],
        "points":"p","outcome":"won"}"#;

    #[test]
    fn reads_quotes_line_ends_and_empty_values() {
        let rows =
            read(SCHEMA, "\u{feff}n,\"a\",p,extra,won\r\n1.5,\"x, \"\"y\"\"\",30.0,z,1\r\n,,-2.5,,\r\nNA,b,7,,0")
                .unwrap();
        let facts: Vec<&[Fact]> = rows.iter().map(|row| row.facts.as_slice()).collect();
        assert_eq!(facts[0], [Fact::Text("x, \"y\"".into()), Fact::Number(1.5)]);
        assert_eq!(facts[1], [Fact::Empty, Fact::Empty]);
        assert_eq!(facts[2], [Fact::Text("b".into()), Fact::Text("NA".into())]);
        let others: Vec<_> = rows.iter().map(|row| (row.points, row.won)).collect();
        assert_eq!(others, [(30_000, Some(true)), (-2_500, None), (7_000, Some(false))]);
    }

    #[test]
    fn names_file_line_and_column_of_what_is_wrong() {
        for (stream, says) in [
            ("", "s.csv is empty: its first line names the columns"),
            ("a,n,p\n", "s.csv, line 1: there is no column \"won\""),
            ("a,n,won,p,a\n", "s.csv, line 1: the column \"a\" is there twice"),
            ("a,n,p,won\nx,1,2,1\nx,1,y,1\n", "s.csv, line 3, column \"p\": \"y\" is not a number of points"),
            (
                "a,n,p,won\nx,1,2,yes\n",
                "s.csv, line 2, column \"won\": an outcome is 1 or 0, or nothing where it is open, not \"yes\"",
            ),
        ] {
            assert_eq!(read(SCHEMA, stream).err().unwrap().to_string(), says);
        }
        let ragged = format!("{:#}", read(SCHEMA, "a,n,p,won\nx,1,2\n").err().unwrap());
        assert!(ragged.starts_with("cannot read s.csv: ") && ragged.contains("line: 2"), "{ragged}");
        let utf8 = read_bytes(SCHEMA, b"a,n,p,won\n\xff,1,2,1\n").err().unwrap();
        assert!(format!("{utf8:#}").contains("line 2"), "{utf8:#}");
    }

    #[test]
    fn names_what_is_wrong_with_a_schema() {
        for (schema, says) in [
            (r#"{"fields":[],"points":"p"}"#, "missing field `outcome` at line 1 column 26"),
            (r#"{"fields":[{"name":"won","kind":"category"}],"outcome":"won"}"#, "the field \"won\" is the outcome"),
            (
                r#"{"fields":[{"name":"n","kind":"number","bins":[2,1]}],"outcome":"won"}"#,
                "the edges of n are not at most 32 numbers in ascending order",
            ),
        ] {
            assert_eq!(read(schema, "n,won\n").err().unwrap().to_string(), says);
        }
    }

    fn read(schema: &str, stream: &str) -> Result<Vec<Row>> {
        read_bytes(schema, stream.as_bytes())
    }

    fn read_bytes(schema: &str, stream: &[u8]) -> Result<Vec<Row>> {
        let schema: Schema = serde_json::from_str(schema)?;
        let fields = schema.fields()?;
        let mut stream = Stream::read("s.csv".to_owned(), stream, &schema, fields)?;
        let mut rows = Vec::new();
        while let Some(row) = stream.next()? {
            rows.push(row);
        }
        Ok(rows)
    }
}
