// Where wasm is refused, the browser is old or the page's policy keeps us from the edge, a form is still there, looks the
// same and ends in the same queue.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { Widget, gone, hasFocus, message, refused, shown, startBrowser } from "../support/browser.mjs";
import { AGAIN, ENROL, REPORT, day, install, stored } from "../support/kinds.mjs";
import { startHosts } from "../support/hosts.mjs";
import { startUsher } from "../support/usher.mjs";

const KEY = "pk_fallback";
const POLICY = /Content Security Policy|violates|WebAssembly/;
const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const staff = await usher.signIn("mara");
const axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
const snippet = (form, more = "") => `<script async src="${usher.origin}/v1/usher.js" data-site="${KEY}" data-form="${form}" ${more}></script>`;

before(() => {
  const site = { id: "fallback", name: "Fallback", kind: "own", key: KEY, origins: [hosts.origin], launcher: "Open" };
  return install(usher, { forms: [ENROL, AGAIN, REPORT], sites: [{ ...site, forms: ["enrol", "again", "report"] }] });
});

const WITHOUT_WASM = {
  "no wasm keyword": { policy: `script-src ${usher.origin}; connect-src ${usher.origin}; style-src 'none'` },
  "a nonce, strict-dynamic, no wasm": {
    policy: `script-src 'nonce-abc' 'strict-dynamic'; connect-src ${usher.origin}; style-src 'none'`,
    more: 'nonce="abc"',
  },
  "a browser without WebAssembly": { script: () => delete self.WebAssembly },
};

for (const [name, { policy, script, more }] of Object.entries(WITHOUT_WASM)) {
  test(`${name}: the same form is drawn by hand, and stored`, () =>
    browser.visit({ expects: [POLICY, refused(422)] }, async (page) => {
      if (script) await page.addInitScript(script);
      const address = hosts.page(`/${name.replaceAll(/\W/g, "-")}`, { snippet: snippet("enrol", more), policy });
      await page.goto(address);
      const widget = await open(page);
      const seats = widget.field("How many seats");
      assert.equal(await seats.count(), 0);
      await widget.panel.getByRole("radio", { name: "My team" }).check();
      await shown(seats);
      await widget.fill({ Name: "Lite", "E-mail": "lite@nowhere", "How many seats": "3" });
      await widget.panel.getByRole("checkbox", { name: "Monday" }).check();
      await widget.fill({ From: day(2), "You may write to me about this class.": true });
      await widget.button("Enrol").click();
      assert.match(await message(widget.field("E-mail")), /e-mail address/, "the edge's message stands beside the field");
      await hasFocus(widget.field("E-mail"));
      await page.evaluate(axe);
      const { violations } = await page.evaluate(() => window.axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"] }));
      assert.deepEqual(violations.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id} ${target}`)), []);
      await widget.fill({ "E-mail": "lite@example.com" });
      await widget.panel.getByRole("radio", { name: "Myself" }).check();
      await gone(seats);
      await widget.button("Enrol").click();
      const values = await stored(staff, await widget.receipt());
      assert.deepEqual([values.name, values.email, "seats" in values], ["Lite", "lite@example.com", false]);
      const refusals = hosts.reports.filter((report) => report.endsWith(` on ${address}`));
      assert.equal(refusals.some((report) => report.includes("wasm-eval")), Boolean(policy), `${refusals}`);
    }));
}

test("both ways of drawing look the same", async () => {
  const looks = [];
  for (const script of [() => {}, () => delete self.WebAssembly]) {
    await browser.visit({}, async (page) => {
      await page.addInitScript(script);
      await page.goto(hosts.page("/looks", { snippet: snippet("again") }));
      const widget = await open(page);
      await widget.field("E-mail").waitFor();
      await widget.fill({ "E-mail": "a@example.com" });
      looks.push(
        await widget.panel.evaluate((panel) =>
          Array.from(panel.querySelectorAll("input:not([tabindex]),textarea,label,button,.foot"), (element) => {
            const { left, top, width, height } = element.getBoundingClientRect();
            const { color, font, borderColor, backgroundColor } = getComputedStyle(element);
            return [element.localName, ...[left, top, width, height].map(Math.round), color, font, borderColor, backgroundColor].join(" ");
          }).filter((it) => !/ 0 0 /.test(it)),
        ),
      );
    });
  }
  assert.deepEqual(looks[1], looks[0]);
});

test("a module that does not come within three seconds is not waited for", () =>
  browser.visit({}, async (page) => {
    await page.route("**/*_bg.wasm", () => {});
    await page.goto(hosts.page("/late", { snippet: snippet("again") }));
    const widget = await open(page);
    await widget.fill({ "E-mail": "late@example.com", Message: "Late" });
    await widget.button("Send").click();
    assert.equal((await stored(staff, await widget.receipt())).message, "Late");
  }));

test("a policy that keeps us from the edge gets the plain page in a frame, and where that is refused, a link", async () => {
  const script = `script-src ${usher.origin} 'wasm-unsafe-eval'; connect-src 'self'`;
  await browser.visit({ expects: [POLICY] }, async (page) => {
    await page.goto(hosts.page("/framed", { snippet: snippet("again"), policy: script }));
    const widget = new Widget(page, { launcher: "Open" });
    await widget.launcher.click();
    const frame = widget.panel.frameLocator("iframe");
    await frame.getByRole("textbox", { name: "E-mail" }).fill("frame@example.com");
    await frame.getByRole("textbox", { name: "Message" }).fill("Framed");
    await frame.getByRole("button", { name: "Send" }).click();
    await shown(frame.getByRole("heading", { name: /thank you/i }));
  });
  await browser.visit({ expects: [POLICY] }, async (page) => {
    await page.goto(hosts.page("/linked", { snippet: snippet("again"), policy: `${script}; frame-src 'none'` }));
    const widget = new Widget(page, { launcher: "Open" });
    await widget.launcher.click();
    const link = widget.panel.getByRole("link", { name: "Open the form" });
    await shown(link);
    assert.equal(await link.getAttribute("href"), `${usher.origin}/v1/forms/${KEY}/again`);
  });
});

async function open(page) {
  const widget = new Widget(page, { launcher: "Open" });
  await widget.launcher.click();
  await widget.panel.locator("form").waitFor();
  return widget;
}
