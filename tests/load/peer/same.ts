// The peer that writes the same rows as Usher: in the same tables, with the same indexes, as much in each. What Usher works out
// (a trace with every rule that was passed over, the facts, what was learnt from) it writes as it is put together here.
import { app, Desk as Base, type Env, type Inquiry, type Lead } from './app';
// The tables are made by Usher's own migrations. esbuild hands the file over as text.
import schema from '../../../edge/src/desk_do/schema.rs';

export default app;

const DAY_MS = 86_400_000;
const [, migrations] = /const MIGRATIONS: &\[&str\] = &\[\n([\s\S]*?)\n\];/.exec(schema)!;

const QUEUES: Record<string, { pool: string; team: string; says: string; members: { id: string; name: string }[] }> = {
  sales: {
    pool: 'course_advisers',
    team: 'Course advisers',
    says: 'Every other question goes to the course advisers',
    members: [{ id: 'mara', name: 'Mara Lindqvist' }, { id: 'theo', name: 'Theo Achterberg' }, { id: 'ines', name: 'Inês Carvalho' }],
  },
  success: {
    pool: 'learner_support',
    team: 'Learner support',
    says: 'A request for help goes to learner support',
    members: [{ id: 'sunil', name: 'Sunil Rao' }, { id: 'hana', name: 'Hana Kovářová' }],
  },
};
const PASSED_OVER = [
  { rule: 'complaint', says: 'A complaint is answered before other requests' },
  { rule: 'support', says: 'A request for help goes to learner support' },
  { rule: 'trial', says: 'A trial sign-up goes to one of the hosts of the trial classes, in turn, at any hour' },
  { rule: 'customer', says: 'A customer who looks at the prices goes to those who look after customers' },
  { rule: 'team', says: 'A question for a team goes to the advisers for teams' },
  { rule: 'ready_to_buy', says: 'A question from somebody ready to buy is answered within two working hours' },
];
const SAYS: Record<string, { group: string; says: string }> = {
  company_address: { group: 'fit', says: 'Writes from an address of their own domain, not a free mailbox' },
  on_pricing_page: { group: 'intent', says: 'Wrote from the pricing page' },
  names_a_plan: { group: 'intent', says: 'Asks for a plan by its name' },
  many_people: { group: 'fit', says: 'Asks for many people at once' },
  says_enough: { group: 'intent', says: 'Asks a question before buying' },
};
const MOST: Record<string, number> = { fit: 40, intent: 60, relationship: 20 };

/** Ids sort by time, so that rows that are written together lie together. */
const idAt = (now: number) => now.toString(16).padStart(12, '0') + crypto.randomUUID().replaceAll('-', '').slice(0, 20);
const isoOf = (at: number) => new Date(at).toISOString();

