/* While results are awaited: the moment by this device's own clock, and how long it is still to wait,
   counted from what the site said the time is. It asks the site for nothing: when it is time, the
   candidate presses. A page that "Back" brings from memory is asked for anew, so that nothing shows
   after Log out. Written for browsers of ten years ago. */
(function () {
  "use strict";
  var started = Date.now();

  function two(number) { return (number < 10 ? "0" : "") + number; }

  // "Lima, UTC−5": the city that the zone is named after, and how far from UTC this device is at that moment
  function named(zone, at) {
    var minutes = -at.getTimezoneOffset();
    var far = Math.abs(minutes);
    var offset = "UTC" + (minutes < 0 ? "\u2212" : "+") + Math.floor(far / 60) + (far % 60 ? ":" + two(far % 60) : "");
    var city = zone.indexOf("/") > 0 && zone.indexOf("Etc/") ? zone.split("/").pop().replace(/_/g, " ") + ", " : "";
    return city + offset;
  }

  function ownClock(moment, at) {
    var place = moment.querySelector(".own");
    try {
      var zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
      var text = at.toLocaleString(document.documentElement.lang + "-u-nu-latn", { // the digits of the letter
        day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit", hour12: false
      });
      place.querySelector("b").textContent = text + (zone ? " (" + named(zone, at) + ")" : "");
      place.hidden = false;
    } catch (error) { /* a browser without: the centre's time and UTC stand there */ }
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
      var days = Math.floor(left / 86400);
      var clock = two(Math.floor(left % 86400 / 3600)) + ":" + two(Math.floor(left % 3600 / 60)) + ":" + two(left % 60);
      var text = days ? place.getAttribute("data-days").replace("%(days)s", days).replace("%(clock)s", clock) : clock;
      place.querySelector("b").textContent = text;
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
