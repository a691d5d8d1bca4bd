// While a title is being typed, what the portal has that is like it is shown beside it. Nothing waits for that.
import { fragment } from "./dom.js";

const pause = 700;

// make puts the place where it is told behind the last field that it depends on.
function make() {
  const place = document.createElement("div"), last = document.getElementById("f-summary");
  place.id = "similar";
  place.setAttribute("aria-live", "polite");
  (last.closest(".two") ?? last.closest(".field")).after(place);
  return place;
}

// similar follows a form's title and summary; kind is what is being written.
export function similar(form, kind) {
  const place = document.getElementById("similar") ?? make();
  let timer, asked, going;
  const value = (name) => form.elements[name]?.value.trim() ?? "";
  async function look() {
    const what = new URLSearchParams({ kind, of: Number(form.dataset.practice) || value("translation_of"), title: value("title"), summary: value("summary") });
    if (String(what) === asked) return;
    asked = String(what);
    going?.abort();
    going = new AbortController();
    try {
      const answer = await fetch("/similar", { method: "POST", body: what, signal: going.signal });
      if (answer.ok) place.replaceChildren(fragment(await answer.text()));
    } catch { /* overtaken, or no network: the form is whole without */ }
  }
  form.addEventListener("input", (e) => {
    if (e.target.name !== "title" && e.target.name !== "summary") return;
    clearTimeout(timer);
    timer = setTimeout(look, pause);
  });
}
