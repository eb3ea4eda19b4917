// The outbox: what a visitor sent stays on their device, sealed, until the edge has said that it is stored.
//
// A letter is written to IndexedDB before it is sent, encrypted under a key that no script can read out, and leaves it
// only on a success that carries its own submission id, on a refusal that trying again would not change, or after 72
// hours. Until then it is tried again: after a while, when the browser is online or in sight again, and on later pages of
// the same origin (`usher.outbox` in localStorage tells them to load this module). A lock keeps two tabs from sending it
// at once; sent twice all the same, it exists once, because the edge knows its id.
//
// It knows nothing of forms and draws nothing: see `sending.js`.

import { json, own } from "./guest.js";

const MARK = "usher.outbox";
const KEEP_MS = 72 * 3600e3;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 30 * 60e3;
/** Longer than this without an answer, and the visitor is told so; the letter stays. */
const PATIENCE_MS = 20e3;
/** What a browser still sends for a page that closes, all requests together (64 KiB), less what others may need. */
const KEEPALIVE_BYTES = 48e3;
/** Answers that stay the same however often it is sent. 409: another text is stored under this id. */
const FINAL = [400, 401, 403, 404, 409, 410, 413, 415, 422];

/** Who waits for what becomes of a letter, by its id: called with each outcome until the last. */
const waiting = new Map();
/** How often each letter was tried on this page, and the timer of the next try. */
const tries = new Map();
/** Letters that could not be sealed: they live as long as the page. */
const unsealed = new Map();

const done = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

let database;
const open = () => {
  if (!database) {
    const request = indexedDB.open("usher", 1);
    request.onupgradeneeded = () => {
      request.result.createObjectStore("letters", { keyPath: "id" });
      request.result.createObjectStore("keys");
    };
    database = done(request);
    database.catch(() => (database = 0));
  }
  return database;
};

/** One act on one store. A change is done when it is on disk, not when it was taken. */
const store = async (name, act, mode = "readonly") => {
  const transaction = (await open()).transaction(name, mode, { durability: "strict" });
  const result = done(act(transaction.objectStore(name)));
  await new Promise((resolve, reject) => {
    transaction.oncomplete = resolve;
    transaction.onabort = transaction.onerror = () => reject(transaction.error);
  });
  return result;
};
const all = () => store("letters", (letters) => letters.getAll());
const read = (id) => store("letters", (letters) => letters.get(id));
const write = (letter) => store("letters", (letters) => letters.put(letter), "readwrite");

const key = async () => {
  const kept = () => store("keys", (keys) => keys.get("letters"));
  const made = async () => {
    const fresh = await crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
    // Another tab may have been first: its key is the one.
    await store("keys", (keys) => keys.add(fresh, "letters"), "readwrite").catch(() => {});
    return kept();
  };
  return (await kept()) || made();
};
/** The id is sealed in: a letter cannot be sent under another one. */
const cipher = (letter) => ({
  ...{ name: "AES-GCM", iv: letter.iv },
  additionalData: new TextEncoder().encode(letter.id),
});

const seal = async ({ body, ...letter }) => {
  // Without these two nothing keeps a second tab, or a reader of the disk, away.
  if (!navigator.locks || !crypto.subtle) throw new Error("not here");
  const sealed = { ...letter, at: Date.now(), not_before: 0, iv: crypto.getRandomValues(new Uint8Array(12)) };
  sealed.text = await crypto.subtle.encrypt(cipher(sealed), await key(), new TextEncoder().encode(body));
  await write(sealed);
  localStorage.setItem(MARK, "1");
};
const unseal = async (letter) =>
  new TextDecoder().decode(await crypto.subtle.decrypt(cipher(letter), await key(), letter.text));

/** Takes a letter out, and the mark with the last one. */
export const forget = async (id) => {
  waiting.delete(id);
  unsealed.delete(id);
  await store("letters", (letters) => letters.delete(id), "readwrite");
  if (!(await all()).length) localStorage.removeItem(MARK);
};

const later = (header) => {
  const seconds = Number(header);
  return header ? (Number.isNaN(seconds) ? Date.parse(header) - Date.now() : seconds * 1000) || 0 : 0;
};

/** Sends once. `sent` is said only when a success carries the same id: anything else proves nothing. */
const post = async ({ id, url }, body) => {
  try {
    const answer = await fetch(url, {
      // Options are read through their prototype, which a page may have polluted.
      __proto__: null,
      method: "POST",
      // A text travels as text/plain, which spares the preflight.
      body,
      credentials: "omit",
      // The page may close as soon as the visitor has pressed the button.
      keepalive: new Blob([body]).size < KEEPALIVE_BYTES,
      ...(AbortSignal.timeout && { signal: AbortSignal.timeout(PATIENCE_MS) }),
    });
    const { status } = answer;
    const said = await answer.json().catch(() => ({}));
    if (answer.ok && said.submission_id === id) return { kind: "sent", receipt: said };
    // A refusal is the edge's own, with its code: a network's login page refuses too.
    if (FINAL.includes(status) && said.code) return { kind: "refused", status, problem: said };
    return { kind: "again", status, wait: later(answer.headers.get("retry-after")) };
  } catch {
    return { kind: "again", status: 0, wait: 0 };
  }
};

