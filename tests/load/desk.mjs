// What the desk does under load, printed as JSON: `node --experimental-websocket tests/load/desk.mjs [ITEMS [SECONDS [DISCONNECTS]]]`,
// which `cargo xtask bench desk` runs. A queue of so many open items is opened in Chromium, and scrolled through from its start to
// its end and back; fifty consoles listen while twenty submissions a second arrive; and one loses its connection again and again.

import { startBrowser } from "../support/browser.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

const [ITEMS, SECONDS, DISCONNECTS] = [10_000, 30, 100].map((usual, at) => Number(process.argv[2 + at] ?? usual));
const CONSOLES = 50;
const PER_SECOND = 20;
const OPENINGS = 9;
/// How fast one scrolls, in pixels a second: eight screens.
const SCROLL = 6_400;

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
  const result = { open_items: ITEMS, first_page_ms: await firstPage(mara), ...(await opening()), ...(await scrolling()), ...(await live()), ...(await losing()) };
  console.log(JSON.stringify(result));
} finally {
  await browser.close();
  await usher.stop();
}

async function submit(form, body) {
  const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${body.submission_id}` };
  const send = () => usher.submit(form, body, { headers });
  // A connection that was kept open may be closed as it is used again. Browsers send anew then, and so does this, under the same id.
  const { status, body: receipt } = await send().catch((error) => {
    if (error.cause?.code !== "UND_ERR_SOCKET") throw error;
    return send();
  });
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

/** Scrolls through all of the queue, and back: how long frames and tasks take, and how often there is nothing to see yet. */
async function scrolling() {
  const result = {};
  await browser.visit({}, async (page) => {
    await signIn(page);
    await page.goto(`${usher.origin}/console/queues/sales`);
    await page.locator(".rows a[data-item]").first().waitFor();
    for (const way of ["down", "up"]) {
      const seen = await page.evaluate(throughAll, { way, speed: SCROLL });
      if (way === "down" && seen.rows !== ITEMS) throw new Error(`${seen.rows} rows of ${ITEMS}`);
      Object.assign(result, {
        [`scroll_${way}_s`]: Math.round(seen.frames.reduce((sum, one) => sum + one, 0) / 100) / 10,
        [`scroll_${way}_frame_p50_ms`]: at(seen.frames, 0.5),
        [`scroll_${way}_frame_p99_ms`]: at(seen.frames, 0.99),
        [`scroll_${way}_frame_worst_ms`]: at(seen.frames, 1),
        [`scroll_${way}_longest_task_ms`]: seen.tasks.length ? at(seen.tasks, 1) : 0,
        [`scroll_${way}_tasks_over_50_ms`]: seen.tasks.length,
        [`scroll_${way}_empty_frames_percent`]: Math.round((seen.empty / seen.frames.length) * 1_000) / 10,
        [`scroll_${way}_rows_drawn_at_most`]: seen.drawn,
      });
    }
  });
  return result;
}

/** Runs in the page. */
async function throughAll({ way, speed }) {
  const tasks = [];
  const observer = new PerformanceObserver((list) => tasks.push(...list.getEntries().map(({ duration }) => duration)));
  observer.observe({ entryTypes: ["longtask"] });
  const frame = () => new Promise(requestAnimationFrame);
  const frames = [];
  let [empty, drawn, last] = [0, 0, await frame()];
  for (;;) {
    const now = await frame();
    frames.push(now - last);
    scrollBy(0, ((way === "down" ? 1 : -1) * speed * Math.min(now - last, 100)) / 1_000);
    last = now;
    if (document.elementFromPoint(innerWidth / 2, innerHeight / 2)?.closest(".room")) empty += 1;
    if (frames.length % 20 === 0) drawn = Math.max(drawn, document.querySelectorAll(".rows a[data-item]").length);
    const atEnd = scrollY + innerHeight >= document.documentElement.scrollHeight - 2 && !document.querySelector(".more button");
    if (way === "down" ? atEnd : scrollY <= 0) break;
  }
  observer.disconnect();
  const rows = Number(document.querySelector(".rows").getAttribute("aria-rowcount")) - 1;
  return { tasks, frames, empty, drawn, rows };
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
    const losingAgain = async () => {
      // The console may be back sooner than one can look; and a network that comes and goes within a moment is none to the page.
      await page.evaluate(() => {
        window.lost = window.back = 0;
        addEventListener("online", () => (window.back += 1));
        const says = (node) => (node.nodeType === Node.TEXT_NODE ? node.data : node.childElementCount ? "" : node.textContent);
        const noted = (records) => {
          const nodes = records.flatMap(({ target, addedNodes }) => [target, ...addedNodes]);
          if (nodes.some((node) => says(node) === "Reconnecting…")) window.lost += 1;
        };
        new MutationObserver(noted).observe(document.body, { subtree: true, childList: true, characterData: true });
      });
      for (let count = 0; count < DISCONNECTS; count++) {
        await page.context().setOffline(true);
        await page.waitForFunction((times) => window.lost > times, count);
        await page.context().setOffline(false);
        await page.waitForFunction((times) => window.back > times, count);
        await page.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
      }
    };
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
    // What fails first is told: Usher is gone by the time that the other one does.
    await Promise.all([sending, losingAgain().finally(() => (over = true))]);
    const same = await until(async () => {
      const [screen, desk] = [await page.evaluate(shownRows), (await everything(hana)).map(({ id }) => id)];
      return screen.join() === desk.join() && { screen, desk };
    }, "the screen shows what the desk has");
    const shown_twice = same.screen.length - new Set(same.screen).size;
    result = { disconnects: DISCONNECTS, came_meanwhile: sent, shown_at_the_end: same.screen.length, shown_twice };
  });
  return result;
}

/** Runs in the page: the rows of the whole list, in their order. What is far away is not drawn, so one has to go there. */
async function shownRows() {
  const rows = [];
  const frame = () => new Promise(requestAnimationFrame);
  for (let top = 0; top <= document.documentElement.scrollHeight; top += innerHeight) {
    scrollTo(0, top);
    for (let count = 0; count < 3; count++) await frame();
    for (const row of document.querySelectorAll(".rows tr[data-row]")) rows[row.getAttribute("aria-rowindex") - 2] = row.dataset.row;
  }
  return rows;
}

async function everything(staff) {
  const all = [];
  for await (const row of staff.allItems("success")) all.push(row);
  return all;
}
