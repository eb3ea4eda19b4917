// The widget's words, for what is drawn without the module: `words.name` with its `{holes}` filled in.

/** A word with its holes filled. */
export const say = (page, name, holes = {}) =>
  `${page.words[name] || ""}`.replace(/\{(\w+)\}/g, (hole, key) => (key in holes ? holes[key] : hole));
