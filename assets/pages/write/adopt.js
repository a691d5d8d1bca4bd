// The files of a report are sent in pieces, with a bar that tells how far they are, when its words are
// saved: those of a new one before, without them.
import { keepForm, leads } from "/shared/keep.js";
import { send } from "./upload.js";

const form = document.querySelector("main form"), say = form.dataset;
const chosen = form.elements.file, state = document.getElementById("sending");
const pause = 10000;
let onto = say.report, waiting = [], busy = false, timer;
keepForm(form, location.pathname);

// make saves the words of a new report. What is wrong with them, the form's own page says.
async function make() {
  const words = new FormData(form);
  words.delete("file");
  words.set("do", "files");
  const answer = await fetch(form.action, { method: "POST", body: words }).catch(() => null);
  if (!answer || answer.status >= 500 || answer.status === 429) return false;
  onto = /\/adoptions\/\d+/.exec(answer.url)?.[0];
  if (onto) form.action = onto;
  else form.submit();
  return Boolean(onto);
}

// go sends what waits, one after the other; where there is no network it says so and is tried again.
async function go() {
  clearTimeout(timer);
  if (busy || !waiting.length) return;
  busy = true;
  const fresh = !say.report;
  let well = onto || await make();
  while (well && waiting.length) {
    const file = waiting[0], bar = document.createElement("progress");
    state.replaceChildren(say.sending.replace("{}", file.name), bar);
    const { status, said } = await send(onto, file, bar);
    well = status === 201;
    if (well) {
      waiting.shift();
      state.textContent = say.there.replace("{}", file.name);
    } else if (status && status < 500) {
      state.textContent = file.name + ": " + (said?.detail ?? said?.title ?? status);
      waiting = [];
    }
    const rest = new DataTransfer(); // the button sends only these
    for (const f of waiting) rest.items.add(f);
    chosen.files = rest.files;
  }
  busy = false;
  if (waiting.length) {
    leads(""); // nothing is sent: what was typed stays kept
    state.textContent = say.again;
    timer = setTimeout(go, pause);
  } else if (well && fresh) {
    location.assign(say.done);
  }
}

chosen.addEventListener("change", () => {
  waiting = [...chosen.files];
  if (onto) go();
});
form.addEventListener("submit", (e) => {
  if (onto && !waiting.length || !chosen.files.length) return;
  e.preventDefault();
  go();
});
addEventListener("online", go);
