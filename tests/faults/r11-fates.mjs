// R11: of many mixed bodies (good ones, repeats, malformed JSON, wrong shapes, oversize, programs, foreign origins, too many from
// one address) each is accepted, held, known or refused with a reason. What the desk has counted is, fate by fate, what the
// senders were told, and all of it is exactly what was sent.

import { promise, dice, lanes } from "../support/promise.mjs";
import { Client, fates, grown, inquiryOf, openUsher, sum } from "./rig.mjs";

const CLIENTS = 16;
/** Of one address, for the site that limits it. */
const PER_ADDRESS = 10;

/** What each code means to the desk. */
const TAGS = {
  too_large: "refused_too_large",
  malformed_json: "refused_malformed",
  not_utf8: "refused_malformed",
  unsupported_type: "refused_malformed",
  invalid_submission: "refused_invalid",
  unknown_form: "refused_unknown_form",
  origin_not_allowed: "refused_origin",
  submission_id_reused: "refused_id_reused",
  too_many: "refused_rate_limited",
  review_full: "refused_review_full",
};

await promise("R11", run, { controls: ["one-to-nobody"] });

async function run({ full, seed, control, note, atEnd }) {
  const count = full ? 100_000 : 2_000;
  const change = ({ sites }) => (sites.find(({ kind }) => kind === "partner").limits.per_address = PER_ADDRESS);
  const usher = await openUsher({ atEnd, change });
  const client = new Client(usher.usher, CLIENTS);
  atEnd(() => client.close());
  const [before, rowsBefore] = [await fates(usher.usher), await usher.usher.rows()];

  const told = {};
  const tell = (tag) => (told[tag] = (told[tag] ?? 0) + 1);
  const strange = {};
  const each = Math.ceil(count / CLIENTS);
  await Promise.all(
    Array.from({ length: CLIENTS }, async (_, lane) => {
      const roll = dice(seed + lane);
      const known = [];
      for (let at = 0; at < each; at++) {
        const { form, body, options, fate } = make(roll, known);
        const { status, text } = await client.send(form, body, options).catch((error) => ({ status: error.message }));
        if (status === 200) {
          tell(fate);
          if (fate === "accepted" && !options.site) known.push(body);
        } else {
          const tag = TAGS[readCode(text)];
          if (tag) tell(tag);
          else strange[status] = (strange[status] ?? 0) + 1;
        }
      }
    }),
  );
  if (control) {
    await client.send("inquiry", inquiryOf(dice(seed)), { site: "pk_nobody" });
    tell("refused_unknown_form");
  }
  const sent = each * CLIENTS + (control ? 1 : 0);
  const counted = grown(before, await fates(usher.usher));
  const rows = grown(rowsBefore, await usher.usher.rows());
  note(`told     ${JSON.stringify(sorted(told))}`);
  note(`counted  ${JSON.stringify(sorted(counted))}`);
  const differing = Object.keys({ ...told, ...counted }).filter((tag) => told[tag] !== counted[tag]);
  const met =
    differing.length === 0 &&
    sum(counted) === sent &&
    sum(strange) === 0 &&
    rows.submission === counted.accepted &&
    rows.held === counted.held &&
    Object.keys(told).length >= 10;
  return {
    met,
    figure:
      `${sent} sent: ${told.accepted} accepted, ${told.held} held, ${told.duplicate} known, ` +
      `${sum(told) - told.accepted - told.held - told.duplicate} refused for ${Object.keys(told).length - 3} reasons; ` +
      `${sum(counted)} counted, ${differing.length} fates differ, ${sum(strange)} without a reason` +
      (sum(strange) ? ` ${JSON.stringify(strange)}` : ""),
  };
}

function sorted(counts) {
  return Object.fromEntries(Object.entries(counts).sort());
}

function readCode(text) {
  try {
    return JSON.parse(text).code;
  } catch {
    return undefined;
  }
}

/** One body, how it is sent, and what becomes of it where it is answered with a receipt. */
function make(roll, known) {
  const good = inquiryOf(roll);
  const as = (body, options = {}, fate = "accepted", form = "inquiry") => ({ form, body, options, fate });
  const links = ["a", "b", "c", "d", "e"].map((name) => `http://${name}.example`).join(" ");
  const request = { email: `cy-${good.submission_id}@example.com`, topic: "access", message: "I cannot open lesson three." };
  const kinds = [
    () => as(good),
    () => as(good),
    () => as(inquiryOf(roll, { company: "Ruiz Books", interest: "team", seats: "12" })),
    () => as({ ...good, values: request }, {}, "accepted", "support"),
    () => (known.length ? as(roll.pick(known), {}, "duplicate", "") : as(good)),
    () => (known.length ? as({ ...roll.pick(known), values: { ...good.values, message: "Another." } }) : as(good)),
    // Programs.
    () => (roll() < 0.5 ? as({ ...good, trap: "http://spam.example" }, {}, "held") : as(good)),
    () => (roll() < 0.5 ? as({ ...good, values: { ...good.values, message: links } }, {}, "held") : as(good)),
    // What cannot be read.
    () => as(roll.pick(["", "{", "null,", '{"a":1}x', "[".repeat(2_000)])),
    () => as(JSON.stringify(good).slice(0, 20 + roll.below(100))),
    () => as(Buffer.from([0x7b, 0xff, 0xfe, roll.below(256)])),
    () => as("<form/>", { headers: { "content-type": "application/xml" } }),
    // What makes no sense.
    () => as(roll.pick(["null", "7", '"text"', "[]", "{}"])),
    () => as({ ...good, values: { ...good.values, email: roll.pick(["", "ana", "@", 7, null, {}]) } }),
    () => as({ ...good, submission_id: roll.pick([7, "x", "", null]) }),
    () => as({ ...good, values: { ...good.values, message: "x".repeat(10_001) } }),
    // What may not be here.
    () => as({ ...good, page: { url: "x".repeat(70_000) } }),
    () => as(good, {}, "accepted", "no_such_form"),
    () => as(good, { headers: { origin: roll.pick(["https://evil.example", "null", "http://localhost.evil.example"]) } }),
    () => as(good, { site: "pk_demo_partner", headers: { "x-forwarded-for": `203.0.113.${roll.below(4)}` } }),
  ];
  const made = roll.pick(kinds)();
  // A repeat goes to the form that it was sent to.
  return made.form ? made : { ...made, form: "topic" in made.body.values ? "support" : "inquiry" };
}
