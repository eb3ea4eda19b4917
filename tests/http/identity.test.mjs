// Who the platform says somebody is: which tokens are believed, what is known of whom, and that nobody else learns it.

import assert from "node:assert/strict";
import { createHmac, createSign, generateKeyPairSync, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import { inquiry, startUsher } from "../support/usher.mjs";

const demo = await readFile(new URL("../../demo/workspace.json", import.meta.url), "utf8");
const SECRET = "a secret that only the platform's server has";
const SITE = "pk_known_platform";
const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const publicKey = rsa.publicKey.export({ type: "spki", format: "pem" });
let usher;
let mara;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  const source = JSON.parse(demo.replaceAll(/__[A-Z_]+__/g, () => "https://learn.example.com"));
  source.identity = { secret: SECRET };
  source.sites = [{ ...source.sites[0], key: SITE, origins: ["https://learn.example.com"] }];
  for (const form of source.forms) {
    for (const field of form.fields) if (["name", "email", "company", "interest"].includes(field.name)) field.once = true;
  }
  const saved = await usher.operator("PUT", "workspaces/known", source);
  assert.equal(saved.status, 201, JSON.stringify(saved.body));
  mara = await usher.signIn("mara", "known");
});
after(() => usher?.stop());

const now = () => Math.floor(Date.now() / 1_000);
const part = (json) => Buffer.from(typeof json === "string" ? json : JSON.stringify(json)).toString("base64url");
const claims = (rest = {}) => ({ sub: "u-17", aud: "known", iat: now(), exp: now() + 300, ...rest });

