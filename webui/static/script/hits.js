// The hits of a list: moved through one by one, the open one beside them in its document.

import { ACTIONS } from "./keys.js";
import { every, one, page } from "./page.js";
import { decorate } from "./passages.js";

const wide = matchMedia("(min-width: 80rem)");
const hits = () => every(".hit:not(.is-hidden)").filter((hit) => one(".to-preview", hit));
let opening = null;

// Shows a hit in its document. The address says which one is open, so that it can be shared and Back
// finds it again; the history does not grow.
async function open(hit, isAsked = true) {
  const link = one(".to-preview", hit), pane = document.getElementById("preview");
  if (!link || !pane || !wide.matches) return;
  every(".hit[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
  hit.setAttribute("aria-current", "true");
  if (isAsked) history.replaceState(history.state, "", link.href);
  opening?.abort();
  opening = new AbortController();
  try {
    const found = one("#preview", await page(link.href + "&part=preview", { signal: opening.signal }));
    pane.replaceChildren(...found.childNodes);
    inView(pane);
    decorate();
  } catch (error) {
    if (error.name !== "AbortError") pane.replaceChildren("The server did not answer. Try again.");
  }
}

function inView(pane) {
  const target = one(".is-open", pane);
  pane.scrollTop = 0;
  if (target && target.offsetTop + target.offsetHeight > pane.clientHeight) pane.scrollTop = target.offsetTop;
}

// Opens the first hit of a new list, unless its address says which one is open.
export function openFirst() {
  const pane = document.getElementById("preview");
  if (!pane || one("[data-passage]", pane)) return pane && inView(pane);
  const first = hits()[0];
  if (first) open(first, false);
}

function walk(by) {
  const all = hits();
  const focused = all.findIndex((hit) => hit.contains(document.activeElement));
  const opened = new URLSearchParams(location.search).get("open");
  const at = focused >= 0 ? focused : all.findIndex((hit) => hit.dataset.passage === opened);
  const hit = all[Math.max(0, Math.min(all.length - 1, at + by))];
  if (!hit) return;
  one("h3 a", hit).focus();
  open(hit);
}

document.addEventListener("click", (event) => {
  const hit = event.target.closest(".hit");
  if (!hit || event.defaultPrevented || event.ctrlKey || event.metaKey || event.shiftKey || !wide.matches) return;
  const control = event.target.closest("a, button, summary, input");
  if (control && !control.matches(".to-preview")) return;
  if (!control && !getSelection().isCollapsed) return; // somebody selects words
  event.preventDefault();
  open(hit);
});
wide.addEventListener("change", openFirst);
openFirst();
Object.assign(ACTIONS, { j: () => walk(1), k: () => walk(-1) });
