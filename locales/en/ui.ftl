# Words of the frame: layouts, fields, buttons and answers that many pages share.

skip-to-content = Skip to content
nav-label = Account
nav-account = Linked accounts
nav-profile = Profile
nav-security = Security
privacy = Privacy
help = Help
languages = Language

promise-1 = One player.
promise-2 = One Amazon account.
promise-3 = Linked properly.
promise-lead = See what is linked to your player. Link it, unlink it, link another.

sign-in = Sign in
sign-out = Sign out
create-account = Create account
login-with-amazon = Login with Amazon
or = or
continue = Continue
confirm = Confirm
cancel = Cancel
save = Save
save-password = Save password
send-code = Send code
send-link = Send link
new-code = Send a new code
confirm-email = Confirm email
forgot = Forgot your password?
start-over = Start over
back-to-sign-in = Back to sign-in
optional = optional
show = Show
show-password = Show password

errors-heading = Please check these points
title-of-error = Error: { $title }
try-again-after = Try again after
try-again-at = Try again at
try-again-in = { $count ->
    [one] Try again in one second.
   *[other] Try again in { $count } seconds.
}
error-reference = If you ask for help, quote this reference:

field-identifier = Email or user name
field-password = Password
field-current-password = Current password
field-new-password = New password
field-remember = Keep me signed in
field-display-name = Display name
field-display-name-hint = Other players see this. You can change it at any time.
field-email = Email
field-new-email = New email
field-code = Six-digit code
field-code-hint = It stands alone on a line in the mail and works for one hour.

amazon-failing = Amazon is not available right now
amazon-failing-signed-out = You can sign in with your password. “Login with Amazon” may still take you to Amazon, but the way back does not work at the moment. Try it again in a few minutes.
amazon-failing-signed-in = Amazon’s own page may still open, but the way back does not work at the moment. Your account works as usual; try again in a few minutes.

pace-ago-moment = just now
pace-ago-minutes = { $count ->
    [one] 1 minute ago
   *[other] { $count } minutes ago
}
pace-ago-hours = { $count ->
    [one] 1 hour ago
   *[other] { $count } hours ago
}
pace-ago-days = { $count ->
    [one] 1 day ago
   *[other] { $count } days ago
}
pace-ago-months = { $count ->
    [one] 1 month ago
   *[other] { $count } months ago
}
pace-ago-years = { $count ->
    [one] 1 year ago
   *[other] { $count } years ago
}
pace-in-moment = in a moment
pace-in-minutes = { $count ->
    [one] in 1 minute
   *[other] in { $count } minutes
}
pace-in-hours = { $count ->
    [one] in 1 hour
   *[other] in { $count } hours
}
pace-in-days = { $count ->
    [one] in 1 day
   *[other] in { $count } days
}
pace-in-months = { $count ->
    [one] in 1 month
   *[other] in { $count } months
}
pace-in-years = { $count ->
    [one] in 1 year
   *[other] in { $count } years
}
