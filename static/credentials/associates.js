// Associate Centres, at a glance: what the bar below says of those that are ticked (`portal/ticks.js`). Without it, the
// next page counts; none ticked means all shown.
(() => {
  const form = document.querySelector("form#centres");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=centre]")];
  const each = (name, act) => form.querySelectorAll(`.bottom-bar [data-${name}]`).forEach(act);

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
  };

  form.addEventListener("ticked", tell);
})();
