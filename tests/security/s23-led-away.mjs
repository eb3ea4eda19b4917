// S23: nobody is led off the site. The address that a plain form came from, which its visitor may write as they like (in the form,
// in the query, as the referrer), leads back only to the site's own origins; so does the page after a form, and our own addresses
// lead nowhere else either. Some eighty addresses that browsers take for more than they look like.

import { once } from "node:events";
import { randomUUID } from "node:crypto";
import { request } from "node:http";

import { demoWorkspace } from "../support/hosts.mjs";
import { promise } from "../support/promise.mjs";
import { inquiry, startUsher } from "../support/usher.mjs";

const KEY = "pk_led_site";
const SITE = "https://shop.example.com";
const EVIL = "evil.example";
const TRICKS = [
  `https://${EVIL}/`, `http://${EVIL}/`, `//${EVIL}/`, `///${EVIL}/`, `////${EVIL}`, `/\\${EVIL}`, `\\\\${EVIL}`, `\\/${EVIL}`, `/\\/${EVIL}`, `/\t/${EVIL}`,
  `/\n/${EVIL}`, `/\r/${EVIL}`, `\t//${EVIL}`, ` //${EVIL}`, `https:${EVIL}`, `https:/${EVIL}`, `https:///${EVIL}`, `https:\\\\${EVIL}`, `http:${EVIL}`,
  `HTTPS://${EVIL}`, `https://${SITE.slice(8)}@${EVIL}/`, `https://${SITE.slice(8)}:443@${EVIL}/`, `https://${EVIL}#@${SITE.slice(8)}/`, `https://${EVIL}?@${SITE.slice(8)}/`,
  `https://${EVIL}\\@${SITE.slice(8)}/`, `https://${EVIL}/${SITE}`, `https://${EVIL}?${SITE}`, `https://${EVIL}#${SITE}`, `${SITE}.${EVIL}/`, `${SITE}${EVIL}/`,
  `${SITE}:${EVIL}/`, `${SITE}:8443/`, `http://shop.example.com/`, `https://shop.example.com%2e${EVIL}/`, `https://shop.example.com%00.${EVIL}/`, `https://shop.example.com。${EVIL}/`,
  `https://${EVIL}%2f%2eshop.example.com/`, `https://${EVIL}%23.shop.example.com/`, `https://[::1]/`, `https://[::ffff:127.0.0.1]/`, `https://2130706433/`, `https://0x7f000001/`,
  `javascript:alert(1)`, `JaVaScRiPt:alert(1)`, `java\nscript:alert(1)`, `javascript://${SITE.slice(8)}/%0aalert(1)`, `data:text/html,<script>alert(1)</script>`, `vbscript:x`,
  `blob:${SITE}/1`, `filesystem:${SITE}/x`, `view-source:${SITE}`, `file:///etc/passwd`, `ftp://${EVIL}/`, `ws://${EVIL}/`, `mailto:a@${EVIL}`, `tel:1`, `about:blank`,
  `%2f%2f${EVIL}`, `/%2f${EVIL}`, `/%5c${EVIL}`, `/%09/${EVIL}`, `/.${EVIL}`, `.${EVIL}`, `@${EVIL}`, `/../${EVIL}`, `/./\\${EVIL}`, `?next=//${EVIL}`, `#//${EVIL}`,
  `${SITE}\r\nLocation: https://${EVIL}`, `${SITE}\u2028//${EVIL}`, `\u0000https://${EVIL}`, `\ufeffhttps://${EVIL}`, `https://ｅvil.example/`, `https://evil。example/`, `"><a href="https://${EVIL}`,
  `https://user:pass@${EVIL}/`, `https://${"a".repeat(3_000)}.${EVIL}/`, `null`, `undefined`, `*`,
];

