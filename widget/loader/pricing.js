// Looking at prices, as facts: that they were looked at, which plan held the eye, what was switched and pressed, and for
// how long. On a page whose path is one of the site's pricing pages, and wherever a plan is marked `data-usher-plan`.
//
// Time counts by the second, while it can be seen. No layout is read: an observer says what is in view.

import { own } from "./guest.js";

/** Seconds of visible time after which a look counts. */
const LOOK_S = 5;
/** Seconds in which a page may still draw its plans. */
const DRAW_S = 5;
/** The upper ends of the ranges in which seats are told. */
const SEATS = [1, 4, 9, 24, 99];

const PLAN = "data-usher-plan";

const range = (seats) => {
  const at = SEATS.findIndex((most) => seats <= most);
  const low = at ? SEATS.at(at < 0 ? -1 : at - 1) + 1 : 1;
  return at < 0 ? `${low}+` : low === SEATS[at] ? `${low}` : `${low}-${SEATS[at]}`;
};

export default (page, signal) => {
  const { quiet } = page;
  const marked = (element, name) => {
    const found = element && element.closest && element.closest(`[data-usher-${name}]`);
    return found && { found, value: found.getAttribute(`data-usher-${name}`) };
  };
  const planOf = (element) => (marked(element, "plan") || {}).value;

  let looked = false;
  let clock;
  let isListed;
  let seconds;
  let total;
  // Of this stretch: what was not told yet.
  let spent;
  let times;
  let sums;
  let pointed;
  let lastSeats;
  let opened;
  const inView = new Set();
  const observer = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) inView[isIntersecting ? "add" : "delete"](target);
    },
    // In the middle of the window: of plans side by side all are, of plans one below the other one is.
    { __proto__: null, rootMargin: "-35% 0px" },
  );

  const isHere = () => isListed || inView.size;
  const look = () => {
    if (looked || !clock || !isHere() || !page.human()) return;
    looked = true;
    signal("pricing_viewed", { visible_ms: `${total * 1000}` });
  };
  const best = () => Object.keys(sums).sort((a, b) => sums[b] - sums[a])[0];
  const stop = () => (clock = clearInterval(clock));
  const tick = quiet(() => {
    if (own("hidden")) return;
    if (++seconds <= DRAW_S) for (const plan of own("querySelectorAll")(`[${PLAN}]`)) observer.observe(plan);
    if (!isHere()) return;
    spent++;
    total++;
    const only = inView.size === 1 ? planOf([...inView][0]) : "";
    const plan = pointed || only;
    if (plan) {
      times[plan] = (times[plan] || 0) + 1;
      sums[plan] = (sums[plan] || 0) + 1;
    }
    if (total >= LOOK_S) look();
  });
  /** Tells how the time since the last telling was spent. */
  const leave = () => {
    if (!clock) return;
    for (const plan of Object.keys(times)) signal("plan_focused", { plan, visible_ms: `${times[plan] * 1000}` });
    if (spent) signal("pricing_left", { visible_ms: `${spent * 1000}`, plan: best() || "" });
    spent = 0;
    times = { __proto__: null };
  };
  const bare = (path) => path.replace(/\/+$/, "");
  const begin = () => {
    stop();
    observer.disconnect();
    inView.clear();
    const here = bare(location.pathname);
    isListed = (page.config.pricing || []).some((pattern) =>
      pattern.endsWith("*") ? `${here}/`.startsWith(pattern.slice(0, -1)) : bare(pattern) === here,
    );
    seconds = spent = total = 0;
    times = { __proto__: null };
    sums = { __proto__: null };
    pointed = opened = lastSeats = "";
    clock = setInterval(tick, 1000);
  };

  page.hear("pointerover pointerout focusin", ({ type, target, relatedTarget }) => {
    pointed = planOf(type === "pointerout" ? relatedTarget : target);
  });
  // A control of the prices was used. Radio buttons, boxes and lists say so by `change`, everything else by a click.
  page.hear("click change", ({ type, target, isTrusted }) => {
    if (!isTrusted || !clock) return;
    const isField = target.matches && target.matches("input,select");
    if (type === "change" || !isField) {
      const typed = isField ? target.value : "";
      const period = marked(target, "period");
      const off = target.type === "checkbox" && !target.checked;
      if (period) signal("period_switched", { period: (off ? "not " : "") + (period.value || typed) });
      const seats = marked(target, "seats");
      const now = seats && range(seats.value || typed);
      if (now && now !== lastSeats) signal("seats_changed", { seats: (lastSeats = now) });
    }
    if (type === "change") return;
    if (marked(target, "compare") && !opened) signal("compare_opened", { plan: (opened = planOf(target) || "all") });
    const cta = marked(target, "cta");
    if (cta) signal("cta_clicked", { plan: cta.value || planOf(cta.found) || "" });
  });

  return { begin, leave, look };
};
