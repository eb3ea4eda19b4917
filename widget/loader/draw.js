// A form in its place, by the best way that the browser and the page's policy allow: the widget; the same form drawn by
// hand (`lite.js`) where wasm is refused; an iframe of the plain page where the policy keeps us from the edge; a link.
// Whatever is not here in three seconds, the next way is tried as well.

// By name: as a whole it would be gathered by `for (name in ..)`, which a polluted `Object.prototype` breaks.
import start, { Definition, mount as mountForm } from "widget-glue";

import { fill, make, maybe } from "./dom.js";
import { json, own, pause } from "./guest.js";
import { say } from "./words.js";

const PATIENCE_MS = 3000;
/** How long a form waits for what need not be asked. */
const KNOWN_MS = 1000;
const DAY_MS = 864e5;

/** A module of ours with its glue, running; asked for once, and again after a failure. `early` is on its way already. */
const module = (name, glue) => {
  let loading;
  return (early) => {
    if (!loading) {
      // Both files at once; the glue takes the other as a promise.
      // A page may have its own `fetch`, which throws, or gives nothing.
      const module_or_path = early || (async () => fetch(new URL(`./${name}_bg.wasm`, import.meta.url)))();
      loading = glue().then((it) => it.default({ module_or_path }).then(() => it));
      loading.catch(() => (loading = 0));
      module_or_path.catch(() => {});
    }
    return loading;
  };
};
const running = module("widget", async () => ({ default: start }));
export const widget = (page) => {
  const { early } = page;
  page.early = 0;
  return running(early);
};
const rules = module("rules", () => import("./rules.js"));

/** Whether a condition may hold where nothing is filled in; in doubt it may. */
const mayHold = (when) => when && /"\$(?!in|eq|exists|and|or)|false|null|\[]|{}|""/.test(json(when));

/** What reads values as the edge does: the rules of a form, once they are here. */
export const rulesOf = async (page, form) => {
  const glue = await rules();
  await pause();
  const reader = glue.Rules.of(form, page.words, day());
  // A newer form than these rules: the edge's alone say what is wrong.
  if (!reader) throw 0;
  return (values) => JSON.parse(reader.read(values));
};

const within = (promise, ms = PATIENCE_MS) => Promise.race([promise, new Promise((_, late) => setTimeout(late, ms))]);

/** The page's policies that were broken, so far: what they block stays blocked. */
const broken = new Set();
export const hearPolicies = (page) =>
  page.hear("securitypolicyviolation", ({ blockedURI, effectiveDirective }) => {
    if (blockedURI.startsWith(new URL(import.meta.url).origin)) broken.add(effectiveDirective);
  });
/** A policy's event comes a task after the refusal. */
const isBroken = (directive) => new Promise((tell) => setTimeout(() => tell(broken.has(directive))));

/** A day as a form writes it (`2026-11-23`, `today`, `today+14`), on the visitor's calendar. */
export const day = (limit = "today") => {
  if (!limit.startsWith("today")) return limit;
  const at = new Date(Date.now() + limit.slice(5) * DAY_MS);
  const two = (number) => `${number}`.padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
};

/**
 * Draws a form in an element. `how`: `close()`, where the form can be closed; `opener`, the element it was opened with;
 * `prompt`, what led to it. Returns what ends it.
 */
