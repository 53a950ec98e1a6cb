// Passages: quotations are copied, passages pinned and marked as reviewed, links open in place.

import { button, counted, every, get, make, one, page } from "./page.js";
import { failed, say } from "./status.js";
import { keepPins, keepReviewed, pins, reviewed } from "./storage.js";

const formOf = (cite, name) => cite + (cite.includes("?") ? "&" : "?") + "format=" + name;
let showsReviewed = false;

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = document.createElement("textarea");
    area.className = "unseen";
    document.body.append(area);
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  say("Copied.");
}

function briefly(button, text) {
  const target = button.firstElementChild || button;
  const before = target.dataset.label || (target.dataset.label = target.textContent);
  target.textContent = text;
  setTimeout(() => { target.textContent = before; }, 1500);
}

export async function copyQuotation(event, cite) {
  const target = event.currentTarget;
  const text = await (await get(formOf(cite, "quote"))).text();
  await copy(text.trim());
  briefly(target, "Copied");
}

const coming = new Set(); // passages that are being pinned

// Pins a passage, or words of it; if it is on the board already, it is taken off.
export async function pin(id, url, cite) {
  if (pins().some((held) => held.id === id)) return takeOff(id);
  if (coming.has(id)) return;
  coming.add(id);
  try {
    const [item] = await (await get(formOf(cite, "csl-json"))).json();
    const markdown = await (await get(formOf(cite, "markdown"))).text();
    const source = [item["container-title"], issued(item)].filter(Boolean).join(", ");
    const held = { id, url, title: item.title, source, text: item.abstract, group: "", note: "" };
    const before = pins().filter((other) => other.id !== id);
    if (keepPins([...before, { ...held, markdown: markdown.trim() }])) {
      const write = () => dispatchEvent(new CustomEvent("writenote", { detail: id }));
      say("Pinned to the board.", { label: "Write a note", act: write });
    }
  } finally {
    coming.delete(id);
  }
  decorate();
}

// Takes a passage off the board, with its label and note; until something else is said, it can be
// put back where it was.
export function takeOff(id, shown = decorate) {
  const board = pins(), at = board.findIndex((held) => held.id === id);
  if (at < 0 || !keepPins(board.filter((held) => held.id !== id))) return;
  say("Taken off the board.", {
    label: "Undo",
    act() {
      const now = pins().filter((held) => held.id !== id);
      now.splice(at, 0, board[at]);
      if (keepPins(now)) say("Back on the board.");
      shown();
    },
  });
  shown();
}

function issued(item) {
  const date = item.issued || {};
  if (!date["date-parts"]) return date.literal || "";
  return date["date-parts"][0].map((part) => String(part).padStart(2, "0")).join("-");
}

function review(id) {
  const held = reviewed();
  if (!held.delete(id)) held.add(id);
  keepReviewed(held);
  decorate();
}

export function decorate() {
  const board = new Set(pins().map((held) => held.id)), seen = reviewed();
  for (const line of every("[data-passage] .actions")) addButtons(line, board, seen);
  const done = every(".hit[data-passage]").filter((hit) => seen.has(hit.dataset.passage));
  every(".hit").forEach((hit) =>
    hit.classList.toggle("is-hidden", !showsReviewed && done.includes(hit)));
  const told = one(".hidden-count");
  if (told && done.length) {
    const what = showsReviewed ? " reviewed and shown " : " reviewed and hidden ";
    const turn = () => { showsReviewed = !showsReviewed; decorate(); };
    told.replaceChildren(counted(done.length, "passage") + what,
      button(showsReviewed ? "Hide" : "Show", turn), ". ");
  } else if (told) told.replaceChildren();
  const site = one(".pinned");
  if (site) site.textContent = board.size ? " (" + board.size + ")" : "";
}

function addButtons(line, board, seen) {
  const holder = line.closest("[data-passage]"), id = holder.dataset.passage;
  const name = holder.dataset.name || "passage " + id.split("#p").pop();
  const link = one(".to-cite", line), cite = link.getAttribute("href");
  const url = (one("a.number", holder) || one("h2 a, h3 a", holder)).getAttribute("href");
  let [pinned, done] = every("button[aria-pressed]", line);
  if (!pinned) {
    pinned = button("Pin", () => pin(id, url, cite).catch(failed));
    done = button("Reviewed", () => review(id), { "aria-label": "Reviewed: " + name });
    const copying = (event) => copyQuotation(event, cite).catch(failed);
    const copied = button("Copy", copying, { "aria-label": "Copy quotation of " + name });
    const others = one(".other-actions", line);
    link.after(copied, " ", pinned, " ", others ? "" : done);
    if (others) one(".address", others).before(link, " ", done, " ");
    else link.after(" ");
  }
  pinned.setAttribute("aria-pressed", board.has(id));
  pinned.textContent = board.has(id) ? "Pinned" : "Pin";
  pinned.setAttribute("aria-label", pinned.textContent + ": " + name);
  done.setAttribute("aria-pressed", seen.has(id));
}

async function unfold(link, after, find) {
  const open = link.unfolded;
  if (open) {
    open.remove();
    link.unfolded = null;
  } else {
    const found = find(await page(link.href));
    if (!found) return location.assign(link.href);
    link.unfolded = document.importNode(found, true);
    after.after(link.unfolded);
  }
  link.setAttribute("aria-expanded", !open);
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.more, a.to-related");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const isMore = link.matches(".more");
  const line = link.closest(".about-hit");
  const after = line ? line.lastElementChild : link.closest(".actions");
  const own = link.closest("[data-passage]").dataset.passage;
  const find = (found) => {
    const list = one(isMore ? ".inside" : ".related", found);
    if (isMore && list) every("li", list).find((li) => li.dataset.passage === own)?.remove();
    return list;
  };
  unfold(link, after, find).catch(() => location.assign(link.href));
});

every(".form").forEach((form) => {
  const copying = (event) => { copy(form.textContent); briefly(event.currentTarget, "Copied"); };
  one(".actions", form.parentElement).prepend(button("Copy", copying), " ");
});
addEventListener("storage", () => decorate()); // the board was changed in another tab
