// The last questions that were asked in this browser: kept with their results, searched, cleared.

import { button, make, one } from "./page.js";
import { say } from "./status.js";
import { keepQuestions, questions } from "./storage.js";

const RECENT = 5;
const page = document.getElementById("history");
const recent = document.getElementById("recent");

// Notes the question whose results are shown. Where a passage is open beside them, and which page of
// them is shown, makes it no other question.
export function note() {
  const told = one(".results .tallied strong")?.textContent.trim();
  const url = new URL(location.href);
  const text = url.searchParams.get("q")?.trim();
  if (!told || !text) return;
  ["page", "open", "typing"].forEach((name) => url.searchParams.delete(name));
  const asked = { text, url: url.pathname + url.search, told, at: new Date().toISOString() };
  keepQuestions([asked, ...questions().filter((each) => each.url !== asked.url)]);
}

const when = (at) => {
  const date = new Date(at);
  return isNaN(date) ? "" : date.toLocaleString([], { dateStyle: "medium", timeStyle: "short" });
};

function line(asked) {
  const how = [...new URLSearchParams(asked.url.split("?")[1])].filter(([name]) => name !== "q");
  const told = [asked.told, ...how.map(([name, value]) => `${name}: ${value}`), when(asked.at)];
  return make("li", {}, make("a", { href: asked.url }, make("bdi", {}, asked.text)), " ",
    make("span", { class: "facts" }, told.filter(Boolean).join(" · ")));
}

function show() {
  const field = make("input", { id: "find-question", type: "search", autocomplete: "off" });
  const list = make("ol", { class: "questions" });
  const none = make("p", { class: "remark" });
  const fill = () => {
    const sought = field.value.trim().toLowerCase();
    const found = questions().filter((asked) => asked.text.toLowerCase().includes(sought));
    list.replaceChildren(...found.map(line));
    none.textContent = found.length ? "" : sought ? "No question has these letters." : "Nothing was asked yet.";
  };
  const clear = () => {
    const before = questions();
    keepQuestions([]);
    fill();
    say("The history is empty.", { label: "Undo", act: () => { keepQuestions(before); fill(); } });
  };
  field.addEventListener("input", fill);
  fill();
  page.replaceChildren(
    make("p", { class: "span" }, make("label", { for: field.id }, "Find"), field, button("Clear the history", clear)),
    list, none);
}

if (page) show();
if (recent && questions().length) {
  one("ol", recent).replaceChildren(...questions().slice(0, RECENT).map(line));
  recent.hidden = false;
}
if (!page) note();
