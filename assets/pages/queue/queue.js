// Keys of the queue: j and k move along the cases, a, c and r lead to the decision. The first press
// goes to the note or the button, so that nothing is decided by one slip of a finger.
import { keepForm, settle } from "/shared/keep.js";
import { keysOn } from "/shared/dom.js";

const form = document.getElementById("decision");
const keys = document.getElementById("keys");
if (keys) keys.hidden = !keysOn();
if (form) {
  keepForm(form, "case:" + form.dataset.case);
  if (!document.getElementById("errors")) document.getElementById("case").focus({ preventScroll: true });
} else {
  settle();
}

document.addEventListener("keydown", (e) => {
  if (!keysOn() || e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, textarea, select")) return;
  if (e.key === "j" || e.key === "k") {
    const cases = [...document.querySelectorAll("#cases a")];
    const at = cases.findIndex((a) => a.matches("[aria-current]"));
    const next = cases[at + (e.key === "j" ? 1 : -1)] ?? (at < 0 ? cases[0] : null);
    if (!next || !form) return;
    e.stopImmediatePropagation();
    location.assign(next.href);
    return;
  }
  const button = form?.querySelector("[data-key='" + e.key + "']");
  if (!button) return;
  e.preventDefault();
  const note = form.note;
  const needed = button.value === "request_changes" || button.value === "reject";
  (needed && !note.value.trim() ? note : button).focus();
});
