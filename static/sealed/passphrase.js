// A passphrase that is typed can be shown, and one that was made can be printed. Without it, the words stay hidden
// while they are typed, and the browser’s own menu prints.

for (const form of document.querySelectorAll("[data-passphrase]")) {
  const field = form.querySelector(".words-hidden");
  const shows = form.querySelector("[type=checkbox]");
  shows.checked = false; // browsers bring back what was ticked
  shows.parentElement.hidden = false;
  shows.addEventListener("change", () => field.classList.toggle("words-hidden", !shows.checked));
}
for (const button of document.querySelectorAll("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}
