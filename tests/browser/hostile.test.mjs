// Hostile host pages: policies, styles that reach for everything, patched and polluted globals, documents that come and
// go. The widget works or falls back, and the page does not notice.

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
  const limits = { submissions_per_day: 1000, per_address: 1000 };
  return addSites(usher, { ...site, forms: ["inquiry"], launcher: "Ask us", limits });
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

/** Runs before anything of the page's own. */
const first = (script) => ({ snippet: `<script>${script}</script>${snippet}` });
/** Something beside the snippet. */
const beside = (html) => ({ snippet: `${html}${snippet}` });

/** Pages on which a visitor opens the form, sends it, and gets their receipt. */
const WORKING = {
  "elements carry the names of the document's properties": beside(
    ["currentScript", "title", "referrer", "hidden", "documentElement", "activeElement"]
      .map((name) => `<img name="${name}" alt="">`)
      .join(""),
  ),
  "a form is called usher": beside(`<form id="usher"><input name="q" value="5"><input name="again"></form>`),
  "every array has a toJSON": first(`
    Array.prototype.toJSON = function () { return "[" + this.map(String).join("|") + "]"; };
    String.prototype.toJSON = function () { return "changed"; };`),
  "Object.prototype is polluted": first(`
    const names = ["extra", "theme", "lang", "launcher", "prompts", "pricing", "rtl", "mode", "name", "about", "state", "also"];
    for (const name of names) Object.prototype[name] = name === "also" ? function () {} : "polluted";
    window.clean = () => { for (const name of names) delete Object.prototype[name]; };`),
  "Promise and fetch are wrapped": first(`
    const { fetch } = window;
    window.fetch = function (...call) { return fetch.apply(this, call).then((answer) => answer); };
    const then = Promise.prototype.then;
    Promise.prototype.then = function (...call) { return then.apply(this, call); };`),
  "custom elements cannot be defined": first(`customElements.define = () => { throw new Error("not here"); };`),
  "adopted style sheets are frozen": first(`
    const frozen = Object.freeze([]);
    Object.defineProperty(ShadowRoot.prototype, "adoptedStyleSheets", { get: () => frozen, set() { throw new TypeError("frozen"); } });`),
  "the body is transformed, clipped and beyond reach": beside(`<style>
    html { overflow: hidden; pointer-events: none } body { transform: scale(.5); pointer-events: none; overflow: hidden; opacity: .5 }
    </style>`),
  "something lies over everything": beside(
    `<div style="position:fixed;inset:0;z-index:2147483647;background:#0003"></div>`,
  ),
  "another base": beside(`<base href="https://elsewhere.example.com/deep/">`),
  "quirks mode": { html: `<title>Old</title><body bgcolor=white><font size=7>Old</font>${snippet}` },
  XHTML: {
    type: "application/xhtml+xml",
    html: `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><head><title>Strict</title></head><body><p>Strict</p>${snippet.replace(" async ", ' async="async" ')}</body></html>`,
  },
  "the page takes the widget away": beside(`<script>
    let left = 3;
    new MutationObserver(() => {
      const found = document.querySelector("usher-widget");
      if (found && left-- > 0) found.remove();
    }).observe(document, { childList: true, subtree: true });
    </script>`),
  "the whole body is exchanged": beside(`<script>
    addEventListener("usher:ready", () => { document.body.replaceWith(document.createElement("body")); document.body.append("New"); });
    </script>`),
  "the document is written anew": beside(`<script>
    addEventListener("usher:ready", () => setTimeout(() => {
      document.open();
      document.write("<!doctype html><title>Anew</title><p>Anew");
      document.close();
    }), { once: true });
    </script>`),
  "the document is written anew, with the snippet": beside(`<script>
    const again = ${JSON.stringify(snippet).replaceAll("<", "\\x3c")};
    addEventListener("usher:ready", () => setTimeout(() => {
      document.open();
      document.write("<!doctype html><title>Anew</title><p>Anew" + again);
      document.close();
    }), { once: true });
    </script>`),
  "a policy of nonces": {
    snippet: snippet.replace("<script ", '<script nonce="abc123" '),
    policy: `default-src 'self'; script-src 'nonce-abc123' ${usher.origin} 'wasm-unsafe-eval'; connect-src ${usher.origin}`,
  },
  "a policy without styles or frames": {
    snippet: snippet.replace("<script ", '<script nonce="abc123" '),
    policy: `script-src 'nonce-abc123' 'strict-dynamic' 'wasm-unsafe-eval'; style-src 'none'; connect-src ${usher.origin}`,
  },
};

for (const [name, options] of Object.entries(WORKING)) {
  test(`it works where ${name}`, () =>
    browser.visit({}, async (page) => {
      const reports = hosts.reports.length;
      await page.goto(hosts.page(`/hostile/${name.replace(/\W+/g, "-")}`, options));
      const widget = new Widget(page);
      await shown(widget.launcher);
      if (name.includes("anew")) await page.getByText("Anew").waitFor();
      await sends(widget, name.replace(/\W+/g, "-").toLowerCase());
      assert.equal(await widget.launcher.count(), 1);
      assert.deepEqual(hosts.reports.slice(reports).filter((report) => !report.startsWith("img-src")), []);
    }));
}

/** What Chromium itself says of a policy that does its work. */
const BLOCKED = /violates the following Content Security Policy|Refused to|blocked by CORS|net::ERR_|Fetch API cannot load|status of 403/;

