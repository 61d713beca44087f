/* The waiting page comes back by itself, each after another while, so that not all come together. After
   a login it presses "Log in". Otherwise the browser does it, told by a header, but not where the
   address ends in # and a scanned login. Written for browsers of ten years ago. */
(function () {
  "use strict";
  var told = document.getElementById("again");
  var soonest = Number(told.getAttribute("data-soonest"));
  var latest = Number(told.getAttribute("data-latest"));
  var form = document.querySelector("form");
  var pressed = false;
  var scanned = location.hash; // out of the address and the history while one waits

  function again() {
    if (!form && scanned) history.replaceState(null, "", scanned);
    if (!form) location.reload();
    else if (!pressed) form.submit();
  }

  if (scanned && history.replaceState) {
    history.replaceState(null, "", location.pathname + location.search);
  }
  if (form) {
    told.textContent = told.getAttribute("data-say");
    form.addEventListener("submit", function () { pressed = true; });
  }
  setTimeout(again, 1000 * (soonest + Math.random() * (latest - soonest)));
})();
