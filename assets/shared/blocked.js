// How a page follows a topic where sockets do not come through: by server-sent events, or by asking again and
// again. Each way opens a connection, tells on.said what comes by it and on.closed that it came to nothing, and
// returns what closes it without a word.
const often = 10000;
const address = (way, topic, after) => "/api/v1/live/" + way + "?" + new URLSearchParams(after === undefined ? { topic } : { topic, after });

export function stream(topic, after, on) {
  const s = new EventSource(address("sse", topic, after));
  s.onmessage = (e) => on.said([JSON.parse(e.data)].flat());
  s.addEventListener("ping", () => on.said([]));
  s.onerror = on.closed; // what it would do by itself is done here, for all ways alike
  return { close: () => s.close() };
}

export function poll(topic, after, on) {
  let timer, over, told;
  (async function ask() {
    const answer = await fetch(address("poll", topic, after)).catch(() => null);
    const page = answer?.ok && await answer.json().catch(() => null);
    if (over) return;
    const code = { 401: "unauthorized", 403: "forbidden", 404: "not_found" }[answer?.status];
    if (code) return on.said([{ op: "error", topic, code }]);
    if (!page) return on.closed();
    after = page.head;
    on.said([...told ? [] : [{ op: "subscribed", topic, head: after }], ...page.reset ? [{ op: "reset", topic }] : [], ...page.items]);
    told = true;
    if (!over) timer = setTimeout(ask, page.more ? 0 : often * (0.75 + Math.random() / 2));
  })();
  return { close() { over = true; clearTimeout(timer); } };
}
