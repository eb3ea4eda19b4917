// What the rigs of this folder share: a server that can be killed and started again in an instant, a client that is fast
// enough to press it, and a receiver of webhooks that remembers.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, readlink } from "node:fs/promises";
import { Agent, createServer, request } from "node:http";

import { demoWorkspace } from "../support/hosts.mjs";
import { Usher, startUsher, within } from "../support/usher.mjs";

const SITE = "pk_demo_platform";
const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";

/** Usher on the demo workspace, with limits that a rig never meets. `data`: an own folder; `change`: more of the workspace. */
export async function openUsher({ atEnd, data, args = [], limits = {}, change = () => {} }) {
  const all = ["--faults", ...args];
  let usher;
  if (data) {
    usher = new Usher(data, all);
    await usher.start();
  } else {
    usher = await startUsher({ args: all });
  }
  const supervised = new Supervised(usher);
  atEnd(() => supervised.stop());
  await supervised.learn();
  const workspace = await demoWorkspace(usher);
  for (const site of workspace.sites) site.limits = { submissions_per_day: 1_000_000, per_address: 1_000_000, ...limits };
  change(workspace);
  const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
  if (status !== 200) throw new Error(`the workspace is refused: ${status} ${JSON.stringify(body)}`);
  return supervised;
}

/** A destination of the workspace: this receiver. */
export const destination = ({ port }) => ({ id: "rig", to: { webhook: { url: `http://127.0.0.1:${port}/hook`, secret: SECRET } } });

/** workerd, as whoever supervises it starts it: the same program with the same arguments, as soon as it is gone. */
class Supervised {
  constructor(usher) {
    this.usher = usher;
    this.child = null;
    this.output = [];
  }

  /** How it was started. */
  async learn() {
    const { pid } = this.usher;
    this.pid = pid;
    this.program = await readlink(`/proc/${pid}/exe`);
    this.args = (await readFile(`/proc/${pid}/cmdline`, "utf8")).split("\0").slice(1, -1);
  }

  /** Ends it without a word. */
  kill9() {
    process.kill(this.pid, "SIGKILL");
    return within(this.child ? this.gone : this.usher.exited, "it is gone");
  }

  /** Starts it again. Whether it is ready, it tells itself. */
  again() {
    this.child = spawn(this.program, this.args, { stdio: ["ignore", "ignore", "pipe"] });
    this.child.stderr.on("data", (data) => this.output.push(data));
    this.gone = once(this.child, "exit");
    this.pid = this.child.pid;
  }

  /** Waits until it is ready, asking every few milliseconds. */
  async ready(patience = 60_000) {
    const end = performance.now() + patience;
    while (!(await asks(this.usher.port, "/readyz"))) {
      if (performance.now() > end) throw new Error(`not ready within ${patience} ms: ${Buffer.concat(this.output).toString().slice(-2_000)}`);
      await new Promise((resume) => setTimeout(resume, 5));
    }
  }

  async stop() {
    if (this.child) {
      this.child.kill("SIGTERM");
      await within(this.gone, "workerd has stopped").catch(() => this.child.kill("SIGKILL"));
    }
    await this.usher.stop();
  }
}

function asks(port, path) {
  return new Promise((resolve) => {
    const asked = request({ host: "127.0.0.1", port, path, agent: false, timeout: 2_000 }, (response) => {
      response.resume().on("end", () => resolve(response.statusCode === 200));
    });
    asked.on("error", () => resolve(false)).on("timeout", () => asked.destroy());
    asked.end();
  });
}

/** Sends forms over connections that stay open. What has no answer rejects. */
export class Client {
  constructor(usher, connections = 64) {
    this.usher = usher;
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** `body`: an object, or text. Answers `{ status, headers, text, ms }`. */
  send(form, body, { site = SITE, headers = {}, path = `/v1/forms/${site}/${form}`, timeout = 30_000 } = {}) {
    const text = typeof body === "string" || Buffer.isBuffer(body) ? body : JSON.stringify(body);
    const started = performance.now();
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port: this.usher.port, method: "POST", path, agent: this.agent, timeout };
      options.headers = { "content-type": "text/plain", "content-length": Buffer.byteLength(text), ...headers };
      const sent = request(options, (response) => {
        const chunks = [];
        response.on("data", (chunk) => chunks.push(chunk)).on("error", reject);
        response.on("end", () => {
          const { statusCode: status, headers } = response;
          resolve({ status, headers, text: Buffer.concat(chunks).toString(), ms: performance.now() - started });
        });
        response.on("aborted", () => reject(new Error("the answer broke off")));
      });
      sent.on("error", reject).on("timeout", () => sent.destroy(new Error("no answer")));
      sent.end(text);
    });
  }

  close() {
    this.agent.destroy();
  }
}

/** A webhook receiver that takes everything, and remembers ids and references. */
export async function startReceiver(atEnd) {
  const receiver = { ids: new Set(), references: new Set(), times: 0, drop: () => false };
  const server = createServer(async (request, response) => {
    const chunks = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return; // The sender was killed.
    }
    const { data } = JSON.parse(Buffer.concat(chunks).toString());
    receiver.times += 1;
    if (!receiver.drop(receiver.times)) {
      receiver.ids.add(request.headers["webhook-id"]);
      receiver.references.add(data.reference);
    }
    response.writeHead(204).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  receiver.port = server.address().port;
  atEnd(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return receiver;
}

/** An inquiry whose ids follow from the seed. */
export function inquiryOf(random, values = {}) {
  const id = random.uuid();
  return {
    submission_id: id,
    values: { name: "Ana Ruiz", email: `ana-${id}@example.com`, message: "Which plan fits?", ...values },
    page: { url: "http://localhost/pricing/", title: "Pricing", referrer: "" },
  };
}

/** The sum of the numbers of an object. */
export const sum = (counts) => Object.values(counts).reduce((all, count) => all + count, 0);

/** How much of each is more than before; what has not changed is left out. */
export function grown(before, after) {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const more = names.map((name) => [name, (after[name] ?? 0) - (before[name] ?? 0)]);
  return Object.fromEntries(more.filter(([, count]) => count !== 0));
}

/** The fates that a desk has counted. */
export const fates = async (usher) => (await usher.json("/__faults/desk/demo/fates")).body;
