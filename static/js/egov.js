// Small comforts on top of pages that work without them. No inline code, no texts of its own: words come in data-*.
"use strict";
(function () {
  const all = (selector, root) => Array.from((root || document).querySelectorAll(selector));

  // The error summary takes the focus, so that a screen reader starts there.
  const summary = document.querySelector("[data-focus]");
  if (summary) summary.focus();

  // Chosen files are shown with name and size; one that is too large is refused before it is sent.
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (!(input instanceof HTMLInputElement) || input.type !== "file" || !input.dataset.preview) return;
    const place = document.getElementById(input.dataset.preview);
    if (!place) return;
    place.textContent = "";
    const limit = Number(input.dataset.maxBytes || 0);
    for (const file of input.files) {
      const row = document.createElement("div");
      row.className = "file";
      if (file.type.startsWith("image/") && file.size < 12e6) {
        const picture = document.createElement("img");
        picture.className = "thumb";
        picture.alt = "";
        picture.src = URL.createObjectURL(file);
        picture.onload = () => URL.revokeObjectURL(picture.src);
        row.append(picture);
      }
      const words = document.createElement("div");
      const name = document.createElement("b");
      name.textContent = file.name;
      const size = document.createElement("span");
      size.className = "meta";
      size.textContent = (file.size / 1048576).toFixed(1) + " MB";
      words.append(name, document.createElement("br"), size);
      row.append(words);
      place.append(row);
      if (limit && file.size > limit) {
        size.className = "usa-error-message";
        size.textContent = input.dataset.tooLarge;
        input.value = "";
      }
    }
  });

  // Copy the address of a filtered list.
  for (const button of all("[data-copy-address]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", () =>
      navigator.clipboard.writeText(location.href).then(() => { button.textContent = button.dataset.done; }));
  }

  // Print buttons appear only where printing is possible.
  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }

  // A button that sends is pressed once. What htmx has on its way is answered first: the answer brings the revision.
  let saving = null; // the form whose answers htmx has on their way
  let pressed = null;
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method === "get" || form.hasAttribute("data-again")) return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    window.setTimeout(() => { delete form.dataset.sent; }, 8000);
    if (form === saving) { event.preventDefault(); pressed = { form, button: event.submitter }; }
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.closest("form[data-sent]")) event.preventDefault(); // the form itself carries it
  });
  document.addEventListener("htmx:beforeSend", (event) => { saving = event.target.closest("form"); });
  document.addEventListener("htmx:afterRequest", () => {
    saving = null;
    if (!pressed) return;
    const { form, button } = pressed;
    pressed = null;
    delete form.dataset.sent;
    const same = () => form.querySelector(`button[name="${CSS.escape(button.name)}"][value="${CSS.escape(button.value)}"]`);
    form.requestSubmit(!button || button.isConnected ? button : same());
  });
  window.addEventListener("pageshow", () => all("form[data-sent]").forEach((form) => { delete form.dataset.sent; }));

  // Menus and the key map close with Escape or a click elsewhere.
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of all("details.acct[open], [data-key-map][open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
  });
  document.addEventListener("click", (event) => {
    for (const menu of all("details.acct[open]")) if (!menu.contains(event.target)) menu.open = false;
  });

  // Two minutes before the session ends the person is asked.
  const notice = document.querySelector("[data-session]");
  if (notice) {
    const warnAfter = Math.min((Number(notice.dataset.session) - 120) * 1000, 2147483000);
    let timer = 0;
    const arm = () => {
      window.clearTimeout(timer);
      timer = window.setTimeout(() => { notice.hidden = false; notice.querySelector("button").focus(); }, Math.max(warnAfter, 1000));
    };
    arm();
    notice.querySelector("[data-session-stay]").addEventListener("click", () => {
      fetch(notice.dataset.stay, { method: "POST", headers: { "X-CSRFToken": notice.dataset.csrf } })
        .then((answer) => { if (answer.ok) { notice.hidden = true; arm(); } else { location.reload(); } });
    });
  }

  // An answer may bring up questions, and the server draws them anew (htmx). What is answered meanwhile is put back, and
  // told as if it were answered now: it may decide what is asked as well, and nothing has saved it yet.
  let meanwhile = null;
  const drawnAnew = (event) => event.detail.target && event.detail.target.id === "questions";
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (drawnAnew(event)) meanwhile = new Map();
  });
  for (const kind of ["input", "change"]) {
    document.addEventListener(kind, ({ target }) => {
      if (!meanwhile || !target.name || target.type === "file" || !target.closest("#questions")) return;
      const { name, type, value, checked } = target; // as it is now: beside a new radio of its name an old one loses its tick
      meanwhile.set(type === "checkbox" ? `${name} ${value}` : name, { name, type, value, checked });
    }, true);
  }
  document.addEventListener("htmx:afterSwap", (event) => {
    if (meanwhile && drawnAnew(event)) putBack();
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    if (!meanwhile || !drawnAnew(event)) return;
    const back = putBack();
    meanwhile = null;
    for (const now of back) for (const kind of ["input", "change"]) now.dispatchEvent(new Event(kind, { bubbles: true }));
  });
  function putBack() {
    const back = [];
    for (const given of meanwhile.values()) {
      for (const now of document.querySelectorAll(`#questions [name="${CSS.escape(given.name)}"]`)) {
        const chosen = ["radio", "checkbox"].includes(now.type);
        if (now.type !== given.type || (chosen && now.value !== given.value)) continue;
        if (chosen) now.checked = given.checked;
        else now.value = given.value;
        back.push(now);
      }
    }
    return back;
  }

  // Autosave (htmx posts the form): say so when the line is down; nothing typed is lost, it is sent again.
  document.addEventListener("htmx:sendError", () => mark("offline"));
  document.addEventListener("htmx:responseError", () => mark("failed"));
  document.addEventListener("htmx:afterOnLoad", () => mark("saved"));
  function mark(state) {
    for (const line of all("[data-autosave]")) {
      const words = line.dataset[state];
      line.classList.toggle("autosave--off", state !== "saved");
      if (words) line.querySelector("[data-autosave-text]").textContent = words;
    }
  }
})();
