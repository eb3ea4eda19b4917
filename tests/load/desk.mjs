// What the desk does under load, printed as JSON: `node --experimental-websocket tests/load/desk.mjs [ITEMS [SECONDS [DISCONNECTS]]]`,
// which `cargo xtask bench desk` runs. A queue of so many open items is opened in Chromium, and scrolled through from its start to
// its end and back; fifty consoles listen while twenty submissions a second arrive; and one loses its connection again and again.

import { startBrowser } from "../support/browser.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";
import { hearing, losing, signIn, submit } from "./consoles.mjs";

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
  const result = { open_items: ITEMS, first_page_ms: await firstPage(mara), ...(await opening()), ...(await scrolling()), ...(await heard()), ...(await lost()) };
  console.log(JSON.stringify(result));
} finally {
  await browser.close();
  await usher.stop();
}

async function fill(count) {
  let left = count;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left-- > 0) await submit(usher, "inquiry", inquiry());
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

/** From the call for the page to its first rows on the screen, for somebody who was there before. */
async function opening() {
  const times = [];
  await browser.visit({}, async (page) => {
    await signIn(usher, page);
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
    await signIn(usher, page);
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

/** What fifty consoles hear, and one screen shows. */
async function heard() {
  const { heard, shown, twice } = await hearing({ usher, browser, consoles: CONSOLES, perSecond: PER_SECOND, seconds: SECONDS });
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

/** What a console shows that lost its connection so often. */
async function lost() {
  const { came, shown, twice } = await losing({ usher, browser, disconnects: DISCONNECTS });
  return { disconnects: DISCONNECTS, came_meanwhile: came, shown_at_the_end: shown, shown_twice: twice };
}
