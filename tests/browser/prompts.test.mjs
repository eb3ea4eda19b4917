// Prompts in a browser: everything that brings one up, every way it looks, what it waits for, and what an editor sees.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";

import { Widget, gone, hasFocus, kept, NOTHING_KEPT, shown, startBrowser } from "../support/browser.mjs";
import { demoWorkspace, fromReadme, startHosts } from "../support/hosts.mjs";
import { startUsher, until } from "../support/usher.mjs";

const KEY = "pk_prompts";
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];

const usher = await startUsher();
const browser = await startBrowser();
const hosts = await startHosts();
after(async () => {
  await browser.close();
  await usher.stop();
  await hosts.stop();
});
const { snippet } = await fromReadme(usher, KEY);
const axe = await readFile(new URL("../../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");

const START = { event: { name: "start" } };
const LOOKS = ["bubble", "bar", "slide_in", "dialog", "inline"];
const AR = { title: "هل نساعدك؟", body: "اسأل شخصًا يعرف الحبال.", action: "اسأل" };

const prompt = (path, triggers, rest = {}) => ({
  ...{ id: path.slice(1).replaceAll("/", "_"), look: "slide_in", title: `May we help? (${path})`, body: "Ask somebody who knows rope." },
  ...{ action: "Ask them", form: "inquiry", triggers, pages: [{ part: "path", how: "is", with: path }] },
  ...rest,
});

const PROMPTS = [
  prompt("/visible", [{ visible_secs: 2 }], { look: "bubble" }),
  prompt("/scroll", [{ scroll_percent: 50 }], { look: "bar" }),
  prompt("/view", [{ in_view: "#middle" }]),
  prompt("/present", [{ present: "#late" }]),
  prompt("/exit", ["exit_intent"]),
  prompt("/away", ["exit_intent"]),
  prompt("/idle", [{ idle_secs: 5 }]),
  prompt("/click", [{ click: ".ask" }], { look: "dialog" }),
  prompt("/event", [{ event: { name: "lesson", about: { course: "rope", step: "2" } } }]),
  prompt("/spa/b", [{ visible_secs: 1 }]),
  prompt("/spa/c", [START]),
  prompt("/delay/one", [START], { delay_secs: 3, pages: [{ part: "path", how: "starts_with", with: "/delay/" }] }),
  prompt("/cancel", [START], { delay_secs: 1, cancel_on: [{ name: "bought" }] }),
  prompt("/waits", [START]),
  prompt("/first", [START], { id: "low", title: "Low" }),
  prompt("/first", [START], { id: "high", title: "High", priority: 5 }),
  prompt("/linked", [START], { form: undefined, link: "/linked/there" }),
  prompt("/sent", [START]),
  prompt("/sent", [{ event: { name: "again" } }], { id: "sent_again", title: "Again?", gates: { how_often: "always", cooldown_days: 0 } }),
  prompt("/below", [START], { look: "inline", place: "#end" }),
  prompt("/private", [START], { gates: { how_often: "always", cooldown_days: 0 } }),
  prompt("/audience", [START], { gates: { audience: { "site.partner": true } } }),
  ...LOOKS.map((look) =>
    prompt(`/look/${look}`, [START, { click: ".ask" }], {
      ...{ look, title: "May we help?", translations: { ar: AR }, gates: { how_often: "always", cooldown_days: 0 } },
      ...(look === "inline" ? { place: "#start" } : {}),
    }),
  ),
];

before(async () => {
  const site = { id: "rope", name: "Kelp & Rope", kind: "own", key: KEY, origins: [hosts.origin], forms: ["inquiry"] };
  const prompts = PROMPTS.map(({ id }) => id);
  for (const [index, { pages }] of PROMPTS.entries()) {
    hosts.page(pages[0].how === "is" ? pages[0].with : `/unused/${index}`, { file: "longer.html", snippet });
  }
  for (const path of ["/spa/a", "/delay/one", "/delay/two", "/elsewhere", "/linked/there"]) {
    hosts.page(path, { file: "longer.html", snippet });
  }
  const workspace = await demoWorkspace(usher);
  workspace.sites.push({ ...site, launcher: "Ask us", prompts });
  workspace.prompts.push(...PROMPTS);
  workspace.fatigue = { per_visit: 1, per_30_days: 3, cooldown_days: 7, dismissals: 2 };
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.equal(status, 200, JSON.stringify(body));
});

/** The prompt on a page, by what people see and hear of it. */
const card = (page, name = /May we help/) =>
  page.getByRole("region", { name }).or(page.getByRole("dialog", { name })).filter({ hasNot: page.getByRole("textbox") });

async function visit(path, options, story) {
  await browser.visit(options, async (page, visit) => {
    await page.addInitScript(() => {
      window.told = [];
      for (const kind of ["prompt", "open"]) {
        document.addEventListener(`usher:${kind}`, ({ detail }) => window.told.push(detail.state ?? kind));
      }
    });
    await page.goto(`${hosts.origin}${path}`);
    await shown(new Widget(page).launcher);
    await story(page, visit);
  });
}

const event = (page, name, about) => page.evaluate(([name, about]) => window.usher("event", name, about), [name, about]);
const told = (page) => page.evaluate(() => window.told);
const asked = (visit) => visit.asked(usher.origin, { method: "POST" }).filter((it) => it.includes("/v1/prompts/")).length;

/** The gate that stops a prompt for this page's visitor, as an editor reads it. */
async function gateOf(page, id) {
  const { status, body } = await usher.operator("POST", "workspaces/demo/editor-links", { site: KEY, page: page.url() });
  assert.equal(status, 201, JSON.stringify(body));
  const editor = new URL(body.url).searchParams.get("usher_editor");
  return page.evaluate(
    async ([url, id, editor, here]) => {
      const answer = await fetch(url, { method: "POST", body: JSON.stringify({ prompts: [id], url: here, editor }) });
      return (await answer.json()).why.find(({ prompt }) => prompt === id).gate ?? "";
    },
    [`${usher.origin}/v1/prompts/${KEY}`, id, editor, page.url()],
  );
}

test("after some visible seconds, and the hidden ones do not count", () =>
  visit("/visible", {}, async (page, visit) => {
    await page.evaluate(() => {
      Object.defineProperty(Document.prototype, "hidden", { configurable: true, get: () => window.isAway });
      window.isAway = true;
    });
    // Longer than the trigger asks for: the page's own clock says when that is over.
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 3000)));
    assert.equal(asked(visit), 0);
    await page.evaluate(() => (window.isAway = false));
    await shown(card(page));
    assert.deepEqual(await told(page), ["shown"]);
  }));

