import { keepForm } from "/shared/keep.js";
const form = document.querySelector("main form");
keepForm(form, "reply:" + form.getAttribute("action") + ":" + form.reply_to.value);
