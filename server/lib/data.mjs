// The data folder: the rows of every object in `storage`, the operator's token, other secrets where there are any, and
// the lock. What people sent is in here, so nobody else on the machine reads it.

import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Refusal } from "./refusal.mjs";

/** Makes the folder, for its owner alone. One that is there stays as it is: the doctor says so where others may read it. */
export function makeData(folder) {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    mkdirSync(storageOf(folder), { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new Refusal(`cannot use ${folder} for data: ${error.message}`);
  }
  return folder;
}

export function storageOf(folder) {
  return join(folder, "storage");
}

export function tokenFile(folder) {
  return join(folder, "operator-token");
}

/** Secrets that an operator may have, by what the Worker calls them: their files in the folder. */
const SECRETS = { OPENID_SECRETS: "openid-secrets", METRICS_TOKEN: "metrics-token" };

/** Those that are there: `[binding, file]`. */
export function secretFiles(folder) {
  return Object.entries(SECRETS)
    .map(([binding, name]) => [binding, join(folder, name)])
    .filter(([, file]) => existsSync(file));
}

/** The operator's token. */
export function readToken(folder) {
  try {
    return readFileSync(tokenFile(folder), "utf8").trim();
  } catch {
    throw new Refusal(`there is no operator's token in ${folder}: \`usher start\` makes one`);
  }
}

/** Sees to it that there is a token. */
export function ensureToken(folder) {
  if (!existsSync(tokenFile(folder)) || readToken(folder).length < 32) newToken(tokenFile(folder));
}

/** Makes a token that nobody knows. The file is there whole or not at all, and never readable by others. */
export function newToken(file) {
  writeFileSync(`${file}.new`, randomBytes(32).toString("hex"), { mode: 0o600 });
  renameSync(`${file}.new`, file);
}
