// Privacy and abuse: what is held, what is refused, what is limited, and that nothing else is written for it.

import assert from "node:assert/strict";
import { createHmac, randomBytes, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { after, before, describe, test } from "node:test";
import { solveChallenge } from "altcha-lib/v1";
import solve from "../../widget/loader/proof.js";
import { inquiry, startUsher, within } from "../support/usher.mjs";

const demo = await readFile(new URL("../../demo/workspace.json", import.meta.url), "utf8");
const ORIGIN = "https://abuse.example.com";
let usher;
let mara;
let cloudflare;
before(async () => {
  cloudflare = await startCloudflare();
  usher = await startUsher({
    args: ["--faults", "--allow-private-destinations", "--turnstile-verify-url", cloudflare.url],
  });
  assert.equal((await configure()).status, 201);
  mara = await usher.signIn("mara", "abuse");
});
after(async () => {
  await usher?.stop();
  cloudflare?.server.close();
});

/** A workspace with one site for each kind of check. */
function configure(change = () => {}) {
  const source = JSON.parse(demo.replaceAll(/__[A-Z_]+__/g, () => ORIGIN));
  const site = (id, rest) => ({ ...source.sites[0], id, name: id, key: `pk_abuse_${id}`, origins: [ORIGIN], ...rest });
  source.sites = [
    site("plain"),
    site("fresh", { checks: { stamp: true } }),
    site("proof", { checks: { proof: true } }),
    site("turnstile", { checks: { turnstile: { site_key: "1x00000000000000000000AA", secret: "the-secret" } } }),
    site("daily", { limits: { submissions_per_day: 2 } }),
    site("few", { limits: { per_address: 3 } }),
    site("crowded", { limits: { submissions_per_day: 2, per_address: 7 } }),
    site("switched"),
  ];
  change(source);
  return usher.operator("PUT", "workspaces/abuse", source);
}

const send = (site, { values, ...rest } = {}, options = {}) =>
  usher.submit("inquiry", inquiry(values, rest), { site: `pk_abuse_${site}`, ...options });
const rows = () => usher.rows("abuse");
const fates = async () => (await usher.json("/__faults/desk/abuse/fates")).body;

/** How many more of each there are. */
async function added(read, work) {
  const before = await read();
  const result = await work();
  const now = await read();
  const more = Object.entries(now).map(([name, count]) => [name, count - (before[name] ?? 0)]);
  return [Object.fromEntries(more.filter(([, count]) => count !== 0)), result];
}

/** Sends what must be held: it is in one table, and nowhere else; nobody is told more than that it arrived. */
async function isHeld(reasons, site, rest, options) {
  const [more, answer] = await added(rows, () => send(site, rest, options));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  const { fate: _, sender: __, spent_proof: ___, ...written } = more;
  assert.deepEqual(written, { held: 1 }, "no person, no item, no outbox, no submission");
  assert.equal(answer.body.answer_by, "");
  assert.equal(answer.body.team, "Larkfield Learning");
  const view = await heldOf(answer.body);
  assert.deepEqual(view.reasons.map(({ tag }) => tag), reasons);
  return { receipt: answer.body, view };
}

async function heldOf(receipt) {
  let after = "";
  do {
    const { body } = await mara.call(`held${after && `?after=${after}`}`);
    const found = body.held.find((one) => one.reference === receipt.reference);
    if (found) return found;
    after = body.next ?? "";
  } while (after);
  return null;
}

async function lands(site, rest, options) {
  const [more, answer] = await added(rows, () => send(site, rest, options));
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  assert.equal(more.item, 1);
  assert.equal(more.held, undefined);
  return answer.body;
}

const stampOf = async (site) => (await usher.json(`/v1/boot/pk_abuse_${site}`)).body.stamp;

describe("what looks like a machine's is held", () => {
  test("the trap", () => isHeld(["trap", "stamp_missing"], "plain", { trap: "x" }));

  test("the trap of the plain page", async () => {
    const body = new URLSearchParams({ usher_submission_id: randomUUID(), usher_trap: "x", ...inquiry().values });
    const [more] = await added(rows, async () => {
      const response = await usher.fetch("/v1/forms/pk_abuse_plain/inquiry", { method: "POST", body });
      assert.equal(response.status, 200);
    });
    assert.equal(more.held, 1);
    assert.equal(more.person, undefined);
  });

  test("stamps: forged, of another site, changed", async () => {
    const stamp = await stampOf("plain");
    const [seconds, signature] = stamp.split(".");
    for (const forged of ["1", "x.y", `${Number(seconds) - 60}.${signature}`, await stampOf("fresh"), stamp.slice(0, -1)]) {
      await isHeld(["stamp_forged"], "plain", { stamp: forged });
    }
    // Fresh from the edge, it was filled in faster than anybody reads: a weak sign, which holds nothing by itself.
    await lands("plain", { stamp });
    await lands("plain");
  });

  test("a site may ask for a fresh stamp", async () => {
    await isHeld(["stamp_missing"], "fresh");
    await isHeld(["stamp_young"], "fresh", { stamp: await stampOf("fresh") });
  });

  test("links: in a name, in markup, many; or two and no stamp", async () => {
    const links = (count) => "see https://x.example ".repeat(count);
    await isHeld(["stamp_missing", "link_in_name"], "plain", { values: { name: "www.x.example" } });
    await isHeld(["stamp_missing", "markup_link"], "plain", { values: { message: '<a href="x">y</a>' } });
    await isHeld(["stamp_missing", "many_links"], "plain", { values: { message: links(5) } });
    await isHeld(["stamp_missing", "some_links"], "plain", { values: { message: links(2) } });
    await lands("plain", { values: { message: links(1) } });
  });

  test("an address that is lent for minutes, and no stamp", async () => {
    const values = { email: "ana@0-mail.com" };
    await isHeld(["stamp_missing", "disposable_address"], "plain", { values });
    await isHeld(["stamp_missing", "disposable_address"], "plain", { values: { email: "ana@a.b.0-MAIL.com" } });
    await lands("plain", { values: { email: "ana@0-mail.example.com" } });
  });

  test("beyond the site's day, and what is held uses none of it up", async () => {
    await isHeld(["trap", "stamp_missing"], "daily", { trap: "x" });
    await lands("daily");
    await lands("daily");
    await isHeld(["stamp_missing", "daily_limit"], "daily");
  });
});

describe("proof of work", () => {
  const challenge = async (site = "proof") => (await usher.json(`/v1/challenge/pk_abuse_${site}`)).body;
  const payload = (fields) => Buffer.from(JSON.stringify(fields)).toString("base64");
  const solved = async (site) => {
    const { maxnumber: _, ...asked } = await challenge(site);
    const { number } = await solveChallenge(asked.challenge, asked.salt, asked.algorithm, 50_000).promise;
    return { ...asked, number };
  };

  test("a challenge is ALTCHA's", async () => {
    const asked = await challenge();
    assert.equal(asked.algorithm, "SHA-256");
    assert.equal(asked.maxnumber, 50_000);
    assert.match(asked.challenge, /^[0-9a-f]{64}$/);
    assert.match(asked.salt, /^[0-9a-f]{24}\?expires=\d+&site=pk_abuse_proof&$/);
    assert.notEqual((await challenge()).challenge, asked.challenge);
  });

  test("altcha-lib solves it, and so do we", async () => {
    await lands("proof", { proof: payload(await solved()) });
    await lands("proof", { proof: await solve({ origin: usher.origin, site: "pk_abuse_proof" }) });
  });

  test("without, wrong, changed or of another site, it is held", async () => {
    await isHeld(["stamp_missing", "proof_missing"], "proof");
    const good = await solved();
    const key = randomBytes(32);
    const own = { ...good, signature: createHmac("sha256", key).update(good.challenge).digest("hex") };
    const spliced = { ...good, salt: `${good.salt}${String(good.number)[0]}`, number: Number(String(good.number).slice(1)) };
    const longer = { ...good, salt: good.salt.replace(/expires=\d+/, "expires=9999999999") };
    for (const wrong of [{ ...good, number: good.number + 1 }, own, spliced, longer, {}, await solved("plain")]) {
      await isHeld(["stamp_missing", "proof_wrong"], "proof", { proof: payload(wrong) });
    }
    await isHeld(["stamp_missing", "proof_wrong"], "proof", { proof: "no base64!" });
    // None of them has spent it.
    await lands("proof", { proof: payload(good) });
  });

  test("a solution is worth one submission, however many ask at once", async () => {
    const proof = payload(await solved());
    const [more, answers] = await added(rows, () =>
      Promise.all(Array.from({ length: 20 }, () => send("proof", { proof }))),
    );
    assert.ok(answers.every(({ status }) => status === 200));
    assert.deepEqual([more.item, more.held, more.spent_proof], [1, 19, 1]);
    const held = await heldOf(answers.find(({ body }) => body.answer_by === "").body);
    assert.ok(held.reasons.some(({ tag }) => tag === "proof_replayed"));
  });

  test("sent again, the same submission needs no other", async () => {
    const sent = inquiry({}, { proof: payload(await solved()) });
    const first = await usher.submit("inquiry", sent, { site: "pk_abuse_proof" });
    const again = await usher.submit("inquiry", sent, { site: "pk_abuse_proof" });
    assert.deepEqual(again.body, first.body);
    assert.notEqual(first.body.answer_by, "");
  });
});

describe("Turnstile", () => {
  test("a good token lands, a bad one is held, and Cloudflare is asked as it says", async () => {
    await lands("turnstile", { turnstile: "good" });
    assert.equal(cloudflare.asked.secret, "the-secret");
    assert.match(cloudflare.asked.idempotency_key, /^[0-9a-f-]{36}$/);
    assert.equal(cloudflare.asked.remoteip, undefined);
    await isHeld(["stamp_missing", "turnstile_failed"], "turnstile", { turnstile: "bad" });
    await isHeld(["stamp_missing", "turnstile_failed"], "turnstile", { turnstile: "x".repeat(3_000) });
    await isHeld(["stamp_missing", "turnstile_missing"], "turnstile");
  });

  test("where Cloudflare fails, nobody is turned away", async () => {
    for (const token of ["broken", "reset", "html"]) {
      await isHeld(["stamp_missing", "turnstile_unavailable"], "turnstile", { turnstile: token });
    }
  });
});

describe("review", () => {
  test("a held submission is answered the same again, and another body under its id is refused", async () => {
    const sent = inquiry({}, { trap: "x" });
    const first = await usher.submit("inquiry", sent, { site: "pk_abuse_plain" });
    const [more, again] = await added(fates, () => usher.submit("inquiry", sent, { site: "pk_abuse_plain" }));
    assert.deepEqual(again.body, first.body);
    assert.deepEqual(more, { duplicate: 1 });
    const other = { ...sent, values: { ...sent.values, message: "other" } };
    assert.equal((await usher.submit("inquiry", other, { site: "pk_abuse_plain" })).status, 409);
  });

  test("released by twenty at once, it lands once, with its reference and its history", async () => {
    const sent = inquiry({ company: "Ruiz Books" }, { trap: "x", page: { url: "http://localhost/pricing/" } });
    const { body: receipt } = await usher.submit("inquiry", sent, { site: "pk_abuse_plain" });
    const held = await heldOf(receipt);
    assert.equal(held.url, "http://localhost/pricing/");
    assert.deepEqual(held.values.find(({ name }) => name === "company").value, "Ruiz Books");
    const release = () => mara.call(`held/${held.id}`, { method: "POST", body: { act: "release", reason: "Known to us" } });
    const started = Date.now();
    const [ends, [more, answers]] = await added(fates, () => added(rows, () => Promise.all(Array.from({ length: 20 }, release))));
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array(19).fill(409)]);
    assert.equal(answers.find(({ status }) => status === 409).body.code, "already_reviewed");
    assert.deepEqual([more.item, more.submission, more.person], [1, 1, 1]);
    assert.deepEqual(ends, { accepted: 1, held: -1 });

    const { body: reviewed } = answers.find(({ status }) => status === 200);
    assert.deepEqual([reviewed.state, reviewed.by.id], ["released", "mara"]);
    const item = await mara.item(reviewed.item);
    assert.equal(item.row.reference, receipt.reference);
    assert.ok(Date.parse(item.row.opened_at) >= started, "the promise counts from the release");
    assert.ok(Date.parse(item.row.answer_by) > started);
    assert.deepEqual(item.history.map(({ kind, actor, text }) => [kind, actor?.id ?? null, text]).slice(1, 3), [
      ["held", null, "A field that no person can see was filled in. It did not come with the time at which the form was handed out."],
      ["let_through", "mara", "Known to us"],
    ]);
    assert.equal(item.submission.values.find(({ name }) => name === "company").value, "Ruiz Books");
    assert.equal(await heldOf(receipt), null);
    // The visitor's own copy, sent again, gets the first receipt to the letter.
    assert.deepEqual((await usher.submit("inquiry", sent, { site: "pk_abuse_plain" })).body, receipt);
  });

  test("discarded, it is spam, and stays discarded", async () => {
    const { body: receipt } = await send("plain", { trap: "x" });
    const held = await heldOf(receipt);
    const review = (act) => mara.call(`held/${held.id}`, { method: "POST", body: { act, reason: "Nonsense" } });
    const [ends, answer] = await added(fates, () => review("discard"));
    assert.deepEqual([answer.status, answer.body.state, answer.body.item], [200, "discarded", undefined]);
    assert.deepEqual(ends, { spam: 1, held: -1 });
    assert.equal((await review("release")).status, 409);
    assert.equal(await heldOf(receipt), null);
  });

  test("only members of the workspace see or decide", async () => {
    const { body: receipt } = await send("plain", { trap: "x" });
    const held = await heldOf(receipt);
    const stranger = await usher.signIn("mara", "demo");
    assert.deepEqual((await stranger.call("held")).body, { held: [], next: null, waiting: 0 });
    const release = { method: "POST", body: { act: "release" } };
    assert.equal((await stranger.call(`held/${held.id}`, release)).status, 404);
    assert.equal((await usher.fetch("/v1/console/held")).status, 401);
    assert.equal((await mara.call(`held/${held.id}`, { method: "POST", body: { act: "keep" } })).status, 422);
    assert.ok(await heldOf(receipt));
  });

  test("consoles hear how many wait", async () => {
    const socket = await within(mara.live(), "the socket is open");
    const said = new Promise((hear) => socket.once("data", (frame) => hear(JSON.parse(frame.subarray(2)))));
    await send("plain", { trap: "x" });
    const { waiting } = (await mara.call("held")).body;
    assert.deepEqual(await within(said, "the console hears of it"), { type: "held", waiting });
    socket.destroy();
  });

  test("a decision that fails half way leaves it waiting", async () => {
    const before = await rows();
    const answer = await send("plain", { trap: "x" }, { headers: { "usher-fail-after": "1" } });
    assert.equal(answer.status, 503);
    assert.deepEqual(await rows(), before);
  });
});

