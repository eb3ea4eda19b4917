// A token of Cloudflare's Turnstile, for a site that asks for one. Its script is fetched when a form is sent, never before,
// and its element, which is seen only where the visitor has to do something, stands in the page: it does not work in a
// shadow root. Rejects where there is no token in time; a submission may go without, and is held then.

import { make } from "./dom.js";

const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";
const PATIENCE_MS = 60_000;

let loading;
const api = () => {
  loading =
    loading ||
    new Promise((resolve, reject) => {
      const script = make("script", { src: SCRIPT, async: true });
      script.onload = () => (self.turnstile ? resolve(self.turnstile) : reject());
      script.onerror = reject;
      document.head.append(script);
    });
  loading.catch(() => (loading = 0));
  return loading;
};

export default async (page) => {
  const turnstile = await api();
  const place = make("div", {});
  // Above everything but our own panel, where the visitor can reach it.
  for (const [name, value] of [["position", "fixed"], ["inset", "auto auto 16px 16px"], ["z-index", "2147483646"]]) {
    place.style.setProperty(name, value);
  }
  document.body.append(place);
  try {
    return await new Promise((resolve, reject) => {
      setTimeout(reject, PATIENCE_MS);
      turnstile.render(place, {
        ...{ sitekey: page.config.turnstile, appearance: "interaction-only", language: page.lang },
        ...{ callback: resolve, "error-callback": reject, "timeout-callback": reject },
      });
    });
  } finally {
    place.remove();
  }
};
