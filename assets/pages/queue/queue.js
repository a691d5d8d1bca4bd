// Keys of the queue: j and k move along the cases, a, c and r lead to the decision. The first press
// goes to the note or the button, so that nothing is decided by one slip of a finger.
import { keepForm, settle } from "/shared/keep.js";
import { fragment, keysOn } from "/shared/dom.js";
import { follow } from "/shared/socket.js";

// What was just decided can be taken back for ten seconds.
const undo = document.getElementById("undo");
if (undo) setTimeout(() => undo.remove(), 10_000);

const form = document.getElementById("decision");
let claiming; // aborted by the decision: a claim that comes after it has nothing to say
const keys = document.getElementById("keys");
if (keys) keys.hidden = !keysOn();
if (form) {
  keepForm(form, "case:" + form.dataset.case);
  form.addEventListener("input", claim);
  form.addEventListener("submit", () => claiming?.abort());
  form.addEventListener("click", insert);
  if (!document.getElementById("errors")) document.getElementById("case").focus({ preventScroll: true });
} else {
  settle();
}

// The list follows what happens: what comes in, what colleagues take and decide. What is being written
// stays; who else is at the case, and what became of it, is told above it.
const news = document.getElementById("news"), waiting = document.getElementById("waiting"), taken = document.getElementById("taken");
const gather = 300; // ms, so that what happens together is fetched once
const faster = taken?.textContent;
let head = Number(news.dataset.head), opened = false, ended = false, fetching, latest, chain = Promise.resolve();

// Who was at the case before the page came is told where later ones are.
const holder = document.querySelector(".holder");
if (holder && taken) {
  taken.textContent = holder.textContent;
  taken.hidden = false;
  holder.remove();
}

follow("moderation", () => head, (m, from) => {
  latest = from;
  if (m.op === "revoked" || m.op === "error") return end();
  if (m.op !== "event" && m.op !== "reset") return;
  opened ||= m.type === "case.opened";
  fetching ??= setTimeout(() => {
    fetching = null;
    chain = chain.then(renew).catch(() => latest.again()); // one after the other: the last answer is the newest
  }, gather);
});

async function renew() {
  if (ended) return;
  const answer = await fetch(location.pathname + location.search, { headers: { Accept: "text/html" } });
  if (answer.redirected || [401, 403, 404].includes(answer.status)) return end();
  if (!answer.ok) throw new Error(answer.status);
  const page = fragment(await answer.text());
  if (ended) return;
  head = Math.max(head, Number(page.getElementById("news").dataset.head));
  list(page.getElementById("waiting").childNodes);
  document.getElementById("count")?.replaceChildren(page.getElementById("count")?.textContent ?? "");
  news.textContent = "";
  if (opened) news.textContent = news.dataset.new;
  opened = false;
  if (form) stands(page);
}

// list shows other cases. Whoever stands on one stays on it, or on the nearest where it is gone.
function list(rows) {
  const links = () => [...waiting.querySelectorAll("a")];
  const before = links(), at = before.indexOf(document.activeElement);
  waiting.replaceChildren(...rows);
  if (at < 0) return;
  const now = new Map(links().map((a) => [a.href, a]));
  const near = [...before.slice(at), ...before.slice(0, at).reverse()].find((a) => now.has(a.href));
  now.get(near?.href)?.focus();
}

// stands tells who is at the open case, what became of it, and that it is free again; then whoever
// writes takes it.
function stands(page) {
  const said = page.querySelector("#errors, .holder")?.textContent, fresh = page.getElementById("decision");
  const text = said ?? (fresh && "free" in fresh.dataset && !taken.hidden ? taken.dataset.free : "");
  if (fresh && "free" in fresh.dataset) form.dataset.free = "";
  else delete form.dataset.free;
  taken.hidden = !text;
  if (text && taken.textContent !== text) taken.textContent = text;
  const row = form.querySelector(".row"), other = fresh?.querySelector(".row");
  if (other && !row.contains(document.activeElement)) row.replaceWith(other);
}

// end empties the page of whoever may not see it any more, all but her own words.
function end() {
  ended = true;
  latest.end();
  waiting.replaceChildren();
  document.getElementById("count")?.replaceChildren();
  const said = document.createElement("p"), note = form?.note;
  said.className = "note bad";
  said.textContent = news.textContent = news.dataset.gone;
  const thing = document.querySelector(".thing");
  if (!thing) return waiting.append(said);
  if (note) note.readOnly = true;
  thing.replaceChildren(said, ...note?.value.trim() ? [note.closest(".field")] : []);
}

// claim takes the case for whoever begins to write, and says when a colleague was faster.
async function claim() {
  if (!("free" in form.dataset)) return;
  delete form.dataset.free; // asked once
  claiming = new AbortController();
  try {
    // Its buttons are called "action", too, so form.action is not the address.
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: new URLSearchParams({ action: "claim" }), signal: claiming.signal });
    taken.hidden = answer.status !== 409;
    if (!taken.hidden) taken.textContent = faster;
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