describe("limits", () => {
  const from = (address) => ({ headers: { "x-forwarded-for": address } });

  test("one address sends so many, and others are not touched", async () => {
    for (let index = 0; index < 3; index += 1) await lands("few", {}, from("198.51.100.1"));
    const [written, [ends, refused]] = await added(rows, () => added(fates, () => send("few", {}, from("198.51.100.1"))));
    assert.equal(refused.status, 429);
    assert.equal(refused.body.code, "too_many");
    const wait = Number(refused.headers.get("retry-after"));
    assert.ok(wait > 0 && wait <= 600, `${wait}`);
    assert.equal(refused.body.retry_after_s, wait);
    assert.deepEqual(ends, { refused_rate_limited: 1 });
    assert.equal(Object.keys(written).filter((table) => table !== "fate").length, 0);
    await lands("few", {}, from("198.51.100.2"));
    // Another browser behind the same address is the same address; another site's count is its own.
    const other = { headers: { "x-forwarded-for": "198.51.100.1", "user-agent": "another" } };
    assert.equal((await send("few", {}, other)).status, 429);
    await lands("plain", {}, from("198.51.100.1"));
  });

  test("those who ask not to be tracked are counted too, and one IPv6 subscriber is one", async () => {
    const private_ = (address) => ({ headers: { "x-forwarded-for": address, "sec-gpc": "1" } });
    for (let index = 1; index <= 3; index += 1) await lands("few", {}, private_(`2001:db8:1:2::${index}`));
    assert.equal((await send("few", {}, private_("2001:db8:1:2::4"))).status, 429);
    await lands("few", {}, private_("2001:db8:1:3::1"));
  });

  test("sent again, what was taken gets its receipt whatever the limit", async () => {
    const sent = inquiry();
    const options = { site: "pk_abuse_few", ...from("198.51.100.3") };
    const first = await usher.submit("inquiry", sent, options);
    await send("few", {}, from("198.51.100.3"));
    await send("few", {}, from("198.51.100.3"));
    assert.equal((await send("few", {}, from("198.51.100.3"))).status, 429);
    assert.deepEqual((await usher.submit("inquiry", sent, options)).body, first.body);
  });

  test("they hold for those who arrive together, each as if the others had come before", async () => {
    const [ends, answers] = await added(fates, () =>
      Promise.all(Array.from({ length: 13 }, () => send("crowded", {}, from("198.51.100.5")))),
    );
    const of = (status) => answers.filter((answer) => answer.status === status);
    assert.deepEqual([of(200).length, of(429).length], [7, 6]);
    // Beyond the day's two they look like a machine's: that, and that there is no stamp.
    assert.deepEqual(ends, { accepted: 2, held: 5, refused_rate_limited: 6 });
    const held = await Promise.all(of(200).map(({ body }) => heldOf(body)));
    const reasons = held.filter(Boolean).map(({ reasons }) => reasons.map(({ tag }) => tag));
    assert.deepEqual(reasons, Array(5).fill(["stamp_missing", "daily_limit"]));
  });

  test("held ones count as well", async () => {
    for (let index = 0; index < 3; index += 1) await send("few", { trap: "x" }, from("198.51.100.4"));
    assert.equal((await send("few", { trap: "x" }, from("198.51.100.4"))).status, 429);
  });
});

