// Makes a passkey and sends it with the form that names it.
import { begin, isSupported, say, send, wordFor } from "./passkey_ceremony.js";

export function addPasskey(part) {
  const form = part.querySelector("form");
  if (!isSupported()) {
    form.hidden = true;
    say(part, "unsupported");
    return;
  }
  say(part, "");
  let isBusy = false;

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (isBusy) return;
    isBusy = true;
    say(part, "");
    try {
      const { ceremony, options } = await begin(part);
      send(form, ceremony, await navigator.credentials.create({ publicKey: options }));
    } catch (error) {
      say(part, wordFor(error));
    }
    isBusy = false;
  });
}
