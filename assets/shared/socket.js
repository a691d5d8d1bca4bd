// The live connection of a page: one topic, followed across every reconnection. By a socket; where
// sockets do not come through, by server-sent events; where those do not either, by asking again and again.
const longest = 30000, heartbeat = 20000, patience = 15000, kept = "praxis:live";

// Each way opens a connection, tells on.said what comes by it and on.closed that it came to nothing, and
// returns what closes it without a word, and what sends by it where that can be.
function socket(topic, after, on) {
  const s = new WebSocket(location.origin.replace(/^http/, "ws") + "/api/v1/live", ["praxis.v1"]);
  const send = (m) => { if (s.readyState === 1) s.send(JSON.stringify({ topic, ...m })); };
  s.onopen = () => send({ op: "subscribe", after });
  s.onmessage = (e) => on.said([JSON.parse(e.data)].flat());
  s.onclose = on.closed;
  return { send, close() { s.onclose = s.onmessage = null; s.close(); } };
}

// The other ways are fetched where they are needed: most networks let sockets through.
const otherwise = BLOCKED; // their script's address, which the bundler puts here
const other = (name) => (topic, after, on) => {
  let open, over = false;
  import(otherwise).then((m) => { if (!over) open = m[name](topic, after, on); }).catch(on.closed);
  return { close() { over = true; open?.close(); } };
};

const ways = [socket, other("stream"), other("poll")];

// What came through before in this tab, and until when that is good enough.
let way = 0, until = 0, worked;
try { [way, until] = JSON.parse(sessionStorage[kept]); } catch { /* nothing, or nothing can be kept */ }

function comesThrough() {
  worked ||= !way;
  if (way && until) return;
  until = way && Date.now() + (worked ? 1 : 10) * 60000;
  try { sessionStorage[kept] = JSON.stringify([way, until]); } catch { /* it is found out again */ }
}

// follow subscribes to a topic from the event that after() names, and again whenever the connection
// was lost. hear is told each message, and the connection that brought it, whose again() asks once more
// for what could not be shown and whose end() gives the topic up. gone is told when a connection is
// lost and back when the topic is followed again. What it returns is said to the portal where a
// connection stands that can say anything.
export function follow(topic, after, hear, gone = () => {}, back = () => {}) {
  let open, tries = 0, strikes = 0, stopped = false, retry, beat, late, heard, lostAt;

  function connect() {
    clearTimeout(retry);
    if (stopped || open) return;
    if (until && Date.now() > until) way = strikes = until = 0; // sockets may come through by now
    let word = false, mine;
    const close = () => { mine?.close(); if (open === mine) open = null; clearInterval(beat); clearTimeout(late); };
    const from = { current: () => open === mine, again: () => { if (from.current()) { close(); lost(); } }, end: () => { stopped = true; close(); } };
    const failed = (weight) => {
      if (!from.current()) return;
      close();
      if (!word && navigator.onLine && (strikes += weight) > 1) {
        way = (way + 1) % ways.length;
        strikes = way && 1;
        until = 0;
      }
      lost();
    };
    late = setTimeout(failed, patience, 2);
    const said = (messages) => {
      heard = Date.now();
      if (!word) {
        word = true;
        clearTimeout(late);
        strikes = 0;
      }
      for (const m of messages) {
        if (!from.current()) return;
        if (m.op === "subscribed") whole(from);
        if (m.op === "goodbye") {
          close(); // its end may never come, and it would stand in the next one's way
          lost(m.retry_ms);
        } else if (m.op === "error" && m.code === "unavailable") {
          from.again(); // after a while
        } else {
          hear(m, from);
        }
      }
    };
    open = mine = ways[way](topic, after(), { said, closed: () => failed(1) });
  }

  function lost(wait = Math.min(longest, 500 * 2 ** tries++) * (0.5 + Math.random() / 2)) {
    if (stopped) return;
    gone(lostAt ??= new Date());
    clearTimeout(retry);
    retry = setTimeout(connect, wait);
  }

  function whole(from) {
    lostAt = undefined;
    comesThrough();
    back();
    clearInterval(beat);
    beat = setInterval(() => {
      tries = 0; // it has lasted
      if (Date.now() - heard > 2.5 * heartbeat || until && Date.now() > until) from.again();
      else open.send?.({ op: "ping" });
    }, heartbeat);
  }

  connect();
  addEventListener("online", connect);
  const rest = () => { clearTimeout(retry); clearTimeout(late); clearInterval(beat); open?.close(); open = null; };
  addEventListener("pagehide", rest);
  addEventListener("pageshow", (e) => { if (e.persisted) connect(); });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) connect();
    else if (way === 1) rest(); // a browser has few connections to a portal, and streams in hidden tabs may hold them all
  });
  return (message) => open?.send?.(message);
}
