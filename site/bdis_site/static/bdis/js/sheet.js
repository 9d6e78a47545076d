// The panel of filters on phones opens by its address (#filtres); here the keyboard follows.
const sheet = document.querySelector("[data-bdis-sheet]");
const narrow = window.matchMedia("(max-width: 61.99rem)");

const isOpen = () => narrow.matches && location.hash === "#filtres";
const panel = () => document.getElementById("filtres");

function follow() {
  const outside = [".site-header", ".search-top", ".search-main", ".sticky-actions", ".site-footer"];
  document.querySelectorAll(outside.join(",")).forEach((part) => {
    part.inert = isOpen();
  });
  if (isOpen()) panel().querySelector("h2").focus();
}

function close() {
  location.hash = "#resultats";
}

if (sheet) {
  window.addEventListener("hashchange", follow);
  narrow.addEventListener("change", follow);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) close();
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-bdis-close-sheet]") || !isOpen()) return;
    event.preventDefault();
    close();
  });
  follow();
}
