import "./reveal.js";
