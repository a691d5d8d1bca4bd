// What stands in the editor's form: how it is read, and what grows and ticks off in it.

export const form = document.getElementById("editor");
const all = (name) => new FormData(form).getAll(name).filter(Boolean);
export const one = (name) => (form.elements[name]?.value ?? "").trim();

// unclear lists what is filled and only a press on Save can tell the meaning of.
export function unclear() {
  const red = form.querySelector("[name=handling]:checked")?.value === "red";
  return [form.elements.country_other, red && form.elements.named_more].filter((f) => f && f.value.trim());
}

// typed is the form as the API takes it, without what is unclear.
export function typed() {
  const sections = {};
  for (const f of form.querySelectorAll("[name^='sections.']")) sections[f.name.slice(9)] = f.value;
  const references = [];
  for (let i = 0; i < Number(one("rows")); i++) {
    const ref = { title: one(`ref.${i}.title`), publisher: one(`ref.${i}.publisher`), year: Number(one(`ref.${i}.year`)) || 0, url: one(`ref.${i}.url`) };
    if (ref.title || ref.publisher || ref.url) references.push(ref);
  }
  const handling = form.querySelector("[name=handling]:checked")?.value; // none: it is not for a co-author to choose
  const draft = { title: one("title"), summary: one("summary"), sections, references, language: one("language"), country: one("country"),
    organization: one("organization"), year: Number(one("year")) || 0, type: one("type"), level: one("level"),
    sectors: all("sectors"), topics: all("topics"), substances: all("substances") };
  if (handling) Object.assign(draft, { handling, named: handling === "red" ? all("named").map(Number) : [] });
  if (form.elements.as_original) { // a translation's facts are its original's
    for (const fact of ["country", "organization", "year", "type", "level", "sectors", "topics", "substances", "references"]) delete draft[fact];
  }
  for (const f of unclear()) delete draft[f.name === "named_more" ? "named" : "country"];
  if (form.elements.workspace_id) draft.workspace_id = Number(one("workspace_id"));
  if (form.elements.translation_of) draft.translation_of = Number(one("translation_of"));
  return draft;
}

// bare is a value without what is empty in it, however it came to be empty.
function bare(v) {
  if (typeof v === "string") return v.replaceAll("\r\n", "\n").trim() || undefined;
  if (Array.isArray(v)) return v.length ? v.map(bare) : undefined;
  if (!v || typeof v !== "object") return v || undefined;
  const whole = Object.keys(v).sort().map((k) => [k, bare(v[k])]).filter(([, part]) => part !== undefined);
  return whole.length ? Object.fromEntries(whole) : undefined;
}

// has tells whether a practice is as a draft would have it.
export const has = (practice, draft) => Object.keys(draft).every((k) => JSON.stringify(bare(practice[k])) === JSON.stringify(bare(draft[k])));

// words are the fields as the browser keeps them.
export const words = () => [...new FormData(form)].filter(([name, value]) => typeof value === "string" && !["do", "once"].includes(name));

// needs keeps the checklist true while one types.
export function needs() {
  for (const item of document.querySelectorAll(".needs li")) {
    const field = document.querySelector(item.querySelector("a").hash), name = field.name || field.id.slice(2);
    const done = name === "organization" ? one("organization") || one("country") || one("country_other") : name === "sectors" ? all("sectors").length : !form.elements[name] || one(name);
    item.classList.toggle("done", Boolean(done));
  }
}

// row makes one more reference like the last.
export function row() {
  const last = [...form.querySelectorAll(".ref")].at(-1), n = Number(one("rows"));
  if (!last) return false;
  const next = last.cloneNode(true);
  for (const e of [next, ...next.querySelectorAll("*")]) {
    for (const a of e.attributes) a.value = a.name === "aria-label" ? a.value.replace(/\d+/, n + 1) : a.value.replace(/(ref[.-]|drop-)\d+/g, "$1" + n);
  }
  last.after(next);
  form.elements.rows.value = n + 1;
  return true;
}
