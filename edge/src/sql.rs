//! SQLite in a Durable Object: typed rows, and transactions that really roll back.
//!
//! Outside a transaction a handler that fails half way keeps the half it did, and `worker` 0.8 does not bind
//! `transactionSync` (`bar/runtime-facts.md`, 0.1 and 0.2). So every write goes through [`Db::transaction`].

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, RefUnwindSafe};

use js_sys::Array;
use serde_json::{Map, Value};
use wasm_bindgen::prelude::*;
use worker::{SqlStorageValue, Storage};

use crate::error::Failure;

#[wasm_bindgen]
extern "C" {
    type SyncStorage;
    #[wasm_bindgen(method, catch, js_name = transactionSync)]
    fn transaction_sync(
        this: &SyncStorage,
        work: &mut dyn FnMut() -> Result<JsValue, JsValue>,
    ) -> Result<JsValue, JsValue>;
}

#[wasm_bindgen(module = "/src/sql.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn run(sql: &JsValue, query: &str, values: &Array) -> Result<(), JsValue>;
    #[wasm_bindgen(catch)]
    fn rows(sql: &JsValue, query: &str, values: &Array) -> Result<Array, JsValue>;
}

/// The database of one object.
pub struct Db {
    storage: Storage,
    /// Statements left before an asked-for fault; only tests set it.
    fail_after: Cell<Option<u32>>,
    /// What becomes of a transaction that begins now.
    joining: Cell<Joining>,
    /// What those who share the transaction that is under way have counted.
    counted: RefCell<Counted>,
}

/// A table of counts: one for each text, or for each text and number.
#[derive(Clone, Copy)]
pub struct Count {
    /// The table.
    pub table: &'static str,
    /// Adds to one of them: the text, the number where it has one, and how much are bound.
    pub add: &'static str,
}

/// By table, and by which of its counts: how it is written, and how much.
type Counted = BTreeMap<(&'static str, String, Option<i64>), (Count, i64)>;

/// Which of the counts of a table.
pub type CountOf<'a> = (&'a str, Option<i64>);

/// What becomes of a transaction that begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Joining {
    /// It is one of its own.
    Nothing,
    /// It is part of the one that is under way ([`Db::in_one`]).
    Others,
    /// The same, and one that was part of it failed: all of it is rolled back.
    Failed,
}

/// While it is there, transactions are part of the one that is under way.
struct Joined<'a>(&'a Db);

impl Drop for Joined<'_> {
    fn drop(&mut self) {
        self.0.joining.set(Joining::Nothing);
        // What was written is not there any more; what was not has come to nothing.
        self.0.counted.take();
    }
}

/// A caught panic leaves nothing half done here: what is in SQLite was rolled back.
impl RefUnwindSafe for Db {}

/// The right to write: only a transaction gives it.
pub struct Tx<'a>(&'a Db);

/// One row, read by position.
#[derive(Debug)]
pub struct Row {
    table: &'static str,
    values: Vec<SqlStorageValue>,
}

impl Db {
    /// The database of this object.
    pub fn new(storage: Storage) -> Self {
        Self { storage, fail_after: Cell::new(None), joining: Cell::new(Joining::Nothing), counted: RefCell::default() }
    }

    /// Makes the statement after the next `statements` fail, for the tests of rollback.
    pub fn fail_after(&self, statements: Option<u32>) {
        self.fail_after.set(statements);
    }

    /// Reads rows; `table` names them in errors.
    ///
    /// # Errors
    /// [`Failure::Storage`].
    pub fn rows(&self, table: &'static str, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Row>, Failure> {
        let failed = |source: worker::Error| Failure::Storage { step: table, source };
        let found = rows(self.storage.sql().as_ref(), query, &bound(values)).map_err(|error| failed(error.into()))?;
        let row = |columns: JsValue| {
            let columns: Array = columns.unchecked_into();
            let values = columns.iter().map(SqlStorageValue::try_from).collect::<Result<_, _>>();
            Ok(Row { table, values: values.map_err(failed)? })
        };
        found.iter().map(row).collect()
    }