test("scrolled past half of the page, and not on a page with nothing to scroll", async () => {
  await visit("/scroll", {}, async (page, visit) => {
    await page.mouse.wheel(0, 900);
    await until(() => page.evaluate(() => scrollY > 500), "the page is scrolled");
    assert.equal(asked(visit), 0);
    await page.mouse.wheel(0, 3000);
    await shown(card(page));
    await gone(new Widget(page).launcher);
  });
  await visit("/scroll", { viewport: { width: 1280, height: 7000 } }, async (page, visit) => {
    await page.mouse.wheel(0, 900);
    await page.evaluate(() => window.dispatchEvent(new Event("scroll")));
    assert.equal(asked(visit), 0);
  });
});

test("an element comes into view", () =>
  visit("/view", {}, async (page, visit) => {
    assert.equal(asked(visit), 0);
    await page.locator("#middle").scrollIntoViewIfNeeded();
    await shown(card(page));
  }));

test("an element is put on the page", () =>
  visit("/present", {}, async (page) => {
    await page.evaluate(() => document.querySelector("main").append(Object.assign(document.createElement("p"), { id: "late" })));
    await shown(card(page));
  }));

test("the pointer leaves by the top, once the visitor has been there a while", () =>
  visit("/exit", {}, async (page, visit) => {
    const leave = (clientY) =>
      page.evaluate((clientY) => document.documentElement.dispatchEvent(new MouseEvent("mouseout", { bubbles: true, clientY })), clientY);
    await leave(-1);
    assert.equal(asked(visit), 0, "too early");
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 3200)));
    await leave(300);
    assert.equal(asked(visit), 0, "by the side");
    await leave(-1);
    await shown(card(page));
  }));

