// Tells the browser's password manager which passkeys the portal knows, and the player's names: it forgets the others, and shows the names.

export function tellPasskeys(part) {
  const { user, credentials, name, displayName } = part.dataset;
  if (!user || !window.PublicKeyCredential) return;
  const account = { rpId: window.location.hostname, userId: user };
  const allAcceptedCredentialIds = credentials.split(" ").filter(Boolean);
  const ignore = () => {};
  PublicKeyCredential.signalAllAcceptedCredentials?.({ ...account, allAcceptedCredentialIds })?.catch(ignore);
  PublicKeyCredential.signalCurrentUserDetails?.({ ...account, name, displayName })?.catch(ignore);
}
