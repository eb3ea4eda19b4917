// Fifty people claim and release the same items while the server is killed: an item has one owner at a time, whatever was
// acknowledged is there, and every change of owner has its row in the history. `USHER_RACE=full` races for 10,000 items over
// 50 kills; the tests make do with fewer. The order in which each goes through them follows from `USHER_RACE_SEED`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const full = process.env.USHER_RACE === "full";
const [ITEMS, KILLS, PEOPLE] = full ? [10_000, 50, 50] : [300, 3, 50];
/** One of so many claims is given back at once, so that others may have the item. */
const RELEASES = 10;
const SEED = Number(process.env.USHER_RACE_SEED ?? 0);

let usher;
before(async () => {
  usher = await startUsher();
});
after(() => usher?.stop());

test(`${PEOPLE} people race for ${ITEMS} items over ${KILLS} kills`, async (context) => {
  const workspace = await demoWorkspace(usher);
  const ids = Array.from({ length: PEOPLE }, (_, index) => `racer-${index}`);
  for (const id of ids) workspace.members.push({ id, name: id, email: `${id}@larkfield.example.com`, queues: ["sales"] });
  assert.equal((await usher.operator("PUT", "workspaces/demo", workspace)).status, 200);
  const people = await Promise.all(ids.map((id) => usher.signIn(id)));
  const items = await open(ITEMS, people[0]);

  // The server is up, or will be: whoever finds it gone waits for that, and asks again.
  let up = Promise.resolve();
  const ask = async (call) => {
    for (;;) {
      try {
        const answer = await call();
        if (answer.status !== 503) return answer;
      } catch {
        await up;
      }
    }
  };
  const acknowledged = [];
  let claims = 0;
  const race = async (person) => {
    const me = person.session.member.id;
    const order = shuffled(items, SEED + ids.indexOf(me));
    for (const item of order) {
      const claimed = await ask(() => person.act(item, { act: "claim" }));
      if (claimed.status === 200) {
        assert.equal(claimed.body.row.owner.id, me);
        acknowledged.push(["claimed", me, item]);
        claims += 1;
        if (claims % RELEASES === 0) {
          const released = await ask(() => person.act(item, { act: "release" }));
          // Killed between the commit and the answer, it is somebody else's or nobody's by now.
          if (released.status === 200) acknowledged.push(["released", me, item]);
          else assert.equal(released.body.code, "not_yours");
        }
      } else {
        assert.ok(["already_claimed", "already_yours"].includes(claimed.body.code), JSON.stringify(claimed.body));
      }
    }
  };
  const racing = Promise.all(people.map(race));
  let over = false;
  racing.then(
    () => (over = true),
    () => (over = true),
  );
  let kills = 0;
  for (; kills < KILLS && !over; kills += 1) {
    const goal = claims + Math.floor(ITEMS / (KILLS + 1));
    while (claims < goal && !over) await new Promise((resume) => setImmediate(resume));
    if (over) break;
    let again;
    up = new Promise((resolve) => (again = resolve));
    await usher.kill9();
    await usher.start();
    again();
  }
  await racing;
  assert.equal(kills, KILLS, "the race lasted as long as the kills");

  let changes = 0;
  const missing = new Set(acknowledged.map(String));
  assert.equal(missing.size, acknowledged.length, "nobody was told twice that they had claimed an item once");
  for (const item of items) {
    const { row, history } = await people[0].item(item);
    let owner = null;
    for (const { kind, actor } of history.filter(({ kind }) => kind === "claimed" || kind === "released")) {
      changes += 1;
      assert.equal(owner, kind === "claimed" ? null : actor.id, `${item}: ${kind} by ${actor.id} while it is ${owner}'s`);
      owner = kind === "claimed" ? actor.id : null;
      missing.delete(String([kind, actor.id, item]));
    }
    assert.equal(row.owner?.id ?? null, owner, "the owner is who took it last");
    assert.equal(row.state, owner ? "claimed" : "open");
  }
  assert.deepEqual([...missing], [], "whatever was acknowledged is there");
  context.diagnostic(`${changes} changes of owner, ${acknowledged.length} acknowledged, ${kills} kills`);
});

/** So many open items, each of another person; their ids. */
async function open(count, person) {
  const wanted = new Set();
  let left = count;
  const send = async () => {
    while (left-- > 0) {
      const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${left}` };
      const { status, body } = await usher.submit("inquiry", inquiry(), { headers });
      assert.equal(status, 200, JSON.stringify(body));
      wanted.add(body.reference);
    }
  };
  await Promise.all(Array.from({ length: 16 }, send));
  const ids = [];
  for await (const row of person.allItems("sales")) if (wanted.has(row.reference)) ids.push(row.id);
  assert.equal(ids.length, count);
  return ids;
}

/** The same items in another order for each, by a seed. */
function shuffled(items, seed) {
  const order = [...items];
  let state = (seed % 2_147_483_646) + 1;
  for (let index = order.length - 1; index > 0; index -= 1) {
    state = (state * 48_271) % 2_147_483_647;
    const other = state % (index + 1);
    [order[index], order[other]] = [order[other], order[index]];
  }
  return order;
}
