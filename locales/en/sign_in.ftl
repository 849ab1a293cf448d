# Getting in, proving it is still you, and the list of places where you are signed in.

welcome-heading = Welcome to { $site }
welcome-lead = Sign in to see and manage what is linked to your player.

code-heading = One more step
code-lead = There were many sign-ins that failed, so we ask for a code as well. If the password was right, we mailed it to the address of the account.
code-without-address = No mail? Start over and type the password once more; we then send a new code. An account without an email address gets none: if yours has none, start over in a minute.
notice-code-asked-title = Check your mail
notice-code-asked-body = If the password was right, a code is on its way to { $email }.

identity-heading = Is it still you?
identity-lead = This changes who can get into your account, so please confirm it once more. We then carry on where you were.
identity-to-delete = To delete this account, confirm that it is you. The deletion then begins at once.
identity-to-export = To download your data, confirm that it is you.
identity-to-set-password = To set a password, confirm that it is you.
identity-to-remove-password = To remove the password, confirm that it is you. The password is then removed at once.
identity-to-change-user-name = To change your user name, confirm that it is you.
identity-to-change-email = To change your email, confirm that it is you.
identity-to-send-code = To get a new code, confirm that it is you. We then mail it at once.
identity-to-link = To link an Amazon account, confirm that it is you.
identity-to-confirm-link = To confirm this Amazon account, show that it is you.
identity-to-replace = To link a different Amazon account, confirm that it is you.
identity-to-unlink = To unlink your Amazon account, confirm that it is you.
identity-to-unlink-named = To unlink { $amazon }, confirm that it is you.
identity-to-end-session = To end the session, confirm that it is you. The session then ends at once.
identity-to-sign-out-everywhere = To sign out everywhere, confirm that it is you. All other sessions then end at once.
identity-to-move-device = To play with your account on the device, confirm that it is you.
identity-to-let-tv-in = To play as you on the TV or console, confirm that it is you.
identity-to-change-devices = To change your devices, confirm that it is you.
identity-to-turn-on-two-step = To turn on two-step sign-in, confirm that it is you.
identity-to-turn-off-two-step = To turn off two-step sign-in, confirm that it is you.
identity-to-renew-codes = To make new recovery codes, confirm that it is you. The former ones then stop working at once.

forgot-heading = Forgot your password?
forgot-lead = Tell us who you are. If the account exists, we mail a link to its address.
reset-heading = Choose a new password
reset-lead = Once it is saved, you are signed out everywhere and sign in with it.

security-heading = Security
security-lead = How you sign in, and where you are signed in.
security-password = Password
security-password-body = For signing in with your email or user name.
security-password-since = Set on
security-password-none = You have no password. You sign in with Amazon or a passkey.
security-password-change = Change password
security-password-set = Set a password
security-sessions = Where you are signed in
security-sessions-body = End what you do not recognise, then change your password.
security-signed-in = Signed in
security-last-seen = Last seen
security-this-one = This browser
security-end = End session
security-everywhere = Sign out everywhere

welcome-title = Welcome
identifier-missing = Enter your email or user name.
password-missing = Enter your password.
notice-password-wrong-title = That is not your password
notice-password-wrong-body = Nothing was changed. Type it once more, or confirm in another way.

notice-sign-in-wrong-title = That did not match
notice-sign-in-wrong-body = Check the name and the password, and try again. If you only ever came in with Amazon, use that. If both are right, the account may be disabled.
notice-password-breached-title = Choose another password
notice-password-breached-body = Your password is in a list of passwords stolen elsewhere, and such lists are tried everywhere. You are signed in; choose a new one now, and also wherever else you use this one.
password-breached-way = Choose another password
notice-password-breached-waiting-title = Choose another password when you are signed in
notice-password-breached-waiting-body = Your password is in a list of passwords stolen elsewhere, and such lists are tried everywhere. Enter the code first; then choose a new password under Security.
notice-sign-in-code-over-title = This code no longer works
notice-sign-in-code-over-body = It is used, too old, was wrong too often, or a newer one has been sent. Start over to get a new one.
notice-signed-out-title = You are signed out
notice-signed-out-body = See you next time.

