// How much is new for each followed question since the reader was here last.

import { get, make, one } from "./page.js";
import { last } from "./visits.js";

const list = one("[data-count]");
if (list && last) {
  get(`${list.dataset.count}?${new URLSearchParams({ since: last })}`).then((answer) => answer.json()).then(({ questions }) => {
    for (const { name, new: count } of questions) {
      const facts = one(`[data-name="${CSS.escape(name)}"] .facts`);
      if (facts && count) facts.append(" ", make("span", { class: "fact since-last" }, `${count} since your last visit`));
    }
  }).catch(() => {});
}
