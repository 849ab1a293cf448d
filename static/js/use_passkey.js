// Uses a passkey, to sign in or to prove who somebody is: by the button, and where the page names a field, by the browser's autofill.
import { begin, isSupported, say, send, wordFor } from "./passkey_ceremony.js";

// A ceremony of the portal holds for five minutes; autofill waits longer and gets a new one in time.
const RENEWED_AFTER = 4 * 60 * 1000;
const LAST_USED = "last used passkey";

export function usePasskey(part) {
  const form = part.querySelector("form");
  if (!isSupported()) {
    form.hidden = true;
    say(part, "unsupported");
    return;
  }
  say(part, "");
  forgetUnknown(part);
  let waiting;

  const get = async (mediation) => {
    waiting?.abort();
    const own = new AbortController();
    waiting = own;
    const { ceremony, options } = await begin(part);
    const credential = await navigator.credentials.get({ publicKey: options, signal: own.signal, ...mediation });
    const remember = document.querySelector('input[name="remember"]:checked');
    if (remember && form.elements.remember) form.elements.remember.value = remember.value;
    sessionStorage.setItem(LAST_USED, credential.id);
    send(form, ceremony, credential);
  };

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    say(part, "");
    get({}).catch((error) => {
      say(part, wordFor(error));
      offer();
    });
  });

  const offer = async () => {
    if (!part.dataset.autofill || !(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const own = setTimeout(() => {
      if (document.visibilityState === "visible") offer();
      else document.addEventListener("visibilitychange", offer, { once: true });
    }, RENEWED_AFTER);
    // What autofill does not do is no fault of anybody: the button says what went wrong.
    await get({ mediation: "conditional" }).catch(() => clearTimeout(own));
  };
  offer();

  // A page that comes back from the browser's history has an answer that is used up.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) offer();
  });
}

// The portal does not know the passkey that was used last: the browser's password manager is told.
function forgetUnknown(part) {
  const credentialId = sessionStorage.getItem(LAST_USED);
  sessionStorage.removeItem(LAST_USED);
  if (!("unknown" in part.dataset) || !credentialId) return;
  PublicKeyCredential.signalUnknownCredential?.({ rpId: window.location.hostname, credentialId })?.catch(() => {});
}
