// The peer of `cargo xtask bench submit`: the same job as a capable TypeScript developer would write it today. Hono routes,
// zod parses, a few lines score and route, one RPC call reaches one SQLite Durable Object, one transactionSync writes the same
// kinds of rows, and the answer is a receipt. It has none of Usher's rules, replay, explanations or fates.
import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';
import { z } from 'zod';

interface Env {
  DESK: DurableObjectNamespace<Desk>;
  ORIGIN: string;
}

const Inquiry = z.strictObject({
  submission_id: z.uuid(),
  values: z.strictObject({
    name: z.string().trim().min(1).max(200),
    email: z.email().max(254),
    message: z.string().trim().min(1).max(10_000),
  }),
  page: z.strictObject({ url: z.url(), title: z.string().max(300), referrer: z.string() }),
  signals: z.array(z.unknown()).max(200),
});
type Inquiry = z.infer<typeof Inquiry>;

interface Lead {
  inquiry: Inquiry;
  score: number;
  reasons: { tag: string; points: number }[];
  tier: string;
  queue: string;
}

const CARD: { tag: string; points: number; applies: (inquiry: Inquiry) => boolean }[] = [
  { tag: 'company_address', points: 20, applies: ({ values }) => !/@(gmail|outlook|yahoo)\./.test(values.email) },
  { tag: 'on_pricing_page', points: 30, applies: ({ page }) => new URL(page.url).pathname.startsWith('/pricing') },
  { tag: 'names_a_plan', points: 15, applies: ({ values }) => /\b(team|company|personal) plan\b/i.test(values.message) },
  { tag: 'many_people', points: 15, applies: ({ values }) => /\b(team of|people|seats|learners)\b/i.test(values.message) },
  { tag: 'says_enough', points: 10, applies: ({ values }) => values.message.length >= 40 },
];

const app = new Hono<{ Bindings: Env }>();

app.get('/readyz', (c) => c.text('ok'));

app.post('/v1/forms/:site/inquiry', async (c) => {
  if (c.req.header('origin') !== c.env.ORIGIN) return c.json({ code: 'origin_refused' }, 403);
  let body: unknown;
  try {
    body = JSON.parse(await c.req.text());
  } catch {
    return c.json({ code: 'not_json' }, 400);
  }
  const parsed = Inquiry.safeParse(body);
  if (!parsed.success) return c.json({ code: 'invalid', fields: z.flattenError(parsed.error) }, 422);
  const inquiry = parsed.data;
  const reasons = CARD.filter((rule) => rule.applies(inquiry)).map(({ tag, points }) => ({ tag, points }));
  const score = reasons.reduce((sum, reason) => sum + reason.points, 0);
  const tier = score >= 70 ? 'A' : score >= 40 ? 'B' : 'C';
  const queue = new URL(inquiry.page.url).pathname.startsWith('/support') ? 'success' : 'sales';
  const desk = c.env.DESK.get(c.env.DESK.idFromName('demo'));
  const receipt = await desk.submit(c.req.param('site'), { inquiry, score, reasons, tier, queue });
  c.header('access-control-allow-origin', c.env.ORIGIN);
  return c.json(receipt);
});

export default app;

export class Desk extends DurableObject<Env> {
  sql = this.ctx.storage.sql;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.sql.exec(`
      CREATE TABLE IF NOT EXISTS submission (site TEXT, id TEXT, vals TEXT, receipt TEXT, item_id TEXT, received_at INTEGER,
        PRIMARY KEY (site, id)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS person (id TEXT PRIMARY KEY, name TEXT, items INTEGER, created_at INTEGER) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS identifier (kind TEXT, key TEXT, person_id TEXT, PRIMARY KEY (kind, key)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS item (id TEXT PRIMARY KEY, reference TEXT, queue TEXT, tier TEXT, score INTEGER, person_id TEXT,
        submission_id TEXT, opened_at INTEGER, answer_by INTEGER, trace TEXT) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS item_waiting ON item (queue, score DESC, opened_at, id);
      CREATE TABLE IF NOT EXISTS history (seq INTEGER PRIMARY KEY AUTOINCREMENT, item_id TEXT, at INTEGER, kind TEXT, body TEXT);
      CREATE INDEX IF NOT EXISTS history_of_item ON history (item_id, seq);
      CREATE TABLE IF NOT EXISTS timer (item_id TEXT, kind TEXT, due_at INTEGER, PRIMARY KEY (item_id, kind)) WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS timer_due ON timer (due_at);
      CREATE TABLE IF NOT EXISTS outbox (id TEXT PRIMARY KEY, item_id TEXT, destination TEXT, body TEXT, next_at INTEGER)
        WITHOUT ROWID;
      CREATE INDEX IF NOT EXISTS outbox_due ON outbox (next_at);
    `);
  }

  submit(site: string, lead: Lead) {
    const { submission_id, values } = lead.inquiry;
    const known = this.sql.exec('SELECT receipt FROM submission WHERE site = ? AND id = ?', site, submission_id).toArray();
    if (known.length > 0) return JSON.parse(known[0].receipt as string);
    const now = Date.now();
    const item = crypto.randomUUID();
    const answerBy = now + 4 * 3_600_000;
    const receipt = {
      reference: item.slice(0, 8).toUpperCase(),
      team: lead.queue === 'sales' ? 'Sales' : 'Customer success',
      answer_by: answerBy,
    };
    this.ctx.storage.transactionSync(() => {
      const email = values.email.toLowerCase();
      const found = this.sql.exec("SELECT person_id FROM identifier WHERE kind = 'email' AND key = ?", email).toArray();
      let person = found[0]?.person_id as string | undefined;
      if (person) {
        this.sql.exec('UPDATE person SET items = items + 1 WHERE id = ?', person);
      } else {
        person = crypto.randomUUID();
        this.sql.exec('INSERT INTO person VALUES (?, ?, 1, ?)', person, values.name, now);
        this.sql.exec("INSERT INTO identifier VALUES ('email', ?, ?)", email, person);
      }
      this.sql.exec('INSERT INTO submission VALUES (?, ?, ?, ?, ?, ?)',
        site, submission_id, JSON.stringify(values), JSON.stringify(receipt), item, now);
      this.sql.exec('INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', item, receipt.reference, lead.queue, lead.tier,
        lead.score, person, submission_id, now, answerBy, JSON.stringify({ reasons: lead.reasons, page: lead.inquiry.page }));
      this.sql.exec("INSERT INTO history (item_id, at, kind, body) VALUES (?, ?, 'opened', ?)", item, now, '{}');
      this.sql.exec("INSERT INTO history (item_id, at, kind, body) VALUES (?, ?, 'routed', ?)", item, now,
        JSON.stringify({ queue: lead.queue }));
      this.sql.exec("INSERT INTO timer VALUES (?, 'first_touch', ?)", item, answerBy);
      this.sql.exec("INSERT INTO outbox VALUES (?, ?, 'webhook', ?, ?)", crypto.randomUUID(), item,
        JSON.stringify({ type: 'item.opened', item, ...receipt }), now);
    });
    return receipt;
  }
}
