// Comfort only; every page is complete without it. Whatever is shown in place is fetched as the
// page that the same link leads to, so that there is one source of everything. What only some pages
// need is an entry of its own there: results.js, reader.js, board.js.

import { one } from "./page.js";
import { decorate } from "./passages.js";
import "./completion.js";
import "./keys.js";
import "./drawer.js";
import "./history.js";
import "./visits.js";

// The address on paper is that of what is shown, also when it was typed since the page came.
addEventListener("beforeprint", () => {
  const printed = one(".printed-from bdi");
  if (printed) printed.textContent = printed.textContent.split("?")[0].split("#")[0] + location.search + location.hash;
});

decorate();
