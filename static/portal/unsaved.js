/* Leaving a form with unsaved edits asks, in the browser's own words: every form that posts, in what bears
   `data-unsaved`, unless it says `data-unsaved="no"`. What was typed is compared with what the page brought, so that
   a page which a browser restores, and an edit that was taken back, count as what they are. A form that came back
   with something to mend is not saved either, nor is one with a field that says what was saved in it (`data-was`).
   Ticks of rows, and what bears `data-unsaved="no"` within a form, are nothing that is saved. */
(() => {
  "use strict";
  const NONE_TYPED = ["hidden", "submit", "button", "reset", "checkbox", "image", "password"];
  let sent = null;

  const typed = (form) => [...form.elements].some(
    (one) => one.matches("input, select, textarea") && !NONE_TYPED.includes(one.type));

  function changed(one) {
    if (one.closest('td.check, th.check, form [data-unsaved="no"]')) return false;
    if (one.type === "checkbox" || one.type === "radio") return one.checked !== one.defaultChecked;
    if (one.type === "select-one") {
      const first = [...one.options].findIndex((option) => option.defaultSelected);
      return one.selectedIndex !== Math.max(first, 0);
    }
    return one.matches("input, textarea") && one.type !== "hidden" && one.value !== one.defaultValue;
  }

  const unsaved = (form) => form !== sent && form.dataset.unsaved !== "no" && typed(form)
    && ([...form.elements].some(changed) || form.querySelector('[aria-invalid="true"], [data-was]') !== null);

  window.addEventListener("beforeunload", (event) => {
    const forms = [...document.querySelectorAll('[data-unsaved] form[method="post"]')];
    if (!forms.some(unsaved)) return;
    event.preventDefault();
    event.returnValue = "unsaved"; // for browsers of before 2024
  });
  document.addEventListener("submit", (event) => { sent = event.target; });
  document.addEventListener("input", () => { sent = null; });
  window.addEventListener("pageshow", () => { sent = null; });
})();
