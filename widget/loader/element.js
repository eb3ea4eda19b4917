// Forms in the page's own place: `<usher-form form="trial">`, `usher('mount', element, { form })`, and the page's own
// `<form data-usher="trial">`, which works without us and is sent by us where we are. What they need is fetched when one
// comes into view or is entered.

import { own } from "./guest.js";

/** What a field takes up, and what stands around them: kept free, so that nothing moves when the form is there. */
const FIELD_PX = 92;
const AROUND_PX = 150;
const NEAR = "200px";

export default (page) => {
  const { quiet } = page;
  const when = (element, act) => {
    if (!self.IntersectionObserver) return act();
    const watch = new IntersectionObserver(
      (seen) => {
        if (!seen.some(({ isIntersecting }) => isIntersecting)) return;
        watch.disconnect();
        act();
      },
      { rootMargin: NEAR },
    );
    watch.observe(element);
    return () => watch.disconnect();
  };

  /** Draws a form in an element, once it is in view; `destroy` takes it away again. */
  const mount = (place, options) => {
    const id = { __proto__: null, ...options }.form;
    const form = page.find(id);
    if (!form || !place) return;
    const spot = place.localName === "usher-form" ? place : own("createElement")("usher-form-place");
    if (spot !== place) place.append(spot);
    spot.style.setProperty("display", "block");
    spot.style.setProperty("min-height", `${AROUND_PX + form.fields.length * FIELD_PX}px`);
    let drawn;
    let ended;
    const leave = when(spot, () =>
      page
        .panel()
        .then((panel) => ended || (drawn = panel.mount(spot, { __proto__: null, ...options })))
        .catch(() => spot.style.removeProperty("min-height")),
    );
    return {
      destroy: quiet(() => {
        ended = true;
        if (leave) leave();
        if (drawn) drawn.destroy();
        spot.style.removeProperty("min-height");
        if (spot !== place) spot.remove();
      }),
    };
  };

  if (self.customElements && !customElements.get("usher-form")) {
    customElements.define(
      "usher-form",
      class extends HTMLElement {
        connectedCallback() {
          quiet(() => (this.usher = mount(this, { form: this.getAttribute("form") })))();
        }
        disconnectedCallback() {
          if (this.usher) this.usher.destroy();
        }
      },
    );
  }

  // The page's own forms are taken over when they are entered, or when they are sent before that.
  const taken = new WeakMap();
  const take = (element) => {
    const form = page.find(element.getAttribute("data-usher"));
    if (form && !taken.has(element)) {
      const side = page.panel().then((panel) => panel.enhance(element, form));
      taken.set(element, side);
      side.catch(() => taken.delete(element));
    }
    return taken.get(element);
  };
  const formOf = ({ target }) => target && target.closest && target.closest("form[data-usher]");
  page.hear("focusin", (event) => {
    const element = formOf(event);
    if (element) take(element);
  });
  page.hear(
    "submit",
    (event) => {
      const element = formOf(event);
      const side = element && !event.defaultPrevented && take(element);
      if (!side) return;
      event.preventDefault();
      // Where we cannot take it over after all, the page's own way is the way.
      side.then((form) => form.submit()).catch(() => HTMLFormElement.prototype.submit.call(element));
    },
    true,
  );

  return mount;
};
