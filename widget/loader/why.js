// "Why not shown?": over the page, for whoever opened it by an editor link, every prompt of the workspace with the first
// gate that stops it here, from the edge and from the page. Nothing is counted while it is open.
//
// It comes with a valid token only: without an answer of the edge nothing is drawn.

import { element as make, own } from "./guest.js";

/** How often the edge is asked again, and the page looked at. */
const EDGE_MS = 5000;
const PAGE_MS = 500;

/** Where the token waits while the editor goes to another page; `prompts.js` reads it there. */
const KEPT = "usher.editor";

/** What the page says, by its tag. */
const SAYS = {
  __proto__: null,
  page: "None of its page rules is for this page.",
  shown: "It is shown now.",
  trigger: "Its trigger has not fired on this page.",
  delay: "Its delay runs.",
  converted: "A form was sent on this page.",
  private: "One prompt was shown to a visitor of whom nothing is kept.",
  hidden: "The page cannot be seen.",
  panel: "It waits while the form is open.",
  another_prompt: "Another prompt is shown.",
  host_dialog: "It waits while the page has a dialog open.",
  place: "Its place can be seen already: it waits until putting it there moves nothing.",
};

const css = `:host{all:initial!important;position:fixed!important;inset:16px auto auto 16px!important;width:min(400px,calc(100vw - 32px))!important;margin:0!important;padding:0!important;border:0!important;background:none!important;overflow:visible!important;z-index:2147483647!important}
*{box-sizing:border-box;margin:0}
details{max-height:calc(100dvh - 32px);overflow:auto;border:1px solid #868fa1;border-radius:12px;background:#fff;color:#1b2130;font:14px/1.45 system-ui,sans-serif;box-shadow:0 8px 40px #0004;color-scheme:light}
summary{padding:12px 16px;font-weight:600;cursor:pointer}
:focus-visible{outline:3px solid #2f5bd0;outline-offset:-3px}
ul{padding:0;list-style:none}
li{display:grid;grid-template-columns:1fr auto;gap:2px 12px;padding:10px 16px;border-top:1px solid #eef0f4}
b{overflow-wrap:anywhere}
code{justify-self:end;padding:1px 8px;border-radius:10px;background:#eef0f4;font:12px/1.5 ui-monospace,monospace}
li[data-ok] code{background:#d8f0de}
p{grid-column:1/3;color:#4a5366}
.end{padding:10px 16px 14px;border-top:1px solid #eef0f4}
button{min-height:36px;padding:0 14px;border:1px solid #868fa1;border-radius:18px;background:#fff;color:#1b2130;font:inherit;cursor:pointer}`;

/** The second argument is what `prompts.js` lets see of itself. */
export default async (page, { ask, here, held, spot, state, prompts }) => {
  const end = page.quiet(() => sessionStorage.removeItem(KEPT));
  let why = [];
  const edge = async () => {
    ({ why = [] } = await ask([]).catch(() => ({ why })));
  };
  await edge();
  // Forged, or over: as if nothing had been there.
  if (!why.length) return end();
  page.quiet(() => sessionStorage.setItem(KEPT, page.editor))();

  const host = make("usher-why", { popover: "manual" });
  const root = host.attachShadow({ __proto__: null, mode: "open" });
  const list = make("ul", {});
  const leave = make("button", { type: "button", textContent: "Leave the editor's view" });
  const head = make("summary", { textContent: "Prompts on this page" });
  root.append(make("details", { open: true }, head, list, make("div", { className: "end" }, leave)));
  page.dress(css, root);

  /** What stops a prompt on this page, in the order in which it is asked. */
  const stops = (prompt) => {
    const { due, passed, shown } = state();
    const waits = due[prompt.id];
    if (shown && shown.prompt === prompt) return "shown";
    if (!here(prompt)) return "page";
    if (!waits && !(passed && passed.prompt === prompt)) return "trigger";
    if (waits > Date.now()) return "delay";
    return held() || (spot(prompt) ? "" : "place");
  };
  const line = ({ prompt, gate, says }) => {
    const local = prompts.find(({ id }) => id === prompt);
    const stop = local ? stops(local) : "";
    // What the edge says holds whatever happens on the page, but for a prompt that is there already.
    const first = stop === "shown" || !gate ? stop : gate;
    const item = make("li", {}, make("b", { textContent: prompt }), make("code", { textContent: first || "ready" }));
    item.append(make("p", { textContent: first && first !== gate ? SAYS[first] : says }));
    item.toggleAttribute("data-ok", !first || first === "shown");
    return item;
  };
  let drawn = "";
  const draw = page.quiet(() => {
    const items = why.map(line);
    const text = items.map((item) => item.textContent).join();
    // What has not changed is not read out, nor taken from under a selection.
    if (text !== drawn) list.replaceChildren(...items);
    drawn = text;
  });
  draw();
  own("documentElement").append(host);
  if (host.showPopover) host.showPopover();

  const clocks = [setInterval(draw, PAGE_MS), setInterval(page.quiet(edge), EDGE_MS)];
  page.on("navigate", edge);
  leave.onclick = () => {
    clocks.forEach(clearInterval);
    host.remove();
    end();
  };
};
