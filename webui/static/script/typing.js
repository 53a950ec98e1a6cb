// Results as you type. The last word counts as the beginning of one, and nothing is corrected, until
// Enter. The first letter adds an entry to the history, so that Back leads to the question before.

import { note } from "./history.js";
import { openFirst } from "./hits.js";
import { one, page, waiting } from "./page.js";
import { decorate } from "./passages.js";
import { say, whisper } from "./status.js";

const SLOW = 400; // milliseconds, from which on results are shown to be old
const box = document.getElementById("q");
const content = document.getElementById("content");
const asked = () => new URLSearchParams(location.search).get("q") || "";
let asking = null;
let isTyping = false;
let shown = location.search; // the question whose results are shown, or on their way

async function show(url, options) {
  shown = location.search;
  asking?.abort();
  asking = new AbortController();
  const slow = setTimeout(() => stale(`Searching for “${box.value.trim()}” …`), SLOW);
  try {
    const found = await page(url, { ...options, signal: asking.signal });
    content.replaceChildren(...one("#content", found).childNodes);
    document.title = found.title;
    content.classList.remove("is-stale");
    decorate();
    openBeside();
    if (!isTyping) note();
    say("");
    whisper(one(".tallied")?.textContent.trim() || "");
  } catch (error) {
    if (error.name === "AbortError") return;
    stale("The server did not answer: what is shown belongs to an earlier question.");
  } finally {
    clearTimeout(slow);
  }
}

const openBeside = waiting(300, openFirst);

function stale(text) {
  content.classList.add("is-stale");
  say(text);
}

const ask = waiting(60, () => {
  const text = box.value.trim();
  if (!text || text === asked()) return;
  const url = new URL(location.href);
  ["page", "exact", "open"].forEach((name) => url.searchParams.delete(name));
  url.searchParams.set("q", text);
  url.hash = "";
  history[isTyping ? "replaceState" : "pushState"](null, "", url);
  isTyping = true;
  const typed = new URL(url);
  typed.searchParams.set("typing", "1");
  show(typed);
});

if (box && one(".results .tallied") && location.pathname === box.form.getAttribute("action")) {
  box.addEventListener("input", ask);
  // Enter asks for what is typed in full: the entry of the typing becomes that of the question.
  box.form.addEventListener("submit", (event) => {
    if (!isTyping) return;
    event.preventDefault();
    isTyping = false;
    const text = box.value.trim();
    const url = new URL(location.href);
    url.searchParams.set("q", text);
    history.replaceState(null, "", url);
    show(url);
  });
  addEventListener("popstate", () => {
    if (location.search === shown) return; // only the place on the page is another
    isTyping = false;
    box.value = asked();
    show(location.href);
  });
}
