import "../sign-in/reveal.js";
