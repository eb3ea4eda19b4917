// A partner's site on another origin: the lead carries the partner's name and its campaign, and the key opens nothing
// anywhere else.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { NOTHING_KEPT, Widget, kept, refused, shown, startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const staff = await usher.signIn("mara");

test("a question from the partner's page carries the partner's name and the campaign of its address", () =>
  browser.visit({}, async (page) => {
    const campaign = "utm_source=guild-letter&utm_medium=email&utm_campaign=autumn%20intake";
    await page.goto(`${usher.partnerOrigin}/recommended-courses/?${campaign}&session=17`);
    const widget = new Widget(page, { launcher: "Ask Larkfield" });
    await widget.open("Ask a course adviser");
    await widget.fill({
      ...{ "Your name": "Ida Vance", "E-mail": "ida@tidewell.example.com", Company: "Tidewell Laundry" },
      ...{ "What is it about?": "A class for myself", "Your question": "Does the bursary cover Python?" },
    });
    await widget.button("Send question").click();
    const receipt = await widget.receipt();
    assert.equal(receipt.team, "Course advisers");
    assert.deepEqual(await kept(page), { ...NOTHING_KEPT, session: ["usher.known.pk_demo_partner"], databases: ["usher"] });

    const item = await staff.itemOf(receipt);
    assert.equal(item.row.queue, "sales");
    assert.equal(item.row.partner, true);
    assert.equal(item.row.site, "Harbour Careers Guild");
    assert.equal(item.source.site, "Harbour Careers Guild");
    assert.equal(item.source.partner, true);
    assert.equal(new URL(item.source.url).origin, usher.partnerOrigin);
    assert.deepEqual(item.source.campaign, [
      ["source", "guild-letter"],
      ["medium", "email"],
      ["campaign", "autumn intake"],
    ]);
    assert.ok(item.score.reasons.some((reason) => reason.rule === "from_partner"));
    assert.ok(item.signals.every((signal) => signal.url.startsWith(usher.partnerOrigin)), "the whole address");
  }));

test("a link of the partner's page opens the form there", () =>
  browser.visit({}, async (page) => {
    await page.goto(`${usher.partnerOrigin}/`);
    const widget = new Widget(page, { launcher: "Ask Larkfield" });
    await shown(widget.launcher);
    await page.getByRole("link", { name: "Ask Larkfield a question" }).click();
    await widget.shows("Ask a course adviser");
    assert.equal(page.url(), `${usher.partnerOrigin}/`);
  }));

test("a key opens nothing on an origin that its site does not list", async () => {
  // The platform and the edge share an origin here, and the edge's own pages may show any form. By its number the
  // platform is another origin: listed for the platform, and not for the partner.
  const platform = usher.origin.replace("localhost", "127.0.0.1");
  await usher.submit("inquiry", inquiry(), { site: "pk_demo_platform", origin: platform }).then(isAllowed(platform));
  await usher.submit("inquiry", inquiry(), { site: "pk_demo_partner", origin: usher.partnerOrigin }).then(
    isAllowed(usher.partnerOrigin),
  );
  const before = await count();
  for (const [site, origin] of [
    ["pk_demo_partner", platform],
    ["pk_demo_partner", "https://elsewhere.example.com"],
    ["pk_demo_partner", "null"],
    ["pk_demo_platform", usher.partnerOrigin],
    ["pk_demo_platform", `${usher.origin}.elsewhere.example.com`],
  ]) {
    const boot = await usher.json(`/v1/boot/${site}`, { headers: { origin } });
    const sent = await usher.submit("inquiry", inquiry(), { site, origin });
    for (const { status, headers, body } of [boot, sent]) {
      assert.equal(status, 403, `${site} on ${origin}`);
      assert.equal(headers.get("access-control-allow-origin"), null);
      assert.equal(body.code, "origin_not_allowed");
    }
    const signals = JSON.stringify({ batch_id: crypto.randomUUID(), signals: [] });
    const told = await usher.fetch(`/v1/signals/${site}`, { method: "POST", headers: { origin }, body: signals });
    assert.equal(told.headers.get("access-control-allow-origin"), null);
    const asked = await usher.fetch(`/v1/forms/${site}/inquiry`, { method: "OPTIONS", headers: { origin } });
    assert.equal(asked.headers.get("access-control-allow-origin"), null);
  }
  assert.equal(await count(), before, "nothing was stored");
});

test("on a page that the site does not list, the snippet shows nothing and throws nothing", async () => {
  const snippet = `<script async src="${usher.origin}/v1/usher.js" data-site="pk_demo_partner"></script>`;
  const address = hosts.page("/stolen", { snippet });
  // Chromium itself reports the refused request.
  await browser.visit({ expects: [refused(403), /blocked by CORS policy/, /net::ERR_FAILED/] }, async (page) => {
    const unread = page.waitForEvent("requestfailed", (request) => request.url().includes("/v1/boot/"));
    await page.goto(address, { waitUntil: "networkidle" });
    assert.equal(new URL((await unread).url()).pathname, "/v1/boot/pk_demo_partner.js");
    assert.equal(await page.getByRole("button", { name: "Ask Larkfield" }).count(), 0);
  });
});

test("an origin is a partner's as soon as the operator lists it", async () => {
  const key = "pk_listed_later";
  const snippet = `<script async src="${usher.origin}/v1/usher.js" data-site="${key}"></script>`;
  const site = { id: "rope", name: "Kelp & Rope", kind: "partner", key, origins: [hosts.origin], forms: ["inquiry"] };
  await addSites(usher, { ...site, launcher: "Ask Larkfield" });
  await browser.visit({}, async (page) => {
    await page.goto(hosts.page("/listed", { snippet }));
    const widget = new Widget(page, { launcher: "Ask Larkfield" });
    await widget.open("Ask a course adviser");
    await widget.fill({ "Your name": "Jo Kay", "E-mail": "jo@example.com", "Your question": "Here too?" });
    await widget.button("Send question").click();
    const item = await staff.itemOf(await widget.receipt());
    assert.deepEqual([item.source.site, item.source.partner], ["Kelp & Rope", true]);
  });
});

function isAllowed(origin) {
  return ({ status, headers }) => {
    assert.equal(status, 200);
    assert.equal(headers.get("access-control-allow-origin"), origin);
  };
}

async function count() {
  return (await staff.items("sales")).length;
}
