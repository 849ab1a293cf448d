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
