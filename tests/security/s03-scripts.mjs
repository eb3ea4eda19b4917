// S3: what a visitor sends is text wherever staff read it, and on the plain page that gives it back. More than two hundred
// texts that would run a script, in every field that a visitor decides on; then real Chromium looks at every page they reach.
//
// Found is: a script that ran, a dialog, a request to another address, a policy that had to step in, an element or an attribute
// that the same pages do not have with harmless words in them, and a text that is not shown as it was sent.
//
// The short form sends each text as part of a message and once more in one of the other fields; the full one sends each in all
// of them. Exports, mail and chat have rigs of their own.

import assert from "node:assert/strict";

import { shown, startBrowser } from "../support/browser.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { SCRIPTS } from "../support/payloads.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { png } from "../support/samples.mjs";
import { startUsher } from "../support/usher.mjs";

const KEY = "pk_scripts_site";
/** Texts that stand together in one message: as many as there are other fields, so that each stands in one of those too. */
const TOGETHER = 9;
const HARMLESS = [..."abcdef"].map((letter) => `Harmless words ${letter}`);
const FORM = {
  id: "anything", kind: "support", title: "Ask us anything", submit_label: "Send",
  fields: [
    { name: "name", kind: "short_text", label: "Name", max_chars: 200 },
    { name: "email", kind: "email", label: "E-mail", required: true },
    { name: "company", kind: "short_text", label: "Company", max_chars: 200 },
    { name: "message", kind: "long_text", label: "Message", required: true, max_chars: 10_000 },
    { name: "shot", kind: "file", label: "Picture" },
    { name: "campaign", kind: "hidden", from: { query: "utm_campaign" } },
  ],
};
/** What no text may bring onto a page, not even where a page of ours has such an element. */
const COUNTED = [
  "script",
  "iframe",
  "object",
  "embed",
  "base",
  "meta",
  "link",
  "style",
  "form",
  "img",
  "video",
  "audio",
  "math",
  "template",
  "dialog",
];
/** A field of one line takes none. */
const CONTROLS = /\p{Cc}/gu;

