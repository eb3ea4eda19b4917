// One visit of one page, and what it cost. Each is a browser context of its own, with nothing in its cache, on a processor
// that is slowed down to a quarter. A form is ready when a key that the browser pressed has arrived in a field that can be
// seen (`probe.js`).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { brotliCompressSync } from "node:zlib";

import { within } from "../../support/usher.mjs";

const SLOWER = 4;
/** Without a request for so long, a page has what it wants. */
const QUIET_MS = 500;
const PATIENCE_MS = 30_000;
/** Chromium's processes do nothing when together they spend no more than this, in so long. */
const IDLE_CPU_MS = 10;
const IDLE_MS = 200;
const WORLD = "probe";
const PROBE = await readFile(new URL("probe.js", import.meta.url), "utf8");

/** From the address to the moment that the page has nothing left to do; `opens`: its form opens by itself. */
export async function visit(browser, address, opens) {
  const visit = await browser.open({ reducedMotion: "no-preference" });
  try {
    const { page } = visit;
    const network = new Network(page, address);
    const devtools = await visit.context.newCDPSession(page);
    const world = new Promise((resolve) => {
      devtools.on("Runtime.executionContextCreated", ({ context }) => {
        if (context.name === WORLD && context.auxData.isDefault === false) resolve(context.uniqueId);
      });
    });
    const ready = new Promise((resolve, reject) => {
      devtools.on("Runtime.bindingCalled", ({ payload }) => (payload ? press(devtools).catch(reject) : resolve()));
    });
    await devtools.send("Runtime.enable");
    await devtools.send("Page.enable");
    await devtools.send("Runtime.addBinding", { name: "wantsKey", executionContextName: WORLD });
    await devtools.send("Page.addScriptToEvaluateOnNewDocument", { source: PROBE, worldName: WORLD });
    await within(settled(browser), "Chromium has opened its window", PATIENCE_MS);
    await devtools.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
    await page.goto(address);
    if (opens) await within(ready, `${address}: a field can be seen and takes a key`, PATIENCE_MS);
    await within(network.quiet(), `${address} has what it wants`, PATIENCE_MS);
    const ask = async (expression, uniqueContextId) => {
      const how = { expression, uniqueContextId, awaitPromise: true, returnByValue: true };
      const { result, exceptionDetails } = await devtools.send("Runtime.evaluate", how);
      if (exceptionDetails) throw new Error(`${address}: ${exceptionDetails.exception?.description}`);
      return result.value;
    };
    // In this order: reading every style is a long task itself.
    const seen = await ask("seenSinceSnippet()", await world);
    if (opens) assert.ok(seen.kept, `${address}: what was typed is still in the first field`);
    const globals = await ask("Object.getOwnPropertyNames(window)");
    const styles = await ask("hostStyles()", await world);
    return { ...seen, requests: await network.answers(seen.visible_at), problems: visit.problems, globals, styles };
  } catch (error) {
    await visit.tell(error);
    throw error;
  } finally {
    await visit.close();
  }
}

/** A new window has pages of the browser's own, which load at their leisure and would share the processor with ours. */
async function settled(browser) {
  const devtools = await browser.chromium.newBrowserCDPSession();
  const spent = async () => {
    const { processInfo } = await devtools.send("SystemInfo.getProcessInfo");
    return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime * 1000, 0);
  };
  for (let before = -Infinity, now = await spent(); now - before > IDLE_CPU_MS; before = now, now = await spent()) {
    await new Promise((resolve) => setTimeout(resolve, IDLE_MS));
  }
  await devtools.detach();
}

function press(devtools) {
  return devtools.send("Input.dispatchKeyEvent", { type: "char", text: "k" });
}

/** The requests of a page, but for the page itself. */
class Network {
  requests = [];
  underWay = new Set();
  changed = () => {};

  constructor(page, address) {
    page.on("request", (request) => {
      if (!request.url().startsWith("http") || request.url() === address) return;
      this.requests.push(request);
      this.underWay.add(request);
      this.changed();
    });
    for (const end of ["requestfinished", "requestfailed"]) {
      page.on(end, (request) => {
        this.underWay.delete(request);
        this.changed();
      });
    }
  }

  /** Waits until nothing was asked for or answered for a while. */
  quiet() {
    return new Promise((resolve) => {
      let timer;
      this.changed = () => {
        clearTimeout(timer);
        if (!this.underWay.size) timer = setTimeout(resolve, QUIET_MS);
      };
      this.changed();
    });
  }

  /**
   * What came back, each answer compressed alone, as a server does that compresses once and for all; `late` is what was
   * asked for after `visible_at`, in milliseconds since 1970, if that is a time.
   */
  async answers(visible_at) {
    const answers = [];
    for (const request of this.requests) {
      const response = await request.response();
      assert.ok(response, `${request.method()} ${request.url()} was answered`);
      const { pathname } = new URL(request.url());
      const body = await response.body();
      const late = visible_at !== null && request.timing().startTime > visible_at;
      answers.push({ what: `${request.method()} ${pathname}`, late, raw: body.length, brotli: compressed(body) });
    }
    return answers;
  }
}

const sizes = new Map();
function compressed(body) {
  const key = body.toString("latin1");
  if (!sizes.has(key)) sizes.set(key, body.length && brotliCompressSync(body).length);
  return sizes.get(key);
}