identity-no-way = You have no password yet, and no Amazon account that could vouch for you. Set a password with a link that we mail you, then come back.
identity-by-mail = Get a link by mail

notice-reset-asked-title = Check your mail
notice-reset-asked-body = If there is an account with an address, a link is on its way. It works once and soon expires; only the newest one counts.
notice-password-reset-title = Your new password is saved
notice-password-reset-body = You are signed out everywhere. Sign in with it now; then we show you what else opens your account.
reset-whose = It is for the account with the address { $email }. You are signed in here as { $name }. Saving the password signs { $name } out in this browser, and then you sign in to { $email }.
notice-reset-dead-title = This link no longer works
notice-reset-dead-body = It is used, too old, or a newer one has been sent.
reset-new-link = Get a new link

access-heading = What opens your account
access-lead = Besides your password and your mailbox, only this lets anybody in or plays as you. Remove what you do not recognise or no longer use.
access-nothing = Nothing else opens your account.
access-amazon = Amazon account
access-amazon-body = Whoever has this Amazon account can sign in as you.
access-amazon-revoked = Our access was removed at Amazon, but whoever signs in with this Amazon account gets in again.
access-amazon-unnamed = an Amazon account
access-amazon-remove = Unlink
access-games = Sessions of games
access-games-body = Games that are signed in as you now.
access-browsers = Browsers that are signed in
access-mail-amazon = - Amazon account { $amazon }: it can sign in as you
access-mail-device = - Device { $device }: it gets in to { $game } without a password
access-mail-more = - Devices that are not named here: { $count }

notice-session-ended-title = That session has ended
notice-session-ended-body = If you did not recognise it, change your password next.
notice-signed-out-everywhere-title = You are signed out everywhere else
notice-signed-out-everywhere-body = Only this browser is still signed in.
security-with-password = With password
security-with-amazon = With Amazon
security-with-registration = At registration
security-with-device = With a device
security-with-passkey = With a passkey
security-game = Game
security-network = Network
security-unknown-browser = Unknown browser
security-recovery = Recovery
security-recovery-body = How you get back in when nothing else works.
security-recovery-email = A link to your confirmed email lets you choose a new password.
security-recovery-none = You have no confirmed email, so nobody could let you back in. Add one.
check-up = Check-up
check-up-body = How safe your account is, and what to do next.
check-up-ways = { $count ->
    [0] You have no way to sign in again.
    [one] You have one way to sign in. If you lose it, you have no other.
   *[other] You have { $count } ways to sign in.
}
check-up-email = Your email is confirmed.
check-up-email-none = You have no confirmed email.
check-up-well = All is well. There is nothing to do.
check-up-next-enter-code = Next: enter the code that we mailed to your new address.
check-up-next-add-email = Next: add an email, so that you can get back in if you lose your password.
check-up-next-second-way = Next: add a second way to sign in.
check-up-add-passkey = Add a passkey
check-up-renew-codes = Make new recovery codes
security-everywhere-body = This ends every session except the one in this browser.
reset-waits-title = A link for a new password was mailed
reset-waits-body = Whoever opens it in your mailbox may choose a new password until { $until }. If you did not ask for it, you need not do anything, unless somebody else reads your mail: changing your password ends the link.
reset-waits-way = Change password
link-by-code-waits-title = A TV or console wants to link your Amazon account
link-by-code-waits-body = It shows a code and waits until { $until }. If you did not begin this, do not enter any code at Amazon; “Sign out everywhere” ends it.
forgot-mailbox = Lost your Amazon account or your mailbox?
forgot-mailbox-body = The link also sets a first password, so it lets you in without your Amazon account. If you have lost your mailbox, sign in with your password, with Amazon or with a passkey, and enter your new email under Profile.
forgot-mailbox-support = If you have none of them, ask our support team.
forgot-mailbox-no-support = This place has named no support. If you have none of them, nobody can let you in.
