// Hostile host pages: a policy that allows nothing but what the README asks for, styles that reach for everything, and
// the snippet pasted twice. The widget works, and the page does not notice.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { Widget, hasFocus, shown, startBrowser } from "../support/browser.mjs";
import { addSites, fromReadme, startHosts } from "../support/hosts.mjs";
import { startUsher } from "../support/usher.mjs";

const KEY = "pk_hosts";
const INQUIRY = "Ask a course adviser";

const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const staff = await usher.signIn("mara");
const { policy, snippet } = await fromReadme(usher, KEY);
const strict = `default-src 'none'; ${policy}`;
// The page's own stylesheet, and nothing else, is the page's own business.
const strictWithStyle = `${strict}; style-src ${hosts.origin}`;

before(() => {
  const site = { id: "hosts", name: "Kelp & Rope", kind: "own", key: KEY, origins: [hosts.origin] };
  return addSites(usher, { ...site, forms: ["inquiry"], launcher: "Ask us" });
});

test("under default-src 'none' and the README's line the form opens, sends and shows its receipt", () =>
  browser.visit({}, async (page) => {
    await page.goto(hosts.page("/strict", { snippet, policy: strict }));
    const widget = await isInReach(page);
    await sends(widget, "ash");
    assert.deepEqual(hosts.reports, [], "no report of a violation");
  }));

test("a page that unsets everything and fixes every position changes nothing of the widget", () =>
  browser.visit({}, async (page) => {
    await page.goto(hosts.page("/unset", { snippet, style: "unset.css", policy: strictWithStyle }));
    const lead = await page.getByText("Three strands").evaluate((element) => getComputedStyle(element).position);
    assert.equal(lead, "fixed", "the page's stylesheet is at work");
    const widget = await isInReach(page);
    await sends(widget, "birch");
    assert.deepEqual(hosts.reports, []);
  }));

test("whatever a page's stylesheet says, the widget looks as on a page without one", async () => {
  const looks = {};
  for (const style of ["", "unset.css", "loud.css"]) {
    await browser.visit({}, async (page) => {
      await page.goto(hosts.page(`/looks/${style || "plain"}/`, { snippet, style }));
      const widget = await isInReach(page);
      await widget.launcher.click();
      await widget.shows(INQUIRY);
      await widget.button("Send question").click();
      await hasFocus(widget.field("Your name"));
      looks[style] = await page.evaluate(lookOfWidget);
    });
  }
  assert.ok(looks[""].length > 30, "the widget has parts");
  for (const style of ["unset.css", "loud.css"]) {
    looks[""].forEach((look, index) => assert.equal(looks[style][index], look, style));
    assert.equal(looks[style].length, looks[""].length);
  }
});

test("on a page that leads with scripts of its own, a nonce or trusted types, it works as well", async () => {
  const nonce = `script-src 'nonce-abc123' 'strict-dynamic' 'wasm-unsafe-eval'; connect-src ${usher.origin}`;
  const pages = {
    "/nonce": {
      snippet: snippet.replace("<script ", '<script nonce="abc123" '),
      policy: `default-src 'none'; base-uri 'none'; ${nonce}`,
    },
    "/trusted-types": { snippet, policy: `${strict}; require-trusted-types-for 'script'; trusted-types 'none'` },
  };
  for (const [path, options] of Object.entries(pages)) {
    await browser.visit({}, async (page) => {
      await page.goto(hosts.page(path, options));
      await sends(await isInReach(page), path.slice(1));
    });
  }
  assert.deepEqual(hosts.reports, []);
});

test("the page keeps its own: nothing on window but `usher`, no style changed, no element but the widget's", () =>
  browser.visit({}, async (page) => {
    const names = () => page.evaluate(() => Object.getOwnPropertyNames(window).toSorted());
    await page.goto(hosts.page("/alone", {}), { waitUntil: "load" });
    const without = { names: await names(), styles: await page.evaluate(stylesOfPage) };

    await page.goto(hosts.page("/with", { snippet }), { waitUntil: "load" });
    await sends(await isInReach(page), "cedar");
    assert.deepEqual((await names()).filter((name) => !without.names.includes(name)), ["usher"]);
    const styles = await page.evaluate(stylesOfPage);
    assert.deepEqual(Object.keys(styles), Object.keys(without.styles));
    for (const [element, style] of Object.entries(without.styles)) assert.equal(styles[element], style, element);
    assert.equal(await page.evaluate(() => document.adoptedStyleSheets.length), 0);
  }));

