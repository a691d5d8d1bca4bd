// What the thread's page asks of the portal, and whether it got there.
export const ask = (method, path, what, headers) => fetch("/api/v1/" + path, {
  method, signal: AbortSignal.timeout?.(20000), body: what && JSON.stringify(what),
  headers: { "Content-Type": "application/json", "Accept-Language": document.documentElement.lang, ...headers },
});

// lost tells whether the same may work in a moment. No answer is null.
export const lost = (answer) => !answer || answer.status >= 500 || answer.status === 429 || answer.headers.has("Retry-After");
