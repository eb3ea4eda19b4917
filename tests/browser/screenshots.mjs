// Pictures of the whole story, for people to look at: `node tests/browser/screenshots.mjs FOLDER`.
//
// Not a test: it walks through a fresh server with believable visitors and staff, and leaves a PNG of every screen.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { Widget, fill, shown, startBrowser } from "../support/browser.mjs";
import { inquiry, startUsher, support, trial } from "../support/usher.mjs";

const folder = process.argv[2];
if (!folder) throw new Error("usage: node tests/browser/screenshots.mjs FOLDER");
await mkdir(folder, { recursive: true });

const DESK = { viewport: { width: 1280, height: 800 } };
const WIDE = { viewport: { width: 1600, height: 900 } };
const PHONE = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const NARROW = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
const LIGHT = { colorScheme: "light" };
const DARK = { colorScheme: "dark" };

/** Who writes in which picture. */
const VISITORS = {
  "desk-light": ["Ana Ruiz", "First Freight", "What do eleven people cost, and can we start in March?"],
  "desk-dark": ["Maximilian Oduya", "Oduya & Daughters", "Do you teach bookkeeping to a whole shop at once?"],
  "phone-light": ["Yara Lindholm", "Saltmere Ferry", "Can our crews join from the boat, if the line is slow?"],
  "phone-dark": ["Petr Novák", "Novák Interiors", "Is there a course for people who price jobs?"],
};

const usher = await startUsher();
const browser = await startBrowser();
const mara = await usher.signIn("mara");
try {
  await widget("desk-light", { ...DESK, ...LIGHT });
  await widget("desk-dark", { ...DESK, ...DARK });
  await widget("phone-light", { ...PHONE, ...LIGHT });
  await widget("phone-dark", { ...PHONE, ...DARK });
  await otherForms();
  await pages();
  await plainForm("desk-light", { ...DESK, ...LIGHT });
  await plainForm("phone-dark", { ...PHONE, ...DARK });
  await door();
  await emptyQueue();
  const item = await fillQueue();
  await consoleScreens("desk-light", { ...DESK, ...LIGHT }, item);
  await consoleScreens("desk-dark", { ...DESK, ...DARK }, item);
  await consoleScreens("wide-light", { ...WIDE, ...LIGHT }, item);
  await consoleScreens("phone-light", { ...PHONE, ...LIGHT }, item);
  await consoleScreens("phone-dark", { ...PHONE, ...DARK }, item);
  await consoleActs(item);
  for (const [kind, options] of [["desk-light", { ...DESK, ...LIGHT }], ["desk-dark", { ...DESK, ...DARK }], ["phone-light", { ...PHONE, ...LIGHT }], ["phone-dark", { ...PHONE, ...DARK }]]) {
    await teamScreens(kind, options);
  }
  for (const [kind, options] of [["desk-light", { ...DESK, ...LIGHT }], ["desk-dark", { ...DESK, ...DARK }], ["phone-light", { ...PHONE, ...LIGHT }], ["phone-dark", { ...PHONE, ...DARK }]]) {
    await queueScreens(kind, options);
  }
  const known = await administration();
  for (const [kind, options] of [["desk-light", { ...DESK, ...LIGHT }], ["desk-dark", { ...DESK, ...DARK }], ["phone-light", { ...PHONE, ...LIGHT }], ["phone-dark", { ...PHONE, ...DARK }]]) {
    await administrationScreens(kind, options, known);
  }
  await outcomes();
  await scoringScreens("desk-light", { ...DESK, ...LIGHT }, item);
  await scoringScreens("desk-dark", { ...DESK, ...DARK }, item);
  await scoringScreens("phone-light", { ...PHONE, ...LIGHT }, item);
  await scoringScreens("phone-dark", { ...PHONE, ...DARK }, item);
} finally {
  await browser.close();
  await usher.stop();
}

async function shot(page, name, options = {}) {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(folder, `${name}.png`), ...options });
}

