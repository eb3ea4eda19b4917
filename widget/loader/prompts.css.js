// The styles of prompts, in few bytes; the same custom properties and short names as in `panel.css`, which may not have
// been fetched yet. A bar stands where the launcher does, and says the same: the launcher makes room.

const light = "--b:var(--usher-background,#fff);--f:var(--usher-text,#1b2130);--m:#586174;--s:#eef0f4;color-scheme:light";
const dark = "--b:var(--usher-background,#191c23);--f:var(--usher-text,#eef1f6);--m:#a9b2c0;--s:#2a2f3a;color-scheme:dark";

export default `:host(usher-prompt){all:initial!important;display:block!important;--a:var(--usher-accent,var(--t-accent,#2f5bd0));--o:var(--usher-accent-text,var(--t-accent-text,#fff))}
.prompt{${light}}
@media(prefers-color-scheme:dark){.prompt:not([data-theme=light]){${dark}}}
.prompt[data-theme=dark]{${dark}}
.prompt,.prompt *{box-sizing:border-box}
.prompt{position:fixed;inset:auto;inset-inline-end:calc(16px + env(safe-area-inset-right));bottom:calc(80px + env(safe-area-inset-bottom));width:380px;max-width:calc(100vw - 32px);max-height:calc(100dvh - 104px);padding:24px;margin:0;border:1px solid var(--s);border-radius:var(--usher-radius,var(--t-radius,16px));background:var(--b);color:var(--f);font:1em/1.5 var(--usher-font,system-ui,sans-serif);box-shadow:0 8px 40px #0004;--k:var(--f)}
.prompt div{padding-inline-end:32px;overflow-wrap:anywhere}
.prompt strong{display:block;margin-bottom:4px;font-size:1.25em;line-height:1.3}
.prompt p{margin:0}
.y{display:inline-flex;align-items:center;min-height:44px;margin-top:16px;padding:0 20px;border:1px solid transparent;border-radius:24px;background:var(--a);color:var(--o);font:inherit;font-weight:600;text-decoration:none;cursor:pointer}
.x{position:absolute;top:8px;inset-inline-end:8px;width:44px;height:44px;padding:0;border:0;border-radius:22px;background:0 0;color:var(--m);font:inherit;font-size:1.6em;line-height:1;cursor:pointer}
.x:before{content:"×"}
@media(hover:hover){.y:hover{filter:brightness(1.1)}.x:hover{background:var(--s)}}
.bubble{width:300px;padding:16px 20px;border-end-end-radius:4px}
.bar{inset:auto 0 0;width:auto;max-width:none;display:flex;flex-wrap:wrap;align-items:center;justify-content:center;gap:8px 24px;padding:12px 24px calc(12px + env(safe-area-inset-bottom));border-width:1px 0 0;border-radius:0}
.bar div{padding-inline-start:32px}.bar .y{margin:0}
.bar strong,.bar p{display:inline;margin-inline-end:8px;font-size:1em}
.launcher:has(~.bar){visibility:hidden}
.dialog{inset:0;margin:auto;padding:32px}
.dialog::backdrop{background:#000a}
.inline{position:relative;inset:auto;width:auto;max-width:none;max-height:none;margin:24px 0;border-color:var(--m);box-shadow:none}
@media(prefers-reduced-motion:no-preference){.prompt:not(.inline){animation:up .25s}@keyframes up{0%{opacity:0;transform:translateY(12px)}}}`;
