// A real Usher for one test file: the built system on plain workerd, with data in a folder of its own, seeded with the
// demo workspace. Everything here waits for a condition; nothing sleeps.

import { spawn } from "node:child_process";
import { randomBytes, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { Agent, setGlobalDispatcher } from "undici";

// workerd ends a connection that nothing was asked on for five seconds, maybe in the moment in which something is. Ours end theirs before.
setGlobalDispatcher(new Agent({ keepAliveTimeout: 1_000, keepAliveMaxTimeout: 1_000 }));

const PATIENCE_MS = 60_000;

/** Starts Usher; `args` go to `cargo xtask serve`, `files` into its data, by name. Stop it with `await usher.stop()`. */
export async function startUsher({ args = [], files = {} } = {}) {
  const data = await mkdtemp(join(tmpdir(), "usher-test-"));
  for (const [name, text] of Object.entries(files)) await writeFile(join(data, name), text);
  const usher = new Usher(data, args);
  try {
    await usher.start();
  } catch (error) {
    usher.child.kill("SIGTERM");
    await rm(data, { recursive: true, force: true });
    throw error;
  }
  return usher;
}

export class Usher {
  constructor(data, args) {
    this.data = data;
    this.args = args;
    this.port = 0;
    this.partnerPort = 0;
  }

  /** Starts, or starts again on the same ports and data. */
  async start() {
    const [program, first] = process.env.USHER_XTASK ? [process.env.USHER_XTASK, []] : ["cargo", ["xtask"]];
    const ports = ["--port", String(this.port), "--partner-port", String(this.partnerPort)];
    this.child = spawn(program, [...first, "serve", "--release", "--data", this.data, ...ports, ...this.args], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    const output = [];
    const ready = new Promise((resolve, reject) => {
      createInterface({ input: this.child.stdout }).on("line", (line) => {
        output.push(line);
        if (line.startsWith("usher-ready ")) resolve(JSON.parse(line.slice("usher-ready ".length)));
      });
      createInterface({ input: this.child.stderr }).on("line", (line) => output.push(line));
      this.exited = new Promise((done) => this.child.on("exit", done));
      this.exited.then((code) => reject(new Error(`Usher ended (${code}) before it was ready:\n${output.join("\n")}`)));
      this.child.on("error", reject);
    });
    this.output = output;
    const info = await within(ready, "Usher is ready");
    this.origin = info.origin;
    this.partnerOrigin = info.partner_origin;
    this.signInUrl = info.sign_in_url;
    this.pid = info.pid;
    this.port = Number(new URL(info.origin).port);
    this.partnerPort = Number(new URL(info.partner_origin).port);
    this.token = (await readFile(info.operator_token_file, "utf8")).trim();
  }

  /** Ends workerd without a word, as a power cut would. */
  async kill9() {
    process.kill(this.pid, "SIGKILL");
    await within(this.exited, "Usher is gone");
  }

  async stop() {
    this.child.kill("SIGTERM");
    await within(this.exited, "Usher has stopped");
    await rm(this.data, { recursive: true, force: true });
  }

  fetch(path, options) {
    return fetch(new URL(path, this.origin), options);
  }

  async json(path, options) {
    const response = await this.fetch(path, options);
    return { status: response.status, headers: response.headers, body: await response.json() };
  }

  /** Sends a form as the widget does. */
  submit(form, body, { site = "pk_demo_platform", origin, headers = {} } = {}) {
    return this.json(`/v1/forms/${site}/${form}`, {
      method: "POST",
      headers: { "content-type": "text/plain", ...(origin ? { origin } : {}), ...headers },
      body: typeof body === "string" || body instanceof ReadableStream ? body : JSON.stringify(body),
      duplex: "half",
    });
  }

  /** What the operator may do. */
  operator(method, path, body, headers = {}) {
    return this.json(`/v1/operator/${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json", ...headers },
      body: JSON.stringify(body),
    });
  }

  /** Signs a member in, as the console does, and returns their calls. */
  async signIn(member = "mara", workspace = "demo") {
    const link = await this.operator("POST", `workspaces/${workspace}/sign-in-links`, { member });
    const token = link.body.url.split("#")[1];
    const response = await this.fetch("/v1/console/session", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (response.status !== 200) throw new Error(`sign-in failed: ${response.status} ${await response.text()}`);
    const cookie = response.headers.get("set-cookie").split(";")[0];
    return new Staff(this, cookie, await response.json());
  }

  /** Puts the clock forward by so many seconds, and does what is due then. Needs `--faults`. */
  async later(seconds, workspace = "demo") {
    const { status, body } = await this.json(`/__faults/desk/${workspace}/later/${Math.ceil(seconds * 1000)}`);
    if (status !== 200) throw new Error(`the clock stays: ${status} ${JSON.stringify(body)}`);
  }

  /** The rows of every table of a desk. Needs `--faults`. */
  async rows(workspace = "demo") {
    return (await this.json(`/__faults/desk/${workspace}/rows`)).body;
  }
}

/** A signed-in member. */
export class Staff {
  constructor(usher, cookie, session) {
    this.usher = usher;
    this.cookie = cookie;
    this.session = session;
  }

  call(path, { method = "GET", body } = {}) {
    return this.usher.json(`/v1/console/${path}`, {
      method,
      headers: { cookie: this.cookie, ...(body ? { "content-type": "application/json" } : {}) },
      body: body && JSON.stringify(body),
    });
  }

  async items(queue, query = "") {
    return (await this.call(`queues/${queue}/items${query}`)).body.items;
  }

  /** Every item of a queue, page by page. */
  async *allItems(queue, state = "open") {
    let after = "";
    do {
      const { body } = await this.call(`queues/${queue}/items?state=${state}${after && `&after=${encodeURIComponent(after)}`}`);
      yield* body.items;
      after = body.next ?? "";
    } while (after);
  }

  /** The same, as a list. */
  async wholeQueue(queue, state) {
    const rows = [];
    for await (const row of this.allItems(queue, state)) rows.push(row);
    return rows;
  }

  async item(id) {
    return (await this.call(`items/${id}`)).body;
  }

  /** The web socket of an open console, until it is destroyed. */
  async live() {
    const headers = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
    headers["sec-websocket-key"] = randomBytes(16).toString("base64");
    Object.assign(headers, { cookie: this.cookie, origin: this.usher.origin });
    const asked = request(`${this.usher.origin}/v1/console/live`, { headers }).end();
    const [, socket] = await within(once(asked, "upgrade"), "the console is connected");
    return socket;
  }

  act(id, act) {
    return this.call(`items/${id}/actions`, { method: "POST", body: act });
  }

  /** The item of a receipt, in full. */
  async itemOf(receipt) {
    for (const { id: queue } of this.session.queues) {
      for await (const row of this.allItems(queue)) {
        if (row.reference === receipt.reference) return this.item(row.id);
      }
    }
    throw new Error(`no queue holds ${receipt.reference}`);
  }
}

/** A good inquiry; `values` replace its own. */
export function inquiry(values = {}, rest = {}) {
  return {
    submission_id: randomUUID(),
    values: { name: "Ana Ruiz", email: `ana-${randomUUID()}@example.com`, message: "Which plan fits?", ...values },
    page: { url: "http://localhost/pricing/", title: "Pricing", referrer: "" },
    ...rest,
  };
}

export function trial(values = {}) {
  const email = `ben-${randomUUID()}@example.com`;
  return {
    submission_id: randomUUID(),
    values: { name: "Ben Okoye", email, course: "data-analysis", consent: "yes", ...values },
    page: { url: "http://localhost/trial/" },
  };
}

export function support(values = {}) {
  const email = `cy-${randomUUID()}@example.com`;
  return {
    submission_id: randomUUID(),
    values: { email, topic: "access", message: "I cannot open lesson three.", ...values },
    page: { url: "http://localhost/support/" },
  };
}

/** Waits for something that will happen, or fails saying what did not. */
export async function within(promise, what, ms = PATIENCE_MS) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not within ${ms} ms: ${what}`)), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Asks until the answer is right. */
export async function until(ask, what, ms = PATIENCE_MS) {
  const end = Date.now() + ms;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`not within ${ms} ms: ${what}`);
    await new Promise((resume) => setTimeout(resume, 50));
  }
}
