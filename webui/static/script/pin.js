// One pin on the board: its passage, note and group, and what moves it.

import { button, make, one } from "./page.js";

const NEW = "\u0000new"; // no name of a group
const TYPE = "text/x-backstory-pin";

// Storage could hold anything: only addresses of this site become links.
const inside = (url) => (/^\/(?!\/)/.test(url) ? url : "/");
const unseen = (text) => make("span", { class: "unseen" }, " " + text);

// Makes an element a place where pins can be dropped; `drop` is given the id of the pin.
export function accept(element, drop) {
  const turn = (isOver) => element.classList.toggle("is-over", isOver);
  element.addEventListener("dragover", (event) => {
    if (!event.dataTransfer.types.includes(TYPE)) return;
    event.preventDefault();
    turn(true);
  });
  element.addEventListener("dragleave", () => turn(false));
  element.addEventListener("drop", (event) => {
    event.preventDefault();
    turn(false);
    drop(event.dataTransfer.getData(TYPE));
  });
}

function note(held, keep) {
  const input = make("textarea", { id: "note-" + held.id, rows: "2" });
  input.value = held.note;
  const printed = make("p", { class: "printed" }, held.note);
  input.addEventListener("input", () => {
    printed.textContent = input.value;
    keep(held.id, { note: input.value });
  });
  return [make("label", { for: input.id }, "Why it matters", unseen("of " + held.id)), input, printed];
}

function group(held, names, regroup) {
  const choice = make("select", { id: "group-" + held.id },
    ...["", ...names].map((name) => make("option", { value: name }, name || "No group")),
    make("option", { value: NEW }, "New group …"));
  choice.value = held.group;
  const label = make("label", { for: choice.id }, "Group", unseen("of " + held.id));
  const input = make("input", { type: "text", required: "", autocomplete: "off", "aria-label": "Name of the new group" });
  const form = make("form", { class: "box-line" }, input, make("button", {}, "Make"));
  form.hidden = true;
  choice.addEventListener("change", () => {
    form.hidden = choice.value !== NEW;
    if (form.hidden) regroup(held.id, choice.value);
    else input.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (input.value.trim()) regroup(held.id, input.value.trim());
  });
  return make("div", { class: "grouping" }, label, choice, form);
}

// Returns the element of a pin. `acts` are what can be done with it: keep(id, parts), regroup(id,
// group), move(id, by), putBefore(id, other), takeOff(id).
export function pinElement(held, { at, count, names, level, acts }) {
  const mover = (text, by) => {
    const made = button(text, () => acts.move(held.id, by), { "data-move": by });
    made.append(unseen(held.id));
    made.disabled = at + by < 0 || at + by >= count;
    return made;
  };
  const off = button("Take off", () => acts.takeOff(held.id));
  off.append(unseen(held.id));
  const grip = make("span", { class: "grip", draggable: "true", "aria-hidden": "true" }, "Drag");
  const pin = make("li", { class: "pin", "data-pin": held.id, tabindex: "-1" },
    make("h" + level, {}, make("a", { href: inside(held.url) }, make("bdi", {}, held.title))),
    make("p", { class: "facts" }, held.source + (held.source ? " · " : "") + held.id),
    make("blockquote", { class: "text", dir: "auto" }, held.text),
    ...note(held, acts.keep), group(held, names, acts.regroup),
    make("p", { class: "actions" }, grip, mover("Up", -1), mover("Down", 1), off));
  grip.addEventListener("dragstart", (event) => {
    event.dataTransfer.setData(TYPE, held.id);
    event.dataTransfer.setDragImage(pin, 0, 0);
  });
  accept(pin, (id) => acts.putBefore(id, held.id));
  pin.addEventListener("keydown", (event) => {
    const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    if (!event.altKey || !by) return;
    event.preventDefault();
    acts.move(held.id, by);
  });
  return pin;
}

export const noteOf = (pin) => one("textarea", pin);
