// Usher as operators run it: the package of `cargo xtask dist`, started by its own launcher.

import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { Usher, within } from "./usher.mjs";

const DIST = fileURLToPath(new URL("../../dist/", import.meta.url));

/** The launcher of the folder that `cargo xtask dist` made. */
export function launcher() {
  return made(join(DIST, "server/bin/usher.mjs"));
}

/** Makes the folder and the package anew, of what is built; for scripts that nobody made them for. */
export async function makeDist() {
  const [program, first] = process.env.USHER_XTASK ? [process.env.USHER_XTASK, []] : ["cargo", ["xtask"]];
  const { code, stderr } = await run(program, [...first, "dist"], { cwd: join(DIST, "..") });
  if (code !== 0) throw new Error(stderr);
}

/** The package for npm. */
export async function tarball() {
  const names = existsSync(DIST) ? await readdir(DIST) : [];
  return made(join(DIST, names.find((name) => /^usher-server-.*\.tgz$/.test(name)) ?? "usher-server.tgz"));
}

function made(path) {
  if (existsSync(path)) return path;
  throw new Error(`${path} is missing: run \`cargo xtask dist\` first`);
}

export function temporaryFolder(name = "usher-package-") {
  return mkdtemp(join(tmpdir(), name));
}

/** Runs a program to its end: its exit code, and what it said. */
export async function run(program, words, options = {}) {
  const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], ...options });
  const said = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"]) child[stream].setEncoding("utf8").on("data", (text) => (said[stream] += text));
  const code = await new Promise((resolve, reject) => {
    child.once("close", resolve);
    child.once("error", reject);
  });
  return { code, ...said };
}

/** An Usher that its launcher runs. `command` is how the launcher is called: `[program, ...words]`. */
export class Packaged extends Usher {
  constructor(data, { command = [process.execPath, launcher()], options = {}, args = [] } = {}) {
    super(data, args);
    Object.assign(this, { command, options });
    this.output = [];
  }

  /** One of the launcher's commands, on our data: its exit code, and what it said. */
  usher(...words) {
    const [program, ...first] = this.command;
    return run(program, [...first, ...words, "--data", this.data], this.options);
  }

  async start() {
    const [program, ...first] = this.command;
    const words = [...first, "start", "--data", this.data, "--port", String(this.port), ...this.args];
    this.child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], ...this.options });
    const ready = new Promise((resolve, reject) => {
      createInterface({ input: this.child.stdout }).on("line", (line) => {
        this.output.push(line);
        if (line.startsWith("usher-ready ")) resolve(JSON.parse(line.slice("usher-ready ".length)));
      });
      createInterface({ input: this.child.stderr }).on("line", (line) => this.output.push(line));
      this.exited = new Promise((done) => this.child.once("close", done));
      this.exited.then((code) => reject(new Error(`Usher ended (${code}) before it was ready:\n${this.output.join("\n")}`)));
      this.child.once("error", reject);
    });
    const info = await within(ready, "Usher is ready");
    this.origin = info.origin;
    this.port = Number(new URL(info.origin).port);
    this.launcherPid = info.pid;
    await this.learn();
  }

  /** Who runs now, and with which token. */
  async learn() {
    const note = JSON.parse(await readFile(join(this.data, "running.json"), "utf8"));
    this.pid = note.workerd.pid;
    this.token = await readFile(join(this.data, "operator-token"), "utf8");
  }

  /** Ends launcher and workerd without a word, as a power cut would. */
  async kill9() {
    for (const pid of [this.launcherPid, this.pid]) process.kill(pid, "SIGKILL");
    await within(this.exited, "Usher is gone");
  }

  /** Stops it and leaves its data. */
  async halt() {
    process.kill(this.launcherPid, "SIGTERM");
    return within(this.exited, "Usher has stopped");
  }

  async stop() {
    if (this.child?.exitCode === null && this.child.signalCode === null) await this.halt();
    await rm(this.data, { recursive: true, force: true });
  }
}
