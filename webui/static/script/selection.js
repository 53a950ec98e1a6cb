// Words that are selected in a document: copied with their source, pinned, or quoted in every form.

import { button, every, make, one, waiting } from "./page.js";
import { copyQuotation, pin } from "./passages.js";
import { numberOf } from "./place.js";
import { failed, say } from "./status.js";

const LONGEST = 3000; // characters: they travel in an address
const list = one(".reader .passages");
let held = null; // the selected words, and the passages where they begin and end

// Returns the part of a text that is within a range.
function within(text, range) {
  const part = document.createRange();
  part.selectNodeContents(text);
  if (part.compareBoundaryPoints(Range.START_TO_START, range) < 0) part.setStart(range.startContainer, range.startOffset);
  if (part.compareBoundaryPoints(Range.END_TO_END, range) > 0) part.setEnd(range.endContainer, range.endOffset);
  return part.toString().trim();
}

// Returns what is selected of the text of passages, null where that is nothing.
function selected() {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const parts = every(".passage > .text", list)
    .filter((text) => range.intersectsNode(text))
    .map((text) => ({ passage: text.parentElement, words: within(text, range) }))
    .filter((part) => part.words);
  if (!parts.length) return null;
  return { first: parts[0].passage, last: parts.at(-1).passage, words: parts.map((part) => part.words).join(" ") };
}

function cite() {
  const to = held.last === held.first ? "" : "&to=" + numberOf(held.last);
  return one(".to-cite", held.first).getAttribute("href") + to + "&words=" + encodeURIComponent(held.words);
}

// A button that does something with the words, if they are not too many.
const using = (text, act) => button(text, (event) => {
  held = selected() || held; // the words may be others than when the tools were shown
  if (held.words.length <= LONGEST) act(event);
  else say(`Select at most ${LONGEST} characters to quote them.`);
});

function pinWords() {
  // The address and the first words: what tells this pin from others of the same passage.
  const id = `${held.first.dataset.passage}: “${held.words.slice(0, 40)}”`;
  pin(id, one("a.number", held.first).getAttribute("href"), cite()).catch(failed);
}

const bar = make("div", { class: "selected actions", role: "toolbar", "aria-label": "Selected words" },
  using("Copy with source", (event) => copyQuotation(event, cite()).catch(failed)),
  using("Pin the words", pinWords),
  using("Quote in every form", () => location.assign(cite())));
bar.addEventListener("mousedown", (event) => event.preventDefault()); // the words stay selected
bar.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  one("a.number", held.last).focus();
  getSelection().removeAllRanges();
});

const show = waiting(150, () => {
  if (bar.contains(document.activeElement)) return;
  held = selected();
  if (!held) return bar.remove();
  // Behind the last passage in the order of the keys, under the last words to the eye.
  if (held.last.nextElementSibling !== bar) held.last.after(bar);
  const box = getSelection().getRangeAt(0).getBoundingClientRect(), frame = list.getBoundingClientRect();
  bar.style.top = Math.min(box.bottom, innerHeight - 80) - frame.top + 6 + "px";
  bar.style.left = Math.max(0, Math.min(box.left - frame.left, frame.width - bar.offsetWidth)) + "px";
});

// From the selected words, Tab leads to what can be done with them.
function reach(event) {
  if (event.key !== "Tab" || event.shiftKey || !bar.isConnected || !document.activeElement.matches("body, main")) return;
  event.preventDefault();
  one("button", bar).focus();
}

if (list) {
  document.addEventListener("selectionchange", show);
  document.addEventListener("keydown", reach);
  bar.addEventListener("focusout", show);
}
