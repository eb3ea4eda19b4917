// What the desk does under load, printed as JSON: `node --experimental-websocket tests/load/desk.mjs [ITEMS [SECONDS [DISCONNECTS]]]`,
// which `cargo xtask bench desk` runs. A queue of so many open items is opened in Chromium; fifty consoles listen while twenty
// submissions a second arrive; and one loses its connection again and again.

import { startBrowser } from "../support/browser.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

const [ITEMS, SECONDS, DISCONNECTS] = [10_000, 30, 100].map((usual, at) => Number(process.argv[2 + at] ?? usual));
const CONSOLES = 50;
const PER_SECOND = 20;
const OPENINGS = 9;

const usher = await startUsher();
const browser = await startBrowser();
try {
  const mara = await usher.signIn("mara");
  // More than a site usually brings in a day, which would be held for review.
  const workspace = await demoWorkspace(usher);
  for (const site of workspace.sites) site.limits = { submissions_per_day: 1_000_000, per_address: 1_000_000 };
  if ((await usher.operator("PUT", "workspaces/demo", workspace)).status !== 200) throw new Error("not configured");
  console.error(`  sending ${ITEMS} inquiries`);
  await fill(ITEMS);
  const result = { open_items: ITEMS, first_page_ms: await firstPage(mara), ...(await opening()), ...(await live()), ...(await losing()) };
  console.log(JSON.stringify(result));
} finally {
  await browser.close();
  await usher.stop();
}

async function submit(form, body) {
  const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${body.submission_id}` };
  const { status, body: receipt } = await usher.submit(form, body, { headers });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(receipt)}`);
  return receipt.reference;
}

async function fill(count) {
  let left = count;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left-- > 0) await submit("inquiry", inquiry());
    }),
  );
}

/** What a part of the numbers is at most, to a tenth. */
function at(numbers, part) {
  const sorted = [...numbers].sort((one, other) => one - other);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] * 10) / 10;
}

/** How long the desk takes for the first page of the queue. */
async function firstPage(staff) {
  const times = [];
  for (let count = 0; count < 20; count++) {
    const start = performance.now();
    const items = await staff.items("sales");
    times.push(performance.now() - start);
    if (items.length !== 50) throw new Error(`${items.length} items`);
  }
  return at(times, 0.5);
}

async function signIn(page, member = "mara") {
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(`${usher.origin}${link.body.url}`);
  await page.getByText("Live", { exact: true }).waitFor();
}

/** From the call for the page to its first rows on the screen, for somebody who was there before. */
async function opening() {
  const times = [];
  await browser.visit({}, async (page) => {
    await signIn(page);
    await page.addInitScript(() => {
      const seen = () => {
        if (!document.querySelector(".rows tbody tr")) return requestAnimationFrame(seen);
        // Drawn: the frame after the one in which they are there.
        requestAnimationFrame(() => (window.rowsAt = performance.now()));
      };
      requestAnimationFrame(seen);
    });
    for (let count = 0; count < OPENINGS; count++) {
      await page.goto(`${usher.origin}/console/queues/sales`);
      times.push(await (await page.waitForFunction(() => window.rowsAt)).jsonValue());
    }
  });
  return { first_rows_ms: at(times, 0.5), first_rows_worst_ms: at(times, 1) };
}

