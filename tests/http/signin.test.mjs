// Signing in: passwords, OpenID Connect against a real provider and against an issuer that lies, Cloudflare Access against
// an issuer of the same tokens (there is no Cloudflare here).

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { accessForgeries, openIdForgeries } from "../support/forgeries.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { CALLBACK, part, startIssuer, startProvider, walkThrough } from "../support/providers.mjs";
import { Staff, startUsher } from "../support/usher.mjs";
import { Visitor } from "../support/visitor.mjs";

const EMAIL = "mara@larkfield.example.com";
const GOOD = "umbrella tacit gravel";
const OTHER = "seven grey herons wait";
const SECRET = "a secret of the provider, +/&=% and all";
// The providers are on this machine.
const LOCAL = ["--allow-private-destinations", "--faults"];

/** Sets a member's password by a fresh link; their calls. */
async function withPassword(usher, member = "mara", password = GOOD) {
  const staff = await usher.signIn(member);
  const { status, body } = await staff.call("account/password", { method: "PUT", body: { new: password } });
  assert.equal(status, 200, JSON.stringify(body));
  return staff;
}

/** What the audit log says, the latest first: what, who, more. */
async function audit(usher, what) {
  const admin = await usher.signIn("mara");
  const { entries } = (await admin.call("audit")).body;
  return entries.filter((entry) => !what || entry.what === what).map(({ what, actor, text }) => [what, actor?.id, text]);
}

/** Every byte that is on the disk. */
async function onDisk(usher) {
  const folder = join(usher.data, "storage");
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((one) => one.isFile()).map((one) => readFile(join(one.parentPath ?? one.path, one.name), "latin1"));
  return (await Promise.all(files)).join("\n");
}

