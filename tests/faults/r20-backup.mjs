// R20: a backup that is made while submissions come is whole, disturbs nobody, and holds all that was acknowledged before it
// began; a gigabyte is restored and checked within five minutes.
//
//   node tests/faults/r20-backup.mjs [--full] [--seed N] [--control files]
//
// Each backup is restored into a new folder. Every submission that was acknowledged before that backup began is looked for in
// the restored rows, with its receipt; then Usher starts there, and some of them are sent again: it answers each with the receipt
// that it gave the first time. The control copies the files of the database as `cp` does, without their logs.

import { copyFile, mkdir, readFile, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "@photostructure/sqlite";
import { Packaged, makeDist, temporaryFolder } from "../support/package.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { inquiry, until } from "../support/usher.mjs";

const CLIENTS = 4;
const SENT_AGAIN = 40;
const GIGABYTE = 1_000_000_000;
const MINUTES_MS = 300_000;
const EXAMPLE = new URL("../../dist/server/example/workspace.json", import.meta.url).pathname;

/** Clients that send, one after the other each, until they are stopped. */
class Load {
  constructor(usher, random) {
    Object.assign(this, { usher, random, acknowledged: [], failed: 0, stopped: false });
    this.clients = Array.from({ length: CLIENTS }, () => this.client());
  }

  async client() {
    while (!this.stopped) {
      const id = this.random.uuid();
      const sent = inquiry({ email: `ana-${id}@example.com` }, { submission_id: id });
      const answer = await this.usher.submit("inquiry", sent).catch(() => undefined);
      if (answer?.status === 200) this.acknowledged.push({ sent, receipt: answer.body });
      else this.failed += 1;
    }
  }

  stop() {
    this.stopped = true;
    return Promise.all(this.clients);
  }
}

await promise(
  "R20",
  async ({ full, random, control, note, atEnd }) => {
    await makeDist();
    const home = await temporaryFolder("usher-r20-");
    atEnd(() => rm(home, { recursive: true, force: true }));
    const usher = new Packaged(join(home, "data"));
    atEnd(() => usher.stop());
    await usher.start();
    const configured = await usher.usher("configure", EXAMPLE, "--workspace", "acme");
    if (configured.code !== 0) throw new Error(configured.stderr);
    const load = new Load(usher, random);
    // A copy that was made just after SQLite emptied its log lacks nothing: the control has more than one chance.
    const backups = full ? 10 : control ? 4 : 2;
    const made = [];
    for (let round = 0; round < backups; round += 1) {
      const more = load.acknowledged.length + (full ? 500 : 150);
      await until(() => load.acknowledged.length >= more, "enough was acknowledged");
      made.push(await oneBackup(usher, home, round, load, control));
      note(`backup ${round + 1}: ${made.at(-1).said}`);
    }
    await load.stop();
    let missing = 0;
    for (const [round, backup] of made.entries()) {
      const lost = backup.folder ? await lostIn(home, round, backup, full || round === 0) : backup.before.length;
      missing += lost;
      note(`restored backup ${round + 1}: ${backup.before.length} acknowledged before it, ${lost} of them lost`);
    }
    const whole = made.filter(({ folder }) => folder).length;
    const large = full && !control ? await gigabyte(usher, home, note) : undefined;
    const figure = [
      `${whole}/${backups} backups whole under load`,
      `${load.failed} of ${load.acknowledged.length + load.failed} requests failed`,
      `${missing} acknowledged lost`,
      ...(large ? [`1 GB restored and checked in ${(large / 1000).toFixed(0)} s`] : []),
    ].join(", ");
    return { met: whole === backups && load.failed === 0 && missing === 0 && (large ?? 0) <= MINUTES_MS, figure };
  },
  { controls: ["files"] },
);

async function oneBackup(usher, home, round, load, control) {
  const before = [...load.acknowledged];
  const started = performance.now();
  if (control === "files") return { folder: await copiedAsFiles(usher, home, round), before, said: "copied as files" };
  const { code, stdout, stderr } = await usher.usher("backup", join(home, "backups"));
  const lines = stdout.trim().split("\n");
  const said = code === 0 ? `${lines[0]}, in ${((performance.now() - started) / 1000).toFixed(1)} s` : stderr;
  return { folder: code === 0 ? lines.at(-1) : undefined, before, said };
}

/** What a backup would be that knows nothing of SQLite: a data folder of the files alone. */
async function copiedAsFiles({ data }, home, round) {
  const folder = join(home, `files-${round}`);
  const names = await readdir(join(data, "storage"), { recursive: true });
  for (const name of names.filter((name) => name.endsWith(".sqlite"))) {
    await mkdir(join(folder, "storage", name, ".."), { recursive: true });
    await copyFile(join(data, "storage", name), join(folder, "storage", name));
  }
  return folder;
}

/** How many of those that were acknowledged before a backup are not in it, by its rows and, with `start`, by what Usher answers. */
async function lostIn(home, round, { folder, before, said }, start) {
  let data = folder;
  if (said !== "copied as files") {
    data = join(home, `restored-${round}`);
    const { code, stderr } = await new Packaged(data).usher("restore", folder);
    if (code !== 0) throw new Error(stderr);
  }
  const receipts = await receiptsIn(data);
  const isLost = ({ sent, receipt }) => receipts.get(sent.submission_id)?.reference !== receipt.reference;
  const lost = before.filter(isLost).length;
  if (lost || !start) return lost;
  const restored = new Packaged(data);
  await restored.start();
  let changed = 0;
  const asked = before.slice(-SENT_AGAIN);
  await lanes(asked.length, CLIENTS, async (at) => {
    const { status, body } = await restored.submit("inquiry", asked[at].sent);
    if (status !== 200 || JSON.stringify(body) !== JSON.stringify(asked[at].receipt)) changed += 1;
  });
  await restored.stop();
  return changed;
}

/** The receipts of all desks of a data folder, by submission. */
async function receiptsIn(data) {
  const folder = join(data, "storage/usher-desk");
  const receipts = new Map();
  for (const name of (await readdir(folder)).filter((name) => name.endsWith(".sqlite") && name !== "metadata.sqlite")) {
    const database = new DatabaseSync(join(folder, name));
    const isDesk = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'submission'").get();
    for (const { id, receipt } of isDesk ? database.prepare("SELECT id, receipt FROM submission").all() : []) receipts.set(id, JSON.parse(receipt));
    database.close();
  }
  return receipts;
}

/** How long it takes to restore and check a gigabyte: the data of this run, with a table of noise in a desk. */
async function gigabyte(usher, home, note) {
  await usher.halt();
  const folder = join(usher.data, "storage/usher-desk");
  const name = (await readdir(folder)).find((name) => /^[0-9a-f]+\.sqlite$/.test(name));
  const database = new DatabaseSync(join(folder, name));
  database.exec("CREATE TABLE noise (id INTEGER PRIMARY KEY, bytes BLOB)");
  const add = database.prepare("INSERT INTO noise (bytes) VALUES (randomblob(100000))");
  for (let bytes = 0; bytes < GIGABYTE; bytes += 100_000) add.run();
  database.close();
  const made = await usher.usher("backup", join(home, "large"));
  if (made.code !== 0) throw new Error(made.stderr);
  note(made.stdout.split("\n")[0]);
  const started = performance.now();
  const { code, stdout, stderr } = await new Packaged(join(home, "large-data")).usher("restore", join(home, "large"));
  if (code !== 0) throw new Error(stderr);
  note(stdout.split("\n")[1].trim());
  return performance.now() - started;
}
