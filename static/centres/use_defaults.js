// Subcentre Management: rows that do not count cannot be edited, as soon as “Use defaults” is ticked or unticked.
// Without this, the page that comes back after Save says which rows count.
(() => {
  const box = document.getElementById("id_use_defaults");
  if (!box) return;
  const follow = () => {
    for (const [rows, counts] of [["defaults", box.checked], ["rows", !box.checked]]) {
      for (const field of document.querySelectorAll(`.subcentres tbody.${rows} [name*="-"]`)) {
        field.disabled = !counts;
      }
    }
  };
  box.addEventListener("change", follow);
  window.addEventListener("pageshow", follow); // a browser that goes back ticks the box as it was
  follow();
})();
