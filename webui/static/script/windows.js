// Windows of a long document: the next one is fetched when the reader comes near its edge, and joined
// to what is there. What has the focus and what is being read stays where it is.

import { every, one, page } from "./page.js";
import { decorate } from "./passages.js";
import { passageAbove, passages, top } from "./place.js";
import { failed, whisper } from "./status.js";

const NEAR = "1500px";
const list = one(".reader .passages");
const coming = new Set();

function join(fresh, isLater) {
  if (isLater) return list.append(...fresh);
  const still = passageAbove(innerHeight / 2) || passages()[0];
  const before = top(still);
  list.prepend(...fresh);
  const moved = top(still) - before;
  if (Math.abs(moved) > 1) scrollBy({ top: moved, behavior: "instant" });
}

// What says which passages are here goes with them: in words, and on the map.
function widen(found, isLater) {
  const side = isLater ? "[data-last]" : "[data-first]";
  const shown = one(".map .shown"), other = one(".map .shown", found);
  one(side).textContent = one(side, found).textContent;
  if (shown && other) {
    shown.setAttribute("width", Number(shown.getAttribute("width")) + Number(other.getAttribute("width")));
    if (!isLater) shown.setAttribute("x", other.getAttribute("x"));
  }
  whisper(one(".extent").textContent.split(" are on")[0] + ".");
}

async function extend(nav, isByHand) {
  if (coming.has(nav)) return;
  coming.add(nav);
  const isLater = Boolean(one("[rel=next]", nav));
  try {
    const found = await page(one("a", nav).href);
    const isHeld = isByHand || nav.contains(document.activeElement);
    const fresh = every(".reader .passages > *", found)
      .filter((each) => !each.id || !document.getElementById(each.id))
      .map((each) => document.importNode(each, true))
      .filter((each) => !(isLater && each.matches("[data-again]")));
    if (!isLater) every("[data-again]", list).forEach((each) => each.remove());
    join(fresh, isLater);
    widen(found, isLater);
    decorate();
    const next = one(`.window:has([rel=${isLater ? "next" : "prev"}])`, found);
    if (next) watch(document.importNode(next, true), nav);
    else nav.remove();
    const read = fresh.filter((each) => each.id);
    if (isHeld) one("a.number", isLater ? read[0] : read.at(-1))?.focus();
  } catch {
    failed();
  } finally {
    coming.delete(nav);
  }
}

const near = new IntersectionObserver((seen) => {
  for (const each of seen) {
    // At the very top nothing is fetched unasked: the page would move under the reader.
    if (each.isIntersecting && (one("[rel=next]", each.target) || scrollY > 0)) extend(each.target);
  }
}, { rootMargin: NEAR });

function watch(nav, instead) {
  instead?.replaceWith(nav);
  near.observe(nav);
  nav.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    extend(nav, true);
  });
}

every(".reader > .window").forEach((nav) => watch(nav));
