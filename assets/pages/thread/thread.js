import "./composer.js";

// An address that names a post of another page finds it.
const asked = /^#post-(\d+)$/.exec(location.hash);
if (asked && !document.getElementById(location.hash.slice(1)) && !location.search.includes("post=")) {
  location.replace(location.pathname + "?post=" + asked[1] + location.hash);
}
