/* Subcentre Management, shortened: chips, search, ticks and *Apply* without a new page, what is unsaved marked and
   counted as it is typed, and what *Save* will do asked of the server. Without this script, or where it does not
   know better, every button posts the form, and the page comes back as it was typed. */
(() => {
  "use strict";
  const form = document.querySelector("form.subcentres");
  if (!form) return;
  form.classList.add("scripted");
  const box = form.elements.use_defaults;
  const first = form.querySelector("tbody.defaults tr");
  const body = form.querySelector("tbody.rows");
  const rows = [...body.rows];
  const one = (selector) => form.querySelector(selector);
  const fields = (row) => [...row.querySelectorAll('[name*="-"]')];
  const tick = (row) => row.querySelector('[name="ticked"]');
  const many = (count, what) => `${count} ${what}${count === 1 ? "" : "s"}`;

  // --- What a field says, and what is saved in it: `data-was`, or what the page brought ---
  function says(field) {
    if (field === box) return box.checked ? "ticked" : "not ticked";
    if (field.type === "checkbox") return field.checked ? "given" : "not given";
    if (field.tagName === "SELECT") return field.selectedOptions[0]?.text ?? "";
    if (!field.classList.contains("delay")) return field.value.trim();
    return /^0*\d+:[0-5]\d$/.test(field.value.trim()) ? field.value.trim().replace(/^0+(?=\d)/, "") : field.value.trim() || "0:00";
  }
  function brought(field) {
    if (field === box) return box.defaultChecked ? "ticked" : "not ticked";
    if (field.type === "checkbox") return field.defaultChecked ? "given" : "not given";
    if (field.tagName === "SELECT") return ([...field.options].find((option) => option.defaultSelected) ?? field.options[0]).text;
    return field.defaultValue;
  }
  const saved = new Map();
  const contact = [...form.querySelectorAll("#contact input")];
  for (const field of [box, ...contact, ...fields(first), ...rows.flatMap(fields)]) saved.set(field, field.dataset.was ?? brought(field));
  const isChanged = (field) => says(field) !== saved.get(field);

  function mark(field) {
    const changed = isChanged(field);
    if (changed) field.dataset.was = saved.get(field);
    else delete field.dataset.was;
    if (field === box) return;
    field.classList.toggle("was-changed", changed);
    const row = field.closest("tr");
    if (!row) return;
    let was = field.parentNode.querySelector(".was");
    if (changed && !was) {
      was = document.createElement("span");
      was.className = "was";
      field.after(was);
    }
    if (changed) was.textContent = `was ${saved.get(field)}`;
    else was?.remove();
    row.classList.toggle("changed", fields(row).some((each) => "was" in each.dataset));
  }

  // --- Counts: of chips, ticks and what is unsaved ---
  const isIn = {
    all: () => true,
    "no-access": (row) => !row.querySelector('[name$="-give_access"]').checked,
    "centre-defined": (row) => row.querySelector("select").value === "centre",
    "with-delay": (row) => says(row.querySelector(".delay")) !== "0:00",
    changed: (row) => row.classList.contains("changed"),
    own: (row) => row.querySelector(".own") !== null,
  };
  function count() {
    for (const chip of form.querySelectorAll(".chips button")) {
      const here = rows.filter(isIn[chip.value]).length;
      chip.querySelector("b").textContent = here;
      chip.classList.toggle("none", !here);
    }
    const counting = box.checked ? fields(first) : rows.flatMap(fields);
    const changed = [box, ...contact, ...counting].filter((field) => "was" in field.dataset);
    const centres = new Set(changed.map((field) => field.closest(".rows tr")).filter(Boolean)).size;
    one(".discard").hidden = !changed.length;
    one("[data-unsaved-many]").textContent = changed.length;
    one("[data-unsaved-s]").textContent = changed.length === 1 ? "" : "s";
    one(".save").classList.toggle("btn-primary", changed.length > 0);
    const said = one("#unsaved-text p");
    if (changed.length) {
      said.innerHTML = "<b></b> <span class=at-centres></span>";
      said.firstChild.textContent = many(changed.length, "unsaved change");
      said.lastChild.textContent = centres ? `at ${many(centres, "centre")}` : "";
    }
    return changed.length;
  }
  function countTicks() {
    const ticked = rows.filter((row) => tick(row).checked).length;
    const shown = rows.filter((row) => !row.hidden);
    one("[data-ticked]").textContent = `${ticked} ticked`;
    for (const each of form.querySelectorAll("[data-ticked-many]")) each.textContent = ticked;
    one(".to-bulk").hidden = !ticked;
    const left = shown.filter((row) => !tick(row).checked).length;
    all.checked = ticked > 0 && !left;
    all.indeterminate = ticked > 0 && left > 0;
    label.lastElementChild.textContent = `Tick all ${shown.length}`;
  }

  // --- What Save will do: the server counts it, once the typing has stopped ---
  let waiting = 0, asked = 0;
  function ask() {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      const mine = ++asked;
      const posted = new URLSearchParams(new FormData(form));
      posted.set("do", "preview");
      for (const name of ["ticked", "show"]) posted.delete(name);
      try {
        const answer = await fetch(form.action || location.href, { method: "POST", body: posted, headers: { "HX-Request": "true" }, redirect: "error" });
        if (!answer.ok || mine !== asked) return;
        const told = new DOMParser().parseFromString(await answer.text(), "text/html");
        for (const id of ["changes", "unsaved-text"]) {
          const fresh = told.getElementById(id);
          if (fresh) document.getElementById(id).replaceWith(fresh);
        }
      } catch { /* away: the counts at hand stay, and Save asks before logins end */ }
    }, 600);
  }
  function changed(...some) {
    some.forEach(mark);
    if (some.some((field) => field.closest("tbody.defaults"))) hold();
    count();
    ask();
  }

  // --- Use defaults: rows that do not count cannot be edited ---
  function follow() {
    for (const field of fields(first)) field.disabled = !box.checked;
    for (const field of rows.flatMap(fields)) field.disabled = box.checked;
  }
  function hold() {
    const [delay, access, choice] = fields(first).map(says);
    const held = [delay, access === "given" ? "Given" : "Not given", choice];
    for (const row of rows) row.querySelectorAll(".held").forEach((each, at) => { each.textContent = held[at]; });
  }

  // --- Which rows are shown ---
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const names = new Map(rows.map((row) => [row, plain(row.querySelector("th").textContent)]));
  function show(slug) {
    const words = plain(form.elements.search.value).split(/\s+/).filter(Boolean);
    for (const row of rows) row.hidden = !(isIn[slug](row) && words.every((word) => names.get(row).includes(word)));
    form.elements.shown.value = slug;
    form.elements.searched.value = form.elements.search.value;
    for (const chip of form.querySelectorAll(".chips button")) {
      if (chip.value === slug) chip.setAttribute("aria-current", "true");
      else chip.removeAttribute("aria-current");
    }
    one(".none-shown").hidden = rows.some((row) => !row.hidden);
    countTicks();
  }

  // --- Ticks: all that are shown, and a range with Shift ---
  const all = document.createElement("input");
  all.type = "checkbox";
  all.className = "form-check-input";
  const label = document.createElement("label");
  label.className = "tick-every";
  label.append(all, one(".tick-all").firstElementChild);
  one(".tick-all").replaceWith(label);
  all.addEventListener("change", () => {
    for (const row of rows) if (!row.hidden || !all.checked) tick(row).checked = all.checked;
    countTicks();
  });
  form.addEventListener("ticked", countTicks);

  function apply() {
    const delay = form.elements["bulk-delay"].value.trim();
    const access = form.elements["bulk-access"].value;
    const choice = form.elements["bulk-contact_choice"].value;
    const ticked = rows.filter((row) => tick(row).checked);
    if (!ticked.length || !(delay || access || choice) || (delay && !/^\d{1,4}:[0-5]\d$/.test(delay))) return false;
    const filled = [];
    for (const row of ticked) {
      const [field, box_, list] = fields(row);
      if (delay) { field.value = delay; filled.push(field); }
      if (access) { box_.checked = access === "given"; filled.push(box_); }
      if (choice) { list.value = choice; filled.push(list); }
    }
    changed(...filled);
    form.dispatchEvent(new Event("input", { bubbles: true }));
    return true;
  }

  // --- What is pressed and typed ---
  form.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    if (button.name === "show") { event.preventDefault(); show(button.value); }
    if (button.value === "search") { event.preventDefault(); show(form.elements.shown.value); }
    if (button.value === "apply" && apply()) event.preventDefault();
  });
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.target.tagName === "BUTTON") return;
    if (event.target === form.elements.search) { event.preventDefault(); show(form.elements.shown.value); }
    if (event.target.closest(".bulk")) { event.preventDefault(); one('[value="apply"]').click(); }
  });
  form.addEventListener("input", (event) => {
    if (event.target === box) {
      follow();
      if (!(form.elements.shown.value in (box.checked ? { all: 1, own: 1 } : isIn))) show("all");
    }
    if (event.target === form.elements.search) show(form.elements.shown.value);
    if (saved.has(event.target)) changed(event.target);
  });
  form.addEventListener("submit", () => { for (const field of [...fields(first), ...rows.flatMap(fields)]) field.disabled = false; });
  window.addEventListener("pageshow", () => { // a browser that goes back fills in what was typed
    follow();
    [...saved.keys()].forEach((field) => { if (isChanged(field) !== "was" in field.dataset) mark(field); });
    hold();
    if (count() && !one("#changes .timeline")) ask();
    countTicks();
  });
})();
