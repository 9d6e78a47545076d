// Long facets: type some letters to see only the values that hold them.
const panel = document.querySelector("[data-bdis-sheet]");
const fold = (text) =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("œ", "oe")
    .replaceAll("æ", "ae")
    .replace(/[’'-]/g, " ");
const typed = new Map();
let asked = new Map();

const listOf = (field) => field.closest(".facet").querySelector(".facet-list");

function say(field, count) {
  const { labelNone, labelOne, labelMany } = panel.dataset;
  const many = labelMany.replace("{n}", count.toLocaleString(document.documentElement.lang));
  const note = field.parentElement.querySelector(".facet-note");
  note.textContent = field.value.trim() ? [labelNone, labelOne][count] ?? many : "";
}

// Values that are all in the page: those that do not match are hidden, branches open on the others.
function filterHere(field, wanted) {
  let count = 0;
  const visit = (parent, shown) => {
    let found = false;
    for (const node of parent.children) {
      const row = node.matches(".facet-value") ? node : node.querySelector(".facet-value");
      if (!row) continue;
      // From the beginning of a word: « vélo » is not in « développement ».
      const own = ` ${fold(row.querySelector("span").textContent)}`.includes(` ${wanted}`);
      const branch = node.querySelector(":scope > .facet-branch");
      const below = branch && visit(branch.querySelector(".facet-children"), shown);
      if (branch && wanted) branch.open = below;
      node.hidden = !(own || below);
      if (own) count += 1;
      found ||= own || below;
    }
    return found;
  };
  visit(listOf(field));
  say(field, count);
}

// Values that are too many for the page: the server finds them.
async function filterThere(field, text) {
  const list = listOf(field);
  asked.get(field.id)?.abort();
  const control = new AbortController();
  asked.set(field.id, control);
  list.untouched ??= list.innerHTML;
  let html = list.untouched;
  if (text) {
    const url = new URL(field.dataset.bdisFacetSearch, location.href);
    url.searchParams.set("cherche", text);
    try {
      const answer = await fetch(url, { signal: control.signal });
      if (!answer.ok) return;
      html = await answer.text();
    } catch {
      return;
    }
  }
  const focused = list.contains(document.activeElement) && document.activeElement.id;
  list.innerHTML = html;
  window.htmx?.process(list);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  say(field, text ? list.querySelectorAll(".facet-value:not([hidden])").length : 0);
}

function search(field) {
  const text = field.value.trim();
  typed.set(field.id, field.value);
  field.closest(".facet").toggleAttribute("data-searching", text !== "");
  if (field.dataset.bdisFacetSearch) return filterThere(field, text);
  return filterHere(field, fold(text));
}

if (panel) {
  let wait = 0;
  panel.addEventListener("input", ({ target }) => {
    if (!target.matches("[data-bdis-facet-search]")) return;
    clearTimeout(wait);
    // At once when the values are here: the next key must find the list as it will be.
    if (!target.dataset.bdisFacetSearch) return search(target);
    wait = setTimeout(() => search(target), 180);
  });
  panel.addEventListener("keydown", (event) => {
    if (!event.target.matches("[data-bdis-facet-search]")) return;
    if (event.key === "Enter") event.preventDefault();
    if (event.key === "Escape" && event.target.value) {
      event.stopPropagation();
      event.preventDefault();
      event.target.value = "";
      search(event.target);
    }
  });
  // The values that unfold stand before what unfolds them: the keyboard goes to the first.
  panel.addEventListener(
    "toggle",
    ({ target }) => {
      if (!target.matches(".facet-more") || !target.open || !target.contains(document.activeElement))
        return;
      target.closest(".facet").querySelector(".folded input")?.focus();
    },
    true,
  );
  // After a swap the fields are new ones: what was typed in them still holds.
  document.body.addEventListener("htmx:afterSettle", () => {
    asked = new Map();
    for (const [id, value] of typed) {
      const field = document.getElementById(id);
      if (!field || !value || field.value === value) continue;
      field.value = value;
      search(field);
    }
  });
}
