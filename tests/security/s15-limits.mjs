// S15: whatever a stranger sends, the answer comes soon, and costs little: a body has at most 64 KiB less one byte (a message of ten
// thousand characters in any script needs half of that), values are texts or lists of them and nothing deeper, fields are those of
// the form, and no text of any shape makes a check slow. The worst bodies that we know are sent in turn with an ordinary one; what
// counts is how long the server has a processor for each, which is the same whatever else this machine does.

import { randomUUID } from "node:crypto";

import { ranFor } from "../support/processor.mjs";
import { promise, quantile } from "../support/promise.mjs";
import { demoWorkspace } from "../support/hosts.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const KEY = "pk_limits_site";
const MOST = 64 * 1024 - 1;
/** How long an answer may take at the worst. */
const SOON_MS = 50;
const FILL = 60_000;

/** A form with every check that a text may be slow for. */
const FORM = {
  id: "slow", kind: "inquiry", title: "Slow", submit_label: "Send",
  fields: [
    { name: "email", kind: "email", label: "E-mail", required: true },
    { name: "name", kind: "short_text", label: "Name" },
    { name: "code", kind: "short_text", label: "Code", pattern: "^(a+)+$", pattern_message: "No" },
    { name: "words", kind: "short_text", label: "Words", pattern: "^(\\w+\\s?)*$", pattern_message: "No" },
    { name: "phone", kind: "phone", label: "Phone" },
    { name: "seats", kind: "number", label: "Seats" },
    { name: "day", kind: "date", label: "Day" },
    { name: "days", kind: "multiple_choice", label: "Days", options: [{ value: "mo", label: "Mo" }, { value: "tu", label: "Tu" }] },
    { name: "message", kind: "long_text", label: "Message", max_chars: 10_000 },
  ],
};

const many = (text, bytes = FILL) => text.repeat(Math.floor(bytes / Buffer.byteLength(text)));
const keys = (count, value) => Object.fromEntries(Array.from({ length: count }, (_, at) => [`k${at}`, value]));
const deep = (open, close, depth) => open.repeat(depth) + close.repeat(depth);
const body = (values, rest = {}) => ({
  submission_id: randomUUID(),
  values: { email: `s-${randomUUID()}@example.com`, message: "Hello", ...values },
  ...rest,
});

/** Each with the statuses that are right. */
const WORST = {
  "a field with a thousand a and a b": [() => body({ code: `${"a".repeat(290)}b` }), [422]],
  "words without end": [() => body({ words: `${"word ".repeat(58)}!` }), [422]],
  "a name of 60 KB": [() => body({ name: many("x") }), [422]],
  "a message of ten thousand characters of four bytes": [() => body({ message: "\u{1f426}".repeat(10_000) }), [200]],
  "a message of 60 KB": [() => body({ message: many("word ") }), [422]],
  "a message of links": [() => body({ message: many("http://x.example ", 9_900) }), [200]],
  "a message of markup": [() => body({ message: many("<a href='x'>[url=x]</a>", 9_900) }), [200]],
  "a message of at signs": [() => body({ message: many("a@", 9_900) }), [200]],
  "a message of short links": [() => body({ message: many("www. ", 9_900) }), [200]],
  "a message of dots": [() => body({ message: many("www.", 9_900) }), [200]],
  "a message of hidden marks": [() => body({ message: many("\u200b\u202e", 9_000) }), [200, 422]],
  "a message of not": [() => body({ message: many("not never no complaint refund ", 9_900) }), [200]],
  "a message of controls": [() => body({ message: many("\u0001", 9_000) }), [422]],
  "an address of 60 KB": [() => body({ email: `${many("a.")}@example.com` }), [422]],
  "an address of at signs": [() => body({ email: many("@") }), [422]],
  "an address of labels": [() => body({ email: `a@${many("a.")}com` }), [422]],
  "a number of 60,000 digits": [() => body({ seats: many("9") }), [422]],
  "a number of commas": [() => body({ seats: many("1,") }), [422]],
  "a telephone number of 60,000 digits": [() => body({ phone: `+${many("1")}` }), [422]],
  "a telephone number of brackets": [() => body({ phone: many("(") }), [422]],
  "a day of 60 KB": [() => body({ day: many("2026-") }), [422]],
  "ten thousand choices": [() => body({ days: Array(10_000).fill("mo") }), [200, 422]],
  "six thousand unknown fields": [() => body(keys(6_000, "")), [422]],
  "six thousand unknown names around": [() => ({ ...body({}), ...keys(5_000, 1) }), [422]],
  "the same name ten thousand times": [() => `{"submission_id":"${randomUUID()}","values":{${many('"name":"x",')}"email":"a@example.com"}}`, [200, 422]],
  "lists in lists, a hundred deep": [() => `{"values":${deep("[", "]", 100)}}`, [422]],
  "objects in objects, a hundred deep": [() => `{"values":${deep('{"a":', "", 100)}1${"}".repeat(100)}}`, [422]],
  "lists in lists, thirty thousand deep": [() => deep("[", "]", 30_000), [400]],
  "objects in objects, ten thousand deep": [() => `${many('{"a":', 50_000)}1`, [400]],
  "brackets that are never closed": [() => many("["), [400]],
  "a value that is seventeen deep": [() => body({ name: JSON.parse(`${deep("[", "]", 17)}`) }), [422]],
  "a number with sixty thousand digits": [() => `{"values":${many("1")}}`, [400, 422]],
  "a number with a great exponent": [() => `{"values":1e999999999}`, [400, 422]],
  "escapes": [() => `{"values":{"name":"${many("\\u0041")}"}}`, [422]],
  "halves of characters": [() => `{"values":{"name":"${many("\\ud800")}"}}`, [400, 422]],
  "signals by the thousand": [() => body({}, { signals: Array(1_500).fill({ kind: "page_viewed" }) }), [200]],
  "signals with long addresses": [() => body({}, { signals: Array(20).fill({ kind: "page_viewed", url: `https://x.example/?${many("utm_source=a@b.c&", 2_500)}` }) }), [200]],
  "an address of a page with a thousand parts": [() => body({}, { page: { url: `https://x.example${many("/a@b.example")}`, title: "", referrer: "" } }), [200]],
  "a title of numbers": [() => body({}, { page: { url: "", title: many("1 2-3 "), referrer: "" } }), [200]],
  "a token of 60 KB": [() => body({}, { identity: many("a.") }), [200]],
  "a proof of 60 KB": [() => body({}, { proof: many("eyJ") }), [200]],
  "a stamp of 60 KB": [() => body({}, { stamp: many("1.") }), [200]],
  "a language of 60 KB": [() => body({}, { lang: many("de-") }), [200]],
  "one byte too many": [() => JSON.stringify(body({ message: "x" })).padEnd(MOST + 1, " "), [413]],
  "a megabyte": [() => " ".repeat(1024 * 1024), [413]],
  "as many bytes as there may be": [() => JSON.stringify(body({ message: "x" })).padEnd(MOST, " "), [200]],
};
/** As plain forms have it. */
const PLAIN = {
  "thirty thousand pairs": [() => many("a=&"), [422]],
  "percent signs": [() => `message=${many("%41")}`, [422]],
  "broken percent signs": [() => `message=${many("%4")}`, [422]],
  "one name thirty thousand times": [() => many("days=mo&"), [422]],
  "our own name ten thousand times": [() => many("usher_page=x&"), [422]],
};

