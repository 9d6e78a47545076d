/* Search a large table as one types; keyboard as in the ARIA combobox pattern. */
(() => {
  class Autocomplete extends window.StimulusModule.Controller {
    static targets = ['value', 'search', 'options', 'items', 'status'];

    static values = { url: String, multiple: Boolean, none: String, remove: String };

    connect() {
      this.results = [];
      this.active = -1;
      this.label = this.searchTarget.value;
    }

    disconnect() {
      clearTimeout(this.timer);
      this.request?.abort();
    }

    type(event) {
      clearTimeout(this.timer);
      const query = this.searchTarget.value.trim();
      if (event.type === 'focus' && query === this.label.trim()) return;
      if (!this.multipleValue && !query) this.choose(null);
      if (query.length < 2) {
        this.close();
        return;
      }
      this.timer = setTimeout(() => this.ask(query), 180);
    }

    async ask(query) {
      this.request?.abort();
      this.request = new AbortController();
      try {
        const response = await fetch(`${this.urlValue}?q=${encodeURIComponent(query)}`, {
          signal: this.request.signal,
          headers: { 'X-Requested-With': 'XMLHttpRequest' },
        });
        if (!response.ok) throw new Error(response.statusText);
        this.show((await response.json()).results);
      } catch (error) {
        if (error.name !== 'AbortError') this.show([]);
      }
    }

    show(results) {
      this.results = results;
      this.active = -1;
      const rows = results.map((result, index) => {
        const row = document.createElement('li');
        row.id = `${this.optionsTarget.id}-${index}`;
        row.setAttribute('role', 'option');
        row.setAttribute('aria-selected', 'false');
        const label = document.createElement('strong');
        label.textContent = result.label;
        row.append(label);
        if (result.detail) {
          const detail = document.createElement('small');
          detail.textContent = result.detail;
          row.append(' ', detail);
        }
        row.addEventListener('mousedown', (event) => {
          event.preventDefault();
          this.choose(result);
        });
        return row;
      });
      if (!rows.length) {
        const row = document.createElement('li');
        row.className = 'bdis-autocomplete__none';
        row.textContent = this.noneValue;
        rows.push(row);
      }
      this.statusTarget.textContent = results.length ? String(results.length) : this.noneValue;
      this.optionsTarget.replaceChildren(...rows);
      this.optionsTarget.hidden = false;
      this.searchTarget.setAttribute('aria-expanded', 'true');
    }

    close() {
      this.optionsTarget.hidden = true;
      this.searchTarget.setAttribute('aria-expanded', 'false');
      this.searchTarget.removeAttribute('aria-activedescendant');
      this.active = -1;
    }

    key(event) {
      const open = !this.optionsTarget.hidden;
      if (event.key === 'Escape' && open) {
        event.stopPropagation();
        this.close();
      } else if (event.key === 'Enter') {
        event.preventDefault();
        if (open && this.results.length) this.choose(this.results[Math.max(this.active, 0)]);
      } else if (open && ['ArrowDown', 'ArrowUp'].includes(event.key) && this.results.length) {
        event.preventDefault();
        const step = event.key === 'ArrowDown' ? 1 : -1;
        this.active = (this.active + step + this.results.length) % this.results.length;
        [...this.optionsTarget.children].forEach((row, index) => {
          row.setAttribute('aria-selected', String(index === this.active));
          if (index === this.active) {
            row.scrollIntoView({ block: 'nearest' });
            this.searchTarget.setAttribute('aria-activedescendant', row.id);
          }
        });
      }
    }

    leave() {
      clearTimeout(this.timer);
      this.request?.abort();
      this.close();
      // What was typed and not chosen would be lost: show what is really held.
      this.searchTarget.value = this.multipleValue ? '' : this.label;
    }

    choose(result) {
      this.close();
      if (this.multipleValue) {
        if (result && !this.keys().includes(result.key)) this.addItem(result);
        this.searchTarget.value = '';
        return;
      }
      this.label = result ? result.label : '';
      this.searchTarget.value = this.label;
      this.set(result ? result.key : '');
      this.dispatch('chosen', { detail: result, prefix: 'bdis' });
    }

    keys() {
      return [...this.itemsTarget.children].map((item) => item.dataset.key);
    }

    addItem(result) {
      const item = document.createElement('li');
      item.className = 'bdis-chip';
      item.dataset.key = result.key;
      item.append(result.label, ' ');
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'bdis-chip__remove';
      button.textContent = '×';
      button.dataset.action = 'bdis-autocomplete#remove';
      button.setAttribute('aria-label', `${this.removeValue} ${result.label}`);
      item.append(button);
      this.itemsTarget.append(item);
      this.set(JSON.stringify(this.keys()));
    }

    remove(event) {
      event.target.closest('li').remove();
      this.set(JSON.stringify(this.keys()));
      this.searchTarget.focus();
    }

    set(value) {
      this.valueTarget.value = value;
      this.valueTarget.dispatchEvent(new Event('change', { bubbles: true }));
    }
  }

  window.wagtail.app.register('bdis-autocomplete', Autocomplete);
})();
