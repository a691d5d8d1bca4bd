// What is typed into a form is kept in the browser, so that a lost session or a closed tab costs
// nothing. It is forgotten when the page comes to which the form leads.
const sent = "praxis:sent";

// keepForm puts back what was typed here before, and keeps each change under a name.
export function keepForm(form, name) {
  const key = "praxis:form:" + document.body.dataset.member + ":" + name;
  const fields = () => [...form.elements].filter((f) => f.name && f.matches("textarea, input:is([type=text], [type=search])"));
  settle(key);
  try {
    const values = JSON.parse(localStorage.getItem(key)) ?? {};
    for (const f of fields()) if (!f.value && values[f.name]) f.value = values[f.name];
  } catch { /* as if there were none */ }
  form.addEventListener("input", () => {
    const values = Object.fromEntries(fields().map((f) => [f.name, f.value]));
    try { localStorage.setItem(key, JSON.stringify(values)); } catch { /* a full or forbidden store must not stop the writing */ }
  });
  form.addEventListener("submit", () => {
    try { sessionStorage.setItem(sent, key); } catch { /* it is put back once too often */ }
  });
}

// settle forgets the form that led to this page, unless this is that form again.
export function settle(here) {
  try {
    const key = sessionStorage.getItem(sent);
    if (!key || key === here) return;
    localStorage.removeItem(key);
    sessionStorage.removeItem(sent);
  } catch { /* nothing was kept */ }
}
