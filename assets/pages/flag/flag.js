import { keepForm } from "/shared/keep.js";
const form = document.querySelector("main form");
keepForm(form, "flag:" + form.kind.value + ":" + form.elements.id.value);
