/* Menus that fold on a phone stand open in a wide window, for browsers that cannot be told so by a style sheet; and
   a menu that drops down closes when something else is pressed. Without this script all of them are opened by hand. */
(() => {
  "use strict";
  const wide = window.matchMedia("(min-width: 48rem)");
  const fold = () => document.querySelectorAll("details[data-fold]").forEach((one) => { one.open = wide.matches; });
  wide.addEventListener("change", fold);
  fold();
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.drop[open]").forEach((one) => { if (!one.contains(event.target)) one.open = false; });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.drop[open]").forEach((one) => {
      one.open = false;
      one.querySelector("summary").focus();
    });
  });
})();
