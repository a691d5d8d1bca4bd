// What is typed into a form is kept in the browser, so that a lost session or a closed tab costs
// nothing. It is forgotten when the page comes to which the form leads.
const sent = "praxis:sent";

// led is the form that led to this page. Whichever page comes first takes it: where that is one
// that says what went wrong, a later one must not forget what was never sent.
let led = null;
try {
  led = sessionStorage.getItem(sent);
  sessionStorage.removeItem(sent);
} catch { /* nothing was kept */ }

// keepForm puts back what was typed here before, instead of what stands there where it is over, and
// keeps each change under a name.
export function keepForm(form, name, over) {
  const key = "praxis:form:" + document.body.dataset.member + ":" + name;
  const fields = () => [...form.elements].filter((f) => f.name && f.matches("textarea, select, input:is([type=text], [type=search], [type=radio], [type=checkbox])"));
  const picked = (f) => f.type === "radio" || f.type === "checkbox";
  settle(key);
  try {
    const kept = JSON.parse(localStorage.getItem(key)) ?? [];
    for (const f of kept.length ? fields() : []) {
      if (!picked(f)) continue;
      f.checked = kept.some(([name, value]) => name === f.name && value === f.value);
      if (f.checked) f.closest("details")?.setAttribute("open", "");
    }
    for (const [name, value] of kept) {
      const f = form.elements[name];
      if (f?.matches?.("textarea, input") ? over || !f.value : [...f?.options ?? []].some((o) => o.value === value)) f.value = value;
    }
  } catch { /* as if there were none */ }
  form.addEventListener("input", () => {
    const values = fields().filter((f) => f.checked || !picked(f)).map((f) => [f.name, f.value]);
    try { localStorage.setItem(key, JSON.stringify(values)); } catch { /* a full or forbidden store must not stop the writing */ }
  });
  form.addEventListener("submit", () => leads(key));
}

// leads notes what the page forgets that the form leads to.
export function leads(key) {
  try { sessionStorage.setItem(sent, key); } catch { /* it is put back once too often */ }
}

// settle forgets the form that led to this page, unless this is that form again.
export function settle(here) {
  if (!led || led === here) return;
  try { localStorage.removeItem(led); } catch { /* it is put back once too often */ }
}
