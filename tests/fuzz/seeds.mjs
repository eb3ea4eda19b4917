// Writes the corpus anew from tests/vectors and a few inputs that stand nowhere else: `node tests/fuzz/seeds.mjs`. What a fuzzer
// found later stands beside it, under a name of its own (`found-...`), and stays.

import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";

import { JPEG, PDF, png } from "../support/samples.mjs";

const CORPUS = new URL("corpus/", import.meta.url);
/** As many of each list of vectors: a corpus is small, and a fuzzer makes the rest. */
const MOST = 24;

const vectors = async (name) => JSON.parse(await readFile(new URL(`../vectors/${name}.json`, import.meta.url), "utf8"));
const some = (list) => list.filter((_, at) => at % Math.ceil(list.length / MOST) === 0);
const text = JSON.stringify;

const submissions = await vectors("submission");
const patterns = await vectors("pattern");
const conditions = (await vectors("growthbook/conditions")).evalCondition;
const [form] = await vectors("forms");
const pages = await vectors("pages");
const mails = await vectors("mail");

const site = { id: "shop", name: "Shop", kind: "own", key: "pk_fuzz_site", origins: ["https://shop.example"], forms: [form.id], launcher: "Ask" };
const workspace = {
  name: "Fuzz", queues: [{ id: "sales", name: "Sales" }], sites: [site], forms: [form],
  members: [{ id: "ana", name: "Ana", email: "ana@example.com", queues: ["sales"], roles: ["admin"] }],
  pools: [{ id: "all", name: "All", members: ["ana"], hours: { zone: "Europe/London", week: { monday: [["09:00", "17:00"]] } } }],
  card: { limits: { fit: { min: -20, max: 40 }, intent: { min: 0, max: 60 }, relationship: { min: -10, max: 20 } }, tiers: { fit: [20, 5], intent: [30, 15] }, rules: [{ id: "free", group: "fit", when: { "email.free": false }, points: 8, says: "Own domain" }] },
  routes: [{ id: "every", when: {}, queue: "sales", pool: "all", first_touch_minutes: 60, says: "All" }],
};
const prompt = { id: "bar", look: "bar", body: "May we help?", action: "Ask", form: form.id, triggers: ["exit_intent", { visible_secs: 5 }], pages: pages[1].rules };
const now = Math.floor(1_795_253_400);
const claims = { iss: "https://issuer.example", aud: "usher", sub: "u-1", iat: now, exp: now + 300, nonce: "nonce", email: "ana@example.com", email_verified: true };
const key = { kty: "RSA", kid: "one", use: "sig", alg: "RS256", n: "x".repeat(342), e: "AQAB" };
const multipart = (boundary, parts) => `multipart/form-data; boundary=${boundary}\n${parts.map(([head, body]) => `--${boundary}\r\nContent-Disposition: form-data; ${head}\r\n\r\n${body}\r\n`).join("")}--${boundary}--\r\n`;

