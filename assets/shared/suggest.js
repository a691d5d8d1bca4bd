// The search field completes what is typed (a combobox whose options are links), and remembers in this
// browser alone what was searched for.
const kept = 6, most = 8, rest = 150;
const key = "praxis:recent:" + (document.body.dataset.member ?? "");
const wide = matchMedia("(min-width: 64rem)");
const words = WORDS; // by language and identifier, which the bundler puts here

function recent() {
  try { return JSON.parse(localStorage.getItem(key)) ?? []; } catch { return []; }
}

function remember(list) {
  try { localStorage.setItem(key, JSON.stringify(list.slice(0, kept))); } catch { /* a full or forbidden store holds nothing */ }
}

const searching = (q) => "/search?q=" + encodeURIComponent(q);

const ready = new WeakSet();

// complete makes a field one that completes, when somebody first comes to it.
export function complete(input) {
  if (ready.has(input)) return;
  ready.add(input);
  const list = document.createElement("ul");
  let active = -1, timer, going;
  list.id = input.id + "-list";
  list.className = "sheet links";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0].textContent);
  list.style.minInlineSize = "100%";
  input.type = "text"; // a search field may be no combobox
  input.enterKeyHint = "search";
  input.autocomplete = "off";
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) input.setAttribute(name, value);
  const options = () => [...list.querySelectorAll("[role=option]")];

  function show(made) {
    const place = wide.matches ? input.form : input.closest(".top") ?? input.form; // on a phone as wide as the page
    if (list.parentNode !== place) place.append(list);
    list.replaceChildren(...made);
    list.hidden = !made.length;
    input.setAttribute("aria-expanded", String(!list.hidden));
    options().forEach((o, i) => { o.id = list.id + i; });
    mark(-1);
  }

  function mark(at) {
    active = at;
    options().forEach((o, i) => {
      o.setAttribute("aria-selected", String(i === at));
      o.style.outline = i === at ? "3px solid" : "";
      o.style.outlineOffset = "-3px";
    });
    const on = options()[at];
    if (on) input.setAttribute("aria-activedescendant", on.id);
    else input.removeAttribute("aria-activedescendant");
    on?.scrollIntoView({ block: "nearest" });
  }

  function option(text, of, href) {
    const row = document.createElement("li"), o = document.createElement(href ? "a" : "button"), name = document.createElement("bdi");
    row.setAttribute("role", "none");
    o.setAttribute("role", "option");
    o.tabIndex = -1;
    if (href) o.href = href;
    else o.type = "button";
    name.textContent = text;
    o.append(name);
    if (of) {
      const what = document.createElement("span");
      what.className = "quiet";
      what.textContent = of;
      o.append(what);
    }
    row.append(o);
    return row;
  }

  // before shows what was searched for here before, and lets it be forgotten: one by the delete key, or all.
  function before() {
    const rows = recent().map((q) => {
      const row = option(q, "", searching(q));
      row.firstChild.dataset.q = q;
      return row;
    });
    if (rows.length) {
      const forget = option(words[document.documentElement.lang]["search.forget_recent"]);
      forget.firstChild.addEventListener("click", () => { remember([]); before(); });
      rows.push(forget);
    }
    show(rows);
  }

  async function ask(q) {
    going = new AbortController();
    try {
      const answer = await fetch("/api/v1/search/suggest?limit=" + most + "&q=" + encodeURIComponent(q), { signal: going.signal, headers: { "Accept-Language": document.documentElement.lang } });
      const found = answer.ok ? (await answer.json()).items : [];
      if (document.activeElement === input) show(found.map((s) => option(s.text, s.label, s.url || searching(s.text))));
    } catch { /* overtaken by the next letter, or no network: the field searches all the same */ }
  }

  function look() {
    const q = input.value.trim();
    clearTimeout(timer);
    going?.abort();
    if (!q) before();
    else if ([...q].length < 2) show([]);
    else timer = setTimeout(ask, rest, q);
  }

  input.addEventListener("input", look);
  input.addEventListener("click", () => { if (list.hidden) look(); });
  input.addEventListener("blur", () => { clearTimeout(timer); going?.abort(); show([]); });
  list.addEventListener("mousedown", (e) => e.preventDefault()); // the field keeps the focus
  input.addEventListener("keydown", (e) => {
    const all = options(), on = all[active];
    if (e.isComposing || e.ctrlKey || e.metaKey || e.altKey) return;
    if (e.key === "ArrowDown" || e.key === "ArrowUp") {
      e.preventDefault();
      if (list.hidden) return look();
      const places = all.length + 1; // the options, and the field itself between the last and the first
      mark((active + 1 + (e.key === "ArrowDown" ? 1 : places - 1)) % places - 1);
    } else if (e.key === "Enter" && on) {
      e.preventDefault();
      on.click();
    } else if (e.key === "Escape" && !list.hidden) {
      e.preventDefault();
      show([]);
    } else if (e.key === "Delete" && on?.dataset.q) {
      e.preventDefault();
      remember(recent().filter((q) => q !== on.dataset.q));
      before();
    }
  });
  if (document.activeElement === input && (!input.value || input.value !== input.defaultValue)) look(); // what was typed while this came
}

document.addEventListener("submit", (e) => {
  const q = e.target.matches("form[action='/search']") && e.target.elements.q.value.trim();
  if (q) remember([q, ...recent().filter((r) => r !== q)]);
});
