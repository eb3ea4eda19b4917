// Watches a page from a world of its own: it shares the document with the page, and no variable. Runs before the page does.
// When it sees a field it gives it the focus and asks for a key by the binding `wantsKey`; a field is ready when the key
// has arrived in it.
(() => {
  const KEY = "k";
  const FIELDS = "input:is([type=text],[type=email],[type=tel],[type=search],[type=url],:not([type])),textarea";
  const tasks = [];
  const shifts = [];
  const watch = (type, keep) =>
    new PerformanceObserver((list) => list.getEntries().forEach(keep)).observe({ type, buffered: true });
  watch("longtask", ({ startTime, duration }) => tasks.push({ startTime, duration }));
  // Every shift, also those that Chromium forgives because somebody is typing.
  watch("layout-shift", ({ value }) => shifts.push(value));

  const all = (root, selector) => [
    ...root.querySelectorAll(selector),
    ...[...root.querySelectorAll("*")].flatMap((element) => (element.shadowRoot ? all(element.shadowRoot, selector) : [])),
  ];
  const parent = (element) => element.assignedSlot ?? element.parentElement ?? element.getRootNode().host;
  const opacity = (element) => (element ? getComputedStyle(element).opacity * opacity(parent(element)) : 1);
  /** Whether a person sees it: it has a size, is more there than not, and nothing covers its middle. */
  const seen = (field) => {
    const box = field.getBoundingClientRect();
    return (
      box.width > 0 &&
      box.height > 0 &&
      field.checkVisibility({ visibilityProperty: true }) &&
      opacity(field) >= 0.5 &&
      field.getRootNode().elementFromPoint(box.x + box.width / 2, box.y + box.height / 2) === field
    );
  };
  const first = () => all(document, FIELDS).find((field) => !field.disabled && !field.readOnly && seen(field));

  let visible;
  let ready;
  let asked;
  const look = () => {
    if (ready) return;
    const field = first();
    if (field) {
      visible ??= performance.now();
      if (field.getRootNode().activeElement !== field) field.focus();
      if (asked !== field) wantsKey((asked = field).localName);
    }
    requestAnimationFrame(look);
  };
  addEventListener(
    "input",
    (event) => {
      const field = event.composedPath()[0];
      if (!ready && event.isTrusted && field.value === KEY) {
        ready = performance.now();
        wantsKey("");
      }
    },
    true,
  );
  // Now, before the page is there, so that none of this is compiled on the page's time.
  const nowhere = document.createElement("input");
  seen(nowhere);
  opacity(nowhere);
  look();

  /** What was seen since the snippet ran, once the page has nothing left to do. */
  globalThis.seenSinceSnippet = async () => {
    await new Promise(requestIdleCallback);
    const start = performance.getEntriesByName("snippet")[0]?.startTime ?? 0;
    return {
      visible_ms: visible === undefined ? null : visible - start,
      visible_at: visible === undefined ? null : performance.timeOrigin + visible,
      ready_ms: ready === undefined ? null : ready - start,
      kept: first()?.value === KEY,
      long_tasks: tasks.filter((task) => task.startTime + task.duration > start).map((task) => task.duration),
      layout_shift: shifts.reduce((sum, value) => sum + value, 0),
    };
  };

  /** How the host's own elements look: by their place in the page, every property that is computed for them. */
  globalThis.hostStyles = () =>
    [...document.querySelectorAll("html, body, #host, #host *")].map((element, place) => {
      const style = getComputedStyle(element);
      const values = Object.fromEntries([...style].map((property) => [property, style.getPropertyValue(property)]));
      return { element: `${element.localName}, number ${place}`, values };
    });
})();
