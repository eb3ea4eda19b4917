/** What a site loads the widget with. */
export interface LoadOptions {
  /** Where your Usher is: `https://usher.example.com`. */
  origin: string;
  /** The site's public key: `pk_..`. */
  site: string;
  /** The form that the launcher opens; the site's first where absent. */
  form?: string;
  /** The language, such as `de`; the visitor's where absent. */
  lang?: string;
  /** Overrides the visitor's own preference. */
  theme?: "light" | "dark";
  /** `"off"` for no launcher: then only your own links and calls open a form. */
  launcher?: "off";
  /** `"off"` to tell nothing of the visit: forms work as ever. */
  track?: "off";
  /** The nonce of the page's content security policy. */
  nonce?: string;
}

/** Names and plain values, of an event of yours. */
export type Properties = Record<string, string | number | boolean>;

/** What the page may ask of Usher. Calls before the widget is there are kept, and done in order. */
export interface Usher {
  (call: "open", form?: string): void;
  (call: "close"): void;
  /** The page went elsewhere without a navigation that the browser tells of. */
  (call: "page"): void;
  /** Who the visitor is: a short-lived token that your server signed. Empty: nobody any more. */
  (call: "identify", token: string): void;
  (call: "event", name: string, properties?: Properties): void;
  (call: "consent", state: "granted" | "denied"): void;
  /** `values`: what the page says for the hidden fields of forms that take it from there. */
  (call: "set", options: { theme?: "light" | "dark"; launcher?: "on" | "off"; values?: Properties }): void;
  /** Draws a form in an element of the page. After `usher:ready` it answers with what takes it away again. */
  (call: "mount", element: Element, options: { form: string }): { destroy(): void } | undefined;
}

/** Loads the widget, once, and returns the function that takes its calls. On a server it does nothing. */
export declare function load(options: LoadOptions): Usher;

/** What Usher tells the page, as events of the document. No detail holds anything personal. */
export interface UsherEvents {
  "usher:ready": CustomEvent<{ site: string }>;
  "usher:open": CustomEvent<{ form: string }>;
  "usher:close": CustomEvent<Record<string, never>>;
  /** Before a form is sent; `preventDefault()` stops it. */
  "usher:submit": CustomEvent<{ form: string }>;
  "usher:success": CustomEvent<{ form: string; submission_id: string; reference: string }>;
  /** `code` is the refusal's, or `failed` or `expired`. */
  "usher:error": CustomEvent<{ form: string; submission_id: string; code: string }>;
  "usher:prompt": CustomEvent<{ prompt: string; state: "shown" | "answered" | "dismissed" }>;
  "usher:consent": CustomEvent<{ state: "granted" | "denied" }>;
}

/** The attributes of `<usher-form>`. */
export interface UsherFormAttributes {
  /** The form's id. */
  form: string;
}

declare global {
  interface Window {
    usher?: Usher;
  }
  interface DocumentEventMap extends UsherEvents {}
  interface HTMLElementTagNameMap {
    "usher-form": HTMLElement;
  }
  // React before 19, and whatever else reads the global namespace.
  namespace JSX {
    interface IntrinsicElements {
      "usher-form": UsherFormAttributes & Record<string, unknown>;
    }
  }
}

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "usher-form": UsherFormAttributes & Record<string, unknown>;
    }
  }
}

declare module "vue" {
  interface GlobalComponents {
    "usher-form": new () => { $props: UsherFormAttributes };
  }
}
