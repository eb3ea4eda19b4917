// The loader: the one script a page carries. It draws the launcher, opens the panel when a visitor asks for it, and
// keeps the page's signals in memory until they can travel with a submission or in one last request.
//
// To the page it is a guest: one global (`usher`), nothing stored, no exception, no word on the console, and no request
// before the visitor asks but its own and one cacheable GET. What is needed only then is in `panel.js`.

import css from "./launcher.css.js";

((page, doc, script) => {
  const before = page.usher;
  if (!script || (before && before.guest)) return;

  const { site, form: preset, theme } = script.dataset;
  const origin = new URL(script.src).origin;
  const queue = [...((before && before.q) || [])];
  // Until the configuration is here, calls wait.
  let run = (...call) => queue.push(call);
  const quietly = (call) => {
    try {
      run(...call);
    } catch {}
  };
  (page.usher = (...call) => quietly(call)).guest = 1;

  const address = () => location.href.split("#")[0];

  // The signals not told yet, and how many of them a submission under way has taken along.
  const waiting = [];
  let lent = 0;
  const signal = (kind) => {
    navigator.globalPrivacyControl || waiting.push({ kind, at: performance.now(), url: address(), title: doc.title });
  };
  const told = (signals) =>
    signals.map(({ at, ...signal }) => ({ ...signal, ago_ms: Math.round(performance.now() - at) }));
  const lend = () => told(waiting.slice(0, (lent = waiting.length)));
  const settle = (accepted) => {
    accepted && waiting.splice(0, lent);
    lent = 0;
  };
  const flush = () => {
    const signals = doc.hidden ? told(waiting.splice(lent)) : [];
    signals.length &&
      fetch(`${origin}/v1/signals/${site}`, {
        method: "POST",
        // The address of an object ends in a random UUID, also on a page without TLS, where `randomUUID` is missing.
        body: JSON.stringify({ batch_id: URL.createObjectURL(new Blob()).slice(-36), signals }),
        keepalive: true,
        credentials: "omit",
      }).catch(() => {});
  };

  // A view of the prices counts after five seconds that could be seen, or when the visitor opens a form.
  let priced = () => {};
  const watchPrices = (patterns) => {
    const bare = (path) => path.replace(/\/+$/, "");
    const here = bare(location.pathname);
    const matches = (pattern) =>
      pattern.endsWith("*") ? `${here}/`.startsWith(pattern.slice(0, -1)) : bare(pattern) === here;
    if (!patterns.some(matches)) return;
    let seconds = 0;
    const clock = setInterval(() => doc.hidden || ++seconds < 5 || priced(), 1000);
    priced = () => {
      clearInterval(clock);
      priced = () => {};
      signal("pricing_viewed");
    };
  };

  const start = (text) => {
    const boot = JSON.parse(text);
    const find = (id) => boot.forms.find((form) => form.id === id);
    const first = (find(preset) || boot.forms[0]).id;

    const host = doc.createElement("usher-widget");
    const launcher = doc.createElement("button");
    const root = host.attachShadow({ mode: "open" });
    const dress = (rules) => {
      // A constructed sheet: a strict policy refuses `<style>` and `style=""`.
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(rules);
      root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    };
    dress(css);
    host.popover = "manual";
    launcher.className = "launcher";
    launcher.part = "launcher";
    launcher.ariaHasPopup = "dialog";
    launcher.ariaExpanded = "false";
    launcher.textContent = boot.launcher;
    root.append(launcher);

    // Asked for once; again if it did not come.
    let asked;
    let panel;
    const prepare = () => {
      asked =
        asked ||
        import(origin + __WIDGET_PATH__.replace("widget", "panel"))
          .then(
            (module) =>
              (panel = module.default({
                ...{ boot: text, name: boot.name, forms: boot.forms, site, origin, theme, host, root, launcher, dress },
                ...{ address, signal, lend, settle },
              })),
          )
          .catch(() => (asked = 0));
      return asked;
    };
    const open = (form, opener) => {
      priced();
      prepare()
        .then(() => {
          if (panel) return panel.open(form, opener);
          // A link is followed; a launcher opens the same form as a page.
          const url = opener.href || `${origin}/v1/forms/${site}/${form}`;
          (opener === launcher && page.open(url)) || (location.href = url);
        })
        .catch(() => {});
    };
    run = (call, form = first) => {
      if (call === "open" && find(form)) open(form, doc.activeElement || launcher);
      if (call === "close" && panel) panel.close();
    };

    launcher.onpointerenter = launcher.onfocus = prepare;
    launcher.onclick = () => (launcher.ariaExpanded === "true" ? panel.close() : open(first, launcher));
    doc.addEventListener("click", (event) => {
      const link = event.target.closest && event.target.closest("[data-usher-open]");
      const form = link && (link.dataset.usherOpen || first);
      const plain = !(event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey);
      if (form && plain && !event.defaultPrevented && find(form)) {
        event.preventDefault();
        open(form, link);
      }
    });
    doc.documentElement.append(host);
    host.showPopover && host.showPopover();

    doc.addEventListener("visibilitychange", flush);
    signal("page_viewed");
    watchPrices(boot.pricing || []);
    queue.forEach(quietly);
  };

  fetch(`${origin}/v1/boot/${site}`, { credentials: "omit" })
    .then((answer) => (answer.ok ? answer.text() : Promise.reject()))
    .then(start)
    .catch(() => {});
})(window, document, document.currentScript);