test("on a touch screen, a fast scroll upwards", () =>
  visit("/exit", PHONE, async (page, visit) => {
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 3200)));
    await page.evaluate(() => scrollTo(0, 2000));
    await until(() => page.evaluate(() => scrollY === 2000), "the page is scrolled");
    assert.equal(asked(visit), 0);
    await page.evaluate(async () => {
      for (let y = 2000; y >= 1000; y -= 100) {
        scrollTo(0, y);
        await new Promise(requestAnimationFrame);
      }
    });
    await shown(card(page));
  }));

test("on a touch screen, coming back after a while away", () =>
  visit("/away", PHONE, async (page) => {
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 3200)));
    await page.evaluate(async () => {
      Object.defineProperty(Document.prototype, "hidden", { configurable: true, get: () => window.isAway });
      window.isAway = true;
      document.dispatchEvent(new Event("visibilitychange"));
      await new Promise((resume) => setTimeout(resume, 5100));
      window.isAway = false;
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await shown(card(page));
  }));

test("nothing was touched for a while, and touching begins it anew", () =>
  visit("/idle", {}, async (page, visit) => {
    for (let move = 0; move < 4; move += 1) {
      await page.evaluate(() => new Promise((resume) => setTimeout(resume, 2000)));
      await page.mouse.move(100 + move, 100);
    }
    assert.equal(asked(visit), 0);
    await shown(card(page));
  }));

test("a click brings up a dialog that takes the focus, keeps it and gives it back", () =>
  visit("/click", {}, async (page) => {
    const button = page.getByRole("button", { name: "Which rope?" });
    await button.click();
    await shown(card(page));
    await page.keyboard.press("Tab");
    await hasFocus(card(page).getByRole("button", { name: "Ask them" }));
    await page.keyboard.press("Escape");
    await gone(card(page));
    await until(() => button.evaluate((it) => document.activeElement === it), "the focus is back");
    assert.deepEqual(await told(page), ["shown", "dismissed"]);
    await button.click();
    await until(async () => (await gateOf(page, "click")) === "how_often", "it was counted");
    assert.equal(await card(page).count(), 0, "once is once");
  }));

test("an event of the page's, with its properties, leads to the form", () =>
  visit("/event", {}, async (page, visit) => {
    await event(page, "lesson", { course: "rope" });
    await event(page, "lesson", { course: "knots", step: 2 });
    assert.equal(asked(visit), 0);
    await event(page, "lesson", { course: "rope", step: 2, more: "x" });
    await shown(card(page));
    const focused = await page.evaluate(() => document.activeElement.localName);
    assert.equal(focused, "body", "no focus is taken");
    await card(page).getByRole("button", { name: "Ask them" }).click();
    await new Widget(page).shows("Ask a course adviser");
    assert.equal(await card(page).count(), 0);
    assert.deepEqual(await told(page), ["shown", "answered", "open"]);
  }));

test("rules for pages are read again where a page shows another without loading it", () =>
  visit("/spa/a", {}, async (page, visit) => {
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 2200)));
    assert.equal(asked(visit), 0);
    await page.evaluate(() => history.pushState({}, "", "/spa/b"));
    await shown(card(page));
    await page.evaluate(() => history.pushState({}, "", "/spa/a"));
    await gone(card(page));
  }));

test("it goes with its page, however short a while that was shown", () =>
  visit("/spa/a", {}, async (page) => {
    // There and back before the address has settled.
    await page.evaluate(async () => {
      history.pushState({}, "", "/spa/c");
      const shown = new Promise((resume) => document.addEventListener("usher:prompt", resume, { once: true }));
      window.usher("event", "start");
      await shown;
      history.pushState({}, "", "/spa/a");
    });
    await gone(card(page));
    assert.deepEqual(await told(page), ["shown"]);
  }));