export class Desk extends Base {
  sql = this.ctx.storage.sql;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    const there = this.sql.exec("SELECT 1 FROM sqlite_master WHERE name = 'submission'").toArray();
    if (there.length > 0) return;
    for (const [, migration] of migrations.matchAll(/^ {4}"\n([\s\S]*?)\n",$/gm)) this.sql.exec(migration);
  }

  submit(site: string, { inquiry, score, reasons, tier, queue }: Lead) {
    const { submission_id, values, page } = inquiry;
    const known = this.sql.exec('SELECT receipt FROM submission WHERE site = ? AND id = ?', site, submission_id).toArray();
    if (known.length > 0) return JSON.parse(known[0].receipt as string);
    const now = Date.now();
    const item = idAt(now);
    const answerBy = now + 4 * 3_600_000;
    const { pool, team } = QUEUES[queue];
    const reference = `USH-${item.slice(12, 17).toUpperCase()}-${item.slice(17, 22).toUpperCase()}`;
    const receipt = { submission_id, reference, team, answer_by: isoOf(answerBy) };
    const said = reasons.map(({ tag, points }) => ({ ...SAYS[tag], rule: tag, points, kind: 'rule' }));
    this.ctx.storage.transactionSync(() => {
      const run = (query: string, ...bound: (string | number | null)[]) => void this.sql.exec(query, ...bound);
      const email = values.email.toLowerCase();
      const found = this.sql.exec(
        `SELECT person.id, person.items FROM identifier JOIN person ON person.id = identifier.person_id
          WHERE kind = 'email' AND key = ? ORDER BY standing = 'verified' DESC, person.created_at LIMIT 1`,
        email,
      ).toArray();
      const items = (found[0]?.items as number | undefined) ?? 0;
      const person = (found[0]?.id as string | undefined) ?? idAt(now);
      if (items > 0) {
        run('UPDATE person SET items = items + 1, open_items = open_items + 1 WHERE id = ?', person);
      } else {
        run("INSERT INTO person (id, name, name_standing, items, open_items, created_at) VALUES (?, ?, 'claimed', 1, 1, ?)",
          person, values.name, now);
      }
      run(`INSERT INTO identifier (kind, key, person_id, typed, standing) VALUES ('email', ?, ?, ?, 'claimed')
        ON CONFLICT (kind, key, person_id) DO NOTHING`, email, person, values.email);
      const opened = this.sql.exec(
        "INSERT INTO history (item_id, at, kind, body) VALUES (?, ?, 'opened', 'Ask a course adviser') RETURNING seq", item, now,
      ).one();
      run(`INSERT INTO item (id, reference, queue, kind, state, is_open, who, summary, tier, score, site, opened_at, answer_by,
          touched, changed, person_id, submission_id, trace, complaint, channel)
        VALUES (?, ?, ?, 'inquiry', 'open', 1, ?, ?, ?, ?, ?, ?, ?, 0, ?, ?, ?, ?, 0, 'web')`,
        item, reference, queue, values.name, values.message, tier, score, site, now, answerBy, opened.seq as number, person,
        submission_id, JSON.stringify(traceOf(inquiry, site, queue, { score, tier, said })));
      const words = `${values.name} ${reference} ${email} ${email} ${values.name} ${email} ${values.message}`;
      run('INSERT INTO search (at, item_id, words) VALUES (?, ?, ?)', now, item, words.toLowerCase());
      run('INSERT INTO basis (item_id, facts, visit) VALUES (?, ?, ?)', item,
        JSON.stringify(factsOf(inquiry, site, items)), JSON.stringify(visitOf(inquiry, site, now)));
      run(`INSERT INTO rating (item_id, at, why, version, tier, total, points, moved, frozen)
        VALUES (?, ?, 'opened', 1, ?, ?, ?, '[]', ?)`, item, now, tier, score, score, JSON.stringify(frozenOf(score)));
      run('INSERT INTO submission (site, id, form, vals, receipt, item_id, received_at) VALUES (?, ?, ?, ?, ?, ?, ?)',
        site, submission_id, 'inquiry', JSON.stringify(Object.entries(values)), JSON.stringify(receipt), item, now);
      run(`INSERT INTO timer (item_id, kind, due_at, state, next_at, length, remaining, since, done, rule)
        VALUES (?1, 'first_touch', ?2, 'running', ?3, ?4, ?4, ?5, 0, 'inquiry')`, item, answerBy, answerBy - 7_200_000, 14_400_000, now);
      const told = messageOf(inquiry, site, { item, person, isNew: items === 0, receipt, queue, pool, score, tier, said, now });
      run(`INSERT INTO outbox (id, item_id, destination, event, body, attempts, at, next_at, state)
        VALUES (?1, ?2, 'nobody', 'item.opened', ?3, 0, ?4, ?4, 'due')`, `msg_${idAt(now)}`, item, JSON.stringify(told), now);
      run('INSERT INTO queue (id, open) VALUES (?, 1) ON CONFLICT (id) DO UPDATE SET open = open + 1', queue);
      const day = Math.floor(now / DAY_MS);
      run("INSERT INTO fate (tag, day, count) VALUES ('accepted', ?, 1) ON CONFLICT (tag, day) DO UPDATE SET count = count + 1", day);
      for (const name of ['name', 'email'] as const) {
        run(`INSERT INTO known_value (person_id, name, value, standing, source, at) VALUES (?, ?, ?, 'claimed', ?, ?)
          ON CONFLICT (person_id, name) DO UPDATE SET value = excluded.value, source = excluded.source, at = excluded.at`,
          person, name, JSON.stringify(values[name]), `${site}/inquiry`, now);
      }
      run('INSERT INTO site_day (site, day, count) VALUES (?, ?, 1) ON CONFLICT (site, day) DO UPDATE SET count = count + 1', site, day);
    });
    return receipt;
  }
}

