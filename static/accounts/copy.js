// A button that copies what stands in the field beside it. Without it, the field is selected by hand.

for (const part of document.querySelectorAll("[data-copy]")) {
  const field = part.querySelector("textarea");
  const button = part.querySelector("button");
  const said = part.querySelector("[role=status]");
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      said.textContent = "Copied.";
    } catch {
      said.textContent = "It could not be copied. Copy it from the field.";
    }
  });
}
