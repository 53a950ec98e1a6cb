// Comfort only; every page is complete without it. Whatever is shown in place is fetched as the
// page that the same link leads to, so that there is one source of everything.
"use strict";

(function () {
  const every = (selector, root) => Array.from((root || document).querySelectorAll(selector));
  const one = (selector, root) => (root || document).querySelector(selector);
  const counted = (n, noun) => n + " " + noun + (n === 1 ? "" : "s");

  function make(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === "onclick") made.addEventListener("click", value);
      else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  const button = (text, onclick, attributes) =>
    make("button", { type: "button", class: "link", onclick, ...attributes }, text);

  async function get(url, options) {
    const answer = await fetch(url, options);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer;
  }

  async function page(url, options) {
    const text = await (await get(url, options)).text();
    return new DOMParser().parseFromString(text, "text/html");
  }

  const live = document.body.appendChild(make("p", { class: "unseen", role: "status" }));
  const say = (text) => { live.textContent = text; };

  // What the browser keeps: nothing of it is ever sent.

  const kept = {
    read(name, usual) {
      try {
        return JSON.parse(localStorage.getItem("backstory." + name)) ?? usual;
      } catch {
        return usual;
      }
    },
    write(name, value) {
      try {
        localStorage.setItem("backstory." + name, JSON.stringify(value));
        return true;
      } catch {
        say("The browser does not let this page keep anything.");
        return false;
      }
    },
  };
  const pins = () => kept.read("board", []);
  const reviewed = () => new Set(kept.read("reviewed", []));

  // Passages: copy, pin, reviewed.

  const formOf = (cite, name) => cite + (cite.includes("?") ? "&" : "?") + "format=" + name;

  async function copy(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      const area = document.body.appendChild(make("textarea", { class: "unseen" }));
      area.value = text;
      area.select();
      document.execCommand("copy");
      area.remove();
    }
    say("Copied.");
  }

  function briefly(target, text) {
    const before = target.dataset.label || (target.dataset.label = target.textContent);
    target.textContent = text;
    setTimeout(() => { target.textContent = before; }, 1500);
  }

  async function copyQuotation(event, cite) {
    const target = event.currentTarget;
    const text = await (await get(formOf(cite, "quote"))).text();
    await copy(text.trim());
    briefly(target, "Copied");
  }

  async function pin(id, url, cite) {
    const board = pins();
    if (board.some((held) => held.id === id)) {
      kept.write("board", board.filter((held) => held.id !== id));
      say("Taken off the board.");
    } else {
      const [item] = await (await get(formOf(cite, "csl-json"))).json();
      const markdown = await (await get(formOf(cite, "markdown"))).text();
      const source = [item["container-title"], issued(item)].filter(Boolean).join(", ");
      const held = { id, url, title: item.title, source, text: item.abstract, label: "", note: "" };
      kept.write("board", [...pins(), { ...held, markdown: markdown.trim() }]);
      say("Pinned to the board.");
    }
    decorate();
  }

  function issued(item) {
    const date = item.issued || {};
    if (!date["date-parts"]) return date.literal || "";
    return date["date-parts"][0].map((part) => String(part).padStart(2, "0")).join("-");
  }

  function review(id) {
    const held = reviewed();
    if (!held.delete(id)) held.add(id);
    kept.write("reviewed", [...held]);
    decorate();
  }

  let showsReviewed = false;

  function decorate() {
    const board = new Set(pins().map((held) => held.id)), seen = reviewed();
    for (const line of every("[data-passage] > .actions")) addButtons(line, board, seen);
    const done = every(".hit[data-passage]").filter((hit) => seen.has(hit.dataset.passage));
    every(".hit").forEach((hit) =>
      hit.classList.toggle("is-hidden", !showsReviewed && done.includes(hit)));
    const told = one(".hidden-count");
    if (told && done.length) {
      const what = showsReviewed ? " reviewed and shown " : " reviewed and hidden ";
      told.replaceChildren(counted(done.length, "passage") + what,
        button(showsReviewed ? "Hide" : "Show", () => { showsReviewed = !showsReviewed; decorate(); }), ". ");
    } else if (told) told.replaceChildren();
    const site = one(".pinned");
    if (site) site.textContent = board.size ? "(" + board.size + ")" : "";
  }

  function addButtons(line, board, seen) {
    const holder = line.parentElement, id = holder.dataset.passage;
    const link = one(".to-cite", line), cite = link.getAttribute("href");
    const url = (one("a.number", holder) || one("a", line)).getAttribute("href");
    let [pinned, done] = every("button[aria-pressed]", line);
    if (!pinned) {
      pinned = button("Pin", () => pin(id, url, cite).catch(failed));
      done = button("Reviewed", () => review(id));
      link.after(" ", button("Copy", (event) => copyQuotation(event, cite).catch(failed)), " ", pinned, " ", done);
    }
    pinned.setAttribute("aria-pressed", board.has(id));
    pinned.textContent = board.has(id) ? "Pinned" : "Pin";
    done.setAttribute("aria-pressed", seen.has(id));
  }

  const failed = () => say("The server did not answer. Try again.");

  // Links that open in place.

  async function unfold(link, after, find) {
    const open = link.unfolded;
    if (open) {
      open.remove();
      link.unfolded = null;
    } else {
      const found = find(await page(link.href));
      if (!found) return location.assign(link.href);
      link.unfolded = document.importNode(found, true);
      after.after(link.unfolded);
    }
    link.setAttribute("aria-expanded", !open);
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.more, a.to-related");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const isMore = link.matches(".more");
    const after = isMore ? link.closest(".spread") : link.closest(".actions");
    const own = link.closest("[data-passage]").dataset.passage;
    const find = (found) => {
      const list = one(isMore ? ".inside" : ".related", found);
      if (isMore && list) every("li", list).find((li) => li.dataset.passage === own)?.remove();
      return list;
    };
    unfold(link, after, find).catch(() => location.assign(link.href));
  });

  // Results as you type, and completion.

  const box = document.getElementById("q");
  let asking = null;

  async function ask(text) {
    asking?.abort();
    asking = new AbortController();
    const url = new URL(location.href);
    ["page", "exact"].forEach((name) => url.searchParams.delete(name));
    url.searchParams.set("q", text);
    const found = await page(url, { signal: asking.signal });
    document.getElementById("content").replaceChildren(...one("#content", found).childNodes);
    document.title = found.title;
    history.replaceState(null, "", url);
    decorate();
    say(one(".tallied").textContent.trim());
  }

  function waiting(milliseconds, work) {
    let timer = 0;
    return () => {
      clearTimeout(timer);
      timer = setTimeout(work, milliseconds);
    };
  }

  const soon = waiting(250, () => {
    const text = box.value.trim();
    if (text && text !== new URLSearchParams(location.search).get("q")) ask(text).catch(() => {});
  });

  function completing(url) {
    const list = make("ul", { id: "completions", class: "completions", role: "listbox", "aria-label": "Completions" });
    let shown = [], at = -1, typed = "", latest = 0;
    box.after(list);
    list.hidden = true;
    for (const [name, value] of [["role", "combobox"], ["aria-controls", "completions"],
      ["aria-autocomplete", "list"], ["aria-expanded", "false"]]) box.setAttribute(name, value);

    function show(found) {
      [shown, at] = [found, -1];
      list.replaceChildren(...found.map((each, n) =>
        make("li", { id: "completion-" + n, role: "option", "aria-selected": "false" },
          make("bdi", {}, each.shown), make("span", { class: "count" }, each.kind + ", " + each.count))));
      list.hidden = !found.length;
      box.setAttribute("aria-expanded", Boolean(found.length));
      box.removeAttribute("aria-activedescendant");
    }

    function move(by) {
      at = (at + by + shown.length + 1 + 1) % (shown.length + 1) - 1;
      every("li", list).forEach((item, n) => item.setAttribute("aria-selected", n === at));
      box.value = at < 0 ? typed : shown[at].text;
      if (at < 0) box.removeAttribute("aria-activedescendant");
      else box.setAttribute("aria-activedescendant", "completion-" + at);
    }

    const fill = waiting(120, async () => {
      const number = ++latest;
      typed = box.value;
      if (!typed.trim()) return show([]);
      const found = await (await get(url + "?q=" + encodeURIComponent(typed))).json();
      if (number === latest && document.activeElement === box) show(found.completions || found);
    });
    box.addEventListener("input", () => fill());
    box.addEventListener("blur", () => { latest++; show([]); });
    box.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        move(event.key === "ArrowDown" ? 1 : -1);
      } else if (event.key === "Escape") {
        event.preventDefault();
        box.value = typed;
        show([]);
      }
    });
    list.addEventListener("mousedown", (event) => {
      const item = event.target.closest("li");
      if (!item) return;
      event.preventDefault();
      box.value = shown[every("li", list).indexOf(item)].text;
      box.form.submit();
    });
  }

  if (box?.dataset.complete) completing(box.dataset.complete);
  if (one(".results .tallied") && location.pathname === box?.form.getAttribute("action")) box.addEventListener("input", soon);

  // Keys, and the way from match to match.

  const KEYS = [["/", "to the search box"], ["j, k", "next, previous hit"], ["n, p", "next, previous match in a document"], ["?", "this list"]];
  const matches = every(".passage.is-match");

  function current() {
    const asked = matches.findIndex((match) => "#" + match.id === location.hash);
    if (asked >= 0) return asked;
    return matches.filter((match) => match.getBoundingClientRect().top < 0).length - 1;
  }

  function step(by) {
    const match = matches[Math.max(0, Math.min(matches.length - 1, current() + by))];
    if (match) location.hash = match.id;
  }

  function walk(by) {
    const links = every(".hit:not(.is-hidden) h3 a");
    const at = links.findIndex((link) => link.closest(".hit").contains(document.activeElement));
    links[Math.max(0, Math.min(links.length - 1, at + by))]?.focus();
  }

  if (matches.length > 1) {
    const place = make("span", { role: "status" });
    const tell = () => { place.textContent = current() < 0 ? counted(matches.length, "match").replace("hs", "hes") : "Match " + (current() + 1) + " of " + matches.length; };
    one(".reader").append(make("nav", { class: "walker", "aria-label": "Matches, one by one" }, place,
      button("Previous", () => step(-1)), button("Next", () => step(1))));
    addEventListener("hashchange", tell);
    tell();
  }

  function showKeys() {
    const choice = make("input", { type: "checkbox", id: "use-keys" });
    choice.checked = kept.read("keys", true);
    choice.addEventListener("change", () => kept.write("keys", choice.checked));
    const rows = KEYS.map(([key, what]) => make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, what)));
    const dialog = document.body.appendChild(make("dialog", { "aria-labelledby": "keys-title" },
      make("h2", { id: "keys-title" }, "Keys"), make("dl", { class: "keys" }, ...rows),
      make("p", {}, choice, " ", make("label", { for: "use-keys" }, "Use these keys")),
      button("Close", () => dialog.close())));
    dialog.addEventListener("close", () => dialog.remove());
    dialog.showModal();
  }

  const ACTIONS = {
    "/": () => { box?.focus(); box?.select(); },
    j: () => walk(1),
    k: () => walk(-1),
    n: () => step(1),
    p: () => step(-1),
    "?": showKeys,
  };

  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, dialog");
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping || !(event.key in ACTIONS)) return;
    if (event.key !== "?" && !kept.read("keys", true)) return;
    event.preventDefault();
    ACTIONS[event.key]();
  });
  every('.foot a[href$="#keys"]').forEach((link) =>
    link.addEventListener("click", (event) => { event.preventDefault(); showKeys(); }));

  // Citations, and the board.

  every(".form").forEach((form) => {
    const copied = button("Copy", (event) => { copy(form.textContent); briefly(event.currentTarget, "Copied"); });
    one(".actions", form.parentElement).prepend(copied, " ");
  });

  function memo(board) {
    const parts = ["# Memo"];
    let label = "";
    for (const held of board) {
      if (held.label !== label) parts.push("## " + oneLine(held.label || "Without a label"));
      label = held.label;
      parts.push(held.markdown);
      if (held.note) parts.push(held.note);
    }
    return parts.join("\n\n") + "\n";
  }

  const oneLine = (text) => text.replace(/\s+/g, " ").replace(/[\\`*_{}[\]<>#|]/g, "\\$&");

  function download(name, text) {
    const url = URL.createObjectURL(new Blob([text], { type: "text/markdown" }));
    const link = make("a", { href: url, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(url), 1000);
  }

  function showBoard() {
    const place = document.getElementById("board"), board = pins();
    if (!place) return;
    if (!board.length) {
      place.replaceChildren(make("p", { class: "remark" }, "Nothing is pinned yet. Every hit and every paragraph has a button “Pin”."));
      return;
    }
    const change = (next) => { kept.write("board", next); showBoard(); decorate(); };
    const tools = make("p", { class: "actions board-tools" },
      make("strong", {}, counted(board.length, "passage")),
      button("Export as Markdown", () => download("memo.md", memo(pins()))),
      button("Order by label", () => change(pins().sort((a, b) => a.label.localeCompare(b.label)))),
      button("Clear the board", () => confirm("Take every passage off the board?") && change([])));
    place.replaceChildren(tools, make("ol", {}, ...board.map((held, at) => pinned(held, at, board.length, change))));
  }

  function pinned(held, at, count, change) {
    const field = (tag, name, text) => {
      const input = make(tag, { id: name + "-" + at, ...(tag === "input" ? { type: "text" } : { rows: "2" }) });
      input.value = held[name];
      input.addEventListener("change", () =>
        kept.write("board", pins().map((each) => each.id === held.id ? { ...each, [name]: input.value } : each)));
      return make("div", {}, make("label", { for: input.id }, text), input);
    };
    const move = (by) => {
      const next = pins();
      next.splice(at + by, 0, ...next.splice(at, 1));
      change(next);
      one("#pin-" + (at + by))?.focus();
    };
    const up = button("Up", () => move(-1)), down = button("Down", () => move(1));
    [up.disabled, down.disabled] = [at === 0, at === count - 1];
    return make("li", { class: "pin", id: "pin-" + at, tabindex: "-1" },
      make("h2", {}, make("a", { href: inside(held.url) }, make("bdi", {}, held.title))),
      make("p", { class: "facts" }, held.source + (held.source ? " · " : "") + held.id),
      make("blockquote", { class: "text", dir: "auto" }, held.text || ""),
      field("input", "label", "Label"), field("textarea", "note", "Why it matters"),
      make("p", { class: "actions" }, up, down,
        button("Take off", () => change(pins().filter((each) => each.id !== held.id)))));
  }

  // Storage could hold anything: only addresses of this site become links.
  const inside = (url) => (/^\/(?!\/)/.test(url) ? url : "/");

  addEventListener("storage", () => { decorate(); showBoard(); });
  decorate();
  showBoard();
})();
