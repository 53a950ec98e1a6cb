// The board: pinned passages in groups, with notes that are kept with every key. It stands on a page
// of its own, and in a drawer on every other (drawer.js).

import { grouped, inOrder, moved, movedBefore, movedInto } from "./groups.js";
import { bring, saveJson, saveMemo } from "./memo.js";
import { button, counted, every, make, one } from "./page.js";
import { decorate, takeOff } from "./passages.js";
import { accept, noteOf, pinElement } from "./pin.js";
import { say } from "./status.js";
import { keepPins, pins } from "./storage.js";

let place = document.getElementById("board");
let level = 2; // of the headings of groups
let isTyping = false; // the change comes from a field that shows it already
let isOld = false;

// Shows the board in an element, with headings from a level on.
export function showIn(element, from) {
  [place, level] = [element, from];
  show();
}

const pinOf = (id) => every(".pin", place).find((each) => each.dataset.pin === id);

function show() {
  if (!place) return;
  isOld = false;
  const board = pins();
  const chooser = make("input", { type: "file", accept: ".json,.md", class: "unseen", tabindex: "-1", "aria-hidden": "true" });
  chooser.addEventListener("change", () => chooser.files[0] && bring(chooser.files[0]));
  const bringing = [button("Import a memo or .json", () => chooser.click()), chooser];
  if (!board.length) {
    place.replaceChildren(
      make("p", { class: "remark" }, "Nothing is pinned yet. Every hit and every paragraph has a button “Pin”, and so have words that you select."),
      make("p", { class: "actions board-tools" }, ...bringing));
    return;
  }
  const tools = make("p", { class: "actions board-tools" },
    make("strong", {}, counted(board.length, "passage")),
    button("Export as Markdown", saveMemo), button("Export as JSON", saveJson),
    ...bringing, button("Clear the board", clear));
  const groups = grouped(board), order = inOrder(board);
  const names = groups.map((each) => each.name).filter(Boolean);
  const element = (held) =>
    pinElement(held, { at: order.indexOf(held), count: order.length, names, level: names.length ? level + 1 : level, acts });
  place.replaceChildren(tools, ...groups.map((each) => section(each, names.length > 0, element)));
}

function section(group, isHeaded, element) {
  const list = make("ol", {}, ...group.pins.map(element));
  if (!isHeaded) return list;
  const name = group.name || "Without a group";
  const heading = make("h" + level, { class: "group" }, make("bdi", {}, name));
  accept(heading, (id) => acts.regroup(id, group.name));
  return make("section", { "aria-label": name }, heading, list);
}

function change(board) {
  keepPins(board);
  redrawn();
}

function redrawn() {
  show();
  decorate();
}

function clear() {
  const before = pins();
  change([]);
  say("The board is empty.", { label: "Undo", act: () => change(before) });
}

const acts = {
  keep(id, parts) {
    isTyping = true;
    keepPins(pins().map((each) => (each.id === id ? { ...each, ...parts } : each)));
    isTyping = false;
  },
  // What had the focus has it afterwards, or else the pin.
  move(id, by) {
    const was = document.activeElement.dataset.move;
    change(moved(pins(), id, by));
    (was && one(`[data-move="${was}"]:not(:disabled)`, pinOf(id)) || pinOf(id))?.focus();
  },
  regroup(id, group) {
    change(movedInto(pins(), id, group));
    one("select", pinOf(id))?.focus();
  },
  putBefore: (id, other) => change(movedBefore(pins(), id, other)),
  takeOff(id) {
    const near = pinOf(id).nextElementSibling || pinOf(id).previousElementSibling;
    takeOff(id, redrawn);
    (near && pinOf(near.dataset.pin) || one(".pin", place) || place).focus();
  },
};

// Brings the reader to the note of a pin.
export function writeNote(id) {
  const note = pinOf(id) && noteOf(pinOf(id));
  note?.focus();
  note?.scrollIntoView({ block: "center" });
}

// The board was changed elsewhere: on the page, or in another tab. A field that is being typed in
// stays as it is: the list is drawn anew when it is left.
const isWriting = () => place?.contains(document.activeElement) && document.activeElement.matches("input, textarea");
function refresh() {
  if (isTyping) return;
  if (isWriting()) isOld = true;
  else show();
}
addEventListener("boardchange", refresh);
addEventListener("storage", refresh);
document.addEventListener("focusout", () => setTimeout(() => {
  if (!isOld || isWriting()) return;
  const id = place.contains(document.activeElement) && document.activeElement.closest(".pin")?.dataset.pin;
  show();
  if (id) pinOf(id)?.focus();
}));
show();
