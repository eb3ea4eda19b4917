// R21: two hours at half of its capacity. The memory that workerd holds grows by at most a tenth once it is warm, no write-ahead log is
// beyond 64 MB, and the slowest hundredth of the answers takes no longer at the end than at the beginning, but for a fifth.
// What it stores takes some kilobytes a submission: several gigabytes in all.

import { readFile, readdir, stat } from "node:fs/promises";
import { join } from "node:path";

import { dice, lanes, promise, quantile } from "../support/promise.mjs";
import { Client, inquiryOf, openUsher } from "../faults/rig.mjs";

/** `USHER_SOAK_S` says otherwise, for a figure that says so. */
const TWO_HOURS_S = 7_200;
const BUSY = 32;
const TICK_MS = 10;
const MB = 1024 * 1024;
const MOST_GROWTH = 0.1;
const MOST_WAL = 64 * MB;
const MOST_DRIFT = 0.2;
/** One site takes a million submissions a day at most. */
const SITES = 5;
/** How often the logs are measured, in milliseconds. */
const LOOK_MS = 500;

await promise("R21", run, { controls: ["a-log-of-nothing"] });

async function run({ full, seed, control, note, atEnd }) {
  // The short form is over before anything could grow or drift: it shows that the rig works, and bounds only the log.
  const [warm, soak, parts] = full ? [60, Number(process.env.USHER_SOAK_S ?? TWO_HOURS_S), 8] : [3, 9, 3];
  const keys = Array.from({ length: SITES }, (_, at) => `pk_soak_${at}`);
  const change = ({ sites }) => sites.push(...keys.map((key) => ({ ...sites[0], id: key, key, prompts: [] })));
  const usher = await openUsher({ atEnd, change });
  const client = new Client(usher.usher, 256);
  atEnd(() => client.close());
  const roll = dice(seed);
  const send = () => client.send("inquiry", inquiryOf(roll), { site: roll.pick(keys) });
  let answered = 0;
  const end = performance.now() + warm * 1_000;
  await lanes(Infinity, BUSY, async () => {
    if (performance.now() > end) throw new Error("over");
    if ((await send()).status === 200) answered += 1;
  }).catch((error) => {
    if (error.message !== "over") throw error;
  });
  const half = answered / warm / 2;
  note(`its capacity: ${(2 * half).toFixed(0)} a second; half of it for ${soak} s`);

  const [memory, p99, pending, failures] = [[await memoryOf(usher.pid)], [], new Set(), new Map()];
  let [wal, sent, looked] = [0, 0, 0];
  const fail = (why) => failures.set(why, (failures.get(why) ?? 0) + 1);
  const started = performance.now();
  for (let part = 0; part < parts; part++) {
    const times = [];
    const partEnd = started + ((part + 1) * soak * 1_000) / parts;
    while (performance.now() < partEnd) {
      const due = ((performance.now() - started) / 1_000) * half;
      for (; sent < due; sent++) {
        const answer = send().then(
          ({ status, ms }) => (status === 200 ? times.push(ms) : fail(status)),
          (error) => fail(error.code ?? error.message),
        );
        pending.add(answer);
        answer.finally(() => pending.delete(answer));
      }
      if (performance.now() - looked > LOOK_MS) {
        looked = performance.now();
        wal = Math.max(wal, await largestLog(join(usher.usher.data, "storage")));
      }
      await new Promise((resume) => setTimeout(resume, TICK_MS));
    }
    p99.push(quantile(times, 0.99));
    memory.push(await memoryOf(usher.pid));
    note(
      `part ${part + 1} of ${parts}: p99 ${p99.at(-1).toFixed(1)} ms, ${(memory.at(-1) / MB).toFixed(0)} MB, ` +
        `log ${(wal / MB).toFixed(1)} MB, failed so far: ${shown(failures)}`,
    );
  }
  await Promise.all(pending);
  if (control) wal = 0;
  const [growth, drift] = [memory.at(-1) / memory[0] - 1, p99.at(-1) / p99[0] - 1];
  const percent = (part) => `${(part * 100).toFixed(0)} %`;
  const steady = growth <= MOST_GROWTH && drift <= MOST_DRIFT;
  return {
    met: failures.size === 0 && wal > 0 && wal <= MOST_WAL && (steady || !full) && (!full || soak >= TWO_HOURS_S),
    figure:
      `${soak} s at ${half.toFixed(0)} a second, ${sent} sent, failed: ${shown(failures)}; ` +
      `memory ${(memory[0] / MB).toFixed(0)} to ${(memory.at(-1) / MB).toFixed(0)} MB (${percent(growth)}), largest log ${(wal / MB).toFixed(1)} MB, p99 ${p99[0].toFixed(1)} to ${p99.at(-1).toFixed(1)} ms (${percent(drift)})`,
  };
}

/** How often what went wrong: `12 of 503, 1 of ECONNRESET`. */
function shown(failures) {
  return [...failures].map(([why, count]) => `${count} of ${why}`).join(", ") || "0";
}

/** The memory that a process holds, in bytes. */
async function memoryOf(pid) {
  const [, kb] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8"));
  return Number(kb) * 1024;
}

/** The size of the largest write-ahead log below a folder. */
async function largestLog(folder) {
  const files = await readdir(folder, { recursive: true });
  const sizes = files.filter((file) => file.endsWith("-wal")).map((file) => stat(join(folder, file)).then(({ size }) => size, () => 0));
  return Math.max(0, ...(await Promise.all(sizes)));
}
