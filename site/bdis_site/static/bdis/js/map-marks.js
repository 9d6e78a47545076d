// The marks of a search: listings alone, or several counted as one; each opens what it stands for.
const AT_ONE_PLACE = 0.0003; // degrees: some thirty metres
const LISTED = 20;
const number = (n) => n.toLocaleString(document.documentElement.lang);

function made(tag, className, ...content) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...content);
  return element;
}

function linkTo(url, text) {
  const link = made("a", "", text);
  link.href = url;
  return link;
}

class Marks {
  constructor({ L, map, element, state }) {
    Object.assign(this, { L, map, element, state });
    this.layer = L.layerGroup().addTo(map);
    this.shown = new Map();
    this.opened = null;
    map.on("popupopen", ({ popup }) => this.enter(popup));
    map.on("popupclose", () => this.leave());
    // Leaflet hears it on the map alone, not inside what is open on it.
    element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || !this.opened) return;
      event.stopPropagation();
      map.closePopup();
    });
    this.light();
  }

  // Marks that stay are left alone: the keyboard may be on one of them.
  draw(features) {
    const next = new Map(features.map((feature) => [this.key(feature), feature]));
    let lost = false;
    for (const [key, marker] of this.shown) {
      if (next.has(key)) continue;
      lost ||= marker.getElement() === document.activeElement;
      marker.remove();
      this.shown.delete(key);
    }
    for (const [key, feature] of next) {
      if (!this.shown.has(key)) this.shown.set(key, this.mark(feature));
    }
    if (lost) this.element.focus({ preventScroll: true });
  }

  key({ geometry, properties }) {
    return `${properties.id ?? ""} ${geometry.coordinates} ${properties.count}`;
  }

  mark(feature) {
    const { L } = this;
    const [lon, lat] = feature.geometry.coordinates;
    const { count, id, hue } = feature.properties;
    const size = id ? 26 : Math.round(30 + Math.min(20, 6.5 * Math.log10(count)));
    const name = this.name(feature);
    const marker = L.marker([lat, lon], {
      alt: name,
      title: name,
      riseOnHover: true,
      icon: L.divIcon({
        className: id ? `pin hue-${hue || 8}` : "cluster",
        html: id ? "" : number(count),
        iconSize: [size, size],
      }),
    });
    marker.on("add", () => {
      const icon = marker.getElement();
      icon.setAttribute("aria-label", name);
      if (id) icon.dataset.listing = id;
    });
    const act = () => (id ? this.open(marker, this.card(feature.properties)) : this.enlarge(marker, feature));
    marker.on("click", act);
    marker.on("keydown", ({ originalEvent }) => {
      if (originalEvent.key !== "Enter" && originalEvent.key !== " ") return;
      originalEvent.preventDefault();
      act();
    });
    return marker.addTo(this.layer);
  }

  name({ bbox, properties }) {
    const { title, family, place, count, around } = properties;
    if (title) return [title, family, place].filter(Boolean).join(", ");
    const { labelHere, labelAround, labelMany } = this.state;
    const label = this.together(bbox) ? labelHere : around ? labelAround : labelMany;
    return label.replace("{n}", number(count)).replace("{place}", around);
  }

  together(box) {
    return Boolean(box) && Math.max(box[2] - box[0], box[3] - box[1]) < AT_ONE_PLACE;
  }

  // Closer, as near as what the mark stands for allows; what is at one place is listed.
  enlarge(marker, { bbox, properties }) {
    const { map } = this;
    const zoom = map.getZoom();
    if (bbox && (this.together(bbox) || zoom >= map.getMaxZoom())) {
      this.list(marker, bbox, properties.count);
      return;
    }
    const bounds = bbox && [[bbox[1], bbox[0]], [bbox[3], bbox[2]]];
    const nearest = bounds ? map.getBoundsZoom(bounds, false, this.L.point(60, 60)) : zoom + 2;
    const target = Math.min(map.getMaxZoom(), Math.max(zoom + 1, nearest));
    map.setView(bounds ? this.L.latLngBounds(bounds).getCenter() : marker.getLatLng(), target);
  }

  card({ title, url, family, place }) {
    return made(
      "div",
      "map-card",
      linkTo(url, title),
      made("p", "", [family, place].filter(Boolean).join(" · ")),
    );
  }

  async list(marker, box, count) {
    const title = this.state.labelPlace.replace("{n}", number(count));
    const card = made("div", "map-card", made("p", "map-card-title", title));
    this.open(marker, card);
    const params = new URLSearchParams(this.state.query);
    params.set("bbox", box.join(","));
    params.set("sort", "name");
    params.set("page_size", String(LISTED));
    params.set("facets", "0");
    const answer = await fetch(`${this.state.listings}?${params}`).catch(() => null);
    if (!answer?.ok) {
      card.append(made("p", "", this.state.labelFailed));
      return;
    }
    const { results, total } = await answer.json();
    card.append(made("ul", "", ...results.map(({ url, title }) => made("li", "", linkTo(url, title)))));
    if (total > results.length && this.state.list) {
      const whole = new URL(this.state.list, location.href);
      whole.searchParams.set("bbox", box.join(","));
      card.append(linkTo(whole, this.state.labelAll.replace("{n}", number(total))));
    }
    this.opened?.popup.update();
    this.enter(this.opened?.popup);
  }

  open(marker, content) {
    const popup = this.L.popup({
      minWidth: 200,
      maxWidth: 280,
      maxHeight: 280,
      offset: [0, -6],
      // Below the buttons of the map.
      autoPanPaddingTopLeft: [64, 72],
    })
      .setLatLng(marker.getLatLng())
      .setContent(content);
    this.map.closePopup();
    this.opened = { popup, icon: marker.getElement() };
    popup.openOn(this.map);
    const id = marker.getElement().dataset.listing;
    const result = id && document.querySelector(`[data-bdis-result="${id}"]`);
    if (result && matchMedia("(min-width: 68.75rem)").matches) {
      result.scrollIntoView({ block: "nearest" });
    }
  }

  // The keyboard goes into what opens, and back to the mark when it closes.
  enter(popup) {
    const box = popup?.getElement();
    if (!box) return;
    const close = box.querySelector(".leaflet-popup-close-button");
    close?.setAttribute("aria-label", this.state.labelClose);
    box.querySelector(".map-card a")?.focus({ preventScroll: true });
  }

  leave() {
    const { icon, popup } = this.opened ?? {};
    this.opened = null;
    const inside = popup?.getElement()?.contains(document.activeElement);
    if (icon?.isConnected && (inside || document.activeElement === document.body)) {
      icon.focus({ preventScroll: true });
    }
  }

  // A result pointed at lights up its place on the map, and a mark its result in the list.
  light() {
    const point = (event, on) => {
      const result = event.target.closest?.("[data-bdis-result]");
      if (result) this.show(result, on);
      const icon = event.target.closest?.(".pin[data-listing]");
      if (!icon || !this.element.contains(icon)) return;
      document
        .querySelector(`[data-bdis-result="${icon.dataset.listing}"]`)
        ?.classList.toggle("is-pointed", on);
    };
    for (const [event, on] of [
      ["mouseover", true],
      ["mouseout", false],
      ["focusin", true],
      ["focusout", false],
    ]) {
      document.addEventListener(event, (happened) => point(happened, on));
    }
  }

  show(result, on) {
    const { bdisResult: id, point: place } = result.dataset;
    const pin = this.element.querySelector(`[data-listing="${id}"]`);
    pin?.classList.toggle("is-pointed", on);
    this.here?.remove();
    this.here = null;
    if (!on || pin || !place) return;
    // Inside a mark that counts several: a pin of its own while it is pointed at.
    this.here = this.L.marker(place.split(",").map(Number), {
      interactive: false,
      keyboard: false,
      alt: "",
      zIndexOffset: 1000,
      icon: this.L.divIcon({ className: "pin is-pointed", iconSize: [26, 26] }),
    }).addTo(this.map);
  }
}