export default (page, form, box, how) => {
  const place = make("div", {});
  const after = make("div", {});
  const url = `${page.origin}/v1/forms/${page.site}/${form.id}`;
  const key = `usher.draft.${page.site}.${form.id}`;
  const keep = (act) => maybe(() => act(sessionStorage));
  const uploads = {};
  let drawn;
  let ended;
  // A script that fills in a form is no visitor: nothing is kept for it.
  let typed;
  place.addEventListener("input", (event) => (typed = typed || event.isTrusted), true);

  // A browser takes long to find the names of countries: they are there once the visitor comes to their list.
  let countries;
  const country = (code) => (countries ? maybe(() => countries.of(code), code) : code);
  place.addEventListener(
    "focusin",
    ({ target }) => {
      if (countries || target.autocomplete !== "country") return;
      countries = maybe(() => new Intl.DisplayNames([page.lang], { type: "region" }), { of: (code) => code });
      for (const { firstChild, value } of target) firstChild.data = firstChild.data.replace(value, country(value));
    },
    true,
  );

  const element = () => place.querySelector("form");
  const ui = (kind, about) => {
    if (!drawn) return;
    if (kind === "fill") fill(element(), about);
    if (kind === "file" && !about.id && !about.busy) element().elements[about.name].value = "";
    drawn.tell(kind, about);
  };
  let read;
  /** The rules; where they cannot run, all that is not conditional is asked. */
  const readied = () =>
    rulesOf(page, form)
      .catch(() => () => undefined)
      .then(async (found) => {
        read = read || found;
        await pause();
        ui("fill", {});
      });
  const begins = () => {
    place.removeEventListener("input", begins);
    readied();
  };
  let sender;
  const sending = () => {
    sender = sender || import("./sending.js").then((module) => module.default(page, form, after, ui, how));
    sender.catch(() => (sender = 0));
    return sender;
  };
  const options = {
    ...{ form, words: page.words, day },
    word: (name, a, b) => say(page, name, { n: a, m: b, fields: a }),
    read: (values) => read && read(JSON.parse(values)),
    /** Whether the rules are here; if not, the visitor's press counts once they are, or the edge's alone do. */
    ready() {
      if (read) return true;
      readied().then(() => ui("submit"));
      return false;
    },
    draft: keep((kept) => kept.getItem(key)) || "",
    /** Where a hidden field's value comes from. */
    hidden(kind, name) {
      if (kind === "query") return new URL(page.address()).searchParams.get(name) || "";
      const said = how.opener && how.opener.getAttribute(`data-usher-value-${name}`);
      return said || (page.given && page.given(name)) || "";
    },
    country,
    /** The first thing typed: from here on something may be kept. */
    began() {
      page.signal("form_started", { form: form.id, display: page.display });
      pause().then(sending).then((side) => side.begin()).catch(() => {});
    },
    changed: (values) => typed && keep((kept) => kept.setItem(key, values)),
    afresh: () => keep((kept) => kept.removeItem(key)),
    send(values, trap) {
      sending()
        .then((side) => side.send(JSON.parse(values), trap))
        .catch(() => ui("failed", `${say(page, "failed_unreachable")} ${say(page, "unsealed")}`));
    },
    /** A file was chosen, or taken back. */
    file(name, input) {
      if (uploads[name]) uploads[name].then((end) => end()).catch(() => {});
      delete uploads[name];
      const file = input && input.files[0];
      if (!file) return ui("file", { name });
      const field = form.fields.find((it) => it.name === name);
      uploads[name] = import("./files.js").then((module) => module.default(page, field, file, (about) => ui("file", about)));
      uploads[name].catch(() => ui("file", { name, problem: say(page, "file_failed") }));
    },
  };

  const offer = (words) => {
    const link = make("a", { class: "go", part: "button", href: url, target: "_blank", rel: "noopener" }, say(page, "open_page"));
    box.replaceChildren(make("p", { role: "status" }, say(page, words)), make("div", { class: "foot" }, link));
  };
  const frame = async () => {
    const it = make("iframe", {
      ...{ class: "frame", title: form.title, src: `${url}?frame&lang=${page.lang}` },
      ...{ width: "100%", height: 560, frameborder: 0 },
    });
    box.replaceChildren(it);
    it.onload = async () => (await isBroken("frame-src")) && offer("instead");
  };
  const known = () => {
    const asked = form.fields.some(({ once }) => once);
    const some = asked && (page.identity() || keep((kept) => kept.getItem(`usher.known.${page.site}`)));
    return some ? within(import("./known.js").then((module) => module.default(page, form)), KNOWN_MS).catch(() => []) : [];
  };
  const way = async () => {
    // Leptos names elements as HTML does, in capitals: in XHTML they would be no elements.
    if (own("contentType") !== "text/html") return (await import("./lite.js")).default;
    const wasm = widget(page).then(() => {
      const mount = async (...it) => {
        const definition = Definition.read(form);
        await pause();
        return definition && mountForm(definition, ...it);
      };
      return Object.assign(mount, { rules: true });
    });
    try {
      return await within(wasm);
    } catch {
      if (await isBroken("connect-src")) throw 0;
    }
    const any = Promise.any([wasm, import("./lite.js").then((module) => module.default)]);
    try {
      return await within(any);
    } catch {
      offer("slow");
    }
    return any;
  };
  const draw = async () => {
    const asked = known();
    const mount = await way();
    options.known = await asked;
    await pause();
    if (ended) return;
    const made = await mount(place, options);
    if (!made) throw 0;
    await pause();
    if (ended) return made.unmount();
    const root = box.getRootNode();
    const inside = root.activeElement && box.contains(root.activeElement);
    box.replaceChildren(place, after);
    // Only now may it be told anything: it finds its fields where it stands.
    drawn = made;
    for (const { name, value } of options.known) ui("fill", { [name]: value });
    if (options.draft) ui("fill", maybe(() => JSON.parse(options.draft), {}));
    if (how.drawn) how.drawn(inside);
    const left = keep((kept) => kept.getItem(`usher.receipt.${page.site}.${form.id}`)) || maybe(() => localStorage.getItem("usher.outbox"));
    if (left) sending().then((side) => side.restore()).catch(() => {});
    if (!mount.rules) return;
    // The rules say what is asked, and what is wrong with a field that was left: that is, once something is filled in.
    const conditions = json(form.fields.map(({ when }) => when || ""));
    const matters = ({ name, from, when }) => mayHold(when) || (from && conditions.includes(`"values.${name}"`));
    if (!options.draft && !options.known[0] && !form.fields.some(matters)) place.addEventListener("input", begins);
    else requestAnimationFrame(() => pause().then(readied));
  };
  draw().catch(() => ended || frame());

  return {
    /** The form is opened again: the page may say something else now. */
    again() {
      const values = {};
      for (const { name, from } of form.fields) if (from && from.page) values[name] = options.hidden("page", from.page);
      ui("fill", values);
    },
    destroy() {
      ended = true;
      if (drawn) drawn.unmount();
      box.replaceChildren();
    },
  };
};
