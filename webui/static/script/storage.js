// What the browser keeps: nothing of it is ever sent. It may be full, forbidden or spoilt. Each
// archive has its own, under the name that its pages give: one host may serve several.

import { download } from "./page.js";
import { say } from "./status.js";

const text = (value) => (typeof value === "string" ? value : "");

const keyOf = (name) => `backstory.${document.documentElement.dataset.archive}.${name}`;

export function read(name, usual) {
  try {
    return JSON.parse(localStorage.getItem(keyOf(name))) ?? usual;
  } catch {
    return usual;
  }
}

export function write(name, value) {
  try {
    localStorage.setItem(keyOf(name), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

// What was kept before archives had names belongs to the first archive that is opened.
for (const name of ["board", "reviewed", "keys"]) {
  try {
    const before = localStorage.getItem("backstory." + name);
    if (before === null) continue;
    if (localStorage.getItem(keyOf(name)) === null) localStorage.setItem(keyOf(name), before);
    localStorage.removeItem("backstory." + name);
  } catch {
    // It stays where it is, and is taken over when there is room.
  }
}

const PARTS = ["id", "url", "title", "source", "text", "group", "note", "markdown"];

// Returns pins as they should be, whatever was kept or imported: each once, all of it text.
export function asPins(value) {
  const found = new Map();
  for (const held of Array.isArray(value) ? value : []) {
    if (held && typeof held === "object" && text(held.id) && !found.has(held.id))
      found.set(held.id, Object.fromEntries(PARTS.map((part) =>
        [part, text(held[part]) || (part === "group" ? text(held.label) : "")]))); // its earlier name
  }
  return [...found.values()];
}

export const pins = () => asPins(read("board", []));

// Keeps the board or says that it cannot, and offers it as a file: nothing is lost without a word.
export function keepPins(board) {
  if (write("board", board)) {
    dispatchEvent(new Event("boardchange"));
    return true;
  }
  say("The browser has no room for the board, or may not keep it.", {
    label: "Save it as a file",
    act: () => download("board.json", JSON.stringify(board, null, 2), "application/json"),
  });
  return false;
}

export function reviewed() {
  const kept = read("reviewed", []);
  return new Set(Array.isArray(kept) ? kept.filter(text) : []);
}

export function keepReviewed(ids) {
  const isKept = write("reviewed", [...ids]);
  if (!isKept) say("The browser does not let this page keep anything.");
  return isKept;
}

const MOST_QUESTIONS = 50;
const QUESTION = ["text", "url", "told", "at"];

// Returns the last questions, the newest first, as they should be.
export function questions() {
  const kept = read("questions", []);
  return (Array.isArray(kept) ? kept : [])
    .filter((each) => each && text(each.text) && /^\/(?!\/)/.test(text(each.url)))
    .map((each) => Object.fromEntries(QUESTION.map((part) => [part, text(each[part])])));
}

export const keepQuestions = (asked) => write("questions", asked.slice(0, MOST_QUESTIONS));
