// Ticks in a list, in a form whose `data-ticks` names its boxes: a head that ticks all of them (`data-tick-all`, in place
// of the word before it), and Shift and a click for a range. Tells the form by an event, `ticked`, whatever it has done.
(() => {
  const form = document.querySelector("form[data-ticks]");
  if (!form) return;
  const boxes = [...form.querySelectorAll(`input[name="${form.dataset.ticks}"]`)];
  const head = form.querySelector("[data-tick-all]");
  let last = null;

  const tell = () => {
    if (head) {
      const ticked = boxes.filter((box) => box.checked).length;
      head.checked = ticked === boxes.length;
      head.indeterminate = ticked > 0 && ticked < boxes.length;
    }
    form.dispatchEvent(new Event("ticked"));
  };

  if (head) {
    head.hidden = false;
    head.previousElementSibling.remove();
    head.addEventListener("change", () => {
      for (const box of boxes) box.checked = head.checked;
      tell();
    });
  }
  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) {
        if (!box.closest("tr").hidden) box.checked = event.target.checked;
      }
    }
    last = at;
    tell();
  });
  window.addEventListener("pageshow", tell);
})();
