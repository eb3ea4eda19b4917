// S22: on pages that are hostile to the widget nothing reaches the page, and a form is sent or falls back: the pages of
// `tests/browser/hostile.test.mjs`, in Chromium. In short some of them, by the seed; in full all.

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { promise } from "../support/promise.mjs";
import { runTests } from "../support/runner.mjs";

const FILE = fileURLToPath(new URL("../browser/hostile.test.mjs", import.meta.url));
const LEAST = 20;

await promise("S22", async ({ full, random, control }) => {
  const source = await readFile(FILE, "utf8");
  const tables = /const WORKING = \{([\s\S]*?)\n\};[\s\S]*?const FALLING_BACK = \{([\s\S]*?)\n\};/.exec(source);
  const pages = tables.slice(1).flatMap((table) => [...table.matchAll(/^ {2}(?:"([^"]+)"|(\w+)): /gm)].map(([, quoted, plain]) => quoted ?? plain));
  if (pages.length < LEAST) throw new Error(`only ${pages.length} hostile pages were found`);
  const some = Array.from({ length: 4 }, () => random.pick(pages));
  const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  const names = control ? ["no test has this name"] : full ? [] : some.map((name) => `where ${escaped(name)}$`);
  const { passed, failed, why } = await runTests(FILE, { names });
  const wanted = full ? pages.length : new Set(some).size;
  return {
    met: failed === 0 && passed >= wanted,
    figure: `${full ? `${passed} tests of ${pages.length} hostile pages and more` : `${passed} of ${pages.length} hostile pages`}: ${failed} with an error on the page, or without the form or the way to it${failed ? `: ${why}` : ""}`,
  };
}, { controls: ["no-page"] });
