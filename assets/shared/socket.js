// The live socket of a page: one topic, followed across every reconnection.
const longest = 30000, heartbeat = 20000;

// follow subscribes to a topic from the event that after() names, and again whenever the connection
// was lost. hear is told each message, and the connection that brought it, whose again() asks once more
// for what could not be shown and whose end() gives the topic up. gone is told when a connection is
// lost and back when the topic is followed again. What it returns is said to the portal where a
// connection stands.
export function follow(topic, after, hear, gone = () => {}, back = () => {}) {
  let socket, tries = 0, stopped = false, retry, beat, heard = 0, lostAt;

  const say = (message) => {
    if (socket?.readyState === 1) socket.send(JSON.stringify({ topic, ...message }));
  };

  function connect() {
    clearTimeout(retry);
    if (stopped || socket?.readyState < 2) return;
    const opened = socket = new WebSocket(location.origin.replace(/^http/, "ws") + "/api/v1/live", ["praxis.v1"]);
    const from = { current: () => opened === socket, again: () => opened.close(), end: () => { stopped = true; opened.close(); } };
    opened.onopen = () => say({ op: "subscribe", after: after() });
    opened.onclose = () => { if (opened === socket) lost(); };
    opened.onmessage = (e) => {
      heard = Date.now();
      for (const m of [JSON.parse(e.data)].flat()) {
        if (m.op === "subscribed") whole();
        if (m.op === "goodbye") {
          opened.onclose = null;
          opened.close(); // its end may never come, and it would stand in the next one's way
          lost(m.retry_ms);
        } else if (m.op === "error" && m.code === "unavailable") {
          opened.close(); // and it is asked again after a while
        } else {
          hear(m, from);
        }
      }
    };
  }

  function lost(wait = Math.min(longest, 500 * 2 ** tries++) * (0.5 + Math.random() / 2)) {
    clearInterval(beat);
    if (stopped) return;
    gone(lostAt ??= new Date());
    clearTimeout(retry);
    retry = setTimeout(connect, wait);
  }

  function whole() {
    lostAt = undefined;
    back();
    clearInterval(beat);
    beat = setInterval(() => {
      tries = 0; // it has lasted
      if (Date.now() - heard > 2 * heartbeat) socket.close();
      else say({ op: "ping" });
    }, heartbeat);
  }

  connect();
  addEventListener("online", connect);
  addEventListener("pagehide", () => { clearTimeout(retry); socket.onclose = null; socket.close(); });
  addEventListener("pageshow", (e) => { if (e.persisted) connect(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden && lostAt) connect(); });
  return say;
}
