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
  /** How the form comes to the page; the best way that the page allows where absent. */
  mode?: string;
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
  (call: "page", url?: string): void;
  /** Who the visitor is: a short-lived token that your server signed. Empty: nobody any more. */
  (call: "identify", token: string): void;
  (call: "event", name: string, properties?: Properties): void;
  (call: "consent", given: boolean): void;
  (call: "set", options: { theme?: "light" | "dark"; launcher?: "on" | "off" }): void;
  /** Draws a form in an element of the page. */
  (call: "mount", element: Element | string, options: { form: string }): void;
}

/** Loads the widget, once, and returns the function that takes its calls. On a server it does nothing. */
export declare function load(options: LoadOptions): Usher;

/** What Usher tells the page, as events of the document. No detail holds anything personal. */
export interface UsherEvents {
  "usher:ready": CustomEvent<{ site: string }>;
  "usher:open": CustomEvent<{ form: string }>;
  "usher:close": CustomEvent<{ form?: string }>;
  /** Before a form is sent; `preventDefault()` stops it. */
  "usher:submit": CustomEvent<{ form: string }>;
  "usher:success": CustomEvent<{ form: string; reference?: string }>;
  "usher:error": CustomEvent<{ form: string }>;
  "usher:consent": CustomEvent<{ given?: boolean }>;
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
