// S17: secrets and signatures are compared in a time that says nothing of them, and what is older than five minutes is refused.
//
// Three things are looked at. The source: no line of `edge` or `shared` compares what is secret with `==` or `!=`, but for those that
// are named here with why. The time: `edge::same`, the one comparison there is, natively (`cargo test -p edge same`), beside `==`, whose
// time tells. And from outside: whatever we sign or check, one bit of it changed, is refused; a webhook of ours is believed by the three
// public verifiers up to five minutes after it was sent, and no longer. Usher itself takes no signed calls of servers: those have tokens.
//
// The controls add a line that compares a token with `==`, and call a good signature a changed one.

import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { demoWorkspace } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { startReceiver } from "../support/receivers.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";
import { VERIFIERS, startVerifiers } from "../support/verifiers.mjs";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
/** What a name has in it whose value nobody may guess piece by piece. */
const SECRET = /\b\w*(?:secret|token|signature|seal|passw|digest|hmac|nonce|verifier|proof|cookie)\w*/i;
const COMPARES = /(?<![=!<>])(?:==|!=)(?!=)|\.eq\(|\.ne\(|assert_/;
/** Lines that compare something of such a name that is no secret, or that the other side has made. */
const FINE = [
  ["shared/src/jwt.rs", /expected\.nonce/, "the nonce of a token whose signature is the provider's: nobody else can try one"],
];
const TOLERANCE_S = 300;
const HOOK_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYqr";
const FIGURES = "a-token-that-is-for-the-figures-only";
const IDENTITY_SECRET = "a secret of the platform, 32 characters or more";

async function check({ full, random, control, note, atEnd }) {
  const found = await comparisons(control === "planted");
  found.forEach((where) => note(`compares a secret: ${where}`));
  const timing = await timed(full ? 20_000 : 2_000);
  note(`t of ==: ${timing.plain}, t of is_same: ${timing.ours}`);

  const verifiers = await startVerifiers(atEnd);
  const receiver = await startReceiver();
  atEnd(() => receiver.close());
  const usher = await startUsher({ args: ["--faults", "--allow-private-destinations"], files: { "metrics-token": FIGURES } });
  atEnd(() => usher.stop());
  const workspace = await demoWorkspace(usher);
  workspace.identity = { secret: IDENTITY_SECRET };
  workspace.destinations = [{ id: "crm", to: { webhook: { url: `${receiver.origin}/hook`, secret: HOOK_SECRET } } }];
  const configured = await usher.operator("PUT", "workspaces/demo", workspace);
  if (configured.status !== 200) throw new Error(JSON.stringify(configured.body));

  const checks = await signed(usher);
  let [changed, believed, unbelieved] = [0, 0, 0];
  for (const [name, { good, isBelieved }] of Object.entries(checks)) {
    const text = await good();
    if (!(await isBelieved(text))) {
      unbelieved += 1;
      note(`the good one is refused: ${name}`);
    }
    const others = [...flips(text, random, full ? 24 : 3), text.slice(0, -1), `${text}A`];
    if (control === "good-as-changed") others.push(await good());
    for (const other of others) {
      changed += 1;
      if (!(await isBelieved(other))) continue;
      believed += 1;
      note(`believed: ${name}: ${other}`);
    }
  }

  // Our clock is put back and forward: what the verifiers read was signed that long ago, or is of a clock that is ahead.
  const wrong = [];
  let ages = 0;
  let ahead = 0;
  for (const age of [TOLERANCE_S + 20, TOLERANCE_S + 3, TOLERANCE_S - 10, 60, 0, 10 - TOLERANCE_S, -TOLERANCE_S - 10]) {
    await usher.later(-age - ahead);
    ahead = -age;
    const before = receiver.got.length;
    const mara = await usher.signIn("mara");
    await mara.call("destinations/crm/actions", { method: "POST", body: { act: "test" } });
    await until(() => receiver.got.length > before, "the webhook is there");
    const verdicts = await verifiers.verdicts(receiver.got.at(-1), HOOK_SECRET);
    for (const name of VERIFIERS) {
      ages += 1;
      if (verdicts[name] !== Math.abs(age) < TOLERANCE_S) wrong.push(`${name} at ${age} s: ${verdicts[name]}`);
    }
  }
  wrong.forEach(note);
  return {
    met: found.length === 0 && timing.isSilent && believed === 0 && unbelieved === 0 && wrong.length === 0,
    figure:
      `${found.length} comparisons of secrets with == in edge and shared; by Welch's t of ${timing.samples} each the time tells nothing (${timing.ours}; 4.5 would be a leak, == has ${timing.plain}); ` +
      `${Object.keys(checks).length} kinds of secrets and signatures, ${changed} changed by a bit or more: ${believed} believed; ` +
      `webhooks of ours at ${ages / VERIFIERS.length} ages by ${VERIFIERS.length} verifiers: ${wrong.length} judged otherwise than five minutes say`,
  };
}

/** The lines that compare something secret, tests aside. */
async function comparisons(planted) {
  const found = [];
  let [lines, files] = [0, 0];
  for (const folder of ["edge/src", "shared/src"]) {
    for (const entry of await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })) {
      const file = join(entry.parentPath ?? entry.path, entry.name);
      const name = file.slice(ROOT.length);
      if (!name.endsWith(".rs") || /\/tests(\.rs|\/)/.test(name)) continue;
      files += 1;
      const source = (await readFile(file, "utf8")).split("#[cfg(test)]")[0];
      for (const [at, line] of `${source}${planted && name.endsWith("same.rs") ? "\nif token == sent_token {}" : ""}`.split("\n").entries()) {
        const code = line.replace(/\/\/.*/, "").replace(/"(?:[^"\\]|\\.)*"/g, '""');
        lines += 1;
        if (!COMPARES.test(code) || code.includes("debug_assert")) continue;
        if (!isOfSecret(code)) continue;
        if (FINE.some(([where, what]) => name === where && what.test(code))) continue;
        found.push(`${name}:${at + 1}: ${line.trim()}`);
      }
    }
  }
  if (files < 200 || lines < 20_000) throw new Error(`the source was not found: ${files} files, ${lines} lines`);
  return found;
}

