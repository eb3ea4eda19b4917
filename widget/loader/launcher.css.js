// The launcher's styles, in few bytes: the minifier does not look inside. Whatever the host page could reach is
// `!important` on `:host`: an important rule of the inner tree beats the page's, whatever its selector.

export default `:host{all:initial!important;display:block!important;position:fixed!important;width:0!important;height:0!important;overflow:visible!important;z-index:2147483647!important;--a:var(--usher-accent,var(--t-accent,#2f5bd0));--o:var(--usher-accent-text,var(--t-accent-text,#fff));--k:var(--a)}
@media print{:host{display:none!important}}
.launcher{position:fixed;inset-inline-end:calc(16px + env(safe-area-inset-right));bottom:calc(16px + env(safe-area-inset-bottom));font:600 1em/1.5 var(--usher-font,system-ui,sans-serif);display:flex;align-items:center;gap:10px;min-height:48px;padding:0 20px;border:1px solid transparent;border-radius:24px;background:var(--a);color:var(--o);cursor:pointer;box-shadow:0 4px 16px #0004}
@media(hover:hover){.launcher:hover{filter:brightness(1.1)}}
:focus-visible{outline:3px solid var(--k);outline-offset:2px}
.launcher:before{content:"";width:20px;height:20px;background:currentColor;clip-path:path("M3 2h14a2 2 0 0 1 2 2v9a2 2 0 0 1-2 2H9l-5 4v-4H3a2 2 0 0 1-2-2V4a2 2 0 0 1 2-2z")}
@media(forced-colors:active){.launcher:before{forced-color-adjust:none;background:ButtonText}}`;