    /// Reads the first row, if there is one.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub fn row(&self, table: &'static str, query: &str, values: Vec<SqlStorageValue>) -> Result<Option<Row>, Failure> {
        Ok(self.rows(table, query, values)?.into_iter().next())
    }

    /// Reads rows with their columns by name, as JSON.
    ///
    /// # Errors
    /// As [`Self::rows`].
    pub fn records(
        &self,
        table: &'static str,
        query: &str,
        values: Vec<SqlStorageValue>,
    ) -> Result<Vec<Map<String, Value>>, Failure> {
        let failed = |source| Failure::Storage { step: table, source };
        let cursor = self.storage.sql().exec(query, values).map_err(failed)?;
        let names = cursor.column_names();
        let record = |row: Vec<SqlStorageValue>| names.iter().cloned().zip(row.into_iter().map(json)).collect();
        cursor.raw().map(|row| row.map(record).map_err(failed)).collect()
    }

    /// What the database takes on disk, in bytes.
    pub fn bytes(&self) -> usize {
        self.storage.sql().database_size()
    }

    /// Brings the tables to the version of the last of these, each in its own transaction.
    ///
    /// # Errors
    /// [`Failure::Storage`]; what was migrated before stays.
    pub fn migrate(&self, migrations: &[&str]) -> Result<(), Failure> {
        const TABLE: &str = "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY)";
        self.transaction(|tx| tx.write("migration", TABLE, vec![]))?;
        let row = self.row("migration", "SELECT coalesce(max(version), 0) FROM migration", vec![])?;
        let done: usize = row.map(|row| row.number(0)).transpose()?.unwrap_or(0);
        for (index, migration) in migrations.iter().enumerate().skip(done) {
            self.transaction(|tx| {
                tx.write("migration", migration, vec![])?;
                let version = i64::try_from(index + 1).unwrap_or(i64::MAX);
                tx.write("migration", "INSERT INTO migration (version) VALUES (?)", vec![version.into()])
            })?;
        }
        Ok(())
    }

    /// Does work that is kept whole or not at all: an `Err`, and a panic, undo every statement in it.
    ///
    /// # Errors
    /// What the work returned, or [`Failure::Storage`] where the commit failed.
    pub fn transaction<T>(&self, work: impl FnOnce(&Tx<'_>) -> Result<T, Failure>) -> Result<T, Failure> {
        if self.joining.get() != Joining::Nothing {
            let done = work(&Tx(self));
            if done.is_err() {
                self.joining.set(Joining::Failed);
            }
            return done;
        }
        // A panic inside is caught at the boundary and thrown on by the runtime, after it rolled back. What these cells hold
        // then is never read: the error of the call is answered first.
        let turn = AssertUnwindSafe((Cell::new(Some(work)), Cell::new(None), self));
        let turn = &turn;
        let mut run = move || {
            let AssertUnwindSafe((work, result, db)) = turn;
            let done = work.take().map(|work| work(&Tx(db)));
            let outcome = match &done {
                Some(Ok(_)) => Ok(JsValue::UNDEFINED),
                // Thrown into the runtime, which rolls back and throws it on.
                _ => Err(JsValue::from_str("rolled back")),
            };
            result.set(done);
            outcome
        };
        let committed = self.storage.as_raw().unchecked_ref::<SyncStorage>().transaction_sync(&mut run);
        let result = turn.1.take();
        match (result, committed) {
            (Some(Ok(value)), Ok(_)) => Ok(value),
            (Some(Err(failure)), _) => Err(failure),
            (_, Err(error)) => Err(Failure::Storage { step: "commit", source: error.into() }),
            (None, Ok(_)) => Err(Failure::Asked),
        }
    }

    /// Does in one transaction what would be several, kept whole or not at all: where anything in it fails, or panics, nothing is
    /// written and nothing comes back. A transaction within another is a savepoint, and of every page that is changed within a savepoint
    /// SQLite first writes a copy beside the database: with one for each of those that share a commit, that is a third of what their
    /// statements cost.
    pub fn in_one<T>(&self, work: impl FnOnce() -> Result<T, Failure>) -> Option<T> {
        let done = self.transaction(|tx| {
            let _joined = Joined(self);
            self.joining.set(Joining::Others);
            let done = work()?;
            // Whoever did the work may have gone on after a part of it failed.
            if self.joining.get() == Joining::Failed {
                return Err(Failure::Asked);
            }
            for ((_, text, number), (count, by)) in self.counted.take() {
                tx.add_now(count, (&text, number), by)?;
            }
            Ok(done)
        });
        done.ok()
    }

    /// What was counted by those who share the transaction that is under way, and cannot be read yet.
    pub fn counted(&self, count: Count, (text, number): CountOf<'_>) -> i64 {
        let counted = self.counted.borrow();
        if counted.is_empty() {
            return 0;
        }
        counted.get(&(count.table, text.to_owned(), number)).map_or(0, |(_, by)| *by)
    }
}

