// Of two Usher on the same data the second refuses to start, however they are begun and ended (R9, by the launcher of the package;
// `cargo xtask faults R9` has the same of `cargo xtask serve`).
//
// While one runs, every further start is refused. And where nobody runs, or whoever ran was just killed and left its workerd
// behind, several starts at once end with one that runs. There a stand-in takes workerd's place (this is about the lock, and a
// race is over before workerd has read its configuration): all of them listen on one port, which the kernel gives to one process
// at a time, and write down when it is another's. That this is noticed is shown by starts that lock a folder each.
//
// USHER_RACE=full has a hundred of each; USHER_SEED chooses another order of ends.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { Packaged, launcher, temporaryFolder } from "../support/package.mjs";
import { dice, lanes } from "../support/promise.mjs";

const COUNT = process.env.USHER_RACE === "full" ? 100 : 12;
/** So many starts at once. */
const EACH = 3;
const SEED = Number(process.env.USHER_SEED ?? Math.floor(Math.random() * 2 ** 32));

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

let home;
before(async () => {
  console.log(`# seed ${SEED}`);
  home = await temporaryFolder("usher-lock-");
  await writeFile(standIn(), STAND_IN);
  await chmod(standIn(), 0o755);
});
after(() => rm(home, { recursive: true, force: true }));

function standIn() {
  return join(home, "stand-in.cjs");
}

test("while one runs, every other start is refused", async (context) => {
  const first = new Packaged(join(home, "first"));
  context.after(() => first.stop());
  await first.start();
  await lanes(COUNT, 2, async () => {
    const { code, stderr } = await first.usher("start", "--port", "0");
    assert.equal(code, 1);
    assert.match(stderr, /another Usher already runs on the data/);
  });
  assert.equal((await first.fetch("/readyz")).status, 200);
});

test("of several starts at once one runs, whatever became of the one before", async () => {
  const { winners, twice } = await race(COUNT, () => join(home, "raced"));
  assert.deepEqual(winners, Array(COUNT).fill(1));
  assert.equal(twice, 0, "times two ran");
});

test("two that run at once are noticed", async () => {
  const { winners, twice } = await race(2, (at) => join(home, `apart-${at}`));
  assert.deepEqual(winners, [EACH, EACH]);
  assert.ok(twice >= 2 * (EACH - 1), `${twice} times`);
});

/** Starts at once, over and over; whoever wins is stopped or killed in one of three ways. How many won each, and how often two ran. */
async function race(count, folderOf) {
  const random = dice(SEED);
  const broken = join(home, `broken-${count}`);
  const environment = { ...process.env, RIG_BROKEN: broken, RIG_PORT: String(await freePort()) };
  const winners = [];
  for (let race = 1; race <= count; race += 1) {
    const starts = Array.from({ length: EACH }, (_, at) => begin(folderOf(at), environment));
    const results = await Promise.all(starts.map(({ result }) => result));
    const won = starts.filter((_, at) => results[at].ready);
    winners.push(won.length);
    const how = race === count ? "stop" : random.pick(["stop", "kill the launcher", "kill both"]);
    for (const winner of won) await end(winner, how);
  }
  const lines = await readFile(broken, "utf8").catch(() => "");
  return { winners, twice: lines.split("\n").filter(Boolean).length };
}

/** One start; its result is known once it is ready, or has ended. */
function begin(data, env) {
  const child = spawn(process.execPath, [launcher(), "start", "--data", data, "--port", "0", "--workerd", standIn()], {
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
