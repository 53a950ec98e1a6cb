// From match to match of a document, also where the next one is in another window of it.

import { ACTIONS } from "./keys.js";
import { button, make, one, waiting } from "./page.js";
import { asked, go, isInView, numberOf, passage, passageAbove } from "./place.js";
import { whisper } from "./status.js";

const list = one(".reader .passages");
const matches = (list?.dataset.matches || "").split(" ").filter(Boolean).map(Number);

// Returns the index of the match that the reader is at: the one in the address while it is in view,
// else the last one above the middle of the window, -1 before the first.
function current() {
  const target = asked();
  if (target && isInView(target) && matches.includes(numberOf(target))) return matches.indexOf(numberOf(target));
  const here = passageAbove(innerHeight / 2);
  return here ? matches.filter((number) => number <= numberOf(here)).length - 1 : -1;
}

const told = (at) => (at < 0 ? matches.length + " matches" : `Match ${at + 1} of ${matches.length}`);

function step(by) {
  const at = current(), match = passage(matches[at]);
  const isPassed = by < 0 && match && !isInView(match);
  const next = Math.max(0, Math.min(matches.length - 1, isPassed ? at : at + by));
  if (!matches.length) return;
  go(matches[next]);
  whisper(told(next));
}

if (matches.length > 1) {
  const place = make("span");
  const tell = () => { place.textContent = told(current()); };
  one(".reader").append(make("nav", { class: "walker", "aria-label": "Matches, one by one" }, place,
    button("Previous", () => step(-1)), button("Next", () => step(1))));
  addEventListener("hashchange", tell);
  addEventListener("scroll", waiting(100, tell), { passive: true });
  tell();
}
Object.assign(ACTIONS, { n: () => step(1), p: () => step(-1) });