describe("a site that is switched off, has ended or is gone", () => {
  const change = (rest) => configure((source) => Object.assign(source.sites.at(-1), rest));

  test("is refused at once, and each has its name", async () => {
    await lands("switched");
    const cases = [
      [{ off: true }, 410, "site_off", "refused_site_off"],
      [{ expires_at: "2020-01-01T00:00:00Z" }, 410, "site_expired", "refused_site_expired"],
      [{ key: "pk_abuse_another" }, 404, "unknown_site", "refused_unknown_site"],
    ];
    for (const [rest, status, code, fate] of cases) {
      assert.equal((await change(rest)).status, 200);
      const [ends, refused] = await added(fates, () => send("switched"));
      assert.deepEqual([refused.status, refused.body.code], [status, code]);
      assert.deepEqual(ends, { [fate]: 1 });
      assert.notEqual((await usher.fetch("/v1/boot/pk_abuse_switched")).status, 200);
    }
    await change({ expires_at: "2999-01-01T00:00:00Z" });
    await lands("switched");
  });
});

/** A stand-in for Cloudflare's address on the network, and for nothing of ours: it answers as Turnstile's documentation says. */
async function startCloudflare() {
  const seen = {};
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    seen.asked = JSON.parse(text);
    const json = (body, status = 200) => response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
    switch (seen.asked.response) {
      case "good":
        return json({ success: true, "error-codes": [], hostname: "abuse.example.com" });
      case "broken":
        return json({ success: false, "error-codes": ["internal-error"] }, 500);
      case "reset":
        return request.socket.destroy();
      case "html":
        return response.writeHead(502).end("<h1>Bad gateway</h1>");
      default:
        return json({ success: false, "error-codes": ["invalid-input-response"] });
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    server,
    url: `http://127.0.0.1:${server.address().port}/siteverify`,
    get asked() {
      return seen.asked;
    },
  };
}
