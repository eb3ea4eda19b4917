// R9: of two Usher on the same data the second refuses to start, however they are begun and ended.
//
//   node tests/faults/r09-lock.mjs [--full] [--seed N] [--control apart]
//
// Two things are counted. While an Usher runs, every further start is refused. And where nobody runs, or whoever ran was just
// killed and left its workerd behind, several starts at once end with one that runs. There a stand-in takes workerd's place (the
// rig is about the lock, and a race is over before workerd has read its configuration): all of them listen on one port, which
// the kernel gives to one process at a time, and write down when it is another's. The control gives each start a folder of its
// own to lock, so that nothing keeps them apart.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Packaged, launcher, run, temporaryFolder } from "../support/package.mjs";
import { lanes, promise } from "../support/promise.mjs";

/** What takes workerd's place: it answers `/readyz`, at the port of the rig, or elsewhere where another has that. */
const STAND_IN = `#!${process.execPath}
const { appendFileSync, writeSync } = require("node:fs");
const server = require("node:http").createServer((request, response) => response.end());
server.on("listening", () => writeSync(3, JSON.stringify({ event: "listen", socket: "http", port: server.address().port }) + "\\n"));
server.once("error", () => {
  appendFileSync(process.env.RIG_BROKEN, process.pid + "\\n");
  server.listen(0, "127.0.0.1");
});
server.listen(Number(process.env.RIG_PORT), "127.0.0.1");
process.on("SIGTERM", () => process.exit(0));
`;

await promise(
  "R9",
  async ({ full, random, control, note, atEnd }) => {
    const home = await temporaryFolder("usher-r09-");
    atEnd(() => rm(home, { recursive: true, force: true }));
    const refusals = await seconds({ home, count: full ? 100 : 20, note, atEnd });
    const races = await raced({ home, count: full ? 100 : 15, random, control, note });
    const figure = `${refusals.refused}/${refusals.asked} second starts refused; ${races.single}/${races.count} races of ${races.each} starts ended with one that runs, ${races.broken} times two ran`;
    return { met: refusals.refused === refusals.asked && races.single === races.count && races.broken === 0, figure };
  },
  { controls: ["apart"] },
);

/** Starts beside one that runs, with real workerd. */
async function seconds({ home, count, note, atEnd }) {
  const first = new Packaged(join(home, "first"));
  atEnd(() => first.stop());
  await first.start();
  let refused = 0;
  await lanes(count, 2, async () => {
    const { code, stderr } = await first.usher("start", "--port", "0");
    if (code === 1 && stderr.includes("another Usher already runs")) refused += 1;
  });
  const answers = (await first.fetch("/readyz")).status === 200;
  note(`${refused} of ${count} second starts were refused, and the first ${answers ? "answers" : "no longer answers"}`);
  return { asked: count, refused: answers ? refused : 0 };
}

/** Starts at once, over and over on the same data; whoever wins is stopped or killed in one of three ways. */
async function raced({ home, count, random, control, note }) {
  const standIn = join(home, "stand-in.cjs");
  await writeFile(standIn, STAND_IN);
  await chmod(standIn, 0o755);
  const broken = join(home, "broken");
  const environment = { ...process.env, RIG_BROKEN: broken, RIG_PORT: String(await freePort()) };
  const each = 3;
  let single = 0;
  for (let race = 1; race <= count; race += 1) {
    const folders = Array.from({ length: each }, (_, at) => join(home, control === "apart" ? `raced-${at}` : "raced"));
    const starts = folders.map((folder) => begin(folder, standIn, environment));
    const results = await Promise.all(starts.map(({ result }) => result));
    const winners = starts.filter((_, at) => results[at].ready);
    if (winners.length === 1) single += 1;
    else note(`race ${race}: ${winners.length} run; the others said ${results.map(({ said }) => said).filter(Boolean).join(" | ") || "nothing"}`);
    const how = race === count ? "stop" : random.pick(["stop", "kill the launcher", "kill both"]);
    for (const winner of winners) await end(winner, how);
  }
  const twice = (await readFile(broken, "utf8").catch(() => "")).split("\n").filter(Boolean).length;
  note(`${single} of ${count} races had one winner; two ran at once ${twice} times`);
  return { count, each, single, broken: twice };
}

/** One start; its result is known once it is ready, or has ended. */
function begin(data, standIn, env) {
  const child = spawn(process.execPath, [launcher(), "start", "--data", data, "--port", "0", "--workerd", standIn], {
    stdio: ["ignore", "pipe", "pipe"],
    env,
  });
  const said = [];
  createInterface({ input: child.stderr }).on("line", (line) => said.push(line));
  const ready = new Promise((resolve) => {
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("usher-ready ")) resolve({ ready: JSON.parse(line.slice("usher-ready ".length)) });
    });
  });
  const ended = once(child, "close").then(([code]) => ({ said: `${said.at(-1)} (${code})` }));
  return { child, ended, result: Promise.race([ready, ended]) };
}

async function end({ child, ended, result }, how) {
  const { ready } = await result;
  if (how === "stop") child.kill("SIGTERM");
  else child.kill("SIGKILL");
  if (how === "kill both") process.kill(ready.workerd_pid, "SIGKILL");
  // What is left behind holds the pipes that it shares with its launcher, so the launcher's own end is waited for.
  if (how === "stop") await ended;
  else if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}

/** A port that nothing listens on at this moment. */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}
