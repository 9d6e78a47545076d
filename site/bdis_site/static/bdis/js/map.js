// Maps: Leaflet comes only when one is on screen; marks are grouped by the server.
// Needs map-ground.js and map-marks.js.
const FRANCE = [[41.3, -5.2], [51.2, 9.7]];
const NARROWEST = 3;
const WIDEST = 18;

function once(load) {
  let promise = null;
  return (...given) => (promise ??= load(...given));
}

const loadLeaflet = once(
  (script, style) =>
    new Promise((resolve, reject) => {
      const sheet = document.createElement("link");
      sheet.rel = "stylesheet";
      sheet.href = style;
      document.head.prepend(sheet);
      const element = document.createElement("script");
      element.src = script;
      element.onload = () => resolve(window.L);
      element.onerror = reject;
      document.head.append(element);
    }),
);

const point = (text) => (text ? text.split(",").map(Number) : null);

class SearchMap {
  constructor(L, element) {
    this.L = L;
    this.element = element;
    this.state = element.dataset;
    this.map = L.map(element, {
      zoomControl: false,
      zoomSnap: 0.5,
      minZoom: NARROWEST,
      maxZoom: WIDEST,
      scrollWheelZoom: element.closest(".search-page") !== null,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      maxBounds: [[-85, -180], [85, 180]],
      maxBoundsViscosity: 1,
    });
    this.map.attributionControl.setPrefix("Leaflet");
    L.control
      .zoom({ zoomInTitle: this.state.labelIn, zoomOutTitle: this.state.labelOut })
      .addTo(this.map);
    drawGround(L, this.map, this.state);
    this.view();
    if (this.state.point) {
      this.single();
      if (this.state.area) drawArea(L, this.map, this.state.area);
      return;
    }
    this.marks = new Marks(this);
    this.map.on("moveend", () => this.moved());
    // A card that comes into view moves the map: that is no wish to search elsewhere.
    this.map.on("autopanstart", () => {
      this.makingRoom = true;
    });
    this.follow();
    this.load();
  }

  view() {
    const { L, map } = this;
    const { center, zoom, radius, box } = this.state;
    const middle = point(center);
    this.looking = true;
    this.shape?.remove();
    this.shape = null;
    if (box) {
      const [west, south, east, north] = box.split(",").map(Number);
      const bounds = [[south, west], [north, east]];
      this.shape = L.rectangle(bounds, { className: "circle", interactive: false }).addTo(map);
      if (box !== this.own) map.fitBounds(bounds, { animate: false });
    } else if (middle && radius) {
      const metres = Number(radius) * 1000;
      this.shape = L.circle(middle, { radius: metres, className: "circle", interactive: false });
      this.shape.addTo(map);
      map.fitBounds(L.latLng(middle).toBounds(2 * metres), { animate: false });
    } else if (middle) {
      map.setView(middle, Number(zoom) || 6, { animate: false });
    } else {
      map.fitBounds(FRANCE, { animate: false });
    }
    this.looking = false;
  }

  single() {
    this.L.marker(point(this.state.point), {
      interactive: false,
      keyboard: false,
      alt: "",
      icon: this.L.divIcon({ className: "pin", iconSize: [26, 26] }),
    }).addTo(this.map);
  }

  moved() {
    // Only what the reader moved is offered as a new area.
    if (this.button && !this.looking && !this.makingRoom) this.button.hidden = false;
    this.makingRoom = false;
    this.load();
  }

  // The box asked for is made of whole tiles: small moves ask nothing, marks stay as they are.
  tiles() {
    const { L, map } = this;
    const zoom = Math.round(map.getZoom());
    const bounds = map.getBounds();
    const world = 2 ** zoom;
    const snap = (corner, round) =>
      map.project(corner, zoom).divideBy(256)[round]().multiplyBy(256);
    const from = snap(bounds.getNorthWest(), "floor");
    const to = snap(bounds.getSouthEast(), "ceil");
    const keep = (value) => Math.max(0, Math.min(world * 256, value));
    const northWest = map.unproject(L.point(keep(from.x), keep(from.y)), zoom);
    const southEast = map.unproject(L.point(keep(to.x), keep(to.y)), zoom);
    // Web maps end at 85°; listings need not.
    const south = to.y >= world * 256 ? -90 : southEast.lat;
    const north = from.y <= 0 ? 90 : northWest.lat;
    // Marks are those of the results: none outside the area that was searched.
    const area = this.state.box ? this.state.box.split(",").map(Number) : [-180, -90, 180, 90];
    const box = [
      Math.max(northWest.lng, area[0]),
      Math.max(south, area[1]),
      Math.min(southEast.lng, area[2]),
      Math.min(north, area[3]),
    ];
    if (box[0] > box[2] || box[1] > box[3]) return { zoom, box: "" };
    return { zoom, box: box.map((value) => value.toFixed(6)).join(",") };
  }

  async load() {
    const { zoom, box } = this.tiles();
    if (!box) return this.marks.draw([]);
    const params = new URLSearchParams(this.state.query);
    params.set("bbox", box);
    params.set("zoom", String(zoom));
    const address = `${this.state.marks}?${params}`;
    if (address === this.shown) return;
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(address, { signal: this.asked.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      this.marks.draw((await answer.json()).features);
      this.shown = address;
      this.say("");
    } catch (error) {
      if (error.name !== "AbortError") this.say(this.state.labelFailed);
    }
  }

  say(text) {
    const note = this.element.parentElement.querySelector("[data-bdis-map-note]");
    if (note) note.textContent = text;
  }

  // After a swap the results say what they show.
  follow() {
    const facts = ["query", "center", "zoom", "radius", "box"];
    document.body.addEventListener("htmx:afterSettle", () => {
      const next = document.querySelector("[data-bdis-map-state]");
      if (!next) return;
      Object.assign(this.state, { list: next.dataset.list });
      if (facts.every((name) => (next.dataset[name] ?? "") === (this.state[name] ?? ""))) return;
      Object.assign(this.state, { ...next.dataset });
      this.view();
      if (this.button) this.button.hidden = true;
      this.load();
    });
    const form = this.element.closest("form");
    if (form?.querySelector("[data-bdis-bbox]")) this.offerArea(form);
  }

  offerArea(form) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-solid map-area";
    button.textContent = this.state.labelArea;
    button.hidden = true;
    this.button = button;
    this.element.prepend(button);
    this.L.DomEvent.disableClickPropagation(button);
    button.addEventListener("click", () => {
      const b = this.map.getBounds();
      const inside = (value, limit) => Math.max(-limit, Math.min(limit, value)).toFixed(4);
      this.own = [
        inside(b.getWest(), 180),
        inside(b.getSouth(), 90),
        inside(b.getEast(), 180),
        inside(b.getNorth(), 90),
      ].join(",");
      form.querySelector("[data-bdis-bbox]").value = this.own;
      form.querySelector("#ou").value = "";
      form.querySelector("[data-bdis-near]").value = "";
      button.hidden = true;
      this.element.focus({ preventScroll: true });
      form.requestSubmit();
    });
  }
}

const seen = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    loadLeaflet(target.dataset.leaflet, target.dataset.leafletStyle).then(
      (L) => new SearchMap(L, target),
      () => {
        target.hidden = true;
      },
    );
  }
});
document.querySelectorAll("[data-bdis-map]").forEach((element) => seen.observe(element));
