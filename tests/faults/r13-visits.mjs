// R13: visits on bad networks, in Chromium: connections that are lost before a form is sent, while it is, or with the answer; pages that
// are loaded again and tabs that are closed in the middle of it. Whatever a page called sent is stored, once; whatever it called saved is
// stored within thirty seconds of the next visit. What happens to each visit, and when, follows from the seed.
//
// The control takes from the device what was saved there.

import { OFFLINE, Widget, letters, startBrowser } from "../support/browser.mjs";
import { startHosts } from "../support/hosts.mjs";
import { AGAIN, install } from "../support/kinds.mjs";
import { lanes, promise, quantile } from "../support/promise.mjs";
import { startUsher, until } from "../support/usher.mjs";

const KEY = "pk_visits";
const NEXT_VISIT_MS = 30_000;
/** What goes wrong, and how often of a hundred visits. */
const TROUBLES = { none: 10, offline: 18, flapping: 12, dropped: 14, "answer-lost": 14, reload: 14, closed: 14, "offline-closed": 4 };

await promise("R13", async ({ full, random, control, patience, note, atEnd }) => {
  const count = full ? 1_000 : 20;
  const usher = await startUsher();
  atEnd(() => usher.stop());
  const hosts = await startHosts();
  atEnd(() => hosts.stop());
  const browser = await startBrowser();
  atEnd(() => browser.close());
  const limits = { submissions_per_day: 1_000_000, per_address: 1_000_000 };
  const site = { id: "visits", name: "Visits", kind: "own", key: KEY, origins: [hosts.origin], launcher: "Open", forms: ["again"], limits };
  await install(usher, { forms: [AGAIN], sites: [site] });
  const address = hosts.page("/visits", { snippet: `<script async src="${usher.origin}/v1/usher.js" data-site="${KEY}"></script>` });

  const bag = Object.entries(TROUBLES).flatMap(([name, share]) => Array(share).fill(name));
  const plans = Array.from({ length: count }, (_, at) => ({
    at,
    email: `v${at}-${random.uuid()}@example.com`,
    trouble: full || at >= Object.keys(TROUBLES).length ? random.pick(bag) : Object.keys(TROUBLES)[at],
    wait: random.below(400),
    times: 1 + random.below(3),
  }));
  const visits = [];
  await lanes(count, full ? 3 : 2, async (at) => {
    visits.push(await visit(browser, address, plans[at], control));
    if (at % 100 === 99) note(`${at + 1} visits`);
  });

  const mara = await usher.signIn("mara");
  const stored = new Map();
  for await (const { id, who } of mara.allItems("sales")) {
    const item = await mara.item(id);
    const email = item.submission?.values.find(({ name }) => name === "email")?.value ?? who;
    stored.set(email, (stored.get(email) ?? 0) + 1);
  }
  const told = visits.filter(({ sent, saved }) => sent || saved);
  const lost = told.filter(({ email }) => !stored.has(email));
  const twice = [...stored.values()].filter((times) => times > 1).length;
  const waits = visits.filter(({ saved, after }) => saved && after !== undefined).map(({ after }) => after);
  const late = visits.filter(({ saved, after }) => saved && !(after <= NEXT_VISIT_MS * patience)).length;
  for (const { trouble, email, sent, saved, after } of lost.slice(0, 5)) note(`lost: ${trouble}, ${JSON.stringify({ email, sent, saved, after })}`);
  const counted = Object.keys(TROUBLES).map((name) => `${visits.filter(({ trouble }) => trouble === name).length} ${name}`);
  note(counted.join(", "));
  return {
    met: lost.length === 0 && twice === 0 && late === 0 && told.length >= count * 0.9,
    figure:
      `${count} visits in Chromium, ${count - visits.filter(({ trouble }) => trouble === "none").length} with lost connections, reloads or closed tabs: ${visits.filter(({ sent }) => sent).length} were told sent and ` +
      `${visits.filter(({ saved }) => saved).length} saved: ${lost.length} lost, ${twice} there twice, ${late} not there ${NEXT_VISIT_MS / 1_000} s after the next visit began (the slowest ${(quantile(waits.length ? waits : [0], 1) / 1_000).toFixed(1)} s)`,
  };
}, { controls: ["taken-away"] });

/** One person: a visit with its trouble, and the next one, which ends when nothing is left to send. */
async function visit(browser, address, { email, trouble, wait, times }, control) {
  const seen = { email, trouble, sent: false, saved: false, after: undefined };
  const open = await browser.open({ expects: [OFFLINE, /ERR_/] });
  const { context } = open;
  try {
    let { page } = open;
    await page.goto(address);
    const widget = new Widget(page, { launcher: "Open" });
    await widget.open("Ask again");
    await widget.fill({ "E-mail": email, Message: "A question" });
    await until(() => page.evaluate(() => performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/outbox.js"))), "it can send");
    const offline = trouble.startsWith("offline") || trouble === "flapping";
    if (offline) await context.setOffline(true);
    // A page that is closed or loaded again while it sends has got no answer.
    let left = times;
    if (["dropped", "answer-lost", "reload", "closed"].includes(trouble)) {
      await context.route("**/v1/forms/**", async (route) => {
        if (trouble === "dropped") return left-- > 0 ? route.abort("failed") : route.continue();
        if (trouble === "answer-lost" && left-- > 0) {
          await route.fetch();
          return route.abort("failed");
        }
        if (trouble === "answer-lost") return route.continue();
        if (wait % 2) await route.fetch().catch(() => undefined);
        // And never an answer.
      });
    }
    await widget.button("Send").click();
    const thanks = widget.panel.getByRole("heading", { name: /thank you/i });
    const kept = widget.panel.getByRole("heading", { name: /Saved on this device/ });
    if (["reload", "closed"].includes(trouble)) {
      // What the page has said of it by then is what the visitor was told.
      await until(async () => (await letters(page)).length > 0 || (await thanks.count()) > 0, "it is on the device, or sent");
    } else {
      await thanks.or(kept).first().waitFor();
    }
    if (trouble === "flapping") {
      for (let turn = 0; turn < times; turn += 1) {
        await context.setOffline(false);
        await page.evaluate((ms) => new Promise((resume) => setTimeout(resume, ms)), wait);
        await context.setOffline(true);
      }
    }
    seen.sent = (await thanks.count()) > 0;
    seen.saved = !seen.sent && (await letters(page)).length > 0;
    if (control && seen.saved) await page.evaluate(() => new Promise((resume) => Object.assign(indexedDB.deleteDatabase("usher"), { onsuccess: resume, onblocked: resume })));
    await context.unrouteAll({ behavior: "ignoreErrors" });
    if (trouble === "reload") {
      await page.reload();
    } else if (trouble !== "none") {
      await page.close();
      page = undefined;
    }
    if (offline) await context.setOffline(false);
    // The next visit.
    page ??= await context.newPage();
    const began = performance.now();
    if (trouble !== "reload") await page.goto(address);
    await until(async () => (await letters(page)).length === 0, "nothing is left to send", NEXT_VISIT_MS * 3).catch(() => undefined);
    if ((await letters(page)).length === 0) seen.after = performance.now() - began;
    return seen;
  } finally {
    await open.close();
  }
}