const CORPORA = {
  submission: some(submissions).map(({ body }) => text(body)),
  signals: [
    { batch_id: "7d444840-9dc0-41d1-b245-5ffdce74fad2", signals: [] },
    { batch_id: "7d444840-9dc0-41d1-b245-5ffdce74fad2", human: true, referrer: "https://a.example/?utm_source=b", signals: [{ kind: "page_viewed", url: "https://x.example/ana@example.com?token=1", title: "A", ago_ms: 5 }] },
    { batch_id: "7d444840-9dc0-41d1-b245-5ffdce74fad2", signals: [{ kind: "plan_viewed", about: { plan: "pro", visible_ms: "5000" } }, { kind: "<b>" }, 7] },
    { batch_id: "7d444840-9dc0-41d1-b245-5ffdce74fad2", visitor: "7d444840-9dc0-41d1-b245-5ffdce74fad3", forget: true },
  ].map(text),
  condition: [
    ...some(conditions).map(([, condition, facts]) => text({ condition, facts })),
    text({ condition: { "values.end": { $gte: { $field: "values.start", $days: 60 } } }, facts: { values: { start: "2026-11-01", end: "2026-12-01" } } }),
  ],
  pattern: [...some(patterns.patterns).map(({ pattern }) => `${pattern}\n${patterns.texts.slice(0, 20).join("\n")}`), ...some(patterns.refused)],
  multipart: [
    multipart("x", [['name="email"', "a@b.example"], ['name="shot"; filename="a.png"', "\x89PNG"]]),
    multipart("----WebKitFormBoundaryA", [['name="a\\"b"', ""], ["name*=UTF-8''x", "--x"], ['name="c"', "\r\n--x\r\n"]]),
    "multipart/form-data; boundary=x\n--x--\r\n", "multipart/form-data; boundary=x\nfirst\r\n--x\r\n\r\n\r\n--x", "text/plain\nnothing",
  ],
  token: [
    { token: "a.b.c", header: { alg: "RS256", kid: "one" }, claims, keys: { keys: [key] } },
    { token: "..", header: { alg: "none" }, claims: { ...claims, aud: ["usher", "other"], azp: "usher" }, keys: { keys: [] } },
    { token: "a.b.", header: { alg: "ES256", crit: ["b64"] }, claims: { ...claims, exp: 1e11 }, keys: { keys: [{ kty: "EC", crv: "P-256", x: "x", y: "y" }] } },
    { header: { alg: "HS256", typ: "JWT" }, claims: { ...claims, name: "Ana", phone: "+44 20 7946 0018", referrals: 3 } },
  ].map(text),
  outcomes: [
    text({ item: "USH-1", outcome: "won", reason: "ten seats", at: "2026-11-23T10:00:00Z" }), text({ outcomes: [{ item: "1", outcome: "lost" }, { item: "2", outcome: "spam", more: 1 }, 3] }),
    "item,outcome,reason,at\nUSH-1,won,\"a, b\",2026-11-23T10:00:00Z\n2,lost,,\n", "\ufeffoutcome,item\r\nwon,1\r\n\"open", "item,item,outcome\n1,2,won\n",
  ],
  snippet: [
    { page: "https://shop.example/", keys: ["pk_site"], site: "pk_site", form: "inquiry", boot: true, wasm: true, connect: true, sheets: true, worker: true, refused: [], policies: [] },
    { page: "https://shop.example/", keys: ["pk_site", "pk_other"], site: "pk_other", refused: [{ directive: "script-src-elem", policy: "default-src 'none'; script-src 'self'" }], policies: ["script-src 'self'"] },
    { keys: [], refused: [{ directive: "connect-src", policy: "" }] }, {},
  ].map(text),
  config: [
    workspace, { ...workspace, prompts: [prompt], sites: [{ ...site, prompts: ["bar"], checks: { proof: true, stamp: true } }] },
    { ...workspace, lang: "fr", identity: { secret: "a secret of 32 characters or more" }, destinations: [{ id: "crm", events: ["item.opened", "item.closed"], when: { "score.tier": "A1" }, to: { webhook: { url: "https://crm.example.com/", secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" } } }, { id: "chat", to: { chat: { url: "https://hooks.example.com/x" } } }] },
    { ...workspace, sign_in: { passwords: true }, templates: [{ id: "hello", name: "Hello", subject: "About {{reference}}", text: "Hello {{first_name}}" }] }, { ...workspace, sites: [], forms: [] },
  ].map(text),
  experiment: [
    { key: "a", variations: [0, 1], weights: [0.5, 0.5], coverage: 1, condition: { country: "GB" }, namespace: ["ns", 0, 0.5] },
    { key: "b", variations: ["x", "y"], ranges: [[0, 0.4], [0.6, 1]], hashVersion: 2, filters: [{ seed: "s", ranges: [[0, 1]] }], meta: [{ key: "c" }] },
    { key: "c", status: "draft", force: 1, parentConditions: [{ id: "p", condition: { value: true } }] }, [],
  ].map(text),
  file: [png(), png({ text: "<script>" }), JPEG, PDF, Buffer.from("../../etc/passwd\r\n.png"), Buffer.from("GIF89a")],
  mail: mails.map(({ raw }) => raw),
  message: [
    { type: "item.opened", data: { kind: "inquiry", summary: "Which\r\nplan?", link: "https://usher.example.com/console/items/1", person: { name: "Ana <Ruiz>", email: "ana@example.com", phone: "+44 20 7946 0018" }, score: { tier: "A1", reasons: ["Asked & waited"] }, route: { queue: "sales", team: "Sales", owner: "Mara" }, values: { message: "<!channel> @here" }, page: { url: "https://x.example/" } } },
    { type: "item.opened", data: { complaint: "It broke", person: { email: "a\r\nBcc: b@c" } } }, { type: "item.closed", data: { kind: "trial", outcome: "won", reason: "x" } }, { type: "test" }, {},
  ].map(text),
  text: [
    ...some(submissions.flatMap(({ body }) => Object.values(body.values ?? {})).filter((value) => typeof value === "string" && value)),
    "ana+tag@sub.example.co.uk", "+44 (0)20 7946 0018", "1,234.50", "2026-11-30", "2026-11-30T10:00:00.000Z", "https://2130706433/", "https://[::ffff:7f00:1]/", "https://a:b@x.example:8443/u/ana%40example.com?utm_source=x&gclid=y#z",
    "/console/../x", "//x.example", "#2f5bd0", "Hello {{first_name}}, {{ reference }}", "$pbkdf2-sha256-chain$v=1$i=1,l=1$00$00", "multipart/form-data; boundary=\"x\"", "\u202egro.live \u{1f3f4}",
  ],
};

for (const [name, seeds] of Object.entries(CORPORA)) {
  const folder = new URL(`${name}/`, CORPUS);
  await mkdir(folder, { recursive: true });
  for (const file of await readdir(folder)) if (file.startsWith("seed-")) await rm(new URL(file, folder));
  for (const [at, seed] of seeds.entries()) await writeFile(new URL(`seed-${String(at).padStart(3, "0")}`, folder), seed);
  console.log(`${name}: ${seeds.length}`);
}