async function widget(kind, options) {
  await browser.visit(options, async (page) => {
    await page.goto(`${usher.origin}/pricing/`);
    const widget = new Widget(page);
    await shown(widget.launcher);
    await shot(page, `10-launcher-${kind}`);
    await widget.open("Ask a course adviser");
    await shot(page, `11-form-${kind}`);
    await widget.fill({ "E-mail": "me@nowhere", "What is it about?": "Classes for my team" });
    await widget.button("Send question").click();
    await shown(widget.panel.locator('[aria-invalid="true"]'));
    await shot(page, `12-errors-${kind}`);
    await widget.button("Send question").scrollIntoViewIfNeeded();
    await widget.field("Your question").scrollIntoViewIfNeeded();
    await shot(page, `13-errors-end-${kind}`);
    const [name, company, question] = VISITORS[kind];
    await widget.fill({ "Your name": name, "E-mail": `${kind}@visitor.example.com`, Company: company });
    await widget.fill({ "Your question": question, "How many people?": "12" });
    await page.route("**/v1/forms/**", (route) => route.abort(), { times: 1 });
    await widget.button("Send question").click();
    await shown(widget.button("Try again"));
    await shot(page, `14-failed-${kind}`);
    await widget.button("Try again").click();
    await widget.receipt();
    await shot(page, `15-receipt-${kind}`);
  }).catch(explainable);
}

async function otherForms() {
  await browser.visit({ ...DESK, ...LIGHT }, async (page) => {
    await page.goto(`${usher.origin}/trial/`);
    const widget = new Widget(page);
    await widget.open("Join a trial class");
    await shot(page, "16-trial-desk-light");
    await page.goto(`${usher.origin}/support/`);
    await widget.open("Get help");
    await shot(page, "17-support-desk-light");
  });
  await browser.visit({ ...NARROW, ...DARK }, async (page) => {
    await page.goto(`${usher.origin}/trial/`);
    const widget = new Widget(page);
    await widget.open("Join a trial class");
    await shot(page, "16-trial-narrow-dark");
  });
  await browser.visit({ ...DESK, ...LIGHT }, async (page) => {
    await page.goto(`${usher.partnerOrigin}/recommended-courses/`);
    const widget = new Widget(page, { launcher: "Ask Larkfield" });
    await shown(widget.launcher);
    await shot(page, "18-partner-launcher-desk-light");
    await widget.open("Ask a course adviser");
    await shot(page, "19-partner-form-desk-light");
  });
}

async function pages() {
  for (const [kind, options] of [["desk-light", { ...DESK, ...LIGHT }], ["phone-dark", { ...PHONE, ...DARK }]]) {
    await browser.visit(options, async (page) => {
      for (const [name, address] of Object.entries({
        home: `${usher.origin}/`,
        course: `${usher.origin}/courses/data-analysis/`,
        pricing: `${usher.origin}/pricing/`,
        trial: `${usher.origin}/trial/`,
        support: `${usher.origin}/support/`,
        partner: `${usher.partnerOrigin}/`,
        recommended: `${usher.partnerOrigin}/recommended-courses/`,
      })) {
        await page.goto(address, { waitUntil: "networkidle" });
        await shot(page, `20-page-${name}-${kind}`, { fullPage: true });
      }
    });
  }
}

async function plainForm(kind, options) {
  await browser.visit({ ...options, javaScriptEnabled: false }, async (page) => {
    await page.goto(`${usher.origin}/v1/forms/pk_demo_platform/inquiry`);
    await page.screenshot({ path: join(folder, `30-plain-${kind}.png`), fullPage: true });
    const main = page.getByRole("main");
    await fill(main, { "E-mail": "ana@nowhere", Company: "First Freight" });
    await page.getByRole("button", { name: "Send question" }).click();
    await shown(page.getByRole("alert"));
    await page.screenshot({ path: join(folder, `31-plain-errors-${kind}.png`), fullPage: true });
    const name = kind === "desk-light" ? "Otto Brandt" : "Gwen Achebe";
    await fill(main, { "Your name": name, "E-mail": `plain-${kind}@example.com`, "Your question": "Evenings only?" });
    await page.getByRole("button", { name: "Send question" }).click();
    await shown(page.getByRole("heading", { name: /thank you/i }));
    await page.screenshot({ path: join(folder, `32-plain-thanks-${kind}.png`), fullPage: true });
  }).catch(explainable);
  if (kind !== "desk-light") return;
  await browser.visit(options, async (page) => {
    await page.goto(`${usher.origin}/v1/forms/pk_demo_platform/trial`);
    await page.getByRole("button", { name: "Save my place" }).click();
    await shown(page.getByRole("alert"));
    await shot(page, "33-plain-trial-errors-desk-light", { fullPage: true });
  }).catch(explainable);
}

