// Many consoles at once: what they hear of submissions as they arrive, and whether one that loses its connection again and again shows in
// the end what the desk has. `desk.mjs` measures by it, and R14 is shown by it.

import { support, until } from "../support/usher.mjs";

/** Sends a form as a visitor of its own would; its reference comes back. */
export async function submit(usher, form, body) {
  const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${body.submission_id}` };
  const { status, body: receipt } = await usher.submit(form, body, { headers });
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(receipt)}`);
  return receipt.reference;
}

/** Signs a member in on a page, and waits until it is live. */
export async function signIn(usher, page, member = "mara") {
  const link = await usher.operator("POST", "workspaces/demo/sign-in-links", { member });
  await page.goto(`${usher.origin}${link.body.url}`);
  await page.getByText("Live", { exact: true }).waitFor();
}

/** From sending a submission to hearing of it, at every console; and to its row on one screen. */
export async function hearing({ usher, browser, consoles, perSecond, seconds }) {
  const sent = new Map();
  const heard = [];
  const shown = [];
  const counts = new Map();
  const staff = await Promise.all(Array.from({ length: consoles - 1 }, (_, index) => usher.signIn(index % 2 ? "sunil" : "hana")));
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
  const count = seconds * perSecond;
  await browser.visit({}, async (page) => {
    await page.exposeFunction("shows", (who) => sent.has(who) && shown.push(performance.now() - sent.get(who)));
    await signIn(usher, page, "sunil");
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
      const due = started + (index * 1_000) / perSecond;
      while (performance.now() < due) await new Promise((resume) => setTimeout(resume, due - performance.now()));
      const who = `Visitor ${index}`;
      sent.set(who, performance.now());
      all.push(submit(usher, "support", support({ name: who })));
    }
    await Promise.all(all);
    await until(() => heard.length >= count * sockets.length, "everybody has heard of everything");
    // A queue shows its first page and what comes into it; what stands below waits for its page.
    await until(() => shown.length >= 50, "the screen shows them");
  });
  sockets.forEach((socket) => socket.close());
  const twice = [...counts.values()].filter((times) => times !== sockets.length).length;
  return { heard, shown, twice };
}

/** Loses the connection again and again while items come and go, and compares the screen with the desk at the end. */
export async function losing({ usher, browser, disconnects }) {
  const hana = await usher.signIn("hana");
  for (const { id } of await everything(hana)) {
    await hana.act(id, { act: "claim" });
    await hana.act(id, { act: "close", outcome: "solved", reason: "Done." });
  }
  let result;
  await browser.visit({ expects: [/ERR_INTERNET_DISCONNECTED/, /WebSocket/] }, async (page) => {
    await signIn(usher, page, "hana");
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
      for (let count = 0; count < disconnects; count++) {
        await page.context().setOffline(true);
        await page.waitForFunction((times) => window.lost > times, count);
        await page.context().setOffline(false);
        await page.waitForFunction((times) => window.back > times, count);
        await page.getByText("Live", { exact: true }).waitFor({ timeout: 60_000 });
      }
    };
    const sending = (async () => {
      while (!over) {
        await submit(usher, "support", support({ name: `Lost ${sent++}` }));
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
    result = { came: sent, shown: same.screen.length, twice: shown_twice };
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
