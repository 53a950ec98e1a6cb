// Where the reader is in a document, and the way to another place of it.

import { every, one } from "./page.js";

const list = one(".reader .passages");
export const total = Number(list?.dataset.total || 0);
export const passages = () => every(".passage", list);
export const numberOf = (passage) => Number(passage.id.slice(1));
export const passage = (number) => document.getElementById("p" + number);
export const top = (element) => element.getBoundingClientRect().top;
export const isInView = (element) => top(element) < innerHeight && element.getBoundingClientRect().bottom > 0;

// Returns the passage that the address means, null where it means none that is on the page.
export const asked = () => (/^#p\d+$/.test(location.hash) ? list && one(location.hash, list) : null);

// Returns the last passage that begins above a height of the window, undefined before the first.
export function passageAbove(height) {
  const all = passages();
  let low = 0, high = all.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (top(all[middle]) < height) low = middle + 1;
    else high = middle;
  }
  return all[low - 1];
}

function urlOf(number) {
  const url = new URL(location.href);
  ["key", "was", "from"].forEach((name) => url.searchParams.delete(name));
  url.searchParams.set("p", number);
  url.hash = "p" + number;
  return url.href;
}

// Goes to a passage, if need be in another window of the document. It is no place to go Back to: the
// address changes, the history does not grow.
export const go = (number) => location.replace(passage(number) ? "#p" + number : urlOf(number));

// An address that names a passage behind its "#" alone leads to it, whatever window it is in.
function follow() {
  const number = Number(/^#p(\d+)$/.exec(location.hash)?.[1]);
  const isAsked = new URLSearchParams(location.search).get("p") === String(number);
  if (number >= 1 && number <= total && !passage(number) && !isAsked) go(number);
}

if (list) {
  addEventListener("hashchange", follow);
  follow();
}