/** From sending a submission to hearing of it, at every console; and to its row on one screen. */
async function live() {
  const sent = new Map();
  const heard = [];
  const shown = [];
  const counts = new Map();
  const staff = await Promise.all(Array.from({ length: CONSOLES - 1 }, (_, index) => usher.signIn(index % 2 ? "sunil" : "hana")));
  const sockets = staff.map((member) => {
    const socket = new WebSocket(`${usher.origin.replace("http", "ws")}/v1/console/live`, { headers: { cookie: member.cookie, origin: usher.origin } });
    socket.addEventListener("message", ({ data }) => {
      const { type, row } = JSON.parse(data);
      const start = type === "item" && sent.get(row.who);
      if (!start || row.state !== "open") return;
      heard.push(performance.now() - start);
      counts.set(row.who, (counts.get(row.who) ?? 0) + 1);
    });
    return socket;
  });
  await until(() => sockets.every(({ readyState }) => readyState === 1), "every console listens");
  const count = SECONDS * PER_SECOND;
  await browser.visit({}, async (page) => {
    await page.exposeFunction("shows", (who) => sent.has(who) && shown.push(performance.now() - sent.get(who)));
    await signIn(page, "sunil");
    await page.evaluate(() => {
      const known = new Set();
      new MutationObserver(() => {
        for (const { textContent } of document.querySelectorAll(".rows .who")) {
          if (!known.has(textContent)) window.shows(textContent);
          known.add(textContent);
        }
      }).observe(document.body, { childList: true, subtree: true, characterData: true });
    });
    const started = performance.now();
    const all = [];
    for (let index = 0; index < count; index++) {
      const due = started + (index * 1_000) / PER_SECOND;
      while (performance.now() < due) await new Promise((resume) => setTimeout(resume, due - performance.now()));
      const who = `Visitor ${index}`;
      sent.set(who, performance.now());
      all.push(submit("support", support({ name: who })));
    }
    await Promise.all(all);
    await until(() => heard.length >= count * sockets.length, "everybody has heard of everything");
    // A queue shows its first page and what comes into it; what stands below waits for its page.
    await until(() => shown.length >= 50, "the screen shows them");
  });
  sockets.forEach((socket) => socket.close());
  const twice = [...counts.values()].filter((times) => times !== sockets.length).length;
  return {
    consoles: CONSOLES,
    submissions_per_second: PER_SECOND,
    heard_p50_ms: at(heard, 0.5),
    heard_p99_ms: at(heard, 0.99),
    heard_worst_ms: at(heard, 1),
    shown_p50_ms: at(shown, 0.5),
    shown_p99_ms: at(shown, 0.99),
    missed_or_twice: twice,
  };
}

/** Loses the connection again and again while items come and go, and compares the screen with the desk at the end. */
async function losing() {
  const hana = await usher.signIn("hana");
  for (const { id } of await everything(hana)) {
    await hana.act(id, { act: "claim" });
    await hana.act(id, { act: "close", outcome: "solved", reason: "Done." });
  }
  let result;
  await browser.visit({ expects: [/ERR_INTERNET_DISCONNECTED/, /WebSocket/] }, async (page) => {
    await signIn(page, "hana");
    let over = false;
    let sent = 0;
    const sending = (async () => {
      while (!over) {
        await submit("support", support({ name: `Lost ${sent++}` }));
        if (sent % 3 === 0) {
          const [first] = await hana.items("success");
          await hana.act(first.id, { act: "claim" });
          await hana.act(first.id, { act: "close", outcome: "solved", reason: "Done." });
        }
      }
    })();
    for (let count = 0; count < DISCONNECTS; count++) {
      await page.context().setOffline(true);
      await page.getByText("Reconnecting…").waitFor();
      await page.context().setOffline(false);
      await page.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
    }
    over = true;
    await sending;
    const shown = () => page.locator(".rows a[data-item]").evaluateAll((links) => links.map((link) => link.dataset.item));
    const more = page.getByRole("button", { name: "Show more" });
    const same = await until(async () => {
      if (await more.isVisible()) await more.click({ timeout: 2_000 }).catch(() => {});
      const [screen, desk] = [await shown(), (await everything(hana)).map(({ id }) => id)];
      return screen.join() === desk.join() && { screen, desk };
    }, "the screen shows what the desk has");
    const shown_twice = same.screen.length - new Set(same.screen).size;
    result = { disconnects: DISCONNECTS, came_meanwhile: sent, shown_at_the_end: same.screen.length, shown_twice };
  });
  return result;
}

async function everything(staff) {
  const all = [];
  for await (const row of staff.allItems("success")) all.push(row);
  return all;
}
