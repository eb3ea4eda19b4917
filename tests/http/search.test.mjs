// Items are found by what people remember of them, in the queues that a member works and nowhere else.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";

import { inquiry, startUsher, support, trial } from "../support/usher.mjs";

let usher;
let mara;
before(async () => {
  usher = await startUsher();
  mara = await usher.signIn("mara");
});
after(() => usher?.stop());

async function sent(form, body) {
  const answer = await usher.submit(form, body, { headers: { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` } });
  assert.equal(answer.status, 200, JSON.stringify(answer.body));
  return answer.body.reference;
}
const search = (text, { staff = mara, after } = {}) =>
  staff.call(`search?q=${encodeURIComponent(text)}${after ? `&after=${encodeURIComponent(after)}` : ""}`);
const found = async (text, options) => (await search(text, options)).body.items.map(({ reference }) => reference);

test("by name, address, number, reference and words, whatever their case, in any order, from anywhere in them", async () => {
  const values = { name: "Åsa Lindqvist", email: "asa.lindqvist@saltmere-ferry.example.com" };
  const hers = await sent("inquiry", inquiry({ ...values, company: "Saltmere", message: "Can our crews join from the boat?" }));
  const his = await sent("trial", trial({ name: "Owen Reed", email: "owen@reed.example.com", phone: "+44 20 7946 0018" }));
  for (const text of ["åsa", "ÅSA LIND", "lindqvist åsa", "ferry.example", hers, hers.toLowerCase(), "crews boat"]) {
    assert.deepEqual(await found(text), [hers], text);
  }
  for (const text of ["7946 0018", "442079460018"]) assert.deepEqual(await found(text), [his], text);
  assert.deepEqual(await found("example.com"), [his, hers], "the latest first");
  assert.deepEqual(await found("crews reed"), [], "all of the words");
  for (const text of ["100%", "a_a", "\\", "' OR 1=1 --", '"crews']) assert.deepEqual(await found(`${text} zz`), [], text);
  const [row] = (await search(hers)).body.items;
  assert.deepEqual([row.who, row.queue, row.state], ["Åsa Lindqvist", "sales", "open"]);
});

test("a word may be as long as an address is", async () => {
  const email = `${"hildegard-margarete.".repeat(2)}brandt@saltmere-ferry-company.example.com`;
  const reference = await sent("inquiry", inquiry({ name: "Hilde Brandt", email }));
  assert.ok(email.length > 50 && email.length <= 100, "longer than a pattern of LIKE may be, and no longer than what is looked for");
  assert.deepEqual(await found(email), [reference]);
  const list = await mara.items("sales", `?q=${encodeURIComponent(email)}`);
  assert.deepEqual(list.map((row) => row.reference), [reference]);
  const { id } = (await mara.item(list[0].id)).person;
  const alike = await mara.call(`people/${id}/alike?q=${encodeURIComponent(email)}`);
  assert.deepEqual([alike.status, alike.body.people], [200, []], "nobody but themselves");
});

test("what is closed is found as well, and only in one's own queues", async () => {
  const reference = await sent("support", support({ name: "Cleo Case", message: "The video stops at minute nine." }));
  const { id } = (await search(reference)).body.items[0];
  await mara.act(id, { act: "claim" });
  await mara.act(id, { act: "close", outcome: "solved", reason: "" });
  assert.equal((await search("minute nine")).body.items[0].state, "closed");
  const theo = await usher.signIn("theo");
  assert.ok(!theo.session.queues.some(({ id }) => id === "success"), "Theo works in sales only");
  assert.deepEqual(await found(reference, { staff: theo }), []);
  const jonas = await usher.signIn("jonas");
  assert.equal((await search("example.com", { staff: jonas })).status, 403, "who works no queue finds nothing");
  assert.equal((await usher.json("/v1/console/search?q=minute")).status, 401);
});

test("a page after the other, none twice; and what is no search is refused", async () => {
  const all = [];
  for (let count = 0; count < 60; count += 1) all.push(await sent("inquiry", inquiry({ company: "Sixty Seasons" })));
  const [first, pages] = [(await search("sixty seasons")).body, []];
  for (let page = first; page; page = page.next && (await search("sixty seasons", { after: page.next })).body) pages.push(...page.items);
  assert.ok(first.items.length < 60 && first.next);
  assert.deepEqual(pages.map(({ reference }) => reference).sort(), all.sort());
  for (const text of ["", " ", "a", "x".repeat(101)]) {
    const { status, body } = await search(text);
    assert.deepEqual([status, body.code], [422, "invalid_query"], text);
  }
  assert.equal((await mara.call("search")).status, 422);
});
