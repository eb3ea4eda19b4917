// Messages that may open a form: what brings one up, and how it is drawn. Whether it may be shown at all the edge decides
// (`POST /v1/prompts/{site}`), before anything is drawn, so nothing flickers and no budget is exceeded by a second tab.
//
// One is seen at a time. It waits while the page has a modal dialog open and while our own panel is; it never moves what
// the visitor reads; and but for the dialog it takes no focus. Nothing is kept in `sessionStorage` before a trusted event.

import { element as make, json, own } from "./guest.js";
import css from "./prompts.css.js";

/** How long the visitor has been on the page before leaving it is an intent, in seconds. */
const SETTLED_S = 3;
/** How long somebody with a touch screen was away when they come back. */
const AWAY_MS = 5000;
/** A scroll upwards as fast as this, in pixels a millisecond, is on its way to the address bar; and how far it goes. */
const FAST = 1.5;
const FAR_PX = 150;
/** An answer of the edge is used within this time; its reservation lapses a little later. */
const FRESH_MS = 100_000;
/** A change this soon after a click is the visitor's own. */
const CLICK_MS = 500;
/** Where delays wait while the visitor goes to another page. */
const WAITING = "usher.prompts";

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
    const has = { is: own === text, contains: own.includes(text) };
    has.starts_with = own.startsWith(text);
    has.ends_with = own.endsWith(text);
    return has[how.replace("_not", "")] !== how.endsWith("not");
  };
  const nots = rules.filter(({ how }) => how.endsWith("not"));
  const others = rules.filter((rule) => !nots.includes(rule));
  return nots.every(holds) && (!others.length || others.some(holds));
};

/** Takes an editor link's token out of the page's address, before anything else reads that; `why.js` keeps it. */
export const editorToken = () => {
  const url = new URL(location.href);
  const token = url.searchParams.get("usher_editor");
  try {
    if (!token) return sessionStorage.getItem("usher.editor") || "";
    url.searchParams.delete("usher_editor");
    history.replaceState(history.state, "", url);
  } catch {}
  return token;
};

