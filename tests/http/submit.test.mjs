// A submission, from a request to the queue: what was stored and what the next person sees.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, describe, test } from "node:test";
import { inquiry, startUsher, support, trial } from "../support/usher.mjs";

let usher;
let mara;
before(async () => {
  usher = await startUsher({ args: ["--faults"] });
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

describe("the right queue", () => {
  test("an inquiry from the pricing page goes to sales, with its reasons", async () => {
    const sent = inquiry({ company: "Ruiz Books" });
    const { status, body: receipt } = await usher.submit("inquiry", sent);
    assert.equal(status, 200);
    assert.equal(receipt.submission_id, sent.submission_id);
    assert.match(receipt.reference, /^USH-[0-9A-Z]{5}-[0-9A-Z]{5}$/);
    assert.equal(receipt.team, "Course advisers");
    const item = await mara.itemOf(receipt);
    assert.equal(item.row.queue, "sales");
    assert.deepEqual(
      item.submission.values.map(({ name, value }) => [name, value]),
      [
        ["name", "Ana Ruiz"],
        ["email", sent.values.email],
        ["company", "Ruiz Books"],
        ["message", "Which plan fits?"],
      ],
    );
    assert.ok(item.score.reasons.some((reason) => reason.rule === "asked_from_pricing"));
    const sum = item.score.groups.reduce((points, group) => points + group.points, 0);
    assert.equal(sum, item.score.total);
    assert.equal(item.route.rule, "inquiry");
    assert.equal(item.row.answer_by, receipt.answer_by);
    assert.ok(inOfficeHours(receipt.answer_by), `somebody is there to answer at ${receipt.answer_by}`);
    assert.deepEqual(item.timers, [{ kind: "first_touch", due_at: receipt.answer_by, state: "running" }]);
    assert.deepEqual(item.history.map((event) => event.kind), ["opened"]);
  });

  test("a support request goes to success", async () => {
    const { body: receipt } = await usher.submit("support", support());
    const item = await mara.itemOf(receipt);
    assert.equal(item.row.queue, "success");
    assert.equal(receipt.team, "Learner support");
  });

  test("a trial sign-up goes to sales with a tier of its own", async () => {
    const { body: receipt } = await usher.submit("trial", trial());
    const { body: other } = await usher.submit("inquiry", inquiry());
    const [item, inquired] = [await mara.itemOf(receipt), await mara.itemOf(other)];
    assert.equal(item.row.queue, "sales");
    assert.equal(item.row.kind, "trial");
    assert.equal(item.row.tier, "B1");
    assert.notEqual(item.row.tier, inquired.row.tier);
  });

  test("the same person's second item says so", async () => {
    const email = `twice-${randomUUID()}@example.com`;
    await usher.submit("inquiry", inquiry({ email }));
    const { body: receipt } = await usher.submit("inquiry", inquiry({ email: email.toUpperCase(), name: "A. Ruiz" }));
    const item = await mara.itemOf(receipt);
    assert.equal(item.person.others.length, 1);
    assert.equal(item.person.name, "A. Ruiz");
    assert.ok(item.score.reasons.some((reason) => reason.rule === "wrote_before"));
    assert.deepEqual(item.person.identifiers.map((identifier) => identifier.verified), [false]);
  });
});

describe("sent twice", () => {
  test("the same submission exists once and gets the same receipt", async () => {
    const sent = inquiry();
    const first = await usher.submit("inquiry", sent);
    const rows = await usher.rows();
    const again = await usher.submit("inquiry", sent);
    assert.deepEqual(again.body, first.body);
    assert.deepEqual({ ...(await usher.rows()), fate: 0 }, { ...rows, fate: 0 });
  });

  test("fifty copies at once exist once", async () => {
    const sent = inquiry();
    const before = await usher.rows();
    const answers = await Promise.all(Array.from({ length: 50 }, () => usher.submit("inquiry", sent)));
    assert.equal(new Set(answers.map((answer) => JSON.stringify(answer.body))).size, 1);
    const rows = await usher.rows();
    assert.equal(rows.submission, before.submission + 1);
    assert.equal(rows.item, before.item + 1);
  });

  test("another submission under a used id is refused", async () => {
    const sent = inquiry();
    await usher.submit("inquiry", sent);
    const other = await usher.submit("inquiry", { ...sent, values: { ...sent.values, message: "Something else" } });
    assert.equal(other.status, 409);
    assert.equal(other.body.code, "submission_id_reused");
  });
});

describe("bad input is named, and nothing is half written", () => {
  const refused = async (body, status, options) => {
    const before = await usher.rows();
    const answer = await usher.submit("inquiry", body, options);
    assert.equal(answer.status, status, JSON.stringify(answer.body));
    assert.match(answer.headers.get("content-type"), /^application\/problem\+json/);
    assert.deepEqual({ ...(await usher.rows()), fate: 0 }, { ...before, fate: 0 });
    return answer.body;
  };
  const named = (problem) => problem.fields.map(({ field, code }) => `${field}: ${code}`);

  test("malformed JSON", async () => {
    for (const body of ["", "{", "null,", '{"a":1}x', "\u0000", "[".repeat(5_000)]) {
      assert.equal((await refused(body, 400)).code, "malformed_json", JSON.stringify(body.slice(0, 20)));
    }
  });

  test("what is not UTF-8", async () => {
    const url = new URL("/v1/forms/pk_demo_platform/inquiry", usher.origin);
    const headers = { "content-type": "text/plain" };
    const response = await fetch(url, { method: "POST", headers, body: Buffer.from([0x7b, 0xff, 0xfe]) });
    assert.equal(response.status, 400);
    assert.equal((await response.json()).code, "not_utf8");
  });

  test("JSON that is no object", async () => {
    for (const body of ["null", "7", '"text"', "[]"]) {
      assert.deepEqual(named(await refused(body, 422)), [": not_an_object"]);
    }
  });

  test("wrong types, each by name", async () => {
    const body = { submission_id: 7, values: { name: 1, email: {}, message: [] }, page: 3, signals: "x" };
    assert.deepEqual(named(await refused(body, 422)), [
      "submission_id: not_a_uuid",
      "name: not_text",
      "email: not_text",
      "message: not_text",
      "page: not_an_object",
      "signals: not_a_list",
    ]);
  });

  test("missing fields, each by name", async () => {
    assert.deepEqual(named(await refused({}, 422)), [
      "submission_id: not_a_uuid",
      "name: required",
      "email: required",
      "message: required",
    ]);
  });

  test("fields that a caller may not set", async () => {
    const body = { ...inquiry(), score: 99, owner: "mara", fate: "accepted" };
    assert.deepEqual(named(await refused(body, 422)), [
      "fate: unknown_field",
      "owner: unknown_field",
      "score: unknown_field",
    ]);
  });

  test("a thousand unknown fields, all named", async () => {
    const extra = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`extra_${index}`, "x"]));
    const problem = await refused(inquiry(extra), 422);
    assert.equal(problem.fields.length, 1_000);
    assert.ok(problem.fields.every(({ field, code }) => field.startsWith("extra_") && code === "unknown_field"));
  });

  test("what is beyond a thousand of them is counted, and every field of the form is named all the same", async () => {
    const extra = Object.fromEntries(Array.from({ length: 1_234 }, (_, index) => [`extra_${index}`, "x"]));
    const { fields } = await refused(inquiry({ ...extra, message: "" }), 422);
    assert.deepEqual([fields[0].field, fields[0].code, fields.length], ["message", "required", 1_002]);
    assert.deepEqual([fields.at(-1).field, fields.at(-1).code], ["values", "unknown_fields"]);
    assert.match(fields.at(-1).message, /^And 234 more/);
  });

  test("control characters, in every field that has them", async () => {
    const problem = await refused(inquiry({ name: "A\u0000na", company: "R\u001b[31m", message: "x\u0007" }), 422);
    assert.deepEqual(named(problem), ["name: control_character", "company: control_character", "message: control_character"]);
  });

  test("a message that is too long by one character", async () => {
    assert.deepEqual(named(await refused(inquiry({ message: "x".repeat(10_001) }), 422)), ["message: too_long"]);
  });

  test("64 KB and more", async () => {
    const exactly = JSON.stringify(inquiry({ message: "" })).length;
    const padded = (bytes) => JSON.stringify(inquiry({ message: "x".repeat(bytes - exactly) }));
    assert.equal((await refused(padded(64 * 1024), 413)).code, "too_large");
    assert.equal((await refused(padded(1024 * 1024), 413)).code, "too_large");
    // One byte less is read, and refused for what it says.
    assert.deepEqual(named(await refused(padded(64 * 1024 - 1), 422)), ["message: too_long"]);
  });

  test("64 KB and much more in pieces, without a length: its sender hears it, and no broken connection", async () => {
    const types = {
      "text/plain": "",
      "application/x-www-form-urlencoded": "message=",
      "multipart/form-data; boundary=x": '--x\r\ncontent-disposition: form-data; name="message"\r\n\r\n',
    };
    for (const [type, first] of Object.entries(types)) {
      for (const kilobytes of [80, 3_000]) {
        const body = new ReadableStream({
          start(controller) {
            controller.enqueue(Buffer.from(first));
            for (let index = 0; index < kilobytes; index += 1) controller.enqueue(new Uint8Array(1024).fill(120));
            controller.close();
          },
        });
        const problem = await refused(body, 413, { headers: { "content-type": type } });
        assert.equal(problem.code, "too_large", `${type}, ${kilobytes} KB`);
      }
    }
  });

  test("another content type", async () => {
    assert.equal((await refused("<x/>", 415, { headers: { "content-type": "application/xml" } })).code, "unsupported_type");
  });

  test("what cannot be read is told to a page that the site lists, and to no other", async () => {
    const unread = {
      too_large: [() => "x".repeat(64 * 1024), "text/plain"],
      not_utf8: [() => new Blob([new Uint8Array([0xff])]).stream(), "text/plain"],
      unsupported_type: [() => "<x/>", "application/xml"],
    };
    for (const [code, [body, type]] of Object.entries(unread)) {
      for (const [origin, allowed] of [[usher.partnerOrigin, usher.partnerOrigin], ["https://anybody.example", null]]) {
        const answer = await usher.submit("inquiry", body(), { site: "pk_demo_partner", origin, headers: { "content-type": type } });
        assert.equal(answer.body.code, code);
        const said = ["vary", "access-control-allow-origin"].map((name) => answer.headers.get(name));
        assert.deepEqual(said, ["origin", allowed], `${code} to ${origin}`);
      }
    }
  });

  test("a form and a site that are not there", async () => {
    assert.equal((await usher.submit("nope", inquiry())).body.code, "unknown_form");
    assert.equal((await usher.submit("inquiry", inquiry(), { site: "pk_nobodys_key" })).body.code, "unknown_site");
    // The partner's site does not show the support form.
    assert.equal((await usher.submit("support", support(), { site: "pk_demo_partner" })).body.code, "unknown_form");
  });
});

