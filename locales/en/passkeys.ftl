# Passkeys: the list, adding one, signing in with one, and what a script says.

passkeys-heading = Passkeys
passkeys-lead = With a passkey you sign in by fingerprint, face or the PIN of your device, without a password.
passkeys-none = You have no passkey yet.
passkeys-since = Added on
passkeys-last-used = Last used
passkeys-never-used = Not used yet
passkeys-backed-up = Your password manager keeps a copy, so you can use it on your other devices too.
passkeys-one-device = On one device only. If you lose the device, the passkey is gone.
passkeys-rename = Rename
passkeys-remove = Remove
passkeys-add = Add a passkey
passkeys-back = Back to Security
passkeys-impossible = Passkeys need a web address with a name, and this portal has none. Sign in as before.
field-passkey-name = Name of the passkey
passkey-name-hint = For example the name of your phone. Only you see it.
passkey-nameless = Enter a name that can be read.

passkey-add-heading = Add a passkey
passkey-add-lead = Your browser asks where to save it: on this device, on your phone or on a security key.
passkey-create = Create passkey

sign-in-with-passkey = Sign in with a passkey
confirm-with-passkey = Confirm with a passkey

passkey-needs = Passkeys need JavaScript in your browser. Without it, use one of the other ways.
passkey-unsupported = This browser cannot use passkeys. Use one of the other ways, or another browser.
passkey-cancelled = Nothing happened: it was cancelled, or it took too long. Try again, or use one of the other ways.
passkey-already = This device already has a passkey for your account. You do not need a second one here.
passkey-failed = That did not work. Reload this page, or use one of the other ways.

security-passkeys = Passkeys
security-passkeys-body = For signing in with fingerprint, face or PIN.
security-passkeys-show = Show passkeys
identity-to-add-passkey = To add a passkey, confirm that it is you.
identity-to-remove-passkey = To remove the passkey, confirm that it is you. The passkey is then removed at once.

notice-passkey-added-title = Your passkey was added
notice-passkey-added-body = You can sign in with { $name } from now on.
notice-passkey-renamed-title = Your passkey was renamed
notice-passkey-renamed-body = Only this list shows the new name.
notice-passkey-removed-title = The passkey was removed
notice-passkey-removed-body = Nobody can sign in with it any more. Some devices still offer it: delete it there as well.
notice-passkey-needs-script-title = Passkeys need JavaScript
notice-passkey-needs-script-body = Turn JavaScript on in your browser, or use one of the other ways.
notice-passkey-already-there-title = This passkey is already in use
notice-passkey-already-there-body = It belongs to an account here. Nothing was changed.
notice-passkeys-too-many-title = There is no room for another passkey
notice-passkeys-too-many-body = An account can have 20. Remove one that you no longer use, then add this one.
notice-passkey-not-added-title = The passkey was not added
notice-passkey-not-added-body = What your browser sent could not be accepted, or it took more than five minutes. Try again.
notice-passkey-unknown-title = We do not know this passkey
notice-passkey-unknown-body = It was removed, or it belongs to another site. Use another one, or one of the other ways.
notice-passkey-too-late-title = That took too long
notice-passkey-too-late-body = Use the passkey once more. You have five minutes, and it has to be in the same browser.
notice-passkey-refused-title = The passkey was not accepted
notice-passkey-refused-body = Try once more, or use one of the other ways. If that does not help, the account may be disabled.
notice-passkey-may-be-copied-title = The passkey was not accepted
notice-passkey-may-be-copied-body = There may be a copy of it. Sign in another way, remove this passkey, and add a new one.
notice-last-way-is-passkey-title = This passkey is your only way in
notice-last-way-is-passkey-body = Without it you could not sign in any more. Set a password, link your Amazon account or add another passkey first.

access-passkeys-body = Whoever has the device or the password manager with this passkey can sign in as you.
access-mail-passkey = - Passkey { $passkey }: it can sign in as you
game-link-passkey = You have a passkey: sign in with it, and press “This Amazon account is mine” on your account page.
