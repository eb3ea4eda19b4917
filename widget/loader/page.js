// The page side: the launcher, opening a form, what the page may ask of Usher and what it is told. It travels in one
// module with the site's configuration (`GET /v1/boot/{site}.js`), and fetches the panel and the widget on the first sign
// of interest.
//
// A guest as the loader is: nothing thrown, nothing logged, nothing stored before consent (see `tracker.js`).

import element from "./element.js";
import { own, pause } from "./guest.js";
import css from "./launcher.css.js";
import tracker from "./tracker.js";

/** How often a removed launcher comes back: a page that insists has its way. */
const RETURNS = 5;

/** How we listen, unless we prevent something. */
const PASSIVE = { __proto__: null, passive: true, capture: true };

/** JSON whose objects have no prototype: a page may have polluted everybody's. */
const read = (text) =>
  JSON.parse(text, (_, value) =>
    value && typeof value === "object" && !Array.isArray(value) ? Object.setPrototypeOf(value, null) : value,
  );

/**
 * Begins. `snippet` is what the loader read: `origin`, `site`, `option(name)`; the widget's module, if it is on its way
 * already (`ahead`, below the address `parts`); and an editor's token, if one came.
 */
export const start = async (boot, { origin, site, option, parts, ahead, editor }, prompts) => {
  const config = read(boot);
  const { forms } = config;
  const find = (id) => forms.find((form) => form.id === id);
  const first = (find(option("form")) || forms[0] || {}).id;
  const heard = { __proto__: null };
  const given = { __proto__: null };
  let identity = "";

  const make = own("createElement");
  const host = make("usher-widget");
  const root = host.attachShadow({ __proto__: null, mode: "open" });
  const launcher = make("button");
  const part = (name) => origin + __PARTS__ + name;
  const listeners = [];

  const page = {
    // Read by the panel, the widget, prompts and inline forms.
    ...{ boot, config, forms, site, origin, host, root, launcher, option, find, editor },
    name: config.name,
    words: config.words,
    lang: config.lang,
    stamp: config.stamp,
    theme: option("theme") || (config.theme && config.theme.mode),
    identity: () => identity,
    /** What the page said for a hidden field: `usher('set', { values: { plan: "pro" } })`. */
    given: (name) => given[name],
    /** The panel, once it is here. */
    panel: () => prepare().then(() => panel || Promise.reject()),
    /** Adds styles. A constructed sheet: a strict policy refuses `<style>` and `style=""`. */
    dress(rules, into = root) {
      try {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(rules);
        into.adoptedStyleSheets = [...into.adoptedStyleSheets, sheet];
      } catch {
        into.append(Object.assign(make("style"), { textContent: rules }));
      }
      return into;
    },
    /** Paints an element with what the site's theme says, below what the page itself says (`--usher-accent`). */
    paint(element) {
      const { accent, accent_text: text, radius } = { __proto__: null, ...config.theme };
      for (const [name, value] of [["accent", accent], ["accent-text", text], ["radius", radius != null && `${radius}px`]]) {
        if (value) element.style.setProperty(`--t-${name}`, value);
      }
      if (page.theme) element.dataset.theme = page.theme;
      return element;
    },
    /** Listens on the window, whatever becomes of the document: `kinds` with spaces between. */
    hear(kinds, fn, how = PASSIVE) {
      for (const kind of kinds.split(" ")) {
        const listener = [kind, page.quiet(fn), how];
        listeners.push(listener);
        addEventListener(...listener);
      }
    },
    /** Whatever goes wrong in it is nobody's business. */
    quiet:
      (fn) =>
      (...args) => {
        try {
          return fn(...args);
        } catch {}
      },
    /** Calls back when the page went elsewhere (`navigate`), reported an event (`event`: name, properties), or wrote its
     * document anew, which ends all listening but `hear`'s (`anew`). */
    on(name, fn) {
      (heard[name] = heard[name] || []).push(fn);
    },
    tell(name, ...what) {
      for (const fn of heard[name] || []) page.quiet(fn)(...what);
    },
    /** Tells the host page; says whether it let the thing happen. Nothing personal goes into `detail`. */
    emit(name, detail, target = document) {
      const options = { __proto__: null, bubbles: true, composed: true, cancelable: name === "submit", detail };
      return EventTarget.prototype.dispatchEvent.call(target, new CustomEvent(`usher:${name}`, options));
    },
    open(form = first, opener = own("activeElement") || launcher, how) {
      if (!find(form)) return;
      page.intend();
      prepare()
        .then(pause)
        .then(() => {
          if (panel) {
            attach();
            panel.open(form, opener, how);
            return page.emit("open", { form });
          }
          // A link is followed; a launcher opens the same form as a page; a call leads nobody away from theirs.
          const link = opener.hasAttribute("data-usher-open") && opener.href;
          const url = link || `${origin}/v1/forms/${site}/${form}`;
          if (link || (!window.open(url) && opener === launcher)) location.assign(url);
        })
        .catch(() => {});
    },
  };
  launcher.className = "launcher";
  launcher.part = "launcher";
  launcher.type = "button";
  launcher.ariaHasPopup = "dialog";
  launcher.ariaExpanded = "false";
  launcher.textContent = config.launcher;
  host.lang = config.lang;
  host.dir = config.rtl ? "rtl" : "ltr";
  host.popover = "manual";
  page.dress(css);
  page.paint(host);
  await pause();
  const tracked = tracker(page);
  await pause();

  // Asked for once; again if it did not come.
  let asked;
  let panel;
  const prepare = () => {
    if (asked) return asked;
    asked = import(part("panel.js"))
      .then((module) => pause().then(() => (panel = module.default(page))))
      .catch(() => (asked = 0));
    // What the panel asks for next is on its way before it does.
    page.early = (parts === part("") && ahead) || (async () => fetch(part("widget_bg.wasm")))();
    page.early.catch(() => {});
    return asked;
  };

  const shownByPage = (on) => {
    if (on && config.launcher) root.append(launcher);
    else launcher.remove();
  };
  shownByPage(option("launcher") !== "off");

  const clicked = (event) => {
    const link = event.target.closest && event.target.closest("[data-usher-open]");
    const form = link && (link.getAttribute("data-usher-open") || first);
    const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
    if (form && plain && !event.defaultPrevented && find(form)) {
      event.preventDefault();
      page.open(form, link);
    }
  };
  page.hear("click", clicked, false);
  // Where the page took it away, it comes back. Writing a document anew ends all listening, in our own elements too.
  const attach = () => {
    if (!launcher.onclick) {
      launcher.onpointerenter = launcher.onfocus = prepare;
      launcher.onclick = () => (launcher.ariaExpanded === "true" ? panel.close() : page.open(first, launcher));
      for (const listener of listeners) addEventListener(...listener);
      page.tell("anew");
    }
    if (host.isConnected) return;
    own("documentElement").append(host);
    host.showPopover && host.showPopover();
  };
  let returns = 0;
  const watch = new MutationObserver(() => host.isConnected || setTimeout(again));
  const again = page.quiet(() => {
    const html = own("documentElement");
    if (!html || (!host.isConnected && ++returns > RETURNS)) return;
    attach();
    for (const parent of [document, html]) watch.observe(parent, { __proto__: null, childList: true });
  });
  again();

  const mount = element(page);
  // What a visitor sent from an earlier page, and nobody could take yet, goes on from this one.
  const left = page.quiet(() => localStorage.getItem("usher.outbox"));
  if (left()) import(part("outbox.js")).then((outbox) => outbox.resume(page)).catch(() => {});
  prompts && prompts(page);

  const calls = {
    __proto__: null,
    open: (form, how) => page.open(form || first, undefined, how),
    close: () => panel && panel.close(),
    ...tracked,
    identify: (token) => (identity = `${token || ""}`),
    mount: (place, options) => mount && mount(place, options),
    set(options) {
      const { theme, launcher: on, values } = { __proto__: null, ...options };
      for (const name of Object.keys(values || {})) given[name] = `${values[name]}`;
      if (theme) host.dataset.theme = page.theme = theme;
      if (on) shownByPage(on !== "off");
    },
  };
  page.emit("ready", { site });
  return [(name, ...rest) => calls[name] && calls[name](...rest), again];
};
