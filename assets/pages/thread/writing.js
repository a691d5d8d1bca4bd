// What helps while one writes in a thread, fetched when somebody comes to the field: names complete, files
// go to the portal as they are chosen, pasted or dropped, and the words wait there for her other devices.
import { lost } from "./ask.js";
import { complete } from "./mention.js";

const words = WORDS[document.documentElement.lang]; // which the bundler puts here
const rest = 3000, longest = 30000;

// help makes a form one that helps. ask asks the portal; answer, keep and tell are the form's own.
export function help(it) {
  complete(it.body, it.path, it.ask, words["compose.mentions"]);
  keepThere(it);
  files(it);
}

// quote puts what a post says before what is written.
export function quote(body, post) {
  const text = post.querySelector(".prose").innerText.trim().slice(0, 1000).replaceAll("\n", "\n> ");
  body.value = "> " + text + "\n\n" + body.value;
}

// look shows the text as it will be read, as the portal renders it.
export async function look({ form, body, button, fragment, tell, out }) {
  let answer, html;
  try {
    answer = await fetch("/preview", { method: "POST", body: new URLSearchParams({ body: body.value }) });
    if (answer.ok) html = await answer.text();
  } catch { /* no network */ }
  if (answer?.status === 401) return out();
  if (html === undefined) return tell(form.dataset.blind);
  if (document.getElementById("sent").textContent === form.dataset.blind) tell("");
  const preview = document.getElementById("preview");
  preview.replaceChildren(fragment(html));
  preview.dir = "auto";
  preview.hidden = false;
  body.hidden = true;
  button.textContent = button.dataset.write;
}

// keepThere keeps the words on the portal when the hand rests.
function keepThere({ form, body, path, ask, answer, keep, tell, blank }) {
  let timer, known = "", going = null;
  const restore = (draft) => {
    body.value = draft.body;
    form.language.value = draft.language;
    const post = document.getElementById("post-" + draft.reply_to);
    if (post) answer(String(draft.reply_to), post.querySelector(".who").firstElementChild.textContent);
    keep();
    tell(form.dataset.kept);
  };
  const now = () => ({ body: body.value, reply_to: Number(form.reply_to.value) || 0, language: form.language.value });
  const save = () => {
    const draft = now(), text = JSON.stringify(draft);
    if (text === known || going) return;
    going = ask("PUT", path + "/draft", draft).then((answer) => { if (answer.ok) known = text; }).catch(() => {}).finally(() => { going = null; });
  };
  body.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(save, rest);
  });
  addEventListener("pagehide", () => {
    clearTimeout(timer);
    if (JSON.stringify(now()) === known || blank() && !known) return;
    fetch("/api/v1/" + path + "/draft", { method: "PUT", keepalive: true, headers: { "Content-Type": "application/json" }, body: JSON.stringify(now()) }).catch(() => {}); // one too long for a page that goes is in the browser
  });
  form.addEventListener("posted", async () => { // what was on its way arrives after the post has taken its draft away
    clearTimeout(timer);
    known = "";
    if (going) await going;
    else return;
    ask("DELETE", path + "/draft").catch(() => {});
  });
  if (!blank()) {
    timer = setTimeout(save, rest);
    return;
  }
  ask("GET", path + "/draft").then(async (answer) => {
    if (!answer.ok) return;
    const draft = await answer.json();
    known = JSON.stringify({ body: draft.body, reply_to: draft.reply_to ?? 0, language: draft.language });
    if (draft.body && blank()) restore(draft);
  }).catch(() => {});
}

// files brings files to the portal, each tried until it is answered, and notes in the form what goes with the post.
function files({ form, body, list, path, ask }) {
  const input = form.querySelector("[type=file]");
  const settled = () => form.dispatchEvent(new Event("files"));

  function row(name) {
    const li = document.createElement("li"), what = document.createElement("bdi"), said = document.createElement("span");
    what.textContent = name;
    said.className = "quiet";
    li.append(what, " ", said);
    list.append(li);
    list.hidden = false;
    return { li, said };
  }

  function there({ li, said }, file) {
    const kept = document.createElement("input"), remove = document.createElement("button");
    Object.assign(kept, { type: "hidden", name: "files", value: file.id });
    Object.assign(remove, { type: "button", className: "link", textContent: words["compose.file_remove"] });
    remove.setAttribute("aria-label", words["compose.file_remove"] + " " + file.name);
    remove.addEventListener("click", () => {
      li.remove();
      settled();
      ask("DELETE", "attachments/" + file.id).catch(() => {}); // else it goes by itself
      body.focus();
    });
    li.removeAttribute("data-going");
    said.textContent = "";
    li.append(kept, " ", remove);
    settled();
  }

  function bring(file) {
    const made = row(file.name), bar = document.createElement("progress");
    let tries = 0, again;
    made.li.dataset.going = "";
    bar.max = file.size;
    bar.setAttribute("aria-label", words["compose.file_sending"]);
    made.li.append(bar);
    const attempt = () => {
      clearTimeout(again);
      removeEventListener("online", attempt);
      const request = new XMLHttpRequest(), data = new FormData();
      data.append("file", file, file.name);
      request.open("POST", "/api/v1/" + path + "/attachments");
      request.setRequestHeader("Accept-Language", document.documentElement.lang);
      request.upload.onprogress = (e) => { bar.value = e.loaded; };
      request.onloadend = () => {
        let said = {};
        try { said = JSON.parse(request.responseText); } catch { /* only the status tells */ }
        if (request.status === 201) {
          bar.remove();
          return there(made, said);
        }
        if (lost(request.status && { status: request.status, headers: { has: (n) => request.getResponseHeader(n) !== null } })) {
          made.said.textContent = words["compose.file_again"];
          again = setTimeout(attempt, Math.min(longest, 1000 * 2 ** tries++));
          addEventListener("online", attempt);
          return;
        }
        bar.remove();
        made.li.removeAttribute("data-going");
        made.said.textContent = said.detail ?? said.title ?? String(request.status);
        made.li.setAttribute("role", "alert");
        settled();
      };
      request.send(data);
    };
    attempt();
  }

  const take = (of, e) => {
    if (!of?.length) return;
    e.preventDefault();
    for (const file of of) bring(file);
  };
  input.addEventListener("change", (e) => {
    take([...input.files], e);
    input.value = ""; // they are on their way; the form must not bring them once more
  });
  body.addEventListener("paste", (e) => take(e.clipboardData?.files, e));
  form.addEventListener("dragover", (e) => { if (e.dataTransfer?.types.includes("Files")) e.preventDefault(); });
  form.addEventListener("drop", (e) => take(e.dataTransfer?.files, e));
  form.addEventListener("posted", () => {
    for (const li of [...list.children]) if (!("going" in li.dataset)) li.remove();
    list.hidden = !list.children.length;
  });
  // What was brought before this page was opened still waits.
  ask("GET", path + "/attachments").then(async (answer) => {
    if (!answer.ok) return;
    for (const file of (await answer.json()).items) if (!form.querySelector(`[name=files][value="${file.id}"]`)) there(row(file.name), file);
  }).catch(() => {});
}