async function check({ full, random, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const browser = await startBrowser();
  atEnd(() => browser.close());
  await configure(usher);
  const mara = await usher.signIn("mara");

  const seen = { pages: 0, ran: [], violations: [], requests: [], strangers: [], missing: [] };
  const harmless = await reach(usher, mara, bundles(HARMLESS, true));
  const known = await look(browser, usher, { member: "mara", ...harmless }, seen);
  assert.deepEqual([seen.ran, seen.violations, seen.requests, seen.missing], [[], [], [], []], "harmless words do nothing");
  note(`${SCRIPTS.length} texts; harmless words reach ${seen.pages} pages, of ${known.elements.size} kinds of elements`);

  const sent = full ? SCRIPTS.map((text) => Object.fromEntries(PLACES.map((place) => [place, [text]]))) : bundles(SCRIPTS);
  const reached = await reach(usher, mara, sent);
  note(`${reached.items.length} are items, ${reached.held} were held first and released, ${reached.said} said how it went`);
  const broken = control && ((page, text) => breaks(page, text, control));
  await look(browser, usher, { member: "mara", ...reached, known, breaks: broken }, seen);
  const echoes = await echo(browser, usher, full ? SCRIPTS.map((text) => [text]) : chunks(SCRIPTS, TOGETHER), known, seen);
  note(`${seen.pages} pages were looked at`);

  for (const kind of ["ran", "violations", "requests", "strangers", "missing"]) {
    for (const what of [...new Set(seen[kind])].slice(0, 5)) note(`${kind}: ${what}`);
  }
  const wrong = [seen.ran, seen.violations, seen.requests, seen.strangers, seen.missing].map(({ length }) => length);
  const [ran, violations, requests, strangers, missing] = wrong;
  return {
    met: SCRIPTS.length >= 200 && wrong.every((count) => count === 0),
    figure:
      `${SCRIPTS.length} texts in ${PLACES.length} fields, ${seen.pages} pages (${echoes} of the plain form): ${ran} scripts ran, ` +
      `${violations} policy violations, ${requests} foreign requests, ${strangers} live elements, ${missing} texts not shown as sent`,
  };
}

/** The fields that a visitor decides on. */
const PLACES = ["message", "name", "company", "campaign", "file", "title", "page", "referrer", "signal", "about"];

/** One site with that form, for the queue that Mara works. */
async function configure(usher) {
  const workspace = await demoWorkspace(usher);
  workspace.forms.push(FORM);
  workspace.sites.push({ id: "scripts", name: "Scripts", kind: "own", key: KEY, origins: [usher.origin], forms: ["anything"], launcher: "" });
  workspace.routes.unshift({
    id: "all-to-sales",
    when: { "site.id": "scripts" },
    queue: "sales",
    pool: workspace.routes.find(({ queue }) => queue === "sales").pool,
    first_touch_minutes: 60,
    says: "For the rig",
  });
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  assert.equal(status, 200, JSON.stringify(body));
}

const chunks = (texts, size) => Array.from({ length: Math.ceil(texts.length / size) }, (_, at) => texts.slice(at * size, at * size + size));

/** Each text in a message, and in one of the other fields: the fields take the texts in turn, each from another one on. */
function bundles(texts, all = false) {
  const others = PLACES.filter((place) => place !== "message");
  return chunks(texts, all ? 1 : TOGETHER).map((together) => ({
    message: together,
    ...Object.fromEntries(others.map((place, at) => [place, [together[at % together.length]]])),
  }));
}

let visitors = 0;

/** Sends them all, each by somebody else; what is held is released, for `look` sends each once more to be held. */
async function reach(usher, mara, sent) {
  const headers = (text) => ({
    "user-agent": `Mozilla/5.0 ${/[^\x20-\x7e]/.test(text) ? "" : text} ${(visitors += 1)}`,
    "accept-language": /[^\x20-\x7e]/.test(text) ? "en" : `en, ${text}`,
  });
  const receipts = [];
  await lanes(sent.length, 4, async (at) => {
    const texts = sent[at];
    const one = (place) => texts[place].join(" ");
    const line = (place) => one(place).replaceAll(CONTROLS, " ");
    const bytes = png({ text: String((visitors += 1)) });
    const upload = await usher.json(`/v1/files/${KEY}?name=${encodeURIComponent(`${one("file")}.png`)}`, {
      method: "POST",
      body: bytes,
      headers: { "x-forwarded-for": `198.51.${at >> 8}.${at & 255}` },
    });
    assert.equal(upload.status, 201, JSON.stringify(upload.body));
    const url = `https://x.example/${one("page")}?utm_source=${one("page")}&utm_medium=${one("title")}&utm_content=${one("about")}&plan=${one("page")}`;
    const answer = await usher.json(`/v1/forms/${KEY}/anything`, {
      method: "POST",
      headers: { "content-type": "text/plain", "x-forwarded-for": `198.51.${at >> 8}.${at & 255}`, ...headers(one("name")) },
      body: JSON.stringify({
        submission_id: crypto.randomUUID(),
        values: {
          name: line("name"),
          email: `v${at}-${crypto.randomUUID()}@example.com`,
          company: line("company"),
          shot: upload.body.id,
          message: texts.message.map((text) => text.replaceAll(CONTROLS, " ")).join("\n"),
          campaign: line("campaign"),
        },
        page: {
          url,
          title: one("title"),
          referrer: one("referrer").startsWith("javascript") ? one("referrer") : `https://x.example/${one("referrer")}`,
        },
        signals: [
          { kind: "page_viewed", url, title: one("signal"), human: true },
          { kind: "event", url, title: one("signal"), human: true, about: { name: one("about"), plan: one("about"), prompt: one("about") } },
          { kind: "plan_viewed", url, human: true, about: { plan: one("about"), visible_ms: one("about") } },
        ],
      }),
    });
    assert.equal(answer.status, 200, `${JSON.stringify(answer.body)} for ${JSON.stringify(texts)}`);
    receipts[at] = answer.body;
  });
  return { sent, receipts, ...(await settle(mara, sent, receipts)) };
}

/** Releases what is held, and lets some visitors say how it went; the items. */
async function settle(mara, sent, receipts) {
  const heldPages = [];
  for (;;) {
    const { held } = (await mara.call("held")).body;
    if (!held.length) break;
    heldPages.push(...held.map(({ id }) => id));
    for (const { id } of held) await mara.call(`held/${id}`, { method: "POST", body: { act: "release", reason: "For the rig" } });
  }
  const byReference = new Map();
  for await (const row of mara.allItems("sales")) byReference.set(row.reference, row);
  const items = receipts.map(({ reference }) => byReference.get(reference)).map(({ id }) => id);
  let said = 0;
  for (const at of items.keys()) {
    if (at % 5) continue;
    const link = (await mara.call(`items/${items[at]}/drafts`)).body.feedback_link;
    if (!link) continue;
    const body = new URLSearchParams({ stars: "4", text: sent[at].message.join("\n") });
    assert.equal((await mara.usher.fetch(new URL(link).pathname, { method: "POST", body })).status, 200);
    said += 1;
  }
  return { items, held: heldPages.length, said };
}

/** Puts into a page what a careless page would have made of a text. */
async function breaks(page, text, control) {
  await page.evaluate(
    ([text, control]) => {
      const place = document.querySelector("main") ?? document.body;
      if (control === "markup") place.insertAdjacentHTML("beforeend", `<p>${text}</p>`);
      else place.setAttribute("onclick", "void 0");
    },
    [text, control],
  );
}

/** A page that tells of everything that runs, is refused, or is asked for elsewhere. */
async function watched(visit, usher, seen) {
  await visit.context.exposeFunction("ranAScript", (what) => seen.ran.push(what));
  await visit.context.exposeFunction("wasRefused", (what) => seen.violations.push(what));
  await visit.context.addInitScript(() => {
    const { ranAScript, wasRefused } = window;
    for (const name of ["alert", "confirm", "prompt", "print"]) window[name] = () => ranAScript(`${name} on ${location.pathname}`);
    document.addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) =>
      wasRefused(`${effectiveDirective} ${blockedURI} on ${location.pathname}`),
    );
  });
  visit.context.on("request", (request) => {
    const url = new URL(request.url());
    if (url.origin !== usher.origin && !/^(data|blob|about):/.test(url.protocol)) seen.requests.push(request.url());
  });
  visit.context.on("dialog", (dialog) => {
    seen.ran.push(`a dialog: ${dialog.message()}`);
    dialog.dismiss();
  });
}

