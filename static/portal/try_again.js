/* While the database is busy or away: what was posted is sent again by itself, a little sooner or later than
   others', unless somebody has pressed the button. */
(() => {
  "use strict";
  const form = document.querySelector("form[data-try-again]");
  if (!form) return;
  let pressed = false;
  form.querySelector("[data-said]").hidden = false;
  form.addEventListener("submit", () => { pressed = true; });
  setTimeout(() => {
    if (!pressed) form.submit();
  }, 1000 * Number(form.dataset.tryAgain) * (0.5 + Math.random()));
})();
