// R9: a second process on the same data refuses to start, as long as workerd runs on it, even where whatever started it is gone.

import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { promise, lanes } from "../support/promise.mjs";
import { until } from "../support/usher.mjs";
import { inquiryOf, openUsher, Client } from "./rig.mjs";

/** The second one waits three seconds for the first to be gone: many wait at once. */
const AT_ONCE = 10;

await promise("R9", run, { controls: ["other-data"] });

async function run({ full, random, control, note, atEnd }) {
  const tries = full ? 100 : 10;
  const usher = await openUsher({ atEnd });
  const client = new Client(usher.usher);
  atEnd(() => client.close());
  const other = await mkdtemp(join(tmpdir(), "usher-second-"));
  atEnd(() => rm(other, { recursive: true, force: true }));
  const data = () => (control ? join(other, random.uuid()) : usher.usher.data);

  atEnd(() => isThere(usher.pid) && process.kill(usher.pid, "SIGTERM"));
  // What started it is gone without a word: workerd itself holds the lock.
  usher.usher.child.kill("SIGKILL");
  await usher.usher.exited;
  let [refused, unclear] = [0, ""];
  await lanes(control ? 1 : tries, AT_ONCE, async () => {
    const { code, said } = await second(data());
    if (code !== 0 && said.includes("another Usher already runs")) refused += 1;
    else unclear = code === "ready" ? "one started" : `one said: ${said.trim().split("\n").at(-1)}`;
  });
  const { status } = await client.send("inquiry", inquiryOf(random));
  note(`the first one answers ${status}`);
  process.kill(usher.pid, "SIGTERM");
  await until(() => !isThere(usher.pid), "the first one is gone");
  const freed = await second(usher.usher.data);
  note(`once it is gone, the next one ${freed.code === "ready" ? "starts" : `does not start: ${freed.said}`}`);
  return {
    met: refused === tries && status === 200 && freed.code === "ready",
    figure:
      `${refused} of ${tries} refused${unclear && `, ${unclear}`}; the first one answers ${status}; ` +
      `freed when it ends: ${freed.code === "ready" ? "yes" : "no"}`,
  };
}

/** Starts Usher on this data; how it ended, or that it was ready, and what it said. */
function second(data) {
  const [program, first] = process.env.USHER_XTASK ? [process.env.USHER_XTASK, []] : ["cargo", ["xtask"]];
  const child = spawn(program, [...first, "serve", "--release", "--data", data, "--port", "0", "--partner-port", "0"]);
  let [said, code] = ["", null];
  const hear = (text) => {
    said += text;
    if (said.includes("usher-ready ") && code === null) {
      code = "ready";
      child.kill("SIGTERM");
    }
  };
  child.stdout.on("data", hear);
  child.stderr.on("data", hear);
  return new Promise((resolve) => child.on("exit", (exit) => resolve({ code: code ?? exit, said })));
}

function isThere(pid) {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
