// The editor: each key is kept in the browser, each pause is saved on the server, and neither a lost
// network nor a lost session nor another tab costs a word.
import { unique } from "/shared/dom.js";
import { leads, settle } from "/shared/keep.js";
import { similar } from "/shared/similar.js";
import { follow } from "/shared/socket.js";
import { form, has, needs, one, row, typed, unclear, words } from "./fields.js";
import * as store from "./kept.js";
import { send as sendFile } from "./upload.js";

const state = document.getElementById("saved");
const say = form.dataset;
const auto = Boolean(say.waits); // what is read already changes by a press on Save alone
const pause = 2500, longest = 30000, arrival = 15000;
let id = Number(say.practice), timer, tries = 0, dirty = false;
let stale = false, leaving = 0; // saved by another meanwhile; the form is on its way, and the page with it
let saving = null, first = null; // the save under way; how a new draft was first sent, until that is answered
let waits = null; // the button that hands it in, pressed without a network: it goes out once there is one
let unheard = []; // what was sent and never answered: the portal may have it
let reached = false; // the portal has just answered, whatever the browser says of the network

const practice = () => id || "new";
const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", numberingSystem: "latn" }).format(new Date());
const keep = () => store.keep(practice(), words());
const forget = () => store.stored(practice());

function tell(text, ...more) {
  state.replaceChildren(text, ...more.flatMap((m) => [" ", m]));
}

function act(text, does) {
  const b = document.createElement("button");
  b.type = "button";
  b.className = "link";
  b.textContent = text;
  b.addEventListener("click", does);
  return b;
}

// save sends what was typed, one save after the other; it is settled when this one is answered.
function save() {
  clearTimeout(timer);
  if (!auto || stale || leaving || !dirty) return saving;
  if (!one("title")) {
    tell(waits ? say.waits : say.here); // a draft has a title
    return saving;
  }
  saving ??= send().finally(() => { saving = null; });
  return saving;
}

async function send() {
  dirty = false;
  const now = JSON.stringify(typed());
  if (!id) first ??= now; // sent again it is the same request, so that it makes one draft
  const headers = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  let answer, made;
  try {
    const signal = AbortSignal.timeout?.(20000);
    answer = id
      ? await fetch("/api/v1/practices/" + id, { method: "PATCH", headers: { ...headers, "If-Match": `"${one("version")}"` }, body: now, signal })
      : await fetch("/api/v1/practices", { method: "POST", headers: { ...headers, "Idempotency-Key": one("once") }, body: first, signal });
    if (answer.ok) made = await answer.json();
  } catch { answer = null; /* no network: it is tried again */ }
  if (made) return saved(made);
  dirty = true;
  const status = answer?.status ?? 0;
  if (status === 0 || status >= 500 || status === 429 || answer.headers.has("Retry-After")) {
    unheard.push(now);
    tell(waits ? say.waits : say.again);
    timer = setTimeout(save, Math.min(longest, 1000 * 2 ** tries++));
    return;
  }
  if (status === 412) return await mine() ? send() : other();
  waits = null;
  if (status === 401) {
    const a = document.createElement("a");
    a.href = "/sign-in?next=" + encodeURIComponent(location.pathname);
    a.textContent = say.sign;
    tell(say.out, a);
  } else {
    if (!id) { // refused: what is corrected is another request
      first = null;
      form.elements.once.value = unique();
    }
    tell(say.wrong);
  }
}

// mine tells whether what the portal has by now is this page's own, sent by a request whose answer was
// lost; then the page goes on from there.
async function mine() {
  if (!unheard.length) return false;
  const answer = await fetch("/api/v1/practices/" + id).catch(() => null), now = answer?.ok && await answer.json();
  if (!now || !unheard.some((sent) => has(now, JSON.parse(sent)))) return false;
  form.elements.version.value = now.version;
  unheard = [];
  return true;
}

// other says that somebody has saved what this page does not have. What waits goes on: a hand-in to
// the page that puts the two together, files as they are, for they have no version.
function other() {
  stale = true;
  tell(say.other, act(say.compare, () => form.requestSubmit()));
  if (waits) submits();
  else attach();
}

// listen hears of what another tab or author has saved since the page was made. What happened while
// the log could not be followed, the next save finds out.
function listen() {
  let last = Number(say.head) || undefined, head;
  follow("practice:" + id, () => last, async (m, from) => {
    if (m.op === "subscribed") head = m.head;
    last = m.op === "reset" ? head : m.id ?? last ?? m.head;
    if (m.op === "event" && m.type === "practice.changed") {
      await saving; // it may be this page's own
      const newer = () => m.data.version > Number(one("version")) && !stale && !leaving;
      if (newer() && !await mine() && newer()) other();
    } else if (m.op === "revoked" || m.code === "not_found") {
      from.end();
    }
  });
}

function saved(made) {
  tries = 0;
  unheard = [];
  form.elements.version.value = made.version;
  if (!id) {
    forget();
    id = made.id;
    listen();
    form.action = "/p/" + id + "/edit";
    history.replaceState(null, "", form.action);
    dirty ||= first !== JSON.stringify(typed());
    first = null;
  }
  if (dirty) {
    keep();
    timer = setTimeout(save, pause);
  } else {
    holds();
  }
  const rest = unclear().map((f) => f.labels[0].firstChild.textContent.trim()).join(", ");
  tell(say.at.replace("{}", clock()), ...rest ? ["· " + say.here + ": " + rest] : []);
  if (waits) submits();
  else attach();
}

// holds forgets what the portal has, unless something is left that it has not.
function holds() {
  if (unclear().length) keep();
  else forget();
}

