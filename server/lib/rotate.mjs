// `usher rotate operator-token`: a new token in the file, and workerd started anew with it, if it runs. The old one ends
// with the old workerd: there is no time in which both hold.

import { setTimeout as pause } from "node:timers/promises";
import { newToken, readToken, tokenFile } from "./data.mjs";
import { readNote } from "./note.mjs";
import { isAlive, signal } from "./processes.mjs";
import { Refusal } from "./refusal.mjs";
import { originOf } from "./workerd.mjs";

const PATIENCE_MS = 60_000;

export async function rotate({ data }) {
  const before = readToken(data);
  newToken(data);
  const note = readNote(data);
  if (signal(note?.launcher, "SIGUSR2")) await inForce(data, before, note.launcher);
  console.log(`the operator's token is new: ${tokenFile(data)}`);
}

/** Waits until the new token opens what the old one no longer does. */
async function inForce(folder, before, launcher) {
  const end = Date.now() + PATIENCE_MS;
  while (isAlive(launcher) && Date.now() < end) {
    if (!(await opens(folder, before)) && (await opens(folder, readToken(folder)))) return;
    await pause(50);
  }
  throw new Refusal(`the new token is in ${tokenFile(folder)}, and Usher did not take it: start it again`);
}

/** Whether a token opens the operator's routes: asked about a workspace that cannot be, so that nothing is done. */
async function opens(folder, token) {
  const { host, port } = readNote(folder) ?? {};
  try {
    const response = await fetch(`${originOf(host, port)}/v1/operator/workspaces/-/sign-in-links`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ member: "-" }),
      signal: AbortSignal.timeout(5_000),
    });
    await response.arrayBuffer();
    return response.status !== 401 && response.status < 500;
  } catch {
    return false;
  }
}
