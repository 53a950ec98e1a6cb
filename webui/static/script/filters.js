// The filters as a sheet, where there is no room for them beside the hits.

import { button, make } from "./page.js";

document.addEventListener("click", (event) => {
  const link = event.target.closest("a.to-filters"), filters = document.getElementById("filters");
  if (!link || !filters) return;
  event.preventDefault();
  const place = document.createComment("filters");
  filters.replaceWith(place);
  const dialog = document.body.appendChild(make("dialog", { class: "sheet-of-filters", "aria-label": "Filters" },
    button("Close", () => dialog.close(), { class: "link close" }), filters));
  dialog.addEventListener("close", () => {
    place.replaceWith(filters);
    dialog.remove();
    link.focus();
  });
  dialog.showModal();
});
