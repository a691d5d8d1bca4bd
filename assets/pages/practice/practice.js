import "./actions.js";
