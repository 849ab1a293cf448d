# The support desk: staff signing in, who is staff, and the record of what happened.

desk = support
desk-nav = Desk
desk-nav-home = Players
desk-nav-audit = Audit
desk-nav-staff = Staff
desk-nav-recovery = Recovery codes
desk-heading = Find a player
desk-search = Player
desk-search-hint = A player id, Amazon id, email or user name, or how the display name begins.
desk-search-button = Search
desk-matters = Waiting for somebody
desk-no-matters = Nothing waits.
desk-proposals = { $count ->
    [one] One change of role waits for a second admin.
   *[other] { $count } changes of role wait for a second admin.
}
desk-recovery-low = { $count ->
    [0] You have no recovery codes left. Make new ones before you lose your phone.
    [one] You have one recovery code left. Make new ones before you lose your phone.
   *[other] You have { $count } recovery codes left. Make new ones before you lose your phone.
}

role-viewer = Viewer
role-agent = Agent
role-lead = Lead
role-admin = Admin

field-reason = Reason
field-reason-hint = A ticket number, or a few words. It is kept with the record.
reason-missing = Say why, in 4 to 200 characters.

staff-sign-in-heading = Support sign-in
staff-sign-in-lead = For staff only. Players sign in on their own page.
notice-staff-wrong-title = That did not match
notice-staff-wrong-body = Check the address and the password. If you have not enrolled yet, ask an admin for your link.
staff-code-heading = Your code
staff-code-lead = Enter the code that your app shows now.
staff-field-code = Code
staff-field-code-hint = Six digits from the app, or one of your recovery codes.
staff-field-code-next = The next one your app shows: each code works once.
staff-code-refused = Enter the six digits that the app shows now.
notice-staff-code-wrong-title = That code did not work
notice-staff-code-wrong-body = Each code works once. Wait for the next one and enter it.
staff-confirm-lead = What you are about to do changes something. Enter your password and a new code; we then carry on where you were.
staff-confirm-to = Enter your password and a new code to go on with “{ $button }”. It is then done at once.
notice-staff-not-proven-title = That did not match
notice-staff-not-proven-body = Check the password, and wait for the next code: each works once.

staff-enrol-heading = Welcome to the desk
staff-enrol-lead = Two things make { $email } yours: an app on your phone, and a password.
staff-enrol-app = Scan this with your app
staff-enrol-app-body = Any app for one-time codes will do.
staff-enrol-qr = QR code with the secret for your app
staff-enrol-by-hand = Type it in instead
staff-enrol-choose = Choose a password
staff-enrol-password-hint = At least { $min } characters. A sentence of your own is easy to remember.
staff-enrol-code-hint = The six digits that the app shows now.
staff-enrol-submit = Finish
staff-enrol-whose = It is for { $email }. You are signed in here as { $name }. Finishing signs { $name } out in this browser and signs you in as { $email }.
notice-staff-enrol-dead-title = This link does not work
notice-staff-enrol-dead-body = It is used, too old, or a newer one was made. Ask an admin for a new one.
staff-recovery-heading = Recovery codes
staff-recovery-lead = If the phone is lost, each of these lets you in once, with your password.
staff-recovery-left = { $count ->
    [0] You have none left.
    [one] You have one left.
   *[other] You have { $count } left.
}
staff-recovery-renew = Make new codes
staff-recovery-once = Print them or keep them in a password manager. They are not shown again, and older ones no longer work.
staff-recovery-done = I have kept them

staff-heading = Staff
staff-everybody = Everybody
staff-person = Person
staff-role = Role
staff-role-new = New role
staff-standing = Standing
staff-since = Since
staff-you = (you)
staff-active = Active
staff-invited = Has not enrolled yet
staff-disabled = Disabled
staff-proposals = Waiting for a second admin
staff-proposed-by = Proposed by
staff-decide = Decide
staff-approve = Approve
staff-withdraw = Withdraw
staff-change = Change somebody
staff-change-body = A new role counts once another admin approves it, and ends the person’s sessions. Disabling counts at once. New people are added at the command line.
staff-nobody-else = There is nobody else.
staff-propose = Propose role
staff-disable = Disable
staff-missing = Choose a person.
staff-role-missing = Choose a role.
notice-staff-proposed-title = Proposed
notice-staff-proposed-body = Another admin can approve it here, within seven days.
notice-staff-role-changed-title = The role has changed
notice-staff-role-changed-body = It counts from now on, and the person’s sessions have ended.
notice-staff-withdrawn-title = Withdrawn
notice-staff-withdrawn-body = The role stays as it is.
notice-staff-disabled-title = Disabled
notice-staff-disabled-body = The person’s sessions have ended. They come back at the command line only.
notice-staff-changed-meanwhile-title = Something changed meanwhile
notice-staff-changed-meanwhile-body = Nothing was done. Look at the list as it is now, and decide again.
notice-staff-needs-another-title = This needs somebody else
notice-staff-needs-another-body = Whoever proposes cannot approve, and nobody decides about themselves. Ask another admin.
notice-staff-last-admin-title = This is the last admin
notice-staff-last-admin-body = Add another admin first. The last one’s role changes at the command line only.

audit-heading = Audit
audit-export = Export as CSV
audit-kind = What
audit-any-kind = Anything
audit-actor = Who
audit-any-actor = Anybody
audit-player = Player
audit-from = From
audit-until = Until
audit-narrow = Show
audit-everything = Show everything
audit-nothing = There is no such record.
audit-not-understood = This is not something to look for.
audit-time = When
audit-what = What
audit-who = Who
audit-more = Reason, details, reference
audit-older = Older
audit-newest = Newest
actor-player = Player
actor-visitor = Visitor
actor-support = Staff
actor-amazon = Amazon
actor-system = System
actor-operator = Command line
actor-service = Game server

search-found = { $count ->
    [one] One player
   *[other] { $count } players
}
search-found-first = { $count ->
    [one] The first player
   *[other] The first { $count } players
}
search-found-more = { $count ->
    [one] One more player
   *[other] { $count } more players
}
search-nobody = Nobody was found
search-nobody-body = Ask for something else that the player can quote, and compare it letter by letter.
search-no-more = Nobody comes after that
search-capped = More display names begin like this. Type more of the name, or ask for something exact.
search-too-short = Type a display name or its first 3 characters, or a whole id, address or user name.
search-too-long = Type at most { $most } characters.
search-nameless = No display name
search-disabled = Disabled since
search-link-none = No link
search-link-active = Link active since
search-link-needs-reconnect = Link needs reconnecting since
search-link-revoked = Link revoked since
search-because = Found by
search-until = until
search-player-since = Player since
search-first = First page
search-next = Next page
search-by-player-id = Player id
search-by-amazon-id = Amazon id
search-by-former-amazon-id = Amazon id of a former link
search-by-email = Email
search-by-user-name = User name
search-by-display-name = Display name
search-hint-player-id = All 36 characters.
search-hint-amazon-id = Begins with amzn1.account, and capitals count. A link that has ended is found by it as well.
search-hint-email = The whole address that was confirmed here. An address that only Amazon has is not searched.
search-hint-user-name = The whole name, as it is typed at sign-in.
search-hint-display-name = How it begins, in at least 3 characters (2 in Chinese, Japanese and Korean), or the whole of a shorter name.
notice-staff-searches-title = That is the end of your searches for now
notice-staff-searches-body = You have looked for very many players within an hour, and the operator has been told.
notice-staff-looks-title = You have opened as many players as allowed for now
notice-staff-looks-body = You have opened very many players within an hour, and the operator has been told.