/** The elements of a page, each with the names of its attributes, how many there are of those that count, and odd addresses. */
function anatomy(page) {
  return page.evaluate((counted) => {
    const elements = [...document.querySelectorAll("*")];
    const name = (element) =>
      `${element.localName} ${[...element.attributes]
        .map(({ name }) => name)
        .sort()
        .join(" ")}`;
    const addresses = elements.flatMap((element) =>
      ["href", "src", "action", "formaction", "data", "xlink:href", "poster", "srcset"].map((name) => element.getAttribute(name)),
    );
    const odd = addresses.filter((address) => address !== null && !/^(https?:|mailto:|tel:)|^[/#?]|^$/.test(address));
    return {
      names: [...new Set(elements.flatMap((element) => [element.localName, ...[...element.attributes].map((attribute) => `@${attribute.name}`)]))],
      counts: Object.fromEntries(counted.map((tag) => [tag, elements.filter(({ localName }) => localName === tag).length])),
      handlers: elements.filter((element) => [...element.attributes].some(({ name }) => name.startsWith("on"))).map(name),
      odd,
      text: document.body.innerText,
      fields: [...document.querySelectorAll("input, textarea")].map(({ value }) => value),
    };
  }, COUNTED);
}

/** What no page shows: marks that turn or hide, and how wide white space is. */
const plain = (text) => text.replaceAll(/[\p{Cf}\p{Cc}\s]+/gu, " ").trim();

/** Notes what is on a page that is not on the page of its kind with harmless words; without one, what is there. */
function compare(kind, found, known, learning, seen) {
  seen.pages += 1;
  if (learning) {
    found.names.forEach((name) => known.elements.add(name));
    found.odd.forEach((address) => known.odd.add(address));
    known.counts[kind] ??= {};
    for (const [tag, count] of Object.entries(found.counts)) known.counts[kind][tag] = Math.max(known.counts[kind][tag] ?? 0, count);
    return;
  }
  for (const name of found.names) if (!known.elements.has(name)) seen.strangers.push(`${name} on ${kind}`);
  for (const [tag, count] of Object.entries(found.counts)) {
    const most = known.counts[kind]?.[tag] ?? 0;
    if (count > most) seen.strangers.push(`${count} of ${tag} on ${kind}, not ${most}`);
  }
  for (const name of found.handlers) seen.strangers.push(`${name} on ${kind}`);
  for (const address of found.odd) if (!known.odd.has(address)) seen.strangers.push(`the address ${address} on ${kind}`);
}

/** Staff go through it all. Without `known` it is learnt what the pages are made of. */
async function look(browser, usher, { member, sent, receipts, items, known, breaks }, seen) {
  const learning = !known;
  // A long queue has a row for what of it is not drawn, as wide as all.
  known ??= { elements: new Set(["@colspan"]), odd: new Set(), counts: {} };
  const visit = await browser.open({ expects: [/.*/] });
  const { page } = visit;
  await watched(visit, usher, seen);
  const { body } = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(new URL(body.url, usher.origin).href);
  await shown(page.getByRole("heading", { name: "Sales", level: 1 }));
  const take = async (kind, texts = [], fields = false) => {
    if (breaks) await breaks(page, texts[0] ?? SCRIPTS[0]);
    const found = await anatomy(page);
    compare(kind, found, known, learning, seen);
    const there = plain([found.text, ...(fields ? found.fields : [])].join(" "));
    for (const text of texts) if (!there.includes(plain(text))) seen.missing.push(`${text} on ${kind}`);
  };

  await shown(page.locator("[data-item]"));
  await take("the queue");
  await page.goto(`${usher.origin}/console/search?q=example.com`);
  await shown(page.getByRole("list", { name: "What was found" }).getByRole("listitem"));
  await take("a search");

  for (const [at, id] of items.entries()) {
    // By the address of our own page: a click in a long list would wait for it to be drawn.
    await page.evaluate((path) => {
      history.pushState(null, "", path);
      dispatchEvent(new PopStateEvent("popstate"));
    }, `/console/items/${id}`);
    await page.getByText(receipts[at].reference, { exact: false }).first().waitFor();
    await page.getByRole("region", { name: "What was sent" }).waitFor();
    const texts = ["message", "name", "company"].flatMap((place) => sent[at][place]);
    await take("an item", texts);
  }

  // The same once more, held.
  for (const [at, texts] of sent.entries()) {
    const line = (place) => texts[place].join(" ").replaceAll(CONTROLS, " ");
    const answer = await usher.submit(
      "anything",
      {
        submission_id: crypto.randomUUID(),
        trap: line("message"),
        values: {
          name: line("name"),
          email: `h${at}-${crypto.randomUUID()}@example.com`,
          company: line("company"),
          message: texts.message.map((text) => text.replaceAll(CONTROLS, " ")).join("\n"),
          campaign: line("campaign"),
        },
        page: {
          url: `https://x.example/${texts.page.join("")}`,
          title: texts.title.join(""),
          referrer: `https://x.example/${texts.referrer.join("")}`,
        },
      },
      { site: KEY, headers: { "x-forwarded-for": `203.0.${at >> 8}.${at & 255}` } },
    );
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
  }
  await page.goto(`${usher.origin}/console/held`);
  await page.getByRole("list", { name: "Why it is held" }).first().waitFor();
  await take(
    "what is held",
    sent.slice(0, 20).flatMap(({ name }) => name),
  );
  await clear(usher);

  await page.goto(`${usher.origin}/console/scoring/what-if?item=${items[0]}`);
  await page.locator("select").first().waitFor();
  await take("what-if");
  for (const path of ["notices", "routing", "team"]) {
    // With all that it asks for: its heading stands before the rest is read.
    await page.goto(`${usher.origin}/console/${path}`, { waitUntil: "networkidle" });
    await page.getByRole("heading", { level: 1 }).first().waitFor();
    await take(path);
  }
  await visit.close();
  if (learning) await echo(browser, usher, [HARMLESS.slice(0, TOGETHER)], known, seen, true);
  return known;
}

/** Nothing is left waiting. */
async function clear(usher) {
  const mara = await usher.signIn("mara");
  for (;;) {
    const { held } = (await mara.call("held")).body;
    if (!held.length) return;
    for (const { id } of held) await mara.call(`held/${id}`, { method: "POST", body: { act: "discard", reason: "For the rig" } });
  }
}

/** The plain form, with something wrong in it: it comes back with what was typed. */
async function echo(browser, usher, bundles, known, seen, learning = false) {
  const visit = await browser.open({ expects: [/.*/] });
  const { page } = visit;
  await watched(visit, usher, seen);
  for (const texts of bundles) {
    await page.goto(
      `${usher.origin}/v1/forms/${KEY}/anything?lang=en&utm_campaign=${encodeURIComponent(texts[0])}&page=${encodeURIComponent(`${usher.origin}/${texts[0]}`)}`,
    );
    const typed = {
      name: texts[0],
      company: texts.at(-1),
      message: texts.join("\n"),
      email: texts[Math.floor(texts.length / 2)],
      usher_page: texts[0],
      usher_stamp: texts[0],
      usher_lang: texts[0],
    };
    await Promise.all([
      page.waitForNavigation(),
      page.evaluate((typed) => {
        const form = document.querySelector("form");
        form.querySelectorAll("[type=file]").forEach((field) => field.remove());
        for (const [name, value] of Object.entries(typed)) form.elements[name].value = value;
        HTMLFormElement.prototype.submit.call(form);
      }, typed),
    ]);
    const found = await anatomy(page);
    compare("the plain form", found, known, learning, seen);
    const there = plain(found.fields.join(" "));
    for (const text of texts) if (!there.includes(plain(text))) seen.missing.push(`${text} on the plain form`);
  }
  await visit.close();
  return bundles.length;
}

await promise("S3", check, { controls: ["markup", "handler"] });
