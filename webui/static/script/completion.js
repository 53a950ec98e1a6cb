// Completion of what is being typed: a list under the box, moved through with the arrows.

import { every, get, make, waiting } from "./page.js";

function completing(box, url) {
  const list = make("ul", { id: "completions", class: "completions", role: "listbox", "aria-label": "Completions" });
  let shown = [], at = -1, typed = "", latest = 0;
  box.after(list);
  list.hidden = true;
  for (const [name, value] of [["role", "combobox"], ["aria-controls", "completions"],
    ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) box.setAttribute(name, value);

  function show(found) {
    [shown, at] = [found, -1];
    list.replaceChildren(...found.map((each, n) =>
      make("li", { id: "completion-" + n, role: "option", "aria-selected": "false" },
        make("bdi", {}, each.shown), make("span", { class: "count" }, each.kind + ", " + each.count))));
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", Boolean(found.length));
    box.removeAttribute("aria-activedescendant");
  }

  function move(by) {
    at = (at + by + shown.length + 1 + 1) % (shown.length + 1) - 1;
    every("li", list).forEach((item, n) => item.setAttribute("aria-selected", n === at));
    box.value = at < 0 ? typed : shown[at].text;
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else box.setAttribute("aria-activedescendant", "completion-" + at);
  }

  const fill = waiting(120, async () => {
    const number = ++latest;
    typed = box.value;
    if (!typed.trim()) return show([]);
    try {
      const found = await (await get(url + "?q=" + encodeURIComponent(typed))).json();
      if (number === latest && document.activeElement === box) show(found.completions || found);
    } catch {
      show([]);
    }
  });
  box.addEventListener("input", () => fill());
  box.addEventListener("blur", () => { latest++; show([]); });
  box.form.addEventListener("submit", () => { latest++; show([]); });
  box.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      box.value = typed;
      show([]);
    }
  });
  list.addEventListener("mousedown", (event) => {
    const item = event.target.closest("li");
    if (!item) return;
    event.preventDefault();
    box.value = shown[every("li", list).indexOf(item)].text;
    box.form.requestSubmit();
  });
}

const box = document.getElementById("q");
if (box?.dataset.complete) completing(box, box.dataset.complete);