/** Whether one of the two sides is named like a secret, and not a length, a count, or whether there is one. */
function isOfSecret(code) {
  const sides = [...code.matchAll(/([\w.&*()?:]+)\s*(?:==|!=)\s*([\w.&*()?:]+)/g)].flatMap(([, left, right]) => [left, right].map((side) => side.replace(/[)?]+$/, "")));
  return sides.some((side) => SECRET.test(side) && !/\.len\(|\.count|is_empty|::(?:Missing|NotAsked|Wrong|Solved)|^None$|_id$|^[A-Z_]+$|Proof::|Turnstile::/.test(side));
}

/** What `cargo test` measures. */
async function timed(samples) {
  const args = ["test", "--quiet", "--package", "edge", "--lib", "--", "--ignored", "--nocapture", "says_nothing_of_where_two_differ"];
  const run = promisify(execFile)("cargo", args, { cwd: ROOT, env: { ...process.env, USHER_TIMINGS: String(samples) }, maxBuffer: 1e7 });
  const { stdout, isSilent } = await run.then(({ stdout }) => ({ stdout, isSilent: true }), ({ stdout, stderr }) => ({ stdout: `${stdout}${stderr}`, isSilent: false }));
  const read = /timings (\d+), t of == (-?[\d.]+), t of is_same (-?[\d.]+)/.exec(stdout);
  if (!read) throw new Error(`nothing was measured: ${stdout.slice(-1_000)}`);
  return { samples: Number(read[1]), plain: Number(read[2]), ours: Number(read[3]), isSilent };
}

