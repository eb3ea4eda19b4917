// Every route of the edge, read from its source: `POST v1/console/items/_/actions`, where `_` is what a caller names. So a rig
// that has to know them all fails when a new one is there.

import assert from "node:assert/strict";
import { readdir, readFile } from "node:fs/promises";

const API = new URL("../../edge/src/api/", import.meta.url);
const WORKER = new URL("../../edge/src/api_worker.rs", import.meta.url);
/** Where the calls of a file stand below, by its name. */
const BELOW = {
  "account.rs": "v1/console",
  "console.rs": "v1/console",
  "desk.rs": "v1/console",
  "experiments.rs": "v1/console/experiments",
  "operate.rs": "v1/console",
  "platform.rs": "v1/workspaces/_",
  "privacy.rs": "v1/console",
  "routing.rs": "v1/console/routing",
  "scoring.rs": "v1/console/scoring",
  "sign_in.rs": "v1/console/sign-in",
};
const PATTERN = /\(?&?((?:Method::\w+(?: \| )?)+), &?\[([^\]]*)\]/g;

/** Them all, each once. Those that end in `..`, of which only some part is known here, are left out. */
export async function routes() {
  const found = new Set();
  for (const route of patterns(await readFile(WORKER, "utf8"), "")) found.add(route);
  for (const file of await readdir(API)) {
    if (!file.endsWith(".rs")) continue;
    const own = patterns(await readFile(new URL(file, API), "utf8"), BELOW[file]);
    assert.ok(!own.length || BELOW[file], `say in tests/support/routes.mjs below which address the calls of ${file} stand: ${own}`);
    own.forEach((route) => found.add(route));
  }
  assert.ok(found.size > 70, `${found.size} routes were found`);
  return [...found].sort();
}

function patterns(text, below) {
  return [...text.matchAll(PATTERN)].flatMap(([, methods, parts]) => {
    const path = parts
      .split(",")
      .map((part) => part.trim())
      .filter(Boolean);
    // Pages, which are files.
    if (!path.length && !below) return [];
    if (path.some((part) => part.includes("..") && !part.includes('"'))) {
      // `OPTIONS v1/forms/_/..`: as many as there are words for, with one part for the rest.
      if (!path[1]?.includes("|")) return [];
      path.pop();
    }
    const methodNames = [...methods.matchAll(/Method::(\w+)/g)].map(([, method]) => method.toUpperCase());
    const each = path.map((part) => (part.includes('"') ? [...part.matchAll(/"([^"]+)"/g)].map(([, name]) => name) : ["_"]));
    const paths = each.reduce((all, names) => all.flatMap((before) => names.map((name) => [...before, name])), [[]]);
    return methodNames.flatMap((method) => paths.map((parts) => `${method} ${[below, ...parts].filter(Boolean).join("/")}`));
  });
}