export default (page) => {
  const { config, editor, hear, quiet, root, launcher, origin, site } = page;
  const { prompts } = config;
  const touch = matchMedia("(pointer:coarse)").matches;

  // When each prompt whose trigger fired is due, by its id. A delay goes on across pages.
  const due = { __proto__: null };
  quiet(() => {
    Object.assign(due, JSON.parse(sessionStorage.getItem(WAITING)));
    sessionStorage.removeItem(WAITING);
  })();
  // What the edge let pass and is not drawn yet, and what is drawn.
  let passed;
  let shown = 0;
  // Nothing more is shown on this page: a form was sent, or nothing is counted and one was shown.
  let over = "";
  let asking = false;
  let clickedAt = -1e9;
  let view;

  const here = (prompt) => matches(prompt.pages, page.address());
  const visibly = (element) => element.getClientRects().length;
  const inView = (element) => {
    const { top, bottom } = element.getBoundingClientRect();
    return visibly(element) && top < innerHeight && bottom > 0;
  };
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

  /** Where a prompt may be put now without moving what is seen: an inline one after its element, others anywhere. */
  const spot = ({ look, place }) =>
    look !== "inline" ||
    all(place).find(
      (element) =>
        visibly(element) &&
        (element.getBoundingClientRect().bottom >= innerHeight || performance.now() - clickedAt < CLICK_MS),
    );

  const told = (what, { prompt, display, cost_ms }) => {
    // A form that is begun from now on was begun after this was seen.
    page.display = display;
    if (!editor) page.signal(`prompt_${what}`, { prompt: prompt.id, display, cost_ms });
    page.emit("prompt", { prompt: prompt.id, state: what });
  };
  const clear = () => {
    const { host, box, back } = shown || {};
    if (!box) return;
    shown = 0;
    const inside = box.contains(box.getRootNode().activeElement);
    (host || box).remove();
    if (inside) back.focus();
  };
  const end = (what) => {
    const ended = shown;
    if (!ended) return;
    clear();
    told(what, ended);
    const { id, form } = ended.prompt;
    if (what === "answered" && form) page.open(form, ended.back, { prompt: id });
  };

  const draw = (prompt, display) => {
    const { look, title, body, link } = prompt;
    const from = performance.now();
    clear();
    const isDialog = look === "dialog";
    const spent = () => `${Math.round(performance.now() - from)}`;
    const does = (what) => quiet(() => end(what));
    const words = make("div", { role: isDialog ? "" : "status" });
    const close = make("button", { type: "button", className: "x", ariaLabel: page.words.close || "Close", onclick: does("dismissed") });
    const go = make(link ? "a" : "button", { className: "y", part: "button", textContent: prompt.action, onclick: does("answered") });
    if (link) go.href = link;
    const box = make(isDialog ? "dialog" : "div", { className: `prompt ${look}`, part: "prompt", lang: page.lang }, words, go, close);
    box.dir = config.rtl ? "rtl" : "ltr";
    box.ariaLabel = title || body;
    box.dataset.theme = page.host.dataset.theme || page.theme || "";
    shown = { prompt, display, box, seen: true, back: own("activeElement") };
    if (look === "inline") {
      const host = (shown.host = page.paint(make("usher-prompt", {})));
      box.role = "region";
      page.dress(css, host.attachShadow({ __proto__: null, mode: "open" })).append(box);
      spot(prompt).after(host);
      // It counts once it is seen, and holds nothing else back until then.
      shown.seen = false;
      shown.cost_ms = spent();
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
        box.onclose = close.onclick;
        box.tabIndex = -1;
        box.showModal();
        box.focus();
      } else {
        box.role = "region";
        box.popover = "manual";
        box.showPopover && box.showPopover();
      }
      shown.cost_ms = spent();
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

  /** Asks the edge about all that is due, the likeliest first, and draws what it lets pass. */
  const advance = quiet(() => {
    const now = Date.now();
    const ready = prompts.filter((prompt) => due[prompt.id] <= now && spot(prompt));
    if (over || asking || !(passed || ready[0]) || held()) return;
    if (passed) {
      const { prompt, display, at } = passed;
      const isStale = !here(prompt) || now - at > FRESH_MS;
      if (!isStale && !spot(prompt)) return;
      passed = 0;
      if (isStale) return;
      draw(prompt, display);
      if (!display && !editor) over = "private";
      return;
    }
    for (const { id } of ready) delete due[id];
    const asked = ready.filter(here);
    asked.sort((a, b) => (b.priority || 0) - (a.priority || 0) || (a.delay_secs || 0) - (b.delay_secs || 0));
    if (!asked[0]) return;
    asking = true;
    ask(asked.map(({ id }) => id))
      .then(({ show, display = "" }) => {
        const prompt = asked.find(({ id }) => id === show);
        if (prompt) passed = { prompt, display, at: Date.now() };
      })
      .catch(() => {})
      .then(() => advance((asking = false)));
  });
  const ask = async (ids) => {
    const body = json({
      ...{ prompts: ids, url: page.address(), visitor: page.visitor(), identity: page.identity() },
      ...{ editor, private: page.isDenied() },
    });
    const answer = await fetch(`${origin}/v1/prompts/${site}`, { __proto__: null, method: "POST", body, credentials: "omit" });
    return answer.ok ? answer.json() : {};
  };

  const fire = (prompt) => {
    if (!here(prompt) || due[prompt.id] || (shown && shown.prompt === prompt)) return;
    due[prompt.id] = Date.now() + (prompt.delay_secs || 0) * 1000;
    view.fired[prompt.id] = 1;
    // Others that the same moment brings up are asked about together.
    setTimeout(advance);
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
  const leave = () => shown && !here(shown.prompt) && clear();
  const begin = () => {
    view = { seconds: 0, idle: 0, fired: { __proto__: null } };
    leave();
  };
  // Once a second, and never by an observer: a page that changes all the time costs no more than one that stands still.
  setInterval(
    quiet(() => {
      if (own("hidden")) return;
      // A page that was left before its address had settled was none to whoever tells of pages.
      leave();
      view.seconds += 1;
      view.idle += 1;
      once("visible_secs", (seconds) => view.seconds >= seconds);
      once("idle_secs", (seconds) => view.idle >= seconds);
      once("present", (selector) => all(selector)[0]);
      once("in_view", (selector) => all(selector).some(inView));
      advance();
    }),
    1000,
  );
  hear("pointermove pointerdown keydown wheel touchstart", (event) => {
    if (event.isTrusted) view.idle = 0;
  });

  const exit = () => view.seconds >= SETTLED_S && once("exit_intent", () => true);
  let fast = {};
  hear("scroll", () => {
    const room = own("documentElement").scrollHeight - innerHeight;
    const y = scrollY;
    // A page that has nothing to scroll is not scrolled past any part of it.
    if (room > 0) once("scroll_percent", (percent) => (y / room) * 100 >= percent);
    const now = performance.now();
    // A step upwards goes on from where it began; a pause or a turn begins anew.
    if (!(y <= fast.last && now - fast.then < 100)) fast = { y, at: now };
    Object.assign(fast, { last: y, then: now });
    if (touch && fast.y - y > FAR_PX && (fast.y - y) / (now - fast.at) > FAST) exit();
  });
  hear("mouseout", (event) => {
    if (!event.relatedTarget && event.clientY <= 0) exit();
  });
  let leftAt;
  hear("visibilitychange", () => {
    if (own("hidden")) leftAt = Date.now();
    else if (touch && Date.now() - leftAt >= AWAY_MS) exit();
  });

  hear("click", (event) => {
    if (event.isTrusted) clickedAt = performance.now();
    const { target } = event;
    if (target.closest) each("click", (selector) => target.closest(selector));
  });
  hear("keydown", (event) => {
    if (event.key === "Escape" && shown.seen && !shown.box.close && !event.defaultPrevented) end("dismissed");
  });
  const is = ({ name, about = {} }, of, with_) =>
    name === of && Object.keys(about).every((key) => `${with_[key]}` === about[key]);
  page.on("event", (name, about) => {
    for (const prompt of prompts) if ((prompt.cancel_on || []).some((event) => is(event, name, about))) drop(prompt.id);
    each("event", (event) => is(event, name, about));
  });
  page.on("navigate", begin);
  page.on("anew", clear);
  hear("usher:open", clear);
  hear("usher:success", () => {
    over = "converted";
    clear();
  });
  hear("pagehide", () => {
    if (Object.keys(due)[0] && page.human()) sessionStorage.setItem(WAITING, json({ ...due }));
  });

  page.dress(css);
  begin();

  if (editor) {
    const state = () => ({ due, passed, shown });
    import(`${origin}/v1/why.js`)
      .then(({ default: why }) => why(page, { ask, here, held, spot, state, prompts }))
      .catch(() => {});
  }
};
