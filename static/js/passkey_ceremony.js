// What pages with passkeys share: they ask the portal for a ceremony, hand it to the browser, and send its answer with a form.

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

const withBytes = (credentials) => credentials?.map((known) => ({ ...known, id: toBytes(known.id) }));

export const isSupported = () => Boolean(window.PublicKeyCredential && navigator.credentials);

// Shows one of the page's sentences, or none.
export function say(part, word) {
  for (const sentence of part.querySelectorAll("[data-says]")) sentence.hidden = sentence.dataset.says !== word;
}

// The word for what went wrong. An abort is the page's own doing and is not told.
export function wordFor(error) {
  switch (error.name) {
    case "AbortError":
      return "";
    case "NotAllowedError":
      return "cancelled";
    case "InvalidStateError":
      return "already";
    case "NotSupportedError":
    case "SecurityError":
      return "unsupported";
    default:
      return "failed";
  }
}

// Begins a ceremony. A redirect says that the portal asks for something else first, which the page shows when it is loaded again.
export async function begin(part) {
  const body = new URLSearchParams({ csrf: part.querySelector('[name="csrf"]').value });
  // A refusal comes as it is, and is not held for the page.
  const headers = { accept: "application/json" };
  const answer = await fetch(part.dataset.begin, { method: "POST", headers, body, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    window.location.reload();
    throw new DOMException("the page is loaded again", "AbortError");
  }
  if (!answer.ok) throw new Error(`the portal answered ${answer.status}`);
  const { ceremony, options } = await answer.json();
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  if (options.excludeCredentials) options.excludeCredentials = withBytes(options.excludeCredentials);
  if (options.allowCredentials) options.allowCredentials = withBytes(options.allowCredentials);
  return { ceremony, options };
}

// Fills the form with the browser's answer and sends it.
export function send(form, ceremony, credential) {
  const { response } = credential;
  const answer = {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    clientExtensionResults: {},
    response: { clientDataJSON: toText(response.clientDataJSON) },
  };
  if (response.attestationObject) {
    answer.response.attestationObject = toText(response.attestationObject);
    answer.response.transports = response.getTransports?.() ?? [];
  } else {
    answer.response.authenticatorData = toText(response.authenticatorData);
    answer.response.signature = toText(response.signature);
    answer.response.userHandle = response.userHandle ? toText(response.userHandle) : null;
  }
  form.elements.ceremony.value = ceremony;
  form.elements.credential.value = JSON.stringify(answer);
  form.submit();
}
