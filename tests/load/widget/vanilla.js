// The floor: a form of four fields that somebody wrote by hand for one page. No build, no framework, no configuration.
((script) => {
  const host = document.createElement("div");
  const root = host.attachShadow({ mode: "open" });
  root.innerHTML = `
    <style>
      :host { position: fixed; right: 20px; bottom: 20px; z-index: 9; font: 16px/1.4 system-ui, sans-serif; color: #1c2430 }
      button { padding: 10px 18px; border: 0; border-radius: 8px; background: #2349c9; color: #fff; font: inherit; cursor: pointer }
      button:hover { background: #1a3aa6 }
      button:disabled { opacity: .6 }
      :focus-visible { outline: 2px solid #2349c9; outline-offset: 2px }
      form { width: min(320px, calc(100vw - 80px)); padding: 20px; border-radius: 12px; background: #fff; box-shadow: 0 8px 40px #0003 }
      #close { float: right; padding: 0 10px; background: none; color: inherit }
      h2 { margin: 0 0 4px; font-size: 20px }
      p { margin: 0 0 12px; color: #566; font-size: 14px }
      label { display: block; margin-bottom: 12px; font-size: 14px }
      input, textarea { box-sizing: border-box; width: 100%; padding: 8px; border: 1px solid #8a94a6; border-radius: 6px; font: inherit }
      [aria-invalid=true] { border-color: #b3261e }
      small { color: #b3261e }
      @media (prefers-color-scheme: dark) {
        form { background: #1c2430; color: #f3f5f9 }
        input, textarea { background: #10151d; color: inherit }
        p { color: #aab }
      }
    </style>
    <button id="open" type="button" aria-haspopup="dialog">Ask us</button>
    <form role="dialog" aria-labelledby="title" novalidate hidden>
      <button id="close" type="button" aria-label="Close">×</button>
      <h2 id="title">Ask a course adviser</h2>
      <p>Tell us what you would like to learn. A person reads every message.</p>
      <label>Your name <input name="name" autocomplete="name" maxlength="120" required><small></small></label>
      <label>E-mail <input name="email" type="email" autocomplete="email" required><small></small></label>
      <label>Company (optional) <input name="company" autocomplete="organization"><small></small></label>
      <label>Your question <textarea name="message" rows="4" maxlength="10000" required></textarea><small></small></label>
      <button id="send">Send question</button>
      <p role="status"></p>
    </form>`;
  const find = (id) => root.getElementById(id);
  const form = root.querySelector("form");
  const status = root.querySelector("[role=status]");
  const show = (open) => {
    find("open").hidden = open;
    form.hidden = !open;
    (open ? form.elements.name : find("open")).focus();
  };
  const check = (field) => {
    field.ariaInvalid = !field.validity.valid;
    field.nextElementSibling.textContent = field.validationMessage;
    return field.validity.valid;
  };
  find("open").onclick = () => show(true);
  find("close").onclick = () => show(false);
  form.onkeydown = ({ key }) => key === "Escape" && show(false);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const wrong = [...form.querySelectorAll("input, textarea")].filter((field) => !check(field));
    if (wrong.length) return wrong[0].focus();
    find("send").disabled = true;
    status.textContent = "Sending";
    try {
      const body = JSON.stringify(Object.fromEntries(new FormData(form)));
      const answer = await fetch(new URL("/vanilla/inquiry", script.src), { method: "POST", body });
      if (!answer.ok) throw answer;
      form.replaceChildren("Thank you. We will answer by e-mail.");
    } catch {
      find("send").disabled = false;
      status.textContent = "That did not arrive. Please send it again.";
    }
  };
  document.body.append(host);
  if ("open" in script.dataset) show(true);
})(document.currentScript);
