// What every screen must be: nothing that axe finds, and nothing wider than the window.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

/**
 * axe finds nothing on the page. It is put in past the page's policy, and looks into open shadow roots; what frames show has
 * tests of its own.
 */
export async function finds(page, what) {
  await page.evaluate(`window.axe || (() => { ${axe} })()`);
  const options = { runOnly: { type: "tag", values: TAGS }, iframes: false };
  const { violations, passes } = await page.evaluate((options) => window.axe.run(document, options), options);
  const found = violations.map(({ id, nodes }) => {
    const places = nodes.map(({ target, failureSummary }) => `${target.join(" ")}: ${failureSummary}`);
    return `${id}\n  ${places.join("\n  ")}`;
  });
  assert.equal(found.length, 0, `axe on ${what} at ${page.viewportSize().width}px:\n${found.join("\n")}`);
  assert.ok(passes.length > 5, `axe has looked at ${what}`);
}

/** Nothing is wider than the window. */
export async function fits(page) {
  const [inner, outer] = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
  assert.ok(inner <= outer, `nothing is wider than the screen: ${inner} > ${outer}`);
}
