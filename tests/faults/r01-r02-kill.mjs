// R1: workerd is killed again and again while eight clients send, each the same form until it is acknowledged. Then nothing
// that was acknowledged is lost, nothing is there twice, and every webhook has arrived. R2: how soon it is healthy again.
//
// Whoever supervises workerd starts it as soon as it is gone; that is what this rig does as well, so R2 is the time of
// workerd and Usher alone.

import { promise, dice, lanes, quantile } from "../support/promise.mjs";
import { until } from "../support/usher.mjs";
import { Client, destination, grown, inquiryOf, openUsher, startReceiver } from "./rig.mjs";

const CLIENTS = 8;
/** It acknowledges fewer than this before it is killed again, within so many milliseconds more. */
const MOST_TAKEN = 60;
const MORE_MS = 20;
/** The outbox will not be drained any more when nothing came for so long; where that is what a control is about, sooner. */
const [STALLED_MS, CONTROL_STALLED_MS] = [30_000, 3_000];

const CONTROLS = ["acknowledged-early", "deaf-receiver"];

await promise("R1", run, { controls: CONTROLS });

async function run({ full, patience, seed, random, control, note, atEnd }) {
  const kills = full ? 1_000 : 8;
  const receiver = await startReceiver(atEnd);
  if (control === "deaf-receiver") receiver.drop = (times) => times % 50 === 0;
  const change = (workspace) => (workspace.destinations = [destination(receiver)]);
  const usher = await openUsher({ atEnd, args: ["--allow-private-destinations"], change });
  const before = await usher.usher.rows();
  const client = new Client(usher.usher, CLIENTS);
  atEnd(() => client.close());

  const taken = new Map();
  const refused = new Map();
  let [up, over, tell] = [Promise.resolve(), false, () => {}];
  const sends = async (lane) => {
    const roll = dice(seed + lane);
    while (!over) {
      const form = inquiryOf(roll);
      for (;;) {
        await up;
        try {
          const { status, text } = await client.send("inquiry", form);
          if (status === 200) {
            taken.set(form.submission_id, { form, receipt: JSON.parse(text) });
            tell();
            break;
          }
          refused.set(status, (refused.get(status) ?? 0) + 1);
          if (status < 500) throw new Error(`refused for good: ${status} ${text}`);
        } catch (error) {
          if (error.message.startsWith("refused")) throw error;
          if (control === "acknowledged-early") {
            taken.set(form.submission_id, { form, receipt: null });
            break;
          }
        }
      }
    }
  };
  const sent = Promise.all(Array.from({ length: CLIENTS }, (_, lane) => sends(lane + 1)));
  const fallen = new Promise((_, reject) => sent.catch(reject));
  const times = [];
  const kill = async () => {
    for (let count = 0; count < kills; count++) {
      const enough = taken.size + random.below(MOST_TAKEN);
      while (taken.size < enough) await Promise.race([new Promise((resolve) => (tell = resolve)), fallen]);
      await new Promise((resume) => setTimeout(resume, random.below(MORE_MS)));
      let isUp;
      up = new Promise((resolve) => (isUp = resolve));
      const started = performance.now();
      await usher.kill9();
      usher.again();
      await usher.ready();
      times.push(performance.now() - started);
      isUp();
      if ((count + 1) % 100 === 0) note(`killed ${count + 1} times, ${taken.size} acknowledged`);
    }
    over = true;
  };
  await Promise.all([kill(), sent]);
  note(`killed ${kills} times; ${taken.size} acknowledged; answers that were none: ${JSON.stringify(Object.fromEntries(refused))}`);

  const rows = grown(before, await usher.usher.rows());
  const references = [...taken.values()].map(({ receipt }) => receipt?.reference).filter(Boolean);
  const missing = () => references.filter((reference) => !receiver.references.has(reference)).length;
  await drained(missing, control ? CONTROL_STALLED_MS : STALLED_MS);
  note(`webhooks: ${receiver.ids.size} in ${receiver.times} deliveries`);

  // Sent again, each gets the receipt it had, and nothing new is stored.
  let lost = 0;
  const all = [...taken.values()];
  await lanes(all.length, CLIENTS, async (at) => {
    const { status, text } = await client.send("inquiry", all[at].form);
    if (status !== 200 || JSON.parse(text).reference !== all[at].receipt?.reference) lost += 1;
  });
  const again = grown(before, await usher.usher.rows());
  const duplicates = rows.submission - taken.size + (rows.item - rows.submission);
  const made = again.submission - rows.submission;
  const [p50, worst] = [quantile(times, 0.5), Math.max(...times)];
  const seconds = (ms) => (ms / 1_000).toFixed(2);
  return {
    met: lost === 0 && duplicates === 0 && made === 0 && missing() === 0,
    figure:
      `${kills} kills, ${taken.size} acknowledged: ${lost} lost, ${duplicates} more rows than submissions, ` +
      `${missing()} webhooks missing (${receiver.times} deliveries of ${receiver.ids.size})`,
    also: [
      {
        id: "R2",
        met: p50 <= 500 * patience && worst <= 2_000 * patience,
        figure: `p50 ${seconds(p50)} s, max ${seconds(worst)} s, ${kills} kills`,
      },
    ],
  };
}

/** Waits until every webhook has arrived, as long as there is progress. */
async function drained(missing, stalledMs) {
  let [least, since] = [Infinity, performance.now()];
  await until(
    () => {
      const left = missing();
      if (left < least) [least, since] = [left, performance.now()];
      return left === 0 || performance.now() - since > stalledMs;
    },
    "the outbox is drained, or stalls",
    600_000,
  );
}