interface Scored {
  score: number;
  tier: string;
  said: { group: string; rule: string; says: string; points: number; kind: string }[];
}

function traceOf({ page }: Inquiry, site: string, queue: string, { score, tier, said }: Scored) {
  const { team, says, members } = QUEUES[queue];
  const points = (group: string) => said.reduce((sum, reason) => sum + (reason.group === group ? reason.points : 0), 0);
  const groups = Object.entries(MOST).map(([group, max]) => ({ group, points: points(group), max }));
  return {
    score: { tier, total: score, groups, reasons: said, config_version: 1 },
    learnt: null,
    route: { rule: 'inquiry', says, queue, pool: team, members, passed_over: PASSED_OVER },
    source: { site, partner: false, url: page.url, title: page.title, referrer: page.referrer, campaign: [] },
  };
}

function factsOf({ values, page }: Inquiry, site: string, items: number) {
  const { pathname } = new URL(page.url);
  const touch = { direct: page.referrer === '', partner: false, path: pathname, site };
  return {
    campaign: {}, channel: 'web', complaint: false, complaint_reason: null,
    email: { disposable: false, domain: values.email.split('@')[1], free: /@(gmail|outlook|yahoo)\./.test(values.email) },
    form: { id: 'inquiry', kind: 'inquiry' }, page: { path: pathname, pricing: pathname.startsWith('/pricing') },
    person: {
      complaints: null, customer: null, items, known: items > 0, level: null, open_items: items, reach: null, referrals: null,
      stage: null, won: null,
    },
    pricing: { best_plan: null, compared: 0, days_30: 0, period: null, pressed: null, seats: null, visible_secs: 0 },
    site: { id: site, partner: false }, touch: { first: touch, last: touch }, values,
    visit: { events: [], human: false, pages: 0, pricing_views: 0 },
  };
}

function visitOf({ page }: Inquiry, site: string, at: number) {
  const touch = { at, site, partner: false, path: new URL(page.url).pathname, referrer: page.referrer, campaign: {} };
  const pricing = { first_at: 0, last_at: 0, days: [], visible_ms: {}, plans: {}, period: '', seats: '', pressed: '', compared: 0 };
  return { summary: { last_at: 0, visits: 0, pages: 0, looked: false, pricing, first: touch, last: touch }, is_robot: false };
}

function frozenOf(score: number) {
  const facts = ['=inquiry', '=false', '=platform', '=false', '=true', null, null, null, '=false', ...Array(6).fill(null), '=false', null,
    ...Array(6).fill('#0'), ...Array(11).fill(null)];
  return { facts, points: score * 1_000, said: { experts: [-2047225, -850599, -2047225, -850599], mixed: -1126744 } };
}

interface Told extends Scored {
  item: string;
  person: string;
  isNew: boolean;
  receipt: { reference: string; answer_by: string };
  queue: string;
  pool: string;
  now: number;
}

function messageOf({ values, page }: Inquiry, site: string, told: Told) {
  const { item, person, isNew, receipt, queue, pool, score, tier, said, now } = told;
  const [first_name, ...last] = values.name.split(' ');
  const { team, says } = QUEUES[queue];
  return {
    data: {
      answer_by: receipt.answer_by, channel: 'web', complaint: null, consents: [], form: 'inquiry', item_id: item, kind: 'inquiry', link: null,
      page: { title: page.title, url: page.url },
      person: { email: values.email, first_name, id: person, last_name: last.join(' '), name: values.name, new: isNew, phone: null },
      reference: receipt.reference, route: { owner: null, pool, queue, rule: 'inquiry', says, team },
      score: { chance: null, reasons: said.map((reason) => reason.says), tier, total: score }, site,
      summary: values.message, values,
    },
    timestamp: isoOf(now),
    type: 'item.opened',
  };
}
