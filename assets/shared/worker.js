// Keeps one page for when there is no network: it says so, in the language of the page that was read
// last. Nothing that a member reads is kept.
const cacheName = "praxis-1";
const page = "/offline";

self.addEventListener("install", (e) => {
  e.waitUntil(caches.open(cacheName).then((cache) => cache.add(page)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (e) => {
  e.waitUntil(caches.keys().then((names) => Promise.all(names.filter((n) => n !== cacheName).map((n) => caches.delete(n)))));
});

self.addEventListener("fetch", (e) => {
  if (e.request.mode !== "navigate" || e.request.method !== "GET") return;
  e.respondWith(fetch(e.request).then((answer) => {
    e.waitUntil(follow(answer.headers.get("Content-Language")).catch(() => {})); // the one that is kept will do
    return answer;
  }, async () => (await caches.match(page)) ?? Response.error()));
});

// follow keeps the page in another language where the reader's has changed.
async function follow(lang) {
  const kept = await caches.match(page);
  if (lang && kept?.headers.get("Content-Language") !== lang) await (await caches.open(cacheName)).add(page);
}

// What the portal pushes is shown as it comes; what is new of the same thing takes its place.
self.addEventListener("push", (e) => {
  const n = e.data?.json();
  if (n) e.waitUntil(self.registration.showNotification(n.title, { body: n.body, tag: n.tag, lang: n.lang, dir: n.dir, data: n.url }));
});

self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  e.waitUntil(clients.openWindow(e.notification.data));
});
