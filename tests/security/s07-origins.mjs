// S7: a page reads an answer of ours only where its origin stands in the site's list. Every public route is asked from some fifty
// origins that look like a listed one and are not; none is named in an answer, none changes anything, and no answer ever allows
// everybody or credentials.

import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { once } from "node:events";

import { demoWorkspace } from "../support/hosts.mjs";
import { lanes, promise } from "../support/promise.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const KEY = "pk_origins_site";
const LISTED = ["https://shop.example.com", "https://shop.example.com:8443", "http://localhost:4000"];
const FOREIGN = [
  "null", "", " ", "*", "file://", "about:blank", "https://", "https://evil.example", "http://shop.example.com", "https://shop.example.com:443",
  "https://shop.example.com:444", "https://shop.example.com:84433", "https://shop.example.com.", "https://shop.example.com.evil.example",
  "https://shop.example.comevil.example", "https://evilshop.example.com", "https://evil-shop.example.com", "https://evil.example/shop.example.com",
  "https://evil.example#https://shop.example.com", "https://evil.example?https://shop.example.com", "https://shop.example.com@evil.example",
  "https://evil.example@shop.example.com", "https://www.shop.example.com", "https://a.shop.example.com", "https://example.com", "https://shop.example.co",
  "https://shop.example.com/", "https://shop.example.com/pricing", "https://shopXexample.com", "https://shop-example.com", "https://SHOP.EXAMPLE.COM",
  "HTTPS://shop.example.com", "https:shop.example.com", "//shop.example.com", "shop.example.com", "https//shop.example.com", "ftp://shop.example.com",
  "data:https://shop.example.com", "chrome-extension://shop.example.com", "https://shop.example.com https://evil.example",
  "https://evil.example https://shop.example.com", "https://shop.example.com,https://evil.example", "https://shop.example.com%00.evil.example",
  "https://shop.example.com%2eevil.example", "https://shop.example.com x", "https://xn--shp-0na.example.com", "https://shop.example.com`evil.example",
  "https://shop_example.com", "http://localhost:4001", "http://localhost", "http://localhost:40000", "http://127.0.0.1:4000", "http://[::1]:4000",
  "http://localhost.evil.example:4000", "https://localhost:4000", "undefined", "https://shop.example.com:0", "https://shop.example.com:-1",
];

async function check({ control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const source = await demoWorkspace(usher);
  source.sites.push({ id: "origins", name: "Origins", kind: "own", key: KEY, origins: LISTED, forms: ["inquiry", "support"], launcher: "" });
  source.identity = { secret: "a secret of the platform, 32 characters or more" };
  await usher.operator("PUT", "workspaces/demo", source);

  const ROUTES = [
    ["GET", `/v1/boot/${KEY}`], ["GET", `/v1/boot/${KEY}.js`], ["GET", `/v1/challenge/${KEY}`],
    ["POST", `/v1/forms/${KEY}/inquiry`, () => ({ ...inquiry() })],
    ["POST", `/v1/signals/${KEY}`, () => ({ batch_id: randomUUID(), signals: [{ kind: "page_viewed", url: "https://shop.example.com/" }] })],
    ["POST", `/v1/prompts/${KEY}`, () => ({ prompts: [], url: "https://shop.example.com/" })],
    ["POST", `/v1/known/${KEY}`, () => ({ identity: "x", form: "inquiry" })],
    ["POST", `/v1/files/${KEY}?name=a.png`, () => "no file"],
    ...["forms", "files", "known", "prompts", "signals"].map((kind) => ["OPTIONS", `/v1/${kind}/${KEY}${kind === "forms" ? "/inquiry" : ""}`]),
    ["GET", "/v1/console/session"], ["GET", "/v1/console/held"], ["POST", "/v1/console/presence", () => ({ away: false })], ["OPTIONS", "/v1/console/presence"],
    ["PUT", "/v1/operator/workspaces/demo", () => ({})], ["OPTIONS", "/v1/operator/workspaces/demo"], ["POST", "/v1/workspaces/demo/outcomes", () => ({})],
  ];
  const cookie = (await usher.signIn("mara")).cookie;
  const wrong = [];
  const ask = async (method, path, body, origin) => {
    const headers = {
      "content-type": "text/plain",
      "x-forwarded-for": `198.51.100.${ask.count % 250}`,
      "user-agent": `Mozilla/5.0 ${randomUUID()}`,
      cookie,
    };
    ask.count += 1;
    if (origin !== undefined) headers.origin = origin;
    if (method === "OPTIONS") Object.assign(headers, { "access-control-request-method": "POST", "access-control-request-headers": "content-type" });
    return send(usher, method, path, headers, body && JSON.stringify(body()));
  };
  ask.count = 0;
  /** What may never be said, whoever asks. */
  const never = (what, { headers }) => {
    if (headers["access-control-allow-credentials"]) wrong.push(`${what} allows credentials`);
    if (headers["access-control-allow-origin"] === "*") wrong.push(`${what} allows everybody`);
  };

  // Where it is listed, it is named, and nothing else is: the rig would see it.
  let named = 0;
  for (const origin of LISTED) {
    for (const [method, path, body] of ROUTES.filter(([, path]) => path.includes(KEY))) {
      const answer = await ask(method, path, body, origin);
      never(`${method} ${path}`, answer);
      if (answer.headers["access-control-allow-origin"] !== origin) wrong.push(`${method} ${path} from ${origin} may not be read: ${answer.status}`);
      else named += 1;
      if (!/\borigin\b/i.test(answer.headers.vary ?? "")) wrong.push(`${method} ${path}: a cache may give it to others`);
    }
  }
  const before = await usher.rows();
  const foreign = control === "listed" ? [...FOREIGN, LISTED[0]] : FOREIGN;
  let asked = 0;
  await lanes(foreign.length, 4, async (at) => {
    for (const [method, path, body] of ROUTES) {
      const answer = await ask(method, path, body, foreign[at]);
      asked += 1;
      const what = `${method} ${path} from ${JSON.stringify(foreign[at])}`;
      never(what, answer);
      if (answer.headers["access-control-allow-origin"]) wrong.push(`${what} may be read: ${answer.headers["access-control-allow-origin"]}`);
      if (answer.status >= 500) wrong.push(`${what}: ${answer.status}`);
      // A header that says nothing is no origin: no browser sends one.
      const is = foreign[at].trim();
      if (is && method !== "OPTIONS" && answer.status < 400) wrong.push(`${what} was answered: ${answer.status}`);
    }
  });
  const after = await usher.rows();
  // Nobody said where `""` and `" "` come from: those are as from a program.
  const programs = FOREIGN.filter((origin) => !origin.trim()).length;
  if (after.submission - before.submission !== programs)
    wrong.push(`${after.submission - before.submission} submissions of foreign pages, not ${programs}`);
  wrong.slice(0, 10).forEach(note);
  return {
    met: FOREIGN.length >= 40 && !wrong.length,
    figure: `${FOREIGN.length} foreign origins on ${ROUTES.length} routes, ${asked} calls: ${wrong.length} accepted; ${named} of listed ones named; no "*" and no credentials`,
  };
}

/** A request with just these headers: `fetch` would not send some of them. */
async function send(usher, method, path, headers, body) {
  const asked = request(new URL(path, usher.origin), { method, headers });
  asked.end(body);
  const [answer] = await once(asked, "response");
  answer.resume();
  await once(answer, "end");
  return { status: answer.statusCode, headers: answer.headers };
}

await promise("S7", check, { controls: ["listed"] });
