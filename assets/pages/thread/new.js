import { keepForm } from "/shared/keep.js";
import { similar } from "/shared/similar.js";

const form = document.getElementById("new");
keepForm(form, location.pathname);
similar(form, "thread");
