// « Autour de moi »: the position goes to the search, rounded to about a kilometre, and is kept nowhere.
document.querySelectorAll("[data-bdis-locate]").forEach((button) => {
  if (!("geolocation" in navigator)) {
    button.hidden = true;
    return;
  }
  button.addEventListener("click", () => {
    const { form } = button;
    const where = form.querySelector("#ou");
    const refused = form.querySelector(".locate-refused");
    refused.textContent = "";
    button.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.removeAttribute("aria-busy");
        where.value = "";
        const near = form.querySelector("[data-bdis-near]");
        near.value = `${coords.latitude.toFixed(2)},${coords.longitude.toFixed(2)}`;
        form.requestSubmit();
      },
      () => {
        button.removeAttribute("aria-busy");
        refused.textContent = refused.dataset.text;
        where.focus();
      },
      { maximumAge: 300000, timeout: 10000 },
    );
  });
});