describe("passwords", () => {
  let usher;
  before(async () => {
    usher = await startUsher({ args: LOCAL });
  });
  after(() => usher?.stop());

  test("are set after a link, and sign in", async () => {
    const mara = await usher.signIn("mara");
    const before = (await mara.call("account")).body;
    assert.deepEqual(
      [before.email, before.has_password, before.needs_current, before.may_set, before.way],
      [EMAIL, false, false, true, "link"],
    );
    const set = await mara.call("account/password", { method: "PUT", body: { new: GOOD } });
    assert.equal(set.status, 200, JSON.stringify(set.body));
    assert.deepEqual([set.body.has_password, set.body.needs_current], [true, true]);

    const visitor = new Visitor(usher);
    const answer = await visitor.password(GOOD);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.equal(answer.body.member.id, "mara");
    assert.equal(await visitor.me(), "mara");
    assert.deepEqual([...visitor.jar.keys()].sort(), ["__Host-usher", "__Host-usher-device"]);
    assert.equal((await visitor.call("account", { method: "GET" })).body.way, "password");
    // In capital letters and with blanks around it is the same address; the password is not.
    assert.equal((await new Visitor(usher).password(GOOD, { email: ` ${EMAIL.toUpperCase()} ` })).status, 200);
    assert.equal((await new Visitor(usher).password(GOOD.toUpperCase())).status, 401);
    assert.deepEqual((await audit(usher, "password_set"))[0], ["password_set", "mara", ""]);
    assert.ok((await audit(usher, "signed_in")).some(([, who, how]) => who === "mara" && how === "by password"));
  });

  test("are the same whichever way a letter is typed", async () => {
    await withPassword(usher, "theo", "e\u0301tage vers la mer");
    const email = "theo@larkfield.example.com";
    assert.equal((await new Visitor(usher).password("\u00e9tage vers la mer", { email })).status, 200);
  });

  test("are kept as what was made of them, with its cost", async () => {
    const disk = await onDisk(usher);
    assert.ok(!disk.includes(GOOD), "the password is nowhere");
    const kept = disk.match(/\$pbkdf2-sha256-chain\$v=1\$i=600000,l=100000\$[0-9a-f]{32}\$[0-9a-f]{64}/g);
    assert.ok(kept?.length > 0, "what was made of it is");
    // Computed here by other means: node's own.
    const { pbkdf2Sync } = await import("node:crypto");
    const isGood = (one) => {
      const [, , , , salt, hash] = one.split("$");
      let last = Buffer.from(salt, "hex");
      for (let link = 0; link < 6; link += 1) last = pbkdf2Sync(GOOD, last, 100_000, 32, "sha256");
      return last.toString("hex") === hash;
    };
    assert.ok([...new Set(kept)].some(isGood), "and it is a chain of six");
  });

  test("that are wrong, and addresses that nobody has, get the same answer", async () => {
    const visitor = new Visitor(usher);
    const wrong = await visitor.password("not my password at all");
    const unknown = await visitor.password(GOOD, { email: "nobody@larkfield.example.com" });
    const without = await visitor.password(GOOD, { email: "sunil@larkfield.example.com" });
    const elsewhere = await visitor.password(GOOD, { workspace: "nowhere" });
    assert.deepEqual(wrong.body, { status: 401, code: "wrong_password", title: "The e-mail address or the password is wrong." });
    for (const answer of [wrong, unknown, without, elsewhere]) {
      assert.deepEqual([answer.status, answer.body], [401, wrong.body]);
      assert.deepEqual(answer.headers.getSetCookie(), []);
    }
    for (const [body, status] of [
      [{ workspace: "demo", email: EMAIL }, 422],
      [{ workspace: "demo", email: EMAIL, password: GOOD, more: 1 }, 422],
      [{ workspace: "demo", email: EMAIL, password: ["x"] }, 422],
      [{ workspace: "demo", email: EMAIL, password: "" }, 401],
      [{ workspace: "../demo", email: EMAIL, password: GOOD }, 401],
      [{ workspace: "demo", email: "", password: GOOD }, 401],
      [{ workspace: "demo", email: EMAIL, password: "x".repeat(2_000) }, 401],
    ]) {
      assert.equal((await new Visitor(usher).call("sign-in/password", { body })).status, status, JSON.stringify(body).slice(0, 90));
    }
  });

  test("of an address that nobody has take as long as those of one that somebody has", async () => {
    // Not a time, which says little on a machine with other guests: the medians are of one order. Without a hash it is a twentieth.
    const median = async (email) => {
      const times = [];
      for (let turn = 0; turn < 5; turn += 1) {
        const visitor = new Visitor(usher);
        const start = performance.now();
        assert.equal((await visitor.password("not my password at all", { email })).status, 401);
        times.push(performance.now() - start);
      }
      return times.sort((a, b) => a - b)[2];
    };
    const [known, unknown] = [await median(EMAIL), await median("nobody@larkfield.example.com")];
    assert.ok(unknown > known / 3 && known > unknown / 3, `${known} ms, ${unknown} ms`);
  });

  test("that are too easy are refused beside their field, and nothing is changed", async () => {
    const hana = await usher.signIn("hana");
    for (const [password, code] of [
      ["short", "too_short"],
      ["elevenchars", "too_short"],
      ["x".repeat(257), "too_long"],
      ["password12345", "too_common"],
      ["aaaaaaaaaaaaaa", "too_common"],
      ["Hana Kosir 2026", "too_personal"],
      ["hana@larkfield.example.com", "too_personal"],
      ["LarkfieldLearning1", "too_personal"],
    ]) {
      const { status, body } = await hana.call("account/password", { method: "PUT", body: { new: password } });
      assert.equal(status, 422, password);
      assert.deepEqual(body.fields.map(({ field, code }) => [field, code]), [["new", code]], password);
    }
    assert.equal((await hana.call("account")).body.has_password, false);
    assert.equal((await hana.call("account/password", { method: "PUT", body: { nwe: GOOD } })).status, 422);
  });

  test("are changed with the old one, and every other session ends at once", async () => {
    const first = await withPassword(usher, "ines");
    const email = "ines@larkfield.example.com";
    const [here, there] = [new Visitor(usher), new Visitor(usher)];
    await here.password(GOOD, { email });
    await there.password(GOOD, { email });
    assert.equal((await here.call("account", { method: "GET" })).body.others, 2);
    const change = (body) => here.call("account/password", { method: "PUT", body });
    const wrong = await change({ current: "not my password at all", new: OTHER });
    assert.deepEqual([wrong.status, wrong.body.fields[0].field], [422, "current"]);
    const missing = await change({ new: OTHER });
    assert.deepEqual([missing.status, missing.body.fields[0].code], [422, "required"]);
    assert.equal(await there.me(), "ines", "nothing has ended");
    const links = await usher.operator("POST", "workspaces/demo/sign-in-links", { member: "ines" });

    assert.equal((await change({ current: GOOD, new: OTHER })).status, 200);
    assert.equal(await here.me(), "ines");
    assert.equal(await there.me(), undefined);
    assert.equal((await first.call("session")).status, 401);
    assert.equal((await new Visitor(usher).password(GOOD, { email })).status, 401);
    assert.equal((await new Visitor(usher).password(OTHER, { email })).status, 200);
    const spend = { token: links.body.url.split("#")[1] };
    assert.equal((await new Visitor(usher).call("session", { body: spend })).status, 401, "nor does an older link open");
    assert.deepEqual((await audit(usher, "password_changed"))[0], ["password_changed", "ines", ""]);
  });

  test("that were forgotten are set anew by a link of an admin's", async () => {
    await withPassword(usher, "hana");
    const admin = await usher.signIn("mara");
    const members = (await admin.call("members")).body.members;
    assert.deepEqual(members.find(({ member }) => member.id === "hana").has_password, true);
    const made = await admin.call("members/hana/sign-in-links", { method: "POST" });
    assert.equal(made.status, 201);
    assert.match(made.body.url, /^\/console\/sign-in#demo\.[0-9a-f]{64}$/);
    assert.equal((await admin.call("members/nobody/sign-in-links", { method: "POST" })).status, 404);
    assert.deepEqual((await audit(usher, "invited"))[1] ?? [], ["invited", "mara", "hana"]);
    const agent = await usher.signIn("theo");
    assert.equal((await agent.call("members/mara/sign-in-links", { method: "POST" })).status, 403);

    const hana = new Visitor(usher);
    await hana.call("session", { body: { token: made.body.url.split("#")[1] } });
    assert.equal((await hana.call("account", { method: "GET" })).body.needs_current, false);
    assert.equal((await hana.call("account/password", { method: "PUT", body: { new: OTHER } })).status, 200);
    const email = "hana@larkfield.example.com";
    assert.equal((await new Visitor(usher).password(GOOD, { email })).status, 401);
    assert.equal((await new Visitor(usher).password(OTHER, { email })).status, 200);
    // Once it is set, that session is like any other.
    const again = await hana.call("account/password", { method: "PUT", body: { new: GOOD } });
    assert.equal(again.body.fields[0].field, "current");
  });

  test("a session is new at each sign-in, and the one before is gone", async () => {
    const visitor = new Visitor(usher);
    await visitor.password(GOOD);
    const before = visitor.jar.get("__Host-usher");
    await visitor.password(GOOD);
    const fresh = visitor.jar.get("__Host-usher");
    assert.notEqual(before, fresh);
    assert.equal((await new Staff(usher, `__Host-usher=${before}`, {}).call("session")).status, 401);
    assert.equal(await visitor.me(), "mara");
    // A secret that somebody else put there is not taken on.
    const fixed = new Visitor(usher);
    fixed.jar.set("__Host-usher", `demo.${"ab".repeat(32)}`);
    await fixed.password(GOOD);
    assert.notEqual(fixed.jar.get("__Host-usher"), `demo.${"ab".repeat(32)}`);
    const others = await visitor.call("account/sessions", { method: "DELETE" });
    assert.equal(others.body.others, 0);
    assert.equal(await fixed.me(), undefined);
  });

  test("another site's page signs nobody in", async () => {
    for (const headers of [{ origin: "https://elsewhere.example" }, { "sec-fetch-site": "cross-site" }, { "sec-fetch-site": "same-site" }, { origin: "null" }]) {
      for (const path of ["sign-in/password", "sign-in/openid", "sign-in/access"]) {
        const body = { workspace: "demo", email: EMAIL, password: GOOD };
        const answer = await new Visitor(usher).call(path, { body, headers });
        assert.deepEqual([answer.status, answer.headers.getSetCookie()], [403, []], `${path} ${JSON.stringify(headers)}`);
      }
    }
  });

  test("an address that is another's by now takes no password along", async () => {
    await withPassword(usher, "sunil");
    const email = "sunil@larkfield.example.com";
    const workspace = await demoWorkspace(usher);
    const sunil = workspace.members.find(({ id }) => id === "sunil");
    sunil.email = "new@larkfield.example.com";
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
    assert.equal((await new Visitor(usher).password(GOOD, { email })).status, 401);
    assert.equal((await new Visitor(usher).password(GOOD, { email: sunil.email })).status, 401);
    sunil.email = email;
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
    assert.equal((await new Visitor(usher).password(GOOD, { email })).status, 401, "nor back again");
    // Two who have one address are nobody.
    workspace.members.push({ ...sunil, id: "twin", email: EMAIL });
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
    assert.equal((await new Visitor(usher).password(GOOD)).status, 401);
    workspace.members.pop();
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
    assert.equal((await new Visitor(usher).password(GOOD)).status, 200);
  });

  test("who leaves is out, and whoever gets their id begins anew", async () => {
    const workspace = await demoWorkspace(usher);
    const temp = { id: "temp", name: "Tempest Roe", email: "temp@larkfield.example.com", queues: ["sales"] };
    const put = (members) => usher.operator("PUT", "workspaces/demo", { ...workspace, members });
    await put([...workspace.members, temp]);
    const session = await withPassword(usher, "temp");
    await put(workspace.members);
    assert.equal((await session.call("session")).status, 401);
    await put([...workspace.members, temp]);
    assert.equal((await session.call("session")).status, 401);
    assert.equal((await new Visitor(usher).password(GOOD, { email: temp.email })).status, 401);
    await put(workspace.members);
  });

  test("can be switched off", async () => {
    const workspace = await demoWorkspace(usher);
    const mara = await usher.signIn("mara");
    await usher.operator("PUT", "workspaces/demo", { ...workspace, sign_in: { passwords: false } });
    const ways = await new Visitor(usher).call("sign-in/ways", { method: "GET" });
    assert.deepEqual(ways.body, { workspace: "demo", several: false, passwords: false, openid: null, access: false });
    assert.equal((await new Visitor(usher).password(GOOD)).body.code, "passwords_off");
    const set = await mara.call("account/password", { method: "PUT", body: { current: GOOD, new: OTHER } });
    assert.deepEqual([set.status, set.body.code], [403, "passwords_off"]);
    await usher.operator("PUT", "workspaces/demo", workspace);
    assert.equal((await new Visitor(usher).password(GOOD)).status, 200);
  });
});

describe("whoever guesses", () => {
  let usher;
  before(async () => {
    usher = await startUsher({ args: LOCAL });
    await withPassword(usher);
    await withPassword(usher, "theo");
  });
  after(() => usher?.stop());

  const wrong = (visitor, options) => visitor.password("not my password at all", options);

  test("waits longer and longer, is told for how long, and is let in again by time alone", async () => {
    const visitor = new Visitor(usher);
    for (let turn = 0; turn < 5; turn += 1) assert.equal((await wrong(visitor)).status, 401);
    const first = await wrong(visitor);
    assert.deepEqual([first.status, first.body.code], [429, "too_many_tries"]);
    const asked = Number(first.headers.get("retry-after"));
    assert.ok(asked >= 1 && asked <= 5, `${asked} seconds`);
    assert.match(first.body.title, /^Too many tries\. Try again in .+, or ask for a sign-in link\.$/);
    // The right one waits too: an answer would tell that it is right.
    assert.equal((await visitor.password(GOOD)).status, 429);
    // Nor is anybody somewhere else who says so.
    for (const headers of [{ "cf-connecting-ip": "203.0.113.9" }, { "x-forwarded-for": `203.0.113.9, ${visitor.address}` }, { forwarded: "for=203.0.113.9" }]) {
      assert.equal((await visitor.password(GOOD, { headers })).status, 429, JSON.stringify(headers));
    }
    const waits = [];
    for (let turn = 0; turn < 5; turn += 1) {
      await usher.later(Number((await wrong(visitor)).headers.get("retry-after")));
      assert.equal((await wrong(visitor)).status, 401);
      waits.push(Number((await wrong(visitor)).headers.get("retry-after")));
    }
    // What is asked for is what is left by then.
    for (const [turn, whole] of [10, 20, 40, 80, 160].entries()) {
      assert.ok(waits[turn] <= whole && waits[turn] > whole / 2, `${waits}`);
    }
    await usher.later(160);
    assert.equal((await visitor.password(GOOD)).status, 200);
    assert.equal((await wrong(visitor)).status, 401, "and then begins anew");
    const told = await audit(usher, "sign_ins_failed");
    assert.deepEqual(told.map(([, who, text]) => [who, text]), [[undefined, "Mara Lindqvist: 10 in a row"], [undefined, "Mara Lindqvist: 5 in a row"]]);
  });

  test("keeps nobody else out: not from another network, not in a browser that was here before", async () => {
    const stranger = new Visitor(usher);
    const theo = { email: "theo@larkfield.example.com" };
    const known = new Visitor(usher, stranger.address);
    assert.equal((await known.password(GOOD, theo)).status, 200);
    for (let turn = 0; turn < 6; turn += 1) await wrong(stranger, theo);
    assert.equal((await wrong(stranger, theo)).status, 429);
    assert.equal((await new Visitor(usher).password(GOOD, theo)).status, 200, "another network");
    assert.equal((await new Visitor(usher, stranger.address).password(GOOD, theo)).status, 429, "the same, another browser");
    assert.equal((await known.password(GOOD, theo)).status, 200, "the same, a browser that was here");
    // What says so holds for that one account, and cannot be made up.
    const device = known.jar.get("__Host-usher-device");
    for (const forged of [`${device}0`, `${"0".repeat(32)}.${device.split(".")[1]}`, "x", "."]) {
      const other = new Visitor(usher, stranger.address);
      other.jar.set("__Host-usher-device", forged);
      assert.equal((await other.password(GOOD, theo)).status, 429, forged);
    }
  });

  test("at once gets no more tries than one after the other", async () => {
    const visitor = new Visitor(usher);
    const email = "sunil@larkfield.example.com";
    const statuses = [];
    // Four are hashed at a time; who comes beyond that is asked to come back in a second.
    for (let round = 0; round < 10; round += 1) {
      const answers = await Promise.all(Array.from({ length: 4 }, () => wrong(visitor, { email })));
      statuses.push(...answers.map(({ status }) => status));
    }
    assert.equal(statuses.filter((status) => status === 401).length, 5);
    assert.equal(statuses.filter((status) => status === 429).length, 35);
  });

  test("at many accounts from one network waits as well", async () => {
    const visitor = new Visitor(usher);
    let tries = 0;
    let answer;
    do {
      answer = await wrong(visitor, { email: `person-${tries}@larkfield.example.com` });
      tries += 1;
    } while (answer.status === 401 && tries < 40);
    assert.deepEqual([tries, answer.status], [31, 429]);
    assert.equal((await new Visitor(usher, visitor.address).password(GOOD)).status, 429);
    await usher.later(5);
    assert.equal((await new Visitor(usher, visitor.address).password(GOOD)).status, 200);
  });

  test("the present password of somebody who is signed in waits as well", async () => {
    const visitor = new Visitor(usher);
    await visitor.password(GOOD);
    const change = (current) => visitor.call("account/password", { method: "PUT", body: { current, new: OTHER } });
    for (let turn = 0; turn < 5; turn += 1) assert.equal((await change("not my password at all")).status, 422);
    const refused = await change(GOOD);
    assert.equal(refused.status, 429);
    assert.ok(Number(refused.headers.get("retry-after")) > 0);
  });

  test("a session that is an hour old sets no first password", async () => {
    const jonas = await usher.signIn("jonas");
    await usher.later(60 * 60);
    assert.equal((await jonas.call("account")).body.may_set, false);
    const refused = await jonas.call("account/password", { method: "PUT", body: { new: GOOD } });
    assert.deepEqual([refused.status, refused.body.code], [403, "sign_in_again"]);
  });
});

test("a password that was cheap to hash is kept at the present cost from the next sign-in on", async () => {
  const usher = await startUsher({ args: [...LOCAL, "--password-iterations", "250000"] });
  try {
    await withPassword(usher);
    const costs = async () => [...new Set((await onDisk(usher)).match(/chain\$v=1\$i=\d+,l=\d+/g))];
    assert.deepEqual(await costs(), ["chain$v=1$i=250000,l=100000"]);
    assert.equal((await new Visitor(usher).password(GOOD)).status, 200);
    assert.deepEqual(await costs(), ["chain$v=1$i=250000,l=100000"]);
    await usher.kill9();
    usher.args = LOCAL;
    await usher.start();
    const visitor = new Visitor(usher);
    assert.equal((await visitor.password("not my password at all")).status, 401);
    assert.ok(!(await costs()).some((cost) => cost.includes("600000")));
    assert.equal((await visitor.password(GOOD)).status, 200);
    assert.ok((await costs()).some((cost) => cost.includes("600000")));
    assert.equal((await new Visitor(usher).password(GOOD)).status, 200);
  } finally {
    await usher.stop();
  }
});

describe("OpenID Connect with a real provider", () => {
  let usher;
  let provider;
  before(async () => {
    usher = await startUsher({ args: LOCAL, files: { "openid-secrets": JSON.stringify({ demo: SECRET }) } });
    provider = await startProvider({
      redirectUris: [`${usher.origin}${CALLBACK}`],
      secret: SECRET,
      accounts: {
        mara: { email: "Mara@Larkfield.example.com", email_verified: true, name: "M" },
        unsure: { email: EMAIL, email_verified: false },
        silent: { name: "S" },
        stranger: { email: "stranger@elsewhere.example", email_verified: true },
      },
    });
    await configure();
  });
  after(async () => {
    await provider?.stop();
    await usher?.stop();
  });

  async function configure(client_id = "usher") {
    const workspace = await demoWorkspace(usher);
    workspace.sign_in = { openid: { name: "Larkfield ID", issuer: provider.issuer, client_id } };
    const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
    assert.equal(status, 200, JSON.stringify(body));
  }

  /** Begins; the address at the provider's. */
  async function begin(visitor, to) {
    const { status, body } = await visitor.call("sign-in/openid", { body: { workspace: "demo", ...(to && { to }) } });
    assert.equal(status, 200, JSON.stringify(body));
    return body.url;
  }

  const back = (visitor, url) => visitor.call(new URL(url).pathname + new URL(url).search, { method: "GET", headers: { "sec-fetch-site": "cross-site" } });
  const troubled = ({ status, headers }) => {
    assert.equal(status, 303);
    const to = new URL(headers.get("location"), usher.origin);
    assert.equal(to.pathname, "/console/sign-in");
    return to.searchParams.get("trouble");
  };

  test("says that it is there", async () => {
    const ways = await new Visitor(usher).call("sign-in/ways?workspace=demo", { method: "GET" });
    assert.deepEqual(ways.body, { workspace: "demo", several: false, passwords: true, openid: "Larkfield ID", access: false });
    // Of a workspace that is not there one learns nothing.
    const none = await new Visitor(usher).call("sign-in/ways?workspace=nowhere", { method: "GET" });
    assert.deepEqual(none.body, { workspace: "nowhere", several: false, passwords: true, openid: null, access: false });
  });

  test("asks with all that protects the answer", async () => {
    const visitor = new Visitor(usher);
    const url = new URL(await begin(visitor));
    assert.equal(url.origin + url.pathname, `${provider.issuer}/auth`);
    const asked = Object.fromEntries(url.searchParams);
    assert.deepEqual([asked.response_type, asked.code_challenge_method, asked.scope], ["code", "S256", "openid email profile"]);
    assert.equal(asked.redirect_uri, `${usher.origin}${CALLBACK}`);
    assert.match(asked.code_challenge, /^[\w-]{43}$/);
    for (const name of ["state", "nonce"]) assert.match(asked[name], /^[0-9a-f]{64}$/);
    const again = new URL(await begin(new Visitor(usher))).searchParams;
    for (const name of ["state", "nonce", "code_challenge"]) assert.notEqual(again.get(name), asked[name]);
  });

  for (const [client, how] of [["usher", "its secret in a header"], ["usher-posts", "its secret in the body"], ["usher-open", "no secret, and ES256"]]) {
    test(`signs a member in, with ${how}, and leads back to where they were`, async () => {
      if (client !== "usher-open") await configure(client);
      else {
        // A public client has no secret to show.
        await usher.kill9();
        const { writeFile } = await import("node:fs/promises");
        await writeFile(join(usher.data, "openid-secrets"), "{}");
        await usher.start();
        await configure(client);
      }
      const visitor = new Visitor(usher);
      const answer = await back(visitor, await walkThrough(await begin(visitor, "/queues/sales?whose=mine"), "mara"));
      assert.deepEqual([answer.status, answer.headers.get("location")], [303, "/console/queues/sales?whose=mine"]);
      assert.equal(answer.headers.get("referrer-policy"), "no-referrer");
      assert.equal(await visitor.me(), "mara");
      assert.deepEqual([...visitor.jar.keys()], ["__Host-usher"], "what was for the way back is gone");
      assert.equal((await visitor.call("account", { method: "GET" })).body.way, "openid");
      if (client === "usher-open") {
        const { writeFile } = await import("node:fs/promises");
        await usher.kill9();
        await writeFile(join(usher.data, "openid-secrets"), JSON.stringify({ demo: SECRET }));
        await usher.start();
        await configure();
      }
    });
  }

  test("is in the audit log", async () => {
    assert.ok((await audit(usher, "signed_in")).some(([, who, how]) => who === "mara" && how === "by OpenID Connect"));
  });

  test("makes no session for whom it does not vouch, and none for whom nobody here knows", async () => {
    for (const [login, trouble] of [["unsure", "openid_unverified"], ["silent", "openid_unverified"], ["stranger", "no_member"]]) {
      const visitor = new Visitor(usher);
      assert.equal(troubled(await back(visitor, await walkThrough(await begin(visitor), login))), trouble, login);
      assert.equal(await visitor.me(), undefined);
    }
    const visitor = new Visitor(usher);
    assert.equal(troubled(await back(visitor, await walkThrough(await begin(visitor), "", { stop: true }))), "openid_denied");
  });

  test("takes an answer in the browser that asked, once, whole, and in time", async () => {
    const visitor = new Visitor(usher);
    const answer = new URL(await walkThrough(await begin(visitor), "mara"));
    const sealed = visitor.jar.get("__Host-usher-openid");
    assert.equal(troubled(await back(new Visitor(usher), answer)), "openid_state", "another browser");

    const other = new Visitor(usher);
    await begin(other);
    assert.equal(troubled(await back(other, answer)), "openid_state", "another sign-in's");

    for (const change of [(it) => it.delete("state"), (it) => it.set("state", "0".repeat(64)), (it) => it.set("state", "")]) {
      const spoiled = new URL(answer);
      change(spoiled.searchParams);
      const victim = new Visitor(usher);
      victim.jar.set("__Host-usher-openid", sealed);
      assert.equal(troubled(await back(victim, spoiled)), "openid_state", "no state of ours");
    }
    for (const forged of [sealed.replace(/^./, "A"), sealed.slice(0, -2) + "00", sealed.split(".")[0], `${sealed}.x`, ""]) {
      const victim = new Visitor(usher);
      victim.jar.set("__Host-usher-openid", forged);
      assert.equal(troubled(await back(victim, answer)), "openid_state", "a cookie that is not ours");
    }
    const mixed = new URL(answer);
    mixed.searchParams.set("iss", "https://another.example");
    const victim = new Visitor(usher);
    victim.jar.set("__Host-usher-openid", sealed);
    assert.equal(troubled(await back(victim, mixed)), "openid_token", "another provider's answer");

    assert.equal((await back(visitor, answer)).headers.get("location"), "/console/");
    // Everything again, by whoever could read all of it.
    const thief = new Visitor(usher);
    thief.jar.set("__Host-usher-openid", sealed);
    assert.equal(troubled(await back(thief, answer)), "openid_token", "the provider knows the code");
    assert.equal(await thief.me(), undefined);
  });

  test("a code that is another's or none opens nothing", async () => {
    const visitor = new Visitor(usher);
    const answer = new URL(await walkThrough(await begin(visitor), "mara"));
    answer.searchParams.set("code", "made-up");
    assert.equal(troubled(await back(visitor, answer)), "openid_token");
    // A code of somebody else's sign-in: the verifier is not theirs.
    const thief = new Visitor(usher);
    const theirs = new URL(await begin(thief));
    const mine = new Visitor(usher);
    const stolen = new URL(await walkThrough(await begin(mine), "mara"));
    stolen.searchParams.set("state", theirs.searchParams.get("state"));
    assert.equal(troubled(await back(thief, stolen)), "openid_token");
    assert.equal(await thief.me(), undefined);
  });

  test("leads to our own pages only", async () => {
    for (const to of ["https://evil.example", "//evil.example", "/\\evil.example", "/../x", "/sign-in", "javascript:alert(1)", "/a\r\nx: y"]) {
      const visitor = new Visitor(usher);
      const answer = await back(visitor, await walkThrough(await begin(visitor, to), "mara"));
      assert.equal(answer.headers.get("location"), "/console/", to);
    }
  });

  test("ends when the configuration changes meanwhile", async () => {
    const visitor = new Visitor(usher);
    const answer = await walkThrough(await begin(visitor), "mara");
    await usher.operator("PUT", "workspaces/demo", await demoWorkspace(usher));
    assert.equal(troubled(await back(visitor, answer)), "openid_off");
    assert.equal((await new Visitor(usher).call("sign-in/openid", { body: { workspace: "demo" } })).status, 404);
    await configure();
  });

  test("too late is too late", async () => {
    const visitor = new Visitor(usher);
    const answer = await walkThrough(await begin(visitor), "mara");
    await usher.later(10 * 60);
    assert.equal(troubled(await back(visitor, answer)), "openid_state");
  });
});

describe("an issuer that lies", () => {
  let usher;
  let issuer;
  let key;
  let ec;
  before(async () => {
    usher = await startUsher({ args: LOCAL });
    issuer = await startIssuer();
    key = await issuer.newKey();
    ec = await issuer.newKey("ES256");
    issuer.keys = [key, ec];
    const workspace = await demoWorkspace(usher);
    workspace.sign_in = {
      openid: { name: "Liar", issuer: issuer.origin, client_id: "usher" },
      access: { team: issuer.origin, audience: "tag" },
    };
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
  });
  after(async () => {
    await issuer?.stop();
    await usher?.stop();
  });

  const now = () => Math.floor(Date.now() / 1000);
  const claims = (nonce, more = {}) => ({
    ...{ iss: issuer.origin, sub: "u-1", aud: "usher", iat: now(), exp: now() + 300, nonce, email: EMAIL, email_verified: true },
    ...more,
  });

  const attempt = (make) => new Visitor(usher).openId(issuer, make);

  test("is believed where it tells the truth, by either algorithm", async () => {
    assert.equal(await attempt((nonce) => issuer.sign(key, claims(nonce))), "in as mara");
    assert.equal(await attempt((nonce) => issuer.sign(ec, claims(nonce))), "in as mara");
    assert.equal(await attempt((nonce) => issuer.sign(key, claims(nonce, { aud: ["usher", "x"], azp: "usher" }))), "in as mara");
    // The verifier goes with the code, and the challenge was its hash.
    const { form } = issuer.asked.at(-1);
    assert.deepEqual([form.grant_type, form.client_id, form.code], ["authorization_code", "usher", "c"]);
    assert.match(form.code_verifier, /^[0-9a-f]{64}$/);
  });

  test("forged tokens open nothing", async () => {
    const forgeries = await openIdForgeries({ issuer, key, ec, claims, now });
    for (const [name, make] of Object.entries(forgeries)) assert.equal(await attempt(make), "openid_token", name);
    for (const unsure of [false, "false", 1, null]) {
      assert.equal(await attempt((nonce) => issuer.sign(key, claims(nonce, { email_verified: unsure }))), "openid_unverified");
    }
    assert.equal(await attempt((nonce) => issuer.sign(key, claims(nonce))), "in as mara", "and the truth still holds");
  });

  test("weak and unfit keys are none", async () => {
    const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 1024 });
    const { createSign } = await import("node:crypto");
    const jwk = { ...publicKey.export({ format: "jwk" }), kid: "weak", use: "sig", alg: "RS256" };
    const sealed = await issuer.newKey();
    issuer.keys = [key, ec, { jwk }, { jwk: { ...sealed.jwk, use: "enc" } }];
    // The keys are asked for again, because these names were not there.
    await usher.later(11);
    const weak = (nonce) => {
      const text = `${part({ alg: "RS256", kid: "weak" })}.${part(claims(nonce))}`;
      return `${text}.${createSign("RSA-SHA256").update(text).sign(privateKey, "base64url")}`;
    };
    assert.equal(await attempt(weak), "openid_token");
    assert.equal(await attempt((nonce) => issuer.sign(sealed, claims(nonce))), "openid_token");
    issuer.keys = [key, ec];
  });

  test("user info of somebody else is nobody's", async () => {
    const silent = (nonce) => issuer.sign(key, claims(nonce, { email: undefined, email_verified: undefined }));
    issuer.info = { sub: "u-2", email: EMAIL, email_verified: true };
    assert.equal(await attempt(silent), "openid_token");
    issuer.info = { sub: "u-1", email: EMAIL };
    assert.equal(await attempt(silent), "openid_unverified");
    issuer.info = { sub: "u-1", email: EMAIL, email_verified: true };
    assert.equal(await attempt(silent), "in as mara");
  });

  test("keys may change, and names that nobody has do not make us ask without end", async () => {
    const fetched = () => issuer.fetched.filter((path) => path === "/keys").length;
    const fresh = await issuer.newKey();
    issuer.keys = [fresh, key, ec];
    await usher.later(11);
    assert.equal(await attempt((nonce) => issuer.sign(fresh, claims(nonce))), "in as mara", "a new key");
    assert.equal(await attempt((nonce) => issuer.sign(key, claims(nonce))), "in as mara", "and the one before");
    await usher.later(11);
    const before = fetched();
    const made = await issuer.newKey();
    for (let turn = 0; turn < 5; turn += 1) assert.equal(await attempt((nonce) => issuer.sign(made, claims(nonce))), "openid_token");
    assert.equal(fetched() - before, 1);
  });

  test("one that does not answer, or not as it should, is said to be so", async () => {
    const begin = async () => (await new Visitor(usher).call("sign-in/openid", { body: { workspace: "demo" } })).body;
    // What was known of it is made do with for a day.
    issuer.answer = (path, say) => path.includes("well-known") && (say(500, {}), true);
    await usher.later(11 * 60);
    assert.ok((await begin()).url);
    await usher.later(24 * 60 * 60);
    for (const answer of [
      (say) => say(500, {}),
      (say) => say(200, "no JSON"),
      (say) => say(200, { issuer: issuer.origin }),
      (say) => say(200, `"${"x".repeat(300_000)}"`),
      (say, response) => response.writeHead(302, { location: `${issuer.origin}/elsewhere` }).end(),
      (say) => say(200, { issuer: "https://id.example.com", authorization_endpoint: "https://x", token_endpoint: "https://x", jwks_uri: "https://x" }),
      (say) => say(200, { issuer: issuer.origin, authorization_endpoint: "javascript:alert(1)", token_endpoint: "https://x", jwks_uri: "https://x" }),
      (say) => say(200, { issuer: issuer.origin, authorization_endpoint: "http://id.example.com", token_endpoint: "https://x", jwks_uri: "https://x" }),
    ]) {
      issuer.answer = (path, say, response) => path.includes("well-known") && (answer(say, response), true);
      const refused = await begin();
      assert.deepEqual([refused.status, refused.code], [503, "openid_unreachable"]);
      assert.match(refused.title, /^Liar cannot be reached now/);
      await usher.later(11 * 60);
    }
    issuer.answer = undefined;
  });
});