async function check({ control, note, atEnd }) {
  const usher = await startUsher({ args: ["--faults"] });
  atEnd(() => usher.stop());
  const source = await demoWorkspace(usher);
  const led = { ...structuredClone(source.forms.find(({ id }) => id === "inquiry")), id: "led", result: { message: "Thanks", redirect: "/thanks" } };
  const back = { ...structuredClone(led), id: "back", result: { message: "Thanks" } };
  source.forms.push(led, back);
  const origins = control === "anywhere" ? [SITE, `https://${EVIL}`] : [SITE];
  source.sites.push({ id: "led", name: "Led", kind: "own", key: KEY, origins, forms: ["led", "back"], launcher: "" });
  const saved = await usher.operator("PUT", "workspaces/demo", source);
  if (saved.status !== 200) throw new Error(JSON.stringify(saved.body));

  const wrong = [];
  let [led_, shown] = [0, 0];
  /** Where browsers would go from an answer. */
  const look = (what, { status, headers, text }) => {
    const links = [...text.matchAll(/(?:href|action|src|content|formaction)="([^"]*)"/g)].map(([, link]) =>
      link.replaceAll("&amp;", "&").replaceAll("&quot;", '"'),
    );
    const refresh = headers.refresh ? [headers.refresh] : [];
    for (const to of [...(headers.location ? [headers.location] : []), ...links, ...refresh]) {
      let url;
      try {
        url = new URL(to, `${usher.origin}/v1/forms/${KEY}/led`);
      } catch {
        continue;
      }
      if (url.protocol === "mailto:" || url.protocol === "tel:" || /^(width|light)/.test(to)) continue;
      if (url.origin !== SITE && url.origin !== usher.origin) wrong.push(`${what} leads to ${to} (${status})`);
      else if (url.origin === SITE) led_ += 1;
    }
    if (status >= 500) wrong.push(`${what}: ${status}`);
  };
  const post = (form, page, referer) => {
    const body = new URLSearchParams({ usher_submission_id: randomUUID(), usher_page: page, usher_lang: "en", ...inquiry().values }).toString();
    return send(
      usher,
      "POST",
      `/v1/forms/${KEY}/${form}?lang=en`,
      { "content-type": "application/x-www-form-urlencoded", ...(referer && { referer }) },
      body,
    );
  };
  // The site's own page is led to, so the rig sees where one is led.
  const own = await post("led", `${SITE}/prices`);
  if (own.status !== 303 || own.headers.location !== `${SITE}/thanks`)
    wrong.push(`the site's own page is not led to: ${own.status} ${own.headers.location}`);
  look("the site's own", own);
  const receipt = await post("back", `${SITE}/prices`);
  if (!receipt.text.includes(`href="${SITE}/prices"`)) wrong.push("there is no way back to the site's own page");

  for (const trick of TRICKS) {
    const what = JSON.stringify(trick.slice(0, 80));
    for (const form of ["led", "back"]) look(`${form} from ${what}`, await post(form, trick));
    const bad = new URLSearchParams({ usher_page: trick, email: "none" }).toString();
    look(
      `wrong from ${what}`,
      await send(
        usher,
        "POST",
        `/v1/forms/${KEY}/led?page=${encodeURIComponent(trick)}`,
        { "content-type": "application/x-www-form-urlencoded" },
        bad,
      ),
    );
    const plain = /^[\x21-\x7e]+$/.test(trick) ? { referer: trick } : {};
    for (const name of ["page", "next", "return_url", "redirect", "to", "lang", "frame"]) {
      look(`?${name}=${what}`, await send(usher, "GET", `/v1/forms/${KEY}/led?${name}=${encodeURIComponent(trick)}`, plain));
    }
    // As a path of ours, as it is, and the console's door.
    const path = trick.replaceAll(/[^\x21-\x7e]/g, (c) => encodeURIComponent(c));
    for (const start of ["/", "/console/", "/pricing/", ""]) {
      const at = start + path;
      if (!at.startsWith("/")) continue;
      const answer = await send(usher, "GET", at, {});
      shown += 1;
      if (answer.headers.location) look(`GET ${at}`, answer);
    }
    look(
      `the callback to ${what}`,
      await send(
        usher,
        "GET",
        `/v1/console/sign-in/openid/callback?state=x&code=x&to=${encodeURIComponent(trick)}&redirect_uri=${encodeURIComponent(trick)}`,
        {},
      ),
    );
  }
  wrong.slice(0, 10).forEach(note);
  note(`${led_} ways lead to the site itself`);
  return {
    met: TRICKS.length >= 40 && !wrong.length,
    figure: `${TRICKS.length} addresses as page, query, referrer and path (${shown} of those): ${wrong.length} lead off the site`,
  };
}

/** A request whose path is sent as it is. */
async function send(usher, method, path, headers, body) {
  const asked = request({
    host: "127.0.0.1",
    port: usher.port,
    method,
    path,
    headers: { host: new URL(usher.origin).host, "accept-language": "en", ...headers },
  });
  asked.end(body);
  const [answer] = await once(asked, "response");
  const chunks = [];
  for await (const chunk of answer) chunks.push(chunk);
  return { status: answer.statusCode, headers: answer.headers, text: Buffer.concat(chunks).toString() };
}

await promise("S23", check, { controls: ["anywhere"] });