async function door() {
  for (const [kind, options] of [["desk-light", { ...DESK, ...LIGHT }], ["phone-dark", { ...PHONE, ...DARK }]]) {
    await browser.visit(options, async (page) => {
      await page.goto(`${usher.origin}/console/sign-in`);
      await shown(page.getByRole("heading", { name: "Sign in", level: 1 }));
      await shot(page, `40-door-${kind}`);
      await page.getByLabel("E-mail").fill("mara@larkfield.example.com");
      await page.getByLabel("Password", { exact: true }).fill("not my password");
      await page.getByRole("button", { name: "Sign in", exact: true }).click();
      await shown(page.getByText("This is not the password of that address."));
      await shot(page, `40-door-wrong-${kind}`);
      await page.goto(`${usher.origin}/console/sign-in#demo.spent`);
      await shown(page.getByRole("heading", { name: "This link no longer works" }));
      await shot(page, `41-door-spent-${kind}`);
      const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "mara" });
      await page.goto(usher.origin + link.body.url);
      await page.getByRole("link", { name: "Account", exact: true }).click();
      await page.getByRole("button", { name: "Make a link for Theo Achterberg" }).click();
      await shown(page.locator(".access-link"));
      await shot(page, `41-account-${kind}`, { fullPage: true });
    }).catch(explainable);
  }
}

async function emptyQueue() {
  await browser.visit({ ...DESK, ...LIGHT }, async (page) => {
    await signIn(page, "sunil");
    await shown(page.getByText(/Nothing is waiting/));
    await shot(page, "50-queue-empty-desk-light");
  });
}

