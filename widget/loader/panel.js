// The panel: what a visitor who asked for a form sees, around the form that may still be on its way. Fetched on the first
// sign of interest, with the widget's glue in it and the widget's module beside it. It also dresses the places that a page
// gives to a form.

import { make } from "./dom.js";
import draw, { hearPolicies, rulesOf, widget } from "./draw.js";
import { pause } from "./guest.js";
import { say } from "./words.js";

/** `panel.css`, minified. */
const css = __PANEL_CSS__;

/** How long the panel waits for its form: what comes at once is laid out once, and nothing moves. */
const SUDDEN_MS = 200;

/** What is typed here is not for the page's shortcuts. */
const keepKeys = (host) => {
  for (const kind of ["keydown", "keypress", "keyup"]) host.addEventListener(kind, (event) => event.stopPropagation());
};

const tongue = ({ lang, config }) => ({ lang, dir: config.rtl ? "rtl" : "ltr" });

/** Draws the panel, closed. `page` is the page's side: see `page.js`. */
export default (page) => {
  const { host, root, launcher } = page;
  const title = make("h2", { id: "title" });
  const shut = make("button", { class: "shut", part: "close", type: "button", "aria-label": say(page, "close") });
  const body = make("div", { class: "body" });
  const panel = make(
    "div",
    {
      ...{ id: "panel", part: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1, hidden: true },
      ...tongue(page),
    },
    make("div", { class: "head", part: "head" }, make("div", {}, make("p", { class: "from" }, page.name), title), shut),
    body,
  );
  const boxes = {};
  let opener;
  // What is shown as soon as it is drawn, or takes long.
  let awaited;

  const show = (open) => {
    panel.hidden = !open;
    launcher.ariaExpanded = `${open}`;
  };
  const close = () => {
    if (panel.hidden && !awaited) return;
    const inside = root.activeElement;
    awaited = 0;
    show(false);
    page.emit("close", {});
    if (inside && opener.isConnected) opener.focus();
  };
  const enter = (box) => {
    const fields = box.querySelectorAll("input:not([type=hidden],[tabindex]),select,textarea,.receipt h3");
    const field = Array.from(fields).find((it) => it.offsetParent);
    // On a touch screen the keyboard would cover what is to be read first.
    (field && matchMedia("(hover:hover)").matches ? field : panel).focus();
  };
  const reveal = () => {
    const box = awaited;
    awaited = 0;
    if (!box) return;
    show(true);
    // Moving the focus makes the browser lay out the page.
    pause().then(() => panel.hidden || !body.contains(box) || enter(box));
  };
  const open = (id, from, how) => {
    opener = from;
    const form = page.forms.find((it) => it.id === id);
    title.textContent = form.title;
    const fresh = !boxes[id];
    const box = (boxes[id] = boxes[id] || make("div", {}, make("p", { class: "wait" }, say(page, "wait"))));
    box.how = Object.assign(box.how || { close }, { opener, prompt: how && how.prompt });
    box.how.drawn = () => {
      if (awaited === box) reveal();
      else if (body.contains(box) && root.activeElement === panel) enter(box);
    };
    body.replaceChildren(box);
    awaited = box;
    launcher.ariaExpanded = "true";
    if (fresh) {
      box.form = draw(page, form, box, box.how);
      setTimeout(reveal, panel.hidden ? SUDDEN_MS : 0);
    } else {
      box.form.again();
      reveal();
    }
  };

  /** Closed and empty; what was drawn before no longer hears anything. */
  const begin = () => {
    for (const id of Object.keys(boxes)) {
      boxes[id].form.destroy();
      delete boxes[id];
    }
    awaited = 0;
    show(false);
    shut.onclick = close;
    host.addEventListener("keydown", (event) => event.key === "Escape" && close());
    keepKeys(host);
  };
  page.dress(css);
  begin();
  page.on("anew", begin);
  hearPolicies(page);
  root.append(panel);
  launcher.setAttribute("aria-controls", "panel");
  widget(page).catch(() => {});

  return {
    open,
    close,
    /** Draws a form in an element of the page's; returns what ends it. */
    mount(place, { form: id, opener: from = place, prompt }) {
      const form = page.forms.find((it) => it.id === id);
      const inner = place.shadowRoot || place.attachShadow({ mode: "open" });
      page.paint(place);
      page.dress(css, inner);
      const box = make("div", {}, make("p", { class: "wait" }, say(page, "wait")));
      const whole = make("section", { class: "inline", part: "panel", "aria-labelledby": "title", ...tongue(page) });
      whole.append(make("h2", { id: "title" }, form.title), box);
      inner.replaceChildren(whole);
      keepKeys(inner);
      const how = { opener: from, prompt };
      how.drawn = () => place.style.removeProperty("min-height");
      const drawn = draw(page, form, box, how);
      return {
        destroy() {
          drawn.destroy();
          inner.replaceChildren();
        },
      };
    },
    /** Takes over a form of the page's own; returns what gives it back. */
    enhance: (element, form) =>
      import("./enhance.js").then((module) => module.default(page, form, element, { rulesOf })),
  };
};
