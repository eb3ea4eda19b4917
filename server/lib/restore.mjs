// `usher restore BACKUP`: puts a backup where `--data` is. Nothing may run there; what is there is refused, or with `--force`
// put aside. Every file is held against the backup's list before anything is touched, and checked again where it came to be.

import { closeSync, copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { FORMAT, MANIFEST, OPENID_SECRETS, backupsIn, copySecret, onDisk } from "./backup.mjs";
import { makeData, storageOf } from "./data.mjs";
import { bytesOf, check, databasesIn, hashOf, keyOf, wakeAll } from "./databases.mjs";
import { takeLock } from "./lock.mjs";
import { VERSION, objectKeys } from "./package.mjs";
import { Refusal } from "./refusal.mjs";

export async function restore({ data, force }, from) {
  const { folder, manifest } = find(resolve(from));
  await verify(folder, manifest);
  makeData(data);
  const lock = await takeLock(data);
  const storage = storageOf(data);
  if (databasesIn(storage).length && !force) {
    throw new Refusal(`${data} holds data already: choose another folder with --data, or say --force to put it aside`);
  }
  const unfinished = join(data, "storage-unfinished");
  rmSync(unfinished, { recursive: true, force: true });
  for (const database of manifest.databases) await place(folder, unfinished, database);
  wakeAll(unfinished);
  const aside = putAside(data, storage);
  mkdirSync(unfinished, { recursive: true, mode: 0o700 });
  renameSync(unfinished, storage);
  const secrets = join(folder, OPENID_SECRETS);
  if (existsSync(secrets)) {
    copySecret(secrets, join(data, OPENID_SECRETS));
    onDisk(join(data, OPENID_SECRETS));
  }
  onDisk(data);
  closeSync(lock);
  sayWhatIsThere(manifest, folder, data, aside);
}

/** The backup of that name, or the newest in a folder of backups. */
function find(from) {
  let folder = from;
  if (!existsSync(join(from, MANIFEST))) {
    const [newest] = existsSync(from) ? backupsIn(from) : [];
    if (!newest) throw new Refusal(`there is no backup in ${from}`);
    folder = join(from, newest);
  }
  return { folder, manifest: JSON.parse(readFileSync(join(folder, MANIFEST), "utf8")) };
}

/** Whether the backup is whole, and of a form that this version knows. */
async function verify(folder, { format, usher, databases }) {
  if (format !== FORMAT || isNewer(usher, VERSION)) {
    throw new Refusal(`${folder} was made by Usher ${usher}, and this is ${VERSION}: use that version or a newer one`);
  }
  const keys = objectKeys();
  for (const { name, sha256 } of databases) {
    const file = join(folder, "storage", name);
    // What the list names is in the backup and nowhere else, whoever wrote the list.
    if (!/^[\w-]+\/[\w.-]+\.sqlite$/.test(name) || !keys.includes(keyOf(name))) throw new Refusal(`${folder} has ${name}, which is no object of ours`);
    if (!existsSync(file)) throw new Refusal(`${folder} is not whole: ${name} is missing`);
    if ((await hashOf(file)) !== sha256) throw new Refusal(`${folder} is damaged: ${name} is not what was backed up`);
  }
}

function isNewer(one, other) {
  return one.localeCompare(other, "en", { numeric: true }) > 0;
}

async function place(folder, target, { name, rows }) {
  const to = join(target, name);
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  copyFileSync(join(folder, "storage", name), to);
  const found = check(to);
  if (found.wrong.length || found.rows !== rows) throw new Refusal(`${name} did not arrive whole: is the disk of ${target} sound, and is there room?`);
  onDisk(to);
  onDisk(dirname(to));
}

/** What was there until now, under another name. */
function putAside(data, storage) {
  if (!databasesIn(storage).length) {
    rmSync(storage, { recursive: true, force: true });
    return undefined;
  }
  const aside = join(data, `storage-before-${new Date().toISOString().replaceAll(/[:.]/g, "-")}`);
  renameSync(storage, aside);
  return aside;
}

function sayWhatIsThere({ begun, usher, databases }, folder, data, aside) {
  const storage = storageOf(data);
  console.log(`restored what Usher ${usher} held at ${begun}, from ${folder}`);
  for (const key of new Set(databases.map(({ name }) => keyOf(name)))) {
    const ours = databases.filter(({ name }) => keyOf(name) === key);
    const bytes = ours.reduce((sum, { name }) => sum + bytesOf(join(storage, name)), 0);
    const rows = ours.reduce((sum, database) => sum + database.rows, 0);
    console.log(`  ${key.padEnd(16)} ${String(ours.length).padStart(5)} databases ${String(rows).padStart(9)} rows ${(bytes / 1e6).toFixed(1).padStart(9)} MB`);
  }
  if (aside) console.log(`what was there before is in ${aside}`);
  console.log(`start it with: usher start --data ${data}`);
}
