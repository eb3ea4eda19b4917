// R10: three times as much as Usher can take, for a minute. What it takes is at least 80 % of its best rate and comes back within a
// second, the rest is told to come again (429 or 503 with Retry-After), and nothing that was acknowledged is lost.
//
// Offered is by the clock, whatever comes back: senders do not slow down because Usher does. Its best rate is measured right before and
// right after, and is the mean of that: a machine that others use too is not as fast in one minute as in the next. In short, seconds of
// the one and of the other take turns.

import { dice, lanes, promise, quantile } from "../support/promise.mjs";
import { Client, grown, inquiryOf, openUsher } from "../faults/rig.mjs";

/** Enough at once to find its best rate. */
const BUSY = 32;
/** How long it works before its best is measured, in seconds: until then the runtime compiles what it runs, and its best would be none. */
const [COLD, COLD_SHORT] = [30, 5];
const TIMES = 3;
/** How long it takes until as many wait as may, in seconds: until then nobody is answered, and nothing is counted. */
const FILLS = 0.3;
const TICK_MS = 10;
/** As many connections as wrk -c256; who finds none free waits, and that counts as their time. */
const CONNECTIONS = 256;

await promise("R10", run, { controls: ["counts-what-is-refused"] });

async function run({ full, patience, seed, control, note, atEnd }) {
  const [rounds, best, loaded] = full ? [1, 10, 60] : [4, 1.5, 3];
  const usher = await openUsher({ atEnd });
  const roll = dice(seed);
  const client = new Client(usher.usher, CONNECTIONS);
  atEnd(() => client.close());
  const before = await usher.usher.rows();
  const taken = [];

  /** Says how many it took a second. */
  const busy = async (seconds) => {
    const end = performance.now() + seconds * 1_000;
    let good = 0;
    await lanes(Infinity, BUSY, async () => {
      if (performance.now() > end) throw new Error("over");
      const form = inquiryOf(roll);
      if ((await client.send("inquiry", form)).status !== 200) return;
      taken.push(form);
      if (performance.now() <= end) good += 1;
    }).catch((error) => {
      if (error.message !== "over") throw error;
    });
    return good / seconds;
  };
  const [times, refused, wrong, pending] = [[], { 429: 0, 503: 0 }, {}, new Set()];
  const send = (done) => {
    const form = inquiryOf(roll);
    const at = performance.now();
    const answer = client.send("inquiry", form, { timeout: 120_000 }).then(
      ({ status, headers }) => {
        if (status === 200) {
          taken.push(form);
          times.push(performance.now() - at);
          done();
        } else if (status in refused && Number(headers["retry-after"]) > 0) refused[status] += 1;
        else wrong[status] = (wrong[status] ?? 0) + 1;
      },
      (error) => (wrong[error.code ?? error.message] = (wrong[error.code ?? error.message] ?? 0) + 1),
    );
    pending.add(answer);
    answer.finally(() => pending.delete(answer));
  };
  /** Says how many were sent a second, and how many of them it took. */
  const overloaded = async (seconds, offered) => {
    const started = performance.now();
    const now = () => (performance.now() - started) / 1_000;
    let [sent, good] = [0, 0];
    while (now() < seconds) {
      const due = now() * offered;
      for (; sent < due; sent += 1) send(() => (good += now() > FILLS && now() < seconds ? 1 : 0));
      await new Promise((resume) => setTimeout(resume, TICK_MS));
    }
    await Promise.all(pending);
    return [sent / seconds, good / (seconds - FILLS)];
  };
  await busy(full ? COLD : COLD_SHORT);
  const [bests, sents, rates] = [[await busy(best)], [], []];
  for (let round = 0; round < rounds; round += 1) {
    const [sent, rate] = await overloaded(loaded, bests.at(-1) * TIMES);
    sents.push(sent);
    rates.push(rate);
    bests.push(await busy(best));
    note(`its best: ${bests.at(-2).toFixed(0)} a second; of ${sent.toFixed(0)}: ${rate.toFixed(0)}`);
  }
  const [peak, reached, rate] = [bests, sents, rates].map((all) => all.reduce((sum, one) => sum + one, 0) / all.length);
  const p99 = quantile(times, 0.99) ?? Infinity;
  const rows = grown(before, await usher.usher.rows());
  const lost = taken.length + (control ? refused[503] + 1 : 0) - (rows.submission ?? 0);
  const wrongs = Object.values(wrong).reduce((all, count) => all + count, 0);
  return {
    met: rate >= 0.8 * peak && p99 <= 1_000 * patience && wrongs === 0 && lost === 0,
    figure:
      `best ${peak.toFixed(0)} a second; offered ${reached.toFixed(0)} for ${rounds > 1 ? `${rounds} times ` : ""}${loaded} s: ${rate.toFixed(0)} taken ` +
      `(${((rate / peak) * 100).toFixed(0)} %), p99 ${p99.toFixed(0)} ms, ${refused[429]} told 429 and ${refused[503]} told 503, ` +
      `${wrongs} anything else${wrongs ? ` ${JSON.stringify(wrong)}` : ""}, ${lost} lost`,
  };
}
