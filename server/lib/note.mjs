// The note that whoever runs leaves in the data folder: who they are and where they listen. It says nothing by itself: it
// counts only as far as the processes that it names are there.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive } from "./processes.mjs";
import { Refusal } from "./refusal.mjs";

const NAME = "running.json";

export function writeNote(folder, note) {
  const file = join(folder, NAME);
  writeFileSync(`${file}.new`, JSON.stringify(note), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}

export function dropNote(folder) {
  rmSync(join(folder, NAME), { force: true });
}

export function readNote(folder) {
  try {
    return JSON.parse(readFileSync(join(folder, NAME), "utf8"));
  } catch {
    return undefined;
  }
}

/** The note of an Usher that runs, or a refusal. */
export function running(folder) {
  const note = readNote(folder);
  if (note && isAlive(note.launcher)) return note;
  throw new Refusal(`no Usher runs on the data in ${folder}: start it with \`usher start --data ${folder}\``);
}
