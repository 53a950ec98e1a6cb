// Keys, and the list of them.

import { toggleBoard } from "./drawer.js";
import { button, every, make } from "./page.js";
import { say } from "./status.js";
import { read, write } from "./storage.js";

const KEYS = [["/", "to the search box"], ["j, k", "next, previous hit, and its preview"],
  ["n, p", "next, previous match in a document"], ["b", "to the board and back"], ["?", "this list"]];
const box = document.getElementById("q");

function showKeys() {
  const choice = make("input", { type: "checkbox", id: "use-keys" });
  choice.checked = read("keys", true);
  choice.addEventListener("change", () => {
    if (!write("keys", choice.checked)) say("The browser does not let this page keep anything.");
  });
  const rows = KEYS.map(([key, what]) =>
    make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)));
  const dialog = document.body.appendChild(make("dialog", { "aria-labelledby": "keys-title" },
    make("h2", { id: "keys-title" }, "Keys"), make("dl", { class: "keys" }, ...rows),
    make("p", {}, choice, " ", make("label", { for: "use-keys" }, "Use these keys")),
    button("Close", () => dialog.close())));
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

// What only some pages have adds its keys itself: hits.js, matches.js.
export const ACTIONS = {
  "/": () => { box?.focus(); box?.select(); },
  b: toggleBoard,
  "?": showKeys,
};

document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, textarea, select, dialog");
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping || !(event.key in ACTIONS)) return;
  if (event.key !== "?" && !read("keys", true)) return;
  event.preventDefault();
  ACTIONS[event.key]();
});
every('.foot a[href$="#keys"]').forEach((link) =>
  link.addEventListener("click", (event) => { event.preventDefault(); showKeys(); }));
