import { keepForm } from "/shared/keep.js";
const form = document.querySelector("main form");
keepForm(form, form.getAttribute("action") + ":" + form.version.value, true);
