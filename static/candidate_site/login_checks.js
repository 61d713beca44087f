/* Tells a slip of the hand while the login is typed, as the site does when it is sent: a symbol that
   stands on no letter at once, a check symbol that does not fit as soon as all 16 are there. It
   sends nothing, and the site judges again. Written for browsers of ten years ago. */
(function () {
  "use strict";
  var ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; // credentials/logins/secret.py has the rules
  var form = document.querySelector("form[data-typing]");
  if (!form) return;

  function digit(symbol) { // Arabic, Urdu and Hindi ones
    return String((symbol.charCodeAt(0) - (symbol < "\u0966" ? 0x660 : 0x966)) & 15);
  }

  function symbolsOf(typed) {
    if (typed.normalize) typed = typed.normalize("NFKC");
    return typed.replace(/[\u0660-\u0669\u06F0-\u06F9\u0966-\u096F]/g, digit).toUpperCase().replace(/[\s\u00AD\u200B-\u200F\u2010-\u2015\u2212-]/g, "")
      .replace(/O/g, "0").replace(/[IL]/g, "1");
  }

  function times(one, other) { // in GF(32)
    var product = 0;
    for (; other; other >>= 1, one <<= 1) {
      if (one & 32) one ^= 37;
      if (other & 1) product ^= one;
    }
    return product;
  }

  function fits(symbols) {
    var sum = 0, power = 1;
    for (var place = 0; place < symbols.length; place++) {
      sum ^= times(power, ALPHABET.indexOf(symbols.charAt(place)));
      power = times(power, 2);
    }
    return sum === 0;
  }

  function problemOf(input) {
    var symbols = symbolsOf(input.value);
    for (var place = 0; place < symbols.length; place++) {
      if (ALPHABET.indexOf(symbols.charAt(place)) < 0) {
        var group = form.getAttribute("data-groups").split("|")[Math.floor(place / 4)];
        return group && form.getAttribute("data-symbol").replace("%(symbol)s", symbols.charAt(place))
          .replace("%(group)s", group);
      }
    }
    var whole = input.name === "password" && symbols.length === 16;
    return whole && !fits(symbols) ? form.getAttribute("data-check") : "";
  }

  function tell(input) {
    var id = input.id + "_error";
    var place = document.getElementById(id);
    var problem = problemOf(input);
    if (!place) {
      place = document.createElement("p");
      place.id = id;
      place.className = "error";
      place.setAttribute("role", "status");
      input.parentNode.insertBefore(place, input);
    }
    if (place.textContent !== (problem || "")) place.textContent = problem || "";
    input.setAttribute("aria-invalid", problem ? "true" : "false");
    input.setAttribute("aria-describedby", input.id + "_helptext " + id);
  }

  var inputs = [form.elements.username, form.elements.password];
  for (var each = 0; each < inputs.length; each++) {
    inputs[each].addEventListener("input", function () { tell(this); });
  }

  var show = document.getElementById("show");
  show.parentNode.parentNode.hidden = false;
  show.checked = false;
  show.addEventListener("change", function () {
    inputs[1].type = show.checked ? "text" : "password";
  });
  form.addEventListener("submit", function () { inputs[1].type = "password"; });

  window.addEventListener("pageshow", function (event) { // "Back" brings no login back
    var timing = window.performance && window.performance.navigation;
    if (!event.persisted && !(timing && timing.type === 2)) return;
    inputs[0].value = inputs[1].value = "";
    inputs[1].type = "password";
    show.checked = false;
  });
})();