function submits() {
  const button = waits;
  waits = null;
  reached = true;
  form.requestSubmit(button);
  reached = false;
}

function changed() {
  if (waits) tell(say.here); // what is written on is handed in by another press
  waits = null;
  dirty = true;
  keep();
  needs();
  clearTimeout(timer);
  if (auto) timer = setTimeout(save, tries ? 5000 : pause);
  else tell(say.here);
}

function restore(kept) {
  const rows = Number(kept.words.find(([n]) => n === "rows")?.[1]);
  while (Number(one("rows")) < rows && row());
  for (const f of form.elements) {
    if (f.type === "checkbox" || f.type === "radio") f.checked = kept.words.some(([n, v]) => n === f.name && v === f.value);
  }
  for (const [name, value] of kept.words) {
    const f = form.elements[name];
    if (name !== "version" && name !== "rows" && f?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=file])")) f.value = value;
  }
  changed();
  if (kept.words.every(([name, value]) => !value || form.elements[name])) store.forget(kept.key); // all of it is here, and kept anew
}

function offer() {
  const list = store.found(practice());
  const back = list.find((kept) => kept.key === history.state);
  if (back) {
    history.replaceState(null, "");
    return restore(back);
  }
  const here = list.find((kept) => store.same(kept.words, words()));
  if (here) store.own(here.key);
  const kept = list.find((k) => !store.same(k.words, words()));
  if (!kept || document.getElementById("errors")) return;
  tell(say.found, act(say.restore, () => restore(kept)), act(say.discard, () => { store.forget(kept.key); tell(""); offer(); }));
}

// Readers are counted anew when the workspace changes.
async function count() {
  const answer = await fetch("/write/readers?workspace=" + (one("workspace_id") || 0)).catch(() => null);
  if (!answer?.ok) return;
  const counts = await answer.json();
  for (const el of form.querySelectorAll("[data-readers]")) el.textContent = counts[el.dataset.readers] ?? el.textContent;
}

// Files are sent one by one, with a bar that tells how far they are; upload gives the answer's
// status, 0 where none came.
async function upload(file) {
  const bar = document.createElement("progress");
  sending.replaceChildren(say.sending.replace("{}", file.name), bar);
  const { status, said } = await sendFile("/practices/" + id, file, bar);
  if (status !== 201) sending.textContent = said?.detail ?? said?.title ?? String(status);
  return status;
}

const chosen = document.getElementById("f-file"), sending = document.getElementById("sending");
let waiting = [], attaching = false; // the files that are still to be sent

// attach sends the files that wait. Where it cannot, it says so, and is called again when the words
// are saved or the network is back.
async function attach() {
  if (attaching || leaving || !waiting.length) return;
  attaching = true;
  if (await attached()) {
    if (stale && dirty) { // a new page would put these words over the other's
      keep();
      sending.textContent = say.at.replace("{}", clock());
      attaching = false;
      return;
    }
    if (dirty) {
      keep();
    } else {
      holds();
    }
    if (dirty || unclear().length) history.replaceState(store.keyOf(practice()), ""); // the page that lists the file puts back what is not saved
    location.reload();
  } else if (waiting.length) {
    sending.textContent = waiting[0].name + ": " + say.again;
  }
  attaching = false;
}

async function attached() {
  if (auto && !stale) {
    dirty = true;
    await saving; // one that had begun before
    await save();
    if (!id || dirty && !stale) return false;
  }
  while (waiting.length) {
    const status = await upload(waiting[0]);
    if (status === 0 || status >= 500) {
      setTimeout(attach, longest);
      return false;
    }
    if (status !== 201) waiting = []; // what was said stays to be read
    if (!waiting.length) return false;
    waiting.shift();
    const rest = new DataTransfer(); // the button sends only these
    for (const file of waiting) rest.items.add(file);
    chosen.files = rest.files;
  }
  await saving;
  await save();
  return true;
}

chosen.addEventListener("change", () => {
  waiting = [...chosen.files];
  sending.textContent = "";
  attach();
});

form.addEventListener("input", changed);
form.elements.workspace_id?.addEventListener("change", count);
let pressed = false;
form.addEventListener("submit", async (e) => {
  clearTimeout(timer);
  keep();
  if (!navigator.onLine && !reached) { // the browser's own page would take this one's place
    e.preventDefault();
    dirty = true;
    waits = e.submitter?.value === "submit" ? e.submitter : null;
    tell(waits ? say.waits : say.here);
    return save();
  }
  if (!first && !pressed) {
    clearTimeout(leaving);
    leaving = setTimeout(stays, arrival);
    if (id) unheard.push(JSON.stringify(typed()));
    return leads(store.leave(practice()));
  }
  e.preventDefault(); // a draft is being made: what is pressed goes to that one
  if (pressed) return;
  pressed = dirty = true;
  await save();
  pressed = false;
  if (id) form.requestSubmit(e.submitter);
});

// stays goes on saving where the page that was asked for has not come.
function stays() {
  if (!leaving) return;
  clearTimeout(leaving);
  leaving = 0;
  changed();
}
addEventListener("pageshow", stays);
addEventListener("online", () => {
  if (waits && (stale || !one("title"))) return submits(); // what is in its way, the page that comes says
  save();
  attach();
});
addEventListener("visibilitychange", () => { if (document.hidden) save(); });

// What is told stands where the buttons are, and they are in sight.
const wide = matchMedia("(min-width: 64rem)");
const stand = () => document.querySelector(wide.matches ? ".stick" : ".bottom").prepend(state);
stand();
wide.addEventListener("change", stand);

if (new URLSearchParams(location.search).get("done")) {
  settle();
}
offer();
similar(form, "practice");
if (id) listen();
