// The button that has this browser show notifications, where it can.
const box = document.getElementById("push");
const button = document.getElementById("push-on");
const said = document.getElementById("push-said");

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

// ask sends one call to the portal and fails where it says no.
async function ask(method, path, body) {
  const answer = await fetch("/api/v1" + path, { method, headers: body ? { "Content-Type": "application/json" } : {}, body: body && JSON.stringify(body) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.status === 204 ? null : answer.json();
}

async function start() {
  const worker = await navigator.serviceWorker.ready;
  const { public_key, endpoints } = await ask("GET", "/push");
  let kept = await worker.pushManager.getSubscription();
  let on = !!kept && endpoints.includes(kept.endpoint); // it may be of whoever was signed in here before
  const show = () => { button.textContent = on ? box.dataset.off : box.dataset.on; };
  show();
  box.hidden = false;
  button.addEventListener("click", async () => {
    button.disabled = true;
    said.textContent = "";
    try {
      if (on) {
        await ask("DELETE", "/push/subscriptions?endpoint=" + encodeURIComponent(kept.endpoint));
        on = false;
        await kept.unsubscribe();
        kept = null;
      } else {
        kept ??= await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(public_key) });
        await ask("POST", "/push/subscriptions", kept);
        on = true;
      }
    } catch {
      said.textContent = box.dataset.failed;
    }
    show();
    button.disabled = false;
  });
}

if (box && "serviceWorker" in navigator && "PushManager" in window) start().catch(() => {}); // without it the button stays away
