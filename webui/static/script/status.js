// One line that says what has happened, to those who see and to those who listen.

import { button, make } from "./page.js";

const SHOWN = 6000; // milliseconds; what offers something to do stays longer
const words = make("span");
const offer = make("span");
const line = make("p", { class: "status", role: "status" }, words, " ", offer);
line.hidden = true;
document.body.append(line);
let timer = 0;

export function say(text, action) {
  clearTimeout(timer);
  line.hidden = !text;
  words.textContent = text;
  offer.replaceChildren(...(action ? [button(action.label, () => { say(""); action.act(); })] : []));
  if (text) timer = setTimeout(() => say(""), action ? 3 * SHOWN : SHOWN);
}

// Says what those who see can read on the page already: only to those who listen.
const aside = make("p", { class: "unseen", role: "status" });
document.body.append(aside);
export const whisper = (text) => { aside.textContent = text; };

export const failed = () => say("The server did not answer. Try again.");
