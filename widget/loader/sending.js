// From the button to the receipt, for every way of drawing a form: the widget, the plain one (`lite.js`) and the page's
// own (`enhance.js`). It writes the submission, hands it to the outbox, and draws what became of it beside the form:
// saved, or the receipt. "Sent" is said by the receipt only.
//
// `ui(kind, about)` is the form: `busy`, `idle`, `wrong` (a problem), `failed` (a sentence), `away` (hide yourself),
// `back` (show yourself again), `fill` (values), `fresh` (an empty form, please).

import { make, maybe, onDay } from "./dom.js";
import { json, own, uuid } from "./guest.js";
import * as outbox from "./outbox.js";
import { say } from "./words.js";

const DAY_MS = 864e5;

/** `today, 16:40`, `tomorrow, 09:10` or `Monday 23 November, 09:10`, as the form's language writes it. */
const byWhen = (page, utc) => {
  const at = new Date(utc);
  if (Number.isNaN(at.getTime())) return utc;
  const { lang } = page;
  const day = [0, 1].find((days) => at.toDateString() === new Date(Date.now() + days * DAY_MS).toDateString());
  const date =
    day === undefined
      ? at.toLocaleDateString(lang, { weekday: "long", day: "numeric", month: "long" })
      : new Intl.RelativeTimeFormat(lang, { numeric: "auto" }).format(day, "day");
  return `${date}, ${at.toLocaleTimeString(lang, { hour: "2-digit", minute: "2-digit" })}`;
};

/** Where the browser is sent after a success: this page's own protocol and addresses of the web, nothing that runs. */
const leadTo = (address) => {
  const url = address && maybe(() => new URL(address, location.href));
  if (url && /^https?:$/.test(url.protocol)) location.assign(url);
};

