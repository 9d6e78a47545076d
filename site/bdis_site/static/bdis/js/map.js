// Maps: Leaflet comes only when one is on screen; marks are grouped by the server.
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

const number = (n) => n.toLocaleString(document.documentElement.lang);
const point = (text) => (text ? text.split(",").map(Number) : null);

async function drawGround(L, map, data) {
  if (data.tiles) {
    L.tileLayer(data.tiles, { attribution: data.attribution, maxZoom: WIDEST }).addTo(map);
    return;
  }
  const ground = await (await fetch(data.outline)).json();
  // Beneath every other drawing.
  map.createPane("ground").style.zIndex = 150;
  const shared = { pane: "ground", interactive: false };
  const trace = (steps) => {
    const points = [];
    let [lon, lat] = [0, 0];
    for (let i = 0; i < steps.length; i += 2) {
      lon += steps[i];
      lat += steps[i + 1];
      points.push([lat / ground.scale, lon / ground.scale]);
    }
    return points;
  };
  for (const rings of ground.land) {
    L.polygon(rings.map((ring) => [trace(ring)]), { ...shared, className: "land" }).addTo(map);
  }
  L.polyline(ground.lines.map(trace), { ...shared, className: "inner-lines" }).addTo(map);
  nameTowns(L, map, ground.towns);
  map.attributionControl.addAttribution("Natural Earth, GeoNames");
}

// Names of towns, more of them as one zooms in; decoration: the list and the marks say the rest.
function nameTowns(L, map, towns) {
  map.createPane("towns").style.zIndex = 350;
  const layer = L.layerGroup().addTo(map);
  const show = () => {
    layer.clearLayers();
    const bounds = map.getBounds().pad(0.1);
    for (const [name, lat, lon, from] of towns) {
      if (map.getZoom() < from || !bounds.contains([lat, lon])) continue;
      const icon = L.divIcon({ className: "town", html: name, iconSize: null });
      L.marker([lat, lon], { icon, pane: "towns", interactive: false, keyboard: false, alt: "" })
        .addTo(layer)
        .getElement()
        .setAttribute("aria-hidden", "true");
    }
  };
  map.on("moveend", show);
  show();
}

function mark(L, feature, labels) {
  const [lon, lat] = feature.geometry.coordinates;
  const { count, title, family, id } = feature.properties;
  const single = Boolean(title);
  const size = single ? 26 : Math.round(32 + Math.min(24, 7 * Math.log10(count)));
  const name = single ? title : labels.many.replace("{n}", number(count));
  const marker = L.marker([lat, lon], {
    alt: name,
    title: name,
    riseOnHover: true,
    icon: L.divIcon({
      className: single ? "pin" : "cluster",
      html: single ? "" : number(count),
      iconSize: [size, size],
    }),
  });
  marker.on("add", () => {
    const element = marker.getElement();
    element.setAttribute("aria-label", name);
    if (id) element.dataset.listing = id;
  });
  if (single) marker.bindPopup(() => card(feature.properties, labels), { minWidth: 200 });
  return { marker, single, family };
}

function card({ title, url, family }, labels) {
  const box = document.createElement("div");
  const link = document.createElement("a");
  link.href = url;
  link.textContent = title;
  const kind = document.createElement("p");
  kind.textContent = family || labels.see;
  box.append(link, kind);
  return box;
}

class SearchMap {
  constructor(L, element) {
    this.L = L;
    this.element = element;
    this.state = element.dataset;
    this.labels = { many: this.state.labelMany, see: this.state.labelSee };
    this.map = L.map(element, {
      zoomControl: false,
      zoomSnap: 0.5,
      minZoom: NARROWEST,
      maxZoom: WIDEST,
      scrollWheelZoom: element.closest(".search-page") !== null,
      zoomAnimation: !matchMedia("(prefers-reduced-motion: reduce)").matches,
      maxBoundsViscosity: 1,
    });
    this.map.attributionControl.setPrefix("Leaflet");
    L.control
      .zoom({ zoomInTitle: this.state.labelIn, zoomOutTitle: this.state.labelOut })
      .addTo(this.map);
    this.marks = L.layerGroup().addTo(this.map);
    drawGround(L, this.map, this.state);
    this.view();
    if (this.state.point) {
      this.single();
    } else {
      this.map.on("moveend", () => this.load());
      this.follow();
      this.load();
    }
  }

