// The reply: kept in the browser at each key, sent once however often it has to be tried.
import { fragment, unique } from "/shared/dom.js";
import { ask, lost } from "./ask.js";
import { settle } from "/shared/keep.js";
import { arrive, signedOut, typing } from "./live.js";
import "./react.js";

settle();

const later = WRITING; // the address of what helps, which the bundler puts here
const form = document.getElementById("reply");
const list = document.getElementById("posts");
const body = document.getElementById("f-body");
const key = "praxis:post:" + document.body.dataset.member + ":" + list?.dataset.thread + ":";
const sent = document.getElementById("sent");
let retry, tries = 0, busy = false;
let once = unique(); // the draft's name in the store and its key of sending: whichever tab sends it, it is one post
let waits = false; // pressed in this tab, and not answered
let unsent = null; // what was sent, with its key, until it is answered: sent again it is the same post
let mine = false; // typed in this tab, not only put back
let stood = false; // a post was made here, and nothing written since
let taken = false; // another tab sends these words: other ones are another post

// kept is the draft that was changed last in this thread, by whichever tab.
function kept() {
  try {
    return Object.keys(localStorage).filter((k) => k.startsWith(key)).map((k) => ({ ...JSON.parse(localStorage.getItem(k)), once: k.slice(key.length) })).sort((a, b) => b.at - a.at)[0];
  } catch { return null; }
}

const chosen = () => [...form.querySelectorAll("[name=files]")].map((i) => Number(i.value)); // files that wait on the portal
const words = () => ({ body: body.value, to: form.reply_to.value, language: form.language.value, files: chosen() });

function keep(sending) {
  try {
    if (body.value || unsent) localStorage.setItem(key + once, JSON.stringify({ ...words(), at: Date.now(), unsent, sending }));
    else leave({ body: "" });
  } catch { /* a full or forbidden store must not stop the writing */ }
}

// leave takes the draft out of the store; other tabs hear what became of it.
function leave(why) {
  localStorage.setItem(key + once, JSON.stringify(why));
  localStorage.removeItem(key + once);
}

// touched keeps what was done by hand.
function touched() {
  if (taken) {
    once = unique();
    taken = false;
    tell("");
  }
  mine = true;
  keep();
}

function tell(text) {
  sent.textContent = text;
}

function answer(id, name) {
  form.reply_to.value = id;
  const to = document.getElementById("to");
  to.hidden = !id;
  to.textContent = id ? form.dataset.to.replace("{}", name) + " " : "";
  if (!id) return;
  const drop = document.createElement("button");
  drop.type = "button";
  drop.className = "link";
  drop.textContent = form.dataset.drop;
  drop.addEventListener("click", () => { answer("", ""); touched(); body.focus(); });
  to.append(drop);
}

async function send() {
  clearTimeout(retry);
  if (busy) return;
  if (!unsent && form.querySelector("[data-going]")) { // it is sent with its files
    tell(form.dataset.unsent);
    form.addEventListener("files", send, { once: true });
    return;
  }
  busy = body.readOnly = true;
  waits = true;
  unsent ??= { once, ...words() };
  keep(true);
  let result, made;
  try {
    result = await ask("POST", "threads/" + list.dataset.thread + "/posts", { body: unsent.body, reply_to: Number(unsent.to) || 0, language: unsent.language, files: unsent.files }, { "Idempotency-Key": unsent.once });
    if (result.ok) made = await result.json();
    // What was changed before the answer came is changed in the post that stands.
    const { language } = words();
    if (made && body.value && (body.value !== unsent.body || language !== unsent.language)) {
      result = await ask("PATCH", "posts/" + made.id, { body: body.value, ...language && { language } });
    }
  } catch { result = null; /* no network: it is tried again */ }
  busy = body.readOnly = false;
  if (result?.ok) return stands(made);
  if (lost(result)) {
    tell(form.dataset.unsent);
    const wait = Number(result?.headers.get("Retry-After")) * 1000 || Math.min(30000, 1000 * 2 ** tries++);
    retry = setTimeout(send, wait);
    return;
  }
  waits = false;
  const { status } = result;
  if (!made && status !== 401) again(); // refused: what is corrected is another post
  else keep();
  if (status === 401) return signedOut(sent);
  const problem = await result.json().catch(() => null);
  tell(problem?.errors?.[0]?.message ?? problem?.detail ?? problem?.title ?? form.dataset.unsent);
}

