/* Sends a file in parts by tus (https://tus.io), with progress. It goes on by itself after a broken
   connection; after a new log-in in another tab; after a reload, when the same file is chosen again.
   Without it the form sends the file. Nothing is noted in the browser, where others may log in: what is
   not finished stands on the page, for its uploader alone. */

(() => {
  const form = document.querySelector("[data-upload-form]");
  const panel = document.querySelector("[data-upload]");
  if (!form || !panel || !window.tus || !tus.isSupported) return;

  const part = (name) => panel.querySelector(`[data-${name}]`);
  const bar = panel.querySelector("progress");
  const pause = part("pause");
  const list = document.querySelector("[data-all-unfinished]");
  const unfinished = [...document.querySelectorAll("[data-unfinished]")];
  let upload, mine, said, told, location; // mine: what is begun, among the unfinished
  let waits = false; // for somebody to log in
  let asked = 0; // who is logged in, since anything of the file was taken

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
    if (tens !== told || /Waiting|just now/.test(said)) { // a screen reader need not hear every step
      told = tens;
      say(percent < 100 ? `${tens * 10} % sent.` : "All of it is sent. Please wait a moment.");
    }
  };

  const body = (error) => (error.originalResponse && error.originalResponse.getBody()) || "";
  const status = (error) => (error.originalResponse ? error.originalResponse.getStatus() : 0);
  const isOurs = (error) => Boolean(error.originalResponse && error.originalResponse.getHeader("Tus-Resumable"));

  const retry = (error) => {
    const code = status(error);
    if (code === 507 || code === 429) say(body(error));
    else if (code === 0) say("Waiting for the connection. It continues automatically.");
    else if (code >= 500) say("It cannot be sent at the moment. It is tried again automatically.");
    return code === 0 || code >= 500 || code === 409 || code === 423 || code === 429;
  };

  const OFFLINE = "There is no connection. What was sent is kept: press Continue when it is back.";
  const NOT_NOW = "It cannot be sent at the moment. What was sent is kept: press Continue in a few minutes.";

  const halt = () => { pause.textContent = "Continue"; };

  const fail = (error) => {
    const code = status(error);
    if (code === 0) say(OFFLINE);
    else if (code === 507 && isOurs(error)) say(body(error) || NOT_NOW);
    else if (code >= 500) say(NOT_NOW);
    else if (!isOurs(error)) return ask(code); // a log-in page, or that the token is an old one
    else say(body(error) || "This file could not be sent. Reload this page and try again.");
    if (code === 413) back({ kept: true });
    else if (code >= 400 && code < 500) back();
    else halt();
  };

  const goOn = () => {
    waits = false;
    part("log-in").hidden = true;
    pause.textContent = "Pause";
    say("Uploading again.");
    upload.start();
  };

  const waitFor = (sentence) => {
    waits = true;
    part("log-in").hidden = false;
    say(sentence);
    halt();
  };

  /* This page as it is now tells who is logged in, and the token, which a new log-in changes. */
  const ask = async (code) => {
    let page, now;
    try {
      page = await fetch(window.location.href, { credentials: "same-origin" });
      now = new DOMParser().parseFromString(await page.text(), "text/html").querySelector("[data-upload]");
    } catch {
      page = undefined;
    }
    if (!upload) return; // cancelled meanwhile
    if (!page || page.status >= 500) {
      say(page ? NOT_NOW : OFFLINE);
      halt();
    } else if (page.status >= 400) {
      say("You can no longer upload files here.");
      back();
    } else if (!now) {
      waitFor("You are signed out. What was sent is kept, and it continues when you have logged in again.");
    } else if (now.dataset.person !== panel.dataset.person) {
      waitFor(`${now.dataset.person} is logged in now, and this upload is ${panel.dataset.person}’s. Log out ${now.dataset.person} in another tab, and let ${panel.dataset.person} log in: it continues then.`);
    } else if (code === 404 || code === 410) {
      say("This upload is no longer here: it was cancelled, or its time has passed. Choose the file again.");
      back();
    } else if ((asked += 1) > 3) {
      say("This file could not be sent. Reload this page and try again: what was sent is kept.");
      halt();
    } else {
      upload.options.headers["X-CSRFToken"] = now.dataset.token;
      goOn();
    }
  };

  const askAgain = () => { if (upload && waits && document.visibilityState === "visible") ask(); };

  const back = ({ kept = false } = {}) => { // what was typed is still in the form
    if (!kept && unfinished.includes(mine)) unfinished.splice(unfinished.indexOf(mine), 1);
    form.hidden = false;
    pause.hidden = part("cancel").hidden = bar.hidden = part("log-in").hidden = true;
    part("far").textContent = "";
    waits = false;
    upload = undefined;
  };

  const begin = (file, known) => {
    const about = new FormData(form);
    const typed = (name) => about.get(name) || "";
    form.hidden = true;
    if (list) list.hidden = true;
    panel.hidden = pause.hidden = part("cancel").hidden = bar.hidden = false;
    pause.textContent = "Pause";
    part("name").textContent = known ? known.dataset.name : file.name;
    told = undefined;
    asked = 0;
    say(known ? "Uploading again." : "Uploading.");
    mine = known;
    upload = new tus.Upload(file, {
      endpoint: known ? null : panel.dataset.to,
      uploadUrl: known ? known.dataset.unfinished : null,
      chunkSize: 8 * 1024 * 1024,
      retryDelays: [0, 1000, 3000, ...Array(120).fill(5000)],
      metadata: { name: file.name, modified: String(file.lastModified), series: typed("series"), kind: typed("kind"), note: typed("note"), called: typed("called") },
      headers: { "X-CSRFToken": panel.dataset.token },
      storeFingerprintForResuming: false,
      onUploadUrlAvailable: () => {
        upload.options.endpoint = null; // what is gone is not begun anew unasked
        if (mine) return;
        mine = { dataset: {
          unfinished: upload.url, name: typed("called") || file.name, length: file.size, modified: file.lastModified,
          series: typed("series"), kind: typed("kind"), note: typed("note"),
        } };
        unfinished.push(mine);
      },
      onProgress: show,
      onChunkComplete: () => { asked = 0; },
      onShouldRetry: retry,
      onAfterResponse: (request, response) => {
        location = response.getHeader("Content-Location") || location;
      },
      onError: fail,
      onSuccess: () => {
        say("Uploaded.");
        window.removeEventListener("beforeunload", warn);
        window.location.assign(location || panel.dataset.after);
      },
    });
    upload.start();
    pause.focus();
  };

  const warn = (event) => { if (upload) event.preventDefault(); };

  const flat = (text) => text.replace(/\s+/g, " ").trim(); // lines end otherwise in a form
  const isSame = (file, one) =>
    file.size === Number(one.dataset.length) && file.lastModified === Number(one.dataset.modified);

  form.addEventListener("submit", (event) => {
    const file = form.querySelector("input[type=file]").files[0];
    if (!file) return; // the form says what is missing
    event.preventDefault();
    const about = new FormData(form);
    const typed = (name) => about.get(name) || "";
    begin(file, unfinished.find((one) =>
      isSame(file, one) && one.dataset.name === (typed("called") || file.name) &&
      ["series", "kind", "note"].every((name) => flat(one.dataset[name]) === flat(typed(name)))));
  });

  for (const one of unfinished) {
    const button = one.querySelector("[data-go-on]");
    const chooser = Object.assign(document.createElement("input"), { type: "file" });
    button.hidden = false;
    button.addEventListener("click", () => chooser.click());
    chooser.addEventListener("change", () => {
      const file = chooser.files[0];
      if (!file) return;
      chooser.value = "";
      if (isSame(file, one)) begin(file, one);
      else list.querySelector("[data-not-the-same]").textContent =
        `“${file.name}” is not the file that was begun, or it was changed since. Choose that one; or cancel it, and upload this one below.`;
    });
  }
  if (list) list.querySelector("[data-how]").hidden = false;

  pause.addEventListener("click", () => {
    if (!upload) return;
    if (pause.textContent !== "Pause") {
      if (waits) ask();
      else goOn();
      return;
    }
    upload.abort();
    say("Paused. What was sent is kept for a day.");
    halt();
  });

  part("cancel").addEventListener("click", () => {
    const ended = upload;
    back();
    const focus = () => form.querySelector("input[type=file]").focus();
    if (!ended) return focus();
    ended.abort(true).then(
      () => say("Cancelled. Nothing of it is kept."),
      () => say("Cancelled. What was sent is deleted after a day."),
    ).finally(focus);
  });

  window.addEventListener("online", () => { if (upload && pause.textContent === "Continue" && /connection/.test(said)) pause.click(); });
  window.addEventListener("focus", askAgain);
  document.addEventListener("visibilitychange", askAgain);
  window.addEventListener("beforeunload", warn);
})();