async function check({ full, control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const source = await demoWorkspace(usher);
  source.forms.push(FORM);
  source.sites.push({
    id: "limits",
    name: "Limits",
    kind: "own",
    key: KEY,
    origins: [usher.origin],
    forms: ["slow"],
    launcher: "",
    limits: { submissions_per_day: 1_000_000 },
  });
  const saved = await usher.operator("PUT", "workspaces/demo", source);
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));

  const wrong = [];
  const send = async (text, type = "text/plain") => {
    const before = await ranFor(usher.pid);
    const response = await usher.fetch(`/v1/forms/${KEY}/slow`, { method: "POST", headers: { "content-type": type }, body: text });
    await response.text();
    return { status: response.status, took: (await ranFor(usher.pid)) - before };
  };
  const ordinary = () => send(JSON.stringify(body({ message: "A question" })));
  for (let turn = 0; turn < 30; turn += 1) await ordinary();
  // The first few of each are dearer, until the runtime has compiled what reads them: of five the median was 37 ms, of fifteen 25.
  const turns = full ? 40 : 15;
  const all = [
    ...Object.entries(WORST).map((one) => [...one, "text/plain"]),
    ...Object.entries(PLAIN).map((one) => [...one, "application/x-www-form-urlencoded"]),
  ];
  const usual = [];
  const times = [];
  for (const [name, [make, right], type] of all) {
    const own = [];
    for (let turn = 0; turn < turns; turn += 1) {
      usual.push((await ordinary()).took);
      const sent = make();
      const { status, took } = await send(typeof sent === "string" ? sent : JSON.stringify(sent), type);
      own.push(took + (control === "slow" && name === "a name of 60 KB" ? SOON_MS : 0));
      if (!right.includes(status)) wrong.push(`${name}: ${status}, not ${right.join(" or ")}`);
    }
    times.push({ name, median: quantile(own, 0.5), worst: Math.max(...own) });
  }
  const plain = quantile(usual, 0.5);
  times.sort((one, other) => other.median - one.median);
  for (const { name, median, worst } of times.slice(0, 5)) note(`${name}: ${median.toFixed(1)} ms, at most ${worst.toFixed(1)} ms`);
  const slow = times.filter(({ median }) => median > SOON_MS);
  for (const { name, median } of slow) wrong.push(`${name}: ${median.toFixed(1)} ms`);
  [...new Set(wrong)].slice(0, 10).forEach(note);
  return {
    met: !wrong.length,
    figure:
      `${all.length} worst bodies, ${turns} times each: the dearest ${times[0].median.toFixed(1)} ms of a processor (${times[0].name}; the median), at most ${SOON_MS}; ` +
      `an ordinary one ${plain.toFixed(1)} ms; the largest body ${MOST} bytes; ${new Set(wrong).size} wrong answers`,
  };
}

await promise("S15", check, { controls: ["slow"] });
