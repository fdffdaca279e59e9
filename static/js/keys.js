// Single keys for civil servants: each does what a visible link or button does. They can be switched off (WCAG 2.1.4).
"use strict";
(function () {
  const STORE = "egov-keys-off";
  const off = () => window.localStorage.getItem(STORE) === "1";
  const map = document.querySelector("[data-key-map]");
  const toggle = document.querySelector("[data-keys-toggle]");
  if (toggle) {
    const say = () => { toggle.textContent = off() ? toggle.dataset.off : toggle.dataset.on; };
    toggle.hidden = false;
    say();
    toggle.addEventListener("click", () => {
      window.localStorage.setItem(STORE, off() ? "0" : "1");
      say();
    });
  }

  const rows = () => Array.from(document.querySelectorAll(".inbox tbody tr"));
  function move(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.classList.contains("is-cur"));
    const next = list[Math.min(Math.max(at + step, 0), list.length - 1)];
    for (const row of list) { row.classList.remove("is-cur"); row.removeAttribute("aria-current"); }
    next.classList.add("is-cur");
    next.setAttribute("aria-current", "true");
    const link = next.querySelector("a");
    if (link) link.focus();
  }

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const place = event.target;
    if (place.closest("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]")) return;
    if (off() && event.key !== "?") return;
    const key = event.key.toLowerCase();
    const current = document.querySelector(".inbox tr.is-cur");
    if (key === "j") move(1);
    else if (key === "k") move(-1);
    else if (key === "x" && current) { const box = current.querySelector("input[type=checkbox]"); if (box) box.click(); }
    else if (key === "?" && map) { map.open = !map.open; map.querySelector("summary").focus(); }
    else {
      const named = CSS.escape(key);
      // Of the row the keys stand on, unless rows were chosen: then the button for all of them.
      const chosen = document.querySelector(".inbox .sel input:checked");
      const ofRow = current && !chosen && current.querySelector('[data-row-key="' + named + '"]');
      const target = ofRow || document.querySelector('[data-key="' + named + '"]');
      if (!target) return;
      if (target.matches("input, textarea, select")) target.focus();
      else target.click();
      // What a summary opens is where one types next.
      const first = target.matches("summary") && target.parentElement.open && target.parentElement.querySelector("textarea, input:not([type=hidden]), select, button");
      if (first) first.focus();
    }
    event.preventDefault();
  });
})();
