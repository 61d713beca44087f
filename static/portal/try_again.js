/* While the database is busy or away: what was posted is sent again by itself, a little sooner or later than
   others', unless somebody has pressed the button. After five minutes only they do. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-try-again]");
  if (!form) return;
  const key = `try-again:${form.getAttribute("action")}`;
  const now = Date.now();
  const MINUTE = 60000;
  try {
    const [first, last] = JSON.parse(sessionStorage.getItem(key)) ?? [now, now];
    const since = now - last > MINUTE ? now : first;
    if (now - since > 5 * MINUTE) return;
    sessionStorage.setItem(key, JSON.stringify([since, now]));
  } catch {
    return;
  }
  let pressed = false;
  form.querySelector("[data-said]").hidden = false;
  form.addEventListener("submit", () => { pressed = true; });
  setTimeout(() => {
    if (!pressed) form.submit();
  }, 1000 * Number(form.dataset.tryAgain) * (0.5 + Math.random()));
})();
