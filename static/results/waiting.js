/* The waiting page after a login: presses "Log in" after a while, each page after another one, so that
   not all come back together. Written for browsers of ten years ago. */
(function () {
  "use strict";
  var form = document.querySelector("form[data-soonest]");
  var told = document.getElementById("again");
  var soonest = Number(form.getAttribute("data-soonest"));
  var latest = Number(form.getAttribute("data-latest"));
  var pressed = false;

  form.addEventListener("submit", function () { pressed = true; });
  told.textContent = told.getAttribute("data-say");
  setTimeout(function () {
    if (!pressed) form.submit();
  }, 1000 * (soonest + Math.random() * (latest - soonest)));
})();