describe("good input is stored exactly", () => {
  const stored = async (message, name = "Ana Ruiz") => {
    const { status, body } = await usher.submit("inquiry", inquiry({ message, name }));
    assert.equal(status, 200, JSON.stringify(body));
    const item = await mara.itemOf(body);
    return Object.fromEntries(item.submission.values.map(({ name, value }) => [name, value]));
  };

  test("right-to-left text, emoji, markup, line ends", async () => {
    for (const message of ["שלום, מה המחיר?", "مرحبا \u202eabc", "👩‍👩‍👧‍👦 🇱🇰 ok", "<script>alert(1)</script>", " a\n\n\tb "]) {
      assert.equal((await stored(message)).message, message);
    }
    assert.equal((await stored("a\r\nb")).message, "a\nb");
    assert.equal((await stored("x", "هانا كوشير")).name, "هانا كوشير");
  });

  test("a message of 10,000 characters", async () => {
    const message = "é🙂".repeat(5_000);
    assert.equal((await stored(message)).message, message);
  });
});

test("every submission ends in one fate, and the fates add up", async () => {
  const before = await fates();
  const good = inquiry();
  await usher.submit("inquiry", good);
  await usher.submit("inquiry", good);
  await usher.submit("inquiry", { ...good, values: { ...good.values, message: "other" } });
  await usher.submit("inquiry", "{");
  await usher.submit("inquiry", {});
  await usher.submit("inquiry", "x".repeat(70_000));
  await usher.submit("nope", good);
  await usher.submit("inquiry", inquiry(), { origin: "https://elsewhere.example" });
  const now = await fates();
  const added = Object.fromEntries(Object.entries(now).map(([tag, count]) => [tag, count - (before[tag] ?? 0)]));
  assert.deepEqual(Object.fromEntries(Object.entries(added).filter(([, count]) => count > 0)), {
    accepted: 1,
    duplicate: 1,
    refused_id_reused: 1,
    refused_invalid: 1,
    refused_malformed: 1,
    refused_origin: 1,
    refused_too_large: 1,
    refused_unknown_form: 1,
  });
});

/** Monday to Friday, nine to five in London: the hours of the demo's teams. */
function inOfficeHours(instant) {
  const options = { timeZone: "Europe/London", weekday: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
  const parts = new Intl.DateTimeFormat("en-GB", options).formatToParts(new Date(instant));
  const { weekday, hour, minute } = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return !["Sat", "Sun"].includes(weekday) && `${hour}:${minute}` > "09:00" && `${hour}:${minute}` <= "17:00";
}

async function fates() {
  return (await usher.json("/__faults/desk/demo/fates")).body;
}
