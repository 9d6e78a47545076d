/* Follow what is being done to the indexes: ask the page again while something is. */
(() => {
  const place = document.querySelector("[data-bdis-search-status]");
  if (!place) return;
  const busy = () => place.querySelector("[data-bdis-busy='1']");
  const held = () => place.contains(document.activeElement) && document.activeElement !== document.body;
  let pause = 2000;
  // Asked a few times even so: what a button began may not have been told yet.
  let looks = 3;

  async function look() {
    if (!busy() && looks-- <= 0) return;
    // Nothing moves under the fingers of whoever is on a button, nor in a tab that is not seen.
    if (!held() && !document.hidden) {
      try {
        const answer = await fetch(place.dataset.bdisSearchStatus, { credentials: "same-origin" });
        if (answer.ok && !answer.redirected) place.innerHTML = await answer.text();
        pause = 2000;
      } catch {
        pause = Math.min(pause * 2, 30000);
      }
    }
    window.setTimeout(look, pause);
  }

  window.setTimeout(look, pause);
})();
