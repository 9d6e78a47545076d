// « Imprimer ».
document.querySelectorAll("[data-bdis-print]").forEach((button) => {
  button.addEventListener("click", () => window.print());
});
