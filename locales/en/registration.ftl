# A new local account, and the mailed code that makes it.

register-have-one = You already have an account?
verify-heading = Check your mail
verify-lead = We sent a message to { $email }. Enter its code in this browser.
verify-other-address = Not your address?

notice-registered-title = Your account is ready
notice-registered-body = Your address is confirmed and you are signed in. Link your Amazon account next.
notice-registration-gone-title = This registration is over
notice-registration-gone-body = It was finished already, or its hour has passed. No account was made from it here. Fill in the form once more, or sign in.
