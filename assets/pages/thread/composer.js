// The reply: kept in the browser at each key, sent once however often it has to be tried.
import { fragment } from "/shared/dom.js";
import { settle } from "/shared/keep.js";
import { arrive, renew, typing } from "./live.js";

settle();

const form = document.getElementById("reply");
const list = document.getElementById("posts");
const body = document.getElementById("f-body");
const key = "praxis:post:" + document.body.dataset.member + ":" + list?.dataset.thread;
const sent = document.getElementById("sent");
let retry, tries = 0, busy = false;

const kept = () => { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } };

function keep(more) {
  try {
    if (body.value) localStorage.setItem(key, JSON.stringify({ body: body.value, to: form.reply_to.value, language: form.language.value, ...more }));
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

async function send() {
  clearTimeout(retry);
  if (busy) return;
  busy = body.readOnly = true;
  const once = kept()?.once ?? crypto.randomUUID?.() ?? Date.now() + "-" + Math.random();
  keep({ once, sending: true });
  let result;
  try {
    result = await fetch("/api/v1/threads/" + list.dataset.thread + "/posts", {
      method: "POST", signal: AbortSignal.timeout?.(20000),
      headers: { "Content-Type": "application/json", "Idempotency-Key": once, "Accept-Language": document.documentElement.lang },
      body: JSON.stringify({ body: body.value, reply_to: Number(form.reply_to.value) || 0, language: form.language.value }),
    });
  } catch { /* no network: it is tried again */ }
  busy = body.readOnly = false;
  const status = result?.status ?? 0;
  if (status === 201) {
    const made = await result.json();
    body.value = "";
    answer("", "");
    keep();
    tries = 0;
    tell("");
    form.seen.value = made.id;
    // Shown at once where this page is the last; else the page that shows it is opened.
    if (list.dataset.end === "true") await arrive(made.id, true).catch(() => location.reload());
    else location.assign(location.pathname + "?post=" + made.id + "#post-" + made.id);
    return;
  }
  if (status === 0 || status >= 500 || status === 429 || result.headers.has("Retry-After")) {
    tell(form.dataset.unsent);
    const wait = Number(result?.headers.get("Retry-After")) * 1000 || Math.min(30000, 1000 * 2 ** tries++);
    retry = setTimeout(send, wait);
    return;
  }
  keep();
  if (status === 401) return tell(form.dataset.out, form.dataset.sign);
  const problem = await result.json().catch(() => null);
  tell(problem?.errors?.[0]?.message ?? problem?.detail ?? problem?.title ?? form.dataset.unsent);
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
  body.addEventListener("input", () => { clearTimeout(retry); keep(); typing(); });
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
