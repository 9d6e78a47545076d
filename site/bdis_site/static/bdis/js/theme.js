// Before the page is drawn: say that scripts run, and give back the colours that were chosen.
(() => {
  const root = document.documentElement;
  root.classList.add("js");
  let chosen = null;
  try {
    chosen = localStorage.getItem("bdis-theme");
  } catch {
    // Storage may be refused: the choice then lasts for the page.
  }
  const system = matchMedia("(prefers-color-scheme: dark)");
  const current = () => chosen || (system.matches ? "dark" : "light");
  const show = () => root.setAttribute("data-theme", current());
  show();
  system.addEventListener("change", show);
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-bdis-theme]")) return;
    chosen = current() === "dark" ? "light" : "dark";
    try {
      localStorage.setItem("bdis-theme", chosen);
    } catch {
      // As above.
    }
    show();
  });
})();
