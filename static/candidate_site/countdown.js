/* While results are awaited: the moment by this device's own clock, and how long it is still to wait,
   counted from what the site said the time is. It asks the site for nothing: when it is time, the
   candidate presses. A page that "Back" brings from memory is asked for anew, so that nothing shows
   after Log out. Written for browsers of ten years ago. */
(function () {
  "use strict";
  var started = Date.now();
  var LANGUAGE = document.documentElement.lang + "-u-nu-latn"; // the digits of the letter
  var UNITS = [["day", 86400, "d"], ["hour", 3600, "h"], ["minute", 60, "min"], ["second", 1, "s"]];

  function two(number) { return (number < 10 ? "0" : "") + number; }

  // "Lima, UTC−5": the city that the zone is named after, and how far from UTC this device is at that moment
  function named(zone, at) {
    var minutes = -at.getTimezoneOffset();
    var far = Math.abs(minutes);
    var offset = "UTC" + (minutes < 0 ? "\u2212" : "+") + Math.floor(far / 60) + (far % 60 ? ":" + two(far % 60) : "");
    var city = zone.indexOf("/") > 0 && zone.indexOf("Etc/") ? zone.split("/").pop().replace(/_/g, " ") + ", " : "";
    return city + offset;
  }

  // where the device's clock shows another time than the centre's
  function ownClock(moment, at) {
    var place = moment.querySelector(".own");
    if (-at.getTimezoneOffset() === +moment.getAttribute("data-east")) return;
    try {
      var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      var text = at.toLocaleString(LANGUAGE, {
        day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false
      });
      place.querySelector("b").textContent = text + (zone ? " (" + named(zone, at) + ")" : "");
      place.hidden = false;
    } catch (error) { /* a browser without: the centre's time and UTC stand there */ }
  }

  // "14 hours" in the words of the page's language; "14 h" where the browser has none
  function amount(number, unit) {
    var said = "";
    try {
      said = number.toLocaleString(LANGUAGE, { style: "unit", unit: unit[0], unitDisplay: "long" });
    } catch (error) { /* older than 2020 */ }
    return /\D/.test(said) ? said : number + " " + unit[2];
  }

  // "15 days 14 hours", "22 minutes 19 seconds": the largest unit and the next
  function inWords(left) {
    var said = [];
    for (var each = 0; each < UNITS.length && said.length < 2; each++) {
      var number = Math.floor(left / UNITS[each][1]);
      left %= UNITS[each][1];
      if (number) said.push(amount(number, UNITS[each]));
      else if (said.length) break;
    }
    return said.join(" ");
  }

  function count(moment, at, now) {
    var place = moment.querySelector(".countdown");
    var come = moment.querySelector(".come");
    function tick() {
      var left = Math.ceil((at - now - (Date.now() - started)) / 1000);
      if (left <= 0) {
        place.hidden = true;
        come.className = "come told";
        come.textContent = come.getAttribute("data-say");
        return;
      }
      place.textContent = place.getAttribute("data-left").replace("%(time)s", inWords(left));
      place.hidden = false;
      setTimeout(tick, 1000 - (Date.now() - started) % 1000);
    }
    tick();
  }

  var moments = document.querySelectorAll(".moment");
  for (var each = 0; each < moments.length; each++) {
    var at = +moments[each].getAttribute("data-at");
    ownClock(moments[each], new Date(at));
    count(moments[each], at, +moments[each].getAttribute("data-now"));
  }

  window.addEventListener("pageshow", function (event) {
    if (event.persisted) location.reload();
  });
})();
