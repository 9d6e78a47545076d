// The filters on phones: a sheet over the page. Without scripts its address (#filtres) opens it;
// here it has an entry of the history, so that « back » closes it and what was chosen stays.
const sheet = document.querySelector("[data-bdis-sheet]");
const narrow = window.matchMedia("(max-width: 61.99rem)");
const HASH = "#filtres";

const isOpen = () => sheet.classList.contains("is-open");
const here = () => location.pathname + location.search;

// Everything that is neither the sheet nor around it.
function* outside() {
  for (let node = sheet; node !== document.body; node = node.parentElement) {
    for (const other of node.parentElement.children) if (other !== node) yield other;
  }
}

function show() {
  if (isOpen()) return;
  sheet.classList.add("is-open");
  sheet.setAttribute("role", "dialog");
  sheet.setAttribute("aria-modal", "true");
  document.documentElement.classList.add("sheet-open");
  for (const part of outside()) {
    if (part.inert) continue;
    part.inert = true;
    part.dataset.bdisBehind = "";
  }
  sheet.querySelector("h2").focus();
}

function hide() {
  if (!isOpen()) return;
  sheet.classList.remove("is-open");
  sheet.removeAttribute("role");
  sheet.removeAttribute("aria-modal");
  document.documentElement.classList.remove("sheet-open");
  document.querySelectorAll("[data-bdis-behind]").forEach((part) => {
    part.inert = false;
    delete part.dataset.bdisBehind;
  });
  document.getElementById("vers-filtres")?.focus({ preventScroll: true });
}

function close() {
  if (history.state?.bdisSheet) {
    history.back();
    return;
  }
  history.replaceState(history.state, "", here());
  hide();
}

if (sheet) {
  let address = here();
  document.addEventListener("click", (event) => {
    if (event.target.closest(`a[href="${HASH}"]`) && narrow.matches) {
      event.preventDefault();
      address = here();
      history.pushState({ bdisSheet: true }, "", address + HASH);
      show();
    } else if (event.target.closest("[data-bdis-close-sheet]") && isOpen()) {
      event.preventDefault();
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && isOpen()) close();
  });
  // Choices made in the sheet are one step of the history, not one for each tick.
  document.body.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
    if (!isOpen()) return;
    detail.history.type = "replace";
    address = detail.history.path;
    detail.history.path += HASH;
  });
  document.body.addEventListener("htmx:replacedInHistory", () => {
    if (isOpen()) history.replaceState({ bdisSheet: true }, "", address + HASH);
  });
  // Before htmx, which would read the page again as it was.
  window.addEventListener(
    "popstate",
    (event) => {
      const wanted = location.hash === HASH && narrow.matches;
      if (!wanted && !isOpen()) return;
      event.stopImmediatePropagation();
      if (wanted) {
        history.replaceState({ bdisSheet: true }, "", address + HASH);
        show();
      } else {
        history.replaceState({ htmx: true }, "", address);
        hide();
      }
    },
    true,
  );
  narrow.addEventListener("change", () => {
    if (!narrow.matches) hide();
  });
  if (location.hash === HASH && narrow.matches) show();
}
