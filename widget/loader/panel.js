// The panel: what a visitor who asked for a form sees at once, around the widget that is still on its way. Fetched on
// the first sign of interest, beside the widget's own two files. Where the widget cannot run (a policy without
// 'wasm-unsafe-eval', an old browser) the panel says where the form opens as a page.

import css from "./panel.css.js";

/** How long the panel waits before it offers the page as well. */
const PATIENCE_MS = 3000;

const make = (tag, attributes, ...children) => {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach((attribute) => element.setAttribute(...attribute));
  element.append(...children);
  return element;
};

let loading;
/** The widget's glue, with its module running; tried again after a failure. */
const widget = () => {
  if (!loading) {
    // Both files at once; the glue takes the other as a promise.
    const module_or_path = fetch(new URL("./widget_bg.wasm", import.meta.url));
    loading = import("./widget.js").then((glue) => glue.default({ module_or_path }).then(() => glue));
    loading.catch(() => (loading = 0));
    module_or_path.catch(() => {});
  }
  return loading;
};

/** Draws the panel, closed. `page` is the loader's side: see its call. */
export default (page) => {
  const { host, root, launcher } = page;
  const title = make("h2", { id: "title" });
  const shut = make("button", { class: "shut", type: "button", "aria-label": "Close" });
  const body = make("div", { class: "body" });
  const panel = make(
    "div",
    { id: "panel", part: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1, hidden: "" },
    make("div", { class: "head" }, make("div", {}, make("p", { class: "from" }, page.name), title), shut),
    body,
  );
  const boxes = {};
  let opener;

  const show = (open) => {
    panel.hidden = !open;
    launcher.ariaExpanded = `${open}`;
  };
  const close = () => {
    const inside = root.activeElement;
    show(false);
    if (inside && opener.isConnected) opener.focus();
  };
  const enter = (box) => {
    const field = box.querySelector("input,select,textarea");
    // On a touch screen the keyboard would cover what is to be read first.
    (field && matchMedia("(hover:hover)").matches ? field : panel).focus();
  };
  const offerPage = (box, form, words) => {
    const link = make("a", { class: "go", part: "button", target: "_blank", rel: "noopener" }, "Open the form");
    link.href = `${page.origin}/v1/forms/${page.site}/${form}`;
    box.replaceChildren(make("p", { role: "status" }, words), make("div", { class: "foot" }, link));
  };
  const fill = async (box, form) => {
    const words = "This takes longer than it should. The form also opens as a page of its own.";
    const slow = setTimeout(offerPage, PATIENCE_MS, box, form, words);
    try {
      const glue = await widget();
      const place = make("div", {});
      box.replaceChildren(place);
      box.kept = glue.mount(place, {
        ...{ boot: page.boot, site: page.site, form, origin: page.origin },
        ...{ signal: page.signal, signals: page.lend, settled: page.settle, close },
        page: () => ({ url: page.address(), title: document.title, referrer: document.referrer }),
      });
      if (!box.kept) throw 0;
      if (root.activeElement === panel) enter(box);
    } catch {
      offerPage(box, form, "Here, the form opens as a page of its own.");
      delete boxes[form];
      if (opener.dataset.usherOpen && opener.href) location.href = opener.href;
    }
    clearTimeout(slow);
  };
  const open = (form, from) => {
    opener = from;
    title.textContent = page.forms.find(({ id }) => id === form).title;
    const fresh = !boxes[form];
    const box = (boxes[form] = boxes[form] || make("div", {}, make("p", { class: "wait" }, "One moment…")));
    body.replaceChildren(box);
    show(true);
    enter(box);
    if (fresh) fill(box, form);
  };

  if (page.theme) host.dataset.theme = page.theme;
  page.dress(css);
  shut.onclick = close;
  // What is typed here is not for the page's shortcuts.
  for (const kind of ["keydown", "keypress", "keyup"]) {
    host.addEventListener(kind, (event) => {
      event.stopPropagation();
      if (kind === "keydown" && event.key === "Escape") close();
    });
  }
  root.append(panel);
  launcher.setAttribute("aria-controls", "panel");
  widget().catch(() => {});
  return { open, close };
};
