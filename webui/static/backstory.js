// Comfort only; every page is complete without it. "/" goes to the search box, n and p to the
// next and previous match of an open document.
"use strict";

(function () {
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");
  const matches = Array.from(document.querySelectorAll(".passage.is-match"));

  function current() {
    const asked = matches.findIndex((match) => "#" + match.id === location.hash);
    if (asked >= 0) return asked;
    return matches.filter((match) => match.getBoundingClientRect().top < 0).length - 1;
  }

  function step(by) {
    const match = matches[Math.max(0, Math.min(matches.length - 1, current() + by))];
    if (match) location.hash = match.id;
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (event.key === "/") {
      event.preventDefault();
      const box = document.getElementById("q");
      box.focus();
      box.select();
    } else if (event.key === "n") {
      step(1);
    } else if (event.key === "p") {
      step(-1);
    }
  });
})();
