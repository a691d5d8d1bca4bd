// The editor: each key is kept in the browser, each pause is saved on the server, and neither a lost
// network nor a lost session nor another tab costs a word.
const form = document.getElementById("editor");
const state = document.getElementById("saved");
const say = form.dataset;
const pause = 2500, longest = 30000;
let id = Number(say.practice), timer, tries = 0, saving = false, dirty = false, halted = false;

const storeKey = () => "praxis:practice:" + say.member + ":" + (id || "new");
const clock = () => new Intl.DateTimeFormat(document.documentElement.lang, { hour: "2-digit", minute: "2-digit", numberingSystem: "latn" }).format(new Date());
const all = (name) => new FormData(form).getAll(name).filter(Boolean);
const one = (name) => (form.elements[name]?.value ?? "").trim();

// typed is the form as the API takes it.
function typed() {
  const sections = {};
  for (const f of form.querySelectorAll("[name^='sections.']")) sections[f.name.slice(9)] = f.value;
  const references = [];
  for (let i = 0; i < Number(one("rows")); i++) {
    const ref = { title: one(`ref.${i}.title`), publisher: one(`ref.${i}.publisher`), year: Number(one(`ref.${i}.year`)) || 0, url: one(`ref.${i}.url`) };
    if (ref.title || ref.publisher || ref.url) references.push(ref);
  }
  const handling = form.querySelector("[name=handling]:checked")?.value ?? "amber";
  const draft = { title: one("title"), summary: one("summary"), sections, references, handling, language: one("language"), country: one("country"),
    organization: one("organization"), year: Number(one("year")) || 0, type: one("type"), level: one("level"),
    sectors: all("sectors"), topics: all("topics"), substances: all("substances"), named: handling === "red" ? all("named").map(Number) : [] };
  if (form.elements.workspace_id) draft.workspace_id = Number(one("workspace_id"));
  if (form.elements.translation_of) draft.translation_of = Number(one("translation_of"));
  return draft;
}

const words = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["do", "once"].includes(name));

function keep() {
  try { localStorage.setItem(storeKey(), JSON.stringify({ words: words(), at: Date.now() })); } catch { /* writing goes on without */ }
}

function forget() {
  try { localStorage.removeItem(storeKey()); } catch { /* it stays, and is offered again */ }
}

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

async function save() {
  clearTimeout(timer);
  if (saving || halted || !dirty || !one("title") || one("named_more") || one("country_other")) return;
  saving = true;
  dirty = false;
  const json = { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang };
  let answer;
  try {
    answer = id
      ? await fetch("/api/v1/practices/" + id, { method: "PATCH", headers: { ...json, "If-Match": `"${one("version")}"` }, body: JSON.stringify(typed()), signal: AbortSignal.timeout?.(20000) })
      : await fetch("/api/v1/practices", { method: "POST", headers: { ...json, "Idempotency-Key": one("once") }, body: JSON.stringify(typed()), signal: AbortSignal.timeout?.(20000) });
  } catch { /* no network: it is tried again */ }
  saving = false;
  const status = answer?.status ?? 0;
  if (answer?.ok) return saved(await answer.json());
  dirty = true;
  if (status === 0 || status >= 500 || status === 429) {
    tell(say.again);
    timer = setTimeout(save, Math.min(longest, 1000 * 2 ** tries++));
  } else if (status === 401) {
    const a = document.createElement("a");
    a.href = "/sign-in?next=" + encodeURIComponent(location.pathname);
    a.textContent = say.sign;
    tell(say.out, a);
  } else if (status === 412) {
    halted = true;
    tell(say.other, act(say.compare, () => form.requestSubmit()));
  } else {
    tell(say.wrong);
  }
}

function saved(practice) {
  tries = 0;
  form.elements.version.value = practice.version;
  if (!id) {
    forget();
    id = practice.id;
    form.action = "/p/" + id + "/edit";
    history.replaceState(null, "", form.action);
  }
  if (dirty) {
    timer = setTimeout(save, pause);
  } else {
    forget();
  }
  tell(say.at.replace("{}", clock()));
}

function changed() {
  dirty = true;
  keep();
  needs();
  clearTimeout(timer);
  if (say.autosave === "true") timer = setTimeout(save, tries ? 5000 : pause);
  else tell(say.here);
}

// needs keeps the checklist true while one types.
function needs() {
  for (const item of document.querySelectorAll("[data-need]")) {
    const name = item.dataset.need;
    const done = name === "organization" ? one("organization") || one("country") || one("country_other") : name === "sectors" ? all("sectors").length : !form.elements[name] || one(name);
    item.classList.toggle("done", Boolean(done));
  }
}

function restore(kept) {
  for (const f of form.elements) {
    if (f.type === "checkbox" || f.type === "radio") f.checked = kept.words.some(([n, v]) => n === f.name && v === f.value);
  }
  for (const [name, value] of kept.words) {
    const f = form.elements[name];
    if (name !== "version" && name !== "rows" && f?.matches?.("textarea, select, input:not([type=checkbox], [type=radio], [type=file])")) f.value = value;
  }
  changed();
}

function offer() {
  let kept = null;
  try { kept = JSON.parse(localStorage.getItem(storeKey())); } catch { return; }
  const same = (w) => JSON.stringify(w.filter(([n]) => n !== "version"));
  if (!kept || same(kept.words) === same(words()) || document.getElementById("errors")) return;
  tell(say.found, act(say.restore, () => restore(kept)), act(say.discard, () => { forget(); tell(""); }));
}

// Readers are counted anew when the workspace changes.
async function count() {
  const answer = await fetch("/write/readers?workspace=" + (one("workspace_id") || 0)).catch(() => null);
  if (!answer?.ok) return;
  const counts = await answer.json();
  for (const el of form.querySelectorAll("[data-readers]")) el.textContent = counts[el.dataset.readers] ?? el.textContent;
}

// Files are sent one by one, with a bar that tells how far they are.
function upload(file) {
  return new Promise((done) => {
    const bar = document.createElement("progress");
    const sending = document.getElementById("sending");
    sending.replaceChildren(say.sending.replace("{}", file.name), bar);
    const request = new XMLHttpRequest();
    request.open("POST", "/api/v1/practices/" + id + "/attachments");
    request.setRequestHeader("Accept-Language", document.documentElement.lang);
    request.upload.onprogress = (e) => { bar.max = e.total; bar.value = e.loaded; };
    request.onload = () => {
      let problem = null;
      try { problem = JSON.parse(request.responseText); } catch { /* only the status tells */ }
      if (request.status !== 201) sending.textContent = problem?.detail ?? problem?.title ?? String(request.status);
      done(request.status === 201);
    };
    request.onerror = () => { sending.textContent = say.again; done(false); };
    const body = new FormData();
    body.append("file", file);
    request.send(body);
  });
}

document.getElementById("f-file").addEventListener("change", async (e) => {
  dirty = true;
  await save();
  if (!id || dirty) return; // the button sends the file with the whole form
  const files = [...e.target.files];
  for (const file of files) if (!await upload(file)) return;
  forget();
  location.reload();
});

form.addEventListener("input", changed);
form.elements.workspace_id?.addEventListener("change", count);
form.addEventListener("submit", () => { clearTimeout(timer); halted = true; keep(); });
addEventListener("online", save);
addEventListener("visibilitychange", () => { if (document.hidden) save(); });
if (new URLSearchParams(location.search).get("done")) forget();
offer();
