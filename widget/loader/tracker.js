// What a visitor does on the page, as a few typed facts: kept in memory, and told when the page is hidden, with a
// submission, or every ten seconds while there is something to tell.
//
// Nothing is told before the page was seen, and nothing at all where the visitor asks for that or the page denies
// consent. Nothing is stored before consent; after it, one random id. Here it is only seen and counted: what it is worth,
// the edge says.

import { json, own, uuid } from "./guest.js";
import pricing from "./pricing.js";

/** The least time between two batches. */
const EVERY_MS = 10_000;
/** The most bytes of a batch: what a closing page may still send is 64 KiB in all, a submission included. */
const MAX_BYTES = 32_000;
/** The most signals of a batch, and the most that wait. */
const MAX_SIGNALS = 60;
/** Failures in a row after which nothing is told any more: what is blocked stays blocked. */
const MAX_FAILURES = 3;
/** A page changes its address several times on its way to another; its title comes last. */
const SETTLE_MS = 400;
/** Where the visitor's id is kept. */
const VISITOR = "usher.visitor";

/** Adds to `page` what it tells and knows of the visitor; returns what `usher('page' | 'event' | 'consent')` does. */
export default (page) => {
  const { quiet } = page;
  const isPrivate = page.editor || page.option("track") === "off" || navigator.globalPrivacyControl || navigator.doNotTrack === "1";
  const address = () => location.href.split("#")[0];
  const text = (value, most) => `${value}`.slice(0, most);

  // Scrolling is no evidence: a script can do it.
  let human = false;
  const acted = (event) => {
    if (human || !event.isTrusted) return;
    human = true;
    later();
  };

  // Consent: what the page said last, by its call or by Google's consent mode, whose commands lie in `dataLayer` and may
  // come late. They are read whenever the answer matters.
  let state;
  let id = "";
  let readTo = 0;
  const decide = (now) => {
    if (now === state) return;
    const known = id || stored();
    state = now;
    if (now === "denied") {
      id = "";
      waiting.length = lent = 0;
      stored("");
      if (told || known) post(json({ batch_id: uuid(), signals: [], visitor: known, forget: true }));
    }
    page.emit("consent", { state });
  };
  const consent = () => {
    const layer = window.dataLayer;
    for (; Array.isArray(layer) && readTo < layer.length; ) {
      const [command, , said] = Array.from(layer[readTo++] || []);
      if (command === "consent" && said && said.analytics_storage) decide(said.analytics_storage);
    }
    return state === "granted" && !isPrivate;
  };
  const stored = (value) => {
    try {
      if (value) localStorage.setItem(VISITOR, value);
      else if (value === "") localStorage.removeItem(VISITOR);
      else return localStorage.getItem(VISITOR) || "";
    } catch {}
    return "";
  };
  const visitor = () => {
    if (consent() && !id) stored((id = stored() || uuid()));
    return id;
  };

  // Signals not told yet, and how many of them a submission under way has taken along.
  const waiting = [];
  let lent = 0;
  const isSilent = () => isPrivate || (consent(), state === "denied") || failures >= MAX_FAILURES;
  const signal = (kind, about) => {
    if (isSilent() || waiting.length >= MAX_SIGNALS) return;
    waiting.push({ kind, at: performance.now(), url: text(address(), 2000), title: text(own("title"), 200), about });
    later();
  };
  const dated = (signals) =>
    signals.map(({ at, about = {}, ...signal }) => ({ ...signal, ago_ms: Math.round(performance.now() - at), about, human }));

  let timer;
  let sentAt = 0;
  let failures = 0;
  let unsent;
  let underway = 0;
  let told = false;
  // By the clock only once a person was seen: what is told before is told as nobody's. And one at a time: of two that fail
  // together, only one would be told again.
  const later = () => {
    if (underway || !human || !(unsent || waiting.length > lent)) return;
    timer = timer || setTimeout(flush, Math.max(sentAt + (EVERY_MS << failures) - performance.now(), 0));
  };
  const post = async (body) => {
    told = true;
    underway++;
    sentAt = performance.now();
    try {
      const options = { __proto__: null, method: "POST", body, keepalive: true, credentials: "omit" };
      const { status } = await fetch(`${page.origin}/v1/signals/${page.site}`, options);
      if (status > 499) throw 0;
      failures = 0;
    } catch {
      // The same batch once more: its id tells whether it had arrived.
      unsent = ++failures < MAX_FAILURES && body;
    }
    underway--;
    later();
  };
  const flush = quiet(() => {
    timer = clearTimeout(timer);
    const ready = waiting.slice(lent);
    const kept = unsent;
    unsent = 0;
    if (kept) post(kept);
    if (kept && !own("hidden")) return;
    if (!seen || !ready.length || isSilent()) return;
    const about = { batch_id: uuid(), human, visitor: visitor(), referrer: text(own("referrer"), 2000) };
    let count = ready.length;
    let body;
    do body = json({ ...about, signals: dated(ready.slice(0, count)) });
    while (new Blob([body]).size > MAX_BYTES && (count >>= 1));
    waiting.splice(lent, count || 1);
    if (count) post(body);
    later();
  });

  const prices = pricing(page, signal);
  let seen = false;
  let last;
  const viewed = () => {
    last = address();
    signal("page_viewed");
    prices.begin();
  };
  const navigated = () => {
    prices.leave();
    viewed();
    page.tell("navigate");
  };
  let settling;
  const moved = () => {
    clearTimeout(settling);
    settling = setTimeout(
      quiet(() => address() === last || !seen || navigated()),
      SETTLE_MS,
    );
  };
  const shown = quiet((event) => {
    if (own("prerendering")) return;
    if (own("hidden") || event.type === "pagehide") {
      prices.leave();
      flush();
    } else if (!seen || event.persisted) {
      seen = true;
      viewed();
    }
  });

  Object.assign(page, {
    address,
    consent,
    isDenied: () => !consent() && state === "denied",
    signal,
    visitor,
    human: () => human,
    /** A form is opened: whoever asks from the prices has looked at them. */
    intend: () => prices.look(),
    lend() {
      prices.leave();
      return isSilent() ? [] : dated(waiting.slice(0, (lent = waiting.length)));
    },
    settle(accepted) {
      if (accepted) waiting.splice(0, lent);
      lent = 0;
    },
  });

  page.hear("pointermove pointerdown keydown wheel touchstart", acted);
  page.hear("visibilitychange prerenderingchange pagehide pageshow", shown);
  if (window.navigation) navigation.addEventListener("currententrychange", moved);
  else {
    for (const name of ["pushState", "replaceState"]) {
      const change = history[name];
      history[name] = function (...args) {
        moved();
        return change.apply(this, args);
      };
    }
    addEventListener("popstate", moved);
  }
  shown({});

  return {
    page: navigated,
    event(name, about) {
      const entries = Object.entries(about || {}).slice(0, 7);
      const texts = entries.map(([key, value]) => [text(key, 64), text(value, 200)]);
      signal("event", { name: text(name, 64), ...Object.fromEntries(texts) });
      page.tell("event", name, about || {});
    },
    consent: (now) => decide(now === "granted" ? now : "denied"),
  };
};
