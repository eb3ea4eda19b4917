// Q7: limits are exact, also when everybody comes at once: so many from one address (one IPv6 subscriber is one), so many for one
// site on a day, and the next is told when to come again; who comes then is let in, and others were never kept out.

import { randomUUID } from "node:crypto";

import { addSites } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

/** Beyond 64 that wait, a desk tells one more to come again (R10). */
const AT_ONCE = 48;

async function check({ full, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const site = (id, limits) => ({
    id,
    name: id,
    kind: "own",
    key: `pk_${id}_limit`,
    origins: [usher.origin],
    forms: ["inquiry"],
    launcher: "",
    limits,
  });
  const [MOST, DAY] = [10, full ? 500 : 60];
  await addSites(
    usher,
    site("address", { per_address: MOST, submissions_per_day: 100_000 }),
    site("day", { per_address: 1_000_000, submissions_per_day: DAY }),
  );
  const send = async (id, address) => {
    const { status, headers, body } = await usher.submit("inquiry", inquiry({ name: "Ana" }), {
      site: `pk_${id}_limit`,
      headers: { "x-forwarded-for": address, "user-agent": `Mozilla/5.0 ${randomUUID()}` },
    });
    return { status, wait: Number(headers.get("retry-after")), held: body.answer_by === "" };
  };
  const wrong = [];
  const senders = full ? 60 : 12;
  const offered = 3 * MOST;
  const addresses = Array.from({ length: senders }, (_, at) => (at % 3 ? `198.51.100.${at}` : `2001:db8:${at}:1::`));
  const of = (address, turn) =>
    address.includes(":") ? `${address}${(turn + 1).toString(16)}` : control === "two" && turn % 2 ? address.replace("198.51", "198.52") : address;
  // All senders at once, and as many of theirs as one desk lets wait.
  const all = await together(addresses.flatMap((address) => Array.from({ length: offered }, (_, turn) => async () => ({ address, ...(await send("address", of(address, turn))) }))));
  let taken = 0;
  for (const address of addresses) {
    const own = all.filter((one) => one.address === address);
    const let_in = own.filter(({ status }) => status === 200).length;
    taken += let_in;
    if (let_in !== MOST) wrong.push(`${address} had ${let_in} of ${MOST}`);
    const others = own.filter(({ status }) => status !== 200);
    if (others.some(({ status, wait }) => status !== 429 || !(wait > 0 && wait <= 600)))
      wrong.push(`${address} was told ${others.map(({ status, wait }) => `${status}/${wait}`)[0]}`);
  }
  note(`${senders} addresses, ${offered} at once from each: ${taken} taken, ${senders * MOST} may be`);
  // Once the time has passed that they were told, they are let in.
  const wait = Math.max(...all.map(({ wait }) => wait || 0));
  await usher.later(wait + 1);

  const day = await together(Array.from({ length: 2 * DAY }, (_, at) => () => send("day", `203.0.113.${at % 250}`)));
  const landed = day.filter(({ status, held }) => status === 200 && !held).length;
  const held = day.filter(({ held }) => held).length;
  if (landed !== DAY || held !== DAY) wrong.push(`${landed} landed on a day of ${DAY}, ${held} were held`);
  note(`${2 * DAY} at once on a day of ${DAY}: ${landed} landed, ${held} held`);
  wrong.slice(0, 10).forEach(note);
  return {
    met: !wrong.length,
    figure: `${senders} addresses and subscribers: ${taken} of ${senders * MOST} taken out of ${senders * offered} at once (exact), the rest 429 with Retry-After of at most ${wait} s; a day of ${DAY}: ${landed} landed, ${held} held`,
  };
}

/** Does all of it, so many at once; what each came to. */
async function together(sends) {
  const done = [];
  await lanes(sends.length, AT_ONCE, async (at) => (done[at] = await sends[at]()));
  return done;
}

await promise("Q7", check, { controls: ["two"] });
