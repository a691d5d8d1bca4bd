// Keys of the queue: j and k move along the cases, a, c and r lead to the decision. The first press
// goes to the note or the button, so that nothing is decided by one slip of a finger.
import { keepForm, settle } from "/shared/keep.js";
import { fragment, keysOn } from "/shared/dom.js";
import { follow } from "/shared/socket.js";

// What was just decided can be taken back for ten seconds.
const undo = document.getElementById("undo");
if (undo) setTimeout(() => undo.remove(), 10_000);

const form = document.getElementById("decision");
const keys = document.getElementById("keys");
if (keys) keys.hidden = !keysOn();
if (form) {
  keepForm(form, "case:" + form.dataset.case);
  form.addEventListener("input", claim, { once: true });
  form.addEventListener("click", insert);
  if (!document.getElementById("errors")) document.getElementById("case").focus({ preventScroll: true });
} else {
  settle();
}

// The list follows what happens: what comes in, what colleagues take and decide. What is being written
// stays; a colleague's name or decision is told above it.
const news = document.getElementById("news"), waiting = document.getElementById("waiting");
const gather = 300; // ms, so that what happens together is fetched once
let head = Number(news.dataset.head), fetching;

follow("moderation", () => head, (m, from) => {
  if (m.op !== "event" && m.op !== "reset") return;
  fetching ??= setTimeout(() => {
    fetching = null;
    renew(m.type === "case.opened").catch(from.again);
  }, gather);
});

async function renew(opened) {
  const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  if (!answer.ok) throw new Error(answer.status);
  const page = fragment(await answer.text());
  head = Math.max(head, Number(page.getElementById("news").dataset.head));
  const at = [...waiting.querySelectorAll("a")].indexOf(document.activeElement);
  waiting.replaceChildren(...page.getElementById("waiting").childNodes);
  if (at >= 0) [...waiting.querySelectorAll("a")].at(Math.min(at, waiting.querySelectorAll("a").length - 1))?.focus();
  document.getElementById("count")?.replaceChildren(page.getElementById("count")?.textContent ?? "");
  news.textContent = "";
  if (opened) news.textContent = news.dataset.new;
  const taken = document.getElementById("taken");
  if (!form || document.querySelector(".holder")) return;
  const said = page.querySelector("#errors, .holder");
  taken.hidden = !said;
  if (said && taken.textContent !== said.textContent) taken.textContent = said.textContent;
}

// claim takes the case for whoever begins to write, and says when a colleague was faster.
async function claim() {
  if (!("free" in form.dataset)) return;
  try {
    // Its buttons are called "action", too, so form.action is not the address.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams({ action: "claim" }) });
    document.getElementById("taken").hidden = answer.status !== 409;
  } catch { /* without a network the decision itself will tell */ }
}

// insert puts a saved reply under what is written, without asking the server.
function insert(e) {
  const reply = e.target.closest("[data-text]");
  if (!reply) return;
  e.preventDefault();
  form.note.value = (form.note.value.trim() + "\n\n" + reply.dataset.text).trim();
  form.note.dispatchEvent(new Event("input", { bubbles: true }));
  form.note.focus();
}

document.addEventListener("keydown", (e) => {
  if (!keysOn() || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select")) return;
  if (e.key === "j" || e.key === "k") {
    const cases = [...document.querySelectorAll("#cases a")];
    const at = cases.findIndex((a) => a.matches("[aria-current]"));
    const next = cases[at + (e.key === "j" ? 1 : -1)] ?? (at < 0 ? cases[0] : null);
    if (!next || !form) return;
    e.stopImmediatePropagation();
    location.assign(next.href);
    return;
  }
  const button = e.key === "u" ? undo?.querySelector("button") : form?.querySelector("[data-key='" + e.key + "']");
  if (!button) return;
  e.preventDefault();
  const note = form?.note;
  const needed = button.value === "request_changes" || button.value === "reject";
  (needed && !note.value.trim() ? note : button).focus();
});
