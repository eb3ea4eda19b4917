// `usher start`: takes the data folder, starts workerd, waits until it takes submissions, and starts it again whenever it
// ends by itself. SIGTERM, SIGINT and SIGHUP stop it; SIGUSR2 starts workerd anew, with the settings and secrets of now.

import { setTimeout as pause } from "node:timers/promises";
import { ensureToken, makeData, tokenFile } from "./data.mjs";
import { seedDemo } from "./demo.mjs";
import { takeLock } from "./lock.mjs";
import { dropNote, writeNote } from "./note.mjs";
import { VERSION, WORKERD_VERSION, workerdProgram } from "./package.mjs";
import { identify } from "./processes.mjs";
import { Refusal } from "./refusal.mjs";
import { say } from "./say.mjs";
import { Workerd, addressOf, consoleOf } from "./workerd.mjs";

/** How long before another try, after so many that never came to be ready. The first comes at once. */
const BACKOFF_MS = [0, 250, 500, 1_000, 2_000, 5_000, 10_000];

export async function start(settings) {
  const program = workerdProgram(settings);
  const folder = makeData(settings.data);
  const lock = await takeLock(folder);
  ensureToken(folder);
  return new Launcher(program, settings, lock).run();
}

class Launcher {
  constructor(program, settings, lock) {
    Object.assign(this, { program, settings, lock, isUp: false, stopping: false, renewing: false });
  }

  async run() {
    for (const name of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(name, () => this.stop());
    process.on("SIGUSR2", () => this.renew());
    try {
      // Whatever is wrong with the first start is there to stay: said, and not tried again.
      if (await this.once()) {
        await this.announce();
        await this.keepUp();
      }
    } finally {
      await this.workerd?.stop();
      dropNote(this.settings.data);
    }
    return 0;
  }

  /** Starts it again as often as it ends, until we are asked to stop. */
  async keepUp() {
    let failures = 0;
    while (!this.stopping) {
      const how = await this.workerd.ended;
      if (this.stopping) return;
      if (!this.renewing && failures === 0) say("workerd_ended", `workerd ended (${how}) and is started again`, { how });
      this.renewing = false;
      await pause(BACKOFF_MS[Math.min(failures, BACKOFF_MS.length - 1)]);
      failures = await this.again(failures);
    }
  }

  /** A start until it is ready; says whether it is, and not stopped meanwhile. */
  async once() {
    if (this.stopping) return false;
    this.isUp = false;
    this.workerd = new Workerd(this.program, this.settings, this.lock);
    this.note();
    try {
      await this.workerd.ready();
    } catch (error) {
      await this.workerd.stop();
      if (this.stopping) return false;
      throw error;
    }
    this.settings.port = this.workerd.port;
    this.note();
    this.isUp = true;
    if (this.renewing) this.workerd.stop();
    return true;
  }

  /** Another start; returns how many in a row have failed by now. */
  async again(failures) {
    try {
      if (await this.once()) say("workerd_ready", "workerd is ready again", { pid: this.workerd.pid });
      return 0;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      say("workerd_failed", error.message);
      return failures + 1;
    }
  }

  stop() {
    this.stopping = true;
    this.workerd?.stop();
  }

  /** Where it is just starting, what it was asked to know anew may have come too late: then once it is up. */
  renew() {
    if (this.stopping || this.renewing) return;
    this.renewing = true;
    say("workerd_renewed", "workerd is started anew, as asked");
    if (this.isUp) this.workerd.stop();
  }

  note() {
    const { data, host, port, url, "console-url": console } = this.settings;
    const workerd = this.workerd.pid && identify(this.workerd.pid);
    writeNote(data, { launcher: identify(process.pid), workerd, host, port, url, console, usher: VERSION, workerd_version: WORKERD_VERSION });
  }

  async announce() {
    const { data, demo } = this.settings;
    const address = addressOf(this.settings);
    const links = demo ? [`  sign in  ${await seedDemo(this.settings, consoleOf(this.settings, address))}`] : [];
    console.log(["", `  Usher ${VERSION} is ready`, `  console  ${consoleOf(this.settings, address)}/console/`, ...links, `  data     ${data}`, ""].join("\n"));
    // The same for programs, in one line.
    const ready = { origin: address, data, operator_token_file: tokenFile(data), pid: process.pid, workerd_pid: this.workerd.pid };
    if (!process.stdout.isTTY) console.log(`usher-ready ${JSON.stringify(ready)}`);
  }
}
