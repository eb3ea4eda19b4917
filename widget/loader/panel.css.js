// The panel's styles, in few bytes: the minifier does not look inside.
//
// `--usher-accent`, `--usher-accent-text`, `--usher-background`, `--usher-text`, `--usher-radius` and `--usher-font` are
// the page's to set. Ours: --a accent, --o on it, --b background, --f text, --m muted text, --l lines, --e errors,
// --k links and focus, --s shade.
//
// The line under the head is there only where something scrolled away: it stays at the top of `.body`, and what is in
// `.body` begins with a piece of background that lies over it.

const light = "--b:var(--usher-background,#fff);--f:var(--usher-text,#1b2130);--m:#586174;--l:#868fa1;--e:#b3261e;--k:var(--a);--s:#eef0f4;color-scheme:light!important";
const dark = "--b:var(--usher-background,#191c23);--f:var(--usher-text,#eef1f6);--m:#a9b2c0;--l:#77818f;--e:#ffb4ab;--k:color-mix(in srgb,var(--a) 45%,#fff);--s:#2a2f3a;color-scheme:dark!important";

export default `:host{${light}}
@media(prefers-color-scheme:dark){:host(:not([data-theme=light])){${dark}}}
:host([data-theme=dark]){${dark}}
*{box-sizing:border-box;margin:0}
#panel{position:fixed;inset-inline-end:calc(16px + env(safe-area-inset-right));bottom:calc(80px + env(safe-area-inset-bottom));width:380px;max-width:calc(100vw - 32px);max-height:calc(100dvh - 104px);display:flex;flex-direction:column;overflow:hidden;border:1px solid var(--s);border-radius:var(--usher-radius,16px);background:var(--b);color:var(--f);font:1em/1.5 var(--usher-font,system-ui,sans-serif);box-shadow:0 8px 40px #0004;outline:0}
#panel[hidden]{display:none}
.head{display:flex;justify-content:space-between;padding:16px 0 0;padding-inline:24px 12px}
h2{font-size:1.25em;line-height:1.3;padding-bottom:8px}.from{font-size:.875em;color:var(--m)}
button{font:inherit;cursor:pointer}
.shut{flex:none;width:44px;height:44px;padding:0;border:0;border-radius:22px;background:0 0;color:var(--m);font-size:1.6em;line-height:1}
.shut:before{content:"×"}
.body{overflow:auto;overscroll-behavior:contain;padding:0 24px;scroll-padding:48px 0 128px}
.body:before,.body>:before{content:"";display:block;position:sticky;z-index:1;top:0;margin:0 -24px -1px;border-top:1px solid var(--l)}
.body>:before{position:relative;border-color:var(--b)}
.wait{color:var(--m);padding-bottom:24px}
.wait:before{content:"";display:block;height:44px;margin:8px 0 176px;border-radius:8px;background:var(--s);box-shadow:0 76px var(--s),0 152px var(--s)}
.go{display:flex;align-items:center;justify-content:center;gap:10px;width:100%;min-height:48px;padding:0 20px;border:1px solid transparent;border-radius:24px;background:var(--a);color:var(--o);font-weight:600;text-decoration:none}
@media(hover:hover){.go:hover{filter:brightness(1.1)}.shut:hover{background:var(--s)}}
.foot{position:sticky;bottom:0;padding:16px 0 24px;background:var(--b)}
@media(max-width:480px),(max-height:480px){#panel{inset:auto 0 0;width:auto;max-width:none;max-height:calc(100dvh - 16px);border-end-end-radius:0;border-end-start-radius:0;padding-bottom:env(safe-area-inset-bottom)}}
@media(prefers-reduced-motion:no-preference){#panel{animation:in .2s}.wait:before{animation:on 1s infinite alternate}@keyframes in{0%{opacity:0;transform:translateY(12px)}}@keyframes on{to{opacity:.5}}}`;