test("the snippet pasted twice gives one launcher", () =>
  browser.visit({}, async (page, visit) => {
    await page.goto(hosts.page("/twice", { snippet: `${snippet}\n${snippet}`, policy: strict }), {
      waitUntil: "networkidle",
    });
    const widget = await isInReach(page);
    assert.equal(await widget.launcher.count(), 1);
    assert.deepEqual(visit.asked(usher.origin).filter((it) => it.includes("/boot/")), [`GET /v1/boot/${KEY}.js`]);
    await sends(widget, "dune");
    assert.deepEqual(hosts.reports, []);
  }));

test("on a small screen the panel fits, and the button that sends can be reached", () =>
  browser.visit({ viewport: { width: 320, height: 480 }, hasTouch: true, isMobile: true }, async (page) => {
    await page.goto(hosts.page("/small", { snippet, style: "unset.css", policy: strictWithStyle }));
    const widget = await isInReach(page);
    await widget.launcher.tap();
    await widget.shows(INQUIRY);
    const panel = await widget.panel.boundingBox();
    assert.ok(panel.x >= 0 && panel.y >= 0 && panel.x + panel.width <= 320 && panel.y + panel.height <= 480, panel);
    await widget.button("Send question").scrollIntoViewIfNeeded();
    assert.ok(await isOnTop(widget.button("Send question")));
  }));

/** The launcher is inside the viewport at its real size, and nothing lies over it. */
async function isInReach(page) {
  const widget = new Widget(page);
  await shown(widget.launcher);
  const box = await widget.launcher.boundingBox();
  const { width, height } = page.viewportSize();
  assert.ok(box.width >= 80 && box.width <= 200 && box.height >= 44 && box.height <= 60, JSON.stringify(box));
  assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height);
  assert.ok(await isOnTop(widget.launcher));
  return widget;
}

function isOnTop(control) {
  return control.evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    return element.getRootNode().elementFromPoint(left + width / 2, top + height / 2) === element;
  });
}

/** Fills in the form and sends it; the item is in the queue. */
async function sends(widget, who) {
  await widget.launcher.click();
  await widget.shows(INQUIRY);
  const question = `From a page called ${who}`;
  await widget.fill({ "Your name": who, "E-mail": `${who}@example.com`, "Your question": question });
  await widget.button("Send question").click();
  const receipt = await widget.receipt();
  assert.equal(receipt.team, "Course advisers");
  const item = await staff.itemOf(receipt);
  assert.deepEqual([item.row.who, item.row.summary, item.row.queue], [who, question, "sales"]);
  assert.ok(item.source.url.startsWith(widget.page.url()));
}

/** What each element of the widget looks like: size, place, and everything that is drawn or inherited. */
function lookOfWidget() {
  const drawn = [
    ...["color", "backgroundColor", "fontFamily", "fontSize", "fontStyle", "fontWeight", "lineHeight", "opacity"],
    ...["letterSpacing", "wordSpacing", "textTransform", "textAlign", "direction", "visibility", "display", "cursor"],
    ...["filter", "transform", "clipPath", "borderTopStyle", "borderTopColor", "borderRadius", "pointerEvents"],
  ];
  const look = (element) => {
    const style = getComputedStyle(element);
    const { left, top, width, height } = element.getBoundingClientRect();
    const box = [left, top, width, height].map(Math.round).join(" ");
    return `${element.localName} ${box}: ${drawn.map((name) => style[name]).join("; ")}`;
  };
  const host = document.querySelector("usher-widget");
  return [...host.shadowRoot.querySelectorAll("*")].map(look);
}

/** Every computed value of every element of the page, the widget left out. */
function stylesOfPage() {
  const all = [...document.querySelectorAll("*")].filter((it) => it.localName !== "usher-widget" && it.localName !== "script");
  const values = (element) => {
    const style = getComputedStyle(element);
    return Array.from(style, (name) => `${name}: ${style.getPropertyValue(name)}`).join("; ");
  };
  return Object.fromEntries(all.map((element, index) => [`${index} ${element.localName}`, values(element)]));
}