/** Pages on which the form cannot run: it opens as a page of its own, by the panel or by the page's link. */
const FALLING_BACK = {
  "fetch throws": first(`window.fetch = () => { throw new Error("no fetch on this page"); };`),
  "fetch gives nothing": first(`window.fetch = () => {};`),
  "a policy refuses wasm": { snippet, policy: `script-src ${usher.origin}; connect-src ${usher.origin}` },
  "a policy refuses our calls": { snippet, policy: `script-src ${usher.origin} 'wasm-unsafe-eval'; connect-src 'self'` },
};

for (const [name, options] of Object.entries(FALLING_BACK)) {
  test(`nothing is lost where ${name}`, () =>
    browser.visit({ expects: [BLOCKED] }, async (page) => {
      await page.goto(hosts.page(`/falls/${name.replace(/\W+/g, "-")}`, options));
      const widget = new Widget(page);
      await widget.launcher.click();
      // The form in its place, by whatever means are left, or the way to its page.
      const form = widget.panel.getByRole("textbox").first();
      const link = widget.panel.getByRole("link", { name: /open the form/i });
      await form.or(link).or(widget.panel.locator("iframe")).first().waitFor();
      if (await link.count()) {
        const address = await link.getAttribute("href");
        assert.equal(address, `${usher.origin}/v1/forms/${KEY}/inquiry`);
        assert.equal((await usher.fetch(new URL(address).pathname)).status, 200);
      }
    }));
}

test("where our script may not run, the page's own link leads to the form", async () => {
  const link = `<a href="${usher.origin}/v1/forms/${KEY}/inquiry" data-usher-open="inquiry">Ask by form</a>`;
  const pages = {
    "/refused/script": { snippet: `${link}${snippet}`, policy: "script-src 'none'" },
    // The loader may, the module may not: the stub takes calls and does no harm.
    "/refused/module": {
      snippet: `${link}<script nonce="abc123">window.usher = (...call) => { (usher.q = usher.q || []).push(call); }; usher("open"); usher("event", "x");</script>${snippet.replace("<script ", '<script nonce="abc123" ')}`,
      policy: "script-src 'nonce-abc123'; connect-src 'none'",
    },
  };
  for (const [path, options] of Object.entries(pages)) {
    await browser.visit({ expects: [BLOCKED] }, async (page) => {
      if (path.endsWith("module")) await page.route("**/v1/boot/**", (route) => route.abort("blockedbyclient"));
      await page.goto(hosts.page(path, options), { waitUntil: "networkidle" });
      assert.ok(page.url().endsWith(path), "the page stays where it is");
      assert.equal(await page.locator("usher-widget").count(), 0);
      await page.getByRole("link", { name: "Ask by form" }).click();
      await page.getByRole("heading", { name: INQUIRY }).waitFor();
    });
  }
});

test("in a frame of the page's own it works; in one that is shut off it is silent", () =>
  browser.visit({ expects: [BLOCKED] }, async (page) => {
    const inner = hosts.page("/frame/inner", { snippet });
    await page.goto(hosts.page("/frame/outer", { snippet: `<iframe src="${inner}" width="900" height="500" title="inner"></iframe>` }));
    const frame = page.frameLocator("iframe");
    await frame.getByRole("button", { name: "Ask us" }).click();
    await frame.getByRole("dialog", { name: INQUIRY }).getByRole("textbox").first().waitFor();

    const shut = `<iframe sandbox="allow-scripts" src="${inner}" width="900" height="700" title="shut"></iframe>`;
    await page.goto(hosts.page("/frame/shut", { snippet: shut }), { waitUntil: "networkidle" });
    await page.frameLocator("iframe").getByText("Three strands").waitFor();
    assert.equal(await page.frameLocator("iframe").getByRole("button", { name: "Ask us" }).count(), 0);
  }));

test("a page that insists on taking it away has its way, and the form still opens when it is asked for", () =>
  browser.visit({}, async (page) => {
    const insists = `<script>new MutationObserver(() => {
      if (!window.wanted) document.querySelector("usher-widget")?.remove();
    }).observe(document, { childList: true, subtree: true });</script>`;
    await page.goto(hosts.page("/insists", beside(insists)), { waitUntil: "networkidle" });
    assert.equal(await page.locator("usher-widget").count(), 0);
    await page.evaluate(() => {
      window.wanted = true;
      usher("open", "inquiry");
    });
    await new Widget(page).shows(INQUIRY);
  }));

test("under a dialog of the page's it waits, and works once that is closed", () =>
  browser.visit({}, async (page) => {
    const dialog = `<dialog id="modal"><button onclick="this.parentNode.close()">Close this</button></dialog>`;
    await page.goto(hosts.page("/dialog", beside(dialog)));
    const widget = new Widget(page);
    await shown(widget.launcher);
    await page.evaluate(() => document.querySelector("#modal").showModal());
    await page.getByRole("button", { name: "Close this" }).click();
    await sends(widget, "dialog");
  }));

test("the page is told what happens, and nothing about the person", () =>
  browser.visit({}, async (page) => {
    const listen = `<script>
      window.heard = [];
      for (const name of ["ready", "open", "close", "submit", "success", "error", "consent"]) {
        document.addEventListener("usher:" + name, ({ detail }) => heard.push([name, JSON.stringify(detail)]));
      }
    </script>`;
    await page.goto(hosts.page("/events", { snippet: `${listen}${snippet}` }));
    await sends(await isInReach(page), "juniper");
    const heard = await page.evaluate(() => heard);
    const names = heard.map(([name]) => name);
    assert.deepEqual(names.slice(0, 2), ["ready", "open"]);
    assert.ok(!/juniper/.test(JSON.stringify(heard)), JSON.stringify(heard));
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
  await shown(widget.panel.getByRole("heading", { name: /thank you/i }));
  // What reads the page for this test trips over a polluted prototype itself.
  await widget.page.evaluate("window.clean && window.clean()");
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