function token(rest, { secret = SECRET, header = { alg: "HS256", typ: "JWT" } } = {}) {
  const signed = `${part(header)}.${part(claims(rest))}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}

function rs256(header) {
  const signed = `${part(header)}.${part(claims())}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(rsa.privateKey, "base64url")}`;
}

const ask = (identity, form = "inquiry", options = {}) =>
  usher.json(`/v1/known/${SITE}`, {
    method: "POST",
    headers: { "content-type": "text/plain", ...options.headers },
    body: JSON.stringify({ identity, form }),
  });
const send = async (values, rest) => (await usher.submit("inquiry", inquiry(values, rest), { site: SITE })).body;
const known = async (identity, form) =>
  Object.fromEntries((await ask(identity, form)).body.known.map(({ name, value, verified }) => [name, [value, verified]]));

const FORGERIES = {
  "no token": () => "",
  garbage: () => "garbage",
  "three dots": () => "...",
  "alg none": () => `${part({ alg: "none" })}.${part(claims())}.`,
  "alg None with a signature": () => token({}, { header: { alg: "None" } }),
  "no alg": () => token({}, { header: { typ: "JWT" } }),
  "RS256 signed by a stranger": () => rs256({ alg: "RS256" }),
  "RS256 named, HMAC with the public key": () => token({}, { secret: publicKey, header: { alg: "RS256" } }),
  "HS256 with a public key": () => token({}, { secret: publicKey }),
  "HS512 named": () => token({}, { header: { alg: "HS512" } }),
  "another secret": () => token({}, { secret: "another" }),
  "an empty secret and a kid": () => token({}, { secret: "", header: { alg: "HS256", kid: "../../dev/null" } }),
  "a key of its own": () => token({}, { secret: "k", header: { alg: "HS256", jwk: { kty: "oct", k: part("k") } } }),
  "a header that must be understood": () => token({}, { header: { alg: "HS256", crit: ["b64"], b64: false } }),
  "no signature": () => token().split(".").slice(0, 2).join("."),
  "an empty signature": () => `${token().split(".").slice(0, 2).join(".")}.`,
  "a cut signature": () => token().slice(0, -10),
  "claims of another token": () => {
    const [header, , signature] = token().split(".");
    return `${header}.${part(claims({ sub: "u-1" }))}.${signature}`;
  },
  expired: () => token({ iat: now() - 1_000, exp: now() - 61 }),
  "no end": () => token({ exp: undefined }),
  "an end too far": () => token({ exp: now() + 3_600 }),
  "made in the future": () => token({ iat: now() + 300 }),
  "not valid yet": () => token({ nbf: now() + 300 }),
  "another audience": () => token({ aud: "pk_demo_platform" }),
  "no audience": () => token({ aud: undefined }),
  "nobody": () => token({ sub: "" }),
  "ten kilobytes": () => token({ name: "x".repeat(10_240) }),
};

describe("a token that is not good", () => {
  let strangers;
  before(async () => {
    // Somebody is known under this id, and nobody under the other: the answers must be the same.
    await send({ company: "Ruiz Books" }, { identity: token() });
    strangers = (await ask("garbage")).body;
  });

  for (const [name, forge] of Object.entries(FORGERIES)) {
    test(`${name} tells nothing, and a submission with it lands as claimed`, async () => {
      const forged = forge();
      const { status, body } = await ask(forged);
      assert.equal(status, 401);
      assert.deepEqual(body, strangers);
      assert.ok(!forged || forged.length < 20 || !JSON.stringify(body).includes(forged.slice(0, 20)));

      const receipt = await send({}, { identity: forged });
      const item = await mara.itemOf(receipt);
      assert.deepEqual(item.person.identifiers.map(({ kind, verified }) => [kind, verified]), [["email", false]]);
      const noted = item.history.filter(({ kind }) => kind === "identity_refused");
      assert.equal(noted.length, forged ? 1 : 0);
      if (forged) assert.match(noted[0].text, /^identity_[a-z_]+$/);
    });
  }

  test("nothing of a token is logged", () => {
    const log = usher.output.join("\n");
    for (const word of [SECRET, "eyJ", "u-17"]) assert.ok(!log.includes(word), word);
  });
});

describe("a good token", () => {
  test("for the workspace or the site, with a kid that nobody looks at", async () => {
    for (const good of [token(), token({ aud: SITE }), token({ aud: ["x", "known"] }), token({}, { header: { alg: "HS256", kid: "7" } })]) {
      assert.equal((await ask(good)).status, 200);
    }
  });

  test("makes identifiers verified, and finds the person by the platform's id first", async () => {
    const sub = randomUUID();
    const email = `ana-${sub}@example.com`;
    const first = await mara.itemOf(await send({ email }, { identity: token({ sub, email, name: "Ana María Ruiz" }) }));
    assert.deepEqual(first.person.identifiers, [
      { kind: "email", value: email, verified: true },
      { kind: "user", value: sub, verified: true },
    ]);
    assert.equal(first.person.name, "Ana María Ruiz");
    const other = `other-${sub}@example.com`;
    const second = await mara.itemOf(await send({ email: other, name: "Not Ana" }, { identity: token({ sub }) }));
    assert.equal(second.person.id, first.person.id);
    assert.equal(second.person.name, "Ana María Ruiz", "a claim never overwrites what was verified");
    assert.deepEqual(second.person.identifiers.find(({ value }) => value === other).verified, false);
  });

  test("takes over whoever only claimed its address, and never another user", async () => {
    const sub = randomUUID();
    const email = `bo-${sub}@example.com`;
    const claimed = await mara.itemOf(await send({ email }));
    const verified = await mara.itemOf(await send({ email }, { identity: token({ sub, email }) }));
    assert.equal(verified.person.id, claimed.person.id);
    const another = await mara.itemOf(await send({ email }, { identity: token({ sub: `${sub}-2`, email }) }));
    assert.notEqual(another.person.id, verified.person.id);
  });

  test("an address that is only typed ties a user to nobody", async () => {
    const email = `cy-${randomUUID()}@example.com`;
    const victim = await mara.itemOf(await send({ email, company: "Secret Ltd" }));
    const sub = randomUUID();
    const user = await mara.itemOf(await send({ email, company: undefined }, { identity: token({ sub }) }));
    assert.notEqual(user.person.id, victim.person.id);
    assert.equal((await known(token({ sub }))).company, undefined);
  });
});

describe("what is known", () => {
  test("what they gave, signed in, comes back to them and only to them", async () => {
    const sub = randomUUID();
    const email = `di-${sub}@example.com`;
    await send({ email, company: "Ruiz Books", interest: "team", seats: "12" }, { identity: token({ sub, email, name: "Di" }) });
    assert.deepEqual(await known(token({ sub, email, name: "Di Ruiz" })), {
      name: ["Di Ruiz", true],
      email: [email, true],
      company: ["Ruiz Books", false],
      interest: ["team", false],
    });
    // The message is not a field that is asked once; the support form has no company.
    assert.deepEqual(Object.keys(await known(token({ sub, email }), "support")).sort(), ["email", "name"]);
    assert.deepEqual(await known(token({ sub: randomUUID() })), {});
    // Another user with the same address, as the platform says: the address alone tells nothing.
    assert.deepEqual(await known(token({ sub: randomUUID(), email })), { email: [email, true] });
  });

  test("what a stranger typed beside the address is never told, and overwrites nothing", async () => {
    const sub = randomUUID();
    const email = `ed-${sub}@example.com`;
    await send({ email, company: "Stranger Ltd" });
    assert.equal((await known(token({ sub, email }))).company, undefined);
    await send({ email, company: "Ed's Books" }, { identity: token({ sub, email }) });
    await send({ email, company: "Stranger Ltd" });
    assert.deepEqual((await known(token({ sub, email }))).company, ["Ed's Books", false]);
    await send({ email, company: "Ed's New Books" }, { identity: token({ sub, email }) });
    assert.deepEqual((await known(token({ sub, email }))).company, ["Ed's New Books", false]);
  });

  test("from another origin, for another form or site, it tells nothing", async () => {
    assert.equal((await ask(token(), "inquiry", { headers: { origin: "https://elsewhere.example" } })).status, 403);
    assert.equal((await ask(token(), "nope")).status, 404);
    const other = await usher.json("/v1/known/pk_demo_platform", {
      method: "POST",
      body: JSON.stringify({ identity: token(), form: "inquiry" }),
    });
    assert.equal(other.status, 401, "the demo workspace takes no tokens");
    const malformed = await usher.json(`/v1/known/${SITE}`, { method: "POST", body: `{"identity":"${token()}"` });
    assert.equal(malformed.status, 400);
    assert.ok(!JSON.stringify(malformed.body).includes("eyJ"));
  });

  test("a held submission keeps who its sender was, and no token", async () => {
    const sub = randomUUID();
    const email = `fa-${sub}@example.com`;
    const receipt = await send({ email, company: "Held Books" }, { identity: token({ sub, email }), trap: "x" });
    assert.equal((await known(token({ sub, email }))).company, undefined);
    const { body: page } = await mara.call("held");
    const held = page.held.find(({ reference }) => reference === receipt.reference);
    assert.ok(!JSON.stringify(page).includes("eyJ"));
    const { body } = await mara.call(`held/${held.id}`, { method: "POST", body: { act: "release" } });
    const item = await mara.item(body.item);
    assert.ok(item.person.identifiers.every(({ verified }) => verified));
    assert.deepEqual((await known(token({ sub, email }))).company, ["Held Books", false]);
  });
});
