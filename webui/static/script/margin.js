// The margin follows the passage that the reader is at: its names, what is related to it and why, the
// reader's own note, and the picture of its page. The map of the document shows where that is.

import { button, every, make, one, page, waiting } from "./page.js";
import { asked, isInView, numberOf, passageAbove, passages, total } from "./place.js";
import { pins, read, write } from "./storage.js";

const margin = one(".about .beside");
const isWide = matchMedia("(min-width: 80rem)");
const READING = 1 / 3; // of the height of the window: where the eye is
const SETTLED = 300; // milliseconds
const related = new Map(); // by number of the passage
let shown = 0;

function here() {
  const held = document.activeElement?.closest(".passages .passage");
  return [held, asked()].find((each) => each && isInView(each)) || passageAbove(innerHeight * READING) || passages()[0];
}

function mark(number) {
  one(".map .here")?.setAttribute("d", `M${Math.round(((number - 0.5) * 1000) / total)} 0V10`);
}

function note(address) {
  const own = pins().filter((held) => held.id === address || held.id.startsWith(address + ":"));
  return own.map((held) =>
    make("p", { class: "own-note" }, make("strong", {}, held.group || "On the board"), held.note ? ": " + held.note : "."));
}

// Returns the picture of the page that a passage stands on, if it has one and pictures are wanted.
function picture(at) {
  const leaf = every(".leaf a[data-picture]").filter((each) =>
    each.compareDocumentPosition(at) & Node.DOCUMENT_POSITION_FOLLOWING).at(-1);
  if (!leaf) return [];
  const turn = (wanted) => { write("pictures", wanted); show(at, true); };
  const name = leaf.textContent;
  if (!read("pictures", false)) return [button("Show the page as a picture", () => turn(true))];
  const image = make("img", { src: leaf.dataset.picture, alt: name });
  return [make("figure", {}, make("a", { href: leaf.getAttribute("href") }, image)), button("Hide the picture", () => turn(false))];
}

async function fetched(at) {
  const number = numberOf(at);
  if (!related.has(number)) {
    const found = one(".related", await page(one(".to-related", at).href));
    found.removeAttribute("id");
    related.set(number, found);
  }
  return document.importNode(related.get(number), true);
}

async function show(at, isAnew) {
  const number = numberOf(at);
  if (number === shown && !isAnew) return;
  shown = number;
  const hadFocus = margin.contains(document.activeElement);
  margin.hidden = false;
  const head = make("h2", {}, "Beside passage " + number);
  margin.replaceChildren(head, ...note(at.dataset.passage), ...picture(at));
  if (hadFocus) margin.parentElement.focus();
  try {
    const found = await fetched(at);
    if (shown === number) margin.append(...found.childNodes);
  } catch { /* the link at the passage leads to the same, and says what is wrong */ }
}

const settle = waiting(SETTLED, () => {
  const at = here();
  // Who is in the margin keeps what they are reading.
  if (at && isWide.matches && !margin.contains(document.activeElement)) show(at);
});

function moved() {
  const at = here();
  if (!at) return;
  mark(numberOf(at));
  settle();
}

// Where there is a margin, it is what "Related" leads to; nothing unfolds in the text as well.
function toMargin(event) {
  const link = event.target.closest(".reader a.to-related");
  if (!link || !isWide.matches || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  event.stopPropagation();
  show(link.closest(".passage"), true);
  margin.setAttribute("tabindex", "-1");
  margin.focus();
}

if (margin && passages().length) {
  addEventListener("click", toMargin, true);
  let isWaiting = false;
  addEventListener("scroll", () => {
    if (isWaiting) return;
    isWaiting = true;
    requestAnimationFrame(() => { isWaiting = false; moved(); });
  }, { passive: true });
  ["hashchange", "resize", "focusin"].forEach((name) => addEventListener(name, moved));
  addEventListener("boardchange", () => shown && show(here(), true));
  moved();
}
