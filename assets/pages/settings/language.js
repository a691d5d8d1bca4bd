// The switch for keys of one letter stays on this device: only scripts hear them.
import { keysOn } from "/shared/dom.js";

const tick = document.getElementById("keys-on");
if (tick) {
  document.getElementById("keys").hidden = false;
  tick.checked = keysOn();
  tick.addEventListener("change", () => {
    try {
      localStorage.setItem("praxis-keys", tick.checked ? "on" : "off");
    } catch { /* a forbidden store leaves them on */ }
  });
}
