// What has come since the reader was here last. A visit ends when no page was opened for a while.

import { counted, get, one } from "./page.js";
import { read, write } from "./storage.js";

const PAUSE = 30 * 60 * 1000; // milliseconds without a page, after which another visit begins

const now = new Date().toISOString();
const kept = read("visits", {});
const isNew = !(Date.now() - Date.parse(kept.seen) < PAUSE);
export const last = isNew ? kept.seen : kept.last; // when the visit before this one ended
write("visits", { seen: now, last });

const place = document.getElementById("arrivals");
if (place && last) {
  const since = new URLSearchParams({ since: last });
  get(`${place.dataset.count}?${since}&n=1`).then((answer) => answer.json()).then(({ total }) => {
    if (!total) return;
    const link = one("a", place);
    link.href += `?order=added&${since}`;
    link.textContent = `${counted(total, "document")} added since your last visit`;
    place.hidden = false;
  }).catch(() => {});
}
