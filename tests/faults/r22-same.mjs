// R22: the same leads are scored and routed natively (`cargo xtask eval decisions`) and at the edge (*What if*, which is wasm in
// workerd), and every line of both is the same. Among them are some that make no sense, which both name in the same places.
//
// `shared/tests/score.rs` has the hash of 100,000 scores by 1,000 cards, natively and as wasm.

import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { demoWorkspace } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { openUsher } from "./rig.mjs";

const CLIENTS = 16;
const AT_ONCE = 5_000;
const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 30, 12);

await promise("R22", run, { controls: ["one-point-more"] });

async function run({ full, random, control, note, atEnd }) {
  const count = full ? 100_000 : 3_000;
  const { usher } = await openUsher({ atEnd });
  const { cookie } = await usher.signIn("mara");
  const agent = new Agent({ keepAlive: true, maxSockets: CLIENTS });
  atEnd(() => agent.destroy());
  const folder = await mkdtemp(join(tmpdir(), "usher-same-"));
  atEnd(() => rm(folder, { recursive: true, force: true }));
  const workspace = await demoWorkspace(usher);
  if (control) workspace.card.rules.find(({ id }) => id === "for_a_team").points += 1;

  let [done, differing, refused] = [0, 0, 0];
  const tiers = new Set();
  const routes = new Set();
  while (done < count) {
    const cases = Array.from({ length: Math.min(AT_ONCE, count - done) }, () => basis(random));
    const file = join(folder, "cases.json");
    await writeFile(file, JSON.stringify({ workspace, cases }));
    const native = (await decidedNatively(file)).decisions;
    await lanes(cases.length, CLIENTS, async (at) => {
      const edge = told(await whatIf(usher.port, agent, cookie, cases[at]));
      if (typeof edge[0] === "string") refused += 1;
      else {
        tiers.add(edge[0][0]);
        routes.add(edge[1]?.[0]);
      }
      if (JSON.stringify(edge) !== JSON.stringify(native[at])) {
        differing += 1;
        if (differing === 1) note(`${JSON.stringify(cases[at])}\n  natively ${JSON.stringify(native[at])}\n  edge     ${JSON.stringify(edge)}`);
      }
    });
    done += cases.length;
    if (full) note(`${done} compared`);
  }
  return {
    met: differing === 0 && tiers.size > 3 && routes.size > 3,
    figure:
      `${differing} differences between native and edge in ${done} leads ` +
      `(${tiers.size} tiers, ${routes.size} routes; ${refused} refused by both in the same places)`,
  };
}

async function decidedNatively(file) {
  const [program, first] = process.env.USHER_XTASK ? [process.env.USHER_XTASK, []] : ["cargo", ["xtask"]];
  const { stdout } = await promisify(execFile)(program, [...first, "eval", "decisions", file], { maxBuffer: 2 ** 30 });
  return JSON.parse(stdout);
}

function whatIf(port, agent, cookie, basis) {
  const text = JSON.stringify({ basis });
  const headers = { cookie, "content-type": "application/json", "content-length": Buffer.byteLength(text) };
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port, method: "POST", path: "/v1/console/scoring/what-if", agent, headers }, async (response) => {
      const chunks = [];
      for await (const chunk of response) chunks.push(chunk);
      resolve({ status: response.statusCode, body: JSON.parse(Buffer.concat(chunks).toString()) });
    });
    asked.on("error", reject).end(text);
  });
}

/** What the edge says, in the order of `xtask/src/eval/decisions.rs`. */
function told({ status, body }) {
  if (status === 422 && body.fields?.length) return body.fields.map(({ field }) => field);
  if (status !== 200) throw new Error(`${status} ${JSON.stringify(body)}`);
  const { score, route } = body.live;
  return [
    [
      score.tier,
      score.total,
      score.groups.map(({ points }) => points),
      score.reasons.map(({ group, rule, says, points, before, kind }) => [group, rule, says, points, before ?? null, kind]),
      (score.signs ?? []).map(({ rule, means }) => [rule, means]),
      score.excluded ?? null,
    ],
    [route.rule, route.queue, route.pool, route.members.map(({ id }) => id), route.passed_over.map(({ rule }) => rule)],
  ];
}

/** A lead that nobody is: any of its facts may be missing, and one in a hundred makes no sense. */
function basis(random) {
  const some = (part, make) => (random() < part ? make() : undefined);
  const number = (end) => random.below(end);
  const at = NOW - random.below(400) * DAY_MS - random.below(DAY_MS);
  const names = ["lesson_finished", "video_seen", "searched"];
  const event = () => {
    const kind = random.pick(["pricing_viewed", "page_viewed", "event", "form_started", "odd_kind"]);
    const about = kind === "event" ? { name: random.pick(names) } : {};
    return { at: new Date(at - Math.floor(random() ** 3 * 60 * DAY_MS)).toISOString(), kind, about };
  };
  const facts = {
    form: { id: "x", kind: random.pick(["inquiry", "inquiry", "trial", "support"]) },
    email: some(0.8, () => ({ free: random() < 0.5, domain: random.pick(["example.com", "gmail.com", "larkfield.example.com"]) })),
    values: {
      email: some(0.8, () => random.pick(["ana@example.com", "test+1@example.com", "QA+x@example.com"])),
      interest: some(0.6, () => random.pick(["myself", "team", "prices", "other"])),
      company: some(0.4, () => "Ruiz Books"),
      phone: some(0.3, () => "+447700900123"),
    },
    site: { id: random.pick(["platform", "partner"]), partner: random() < 0.3 },
    page: { path: "/", pricing: random() < 0.3 },
    visit: some(0.7, () => ({ pages: number(9), human: random() < 0.8, events: [random.pick(names)] })),
    touch: some(0.5, () => ({ first: { partner: random() < 0.5 } })),
    pricing: some(0.5, () => ({
      days_30: number(6),
      best_plan: random.pick(["team", "single"]),
      visible_secs: number(120),
      seats: random.pick(["1", "10-24", "25-99", "100+"]),
    })),
    complaint: some(0.3, () => random() < 0.3),
    person: some(0.6, () => ({
      known: random() < 0.5,
      won: some(0.5, () => number(4)),
      customer: some(0.5, () => random() < 0.5),
      complaints: some(0.5, () => number(2)),
      open_items: number(3),
      referrals: some(0.4, () => number(40)),
      reach: some(0.4, () => number(100_000)),
    })),
  };
  if (random() < 0.01) facts.email = { free: "perhaps" };
  return { facts: JSON.parse(JSON.stringify(facts)), events: Array.from({ length: number(12) }, event), at: new Date(at).toISOString() };
}
