// A desk's own file, read while workerd has it open, or written while it has not.

import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

/** The file of the desk that has a configuration, in a data folder. */
export async function deskFile(data) {
  const folder = join(data, "storage/usher-desk");
  for (const name of (await readdir(folder)).filter((name) => /^[0-9a-f]+\.sqlite$/.test(name))) {
    const file = join(folder, name);
    const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
    const isIt = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'config'").get() && database.prepare("SELECT 1 FROM config").get();
    database.close();
    if (isIt) return file;
  }
  throw new Error("no desk has a configuration");
}

/** What stands in every table: a hash of all its rows, by the table's name; `without` leaves tables out. */
export function contents(file, { without = [] } = {}) {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 10_000 });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE '~_cf~_%' ESCAPE '~'").all();
    const hash = (name) => {
      const sum = createHash("sha256");
      for (const row of database.prepare(`SELECT * FROM "${name}"`).iterate()) sum.update(JSON.stringify(row, (_, value) => (typeof value === "bigint" ? String(value) : value)));
      return sum.digest("hex");
    };
    return Object.fromEntries(tables.map(({ name }) => name).filter((name) => !without.includes(name)).sort().map((name) => [name, hash(name)]));
  } finally {
    database.close();
  }
}
