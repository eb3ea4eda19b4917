// The peer of `cargo xtask bench submit`: the same job as a capable TypeScript developer would write it today. Hono routes,
// zod parses, a few lines score and route, one RPC call reaches one SQLite Durable Object, one transactionSync writes the
// rows, and the answer is a receipt. It has none of Usher's rules, replay, learning, routing by people or protections.
//
// There are two of them: `same.ts` writes the same rows as Usher, `few.ts` as few as the job could be done with.
import { DurableObject } from 'cloudflare:workers';
import { Hono } from 'hono';
import { z } from 'zod';

export interface Env {
  DESK: DurableObjectNamespace<Desk>;
  ORIGIN: string;
}

/** Where leads are written down: a receipt comes back. */
export abstract class Desk extends DurableObject<Env> {
  abstract submit(site: string, lead: Lead): Record<string, string | number>;
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
export type Inquiry = z.infer<typeof Inquiry>;

export interface Lead {
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

export const app = new Hono<{ Bindings: Env }>();

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
