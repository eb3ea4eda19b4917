// The proof of work in a real browser: found in a worker, and without one where the page's policy refuses workers.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const KEY = "pk_proof_site";
const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
before(() => {
  const site = { id: "proof", name: "Kelp & Rope", kind: "own", key: KEY, origins: [hosts.origin] };
  return addSites(usher, { ...site, forms: ["inquiry"], launcher: "", checks: { proof: true } });
});

/** Solves on the page, and sends what was found. */
async function solves(page) {
  const proof = await page.evaluate(
    async ([origin, site]) => (await import(`${origin}/v1/proof.js`)).default({ origin, site }),
    [usher.origin, KEY],
  );
  const { status, body } = await usher.submit("inquiry", inquiry({}, { proof }), { site: KEY, origin: hosts.origin });
  assert.equal(status, 200);
  assert.notEqual(body.answer_by, "", "it is an item, and not held");
}

test("a worker finds it", () =>
  browser.visit({}, async (page) => {
    const workers = [];
    page.on("worker", (worker) => workers.push(worker.url()));
    await page.goto(hosts.page("/free"));
    await solves(page);
    assert.equal(workers.length, 1);
    assert.match(workers[0], /^blob:/);
  }));

test("where the page's policy refuses workers, it is found between the page's own work", () =>
  browser.visit({ expects: [/Content Security Policy/] }, async (page) => {
    const policy = `default-src 'none'; script-src ${usher.origin}; connect-src ${usher.origin}; worker-src 'none'`;
    const workers = [];
    page.on("worker", (worker) => workers.push(worker.url()));
    await page.goto(hosts.page("/refusing", { policy }));
    await solves(page);
    assert.deepEqual(workers, []);
  }));
