// Suggestions under « Quoi ? » and « Où ? »: an ARIA combobox over a plain text field.
const KINDS = {
  fr: {
    listing: "fiche", family: "famille", activity: "activité", tag: "mot-clé", commune: "commune",
    postcode: "code postal", department: "département", region: "région",
    former_region: "ancienne région", epci: "intercommunalité", country: "pays",
  },
  en: {
    listing: "listing", family: "kind", activity: "activity", tag: "tag", commune: "town",
    postcode: "postcode", department: "département", region: "region",
    former_region: "former region", epci: "intermunicipality", country: "country",
  },
};
const kinds = KINDS[document.documentElement.lang] ?? KINDS.fr;

// Both answers in one shape: what is written, what kind, what the field takes, or where it leads.
function asChoice(item) {
  if ("kind" in item) {
    return { label: item.label, kind: kinds[item.kind] ?? "", url: item.url, value: item.label };
  }
  const code = item.type === "commune" ? item.department_code ?? item.department : "";
  const label = item.label ?? (code ? `${item.name} (${code})` : item.name);
  return { label, kind: kinds[item.type] ?? "", value: label };
}

function attach(input) {
  const list = document.createElement("ul");
  list.className = "suggestions";
  list.id = `${input.id}-choix`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.labels[0]?.textContent ?? "");
  list.hidden = true;
  input.after(list);
  input.setAttribute("role", "combobox");
  input.setAttribute("aria-autocomplete", "list");
  input.setAttribute("aria-expanded", "false");
  input.setAttribute("aria-controls", list.id);

  let choices = [];
  let at = -1;
  let timer = 0;
  let asked = null;

  const hide = () => {
    list.hidden = true;
    at = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const point = (index) => {
    at = index;
    [...list.children].forEach((row, i) => row.setAttribute("aria-selected", String(i === at)));
    if (at < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[at].id);
    return list.children[at].scrollIntoView({ block: "nearest" });
  };
  const take = (choice) => {
    hide();
    if (choice.url) return location.assign(choice.url);
    input.value = choice.value;
    input.dispatchEvent(new Event("input", { bubbles: true }));
    clearTimeout(timer);
    return input.form.requestSubmit();
  };
  const show = () => {
    list.replaceChildren(
      ...choices.map((choice, index) => {
        const row = document.createElement("li");
        row.id = `${list.id}-${index}`;
        row.setAttribute("role", "option");
        row.setAttribute("aria-selected", "false");
        const label = document.createElement("span");
        label.textContent = choice.label;
        const kind = document.createElement("span");
        kind.className = "kind";
        kind.textContent = choice.kind;
        row.append(label, kind);
        row.addEventListener("mousedown", (event) => event.preventDefault());
        row.addEventListener("click", () => take(choice));
        return row;
      }),
    );
    list.hidden = choices.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    point(-1);
  };
  const ask = async () => {
    const text = input.value.trim();
    asked?.abort();
    if (text.length < 2) return hide();
    asked = new AbortController();
    try {
      const address = `${input.dataset.bdisSuggest}?q=${encodeURIComponent(text)}`;
      const answer = await fetch(address, { signal: asked.signal });
      if (!answer.ok) return hide();
      choices = (await answer.json()).slice(0, 8).map(asChoice);
      if (document.activeElement === input) show();
    } catch {
      hide();
    }
    return undefined;
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 160);
  });
  input.addEventListener("blur", hide);
  // An answer that comes after the search was sent would cover its results.
  input.form?.addEventListener("submit", () => {
    clearTimeout(timer);
    asked?.abort();
    hide();
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      // One position more than there are rows: -1, where the field alone speaks.
      const step = event.key === "ArrowDown" ? 1 : -1;
      const places = choices.length + 1;
      point(((at + 1 + step + places) % places) - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      take(choices[at]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      hide();
    }
  });
}

document.querySelectorAll("[data-bdis-suggest]").forEach(attach);
