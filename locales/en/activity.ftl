# A player's own history: one sentence for every kind of record that a player sees.

nav-activity = Activity
activity-heading = Activity
activity-lead = What happened on your account, newest first. Looks and changes by our support team stand here, too.
activity-show = Show
activity-all = Everything
activity-sign-ins = Sign-ins
activity-amazon = Amazon
activity-account = Account
activity-support = Support
activity-nothing = Nothing like this has happened yet.
activity-times = { $count } times that day
activity-older = Older
activity-newest = Newest
activity-unknown = Something you don’t recognise?
activity-unknown-body = Change your password first, then sign out everywhere else. Whoever was in is out.
activity-ask-support = Ask our support team
security-activity = Activity
security-activity-body = Sign-ins, links and changes, and what our support team did.
security-activity-show = Show activity

activity-signed-in = You signed in
activity-sign-in-refused = A sign-in was refused
activity-signed-out = You signed out
activity-session-ended = You ended a session from afar
activity-signed-out-everywhere = You signed out everywhere else
activity-identity-confirmed = You confirmed that it was you
activity-identity-refused = Somebody signed in as you failed to confirm that it was you
activity-switched = A game changed between this player and another

activity-registered = Your account was created
activity-profile-changed = You changed your profile
activity-password-set = You set a password
activity-password-changed = You changed your password
activity-password-removed = You removed your password
activity-reset-asked = Somebody asked for a link to choose a new password
activity-password-reset = A new password was chosen by a mailed link
activity-email-asked = You asked to change your email
activity-email-changed = You changed your email
activity-email-restored = Your former email was put back
activity-device-added = A device can now get in by itself
activity-device-off = A device was switched off
activity-claim-begun = A device asked for a code to make this player an account
activity-claimed = This player became an account of its own

activity-link-code = A game asked for a code to link Amazon
activity-linked = An Amazon account was linked
activity-link-replaced = Another Amazon account was linked instead
activity-link-renewed = The link to Amazon was renewed
activity-link-reconnected = The link to Amazon works again
activity-unlinked = You unlinked your Amazon account
activity-unlinked-by-support = Our support team unlinked your Amazon account
activity-link-revoked = Amazon ended the link: access was withdrawn there
activity-needs-reconnect = The link to Amazon needs to be reconnected
activity-link-refused = A trip to Amazon ended without a link
activity-token-handed-out = The game got access to Amazon through your link

activity-viewed = Our support team looked at your account
activity-unmasked = Our support team looked at your full contact details
activity-disabled = Our support team disabled your account
activity-enabled = Our support team enabled your account again
activity-noted = Our support team wrote a note about your account
activity-link-checked = Our support team asked Amazon whether your link still works
activity-sessions-ended = Our support team signed you out everywhere
activity-reset-sent = Our support team sent you a link to choose a new password
activity-record-read = Our support team read the history of your account
activity-record-exported = Our support team exported the history of your account