/** The sending side of one form. `place`: an empty element beside it; `how`: `close`, where it can be ended, and the `prompt` that led to it. */
export default (page, form, place, ui, how = {}) => {
  const word = (name, holes) => say(page, name, holes);
  const key = (what) => `usher.${what}.${page.site}.${form.id}`;
  const url = `${page.origin}/v1/forms/${page.site}/${form.id}`;
  const about = () => ({ form: form.id, submission_id: letter.id });
  let letter = {};
  let proof;

  /** Draws a result, or nothing; the focus follows the visitor. */
  const show = (heading, ...parts) => {
    const root = place.getRootNode();
    const inside = place.parentNode.contains(root.activeElement);
    ui(heading ? "away" : "back");
    if (!heading) return place.replaceChildren();
    const title = make("h3", { tabindex: -1 }, heading);
    // What changes by itself is told, and does not take the focus from elsewhere.
    const told = make("p", { role: "status", class: "told" });
    place.replaceChildren(make("section", { class: "receipt", part: "receipt" }, title, ...parts, told));
    if (inside) title.focus();
    else told.textContent = heading;
  };
  const button = (kind, label, act) => {
    const it = make("button", { type: "button", class: kind, part: "button" }, label);
    it.onclick = act;
    return it;
  };
  const row = (term, ...detail) => make("div", {}, make("dt", {}, term), make("dd", {}, ...detail));

  const showReceipt = (receipt, at) => {
    const { message, follow_up } = form.result || {};
    const next = follow_up && page.forms.find(({ id }) => id === follow_up);
    const copy = button("link", word("copy"), () =>
      maybe(() => navigator.clipboard.writeText(receipt.reference).then(() => (copy.textContent = word("copied")))),
    );
    const promised = receipt.answer_by && make("time", { datetime: receipt.answer_by }, byWhen(page, receipt.answer_by));
    show(
      word("sent"),
      ...(at ? [make("p", {}, word("sealed_sent", { when: onDay(page, at) }))] : []),
      ...(message ? [make("p", {}, message)] : []),
      ...(promised ? [] : [make("p", {}, word("held"))]),
      make(
        "dl",
        {},
        ...(promised ? [row(word("who_answers"), receipt.team), row(word("answer_by"), promised)] : []),
        row(word("reference"), make("code", {}, receipt.reference), copy),
      ),
      make(
        "div",
        { class: "foot" },
        ...(next ? [button("go", next.title, () => page.open(next.id))] : []),
        ...(how.close ? [button(next ? "link" : "go", word("done"), how.close)] : []),
        button("link", word("another"), () => {
          show();
          ui("fresh");
        }),
      ),
    );
  };

  const showSaved = (status) => {
    const now = button("go", word("try_again"), () => {
      now.setAttribute("aria-disabled", "true");
      outbox.again(page, letter.id);
    });
    // The browser is online and nothing came through: a page of its own may be let through.
    const link = make("a", { class: "link", href: url, target: "_blank", rel: "noopener" }, word("open_page"));
    const change = button("link", word("change"), () => {
      outbox.forget(letter.id).catch(() => {});
      show();
      ui("fill", letter.values || {});
    });
    show(
      word(status || navigator.onLine ? "sealed_retry" : "sealed"),
      make("div", { class: "foot" }, now, change, ...(status || !navigator.onLine ? [] : [link])),
    );
  };

  /** What the visitor gave need not be asked again while they are here. */
  const remember = (values) => {
    const names = form.fields.filter(({ name, once }) => once && Object.hasOwn(values, name)).map(({ name }) => name);
    if (!names.length) return;
    const kept = JSON.parse(sessionStorage.getItem(`usher.known.${page.site}`) || "{}");
    for (const name of names) kept[name] = { value: values[name], at: Date.now() };
    sessionStorage.setItem(`usher.known.${page.site}`, json(kept));
  };

  const hear = ({ kind, status, receipt, problem }) => {
    if (kind === "saved") {
      page.settle(true);
      return showSaved(status);
    }
    page.settle(kind === "sent");
    if (kind === "sent") {
      maybe(() => sessionStorage.removeItem(key("draft")));
      maybe(() => remember(letter.values || {}));
      showReceipt(receipt);
      page.emit("success", { ...about(), reference: receipt.reference }, place);
      return leadTo(form.result && form.result.redirect);
    }
    show();
    page.emit("error", { ...about(), code: problem ? problem.code : kind }, place);
    if (problem) ui("wrong", problem);
    else if (kind === "expired") ui("failed", word("sealed_over", { when: onDay(page, letter.at) }));
    // It could not be sealed: nobody tries again but the visitor.
    else ui("failed", `${word(status === 429 ? "failed_busy" : status > 499 ? "failed_down" : "failed_unreachable")} ${word("unsealed")}`);
  };

  /** What proves that no machine is writing, where the site asks for it; without it, the edge holds a submission back. */
  const proved = (wanted, script) => wanted && script().then((module) => module.default(page)).catch(() => "");

  return {
    /** The visitor began: what takes a while begins too. */
    begin() {
      proof = proof || proved(page.config.proof, () => import(`${page.origin}/v1/proof.js`));
    },
    /** The visitor pressed the button. */
    async send(values, trap) {
      if (!page.emit("submit", { form: form.id }, place)) return ui("idle");
      ui("busy");
      const content = json(values);
      // The same content keeps its id, so that trying again never sends it twice.
      letter = letter.content === content ? letter : { id: uuid(), content, values };
      const { id } = letter;
      this.begin();
      const solved = await proof;
      const token = await proved(page.config.turnstile, () => import("./turnstile.js"));
      const given = (value) => value || undefined;
      const body = json({
        submission_id: id,
        values,
        page: { url: page.address(), title: own("title"), referrer: own("referrer") },
        signals: page.lend(),
        lang: given(page.lang),
        visitor: given(page.visitor()),
        identity: given(page.identity()),
        stamp: given(page.stamp),
        trap: given(trap),
        proof: given(solved),
        turnstile: given(token),
        prompt: given(how.prompt),
      });
      proof = 0;
      await outbox.send(page, { id, site: page.site, form: form.id, url, body }, hear);
    },
    /** Shows what an earlier page left: a receipt that nobody has seen, or a letter that is still on its way. */
    async restore() {
      const unseen = () => {
        const receipt = maybe(() => sessionStorage.getItem(key("receipt")));
        if (!receipt) return false;
        sessionStorage.removeItem(key("receipt"));
        const { at, ...rest } = JSON.parse(receipt);
        showReceipt(rest, at);
        return true;
      };
      const found = !unseen() && (await outbox.pending(page, form.id, hear).catch(() => {}));
      if (!found) return;
      letter = { ...found, content: json(found.values) };
      showSaved(0);
      await outbox.again(page, letter.id);
      // It may have arrived just before anybody waited for it.
      unseen();
    },
  };
};
