// The search form: a choice searches at once, addresses stay short, panels stay as they were.
const form = document.querySelector("[data-bdis-search]");

if (form && window.htmx) {
  const announce = document.querySelector("[data-bdis-announce]");
  let open = new Map();

  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-bdis-auto], .facet-value input")) form.requestSubmit();
  });

  // A place typed anew replaces the position and the area of the map.
  form.querySelector("#ou")?.addEventListener("input", () => {
    form.querySelector("[data-bdis-near]").value = "";
  });

  document.body.addEventListener("htmx:configRequest", (event) => {
    const { parameters } = event.detail;
    for (const name of Object.keys(parameters)) {
      const values = [].concat(parameters[name]).filter((value) => value !== "");
      if (values.length === 0) delete parameters[name];
    }
    if (parameters.sort === "relevance") delete parameters.sort;
    if (parameters.geography === "seat") delete parameters.geography;
  });

  document.body.addEventListener("htmx:beforeSwap", () => {
    open = new Map([...document.querySelectorAll("details[id]")].map((d) => [d.id, d.open]));
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    open.forEach((state, id) => {
      const details = document.getElementById(id);
      // The server opens a panel in which something is chosen; the reader's hand decides the rest.
      if (details && !details.querySelector(".chosen")) details.open = state;
    });
    const title = document.getElementById("resultats-titre");
    if (title) announce.textContent = title.textContent.trim();
    const params = new URLSearchParams(location.search);
    form.querySelector("#quoi").value = params.get("q") ?? "";
    form.querySelector("#ou").value = params.get("ou") ?? "";
    form.querySelector("[data-bdis-near]").value = params.get("near") ?? "";
    form.querySelector("[data-bdis-bbox]").value = params.get("bbox") ?? "";
  });

  // Another page of results is read from its top.
  document.body.addEventListener("click", (event) => {
    if (!event.target.closest(".pagination a")) return;
    document.body.addEventListener(
      "htmx:afterSettle",
      () => document.getElementById("resultats-titre")?.focus(),
      { once: true },
    );
  });
}
