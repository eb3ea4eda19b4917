// Puts Usher's loader on the page, once, and hands its calls on. Importing this touches nothing: it may run on a server.

/** The attributes of the loader's script, by option. */
const ATTRIBUTES = { site: "data-site", form: "data-form", lang: "data-lang", theme: "data-theme", launcher: "data-launcher", track: "data-track" };

/** Where pages must trust a script's address first (Trusted Types); absent where they need not, or do not trust us. */
const trusted = (address) => {
  try {
    return window.trustedTypes.createPolicy("usher", { createScriptURL: (text) => text }).createScriptURL(address);
  } catch {
    return address;
  }
};

/** Loads the widget of a site and returns the function that takes its calls, before the widget is there too. */
export const load = (options) => {
  const { origin, nonce } = options;
  if (typeof window === "undefined" || typeof document === "undefined") return () => {};
  if (typeof window.usher !== "function") {
    const stub = (...call) => void stub.q.push(call);
    stub.q = [];
    window.usher = stub;
    const script = document.createElement("script");
    script.async = true;
    if (nonce) script.nonce = nonce;
    for (const [option, attribute] of Object.entries(ATTRIBUTES)) {
      if (options[option]) script.setAttribute(attribute, options[option]);
    }
    try {
      script.src = trusted(`${origin.replace(/\/+$/, "")}/v1/usher.js`);
      (document.head || document.documentElement).append(script);
    } catch {
      // The page trusts no script that it did not write itself. Its own links and forms work without ours.
    }
  }
  return (...call) => window.usher(...call);
};
