// Chromium for one test file, and what the tests ask of a page. Everything waits for a condition; nothing is tried twice.
//
// Each visit is a person: a browser context of its own, with a user agent of its own, so that Usher does not take two
// visits for one visitor. A visit fails when the page said anything on the console as an error, threw, or opened a
// dialog, unless the test says beforehand which words it expects.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { until } from "./usher.mjs";

const PATIENCE_MS = 15_000;
const FLAGS = [
  ...["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"],
  ...["--disable-background-networking", "--disable-component-update", "--disable-sync"],
];
const FAILURES = fileURLToPath(new URL("../../target/browser-failures/", import.meta.url));

/** What Chromium itself says about a request that a test makes fail. */
export const OFFLINE = /net::ERR_(INTERNET_DISCONNECTED|FAILED|CONNECTION_REFUSED|ABORTED)/;
export const refused = (status) => new RegExp(`the server responded with a status of ${status}`);

export async function startBrowser() {
  const executablePath = process.env.USHER_CHROMIUM ?? "/usr/bin/chromium";
  return new Browser(await chromium.launch({ executablePath, args: FLAGS }));
}

class Browser {
  visits = 0;

  constructor(chromium) {
    this.chromium = chromium;
  }

  close() {
    return this.chromium.close();
  }

  /**
   * One person's visit. `story` gets the page and the visit; afterwards nothing may have gone wrong on any of its pages.
   * `expects`: patterns of console errors that belong to the story. Other options go to the browser context.
   */
  async visit(options, story) {
    const visit = await this.open(options);
    try {
      await story(visit.page, visit);
      visit.check();
    } catch (error) {
      await visit.tell(error);
      throw error;
    } finally {
      await visit.close();
    }
  }

