// The SQLite files of the objects: found, copied while they are written, and checked.
//
// A copy is made by SQLite's own backup in one step, which is one reading transaction: it sees one moment of the file, is
// never begun again because somebody writes, and holds no writer up (the files are in WAL mode). Not `VACUUM INTO`, which
// may number rows anew where a table has no key of its own.

import { DatabaseSync, backup } from "@photostructure/sqlite";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { pipeline } from "node:stream/promises";

/** How long to wait where workerd is just opening or closing a file. */
const PATIENCE_MS = 30_000;

/** Where workerd keeps the alarms of a class's objects. */
const ALARMS = "metadata.sqlite";

/** Who speaks of others comes before those that are spoken of, so that a copy holds whatever it names: an item names a file
 * and a visit, a desk the keys that the registry binds. */
const ORDER = ["usher-desk", "usher-journal", "usher-files", "usher-registry"];

/** The files below a folder, as their paths in it, in the order in which they are copied. */
export function databasesIn(folder) {
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile() && entry.name.endsWith(".sqlite"));
  const names = files.map((entry) => relative(folder, join(entry.parentPath ?? entry.path, entry.name)).split(sep).join("/"));
  const rank = (name) => (ORDER.indexOf(keyOf(name)) + ORDER.length + 1) % (ORDER.length + 1);
  return names.sort((one, other) => rank(one) - rank(other) || (one < other ? -1 : 1));
}

/** The key of an object's class: the folder it is in. */
export function keyOf(name) {
  return name.split("/")[0];
}

/** Copies one file as it is at one moment. The copy is a file by itself, without a log beside it. */
export async function copy(from, to) {
  const source = new DatabaseSync(from, { readOnly: true, timeout: PATIENCE_MS });
  try {
    await backup(source, to, { rate: -1 });
  } finally {
    source.close();
  }
  const made = new DatabaseSync(to);
  made.exec("PRAGMA journal_mode = DELETE");
  made.close();
}

/** What is in a file, and what SQLite finds wrong with it (`[]`, where nothing is). `quick` leaves indexes out. */
export function check(file, { quick = false } = {}) {
  const database = new DatabaseSync(file, { readOnly: true, timeout: PATIENCE_MS });
  try {
    const said = database.prepare(quick ? "PRAGMA quick_check" : "PRAGMA integrity_check").all();
    const wrong = said.map((row) => Object.values(row)[0]).filter((words) => words !== "ok");
    return { wrong, rows: wrong.length ? undefined : rowsOf(database) };
  } finally {
    database.close();
  }
}

/** Objects that have an alarm, by the keys of their classes. */
const WAKEFUL = ["usher-desk", "usher-journal", "usher-files"];

/**
 * Sets the alarm of every object to now. workerd keeps alarms in a file of their own for each class (`metadata.sqlite`), which a
 * backup copies at another moment than the objects: something may be due in an object whose alarm is later, or was gone by
 * then. An alarm that comes early does what is due, and sets itself again.
 */
export function wakeAll(storage) {
  const now = BigInt(Date.now()) * 1_000_000n;
  for (const key of WAKEFUL) {
    const file = join(storage, key, ALARMS);
    if (!existsSync(file)) continue;
    const ids = readdirSync(join(storage, key)).filter((name) => name.endsWith(".sqlite") && name !== ALARMS).map((name) => name.slice(0, -".sqlite".length));
    const database = new DatabaseSync(file);
    try {
      const wake = database.prepare("INSERT INTO _cf_ALARM (actor_id, scheduled_time) VALUES (?, ?) ON CONFLICT (actor_id) DO UPDATE SET scheduled_time = excluded.scheduled_time");
      for (const id of ids) wake.run(id, now);
    } finally {
      database.close();
    }
  }
}

/** How many rows the ordinary tables have. */
function rowsOf(database) {
  const tables = database.prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'").all();
  const count = ({ name }) => database.prepare(`SELECT count(*) AS rows FROM "${name.replaceAll('"', '""')}"`).get().rows;
  return tables.reduce((sum, table) => sum + count(table), 0);
}

/** The hash of a file, which tells whether it is still what it was. */
export async function hashOf(file) {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file), hash);
  return hash.digest("hex");
}

export function bytesOf(file) {
  return statSync(file).size;
}
