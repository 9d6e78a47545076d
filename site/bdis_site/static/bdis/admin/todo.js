/* From a to-do to its field, whichever tab holds it. */
(() => {
  class Todo extends window.StimulusModule.Controller {
    go({ params: { field } }) {
      const target = ['-search', '-filter', '', '-ADD', '-chooser']
        .map((suffix) => document.getElementById(`id_${field}${suffix}`))
        .find((element) => element && element.type !== 'hidden')
        || document.getElementById(`id_${field}_map`)
        || document.getElementById(`id_${field}-FORMS`);
      if (!target) return;
      const panel = target.closest('[role="tabpanel"]');
      if (panel?.hidden) document.querySelector(`[role="tab"][aria-controls="${panel.id}"], [role="tab"][href="#${panel.id}"]`)?.click();
      target.scrollIntoView({ block: 'center' });
      target.focus({ preventScroll: true });
    }
  }

  window.wagtail.app.register('bdis-todo', Todo);
})();