// What one tab learns the others are told.
const others = self.BroadcastChannel && new BroadcastChannel(MARK);
const tell = (id, outcome) => {
  const hear = waiting.get(id);
  if (outcome.kind !== "saved" && outcome.kind !== "failed") waiting.delete(id);
  hear && hear(outcome);
  return !!hear;
};
if (others) others.onmessage = ({ data: [id, outcome] }) => tell(id, outcome);

/** What became of a letter nobody waits for: the form shows it when it is opened, and the page hears of it. */
const settle = (page, letter, body, outcome) => {
  if (tell(letter.id, outcome)) return;
  const about = { form: letter.form, submission_id: letter.id };
  const keep = (what, value) => sessionStorage.setItem(`usher.${what}.${letter.site}.${letter.form}`, value);
  try {
    if (outcome.kind === "sent") {
      keep("receipt", json({ ...outcome.receipt, at: letter.at }));
      sessionStorage.removeItem(`usher.draft.${letter.site}.${letter.form}`);
    }
    // What was typed is not lost with a refusal: it stands in the form again.
    else if (body) keep("draft", json(JSON.parse(body).values));
  } catch {}
  if (outcome.kind === "sent") page.emit("success", { ...about, reference: outcome.receipt.reference });
  else page.emit("error", { ...about, code: outcome.kind === "expired" ? "expired" : outcome.problem.code });
};

const retry = (page, id, wait = 0) => {
  const { count, timer } = tries.get(id) || { count: 0 };
  clearTimeout(timer);
  const longest = Math.min(FIRST_WAIT_MS * 2 ** count, LONGEST_WAIT_MS);
  const ms = Math.max(wait, longest * (0.5 + Math.random() / 2));
  tries.set(id, { count: count + 1, timer: setTimeout(() => attempt(page, id).catch(() => {}), ms) });
};

/** Tries one letter, if no other tab is at it and nobody asked for a pause. */
const attempt = (page, id) =>
  navigator.locks.request(`usher.${id}`, { __proto__: null, ifAvailable: true }, async (lock) => {
    // Whoever has it will tell; should that tab close, this one comes back to it.
    if (!lock) return retry(page, id);
    const letter = await read(id);
    if (!letter) return;
    const finish = async (outcome, body) => {
      const hear = waiting.get(id);
      await forget(id);
      hear && waiting.set(id, hear);
      others && others.postMessage([id, outcome]);
      settle(page, letter, body, outcome);
    };
    // The visitor's clock may have been put back: what comes from the future is as old.
    if (Math.abs(Date.now() - letter.at) > KEEP_MS) return finish({ kind: "expired" });
    if (Date.now() < letter.not_before) return retry(page, id, letter.not_before - Date.now());
    const body = await unseal(letter).catch(() => 0);
    // Sealed under a key that is gone: nobody can read it any more.
    if (!body) return finish({ kind: "expired" });
    const outcome = await post(letter, body);
    if (outcome.kind !== "again") return finish(outcome, body);
    // What the visitor took back meanwhile does not come back.
    if (!(await read(id))) return;
    if (outcome.wait > 0) await write({ ...letter, not_before: Date.now() + Math.min(outcome.wait, KEEP_MS) });
    tell(id, { kind: "saved", status: outcome.status });
    retry(page, id, outcome.wait);
  });

const attemptAll = async (page) => {
  for (const { id } of await all()) await attempt(page, id);
};

let watched;
const watch = (page) => {
  if (watched) return;
  watched = true;
  page.hear("online visibilitychange", () => own("hidden") || attemptAll(page).catch(() => {}));
};

/** Without a seal it is sent at once, by this page only, and again when the visitor says so. */
const sendUnsealed = async (letter) => {
  unsealed.set(letter.id, letter);
  const outcome = await post(letter, letter.body);
  if (outcome.kind !== "again") unsealed.delete(letter.id);
  tell(letter.id, outcome.kind === "again" ? { kind: "failed", status: outcome.status } : outcome);
};

/**
 * Seals a letter (`id`, `site`, `form`, `url`, `body`) and sends it. `hear` gets each outcome: `sent` (with `receipt`),
 * `refused` (`problem`), `expired`, and before those `saved` (it is kept and tried again) or `failed` (it could not be
 * kept). Says whether it was sealed.
 */
export const send = async (page, letter, hear) => {
  waiting.set(letter.id, hear);
  const sealed = await seal(letter).then(
    () => true,
    () => false,
  );
  if (sealed) {
    watch(page);
    attempt(page, letter.id).catch(() => tell(letter.id, { kind: "saved", status: 0 }));
  } else sendUnsealed(letter);
  return sealed;
};

/** Tries a letter at once, because the visitor says so. */
export const again = (page, id) => {
  const letter = unsealed.get(id);
  if (letter) return sendUnsealed(letter);
  return attempt(page, id).catch(() => tell(id, { kind: "saved", status: 0 }));
};

/** Waits for the letter of a form that an earlier page sealed; its id and its values, if there is one. */
export const pending = async (page, form, hear) => {
  const letters = await all();
  const letter = letters.find((it) => it.site === page.site && it.form === form);
  if (!letter) return;
  waiting.set(letter.id, hear);
  return { id: letter.id, at: letter.at, values: await unseal(letter).then((body) => JSON.parse(body).values, () => ({})) };
};

/** Goes on where an earlier page stopped. */
export const resume = async (page) => {
  watch(page);
  if (!(await all()).length) localStorage.removeItem(MARK);
  await attemptAll(page);
};
