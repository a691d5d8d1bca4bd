// Keeps one page for when there is no network: it says so, in the reader's language. Nothing that
// a member reads is kept.
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
  e.respondWith(fetch(e.request).catch(async () => (await caches.match(page)) ?? Response.error()));
});
