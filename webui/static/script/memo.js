// The board as a file: a memo in Markdown or JSON, to keep, to print or to send, and back again.

import { grouped } from "./groups.js";
import { counted, download } from "./page.js";
import { say } from "./status.js";
import { asPins, keepPins, pins } from "./storage.js";

const DATA = /<!-- backstory-board (\{.*\}) -->/s;

const oneLine = (text) => text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|]/g, "\\$&");

// Returns the board as a memo. It carries the board itself in a comment at its end, so that a memo
// that was sent to somebody else can be imported there.
function memo(board) {
  const groups = grouped(board), parts = ["# Memo"];
  for (const group of groups) {
    if (groups.length > 1 || group.name) parts.push("## " + oneLine(group.name || "Without a group"));
    for (const held of group.pins) parts.push(held.markdown, ...(held.note ? [held.note] : []));
  }
  const data = JSON.stringify({ board }).replace(/-->/g, "--\\u003e");
  return parts.join("\n\n") + `\n\n<!-- backstory-board ${data} -->\n`;
}

export const saveMemo = () => download("memo.md", memo(pins()), "text/markdown");
export const saveJson = () =>
  download("board.json", JSON.stringify({ board: pins() }, null, 2), "application/json");

// Returns the pins of a file that was exported here; throws where there are none.
function pinsOf(text) {
  const value = JSON.parse(DATA.exec(text)?.[1] ?? text);
  const found = asPins(Array.isArray(value) ? value : value.board);
  if (!found.length) throw new Error("no pins");
  return found;
}

// Adds the pins of a file to the board; those that are there already stay as they are.
export async function bring(file) {
  let found;
  try {
    found = pinsOf(await file.text());
  } catch {
    return say(`${file.name} is no board: choose a memo or a .json that was exported here.`);
  }
  const board = pins(), known = new Set(board.map((held) => held.id));
  const fresh = found.filter((held) => !known.has(held.id));
  if (keepPins([...board, ...fresh])) {
    const there = found.length - fresh.length;
    say(counted(fresh.length, "passage") + " added" + (there ? `, ${there} there already.` : "."));
  }
}
