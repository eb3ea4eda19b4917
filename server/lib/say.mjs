// What the launcher says of itself while it runs: words on a terminal, one JSON line for each event anywhere else. Never a
// token, and nothing of what anybody sent.

export function say(event, words, fields = {}) {
  if (process.stderr.isTTY) {
    console.error(`usher: ${words}`);
    return;
  }
  console.error(JSON.stringify({ at: new Date().toISOString(), level: "info", event, ...fields, detail: words }));
}
