// The menu of phones is a <details>: Escape and a click outside close it too.
document.querySelectorAll("[data-bdis-menu]").forEach((menu) => {
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !menu.open) return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  document.addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
});