describe("Cloudflare Access", () => {
  let usher;
  let issuer;
  let key;
  before(async () => {
    usher = await startUsher({ args: LOCAL });
    issuer = await startIssuer();
    key = await issuer.newKey();
    issuer.keys = [key];
    const workspace = await demoWorkspace(usher);
    workspace.sign_in = { access: { team: issuer.origin, audience: "tag" } };
    assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
  });
  after(async () => {
    await issuer?.stop();
    await usher?.stop();
  });

  const now = () => Math.floor(Date.now() / 1000);
  const claims = (more = {}) => ({
    ...{ iss: issuer.origin, sub: "s", aud: ["tag"], iat: now() - 60, nbf: now() - 60, exp: now() + 600, email: EMAIL, type: "app" },
    ...more,
  });
  const enter = (assertion) => new Visitor(usher).access(assertion);

  test("signs in whom it let through", async () => {
    const ways = await new Visitor(usher).call("sign-in/ways", { method: "GET" });
    assert.equal(ways.body.access, true);
    assert.equal(await enter(issuer.sign(key, claims())), "in as mara");
    assert.ok((await audit(usher, "signed_in")).some(([, who, how]) => who === "mara" && how === "by Cloudflare Access"));
  });

  test("anything else is nobody", async () => {
    const ec = await issuer.newKey("ES256");
    issuer.keys = [key, ec];
    await usher.later(11);
    const forgeries = await accessForgeries({ issuer, key, ec, claims, now });
    for (const [name, assertion] of Object.entries(forgeries)) {
      assert.equal(await enter(assertion), "access_refused", name);
    }
    assert.equal(await enter(issuer.sign(key, claims({ email: "stranger@elsewhere.example" }))), "no_member");
    assert.equal(await enter(issuer.sign(key, claims())), "in as mara");
  });

  test("counts only where it is set up", async () => {
    await usher.operator("PUT", "workspaces/demo", await demoWorkspace(usher));
    assert.equal(await enter(issuer.sign(key, claims())), "access_off");
  });
});

