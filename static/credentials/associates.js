// Associate Centres, at a glance: a head that ticks all that are shown, Shift and a click for a range, and what the
// bar below says of those that are ticked. Without it, the next page counts; none ticked means all shown.
(() => {
  const form = document.querySelector("form#centres");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=centre]")];
  const head = form.querySelector("[data-tick-all]");
  const each = (name, act) => form.querySelectorAll(`.bottom-bar [data-${name}]`).forEach(act);
  let last = null;

  const tell = () => {
    const ticked = boxes.filter((box) => box.checked);
    const meant = ticked.length ? ticked : boxes;
    const letters = meant.map((box) => +box.dataset.letters);
    const centres = letters.filter(Boolean).length;
    const said = { count: meant.length, letters: letters.reduce((sum, one) => sum + one, 0), centres };
    for (const [name, value] of Object.entries(said)) each(name, (one) => { one.textContent = value; });
    each("ticked", (one) => { one.hidden = !ticked.length; });
    each("unticked", (one) => { one.hidden = Boolean(ticked.length); });
    each("one-centre", (one) => { one.hidden = centres !== 1; });
    each("more-centres", (one) => { one.hidden = centres === 1; });
    each("create", (one) => { one.hidden = !centres; });
    head.checked = ticked.length === boxes.length;
    head.indeterminate = ticked.length > 0 && ticked.length < boxes.length;
  };

  head.hidden = false;
  head.previousElementSibling.remove();
  head.addEventListener("change", () => {
    for (const box of boxes) box.checked = head.checked;
    tell();
  });
  form.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      for (const box of boxes.slice(Math.min(at, last), Math.max(at, last) + 1)) box.checked = event.target.checked;
    }
    last = at;
    tell();
  });
  window.addEventListener("pageshow", tell);
})();
