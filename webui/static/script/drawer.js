// The board as a drawer on every page: opened by its link at the top of the page or with "b", closed
// with Escape. The page stays usable beside it.

import { button, make, one } from "./page.js";

const link = one(".site a[data-drawer]");
const ownPlace = document.getElementById("board"); // on the page of the board there is no drawer
let drawer = null;
let opener = null;
let shown = null; // the board's module, once the drawer shows the board

const board = () => import("./board.js"); // with the first opening: it is a third of all scripts

function made() {
  const body = make("div", { tabindex: "-1" });
  const aside = make("aside", { class: "drawer", "aria-labelledby": "drawer-title", tabindex: "-1" },
    make("header", {}, make("h2", { id: "drawer-title" }, "Board"),
      make("a", { href: link.href }, "On a page of its own"), button("Close", close)), body);
  aside.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
  });
  document.body.append(aside);
  shown = board().then((module) => {
    module.showIn(body, 3);
    return module;
  });
  return aside;
}

function open() {
  if (!drawer?.contains(document.activeElement)) opener = document.activeElement;
  drawer ||= made();
  drawer.hidden = false;
  link.setAttribute("aria-expanded", "true");
  drawer.focus();
}

function close() {
  drawer.hidden = true;
  link.setAttribute("aria-expanded", "false");
  (opener?.isConnected && opener !== document.body ? opener : link).focus();
}

export function toggleBoard() {
  if (ownPlace) ownPlace.focus();
  else if (drawer && !drawer.hidden) close();
  else if (link) open();
}

if (link && !ownPlace) {
  link.setAttribute("role", "button");
  link.setAttribute("aria-expanded", "false");
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    toggleBoard();
  });
  link.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    toggleBoard();
  });
}
addEventListener("boardchange", board); // who has pinned something may want to write a note
addEventListener("writenote", async (event) => {
  if (!ownPlace && link) open();
  (await (shown || board())).writeNote(event.detail); // there is no note before the board is shown
});