test("a configuration that would ask where others listen, or that holds a secret, is refused whole", async () => {
  const usher = await startUsher();
  try {
    const workspace = await demoWorkspace(usher);
    const put = async (sign_in) => usher.operator("PUT", "workspaces/demo", { ...workspace, sign_in });
    const bad = await put({
      openid: { name: "", issuer: "http://id.example.com", client_id: "usher" },
      access: { team: "larkfield.cloudflareaccess.com", audience: "tag" },
    });
    assert.equal(bad.status, 422);
    assert.deepEqual(bad.body.fields.map(({ field }) => field), ["sign_in.openid.name", "sign_in.openid.issuer", "sign_in.access.team"]);
    const openid = { name: "ID", issuer: "https://id.example.com", client_id: "usher", client_secret: SECRET };
    assert.equal((await put({ openid })).status, 400);
    // Of two workspaces, one has to say which.
    const sites = workspace.sites.map((site) => ({ ...site, key: `${site.key}_two` }));
    assert.equal((await usher.operator("PUT", "workspaces/second", { ...workspace, sites })).status, 201);
    const ways = await usher.json("/v1/console/sign-in/ways");
    assert.deepEqual([ways.body.workspace, ways.body.several], [null, true]);
    // A member of one is nobody in the other, and no cookie of one opens the other.
    await withPassword(usher);
    const visitor = new Visitor(usher);
    assert.equal((await visitor.password(GOOD, { workspace: "second" })).status, 401);
    assert.equal((await visitor.password(GOOD)).status, 200);
    const secret = visitor.jar.get("__Host-usher").split(".")[1];
    assert.equal((await new Staff(usher, `__Host-usher=second.${secret}`, {}).call("session")).status, 401);
  } finally {
    await usher.stop();
  }
});
