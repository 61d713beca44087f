/* The code on a letter opens /results/#<username><password>. What stands behind the # is sent to
   nobody; here it is taken out of the address and of the history at once, and filled in. The
   candidate presses "Log in". A page without that form belongs to whoever is signed in, perhaps
   another: it hides itself and leads to the form. Written for browsers of ten years ago. */
(function () {
  "use strict";
  var LOGIN = /^#[0-9A-HJKMNP-TV-Z]{24}$/;

  function forget() {
    if (history.replaceState) history.replaceState(null, "", location.pathname + location.search);
    else location.replace("#");
  }

  function grouped(symbols) {
    return symbols.replace(/(.{4})(?=.)/g, "$1-");
  }

  function fill(form, login) {
    var told = document.getElementById("scanned");
    var button = form.querySelector("button");
    form.elements.username.value = grouped(login.slice(0, 8));
    form.elements.password.value = grouped(login.slice(8));
    told.className = "told";
    told.textContent = told.getAttribute("data-say");
    button.focus();
    window.addEventListener("pagehide", function () { // so that "Back" brings nothing back
      form.reset();
      told.className = told.textContent = "";
    });
  }

  function read() {
    var hash = location.hash;
    var form = document.querySelector("form[data-scanned]");
    if (!hash) return;
    forget();
    if (!LOGIN.test(hash)) return;
    if (form) return fill(form, hash.slice(1));
    document.documentElement.hidden = true;
    location.replace(document.getElementById("to-form").getAttribute("data-form") + hash);
  }

  window.addEventListener("hashchange", read);
  read();
})();
