// S12: a token of a workspace is shown once and kept as its hash, opens what its scopes say and nothing else of all routes, and is over
// within a second of its end, whoever uses it meanwhile.
//
// Every set of scopes is tried on every route that takes a token, and on those that take none; every byte on the disk is looked at.
// The control makes tokens of all scopes where fewer are asked for.

import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

import { lanes, promise, quantile } from "../support/promise.mjs";
import { routes } from "../support/routes.mjs";
import { startUsher } from "../support/usher.mjs";

const SCOPES = ["events", "export", "hooks", "mail", "outcomes", "people"];
/** What a route of a workspace asks for, and a call of it. */
const ASKS = {
  "POST v1/workspaces/_/outcomes": ["outcomes", "outcomes", { item: "none", outcome: "won" }],
  "POST v1/workspaces/_/events": ["events", "events", { events: [] }],
  "POST v1/workspaces/_/hooks": ["hooks", "hooks", { target_url: "ftp://nowhere.example" }],
  "DELETE v1/workspaces/_/hooks/_": ["hooks", "hooks/none"],
  "GET v1/workspaces/_/hooks/sample": ["hooks", "hooks/sample"],
  "GET v1/workspaces/_/export/_": ["export", "export/items.csv"],
  "POST v1/workspaces/_/mail": ["mail", "mail", {}],
  "POST v1/workspaces/_/people/export": ["people", "people/export", { user: "nobody" }],
  "POST v1/workspaces/_/people/erase": ["people", "people/erase", { who: { user: "nobody" }, reason: "asked" }],
};
const END_MS = 1_000;

async function check({ full, random, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const mara = await usher.signIn("mara");
  const made = [];
  const make = async (scopes, more = {}) => {
    const name = `t${made.length}`;
    const body = { name, scopes: control ? SCOPES : scopes, ...more };
    const answer = await mara.call("tokens", { method: "POST", body });
    if (answer.status !== 200) throw new Error(JSON.stringify(answer.body));
    made.push({ name, scopes, token: answer.body.token });
    return made.at(-1);
  };
  const call = async (method, path, token, body) => {
    const headers = { authorization: `Bearer ${token}`, ...(body && { "content-type": "application/json" }) };
    const answer = await usher.fetch(path, { method, headers, body: body && JSON.stringify(body) });
    await answer.arrayBuffer();
    return answer.status;
  };
  const isLetIn = (status) => status !== 401 && status !== 403;

  // Scopes: each set of them, on each route.
  const all = await routes();
  const ours = all.filter((route) => route.includes("v1/workspaces/"));
  const unknown = ours.filter((route) => !ASKS[route]);
  if (unknown.length) throw new Error(`say in ASKS what these ask for: ${unknown}`);
  const sets = Array.from({ length: 2 ** SCOPES.length - 1 }, (_, at) => SCOPES.filter((_, bit) => ((at + 1) >> bit) & 1));
  let [asked, wrong] = [0, 0];
  for (const scopes of sets) {
    const { token } = await make(scopes);
    for (const [route, [scope, path, body]] of Object.entries(ASKS)) {
      for (const [workspace, may] of [["demo", scopes.includes(scope)], ["other", false]]) {
        const status = await call(route.split(" ")[0], `/v1/workspaces/${workspace}/${path}`, token, body);
        asked += 1;
        if (isLetIn(status) === may) continue;
        wrong += 1;
        note(`${scopes} on ${route} of ${workspace}: ${status}`);
      }
    }
  }
  // No token is a session or the operator's.
  const others = all.filter((route) => /v1\/(console|operator)\//.test(route) && !/sign-in|v1\/console\/session/.test(route)).concat(["GET metrics", "GET status"]);
  const whole = await make(SCOPES);
  await lanes(others.length, 4, async (at) => {
    const [method, path] = others[at].split(" ");
    const status = await call(method, `/${path.replaceAll("_", "demo")}`, whole.token, ["POST", "PUT", "PATCH"].includes(method) ? {} : undefined);
    asked += 1;
    if (isLetIn(status) && status !== 426) {
      wrong += 1;
      note(`a token on ${others[at]}: ${status}`);
    }
  });
  // What is nearly a token is none.
  const near = [whole.token.slice(0, -1), `${whole.token}0`, whole.token.toUpperCase(), ` ${whole.token}x`, whole.token.slice(9), "usk_live_", "x".repeat(100_000)];
  for (const token of near) {
    asked += 1;
    if (isLetIn(await call("GET", "/v1/workspaces/demo/hooks/sample", token).catch(() => 401))) wrong += 1;
  }

  // The end of a token, while it is used.
  const ends = [];
  for (let turn = 0; turn < (full ? 40 : 6); turn += 1) {
    const by = random.pick(["revoked", "made anew"]);
    const { name, token } = await make(["hooks"]);
    let ended;
    let last = 0;
    const use = async () => {
      while (!ended || performance.now() < ended + 200) {
        const began = performance.now();
        if (isLetIn(await call("GET", "/v1/workspaces/demo/hooks/sample", token)) && ended && began > ended) last = Math.max(last, performance.now() - ended);
      }
    };
    const users = [use(), use(), use(), use()];
    const headers = { cookie: mara.cookie };
    if (by === "revoked") await usher.fetch(`/v1/console/tokens/${name}`, { method: "DELETE", headers });
    else await mara.call("tokens", { method: "POST", body: { name, scopes: ["hooks"] } });
    ended = performance.now();
    await Promise.all(users);
    ends.push(last);
  }
  const { token: dated } = await make(["hooks"], { expires_at: new Date(Date.now() + 3_600_000).toISOString() });
  const lived = isLetIn(await call("GET", "/v1/workspaces/demo/hooks/sample", dated));
  await usher.later(3_601);
  const died = !isLetIn(await call("GET", "/v1/workspaces/demo/hooks/sample", dated));

  // Shown once, and kept as a hash.
  const again = await usher.signIn("mara");
  const shown = JSON.stringify([(await again.call("tokens")).body, (await again.call("audit")).body]) + usher.output.join("\n");
  const onDisk = await bytesOf(usher.data);
  const leaks = made.filter(({ token }) => shown.includes(token) || onDisk.some((bytes) => bytes.includes(token.slice(9))));
  const strength = made.every(({ token }) => /^usk_live_[0-9a-f]{64}$/.test(token)) && new Set(made.map(({ token }) => token)).size === made.length;
  const slowest = quantile(ends, 1);
  return {
    met: wrong === 0 && leaks.length === 0 && strength && slowest <= END_MS && lived && died,
    figure:
      `${sets.length} sets of ${SCOPES.length} scopes, ${asked} calls over ${Object.keys(ASKS).length + others.length} routes: ${wrong} answered otherwise than the scopes say; ${made.length} tokens of 256 bits: ` +
      `${leaks.length} found again on the disk, in lists or in the log; ${ends.length} ended while in use: worth something for at most ${Math.round(slowest)} ms`,
  };
}

/** The bytes of every file of a data folder. */
async function bytesOf(folder) {
  const names = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
  return Promise.all(names.map((entry) => readFile(join(entry.parentPath ?? entry.path, entry.name))));
}

await promise("S12", check, { controls: ["all-scopes"] });
