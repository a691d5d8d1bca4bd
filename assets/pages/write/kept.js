// What is typed into the editor is kept in the browser under
//   praxis:practice:MEMBER:PRACTICE:TAB
// where TAB is a name that each page gives itself, so that no tab writes over another's words or
// forgets them. A page forgets its own words when the portal has them. A form that is sent leaves
// its words under the name that they had, for the next page to forget, and what is typed from then
// on gets another name. What nobody has forgotten is offered when the practice is opened again.
import { unique } from "/shared/dom.js";

const start = "praxis:practice:" + document.body.dataset.member + ":";
let tab = unique(), sent = null;

export const keyOf = (practice) => start + practice + ":" + tab;

export function keep(practice, words) {
  try { localStorage.setItem(keyOf(practice), JSON.stringify({ words, at: Date.now() })); } catch { /* writing goes on without */ }
}

export function forget(key) {
  try { localStorage.removeItem(key); } catch { /* it stays, and is offered again */ }
}

// stored forgets what this page holds: the portal has it.
export function stored(practice) {
  forget(keyOf(practice));
  if (sent) forget(sent);
  sent = null;
}

// leave gives what is typed from now on another name than what is sent, and tells the name of that.
export function leave(practice) {
  if (sent) forget(sent); // sent once more, with all that it held
  sent = keyOf(practice);
  tab = unique();
  return sent;
}

// own makes words that this page shows its own.
export function own(key) {
  tab = key.slice(key.lastIndexOf(":") + 1);
}

// found lists what is kept of a practice, the latest first.
export function found(practice) {
  const list = [];
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(start + practice + ":")) list.push({ key, ...JSON.parse(localStorage.getItem(key)) });
    }
  } catch { /* as if there were none */ }
  return list.sort((a, b) => b.at - a.at);
}

// same tells whether two forms hold the same words.
export function same(a, b) {
  const text = (words) => JSON.stringify(words.filter(([name, value]) => value && name !== "version" && name !== "rows"));
  return text(a) === text(b);
}
