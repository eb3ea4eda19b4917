//! The journal's tables, as ordered migrations. A migration that has been released is never changed; a new one is added.
//!
//! Instants are milliseconds since 1970.

/// Each makes the schema of its number from the one before.
pub const MIGRATIONS: &[&str] = &[
    "
    -- What an earlier version kept of two days: a visit that is under way starts anew.
    DROP TABLE IF EXISTS seen;

    CREATE TABLE seen (
        visitor TEXT NOT NULL, at INTEGER NOT NULL, kind TEXT NOT NULL, url TEXT NOT NULL, title TEXT NOT NULL,
        about TEXT NOT NULL, human INTEGER NOT NULL
    );
    CREATE INDEX seen_of_visitor ON seen (visitor, at);
    CREATE INDEX seen_by_age ON seen (at);

    -- What all signals of a visitor fold into, and when it last changed.
    CREATE TABLE summary (visitor TEXT PRIMARY KEY, at INTEGER NOT NULL, body TEXT NOT NULL) WITHOUT ROWID;
    CREATE INDEX summary_by_age ON summary (at);

    -- Which hash of a day was joined to which id: each once.
    CREATE TABLE joined (
        visitor TEXT NOT NULL, hash TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (visitor, hash)
    ) WITHOUT ROWID;

    CREATE TABLE IF NOT EXISTS batch (id TEXT PRIMARY KEY, at INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS fate (tag TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
",
    "
    -- Visitors who sent something, and how much of what they did since was noted, and told to the desk.
    CREATE TABLE watch (
        visitor TEXT NOT NULL, reference TEXT NOT NULL, workspace TEXT NOT NULL, since INTEGER NOT NULL,
        at INTEGER NOT NULL, noted INTEGER NOT NULL DEFAULT 0, told INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY (visitor, reference)
    ) WITHOUT ROWID;
    CREATE INDEX watch_due ON watch (visitor) WHERE noted > told;
    CREATE INDEX watch_by_age ON watch (at);
",
    "
    -- Whoever sent something is found by its reference for as long as anything is known of them; `over`: the desk has no use for
    -- what they do any more.
    ALTER TABLE watch ADD COLUMN over INTEGER NOT NULL DEFAULT 0;
    CREATE INDEX watch_of_reference ON watch (reference);
",
];
