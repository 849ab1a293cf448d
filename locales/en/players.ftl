# The player account: names, address, password.

profile-heading = Profile
profile-shown = How you appear
profile-shown-body = Names and language. Nothing here changes how you sign in.
profile-email-body = For messages about your account and for a new password. Never shown to other players.
profile-email-none = No address yet.
profile-email-add = Add an email
profile-email-change = Change email
field-sync = Take my name from Amazon
field-sync-hint = It follows when you change it there.
field-user-name = User name
field-user-name-hint = For signing in. 3 to 32 letters, digits, dots, dashes or underscores.
field-language = Language

email-heading = Your email
email-lead = It is { $email } now and stays so until the new one is confirmed.
email-lead-none = Add an address, so that you can get back in if something goes wrong.

password-heading = Change your password
password-heading-first = Set a password
password-lead = Long is better than complicated. A few words in a row are fine.
password-hint = At least { $min } characters.

profile-title = Profile
language-browsers = As my browser asks
language-refused = Choose one of the languages in the list.
user-name-refused-stays = A user name can be changed but not removed.
notice-saved-title = Saved
notice-saved-body = Your profile is up to date.

email-title = Your email
email-verify-title = Confirm your email
email-refused-already-yours = This is your address already. Enter another one.
notice-email-changed-title = Your email is confirmed
notice-email-changed-body = From now on we write to it.
email-undo-title = Take back the new email
email-undo-heading = Take back the new email?
email-undo-whose = You are signed in here as { $name }, and { $name } stays signed in. What you do on this page concerns the account that used this address before.
email-undo-heading-dead = Nothing to take back here
email-undo-lead = Your account goes back to { $email }. Everybody is signed out of it, and you choose a new password next.
email-undo-submit = Restore my email
email-undo-keep = Keep the new one
notice-email-restored-title = Your email is restored
notice-email-restored-body = Everybody is signed out. Whoever changed it may know your password, so choose a new one now.
notice-undo-unknown-title = This link does not work any more
notice-undo-unknown-body = It was used, or it is older than seven days. Nothing was changed. If your account is in danger, ask support.
notice-undo-taken-title = This address belongs to another account now
notice-undo-taken-body = Nothing was changed. Sign in to that account, or ask support.

password-refused-current = This is not your present password.
notice-password-saved-title = Your password is saved
notice-password-saved-body = Everywhere else you are signed out.
password-remove = Remove password
password-remove-body = You then sign in with Amazon or a passkey only. Everywhere else you are signed out. You can set a new password at any time.
notice-password-removed-title = Your password is removed
notice-password-removed-body = You sign in with Amazon or a passkey from now on.
notice-last-way-is-password-title = Your password is your only way in
notice-last-way-is-password-body = Without it you could not sign in any more. Link your Amazon account or add a passkey first.
notice-password-and-name-title = Your password is saved
notice-password-and-name-body = Your user name for signing in with it is { $name }. You can choose another on your profile. Everywhere else you are signed out.
notice-present-password-wrong-title = Nothing was changed
notice-present-password-wrong-body = Your present password did not match. Type it once more, or ask for a new one by mail.
password-user-name-hint = You sign in with it, because this account has no email yet. 3 to 32 letters, digits, dots, dashes or underscores.
password-remove-heading = Remove your password?
password-remove-lead = After that you can still sign in with:
password-remains-amazon = Your Amazon account
password-remains-passkey = A passkey
password-keep = Keep the password