  /** A visit that the caller ends, with `check()` and `close()`. */
  async open({ expects = [], ...options } = {}) {
    this.visits += 1;
    const userAgent = `Mozilla/5.0 (X11; Linux x86_64) Chrome/${this.chromium.version()} Visit/${this.visits}`;
    const context = await this.chromium.newContext({
      ...{ userAgent, viewport: { width: 1280, height: 800 }, locale: "en-GB", timezoneId: "Europe/London" },
      ...{ reducedMotion: "reduce" },
      ...options,
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const visit = new Visit(context, expects);
    visit.page = await context.newPage();
    return visit;
  }
}

class Visit {
  problems = [];
  requests = [];

  constructor(context, expects) {
    this.context = context;
    this.expects = expects;
    context.on("console", (said) => {
      if (said.type() === "error") this.problems.push(`console: ${said.text()} (${said.location().url})`);
    });
    context.on("weberror", (thrown) => this.problems.push(`thrown: ${thrown.error()}`));
    context.on("dialog", (dialog) => {
      this.problems.push(`dialog: ${dialog.message()}`);
      dialog.dismiss();
    });
    context.on("request", (request) => this.requests.push(request));
  }

  /** The requests to an origin so far, as `GET /path`. */
  asked(origin, { method } = {}) {
    return this.requests
      .filter((request) => new URL(request.url()).origin === origin && (!method || request.method() === method))
      .map((request) => `${request.method()} ${new URL(request.url()).pathname}`);
  }

  check() {
    const unexpected = this.problems.filter((problem) => !this.expects.some((pattern) => pattern.test(problem)));
    assert.deepEqual(unexpected, [], "nothing goes wrong on the page");
  }

  /** Leaves a picture, and what else went wrong, with the error. */
  async tell(error) {
    await mkdir(FAILURES, { recursive: true });
    const file = `${FAILURES}${process.pid}-${Date.now()}.png`;
    await this.page.screenshot({ path: file, timeout: 5000 }).catch(() => {});
    const also = this.problems.length ? `\non the page: ${this.problems.join("\n")}` : "";
    if (error instanceof Error) error.message += `\nat ${this.page.url()}, ${file}${also}`;
  }

  close() {
    return this.context.close();
  }
}

/** The widget of a page, by what people see and hear of it. */
export class Widget {
  constructor(page, { launcher = "Ask us" } = {}) {
    this.page = page;
    this.launcher = page.getByRole("button", { name: launcher, exact: true });
    this.panel = page.getByRole("dialog");
    this.close = this.panel.getByRole("button", { name: "Close" });
    this.status = this.panel.getByRole("status");
  }

  field(name) {
    return field(this.panel, name);
  }

  fill(values) {
    return fill(this.panel, values);
  }

  button(name) {
    return this.panel.getByRole("button", { name });
  }

  /** Opens the panel by its launcher, and waits for the form of this title. */
  async open(title) {
    await this.launcher.click();
    await this.shows(title);
  }

  /** Waits until the form of this title is there to be filled in. */
  async shows(title) {
    const panel = this.page.getByRole("dialog", { name: title });
    await panel.getByRole("textbox").first().waitFor();
  }

  /** What the receipt says, by its terms. */
  async receipt() {
    await this.panel.getByRole("heading", { name: /thank you/i }).waitFor();
    const receipt = await pairs(this.panel);
    const of = (term) => Object.entries(receipt).find(([name]) => term.test(name))?.[1] ?? "";
    const reference = (await this.panel.getByRole("code").allTextContents()).join(" ") || of(/reference/i);
    return { reference, team: of(/who|team/i), by: of(/by|when/i) };
  }
}

/** The terms of the description lists inside, with what stands beside each. */
export async function pairs(inside) {
  const terms = await inside.getByRole("term").allTextContents();
  const details = await inside.getByRole("definition").allTextContents();
  return Object.fromEntries(terms.map((term, index) => [term.trim(), details[index].replace(/\s+/g, " ").trim()]));
}

/** A field, whatever its kind, by its label. */
export function field(inside, name) {
  const roles = ["textbox", "combobox", "checkbox"].map((role) => inside.getByRole(role, { name }));
  return roles.reduce((any, one) => any.or(one));
}

/** Fills fields by their labels; `true` ticks one, and a choice is named as the visitor reads it. */
export async function fill(inside, values) {
  for (const [name, value] of Object.entries(values)) {
    const control = field(inside, name);
    const kind = await control.evaluate((element) => (element.type === "checkbox" ? "checkbox" : element.localName));
    if (kind === "checkbox") await control.setChecked(value);
    else if (kind === "select") await control.selectOption({ label: value });
    else await control.fill(value);
  }
}

/** The text that a field is described by: its help and its message. */
export function description(control) {
  return control.evaluate((element) =>
    (element.getAttribute("aria-describedby") ?? "")
      .split(" ")
      .map((id) => element.getRootNode().getElementById(id)?.textContent ?? "")
      .join(" ")
      .trim(),
  );
}

/** The message of a wrong field: it can be seen, right above or below the field. */
export async function message(control) {
  await until(async () => (await control.getAttribute("aria-invalid")) === "true", "the field is marked as wrong");
  const gap = await control.evaluate((element) => {
    const root = element.getRootNode();
    const ids = element.getAttribute("aria-describedby").split(" ");
    const own = element.getBoundingClientRect();
    const gaps = ids.map((id) => {
      const box = root.getElementById(id).getBoundingClientRect();
      return box.height ? Math.max(box.top - own.bottom, own.top - box.bottom) : Infinity;
    });
    return Math.min(...gaps);
  });
  assert.ok(gap < 40, `the message stands beside its field, not ${gap}px away`);
  return description(control);
}

export async function hasFocus(control, what = "it has the focus") {
  await until(() => control.evaluate((element) => element.getRootNode().activeElement === element), what, PATIENCE_MS);
}

export async function shown(locator) {
  await locator.first().waitFor({ state: "visible" });
}

export async function gone(locator) {
  await locator.first().waitFor({ state: "hidden" });
}

/** Everything a page keeps on the visitor's device. */
export async function kept(page) {
  const inPage = await page.evaluate(async () => ({
    local: Object.keys(localStorage),
    session: Object.keys(sessionStorage),
    databases: (await indexedDB.databases()).map(({ name }) => name),
    caches: self.caches ? await caches.keys() : [],
    workers: (await navigator.serviceWorker?.getRegistrations())?.length ?? 0,
  }));
  return { cookies: await page.context().cookies(), ...inPage };
}

export const NOTHING_KEPT = { cookies: [], local: [], session: [], databases: [], caches: [], workers: 0 };

/** What IndexedDB holds: each letter's bytes as text, everything else of it, and whether its key can be read out. */
export function letters(page) {
  return page.evaluate(async () => {
    if (!(await indexedDB.databases()).some(({ name }) => name === "usher")) return [];
    const done = (request) => new Promise((resolve, reject) => Object.assign(request, { onsuccess: () => resolve(request.result), onerror: reject }));
    const database = await done(indexedDB.open("usher"));
    const store = (name) => database.transaction(name).objectStore(name);
    const found = await done(store("letters").getAll());
    const key = await done(store("keys").get("letters"));
    database.close();
    return found.map(({ text, ...rest }) => ({
      bytes: String.fromCharCode(...new Uint8Array(text)),
      rest: JSON.stringify(rest),
      extractable: key.extractable,
    }));
  });
}