test("a delay goes on over a page change, and a reload of the rules drops it elsewhere", () =>
  visit("/delay/one", {}, async (page, visit) => {
    await event(page, "start");
    assert.deepEqual(await kept(page), NOTHING_KEPT);
    await page.getByRole("link", { name: "Next page" }).click();
    await page.waitForURL("**/delay/two");
    assert.equal(asked(visit), 0, "it is not due yet");
    await shown(card(page));
  }));

test("a delay that ends on a page of another kind shows nothing", () =>
  visit("/delay/one", {}, async (page, visit) => {
    await page.mouse.click(600, 600);
    await event(page, "start");
    await page.goto(`${hosts.origin}/elsewhere`);
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 4000)));
    assert.equal(asked(visit), 0);
    assert.equal(await card(page).count(), 0);
  }));

test("an event calls off what waits", () =>
  visit("/cancel", {}, async (page, visit) => {
    await event(page, "start");
    await event(page, "bought");
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 2500)));
    assert.equal(asked(visit), 0);
    await event(page, "start");
    await shown(card(page));
  }));

test("it waits while the page has a dialog open, and while a form is", () =>
  visit("/waits", {}, async (page, visit) => {
    await page.evaluate(() => document.getElementById("cookies").showModal());
    await event(page, "start");
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 1500)));
    assert.equal(asked(visit), 0);
    await page.getByRole("button", { name: "Close this" }).click();
    const widget = new Widget(page);
    await widget.open("Ask a course adviser");
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 1500)));
    assert.equal(asked(visit), 0);
    await widget.close.click();
    await shown(card(page));
  }));

test("of two the one that matters more is shown, and only that", () =>
  visit("/first", {}, async (page) => {
    await event(page, "start");
    await shown(card(page, "High"));
    await page.keyboard.press("Escape");
    await gone(card(page, "High"));
    await until(async () => (await gateOf(page, "high")) === "how_often", "it was counted");
    assert.equal(await card(page, "Low").count(), 0);
    assert.equal(await gateOf(page, "low"), "cooldown");
  }));

test("a link is followed", () =>
  visit("/linked", {}, async (page) => {
    await event(page, "start");
    await card(page).getByRole("link", { name: "Ask them" }).click();
    await page.waitForURL("**/linked/there");
  }));

test("nothing is asked once a form was sent", () =>
  visit("/sent", {}, async (page, visit) => {
    await event(page, "start");
    await card(page).getByRole("button", { name: "Ask them" }).click();
    const widget = new Widget(page);
    await widget.shows("Ask a course adviser");
    await widget.fill({ "Your name": "Ivo Rask", "E-mail": "ivo@example.com", "Your question": "How long is it?" });
    await widget.button("Send question").click();
    await widget.receipt();
    await widget.close.click();
    await until(async () => (await gateOf(page, "sent_again")) === "converted", "the edge knows");
    const before = asked(visit);
    await page.reload();
    await shown(widget.launcher);
    await event(page, "again");
    await until(() => asked(visit) > before, "the page asks");
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 500)));
    assert.equal(await card(page, "Again?").count(), 0);
  }));

test("a card in the page moves nothing that is seen, and counts once it is", () =>
  visit("/below", {}, async (page) => {
    await page.evaluate(() => {
      window.shift = 0;
      new PerformanceObserver((list) => list.getEntries().forEach((entry) => (window.shift += entry.value))).observe({
        ...{ type: "layout-shift", buffered: true },
      });
    });
    await event(page, "start");
    await page.locator("usher-prompt").waitFor({ state: "attached" });
    assert.deepEqual(await told(page), [], "nobody has seen it");
    await card(page).scrollIntoViewIfNeeded();
    await until(async () => (await told(page)).includes("shown"), "it is seen");
    assert.equal(await page.evaluate(() => window.shift), 0);
    await card(page).getByRole("button", { name: "Close" }).click();
    await gone(card(page));
  }));

