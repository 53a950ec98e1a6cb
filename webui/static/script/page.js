// Elements, and pages that are fetched to be shown in place.

export const every = (selector, root) => Array.from((root || document).querySelectorAll(selector));
export const one = (selector, root) => (root || document).querySelector(selector);
export const counted = (n, noun) => n + " " + noun + (n === 1 ? "" : "s");

export function make(tag, attributes, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export const button = (text, onclick, attributes) =>
  make("button", { type: "button", class: "link", onclick, ...attributes }, text);

export async function get(url, options) {
  const answer = await fetch(url, options);
  if (answer.status === 401) location.reload(); // the session is over: log in, and come back here
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

export async function page(url, options) {
  const text = await (await get(url, options)).text();
  return new DOMParser().parseFromString(text, "text/html");
}

export function waiting(milliseconds, work) {
  let timer = 0;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(work, milliseconds);
  };
}

export function download(name, text, type) {
  const url = URL.createObjectURL(new Blob([text], { type }));
  make("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 1000);
}