// again keeps the words as another draft, with a key of its own.
function again() {
  unsent = null;
  try { localStorage.removeItem(key + once); } catch { /* it is offered again */ }
  once = unique();
  keep();
}

// write closes the preview.
function write() {
  const button = document.getElementById("look");
  document.getElementById("preview").hidden = true;
  body.hidden = false;
  button.textContent = button.dataset.look;
}

// elsewhere hears what another tab does with this draft. Whatever that is, this tab's field stays as it is.
function elsewhere(e) {
  if (e.key !== key + once || !e.newValue) return;
  const theirs = JSON.parse(e.newValue), same = theirs.body === body.value;
  if (theirs.posted && same && !waits) tell(form.dataset.posted);
  if (unsent) {
    if (theirs.posted && !same) keep(); // that tab has forgotten what is written here
  } else if (same) {
    taken ||= Boolean(theirs.unsent || theirs.posted);
  } else { // from here on each has its own
    once = unique();
    if (mine) keep();
  }
}

// stands shows the post at once where this page is the last; else the page that shows it is opened.
async function stands(made) {
  try { leave({ body: body.value || unsent.body, posted: true }); } catch { /* it is offered again, and is the same post */ }
  unsent = null;
  waits = mine = taken = false;
  stood = true;
  form.dispatchEvent(new Event("posted"));
  body.value = "";
  answer("", "");
  write();
  once = unique();
  tries = 0;
  tell("");
  form.seen.value = made.id;
  if (list.dataset.end === "true") await arrive(made.id, true).catch(() => location.reload());
  else location.assign(location.pathname + "?post=" + made.id + "#post-" + made.id);
}

function reply(e) {
  const link = e.target.closest("a.reply, a.quoting");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const post = link.closest(".post");
  answer(post.dataset.post, post.querySelector(".who").firstElementChild.textContent);
  if (link.matches(".quoting")) helped().then((m) => { m?.quote(body, post); touched(); });
  touched();
  write();
  body.focus();
  form.scrollIntoView({ block: "center" });
}

// helped fetches what helps while one writes, once, when somebody comes to write.
let helping;
const helped = () => helping ??= import(later).then((m) => (m.help({
  form, body, ask, answer, keep, tell, list: document.getElementById("files"), path: "threads/" + list.dataset.thread, blank: () => !body.value && !unsent,
}), m)).catch(() => { helping = undefined; });

if (form) {
  const before = kept();
  for (const come of ["focusin", "dragenter", "pointerover"]) form.addEventListener(come, helped);
  if (before && !body.value) {
    once = before.once;
    body.value = before.body;
    unsent = before.unsent ?? null;
    form.language.value = before.language ?? "";
    const post = document.getElementById("post-" + before.to);
    if (post) answer(before.to, post.querySelector(".who").firstElementChild.textContent);
    if (before.sending) send();
    else tell(form.dataset.kept);
  }
  form.addEventListener("submit", (e) => {
    const empty = !body.value.trim();
    if (empty && !stood) return; // the page of the server says what is missing
    e.preventDefault();
    if (!empty) send(); // else it is the second click of a double one, and the first is done already
  });
  body.addEventListener("input", () => {
    clearTimeout(retry);
    waits = stood = false;
    if (unsent) tell(form.dataset.changed);
    touched();
    typing();
  });
  body.addEventListener("keydown", (e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) form.requestSubmit(); });
  addEventListener("online", () => { if (unsent && waits) send(); });
  addEventListener("storage", elsewhere);
  list.addEventListener("click", reply);
  const button = document.getElementById("look");
  button.hidden = false;
  button.addEventListener("click", async () => {
    if (body.hidden) return write();
    const more = await helped();
    if (more) more.look({ form, body, button, fragment, tell, out: () => signedOut(sent) });
    else tell(form.dataset.blind);
  });
}
