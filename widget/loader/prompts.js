// Messages that may open a form: what brings one up, and how it is drawn. Whether it may be shown at all the edge decides
// (`POST /v1/prompts/{site}`), before anything is drawn, so nothing flickers and no budget is exceeded by a second tab.
//
// One is seen at a time. It waits while the page has a modal dialog open and while our own panel is; it never moves what
// the visitor reads; and but for the dialog it takes no focus. Nothing is kept in `sessionStorage` before a trusted event.

import css from "./prompts.css.js";
import { json } from "./tracker.js";

/** How long the visitor has been on the page before leaving it is an intent, in seconds. */
const SETTLED_S = 3;
/** How long somebody with a touch screen was away when they come back. */
const AWAY_MS = 5000;
/** A scroll upwards as fast as this, in pixels a millisecond, is on its way to the address bar; and how far it goes. */
const FAST = 1.5;
const FAR_PX = 150;
/** How often the page may be searched for what should be on it: at most so many times, with so long between. */
const SEARCHES = 100;
const SEARCH_MS = 500;
/** An answer of the edge is used within this time; its reservation lapses a little later. */
const FRESH_MS = 100_000;
/** A change this soon after a click is the visitor's own. */
const CLICK_MS = 500;
/** Where delays wait while the visitor goes to another page, and where an editor's token does. */
const WAITING = "usher.prompts";
const EDITOR = "usher.editor";

const decoded = (text) => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

/** Whether page rules are for an address; `shared/src/prompt/page.rs` is the same, and says what it means. */
export const matches = (rules = [], address) => {
  const { hostname, pathname, search } = new URL(address);
  const parts = {
    host: hostname,
    path: decoded(pathname).replace(/\/+$/, "") || "/",
    query: decoded(search.slice(1)),
  };
  const holds = ({ part, how, with: text }) => {
    const own = parts[part];
    const is = how.startsWith("is") ? own === text : how === "starts_with" ? own.startsWith(text) : how === "ends_with" ? own.endsWith(text) : own.includes(text);
    return is !== how.endsWith("not");
  };
  const nots = rules.filter(({ how }) => how.endsWith("not"));
  const others = rules.filter((rule) => !nots.includes(rule));
  return nots.every(holds) && (!others.length || others.some(holds));
};

/** Takes an editor link's token out of the page's address, before anything else reads that. */
export const editorToken = () => {
  const url = new URL(location.href);
  const token = url.searchParams.get("usher_editor");
  try {
    if (!token) return sessionStorage.getItem(EDITOR) || "";
    url.searchParams.delete("usher_editor");
    history.replaceState(history.state, "", url);
  } catch {}
  return token;
};

const session = (name, value) => {
  try {
    if (value === undefined) value = sessionStorage.getItem(name);
    else if (value) sessionStorage.setItem(name, value);
    else sessionStorage.removeItem(name);
  } catch {}
  return value;
};

