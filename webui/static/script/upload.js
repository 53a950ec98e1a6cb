// Files that are dropped or chosen are sent one after the other, each with its progress; without
// this the form sends them all at once, and the page says the same of each.

import { make, one } from "./page.js";

const form = one("form.dropping");
const box = one("#files");
const list = one("ol.uploads");
const said = one(".sent");
const waiting = [];
let isSending = false;
const counts = { added: 0, "already there": 0, "not added": 0 };

one(".with-script").hidden = false;

const token = one('meta[name="csrf-token"]').content;

function entry(file) {
  const bar = make("progress", { max: "1", value: "0", "aria-label": "Sending " + file.name });
  const fate = make("span", { class: "fate" }, "waiting");
  const item = make("li", {}, make("p", { class: "upload-name" }, make("bdi", {}, file.name), " ", fate), bar);
  return list.appendChild(item), { file, item, bar, fate };
}

function settle({ item, bar, fate }, outcome, reason, documents = []) {
  bar.remove();
  fate.textContent = outcome;
  item.classList.toggle("is-refused", outcome === "not added");
  if (reason) item.append(make("p", { class: "reason" }, reason[0].toUpperCase() + reason.slice(1) + "."));
  for (const each of documents.slice(0, 5)) {
    const passages = each.passages === 1 ? "1 passage" : each.passages.toLocaleString("en") + " passages";
    item.append(make("p", { class: "facts" },
      make("a", { href: each.link }, make("bdi", {}, each.title || each.document)), " ", make("span", { class: "fact" }, passages)));
  }
  if (documents.length > 5) item.append(make("p", { class: "facts" }, "and " + (documents.length - 5) + " more"));
  counts[outcome] += 1;
}

function summary() {
  const files = (count) => (count === 1 ? "1 file" : count + " files");
  const parts = [files(counts.added) + " added"];
  if (counts["already there"]) parts.push(counts["already there"] + " already there");
  if (counts["not added"]) parts.push(counts["not added"] + " not added");
  said.replaceChildren(make("h2", {}, parts.join(", ")));
}

// Returns what became of one file, as [outcome, reason, documents].
function send(each) {
  const body = new FormData();
  body.append(box.name, each.file);
  const request = new XMLHttpRequest();
  request.open("POST", form.dataset.send);
  request.responseType = "json";
  request.setRequestHeader("X-CSRF-Token", token);
  request.upload.addEventListener("progress", (event) => {
    each.bar.value = event.loaded / event.total;
    each.fate.textContent = event.loaded < event.total ? "being sent" : "being read";
  });
  return new Promise((resolve) => {
    request.addEventListener("loadend", () => {
      const answer = request.response;
      const result = request.status === 200 && answer?.files[0];
      if (result) resolve([result.fate, result.reason, result.documents]);
      else resolve(["not added", answer?.detail?.replace(/\.$/, "") || "the server did not take it; try it again"]);
    });
    request.send(body);
  });
}

async function sendAll() {
  if (isSending) return;
  isSending = true;
  for (let each = waiting.shift(); each; each = waiting.shift()) {
    const most = Number(form.dataset.most);
    if (each.file.size > most * 1024 * 1024) settle(each, "not added", `it is larger than ${most} MB`);
    else settle(each, ...(await send(each)));
  }
  isSending = false;
  summary();
}

function take(files) {
  waiting.push(...Array.from(files, entry));
  form.reset();
  sendAll();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  take(box.files);
});
form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("is-over"); });
form.addEventListener("dragleave", () => form.classList.remove("is-over"));
form.addEventListener("drop", (event) => {
  event.preventDefault();
  form.classList.remove("is-over");
  take(event.dataTransfer.files);
});
