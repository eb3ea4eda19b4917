// What the objects of an Usher have on disk: the rows of every table, and the bytes of every file, free pages and all.

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";

const FOLDERS = ["usher-desk", "usher-journal", "usher-files", "usher-registry"];

/** The files of the objects, with what is beside each. */
async function objects(data) {
  const all = [];
  for (const folder of FOLDERS) {
    const path = join(data, "storage", folder);
    for (const name of await readdir(path).catch(() => [])) {
      if (/^[0-9a-f]+\.sqlite/.test(name)) all.push({ folder, path: join(path, name) });
    }
  }
  return all;
}

/** Every row of every table, as `visit(folder, table, row)`. */
export async function eachRow(data, visit) {
  for (const { folder, path } of (await objects(data)).filter(({ path }) => path.endsWith(".sqlite"))) {
    const database = new DatabaseSync(path, { readOnly: true });
    const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '~_cf~_%' ESCAPE '~'").all();
    for (const { name } of tables) {
      for (const row of database.prepare(`SELECT * FROM "${name}"`).all()) visit(folder, name, row);
    }
    database.close();
  }
}

/** In which tables a text stands, in whatever case. */
export async function tablesWith(data, text) {
  const found = new Set();
  const wanted = text.toLowerCase();
  await eachRow(data, (folder, table, row) => {
    for (const value of Object.values(row)) {
      const words = value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value);
      if (words.toLowerCase().includes(wanted)) found.add(`${folder.replace("usher-", "")}.${table}`);
    }
  });
  return [...found].sort();
}

/** The tables that the desk has. */
export async function tablesOfDesk(data) {
  const all = new Set();
  for (const { path } of (await objects(data)).filter(({ folder, path }) => folder === "usher-desk" && path.endsWith(".sqlite"))) {
    const database = new DatabaseSync(path, { readOnly: true });
    for (const { name } of database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'").all()) all.add(name);
    database.close();
  }
  return [...all].filter((name) => !/^(sqlite_|_cf_)/.test(name)).sort();
}

/** How often a text stands in the bytes of the objects' files, by file: also where no row is any more. */
export async function bytesWith(data, text) {
  const found = {};
  for (const { folder, path } of await objects(data)) {
    const bytes = await readFile(path).catch(() => Buffer.alloc(0));
    let [count, at] = [0, bytes.indexOf(text)];
    while (at >= 0) [count, at] = [count + 1, bytes.indexOf(text, at + 1)];
    if (count) found[`${folder}/${path.split("/").at(-1).replace(/^[0-9a-f]{60}/, "")}`] = count;
  }
  return found;
}
