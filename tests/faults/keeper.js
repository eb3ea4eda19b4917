// A Worker of the rig of R19: objects that do to their databases what they are told. They stand in the place of desks, under the
// desks' key, so they make and read the very files that desks have.

import { DurableObject } from "cloudflare:workers";

export class Desk extends DurableObject {
  /** Does all steps or none; each of them once for each list of values that it has. Answers the rows of each. */
  async fetch(request) {
    const steps = await request.json();
    const { sql } = this.ctx.storage;
    const rows = ({ query, each = [[]] }) => each.flatMap((values) => sql.exec(query, ...values).toArray());
    try {
      return Response.json(this.ctx.storage.transactionSync(() => steps.map(rows)));
    } catch (error) {
      return Response.json({ error: error.message }, { status: 500 });
    }
  }
}

export default {
  /** `GET /NAME`: which file is that object's. `POST /NAME`: steps for it. */
  fetch(request, env) {
    const id = env.DESK.idFromName(new URL(request.url).pathname.slice(1));
    return request.method === "GET" ? new Response(id.toString()) : env.DESK.get(id).fetch(request);
  },
};
