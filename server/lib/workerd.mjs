// One run of workerd: its configuration, its start until it answers, and its end.

import { spawn } from "node:child_process";
import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { setTimeout as pause } from "node:timers/promises";
import { secretFiles, storageOf, tokenFile } from "./data.mjs";
import { HERE, template } from "./package.mjs";
import { Refusal } from "./refusal.mjs";

/** How long a start may take. It is a fraction of a second, unless the machine is very busy. */
const START_MS = 60_000;
/** How long workerd has to finish the requests in flight. It waits for the web sockets of open consoles too, which end only with
 * it; nothing that was acknowledged is lost by ending it sooner. */
const GRACE_MS = 2_000;

/** Addresses that only this machine reaches. */
export const LOOPBACK = /^(127\.|::1$|localhost$)/;

export class Workerd {
  /** Starts it on a data folder whose lock, an open file, it is handed. */
  constructor(program, settings, lock) {
    const config = writeConfig(settings);
    // Absolute paths in the configuration are looked up from the root. It says on 3 where it listens.
    const words = ["serve", "--import-path=/", "--control-fd=3", config];
    // Standard output is the launcher's; what the Worker logs goes beside it.
    this.child = spawn(program, words, { cwd: HERE, stdio: [lock, 2, 2, "pipe"] });
    this.host = settings.host;
    this.ended = new Promise((done) => {
      this.child.once("exit", (code, signal) => done(signal ?? `code ${code}`));
      this.child.once("error", (error) => done(error.message));
    });
    this.ended.then((how) => (this.end = how));
    createInterface({ input: this.child.stdio[3] }).on("line", (line) => {
      const { event, port } = JSON.parse(line);
      if (event === "listen") this.port = port;
    });
  }

  get pid() {
    return this.child.pid;
  }

  /** Waits until it can take a submission. */
  async ready() {
    const start = Date.now();
    let answer = "no answer yet";
    while (Date.now() - start < START_MS) {
      if (this.end) throw new Refusal(`workerd ended while starting (${this.end}); its message is above`);
      if (this.port) {
        answer = await statusOf(`${originOf(this.host, this.port)}/readyz`);
        if (answer === 200) return;
      }
      await pause(25);
    }
    throw new Refusal(`workerd was not ready after ${START_MS / 1000} seconds; the last answer of /readyz was ${answer}`);
  }

  /** Asks it to finish, and ends it when that takes too long. */
  async stop() {
    this.child.kill("SIGTERM");
    const late = setTimeout(() => this.child.kill("SIGKILL"), GRACE_MS);
    await this.ended;
    clearTimeout(late);
  }
}

/** Where to reach it from this machine. */
export function originOf(host, port) {
  const here = { "0.0.0.0": "127.0.0.1", "::": "[::1]" }[host] ?? (host.includes(":") ? `[${host}]` : host);
  return `http://${here}:${port}`;
}

/** What browsers call it: as the operator said; else by the name under which a sign-in works without TLS. */
export function addressOf({ url, host, port }) {
  return url ?? (LOOPBACK.test(host) ? `http://localhost:${port}` : originOf(host, port));
}

/** What browsers call the console: a host of its own, where it has one. */
export function consoleOf(settings, address) {
  return settings["console-url"] ?? address;
}

/** The status of a GET, or why there is none. */
export async function statusOf(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(5_000) });
    await response.arrayBuffer();
    return response.status;
  } catch (error) {
    return error.cause?.code ?? error.message;
  }
}

function writeConfig(settings) {
  const folder = settings.data;
  const bindings = Object.entries(settings.bindings).map(([name, value]) => `(name = ${quoted(name)}, text = ${quoted(value)}),`);
  for (const [name, file] of secretFiles(folder)) bindings.push(`(name = ${quoted(name)}, text = embed ${quoted(file)}),`);
  const host = settings.host.includes(":") ? `[${settings.host}]` : settings.host;
  const text = filled({
    WORKER: join(HERE, "worker"),
    STATIC_WORKER: join(HERE, "worker/static.js"),
    PUBLIC: join(HERE, "public"),
    STORAGE: storageOf(folder),
    OPERATOR_TOKEN: tokenFile(folder),
    ADDRESS: `${host}:${settings.port}`,
  })
    .replace("__REACH__", settings["allow-private-destinations"] ? '["public", "private"]' : '["public"]')
    .replace("__SETTINGS__", () => bindings.map((line) => `\n    ${line}`).join(""));
  const file = join(folder, "workerd.capnp");
  writeFileSync(file, text, { mode: 0o600 });
  chmodSync(file, 0o600);
  return file;
}

/** The configuration with its paths and its address. Each blank stands in quotes. */
function filled(blanks) {
  return template().replace(/__(WORKER|STATIC_WORKER|PUBLIC|STORAGE|OPERATOR_TOKEN|ADDRESS)__/g, (_, name) => quoted(blanks[name]).slice(1, -1));
}

function quoted(text) {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}
