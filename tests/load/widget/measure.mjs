// `node measure.mjs ROUNDS`: loads the pages of `pages.mjs` in Chromium, the contenders in turn, and prints one line of
// JSON: what each visit cost. It judges nothing; the one thing that is an error is a form that never takes a key.

import assert from "node:assert/strict";

import { startBrowser } from "../../support/browser.mjs";
import { addSites } from "../../support/hosts.mjs";
import { startUsher } from "../../support/usher.mjs";
import { CONTENDERS, startPages } from "./pages.mjs";
import { visit } from "./visit.mjs";

const SITE = "pk_bench";

const rounds = Number(process.argv[2]);
assert.ok(Number.isInteger(rounds) && rounds > 0, "how many rounds?");

const usher = await startUsher();
const pages = await startPages();
const browser = await startBrowser();
try {
  Object.assign(pages.where, { usher: usher.origin, site: SITE });
  await addSites(usher, {
    ...{ id: "bench", name: "Kelp & Rope", kind: "partner", key: SITE, origins: [pages.origin] },
    ...{ forms: ["inquiry"], launcher: "Ask us" },
  });
  const bare = await visit(browser, pages.address("bare", false), false);
  const visits = [];
  // The first round warms the servers and is not counted.
  for (let round = 0; round <= rounds; round += 1) {
    const turn = round % CONTENDERS.length;
    for (const name of [...CONTENDERS.slice(turn), ...CONTENDERS.slice(0, turn)]) {
      for (const opens of [false, true]) {
        const { globals, styles, ...seen } = await visit(browser, pages.address(name, opens), opens);
        if (!round) continue;
        visits.push({
          ...{ round, name, opens, ...seen },
          new_globals: globals.filter((global) => !bare.globals.includes(global)),
          changed_styles: differences(bare.styles, styles),
        });
      }
    }
    console.error(round ? `  round ${round} of ${rounds}` : "  warmed up");
  }
  console.log(JSON.stringify({ chromium: browser.chromium.version(), visits }));
} finally {
  await browser.close();
  await pages.stop();
  await usher.stop();
}

/** Which properties of which host elements are not what they are on the bare page. */
function differences(before, after) {
  assert.equal(after.length, before.length, "the host page has the elements that it came with");
  return before.flatMap(({ element, values }, place) =>
    Object.keys({ ...values, ...after[place].values })
      .filter((property) => values[property] !== after[place].values[property])
      .map((property) => `${property} of ${element}: ${values[property]} became ${after[place].values[property]}`),
  );
}
