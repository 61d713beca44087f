// A form that a passkey fills in: the browser is asked for one, and what it answers is posted.
// Without JavaScript the button stays hidden, and the page says what else can be done.

const REFUSED = "No passkey was used. Try again, or choose another way.";
const IMPOSSIBLE = "This browser cannot use passkeys at this address. Choose another way.";
const KNOWN = "This passkey is already yours. Choose another device or security key.";

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const button = form.querySelector("button");
  const said = form.querySelector("[data-passkey-said]");
  const credential = form.querySelector("[name=credential]");
  const options = JSON.parse(document.getElementById(form.dataset.options).textContent);

  const say = (text) => {
    said.textContent = text;
    said.hidden = !text;
  };

  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    say("");
    if (!window.PublicKeyCredential) return say(IMPOSSIBLE);
    button.disabled = true;
    try {
      const ask = form.dataset.passkey === "create" ? webauthnJSON.create : webauthnJSON.get;
      credential.value = JSON.stringify(await ask(options));
      form.submit();
    } catch (error) {
      if (error.name === "InvalidStateError") say(KNOWN);
      else say(error.name === "NotAllowedError" ? REFUSED : IMPOSSIBLE);
      button.disabled = false;
    }
  });
}
