// What lies beneath the marks of a map: tiles when the site has some, else the outline of France.
async function drawGround(L, map, data) {
  if (data.tiles) {
    L.tileLayer(data.tiles, { attribution: data.attribution, maxZoom: 18 }).addTo(map);
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

// The area that a listing serves: outlines, circles around communes, a radius.
async function drawArea(L, map, address) {
  const answer = await fetch(address);
  if (!answer.ok) return;
  // Circles of neighbouring communes overlap: drawn full in a pane that is pale as a whole, they
  // show as one area.
  map.createPane("communes").style.zIndex = 390;
  const drawn = L.geoJSON(await answer.json(), {
    style: ({ geometry }) => (geometry.type === "Point" ? {} : { className: "served" }),
    interactive: false,
    pointToLayer: ({ properties }, place) =>
      L.circle(place, {
        radius: properties.radius_km * 1000,
        interactive: false,
        ...(properties.name
          ? { className: "served-commune", pane: "communes" }
          : { className: "served" }),
      }),
  }).addTo(map);
  const bounds = drawn.getBounds();
  if (bounds.isValid()) {
    map.fitBounds(bounds.extend(map.getCenter()), {
      animate: false,
      maxZoom: 10,
      paddingTopLeft: [16, 16],
      paddingBottomRight: [16, 40],
    });
  }
}
