// The one door through which the portal's own markup enters a page: trusted types let nothing else in.
const policy = window.trustedTypes?.createPolicy("praxis", { createHTML: (html) => html, createScriptURL: () => "/worker.js" });

// fragment makes nodes of markup that the portal's server has rendered. Never give it what a person typed.
export function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = policy ? policy.createHTML(html) : html;
  return template.content;
}

// keepOffline lets the browser keep the page that it shows when there is no network.
export function keepOffline() {
  navigator.serviceWorker?.register(policy ? policy.createScriptURL("") : "/worker.js").catch(() => {});
}

// unique makes a key under which a request is sent once, however often it is tried.
export const unique = () => crypto.randomUUID?.() ?? Date.now() + "-" + Math.random();

// keysOn tells whether keys of one letter act: whoever dictates switches them off in her settings.
export function keysOn() {
  try {
    return localStorage.getItem("praxis-keys") !== "off";
  } catch {
    return true;
  }
}
