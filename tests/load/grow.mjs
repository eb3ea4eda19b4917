// Fills a desk that is not running: what it has is copied until there are so many items. Ids stay unique and of their form, whoever
// they belong to is copied with them, and the counts of the queues follow.
//
//   node tests/load/grow.mjs FOLDER ITEMS     (FOLDER: where the desks' files are)

import { readdir } from "node:fs/promises";
import { join } from "node:path";

import { DatabaseSync } from "@photostructure/sqlite";

const [folder, wanted] = [process.argv[2], Number(process.argv[3])];

/** An id made of time and chance, or a UUID, of the copy `:n`: its first digits are the copy's number. */
const id = (column) => `printf('%08x', :n) || substr(${column}, 9)`;
/** What differs in a copy; a number that the table gives is left to it. */
const TABLES = {
  person: { id: id("id") },
  identifier: { key: "printf('%x.', :n) || key", person_id: id("person_id") },
  known_value: { person_id: id("person_id") },
  item: { id: id("id"), person_id: id("person_id"), submission_id: id("submission_id"), reference: "hex(randomblob(4))" },
  submission: { id: id("id"), item_id: id("item_id") },
  history: { seq: null, item_id: id("item_id") },
  rating: { seq: null, item_id: id("item_id") },
  basis: { item_id: id("item_id") },
  search: { item_id: id("item_id") },
  timer: { item_id: id("item_id") },
  assignment: { item_id: id("item_id") },
};

for (const name of (await readdir(folder)).filter((name) => /^[0-9a-f]+\.sqlite$/.test(name))) {
  const database = new DatabaseSync(join(folder, name));
  const there = database.prepare("SELECT count(*) AS items FROM item").get().items;
  if (there === 0) continue;
  database.exec("PRAGMA synchronous = off; PRAGMA cache_size = -400000;");
  const copying = Object.entries(TABLES).map(([table, made]) => {
    database.exec(`CREATE TEMP TABLE first_${table} AS SELECT * FROM main.${table}`);
    const columns = database.prepare(`SELECT name FROM pragma_table_info('${table}')`).all().map((column) => column.name);
    const kept = columns.filter((column) => made[column] !== null);
    const select = kept.map((column) => made[column] ?? column).join(", ");
    return database.prepare(`INSERT INTO main.${table} (${kept.join(", ")}) SELECT ${select} FROM first_${table}`);
  });
  const copies = Math.ceil(wanted / there) - 1;
  for (let n = 1; n <= copies; n += 1) {
    database.exec("BEGIN");
    for (const copy of copying) copy.run({ n });
    database.exec("COMMIT");
  }
  database.exec("UPDATE queue SET open = (SELECT count(*) FROM item WHERE item.queue = queue.id AND is_open = 1)");
  database.exec("PRAGMA wal_checkpoint(truncate)");
  console.log(`${there * (copies + 1)} items`);
  database.close();
}
