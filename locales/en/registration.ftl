# A new local account, and the mailed code that makes it.

register-have-one = You already have an account?
verify-heading = Check your mail
verify-lead = We sent a code to { $email }. Enter it in this browser.
