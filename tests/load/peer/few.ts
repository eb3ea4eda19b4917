// The peer with as few rows as the job could be done with.
import { app, Desk as Base, type Env, type Lead } from './app';

export default app;

export class Desk extends Base {
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
