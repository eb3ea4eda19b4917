// Q2: the field that catches machines is met by no person. In real Chromium, in the widget and on the plain page, on a desk and on a
// phone: it has no place that is seen, no name in the accessibility tree, no stop for the Tab key, and asks not to be filled in.
// Then forms are filled in as password managers and autofill do it, by what fields are called and where they are; none of what
// they send is held.

import assert from "node:assert/strict";

import { Widget, shown, startBrowser } from "../support/browser.mjs";
import { addSites, startHosts } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { startUsher } from "../support/usher.mjs";

const KEY = "pk_unseen_site";
/** As the widget and as the plain page call it. */
const TRAP = "[name=confirm_url], [name=usher_trap]";

async function check({ full, random, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const hosts = await startHosts();
  atEnd(() => hosts.stop());
  const browser = await startBrowser();
  atEnd(() => browser.close());
  await addSites(usher, {
    id: "trap",
    name: "Kelp & Rope",
    kind: "own",
    key: KEY,
    origins: [hosts.origin],
    forms: ["inquiry"],
    launcher: "Ask us",
    limits: { submissions_per_day: 100_000 },
  });
  const shop = hosts.page("/shop", { snippet: `<script async src="${usher.origin}/v1/usher.js" data-site="${KEY}"></script>` });
  const wrong = [];

  const WIDGET = async (page) => {
    await page.goto(shop);
    await new Widget(page).open("Ask a course adviser");
    return page.getByRole("dialog");
  };
  const PLAIN = async (page) => {
    await page.goto(`${usher.origin}/v1/forms/${KEY}/inquiry?lang=en`);
    await shown(page.getByRole("heading", { level: 1 }));
    return page.getByRole("main");
  };
  const WAYS = { "the widget": WIDGET, "the plain page": PLAIN };
  let looks = 0;
  for (const [way, open] of Object.entries(WAYS)) {
    for (const viewport of [
      { width: 1280, height: 800 },
      { width: 360, height: 740 },
    ]) {
      await browser.visit({ viewport, expects: [/.*/] }, async (page) => {
        const place = await open(page);
        const trap = page.locator(TRAP);
        const is = await trap.evaluate((field, control) => {
          if (control === "seen") field.closest("div").style.cssText = "position:static;clip-path:none;opacity:1;width:auto;height:auto";
          field.scrollIntoView({ block: "center" });
          const box = field.getBoundingClientRect();
          const holder = field.closest("[aria-hidden=true]");
          const root = field.getRootNode();
          // What a finger or a pointer would meet there, in the middle and just inside each corner.
          const places = [
            [0.5, 0.5],
            [0.1, 0.1],
            [0.9, 0.1],
            [0.1, 0.9],
            [0.9, 0.9],
          ];
          const seen = places.some(([x, y]) => root.elementFromPoint(box.left + box.width * x, box.top + box.height * y) === field);
          const style = getComputedStyle(field);
          return {
            seen: seen && style.visibility !== "hidden" && style.opacity !== "0",
            autocomplete: field.autocomplete,
            tabIndex: field.tabIndex,
            hidden: Boolean(holder),
            label: field.labels?.[0]?.textContent,
          };
        }, control);
        looks += 1;
        if (is.seen) wrong.push(`${way} at ${viewport.width}px: it is seen`);
        if (is.autocomplete !== "off") wrong.push(`${way}: autocomplete is ${is.autocomplete}`);
        if (is.tabIndex !== -1) wrong.push(`${way}: Tab stops there`);
        if (!is.hidden) wrong.push(`${way}: assistive technology reads it`);
        const tree = await place.ariaSnapshot();
        if (is.label && tree.includes(is.label)) wrong.push(`${way}: it has a name: ${is.label}`);
        // The Tab key, once through the form.
        for (let press = 0; press < (full ? 25 : 12); press += 1) {
          await page.keyboard.press("Tab");
          const on = await page.evaluate(() => {
            let at = document.activeElement;
            while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
            return at?.name ?? "";
          });
          if (["confirm_url", "usher_trap"].includes(on)) wrong.push(`${way}: the Tab key came to it`);
        }
      });
    }
  }
  note(`${looks} looks: ${wrong.length} wrong`);

  // Filled in as programs do that help people.
  const runs = full ? 1_000 : 6;
  let [flagged, sent] = [0, 0];
  const held = async () => (await usher.rows()).held;
  const before = await usher.rows();
  for (let run = 0; run < runs; run += 1) {
    const way = run % 2 ? "the plain page" : "the widget";
    // A person of their own: of one who was here before, less is asked.
    const visit = await browser.open({ expects: [/.*/] });
    const { page } = visit;
    const place = await WAYS[way](page);
    const filled = await place.evaluate(autofill, { email: `ana-${run}-${random.uuid()}@example.com`, greedy: control === "greedy" });
    assert.ok(filled.includes("email") && filled.includes("name"), `it was filled in: ${filled}`);
    const message = place.getByRole("textbox", { name: /question/i });
    await message.fill(`A question of number ${run}`);
    await place.getByRole("button", { name: "Send question" }).click();
    await page.getByRole("heading", { name: /thank you/i }).waitFor();
    sent += 1;
    await visit.close();
  }
  const after = await usher.rows();
  flagged = (await held()) - before.held;
  if (after.item - before.item !== sent) wrong.push(`${after.item - before.item} of ${sent} became items`);
  wrong.slice(0, 10).forEach(note);
  return {
    met: !wrong.length && !flagged,
    figure: `no box, name, stop or autofill in ${looks} looks (${wrong.length} wrong); ${flagged} of ${sent} autofilled people held`,
  };
}

/** Fills in what looks like a person's data, as password managers do: by tokens, names and labels, and only what has a place. */
function autofill(place, { email, greedy }) {
  const DATA = {
    email,
    name: "Ana Ruiz",
    organization: "Ruiz Books",
    company: "Ruiz Books",
    website: "https://ruiz.example",
    url: "https://ruiz.example",
    address: "1 High Street",
    tel: "+442079460018",
    phone: "+442079460018",
  };
  const all = [];
  const walk = (root) => {
    for (const element of root.querySelectorAll("*")) {
      if (element.matches("input:not([type=hidden]):not([type=file]):not([type=checkbox]):not([type=radio])")) all.push(element);
      if (element.shadowRoot) walk(element.shadowRoot);
    }
  };
  walk(place);
  const done = [];
  for (const field of all) {
    const box = field.getBoundingClientRect();
    const label = field.labels?.[0]?.textContent ?? "";
    const words = [field.autocomplete, field.name, field.id, label].join(" ").toLowerCase();
    const key = Object.keys(DATA).find((key) => words.includes(key)) ?? (greedy && "website");
    const isPlace = box.width > 1 && box.height > 1 && field.autocomplete !== "off" && field.tabIndex >= 0;
    if (!key || !(isPlace || greedy)) continue;
    const set = Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value").set;
    set.call(field, DATA[key]);
    field.dispatchEvent(new Event("input", { bubbles: true, composed: true }));
    field.dispatchEvent(new Event("change", { bubbles: true, composed: true }));
    done.push(key);
  }
  return done;
}

await promise("Q2", check, { controls: ["seen", "greedy"] });
