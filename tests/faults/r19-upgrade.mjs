// R19: a desk's file of each earlier schema is brought to the present one by the very build that ships, killed at random moments of
// it. Whatever is on the disk then is wholly one of the schemas, the old one, the new one or one between, with every row; and the next
// start brings it to the end.
//
// An old file is made of a present one: its schema by the migrations up to then, its rows those of today, as far as there were
// columns for them. `schemas.json` has the hash of each schema: a migration that others have already run must not change.

import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { copyFile, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { lanes, promise } from "../support/promise.mjs";
import { support, trial, until } from "../support/usher.mjs";
import { Client, inquiryOf, openUsher } from "./rig.mjs";

const CLIENTS = 8;
const DESKS = "storage/usher-desk";
/** Killed at any moment of an upgrade, or a little after it. */
const LATE = 1.2;
const CONTROLS = ["a-row-less", "half-a-migration"];

/** What no start may lose or change: of each table these columns, or all that its schema has. */
const KEPT = {
  config: ["version", "source", "created_at"],
  submission: null,
  person: null,
  identifier: null,
  item: ["id", "reference", "kind", "who", "summary", "site", "opened_at", "person_id", "submission_id", "trace"],
  history: ["seq", "item_id", "at", "kind", "actor", "body"],
  outbox: ["id", "item_id", "destination", "body"],
  file: null,
  consent: null,
  held: null,
  known_value: null,
  outcome: null,
  basis: ["item_id", "facts", "visit"],
};

/** The schema of a file: tallies and what the runtime keeps for itself belong to no version. */
const SCHEMA = {
  query: `SELECT type, name, sql FROM sqlite_master
    WHERE name NOT LIKE 'sqlite~_%' ESCAPE '~' AND name NOT LIKE '~_cf~_%' ESCAPE '~' AND name NOT LIKE 'tally%' ORDER BY type, name`,
};

await promise("R19", run, { controls: CONTROLS });

async function run({ full, random, control, note, atEnd }) {
  const [kills, leads] = full ? [200, 500] : [6, 120];
  const usher = await openUsher({ atEnd });
  const sent = await fill(usher.usher, random, leads, atEnd);
  const data = usher.usher.data;
  await stopped(usher);
  const keeper = await startKeeper(usher.program, data, atEnd);
  const desk = await fileOf(keeper, "demo");

  const migrations = await migrationsOf();
  const last = migrations.length;
  const schemas = await schemasOf(keeper, migrations);
  const changed = await differingFrom(schemas, note);
  await copied(join(data, DESKS, desk), join(keeper.desks, desk));
  const rows = await dumped(keeper, "demo");
  const old = [];
  for (let version = 1; version < last; version++) old[version] = await oldFile(keeper, migrations, version, rows);
  note(`${leads} leads in ${last} schemas; ${changed} of the earlier ones are not what they were`);

  const found = { old: 0, between: 0, new: 0 };
  let [torn, lost, unfinished, answers] = [0, 0, 0, 0];
  const upgrade = () => usher.usher.fetch("/v1/boot/pk_demo_platform.js").then(() => true, () => false);
  // How long an upgrade takes that nobody disturbs.
  await copied(old[1].file, join(data, DESKS, desk));
  usher.again();
  await usher.ready();
  const began = performance.now();
  await upgrade();
  const takes = performance.now() - began;
  await usher.kill9();
  note(`an upgrade takes ${takes.toFixed(0)} ms`);
  for (let kill = 0; kill < kills; kill++) {
    const version = 1 + random.below(last - 1);
    await copied(old[version].file, join(data, DESKS, desk));
    usher.again();
    await usher.ready();
    const asked = upgrade();
    await new Promise((resume) => setTimeout(resume, random() * takes * LATE));
    await usher.kill9();
    await asked;

    const name = `killed-${kill}`;
    const file = join(keeper.desks, await fileOf(keeper, name));
    await copied(join(data, DESKS, desk), file);
    if (control === "half-a-migration") await ask(keeper, name, [{ query: "CREATE TABLE half (id TEXT)" }]);
    if (control === "a-row-less") await ask(keeper, name, [{ query: "DELETE FROM submission WHERE id = (SELECT max(id) FROM submission)" }]);
    const state = await stateOf(keeper, name, old[version]);
    if (state.schema !== schemas[state.version]?.text || state.check !== "ok" || state.version < version) torn += 1;
    lost += state.lost;
    found[state.version === version ? "old" : state.version === last ? "new" : "between"] += 1;

    // The next start brings it to the end; it is killed once it has answered, so that its file can be read.
    usher.again();
    await usher.ready();
    const { form, body, text } = random.pick(sent);
    const again = await usher.usher.submit(form, body);
    if (again.status === 200 && JSON.stringify(again.body) === text) answers += 1;
    await usher.kill9();
    const after = `after-${kill}`;
    await copied(join(data, DESKS, desk), join(keeper.desks, await fileOf(keeper, after)));
    const end = await stateOf(keeper, after, old[version]);
    if (end.version !== last || end.schema !== schemas[last].text || end.check !== "ok") unfinished += 1;
    lost += end.lost;
    if ((kill + 1) % 20 === 0) note(`${kill + 1} kills: ${JSON.stringify(found)}`);
  }
  return {
    met: torn === 0 && lost === 0 && unfinished === 0 && changed === 0 && answers === kills,
    figure:
      `${kills} kills in upgrades of ${last - 1} earlier schemas to ${last}: the old one ${found.old} times, one between ${found.between}, ` +
      `the new one ${found.new}; ${torn} in no whole schema, ${lost} rows lost, ${unfinished} not finished by the next start, ` +
      `${kills - answers} submissions of before without their receipt; ${changed} schemas changed`,
  };
}

/** Leads of all kinds, and what members did with some. Answers those that are items, with their receipts. */
async function fill(usher, random, count, atEnd) {
  const client = new Client(usher, CLIENTS);
  atEnd(() => client.close());
  const sent = [];
  await lanes(count, CLIENTS, async () => {
    const [form, made] = random.pick([
      ["inquiry", inquiryOf(random, { company: "Ruiz Books", news: "yes" })],
      ["inquiry", { ...inquiryOf(random), trap: "x" }],
      ["trial", { ...trial(), submission_id: random.uuid() }],
      ["support", { ...support({ message: "This is unacceptable." }), submission_id: random.uuid() }],
    ]);
    const { status, text } = await client.send(form, made);
    if (status !== 200) throw new Error(`not taken: ${status} ${text}`);
    // Before there was a place for what is held, it was not there.
    if (!made.trap) sent.push({ form, body: made, text });
  });
  const mara = await usher.signIn("mara");
  for (const { id } of (await mara.items("sales")).slice(0, 10)) {
    await mara.act(id, { act: "claim" });
    await mara.act(id, { act: "note", text: "Called, nobody there." });
    await mara.act(id, { act: "close", outcome: "won", reason: "" });
  }
  return sent;
}

async function stopped(usher) {
  process.kill(usher.pid, "SIGTERM");
  await usher.usher.exited;
}

/** workerd with the keeper, on a storage of its own beside that of Usher. */
async function startKeeper(program, data, atEnd) {
  const [port, storage, config] = [await freePort(), join(data, "keeper"), join(data, "keeper.capnp")];
  const desks = join(storage, "usher-desk");
  await mkdir(desks, { recursive: true });
  const script = fileURLToPath(new URL("keeper.js", import.meta.url));
  const text = `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "keeper", worker = .keeper), (name = "storage", disk = (path = ${JSON.stringify(storage)}, writable = true))],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "keeper")],
);
const keeper :Workerd.Worker = (
  modules = [(name = "keeper.js", esModule = embed ${JSON.stringify(script)})],
  compatibilityDate = "2026-10-01",
  durableObjectNamespaces = [(className = "Desk", uniqueKey = "usher-desk", enableSql = true)],
  durableObjectStorage = (localDisk = "storage"),
  bindings = [(name = "DESK", durableObjectNamespace = "Desk")],
);
`;
  await writeFile(config, text);
  const child = spawn(program, ["serve", "--import-path=/", config], { stdio: ["ignore", "ignore", "inherit"] });
  const gone = once(child, "exit");
  atEnd(() => (child.kill("SIGKILL"), gone));
  const origin = `http://127.0.0.1:${port}`;
  await until(() => fetch(`${origin}/demo`).then(() => true, () => false), "the keeper is there");
  return { origin, desks };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

async function fileOf({ origin }, name) {
  return `${await (await fetch(`${origin}/${name}`)).text()}.sqlite`;
}

async function ask({ origin }, name, steps) {
  const answer = await fetch(`${origin}/${name}`, { method: "POST", body: JSON.stringify(steps) });
  const rows = await answer.json();
  if (!answer.ok) throw new Error(`${name}: ${rows.error}`);
  return rows;
}

/** Copies a database with its log; what was there is gone. */
async function copied(from, to) {
  for (const part of ["", "-wal", "-shm"]) await rm(`${to}${part}`, { force: true });
  for (const part of ["", "-wal"]) {
    await copyFile(`${from}${part}`, `${to}${part}`).catch((error) => {
      if (part === "" || error.code !== "ENOENT") throw error;
    });
  }
}

/** The desk's migrations, as its source has them. */
async function migrationsOf() {
  const source = await readFile(new URL("../../edge/src/desk_do/schema.rs", import.meta.url), "utf8");
  const list = /const MIGRATIONS: &\[&str\] = &\[\n([\s\S]*?)\n\];/.exec(source)[1];
  return [...list.matchAll(/^ {4}"\n([\s\S]*?)\n",$/gm)].map(([, text]) => text);
}

/** What makes a file one of a version, but for its rows. */
function made(migrations, version) {
  return [
    { query: "CREATE TABLE IF NOT EXISTS migration (version INTEGER PRIMARY KEY)" },
    ...migrations.slice(0, version).map((query) => ({ query })),
    { query: "INSERT INTO migration (version) VALUES (?)", each: Array.from({ length: version }, (_, at) => [at + 1]) },
  ];
}

/** Each version's schema as text, and its hash. */
async function schemasOf(keeper, migrations) {
  const schemas = [];
  for (let version = 1; version <= migrations.length; version++) {
    const rows = (await ask(keeper, `schema-${version}`, [...made(migrations, version), SCHEMA])).at(-1);
    const text = JSON.stringify(rows);
    schemas[version] = { text, hash: createHash("sha256").update(text).digest("hex").slice(0, 16) };
  }
  return schemas;
}

/** How many schemas are not what `schemas.json` says. One that is not in it yet is to be written down before a release. */
async function differingFrom(schemas, note) {
  const known = JSON.parse(await readFile(new URL("schemas.json", import.meta.url), "utf8")).desk;
  const now = schemas.slice(1).map(({ hash }) => hash);
  if (now.length > known.length) note(`not in schemas.json yet: ${JSON.stringify(now.slice(known.length))}`);
  return known.filter((hash, at) => hash !== now[at]).length;
}

/** Every row of an object, by table. */
async function dumped(keeper, name) {
  const [tables] = await ask(keeper, name, [{ query: "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE '~_cf~_%' ESCAPE '~'" }]);
  const names = tables.map(({ name }) => name).filter((name) => !name.startsWith("sqlite_"));
  const rows = await ask(keeper, name, names.map((table) => ({ query: `SELECT * FROM ${table}` })));
  return Object.fromEntries(names.map((table, at) => [table, rows[at]]));
}

/** A file of an earlier version with these rows, and what of them is to be found ever after. */
async function oldFile(keeper, migrations, version, rows) {
  const name = `old-${version}`;
  await ask(keeper, name, made(migrations, version));
  const tables = Object.keys(rows).filter((table) => table !== "migration");
  const infos = await ask(keeper, name, tables.map((table) => ({ query: `PRAGMA table_info(${table})` })));
  const columns = Object.fromEntries(tables.map((table, at) => [table, infos[at].map(({ name }) => name)]).filter(([, columns]) => columns.length));
  const inserts = Object.entries(columns).map(([table, names]) => ({
    query: `INSERT OR REPLACE INTO ${table} (${names}) VALUES (${names.map(() => "?")})`,
    each: rows[table].map((row) => names.map((column) => row[column])),
  }));
  await ask(keeper, name, inserts.filter(({ each }) => each.length));
  const kept = Object.entries(KEPT).filter(([table]) => columns[table]);
  const selects = kept.map(([table, names]) => `SELECT ${names ?? columns[table]} FROM ${table}`);
  const had = (await ask(keeper, name, selects.map((query) => ({ query })))).map((found) => found.map((row) => JSON.stringify(row)));
  return { file: join(keeper.desks, await fileOf(keeper, name)), selects, had };
}

/** What a file is: its version, its schema, whether it is whole, and how many of the rows that it had are gone. */
async function stateOf(keeper, name, { selects, had }) {
  const version = { query: "SELECT max(version) AS version FROM migration" };
  const steps = [version, SCHEMA, { query: "PRAGMA quick_check" }, ...selects.map((query) => ({ query }))];
  const [versions, schema, check, ...found] = await ask(keeper, name, steps);
  const there = found.map((rows) => new Set(rows.map((row) => JSON.stringify(row))));
  const lost = had.reduce((all, rows, at) => all + rows.filter((row) => !there[at].has(row)).length, 0);
  return { version: versions[0].version, schema: JSON.stringify(schema), check: check[0].quick_check, lost };
}
