// What every page promises its readers, looked at where they look. The value is a list of what is wrong.
((ask) => {
  const wrong = [];
  const all = (selector) => [...document.querySelectorAll(selector)];
  const say = (what, e) => wrong.push(e ? `${what}: ${e.outerHTML.replace(/\s+/g, " ").slice(0, 140)}` : what);
  const seen = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getClientRects().length > 0;
  const aloud = (e) => { // for the ear alone
    for (; e; e = e.parentElement) if (e.matches(".sr, .skip")) return true;
    return false;
  };

  const width = () => {
    // On a phone innerWidth grows with what is too wide; the root's own width does not.
    const wide = document.scrollingElement.scrollWidth, room = document.documentElement.clientWidth;
    if (wide <= room) return;
    say(`the page is ${wide} wide in a window of ${room}`);
    const scrolls = (e) => { for (e = e.parentElement; e && e !== document.body; e = e.parentElement) if (getComputedStyle(e).overflowX !== "visible") return true; };
    for (const e of all("body *").filter((e) => seen(e) && !scrolls(e)).filter((e) => { const b = e.getBoundingClientRect(); return b.right > room + 1 || b.left < -1; }).slice(-2)) say("too wide", e);
  };

  const structure = () => {
    if (all("h1").length !== 1) say(`${all("h1").length} headings of the first level`);
    if (all("main").length !== 1) say(`${all("main").length} main landmarks`);
    if (!document.title.trim()) say("no title");
    const ids = new Map();
    for (const e of all("[id]")) ids.set(e.id, (ids.get(e.id) || 0) + 1);
    for (const [id, n] of ids) if (n > 1) say(`the identifier ${id} stands ${n} times`);
    for (const e of all("[aria-describedby], [aria-labelledby], [aria-controls]")) {
      for (const a of ["aria-describedby", "aria-labelledby", "aria-controls"]) {
        for (const id of (e.getAttribute(a) || "").split(/\s+/).filter(Boolean)) if (!ids.has(id)) say(`${a} points to ${id}, which is not there`, e);
      }
    }
    for (const e of all("a[href^='#']")) {
      const id = decodeURIComponent(e.getAttribute("href").slice(1));
      if (id && !ids.has(id)) say("a link within the page leads nowhere", e);
    }
    let level = 1;
    for (const e of all("main h1, main h2, main h3, main h4, main h5, main h6").filter((e) => !e.closest(".prose"))) {
      const now = Number(e.tagName[1]);
      if (now > level + 1) say(`a heading of level ${now} after one of level ${level}`, e);
      level = now;
    }
  };

  const name = (e) => (e.getAttribute("aria-label") || (e.getAttribute("aria-labelledby") || "").split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" ")
    || e.textContent || e.title || "").trim();

  const names = () => {
    for (const e of all("input, select, textarea")) {
      if (e.type === "hidden" || e.hidden) continue;
      const label = [...(e.labels || [])].map((l) => l.textContent).join("").trim() || e.getAttribute("aria-label") || e.getAttribute("aria-labelledby");
      if (!label && !["submit", "button"].includes(e.type)) say("no label", e);
    }
    for (const e of all("a[href], button, summary")) if (seen(e) && !e.closest("[aria-hidden=true]") && e.getAttribute("aria-hidden") !== "true" && !name(e)) say("no name", e);
    for (const e of all("img")) if (!e.hasAttribute("alt")) say("no alternative", e);
    for (const e of all("svg")) if (!e.closest("[aria-hidden=true]") && e.getAttribute("role") !== "img") say("a picture is neither hidden nor named", e);
    for (const e of all("fieldset")) if (!e.querySelector("legend")?.textContent.trim()) say("no legend", e);
    for (const e of all("th").filter((e) => !e.closest(".prose"))) if (!e.scope) say("a table's heading without scope", e);
  };

  // Targets: 24 by 24 px (WCAG 2.2, 2.5.8), with its exceptions for links in a sentence and for room around.
  const targets = () => {
    const hits = all("a[href], button, input, select, textarea, summary").filter((e) => e.type !== "hidden" && seen(e) && !aloud(e));
    const inSentence = (e) => {
      if (e.tagName !== "A" || !getComputedStyle(e).display.startsWith("inline") || getComputedStyle(e).display === "inline-flex") return false;
      const block = e.closest("p, li, td, dd, figcaption, blockquote, h2, h3, .prose") || e.parentElement;
      return block.textContent.trim().length > e.textContent.trim().length;
    };
    const middle = (e) => { const b = e.getClientRects()[0]; return [b.left + b.width / 2, b.top + b.height / 2]; };
    const belongs = (at, e) => at && (e.contains(at) || at === e || [...(e.labels || [])].some((l) => l.contains(at)));
    for (const e of hits) {
      const b = e.getBoundingClientRect();
      if (b.width >= 24 && b.height >= 24) continue;
      if (inSentence(e)) continue;
      e.scrollIntoView({ block: "center", behavior: "instant" });
      const [x, y] = middle(e);
      if ([[x - 11.5, y], [x + 11.5, y], [x, y - 11.5], [x, y + 11.5]].every(([px, py]) => belongs(document.elementFromPoint(px, py), e))) continue;
      const crowded = hits.some((o) => {
        if (o === e || e.contains(o) || o.contains(e)) return false;
        return [...o.getClientRects()].some((r) => {
          const dx = Math.max(r.left - x, 0, x - r.right), dy = Math.max(r.top - y, 0, y - r.bottom);
          return Math.hypot(dx, dy) < 12;
        });
      });
      if (crowded) say(`a target of ${Math.round(b.width)} x ${Math.round(b.height)} px with another beside it`, e);
    }
    scrollTo(0, 0);
  };

  const focus = () => {
    const kinds = new Set();
    for (const e of all("a[href], button, input, select, textarea, summary")) {
      if (e.type === "hidden" || e.tabIndex < 0 || !seen(e)) continue;
      const kind = `${e.tagName} ${e.type || ""} ${e.className} ${e.parentElement.className} ${e.parentElement.tagName}`;
      if (kinds.has(kind)) continue;
      kinds.add(kind);
      e.focus({ focusVisible: true });
      if (document.activeElement !== e) { say("takes no focus", e); continue; }
      const s = getComputedStyle(e);
      if (!(s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) && s.boxShadow === "none") say("the focus is not seen", e);
      const b = [...e.getClientRects()].find((r) => r.width > 0);
      const at = document.elementFromPoint(Math.min(Math.max(b.left + b.width / 2, 0), innerWidth - 1), b.top + Math.min(b.height / 2, innerHeight / 2));
      const over = at && !e.contains(at) && !at.contains(e) && at.closest(".bottom, .sheet");
      if (over && !over.contains(e)) say("the focus is covered", e);
    }
    document.activeElement?.blur();
    scrollTo(0, 0);
  };

  // Contrast of every text with what lies under it.
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const known = new Map();
  const rgba = (text) => {
    if (!known.has(text)) {
      canvas.clearRect(0, 0, 1, 1);
      canvas.fillStyle = text;
      canvas.fillRect(0, 0, 1, 1);
      const d = canvas.getImageData(0, 0, 1, 1).data;
      known.set(text, [d[0], d[1], d[2], d[3] / 255]);
    }
    return known.get(text);
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3])).concat(1);
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, k, i) => sum + k * (c[i] / 255 <= 0.04045 ? c[i] / 255 / 12.92 : ((c[i] / 255 + 0.055) / 1.055) ** 2.4), 0);
  const ratio = (a, b) => { const [x, y] = [light(a), light(b)].sort((p, q) => q - p); return (x + 0.05) / (y + 0.05); };
  const under = (e) => {
    const layers = [];
    for (let n = e; n; n = n.parentElement) layers.push(rgba(getComputedStyle(n).backgroundColor));
    const dark = matchMedia("(prefers-color-scheme: dark)").matches;
    return layers.reverse().reduce((c, l) => over(l, c), dark ? [18, 18, 18, 1] : [255, 255, 255, 1]);
  };
  const opacity = (e) => { let o = 1; for (; e; e = e.parentElement) o *= Number(getComputedStyle(e).opacity); return o; };
  const contrast = () => {
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT), done = new Set();
    const judge = (e, style, what) => {
      const size = parseFloat(style.fontSize), need = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
      const ground = under(e), ink = rgba(style.color), got = ratio(over([ink[0], ink[1], ink[2], ink[3] * opacity(e)], ground), ground);
      if (got < need - 0.01) say(`contrast ${got.toFixed(2)}, not ${need}, of ${what} in ${ask.theme}`, e);
    };
    while (walk.nextNode()) {
      const e = walk.currentNode.parentElement;
      if (!walk.currentNode.data.trim() || done.has(e) || !seen(e) || aloud(e) || e.closest("svg, option")) continue;
      done.add(e);
      judge(e, getComputedStyle(e), "text");
    }
    for (const e of all("input, textarea, select").filter((e) => seen(e) && !["hidden", "checkbox", "radio"].includes(e.type))) {
      judge(e, getComputedStyle(e), "what is typed");
      const p = getComputedStyle(e, "::placeholder");
      if (e.placeholder && !e.value && rgba(p.color)[3] > 0) judge(e, p, "a placeholder");
    }
  };

  const words = () => {
    const html = document.documentElement;
    if (html.lang !== ask.lang) say(`the page is in ${html.lang}, not ${ask.lang}`);
    if (html.dir !== (ask.lang === "ar" ? "rtl" : "ltr")) say(`the direction of the page is ${html.dir}`);
    const keys = new Set(ask.keys);
    for (const word of document.body.innerText.match(/[a-z_]+(?:\.[a-z_+]+)+/g) || []) if (keys.has(word)) say(`the text ${word} was not said`);
    if (/\{\{|<no value>|%!|\bundefined\b|\[object |&amp;|&#\d/.test(document.body.innerText)) say(`something unfinished: ${document.body.innerText.match(/.{0,30}(\{\{|<no value>|%!|undefined|\[object |&amp;|&#\d).{0,20}/)?.[0]}`);
    if (ask.lang !== "ar") return;
    for (const e of all("button, .button, summary, label, legend, h1, h2, nav a, th, .help, .quiet strong")) {
      if (!seen(e) && !aloud(e)) continue;
      const foreign = e.closest("[lang]");
      if (foreign && foreign.lang !== "ar") continue;
      const copy = e.cloneNode(true);
      for (const x of copy.querySelectorAll("bdi, [dir=auto], code, kbd, [lang]:not([lang=ar]), .tlp, .face, [aria-hidden=true]")) x.remove();
      const text = copy.textContent.trim();
      if (/\p{Script=Latin}{2,}/u.test(text) && !/\p{Script=Arabic}/u.test(text) && !(ask.foreign || []).includes(text)) say("not in Arabic", e);
    }
  };

  const parts = { width, structure, names, targets, focus, contrast, words };
  for (const part of ask.parts) parts[part]();
  return wrong;
})
