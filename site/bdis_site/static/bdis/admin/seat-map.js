/* The point of the seat: drag it, type it, or find it from the address (answered by our server). */
(() => {
  const FRANCE = [[41.3, -5.2], [51.1, 9.6]];
  const field = (name) => document.getElementById(`id_${name}`);

  class SeatMap extends window.StimulusModule.Controller {
    static targets = ['value', 'map', 'status', 'latitude', 'longitude'];

    static values = { options: Object };

    connect() {
      const { L } = window;
      const options = this.optionsValue;
      this.map = L.map(this.mapTarget, { scrollWheelZoom: false, minZoom: 2, maxZoom: 19 });
      this.map.attributionControl.setPrefix(false);
      // Under hashed static files Leaflet cannot guess where its images are.
      this.icon = L.icon({
        ...L.Icon.Default.prototype.options,
        iconUrl: options.iconPath,
        iconRetinaUrl: options.iconRetinaPath,
        shadowUrl: options.shadowPath,
      });
      if (options.tileUrl) {
        L.tileLayer(options.tileUrl, { attribution: options.tileAttribution, maxZoom: 19 }).addTo(this.map);
      } else {
        this.drawOutline(options.outlineUrl);
      }
      this.map.on('click', (event) => this.place(event.latlng.lat, event.latlng.lng, { byHand: true }));
      this.read();
      // Tabs hide the map until they are chosen: it must then learn its size.
      this.sizes = new ResizeObserver(() => {
        this.map.invalidateSize();
        if (this.mapTarget.offsetWidth && !this.seen) {
          this.seen = true;
          this.frame();
        }
      });
      this.sizes.observe(this.mapTarget);
      this.onCommune = (event) => this.commune(event);
      document.addEventListener('bdis:chosen', this.onCommune);
    }

    disconnect() {
      this.sizes.disconnect();
      document.removeEventListener('bdis:chosen', this.onCommune);
      this.map.remove();
    }

    async drawOutline(url) {
      try {
        const response = await fetch(url);
        if (!response.ok) return;
        const style = { color: '#0F6B57', weight: 1, fillColor: '#FBF7EF', fillOpacity: 1, interactive: false };
        window.L.geoJSON(await response.json(), { style }).addTo(this.map);
      } catch {
        // A plain background still lets one place the point.
      }
    }

    get point() {
      const lat = parseFloat(this.latitudeTarget.value.replace(',', '.'));
      const lng = parseFloat(this.longitudeTarget.value.replace(',', '.'));
      return Number.isFinite(lat) && Number.isFinite(lng) ? [lat, lng] : null;
    }

    read() {
      if (this.point) this.draw(...this.point);
      this.frame();
    }

    frame() {
      if (this.point) this.map.setView(this.point, this.optionsValue.tileUrl ? this.optionsValue.zoom : 8);
      else this.map.fitBounds(FRANCE);
    }

    draw(lat, lng) {
      if (this.marker) {
        this.marker.setLatLng([lat, lng]);
        return;
      }
      const { marker: title } = this.optionsValue.messages;
      this.marker = window.L.marker([lat, lng], { icon: this.icon, draggable: true, title, alt: title }).addTo(this.map);
      this.marker.on('dragend', () => {
        const { lat: y, lng: x } = this.marker.getLatLng();
        this.place(y, x, { byHand: true });
      });
    }

    place(lat, lng, { byHand = false, precision = '' } = {}) {
      if (Math.abs(lat) > 90 || Math.abs(lng) > 180) {
        this.say(this.optionsValue.messages.outside, true);
        return;
      }
      const [y, x] = [lat.toFixed(6), lng.toFixed(6)].map(Number);
      this.latitudeTarget.value = y;
      this.longitudeTarget.value = x;
      this.draw(y, x);
      this.set(`SRID=4326;POINT(${x} ${y})`);
      const select = field('point_precision');
      if (select) select.value = byHand ? 'exact' : precision || select.value;
      if (byHand) this.say(this.optionsValue.messages.moved);
    }

    typed() {
      if (!this.latitudeTarget.value && !this.longitudeTarget.value) this.clear();
      else if (this.point) {
        this.place(...this.point, { byHand: true });
        this.frame();
      }
    }

    clear() {
      this.latitudeTarget.value = '';
      this.longitudeTarget.value = '';
      this.marker?.remove();
      this.marker = null;
      this.set('');
      this.frame();
    }

    set(value) {
      this.valueTarget.value = value;
      this.valueTarget.dispatchEvent(new Event('change', { bubbles: true }));
    }

    /* A commune was chosen: its postcode when it has one only, its centre when there is no point. */
    commune(event) {
      const commune = event.detail;
      const postcode = field('postcode');
      if (!commune) return;
      if (postcode && commune.postcodes?.length && !commune.postcodes.includes(postcode.value)) {
        postcode.value = commune.postcodes.length === 1 ? commune.postcodes[0] : '';
      }
      if (commune.lat == null) return;
      const select = field('point_precision');
      if (!this.point || (select && ['commune', 'approximate'].includes(select.value))) {
        this.place(commune.lat, commune.lon, { precision: 'commune' });
        this.frame();
      }
    }

    async locate() {
      const { messages, geocodeUrl } = this.optionsValue;
      const town = document.getElementById('id_commune-search')?.value || '';
      const parts = [field('address')?.value, field('postcode')?.value, town.replace(/ \(\w+\)$/, '')];
      const query = new URLSearchParams({
        q: parts.filter(Boolean).join(' '),
        commune: field('commune')?.value || '',
      });
      try {
        const response = await fetch(`${geocodeUrl}?${query}`, { headers: { 'X-Requested-With': 'XMLHttpRequest' } });
        if (!response.ok) throw new Error(response.statusText);
        const [best] = (await response.json()).results;
        if (!best) {
          this.say(messages.notFound, true);
          return;
        }
        this.place(best.lat, best.lon, { precision: best.precision });
        this.frame();
        this.say(messages.found.replace('%s', best.label));
      } catch {
        this.say(messages.failed, true);
      }
    }

    say(text, wrong = false) {
      this.statusTarget.textContent = text;
      this.statusTarget.classList.toggle('bdis-seat-map__status--wrong', wrong);
    }
  }

  window.wagtail.app.register('bdis-seat-map', SeatMap);
})();
