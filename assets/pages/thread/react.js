// Reactions without a new page: a button shows at once what was pressed, and the portal is asked until
// it answers. Asked twice it does the same, so only the last press of each button counts.
import { ask, lost } from "./ask.js";
import { renew } from "./live.js";

const wanted = new Map(); // path of a reaction → its button's form and name, and whether it is wished
let again, tries = 0, busy = false;

// show puts a button into a state. The post may stand here anew since it was pressed.
function show({ post, name, on }) {
  const button = document.querySelector(`#post-${post} .more [value=${name}]`);
  if (!button) return;
  button.name = on ? "remove" : "add";
  button.setAttribute("aria-pressed", on);
}

// tell says beside a post's buttons what became of a press.
function tell(post, text) {
  const form = document.querySelector(`#post-${post} .more form`);
  let said = form?.querySelector("[role=status]");
  if (!form || !said && !text) return;
  if (!said) {
    said = document.createElement("p");
    said.setAttribute("role", "status");
    form.append(said);
  }
  setTimeout(() => { said.textContent = text; }); // after it stands there, so that it is heard
}

async function send() {
  clearTimeout(again);
  if (busy) return;
  busy = true;
  for (const [path, wish] of wanted) {
    const answer = await ask(wish.on ? "PUT" : "DELETE", path).catch(() => null);
    if (lost(answer)) {
      for (const w of wanted.values()) tell(w.post, document.getElementById("reply").dataset.unsent);
      again = setTimeout(send, Number(answer?.headers.get("Retry-After")) * 1000 || Math.min(30000, 1000 * 2 ** tries++));
      break;
    }
    tries = 0;
    if (wanted.get(path) !== wish) continue; // pressed once more meanwhile: that comes next
    wanted.delete(path);
    tell(wish.post, "");
    if (answer.ok) {
      await renew(wish.post).catch(() => {}); // the button shows it already
      for (const w of wanted.values()) show(w);
    } else {
      show({ ...wish, on: !wish.on });
      const problem = await answer.json().catch(() => null);
      tell(wish.post, problem?.detail ?? problem?.title ?? String(answer.status));
    }
  }
  busy = false;
}

document.getElementById("posts")?.addEventListener("submit", (e) => {
  e.preventDefault();
  const post = e.target.closest(".post").dataset.post, { name: does, value: name } = e.submitter;
  const wish = { post, name, on: does === "add" }, path = `posts/${post}/reactions/${name}`;
  wanted.delete(path); // the last press comes last
  wanted.set(path, wish);
  show(wish);
  send();
});
addEventListener("online", send);
