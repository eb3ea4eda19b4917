// R3: 64 posts at once under one id, for many ids: one item each, and one receipt for all who asked. Another body under a used
// id is refused. A day later the receipt is still the same.

import { promise, lanes } from "../support/promise.mjs";
import { Client, grown, inquiryOf, openUsher } from "./rig.mjs";

const AT_ONCE = 64;
/** What is promised, and a minute more. */
const LATER_S = 24 * 60 * 60 + 60;

await promise("R3", run, { controls: ["another-id-each-time"] });

async function run({ full, random, control, note, atEnd }) {
  const keys = full ? 1_000 : 15;
  const usher = await openUsher({ atEnd });
  const client = new Client(usher.usher, AT_ONCE);
  atEnd(() => client.close());
  const before = await usher.usher.rows();
  const [forms, receipts] = [[], []];
  let [differing, failed] = [0, 0];
  for (let key = 0; key < keys; key++) {
    const form = inquiryOf(random);
    const body = () => (control ? { ...form, submission_id: random.uuid() } : form);
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => client.send("inquiry", body())));
    failed += answers.filter(({ status }) => status !== 200).length;
    if (new Set(answers.map(({ text }) => text)).size !== 1) differing += 1;
    forms.push(form);
    receipts.push(answers[0].text);
  }
  const items = grown(before, await usher.usher.rows()).item;
  note(`${keys} ids, ${AT_ONCE} posts each: ${items} items`);

  const others = [];
  const other = ({ values, ...rest }) => ({ ...rest, values: { ...values, message: "Something else." } });
  await lanes(keys, AT_ONCE, async (at) => others.push((await client.send("inquiry", other(forms[at]))).status));
  const taken = others.filter((status) => status !== 409).length;

  await usher.usher.later(LATER_S);
  let forgotten = 0;
  await lanes(keys, AT_ONCE, async (at) => {
    const { status, text } = await client.send("inquiry", forms[at]);
    if (status !== 200 || text !== receipts[at]) forgotten += 1;
  });
  const later = grown(before, await usher.usher.rows()).item;
  note(`${LATER_S} s later, all sent again: ${later} items`);
  return {
    met: items === keys && later === keys && differing === 0 && failed === 0 && taken === 0 && forgotten === 0,
    figure:
      `${keys} ids, ${AT_ONCE} posts at once: ${items} items, ${differing} ids with two receipts, ${failed} not answered; ` +
      `${taken} of ${keys} other bodies not refused; after 24 h ${forgotten} receipts forgotten, ${later - items} items more`,
  };
}
