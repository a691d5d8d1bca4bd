// What happens in the thread while it is read: new posts, edits, reactions, who is here. The page
// tells up to which event it is whole; the socket goes on from there, across every reconnection.
import { fragment } from "/shared/dom.js";
import { follow } from "/shared/socket.js";
import { ask } from "./ask.js";

const box = document.getElementById("live");
const list = document.getElementById("posts");
const company = document.getElementById("typing");
const me = Number(document.body.dataset.member);
const topic = "thread:" + list?.dataset.thread;
const lang = document.documentElement.lang;
const slowAfter = 5000, announceEvery = 10000;

let say, last = Number(box?.dataset.head ?? 0), slow, announced = 0, unseen = [];
let chain = Promise.resolve();

const clock = (at) => new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", numberingSystem: "latn" }).format(at);
const post = (id) => document.getElementById("post-" + id);

function lost(at) {
  slow ??= setTimeout(() => { box.textContent = box.dataset.slow.replace("{}", clock(at)); }, slowAfter);
}

function whole() {
  clearTimeout(slow);
  slow = undefined;
  box.textContent = "";
}

function hear(m, from) {
  if (m.op === "event" && m.topic === topic) {
    // One after the other; what could not be shown is asked for again.
    chain = chain.then(async () => {
      if (!from.current() || m.id <= last) return;
      await happen(m);
      last = m.id;
    }).catch(from.again);
  } else if (m.op === "reset") {
    chain = chain.then(refresh).catch(from.again);
  } else if (m.op === "revoked" || (m.op === "error" && m.code === "not_found")) {
    from.end();
    withdrawn();
  } else if (m.op === "presence") {
    const names = m.members.filter((p) => p.id !== me).map((p) => p.name);
    show(names.length ? company.dataset.here.replace("{}", new Intl.ListFormat(lang).format(names)) : "");
  } else if (m.op === "typing" && m.member.id !== me) {
    show(company.dataset.one.replace("{}", m.member.name), 4000);
  }
}

// withdrawn takes the posts away that the reader may not see any more. Where only her session has
// ended, what she was reading stays.
async function withdrawn() {
  const answer = me && await ask("GET", "me").catch(() => null);
  if (answer?.status === 401) return signedOut(box);
  const there = await fetch(location.pathname, { headers: { Accept: "text/html" } }).catch(() => null);
  if (there?.ok && there.redirected) return location.replace(there.url); // it was merged into another thread
  list.replaceChildren();
  box.textContent = box.dataset.lost;
}

// signedOut says so, with the way back in.
export function signedOut(where) {
  where.textContent = box.dataset.out;
  const a = document.createElement("a");
  a.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
  a.textContent = box.dataset.sign;
  where.append(" ", a);
}

let here = "", typingEnds;
function show(text, life) {
  if (!life) here = text;
  company.textContent = text;
  clearTimeout(typingEnds);
  if (life) typingEnds = setTimeout(() => { company.textContent = here; }, life);
}

async function happen(m) {
  const id = m.data.post_id ?? m.data.id;
  if (m.type === "post.created") return arrive(id);
  if (m.type === "thread.changed") return refresh();
  if (post(id)) return renew(id);
}

async function rendered(path) {
  const answer = await fetch(path, { headers: { Accept: "text/html" } });
  if (answer.status === 404) return null;
  if (!answer.ok) throw new Error(answer.status);
  return fragment(await answer.text());
}

const markup = async (id) => (await rendered("/t/" + list.dataset.thread + "/posts/" + id + "/fragment"))?.querySelector(".post");

// renew shows a post as it now is.
export async function renew(id) {
  const fresh = await markup(id);
  if (fresh) post(id)?.replaceWith(fresh);
}

// arrive adds a new post, without moving what is being read or written.
export async function arrive(id, own) {
  if (post(id)) return;
  if (list.dataset.end !== "true") {
    pill(id);
    return;
  }
  const fresh = await markup(id);
  if (!fresh || post(id)) return;
  const form = document.getElementById("reply");
  const fixed = form?.contains(document.activeElement) && !own ? form.getBoundingClientRect().top : null;
  const atEnd = list.getBoundingClientRect().bottom < innerHeight;
  list.append(fresh);
  if (fixed !== null) scrollBy({ top: form.getBoundingClientRect().top - fixed, behavior: "instant" });
  seen.observe(fresh);
  if (own) return;
  if (!atEnd || fixed !== null) pill(id);
  if (Date.now() - announced > announceEvery) {
    announced = Date.now();
    voice.textContent = "";
    voice.textContent = box.dataset.said;
  }
}

// refresh fetches the page anew where the events in between are not known.
async function refresh() {
  const page = await rendered(location.pathname + location.search);
  const fresh = page?.getElementById("posts");
  if (!fresh) throw new Error("no posts");
  list.replaceChildren(...fresh.children);
  list.dataset.end = fresh.dataset.end;
  for (const part of [".head", "#asked"]) {
    const now = document.querySelector(part), next = page.querySelector(part);
    if (now && next && !now.contains(document.activeElement)) now.replaceChildren(...next.childNodes);
  }
  last = Math.max(last, Number(page.getElementById("live").dataset.head));
}

const voice = document.createElement("p");
voice.className = "sr";
voice.setAttribute("role", "status");

let button;
function pill(id) {
  unseen.push(id);
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "button pill";
    button.addEventListener("click", () => {
      const first = post(unseen[0]);
      if (!first) location.assign(location.pathname + "?post=" + unseen[0] + "#post-" + unseen[0]);
      unpill();
      first?.setAttribute("tabindex", "-1");
      first?.focus({ preventScroll: true });
      first?.scrollIntoView({ block: "start" });
    });
    list.after(button);
  }
  button.textContent = box.dataset.pill + " (" + unseen.length + ")";
}

function unpill() {
  unseen = [];
  button?.remove();
  button = null;
}

// What was seen is read: told at most every two seconds.
let read = 0, telling;
const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting || document.hidden) continue;
    seen.unobserve(target);
    const id = Number(target.dataset.post);
    if (unseen.at(-1) === id) unpill();
    read = Math.max(read, id);
    telling ??= setTimeout(() => {
      telling = null;
      fetch("/api/v1/threads/" + list.dataset.thread + "/read", { method: "PUT", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ post_id: read }) }).catch(() => {});
    }, 2000);
  }
}, { threshold: 0.5 });

// typing tells the others that something is being written, at most every three seconds.
let typed = 0;
export function typing() {
  if (Date.now() - typed < 3000) return;
  typed = Date.now();
  say?.({ op: "typing" });
}

if (box && list) {
  document.body.append(voice);
  say = follow(topic, () => last, hear, lost, whole);
}
