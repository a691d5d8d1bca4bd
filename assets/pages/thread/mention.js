// Names complete while one writes: "@an" offers members who may read the thread, "#nalo" practices and
// threads. What is chosen becomes a link of the portal's Markdown.
const wanted = /(?:^|[\s(])([@#])([\p{L}\p{M}\p{N}][^\n@#\[\]()]{0,40})$/u;
const rest = 200;

const plain = (name) => name.replace(/[\\[\]]/g, "\\$&");

// complete makes a field one whose names complete; path is the thread's, in the API.
export function complete(field, path, ask, label) {
  const list = document.createElement("ul");
  let active = -1, timer, asked = 0, made = [];
  list.id = field.id + "-names";
  list.className = "sheet links";
  list.hidden = true;
  // Its looks are here, not in the page's style, which is sent to those who never write, too.
  list.style.cssText = "inset: auto; inset-inline: 0; inline-size: auto; max-block-size: 40vh; margin: 0; padding: 0; list-style: none";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  field.after(list);
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-controls", list.id);

  const token = () => field.selectionStart === field.selectionEnd ? wanted.exec(field.value.slice(0, field.selectionStart)) : null;

  function mark(at) {
    active = at;
    [...list.children].forEach((o, i) => {
      o.setAttribute("aria-selected", String(i === at));
      o.style.cssText = "padding: 10px 12px; cursor: pointer;" + (i === at ? "background: var(--wash); outline: 3px solid; outline-offset: -3px" : "");
    });
    const on = list.children[at];
    if (on) field.setAttribute("aria-activedescendant", on.id);
    else field.removeAttribute("aria-activedescendant");
    on?.scrollIntoView({ block: "nearest" });
  }

  function hide() {
    list.hidden = true;
    made = [];
    mark(-1);
  }

  function choose(found) {
    const at = token();
    if (!at) return hide();
    const start = at.index + at[0].lastIndexOf(at[1] + at[2]);
    field.setRangeText(`[${plain(found.text)}](${found.to}) `, start, field.selectionStart, "end");
    hide();
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function show(found) {
    made = found;
    list.replaceChildren(...found.map((f, i) => {
      const o = document.createElement("li"), name = document.createElement("bdi"), more = document.createElement("span");
      o.id = list.id + i;
      o.setAttribute("role", "option");
      name.textContent = f.text;
      more.className = "quiet";
      more.textContent = f.more;
      o.append(name, " ", more);
      o.addEventListener("pointerdown", (e) => { e.preventDefault(); choose(f); });
      return o;
    }));
    list.hidden = !found.length;
    mark(found.length ? 0 : -1);
  }

  async function look() {
    const at = token(), mine = ++asked;
    if (!at) return hide();
    const q = encodeURIComponent(at[2].trim());
    const answer = await ask("GET", at[1] === "@" ? path + "/mentions?q=" + q : "search/suggest?limit=20&q=" + q).catch(() => null);
    if (!answer?.ok) return;
    const { items } = await answer.json();
    if (mine !== asked || !token()) return;
    show(at[1] === "@"
      ? items.map((p) => ({ text: "@" + p.name, more: p.country_name, to: "member:" + p.id }))
      : items.filter((s) => s.kind === "practice" || s.kind === "thread").slice(0, 8).map((s) => ({ text: s.text, more: s.label, to: s.kind + ":" + s.id })));
  }

  field.addEventListener("input", () => {
    clearTimeout(timer);
    if (token()) timer = setTimeout(look, rest);
    else if (!list.hidden) hide();
  });
  field.addEventListener("keydown", (e) => {
    if (list.hidden || e.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[e.key];
    if (step) mark((active + step + made.length) % made.length);
    else if ((e.key === "Enter" || e.key === "Tab") && !e.ctrlKey && !e.metaKey && made[active]) choose(made[active]);
    else if (e.key === "Escape") hide();
    else return;
    e.preventDefault();
  });
  field.addEventListener("blur", hide);
  if (document.activeElement === field) look(); // she was quicker than this script
}