test("of somebody who denies consent nothing is kept, and one prompt is shown on a page", () =>
  visit("/private", {}, async (page, visit) => {
    await page.evaluate(() => window.usher("consent", "denied"));
    await event(page, "start");
    await shown(card(page));
    await page.keyboard.press("Escape");
    await event(page, "start");
    await page.evaluate(() => new Promise((resume) => setTimeout(resume, 1500)));
    assert.equal(asked(visit), 1);
    assert.equal(await card(page).count(), 0);
    assert.deepEqual(await kept(page), NOTHING_KEPT);
    assert.equal(await gateOf(page, "private"), "", "nothing was counted");
  }));

for (const look of LOOKS) {
  test(`${look}: axe finds nothing, its targets are large, it is closed by keys, in each scheme and size`, async () => {
    for (const colorScheme of ["light", "dark"]) {
      for (const options of [{}, { ...PHONE, viewport: { width: 320, height: 640 } }]) {
        await visit(`/look/${look}`, { ...options, colorScheme, forcedColors: "none" }, async (page) => {
          const ask = page.getByRole("button", { name: "Which rope?" });
          await ask.click();
          await shown(card(page).getByText("Ask somebody who knows rope."));
          await page.evaluate(axe);
          const found = await page.evaluate((tags) => window.axe.run(document, { runOnly: tags }), TAGS);
          assert.deepEqual(found.violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]), []);
          for (const control of await card(page).getByRole("button").all()) {
            const { width, height } = await control.boundingBox();
            assert.ok(width >= 44 && height >= 44, `${look}: ${width} by ${height}`);
          }
          const box = await card(page).boundingBox();
          assert.ok(box.x >= 0 && box.x + box.width <= page.viewportSize().width, "it is all in the window");
          const close = card(page).getByRole("button", { name: "Close" });
          await close.focus();
          await page.keyboard.press("Enter");
          await gone(card(page));
          await until(() => ask.evaluate((it) => document.activeElement === it || document.activeElement === document.body), "");
          assert.deepEqual(await told(page), ["shown", "dismissed"]);
        });
      }
    }
  });
}

test("an editor's link shows why, while nothing is counted, and a forged one shows nothing", async () => {
  const link = async (path) => {
    const page = `${hosts.origin}${path}`;
    return (await usher.operator("POST", "workspaces/demo/editor-links", { site: KEY, page })).body.url;
  };
  const gate = (page, id) => page.locator("usher-why").getByRole("listitem").filter({ has: page.getByText(id, { exact: true }) }).locator("code");
  await browser.visit({}, async (page, visit) => {
    await page.goto(await link("/waits"));
    await shown(page.locator("usher-why").getByText("Prompts on this page"));
    assert.equal(new URL(page.url()).search, "", "the token is not in the address");
    const says = async (id, what) => until(async () => (await gate(page, id).textContent()) === what, `${id}: ${what}`);
    await says("waits", "trigger");
    await says("visible", "page");
    await says("audience", "page");
    await says("course_read", "site");
    await page.evaluate(() => document.getElementById("cookies").showModal());
    await event(page, "start");
    await says("waits", "host_dialog");
    await page.evaluate(() => document.getElementById("cookies").close());
    await says("waits", "shown");
    await page.goto(`${hosts.origin}/audience`);
    await says("audience", "audience");
    await page.getByRole("button", { name: "Leave the editor's view" }).click();
    await page.reload();
    await shown(new Widget(page).launcher);
    assert.equal(await page.locator("usher-why").count(), 0);
    assert.equal(await gateOf(page, "waits"), "page", "what was shown was not counted");
    const signals = visit.asked(usher.origin, { method: "POST" }).filter((it) => it.includes("/v1/signals/"));
    assert.deepEqual(signals, [], "an editor leaves no signals");
  });
  await browser.visit({}, async (page, visit) => {
    await page.goto((await link("/waits")).replace(/.$/, (digit) => (digit === "0" ? "1" : "0")));
    await shown(new Widget(page).launcher);
    await until(() => asked(visit) === 1, "the token is looked at");
    await until(async () => (await kept(page)).session.length === 0, "and forgotten");
    assert.equal(await page.locator("usher-why").count(), 0);
  });
});
