// Signing out: answers that could not be saved are told, then taken off this device.
(() => {
  const names = () => {
    try {
      return Object.keys(localStorage).filter((name) => name.startsWith("bdis-evaluation/"));
    } catch {
      return [];
    }
  };
  const told = document.querySelector("[data-bdis-unsaved]");
  if (told) told.hidden = !names().length;
  document.querySelector("[data-bdis-sign-out]")?.addEventListener("submit", () => {
    names().forEach((name) => localStorage.removeItem(name));
  });
})();