  view() {
    const { L, map } = this;
    const { center, zoom, radius, box } = this.state;
    const middle = point(center);
    if (this.circle) this.circle.remove();
    this.circle = null;
    if (box) {
      const [west, south, east, north] = box.split(",").map(Number);
      map.fitBounds([[south, west], [north, east]], { animate: false });
    } else if (middle && radius) {
      this.circle = L.circle(middle, {
        radius: Number(radius) * 1000,
        className: "circle",
        interactive: false,
      }).addTo(map);
      map.fitBounds(middle && L.latLng(middle).toBounds(Number(radius) * 2000), { animate: false });
    } else if (middle) {
      map.setView(middle, Number(zoom) || 6, { animate: false });
    } else {
      map.fitBounds(FRANCE, { animate: false });
    }
  }

  single() {
    const place = point(this.state.point);
    this.L.marker(place, {
      interactive: false,
      keyboard: false,
      alt: "",
      icon: this.L.divIcon({ className: "pin", iconSize: [26, 26] }),
    }).addTo(this.map);
  }

  async load() {
    const bounds = this.map.getBounds();
    const clamp = (value, limit) => Math.max(-limit, Math.min(limit, value)).toFixed(4);
    const params = new URLSearchParams(this.state.query);
    params.set(
      "bbox",
      [
        clamp(bounds.getWest(), 180),
        clamp(bounds.getSouth(), 90),
        clamp(bounds.getEast(), 180),
        clamp(bounds.getNorth(), 90),
      ].join(","),
    );
    params.set("zoom", String(Math.round(this.map.getZoom())));
    this.asked?.abort();
    this.asked = new AbortController();
    try {
      const answer = await fetch(`/api/v1/map?${params}`, { signal: this.asked.signal });
      if (!answer.ok) throw new Error(answer.statusText);
      this.draw((await answer.json()).features);
    } catch (error) {
      if (error.name !== "AbortError") this.say(this.state.labelFailed);
    }
  }

  draw(features) {
    this.say("");
    this.marks.clearLayers();
    for (const feature of features) {
      const { marker, single } = mark(this.L, feature, this.labels);
      if (!single) {
        marker.on("click", () =>
          this.map.setView(marker.getLatLng(), Math.min(WIDEST, this.map.getZoom() + 2)),
        );
      }
      marker.addTo(this.marks);
    }
  }

  say(text) {
    this.message ??= this.element.parentElement.appendChild(
      Object.assign(document.createElement("p"), { className: "map-note", role: "status" }),
    );
    this.message.textContent = text;
  }

  // After a swap the results say what they show; a result pointed at lights up its mark.
  follow() {
    document.body.addEventListener("htmx:afterSettle", () => {
      const next = document.querySelector("[data-bdis-map-state]");
      if (!next || next.dataset.query === this.state.query) return;
      Object.assign(this.state, { ...next.dataset });
      this.view();
      this.load();
    });
    const light = (event, on) => {
      const result = event.target.closest?.("[data-bdis-result]");
      if (!result) return;
      this.element
        .querySelector(`[data-listing="${result.dataset.bdisResult}"]`)
        ?.classList.toggle("is-pointed", on);
    };
    document.addEventListener("mouseover", (event) => light(event, true));
    document.addEventListener("mouseout", (event) => light(event, false));
    const form = this.element.closest("form");
    const box = form?.querySelector("[data-bdis-bbox]");
    if (box) this.offerArea(form, box);
  }

  offerArea(form, box) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-solid map-area";
    button.textContent = this.state.labelArea;
    button.hidden = true;
    this.element.append(button);
    this.L.DomEvent.disableClickPropagation(button);
    this.map.on("dragend zoomend", () => {
      button.hidden = false;
    });
    button.addEventListener("click", () => {
      const b = this.map.getBounds();
      box.value = [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]
        .map((value) => value.toFixed(3))
        .join(",");
      form.querySelector("#ou").value = "";
      form.querySelector("[data-bdis-near]").value = "";
      button.hidden = true;
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
