// The list of candidates: what the bar below says of whoever is ticked (`portal/ticks.js`). All of it works without:
// the server counts again whenever the list is posted.
(() => {
  const form = document.querySelector("form[data-ticks]");
  if (!form) return;
  const boxes = [...form.querySelectorAll("input[name=candidate]")];
  const beside = { new: +form.dataset.new, replaced: +form.dataset.replaced, nothing: +form.dataset.nothing };
  const create = form.querySelector("[data-create]");
  const solid = create?.classList.contains("btn-primary");
  const was = boxes.filter((box) => box.checked).length + beside.new + beside.replaced + beside.nothing;

  const say = (name, words) => form.querySelectorAll(`.bottom-bar [data-${name}]`).forEach((one) => { one.textContent = words.toLocaleString("en-GB"); });
  const tell = () => {
    const will = { ...beside };
    for (const box of boxes) if (box.checked) will[box.dataset.will] += 1;
    const count = will.new + will.replaced + will.nothing;
    say("count", count);
    say("new", will.new);
    say("replaced", will.replaced || "none");
    form.querySelectorAll(".bottom-bar [data-plural=new]").forEach((one) => { one.hidden = will.new === 1; });
    form.querySelectorAll(".bottom-bar [data-ticked]").forEach((one) => { one.hidden = !count; });
    form.querySelectorAll(".bottom-bar [data-unticked]").forEach((one) => { one.hidden = Boolean(count); });
    create?.classList.toggle("btn-primary", Boolean(count) || (solid && !was));
  };

  form.querySelector("#id_group")?.addEventListener("change", () => form.querySelector(".search .icon-button").click());
  form.addEventListener("ticked", tell);
  tell();
})();
