// R15: fifty people race for the same items while the server is killed again and again: one owner at a time, no change of owner without
// a row of history. The race is that of `tests/http/race.test.mjs`: 10,000 items and 50 kills in full, 300 and 3 in short.

import { fileURLToPath } from "node:url";

import { promise } from "../support/promise.mjs";
import { runTests } from "../support/runner.mjs";

const FILE = fileURLToPath(new URL("../http/race.test.mjs", import.meta.url));

await promise("R15", async ({ full, seed, control }) => {
  const names = control ? ["no test has this name"] : [];
  const { passed, failed, said, why } = await runTests(FILE, { names, env: { USHER_RACE: full ? "full" : "", USHER_RACE_SEED: String(seed) } });
  const race = /(\d+) changes of owner, (\d+) acknowledged, (\d+) kills/.exec(said.join("\n"));
  return {
    met: passed === 1 && failed === 0 && race !== null,
    figure: race
      ? `50 members, ${full ? "10,000" : "300"} items, ${race[3]} kills: ${race[1]} changes of owner, each in the history, ${race[2]} acknowledged and all of them there, never two owners`
      : `the race came to no end: ${why}`,
  };
}, { controls: ["no-race"] });
