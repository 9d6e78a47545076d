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

  // What the reader opened, closed and scrolled stays so; a panel opens where something new is
  // chosen. Swaps keep the focus on what has an id; a link that took its filter off is gone.
  const chosenIn = (details) => details.querySelector(":checked") !== null;
  let scrolled = new Map();
  let left = "";
  document.body.addEventListener("htmx:beforeSwap", () => {
    const details = [...document.querySelectorAll("#filtres details[id]")];
    open = new Map(details.map((d) => [d.id, { open: d.open, chosen: chosenIn(d) }]));
    const lists = [...document.querySelectorAll("#filtres .facet[id] .facet-list")];
    scrolled = new Map(lists.map((list) => [list.closest(".facet").id, list.scrollTop]));
    const link = document.activeElement;
    left = "";
    if (link?.matches("#filtres a")) left = link.closest(".facet")?.id ?? "filtres-titre";
    else if (link?.matches(".chips a, .did-you-mean a, .empty a")) left = "resultats-titre";
  });

  // At once, before the reader can click again on what has just come.
  document.body.addEventListener("htmx:afterSwap", () => {
    open.forEach((before, id) => {
      const details = document.getElementById(id);
      if (details && (before.chosen || !chosenIn(details))) details.open = before.open;
    });
    open.clear();
    scrolled.forEach((top, id) => {
      const list = document.querySelector(`#${CSS.escape(id)} .facet-list`);
      if (list) list.scrollTop = top;
    });
    scrolled.clear();
  });

  document.body.addEventListener("htmx:afterSettle", () => {
    if (left && document.activeElement === document.body) {
      const place = document.getElementById(left);
      (place?.querySelector("summary") ?? place)?.focus({ preventScroll: true });
    }
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
