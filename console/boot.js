// Starts the application. A file of its own, because the page's policy allows no script within the page.
import start from "./console.js";

start({ module_or_path: new URL("./console_bg.wasm", import.meta.url) }).catch((error) => {
  console.error(error);
  document.getElementById("broken").hidden = false;
});
