// `usher backup FOLDER`: everything that is kept, in a new folder of FOLDER, while Usher runs or not.
//
// Each object's file is copied as of one moment and checked. What was acknowledged before the backup began is in it. A folder
// with that name is there whole or not at all. Tokens of ours are not in it: whoever restores it into a new folder
// gets a new one.

import { chmodSync, closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { bytesOf, check, copy, databasesIn, hashOf } from "./databases.mjs";
import { storageOf } from "./data.mjs";
import { VERSION, WORKERD_VERSION } from "./package.mjs";
import { Refusal } from "./refusal.mjs";

/** The form of what is written here. */
export const FORMAT = 1;
export const MANIFEST = "manifest.json";
/** What cannot be made anew: it is a provider's. */
export const OPENID_SECRETS = "openid-secrets";
const NAME = /^usher-\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d-\d{3}Z$/;

export async function backup({ data, keep }, to) {
  const storage = storageOf(data);
  if (!existsSync(storage)) throw new Refusal(`there is no data in ${data}`);
  const begun = new Date();
  const target = join(resolve(to), `usher-${begun.toISOString().replaceAll(/[:.]/g, "-")}`);
  const unfinished = `${target}.unfinished`;
  try {
    mkdirSync(unfinished, { recursive: true, mode: 0o700 });
    const databases = [];
    for (const name of databasesIn(storage)) databases.push(await copied(storage, unfinished, name));
    const secrets = join(data, OPENID_SECRETS);
    if (existsSync(secrets)) copySecret(secrets, join(unfinished, OPENID_SECRETS));
    const manifest = { format: FORMAT, usher: VERSION, workerd: WORKERD_VERSION, begun: begun.toISOString(), ended: new Date().toISOString() };
    writeFileSync(join(unfinished, MANIFEST), `${JSON.stringify({ ...manifest, databases: databases.filter(Boolean) }, null, 2)}\n`, { mode: 0o600 });
    for (const file of everythingIn(unfinished)) onDisk(file);
    renameSync(unfinished, target);
    onDisk(dirname(target));
    sayWhatWasMade(databases.filter(Boolean));
  } catch (error) {
    rmSync(unfinished, { recursive: true, force: true });
    throw error.code === "ENOSPC" || error.code === "EACCES" ? new Refusal(`no backup was made: ${error.message}`) : error;
  }
  writeFileSync(join(data, "last-backup.json"), JSON.stringify({ at: begun.toISOString(), to: target }), { mode: 0o600 });
  if (keep) dropOlder(dirname(target), keep);
  console.log(target);
}

/** One file; nothing, where its object was deleted meanwhile. */
async function copied(storage, target, name) {
  const from = join(storage, name);
  const to = join(target, "storage", name);
  mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
  try {
    await copy(from, to);
  } catch (error) {
    if (!existsSync(from)) return undefined;
    throw new Refusal(`${name} could not be copied: ${error.message}`);
  }
  chmodSync(to, 0o600);
  const { wrong, rows } = check(to);
  if (wrong.length) throw new Refusal(`${name} is damaged (${wrong[0]}): no backup was made, and those that you have are worth keeping`);
  return { name, bytes: bytesOf(to), rows, sha256: await hashOf(to) };
}

function sayWhatWasMade(databases) {
  const sum = (key) => databases.reduce((sum, database) => sum + database[key], 0);
  console.log(`${databases.length} databases, ${sum("rows")} rows, ${(sum("bytes") / 1e6).toFixed(1)} MB, each one checked`);
}

function dropOlder(folder, keep) {
  for (const name of backupsIn(folder).slice(keep)) rmSync(join(folder, name), { recursive: true, force: true });
}

/** The backups in a folder, the newest first. */
export function backupsIn(folder) {
  return readdirSync(folder).filter((name) => NAME.test(name) && existsSync(join(folder, name, MANIFEST))).sort().reverse();
}

/** When the last one was made of this data, if there was one. */
export function lastBackup(data) {
  try {
    return JSON.parse(readFileSync(join(data, "last-backup.json"), "utf8"));
  } catch {
    return undefined;
  }
}

/** The files and folders in a folder, and the folder itself last. */
function everythingIn(folder) {
  const inside = readdirSync(folder, { recursive: true, withFileTypes: true });
  return [...inside.map((entry) => join(entry.parentPath ?? entry.path, entry.name)), folder];
}

/** Copies what only its owner may read. */
export function copySecret(from, to) {
  copyFileSync(from, to);
  chmodSync(to, 0o600);
}

/** Waits until it is on the disk and not only on its way there. */
export function onDisk(path) {
  const file = openSync(path, "r");
  fsyncSync(file);
  closeSync(file);
}