impl Tx<'_> {
    /// Writes.
    ///
    /// # Errors
    /// [`Failure::Storage`].
    pub fn write(&self, table: &'static str, query: &str, values: Vec<SqlStorageValue>) -> Result<(), Failure> {
        self.count_down()?;
        self.run(table, query, values)
    }

    /// Writes, and reads what the statement returns.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn rows(&self, table: &'static str, query: &str, values: Vec<SqlStorageValue>) -> Result<Vec<Row>, Failure> {
        self.count_down()?;
        self.0.rows(table, query, values)
    }

    /// Counts. For those who share a transaction ([`Db::in_one`]) it is added up, and written once, before they are committed.
    ///
    /// # Errors
    /// As [`Self::write`].
    pub fn add(&self, count: Count, of: CountOf<'_>, by: i64) -> Result<(), Failure> {
        self.count_down()?;
        if self.0.joining.get() == Joining::Nothing {
            return self.add_now(count, of, by);
        }
        let (text, number) = of;
        let key = (count.table, text.to_owned(), number);
        self.0.counted.borrow_mut().entry(key).or_insert((count, 0)).1 += by;
        Ok(())
    }

    fn add_now(&self, count: Count, (text, number): CountOf<'_>, by: i64) -> Result<(), Failure> {
        let number = number.map(SqlStorageValue::from);
        let values = [Some(text.into()), number, Some(by.into())].into_iter().flatten().collect();
        self.run(count.table, count.add, values)
    }

    fn run(&self, table: &'static str, query: &str, values: Vec<SqlStorageValue>) -> Result<(), Failure> {
        // A statement that returns no rows is done once it is executed: nobody has to walk its cursor.
        run(self.0.storage.sql().as_ref(), query, &bound(values))
            .map_err(|error| Failure::Storage { step: table, source: error.into() })
    }

    fn count_down(&self) -> Result<(), Failure> {
        if let Some(left) = self.0.fail_after.get() {
            let left = left.checked_sub(1).ok_or(Failure::Asked)?;
            self.0.fail_after.set(Some(left));
        }
        Ok(())
    }
}

/// The values of a statement, as JavaScript takes them.
fn bound(values: Vec<SqlStorageValue>) -> Array {
    values.into_iter().map(JsValue::from).collect()
}

impl Row {
    fn damaged(&self, column: usize) -> Failure {
        Failure::BadRow { table: self.table, what: format!("column {column}") }
    }

    /// A text.
    ///
    /// # Errors
    /// [`Failure::BadRow`] where it is none.
    pub fn text(&self, column: usize) -> Result<&str, Failure> {
        self.maybe_text(column)?.ok_or_else(|| self.damaged(column))
    }

    /// A text or nothing.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn maybe_text(&self, column: usize) -> Result<Option<&str>, Failure> {
        match self.values.get(column) {
            Some(SqlStorageValue::String(text)) => Ok(Some(text)),
            Some(SqlStorageValue::Null) => Ok(None),
            _ => Err(self.damaged(column)),
        }
    }

    /// Bytes.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn bytes(&self, column: usize) -> Result<&[u8], Failure> {
        match self.values.get(column) {
            Some(SqlStorageValue::Blob(bytes)) => Ok(bytes),
            _ => Err(self.damaged(column)),
        }
    }

    /// A whole number, as far as JavaScript carries it: 53 bits.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn int(&self, column: usize) -> Result<i64, Failure> {
        match self.values.get(column) {
            Some(SqlStorageValue::Integer(int)) => Ok(*int),
            // Every number crosses as a double.
            #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 53 bits")]
            Some(SqlStorageValue::Float(float)) if float.fract() == 0.0 && float.abs() < 9e15 => Ok(*float as i64),
            _ => Err(self.damaged(column)),
        }
    }

    /// A whole number or nothing.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn maybe_int(&self, column: usize) -> Result<Option<i64>, Failure> {
        match self.values.get(column) {
            Some(SqlStorageValue::Null) => Ok(None),
            _ => self.int(column).map(Some),
        }
    }

    /// A whole number of a narrower type.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn number<T: TryFrom<i64>>(&self, column: usize) -> Result<T, Failure> {
        T::try_from(self.int(column)?).map_err(|_| self.damaged(column))
    }

    /// JSON that this program wrote.
    ///
    /// # Errors
    /// [`Failure::Json`] where it is in another form.
    pub fn json<T: serde::de::DeserializeOwned>(&self, column: usize) -> Result<T, Failure> {
        serde_json::from_str(self.text(column)?).map_err(|source| Failure::Json { what: self.table, source })
    }
}

/// A column as JSON. Of bytes, only how many they are.
fn json(value: SqlStorageValue) -> Value {
    match value {
        SqlStorageValue::Null => Value::Null,
        SqlStorageValue::Boolean(is) => is.into(),
        SqlStorageValue::Integer(int) => int.into(),
        #[expect(clippy::cast_possible_truncation, reason = "checked to be whole and within 53 bits")]
        SqlStorageValue::Float(float) if float.fract() == 0.0 && float.abs() < 9e15 => (float as i64).into(),
        SqlStorageValue::Float(float) => float.into(),
        SqlStorageValue::String(text) => text.into(),
        SqlStorageValue::Blob(bytes) => bytes.len().into(),
    }
}

/// JSON for a column, or for a message.
///
/// # Errors
/// [`Failure::Json`], for a value that JSON cannot hold.
pub fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|source| Failure::Json { what, source })
}

/// The values of a statement, in order.
#[macro_export]
macro_rules! values {
    ($($value:expr),* $(,)?) => { vec![$(worker::SqlStorageValue::from($value)),*] };
}
