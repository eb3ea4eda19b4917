// The domains that lend mailboxes for minutes, as npm's `disposable-email-domains-js` has them (CC0), in the form that `shared` compiles in:
// one in each line, sorted by their bytes. After another version of the package was pinned:
//
//   node tests/support/disposable.mjs > shared/src/submission/disposable.txt

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const LIST = new URL("../../node_modules/disposable-email-domains-js/dist/dict/disposable_email_blocklist.json", import.meta.url);

/** Them all. */
export async function disposable() {
  const listed = JSON.parse(await readFile(LIST, "utf8")).map((domain) => domain.trim().toLowerCase());
  return [...new Set(listed)].sort((one, other) => Buffer.compare(Buffer.from(one), Buffer.from(other)));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.stdout.write(`${(await disposable()).join("\n")}\n`);
