/* Sends a file in parts by tus (https://tus.io), with progress, and goes on by itself after a broken
   connection; after a reload too, when the same file is chosen again. Without it the form sends it. */

(() => {
  const form = document.querySelector("[data-upload-form]");
  const panel = document.querySelector("[data-upload]");
  if (!form || !panel || !window.tus || !tus.isSupported) return;

  const part = (name) => panel.querySelector(`[data-${name}]`);
  const bar = panel.querySelector("progress");
  const pause = part("pause");
  let upload, said, told, location;

  const size = (bytes) => {
    const units = ["bytes", "KB", "MB", "GB"];
    let unit = 0;
    while (bytes >= 1024 && unit < 3) { bytes /= 1024; unit += 1; }
    return `${unit < 2 ? Math.round(bytes) : bytes.toFixed(1)} ${units[unit]}`;
  };

  const say = (sentence) => {
    if (sentence === said) return;
    said = sentence;
    part("said").textContent = sentence;
  };

  const show = (sent, all) => {
    const percent = Math.floor((100 * sent) / all);
    bar.value = percent;
    bar.textContent = `${percent} %`;
    part("far").textContent = `${percent} % – ${size(sent)} of ${size(all)}`;
    const tens = Math.floor(percent / 10);
    if (tens !== told || /Waiting/.test(said)) { // a screen reader need not hear every step
      told = tens;
      say(percent < 100 ? `${tens * 10} % sent.` : "All of it is sent. One moment, please.");
    }
  };

  const body = (error) => (error.originalResponse && error.originalResponse.getBody()) || "";
  const status = (error) => (error.originalResponse ? error.originalResponse.getStatus() : 0);

  const retry = (error) => {
    const code = status(error);
    if (code === 507 || code === 429) say(body(error));
    else if (code === 0 || code >= 500) say("Waiting for the connection. It goes on by itself.");
    return code === 0 || code >= 500 || code === 409 || code === 423 || code === 429;
  };

  const fail = (error) => {
    const code = status(error);
    if (code === 200) say("You are signed out. Log in again in another tab, then press Go on: what was sent is kept.");
    else if (code === 0 || code >= 500) say("There is no connection. What was sent is kept: press Go on when it is back.");
    else if (code === 404 || code === 403) say("You may not upload files here any more.");
    else say(body(error) || "This file could not be sent. Reload this page and try again.");
    if (code >= 400 && code < 500) back();
    else halt();
  };

  const halt = () => { pause.textContent = "Go on"; };

  const back = () => { // what was typed is still in the form
    form.hidden = false;
    pause.hidden = part("cancel").hidden = bar.hidden = true;
    part("far").textContent = "";
    upload = undefined;
  };

  const begin = async (file) => {
    const about = new FormData(form);
    const said = (name) => about.get(name) || "";
    upload = new tus.Upload(file, {
      endpoint: panel.dataset.to,
      chunkSize: 8 * 1024 * 1024,
      retryDelays: [0, 1000, 3000, ...Array(120).fill(5000)],
      metadata: { name: file.name, series: said("series"), kind: said("kind"), note: said("note"), called: said("called") },
      headers: { "X-CSRFToken": panel.dataset.token },
      removeFingerprintOnSuccess: true,
      fingerprint: async () =>
        ["direct", panel.dataset.to, file.name, file.size, file.lastModified, said("series"), said("kind"), said("note"), said("called")].join("|"),
      onProgress: show,
      onShouldRetry: retry,
      onAfterResponse: (request, response) => {
        location = response.getHeader("Content-Location") || location;
      },
      onError: fail,
      onSuccess: () => {
        say("It is here.");
        window.removeEventListener("beforeunload", warn);
        window.location.assign(location || panel.dataset.after);
      },
    });
    const previous = await upload.findPreviousUploads();
    if (previous.length) upload.resumeFromPreviousUpload(previous[0]);
    upload.start();
  };

  const warn = (event) => { if (upload) event.preventDefault(); };

  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file) return; // the form says what is missing
    event.preventDefault();
    form.hidden = true;
    panel.hidden = pause.hidden = part("cancel").hidden = bar.hidden = false;
    pause.textContent = "Pause";
    part("name").textContent = file.name;
    told = undefined;
    say("It begins.");
    begin(file);
    pause.focus();
  });

  pause.addEventListener("click", () => {
    if (!upload) return;
    if (pause.textContent === "Pause") {
      upload.abort();
      say("Paused. What was sent is kept for a day.");
      halt();
    } else {
      pause.textContent = "Pause";
      say("It goes on.");
      upload.start();
    }
  });

  part("cancel").addEventListener("click", () => {
    const ended = upload;
    back();
    const focus = () => form.querySelector("input[type=file]").focus();
    if (!ended) return focus();
    ended.abort(true).then(
      () => say("Cancelled. Nothing of it is kept."),
      () => say("Cancelled. What was sent is destroyed after a day."),
    ).finally(focus);
  });

  window.addEventListener("online", () => { if (upload && pause.textContent === "Go on" && /connection/.test(said)) pause.click(); });
  window.addEventListener("beforeunload", warn);
})();
