// Q1, Q3 and Q6: what fails a check is held and writes nothing else until it is let through, once; stamps that are forged, replayed or of
// the future are none, and a fast hand alone is not refused; Turnstile's tokens pass, fail and are spent, and where it is down nobody
// is turned away. The checks are those of `tests/http/abuse.test.mjs`, and each promise is kept by some of them.

import { fileURLToPath } from "node:url";

import { promise } from "../support/promise.mjs";
import { runTests } from "../support/runner.mjs";

const FILE = fileURLToPath(new URL("../http/abuse.test.mjs", import.meta.url));
const SHOWN_BY = {
  Q1: [/^what looks like a machine's is held > /, /^review > /],
  Q3: [/ > stamps: /, / > a site may ask for a fresh stamp/],
  Q6: [/^Turnstile > /],
};
const SAYS = {
  Q1: "what is held writes no person, item or message, and is let through once",
  Q3: "forged, changed and foreign stamps are held; a fast hand alone lands",
  Q6: "good tokens land, bad, spent and missing ones are held, and all are while Turnstile is down",
};

await promise("Q6", async ({ control }) => {
  const { tests, why } = await runTests(FILE, { names: control ? ["no test has this name"] : [] });
  const [first, second, { id: _, ...own }] = Object.entries(SHOWN_BY).map(([id, patterns]) => {
    const shown = tests.filter(({ name }) => patterns.some((pattern) => pattern.test(name)));
    const passed = shown.filter(({ ok }) => ok).length;
    const met = passed > 0 && passed === shown.length;
    return { id, met, figure: `${passed} of ${shown.length} tests against workerd: ${SAYS[id]}${met ? "" : `: ${why}`}` };
  });
  return { ...own, also: [first, second] };
}, { controls: ["no-check"] });
