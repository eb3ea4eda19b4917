// The loader: the one script a page carries. It takes the page's calls, in order, and fetches the one module that
// answers them: the page side (`page.js`) with the site's configuration in it.
//
// To the page it is a guest: one global (`usher`), nothing stored, no exception, no word on the console. Where the
// module is refused, the page's own links and forms work as they would without this script.

((page) => {
  // Read from the prototype: a form or an image called `currentScript` would hide the document's own.
  const script = Reflect.get(Document.prototype, "currentScript", document);
  const before = typeof page.usher === "function" && page.usher;
  // A snippet that ran before goes on; where the page wrote its document anew, it comes back. What carries the name by
  // chance (an element with that id) is no snippet.
  if (before.again) return before.again();
  if (!script) return;

  // Usher's address is whatever stands before `/v1/`, so that it may live below a path of the page's own site.
  const [origin, rest] = script.src.split("/v1/usher.js");
  // A tag manager cannot always set attributes: the same names may stand in the script's address.
  const option = (name) => script.getAttribute("data-" + name) || new URLSearchParams(rest).get(name) || "";
  const site = option("site");
  const queue = [];
  let answer = (...call) => queue.push(call);
  const take = (...call) => {
    try {
      return answer(...call);
    } catch {}
  };
  take.again = () => {};
  if (before.q) for (const call of before.q) take(...call);
  page.usher = take;

  const boot = import(`${origin}/v1/boot/${site}.js?lang=${option("lang") || navigator.language}`);
  // Where the page asks for a form at once, what draws it comes beside the configuration.
  const parts = origin + __PARTS__;
  let ahead;
  if (queue.some(([call]) => call === "open")) {
    ahead = (async () => fetch(parts + "widget_bg.wasm"))();
    for (const it of [ahead, import(parts + "panel.js")]) it.catch(() => {});
  }
  boot
    .then(({ start, boot }) => start(boot, { origin, site, option, parts, ahead }))
    .then((started) => {
      [answer, take.again] = started;
      for (const call of queue) take(...call);
    })
    .catch(() => {
      // The browser lets a visitor's own click open a page, and nothing else.
      answer = (call, form = option("form")) => call === "open" && page.open(`${origin}/v1/forms/${site}/${form}`);
    });
  // A page that the console opened is looked at where it is.
  if (/[#&]usher-check=/.test(location.hash))
    import(`${origin}/v1/check.js`).then((check) => check.default({ origin, site, option }, boot)).catch(() => {});
})(window);
