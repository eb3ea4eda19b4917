// R4: every event is delivered, or kept as given up with its reason, whatever receivers do; no try comes before its time.
//
// Four receivers fail three times in ten: with 500, a reset, a stall, 429 with Retry-After, and 410, which stops them until the
// rig, as an operator would, lets them be told again and replays what was given up. The clock of the server is put forward.

import { lanes, promise } from "../support/promise.mjs";
import { startReceiver } from "../support/receivers.mjs";
import { inquiry, until } from "../support/usher.mjs";
import { openUsher } from "./rig.mjs";

const SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";
const WAITS_S = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
const DESTINATIONS = ["a", "b", "c", "d"];

await promise("R4", async ({ full, random, control, note, atEnd }) => {
  const count = full ? 2_500 : 60;
  const confirmed = new Map(DESTINATIONS.map((id) => [id, new Set()]));
  const kinds = {};
  const receivers = await Promise.all(DESTINATIONS.map((id) => startReceiver(({ headers }, response) => {
    const fate = random();
    const kind = fate >= 0.3 ? "taken" : fate < 0.002 ? "stall" : fate < 0.004 ? "gone" : fate < 0.1 ? "reset" : fate < 0.2 ? "busy" : "broken";
    kinds[kind] = (kinds[kind] ?? 0) + 1;
    if (kind === "stall") return "nothing";
    if (kind === "reset") {
      response.destroy();
      return "nothing";
    }
    if (kind !== "taken") return { gone: { status: 410 }, busy: { status: 429, headers: { "retry-after": "60" } }, broken: { status: 500 } }[kind];
    confirmed.get(id).add(headers["webhook-id"]);
  })));
  for (const receiver of receivers) atEnd(() => receiver.close());
  const destinations = DESTINATIONS.map((id, at) => ({ id, to: { webhook: { url: `${receivers[at].origin}/hook`, secret: SECRET } } }));
  const { usher } = await openUsher({ atEnd, args: ["--allow-private-destinations"], change: (workspace) => Object.assign(workspace, { destinations }) });
  let mara = await usher.signIn("mara");
  const acked = [];
  await lanes(count, 8, async () => {
    const answer = await usher.submit("inquiry", inquiry());
    if (answer.status === 200) acked.push(answer.body.reference);
  });
  note(`${acked.length} submissions, ${acked.length * DESTINATIONS.length} events`);

  const due = async () => {
    const rows = [];
    for (let after = ""; after !== undefined; ) {
      const { body } = await mara.call(`deliveries?state=due&after=${after}`);
      rows.push(...body.deliveries);
      after = body.next;
    }
    return rows;
  };
  const operate = async () => {
    for (const { edit, standing } of (await mara.call("destinations")).body.destinations) {
      if (standing !== "stopped") continue;
      await mara.call(`destinations/${edit.id}/actions`, { method: "POST", body: { act: "resume" } });
      await mara.call(`destinations/${edit.id}/actions`, { method: "POST", body: { act: "replay" } });
    }
  };
  // Each wave puts the clock to where everything that waits is due, until nothing does.
  for (let wave = 1; wave < 40; wave += 1) {
    await operate();
    const waiting = await until(async () => {
      const rows = await due();
      // What was just replayed has had no try either: the clock is put forward when nothing is on its way.
      return rows.every((row) => row.tries > 0) && rows;
    }, "everything was tried once", 600_000);
    if (!waiting.length && (await mara.call("operations")).body.waiting === 0) break;
    const tries = Math.max(1, ...waiting.map((row) => row.tries));
    const wait = Math.max(WAITS_S[Math.min(tries, WAITS_S.length - 1)] * 1.1, 900) + 1;
    const before = new Map(waiting.map((row) => [row.id, row.tries]));
    await usher.later(wait);
    mara = await usher.signIn("mara");
    await until(async () => {
      await operate();
      return (await due()).every((row) => before.get(row.id) === undefined || row.tries > before.get(row.id) || Date.parse(row.next_at) > Date.now() + wait * 1_000);
    }, "what was due is tried", 600_000);
    note(`wave ${wave}: ${waiting.length} waited, up to ${tries} tries`);
  }
  const rows = [];
  for (let after = ""; after !== undefined; ) {
    const { body } = await mara.call(`deliveries?after=${after}`);
    rows.push(...body.deliveries);
    after = body.next;
  }
  // When each was said to be well again: what waits for it is tried then, whatever its time was.
  const resumed = [];
  for (let after = ""; after !== null; ) {
    const { body } = await mara.call(`audit?after=${after}`);
    resumed.push(...body.entries.filter(({ what }) => what === "destination_resumed"));
    after = body.next;
  }
  const wasResumed = (destination, from, to) => resumed.some(({ text, at }) => text === destination && from <= at && at <= to);
  let early = 0;
  let unaccounted = 0;
  const dead = rows.filter((row) => row.state === "dead");
  await lanes(rows.length, 8, async (at) => {
    const row = rows[at];
    const arrived = confirmed.get(row.destination).has(control === "forget" && at === 0 ? "" : row.id);
    // Delivered must mean that the receiver has it; given up must say why.
    if (row.state === "due" || (row.state === "delivered" && !arrived) || (row.state === "dead" && !row.last)) unaccounted += 1;
    if (row.tries < 2) return;
    const { tries } = (await mara.call(`deliveries/${row.id}`)).body;
    // What is replayed begins its schedule anew, and counts from one again. (To ask which those are as they are replayed would
    // miss what is given up in between.)
    const first = tries.length - row.tries;
    for (let next = first + 1; next < tries.length; next += 1) {
      const waited = (Date.parse(tries[next].at) - Date.parse(tries[next - 1].at)) / 1_000;
      const isEarly = waited < WAITS_S[next - first] * 0.98;
      if (isEarly && !wasResumed(row.destination, tries[next - 1].at, tries[next].at)) early += 1;
    }
  });
  const expected = acked.length * DESTINATIONS.length;
  return {
    met: rows.length === expected && unaccounted === 0 && early === 0,
    figure: `${expected} events: ${rows.length - dead.length} delivered, ${dead.length} given up with a reason, ${unaccounted} unaccounted for, ${early} tries before their time; receivers did ${JSON.stringify(kinds)}`,
  };
}, { controls: ["forget"] });
