import { keepForm } from "/shared/keep.js";
keepForm(document.getElementById("new"), location.pathname);
