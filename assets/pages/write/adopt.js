import { keepForm } from "/shared/keep.js";
keepForm(document.querySelector("main form"), location.pathname);
