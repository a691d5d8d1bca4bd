// What every page adds where scripts run: keys, the error summary's focus, menus that close.
import { keepOffline, keysOn } from "./dom.js";
import "./keep.js"; // every page takes note of the form that led to it

const typing = (e) => e.target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      menu.open = false;
      menu.querySelector("summary").focus();
    }
    return;
  }
  if (!keysOn() || e.ctrlKey || e.metaKey || e.altKey || typing(e)) return;
  if (e.key === "/") {
    e.preventDefault();
    const find = document.getElementById("find");
    find.focus();
    find.select();
  } else if (e.key === "?") {
    location.assign("/about#keys");
  } else if (e.key === "j" || e.key === "k") {
    walk(e.key === "j" ? 1 : -1);
  }
});

// walk moves the focus along the rows of the page's list.
function walk(step) {
  const links = [...document.querySelectorAll(".rows > li :is(h3 a, p a):first-of-type")];
  if (links.length === 0) return;
  const at = links.indexOf(document.activeElement);
  const next = links[Math.min(Math.max(at + step, 0), links.length - 1)];
  next.focus();
}

document.addEventListener("click", (e) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(e.target)) menu.open = false;
  }
});

// Whoever signs out leaves nothing that she wrote to the next one at this computer. It is wiped where
// the portal's answer leads to, for without a network she is signed in still; and only after a press
// on this page, for anybody can make a link to there.
const out = "praxis:out";
document.addEventListener("submit", (e) => {
  if (!["/sign-out", "/settings/sessions/end"].includes(e.target.getAttribute("action"))) return;
  try { sessionStorage.setItem(out, "1"); } catch { /* a forbidden store holds nothing */ }
});
try {
  const pressed = sessionStorage.getItem(out);
  sessionStorage.removeItem(out);
  if (pressed && !document.body.dataset.member && new URLSearchParams(location.search).get("done") === "signed_out") {
    for (const store of [localStorage, sessionStorage]) {
      for (const key of Object.keys(store)) if (key.startsWith("praxis:")) store.removeItem(key);
    }
  }
} catch { /* a forbidden store holds nothing */ }

// What completes a search is fetched when somebody comes to a search field: most readers never do.
const more = SUGGEST; // its address, which the bundler puts here
document.addEventListener("focusin", (e) => {
  if (e.target.matches("form[action='/search'] [name=q]")) import(more).then((m) => m.complete(e.target)).catch(() => {});
});

document.getElementById("errors")?.focus();

// What was done is in the page from its beginning, where nobody who listens hears it: say it once more.
const done = document.querySelector(".head > [role=status]");
if (done) {
  const said = document.createElement("p");
  said.className = "sr";
  said.setAttribute("role", "status");
  document.body.append(said);
  setTimeout(() => { said.textContent = done.textContent; }, 400);
}
addEventListener("load", keepOffline);
