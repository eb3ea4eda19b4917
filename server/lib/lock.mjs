// One Usher for each data folder: two workerd on the same rows would answer each other's people with errors.
//
// The lock is the kernel's (flock), on a file in the folder, so it ends with whoever holds it, however they end: nothing is
// ever stale, and two never have it. Node cannot take one itself. It opens the file and lets `flock` lock what it opened,
// which both then hold; workerd is handed the same open file, so the lock lasts as long as workerd does, even where the
// launcher was killed. `cargo xtask serve` takes the same lock.

import { spawnSync } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { Refusal } from "./refusal.mjs";
import { isAlive, signal } from "./processes.mjs";
import { readNote } from "./note.mjs";

/** How long what was just killed may take to be gone. */
const PATIENCE_MS = 5_000;

/** How long of that it may take by itself. */
const GRACE_MS = 1_500;

/** Programs that lock what they find open as 3, and leave with 1 where another has it: of util-linux or busybox; of macOS. */
const LOCKERS = [
  ["flock", "-n", "3"],
  ["perl", "-e", 'use Fcntl ":flock"; open(my $file, ">>&=", 3) or exit 2; exit(flock($file, LOCK_EX | LOCK_NB) ? 0 : 1)'],
];

/** The lock as an open file, or nothing where another has it. */
export function tryLock(folder) {
  const file = openSync(join(folder, "lock"), "a", 0o600);
  for (const [program, ...words] of LOCKERS) {
    const { error, status, stderr } = spawnSync(program, words, { stdio: ["ignore", "ignore", "pipe", file] });
    if (error?.code === "ENOENT") continue;
    if (status === 0) return file;
    closeSync(file);
    if (status === 1) return undefined;
    throw new Refusal(`cannot lock ${folder}: ${error?.message ?? stderr}`);
  }
  closeSync(file);
  throw new Refusal("the program `flock` is needed, so that two never use the same data: install util-linux");
}

/** Whether somebody has it. */
export function isLocked(folder) {
  const file = tryLock(folder);
  if (file !== undefined) closeSync(file);
  return file === undefined;
}

/** Takes the lock, or refuses. A workerd whose launcher was killed is ended: nobody would start it again when it ends. */
export async function takeLock(folder) {
  const start = Date.now();
  for (;;) {
    const file = tryLock(folder);
    if (file !== undefined) return file;
    const note = readNote(folder);
    if (isAlive(note?.launcher) || Date.now() - start > PATIENCE_MS) {
      throw new Refusal(`another Usher already runs on the data in ${folder}: stop it first, or choose another folder with --data`);
    }
    signal(note?.workerd, Date.now() - start < GRACE_MS ? "SIGTERM" : "SIGKILL");
    await pause(50);
  }
}
