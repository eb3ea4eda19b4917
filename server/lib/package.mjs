// What this package is: where its files are, its version, and the workerd that it was made for.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { spawnSync } from "node:child_process";
import { Refusal } from "./refusal.mjs";

/** The package's folder. */
export const HERE = dirname(dirname(fileURLToPath(import.meta.url)));

const about = JSON.parse(readFileSync(join(HERE, "package.json"), "utf8"));

/** Our version. */
export const VERSION = about.version;

/** The version of workerd that this package was tested with. Its disk storage is called experimental: no other is taken by chance. */
export const WORKERD_VERSION = about.dependencies.workerd;

const PROGRAMS = {
  "linux x64": "@cloudflare/workerd-linux-64",
  "linux arm64": "@cloudflare/workerd-linux-arm64",
  "darwin x64": "@cloudflare/workerd-darwin-64",
  "darwin arm64": "@cloudflare/workerd-darwin-arm64",
};

/** The program: the one that was named, or npm's own for this machine, which needs no install script to have run. */
export function workerdProgram(settings) {
  if (settings.workerd) {
    if (existsSync(settings.workerd)) return settings.workerd;
    throw new Refusal(`there is no workerd at ${settings.workerd}`);
  }
  const machine = `${process.platform} ${process.arch}`;
  if (!PROGRAMS[machine]) throw new Refusal(`workerd has no program for ${machine}`);
  const require = createRequire(import.meta.url);
  try {
    return createRequire(require.resolve("workerd")).resolve(`${PROGRAMS[machine]}/bin/workerd`);
  } catch {
    throw new Refusal(`workerd is not installed: run \`npm install\` in ${HERE}, without leaving out optional dependencies`);
  }
}

/** What a workerd says that it is: its version of npm's without the number at its end, such as `1.20261023`. */
export function workerdSays(program) {
  const { stdout, stderr, error, status } = spawnSync(program, ["--version"], { encoding: "utf8" });
  if (error || status !== 0) throw new Refusal(`workerd does not run here: ${(error?.message ?? stderr).trim()}`);
  return stdout.trim();
}

/** The keys that the objects of this version are stored under, as the configuration has them. */
export function objectKeys() {
  return [...template().matchAll(/uniqueKey = "([^"]+)"/g)].map(([, key]) => key);
}

/** The configuration of workerd, with blanks. */
export function template() {
  return readFileSync(join(HERE, "workerd.capnp"), "utf8");
}

export function sayVersion() {
  console.log(`usher ${VERSION}, for workerd ${WORKERD_VERSION}`);
}