/** A believable morning; the id of the item that everybody looks at. */
async function fillQueue() {
  const page = (path, title) => ({ url: `${usher.origin}${path}`, title, referrer: "https://search.example.com/" });
  const seen = (...kinds) =>
    kinds.map(([kind, path, title, ago]) => ({ kind, url: usher.origin + path, title, ago_ms: ago * 1000 }));
  const visits = seen(
    ["page_viewed", "/", "Larkfield Learning", 900],
    ["page_viewed", "/courses/data-analysis/", "Data analysis", 700],
    ["page_viewed", "/pricing/", "Pricing", 420],
    ["pricing_viewed", "/pricing/", "Pricing", 410],
    ["page_viewed", "/trial/", "A free trial class", 300],
    ["pricing_viewed", "/pricing/", "Pricing", 200],
    ["pricing_viewed", "/pricing/", "Pricing", 60],
  );
  const long = `We are a family of bakers with four shops. ${"Each of us can use a till and none of us can read a balance sheet, which was charming until the bank asked for one. ".repeat(9)}\n\nCould one teacher take all of us on a Tuesday evening, and what would that cost?`;
  const partner = { site: "pk_demo_partner" };
  const send = async (form, body, options) => {
    const { status, body: receipt } = await usher.submit(form, body, {
      ...options,
      headers: { "user-agent": `Visitor/${Math.random()}` },
    });
    if (status !== 200) throw new Error(JSON.stringify(receipt));
    return receipt;
  };
  const ask = (values, rest) => send("inquiry", inquiry(values, { page: page("/", "Larkfield Learning"), ...rest }));

  const sofia = { name: "Sofia Marchetti", email: "s.marchetti@norrland-rail.example.com" };
  await ask({ ...sofia, message: "Do you teach in the autumn holidays?" });
  const chosen = await ask(
    {
      ...{ ...sofia, company: "Norrland Rail", interest: "team", seats: "8" },
      message: "We would like to send eleven planners to Data analysis from March.\n\nCan they sit in one group, and can you invoice by quarter? Our procurement needs a purchase order number on every page.",
    },
    { page: page("/pricing/?utm_source=letter&utm_campaign=spring", "Pricing · Larkfield Learning"), signals: visits },
  );
  await ask(
    { name: "Daniel Osei", email: "daniel@osei-books.example.com", interest: "prices", message: "Is Pro worth it for two courses that do not overlap?" },
    { page: page("/pricing/", "Pricing"), signals: visits.slice(2, 4) },
  );
  await send("trial", { ...trial({ name: "Hanne Vik", email: "hanne.vik@gmail.com", phone: "+44 20 7946 0018" }), page: page("/trial/", "A free trial class") });
  await send("trial", { ...trial({ name: "Théo Lefèvre", email: "theo@atelier-nord.example.com", course: "python" }), page: page("/trial/", "A free trial class") });
  await send("inquiry", {
    ...inquiry({ name: "Ida Vance", email: "ida@tidewell.example.com", company: "Tidewell Laundry", message: "guild bursary: does it cover Python?" }),
    page: { url: `${usher.partnerOrigin}/recommended-courses/?utm_source=guild-letter`, title: "Recommended courses", referrer: "" },
  }, partner);
  await send("trial", {
    ...trial({ name: "Wilf Ansell", email: "wilf@ansell.example.com", course: "bookkeeping" }),
    page: { url: `${usher.partnerOrigin}/recommended-courses/`, title: "Recommended courses", referrer: "" },
  }, partner);
  await ask({ name: "نور الهاشمي", email: "nour@alhashimi.example.com", message: "هل توجد دروس في المساء باللغة الإنجليزية؟" });
  const claimed = await ask({ name: "Ruth Adeyemi-Castellanos de la Vega", email: "ruth@hotmail.com", message: long });
  await ask({ name: "Kai", email: "kai@outlook.com", message: "hi" });
  await ask({ name: "田中 美咲", email: "misaki@example.com", interest: "myself", message: "日本から参加できますか？ 時差が心配です。" });
  await send("support", { ...support({ name: "Owen Pugh", topic: "complaint", message: "The Monday class was cancelled twice, and nobody wrote to us." }), page: page("/support/", "Support") });
  await send("support", { ...support({ topic: "access", email: "lena.frost@example.com" }), page: page("/support/", "Support") });
  await send("support", { ...support({ name: "Priya Nair", topic: "certificate", message: "My name is spelled “Nayr” on the certificate." }), page: page("/support/", "Support") });

  const theo = await usher.signIn("theo");
  await theo.act((await mara.itemOf(claimed)).row.id, { act: "claim" });
  const lost = await ask({ name: "Bulk Offers", email: "win@prizes.example.com", message: "Increase your ranking today" });
  const { row } = await mara.itemOf(lost);
  await mara.act(row.id, { act: "claim" });
  await mara.act(row.id, { act: "close", outcome: "spam", reason: "" });
  const { row: chosenRow } = await mara.itemOf(chosen);
  await theo.act(chosenRow.id, { act: "note", text: "Norrland had six seats with us two years ago.\nAsk for Ms Berg in procurement." });
  await mara.act(chosenRow.id, { act: "claim" });
  return chosenRow.id;
}

async function consoleScreens(kind, options, item) {
  await browser.visit(options, async (page) => {
    await signIn(page, "mara");
    await shown(page.getByRole("row", { name: /Sofia/ }));
    await shown(page.getByText("Live", { exact: true }));
    await shot(page, `51-queue-${kind}`);
    await shot(page, `52-queue-full-${kind}`, { fullPage: true });
    await page.goto(`${usher.origin}/console/queues/success`);
    await shown(page.getByRole("row", { name: /Owen/ }));
    await shot(page, `53-success-${kind}`);
    await page.goto(`${usher.origin}/console/queues/sales?state=closed`);
    await shown(page.getByRole("row", { name: /Bulk/ }));
    await shot(page, `54-closed-${kind}`);
    await page.goto(`${usher.origin}/console/items/${item}`);
    await shown(page.getByRole("region", { name: "Score" }));
    await shot(page, `55-item-${kind}`);
    await shot(page, `56-item-full-${kind}`, { fullPage: true });
    await page.goto(`${usher.origin}/console/search?q=ruth`);
    await shown(page.getByRole("list", { name: "What was found" }).getByRole("listitem"));
    await shot(page, `61-search-one-${kind}`);
    await page.getByRole("searchbox").fill("example.com");
    await shown(page.getByText(/items found/));
    await shot(page, `62-search-${kind}`);
  });
}

