/* Filter a long list of terms by typing; the chosen ones are repeated on top. */
(() => {
  const fold = (text) =>
    text.normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/œ/g, 'oe').toLowerCase().replace(/[^0-9a-z]+/g, ' ').trim();

  class TermPicker extends window.StimulusModule.Controller {
    static targets = ['filter', 'list', 'chosen', 'empty'];

    connect() {
      this.rows = [...this.listTarget.children];
      this.change();
    }

    filter() {
      const words = fold(this.filterTarget.value).split(' ').filter(Boolean);
      const shown = this.rows.map((row) => words.every((word) => ` ${row.dataset.search}`.includes(` ${word}`) || row.dataset.search.includes(word)));
      // A term found shows with its parents, so that one sees where it stands.
      let wanted = -1;
      for (let i = this.rows.length - 1; i >= 0; i -= 1) {
        const depth = Number(this.rows[i].dataset.depth || 0);
        if (shown[i]) wanted = depth - 1;
        else if (words.length && depth === wanted) {
          shown[i] = true;
          wanted = depth - 1;
        }
      }
      this.rows.forEach((row, i) => { row.hidden = !shown[i]; });
      this.emptyTarget.hidden = shown.some(Boolean);
    }

    key(event) {
      if (event.key === 'Enter') event.preventDefault();
      if (event.key === 'Escape') {
        this.filterTarget.value = '';
        this.filter();
      }
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        this.listTarget.querySelector('li:not([hidden]) input')?.focus();
      }
    }

    change() {
      const inputs = [...this.listTarget.querySelectorAll('input:checked')].filter((input) => input.value);
      this.chosenTarget.replaceChildren(...inputs.map((input) => this.chip(input)));
      this.chosenTarget.hidden = !inputs.length;
    }

    chip(input) {
      const label = input.nextElementSibling.textContent;
      const item = document.createElement('li');
      item.className = 'bdis-chip';
      item.append(label, ' ');
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'bdis-chip__remove';
      button.textContent = '×';
      button.setAttribute('aria-label', `${this.chosenTarget.dataset.removeLabel} ${label}`);
      button.addEventListener('click', () => {
        input.checked = false;
        const none = this.listTarget.querySelector('input[type=radio][value=""]');
        if (none) none.checked = true;
        input.dispatchEvent(new Event('change', { bubbles: true }));
        this.change();
        this.filterTarget.focus();
      });
      item.append(button);
      return item;
    }
  }

  window.wagtail.app.register('bdis-term-picker', TermPicker);
})();
