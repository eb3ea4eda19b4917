// A team of a test's own: members, their pool, and a rule that sends it what is of the company of its name.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";

import { demoWorkspace } from "./hosts.mjs";
import { inquiry } from "./usher.mjs";

/** Makes teams of an Usher; each adds to the workspace what it needs. */
export async function teams(usher) {
  const workspace = await demoWorkspace(usher);
  const configure = async () => {
    const { status, body } = await usher.operator("PUT", "workspaces/demo", workspace);
    assert.equal(status, 200, JSON.stringify(body));
  };
  return {
    workspace,
    configure,
    /** One more team. `members` by name, with what each is beside that; `places` in the pool's order. */
    async team(name, { members = { a: {}, b: {}, c: {} }, places = Object.keys(members), pool = {}, rule = {} } = {}) {
      const id = (member) => `${name}-${member}`;
      for (const [member, more] of Object.entries(members)) {
        const person = { id: id(member), name: `${name} ${member}`, email: `${id(member)}@larkfield.example.com`, queues: ["sales"] };
        workspace.members.push({ ...person, ...more });
      }
      const inPool = places.map((place) => (typeof place === "string" ? id(place) : { ...place, member: id(place.member) }));
      workspace.pools.push({ id: name, name, strategy: "weighted_fair", members: inPool, ...pool });
      const when = { "values.company": name };
      workspace.routes.unshift({ id: name, when, queue: "sales", pool: name, first_touch_minutes: 60, says: `To ${name}`, ...rule });
      await configure();
      return new Team(usher, name, Object.keys(members)[0]);
    },
  };
}

class Team {
  constructor(usher, name, first) {
    this.usher = usher;
    this.name = name;
    this.first = first;
    this.staff = {};
  }

  /** Sends an inquiry for the team; its item, as a member of the team sees it. */
  async send(values = {}) {
    const headers = { "user-agent": `Mozilla/5.0 Chrome/140.0 ${randomUUID()}` };
    const answer = await this.usher.submit("inquiry", inquiry({ company: this.name, ...values }), { headers });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    const found = await (await this.as(this.first)).call(`search?q=${answer.body.reference}`);
    return this.read(found.body.items[0].id);
  }

  /** A member's calls. */
  async as(member) {
    return (this.staff[member] ??= await this.usher.signIn(`${this.name}-${member}`));
  }

  async read(item) {
    return (await this.as(this.first)).item(item);
  }

  /** Does something as a member; the item then. */
  async act(member, item, act) {
    const { status, body } = await (await this.as(member)).act(item.row.id, act);
    assert.equal(status, 200, JSON.stringify(body));
    return body;
  }

  async away(member, away = true) {
    const answer = await (await this.as(member)).call("presence", { method: "POST", body: { away } });
    assert.deepEqual([answer.status, answer.body.away], [200, away]);
  }

  /** Whose an item is, by their name in the team. */
  owner(item) {
    return item.row.owner?.id.slice(this.name.length + 1);
  }

  /** Why the others were not picked, by their name in the team. */
  others(pick) {
    return Object.fromEntries(pick.others.map(({ member, why }) => [member.id.slice(this.name.length + 1), why]));
  }
}
