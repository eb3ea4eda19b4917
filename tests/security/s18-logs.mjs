// S18: nothing that somebody sent or holds is ever in the log. Texts that stand nowhere else are sent in every place of every kind
// of request: as names, addresses and messages, as tokens, cookies, passwords and links, in paths, queries and headers, in what is
// right, wrong, cut off, too large, refused and failing half way; then the program's output, and what it tells those who watch it, is looked through for each of them.

import { createHmac, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { once } from "node:events";

import { demoWorkspace } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { routes } from "../support/routes.mjs";
import { png } from "../support/samples.mjs";
import { inquiry, startUsher, support, until } from "../support/usher.mjs";

const SECRET = "a secret of the platform, 32 characters or more";
const SITE = "pk_demo_platform";

async function check({ full, control, random, note, atEnd }) {
  const wanted = full ? 10_000 : 2_000;
  const canaries = [];
  const canary = () => {
    canaries.push(`dunnock${random.uuid().replaceAll("-", "").slice(0, 20)}`);
    return canaries.at(-1);
  };
  const receiver = createServer((request, response) => response.writeHead(500).end(canary()));
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  atEnd(() => receiver.close());
  const usher = await startUsher({ args: ["--faults", "--allow-private-destinations", "--password-iterations", "1000"] });
  atEnd(() => usher.stop());
  const source = await demoWorkspace(usher);
  source.identity = { secret: SECRET };
  source.sign_in = { passwords: true };
  const url = `http://127.0.0.1:${receiver.address().port}/${canary()}?token=${canary()}`;
  source.destinations = [
    { id: "crm", to: { webhook: { url, secret: `whsec_${Buffer.from(`${canary()}, long enough to sign`).toString("base64")}` } } },
  ];
  const saved = await usher.operator("PUT", "workspaces/demo", source);
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));
  const mara = await usher.signIn("mara");
  const all = (await routes()).filter((route) => !route.includes("session"));

  let sent = 0;
  const go = async (method, path, { headers = {}, body } = {}) => {
    const named = {
      ...headers,
      cookie: headers.cookie ?? `__Host-usher=demo.${canary()}; other=${canary()}`,
      "x-forwarded-for": `10.9.${(sent >> 8) & 255}.${sent & 255}`,
      "user-agent": `Mozilla/5.0 ${canary()}`,
    };
    sent += 1;
    const answer = await usher.fetch(path, { method, headers: named, body, redirect: "manual" }).catch(() => undefined);
    await answer?.arrayBuffer();
  };
  const email = () => `${canary()}@${canary()}.example`;
  const sender = () => ({ name: canary(), email: email(), company: canary(), message: `${canary()} ${email()}` });
  const page = () => ({
    url: `https://x.example/${canary()}?utm_source=${canary()}&token=${canary()}`,
    title: canary(),
    referrer: `https://y.example/${canary()}`,
  });
  const jwt = (claims, secret = SECRET) => {
    const part = (json) => Buffer.from(JSON.stringify(json)).toString("base64url");
    const now = Math.floor(Date.now() / 1_000);
    const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part({ sub: canary(), aud: "demo", iat: now, exp: now + 300, ...claims })}`;
    const token = `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
    // The token itself is one of those that may be nowhere.
    canaries.push(token.slice(40, 70));
    return token;
  };
  const text = { "content-type": "text/plain" };
  const json = { "content-type": "application/json" };
  const form = (rest = {}, values = sender()) => JSON.stringify({ ...inquiry(values, { page: page(), ...rest }) });
  const turns = [
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: text, body: form() }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: text, body: form({ trap: canary(), stamp: canary(), proof: canary(), turnstile: canary(), visitor: randomUUID(), prompt: canary() }) }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: text, body: form({ identity: jwt({ name: canary(), email: email() }) }) }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: text, body: form({ identity: jwt({ name: canary() }, canary()) }) }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: { ...text, "usher-fail-after": String(random.below(9)) }, body: form() }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: text, body: form().slice(0, -20) }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: { "content-type": `text/${canary()}` }, body: form() }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: text, body: form({}, { ...sender(), [canary()]: canary(), email: canary() }) }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: text, body: `${form()}${" ".repeat(70_000)}` }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { body: new URLSearchParams({ usher_submission_id: randomUUID(), usher_page: page().url, ...sender() }) }),
    () => go("POST", `/v1/forms/${canary()}/${canary()}?${canary()}=${canary()}`, { headers: { ...text, origin: `https://${canary()}.example` }, body: form() }),
    () => go("POST", `/v1/forms/${SITE}/inquiry`, { headers: { "content-type": `multipart/form-data; boundary=${canary()}` }, body: form() }),
    () => go("POST", `/v1/files/${SITE}?name=${canary()}.png`, { body: png({ text: canary() }) }),
    () => go("POST", `/v1/files/${SITE}?name=${canary()}`, { body: canary() }),
    () => go("POST", `/v1/signals/${SITE}`, { headers: text, body: JSON.stringify({ batch_id: randomUUID(), signals: [{ kind: "page_viewed", ...page(), referrer: undefined, about: { plan: canary() } }] }) }),
    () => go("POST", `/v1/signals/${SITE}`, { headers: text, body: JSON.stringify({ batch_id: canary(), signals: canary() }) }),
    () => go("POST", `/v1/known/${SITE}`, { headers: text, body: JSON.stringify({ identity: jwt({}), form: canary() }) }),
    () => go("POST", `/v1/known/${SITE}`, { headers: text, body: JSON.stringify({ identity: canary(), form: "inquiry" }) }),
    () => go("POST", `/v1/prompts/${SITE}`, { headers: text, body: JSON.stringify({ prompts: [canary()], url: page().url, visitor: canary() }) }),
    () => go("GET", `/v1/feedback/demo/${canary()}`),
    () => go("POST", `/v1/feedback/demo/${canary()}`, { body: new URLSearchParams({ stars: "1", text: canary() }) }),
    () => go("POST", "/v1/console/session", { headers: json, body: JSON.stringify({ token: `demo.${canary()}` }) }),
    () => go("POST", "/v1/console/sign-in/password", { headers: json, body: JSON.stringify({ workspace: "demo", email: email(), password: canary() }) }),
    () => go("POST", "/v1/console/sign-in/access", { headers: { ...json, "cf-access-jwt-assertion": jwt({}) }, body: JSON.stringify({ workspace: canary() }) }),
    () => go("GET", `/v1/console/sign-in/openid/callback?state=${canary()}&code=${canary()}`),
    () => go("POST", "/v1/workspaces/demo/outcomes", { headers: { ...json, authorization: `Bearer ${canary()}` }, body: JSON.stringify({ item: canary(), outcome: "won", reason: canary() }) }),
    () => go("PUT", "/v1/operator/workspaces/demo", { headers: { ...json, authorization: `Bearer ${canary()}` }, body: JSON.stringify({ name: canary() }) }),
    () => go("PUT", "/v1/operator/workspaces/demo", { headers: { ...json, authorization: `Bearer ${usher.token}` }, body: JSON.stringify({ ...source, name: canary(), [canary()]: canary() }) }),
    () => go("POST", "/v1/operator/workspaces/demo/tokens", { headers: { ...json, authorization: `Bearer ${usher.token}` }, body: JSON.stringify({ name: canary(), scope: canary() }) }),
    () => go("GET", `/v1/console/search?q=${canary()}`, { headers: { cookie: mara.cookie } }),
    () => go("POST", "/v1/console/views", { headers: { ...json, cookie: mara.cookie }, body: JSON.stringify({ name: canary(), queue: canary() }) }),
    () => {
      const [method, path] = random.pick(all).split(" ");
      return go(method, `/${path.replaceAll("_", canary())}?${canary()}=${canary()}`, { headers: { ...json, cookie: mara.cookie, authorization: `Bearer ${canary()}` }, body: ["POST", "PUT"].includes(method) ? JSON.stringify({ [canary()]: canary() }) : undefined });
    },
    () => go("GET", `/${canary()}/${canary()}?${canary()}`, { headers: { referer: `https://x.example/${canary()}`, "x-real-ip": canary() } }),
  ];
  for (let round = 0; canaries.length < wanted; round += 1) await lanes(turns.length, 4, (at) => turns[at]());
  // What staff do, and what goes out and fails.
  const { body } = await usher.submit("support", support({ message: canary(), email: email() }));
  const item = await mara.itemOf(body);
  for (const act of [
    { act: "claim" },
    { act: "note", text: `${canary()} ${email()}` },
    { act: canary() },
    { act: "close", outcome: "solved", reason: canary() },
  ])
    await mara.act(item.row.id, act);
  await until(() => usher.output.some((line) => line.includes('"event"')) || usher.output.length, "something is written");
  await usher.later(10);
  // A failure is in the log, so the rig reads what is written.
  const lines = usher.output.filter((line) => line.startsWith("{") || line.includes('"level"'));
  if (control === "log") usher.output.push(JSON.stringify({ level: "info", event: "said", detail: canaries[7] }));
  // What is measured is as public as the log, to whoever holds its token.
  const watched = await Promise.all(
    ["/metrics", "/status"].map(async (path) => {
      const answer = await usher.fetch(path, { headers: { authorization: `Bearer ${usher.token}` } });
      return answer.status === 200 ? answer.text() : "";
    }),
  );
  const output = [...usher.output, ...watched].join("\n");
  const found = canaries.filter((one) => output.includes(one));
  const secrets = [usher.token, mara.cookie.split(".")[1]].filter((secret) => output.includes(secret));
  for (const one of found.slice(0, 5))
    note(
      `there it is: ${output
        .split("\n")
        .find((line) => line.includes(one))
        .slice(0, 300)}`,
    );
  if (!lines.length) return { met: false, figure: "nothing was written at all: the rig is blind" };
  return {
    met: !found.length && !secrets.length,
    figure: `${canaries.length} texts in ${sent} requests of ${turns.length} kinds; ${found.length + secrets.length} in ${usher.output.length} lines (${lines.length} events) of output and ${watched.filter(Boolean).length} pages of metrics`,
  };
}

await promise("S18", check, { controls: ["log"] });