/** A queue that is narrowed, kept as a view, and worked on in one go; and what was done. */
async function queueScreens(kind, options) {
  await browser.visit(options, async (page) => {
    const picked = page.getByRole("group", { name: "What is picked" });
    await signIn(page, "mara");
    await page.goto(`${usher.origin}/console/queues/sales?kind=inquiry&site=Larkfield%20Learning`);
    await shown(page.getByRole("row", { name: /Sofia/ }));
    await page.getByRole("button", { name: "Filter (2)" }).click();
    await shown(page.getByRole("combobox", { name: "Owner" }));
    await shot(page, `63-narrowed-${kind}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: /^Views?/ }).click();
    await page.getByRole("textbox", { name: "Keep what is shown as" }).fill("Questions of the platform");
    await page.keyboard.press("Enter");
    await shown(page.getByRole("link", { name: "Questions of the platform" }));
    await shot(page, `64-views-${kind}`);
    await page.keyboard.press("Escape");
    for (const name of ["Kai", "Ruth Adeyemi-Castellanos de la Vega", "Daniel Osei"]) {
      await page.getByRole("checkbox", { name: `Pick ${name}`, exact: true }).check();
    }
    await shot(page, `65-picked-${kind}`);
    await picked.getByRole("button", { name: "Give to…" }).click();
    await shown(picked.getByRole("combobox"));
    await shot(page, `66-give-many-${kind}`);
    await picked.getByRole("button", { name: "Cancel" }).click();
    await picked.getByRole("button", { name: "Claim" }).click();
    await shown(picked.getByRole("alert"));
    await shot(page, `67-partly-done-${kind}`);
    await picked.getByRole("button", { name: "Pick none" }).click();
    await shot(page, `68-done-${kind}`);
    await page.getByRole("button", { name: "Undo" }).click();
    await shown(page.getByText(/^Taken back/));
    await page.getByRole("searchbox").fill("nobody says this");
    await shown(page.getByRole("heading", { name: "Nothing here matches" }));
    await shot(page, `69-nothing-matches-${kind}`);
    if (kind.startsWith("desk")) {
      await page.getByRole("button", { name: "Keys" }).click();
      await shot(page, `69-keys-${kind}`);
    }
  });
}

/** Enough outcomes for the learner to have something to say, and a draft of the card. */
async function outcomes() {
  const { token } = (await usher.operator("POST", "workspaces/demo/tokens", { name: "platform", scope: "outcomes" })).body;
  for (let round = 0; round < 30; round += 1) {
    let csv = "item,outcome\n";
    for (const [interest, usually, seldom] of [["team", "won", "lost"], ["myself", "lost", "won"]]) {
      const values = { interest, company: round % 2 ? "Saltmere Ferry" : "", ...(interest === "team" ? { seats: "12" } : {}) };
      const email = `visitor${round}@${round % 3 ? "gmail.com" : "saltmere.example.com"}`;
      const headers = { "user-agent": `Visitor/${Math.random()}` };
      const { body } = await usher.submit("inquiry", inquiry({ ...values, email }), { headers });
      csv += `${body.reference},${round % 5 ? usually : seldom}\n`;
    }
    const headers = { "content-type": "text/csv", authorization: `Bearer ${token}` };
    await usher.json("/v1/workspaces/demo/outcomes", { method: "POST", headers, body: csv });
  }
  const { card } = (await mara.call("scoring")).body;
  const rule = (id) => card.rules.find((rule) => rule.id === id);
  rule("for_a_team").points = 4;
  rule("sends_inquiry").points = 5;
  card.rules.push({ id: "never", group: "fit", when: { "form.kind": "purchase" }, points: 3, says: "Has bought already" });
  await mara.call("scoring/draft", { method: "PUT", body: { card, revision: 0 } });
}

async function scoringScreens(kind, options, item) {
  await browser.visit(options, async (page) => {
    const whole = { fullPage: true };
    const main = page.getByRole("main");
    const rule = (name) => page.getByRole("heading", { level: 4, name }).getByRole("button");
    await signIn(page, "mara");
    await page.goto(`${usher.origin}/console/scoring`);
    await shown(page.getByRole("heading", { name: "Where it stands" }));
    await shot(page, `70-card-${kind}`);
    await rule(/^Looked at the prices/).click();
    await shot(page, `71-card-signals-full-${kind}`, whole);
    await rule(/^Asks for a team/).click();
    await page.getByRole("textbox", { name: "Points", exact: true }).fill("");
    await shown(page.getByText("It cannot be saved"));
    await shot(page, `72-card-problem-${kind}`);
    await page.getByRole("button", { name: "Discard changes" }).click();
    await page.getByRole("button", { name: "Publish…" }).click();
    await shot(page, `73-publish-${kind}`);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.goto(`${usher.origin}/console/scoring/what-if?item=${item}`);
    await shown(main.getByRole("heading", { name: "The card in force" }));
    await shot(page, `74-what-if-full-${kind}`, whole);
    await page.getByRole("link", { name: "Replay", exact: true }).click();
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await shown(page.getByText("items replayed."));
    await main.getByRole("listitem").filter({ hasText: "change their tier" }).getByRole("button").click();
    await shot(page, `75-replay-full-${kind}`, whole);
    await page.getByRole("link", { name: "Learner" }).click();
    await shown(page.getByRole("heading", { name: "What it goes by" }));
    await shot(page, `76-learner-full-${kind}`, whole);
    await page.getByRole("link", { name: "Versions" }).click();
    await shown(page.getByText("in force").first());
    await shot(page, `77-versions-${kind}`);
  });
}

/** Tokens, a customer, somebody on hold, somebody who was erased, and rules; an item of the customer's. */
async function administration() {
  const make = async (body) => (await mara.call("tokens", { method: "POST", body })).body.token;
  const secret = await make({ name: "shop", scopes: ["events", "outcomes"], expires_at: "2027-12-31T23:59:59Z" });
  await make({ name: "warehouse-export", scopes: ["export"] });
  const send = async (values) => mara.itemOf((await usher.submit("inquiry", inquiry(values))).body);
  const email = "ida.bloom@bloomgardens.example.com";
  const item = await send({ name: "Ida Bloom", email, message: "We are five by now. Can we have two seats more, and pay once a year?" });
  const headers = { authorization: `Bearer ${secret}`, "content-type": "application/json" };
  const events = [
    { id: "evt-1041", type: "trial_started", email, at: "2026-09-02T08:00:00Z" },
    { id: "evt-1107", type: "onboarded", email, at: "2026-10-01T09:30:00Z", note: "Three seats, monthly" },
    { id: "evt-1310", type: "renewed", email, at: "2026-11-05T10:00:00Z", note: "Renewed for a year" },
    { id: "evt-1316", type: "referred", email, at: "2026-11-20T10:00:00Z" },
  ];
  await usher.json("/v1/workspaces/demo/events", { method: "POST", headers, body: JSON.stringify({ events }) });
  const held = await send({ name: "Otto Brandt", email: "otto@brandt.example.com" });
  const reason = "Case 17/2026: kept until the court has decided.";
  await mara.call(`people/${held.person.id}/hold`, { method: "POST", body: { act: "place", reason } });
  const gone = await send({ name: "Nobody Now", email: "nobody@example.com" });
  await mara.call(`people/${gone.person.id}/erase`, { method: "POST", body: { reason: "asked" } });
  const { version } = (await mara.call("privacy")).body;
  const items = [{ outcome: "spam", days: 7 }, { form: "inquiry", outcome: "won" }, { days: 730 }];
  await mara.call("privacy/retention", { method: "POST", body: { version, retention: { items, undecided_days: 90 } } });
  return { item: item.row.id, held: held.row.id };
}

async function administrationScreens(kind, options, { item, held }) {
  await browser.visit({ ...options, expects: [/status of 422/] }, async (page) => {
    const whole = { fullPage: true };
    await signIn(page, "mara");
    await page.goto(`${usher.origin}/console/tokens`);
    await shown(page.getByRole("heading", { name: "shop" }));
    await shot(page, `90-tokens-${kind}`);
    await page.getByRole("button", { name: "New token" }).click();
    await page.getByRole("button", { name: "Make the token" }).click();
    await shown(page.getByRole("alert"));
    await shot(page, `91-new-token-full-${kind}`, whole);
    await page.getByRole("textbox", { name: "Name" }).fill(`zapier-${kind}`);
    await page.getByRole("checkbox", { name: /hooks/ }).check();
    await page.getByRole("button", { name: "Make the token" }).click();
    await shown(page.getByRole("button", { name: "I have it" }));
    await shot(page, `92-token-made-${kind}`);
    await page.goto(`${usher.origin}/console/search`);
    await page.getByRole("button", { name: "Export all items" }).click();
    await shot(page, `93-takeout-${kind}`);
    await page.goto(`${usher.origin}/console/privacy`);
    await shown(page.getByRole("listitem", { name: "Rule 3" }));
    await shot(page, `94-privacy-full-${kind}`, whole);
    await page.getByRole("listitem", { name: "Rule 1" }).getByRole("textbox", { name: "Days" }).fill("0");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await shown(page.getByRole("alert"));
    await shot(page, `95-privacy-wrong-${kind}`);
    await page.getByRole("button", { name: "Discard changes" }).click();
    await page.goto(`${usher.origin}/console/items/${held}`);
    await shown(page.getByText("On legal hold"));
    await shot(page, `96-on-hold-full-${kind}`, whole);
    await page.goto(`${usher.origin}/console/items/${item}`);
    await page.getByText(/^What the platform said/).click();
    await shown(page.getByRole("region", { name: "Privacy" }));
    await shot(page, `97-customer-full-${kind}`, whole);
    await page.getByRole("button", { name: "Erase this person…" }).click();
    await shown(page.getByRole("dialog"));
    await shot(page, `98-erase-${kind}`);
  });
}

/** What one was given, what rests, the team, who gets what, and who changed what. */
async function teamScreens(kind, options) {
  await browser.visit(options, async (page) => {
    const whole = { fullPage: true };
    await signIn(page, "theo");
    await page.goto(`${usher.origin}/console/queues/sales?whose=mine`);
    await page.getByRole("row").nth(1).getByRole("link").click();
    await page.getByRole("button", { name: "Let it rest…" }).click();
    await shot(page, `80-rest-${kind}`);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Give to…" }).click();
    await shot(page, `81-give-${kind}`);
    await signIn(page, "mara");
    await page.goto(`${usher.origin}/console/team`);
    await shown(page.getByRole("region", { name: "Who is there" }));
    await page.getByRole("button", { name: "Change hours of Theo Achterberg" }).click();
    await page.getByRole("checkbox", { name: /Hours of their own/ }).check();
    await shot(page, `82-team-full-${kind}`, whole);
    await page.goto(`${usher.origin}/console/routing`);
    await page.getByRole("region", { name: "Rules" }).getByRole("button").nth(4).click();
    await page.getByRole("button", { name: "Try it" }).click();
    await shown(page.getByText(/answered by/));
    await shot(page, `83-routing-full-${kind}`, whole);
    await page.goto(`${usher.origin}/console/audit`);
    await shown(page.getByText("made a sign-in link for").first());
    await shot(page, `84-audit-${kind}`);
  });
}

async function consoleActs(item) {
  for (const [kind, options] of [["desk-light", { ...DESK, ...LIGHT }], ["phone-dark", { ...PHONE, ...DARK }]]) {
    await browser.visit(options, async (page) => {
      await signIn(page, "mara");
      await page.goto(`${usher.origin}/console/items/${item}`);
      await page.getByRole("button", { name: "Add note" }).click();
      await page.getByRole("button", { name: "Save note" }).click();
      await shown(page.getByRole("alert"));
      await shot(page, `57-note-${kind}`);
      await page.getByRole("button", { name: "Cancel" }).click();
      await page.getByRole("button", { name: "Close item" }).click();
      await shown(page.getByRole("radio").first());
      await shot(page, `58-close-${kind}`);
      await page.goto(`${usher.origin}/console/queues/sales`);
      await page.getByRole("link", { name: /Ruth/ }).click();
      await shown(page.getByRole("region", { name: "Score" }));
      await shot(page, `59-long-full-${kind}`, { fullPage: true });
      await page.goto(`${usher.origin}/console/queues/sales`);
      await page.getByRole("link", { name: /نور/ }).click();
      await shown(page.getByRole("region", { name: "Score" }));
      await shot(page, `60-rtl-${kind}`);
      await page.goto(`${usher.origin}/console/queues/nowhere`);
      await shown(page.getByRole("heading", { name: "There is nothing here" }));
      await shot(page, `61-nowhere-${kind}`);
    });
  }
}

async function signIn(page, member) {
  const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(new URL(body.url, usher.origin).href);
  await shown(page.getByRole("navigation", { name: "Queues" }));
}

/** What Chromium says about the failures that the pictures show is no reason to stop. */
function explainable(error) {
  if (error.message.startsWith("nothing goes wrong on the page")) return;
  throw error;
}
