// R12: a visitor's quota of signals is spent, so nothing more of what they do is kept. Every form they send is taken all the same.

import { promise, lanes } from "../support/promise.mjs";
import { Client, fates, grown, inquiryOf, openUsher } from "./rig.mjs";

const CLIENTS = 16;
const AGENT = "quota-browser/1.0";
/** More than anybody's quota. */
const BATCHES = 40;
const OF_A_BATCH = 60;

await promise("R12", run, { controls: ["forms-that-are-wrong"] });

async function run({ full, random, control, note, atEnd }) {
  const count = full ? 10_000 : 500;
  const usher = await openUsher({ atEnd });
  const client = new Client(usher.usher, CLIENTS);
  atEnd(() => client.close());
  const seen = () => ({ kind: "page_viewed", url: new URL("/", usher.usher.origin).href, title: "Home", ago_ms: 1_000, about: {} });
  const batch = () => ({ batch_id: random.uuid(), human: true, signals: Array.from({ length: OF_A_BATCH }, seen) });
  const headers = { "user-agent": AGENT };
  const path = "/v1/signals/pk_demo_platform";
  const told = {};
  for (let sent = 0; sent < BATCHES; sent++) {
    const { text } = await client.send("", batch(), { headers, path });
    for (const [tag, many] of Object.entries(JSON.parse(text).fates)) told[tag] = (told[tag] ?? 0) + many;
  }
  const last = JSON.parse((await client.send("", batch(), { headers, path })).text).fates;
  const spent = Object.keys(last).length === 1 && last.refused_quota === OF_A_BATCH;
  note(`signals: ${JSON.stringify(told)}; the last batch: ${JSON.stringify(last)}`);

  const before = await fates(usher.usher);
  let receipts = 0;
  await lanes(count, CLIENTS, async () => {
    const form = { ...inquiryOf(random), signals: [{ kind: "form_started", url: seen().url }] };
    if (control) delete form.values.email;
    if ((await client.send("inquiry", form, { headers })).status === 200) receipts += 1;
  });
  const counted = grown(before, await fates(usher.usher));
  return {
    met: spent && receipts === count && counted.accepted === count,
    figure:
      `${told.accepted} signals taken and ${told.refused_quota} refused before; ` +
      `then ${receipts} of ${count} submissions taken, ${counted.accepted ?? 0} counted as accepted`,
  };
}
