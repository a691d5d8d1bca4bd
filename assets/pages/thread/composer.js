// The reply: kept in the browser at each key, sent once however often it has to be tried.
import { fragment, unique } from "/shared/dom.js";
import { settle } from "/shared/keep.js";
import { arrive, renew, typing } from "./live.js";

settle();

const form = document.getElementById("reply");
const list = document.getElementById("posts");
const body = document.getElementById("f-body");
const key = "praxis:post:" + document.body.dataset.member + ":" + list?.dataset.thread;
const sent = document.getElementById("sent");
let retry, tries = 0, busy = false;
let unsent = null; // what was sent, with its key, until it is answered: sent again it is the same post

const kept = () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };

const words = () => ({ body: body.value, to: form.reply_to.value, language: form.language.value });

function keep(sending) {
  try {
    if (body.value || unsent) localStorage.setItem(key, JSON.stringify({ ...words(), unsent, sending }));
    else localStorage.removeItem(key);
  } catch { /* a full or forbidden store must not stop the writing */ }
}

function tell(text, link) {
  sent.textContent = text;
  if (!link) return;
  const a = document.createElement("a");
  a.href = "/sign-in?next=" + encodeURIComponent(location.pathname + location.search);
  a.textContent = link;
  sent.append(" ", a);
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
  drop.addEventListener("click", () => { answer("", ""); keep(); body.focus(); });
  to.append(drop);
}

const ask = (method, path, what, headers) => fetch("/api/v1/" + path, {
  method, signal: AbortSignal.timeout?.(20000), body: JSON.stringify(what),
  headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, ...headers },
});

async function send() {
  clearTimeout(retry);
  if (busy) return;
  busy = body.readOnly = true;
  unsent ??= { once: unique(), ...words() };
  keep(true);
  let result, made;
  try {
    result = await ask("POST", "threads/" + list.dataset.thread + "/posts", { body: unsent.body, reply_to: Number(unsent.to) || 0, language: unsent.language }, { "Idempotency-Key": unsent.once });
    if (result.ok) made = await result.json();
    // What was changed before the answer came is changed in the post that stands.
    const { language } = words();
    if (made && body.value && (body.value !== unsent.body || language !== unsent.language)) {
      result = await ask("PATCH", "posts/" + made.id, { body: body.value, ...language && { language } });
    }
  } catch { result = null; /* no network: it is tried again */ }
  busy = body.readOnly = false;
  if (result?.ok) return stands(made);
  const status = result?.status ?? 0;
  if (status === 0 || status >= 500 || status === 429 || result.headers.has("Retry-After")) {
    tell(form.dataset.unsent);
    const wait = Number(result?.headers.get("Retry-After")) * 1000 || Math.min(30000, 1000 * 2 ** tries++);
    retry = setTimeout(send, wait);
    return;
  }
  if (!made && status !== 401) unsent = null; // refused: what is corrected is another post
  keep();
  if (status === 401) return tell(form.dataset.out, form.dataset.sign);
  const problem = await result.json().catch(() => null);
  tell(problem?.errors?.[0]?.message ?? problem?.detail ?? problem?.title ?? form.dataset.unsent);
}

// stands shows the post at once where this page is the last; else the page that shows it is opened.
async function stands(made) {
  unsent = null;
  body.value = "";
  answer("", "");
  keep();
  tries = 0;
  tell("");
  form.seen.value = made.id;
  if (list.dataset.end === "true") await arrive(made.id, true).catch(() => location.reload());
  else location.assign(location.pathname + "?post=" + made.id + "#post-" + made.id);
}

function quote(post) {
  const text = post.querySelector(".prose").innerText.trim().slice(0, 1000).replaceAll("\n", "\n> ");
  body.value = "> " + text + "\n\n" + body.value;
}

function reply(e) {
  const link = e.target.closest("a.reply, a.quoting");
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const post = link.closest(".post");
  answer(post.dataset.post, post.querySelector(".who").firstElementChild.textContent);
  if (link.matches(".quoting")) quote(post);
  keep();
  body.focus();
  form.scrollIntoView({ block: "center" });
}

async function look(e) {
  const button = e.currentTarget, preview = document.getElementById("preview");
  if (preview.hidden) {
    const answer = await fetch("/preview", { method: "POST", body: new URLSearchParams({ body: body.value }) }).catch(() => null);
    if (!answer?.ok) return;
    preview.replaceChildren(fragment(await answer.text()));
    preview.dir = "auto";
  }
  preview.hidden = !preview.hidden;
  body.hidden = !preview.hidden;
  button.textContent = preview.hidden ? button.dataset.look : button.dataset.write;
}

if (form) {
  const before = kept();
  if (before && !body.value) {
    body.value = before.body;
    unsent = before.unsent ?? null;
    form.language.value = before.language ?? "";
    const post = document.getElementById("post-" + before.to);
    if (post) answer(before.to, post.querySelector(".who").firstElementChild.textContent);
    if (before.sending) send();
    else tell(form.dataset.kept);
  }
  form.addEventListener("submit", (e) => {
    if (!body.value.trim()) return; // the page of the server says what is missing
    e.preventDefault();
    send();
  });
  body.addEventListener("input", () => {
    clearTimeout(retry);
    if (unsent) tell(form.dataset.changed);
    keep();
    typing();
  });
  body.addEventListener("keydown", (e) => { if (e.key === "Enter" && (e.ctrlKey || e.metaKey)) form.requestSubmit(); });
  addEventListener("online", () => { if (kept()?.sending) send(); });
  list.addEventListener("click", reply);
  const button = document.getElementById("look");
  button.hidden = false;
  button.addEventListener("click", look);
}

// Reactions without a new page.
list?.addEventListener("submit", async (e) => {
  const post = e.target.closest(".post");
  e.preventDefault();
  const values = new URLSearchParams(new FormData(e.target));
  values.set(e.submitter.name, e.submitter.value);
  try {
    const answer = await fetch(e.target.action, { method: "POST", body: values });
    if (!answer.ok) throw new Error(answer.status);
    await renew(post.dataset.post);
  } catch {
    e.target.submit();
  }
});