export default (page) => {
  const { config, editor, own, quiet, root, launcher, origin, site } = page;
  const { prompts } = config;
  const touch = matchMedia("(pointer:coarse)").matches;
  const make = (tag, props, ...children) => {
    const element = Object.assign(own("createElement")(tag), props);
    element.append(...children);
    return element;
  };
  const listen = (kind, fn, target = window) =>
    target.addEventListener(kind, quiet(fn), { __proto__: null, passive: true, capture: true });

  // When each prompt whose trigger fired is due, by its id. A delay goes on across pages.
  let due = { __proto__: null };
  const read = quiet(() => JSON.parse(session(WAITING)));
  for (const [id, at] of Object.entries(read() || {})) due[id] = +at;
  session(WAITING, "");
  // What the edge let pass and is not drawn yet, and what is drawn.
  let passed;
  let shown;
  // Nothing more is shown on this page: a form was sent, or nothing is counted and one was shown.
  let over = "";
  let asking = false;
  let clickedAt = -1e9;
  let view;

  const find = (id) => prompts.find((prompt) => prompt.id === id);
  const here = (prompt) => matches(prompt.pages, page.address());
  const visibly = (element) => element.getClientRects().length;
  const all = (selector) => {
    try {
      return [...own("querySelectorAll")(selector)];
    } catch {
      return [];
    }
  };

  /** Why nothing may be drawn at this moment. */
  const held = () =>
    over ||
    (own("hidden") && "hidden") ||
    (launcher.ariaExpanded === "true" && "panel") ||
    (shown && shown.seen && "another_prompt") ||
    (all("dialog:modal,[aria-modal=true]").some(visibly) && "host_dialog");

  /** Where an inline prompt may be put now without moving what is seen. */
  const place = ({ place }) => {
    const spot = all(place).find(visibly);
    const moves = spot && spot.getBoundingClientRect().bottom < innerHeight && performance.now() - clickedAt > CLICK_MS;
    return !moves && spot;
  };

  const told = (what, { prompt, display }) => {
    if (!editor) page.signal(`prompt_${what}`, { prompt: prompt.id, display });
    page.emit("prompt", { prompt: prompt.id, state: what });
  };
  const clear = () => {
    if (shown) (shown.host || shown.box).remove();
    shown = 0;
  };
  const dismiss = () => {
    const ended = shown;
    const inside = ended.box.contains(ended.box.getRootNode().activeElement);
    if (ended.box.close) ended.box.close();
    clear();
    if (inside && ended.back) ended.back.focus();
    told("dismissed", ended);
  };
  const answer = () => {
    const ended = shown;
    if (ended.box.close) ended.box.close();
    clear();
    told("answered", ended);
    if (ended.prompt.form) page.open(ended.prompt.form, ended.back || undefined, { prompt: ended.prompt.id });
  };

  const draw = (prompt, display) => {
    const { look, title, body, link } = prompt;
    clear();
    const isDialog = look === "dialog";
    const words = make("div", { id: "words", role: isDialog ? "" : "status" });
    const close = make("button", { type: "button", className: "x", ariaLabel: (page.words || {}).close || "Close", onclick: quiet(dismiss) });
    const go = make(link ? "a" : "button", { className: "y", textContent: prompt.action, onclick: quiet(answer) });
    if (link) go.href = link;
    else go.type = "button";
    go.part = "button";
    const box = make(isDialog ? "dialog" : "div", { className: `prompt ${look}`, lang: page.lang, dir: config.rtl ? "rtl" : "ltr" }, words, go, close);
    box.part = "prompt";
    if (isDialog) box.setAttribute("aria-labelledby", "words");
    else {
      box.role = "region";
      box.ariaLabel = title || body;
    }
    shown = { prompt, display, box, seen: true, back: own("activeElement") };
    if (shown.back === own("body")) shown.back = 0;
    const theme = page.host.dataset.theme || page.theme;
    if (theme) box.dataset.theme = theme;
    if (look === "inline") {
      const host = (shown.host = make("usher-prompt", {}));
      page.dress(css, host.attachShadow({ __proto__: null, mode: "open" })).append(box);
      place(prompt).after(host);
      // It counts once it is seen, and holds nothing else back until then.
      shown.seen = false;
      const mine = shown;
      new IntersectionObserver(
        quiet(([entry], watcher) => {
          if (!entry.isIntersecting) return;
          watcher.disconnect();
          if (shown === mine) told("shown", mine, (mine.seen = true));
        }),
      ).observe(box);
    } else {
      root.append(box);
      if (isDialog) {
        box.tabIndex = -1;
        box.oncancel = quiet((event) => {
          event.preventDefault();
          dismiss();
        });
        box.showModal();
        box.focus();
      } else {
        box.popover = "manual";
        box.showPopover && box.showPopover();
      }
      told("shown", shown);
    }
    // A live region tells of what comes into it.
    setTimeout(() => {
      if (title) words.append(make("strong", { textContent: title }));
      words.append(make("p", { textContent: body }));
    });
  };

  const drop = (id) => {
    delete due[id];
    if (passed && passed.prompt.id === id) passed = 0;
  };

  /** Shows what may be shown: asks the edge about all that is due, the likeliest first. */
  let timer;
  const advance = quiet(async () => {
    clearTimeout(timer);
    const now = Date.now();
    const waiting = Object.keys(due).filter(find);
    if (over || (!waiting.length && !passed)) return;
    const next = Math.min(...waiting.map((id) => due[id]));
    if ((next > now && !passed) || asking || held()) {
      timer = setTimeout(advance, Math.max(1000, Math.min(next - now, 2e9)));
      return;
    }
    if (passed) {
      const { prompt, display, at } = passed;
      if (now - at > FRESH_MS || !here(prompt)) passed = 0;
      else if (prompt.look !== "inline" || place(prompt)) {
        passed = 0;
        draw(prompt, display);
        if (!display && !editor) over = "private";
        return;
      }
    } else {
      const ready = waiting.filter((id) => due[id] <= now).map(find);
      for (const { id } of ready) delete due[id];
      const asked = ready.filter((prompt) => here(prompt) && (prompt.look !== "inline" || all(prompt.place).length));
      asked.sort((a, b) => (b.priority || 0) - (a.priority || 0) || (a.delay_secs || 0) - (b.delay_secs || 0));
      if (asked.length) {
        asking = true;
        const { show, display = "" } = await ask(asked.map(({ id }) => id)).catch(() => ({}));
        asking = false;
        if (show) passed = { prompt: find(show), display, at: Date.now() };
      }
    }
    advance();
  });
  const ask = async (ids) => {
    const body = json({
      ...{ prompts: ids, url: page.address(), referrer: own("referrer"), visitor: page.visitor(), identity: page.identity() },
      ...{ editor, private: page.isDenied() },
    });
    const answer = await fetch(`${origin}/v1/prompts/${site}`, { __proto__: null, method: "POST", body, credentials: "omit" });
    return answer.ok ? answer.json() : {};
  };

  const fire = (prompt) => {
    if (!here(prompt) || due[prompt.id] || (shown && shown.prompt === prompt)) return;
    due[prompt.id] = Date.now() + (prompt.delay_secs || 0) * 1000;
    view.fired[prompt.id] = 1;
    advance();
  };
  /** Calls back with each prompt that has a trigger of this kind, and what the trigger says. */
  const each = (kind, fn) => {
    for (const prompt of prompts) {
      for (const trigger of prompt.triggers) {
        const with_ = trigger === kind || (trigger && trigger[kind]);
        if (with_ && fn(with_, prompt)) fire(prompt);
      }
    }
  };
  /** The same, once in each view of the page. */
  const once = (kind, fn) => each(kind, (with_, prompt) => !view.fired[prompt.id] && fn(with_, prompt));

  // A new page, or the same document showing another.
  const begin = () => {
    view = { seconds: 0, idle: 0, searches: 0, fired: { __proto__: null } };
    if (shown && !here(shown.prompt)) clear();
    search();
    advance();
  };
  // Elements that should be there, and elements that should be seen.
  const sight = new IntersectionObserver(
    quiet((entries) => {
      for (const { target, isIntersecting } of entries) {
        if (isIntersecting) once("in_view", (selector) => target.matches(selector));
      }
    }),
  );
  let searching;
  const search = quiet(() => {
    searching = 0;
    once("present", (selector) => all(selector).length);
    each("in_view", (selector) => all(selector).forEach((element) => sight.observe(element)));
  });
  const watched = prompts.some(({ triggers }) => triggers.some((trigger) => trigger.present || trigger.in_view));
  if (watched) {
    new MutationObserver(() => {
      if (!searching && ++view.searches < SEARCHES) searching = setTimeout(search, SEARCH_MS);
    }).observe(document, { __proto__: null, childList: true, subtree: true });
  }

  setInterval(
    quiet(() => {
      if (own("hidden")) return;
      view.seconds += 1;
      view.idle += 1;
      once("visible_secs", (seconds) => view.seconds >= seconds);
      once("idle_secs", (seconds) => view.idle >= seconds);
    }),
    1000,
  );
  for (const kind of ["pointermove", "pointerdown", "keydown", "wheel", "touchstart", "scroll"]) {
    listen(kind, (event) => {
      if (event.isTrusted) view.idle = 0;
    });
  }

  const leave = () => view.seconds >= SETTLED_S && once("exit_intent", () => true);
  let fast = { y: 0, at: 0 };
  listen("scroll", () => {
    const room = own("documentElement").scrollHeight - innerHeight;
    const y = scrollY;
    // A page that has nothing to scroll is not scrolled past any part of it.
    if (room > 0) once("scroll_percent", (percent) => (y / room) * 100 >= percent);
    const now = performance.now();
    // A step upwards goes on from where it began; a pause or a turn begins anew.
    if (y > fast.last || now - fast.then > 100 || !fast.at) fast = { y, at: now };
    fast.last = y;
    fast.then = now;
    if (touch && fast.y - y > FAR_PX && (fast.y - y) / (now - fast.at) > FAST) leave();
  });
  listen("mouseout", (event) => {
    if (!event.relatedTarget && event.clientY <= 0) leave();
  });
  let leftAt = 1e15;
  listen("visibilitychange", () => {
    if (own("hidden")) leftAt = Date.now();
    else if (touch && Date.now() - leftAt >= AWAY_MS) leave();
    advance();
  });

  listen("click", (event) => {
    if (event.isTrusted) clickedAt = performance.now();
    const { target } = event;
    if (target.closest) each("click", (selector) => target.closest(selector));
  });
  listen("keydown", (event) => {
    if (event.key === "Escape" && shown && shown.seen && !shown.box.close && !event.defaultPrevented) dismiss();
  });
  const is = ({ name, about = {} }, of, with_) =>
    name === of && Object.keys(about).every((key) => `${with_[key]}` === about[key]);
  page.on("event", (name, about) => {
    for (const prompt of prompts) if ((prompt.cancel_on || []).some((event) => is(event, name, about))) drop(prompt.id);
    each("event", (event) => is(event, name, about));
  });
  page.on("navigate", begin);
  listen("usher:open", () => shown && clear());
  listen("usher:success", () => {
    over = "converted";
    due = { __proto__: null };
    clear((passed = 0));
  });
  listen("pagehide", () => {
    const waiting = Object.keys(due);
    if (waiting.length && page.human()) session(WAITING, json({ ...due }));
  });

  page.dress(css);
  begin();

  if (editor) {
    // What stops each prompt on this page, in the order in which it is asked.
    const stops = (prompt) =>
      (!here(prompt) && "page") ||
      (shown && shown.prompt === prompt && "shown") ||
      (!due[prompt.id] && !(passed && passed.prompt === prompt) && "trigger") ||
      (due[prompt.id] > Date.now() && "delay") ||
      held() ||
      (prompt.look === "inline" && !place(prompt) && "place") ||
      "";
    import(`${origin}/v1/why.js`)
      .then(({ default: why }) => why(page, { ask, draw, stops, prompts, keep: () => session(EDITOR, editor), end: () => session(EDITOR, "") }))
      .catch(() => {});
  }
};