/** Each kind of secret that is sent to us: a good one, and whether one is believed. */
async function signed(usher) {
  const asks = async (path, headers) => {
    const answer = await usher.fetch(path, { headers });
    await answer.arrayBuffer();
    return answer.status === 200;
  };
  const bearer = (path) => (token) => asks(path, { authorization: `Bearer ${token}` });
  const mara = await usher.signIn("mara");
  const made = await mara.call("tokens", { method: "POST", body: { name: "rig", scopes: ["hooks"] } });
  const hana = await usher.signIn("hana");
  const item = await hana.itemOf((await usher.submit("support", support())).body);
  const page = new URL((await hana.call(`items/${item.row.id}/drafts`)).body.feedback_link).pathname.split("/").at(-1);
  const editor = (await usher.operator("POST", "workspaces/demo/editor-links", { site: "pk_demo_platform", page: `${usher.origin}/pricing/` })).body;
  const isIdentity = async (token) => {
    const answer = await usher.json("/v1/known/pk_demo_platform", { method: "POST", headers: { "content-type": "text/plain" }, body: JSON.stringify({ identity: token, form: "inquiry" }) });
    return answer.body.known?.length > 0;
  };
  const stamp = async () => (await usher.json("/v1/boot/pk_demo_platform")).body.stamp;
  const heldFor = async (sent) => {
    const before = (await usher.rows()).held;
    await usher.submit("inquiry", inquiry({}, { stamp: sent }));
    return (await usher.rows()).held === before;
  };
  return {
    "the operator's token": { good: () => usher.token, isBelieved: async (token) => (await usher.fetch("/v1/operator/workspaces/demo/tokens/none", { method: "DELETE", headers: { authorization: `Bearer ${token}` } })).status !== 401 },
    "a workspace's token": { good: () => made.body.token, isBelieved: bearer("/v1/workspaces/demo/hooks/sample") },
    "the token for figures": { good: () => FIGURES, isBelieved: bearer("/metrics") },
    "a session": { good: () => mara.cookie.split("=")[1], isBelieved: (value) => asks("/v1/console/session", { cookie: `${mara.cookie.split("=")[0]}=${value}` }) },
    "a sign-in link": {
      good: async () => (await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "theo" })).body.url.split("#")[1],
      isBelieved: async (token) => (await usher.fetch("/v1/console/session", { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ token }) })).status === 200,
    },
    "an identity token": { good: identity, isBelieved: isIdentity },
    "the stamp of a form": { good: stamp, isBelieved: heldFor },
    "the link to a rating": { good: () => page, isBelieved: (token) => asks(`/v1/feedback/demo/${token}`) },
    "an editor's link": { good: () => new URL(editor.url).searchParams.get("usher_editor"), isBelieved: (token) => isEditor(usher, token) },
  };
}

async function isEditor(usher, token) {
  const body = JSON.stringify({ prompts: [], url: `${usher.origin}/pricing/`, editor: token });
  const answer = await usher.json("/v1/prompts/pk_demo_platform", { method: "POST", headers: { "content-type": "text/plain" }, body });
  return answer.body.why?.length > 0;
}

function identity() {
  const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
  const now = Math.floor(Date.now() / 1_000);
  const text = `${part({ alg: "HS256" })}.${part({ sub: "u-17", email: "di@example.com", aud: "demo", iat: now, exp: now + 600 })}`;
  return `${text}.${createHmac("sha256", IDENTITY_SECRET).update(text).digest("base64url")}`;
}

/** The text with one letter of its second half another one, so many times. A letter that stands for bits that do not count is left. */
function flips(text, random, count) {
  const letters = "0123456789abcdef";
  return Array.from({ length: count }, () => {
    let at;
    do at = Math.floor(text.length / 2) + random.below(Math.floor(text.length / 2) - 1);
    while (!/[\w-]/.test(text[at]));
    return text.slice(0, at) + random.pick([...letters.replace(text[at].toLowerCase(), "")]) + text.slice(at + 1);
  });
}

await promise("S17", check, { controls: ["planted", "good-as-changed"] });
