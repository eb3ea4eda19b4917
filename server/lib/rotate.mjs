// `usher rotate operator-token` and `usher rotate metrics-token`: a new token in its file, and workerd started anew with it, if
// it runs. The old one ends with the old workerd: there is no time in which both hold.

import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { newToken } from "./data.mjs";
import { readNote } from "./note.mjs";
import { isAlive, signal } from "./processes.mjs";
import { Refusal } from "./refusal.mjs";
import { originOf, statusOf } from "./workerd.mjs";

const PATIENCE_MS = 60_000;

/** `what` is the token's name, and its file's. */
export async function rotate({ data }, what) {
  if (!existsSync(data)) throw new Refusal(`there is no data in ${data}`);
  const file = join(data, what);
  newToken(file);
  const before = readNote(data);
  if (signal(before?.launcher, "SIGUSR2")) await inForce(data, before, file);
  console.log(`there is a new token in ${file}`);
}

/** Waits until another workerd answers than before: it has read the file. */
async function inForce(data, before, file) {
  const end = Date.now() + PATIENCE_MS;
  while (isAlive(before.launcher) && Date.now() < end) {
    const { workerd, host, port } = readNote(data) ?? before;
    const isNew = workerd && (workerd.pid !== before.workerd.pid || workerd.started !== before.workerd.started);
    if (isNew && (await statusOf(`${originOf(host, port)}/readyz`)) === 200) return;
    await pause(50);
  }
  throw new Refusal(`a new token is in ${file}, and Usher did not take it: start it again`);
}
