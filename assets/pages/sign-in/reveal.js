// A password can be looked at before it is sent. The words stand on the form.
for (const form of document.querySelectorAll("form[data-show]")) {
  for (const input of form.querySelectorAll("input[type=password]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "link reveal";
    button.textContent = form.dataset.show;
    button.setAttribute("aria-controls", input.id);
    button.addEventListener("click", () => {
      const hidden = input.type === "password";
      input.type = hidden ? "text" : "password";
      button.textContent = hidden ? form.dataset.hide : form.dataset.show;
      input.focus();
    });
    form.addEventListener("submit", () => { input.type = "password"; });
    input.after(button);
  }
}
